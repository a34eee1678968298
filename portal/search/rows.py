"""Finds rows: a word that stands only in a cell brings its dataset, with the row shown.

One SQLite FTS5 index with trigram tokens over the folded text of every published row, beside the catalogue's index. It is
asked for the trigrams of all words at once; what they bring is then checked for the words themselves, so any piece of a Thai
run is found without knowing where words end. Made from published tables only, so what the gate took out can't be found.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from harvesters.packages.rows import read_texts
from harvesters.packages.store import Store
from harvesters.thai.text import fold
from portal.catalogue.models import Dataset, Version
from portal.catalogue.queries import visible

MOST_COUNTED = 1000  # rows are counted exactly up to here
MOST_TERMS = 8
SECONDS = 0.3
CHECK_EVERY = 20_000  # SQLite steps between two looks at the clock
BATCH = 5_000
SPREAD = 3  # rows shown of one dataset before others have had their turn

SCHEMA = """
CREATE TABLE IF NOT EXISTS span (
    first INTEGER PRIMARY KEY, last INTEGER NOT NULL, dataset TEXT NOT NULL, version INTEGER NOT NULL, resource TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS span_dataset ON span (dataset);
CREATE VIRTUAL TABLE IF NOT EXISTS line USING fts5(text, row UNINDEXED, tokenize='trigram', detail='none');
"""


@dataclass(frozen=True, slots=True)
class RowHit:
    """One found row; its cells stand in the dataset's Parquet."""

    dataset: str
    version: int
    resource: str
    row: int


@dataclass(frozen=True, slots=True)
class RowsFound:
    """Found rows. `exact` is False when there are more than were counted, or the time was up."""

    hits: tuple[RowHit, ...]
    total: int
    exact: bool


class RowIndex:
    """The index of rows in `folder`."""

    def __init__(self, folder: Path, store: Store) -> None:
        self.path = folder / "rows.sqlite"
        self.store = store
        self._local = threading.local()

    def search(
        self, texts: Sequence[str], datasets: Iterable[str] | None = None, *, limit: int = 20, offset: int = 0
    ) -> RowsFound:
        """Find the rows in which all `texts` (folded) stand, of these datasets or of all. Never raises for any text."""
        terms = tuple(dict.fromkeys(text for text in texts if text))[:MOST_TERMS]
        if not terms or not self.path.exists():
            return RowsFound((), 0, True)
        where, values = condition(terms)
        chosen = "" if datasets is None else f"AND span.dataset IN ({','.join('?' * len(values_of(datasets)))})"
        query = (
            "SELECT span.dataset, span.version, span.resource, line.row FROM line "  # noqa: S608 - only placeholders are put in
            f"JOIN span ON span.first = (SELECT max(first) FROM span WHERE first <= line.rowid) WHERE {where} {chosen} LIMIT ?"
        )
        bound = [*values, *(values_of(datasets) if datasets is not None else ()), MOST_COUNTED + 1]
        found, whole = self._collect(query, bound)
        hits = [RowHit(*row) for row in found[:MOST_COUNTED]]
        page = spread(hits)[offset : offset + limit]
        return RowsFound(tuple(page), len(hits), whole and len(found) <= MOST_COUNTED)

    def _collect(self, query: str, values: Sequence[Any]) -> tuple[list[tuple[Any, ...]], bool]:
        """Rows of a query until the time is up, and whether it was finished."""
        connection = self._reader()
        deadline = time.thread_time() + SECONDS
        connection.set_progress_handler(lambda: int(time.thread_time() > deadline), CHECK_EVERY)
        found: list[tuple[Any, ...]] = []
        try:
            for row in connection.execute(query, values):
                found.append(row)
        except sqlite3.OperationalError as error:
            if "interrupted" not in str(error):
                raise
            return found, False
        return found, True

    def refresh(self, session: Session, name: str) -> None:
        """Make the rows of one dataset those of its current public version; none where it is not public."""
        version = public_version(session, name)
        with self._writer() as connection:
            present = {
                number for (number,) in connection.execute("SELECT version FROM span WHERE dataset = ?", (name,))
            }
            if version is not None and present == {version.number}:
                return
            self._forget(connection, name)
            if version is not None:
                self._add(connection, name, version)

    def rebuild(self, session: Session) -> None:
        """Build anew beside the index in use, then switch."""
        draft = RowIndex(self.path.parent, self.store)
        draft.path = self.path.with_suffix(".draft")
        draft.path.unlink(missing_ok=True)
        names = list(session.scalars(visible(select(Dataset.name)).order_by(Dataset.id)))
        with draft._writer() as connection:
            for name in names:
                version = public_version(session, name)
                if version is not None:
                    draft._add(connection, name, version)
        for suffix in ("-wal", "-shm"):
            Path(f"{self.path}{suffix}").unlink(missing_ok=True)
        draft.path.replace(self.path)

    def versions(self) -> dict[str, int]:
        """Which version of each dataset is in the index."""
        if not self.path.exists():
            return {}
        return dict(self._reader().execute("SELECT dataset, max(version) FROM span GROUP BY dataset"))

    def _forget(self, connection: sqlite3.Connection, name: str) -> None:
        for first, last in connection.execute("SELECT first, last FROM span WHERE dataset = ?", (name,)).fetchall():
            connection.execute("DELETE FROM line WHERE rowid BETWEEN ? AND ?", (first, last))
        connection.execute("DELETE FROM span WHERE dataset = ?", (name,))

    def _add(self, connection: sqlite3.Connection, name: str, version: Version) -> None:
        parquets = {file.resource: file.sha256 for file in version.files if file.role == "parquet"}
        for resource in version.resources:
            (newest,) = connection.execute("SELECT coalesce(max(last), 0) FROM span").fetchone()
            number = newest
            for batch in batches(read_texts(self.store.path(parquets[resource.name]), resource.schema)):
                lines = [(number + at, fold(text), row) for at, (row, text) in enumerate(batch, 1)]
                connection.executemany("INSERT INTO line (rowid, text, row) VALUES (?, ?, ?)", lines)
                number += len(batch)
            if number > newest:
                span = (newest + 1, number, name, version.number, resource.name)
                connection.execute("INSERT INTO span VALUES (?, ?, ?, ?, ?)", span)

    def _reader(self) -> sqlite3.Connection:
        """A connection of this thread to the index as it is now; a rebuilt index is a new file, so it is opened again."""
        told = self.path.stat()
        kept = getattr(self._local, "reader", None)
        if kept is not None and kept[0] == (told.st_ino, told.st_dev):
            connection: sqlite3.Connection = kept[1]
            return connection
        if kept is not None:
            kept[1].close()
        connection = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)
        self._local.reader = ((told.st_ino, told.st_dev), connection)
        return connection

    @contextlib.contextmanager
    def _writer(self) -> Iterator[sqlite3.Connection]:
        """A connection whose work is committed whole."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        connection = sqlite3.connect(self.path, timeout=60, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.executescript(SCHEMA)
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
        finally:
            connection.close()  # an unfinished transaction is rolled back


def condition(terms: Sequence[str]) -> tuple[str, list[str]]:
    """The WHERE part and its values: trigrams of all terms in the index, then each term in the text itself."""
    pieces = dict.fromkeys(term[at : at + 3] for term in terms for at in range(len(term) - 2))
    match = " AND ".join('"' + piece.replace('"', '""') + '"' for piece in pieces)
    checks = " AND ".join("instr(line.text, ?) > 0" for _ in terms)
    return (f"line MATCH ? AND {checks}", [match, *terms]) if match else (checks, [*terms])


def values_of(datasets: Iterable[str] | None) -> list[str]:
    """The names, at most as many as SQLite binds."""
    return list(datasets or ())[:900]


def spread(hits: Sequence[RowHit]) -> list[RowHit]:
    """A few rows of each dataset before the rest of any: one large table must not hide the others."""
    seen: dict[str, int] = {}
    first: list[RowHit] = []
    rest: list[RowHit] = []
    for hit in hits:
        seen[hit.dataset] = seen.get(hit.dataset, 0) + 1
        (first if seen[hit.dataset] <= SPREAD else rest).append(hit)
    return first + rest


def batches(lines: Iterable[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    """Lines in lists of BATCH."""
    batch: list[tuple[int, str]] = []
    for line in lines:
        batch.append(line)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def public_version(session: Session, name: str) -> Version | None:
    """The current version of a dataset, if the dataset is public."""
    query = visible(select(Version).join(Dataset, Dataset.current_version_id == Version.id)).where(Dataset.name == name)
    return session.scalar(query.options(selectinload(Version.resources), selectinload(Version.files)))
