"""What of each document of a Whoosh index is held in memory: for counting facets, sorting, and telling keys.

Read once per segment: segments never change, a commit adds one and marks documents of others as deleted.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from whoosh.reading import IndexReader

from portal.search.engines import WORD_FIELDS

K1, B = 1.2, 0.75  # BM25's usual constants


@dataclass(frozen=True, slots=True)
class Segment:
    """The columns of one segment, by document number in it."""

    keys: list[str]
    marks: list[str]
    moments: list[int]
    orders: list[str]
    facets: list[tuple[int, ...]]  # numbers of (facet, value) pairs
    lengths: list[tuple[int, int]]  # words of title and text


class FacetNumbers:
    """Numbers for (facet, value) pairs, so that counting is counting of small integers; equal tuples are one object."""

    def __init__(self) -> None:
        self.pairs: list[tuple[str, str]] = []
        self._numbers: dict[tuple[str, str], int] = {}
        self._tuples: dict[tuple[int, ...], tuple[int, ...]] = {}

    def of(self, facets: Mapping[str, Sequence[str]]) -> tuple[int, ...]:
        """The numbers of one document's facets."""
        found = tuple(self._number((name, value)) for name, values in facets.items() for value in values)
        return self._tuples.setdefault(found, found)

    def _number(self, pair: tuple[str, str]) -> int:
        if pair not in self._numbers:
            self._numbers[pair] = len(self.pairs)
            self.pairs.append(pair)
        return self._numbers[pair]


class Columns:
    """The columns of all documents of one commit, by document number; deleted documents have them too."""

    def __init__(self, segments: Sequence[Segment], numbers: FacetNumbers) -> None:
        self.keys = list(chain.from_iterable(segment.keys for segment in segments))
        self.marks = list(chain.from_iterable(segment.marks for segment in segments))
        self.moments = list(chain.from_iterable(segment.moments for segment in segments))
        self.orders = list(chain.from_iterable(segment.orders for segment in segments))
        self.facets = list(chain.from_iterable(segment.facets for segment in segments))
        lengths = list(chain.from_iterable(segment.lengths for segment in segments))
        self.brevity = {
            "title": brevities([title for title, _ in lengths]),
            "text": brevities([text for _, text in lengths]),
        }
        self._numbers = numbers

    def counts(self, documents: Iterable[int], names: Sequence[str]) -> dict[str, dict[str, int]]:
        """How many of the documents have each value of each facet."""
        counted = Counter(chain.from_iterable(map(self.facets.__getitem__, documents)))
        found: dict[str, dict[str, int]] = {name: {} for name in names}
        for number, count in counted.items():
            name, value = self._numbers.pairs[number]
            found[name][value] = count
        return found

    def in_order(self, documents: Iterable[int], sort: str) -> list[int]:
        """The documents by title in Thai order, or newest first; equals by key, so that pages neither repeat nor skip."""
        if sort == "title":
            return sorted(documents, key=lambda number: (self.orders[number], self.keys[number]))
        return sorted(documents, key=lambda number: (-self.moments[number], self.keys[number]))


def brevities(lengths: Sequence[int]) -> list[float]:
    """By how much a word counts in each document's field: less in a longer one (BM25's part for a word that stands once)."""
    usual = sum(lengths) / len(lengths) if lengths else 0
    return [(K1 + 1) / (1 + K1 * (1 - B + B * length / (usual or 1))) for length in lengths]


def read_segment(reader: IndexReader, numbers: FacetNumbers) -> Segment:
    """Read the columns of a segment; of deleted documents too, so that the same list serves later commits."""
    segment = Segment([], [], [], [], [], [])
    for number in range(reader.doc_count_all()):
        told: dict[str, Any] = json.loads(reader.stored_fields(number)["columns"])
        segment.keys.append(told["key"])
        segment.marks.append(told["mark"])
        segment.moments.append(told["moment"])
        segment.orders.append(told["order"])
        segment.facets.append(numbers.of(told["facets"]))
        segment.lengths.append((told["lengths"][0], told["lengths"][1]))
    return segment


def read_words(reader: IndexReader) -> frozenset[str]:
    """The words that a segment's entries hold, of deleted ones too."""
    return frozenset(word.decode() for name in WORD_FIELDS for word in reader.lexicon(name))


def segment_name(reader: IndexReader) -> str:
    """What a segment is told apart by; an empty index has one without a name."""
    segment = reader.segment()
    return str(segment.segment_id()) if segment else ""
