"""Which documents of an open Whoosh index hold a word, a phrase or a facet's value: read once, kept as long as the searcher.

Whoosh's own query objects are not used: its tree of unions over many common words takes seconds at 10,000 documents, its search
for phrases 25 µs a document. Sets of document numbers take milliseconds and can be bounded. Lists are read a block at a time, which needs
names of its codec that begin with an underscore: the distribution is pinned exactly, and tests compare with its own answers.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence, Set

from whoosh.codec.whoosh3 import W3LeafMatcher
from whoosh.matching import Matcher
from whoosh.reading import IndexReader
from whoosh.searching import Searcher

KEPT = 4_000_000  # document numbers kept in memory, four bytes each
COUNTED = 100_000  # words whose commonness is kept
SKIP_COST = 40  # looking up one document in a list costs about as much as reading so many of its numbers


def order_of(field: str) -> str:
    """The field that knows where each word of another field stands."""
    return f"{field}_order"


class Postings:
    """The lists of one searcher. Of one thread at a time, as the searcher is."""

    def __init__(self, searcher: Searcher) -> None:
        self._reader = searcher.reader()
        self._leaves: Sequence[tuple[IndexReader, int]] = [
            (leaf, offset) for leaf, offset in self._reader.leaf_readers() if leaf.doc_count_all()
        ]  # an empty index has a leaf that is none
        self._kept: dict[tuple[str, tuple[str, ...]], array[int]] = {}
        self._counts: dict[tuple[str, str], int] = {}
        self._size = 0

    def count(self, field: str, word: str) -> int:
        """How many documents hold a word in a field, about: deleted ones are counted until their segment is merged."""
        found = self._counts.get((field, word))
        if found is None:
            if len(self._counts) >= COUNTED:
                self._counts.clear()
            found = self._counts[field, word] = int(self._reader.doc_frequency(field, word))
        return found

    def holding(self, field: str, words: tuple[str, ...]) -> array[int]:
        """The documents that hold a word in a field, or several side by side; in ascending order."""
        key = (field, words)
        found = self._kept.get(key)
        if found is None:
            found = self._one(field, words[0]) if len(words) == 1 else array("I", self._phrase(None, field, words))
            if self._size + len(found) > KEPT:
                self._kept.clear()
                self._size = 0
            self._kept[key] = found
            self._size += len(found)
        return found

    def among(self, candidates: Set[int] | None, field: str, words: tuple[str, ...]) -> Set[int]:
        """Those of the candidates (None: of all documents) that hold a word, or several side by side."""
        if candidates is None:
            return set(self.holding(field, words))
        if not candidates:
            return frozenset()
        if (field, words) not in self._kept:
            if len(words) > 1:
                return set(self._phrase(candidates, field, words))
            if len(candidates) * SKIP_COST < self.count(field, words[0]):
                return self._looked_up(sorted(candidates), field, words[0])
        return candidates & set(self.holding(field, words))

    def _one(self, field: str, word: str) -> array[int]:
        """All documents with a word."""
        found = array("I")
        for leaf, offset in self._leaves:
            for numbers, _ in blocks(leaf, field, word):
                found.extend([offset + number for number in numbers] if offset else numbers)
        return found

    def _phrase(self, candidates: Set[int] | None, field: str, words: tuple[str, ...]) -> list[int]:
        """Those of the candidates that hold words side by side: the places of each word, in the documents that hold all."""
        common = candidates
        for word in sorted(set(words), key=lambda word: self.count(field, word)):
            common = self.among(common, field, (word,))
        wanted = sorted(common or ())
        found: list[int] = []
        for leaf, offset in self._leaves:
            here = wanted[bisect_left(wanted, offset) : bisect_right(wanted, offset + leaf.doc_count_all() - 1)]
            if here:
                places = {
                    word: places_of(leaf, order_of(field), word, {number - offset for number in here})
                    for word in set(words)
                }
                found += [number for number in here if side_by_side([places[word][number - offset] for word in words])]
        return found

    def _looked_up(self, candidates: Iterable[int], field: str, word: str) -> set[int]:
        """Look up few documents in a long list by leaping in it."""
        found: set[int] = set()
        matcher = self._reader.postings(field, word)
        for number in candidates:
            if not matcher.is_active():
                break
            if matcher.id() < number:
                matcher.skip_to(number)
                if not matcher.is_active():
                    break
            if matcher.id() == number:
                found.add(number)
        return found


def blocks(leaf: IndexReader, field: str, word: str) -> Iterator[tuple[Sequence[int], Matcher]]:
    """The numbers of a segment's documents with a word, some at a time, and what still knows their values; no deleted ones."""
    term = word.encode()
    if (field, term) not in leaf._terms:
        return
    gone = leaf.deleted_docs_set
    matcher = leaf._terms.matcher(field, term, leaf.schema[field].format)
    if not isinstance(matcher, W3LeafMatcher):  # few documents, told with the word itself
        numbers = list(matcher._ids)
        yield [number for number in numbers if number not in gone] if gone else numbers, matcher
        return
    while matcher.is_active():
        matcher._read_ids()
        numbers = matcher._ids
        yield [number for number in numbers if number not in gone] if gone else numbers, matcher
        matcher._next_block()


def places_of(leaf: IndexReader, field: str, word: str, wanted: Set[int]) -> dict[int, Sequence[int]]:
    """Where a word stands in each of the wanted documents of a segment, all of which hold it."""
    decode = leaf.schema[field].format.decode_positions
    found: dict[int, Sequence[int]] = {}
    for numbers, matcher in blocks(leaf, field, word):
        if wanted.isdisjoint(numbers):
            continue
        if isinstance(matcher, W3LeafMatcher):
            matcher._read_values()
        values = matcher._values
        for at, number in enumerate(matcher._ids):
            if number in wanted:
                found[number] = decode(values[at])
    return found


def side_by_side(places: Sequence[Sequence[int]]) -> bool:
    """Whether some place of the first word is followed by places of the others, in their order."""
    starts = set(places[0])
    for at, some in enumerate(places[1:], 1):
        starts &= {place - at for place in some}
        if not starts:
            return False
    return True
