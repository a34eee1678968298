"""Telling the senders of forms apart for a day without keeping who they are, so that nobody sends too much.

The tables of such forms have `sent_at` and `sender`; they are what `table` takes.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import Any

from flask import request
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from portal.db import now
from portal.errors import PortalError

REMEMBERED = timedelta(days=1)


def sender_of(*said: str, key: str) -> str:
    """A keyed digest of a sender's address, and of what else must be the same, that holds for today. `key`: the portal's secret."""
    return hmac.new(key.encode(), " ".join([str(now().date()), *said]).encode(), hashlib.sha256).hexdigest()


def forget_senders(session: Session, table: type[Any]) -> None:
    """Take the digests of yesterday and before out of a table."""
    old = (table.sender.is_not(None), table.sent_at < now() - REMEMBERED)
    session.execute(update(table).where(*old).values(sender=None))


def refuse_crowd(session: Session, table: type[Any], most: int, sender: str | None = None) -> None:
    """Raise PortalError("too-often") when `most` were sent within an hour: by one sender, or by all together."""
    recent = select(func.count()).select_from(table).where(table.sent_at > now() - timedelta(hours=1))
    if sender is not None:
        recent = recent.where(table.sender == sender)
    if (session.scalar(recent) or 0) >= most:
        raise PortalError("too-often")


def refuse_other_sites() -> None:
    """Raise PortalError("bad-request") for a form that another site's page sent in a reader's name."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise PortalError("bad-request", what="Sec-Fetch-Site")
