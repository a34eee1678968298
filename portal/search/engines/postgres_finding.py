"""One look at the table: answers the questions of a plan, each by one statement that counts the hits and tells a page of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from psycopg import Cursor, sql

from portal.search.engines import Found
from portal.search.engines.postgres_counts import ALL, COUNTED, VALUES, counting, counts_by
from portal.search.engines.postgres_pages import Placing
from portal.search.engines.postgres_queries import COMMON, TABLE, Asking, Question
from portal.search.engines.weighing import no_counts
from portal.search.plan import SearchPlan

SMALL = 5_000  # entries of a table of which counts are exact; of a larger one the planner's are near enough


class Looking:
    """Answers the questions of one plan, all by the same commits."""

    def __init__(self, cursor: Cursor[Any], plan: SearchPlan) -> None:
        self._cursor = cursor
        self._plan = plan
        self._entries = entries_in(cursor)
        self.asking = Asking(plan, self._about, common_among(cursor, plan))

    def find(self, question: Question) -> Found:
        """The page's keys, the exact total, and the facets of all hits."""
        return self._asked(question, self._plan)

    def find_loosely(self) -> Found:
        """The same of what has some of what was asked for."""
        found = Found((), 0, no_counts())
        for question in self.asking.loose():
            found = self.find(question)
            if found.total:
                break
        return found

    def with_near(self, found: Found, *, beside: bool) -> Found:
        """What was found, and where it ends within the page, what comes near."""
        plan = self._plan
        room = plan.offset + plan.limit - max(found.total, plan.offset) if plan.limit else 0
        if room <= 0:
            return found
        asked = replace(plan, sort="relevance", offset=0, limit=room + len(found.keys))
        near = self._keys(self.asking.near(beside=beside), asked)
        if not near and not beside:
            near = self._keys(self.asking.by_grams(), asked)
        return replace(found, near=tuple(key for key in near if key not in found.keys)[:room])

    def _asked(self, question: Question, plan: SearchPlan) -> Found:
        mostly = question.seen and bool(question.query) and 2 * self.asking.about(question.query) > self._entries
        steps, told = counting(question, mostly=mostly)
        selects = [f"SELECT 0, told, many, entries FROM ({told}) AS counted"]
        placing, needed = Placing(self.asking, self._entries).steps(question, plan) if plan.limit else ([], False)
        if needed or not (question.seen or question.everything):
            steps.insert(0, question.hits("hit", columns(plan, COUNTED)))
        steps += placing
        if placing:
            selects.append("SELECT 1, ARRAY[key], place, 0 FROM page")
        rows = self._all(steps, " UNION ALL ".join(selects))
        total, facets = counts_by(row[1:] for row in rows if row[0] == 0)
        placed = sorted((place, told[0]) for kind, told, place, _ in rows if kind == 1)
        return Found(tuple(key for _, key in placed), total, facets)

    def _keys(self, question: Question, plan: SearchPlan) -> list[str]:
        """The page's keys alone."""
        steps, _ = Placing(self.asking, self._entries).steps(question, plan)
        steps = [question.hits("hit", columns(plan)), *steps]
        return [key for (key,) in self._all(steps, "SELECT key FROM page ORDER BY place")]

    def _all(self, steps: Sequence[tuple[str, list[Any]]], selecting: str) -> list[tuple[Any, ...]]:
        values = [value for _, bound in steps for value in bound]
        within = f"WITH {', '.join(step for step, _ in steps)} " if steps else ""
        return self._cursor.execute(f"{within}{selecting}", values).fetchall()

    def _about(self, queries: Sequence[str], column: str) -> Sequence[int]:
        """How many entries have something: counted in a small table, as the planner thinks in a large one."""
        if self._entries < SMALL:
            one = f"(SELECT count(*) FROM {TABLE} WHERE {column} @@ %s::tsquery)"
            return one_of(self._cursor, f"SELECT {', '.join([one] * len(queries))}", queries)
        each = [f"SELECT id FROM {TABLE} WHERE {column} @@ {literal(query)}::tsquery" for query in queries]
        plan = one_of(self._cursor, f"EXPLAIN (FORMAT JSON) {' UNION ALL '.join(each)}", [])[0][0]["Plan"]
        return [int(one["Plan Rows"]) for one in (plan["Plans"] if len(queries) > 1 else [plan])]


def columns(plan: SearchPlan, *more: str) -> str:
    """What of a hit its place depends on, and what else is asked of it."""
    return ", ".join(["id", "key", "moment", *(["sorted"] if plan.sort == "title" else []), *more])


def entries_in(cursor: Cursor[Any]) -> int:
    """How many entries there are."""
    return int(one_of(cursor, f"SELECT coalesce(sum(many), 0) FROM {VALUES} WHERE code = {ALL}", [])[0])


def common_among(cursor: Cursor[Any], plan: SearchPlan) -> frozenset[str]:
    """Those words of a plan's phrases of which there are pairs."""
    groups = (*plan.groups, *plan.clues, *plan.excluded)
    words = {word for group in groups for one in group.alternatives if len(one.words) > 1 for word in one.words}
    return common_words_of(cursor, words) if words else frozenset()


def common_words_of(cursor: Cursor[Any], words: Iterable[str] | None = None) -> frozenset[str]:
    """The words of which there are pairs, among some or in all."""
    asked, values = ("WHERE word = ANY(%s)", [list(words)]) if words is not None else ("", [])
    return frozenset(word for (word,) in cursor.execute(f"SELECT word FROM {COMMON} {asked}", values).fetchall())


def literal(text: str) -> str:
    """A text as SQL has it, where no value can be bound."""
    return sql.Literal(text).as_string().replace("%", "%%")


def one_of(cursor: Cursor[Any], statement: str, values: Sequence[Any]) -> tuple[Any, ...]:
    """The only row of an answer."""
    row = cursor.execute(statement, values).fetchone()
    assert row is not None
    found: tuple[Any, ...] = row
    return found
