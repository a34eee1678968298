"""The other way round: which clusters a unit could help."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from harvesters.thai.places import provinces
from portal.db import db
from portal.registry.asking import asker_of, codes_of, indexed, place_of
from portal.registry.matching import Fit
from portal.registry.models import Entity
from portal.registry.reach import Place, kilometres, within_reach

MOST_LOOKED_AT = 400  # clusters of one unit: those of its own province first


@dataclass(frozen=True, slots=True)
class Helped:
    """A cluster that a unit fits."""

    cluster: Entity
    fit: Fit
    distance_km: float | None


def helped_by(unit: Entity, limit: int) -> list[Helped]:
    """The clusters within reach of a unit's province that it fits, the best first. Only those that share a subject are looked at."""
    units = indexed().follow(db.session)
    if unit.slug not in units.by_slug:
        return []
    reach_km, here, subjects = current_app.config["KHLANG"].reach_km, place_of(unit), codes_of(unit)
    codes = [one.code for one in provinces() if within_reach(here, Place(one.code), reach_km)]
    query = select(Entity).where(Entity.kind == "cluster", Entity.state == "present", Entity.province_code.in_(codes))
    near = sorted(
        db.session.scalars(query.options(selectinload(Entity.mentions)).limit(10 * MOST_LOOKED_AT)),
        key=lambda cluster: (cluster.province_code != unit.province_code, cluster.id),
    )
    looked_at = [cluster for cluster in near if not subjects or codes_of(cluster) & subjects][:MOST_LOOKED_AT]
    found = [
        Helped(cluster, fit, kilometres(place_of(cluster), here))
        for cluster in looked_at
        if (fit := units.fit_of(asker_of(cluster), unit.slug, most_km=reach_km)) is not None
    ]
    return sorted(found, key=lambda one: (-one.fit.score, one.cluster.slug))[:limit]
