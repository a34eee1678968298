"""Totals and facets in PostgreSQL: what is told of entries as numbers, how many entries have each, and counts of a question's hits.

What an entry is counted by stands in its row as numbers (`Told`), which are grouped many times as fast as texts. What they mean,
and in how many entries each stands, is kept in a table of its own, written in the transaction that writes the entries: writers take
turns, so the counts are always exact. Where most entries are hits, those that are none are counted and taken off.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from psycopg import Cursor

from portal.search.engines import Entry
from portal.search.engines.postgres_queries import EVERY, Question, Step
from portal.search.engines.weighing import BROAD, NARROW, add_count, facets_of, no_counts

VALUES = "search_value"
ALL = 0  # the number that every entry has
NONE = -1  # where there is nothing to tell; means nothing
MAKE_VALUES = (
    "CREATE TABLE {table} (code bigint PRIMARY KEY, told text[] NOT NULL, several bigint[], many integer NOT NULL)"
)
COUNTED = "broad, one, two, rest"  # columns of an entry's row
ALL_COUNTS = (
    f"SELECT told, many, CASE WHEN code = {ALL} THEN many ELSE 0 END AS entries FROM {VALUES} WHERE several IS NULL"
)
Counts = tuple[int, dict[str, dict[str, int]]]


@dataclass(frozen=True, slots=True)
class Told:
    """What an entry is counted by, as numbers: its facets of few values together, its first two of the others, and the rest, which
    may stand for several."""

    broad: int
    one: int
    two: int
    rest: int


@lru_cache(maxsize=50_000)
def code_of(told: str) -> int:
    """The number of a facet value, or of several told together: the same in every process, and neither ALL nor NONE."""
    return 1 + (int.from_bytes(blake2b(told.encode(errors="surrogatepass"), digest_size=8).digest(), "big") >> 2)


class Tally:
    """Collects by how much the counts change, and writes it."""

    def __init__(self) -> None:
        self._changes: Counter[int] = Counter()
        self._told: dict[int, list[str]] = {}
        self._several: dict[int, list[int]] = {}

    def add(self, entry: Entry) -> Told:
        """Count a new entry. Returns what stands in its row."""
        narrow, broad = facets_of(entry, reversed(NARROW)), facets_of(entry, BROAD)
        codes = [code_of(text) for text in narrow]
        self._told.update(zip(codes, ([text] for text in narrow), strict=True))
        one, two, *_ = *codes, NONE, NONE
        rest, behind = NONE, sorted(narrow[2:])
        if behind:
            rest = code_of(together(behind))
        if len(behind) > 1:
            self._several[rest] = [code_of(text) for text in behind]
        told = Told(code_of(together(broad)), one, two, rest)
        self._told[told.broad] = broad
        self._count(told, 1)
        return told

    def take(self, gone: Iterable[Told], several: Mapping[int, list[int]]) -> None:
        """Count off entries that were deleted. `several`: what the numbers mean that stand for several."""
        self._several |= several
        for told in gone:
            self._count(told, -1)

    def _count(self, told: Told, many: int) -> None:
        for code in (ALL, told.broad, told.one, told.two, told.rest, *self._several.get(told.rest, ())):
            if code != NONE:
                self._changes[code] += many

    def write(self, cursor: Cursor[Any], table: str) -> None:
        """Change the counts in the table."""
        changes = sorted((code, many) for code, many in self._changes.items() if many)
        cursor.executemany(
            f"INSERT INTO {table} AS kept VALUES (%s, %s, %s, %s) "
            "ON CONFLICT (code) DO UPDATE SET many = kept.many + excluded.many",
            [(code, self._told.get(code, []), self._several.get(code), many) for code, many in changes],
        )
        cursor.execute(f"DELETE FROM {table} WHERE many = 0 AND code = ANY(%s)", [[code for code, _ in changes]])


def together(told: Iterable[str]) -> str:
    """Several values as one text, which no value is by itself."""
    return "\x01".join(told)


def several_among(cursor: Cursor[Any], codes: Iterable[int]) -> dict[int, list[int]]:
    """What those of some numbers mean that stand for several."""
    asked = f"SELECT code, several FROM {VALUES} WHERE several IS NOT NULL AND code = ANY(%s)"
    return dict(cursor.execute(asked, [list(set(codes))]).fetchall())


def counting(question: Question, *, mostly: bool) -> tuple[list[Step], str]:
    """The steps of a statement that count the hits of a question, and what selects the counts: rows of what was told, how many have
    it, and how many entries that makes. Hits that are kept are read from `hit`. `mostly`: more than half of all entries are likely
    hits, so that the others are counted, and taken off the counts of all."""
    if question.everything:
        return [], ALL_COUNTS
    steps: list[Step] = []
    if question.seen:
        counted = Question(f"({EVERY} & !{question.query})", seen=True) if mostly else question
        steps.append(counted.hits("counted", COUNTED))
    steps += [
        (
            "grouped AS MATERIALIZED (SELECT coalesce(broad, one, two, rest) AS code, count(*) AS many, grouping(broad) = 0 AS whole "
            f"FROM {'counted' if question.seen else 'hit'} GROUP BY GROUPING SETS ((broad), (one), (two), (rest)))",
            [],
        ),
        (
            f"told AS MATERIALIZED (SELECT told, several, grouped.many, whole FROM grouped JOIN {VALUES} USING (code))",
            [],
        ),
        (
            "behind AS (SELECT code, sum(many)::bigint AS many FROM "
            "(SELECT unnest(several) AS code, many FROM told WHERE several IS NOT NULL) AS each_of_them GROUP BY code)",
            [],
        ),
    ]
    sign = "-" if mostly else ""
    selected = (
        f"SELECT told, {sign}many AS many, CASE WHEN whole THEN {sign}many ELSE 0 END AS entries FROM told WHERE several IS NULL "
        f"UNION ALL SELECT {VALUES}.told, {sign}behind.many, 0 FROM behind JOIN {VALUES} USING (code)"
    )
    return steps, f"{selected} UNION ALL {ALL_COUNTS}" if mostly else selected


def counts_by(rows: Iterable[tuple[list[str], int, int]]) -> Counts:
    """Total and facets from what was told, how many have it, and how many entries that makes."""
    total = 0
    facets = no_counts()
    for told, many, entries in rows:
        total += entries
        for text in told:
            add_count(facets, text, many)
    return total, {name: {value: many for value, many in values.items() if many} for name, values in facets.items()}
