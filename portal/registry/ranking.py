"""The first units of a question, and in short where its help is: what is kept of each cluster, and what a page needs.

The same as `Units.fits` and `helpful` say, found sooner: nearness is asked only of units that can still come among the first.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

from portal.registry.matching import Question, Told, Units, helps, scored
from portal.registry.reach import Place, apart, closeness, kilometres, nearness, upright

LISTED = 20  # units of a cluster that pages may show without reckoning
KEPT = 25  # that are stored of it: so that some may go before it must be reckoned from all units


class Listed(NamedTuple):
    """One of the first units."""

    slug: str
    score: float
    fit: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """The first units, how many fit at all, and of those that help: how many, how many of them near, and the nearest."""

    first: tuple[Listed, ...]
    total: int
    best: float  # the best fit in the country
    helping: int
    in_province: int
    in_group: int  # those of the province among them
    in_region: int  # those of the group among them
    nearest: str
    nearest_km: float | None

    def in_reach(self, most_km: float) -> bool:
        """Whether any that helps is within reach."""
        return bool(self.in_group) or (self.nearest_km is not None and self.nearest_km <= most_km)


def rank(units: Units, question: Question, *, most_km: float, most: int = LISTED) -> Ranking:
    """The first `most` units of a question, and where its help is."""
    found = units.candidates(question)
    found.sort(key=lambda one: -one[0])
    best = round(found[0][0], 4) if found else 0.0
    # those that help stand before those that do not
    end = bisect_left(found, True, key=lambda one: not helps(round(one[0], 4), best))
    helping = [unit for _, unit in found[:end]]
    near = Counter(unit.place.province_code for unit in helping)
    counted = {code: nearness(question.place, Place(code)) for code in near}
    nearest = nearest_of(question.place, helping)
    return Ranking(
        first=tuple(first_of(found, question.place, most_km, most)),
        total=len(found),
        best=best,
        helping=len(helping),
        in_province=sum(count for code, count in near.items() if counted[code] == "same-province"),
        in_group=sum(count for code, count in near.items() if counted[code] in ("same-province", "same-group")),
        in_region=sum(count for code, count in near.items() if counted[code]),
        nearest=nearest.slug if nearest else "",
        nearest_km=kilometres(question.place, nearest.place) if nearest else None,
    )


def first_of(found: list[tuple[float, Told]], here: Place, most_km: float, most: int) -> list[Listed]:
    """The first of some candidates that stand by how well they fit; no farther than where the best place would not help."""
    kept: list[tuple[float, str, float]] = []
    for fit, unit in found:
        if len(kept) >= most and scored(fit, 1.0) < -kept[most - 1][0]:
            break
        insort(kept, (-scored(fit, closeness(here, unit.place, most_km)), unit.slug, round(fit, 4)))
        del kept[most:]
    return [Listed(slug, -score, fit) for score, slug, fit in kept]


def nearest_of(here: Place, units: list[Told]) -> Told | None:
    """The nearest of some units, the first by its slug of equally near ones; None where nobody knows how far."""
    point = upright(here)
    if point is None:
        return None
    placed = [(apart(point, there), unit.slug, unit) for unit in units if (there := unit.point) is not None]
    return min(placed)[2] if placed else None  # no two have the same slug
