"""Which documents of an open Whoosh index hold a word, a phrase or a facet's value: read once, kept as long as the searcher.

Whoosh's own query objects are used for phrases alone. Its tree of unions over many common words takes seconds at 10,000
documents; sets of document numbers take milliseconds, and can be bounded.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Set

from whoosh import query
from whoosh.searching import Searcher

KEPT = 4_000_000  # document numbers kept in memory, four bytes each
SKIP_COST = 8  # looking up one document in a list costs about as much as reading so many of its numbers


class Postings:
    """The lists of one searcher. Of one thread at a time, as the searcher is."""

    def __init__(self, searcher: Searcher) -> None:
        self._searcher = searcher
        self._reader = searcher.reader()
        self._kept: dict[tuple[str, tuple[str, ...]], array[int]] = {}
        self._size = 0

    def count(self, field: str, word: str) -> int:
        """How many documents hold a word in a field, about: deleted ones are counted until their segment is merged."""
        return int(self._reader.doc_frequency(field, word))

    def holding(self, field: str, words: tuple[str, ...]) -> array[int]:
        """The documents that hold a word in a field, or several side by side; in ascending order."""
        key = (field, words)
        found = self._kept.get(key)
        if found is None:
            found = self._read(field, words)
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
        known = (field, words) in self._kept
        if len(words) == 1 and not known and len(candidates) * SKIP_COST < self.count(field, words[0]):
            return self._looked_up(sorted(candidates), field, words[0])
        return candidates & set(self.holding(field, words))

    def _read(self, field: str, words: tuple[str, ...]) -> array[int]:
        if any((field, word) not in self._reader for word in words):
            return array("I")
        if len(words) == 1:
            return array("I", self._reader.postings(field, words[0]).all_ids())
        return array("I", sorted(self._searcher.docs_for_query(query.Phrase(field, list(words)))))

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
