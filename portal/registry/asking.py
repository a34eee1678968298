"""Asks the matcher: clusters and needs become askers, the units of the registry stand indexed in memory and follow its changes."""

from __future__ import annotations

import gc
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from portal.db import db
from portal.registry.frames import FrameState, frame_in_force, load_frame, load_units, rules_stamp, unit_marks
from portal.registry.matching import Asker, Unit, Units
from portal.registry.meaning import Meanings, Near, SmallE5, VectorFile
from portal.registry.models import Entity, Mention
from portal.registry.reach import Place
from portal.registry.subjects import subjects_of

TOLD_BY: Mapping[str, str] = {  # column of a unit's row → what it is to the matcher
    "name_th": "name",
    "name_en": "name",
    "expertise_th": "expertise",
    "expertise_en": "expertise",
    "services": "services",
    "instruments": "instruments",
}
OUTPUT_COLUMNS = ("title", "title_en", "keywords")
BATCH = 500
MANY = 1_000  # units that are read at once


class IndexedUnits:
    """The units of the registry as the matcher takes them, once in each process. `follow` brings them up to the database."""

    def __init__(self) -> None:
        self.units = Units()
        self.marks: dict[str, str] = {}  # slug → from which rows a unit was made
        self.stamp = ""  # the state of the units in the database
        self.state = FrameState()  # of the frame in force
        self._lock = threading.Lock()

    @property
    def stored_stand(self) -> bool:
        """Whether the stored matches of the frame in force know all that the units say now."""
        return self.state.id is not None and self.state.applied == self.stamp

    def follow(self, session: Session) -> Units:
        """The units as the database has them now. Costs two small questions when nothing has changed."""
        counted = select(func.count(), func.max(Entity.updated_at)).where(Entity.kind.in_(("unit", "output")))
        count, newest = session.execute(counted).one()
        stamp = f"{count} {newest.isoformat() if newest else ''}"
        rules = rules_stamp(current_app.config["KHLANG"].reach_km)
        with self._lock:
            state = frame_in_force(session, rules)
            if state.id != self.state.id:
                self.units.keep(load_frame(session, state.id))
            if stamp != self.stamp:
                self._refresh(session, rules)
            self.stamp, self.state = stamp, state
            return self.units

    def _refresh(self, session: Session, rules: str) -> None:
        wanted = unit_marks(session, rules)
        for slug in self.marks.keys() - wanted.keys():
            self.units.remove(slug)
        changed = {slug for slug, mark in wanted.items() if self.marks.get(slug) != mark}
        kept = load_units(session, {slug: wanted[slug] for slug in changed})  # cut into words before, by any process
        for told in kept:
            self.units.put_told(told)
        fresh = sorted(changed - {told.slug for told in kept})
        for at in range(0, len(fresh), BATCH):
            for unit in units_of(session, fresh[at : at + BATCH]):
                self.units.put(unit)
        self.marks = wanted
        if len(changed) >= MANY:
            # they stay: else each full round of the collector walks over a million things, 80 ms in the middle of an answer
            gc.collect()
            gc.freeze()


def units_of(session: Session, slugs: Iterable[str]) -> Iterator[Unit]:
    """These units with their outputs, as the matcher takes them."""
    query = (
        select(Entity).where(Entity.kind == "unit", Entity.slug.in_(list(slugs))).options(selectinload(Entity.mentions))
    )
    entities = session.scalars(query).all()
    outputs: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    rows = session.execute(
        select(Mention.parent, Mention.facts).where(
            Mention.kind == "output", Mention.parent.in_([entity.stem for entity in entities])
        )
    )
    for parent, facts in rows:
        outputs[parent].append(facts)
    for entity in entities:
        pieces = [piece for mention in entity.mentions for piece in pieces_of(mention.facts, TOLD_BY)]
        for facts in outputs[entity.stem]:
            pieces += pieces_of(facts, dict.fromkeys(OUTPUT_COLUMNS, "output"))
        yield Unit(entity.slug, tuple(dict.fromkeys(pieces)), codes_of(entity), place_of(entity))


def all_units(session: Session) -> Iterator[Unit]:
    """All units that stand."""
    standing = select(Entity.slug).where(Entity.kind == "unit", Entity.state == "present").order_by(Entity.slug)
    slugs = session.scalars(standing).all()
    for at in range(0, len(slugs), BATCH):
        yield from units_of(session, slugs[at : at + BATCH])


def pieces_of(facts: Mapping[str, Any], columns: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The cells of a row, cut where offices list several things, each with what it is to the matcher."""
    for column, told in columns.items():
        for piece in str(facts.get(column, "")).replace("\n", ";").split(";"):
            if piece.strip():
                yield told, piece.strip()


def codes_of(entity: Entity) -> frozenset[str]:
    """The subjects of an entity."""
    return frozenset(str(one["code"]) for one in entity.subjects)


def place_of(entity: Entity) -> Place:
    """Where an entity is."""
    return Place(entity.province_code, entity.latitude, entity.longitude)


def asker_of(cluster: Entity | None, need: str = "", province_code: str | None = None) -> Asker:
    """Who asks: a cluster, a need in plain words, or both. The place is the cluster's, else that of `province_code`."""
    texts = {"need": need} if need.strip() else {}
    if cluster is None:
        told = subjects_of("cluster", [{"products": need}]) if need.strip() else []
        return Asker(texts, frozenset(str(one["code"]) for one in told), Place(province_code))
    facts = [mention.facts for mention in cluster.mentions]
    texts["needs"] = joined(str(one["needs"]) for one in facts if one.get("needs"))
    texts["products"] = joined(
        str(one[column])
        for mention, one in zip(cluster.mentions, facts, strict=True)
        for column in (("name_th", "description", "materials") if mention.kind == "product" else ("products",))
        if one.get(column)
    )
    texts["name"] = joined([cluster.name_th, cluster.name_en])
    place = Place(province_code) if province_code else place_of(cluster)
    return Asker({kind: text for kind, text in texts.items() if text}, codes_of(cluster), place)


def joined(texts: Iterable[str]) -> str:
    """Different texts in one."""
    return "; ".join(dict.fromkeys(text for text in texts if text))


def indexed() -> IndexedUnits:
    """The units of the application in force."""
    found: IndexedUnits = current_app.extensions.setdefault("khlang-units", IndexedUnits())
    return found


def followed() -> Units:
    """The same, brought up to what the reader's session sees."""
    return indexed().follow(db.session)


def meanings() -> Meanings | None:
    """What units say by meaning, where `KHLANG_SEMANTIC` asks for it."""
    settings = current_app.config["KHLANG"]
    if not settings.semantic:
        return None
    found: Meanings | None = current_app.extensions.get("khlang-meanings")
    if found is None:
        model = SmallE5()
        found = Meanings(VectorFile(settings.home / "meanings.sqlite", model.name), model)
        current_app.extensions["khlang-meanings"] = found
    return found


def near_in_meaning(asker: Asker) -> list[Near]:
    """The units closest in meaning; none where matching by meaning is off."""
    known = meanings()
    if known is None:
        return []
    units = followed()
    known.follow(lambda: all_units(db.session), indexed().stamp)
    return known.nearest(asker, units, current_app.config["KHLANG"].reach_km)
