"""Finds rows: a word that stands only in a cell brings its dataset, with the row shown.

One SQLite FTS5 index with trigram tokens over the folded text of every published row, beside the index of entries. Made from
published tables only, so what the gate took out can't be found. Rows of a table lie under a span; only spans that are ready
are found, so a version is switched, or withdrawn, by one small transaction, however many rows it has.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import time
from collections.abc import Collection, Generator, Sequence
from dataclasses import dataclass
from typing import Any

from portal.errors import PortalError
from portal.search.plan import SearchPlan
from portal.search.row_building import RowBuilding
from portal.search.row_file import SPAN_BITS
from portal.search.row_questions import RowQuestion, row_question

MOST_COUNTED = 1000  # rows are counted exactly up to here
SECONDS = 0.09  # of this thread's own time, for one question
CHECK_EVERY = 20_000  # SQLite steps between two looks at the clock
JUDGED = 16  # and rows judged
SPREAD = 3  # rows shown of one dataset before others have had their turn
MOST_SPANS = 64  # tables that are asked one by one; more are asked together

Lines = Generator[tuple[Any, ...], None, None]

ASK = (
    "SELECT span.dataset, span.version, span.resource, line.row, line.province, line.text "
    "FROM line CROSS JOIN span ON span.id = line.rowid >> 32 AND span.state = 1 WHERE line MATCH ?"
)


@dataclass(frozen=True, slots=True)
class RowHit:
    """One found row; its cells stand in the dataset's Parquet."""

    dataset: str
    version: int
    resource: str
    row: int


@dataclass(frozen=True, slots=True)
class RowsFound:
    """Found rows, the best first, at most MOST_COUNTED. `exact` is False when there are more, or the time was up."""

    hits: tuple[RowHit, ...] = ()
    total: int = 0
    exact: bool = True


class RowIndex(RowBuilding):
    """The index of rows in `folder`."""

    def search(self, plan: SearchPlan, datasets: Collection[str] | None = None) -> RowsFound:
        """Find the rows with all that a plan asks for, of these datasets or of all.

        With a province filter: the rows about it. Raises PortalError("search-rebuilding") when there is no sound index.
        """
        if not plan.groups or (datasets is not None and not datasets):
            return RowsFound()
        with self.reading() as connection:
            question = row_question(plan, self._alphabet(connection, plan))
            if not question.match:
                return RowsFound()
            lines = self._lines(connection, question, datasets)
            return collected(connection, question, lines)

    def usable(self) -> bool:
        """Whether there is an index of this release's layout that opens."""
        try:
            self.versions()
        except PortalError:
            return False
        return True

    def _alphabet(self, connection: sqlite3.Connection, plan: SearchPlan) -> list[str]:
        """Every sign in the index, when a word of two letters asks for it."""
        if all(len(word) != 2 for group in plan.groups for one in group.alternatives for word in one.words):
            return []
        return [sign for (sign,) in connection.execute("SELECT sign FROM letter").fetchall()]

    def _lines(self, connection: sqlite3.Connection, question: RowQuestion, datasets: Collection[str] | None) -> Lines:
        """What the trigrams bring: of few tables each by its own range, of many together."""
        if datasets is None:
            yield from answers(connection, ASK, [question.match])
            return
        names = json.dumps(sorted(datasets), ensure_ascii=False)
        chosen = "SELECT value FROM json_each(?)"
        spans = connection.execute(
            f"SELECT id FROM span WHERE state = 1 AND dataset IN ({chosen}) ORDER BY id LIMIT {MOST_SPANS + 1}",  # noqa: S608 - only a placeholder is put in
            [names],
        ).fetchall()
        if len(spans) > MOST_SPANS:
            yield from answers(connection, f"{ASK} AND span.dataset IN ({chosen})", [question.match, names])
            return
        for (span,) in spans:
            first = span << SPAN_BITS
            last = first + (1 << SPAN_BITS) - 1
            yield from answers(connection, f"{ASK} AND line.rowid BETWEEN ? AND ?", [question.match, first, last])


def answers(connection: sqlite3.Connection, statement: str, values: Sequence[Any]) -> Lines:
    """The rows of an answer; the statement ends when they are no longer wanted, so that the next one sees what is new."""
    with contextlib.closing(connection.execute(statement, values)) as cursor:
        yield from cursor


def collected(connection: sqlite3.Connection, question: RowQuestion, lines: Lines) -> RowsFound:
    """Judge and rank what was brought, until there is more than is counted or the time is up."""
    deadline = time.thread_time() + SECONDS
    connection.set_progress_handler(lambda: int(time.thread_time() > deadline), CHECK_EVERY)
    found: list[tuple[int, RowHit]] = []
    exact = True
    try:
        with contextlib.closing(lines):
            for at, (dataset, version, resource, row, province, text) in enumerate(lines, 1):
                judged = question.judge(text, province)
                if judged:
                    found.append((judged, RowHit(dataset, int(version), resource, int(row))))
                if len(found) > MOST_COUNTED or (at % JUDGED == 0 and time.thread_time() > deadline):
                    exact = False
                    break
    except sqlite3.OperationalError:
        if time.thread_time() <= deadline:  # not our own interruption
            raise
        exact = False
    finally:
        connection.set_progress_handler(None, 0)
    best = [hit for _, hit in sorted(found[:MOST_COUNTED], key=lambda told: -told[0])]
    return RowsFound(tuple(spread(best)), len(best), exact)


def spread(hits: Sequence[RowHit]) -> list[RowHit]:
    """A few rows of each dataset before the rest of any: one large table must not hide the others."""
    seen: dict[str, int] = {}
    first: list[RowHit] = []
    rest: list[RowHit] = []
    for hit in hits:
        seen[hit.dataset] = seen.get(hit.dataset, 0) + 1
        (first if seen[hit.dataset] <= SPREAD else rest).append(hit)
    return first + rest
