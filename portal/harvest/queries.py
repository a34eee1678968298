"""Reads of harvesting: sources, runs, what waits for a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from portal.catalogue.models import Dataset
from portal.db import db, now
from portal.errors import PortalError
from portal.harvest.models import Held, Run, RunItem, Source
from portal.harvest.registry import details_json
from portal.harvest.schedule import is_due

RUNS_SHOWN = 20


def chosen_slugs(slugs: Sequence[str], *, every: bool = False, due: bool = False) -> list[str]:
    """The slugs named, or all that are not removed, or those whose time has come, in the order of their due time.

    Raises PortalError("source-removed") for a named one that is no longer harvested.
    """
    with Session(db.engine) as session:
        if slugs:
            removed = select(Source.slug).where(Source.slug.in_(slugs), Source.removed_at.is_not(None))
            gone = session.scalars(removed).first()
            if gone is not None:
                raise PortalError("source-removed", slug=gone)
            return list(slugs)
        query = select(Source.slug, Source.schedule, Source.next_due_at).where(Source.removed_at.is_(None))
        rows = session.execute(query.order_by(Source.next_due_at, Source.id)).all()
        moment = now()
        return [slug for slug, schedule, planned in rows if every or not due or is_due(schedule, planned, moment)]


def find_source(slug: str) -> Source:
    """The source. Raises PortalError("unknown-source")."""
    source = db.session.scalar(select(Source).where(Source.slug == slug))
    if source is None:
        raise PortalError("unknown-source", slug=slug)
    return source


def list_sources() -> Sequence[Source]:
    """All sources that are harvested, with their publishers, by title."""
    query = select(Source).where(Source.removed_at.is_(None)).options(selectinload(Source.publisher))
    return db.session.scalars(query.order_by(Source.title_th)).all()


def newest_runs(source_ids: Sequence[int]) -> dict[int, Run]:
    """The newest run of each source."""
    newest = select(func.max(Run.id)).where(Run.source_id.in_(source_ids)).group_by(Run.source_id)
    return {run.source_id: run for run in db.session.scalars(select(Run).where(Run.id.in_(newest)))}


def source_runs(source: Source, limit: int = RUNS_SHOWN) -> Sequence[Run]:
    """The newest runs of a source."""
    query = select(Run).where(Run.source_id == source.id).order_by(Run.number.desc()).limit(limit)
    return db.session.scalars(query).all()


def find_run(slug: str, number: int) -> Run:
    """One run of a source, with its items. Raises PortalError."""
    source = find_source(slug)
    query = select(Run).where(Run.source_id == source.id, Run.number == number)
    run = db.session.scalar(query.options(selectinload(Run.items).selectinload(RunItem.dataset)))
    if run is None:
        raise PortalError("not-found", what=f"{slug}/run/{number}")
    return run


def waiting(source: Source) -> Sequence[Held]:
    """What of this source waits for a person."""
    query = select(Held).where(Held.source_id == source.id, Held.decision.is_(None)).order_by(Held.id)
    return db.session.scalars(query).all()


def last_checked(dataset: Dataset) -> datetime | None:
    """When the dataset's source was last seen to say what we have: the end of its newest run that brought or confirmed it."""
    query = (
        select(func.max(Run.finished_at))
        .join(RunItem, RunItem.run_id == Run.id)
        .where(RunItem.dataset_id == dataset.id, RunItem.status.in_(("new", "changed", "same")))
    )
    return db.session.scalar(query)


def source_of(dataset: Dataset) -> Source | None:
    """The source that a dataset comes from."""
    return db.session.get(Source, dataset.source_id) if dataset.source_id else None


def source_summaries() -> list[dict[str, Any]]:
    """All sources in a line each, as JSON."""
    sources = list_sources()
    runs = newest_runs([source.id for source in sources])
    return [
        details_json(source)
        | {
            "status": runs[source.id].status if source.id in runs else None,
            "last_run": runs[source.id].finished_at if source.id in runs else None,
        }
        for source in sources
    ]


def source_json(slug: str) -> dict[str, Any]:
    """One source with its newest runs and what waits, as JSON."""
    source = find_source(slug)
    return details_json(source) | {
        "runs": [run_summary(run) for run in source_runs(source)],
        "waiting": [
            {
                "code": held.code,
                "since": held.created_at,
                "message": held.details["message"],
                "decisions": held.decisions,
            }
            for held in waiting(source)
        ],
    }


def run_summary(run: Run) -> dict[str, Any]:
    """A run's numbers, as JSON."""
    names = ("seen", "new", "changed", "same", "failed", "held", "skipped", "archived")
    return {
        "run": run.number,
        "status": run.status,
        "reason": run.reason,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "seconds": run.seconds,
        "resumed_from": run.resumed_from,
        **{name: getattr(run, name) for name in names},
    }
