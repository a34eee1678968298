"""Feeds the index from what the catalogue's transactions left in the outbox, after their commit. Can be repeated at any time.

Who reads the catalogue in order to write the index holds the turn: else one process could write what it read before another
process withdrew it. Rows take longer and have a turn of their own (`rows.py`).
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence

from flask import current_app
from sqlalchemy import delete, event, insert, select
from sqlalchemy.orm import Session

from portal.catalogue.models import Dataset
from portal.catalogue.queries import visible
from portal.db import db, now, transaction
from portal.errors import PortalError
from portal.search.engines import Engine, EngineWithin
from portal.search.entity_entries import indexed_kinds
from portal.search.entries import all_entries, entries_of, wanted_marks
from portal.search.models import OutboxEntry
from portal.search.rows import RowIndex
from portal.search.suggesting import refresh_suggestions, without_suggestions
from portal.search.turns import turn

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
    put_all(session, kind, [key])


def put_all(session: Session, kind: str, keys: Sequence[str]) -> None:
    """As `put`, for many at once. Entities of a kind that the engine does not take (`indexed_kinds`) are left out."""
    if not keys or (kind != "dataset" and kind not in indexed_kinds(session)):
        return
    session.execute(insert(OutboxEntry), [{"kind": kind, "key": key, "created_at": now()} for key in keys])
    if hasattr(engine(), "update_within"):
        told: set[str] = session.info.setdefault("told-to-search", set())
        if not told:
            event.listen(session, "before_commit", write_within, once=True)
        told |= {f"{kind}:{key}" for key in keys}


def write_within(session: Session) -> None:
    """Write what this transaction changed into an engine of the same database, so that both are committed together.

    The outbox is drained all the same: rows have an index of their own, and a missing one is built there.
    """
    session.flush()
    keys: set[str] = session.info.pop("told-to-search")
    connection = session.connection()
    with Session(
        connection, join_transaction_mode="rollback_only"
    ) as fresh:  # what `session` read may have changed since
        entries = list(entries_of(fresh, keys))
    gone = keys - {entry.key for entry in entries}
    within: EngineWithin = current_app.extensions["khlang-search"]
    within.update_within(connection, entries, gone)


@contextlib.contextmanager
def our_turn() -> Iterator[None]:
    """Hold the turn at the index over all processes."""
    with turn(current_app.config["KHLANG"].home / "index" / "outbox.lock"):
        yield


def drain() -> int:
    """Bring the index up to the catalogue. Returns how many things were looked at. An unusable index is rebuilt.

    Never raises for the index's sake: what was published stays published, and the outbox keeps what is still to be done.
    """
    try:
        return catch_up()
    except (PortalError, OSError):
        log.exception("the search index could not be brought up to date")
        return 0


def catch_up() -> int:
    """What `drain` does. Raises PortalError or OSError when the index can't be written."""
    looked = 0
    while True:
        with our_turn():
            anew = not engine().usable()  # missing, damaged, or made by another release
            if anew:
                looked += rebuild_entries()
            waiting = waiting_entries()
            keys = list(dict.fromkeys(waiting.values()))
            if keys:
                refresh_entries(keys)
        if not row_index().usable():
            rebuild_rows()
        if anew:
            rebuild_suggestions()
        if not waiting:
            return looked
        names = datasets_among(keys)
        refresh_rows(names)
        refresh_suggestions(names, row_index().store)
        forget(list(waiting))
        looked += len(keys)


def waiting_entries() -> Mapping[int, str]:
    """The oldest entries of the outbox: number → key in the index."""
    query = select(OutboxEntry.id, OutboxEntry.kind, OutboxEntry.key).order_by(OutboxEntry.id).limit(BATCH)
    with Session(db.engine) as session:
        return {number: f"{kind}:{key}" for number, kind, key in session.execute(query)}


def datasets_among(keys: Iterable[str]) -> list[str]:
    """The names of the datasets among keys of the index."""
    return [name for kind, _, name in (key.partition(":") for key in keys) if kind == "dataset"]


def forget(numbers: Sequence[int]) -> None:
    """Take entries out of the outbox: the index holds what they told."""
    with transaction() as session:
        for at in range(0, len(numbers), BATCH):
            session.execute(delete(OutboxEntry).where(OutboxEntry.id.in_(numbers[at : at + BATCH])))


def refresh_entries(keys: Sequence[str]) -> None:
    """Index these things as the database has them now; what is not public leaves the index, rows of datasets too, at once."""
    with Session(db.engine) as session:
        entries = list(entries_of(session, keys))
    found = {entry.key for entry in entries}
    gone = [key for key in keys if key not in found]
    engine().update(entries, gone)
    row_index().hide(datasets_among(gone))


def refresh_rows(names: Sequence[str]) -> None:
    """Index the rows of these datasets as the catalogue has them now."""
    with Session(db.engine) as session:
        for name in names:
            row_index().refresh(session, name)


def rebuild() -> int:
    """Build the whole index anew from the catalogue, beside the old one. Returns the number of entries."""
    with our_turn():
        count = rebuild_entries()
    rebuild_rows()
    rebuild_suggestions()
    catch_up()
    return count


def rebuild_suggestions() -> None:
    """Write anew what every public dataset suggests."""
    with Session(db.engine) as session:
        names = list(session.scalars(visible(select(Dataset.name))))
    refresh_suggestions(names, row_index().store)


def rebuild_entries() -> int:
    """Build the index of entries anew. The caller holds the turn. What the outbox holds is left for `drain`."""
    with Session(db.engine) as session:
        count = engine().rebuild(all_entries(session))
    log.info("search index rebuilt", extra={"entries": count})
    return count


def rebuild_rows() -> None:
    """Build the index of rows anew."""
    with Session(db.engine) as session:
        row_index().rebuild(session)


def heal() -> dict[str, int]:
    """Replay the outbox, then compare the index with the catalogue and mend what differs (safety.md P4).

    Returns how many things were replayed, missing or outdated, and too many, and how many datasets had other rows.
    """
    replayed = catch_up()
    with our_turn():
        with Session(db.engine) as session:
            wanted = wanted_marks(session)
        present = engine().marks()
        missing = {key for key, mark in wanted.items() if present.get(key) != mark}
        surplus = present.keys() - wanted.keys()
        differing = sorted(missing | surplus)
        for at in range(0, len(differing), BATCH):
            refresh_entries(differing[at : at + BATCH])
    with Session(db.engine) as session:
        rows = row_index().differing(session)
        silent = without_suggestions(session)
    refresh_rows(rows)
    refresh_suggestions(silent, row_index().store)
    return {"replayed": replayed, "missing": len(missing), "surplus": len(surplus), "rows": len(rows)}


def try_heal() -> bool:
    """Heal, and say whether search can be asked afterwards. Never raises for a broken index."""
    try:
        heal()
    except PortalError:
        log.exception("the search index could not be mended")
        return False
    return True
