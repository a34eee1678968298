"""Writes the registry: rows of a version come and go in the transaction of that version; persons join and part entities."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import TypeVar

from rapidfuzz import fuzz, process
from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.orm import Session

from harvesters.packages.assemble import Packaged
from harvesters.packages.store import Store
from harvesters.thai.slugs import slug
from portal.accounts.actions import record
from portal.catalogue.models import Dataset, Version
from portal.db import now, transaction
from portal.errors import PortalError
from portal.registry.identity import ALIKE, Identity, identity_of, judge
from portal.registry.models import ClusterHelp, Doubt, Entity, Integrated, Mention
from portal.registry.reading import Told, read_told, tables_of
from portal.registry.subjects import subjects_of
from portal.search.outbox import put

Value = TypeVar("Value")

BATCH = 500  # of values in one statement
SHORT = 6  # signs of the digest at the end of an address
MOST_DOUBTS = 3  # of one entity, the likest


def read_version(store: Store, version: Version) -> list[Told]:
    """What the rows of a version say. May be read before the transaction that integrates them."""
    return list(read_told(tables_of(version.files, version.resources, store)))


def read_packaged(store: Store, packaged: Packaged) -> list[Told]:
    """What the rows of a version say that is packaged and not yet published."""
    tables = [
        SimpleNamespace(**{name: table[name] for name in ("name", "profile", "schema")}) for table in packaged.tables
    ]
    return list(read_told(tables_of(packaged.files, tables, store)))


def integrate(session: Session, dataset: Dataset, version: Version, told: Sequence[Told]) -> None:
    """Make the registry hold what the current version of a dataset says, and nothing else of it."""
    known = {one.key: one for one in session.scalars(select(Mention).where(Mention.dataset_id == dataset.id))}
    fresh: list[Told] = []
    touched: set[int] = set()
    for one in told:
        mention = known.pop(one.key, None)
        if mention is None:
            fresh.append(one)
            continue
        mention.version, mention.resource, mention.row = version.number, one.resource, one.row
        if mention.facts != one.facts:
            mention.name, mention.parent, mention.facts = one.name, one.parent, dict(one.facts)
            touched.add(mention.entity_id)
    touched |= {mention.entity_id for mention in known.values()}
    drop(session, [mention.id for mention in known.values()])
    session.flush()
    touched |= add(session, dataset, version, fresh)
    settle(session, touched)
    session.merge(Integrated(dataset_id=dataset.id, version_id=version.id))


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


def add(session: Session, dataset: Dataset, version: Version, fresh: Sequence[Told]) -> set[int]:
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
                "version": version.number,
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
    return {entity.id for entity, _ in found}


class Candidates:
    """The entities that new rows may speak of, looked up together, and those that they make."""

    def __init__(self, session: Session, fresh: Sequence[Told]) -> None:
        self._by_number: dict[tuple[str, str], Entity] = {}
        self._by_place: dict[tuple[str, str | None], dict[str, list[Entity]]] = defaultdict(lambda: defaultdict(list))
        self._identities: dict[Entity, Identity] = {}
        self._slugs: set[tuple[str, str]] = set()
        self.made: list[Entity] = []
        places = {(one.identity.kind, one.identity.province_code) for one in fresh}
        numbers = [one.external_id for one in fresh if one.identity.external_id]
        for entity in self._known(session, places, numbers):
            self._learn(entity)

    @staticmethod
    def _known(session: Session, places: Iterable[tuple[str, str | None]], numbers: Sequence[str]) -> Iterator[Entity]:
        standing = select(Entity).where(Entity.state != "joined")
        for kind, province_code in places:
            if kind != "output":  # titles of outputs repeat across provinces; they are told apart by number or title
                yield from session.scalars(standing.where(Entity.kind == kind, Entity.province_code == province_code))
        for some in batches(sorted(set(numbers))):
            yield from session.scalars(standing.where(Entity.external_id.in_(some)))
        if any(kind == "output" for kind, _ in places):
            yield from session.scalars(standing.where(Entity.kind == "output"))

    def _learn(self, entity: Entity) -> None:
        if entity in self._identities:
            return
        identity = Identity(
            entity.kind,
            identity_of(entity.kind, "-", external_id=entity.external_id).external_id,
            entity.stem,
            identity_of("cluster", entity.name_th).legal if entity.kind == "cluster" else "",
            entity.province_code,
            identity_of("unit", "-", province_code=entity.province_code, district=entity.district).district,
        )
        self._place(entity, identity)

    def _place(self, entity: Entity, identity: Identity) -> None:
        self._identities[entity] = identity
        if identity.external_id:
            self._by_number.setdefault((entity.kind, identity.external_id), entity)
        self._by_place[entity.kind, entity.province_code][entity.stem].append(entity)
        self._slugs.add((entity.kind, entity.slug))

    def find(self, told: Told) -> tuple[Entity, str]:
        """The entity that a row speaks of beyond doubt and how it was found; a new one ("own") where there is none."""
        numbered = self._by_number.get((told.identity.kind, told.identity.external_id))
        if numbered is not None and judge(told.identity, self._identities[numbered])[0] == "same":
            return numbered, "registration"
        for entity in self._by_place[told.identity.kind, told.identity.province_code].get(told.identity.stem, ()):
            if judge(told.identity, self._identities[entity])[0] == "same":
                return entity, "name"
        return self._make(told), "own"

    def _make(self, told: Told) -> Entity:
        """A new entity for a row."""
        identity = told.identity
        entity = Entity(
            kind=identity.kind,
            slug=self._free_slug(told),
            name_th=told.name,
            name_en=told.name_en,
            stem=identity.stem,
            external_id=told.external_id if identity.external_id else "",
            province_code=identity.province_code,
            district=told.district,
            latitude=told.latitude,
            longitude=told.longitude,
        )
        self._place(entity, identity)
        self.made.append(entity)
        return entity

    def _free_slug(self, told: Told) -> str:
        """An address from the name, with a digest of what tells the thing apart: the same whenever it is made anew."""
        identity = told.identity
        lasting = identity.external_id or f"{identity.stem}|{identity.province_code}|{identity.district}"
        digest = hashlib.sha256(f"{identity.kind}|{lasting}".encode()).hexdigest()
        base = slug(told.name_en or told.name, identity.kind)[: 68 - 2 * SHORT].strip("-")
        length = SHORT
        while (identity.kind, f"{base}-{digest[:length]}") in self._slugs:
            length += 1
        return f"{base}-{digest[:length]}"

    def note_doubts(self, session: Session) -> None:
        """Write down which of the new entities may be one with another, for a person."""
        pairs: dict[tuple[int, int], float] = {}
        for entity in self.made:
            if entity.kind == "output":
                continue
            for other, score in self._alike(entity):
                pairs[min(entity.id, other.id), max(entity.id, other.id)] = score
        if pairs:
            rows = [
                {"one_id": one, "other_id": other, "score": round(score, 1)} for (one, other), score in pairs.items()
            ]
            session.execute(insert(Doubt), rows)

    def _alike(self, entity: Entity) -> Iterator[tuple[Entity, float]]:
        """Those in the same province whose names are alike enough for a person to look at."""
        place = self._by_place[entity.kind, entity.province_code]
        found = process.extract(entity.stem, place.keys(), scorer=fuzz.ratio, score_cutoff=ALIKE, limit=4 * MOST_DOUBTS)
        left = MOST_DOUBTS
        for stem, _, _ in found:
            for other in place[stem]:
                if other is entity or not left:
                    continue
                said, score = judge(self._identities[entity], self._identities[other])
                if said == "doubtful":
                    left -= 1
                    yield other, score


def settle(session: Session, touched: Iterable[int]) -> None:
    """Bring entities up to their mentions: present or left, their names and place, their subjects; tell the index."""
    for some in batches(sorted(touched)):
        mentions: dict[int, list[Mention]] = defaultdict(list)
        for mention in session.scalars(select(Mention).where(Mention.entity_id.in_(some)).order_by(Mention.id)):
            mentions[mention.entity_id].append(mention)
        session.execute(delete(ClusterHelp).where(ClusterHelp.entity_id.in_(some)))
        for entity in session.scalars(select(Entity).where(Entity.id.in_(some))):
            own = mentions.get(entity.id, [])
            if entity.state != "joined":
                entity.state = "present" if own else "left"
            if own:
                entity.subjects = subjects_of(entity.kind, [mention.facts for mention in own])
                describe(entity, own)
            entity.updated_at = now()
            put(session, entity.kind, entity.slug)
    session.flush()


def describe(entity: Entity, mentions: Sequence[Mention]) -> None:
    """Call an entity as its first row of its own kind does; fill what that one leaves open from the others."""
    own = [mention for mention in mentions if mention.kind == entity.kind] or list(mentions)
    facts: dict[str, object] = {}
    for mention in own:
        for name, value in mention.facts.items():
            facts.setdefault(name, value)
    entity.name_th = own[0].name
    entity.name_en = str(facts.get("name_en") or facts.get("title_en") or entity.name_en)
    entity.district = str(facts.get("district") or entity.district)


def join(session: Session, kept: Entity, other: Entity, *, by: str) -> None:
    """Say that two entities are one: the mentions of `other` move to `kept`, and its address leads there.

    Raises PortalError("registry-pair") when they are of different kinds, the same, or joined already.
    """
    if kept.kind != other.kind or kept.id == other.id or "joined" in (kept.state, other.state):
        raise PortalError("registry-pair", one=kept.slug, other=other.slug)
    session.execute(
        update(Mention)
        .where(Mention.entity_id == other.id)
        .values(entity_id=kept.id, before_id=other.id, joined_by="person")
    )
    other.state, other.joined_id = "joined", kept.id
    decide(session, kept, other, "same", by)
    record(session, actor=by, action="registry-join", subject=f"{kept.kind}/{kept.slug}", details={"other": other.slug})
    session.flush()
    settle(session, {kept.id, other.id})


def part(session: Session, other: Entity, *, by: str) -> Entity:
    """Undo a join: the mentions that came from `other` go back to it. Returns the entity that it was part of.

    Raises PortalError("registry-not-joined").
    """
    if other.state != "joined" or other.joined_id is None:
        raise PortalError("registry-not-joined", slug=other.slug)
    kept = session.get_one(Entity, other.joined_id)
    session.execute(
        update(Mention)
        .where(Mention.before_id == other.id)
        .values(entity_id=other.id, before_id=None, joined_by="apart")
    )
    other.state, other.joined_id = "present", None
    decide(session, kept, other, "different", by)
    record(session, actor=by, action="registry-part", subject=f"{kept.kind}/{kept.slug}", details={"other": other.slug})
    session.flush()
    settle(session, {kept.id, other.id})
    return kept


def take_out(session: Session, mention: Mention, *, by: str) -> Entity:
    """Say that a row speaks of another thing than it was taken for. Returns the new entity; later deliveries keep to it.

    Raises PortalError("registry-only-row") when the entity has no other row.
    """
    entity = mention.entity
    others = session.scalars(select(Mention.id).where(Mention.entity_id == entity.id, Mention.id != mention.id)).all()
    if not others:
        raise PortalError("registry-only-row", slug=entity.slug)
    made = Entity(
        kind=entity.kind,
        slug=f"{entity.slug[: 69 - SHORT]}-{mention.key[:SHORT]}",
        name_th=mention.name,
        stem=entity.stem,
        province_code=entity.province_code,
        district=entity.district,
    )
    session.add(made)
    session.flush()
    mention.entity_id, mention.joined_by = made.id, "apart"
    decide(session, entity, made, "different", by)
    record(
        session, actor=by, action="registry-part", subject=f"{entity.kind}/{entity.slug}", details={"other": made.slug}
    )
    session.flush()
    settle(session, {entity.id, made.id})
    return made


def decide(session: Session, one: Entity, other: Entity, decision: str, by: str) -> None:
    """Remember what a person said of a pair."""
    first, second = sorted((one.id, other.id))
    doubt = session.scalar(select(Doubt).where(Doubt.one_id == first, Doubt.other_id == second))
    if doubt is None:
        doubt = Doubt(one_id=first, other_id=second, score=0.0)
        session.add(doubt)
    doubt.decision, doubt.decided_by, doubt.decided_at = decision, by, now()


def catch_up(store: Store) -> Mapping[str, int]:
    """Integrate every dataset whose current version the registry does not hold, and take out what is no longer public.

    Returns how many datasets were integrated and taken out. Each in a transaction of its own.
    """
    done = {"integrated": 0, "left": 0}
    with transaction() as session:
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
            elif dataset.current is not None:
                integrate(session, dataset, dataset.current, read_version(store, dataset.current))
                done["integrated"] += 1
    return done


def batches(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    """Pieces that fit one statement."""
    for at in range(0, len(values), BATCH):
        yield values[at : at + BATCH]
