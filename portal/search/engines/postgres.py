"""The engine in the catalogue's own database: PostgreSQL, with tsvectors written from our tokens, never by its parser.

One table, replaced whole by a rebuild; what a transaction wrote is found at its commit, by every process. Ranking reads vectors,
so only a bounded number of candidates is ranked (speed.md §4.9); totals and facets count everything that was found.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from psycopg import Connection, Cursor, InternalError, OperationalError
from psycopg.errors import UndefinedTable
from sqlalchemy import Connection as SharedConnection
from sqlalchemy import Engine as Database

from portal.errors import PortalError
from portal.search.analysis import stamp
from portal.search.engines import FACETS, Entry, Found
from portal.search.engines.postgres_queries import (
    Commonness,
    Question,
    commonness_of,
    facets_of,
    grams_question,
    grams_vector,
    loose_question,
    near_question,
    strict_question,
    words_vector,
)
from portal.search.plan import SearchPlan

LAYOUT = "2"  # of the table below; another one is another index
TABLE = "search_entry"
TURN = 2569_15_03  # of advisory locks: one writer at a time
CANDIDATES = 300  # ranked of those with all words in their titles, and as many of the others; fewer for many words
FEWEST = 60
COUNTED = 1_001  # how common a word is, is counted up to here

MAKE = """
CREATE TABLE {table} (
    key text NOT NULL, mark text NOT NULL, words tsvector NOT NULL, grams tsvector NOT NULL, facets text[] NOT NULL,
    moment bigint NOT NULL, sorted bytea NOT NULL
)
"""
INDEXES = (
    "CREATE UNIQUE INDEX {table}_key ON {table} (key)",
    "CREATE INDEX {table}_words ON {table} USING gin (words)",
    "CREATE INDEX {table}_grams ON {table} USING gin (grams)",
    "CREATE INDEX {table}_moment ON {table} (moment DESC, key)",
)
COLUMNS = "key, mark, words, grams, facets, moment, sorted"
ORDERS = {"newest": 'moment DESC, key COLLATE "C"', "title": 'sorted, key COLLATE "C"'}


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

    def search(self, plan: SearchPlan) -> Found:
        """Find what the plan asks for: everything that fulfils it, else what has some of it."""
        with self._reading() as cursor:
            about = partial(self._about, cursor)
            commonness = commonness_of(plan, about)
            found = self._found(cursor, strict_question(plan, commonness), plan)
            if not plan.groups:
                return found
            loose = not found.total
            if loose:
                found = self._found(cursor, loose_question(plan, commonness, about), plan)
            if plan.may_be_near:
                found = self._with_near(cursor, plan, commonness, found, beside=not loose)
            return replace(found, loose=loose and bool(found.total))

    def _with_near(
        self, cursor: Cursor[Any], plan: SearchPlan, commonness: Commonness, found: Found, *, beside: bool
    ) -> Found:
        """What was found, and where it ends within the page, what comes near; that itself where nothing was found."""
        room = plan.offset + plan.limit - max(found.total, plan.offset) if plan.limit else 0
        if room <= 0:
            return found
        about = partial(self._about, cursor)
        asked = replace(plan, sort="relevance", offset=0, limit=room + len(found.keys))
        near = self._page(cursor, near_question(plan, commonness, about, beside), asked)
        if not near and not beside:
            near = self._page(cursor, grams_question(plan, about), asked)
        keys = tuple(key for key in near if key not in found.keys)[:room]
        if found.total or not keys:
            return replace(found, near=keys)
        return replace(self._found(cursor, Question("key = ANY(%s)", [list(keys)]), replace(plan, limit=0)), keys=keys)

    def _about(self, cursor: Cursor[Any], query: str, column: str = "words") -> int:
        """How many entries have something, counted as far as it matters."""
        some = f"SELECT 1 FROM {TABLE} WHERE {column} @@ %s::tsquery LIMIT {COUNTED}"
        return int(one_of(cursor, f"SELECT count(*) FROM ({some}) AS told", [query])[0])

    def _found(self, cursor: Cursor[Any], question: Question, plan: SearchPlan) -> Found:
        """The page's keys, the exact total, and the facets of all hits."""
        counted = cursor.execute(
            f"WITH hit AS MATERIALIZED (SELECT facets FROM {TABLE} WHERE {question.where}) "
            "SELECT NULL, count(*) FROM hit UNION ALL "
            "SELECT facet, count(*) FROM (SELECT unnest(facets) AS facet FROM hit) AS told GROUP BY facet",
            question.values,
        ).fetchall()
        total = next(count for facet, count in counted if facet is None)
        facets: dict[str, dict[str, int]] = {name: {} for name in FACETS}
        for facet, count in counted:
            name, _, value = (facet or "").partition("=")
            if name in facets:
                facets[name][value] = count
        keys = self._page(cursor, question, plan) if plan.limit and plan.offset < total else ()
        return Found(tuple(keys), total, facets)

    def _page(self, cursor: Cursor[Any], question: Question, plan: SearchPlan) -> list[str]:
        if plan.sort not in ORDERS and question.rank:
            return self._ranked(cursor, question, plan)
        order = ORDERS[plan.sort if plan.sort in ORDERS else "newest"]
        asked = f"SELECT key FROM {TABLE} WHERE {question.where} ORDER BY {order} LIMIT %s OFFSET %s"
        return [key for (key,) in cursor.execute(asked, [*question.values, plan.limit, plan.offset])]

    def _ranked(self, cursor: Cursor[Any], question: Question, plan: SearchPlan) -> list[str]:
        """The candidates by rank, then the others newest first."""
        newest = ORDERS["newest"]
        most = max(FEWEST, CANDIDATES // len(plan.groups))
        some = f"SELECT key, moment, words FROM {TABLE} WHERE {question.where}"
        chosen = f"(({some} AND words @@ %s::tsquery ORDER BY {newest} LIMIT {most}) UNION ({some} ORDER BY {newest} LIMIT {most}))"
        ranked = (
            f"WITH chosen AS MATERIALIZED {chosen}, "
            f"ranked AS MATERIALIZED (SELECT key, moment, {question.rank} AS rank FROM chosen) "
        )
        values = [*question.values, question.titled, *question.values, *question.rank_values]
        order = f"ORDER BY rank DESC NULLS LAST, {newest} LIMIT %s OFFSET %s"
        if plan.offset + plan.limit <= most:
            asked = f"{ranked} SELECT key FROM ranked {order}"
        else:
            asked = (
                f"{ranked} SELECT key FROM (SELECT key, moment, rank FROM ranked UNION ALL SELECT key, moment, NULL FROM {TABLE} "
                f"WHERE {question.where} AND key NOT IN (SELECT key FROM ranked)) AS both_of_them {order}"
            )
            values += question.values
        return [key for (key,) in cursor.execute(asked, [*values, plan.limit, plan.offset])]

    @contextlib.contextmanager
    def _reading(self) -> Iterator[Cursor[Any]]:
        """One look at the table: all that is asked in it sees the same commits."""
        with self._connected("REPEATABLE READ READ ONLY") as cursor:
            self._require(cursor)
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
        """Fill a new table beside the one in force, then take its name; readers wait for that moment only."""
        draft = f"{TABLE}_new"
        with self._writing() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {draft}")
            cursor.execute(MAKE.format(table=draft))
            count = copied(cursor, draft, entries)
            for statement in INDEXES:
                cursor.execute(statement.format(table=draft))
            cursor.execute(f"COMMENT ON TABLE {draft} IS '{self._stamp}'")
            cursor.execute(f"ANALYZE {draft}")
            cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")
            cursor.execute(f"ALTER TABLE {draft} RENAME TO {TABLE}")
            for statement in INDEXES:
                name = statement.format(table=draft).split(" ON ")[0].split()[-1]
                cursor.execute(f"ALTER INDEX {name} RENAME TO {name.replace(draft, TABLE)}")
        return count


def one_of(cursor: Cursor[Any], statement: str, values: Sequence[Any]) -> tuple[Any, ...]:
    """The only row of an answer."""
    row = cursor.execute(statement, values).fetchone()
    assert row is not None
    found: tuple[Any, ...] = row
    return found


def replaced(cursor: Cursor[Any], entries: Iterable[Entry], gone: Iterable[str]) -> None:
    """Delete what is gone or comes anew, and write the entries; of one key the last."""
    newest = {entry.key: entry for entry in entries}
    cursor.execute(f"DELETE FROM {TABLE} WHERE key = ANY(%s)", [[*gone, *newest]])
    copied(cursor, TABLE, newest.values())


def copied(cursor: Cursor[Any], table: str, entries: Iterable[Entry]) -> int:
    """Write entries. Returns how many."""
    count = 0
    with cursor.copy(f"COPY {table} ({COLUMNS}) FROM STDIN") as copy:
        for entry in entries:
            copy.write_row(
                (
                    entry.key, entry.mark, words_vector(entry), grams_vector(entry), facets_of(entry), entry.moment,
                    entry.order.encode(),
                )
            )  # fmt: skip
            count += 1
    return count
