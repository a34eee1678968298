"""The data folder: making it, bringing it up to date, and refusing to work without it."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from portal import db, migrations
from portal.errors import PortalError
from portal.settings import Settings

PRIVATE_MODE = 0o600
FOLDERS = ("store", "private", "staging", "index", "cache")


def prepare(settings: Settings) -> None:
    """Make the data folder and bring its database to this release's schema. May be run again at any time.

    Raises PortalError "home-unwritable" and "database-unreachable".
    """
    try:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in FOLDERS:
            (settings.home / name).mkdir(mode=0o700, exist_ok=True)
        keep_private(settings.database)
    except OSError as error:
        raise PortalError("home-unwritable", home=settings.home, why=error.strerror) from error
    engine = engine_of(settings)
    with reachable(settings):
        migrations.upgrade(engine)
    engine.dispose()


def keep_private(url: str) -> None:
    """Make the file of a SQLite database, or close it to other users of the machine: it holds what people told in confidence.

    The files that SQLite lays beside it take over who may read it. Raises OSError.
    """
    told = sa.make_url(url)
    if told.get_backend_name() != "sqlite" or not told.database or told.database == ":memory:":
        return
    Path(told.database).touch(mode=PRIVATE_MODE)
    for ending in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            Path(told.database + ending).chmod(PRIVATE_MODE)


def require(settings: Settings) -> None:
    """Raise PortalError("not-initialised" or "database-old") unless `prepare` was run for this release."""
    if settings.home.exists() and not os.access(settings.home, os.R_OK | os.W_OK | os.X_OK):
        raise PortalError("home-unwritable", home=settings.home, why=os.strerror(errno.EACCES))
    if not (settings.home / "private").is_dir():
        raise PortalError("not-initialised", home=settings.home)
    engine = engine_of(settings)
    with reachable(settings):
        current = migrations.is_current(engine)
    engine.dispose()
    if not current:
        raise PortalError("database-old")


@contextlib.contextmanager
def reachable(settings: Settings) -> Iterator[None]:
    """Turn a database that can't be opened into a sentence; its password is in neither."""
    try:
        yield
    except OperationalError as error:
        why = str(error.orig).strip().splitlines()[0] if error.orig else type(error).__name__
        raise PortalError("database-unreachable", why=why) from error


def engine_of(settings: Settings) -> sa.Engine:
    """An engine for use outside the application."""
    engine = sa.create_engine(settings.database)
    db.prepare(engine)
    return engine
