"""What helps when nothing, or nothing in full, was found: another keyboard layout, fewer filters, neighbouring provinces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from harvesters.thai.places import Province, provinces
from portal.errors import PortalError
from portal.search.engines import Engine
from portal.search.facets import labels
from portal.search.filters import known_province
from portal.search.outbox import engine, row_index
from portal.search.plan import SearchPlan, make_plan
from portal.search.typos import readings

NEIGHBOURS = 5
MOST_TRIED = 3  # readings of a text: each is a search


def another_reading(index: Engine, text: str, plan: SearchPlan) -> tuple[str, SearchPlan] | None:
    """What a text of which nothing has all may have been meant to be, with its plan: the same keys on the other layout, or one mistake mended.

    The likeliest reading of which something has all; else the likeliest, where the index does not hold all that was typed.
    None when what was typed is to be left alone: it stood between quotes, or nothing that the index holds is near.
    """
    if any(group.exact for group in plan.groups):
        return None
    others = [
        (other, replace(make_plan(other, plan.filters, sort=plan.sort), filters=plan.filters))
        for other in readings(text, index.known)
    ]
    others = [(other, its_plan) for other, its_plan in others if its_plan.groups and its_plan.groups != plan.groups]
    for other, its_plan in others[:MOST_TRIED]:
        found = index.search(replace(its_plan, limit=0))
        if found.total and not found.loose:
            return other, its_plan
    typed = {word for group in (*plan.groups, *plan.excluded) for word in group.alternatives[0].words}
    return others[0] if others and not typed <= index.known(typed) else None


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


def counted(plan: SearchPlan) -> int:
    """How many entries and rows a plan finds."""
    total = engine().search(replace(plan, limit=0)).total
    try:
        return total + row_index().search(plan).total
    except PortalError:
        return total
