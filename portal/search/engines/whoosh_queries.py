"""A plan as Whoosh's own query objects. Its parser, wildcards, prefixes and fuzzy terms are not used (safety.md §6.4)."""

from __future__ import annotations

from collections.abc import Mapping

from whoosh import query

from portal.search.engines import FACETS
from portal.search.plan import Alternative, Group, SearchPlan

WEIGHTS: Mapping[str, float] = {"title": 4.0, "places": 3.0, "text": 1.0, "parts": 0.6}
PLACE_WEIGHTS = {name: weight for name, weight in WEIGHTS.items() if name != "parts"}  # แพร่ is not meant by เผยแพร่
ORDERED = ("title", "text")  # fields whose words stand in order
PLACE_WEIGHT = 6.0  # of being about a province: about as much as its name in the title
GRAM_WEIGHT = 0.3
PART_WEIGHT = 0.5


def facet_token(name: str, value: str) -> str:
    """A filter as one token; blanks inside a value are made unbreakable."""
    return f"{name}={value.casefold().replace(' ', '_')}"


def filters_query(filters: Mapping[str, tuple[str, ...]]) -> query.Query | None:
    """All filters must hold; of one filter's values any. None without filters."""
    terms = [
        query.Or([query.Term("facets", facet_token(name, value)) for value in values])
        for name, values in filters.items()
        if name in FACETS
    ]
    return query.And(terms) if terms else None


def strict_query(plan: SearchPlan) -> query.Query | None:
    """Everything that was asked for, and nothing that was excluded. None when nothing was asked for."""
    if not plan.groups:
        return without(query.Every(), plan) if plan.excluded else None
    return without(query.And([group_query(group) for group in plan.groups]), plan)


def loose_query(plan: SearchPlan) -> query.Query | None:
    """For a plan that nothing fulfils: all its trigrams, or all the parts of its words, or some of its groups."""
    options: list[query.Query] = []
    if plan.grams:
        options.append(query.And([query.Term("grams", gram, boost=GRAM_WEIGHT) for gram in plan.grams]))
    if any(group.parts for group in plan.groups):
        options.append(query.And([parts_query(group) for group in plan.groups]))
    if len(plan.groups) > 1:
        options += [group_query(group) for group in plan.groups]
    return without(query.Or(options), plan) if options else None


def without(asked: query.Query, plan: SearchPlan) -> query.Query:
    """A query less what the plan excludes."""
    if not plan.excluded:
        return asked
    return query.AndNot(asked, query.Or([group_query(group) for group in plan.excluded]))


def group_query(group: Group) -> query.Query:
    """One asked-for thing over all fields: any of its alternatives, or its province."""
    options = [
        alternative_query(one, WEIGHTS if group.province is None else PLACE_WEIGHTS) for one in group.alternatives
    ]
    if group.province is not None:
        about = query.Term("facets", facet_token("province", group.province))
        options.append(query.ConstantScoreQuery(about, PLACE_WEIGHT))
    return query.Or(options) if len(options) > 1 else options[0]


def alternative_query(one: Alternative, weights: Mapping[str, float]) -> query.Query:
    """A word over the fields, each with its weight; several words side by side in the fields that have an order."""
    if len(one.words) == 1:
        return word_query(one.words[0], weights, one.weight)
    return query.Or([query.Phrase(name, list(one.words), boost=weights[name] * one.weight) for name in ORDERED])


def word_query(word: str, weights: Mapping[str, float], weight: float) -> query.Query:
    """One word over the fields, each with its weight."""
    return query.Or([query.Term(name, word, boost=boost * weight) for name, boost in weights.items()])


def parts_query(group: Group) -> query.Query:
    """All parts of a compound, wherever they stand; the group itself where it has none."""
    if not group.parts:
        return group_query(group)
    return query.And([word_query(part, WEIGHTS, PART_WEIGHT) for part in group.parts])
