"""Tables of harvesting: sources, their runs, what each run saw, and what waits for a person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.catalogue.models import Dataset, Publisher
from portal.db import Base, now


class Source(Base):
    """A place that is harvested. The lease columns let one run at a time hold it, over any number of processes."""

    __tablename__ = "source"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(70), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    url: Mapped[str] = mapped_column(Text)
    local: Mapped[bool] = mapped_column(default=False)  # `url` may be a path of this machine
    title_th: Mapped[str] = mapped_column(Text, default="")
    title_en: Mapped[str] = mapped_column(Text, default="")
    publisher_id: Mapped[int] = mapped_column(ForeignKey("publisher.id"), index=True)
    province_code: Mapped[str | None] = mapped_column(String(2))
    profile: Mapped[str | None] = mapped_column(String(40))
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    details: Mapped[dict[str, Any]] = mapped_column(
        default=dict
    )  # metadata given to its datasets: national fields and unknown ones
    schedule: Mapped[str] = mapped_column(String(20), default="manual")
    next_due_at: Mapped[datetime | None] = mapped_column(index=True)
    cursor: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)
    removed_at: Mapped[datetime | None] = mapped_column()  # no longer harvested; its history stays

    lease_owner: Mapped[str | None] = mapped_column(String(80))
    lease_until: Mapped[datetime | None] = mapped_column()
    fence: Mapped[int] = mapped_column(
        default=0
    )  # counts leases: a run whose number is no longer this has lost its lease

    publisher: Mapped[Publisher] = relationship()
    runs: Mapped[list[Run]] = relationship(back_populates="source", order_by="Run.number.desc()")
    datasets: Mapped[list[Dataset]] = relationship(foreign_keys=[Dataset.source_id])


class Run(Base):
    """One harvest of one source. seen = new + changed + same + failed + held + skipped."""

    __tablename__ = "run"
    __table_args__ = (UniqueConstraint("source_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"), index=True)
    number: Mapped[int] = mapped_column()
    status: Mapped[str] = mapped_column(String(20), default="running", index=True)
    reason: Mapped[dict[str, Any] | None] = mapped_column()  # {"code", "th", "en"} or null
    started_at: Mapped[datetime] = mapped_column(default=now, index=True)
    finished_at: Mapped[datetime | None] = mapped_column()
    seconds: Mapped[float] = mapped_column(default=0.0)
    seen: Mapped[int] = mapped_column(default=0)
    new: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    same: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    held: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0)
    archived: Mapped[int] = mapped_column(default=0)
    resumed_from: Mapped[int | None] = mapped_column()  # number of the lost run whose listing this one took up
    stop_asked_at: Mapped[datetime | None] = mapped_column()

    source: Mapped[Source] = relationship(back_populates="runs")
    items: Mapped[list[RunItem]] = relationship(order_by="RunItem.id", cascade="all, delete-orphan")


class RunItem(Base):
    """What became of one item of a run."""

    __tablename__ = "run_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), index=True)
    remote_id: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(Text, default="")
    stage: Mapped[str] = mapped_column(String(20))  # gather, fetch, check, compare, publish
    status: Mapped[str] = mapped_column(String(20))
    code: Mapped[str | None] = mapped_column(String(60))
    message: Mapped[dict[str, Any] | None] = mapped_column()  # {"th", "en"}
    dataset_id: Mapped[int | None] = mapped_column(ForeignKey("dataset.id"))
    version_id: Mapped[int | None] = mapped_column(ForeignKey("version.id"))
    report: Mapped[dict[str, Any] | None] = mapped_column()  # masked report of what was not published
    seconds: Mapped[float] = mapped_column(default=0.0)

    dataset: Mapped[Dataset | None] = relationship()


class SourceItem(Base):
    """What is known of an item from run to run, so that an unchanged one costs nothing."""

    __tablename__ = "source_item"
    __table_args__ = (UniqueConstraint("source_id", "remote_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"), index=True)
    remote_id: Mapped[str] = mapped_column(String(500))
    dataset_id: Mapped[int | None] = mapped_column(ForeignKey("dataset.id"))
    fingerprint: Mapped[str] = mapped_column(
        String(64), default=""
    )  # bytes, options and rules that gave the present state
    outcome: Mapped[str] = mapped_column(String(20), default="")  # status that the fingerprint led to
    stamp: Mapped[str] = mapped_column(
        String(64), default=""
    )  # of what a catalogue said of it when it was last taken in whole; "" asks again
    files: Mapped[dict[str, Any]] = mapped_column(default=dict)  # address of each of its files -> [ETag, Last-Modified]
    etag: Mapped[str | None] = mapped_column(Text)
    last_modified: Mapped[str | None] = mapped_column(Text)
    missing_runs: Mapped[int] = mapped_column(default=0)
    missing_since: Mapped[datetime | None] = mapped_column()


class Held(Base):
    """Something new that may not be published until a person decides. Its bytes stand on the private side."""

    __tablename__ = "held"

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"), index=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"))
    remote_id: Mapped[str] = mapped_column(Text)
    dataset_id: Mapped[int | None] = mapped_column(ForeignKey("dataset.id"))
    code: Mapped[str] = mapped_column(String(60))  # personal-held, table-brake, run-brake
    original_sha256: Mapped[str] = mapped_column(String(64))
    original_name: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(Text, default="")
    fetched_at: Mapped[datetime] = mapped_column()
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)  # masked: what was found, before and now
    created_at: Mapped[datetime] = mapped_column(default=now)
    decision: Mapped[str | None] = mapped_column(String(20))  # publish, drop, mask, keep, retry; null while it waits
    decisions: Mapped[list[Any]] = mapped_column(default=list)  # [{"decision", "name", "reason", "at"}]
