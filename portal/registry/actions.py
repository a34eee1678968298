"""Writes the registry: rows of a version come and go in the transaction of that version, or in steps right after it."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from types import SimpleNamespace

from sqlalchemy import delete, func, insert, or_, select
from sqlalchemy.orm import Session

from harvesters.packages.assemble import Packaged
from harvesters.packages.store import Store
from portal.catalogue.models import Dataset, Version
from portal.db import db, now, transaction
from portal.registry.batches import batches
from portal.registry.bilingual import is_latin
from portal.registry.candidates import Candidates
from portal.registry.frames import forget, make_due
from portal.registry.models import ENTITY_KINDS, ClusterHelp, Entity, Integrated, Mention
from portal.registry.reading import KINDS, Told, read_told, tables_of
from portal.registry.subjects import subjects_of
from portal.search.outbox import put_all

log = logging.getLogger("khlang.registry")

MOST_AT_ONCE = 5_000  # rows that are integrated in the transaction of their version; more follow in steps
STEP = 5_000  # rows: about two seconds, which other writers wait for
MOST_ROWS = 200_000  # of one dataset; a table of more is no register of groups


def read_version(store: Store, version: Version) -> list[Told]:
    """What the rows of a version say. May be read before the transaction that integrates them."""
    return list(read_told(tables_of(version.files, version.resources, store)))


def read_packaged(store: Store, packaged: Packaged) -> list[Told] | None:
    """What the rows of a version say that is packaged and not yet published; None where it has more than MOST_AT_ONCE."""
    if sum(int(table["rows"]) for table in packaged.tables if table["profile"] in KINDS) > MOST_AT_ONCE:
        return None
    tables = [
        SimpleNamespace(**{name: table[name] for name in ("name", "profile", "schema")}) for table in packaged.tables
    ]
    return list(read_told(tables_of(packaged.files, tables, store)))


def integrate(session: Session, dataset: Dataset, version: Version, told: Sequence[Told]) -> None:
    """Make the registry hold what the current version of a dataset says, and nothing else of it."""
    touched = take_in(session, dataset, version.number, told)
    touched |= drop_older(session, dataset, version.number)
    settle(session, touched)
    session.merge(Integrated(dataset_id=dataset.id, version_id=version.id))


def take_in(session: Session, dataset: Dataset, number: int, told: Sequence[Told]) -> set[int]:
    """Write what some rows of a version say. Returns the entities that must be settled."""
    fresh: list[Told] = []
    touched: set[int] = set()
    for some in batches(told):
        keys = [one.key for one in some]
        query = select(Mention).where(Mention.dataset_id == dataset.id, Mention.key.in_(keys))
        known = {mention.key: mention for mention in session.scalars(query)}
        for one in some:
            mention = known.get(one.key)
            if mention is None:
                fresh.append(one)
                continue
            mention.version, mention.resource, mention.row = number, one.resource, one.row
            if mention.facts != one.facts:
                mention.name, mention.parent, mention.facts = one.name, one.parent, dict(one.facts)
                touched.add(mention.entity_id)
        session.flush()
    return touched | add(session, dataset, number, fresh)


def drop_older(session: Session, dataset: Dataset, number: int) -> set[int]:
    """Take out what earlier versions of a dataset said and this one does not. Returns the entities that must be settled."""
    older = select(Mention.id, Mention.entity_id).where(Mention.dataset_id == dataset.id, Mention.version != number)
    gone = session.execute(older).all()
    drop(session, [number for number, _ in gone])
    return {entity for _, entity in gone}


def leave(session: Session, dataset: Dataset) -> None:
    """Take out what a dataset says: it was withdrawn. Its entities keep their address and say that nothing stands there now."""
    gone = session.execute(select(Mention.id, Mention.entity_id).where(Mention.dataset_id == dataset.id)).all()
    drop(session, [number for number, _ in gone])
    settle(session, {entity for _, entity in gone})
    session.execute(delete(Integrated).where(Integrated.dataset_id == dataset.id))


def drop(session: Session, numbers: Sequence[int]) -> None:
    """Delete mentions."""
    for some in batches(numbers):
        session.execute(delete(Mention).where(Mention.id.in_(some)))


def add(session: Session, dataset: Dataset, number: int, fresh: Sequence[Told]) -> set[int]:
    """Write mentions of rows that the dataset did not have before, each with the entity it speaks of, old or new."""
    if not fresh:
        return set()
    candidates = Candidates(session, fresh)
    found = [candidates.find(one) for one in fresh]
    session.add_all(candidates.made)
    session.flush()  # in one go: their numbers are needed below
    session.execute(
        insert(Mention),
        [
            {
                "entity_id": entity.id,
                "joined_by": joined_by,
                "kind": one.kind,
                "dataset_id": dataset.id,
                "version": number,
                "resource": one.resource,
                "row": one.row,
                "key": one.key,
                "name": one.name,
                "parent": one.parent,
                "facts": dict(one.facts),
            }
            for one, (entity, joined_by) in zip(fresh, found, strict=True)
        ],
    )
    candidates.note_doubts(session)
    counts = Counter(entity.id for entity, _ in found)
    made = {entity.id: entity for entity in candidates.made}
    alone = [entity for number, entity in made.items() if counts[number] == 1]  # said whole by their one row already
    make_due(session, [entity.id for entity in alone if entity.kind == "cluster"])
    for kind in {entity.kind for entity in alone}:
        put_all(session, kind, [entity.slug for entity in alone if entity.kind == kind])
    return counts.keys() - {entity.id for entity in alone}


def settle(session: Session, touched: Iterable[int]) -> None:
    """Bring entities up to their mentions: present or left, their names and place, their subjects; tell the index."""
    told: dict[str, list[str]] = defaultdict(list)
    moment = latest(session)
    for some in batches(sorted(touched)):
        mentions: dict[int, list[Mention]] = defaultdict(list)
        for mention in session.scalars(select(Mention).where(Mention.entity_id.in_(some)).order_by(Mention.id)):
            mentions[mention.entity_id].append(mention)
        session.execute(delete(ClusterHelp).where(ClusterHelp.entity_id.in_(some)))
        gone = []
        for entity in session.scalars(select(Entity).where(Entity.id.in_(some))):
            own = mentions.get(entity.id, [])
            if entity.state != "joined":
                entity.state = "present" if own else "left"
            if own:
                entity.subjects = subjects_of(entity.kind, [mention.facts for mention in own])
                describe(entity, own)
            entity.updated_at = moment
            told[entity.kind].append(entity.slug)
            if entity.kind == "cluster" and entity.state != "present":
                gone.append(entity.id)
        session.flush()
        forget(session, gone)
        make_due(session, some)
    for kind, slugs in told.items():
        put_all(session, kind, slugs)


def latest(session: Session) -> datetime:
    """The time now, and behind every change so far: who follows the registry by its newest change must not miss one when
    the clock was set back."""
    newest = [session.scalar(select(func.max(Entity.updated_at)).where(Entity.kind == kind)) for kind in ENTITY_KINDS]
    return max([now(), *(one + timedelta(microseconds=1) for one in newest if one is not None)])


def describe(entity: Entity, mentions: Sequence[Mention]) -> None:
    """Call an entity as its first row of its own kind does, in Thai if any does; fill what that one leaves open from the others."""
    own = [mention for mention in mentions if mention.kind == entity.kind] or list(mentions)
    facts: dict[str, object] = {}
    for mention in own:
        for name, value in mention.facts.items():
            facts.setdefault(name, value)
    latin = {mention.name for mention in own if is_latin(mention.name)}
    names = [mention.name for mention in own]
    entity.name_th = next((name for name in names if name not in latin), names[0])
    in_english = "" if entity.name_th in latin else next((name for name in names if name in latin), "")
    entity.name_en = str(facts.get("name_en") or facts.get("title_en") or in_english or entity.name_en)
    entity.district = str(facts.get("district") or entity.district)


def catch_up(store: Store) -> Mapping[str, int]:
    """Integrate every dataset whose current version the registry does not hold, and take out what is no longer public.

    Returns how many datasets were integrated and taken out. Each in a transaction of its own.
    """
    done = {"integrated": 0, "left": 0}
    with Session(db.engine) as session:
        behind = session.execute(
            select(Dataset.id, Dataset.state)
            .outerjoin(Integrated, Integrated.dataset_id == Dataset.id)
            .where(
                Dataset.current_version_id.is_not(None),
                or_(
                    (Dataset.state != "withdrawn")
                    & or_(Integrated.version_id.is_(None), Integrated.version_id != Dataset.current_version_id),
                    (Dataset.state == "withdrawn") & Integrated.version_id.is_not(None),
                ),
            )
            .order_by(Dataset.id)
        ).all()
    for number, state in behind:
        with transaction() as session:
            dataset = session.get_one(Dataset, number)
            if state == "withdrawn":
                leave(session, dataset)
                done["left"] += 1
                continue
        integrate_in_steps(store, number)
        done["integrated"] += 1
    return done


def integrate_in_steps(store: Store, dataset_id: int) -> None:
    """Integrate the current version of a dataset in steps that are short enough for others to write between them.

    May be broken off at any moment and begun again: what was taken in is known by its keys.
    """
    with Session(db.engine) as session:
        version = session.get_one(Dataset, dataset_id).current
        assert version is not None
        number, version_id = version.number, version.id
        tables = tables_of(version.files, version.resources, store)
        if sum(table.rows for table in version.resources) > MOST_ROWS:
            log.warning("table too large for the registry", extra={"dataset": version.dataset.name})
            tables = []
    rows = read_told(tables)
    while step := list(islice(rows, STEP)):
        with transaction() as session:
            settle(session, take_in(session, session.get_one(Dataset, dataset_id), number, step))
    with transaction() as session:
        dataset = session.get_one(Dataset, dataset_id)
        if dataset.current_version_id == version_id:  # else another version came meanwhile, and its turn is next
            settle(session, drop_older(session, dataset, number))
            session.merge(Integrated(dataset_id=dataset_id, version_id=version_id))
