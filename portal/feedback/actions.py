"""Taking in what readers tell, and answering it. Each function is one transaction."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actions import record
from portal.catalogue.models import Dataset
from portal.db import now, transaction
from portal.errors import PortalError
from portal.feedback.forms import Told
from portal.feedback.models import STATES, Feedback
from portal.senders import forget_senders, refuse_crowd, sender_of

MOST_OF_ONE = 5  # in an hour from one address
MOST_OF_ALL = 300  # in an hour, so that a crowd of addresses can't fill the disk


def take_in(told: Told, *, address: str, key: str) -> int:
    """Keep what a reader told and return its number. `address` is the sender's, `key` the portal's secret.

    Raises PortalError: "not-found" for a dataset that nobody may see, "too-often" past the limits.
    """
    sender = sender_of(address, key=key)
    with transaction() as session:
        dataset = public_dataset(session, told.dataset) if told.dataset else None
        refuse_crowd(session, Feedback, MOST_OF_ONE, sender)
        refuse_crowd(session, Feedback, MOST_OF_ALL)
        forget_senders(session, Feedback)
        entry = Feedback(
            kind=told.kind,
            dataset_id=dataset.id if dataset else None,
            resource=told.resource or None,
            row=told.row,
            province_code=told.province or None,
            message=told.message,
            sent_at=now(),
            sender=sender,
        )
        session.add(entry)
        session.flush()
        return entry.id


def public_dataset(session: Session, name: str) -> Dataset:
    """The dataset of that name, if everybody may see it. Raises PortalError("not-found")."""
    query = select(Dataset).where(Dataset.name == name, Dataset.state != "withdrawn")
    found = session.scalar(query.where(Dataset.current_version_id.is_not(None)))
    if found is None:
        raise PortalError("not-found", what=name)
    return found


def answer(number: int, *, state: str, words: str, actor: str) -> None:
    """Say what became of a report or request; everybody reads it. Raises PortalError("not-found" or "option-wrong")."""
    if state not in STATES[1:]:
        raise PortalError(
            "option-wrong", option="state", value=state, known=", ".join(STATES[1:]), near_th="", near_en=""
        )
    with transaction() as session:
        entry = session.get(Feedback, number)
        if entry is None:
            raise PortalError("not-found", what=f"feedback {number}")
        entry.state, entry.answer, entry.answered_at = state, words, now()
        record(session, actor=actor, action="feedback-answer", subject=str(number), details={"state": state})
