"""The outbox: what the catalogue's transactions tell the index, read after their commit."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, now


class OutboxEntry(Base):
    """The index must look at `key` of `kind` again. Written in the transaction that changed it."""

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))  # dataset
    key: Mapped[str] = mapped_column(String(70))
    created_at: Mapped[datetime] = mapped_column(default=now)
