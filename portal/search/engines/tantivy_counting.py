"""Counting what tantivy found. Facet values stand in fast columns as small numbers, which are counted many times as fast as texts.

All values of BROAD together are one number; those of NARROW have a column each, as far as there are columns. What the numbers mean
stands in the index itself, as terms of the field `counted`: each entry has the terms of its own values, so that a number means
the same as long as an entry has it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tantivy import Document, Occur, Query, Searcher

from portal.search.engines import Entry
from portal.search.engines.weighing import BROAD, NARROW, facet_of, facets_of, no_counts

COUNTED = "counted"
TOGETHER = "broad"  # the column of all values of BROAD
COLUMNS = ("narrow0", "narrow1", "narrow2", "narrow3")  # of one value each; 0 stands for none
REST = "narrow"  # a list of what goes beyond them
MOST_VALUES = 50_000  # of one column, as tantivy counts them
SEPARATOR = "\x01"  # between a number and its meaning, and between values told together
Counts = Mapping[str, Mapping[str, int]]


class Numbers:
    """The numbers of facet values while an index is written: those that it has, and new ones behind them."""

    def __init__(self, terms: Iterable[str] = ()) -> None:
        self._terms: dict[str, tuple[int, str]] = {}
        for term in terms:
            number, _, told = term.partition(SEPARATOR)
            self._terms[told] = int(number), term
        self._last = max((number for number, _ in self._terms.values()), default=0)

    def add(self, made: Document, entry: Entry) -> None:
        """Put what is counted of an entry into its document."""
        narrow = [self._told(made, told) for told in facets_of(entry, NARROW)]
        made.add_unsigned(TOGETHER, self._told(made, SEPARATOR.join(facets_of(entry, BROAD))))
        for at, name in enumerate(COLUMNS):
            made.add_unsigned(name, narrow[at] if at < len(narrow) else 0)
        for number in narrow[len(COLUMNS) :]:
            made.add_unsigned(REST, number)

    def _told(self, made: Document, told: str) -> int:
        """The number of a value, with its meaning put into a document that has it."""
        if told not in self._terms:
            self._last += 1
            self._terms[told] = self._last, f"{self._last}{SEPARATOR}{told}"
        number, term = self._terms[told]
        made.add_text(COUNTED, term)
        return number


def numbered(searcher: Searcher) -> Iterable[str]:
    """The terms that tell what the numbers of an index mean."""
    return (term for term, _ in searcher.terms_with_prefix(COUNTED, ""))


@dataclass(frozen=True, slots=True)
class Counting:
    """Counts hits of one open index. `total` and `everything` are the counts of all its entries."""

    searcher: Searcher
    meanings: Mapping[int, Sequence[tuple[str, str]]]  # (facet, value) by their number
    columns: tuple[str, ...]  # those in use
    total: int
    everything: Counts

    def of(self, query: Query) -> tuple[int, Counts]:
        """How many hits a query has, and how many of them have each value of each facet."""
        numbers = numbers_of(self.searcher, query, self.columns)
        return sum(numbers[TOGETHER].values()), self._told(numbers.values())

    def by_rest(self, query: Query) -> tuple[int, Counts]:
        """The same where most entries are hits: the counts of all entries, less those of the few that are none."""
        others = Query.boolean_query([(Occur.Must, Query.all_query()), (Occur.MustNot, query)])
        number, rest = self.of(others)
        left = {
            name: {value: count - rest[name].get(value, 0) for value, count in values.items()}
            for name, values in self.everything.items()
        }
        found = {name: {value: count for value, count in values.items() if count} for name, values in left.items()}
        return self.total - number, found

    def of_hits(self, hits: Sequence[tuple[Any, Any]]) -> Counts | None:
        """The counts of a few hits, read one by one; None where one of them may have more values than columns."""
        addresses = [address for _, address in hits]
        values = {name: self.searcher.fast_field_values(name, addresses) for name in self.columns}
        if any(value is not None for value in values.pop(REST, ())):
            return None
        return self._told(Counter(column) for column in values.values())

    def _told(self, columns: Iterable[Mapping[Any, int]]) -> dict[str, dict[str, int]]:
        """The counts of facet values from those of their numbers."""
        found = no_counts()
        for numbers in columns:
            for number, count in numbers.items():
                for name, value in self.meanings[number]:
                    found[name][value] = found[name].get(value, 0) + count
        return found


def counting(searcher: Searcher) -> Counting:
    """For one open index. Columns that no entry uses are found by counting everything once."""
    meanings: dict[int, Sequence[tuple[str, str]]] = {0: ()}
    for term in numbered(searcher):
        number, *values = term.split(SEPARATOR)
        meanings[int(number)] = [facet_of(told) for told in values if told]
    numbers = numbers_of(searcher, Query.all_query(), (TOGETHER, *COLUMNS, REST))
    used = tuple(name for name, told in numbers.items() if name == TOGETHER or any(told))
    first = Counting(searcher, meanings, used, 0, {})
    total, everything = first.of(Query.all_query())
    return Counting(searcher, meanings, used, total, everything)


def numbers_of(searcher: Searcher, query: Query, columns: Sequence[str]) -> dict[str, dict[int, int]]:
    """How many hits of a query have each number in each of these columns."""
    asked = {name: {"terms": {"field": name, "size": MOST_VALUES}} for name in columns}
    told = searcher.aggregate(query, asked)
    return {name: {int(bucket["key"]): bucket["doc_count"] for bucket in told[name]["buckets"]} for name in columns}
