"""Asking, answering, telling the outcome, and forgetting who asked. Each function is one transaction."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from portal.accounts.actions import record
from portal.db import now, transaction
from portal.errors import PortalError
from portal.introductions.forms import Answered, Asked
from portal.introductions.mailing import link_address
from portal.introductions.models import Introduction, IntroductionLink
from portal.introductions.tokens import Token, new_nonce
from portal.senders import forget_senders, refuse_crowd, sender_of

MOST_OF_ONE = 5  # in an hour from one address
MOST_OF_ALL = 300  # in an hour, so that a crowd of addresses can't fill the disk
MOST_OF_UNIT = 20  # in a day, so that nobody can flood a unit's mail through us
KEPT = timedelta(days=365)  # how long it stays known who asked
PRIVATE = ("group_name", "contact", "message", "answer_words", "outcome_words")


def ask(asked: Asked, *, unit_id: int, cluster_id: int | None, address: str, key: str) -> tuple[int, int]:
    """Keep what a group asked; return the numbers of the introduction and of the link that its unit must get.

    `address` is the sender's, `key` the portal's secret. Raises PortalError: "too-often" or "unit-asked-often" past the limits.
    """
    sender = sender_of(address, key=key)
    with transaction() as session:
        refuse_crowd(session, Introduction, MOST_OF_ONE, sender)
        refuse_crowd(session, Introduction, MOST_OF_ALL)
        refuse_flood(session, unit_id)
        forget_senders(session, Introduction)
        introduction = Introduction(
            unit_id=unit_id,
            cluster_id=cluster_id,
            province_code=asked.province,
            group_name=asked.group,
            contact=asked.contact,
            message=asked.message,
            sent_at=now(),
            sender=sender,
        )
        session.add(introduction)
        session.flush()
        return introduction.id, new_link(session, introduction.id, "answer")


def refuse_flood(session: Session, unit_id: int) -> None:
    """Raise PortalError("unit-asked-often") when enough asked for a unit within a day."""
    today = select(func.count()).where(
        Introduction.unit_id == unit_id, Introduction.sent_at > now() - timedelta(days=1)
    )
    if (session.scalar(today) or 0) >= MOST_OF_UNIT:
        raise PortalError("unit-asked-often")


def new_link(session: Session, number: int, step: str) -> int:
    """A link that nobody has used, whose letter is due now; returns its number."""
    moment = now()
    link = IntroductionLink(introduction_id=number, step=step, nonce=new_nonce(), made_at=moment, next_try_at=moment)
    session.add(link)
    session.flush()
    return link.id


def answer(token: Token, told: Answered) -> int | None:
    """Keep what a unit says at the step of its link, which is then used up.

    Returns the number of the link for the outcome, None when nothing more is to be told. Raises PortalError: "link-used", "link-wrong".
    """
    with transaction() as session:
        introduction = use_up(session, token)
        if token.step == "outcome":
            introduction.outcome_at, introduction.outcome, introduction.outcome_words = now(), told.choice, told.words
            return None
        introduction.answered_at, introduction.answer, introduction.answer_words = now(), told.choice, told.words
        return new_link(session, introduction.id, "outcome") if introduction.due == "outcome" else None


def use_up(session: Session, token: Token) -> Introduction:
    """Mark a link as used; of two at once only one gets through. Raises PortalError: "link-used", "link-wrong", "link-expired"."""
    its = (
        IntroductionLink.introduction_id == token.number,
        IntroductionLink.step == token.step,
        IntroductionLink.nonce == token.nonce,
    )
    taken = session.execute(
        update(IntroductionLink)
        .where(*its, IntroductionLink.used_at.is_(None))
        .values(used_at=now(), next_try_at=None)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(taken, CursorResult)
    if taken.rowcount != 1:
        known = session.scalar(select(IntroductionLink.id).where(*its)) is not None
        raise PortalError("link-used" if known else "link-wrong")
    introduction = session.get_one(Introduction, token.number)
    if introduction.forgotten_at is not None:  # what was emptied stays empty
        raise PortalError("link-expired")
    return introduction


def hand_out(number: int, *, actor: str) -> str:
    """The address of the link that waits for the unit, for whoever brings it there by telephone or post; kept in the audit.

    Raises PortalError: "not-found", "not-due".
    """
    with transaction() as session:
        introduction = session.get(Introduction, number)
        if introduction is None:
            raise PortalError("not-found", what=f"introduction {number}")
        link = introduction.link_of(introduction.due or "")
        if link is None or introduction.forgotten_at is not None:
            raise PortalError("not-due", number=number)
        record(session, actor=actor, action="introduction-link", subject=str(number), details={"step": link.step})
        return link_address(link)


def forget(number: int, *, actor: str, reason: str) -> None:
    """Empty what tells who asked, at a person's wish; dates and numbers stay. Raises PortalError("not-found")."""
    with transaction() as session:
        if session.get(Introduction, number) is None:
            raise PortalError("not-found", what=f"introduction {number}")
        empty(session, [number])
        record(session, actor=actor, action="introduction-forget", subject=str(number), details={"reason": reason})


def forget_old() -> int:
    """Empty what tells who asked where it was kept for KEPT; returns how many."""
    with transaction() as session:
        forget_senders(session, Introduction)
        old = select(Introduction.id).where(Introduction.forgotten_at.is_(None), Introduction.sent_at < now() - KEPT)
        numbers = list(session.scalars(old))
        empty(session, numbers)
        return len(numbers)


def empty(session: Session, numbers: list[int]) -> None:
    """Take the private words out of introductions, and let no more letters go out for them."""
    values = {**dict.fromkeys(PRIVATE, ""), "sender": None, "forgotten_at": now()}
    session.execute(update(Introduction).where(Introduction.id.in_(numbers)).values(**values))
    waiting = update(IntroductionLink).where(IntroductionLink.introduction_id.in_(numbers))
    session.execute(waiting.values(next_try_at=None))
