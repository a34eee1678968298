"""One table: what readers told, and what became of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.catalogue.models import Dataset
from portal.db import Base, now

KINDS = ("wrong", "missing")
STATES = ("new", "accepted", "done", "declined")


class Feedback(Base):
    """A report of wrong data, or a request for data that is missing.

    `message` is for the people who answer; nobody else ever sees it. `sender` tells for a day whether somebody sends too many;
    it is a keyed digest of an address and is then forgotten.
    """

    __tablename__ = "feedback"
    __table_args__ = (Index("ix_feedback_sender", "sender", "sent_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default="new", index=True)
    dataset_id: Mapped[int | None] = mapped_column(ForeignKey("dataset.id"), index=True)
    resource: Mapped[str | None] = mapped_column(String(70))
    row: Mapped[int | None] = mapped_column()
    province_code: Mapped[str | None] = mapped_column(String(2))
    message: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[datetime] = mapped_column(default=now)
    sender: Mapped[str | None] = mapped_column(String(64))
    answer: Mapped[str] = mapped_column(Text, default="")  # what everybody reads; written by a person
    answered_at: Mapped[datetime | None] = mapped_column()

    dataset: Mapped[Dataset | None] = relationship()
