"""Reads the registry: entities with the rows they rest on, by address, by province, and pairs in doubt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased, selectinload

from portal.db import db
from portal.errors import PortalError
from portal.registry.models import Doubt, Entity, Mention

PAGE = 50
BATCH = 200
WHOLE = (selectinload(Entity.mentions).selectinload(Mention.dataset),)


def find_entity(kind: str, slug: str, session: Session | None = None) -> Entity:
    """The entity at an address, of any state. Raises PortalError("not-found")."""
    query = select(Entity).where(Entity.kind == kind, Entity.slug == slug).options(*WHOLE)
    found = (session or db.session).scalar(query)
    if found is None:
        raise PortalError("not-found", what=f"{kind}/{slug}")
    return found


def joined_to(entity: Entity) -> Entity:
    """The entity that one has become, itself where it was not joined."""
    while entity.state == "joined" and entity.joined_id is not None:
        entity = db.session.get_one(Entity, entity.joined_id)
    return entity


def entity_of_row(dataset_id: int, resource: str, row: int) -> Entity | None:
    """The cluster or unit that a row of a current version speaks of, if the registry knows one."""
    query = (
        select(Entity)
        .join(Mention, Mention.entity_id == Entity.id)
        .where(
            Mention.dataset_id == dataset_id, Mention.resource == resource, Mention.row == row, Entity.kind != "output"
        )
    )
    return db.session.scalar(query.limit(1))


def list_entities(kind: str, province_code: str | None = None, page: int = 1) -> tuple[Sequence[Entity], int]:
    """One page of the entities of a kind by name, and how many there are."""
    query = select(Entity).where(Entity.kind == kind, Entity.state == "present")
    if province_code:
        query = query.where(Entity.province_code == province_code)
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    shown = query.order_by(Entity.stem, Entity.id).offset((page - 1) * PAGE).limit(PAGE)
    return db.session.scalars(shown.options(*WHOLE)).all(), total


def entities_named(kind: str, slugs: Iterable[str]) -> dict[str, Entity]:
    """The present ones of these entities with their rows, by slug."""
    query = select(Entity).where(Entity.kind == kind, Entity.slug.in_(list(slugs)), Entity.state == "present")
    return {entity.slug: entity for entity in db.session.scalars(query.options(*WHOLE))}


def all_entities(kind: str) -> Iterator[Entity]:
    """Every entity of a kind with its rows, in batches; what a batch read is forgotten before the next."""
    last = 0
    query = select(Entity).where(Entity.kind == kind, Entity.state == "present").order_by(Entity.id)
    while batch := db.session.scalars(query.where(Entity.id > last).limit(BATCH).options(*WHOLE)).all():
        last = batch[-1].id
        yield from batch
        db.session.expunge_all()


def counts_by_province(kind: str) -> dict[str, int]:
    """How many entities of a kind each province has."""
    query = (
        select(Entity.province_code, func.count())
        .where(Entity.kind == kind, Entity.state == "present", Entity.province_code.is_not(None))
        .group_by(Entity.province_code)
    )
    return {str(code): count for code, count in db.session.execute(query)}


def outputs_of(units: Sequence[Entity]) -> Iterator[Mention]:
    """The rows of outputs whose unit is one of these, the newest year first."""
    stems = [unit.stem for unit in units]
    query = (
        select(Mention)
        .where(Mention.kind == "output", Mention.parent.in_(stems))
        .options(selectinload(Mention.dataset), selectinload(Mention.entity))
    )
    rows = list(db.session.scalars(query))
    yield from sorted(rows, key=lambda row: (-int(row.facts.get("year") or 0), row.id))


def neighbours_of(entity: Entity, limit: int = 6) -> Sequence[Entity]:
    """Others of the same kind in the same province of which the first subject is the same."""
    first = next((one["code"] for one in entity.subjects), None)
    near = (
        select(Entity.id, Entity.subjects[0]["code"].as_string().label("about"))
        .where(
            Entity.kind == entity.kind,
            Entity.state == "present",
            Entity.province_code == entity.province_code,
            Entity.id != entity.id,
        )
        .order_by(Entity.stem)
        .limit(500)
        .subquery()
    )
    alike = select(near.c.id) if first is None else select(near.c.id).where(near.c.about == first)
    whole = select(Entity).where(Entity.id.in_(db.session.scalars(alike.limit(limit)).all())).order_by(Entity.stem)
    return db.session.scalars(whole.options(*WHOLE)).all()


def open_doubts(session: Session) -> Sequence[tuple[Doubt, Entity, Entity]]:
    """The pairs that wait for a person, the likest first."""
    one, other = aliased(Entity), aliased(Entity)
    query = (
        select(Doubt, one, other)
        .join(one, Doubt.one_id == one.id)
        .join(other, Doubt.other_id == other.id)
        .where(Doubt.decision.is_(None), one.state == "present", other.state == "present")
        .order_by(Doubt.score.desc(), Doubt.id)
    )
    return [(doubt, left, right) for doubt, left, right in session.execute(query)]


def registry_counts(session: Session) -> dict[str, int]:
    """How many there are of each kind, and how many pairs are in doubt."""
    query = select(Entity.kind, func.count()).where(Entity.state == "present").group_by(Entity.kind)
    counts = dict.fromkeys(("cluster", "unit", "output"), 0) | {
        str(kind): count for kind, count in session.execute(query)
    }
    waiting = session.scalar(select(func.count()).select_from(Doubt).where(or_(Doubt.decision.is_(None))))
    return {f"{kind}s": count for kind, count in counts.items()} | {"doubts": waiting or 0}
