"""Keeps the stored matches up with the registry: the first units of every cluster, and in short where its help is.

What changed is known from rows (`ClusterDue`, `UnitWords.mark`), not from memory: any process may do the work, and two at once do
no harm. Each piece is reckoned from what one read saw, and written only while that still stands.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session, selectinload

from harvesters.packages.store import Store
from portal.catalogue.keys import measure_keys
from portal.db import db, transaction
from portal.registry import frames
from portal.registry.actions import catch_up
from portal.registry.asking import IndexedUnits, all_units, asker_of, indexed, meanings
from portal.registry.batches import batches
from portal.registry.changes import changes_of, last_of, list_rows, unit_ids, write_changes
from portal.registry.documents import reach_km
from portal.registry.matching import Units, asked
from portal.registry.models import ClusterDue, ClusterHelp, ClusterMatch, ClusterTerms, Entity, MatchFrame
from portal.registry.ranking import KEPT, Listed, rank
from portal.search.outbox import drain

log = logging.getLogger("khlang.registry")

BATCH = 200
MOST_AT_ONCE = 2_000  # clusters beside a harvest: the worker does the others
TRIES = 5  # where another process was faster


class Reckoned(NamedTuple):
    """What is to be stored of one cluster; `moment` is that of the cluster as it was read."""

    number: int
    moment: datetime
    help: dict[str, Any]
    terms: dict[str, Any]
    first: Sequence[Listed]


def refresh_help(most: int | None = MOST_AT_ONCE) -> int:
    """Bring the stored matches up to the registry; at most `most` clusters from all units. Returns how many of those were."""
    done = 0
    for _ in range(TRIES):
        keeper = keep_frame()
        if not keeper.stored_stand:  # others write all the time; they do the work
            break
        faster = False
        while most is None or done < most:
            rows = reckon_due(keeper)
            if not rows:
                break
            if not write(keeper, rows):
                faster = True
                break
            done += len(rows)
        if not faster:
            break
    return done


def rebuild_matches() -> int:
    """Reckon everything anew by a new frame. Returns how many clusters were."""
    with transaction() as session:
        session.execute(update(MatchFrame).values(rules=""))  # no frame of these rules: the next one is new
    return refresh_help(most=None)


def keep_frame() -> IndexedUnits:
    """Bring frame and changed units up to the database. Returns the units as they are then."""
    keeper = indexed()
    for _ in range(TRIES):
        with Session(db.engine) as session:
            units = keeper.follow(session)
            if keeper.stored_stand:
                break
            stored = frames.stored_marks(session)
            marks = dict(keeper.marks)
            changed = {slug for slug in stored.keys() | marks.keys() if stored.get(slug) != marks.get(slug)}
        if keeper.state.bears(len(changed)):
            apply(keeper, units, changed, marks)
        else:
            take_frame(keeper, units, changed, marks)
    return keeper


def take_frame(keeper: IndexedUnits, units: Units, changed: set[str], marks: Mapping[str, str]) -> None:
    """Put a new frame in force: all clusters are due by it."""
    frame = units.frame()
    with transaction() as session:
        if in_force(session, keeper):
            frames.store_units(session, changed, units.by_slug, marks)
            frames.new_frame(session, frames.rules_stamp(reach_km()), frame, keeper.stamp)


def apply(keeper: IndexedUnits, units: Units, changed: set[str], marks: Mapping[str, str]) -> None:
    """Change the stored matches as some changed units ask for."""
    number = keeper.state.id
    assert number is not None
    with Session(db.engine) as session:
        frame = frames.load_frame(session, number)
        before, after = Units(frame=frame), Units(frame=frame)
        for row in frames.rows_of(session, changed):
            before.put_told(frames.told_of(row))
        for slug in changed & units.by_slug.keys():
            after.put_told(units.by_slug[slug])
        for slug in [slug for slug, told in before.by_slug.items() if told == after.by_slug.get(slug)]:
            before.remove(slug)  # another row, the same words
            after.remove(slug)
        changes = changes_of(session, number, before, after, units, reach_km())
    with transaction() as session:
        if not in_force(session, keeper):
            return
        frames.store_units(session, changed, units.by_slug, marks)
        write_changes(session, changes)
        session.execute(
            update(MatchFrame)
            .where(MatchFrame.id == number)
            .values(applied=keeper.stamp, moved=MatchFrame.moved + len(changed))
        )
        for some in batches(sorted(changes.due)):
            session.execute(delete(ClusterHelp).where(ClusterHelp.entity_id.in_(some)))
        frames.make_due(session, changes.due)


def in_force(session: Session, keeper: IndexedUnits) -> bool:
    """Whether the frame is still as it was followed; in a transaction that writes, nobody changes it before its end."""
    session.execute(select(MatchFrame.id).with_for_update())
    return frames.frame_in_force(session, frames.rules_stamp(reach_km())) == keeper.state


def reckon_due(keeper: IndexedUnits) -> list[Reckoned]:
    """Some of the clusters that are due, reckoned from all units."""
    with Session(db.engine) as session:
        due = session.scalars(select(ClusterDue.entity_id).order_by(ClusterDue.entity_id).limit(BATCH)).all()
        query = select(Entity).where(Entity.id.in_(due)).order_by(Entity.id).options(selectinload(Entity.mentions))
        return [reckoned(cluster, keeper) for cluster in session.scalars(query)]


def reckoned(cluster: Entity, keeper: IndexedUnits) -> Reckoned:
    """What is stored of one cluster."""
    asker = asker_of(cluster)
    terms = {word: term.weight for word, term in asked(asker.texts).items()}
    question = keeper.units.question(terms, asker.subjects, asker.place)
    found = rank(keeper.units, question, most_km=reach_km(), most=KEPT)
    place = {
        "province_code": asker.place.province_code,
        "latitude": asker.place.latitude,
        "longitude": asker.place.longitude,
    }
    return Reckoned(
        cluster.id,
        cluster.updated_at,
        {
            "entity_id": cluster.id,
            "frame_id": keeper.state.id,
            "province_code": cluster.province_code,
            "subject": cluster.subjects[0]["code"] if cluster.subjects else "",
            "total": found.total,
            "best": found.best,
            "last": last_of(found.first, found.total),
            "fits": found.helping,
            "in_province": found.in_province,
            "in_group": found.in_group,
            "in_region": found.in_region,
            "nearest_slug": found.nearest,
            "nearest_km": found.nearest_km,
        },
        {
            "entity_id": cluster.id,
            "terms": json.dumps(terms, ensure_ascii=False),
            "whole": question.whole,
            "subjects": " ".join(sorted(asker.subjects)),
            **place,
        },
        found.first,
    )


def write(keeper: IndexedUnits, rows: Sequence[Reckoned]) -> bool:
    """Store what was reckoned of clusters that are still as they were read. False where units or frame are not."""
    with transaction() as session:
        if not in_force(session, keeper):
            return False
        numbers = [row.number for row in rows]
        moments = select(Entity.id, Entity.updated_at).where(Entity.id.in_(numbers))
        standing = {number: moment for number, moment in session.execute(moments)}  # noqa: C416 - a Row is no pair to dict()
        kept = [row for row in rows if standing.get(row.number) == row.moment]
        frames.forget(session, [row.number for row in kept])
        ids = unit_ids(session, (one.slug for row in kept for one in row.first))
        for table, some in (
            (ClusterHelp, [row.help for row in kept]),
            (ClusterTerms, [row.terms for row in kept]),
            (ClusterMatch, [match for row in kept for match in list_rows(row.number, row.first, ids)]),
        ):
            if some:
                session.execute(insert(table), some)
    return True


def learn_meanings(most: int | None) -> None:
    """Turn what units say anew into vectors, where matching by meaning is on."""
    known = meanings()
    if known is not None:
        with Session(db.engine) as session:
            units = list(all_units(session))
        known.learn(units, most)


def keep_up(store: Store, most: int | None = MOST_AT_ONCE) -> None:
    """Integrate what a transaction was too short for, tell the index, reckon where help is, and measure what tables share.

    Never raises: what was published stays published, and the next call makes it good.
    """
    try:
        if any(catch_up(store).values()):
            drain()
        refresh_help(most)
        learn_meanings(most)
        measure_keys(store)
    except Exception:
        log.exception("the registry could not be brought up to date")
