"""What a person says: two entities are one, or a row speaks of another thing than it was taken for. Each can be undone."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.accounts.actions import record
from portal.db import now
from portal.errors import PortalError
from portal.registry.actions import settle
from portal.registry.candidates import SHORT
from portal.registry.models import Doubt, Entity, Mention


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
