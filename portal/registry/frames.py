"""The frame by which matches are reckoned, and the units as stored matches know them. Reads and writes rows, ranks nothing.

Rarity over all units changes a little with each unit. It is kept still in a frame, so that one changed unit changes its own fits
alone; a new frame is taken where more than DRIFT of the units have changed, or the rules have (docs/decisions/0013).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from harvesters import bundled
from portal.db import now
from portal.registry import matching, reach, subjects
from portal.registry.batches import batches
from portal.registry.matching import Frame, Told
from portal.registry.models import (
    ClusterDue,
    ClusterHelp,
    ClusterMatch,
    ClusterTerms,
    Entity,
    MatchFrame,
    Mention,
    UnitWords,
)
from portal.registry.reach import Place, upright
from portal.search import analysis

DRIFT = 0.02  # of the units of a frame


class FrameState(NamedTuple):
    """The frame in force; `id` None where there is none of these rules."""

    id: int | None = None
    units: int = 0
    moved: int = 0
    applied: str = ""

    def bears(self, changed: int) -> bool:
        """Whether so many more units may change in it."""
        return self.id is not None and self.moved + changed <= DRIFT * self.units


@cache
def rules_stamp(reach_km: float) -> str:
    """Names all that an answer depends on beside what is in the database: weights, word lists, what is within reach."""
    digest = hashlib.sha256(f"{analysis.stamp()} {reach_km}".encode())
    folder = bundled.datasets_folder()
    tables = [*sorted((folder / "glossary" / "needs").iterdir()), folder / "reference" / "subjects" / "subjects.csv"]
    for path in [*(Path(str(module.__file__)) for module in (matching, reach, subjects)), *tables]:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def frame_in_force(session: Session, rules: str) -> FrameState:
    """The newest frame, where it is one of these rules."""
    query = select(MatchFrame.id, MatchFrame.units, MatchFrame.moved, MatchFrame.applied, MatchFrame.rules)
    found = session.execute(query.order_by(MatchFrame.id.desc()).limit(1)).first()
    return FrameState(*found[:4]) if found is not None and found.rules == rules else FrameState()


def load_frame(session: Session, number: int | None) -> Frame | None:
    """A frame as the matcher takes it."""
    found = session.get(MatchFrame, number) if number is not None else None
    return Frame(found.units, found.holders) if found is not None else None


def unit_marks(session: Session, rules: str) -> dict[str, str]:
    """Slug → mark of every unit: another mark, and the unit may say something else."""
    query = (
        select(Mention.parent, func.count(), func.max(Entity.updated_at))
        .join(Entity, Mention.entity_id == Entity.id)
        .where(Mention.kind == "output", Mention.parent != "")
        .group_by(Mention.parent)
    )
    outputs = {parent: f"{count} {moment.isoformat()}" for parent, count, moment in session.execute(query)}
    present = select(Entity.slug, Entity.stem, Entity.updated_at).where(
        Entity.kind == "unit", Entity.state == "present"
    )
    return {
        slug: f"{rules} {moment.isoformat()} {outputs.get(stem, '')}" for slug, stem, moment in session.execute(present)
    }


def load_units(session: Session, wanted: Mapping[str, str]) -> list[Told]:
    """Those of some units (slug → mark) that are stored as they are now."""
    return [told_of(row) for row in rows_of(session, wanted) if row.mark == wanted[row.slug]]


def rows_of(session: Session, slugs: Iterable[str]) -> list[Any]:
    """The stored rows of some units, by the columns of UnitWords."""
    found: list[Any] = []
    for some in batches(sorted(slugs)):
        found += session.execute(select(*UnitWords.__table__.c).where(UnitWords.slug.in_(some))).all()
    return found


def stored_marks(session: Session) -> dict[str, str]:
    """Slug → mark of every unit as stored matches know it."""
    return {slug: mark for slug, mark in session.execute(select(UnitWords.slug, UnitWords.mark))}  # noqa: C416 - a Row is no pair to dict()


def told_of(row: Any) -> Told:
    """A stored unit as the matcher takes it."""
    place = Place(row.province_code, row.latitude, row.longitude)
    return Told(row.slug, json.loads(row.words), frozenset(row.subjects.split()), place, upright(place))


def store_units(session: Session, changed: Iterable[str], units: Mapping[str, Told], marks: Mapping[str, str]) -> None:
    """Store some units as they are now; those that are no longer there are taken out."""
    for some in batches(sorted(changed)):
        session.execute(delete(UnitWords).where(UnitWords.slug.in_(some)))
        numbers = select(Entity.slug, Entity.id).where(Entity.kind == "unit", Entity.slug.in_(some))
        rows = [
            {
                "entity_id": number,
                "slug": slug,
                "mark": marks[slug],
                "words": json.dumps(dict(units[slug].words), ensure_ascii=False),
                "subjects": " ".join(sorted(units[slug].subjects)),
                "province_code": units[slug].place.province_code,
                "latitude": units[slug].place.latitude,
                "longitude": units[slug].place.longitude,
            }
            for slug, number in session.execute(numbers)
            if slug in marks and slug in units
        ]
        if rows:
            session.execute(insert(UnitWords), rows)


def new_frame(session: Session, rules: str, frame: Frame, applied: str) -> None:
    """Put a frame in force: every cluster is due."""
    number = session.scalar(select(func.max(MatchFrame.id))) or 0
    session.execute(delete(MatchFrame))
    session.add(
        MatchFrame(
            id=number + 1, rules=rules, units=frame.units, holders=dict(frame.holders), applied=applied, made_at=now()
        )
    )
    make_due(session)


def make_due(session: Session, numbers: Iterable[int] | None = None) -> None:
    """Let clusters be reckoned anew, all of them where none are named."""
    standing = select(Entity.id).where(
        Entity.kind == "cluster", Entity.state == "present", Entity.id.not_in(select(ClusterDue.entity_id))
    )
    if numbers is None:
        session.execute(insert(ClusterDue).from_select(["entity_id"], standing))
        return
    for some in batches(sorted(numbers)):
        session.execute(insert(ClusterDue).from_select(["entity_id"], standing.where(Entity.id.in_(some))))


def forget(session: Session, numbers: Iterable[int]) -> None:
    """Take out all that is stored of some clusters."""
    for some in batches(sorted(numbers)):
        session.execute(delete(ClusterMatch).where(ClusterMatch.cluster_id.in_(some)))
        for table in (ClusterHelp, ClusterTerms, ClusterDue):
            session.execute(delete(table).where(table.entity_id.in_(some)))
