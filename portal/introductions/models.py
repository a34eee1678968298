"""Two tables: who asked to be introduced and what came of it, and the links by which the unit answers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, now
from portal.registry.models import Entity

ANSWERS = ("accepted", "referred", "declined")  # the unit will call, names another, can't help
OUTCOMES = ("solved", "partly", "unsolved", "no-contact")
STEPS = ("answer", "outcome")


class Introduction(Base):
    """A group that asked to be introduced to a research unit.

    `group_name`, `contact`, `message` and both `_words` are for the unit, the group and whoever runs the portal; no public page
    reads them. `sender` is a keyed digest for a day. After a year the private parts are emptied (`forgotten_at`).
    """

    __tablename__ = "introduction"
    __table_args__ = (Index("ix_introduction_sender", "sender", "sent_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("entity.id"), index=True)
    cluster_id: Mapped[int | None] = mapped_column(ForeignKey("entity.id"), index=True)
    province_code: Mapped[str] = mapped_column(String(2))  # where the group is
    group_name: Mapped[str] = mapped_column(Text)
    contact: Mapped[str] = mapped_column(Text)
    message: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[datetime] = mapped_column(default=now, index=True)
    sender: Mapped[str | None] = mapped_column(String(64))
    answered_at: Mapped[datetime | None] = mapped_column()
    answer: Mapped[str | None] = mapped_column(String(10))  # one of ANSWERS
    answer_words: Mapped[str] = mapped_column(Text, default="")
    outcome_at: Mapped[datetime | None] = mapped_column()
    outcome: Mapped[str | None] = mapped_column(String(10))  # one of OUTCOMES
    outcome_words: Mapped[str] = mapped_column(Text, default="")
    forgotten_at: Mapped[datetime | None] = mapped_column()

    unit: Mapped[Entity] = relationship(foreign_keys=[unit_id])
    cluster: Mapped[Entity | None] = relationship(foreign_keys=[cluster_id])
    links: Mapped[list[IntroductionLink]] = relationship(back_populates="introduction", order_by="IntroductionLink.id")

    @property
    def state(self) -> str:
        """How far it came: asked, answered, outcome."""
        return "outcome" if self.outcome_at else "answered" if self.answered_at else "asked"

    @property
    def due(self) -> str | None:
        """The step that waits for the unit, one of STEPS; None when nothing waits. A refusal has no outcome to wait for."""
        if self.answered_at is None:
            return "answer"
        return "outcome" if self.answer == "accepted" and self.outcome_at is None else None

    def link_of(self, step: str) -> IntroductionLink | None:
        """The link of a step, once there is one."""
        return next((link for link in self.links if link.step == step), None)


class IntroductionLink(Base):
    """A link that a unit may use once, and how its letter fared. What stands in the address is signed; `nonce` is its part of it."""

    __tablename__ = "introduction_link"
    __table_args__ = (Index("uq_introduction_link_step", "introduction_id", "step", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    introduction_id: Mapped[int] = mapped_column(ForeignKey("introduction.id"))
    step: Mapped[str] = mapped_column(String(10))  # one of STEPS
    nonce: Mapped[str] = mapped_column(String(43))
    made_at: Mapped[datetime] = mapped_column(default=now)
    used_at: Mapped[datetime | None] = mapped_column()
    sent_at: Mapped[datetime | None] = mapped_column()
    reason: Mapped[str] = mapped_column(
        String(12), default=""
    )  # why the letter was not taken: portal/mail.py:Undelivered
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None] = mapped_column(default=now, index=True)

    introduction: Mapped[Introduction] = relationship(back_populates="links")
