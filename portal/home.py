"""The data folder: making it, bringing it up to date, and refusing to work without it."""

from __future__ import annotations

import sqlalchemy as sa

from portal import db, migrations
from portal.errors import PortalError
from portal.settings import Settings

FOLDERS = ("store", "private", "staging", "index", "cache")


def prepare(settings: Settings) -> None:
    """Make the data folder and bring its database to this release's schema. May be run again at any time."""
    settings.home.mkdir(parents=True, exist_ok=True)
    for name in FOLDERS:
        (settings.home / name).mkdir(mode=0o700, exist_ok=True)
    engine = engine_of(settings)
    migrations.upgrade(engine)
    engine.dispose()


def require(settings: Settings) -> None:
    """Raise PortalError("not-initialised" or "database-old") unless `prepare` was run for this release."""
    if not (settings.home / "private").is_dir():
        raise PortalError("not-initialised", home=settings.home)
    engine = engine_of(settings)
    current = migrations.is_current(engine)
    engine.dispose()
    if not current:
        raise PortalError("database-old")


def engine_of(settings: Settings) -> sa.Engine:
    """An engine for use outside the application."""
    engine = sa.create_engine(settings.database)
    db.prepare(engine)
    return engine
