"""A plan as tantivy's own query objects: built, never parsed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations
from math import comb
from typing import Any, NamedTuple

from tantivy import Occur, Query

from portal.search.engines import FACETS
from portal.search.engines.tantivy_words import IndexWords, all_of, any_of
from portal.search.engines.weighing import (
    ABOUT_WEIGHT,
    GRAM_WEIGHT,
    MOST_GRAMS,
    NEAR_GRAM_WEIGHT,
    ORDERED,
    WEIGHTS,
    facet_token,
    fields_for,
    speaking_for,
    within_bounds,
)
from portal.search.plan import PART_WEIGHT, Group, SearchPlan

WORDS = "words"  # the field with the words of all others
MOSTLY = 2 / 3  # of all entries: where more are hits, it is cheaper to count those that are none
DEAR = 2_000  # entries in which words side by side are looked for, from where on it is done once only
MOST_WORDS = 7  # of which every half is asked for as such; of more words the commonest are left out
PASSING_COST = 3  # of looking at a number of one of several lists, beside that of a list that others are compared with


class Loosely(NamedTuple):
    """What may be found where nothing has all that was asked for: by letters or by parts of words, and what has some of these groups."""

    near: Query
    near_ranked: Sequence[Query]
    groups: Sequence[Group]


class Asking:
    """Makes queries for one open index: how common words are is looked up in it."""

    def __init__(self, words: IndexWords) -> None:
        self.searcher = words.searcher
        self._words = words
        self._groups: dict[Group, Query] = {}
        self._abouts: dict[Group, int] = {}

    def strict(self, plan: SearchPlan) -> Query:
        """The documents with everything that was asked for."""
        return self.narrowed([self.of_group(group) for group in plan.groups], plan)

    def mostly(self, plan: SearchPlan, about: float) -> bool:
        """Whether most documents are likely to have everything that was asked for: nothing narrows, and `about` so many have it."""
        return not plan.filters and not plan.excluded and about > MOSTLY * self.searcher.num_docs

    def about(self, plan: SearchPlan) -> float:
        """About how many documents have everything that was asked for, as if one thing told nothing of another."""
        entries = max(1, self.searcher.num_docs)
        about = float(entries)
        for group in plan.groups:
            about *= min(1.0, self._about(group) / entries)
        for name, values in plan.filters.items():
            passing = sum(self._words.count("facets", facet_token(name, value)) for value in values)
            about *= min(1.0, passing / entries) if name in FACETS else 1.0
        return about

    def about_some(self, plan: SearchPlan, groups: Sequence[Group], least: int) -> float:
        """About how many documents have so many of these groups, as if one told nothing of another."""
        entries = max(1, self.searcher.num_docs)
        having = [1.0]  # by how many of the groups, what share has them
        for group in groups:
            share = min(1.0, self._about(group) / entries)
            having = [
                some * (1 - share) + fewer * share for some, fewer in zip([*having, 0.0], [0.0, *having], strict=True)
            ]
        return sum(having[least:]) * self.about(replace(plan, groups=()))

    def _about(self, group: Group) -> int:
        """In how many documents one thing stands at most."""
        if group not in self._abouts:
            place = self._words.count("facets", facet_token("province", group.province)) if group.province else 0
            ways = sum(min(self._words.count(WORDS, word) for word in one.words) for one in group.alternatives)
            self._abouts[group] = place + ways
        return self._abouts[group]

    def is_dear(self, plan: SearchPlan) -> bool:
        """Whether words side by side have to be looked for in many documents."""
        return (
            sum(
                min(self._words.count(name, word) for word in one.words)
                for group in plan.groups
                for one in group.alternatives
                if len(one.words) > 1 and not self._words.is_pair(one)
                for name in ORDERED
            )
            > DEAR
        )

    def matching(self, plan: SearchPlan) -> Query:
        """What `strict` finds, without a rank: for counting, which reads one list a word."""
        return self.narrowed([self.having_one(group) for group in plan.groups], plan)

    def having_one(self, group: Group) -> Query:
        """The documents that have one thing, without a rank."""
        if group.province is not None:
            return self.of_group(group)
        found = [self._words.term(WORDS, one.words[0]) for one in group.alternatives if len(one.words) == 1]
        several = [one for one in group.alternatives if len(one.words) > 1]
        found += [
            self._words.words(name, one) for one in several for name in ORDERED if self._words.may_stand(name, one)
        ]
        return found[0] if len(found) == 1 else any_of(found)

    def anyhow(self, groups: Iterable[Group]) -> Query:
        """What has any of it, each of its words as one clause, and ranked as `strict` ranks what has all of it."""
        return any_of([clause for group in groups for clause in self._clauses(group)])

    def clauses(self, groups: Iterable[Group]) -> tuple[list[Query], list[Query]]:
        """The same clauses, those of single words apart from the others."""
        single: list[Query] = []
        others: list[Query] = []
        for group in groups:
            alone = tuple(one for one in group.alternatives if len(one.words) == 1)
            single += self._clauses(Group(alone))
            rest = tuple(one for one in group.alternatives if len(one.words) > 1)
            if rest or group.province:
                others += self._clauses(Group(rest, province=group.province))
        return single, others

    def loosely(self, plan: SearchPlan) -> Loosely:
        """What is looked for where nothing has all: all the trigrams, or all parts of the words, or some of what was asked for."""
        near, near_ranked = [], []
        rarest = self._rarest(plan)
        if rarest:
            near.append(all_of([self._words.term("grams", gram) for gram in rarest]))
            near_ranked.append(Query.const_score_query(near[0], GRAM_WEIGHT * len(rarest)))
        if any(group.parts for group in plan.groups):
            near.append(self.having_parts(plan.groups))
            near_ranked.append(self.with_parts(plan.groups))
        few = len(plan.groups) <= MOST_WORDS
        some = plan.groups if few else self.within_bounds(plan.groups)
        return Loosely(any_of(near), near_ranked, some if len(plan.groups) > 1 else ())

    def half(self, plan: SearchPlan, groups: Sequence[Group]) -> Query:
        """The documents with at least half of what was asked for, as far as these groups tell. Either every choice of so many is asked
        for, each by its rarest, or all lists are read; whichever is less."""
        least = (len(plan.groups) + 1) // 2
        if len(groups) < least:
            return any_of([])
        some = sorted(groups, key=self._about)
        each = [self.having_one(group) for group in some]
        choosing = sum(
            self._about(group)
            * (least * comb(len(some) - at - 1, least - 1) + is_list(group) * comb(len(some) - 1, least - 1))
            for at, group in enumerate(some)
        )
        if len(some) > MOST_WORDS or choosing > PASSING_COST * sum(map(self._about, some)):
            return any_of(each, least)
        return any_of([all_of(chosen) for chosen in combinations(each, least)])

    def ranked_among(self, matching: Query, told: Loosely, clues: Iterable[Group], plan: SearchPlan) -> Query:
        """The documents that match, ranked by all that speaks for them."""
        ranking = [*told.near_ranked, *map(self.of_group, (*told.groups, *clues))]
        within = Query.const_score_query(matching, 0.0)
        return self.narrowed(
            [Query.boolean_query([(Occur.Must, within), *((Occur.Should, one) for one in ranking)])], plan
        )

    def within_bounds(self, groups: Sequence[Group]) -> list[Group]:
        """As many of these as are read with one question, the rarest first."""
        return within_bounds(groups, self._about)

    def _rarest(self, plan: SearchPlan) -> list[str]:
        """Those of the trigrams that tell most apart."""
        return sorted(plan.grams, key=lambda gram: self._words.count("grams", gram))[:MOST_GRAMS]

    def is_strange(self, plan: SearchPlan) -> bool:
        """Whether a word was typed that no document holds."""
        return not all(self._words.count(WORDS, word) for group in plan.groups for word in group.alternatives[0].words)

    def grams(self, plan: SearchPlan) -> list[Query]:
        """The rarest trigrams, as they rank what comes near."""
        return [Query.boost_query(self._words.term("grams", gram), NEAR_GRAM_WEIGHT) for gram in self._rarest(plan)]

    def number(self, query: Query) -> int:
        """How many documents a query finds."""
        found: Any = self.searcher.search(Query.const_score_query(query, 0.0), limit=1)
        return int(found.count)

    def with_keys(self, keys: Sequence[str]) -> Query:
        """The documents with these keys."""
        return any_of([self._words.term("key", key) for key in keys])

    def near(self, plan: SearchPlan, *, beside: bool) -> Query:
        """What has something of what was asked for; `beside`: something else has all of it, which is left out.

        Trigrams only rank what holds a word or a part of one; they find by themselves where nothing else does.
        """
        words = any_of([self.of_group(group) for group in self.within_bounds(speaking_for(plan))])
        grams = self.grams(plan)
        if not beside and not self.number(self.narrowed([words], plan)):
            return self.narrowed([any_of(grams, (len(grams) + 1) // 2)], plan)
        ranked = Query.boolean_query([(Occur.Must, words), *((Occur.Should, gram) for gram in grams)])
        whole = [(Occur.MustNot, self.strict(plan))] if beside else []
        return Query.boolean_query([(Occur.Must, self.narrowed([ranked], plan)), *whole])

    def narrowed(self, wanted: Sequence[Query], plan: SearchPlan) -> Query:
        """What is wanted, within the filters and without what was excluded."""
        parts = [(Occur.Must, query) for query in wanted or [Query.all_query()]]
        for name, values in plan.filters.items():
            if name in FACETS:
                passing = any_of([self._words.term("facets", facet_token(name, value)) for value in values])
                parts.append((Occur.Must, Query.const_score_query(passing, 0.0)))
        parts += [(Occur.MustNot, self.having_one(group)) for group in plan.excluded]
        return Query.boolean_query(parts)

    def of_group(self, group: Group) -> Query:
        """One asked-for thing: any of its alternatives, or its province."""
        if group not in self._groups:
            self._groups[group] = any_of(self._clauses(group))
        return self._groups[group]

    def _clauses(self, group: Group) -> list[Query]:
        ways = ((name, one) for one in group.alternatives for name in fields_for(group, one))
        found = [clause for name, one in ways for clause in self._words.clauses(name, one)]
        if group.province is not None:
            about = self._words.term("facets", facet_token("province", group.province))
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
                            Query.boost_query(self._words.term(name, part), weight * PART_WEIGHT)
                            for name, weight in WEIGHTS.items()
                        ]
                    )
                )
            if not group.parts:
                found.append(self.of_group(group))
        return all_of(found)

    def having_parts(self, groups: Iterable[Group]) -> Query:
        """The same without a rank."""
        return all_of(
            [
                all_of([self._words.term(WORDS, part) for part in group.parts])
                if group.parts
                else self.having_one(group)
                for group in groups
            ]
        )


def is_list(group: Group) -> bool:
    """Whether a thing is looked up in several lists, which are read whole wherever they stand in a question."""
    return group.province is not None or len(group.alternatives) > 1
