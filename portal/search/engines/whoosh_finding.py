"""Evaluates a plan over the lists of an index: what fulfils it, what comes near, and how well.

A document's score is the sum over what was asked for of the word's rarity, times the weight of each field that holds it, less
in a longer field: BM25 (Robertson and Zaragoza, 2009) with every word counted once, which in titles and descriptions it mostly is.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from math import log

from portal.search.engines import FACETS
from portal.search.engines.weighing import (
    ABOUT_WEIGHT,
    GRAM_WEIGHT,
    MOST_GRAMS,
    NEAR_GRAM_WEIGHT,
    WEIGHTS,
    commonness,
    cost,
    facet_token,
    fields_for,
    speaking_for,
    within_bounds,
)
from portal.search.engines.whoosh_columns import Columns
from portal.search.engines.whoosh_postings import Postings
from portal.search.plan import PART_WEIGHT, Group, SearchPlan


@dataclass(frozen=True, slots=True)
class Evidence:
    """Documents that hold something in a field, and how much that counts."""

    documents: Set[int]
    field: str
    weight: float


@dataclass(frozen=True, slots=True)
class Hits:
    """The documents found and what speaks for them."""

    documents: Set[int]
    evidence: Sequence[Evidence] = ()


class Finder:
    """Evaluates plans over one open index."""

    def __init__(self, postings: Postings, columns: Columns) -> None:
        self._postings = postings
        self._columns = columns

    def within(self, plan: SearchPlan) -> Set[int] | None:
        """The documents that pass all filters, of each any of its values; None without filters."""
        passed: Set[int] | None = None
        for name, values in plan.filters.items():
            if name in FACETS:
                some = set().union(*(self._postings.holding("facets", (facet_token(name, value),)) for value in values))
                passed = some if passed is None else passed & some
        return passed

    def strict(self, plan: SearchPlan) -> Hits:
        """The documents with everything that was asked for, the rarest first so that little is read of the others."""
        candidates = self.within(plan)
        evidence: list[Evidence] = []
        for group in sorted(plan.groups, key=self.commonness):
            found = self.of_group(group, candidates)
            candidates = set().union(*(one.documents for one in found))
            evidence += found
            if not candidates:
                return Hits(frozenset())
        return Hits(self.without_excluded(candidates or set(), plan), evidence)

    def loose(self, plan: SearchPlan) -> Hits:
        """The documents with all the trigrams, or all parts of the words, or at least half of what was asked for; clues rank them."""
        passed = self.within(plan)
        evidence = self.all_of([("grams", gram) for gram in self.rarest(plan.grams)], passed, GRAM_WEIGHT)
        if any(group.parts for group in plan.groups):
            evidence += self.with_parts(plan.groups, passed)
        near: set[int] = set().union(*(one.documents for one in evidence))
        if len(plan.groups) > 1:
            some = self.groups_within_bounds(plan.groups, passed)
            evidence += [one for found in some for one in found]
            near |= half(some, len(plan.groups))
        clues = [one for group in within_bounds(plan.clues, self.cost) for one in self.of_group(group, near)]
        return Hits(self.without_excluded(near, plan), [*evidence, *clues])

    def near(self, plan: SearchPlan, most: int, but: Set[int]) -> list[int]:
        """At most `most` documents that have something of what was asked for, best first; none of `but`.

        Trigrams only rank what holds a word or a part of one; they find by themselves where nothing else does.
        """
        passed = self.within(plan)
        some = within_bounds(speaking_for(plan), self.cost)
        words = [one for group in some for one in self.of_group(group, passed)]
        found: set[int] = set().union(*(one.documents for one in words)) - but
        pieces = [self.of_gram(gram, found or passed) for gram in self.rarest(plan.grams)]
        if not found and not but:
            found = holding_half(pieces)
        return self.best(Hits(self.without_excluded(found, plan), [*words, *pieces]), 0, most)

    def of_gram(self, gram: str, passed: Set[int] | None) -> Evidence:
        """What speaks for the documents that hold a trigram."""
        weight = NEAR_GRAM_WEIGHT * self.rarity(self._postings.count("grams", gram))
        return Evidence(self._postings.among(passed, "grams", (gram,)), "grams", weight)

    def commonness(self, group: Group) -> int:
        """About how many documents have what was asked for."""
        return commonness(group, self._postings.count)

    def cost(self, group: Group) -> int:
        """About how much there is to read for what was asked for."""
        return cost(group, self._postings.count)

    def of_group(self, group: Group, candidates: Set[int] | None) -> list[Evidence]:
        """What speaks for the candidates that have one asked-for thing: any of its alternatives, or its province."""
        rare = self.rarity(self.commonness(group))
        found: list[Evidence] = []
        for one in group.alternatives:
            for name in fields_for(group, one):
                documents = self._postings.among(candidates, name, one.words)
                found.append(Evidence(documents, name, WEIGHTS[name] * one.weight * rare))
        if group.province is not None:
            about = self._postings.among(candidates, "facets", (facet_token("province", group.province),))
            found.append(Evidence(about, "facets", ABOUT_WEIGHT))
        return found

    def without_excluded(self, documents: Set[int], plan: SearchPlan) -> Set[int]:
        """Leave out what has something that was excluded."""
        for group in plan.excluded:
            documents = documents - set().union(*(one.documents for one in self.of_group(group, documents)))
        return documents

    def groups_within_bounds(self, groups: Iterable[Group], passed: Set[int] | None) -> list[list[Evidence]]:
        """The evidence of as many groups as may be read, the rarest first."""
        return [self.of_group(group, passed) for group in within_bounds(groups, self.cost)]

    def with_parts(self, groups: Sequence[Group], passed: Set[int] | None) -> list[Evidence]:
        """What speaks for the documents that hold all parts of all words, wherever they stand."""
        pieces = dict.fromkeys(piece for group in groups for piece in (group.parts or (group,)))
        candidates = passed
        evidence: list[Evidence] = []
        for piece in sorted(pieces, key=self.commonness_of_piece):  # the rarest first, so that little is read
            found = self.of_part(piece, candidates) if isinstance(piece, str) else self.of_group(piece, candidates)
            candidates = set().union(*(one.documents for one in found))
            evidence += found
            if not candidates:
                return []
        return narrowed(evidence, candidates or set())

    def commonness_of_piece(self, piece: Group | str) -> int:
        """About how many documents have something asked for, or a part of a word."""
        return (
            sum(self._postings.count(name, piece) for name in WEIGHTS)
            if isinstance(piece, str)
            else self.commonness(piece)
        )

    def of_part(self, part: str, candidates: Set[int] | None) -> list[Evidence]:
        """What speaks for the candidates that have a part of a word."""
        return [
            Evidence(self._postings.among(candidates, name, (part,)), name, weight * PART_WEIGHT)
            for name, weight in WEIGHTS.items()
        ]

    def all_of(self, words: Sequence[tuple[str, str]], passed: Set[int] | None, weight: float) -> list[Evidence]:
        """What speaks for the documents that hold all of these (field, word)."""
        candidates = passed
        for field, word in words:
            candidates = self._postings.among(candidates, field, (word,))
            if not candidates:
                return []
        return [Evidence(candidates, "grams", weight * len(words))] if words and candidates else []

    def rarest(self, grams: Sequence[str]) -> list[str]:
        """The trigrams that tell most apart."""
        return sorted(grams, key=lambda gram: self._postings.count("grams", gram))[:MOST_GRAMS]

    def rarity(self, count: int) -> float:
        """The weight of a word by how many documents hold it (idf as in BM25, never negative)."""
        all_of_them = len(self._columns.keys)
        return log(1 + (all_of_them - min(count, all_of_them) + 0.5) / (min(count, all_of_them) + 0.5))

    def best(self, hits: Hits, first: int, last: int) -> list[int]:
        """A page of the documents, the best first; equals newest first, then by key."""
        scores = dict.fromkeys(hits.documents, 0.0)
        for one in hits.evidence:
            lengths = self._columns.brevity.get(one.field)
            for number in one.documents & scores.keys():
                scores[number] += one.weight * (lengths[number] if lengths else 1.0)
        moments, keys = self._columns.moments, self._columns.keys
        likely: Iterable[int] = scores
        if 0 < last < len(scores):  # scores alone are put in order much faster than with what decides between equals
            least = heapq.nlargest(last, scores.values())[-1]
            likely = [number for number, score in scores.items() if score >= least]
        return heapq.nsmallest(last, likely, key=lambda number: (-scores[number], -moments[number], keys[number]))[
            first:
        ]


def half(found: Sequence[Sequence[Evidence]], asked: int) -> set[int]:
    """The documents that have at least half of what was asked for; any of it where none has."""
    counted: Counter[int] = Counter()
    for evidence in found:
        counted.update(set().union(*(one.documents for one in evidence)))
    enough = {number for number, count in counted.items() if 2 * count >= asked}
    return enough or set(counted)


def holding_half(pieces: Sequence[Evidence]) -> set[int]:
    """The documents that hold at least half of the pieces."""
    held = Counter(number for piece in pieces for number in piece.documents)
    return {number for number, count in held.items() if 2 * count >= len(pieces)}


def narrowed(evidence: Iterable[Evidence], documents: Set[int]) -> list[Evidence]:
    """The evidence for some documents alone."""
    return [Evidence(one.documents & documents, one.field, one.weight) for one in evidence]
