"""Reads of what readers told. What they wrote themselves is given only to `private_json`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from portal.catalogue.models import Dataset
from portal.catalogue.queries import PUBLIC_STATES
from portal.db import db
from portal.errors import PortalError
from portal.feedback.models import Feedback

PAGE = 50


def find_feedback(number: int) -> Feedback:
    """One report or request. Raises PortalError("not-found")."""
    entry = db.session.get(Feedback, number, options=[selectinload(Feedback.dataset)])
    if entry is None:
        raise PortalError("not-found", what=f"/feedback/{number}")
    return entry


def list_feedback(page: int = 1) -> Sequence[Feedback]:
    """Reports and requests, newest first, a page of them."""
    query = select(Feedback).options(selectinload(Feedback.dataset)).order_by(Feedback.id.desc())
    return db.session.scalars(query.limit(PAGE).offset((page - 1) * PAGE)).all()


def count_feedback() -> int:
    """How many there are."""
    return db.session.scalar(select(func.count()).select_from(Feedback)) or 0


def feedback_of(dataset: Dataset, limit: int = 5) -> Sequence[Feedback]:
    """The newest reports about a dataset."""
    query = select(Feedback).where(Feedback.dataset_id == dataset.id).order_by(Feedback.id.desc()).limit(limit)
    return db.session.scalars(query).all()


def public_json(entry: Feedback) -> dict[str, Any]:
    """What everybody may know of it."""
    dataset = entry.dataset if entry.dataset is not None and entry.dataset.state in PUBLIC_STATES else None
    return {
        "number": entry.id,
        "kind": entry.kind,
        "state": entry.state,
        "dataset": dataset.name if dataset else None,
        "resource": entry.resource if dataset else None,
        "row": entry.row if dataset else None,
        "province": entry.province_code,
        "sent_at": entry.sent_at,
        "answer": entry.answer or None,
        "answered_at": entry.answered_at,
    }


def private_json(*, open_only: bool) -> list[dict[str, Any]]:
    """What the people who answer read: all of it, oldest first."""
    query = select(Feedback).options(selectinload(Feedback.dataset)).order_by(Feedback.id)
    if open_only:
        query = query.where(Feedback.state.in_(("new", "accepted")))
    return [public_json(entry) | {"message": entry.message} for entry in db.session.scalars(query)]
