"""Bringing links to units by mail: tried at once, and by `khlang worker` again, later and later, until it is given up.

A page waits no longer than PATIENCE for the mail server: a slow one is talked to beside the answer, and the letter counts as not
sent until it was taken. While a letter is under way no transaction is open. Who takes a letter on moves its next try away first, so two never send the same.
"""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta

from flask import Flask, current_app
from sqlalchemy import select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from portal import mail
from portal.db import db, now, transaction
from portal.introductions.actions import forget_old
from portal.introductions.mailing import Letter, letter_of
from portal.introductions.models import IntroductionLink

log = logging.getLogger("khlang.introductions")

BACK_OFF = tuple(
    timedelta(minutes=minutes) for minutes in (5, 30, 180, 720, 1440)
)  # after the first, second … failed try
CLAIM = timedelta(minutes=10)  # a process that died with a letter in hand keeps others from it for so long
LOOK_AGAIN = timedelta(hours=1)  # while there is no mail server, or no address of the unit
GIVE_UP = timedelta(days=14)
MOST = 50  # letters in one round of the worker
PATIENCE = 1.0  # seconds that whoever sent a form waits for the mail server
_HANDS = threading.BoundedSemaphore(4)  # letters under way beside pages, in one process; more are left to the worker


def deliver_beside(link_id: int) -> None:
    """Try to bring a link to its unit, and come back after PATIENCE whether or not the mail server has answered by then.

    Killed in the middle, the letter is due again after CLAIM.
    """
    if not _HANDS.acquire(blocking=False):
        return
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    thread = threading.Thread(target=_deliver_in, args=(app, link_id), name="letter", daemon=True)
    thread.start()
    thread.join(PATIENCE)


def _deliver_in(app: Flask, link_id: int) -> None:
    try:
        with app.app_context():
            deliver(link_id)
    except Exception:  # there is nobody above to be told
        log.exception("letter not seen to")
    finally:
        _HANDS.release()


def deliver(link_id: int) -> None:
    """Try to bring a link to its unit, if that is due, and keep how it went. Never raises for what the mail server does."""
    letter = take_on(link_id)
    if letter is None:
        return
    if letter.to:
        result = mail.send(letter.to, letter.subject, letter.text)
    else:
        result = mail.Undelivered("no-address", again=True)  # a later table may bring one
    with transaction() as session:
        settle(session.get_one(IntroductionLink, link_id), result)


def take_on(link_id: int) -> Letter | None:
    """The letter of a link that is due, kept from others for a while; None when it is not due."""
    moment = now()
    with transaction() as session:
        taken = session.execute(
            update(IntroductionLink)
            .where(IntroductionLink.id == link_id, IntroductionLink.next_try_at <= moment)
            .values(next_try_at=moment + CLAIM)
        )
        assert isinstance(taken, CursorResult)
        if taken.rowcount != 1:
            return None
        return letter_of(session.get_one(IntroductionLink, link_id))


def settle(link: IntroductionLink, result: mail.Delivered | mail.Undelivered) -> None:
    """Keep how a try went, and when to try again. A link that was used or forgotten meanwhile needs no letter."""
    if isinstance(result, mail.Delivered):
        link.sent_at, link.reason, link.next_try_at = now(), "", None
        return
    link.reason = result.reason
    if result.reason not in ("no-server", "no-address"):
        link.tries += 1
    link.next_try_at = None if link.used_at or link.introduction.forgotten_at else next_try(link, result)


def next_try(link: IntroductionLink, result: mail.Undelivered) -> datetime | None:
    """When a letter that was not taken is tried again; None: never."""
    if not result.again or now() - link.made_at > GIVE_UP:
        return None
    if result.reason in ("no-server", "no-address"):
        return now() + LOOK_AGAIN
    return now() + BACK_OFF[link.tries - 1] if link.tries <= len(BACK_OFF) else None


def due_links() -> list[int]:
    """The links whose letters are due, the longest waiting first."""
    query = select(IntroductionLink.id).where(IntroductionLink.next_try_at <= now())
    with Session(db.engine) as session:
        return list(session.scalars(query.order_by(IntroductionLink.next_try_at).limit(MOST)))


def see_to_introductions() -> None:
    """What the worker does each round. Whatever goes wrong is logged and never ends the worker."""
    try:
        for link_id in due_links():
            deliver(link_id)
        forget_old()
    except Exception:
        log.exception("introductions not seen to")
