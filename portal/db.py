"""The database: engine, sessions and the two ways to use them.

Readers use `db.session` (one per request; on SQLite the connection refuses writes). Writers use `transaction()`, which
takes SQLite's write lock at its beginning, so that two writers wait for each other instead of failing half-way.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from flask import Flask, current_app, g
from sqlalchemy import JSON, DateTime, Engine, MetaData, TypeDecorator, create_engine, event
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry

BUSY_MILLISECONDS = 5000

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator[datetime]):
    """A moment in UTC. SQLite keeps no zone: it is taken off on the way in and put back on the way out."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """Root of all tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: Moment, dict[str, Any]: JSON, list[Any]: JSON}  # noqa: RUF012 - SQLAlchemy's own protocol


class Database:
    """The application's engine, and one reading session for each application context, closed with it."""

    @property
    def engine(self) -> Engine:
        """The engine of the application in force."""
        engine: Engine = current_app.extensions["khlang-engine"]
        return engine

    @property
    def session(self) -> Session:
        """The reading session of this context; it begins at the first read."""
        if "session" not in g:
            g.session = Session(self.engine)
        session: Session = g.session
        return session


db = Database()


def init_app(app: Flask, url: str) -> None:
    """Bind the application to the database at `url`."""
    # a failed statement names its values in its text, and logs keep that text: what people told us must not get there
    engine = create_engine(url, pool_pre_ping=not url.startswith("sqlite"), hide_parameters=True)
    prepare(engine)
    app.extensions["khlang-engine"] = engine
    app.teardown_appcontext(close_session)


def close_session(_error: BaseException | None) -> None:
    """Give the context's connection back."""
    session: Session | None = g.pop("session", None)
    if session is not None:
        session.close()


def prepare(engine: Engine) -> None:
    """Give a SQLite engine its pragmas and explicit transactions; other engines stay as they are."""
    if engine.dialect.name != "sqlite" or event.contains(engine, "connect", _on_connect):
        return
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)


def _on_connect(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # we begin transactions ourselves (SQLAlchemy's pysqlite page)
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")  # a commit that was reported must survive a power loss
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def transaction() -> Iterator[Session]:
    """Yield a session whose work is committed whole at the end, or not at all."""
    engine = db.engine.execution_options(writes=True)
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)
