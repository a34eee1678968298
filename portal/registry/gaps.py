"""Where clusters are and no unit within reach: all 77 provinces, and province by subject. No group and no person is named."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import case, func, select

from harvesters.thai.places import Province, province, provinces
from portal.db import db, now, transaction
from portal.registry.models import ClusterHelp, Entity, TypedGap
from portal.registry.queries import counts_by_province
from portal.registry.reach import Place, kilometres, within_reach
from portal.registry.subjects import subjects
from portal.senders import forget_senders, refuse_crowd, sender_of

MOST_OF_ALL = 300  # presses in an hour, so that a crowd of addresses can't fill the disk
STATES = ("none-in-reach", "in-reach", "in-province", "no-data")  # what needs help first


@dataclass(slots=True)
class ProvinceReach:
    """How a province stands. Counts of clusters: with a unit that fits in the province, its group, its region, within reach."""

    province: Province
    clusters: int = 0
    units: int = 0
    units_in_reach: int = 0
    in_province: int = 0
    in_group: int = 0
    in_region: int = 0
    helped: int = 0
    nearest_km: float | None = None  # from the province's town to the nearest unit of any subject
    typed: int = 0  # needs without help that readers told by a button
    newest: datetime | None = None
    gaps: Counter[str] = field(default_factory=Counter)  # subject → clusters without help in reach

    @property
    def state(self) -> str:
        """One of STATES. A province that nobody has harvested is never counted as having nothing."""
        if not self.clusters and not self.units:
            return "no-data"
        if self.units:
            return "in-province"
        return "in-reach" if self.units_in_reach else "none-in-reach"


def reach_by_province(most_km: float) -> list[ProvinceReach]:
    """All provinces: those with clusters and no unit in reach first, then by number of clusters."""
    told = reckoned([one.code for one in provinces()], most_km)
    return sorted(told.values(), key=lambda one: (STATES.index(one.state), -one.clusters, one.province.code))


def reach_of(code: str, most_km: float) -> ProvinceReach:
    """One province. Raises KeyError for a code that is none."""
    return reckoned([code], most_km)[code]


def reckoned(codes: Sequence[str], most_km: float) -> dict[str, ProvinceReach]:
    """These provinces by code."""
    told = {code: ProvinceReach(province(code)) for code in codes}
    count_units(told, most_km)
    count_clusters(told)
    count_help(told, most_km)
    for code, count in db.session.execute(
        select(TypedGap.province_code, func.count()).group_by(TypedGap.province_code)
    ):
        if code in told:
            told[code].typed = int(count)
    return told


def count_clusters(told: dict[str, ProvinceReach]) -> None:
    """How many clusters each province has, and how new what is told of them is."""
    query = (
        select(Entity.province_code, func.count(), func.max(Entity.updated_at))
        .where(Entity.kind == "cluster", Entity.state == "present", Entity.province_code.in_(told))
        .group_by(Entity.province_code)
    )
    for code, count, newest in db.session.execute(query):
        told[str(code)].clusters, told[str(code)].newest = count, newest


def count_help(told: dict[str, ProvinceReach], most_km: float) -> None:
    """How many of them have help, and by subject those that have none. One that nobody has reckoned yet is not among those."""
    near = ClusterHelp.nearest_km <= most_km  # NULL where nobody knows how far: not within reach
    sums = [
        func.sum(case((condition, 1), else_=0))
        for condition in (
            ClusterHelp.in_province > 0,
            ClusterHelp.in_group > 0,
            ClusterHelp.in_region > 0,
            (ClusterHelp.in_group > 0) | near,
        )
    ]
    query = (
        select(ClusterHelp.province_code, ClusterHelp.subject, func.count(), *sums)
        .where(ClusterHelp.province_code.in_(told))
        .group_by(ClusterHelp.province_code, ClusterHelp.subject)
    )
    for code, subject, count, in_province, in_group, in_region, helped in db.session.execute(query):
        one = told[str(code)]
        one.in_province += int(in_province)
        one.in_group += int(in_group)
        one.in_region += int(in_region)
        one.helped += int(helped)
        if count > helped:
            one.gaps[subject] += count - int(helped)


def count_units(told: dict[str, ProvinceReach], most_km: float) -> None:
    """How many units each province has, has within reach, and how far the nearest is."""
    units = counts_by_province("unit")
    for code, one in told.items():
        one.units = units.get(code, 0)
        one.units_in_reach = sum(count for other, count in units.items() if towns_near(code, other, most_km))
        distances = [distance for other in units if (distance := towns_apart(code, other)) is not None]
        one.nearest_km = round(min(distances), 1) if distances else None


@cache
def towns_apart(code: str, other: str) -> float | None:
    """Kilometres between the towns of two provinces."""
    return kilometres(Place(code), Place(other))


@lru_cache(maxsize=100_000)
def towns_near(code: str, other: str, most_km: float) -> bool:
    """Whether one province is within reach of another."""
    return within_reach(Place(code), Place(other), most_km)


def gaps_by_subject(rows: Iterable[ProvinceReach]) -> list[tuple[str, int, list[str]]]:
    """(subject, clusters without help, the provinces that they are in), the greatest first."""
    counts: Counter[str] = Counter()
    where: dict[str, list[str]] = defaultdict(list)
    for one in rows:
        for code, count in one.gaps.items():
            counts[code] += count
            where[code].append(one.province.code)
    return [
        (code, count, sorted(where[code]))
        for code, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    ]


def note_gap(province_code: str, subject: str, *, address: str, key: str) -> None:
    """Keep that a reader told a need without help: province, subject and moment, nothing of the need itself.

    `address` is the sender's, `key` the portal's secret: for a day they tell a second press from a second reader.
    Raises PortalError("too-often") past MOST_OF_ALL in an hour.
    """
    sender = sender_of(address, province_code, subject, key=key)
    with transaction() as session:
        refuse_crowd(session, TypedGap, MOST_OF_ALL)
        forget_senders(session, TypedGap)
        if session.scalar(select(TypedGap.id).where(TypedGap.sender == sender)) is None:
            session.add(TypedGap(province_code=province_code, subject=subject, sent_at=now(), sender=sender))


def province_line(one: ProvinceReach) -> dict[str, Any]:
    """A province of the page, as data and as a row of the CSV."""
    return {
        "province_code": one.province.code,
        "province_th": one.province.name_th,
        "province_en": one.province.name_en,
        "state": one.state,
        "clusters": one.clusters,
        "units": one.units,
        "units_in_reach": one.units_in_reach,
        "clusters_with_help_in_province": one.in_province,
        "clusters_with_help_in_group": one.in_group,
        "clusters_with_help_in_region": one.in_region,
        "clusters_with_help_in_reach": one.helped,
        "nearest_unit_km": one.nearest_km,
        "needs_told_without_help": one.typed,
        "newest_data": one.newest.date().isoformat() if one.newest else None,
        "subjects_without_help": ";".join(code for code in sorted(one.gaps) if code),
    }


def subject_name(code: str, lang: str) -> str:
    """What a subject is called."""
    found = subjects().get(code)
    return (found.name_en if lang == "en" else found.name_th) if found else ""
