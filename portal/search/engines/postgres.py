"""The engine in the catalogue's own database: PostgreSQL, with tsvectors written from our tokens, never by its parser.

Its tables are replaced whole by a rebuild; what a transaction wrote is found at its commit, by every process. Ranking reads vectors,
so only a bounded number of candidates is ranked (speed.md §4.9); totals and facets count everything that was found.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from psycopg import Connection, Cursor, InternalError, OperationalError
from psycopg.errors import UndefinedTable
from sqlalchemy import Connection as SharedConnection
from sqlalchemy import Engine as Database

from portal.errors import PortalError
from portal.search.analysis import stamp
from portal.search.engines import Entry, Found
from portal.search.engines.postgres_finding import Looking, one_of
from portal.search.engines.postgres_queries import TABLE, quoted
from portal.search.engines.postgres_writing import LAYOUT, rebuilt, replaced
from portal.search.plan import SearchPlan

TURN = 2569_15_03  # of advisory locks: one writer at a time
READING_MIB = 64  # of one step of a question, at most: the hits of a common word stay in memory
READING = (
    "jit = off",  # compiling a statement takes longer than answering it
    "enable_seqscan = off",  # to read every vector takes seconds, which the planner does not know; without a word there is no other way
    "max_parallel_workers_per_gather = 0",  # a question is answered by one process: others are waiting
    "effective_io_concurrency = 0",  # what is read often is in memory
    f"work_mem = '{READING_MIB}MB'",
)


class PostgresEngine:
    """The engine in `database`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._stamp = f"{LAYOUT}-{stamp()}"

    # --- reading ---

    def usable(self) -> bool:
        """Whether there is a table made by this release's analysis."""
        try:
            with self._reading():
                return True
        except PortalError as error:
            if error.code != "search-rebuilding":
                raise
            return False

    def marks(self) -> Mapping[str, str]:
        """Key → mark of all entries."""
        with self._reading() as cursor:
            return dict(cursor.execute(f"SELECT key, mark FROM {TABLE}").fetchall())

    def known(self, words: Iterable[str]) -> frozenset[str]:
        """Those of the words that some entry holds: each is looked up in the index of the vectors."""
        asked = list(dict.fromkeys(words))
        with self._reading() as cursor:
            found = cursor.execute(
                f"SELECT word FROM unnest(%s::text[], %s::text[]) AS asked (word, query) "
                f"WHERE EXISTS (SELECT FROM {TABLE} WHERE words @@ query::tsquery)",
                [asked, [quoted(word) for word in asked]],
            )
            return frozenset(word for (word,) in found)

    def search(self, plan: SearchPlan) -> Found:
        """Find what the plan asks for: everything that fulfils it, else what has some of it."""
        with self._reading() as cursor:
            looking = Looking(cursor, plan)
            found = looking.find(looking.asking.strict())
            if not plan.groups:
                return found
            loose = not found.total
            if loose:
                found = looking.find_loosely()
            if plan.may_be_near:
                found = looking.with_near(found, beside=not loose)
            return replace(found, loose=loose and bool(found.total))

    @contextlib.contextmanager
    def _reading(self) -> Iterator[Cursor[Any]]:
        """One look at the table: all that is asked in it sees the same commits."""
        with self._connected("REPEATABLE READ READ ONLY") as cursor:
            self._require(cursor)
            for setting in READING:
                cursor.execute(f"SET LOCAL {setting}")
            yield cursor

    def _require(self, cursor: Cursor[Any]) -> None:
        """Raise PortalError("search-rebuilding") unless the table is of this release's analysis."""
        cursor.execute(
            f"LOCK TABLE {TABLE} IN ACCESS SHARE MODE"
        )  # before the first look: a rebuild in between is seen whole
        if self._told(cursor) != self._stamp:
            raise PortalError("search-rebuilding")

    def _told(self, cursor: Cursor[Any]) -> str | None:
        """By what the table in force was made; None when there is none."""
        told: str | None = one_of(cursor, "SELECT obj_description(to_regclass(%s), 'pg_class')", [TABLE])[0]
        return told

    @contextlib.contextmanager
    def _connected(self, isolation: str) -> Iterator[Cursor[Any]]:
        """A transaction of its own, committed at the end."""
        pooled = self._database.raw_connection()
        try:
            connection: Any = pooled.driver_connection
            assert isinstance(connection, Connection)
            try:
                with connection.cursor() as cursor:
                    cursor.execute(f"SET TRANSACTION ISOLATION LEVEL {isolation}")
                    yield cursor
                connection.commit()
            except BaseException:
                connection.rollback()
                raise
        except (UndefinedTable, InternalError) as error:  # none, or pages of it are damaged
            raise PortalError("search-rebuilding") from error
        except OperationalError as error:
            pooled.invalidate()
            raise PortalError("busy") from error
        finally:
            pooled.close()

    # --- writing ---

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Cursor[Any]]:
        with self._connected("READ COMMITTED") as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TURN])
            yield cursor

    def update(self, entries: Iterable[Entry], gone: Iterable[str]) -> None:
        """Replace `entries` and delete `gone` in one transaction."""
        with self._writing() as cursor:
            self._require(cursor)
            replaced(cursor, entries, gone)

    def update_within(self, connection: SharedConnection, entries: Iterable[Entry], gone: Iterable[str]) -> None:
        """The same in the catalogue's transaction: found with its commit, not a moment later. Not without a sound table."""
        driver = connection.connection.driver_connection
        assert isinstance(driver, Connection)
        with driver.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TURN])
            if self._told(cursor) == self._stamp:
                replaced(cursor, entries, gone)

    def rebuild(self, entries: Iterable[Entry]) -> int:
        """Fill new tables beside those in force, then switch."""
        with self._writing() as cursor:
            return rebuilt(cursor, entries, self._stamp)
