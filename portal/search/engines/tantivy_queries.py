"""A plan as tantivy's own query objects: built, never parsed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from math import comb
from typing import NamedTuple

from tantivy import Occur, Query, Schema, Searcher

from portal.search.engines import FACETS
from portal.search.engines.pairs import pairs_within
from portal.search.engines.weighing import (
    ABOUT_WEIGHT,
    GRAM_WEIGHT,
    MOST_GRAMS,
    NEAR_GRAM_WEIGHT,
    ORDERED,
    WEIGHTS,
    commonness,
    facet_token,
    fields_for,
    speaking_for,
    within_bounds,
)
from portal.search.plan import PART_WEIGHT, Alternative, Group, SearchPlan

WORDS = "words"  # the field with the words of all others
PAIRS = "{}_pairs"  # the fields with the pairs of common words of those whose words stand in order
MOSTLY = 2 / 3  # of all entries: where more are hits, it is cheaper to count those that are none
DEAR = 2_000  # entries in which words side by side are looked for, from where on it is done once only
MOST_WORDS = 7  # of which every half is asked for as such; of more words the commonest are left out
PASSING_COST = 3  # of looking at a number of one of several lists, beside that of a list that others are compared with


class Loosely(NamedTuple):
    """What has some of what was asked for: for counting, and ranked. `by_letters`: some of it may have no word of it."""

    matching: Query
    ranked: Query
    by_letters: bool


class Asking:
    """Makes queries for one open index: how common words are is looked up in it. `common`: of which there are pairs."""

    def __init__(self, schema: Schema, searcher: Searcher, common: frozenset[str] = frozenset()) -> None:
        self.searcher = searcher
        self._schema = schema
        self._common = common
        self._groups: dict[Group, Query] = {}
        self._counts: dict[tuple[str, str], int] = {}

    def strict(self, plan: SearchPlan) -> Query:
        """The documents with everything that was asked for."""
        return self.narrowed([self.of_group(group) for group in plan.groups], plan)

    def mostly(self, plan: SearchPlan) -> bool:
        """Whether most documents are likely to have everything that was asked for: nothing narrows, and all words are so common."""
        return not plan.filters and not plan.excluded and self.about(plan) > MOSTLY * self.searcher.num_docs

    def about(self, plan: SearchPlan) -> float:
        """About how many documents have everything that was asked for, as if one thing told nothing of another."""
        entries = max(1, self.searcher.num_docs)
        about = float(entries)
        for group in plan.groups:
            about *= min(1.0, self._about(group) / entries)
        for name, values in plan.filters.items():
            passing = sum(self.count("facets", facet_token(name, value)) for value in values)
            about *= min(1.0, passing / entries) if name in FACETS else 1.0
        return about

    def _about(self, group: Group) -> int:
        """In how many documents one thing stands at most."""
        place = self.count("facets", facet_token("province", group.province)) if group.province else 0
        return place + sum(min(self.count(WORDS, word) for word in one.words) for one in group.alternatives)

    def is_dear(self, plan: SearchPlan) -> bool:
        """Whether words side by side have to be looked for in many documents."""
        return (
            sum(
                min(self.count(name, word) for word in one.words)
                for group in plan.groups
                for one in group.alternatives
                if len(one.words) > 1 and not self._is_pair(one)
                for name in ORDERED
            )
            > DEAR
        )

    def matching(self, plan: SearchPlan) -> Query:
        """What `strict` finds, without a rank: for counting, which reads one list a word."""
        return self.narrowed([self._matching(group) for group in plan.groups], plan)

    def _matching(self, group: Group) -> Query:
        if group.province is not None:
            return self.of_group(group)
        found = [self.term(WORDS, one.words[0]) for one in group.alternatives if len(one.words) == 1]
        several = [one for one in group.alternatives if len(one.words) > 1]
        found += [self.words(name, one) for one in several for name in ORDERED if self._may_stand(name, one)]
        return found[0] if len(found) == 1 else any_of(found)

    def anyhow(self, plan: SearchPlan, *, clues: bool = False) -> Query:
        """What has any of it, each of its words as one clause, and ranked as `strict` ranks what has all of it."""
        also = within_bounds(plan.clues, self.commonness) if clues else []
        return any_of([clause for group in (*plan.groups, *also) for clause in self._clauses(group)])

    def loosely(self, plan: SearchPlan) -> Loosely:
        """The documents with all the trigrams, or all parts of the words, or at least half of what was asked for, where nothing has
        that with any of it; clues rank them."""
        rarest = self._rarest(plan)
        near: list[tuple[Query, Query]] = []
        if rarest:
            grams = all_of([self.term("grams", gram) for gram in rarest])
            near.append((grams, Query.const_score_query(grams, GRAM_WEIGHT * len(rarest))))
        if any(group.parts for group in plan.groups):
            near.append((self._matching_parts(plan.groups), self.with_parts(plan.groups)))
        matching = [query for query, _ in near]
        by_letters = self.finds(self.narrowed([any_of(matching)], plan))
        few = len(plan.groups) <= MOST_WORDS
        some = plan.groups if few else within_bounds(plan.groups, self.commonness)
        if len(plan.groups) > 1:
            half = self._half(some, (len(plan.groups) + 1) // 2)
            enough = half is not None and self.finds(self.narrowed([half], plan))
            if not enough:
                some = within_bounds(some, self.commonness)
            matching += [half] if half is not None and enough else map(self._matching, some)
        clues = within_bounds(plan.clues, self.commonness)
        within = Query.const_score_query(any_of(matching), 0.0)
        ranking = [*(ranked for _, ranked in near), *map(self.of_group, (*some, *clues))]
        ranked = Query.boolean_query([(Occur.Must, within), *((Occur.Should, query) for query in ranking)])
        return Loosely(self.narrowed([any_of(matching)], plan), self.narrowed([ranked], plan), by_letters)

    def _half(self, groups: Sequence[Group], least: int) -> Query | None:
        """The documents with so many of these; None where there are too few. Either every choice of so many is asked for, each by
        its rarest, or all lists are read; whichever is less."""
        if len(groups) < least:
            return None
        some = sorted(groups, key=self._about)
        each = [self._matching(group) for group in some]
        choosing = sum(
            least * self._about(group) * comb(len(some) - at - 1, least - 1) for at, group in enumerate(some)
        )
        if len(some) > MOST_WORDS or choosing > PASSING_COST * sum(map(self._about, some)):
            return any_of(each, least)
        return any_of([all_of(chosen) for chosen in combinations(each, least)])

    def _rarest(self, plan: SearchPlan) -> list[str]:
        """Those of the trigrams that tell most apart."""
        return sorted(plan.grams, key=lambda gram: self.count("grams", gram))[:MOST_GRAMS]

    def finds(self, query: Query) -> bool:
        """Whether a query finds anything at all."""
        return bool(self.searcher.search(query, limit=1, count=False).hits)

    def with_keys(self, keys: Sequence[str]) -> Query:
        """The documents with these keys."""
        return Query.term_set_query(self._schema, "key", list(keys))

    def near(self, plan: SearchPlan, *, beside: bool) -> Query:
        """What has something of what was asked for; `beside`: something else has all of it, which is left out.

        Trigrams only rank what holds a word or a part of one; they find by themselves where nothing else does.
        """
        words = any_of([self.of_group(group) for group in within_bounds(speaking_for(plan), self.commonness)])
        grams = [Query.boost_query(self.term("grams", gram), NEAR_GRAM_WEIGHT) for gram in self._rarest(plan)]
        if not beside and not self.finds(self.narrowed([words], plan)):
            return self.narrowed([any_of(grams, (len(grams) + 1) // 2)], plan)
        ranked = Query.boolean_query([(Occur.Must, words), *((Occur.Should, gram) for gram in grams)])
        whole = [(Occur.MustNot, self.strict(plan))] if beside else []
        return Query.boolean_query([(Occur.Must, self.narrowed([ranked], plan)), *whole])

    def narrowed(self, wanted: Sequence[Query], plan: SearchPlan) -> Query:
        """What is wanted, within the filters and without what was excluded."""
        parts = [(Occur.Must, query) for query in wanted or [Query.all_query()]]
        for name, values in plan.filters.items():
            if name in FACETS:
                passing = any_of([self.term("facets", facet_token(name, value)) for value in values])
                parts.append((Occur.Must, Query.const_score_query(passing, 0.0)))
        parts += [(Occur.MustNot, self._matching(group)) for group in plan.excluded]
        return Query.boolean_query(parts)

    def of_group(self, group: Group) -> Query:
        """One asked-for thing: any of its alternatives, or its province."""
        if group not in self._groups:
            self._groups[group] = self._made(group)
        return self._groups[group]

    def _made(self, group: Group) -> Query:
        return any_of(self._clauses(group))

    def _clauses(self, group: Group) -> list[Query]:
        found = [
            Query.boost_query(self.words(name, one), WEIGHTS[name] * one.weight)
            for one in group.alternatives
            for name in fields_for(group, one)
            if self._may_stand(name, one)
        ]
        if group.province is not None:
            about = self.term("facets", facet_token("province", group.province))
            found.append(Query.const_score_query(about, ABOUT_WEIGHT))
        return found

    def with_parts(self, groups: Iterable[Group]) -> Query:
        """The documents that hold all parts of all words, wherever they stand."""
        found = []
        for group in groups:
            for part in group.parts:
                found.append(
                    any_of(
                        [
                            Query.boost_query(self.term(name, part), weight * PART_WEIGHT)
                            for name, weight in WEIGHTS.items()
                        ]
                    )
                )
            if not group.parts:
                found.append(self.of_group(group))
        return all_of(found)

    def _matching_parts(self, groups: Iterable[Group]) -> Query:
        """The same without a rank."""
        return all_of(
            [
                all_of([self.term(WORDS, part) for part in group.parts]) if group.parts else self._matching(group)
                for group in groups
            ]
        )

    def words(self, field: str, one: Alternative) -> Query:
        """A word in a field, or several side by side: those that are common are looked up by pairs."""
        if len(one.words) == 1:
            return self.term(field, one.words[0])
        pairs = [self.term(PAIRS.format(field), told) for told in pairs_within(one.words, self._common)]
        if self._is_pair(one):
            return pairs[0]
        phrase = Query.phrase_query(self._schema, field, list(one.words))
        return all_of([*(Query.const_score_query(told, 0.0) for told in pairs), phrase]) if pairs else phrase

    def _is_pair(self, one: Alternative) -> bool:
        """Whether it is two common words: looked up as one."""
        return len(one.words) == 2 and self._common.issuperset(one.words)

    def _may_stand(self, field: str, one: Alternative) -> bool:
        """Whether a field has all words of one way to say something."""
        return all(self.count(field, word) for word in one.words)

    def term(self, field: str, word: str) -> Query:
        """One word in a field."""
        return Query.term_query(
            self._schema, field, word, index_option="freq" if field.startswith(ORDERED) else "basic"
        )

    def count(self, field: str, word: str) -> int:
        """How many documents hold a word in a field, about."""
        if (field, word) not in self._counts:
            self._counts[field, word] = self.searcher.doc_freq(field, word)
        return self._counts[field, word]

    def commonness(self, group: Group) -> int:
        """About how many documents have what was asked for."""
        return commonness(group, self.count)


def any_of(queries: Sequence[Query], least: int = 1) -> Query:
    """At least so many of these."""
    if not queries:
        return Query.empty_query()
    return Query.boolean_query([(Occur.Should, query) for query in queries], minimum_number_should_match=least)


def all_of(queries: Sequence[Query]) -> Query:
    """All of these."""
    return Query.boolean_query([(Occur.Must, query) for query in queries]) if queries else Query.empty_query()
