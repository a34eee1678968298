"""Brings the short answer "where is help for this cluster" up to the registry, for the page and the dataset of gaps."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from flask import current_app
from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session, selectinload

from harvesters.packages.store import Store
from portal.catalogue.keys import measure_keys
from portal.db import db, transaction
from portal.registry.actions import catch_up
from portal.registry.asking import asker_of, indexed
from portal.registry.matching import Units, helpful
from portal.registry.models import ClusterHelp, Entity
from portal.registry.reach import kilometres, nearness
from portal.search.outbox import drain

log = logging.getLogger("khlang.registry")

BATCH = 200
MOST_AT_ONCE = 2_000  # clusters beside a harvest: the worker does the others


def refresh_help(most: int | None = MOST_AT_ONCE) -> int:
    """Reckon anew for clusters that changed, and for all when a unit changed; at most `most`. Returns how many were.

    A cluster that changes loses its row (`actions.settle`); `mark` names the units that a row was reckoned with.
    """
    keeper = indexed()
    with Session(db.engine) as session:
        units = keeper.follow(session)
        stamp = str(keeper.stamp)
    done = 0
    while most is None or done < most:
        with Session(db.engine) as session:
            query = (
                select(Entity)
                .outerjoin(ClusterHelp, ClusterHelp.entity_id == Entity.id)
                .where(
                    Entity.kind == "cluster",
                    Entity.state == "present",
                    or_(ClusterHelp.mark.is_(None), ClusterHelp.mark != stamp),
                )
                .order_by(Entity.id)
                .limit(BATCH)
                .options(selectinload(Entity.mentions))
            )
            rows = [help_of(cluster, units, stamp) for cluster in session.scalars(query)]
        if not rows:
            break
        write(rows)
        done += len(rows)
    forget_gone()
    return done


def help_of(cluster: Entity, units: Units, mark: str) -> dict[str, Any]:
    """The row of one cluster."""
    asker = asker_of(cluster)
    fits = helpful(units.fits(asker, most_km=current_app.config["KHLANG"].reach_km))
    places = {fit.slug: units.by_slug[fit.slug].place for fit in fits}
    near = {nearness(asker.place, place) for place in places.values()}
    distances = {slug: far for slug, place in places.items() if (far := kilometres(asker.place, place)) is not None}
    nearest = min(distances, key=lambda slug: (distances[slug], slug), default="")
    return {
        "entity_id": cluster.id,
        "fits": len(fits),
        "in_province": "same-province" in near,
        "in_group": bool(near & {"same-province", "same-group"}),
        "in_region": bool(near & {"same-province", "same-group", "same-region"}),
        "nearest_slug": nearest,
        "nearest_km": round(distances[nearest], 1) if nearest else None,
        "mark": mark,
    }


def write(rows: Sequence[dict[str, Any]]) -> None:
    """Replace the rows of these clusters."""
    with transaction() as session:
        session.execute(delete(ClusterHelp).where(ClusterHelp.entity_id.in_([row["entity_id"] for row in rows])))
        session.add_all(ClusterHelp(**row) for row in rows)


def forget_gone() -> None:
    """Take out the rows of clusters that are no longer present."""
    gone = select(Entity.id).where(Entity.kind == "cluster", Entity.state != "present")
    with Session(db.engine) as session:
        some = session.scalar(select(ClusterHelp.entity_id).where(ClusterHelp.entity_id.in_(gone)).limit(1))
    if some is not None:
        with transaction() as session:
            session.execute(delete(ClusterHelp).where(ClusterHelp.entity_id.in_(gone)))


def keep_up(store: Store, most: int | None = MOST_AT_ONCE) -> None:
    """Integrate what a transaction was too short for, tell the index, reckon where help is, and measure what tables share.

    Never raises: what was published stays published, and the next call makes it good.
    """
    try:
        if any(catch_up(store).values()):
            drain()
        refresh_help(most)
        measure_keys(store)
    except Exception:
        log.exception("the registry could not be brought up to date")
