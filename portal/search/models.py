"""The outbox: what the catalogue's transactions tell the index, read after their commit."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, now


class OutboxEntry(Base):
    """The index must look at `key` of `kind` again. Written in the transaction that changed it."""

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))  # dataset, cluster, unit, output
    key: Mapped[str] = mapped_column(String(70))
    created_at: Mapped[datetime] = mapped_column(default=now)


class Suggestion(Base):
    """A text that is suggested while somebody types `start`. Of a dataset that is withdrawn nothing is told."""

    __tablename__ = "suggestion"
    __table_args__ = (Index("ix_suggestion_kind_later_start", "kind", "later", "start"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))  # title, product, group, unit or district
    later: Mapped[bool] = mapped_column()  # whether `start` is a later word of the text
    start: Mapped[bytes] = mapped_column(LargeBinary)  # folded, in UTF-8: databases compare bytes alike
    text: Mapped[str] = mapped_column(Text)
