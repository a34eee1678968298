"""A source that lost too much at once waits for a person: what was lost is written down, and what was decided holds for that loss."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from harvesters.values import Problem
from portal.catalogue.models import Dataset
from portal.db import now, transaction
from portal.harvest.absence import ARCHIVE_RUNS, note_absence
from portal.harvest.models import Held, SourceItem
from portal.harvest.results import message_of

BRAKE = "run-brake"
WHOLE = "*"  # remote id of what concerns the source as a whole
DECISIONS = ("publish", "keep", "retry")  # of those that a person may give; there is nothing to drop or mask
SHOWN = 50  # titles of lost datasets


def is_released(session: Session, source_id: int, gone: Collection[SourceItem]) -> bool:
    """Whether a person has already said that just these may go."""
    newest = newest_question(session, source_id)
    return newest is not None and newest.original_sha256 == mark_of(gone) and newest.decision == "publish"


def ask(session: Session, source_id: int, run_id: int, loss: Problem, gone: Collection[SourceItem]) -> None:
    """Write a loss down to wait for a person, unless it waits or was answered already; an older question is void then."""
    mark = mark_of(gone)
    newest = newest_question(session, source_id)
    if newest is not None and newest.original_sha256 == mark and newest.decision != "retry":
        return
    if newest is not None and newest.decision is None:
        newest.decision = "retry"  # the source shows another loss now
    session.add(
        Held(
            source_id=source_id,
            run_id=run_id,
            remote_id=WHOLE,
            code=BRAKE,
            original_sha256=mark,
            original_name=f"{len(gone)}",
            fetched_at=now(),
            details={
                "message": message_of(loss),
                "gone": [item.id for item in gone],
                "titles": titles_of(session, gone),
            },
        )
    )


def mark_of(gone: Collection[SourceItem]) -> str:
    """What tells one loss from another: a digest of what is gone."""
    return hashlib.sha256("\n".join(sorted(item.remote_id for item in gone)).encode()).hexdigest()


def newest_question(session: Session, source_id: int) -> Held | None:
    """What was last asked about a loss of the source."""
    query = select(Held).where(Held.source_id == source_id, Held.code == BRAKE).order_by(Held.id.desc())
    return session.scalars(query.limit(1)).first()


def void(session: Session, source_id: int) -> None:
    """The source is whole again: what was asked about its loss needs no answer any more."""
    query = select(Held).where(Held.source_id == source_id, Held.code == BRAKE, Held.decision.is_(None))
    for one in session.scalars(query):
        one.decision = "retry"


def titles_of(session: Session, gone: Collection[SourceItem]) -> list[str]:
    """Titles of the first lost datasets, for people."""
    ids = [item.dataset_id for item in gone if item.dataset_id][:SHOWN]
    return list(session.scalars(select(Dataset.title_th).where(Dataset.id.in_(ids)).order_by(Dataset.title_th)))


def decide_loss(one: Held, decision: str) -> dict[str, Any]:
    """Carry out what was decided about a loss: `publish` archives what is gone, `keep` leaves all as it is."""
    archived = 0
    with transaction() as session:
        session.get_one(Held, one.id).decision = decision
        if decision == "publish":
            gone = items_of(session, one)
            for item in gone:
                item.missing_runs = max(item.missing_runs, ARCHIVE_RUNS)
            archived = note_absence(session, gone)
    return {"item": one.remote_id, "status": decision, "archived": archived}


def items_of(session: Session, one: Held) -> Sequence[SourceItem]:
    """The items that were lost."""
    ids = [int(number) for number in one.details["gone"]]
    return [
        item
        for start in range(0, len(ids), 500)
        for item in session.scalars(select(SourceItem).where(SourceItem.id.in_(ids[start : start + 500])))
    ]
