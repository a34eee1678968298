"""A plan as PostgreSQL's tsquery, an entry as its tsvector: written by us from our tokens, each quoted, never parsed from a text.

In one vector stand the words with their places (title A, places B, text C, parts D), `^word` for the words of titles and
`=facet=value` for filters, so that one index answers a whole plan without looking at the entries.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import log
from typing import Any, Protocol

from portal.search.analysis import BREAK, grams_of
from portal.search.engines import FACETS, Entry
from portal.search.engines.weighing import (
    MOST_GRAMS,
    ORDERED,
    WEIGHTS,
    facet_token,
    speaking_for,
    within_bounds,
)
from portal.search.plan import Alternative, Group, SearchPlan

LONGEST = 500  # letters of a token: at most 2,046 bytes are taken
LAST_PLACE = 16_383  # the greatest that a tsvector keeps
LETTERS: Mapping[str, str] = {"title": "A", "places": "B", "text": "C", "parts": "D"}
RANKS = [WEIGHTS[name] / WEIGHTS["title"] for name in ("parts", "text", "places", "title")]  # of D, C, B, A
MOST_COMMON = 10_000  # entries read for what comes near, as far as they were counted
ALL_OF_THEM = 1_000  # about how common a word of no weight is
Commonness = Mapping[Group, int]


class About(Protocol):
    """Tells in how many entries something stands, counted as far as it matters."""

    def __call__(self, query: str, column: str = "words") -> int: ...


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the table: a condition with its values, what is likely to be best, and an expression that ranks."""

    where: str
    values: Sequence[Any]
    titled: str = ""
    rank: str = ""
    rank_values: Sequence[Any] = ()


# ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def words_vector(entry: Entry) -> str:
    """The vector of an entry's words and facets. Between title and text a place stays free, so that no phrase reaches over."""
    told: dict[str, list[str]] = {}
    place = 1
    for name in ("title", "text"):
        for word in getattr(entry, name).split():
            if word != BREAK:
                told.setdefault(word, []).append(f"{min(place, LAST_PLACE)}{LETTERS[name]}")
            place += 1
        place += 1
    for name in ("places", "parts"):
        for word in getattr(entry, name).split():
            told.setdefault(word, []).append(f"{LAST_PLACE}{LETTERS[name]}")
    plain = [f"^{word}" for word in entry.title.split()]
    plain += [f"={facet_token(name, value)}" for name, values in entry.facets.items() for value in values]
    marked = [f"{quoted(word)}:{','.join(dict.fromkeys(places))}" for word, places in told.items()]
    return " ".join([*marked, *map(quoted, dict.fromkeys(plain))])


def grams_vector(entry: Entry) -> str:
    """The vector of an entry's trigrams."""
    return " ".join(quoted(gram) for gram in grams_of(entry.runs))


def quoted(word: str) -> str:
    """A token as a vector and a query have it."""
    plain = word[:LONGEST].replace("\0", "").encode(errors="replace").decode()
    return "'" + plain.replace("\\", "\\\\").replace("'", "''") + "'"


# ── asking ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def strict_question(plan: SearchPlan, common: Commonness) -> Question:
    """The entries with everything that was asked for."""
    query = all_of([*map(group_query, plan.groups), *narrowing(plan)])
    if not query:
        return Question("TRUE", [])
    return ranked(Question("words @@ %s::tsquery", [query]), plan.groups, common)


def loose_question(plan: SearchPlan, common: Commonness, about: About) -> Question:
    """The entries with all the trigrams, or all parts of the words, or at least half of what was asked for; clues rank them."""
    near: list[tuple[str, Any]] = []
    if plan.grams:
        near.append(("SELECT id FROM search_entry WHERE grams @@ %s::tsquery", rarest_grams(plan, about)))
    if any(group.parts for group in plan.groups):
        near.append(("SELECT id FROM search_entry WHERE words @@ %s::tsquery", parts_query(plan.groups)))
    conditions = [f"id IN ({statement})" for statement, _ in near]
    values = [value for _, value in near]
    if len(plan.groups) > 1:
        condition, more = half(plan, common)
        conditions.append(condition)
        values += more
    where = f"({' OR '.join(conditions)})" if conditions else "FALSE"
    narrow = all_of(narrowing(plan))
    if narrow:
        where, values = f"words @@ %s::tsquery AND {where}", [narrow, *values]
    counted = {**{clue: about(group_query(clue)) for clue in plan.clues}, **common}
    some = [*plan.groups, *within_bounds(plan.clues, counted.__getitem__, MOST_COMMON)] if plan.clues else plan.groups
    return ranked(Question(where, values), some, counted, loosely=True)


def near_question(plan: SearchPlan, common: Commonness, about: About, beside: bool) -> Question:
    """The entries with something of what was asked for; `beside`: others have all of it, which are left out."""
    counted = {group: common[group] if group in common else about(group_query(group)) for group in speaking_for(plan)}
    some = within_bounds(speaking_for(plan), counted.__getitem__, MOST_COMMON)
    whole = f"!({all_of(map(group_query, plan.groups))})" if beside else ""
    query = all_of([any_of(map(group_query, some)), *narrowing(plan), whole])
    return ranked(Question("words @@ %s::tsquery", [query]), some, counted, loosely=True)


