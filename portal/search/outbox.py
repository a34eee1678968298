"""Feeds the index from what the catalogue's transactions left in the outbox, after their commit. Can be repeated at any time."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from flask import current_app
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.catalogue.models import Dataset
from portal.db import db, transaction
from portal.errors import PortalError
from portal.search.engines import Engine, Entry
from portal.search.entries import dataset_entries, dataset_key
from portal.search.models import OutboxEntry
from portal.search.rows import RowIndex

log = logging.getLogger("khlang.search")

BATCH = 500


def engine() -> Engine:
    """The search engine in force."""
    found: Engine = current_app.extensions["khlang-search"]
    return found


def row_index() -> RowIndex:
    """The index of rows."""
    found: RowIndex = current_app.extensions["khlang-rows"]
    return found


def put(session: Session, kind: str, key: str) -> None:
    """Tell the index, in the caller's transaction, that `key` of `kind` must be looked at again."""
    session.add(OutboxEntry(kind=kind, key=key))


def drain() -> int:
    """Bring the index up to the catalogue. Returns how many things were looked at. An unusable index is rebuilt."""
    if not engine().usable():
        return rebuild()
    looked = 0
    while True:
        with Session(db.engine) as session:
            waiting = session.execute(
                select(OutboxEntry.id, OutboxEntry.key).order_by(OutboxEntry.id).limit(BATCH)
            ).all()
        if not waiting:
            return looked
        names = list(dict.fromkeys(key for _, key in waiting))
        refresh(names)
        with transaction() as session:
            session.execute(delete(OutboxEntry).where(OutboxEntry.id.in_([number for number, _ in waiting])))
        looked += len(names)


def refresh(names: list[str]) -> None:
    """Index these datasets as the catalogue has them now; what is not public leaves the index."""
    with Session(db.engine) as session:
        entries = list(dataset_entries(session, names))
        found = {entry.key for entry in entries}
        engine().update(entries, [dataset_key(name) for name in names if dataset_key(name) not in found])
        for name in names:
            row_index().refresh(session, name)


def rebuild() -> int:
    """Build the whole index anew from the catalogue, beside the old one. Returns the number of entries."""
    with Session(db.engine) as session:
        newest = session.scalar(select(OutboxEntry.id).order_by(OutboxEntry.id.desc()).limit(1)) or 0
        count = engine().rebuild(all_entries(session))
        row_index().rebuild(session)
    with transaction() as session:  # what came in while it was built stays in the outbox
        session.execute(delete(OutboxEntry).where(OutboxEntry.id <= newest))
    return count


def all_entries(session: Session) -> Iterator[Entry]:
    """Everything public, in batches."""
    last = 0
    while True:
        query = select(Dataset.id, Dataset.name).where(Dataset.id > last).order_by(Dataset.id).limit(BATCH)
        batch = session.execute(query).all()
        if not batch:
            return
        last = batch[-1].id
        yield from dataset_entries(session, [name for _, name in batch])


def heal() -> dict[str, int]:
    """Replay the outbox, then compare the index with the catalogue and mend what differs (safety.md P4)."""
    try:
        looked = drain()
        with Session(db.engine) as session:
            wanted = {entry.key for entry in all_entries(session)}
        present = engine().keys()
    except PortalError:
        return {"replayed": rebuild(), "missing": 0, "surplus": 0}
    differing = wanted ^ present
    if differing:
        refresh([key.partition(":")[2] for key in sorted(differing)])
    return {"replayed": looked, "missing": len(wanted - present), "surplus": len(present - wanted)}
