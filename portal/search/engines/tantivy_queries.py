"""A plan as tantivy's own query objects: built, never parsed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tantivy import Occur, Query, Schema, Searcher

from portal.search.engines import FACETS
from portal.search.engines.weighing import (
    ABOUT_WEIGHT,
    GRAM_WEIGHT,
    MOST_GRAMS,
    NEAR_GRAM_WEIGHT,
    WEIGHTS,
    commonness,
    facet_token,
    fields_for,
    speaking_for,
    within_bounds,
)
from portal.search.plan import PART_WEIGHT, Alternative, Group, SearchPlan

WORDS = "words"  # the field with the words of all others
MOSTLY = 2 / 3  # of all entries: where more are hits, it is cheaper to count those that are none


class Asking:
    """Makes queries for one open index: how common words are is looked up in it."""

    def __init__(self, schema: Schema, searcher: Searcher) -> None:
        self._schema = schema
        self._searcher = searcher
        self._groups: dict[Group, Query] = {}
        self._counts: dict[tuple[str, str], int] = {}

    def strict(self, plan: SearchPlan) -> Query:
        """The documents with everything that was asked for."""
        return self.narrowed([self.of_group(group) for group in plan.groups], plan)

    def mostly(self, plan: SearchPlan) -> bool:
        """Whether most documents are likely to have everything that was asked for: nothing narrows, and all words are so common."""
        return not plan.filters and not plan.excluded and self.about(plan) > MOSTLY * self._searcher.num_docs

    def about(self, plan: SearchPlan) -> float:
        """About how many documents have everything that was asked for, as if one thing told nothing of another."""
        entries = max(1, self._searcher.num_docs)
        about = float(entries)
        for group in plan.groups:
            about *= min(1.0, sum(self.count(WORDS, one.words[0]) for one in group.alternatives) / entries)
        for name, values in plan.filters.items():
            passing = sum(self.count("facets", facet_token(name, value)) for value in values)
            about *= min(1.0, passing / entries) if name in FACETS else 1.0
        return about

    def matching(self, plan: SearchPlan) -> Query:
        """What `strict` finds, without a rank: for counting, which reads one list a word. Not for words side by side."""
        return self.narrowed([self._matching(group) for group in plan.groups], plan)

    def _matching(self, group: Group) -> Query:
        if group.province is not None:
            return self.of_group(group)
        terms = [self.term(WORDS, one.words[0]) for one in group.alternatives]
        return terms[0] if len(terms) == 1 else any_of(terms)

    def anyhow(self, plan: SearchPlan) -> Query:
        """What has any of it, each of its words as one clause, and ranked as `strict` ranks what has all of it."""
        return any_of([clause for group in plan.groups for clause in self._clauses(group)])

    def loosely(self, plan: SearchPlan) -> Iterator[Query]:
        """What to ask in turn until something is found: the documents with all the trigrams, or all parts of the words, or at
        least half of what was asked for, else with any of it; clues rank them."""
        near: list[Query] = []
        if plan.grams:
            rarest = sorted(plan.grams, key=lambda gram: self.count("grams", gram))[:MOST_GRAMS]
            grams = all_of([self.term("grams", gram) for gram in rarest])
            near.append(Query.const_score_query(grams, GRAM_WEIGHT * len(rarest)))
        if any(group.parts for group in plan.groups):
            near.append(self.with_parts(plan.groups))
        some = [self.of_group(group) for group in within_bounds(plan.groups, self.commonness)]
        if len(plan.groups) > 1 and 2 * len(some) >= len(plan.groups):
            half = any_of(some, (len(plan.groups) + 1) // 2)
            # Where trigrams or parts find something, their hits do not tell whether anything has half.
            if not self.finds(near, plan) or self.finds([half], plan):
                yield self.with_clues([*near, half], plan)
        yield self.with_clues([*near, *some] if len(plan.groups) > 1 else near, plan)

    def with_clues(self, near: Sequence[Query], plan: SearchPlan) -> Query:
        """The documents with any of these; clues rank them."""
        clues = [self.of_group(clue) for clue in within_bounds(plan.clues, self.commonness)]
        ranked = Query.boolean_query([(Occur.Must, any_of(near)), *((Occur.Should, clue) for clue in clues)])
        return self.narrowed([ranked], plan)

    def finds(self, some: Sequence[Query], plan: SearchPlan) -> bool:
        """Whether a document has any of these, whatever else it has."""
        within = self.narrowed([any_of(some)], plan, excluding=False)
        return bool(some and self._searcher.search(within, limit=1, count=False).hits)

    def near(self, plan: SearchPlan, *, beside: bool) -> Query:
        """What has something of what was asked for; `beside`: something else has all of it, which is left out.

        Trigrams only rank what holds a word or a part of one; they find by themselves where nothing else does.
        """
        words = any_of([self.of_group(group) for group in within_bounds(speaking_for(plan), self.commonness)])
        rarest = sorted(plan.grams, key=lambda gram: self.count("grams", gram))[:MOST_GRAMS]
        grams = [Query.boost_query(self.term("grams", gram), NEAR_GRAM_WEIGHT) for gram in rarest]
        if not beside and not self._searcher.search(self.narrowed([words], plan), limit=1, count=False).hits:
            return self.narrowed([any_of(grams, (len(grams) + 1) // 2)], plan)
        ranked = Query.boolean_query([(Occur.Must, words), *((Occur.Should, gram) for gram in grams)])
        whole = [(Occur.MustNot, self.strict(plan))] if beside else []
        return Query.boolean_query([(Occur.Must, self.narrowed([ranked], plan)), *whole])

    def narrowed(self, wanted: Sequence[Query], plan: SearchPlan, *, excluding: bool = True) -> Query:
        """What is wanted, within the filters and without what was excluded."""
        parts = [(Occur.Must, query) for query in wanted or [Query.all_query()]]
        for name, values in plan.filters.items():
            if name in FACETS:
                passing = any_of([self.term("facets", facet_token(name, value)) for value in values])
                parts.append((Occur.Must, Query.const_score_query(passing, 0.0)))
        if excluding:
            parts += [(Occur.MustNot, self.of_group(group)) for group in plan.excluded]
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

    def words(self, field: str, one: Alternative) -> Query:
        """A word in a field, or several side by side."""
        if len(one.words) == 1:
            return self.term(field, one.words[0])
        return Query.phrase_query(self._schema, field, list(one.words))

    def term(self, field: str, word: str) -> Query:
        """One word in a field."""
        return Query.term_query(
            self._schema, field, word, index_option="basic" if field not in ("title", "text") else "freq"
        )

    def count(self, field: str, word: str) -> int:
        """How many documents hold a word in a field, about."""
        if (field, word) not in self._counts:
            self._counts[field, word] = self._searcher.doc_freq(field, word)
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
