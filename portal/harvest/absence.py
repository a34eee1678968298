"""What to do about things that a source no longer shows. Absence is never an order to delete (contracts.md §3)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from harvesters.checks.problems import problem
from harvesters.values import Problem
from portal.catalogue.models import Dataset
from portal.db import now
from portal.harvest.models import SourceItem
from portal.search.outbox import put

BRAKE_SHARE = 0.20
BRAKE_COUNT = 10
ARCHIVE_RUNS = 3
ARCHIVE_AFTER = timedelta(days=7)


def brakes(before: int, gone: int) -> bool:
    """Whether losing `gone` of `before` is too much to believe without a person."""
    return gone > BRAKE_COUNT and gone > before * BRAKE_SHARE


def mass_loss(before: int, gone: int) -> Problem | None:
    """The problem that holds a run whose source lost too much at once, or everything."""
    if before and (gone == before or brakes(before, gone)):
        return problem("run-brake", before=before, now=before - gone)
    return None


def known_items(session: Session, source_id: int) -> dict[str, SourceItem]:
    """What earlier runs know of the source, by remote id."""
    items = session.scalars(select(SourceItem).where(SourceItem.source_id == source_id))
    return {item.remote_id: item for item in items}


def standing_items(session: Session, source_id: int, known: Mapping[str, SourceItem]) -> dict[str, SourceItem]:
    """Those of the known items whose dataset is published: only they can still be lost."""
    query = select(Dataset.id).where(Dataset.source_id == source_id, Dataset.state == "published")
    published = set(session.scalars(query))
    return {remote_id: item for remote_id, item in known.items() if item.dataset_id in published}


def is_long_gone(missing_runs: int, missing_since: datetime | None) -> bool:
    """Whether something missed in so many complete runs, since that moment, is archived."""
    return missing_runs >= ARCHIVE_RUNS or (missing_since is not None and now() - missing_since >= ARCHIVE_AFTER)


def note_absence(session: Session, items: Collection[SourceItem]) -> int:
    """Count a complete run in which `items` were missing; archive the long missing. Returns how many were archived."""
    archived = 0
    for item in items:
        item.missing_runs += 1
        item.missing_since = item.missing_since or now()
        dataset = session.get(Dataset, item.dataset_id) if item.dataset_id else None
        if dataset is None or dataset.state != "published":
            continue
        if is_long_gone(item.missing_runs, item.missing_since):
            dataset.state = "archived"
            dataset.state_reason = "missing-from-source"
            put(session, "dataset", dataset.name)
            archived += 1
    return archived


def ask_anew(items: Mapping[str, SourceItem]) -> None:
    """Have all of it fetched next time: while a loss waits for a person, "not modified" must not pass for "all is there"."""
    for item in items.values():
        item.etag = item.last_modified = None


def note_return(session: Session, item: SourceItem) -> None:
    """The item is there again: an archived dataset comes back by itself."""
    item.missing_runs, item.missing_since = 0, None
    dataset = session.get(Dataset, item.dataset_id) if item.dataset_id else None
    if dataset is not None and dataset.state == "archived" and dataset.state_reason == "missing-from-source":
        dataset.state, dataset.state_reason = "published", ""
        put(session, "dataset", dataset.name)
