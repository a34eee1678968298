"""The words of one open index: how common they are, and the queries that look for them. Kept from one question to the next, as far as
there is room: an open index never changes.
"""

from __future__ import annotations

from collections.abc import Sequence

from tantivy import Occur, Query, Schema, Searcher

from portal.search.engines.pairs import pairs_within
from portal.search.engines.weighing import ORDERED, WEIGHTS
from portal.search.plan import Alternative

PAIRS = "{}_pairs"  # the fields with the pairs of common words of those whose words stand in order
COUNTED = 100_000  # words whose commonness is kept
LOOKED_FOR = 20_000  # ways to say something whose queries are kept


class IndexWords:
    """Of `searcher`; `common` are the words of which there are pairs. Of all threads together."""

    def __init__(self, schema: Schema, searcher: Searcher, common: frozenset[str]) -> None:
        self.searcher = searcher
        self._schema = schema
        self.common = common
        self._counts: dict[tuple[str, str], int] = {}
        self._clauses: dict[tuple[str, Alternative], tuple[Query, ...]] = {}

    def count(self, field: str, word: str) -> int:
        """How many documents hold a word in a field, about."""
        found = self._counts.get((field, word))
        if found is None:
            if len(self._counts) >= COUNTED:
                self._counts.clear()
            found = self._counts[field, word] = self.searcher.doc_freq(field, word)
        return found

    def clauses(self, field: str, one: Alternative) -> tuple[Query, ...]:
        """What ranks one way to say something by a field; nothing where that has not all of its words."""
        found = self._clauses.get((field, one))
        if found is None:
            if len(self._clauses) >= LOOKED_FOR:
                self._clauses.clear()
            weight = WEIGHTS[field] * one.weight
            found = (Query.boost_query(self.words(field, one), weight),) if self.may_stand(field, one) else ()
            self._clauses[field, one] = found
        return found

    def words(self, field: str, one: Alternative) -> Query:
        """A word in a field, or several side by side: those that are common are looked up by pairs."""
        if len(one.words) == 1:
            return self.term(field, one.words[0])
        pairs = [self.term(PAIRS.format(field), told) for told in pairs_within(one.words, self.common)]
        if self.is_pair(one):
            return pairs[0]
        phrase = Query.phrase_query(self._schema, field, list(one.words))
        return all_of([*(Query.const_score_query(told, 0.0) for told in pairs), phrase]) if pairs else phrase

    def is_pair(self, one: Alternative) -> bool:
        """Whether it is two common words: looked up as one."""
        return len(one.words) == 2 and self.common.issuperset(one.words)

    def may_stand(self, field: str, one: Alternative) -> bool:
        """Whether a field has all words of one way to say something."""
        return all(self.count(field, word) for word in one.words)

    def term(self, field: str, word: str) -> Query:
        """One word in a field."""
        return Query.term_query(
            self._schema, field, word, index_option="freq" if field.startswith(ORDERED) else "basic"
        )


def any_of(queries: Sequence[Query], least: int = 1) -> Query:
    """At least so many of these."""
    if not queries:
        return Query.empty_query()
    return Query.boolean_query([(Occur.Should, query) for query in queries], minimum_number_should_match=least)


def all_of(queries: Sequence[Query]) -> Query:
    """All of these."""
    return Query.boolean_query([(Occur.Must, query) for query in queries]) if queries else Query.empty_query()
