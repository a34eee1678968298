"""One live run per source, over any number of processes: a lease in the database, renewed while the run lives.

Time limits of a lease are judged by the database rows alone; `fence` grows with each lease, so that a run which lost its
lease (a stopped laptop, a long pause) can be told from the one that holds it now.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from flask import Flask, current_app
from sqlalchemy import or_, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from portal.db import now, transaction
from portal.errors import PortalError
from portal.harvest.models import Source
from portal.settings import Settings

log = logging.getLogger("khlang.lease")

RENEWALS = 6  # of a lease within its time, so that a busy database may miss a few


@dataclass(frozen=True, slots=True)
class Lease:
    """A lease that was taken: the source, who holds it, and its fencing number."""

    source_id: int
    owner: str
    fence: int


def lasting() -> timedelta:
    """How long a lease lasts without being renewed."""
    settings: Settings = current_app.config["KHLANG"]
    return timedelta(seconds=settings.lease_seconds)


def credible(moment: datetime) -> datetime:
    """The latest end that a lease can have: a later one was written before the clock was set back, and holds nothing."""
    return moment + 2 * lasting()


def is_live(source: Source) -> bool:
    """Whether somebody holds the lease of a source."""
    moment = now()
    return source.lease_until is not None and moment <= source.lease_until <= credible(moment)


def take(session: Session, slug: str) -> Lease:
    """Take the lease of a source in the caller's transaction. Raises PortalError("live-run" or "unknown-source")."""
    source = session.scalar(select(Source).where(Source.slug == slug))
    if source is None:
        raise PortalError("unknown-source", slug=slug)
    owner = f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"
    moment = now()
    taken = session.execute(
        update(Source)
        .where(
            Source.id == source.id,
            or_(Source.lease_until.is_(None), Source.lease_until < moment, Source.lease_until > credible(moment)),
        )
        .values(lease_owner=owner, lease_until=moment + lasting(), fence=Source.fence + 1)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise PortalError("live-run", slug=slug)
    session.refresh(source)
    return Lease(source.id, owner, source.fence)


def still_held(session: Session, lease: Lease) -> bool:
    """Whether nobody else has taken the source since. Asked in each publishing transaction."""
    return session.scalar(select(Source.fence).where(Source.id == lease.source_id)) == lease.fence


def renew(lease: Lease) -> bool:
    """Put the end of the lease off. False when it was lost."""
    with transaction() as session:
        renewed = session.execute(
            update(Source)
            .where(Source.id == lease.source_id, Source.fence == lease.fence)
            .values(lease_until=now() + lasting())
        )
        return bool(renewed.rowcount == 1)  # type: ignore[attr-defined]


def give_back(session: Session, lease: Lease) -> None:
    """End the lease, if it is still this one."""
    session.execute(
        update(Source)
        .where(Source.id == lease.source_id, Source.fence == lease.fence)
        .values(lease_owner=None, lease_until=None)
    )


class Heartbeat:
    """Renews a lease from a thread while the block runs; `lost` turns True when somebody else took it."""

    def __init__(self, app: Flask, lease: Lease) -> None:
        self.app, self.lease, self.lost = app, lease, False
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="lease", daemon=True)

    def _beat(self) -> None:
        while not self._end.wait(self.app.config["KHLANG"].lease_seconds / RENEWALS):
            with self.app.app_context():
                try:
                    self.lost = not renew(self.lease)
                except OperationalError:  # the database was busy: the next beat is in time
                    log.warning("lease not renewed this time", exc_info=True)
            if self.lost:
                return

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.set()
        self._thread.join()