def grams_question(plan: SearchPlan, about: About) -> Question:
    """The entries with at least half of the rarest trigrams."""
    grams = sorted(map(quoted, plan.grams), key=lambda gram: about(gram, "grams"))[:MOST_GRAMS]
    if not grams:
        return Question("FALSE", [])
    each = " UNION ALL ".join(["SELECT id FROM search_entry WHERE grams @@ %s::tsquery"] * len(grams))
    where = f"id IN (SELECT id FROM ({each}) AS each_of_them GROUP BY id HAVING 2 * count(*) >= %s)"
    narrow = all_of(narrowing(plan))
    if narrow:
        return Question(f"words @@ %s::tsquery AND {where}", [narrow, *grams, len(grams)])
    return Question(where, [*grams, len(grams)])


def rarest_grams(plan: SearchPlan, about: About) -> str:
    """Those of the trigrams that tell most apart."""
    grams = [quoted(gram) for gram in plan.grams]
    if len(grams) > MOST_GRAMS:
        grams = sorted(grams, key=lambda gram: about(gram, "grams"))[:MOST_GRAMS]
    return all_of(grams)


def half(plan: SearchPlan, common: Commonness) -> tuple[str, list[Any]]:
    """The condition of having at least half of what was asked for; of having most of it where none has half."""
    some = within_bounds(plan.groups, common.__getitem__, MOST_COMMON)
    passing = filter_queries(plan)
    each = " UNION ALL ".join(["SELECT id FROM search_entry WHERE words @@ %s::tsquery"] * len(some))
    counted = f"SELECT id, count(*) AS many FROM ({each}) AS each_of_them GROUP BY id"
    enough = (
        f"id IN (WITH counted AS MATERIALIZED ({counted}) SELECT id FROM counted "
        "WHERE 2 * many >= %s OR NOT EXISTS (SELECT 1 FROM counted WHERE 2 * many >= %s))"
    )
    return enough, [*(all_of([group_query(group), *passing]) for group in some), len(plan.groups), len(plan.groups)]


def ranked(question: Question, groups: Sequence[Group], common: Commonness, *, loosely: bool = False) -> Question:
    """The question with what ranks its hits: each asked-for thing by its rarity and the fields it stands in."""
    if not groups:
        return question
    one = "%s * ts_rank(%s::real[], words, %s::tsquery, 1)"
    values: list[Any] = []
    for group in groups:
        for weight, ways in by_weight(group):
            values += [weight * rarity(common.get(group, 0)), RANKS, group_query(ways)]
    titled = [
        any_of([all_of(quoted(f"^{word}") for word in way.words) for way in group.alternatives]) for group in groups
    ]
    return Question(
        question.where,
        question.values,
        (any_of if loosely else all_of)(titled),
        " + ".join([one] * (len(values) // 3)),
        values,
    )


def by_weight(group: Group) -> list[tuple[float, Group]]:
    """The ways to say something by how much they count: as it was typed, and in other words at the most that one of them counts."""
    others = tuple(one for one in group.alternatives if one.weight < 1)
    typed = replace(group, alternatives=tuple(one for one in group.alternatives if one.weight == 1))
    if not others or not typed.alternatives:
        return [(max((one.weight for one in others), default=1.0), group)]
    return [(1.0, typed), (max(one.weight for one in others), replace(group, alternatives=others, province=None))]


def rarity(count: int) -> float:
    """The weight of something by in how many entries it stands, counted up to ALL_OF_THEM."""
    known = min(count, ALL_OF_THEM)
    return log(1 + (ALL_OF_THEM - known + 0.5) / (known + 0.5))


def commonness_of(plan: SearchPlan, about: About) -> Commonness:
    """In how many entries each asked-for thing stands; of one thing alone it does not matter."""
    return {group: about(group_query(group)) for group in plan.groups} if len(plan.groups) > 1 else {}


def narrowing(plan: SearchPlan) -> list[str]:
    """Filters, and what was excluded."""
    return [*filter_queries(plan), *(f"!({group_query(group)})" for group in plan.excluded)]


def filter_queries(plan: SearchPlan) -> list[str]:
    """Of each filter any of its values."""
    return [
        any_of(quoted(f"={facet_token(name, value)}") for value in values)
        for name, values in plan.filters.items()
        if name in FACETS
    ]


def group_query(group: Group) -> str:
    """One asked-for thing: any of its alternatives, or its province."""
    letters = "" if group.province is None else ":ABC"
    ways = [way_query(one, letters) for one in group.alternatives]
    if group.province is not None:
        ways.append(quoted(f"={facet_token('province', group.province)}"))
    return any_of(ways)


def way_query(one: Alternative, letters: str) -> str:
    """A word, or several side by side where words stand in order."""
    if len(one.words) == 1:
        return quoted(one.words[0]) + letters
    inside = "".join(LETTERS[name] for name in ORDERED)
    return "(" + " <-> ".join(f"{quoted(word)}:{inside}" for word in one.words) + ")"


def parts_query(groups: Iterable[Group]) -> str:
    """All parts of all words, wherever they stand."""
    return all_of([all_of(map(quoted, group.parts)) if group.parts else group_query(group) for group in groups])


def any_of(queries: Iterable[str]) -> str:
    """A query of which one is enough."""
    return joined(" | ", queries)


def all_of(queries: Iterable[str]) -> str:
    """A query of which all are needed."""
    return joined(" & ", queries)


def joined(by: str, queries: Iterable[str]) -> str:
    """Queries put together; nothing of nothing."""
    kept = [query for query in queries if query]
    return kept[0] if len(kept) == 1 else f"({by.join(kept)})" if kept else ""
