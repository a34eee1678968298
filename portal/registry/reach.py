"""How far apart places are and what is within reach (contracts.md §4): the same province or provincial group, or few kilometres."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache, lru_cache

from harvesters.thai.places import Province, province

EARTH_KM = 6371.0
FADES_KM = 250.0  # a unit this much farther is worth about a third
BEYOND = 0.7  # of nearness, for the first kilometre beyond reach: the one next door stands first unless another fits much better


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is: a province, and a point where its rows tell one."""

    province_code: str | None = None
    latitude: float | None = None
    longitude: float | None = None

    @property
    def point(self) -> tuple[float, float] | None:
        """Its own point, else the town of its province."""
        if self.latitude is not None and self.longitude is not None:
            return self.latitude, self.longitude
        found = known(self.province_code)
        return (found.latitude, found.longitude) if found else None


@cache
def known(code: str | None) -> Province | None:
    """The province of a code, if there is one."""
    try:
        return province(code) if code else None
    except KeyError:
        return None


@lru_cache(maxsize=100_000)
def upright(place: Place) -> tuple[float, float, float] | None:
    """A place as a point on a globe of radius one: what is compared many times is reckoned once."""
    point = place.point
    if point is None:
        return None
    north, east = map(math.radians, point)
    return math.cos(north) * math.cos(east), math.cos(north) * math.sin(east), math.sin(north)


def kilometres(one: Place, other: Place) -> float | None:
    """The great circle between two places; None where one of them is nowhere."""
    here, there = upright(one), upright(other)
    if here is None or there is None:
        return None
    return 2 * EARTH_KM * math.asin(min(1.0, math.dist(here, there) / 2))


def apart(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    """What orders places by their distance as kilometres do, and is sooner reckoned: the chord between them, squared."""
    return (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2 + (one[2] - other[2]) ** 2


def nearness(one: Place, other: Place) -> str | None:
    """The reason code of how two places belong together: same-province, same-group, same-region; None where they do not."""
    here, there = known(one.province_code), known(other.province_code)
    if here is None or there is None:
        return None
    if here.code == there.code:
        return "same-province"
    if here.group_code and here.group_code == there.group_code:
        return "same-group"
    return "same-region" if here.region_code == there.region_code else None


def within_reach(one: Place, other: Place, most_km: float) -> bool:
    """Whether one place is within reach of another."""
    distance = kilometres(one, other)
    return nearness(one, other) in ("same-province", "same-group") or (distance is not None and distance <= most_km)


def closeness(one: Place, other: Place, most_km: float) -> float:
    """How much nearness speaks for a unit, 0 to 1: all of it within reach, less beyond and fading with the distance; half where unknown."""
    if nearness(one, other) in ("same-province", "same-group"):
        return 1.0
    distance = kilometres(one, other)
    if distance is None:
        return 0.5
    return 1.0 if distance <= most_km else BEYOND * math.exp((most_km - distance) / FADES_KM)
