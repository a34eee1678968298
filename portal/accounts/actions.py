"""Writing and checking the audit table."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import AuditEntry
from portal.db import now


def record(
    session: Session, *, actor: str, action: str, subject: str, details: Mapping[str, Any] | None = None
) -> None:
    """Append one act to the audit table, in the caller's transaction. `details` must be masked already."""
    previous = session.scalar(select(AuditEntry.digest).order_by(AuditEntry.id.desc()).limit(1)) or ""
    entry = AuditEntry(
        at=now(), actor=actor, action=action, subject=subject, details=dict(details or {}), previous=previous
    )
    entry.digest = digest_of(entry)
    session.add(entry)
    session.flush()


def digest_of(entry: AuditEntry) -> str:
    """The digest that binds an entry to its content and to the entry before it."""
    told = [entry.at.isoformat(), entry.actor, entry.action, entry.subject, entry.details, entry.previous]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def broken_entries(session: Session) -> list[int]:
    """Ids of the entries whose content or predecessor was changed after they were written."""
    broken, previous = [], ""
    for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id)):
        if entry.previous != previous or entry.digest != digest_of(entry):
            broken.append(entry.id)
        previous = entry.digest
    return broken
