"""What helps when nothing was found: another keyboard layout, fewer filters, neighbouring provinces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from harvesters.thai.layout import to_english, to_thai
from harvesters.thai.places import Province, provinces
from portal.errors import PortalError
from portal.search.facets import labels
from portal.search.outbox import engine, row_index
from portal.search.plan import SearchPlan, known_province, make_plan
from portal.search.typos import meant

NEIGHBOURS = 5
MOST_WORDS = 8  # of a text that is mended
MOST_MENDED = 2  # of its words, the longest: each costs up to 0.1 s


def suggestion(text: str, plan: SearchPlan) -> str | None:
    """The same keys on the other layout, or one mistake mended, when that finds something in full; else None.

    Never asked instead of the reader.
    """
    for other in (to_thai(text), to_english(text), *mended(text)):
        other_plan = make_plan(other, plan.filters)
        if other_plan.groups and other_plan.groups != plan.groups and counted(other_plan, loosely=False):
            return other
    return None


def mended(text: str) -> Iterator[str]:
    """The text with the mistakes of one of its words mended, the likeliest first; then of all its words at once."""
    typed = text.split()
    if len(typed) > MOST_WORDS:
        return
    longest = sorted(dict.fromkeys(typed), key=len, reverse=True)[:MOST_MENDED]
    found = {word: candidates for word in longest if (candidates := meant(word))}
    if len(found) > 1:
        yield " ".join(found[word][0] if word in found else word for word in typed)
    for word, candidates in found.items():
        for candidate in candidates:
            yield " ".join(candidate if one == word else one for one in typed)


def elsewhere(text: str, plan: SearchPlan, lang: str) -> dict[str, Any] | None:
    """What the same words find without filters, and in the provinces next to the one that was asked for."""
    place = place_asked_for(plan)
    words = tuple(group for group in plan.groups if group.province is None)
    query = (
        " ".join(dict.fromkeys(group.typed for group in words)) if place and not plan.filters.get("province") else text
    )
    others = {name: values for name, values in plan.filters.items() if name != "province"}
    near = replace(plan, groups=words, filters=others, limit=0)
    counts = engine().search(near).facets["province"] if place else {}
    found = {
        "total": counted(replace(plan, filters={})) if plan.filters else 0,
        "query": query,
        "neighbours": neighbours(place, counts, lang) if place else [],
    }
    return found if found["total"] or found["neighbours"] else None


def place_asked_for(plan: SearchPlan) -> Province | None:
    """The one province that a search is about, by filter or by word."""
    codes = list(plan.filters.get("province", ())) or [group.province for group in plan.groups if group.province]
    return known_province(codes[0]) if len(codes) == 1 else None


def neighbours(place: Province, counts: Mapping[str, int], lang: str) -> list[dict[str, Any]]:
    """The provinces with something to show that are of the same group or nearest, at most NEIGHBOURS."""
    others: Sequence[Province] = [other for other in provinces() if other.code != place.code and counts.get(other.code)]
    nearest = sorted(others, key=lambda other: (other.group_code != place.group_code, distance(place, other)))[
        :NEIGHBOURS
    ]
    called = labels("province", [other.code for other in nearest], lang)
    return [{"value": other.code, "label": called[other.code], "count": counts[other.code]} for other in nearest]


def distance(one: Province, other: Province) -> float:
    """How far apart, only good for comparing: in degrees, squared; at these latitudes they are about as long as broad."""
    return (one.latitude - other.latitude) ** 2 + (one.longitude - other.longitude) ** 2


def counted(plan: SearchPlan, *, loosely: bool = True) -> int:
    """How many entries and rows a plan finds."""
    found = engine().search(replace(plan, limit=0))
    total = 0 if found.loose and not loosely else found.total
    try:
        return total + row_index().search(plan).total
    except PortalError:
        return total
