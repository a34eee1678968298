"""Reads of introductions. Only `private_json` and `open_link` give what somebody wrote; all else is dates and numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median
from typing import Any

from sqlalchemy import DateTime, and_, select, type_coerce
from sqlalchemy.orm import selectinload

from harvesters.thai.places import province
from portal.db import db
from portal.errors import PortalError
from portal.introductions.models import ANSWERS, OUTCOMES, Introduction, IntroductionLink
from portal.introductions.tokens import Token
from portal.registry.models import Entity

THAI_TIME, DAY = timedelta(hours=7), timedelta(days=1)
WHOLE = (
    selectinload(Introduction.unit).selectinload(Entity.mentions),
    selectinload(Introduction.cluster),
    selectinload(Introduction.links),
)


def find_introduction(number: int) -> Introduction:
    """One introduction. Raises PortalError("not-found")."""
    found = db.session.get(Introduction, number, options=WHOLE)
    if found is None:
        raise PortalError("not-found", what=f"introduction {number}")
    return found


def open_link(token: Token) -> Introduction:
    """What a unit's link leads to. Raises PortalError: "link-wrong", "link-used", "link-expired" where it was forgotten who asked."""
    introduction = db.session.get(Introduction, token.number, options=WHOLE)
    link = introduction.link_of(token.step) if introduction else None
    if introduction is None or link is None or link.nonce != token.nonce:
        raise PortalError("link-wrong")
    if link.used_at is not None:
        raise PortalError("link-used")
    if introduction.forgotten_at is not None:
        raise PortalError("link-expired")
    return introduction


def delivery(introduction: Introduction, step: str = "answer") -> dict[str, Any]:
    """How the letter of a step fares: state sent or undelivered, why, and when it is tried again."""
    link = introduction.link_of(step)
    if link is None:
        return {"state": "none", "reason": None, "sent_at": None, "next_try_at": None, "tries": 0}
    return {
        "state": "sent" if link.sent_at else "undelivered",
        "reason": link.reason or None,
        "sent_at": link.sent_at,
        "next_try_at": link.next_try_at,
        "tries": link.tries,
    }


def list_introductions(*, open_only: bool) -> Sequence[Introduction]:
    """Introductions, oldest first; `open_only`: those that wait for their unit."""
    query = select(Introduction).options(*WHOLE).order_by(Introduction.id)
    return [one for one in db.session.scalars(query) if one.due or not open_only]


def plain_json(one: Introduction) -> dict[str, Any]:
    """An introduction without what anybody wrote, for the list of whoever runs the portal."""
    return {
        "number": one.id,
        "unit": one.unit.slug,
        "cluster": one.cluster.slug if one.cluster else None,
        "province": one.province_code,
        "state": one.state,
        "due": one.due,
        "asked_at": one.sent_at,
        "answered_at": one.answered_at,
        "answer": one.answer,
        "outcome_at": one.outcome_at,
        "outcome": one.outcome,
        "delivery": {link.step: delivery(one, link.step) for link in one.links},
    }


def private_json(one: Introduction) -> dict[str, Any]:
    """All of it, for the eyes of whoever runs the portal."""
    return plain_json(one) | {
        "unit_name": one.unit.name_th,
        "group": one.group_name,
        "contact": one.contact,
        "message": one.message,
        "answer_words": one.answer_words,
        "outcome_words": one.outcome_words,
        "forgotten_at": one.forgotten_at,
    }


# ── numbers that everybody may read ──────────────────────────────────────────────────────────────────────────────────
@dataclass(slots=True)
class Tally:
    """Introductions counted. Days are from the asking on."""

    asked: int = 0
    mailed: int = 0
    answers: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ANSWERS, 0))
    outcomes: dict[str, int] = field(default_factory=lambda: dict.fromkeys(OUTCOMES, 0))
    days_to_answer: list[float] = field(default_factory=list)
    days_to_outcome: list[float] = field(default_factory=list)

    def take_in(self, other: Tally) -> None:
        """Count another's introductions in."""
        self.asked += other.asked
        self.mailed += other.mailed
        for mine, others in ((self.answers, other.answers), (self.outcomes, other.outcomes)):
            for name, count in others.items():
                mine[name] += count
        self.days_to_answer += other.days_to_answer
        self.days_to_outcome += other.days_to_outcome

    def line(self) -> dict[str, Any]:
        """The numbers, as data and as cells of the CSV."""
        return {
            "asked": self.asked,
            "mail_delivered": self.mailed,
            "mail_undelivered": self.asked - self.mailed,
            "answered": sum(self.answers.values()),
            **{name.replace("-", "_"): count for name, count in self.answers.items()},
            "outcomes": sum(self.outcomes.values()),
            **{name.replace("-", "_"): count for name, count in self.outcomes.items()},
            "median_days_to_answer": middle(self.days_to_answer),
            "median_days_to_outcome": middle(self.days_to_outcome),
        }


def middle(days: Sequence[float]) -> float | None:
    """The median to a tenth of a day, None of nothing."""
    return round(median(days), 1) if days else None


def tallies() -> dict[tuple[str, str], Tally]:
    """Introductions by province and by the month of the asking in Thailand (2026-11), in order. Read once, and no more than is counted."""
    moments = (Introduction.sent_at, Introduction.answered_at, Introduction.outcome_at)
    query = select(
        Introduction.province_code,
        *(type_coerce(moment, DateTime) for moment in moments),  # as they are stored, in UTC
        Introduction.answer,
        Introduction.outcome,
        IntroductionLink.sent_at.is_not(None),
    ).outerjoin(
        IntroductionLink,
        and_(IntroductionLink.introduction_id == Introduction.id, IntroductionLink.step == "answer"),
    )
    counted: dict[tuple[str, int, int], Tally] = defaultdict(Tally)
    rows: Iterable[Any] = db.session.execute(query)
    for code, asked_at, answered_at, outcome_at, answer, outcome, mailed in rows:
        local = asked_at + THAI_TIME
        tally = counted[code, local.year, local.month]
        tally.asked += 1
        tally.mailed += mailed
        if answer and answered_at:
            tally.answers[answer] += 1
            tally.days_to_answer.append((answered_at - asked_at) / DAY)
        if outcome and outcome_at:
            tally.outcomes[outcome] += 1
            tally.days_to_outcome.append((outcome_at - asked_at) / DAY)
    return {(code, f"{year}-{month:02}"): tally for (code, year, month), tally in sorted(counted.items())}


def together(counted: Mapping[tuple[str, str], Tally], *at: int) -> dict[tuple[str, ...], Tally]:
    """The same by some parts of the key alone: 0 the province, 1 the month, nothing for all."""
    found: dict[tuple[str, ...], Tally] = defaultdict(Tally)
    for key, tally in counted.items():
        found[tuple(key[part] for part in at)].take_in(tally)
    return dict(sorted(found.items()))


def public_rows(counted: Mapping[tuple[str, str], Tally]) -> list[dict[str, Any]]:
    """The open dataset: a row a province and month in which somebody asked."""
    return [
        {
            "province_code": code,
            "province_th": province(code).name_th,
            "province_en": province(code).name_en,
            "month": month,
            **tally.line(),
        }
        for (code, month), tally in counted.items()
    ]
