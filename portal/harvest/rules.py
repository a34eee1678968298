"""What the settings and a source's row mean for the harvesters: caps, what may be fetched, where files go."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from harvesters.fetch import Rules
from harvesters.limited import ChildLimits
from harvesters.packages.store import Store
from harvesters.run import RunRules
from harvesters.tables.limits import Limits
from harvesters.values import Source
from portal.db import db
from portal.harvest.models import Source as SourceRow
from portal.settings import Settings


def store_of(settings: Settings) -> Store:
    """The store of the data folder in force."""
    return Store(settings.home)


def run_rules(settings: Settings) -> RunRules:
    """Caps of a run, from the settings."""
    limits = Limits(bytes=settings.max_file_mb * 1_000_000, rows=settings.max_rows, columns=settings.max_columns)
    child = ChildLimits(
        memory_bytes=settings.child_memory_mb << 20,
        cpu_seconds=settings.child_seconds,
        wall_seconds=settings.child_seconds,
    )
    return RunRules(limits=limits, child=child)


def fetch_rules(settings: Settings) -> Rules:
    """What the door to the network allows, from the settings."""
    ports = [int(port) for port in settings.fetch_ports.split(",") if port.strip()]
    return Rules(
        allow=frozenset(pair.strip() for pair in settings.fetch_allow.split(",") if pair.strip()),
        ports=frozenset(ports),
        contact=settings.contact or settings.base_url or "",
        bytes=settings.max_file_mb * 1_000_000,
        turns=settings.home / "private" / "turns",
    )


def as_source(row: SourceRow, personal: str | None = None) -> Source:
    """The row as the harvesters know it; `personal` is a person's decision in place of the source's setting."""
    options = {str(name): str(value) for name, value in row.options.items()}
    return Source(
        slug=row.slug,
        kind=row.kind,
        url=row.url,
        title=row.title_th,
        publisher=row.publisher.slug,
        province=row.province_code,
        profile=row.profile,
        options=options | ({"personal": personal} if personal else {}),
        local=row.local,
    )


@contextmanager
def reading() -> Iterator[Session]:
    """A session of its own for reading, so that no snapshot outlives it."""
    with Session(db.engine, expire_on_commit=False) as session:
        yield session
