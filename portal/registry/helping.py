"""The other way round: which clusters a unit could help."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import select

from harvesters.thai.places import provinces
from portal.db import db
from portal.registry.asking import asker_of, codes_of, followed, place_of
from portal.registry.matching import Fit, Units
from portal.registry.models import ClusterHelp, ClusterMatch, ClusterTerms, Entity
from portal.registry.queries import WHOLE
from portal.registry.reach import Place, kilometres, within_reach

MOST_LOOKED_AT = 400  # clusters of one unit that do not have it among their first: those of its own province first


@dataclass(frozen=True, slots=True)
class Helped:
    """A cluster that a unit fits."""

    cluster: Entity
    fit: Fit
    distance_km: float | None


def helped_by(unit: Entity, limit: int) -> list[Helped]:
    """The clusters within reach of a unit's province that it fits: those that have it among their first units, the best first;
    where these are few, others of its province and then of its reach that share a subject."""
    units = followed()
    if unit.slug not in units.by_slug:
        return []
    reach_km, here = current_app.config["KHLANG"].reach_km, place_of(unit)
    codes = [one.code for one in provinces() if within_reach(here, Place(one.code), reach_km)]
    found = listing(unit, codes, limit)
    if len(found) < limit:
        found += [number for number in sharing(unit, codes, units, limit) if number not in found]
    helped = []
    for cluster in db.session.scalars(select(Entity).where(Entity.id.in_(found)).options(*WHOLE)):
        fit = units.fit_of(asker_of(cluster), unit.slug, most_km=reach_km)
        if fit is not None:
            helped.append(Helped(cluster, fit, kilometres(place_of(cluster), here)))
    return sorted(helped, key=lambda one: (-one.fit.score, one.cluster.slug))[:limit]


def listing(unit: Entity, codes: Sequence[str], limit: int) -> list[int]:
    """The clusters of some provinces that have a unit among their first."""
    query = (
        select(ClusterMatch.cluster_id)
        .join(ClusterHelp, ClusterHelp.entity_id == ClusterMatch.cluster_id)
        .where(ClusterMatch.unit_id == unit.id, ClusterHelp.province_code.in_(codes))
        .order_by(ClusterMatch.score.desc(), ClusterMatch.cluster_id)
    )
    return list(db.session.scalars(query.limit(limit)))


def sharing(unit: Entity, codes: Sequence[str], units: Units, limit: int) -> list[int]:
    """Clusters of some provinces that share a subject with a unit, as far as MOST_LOOKED_AT goes, the best first."""
    subjects = codes_of(unit)
    found: list[tuple[float, int]] = []
    query = select(ClusterTerms).order_by(ClusterTerms.province_code != unit.province_code, ClusterTerms.entity_id)
    for row in db.session.scalars(query.where(ClusterTerms.province_code.in_(codes)).limit(MOST_LOOKED_AT)):
        about = frozenset(row.subjects.split())
        if subjects and not about & subjects:
            continue
        question = units.question(json.loads(row.terms), about, Place(row.province_code, row.latitude, row.longitude))
        fit = units.fit_of(question, unit.slug, most_km=current_app.config["KHLANG"].reach_km)
        if fit is not None:
            found.append((-fit.score, row.entity_id))
    return [number for _, number in sorted(found)[:limit]]
