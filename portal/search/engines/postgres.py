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

from psycopg import Connection, Cursor, InternalError, OperationalError, sql
from psycopg.errors import UndefinedTable
from sqlalchemy import Connection as SharedConnection
from sqlalchemy import Engine as Database

from portal.errors import PortalError
from portal.search.analysis import stamp
from portal.search.engines import Entry, Found
from portal.search.engines.postgres_queries import (
    Commonness,
    Question,
    commonness_of,
    grams_question,
    grams_vector,
    loose_question,
    near_question,
    quoted,
    strict_question,
    words_vector,
)
from portal.search.engines.weighing import BROAD, NARROW, add_count, facets_of, no_counts
from portal.search.plan import SearchPlan

LAYOUT = "3"  # of the table below; another one is another index
TABLE = "search_entry"
TURN = 2569_15_03  # of advisory locks: one writer at a time
CANDIDATES = 300  # ranked of those with all words in their titles, and as many of the others; fewer for many words
FEWEST = 60
READING_MIB = 64  # of one step of a question, at most: the hits of a common word stay in memory
SMALL = 5_000  # entries of a table of which counts are exact; of a larger one the planner's are near enough

MAKE = """
CREATE TABLE {table} (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text COLLATE "C" NOT NULL, mark text NOT NULL,
    words tsvector NOT NULL, grams tsvector NOT NULL, narrow text[] NOT NULL, broad text[] NOT NULL,
    moment bigint NOT NULL, sorted bytea NOT NULL
)
"""
INDEXES = (
    "CREATE UNIQUE INDEX {table}_key ON {table} (key)",
    "CREATE INDEX {table}_words ON {table} USING gin (words)",
    "CREATE INDEX {table}_grams ON {table} USING gin (grams)",
)
COLUMNS = "key, mark, words, grams, narrow, broad, moment, sorted"
READING = (
    "jit = off",  # compiling a statement takes longer than answering it
    "enable_seqscan = off",  # to read every vector takes seconds, which the planner does not know; without a word there is no other way
    f"work_mem = '{READING_MIB}MB'",
)
NEWEST = "moment DESC, key"
ORDERS = {"newest": NEWEST, "title": "sorted, key"}


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
            about = partial(about_how_many, cursor, table_size(cursor))
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
        about = partial(about_how_many, cursor, table_size(cursor))
        asked = replace(plan, sort="relevance", offset=0, limit=room + len(found.keys))
        near = self._page(cursor, near_question(plan, commonness, about, beside), asked)
        if not near and not beside:
            near = self._page(cursor, grams_question(plan, about), asked)
        keys = tuple(key for key in near if key not in found.keys)[:room]
        if found.total or not keys:
            return replace(found, near=keys)
        return replace(self._found(cursor, Question("key = ANY(%s)", [list(keys)]), replace(plan, limit=0)), keys=keys)

    def _found(self, cursor: Cursor[Any], question: Question, plan: SearchPlan) -> Found:
        """The page's keys, the exact total, and the facets of all hits, in one statement: the hits are looked up once."""
        steps, values = placing(question, plan)
        asked = (
            f"WITH {steps} SELECT 0, NULL, count(*) FROM hit "
            "UNION ALL SELECT 1, ARRAY[value], count(*) FROM (SELECT unnest(narrow) AS value FROM hit) AS told GROUP BY value "
            "UNION ALL SELECT 1, broad, count(*) FROM hit GROUP BY broad "
            "UNION ALL SELECT 2, ARRAY[key], place FROM page"
        )
        return found_of(cursor.execute(asked, values).fetchall())

    def _page(self, cursor: Cursor[Any], question: Question, plan: SearchPlan) -> list[str]:
        """The page's keys alone."""
        steps, values = placing(question, plan)
        return [key for (key,) in cursor.execute(f"WITH {steps} SELECT key FROM page ORDER BY place", values)]

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


def placing(question: Question, plan: SearchPlan) -> tuple[str, list[Any]]:
    """The steps that look up the hits and place those of a page, and what is bound in them."""
    by = "sorted, " if plan.sort == "title" else ""
    hit = f"hit AS MATERIALIZED (SELECT id, key, moment, {by}narrow, broad FROM {TABLE} WHERE {question.where})"
    if plan.sort in ORDERS or not question.rank:
        steps, ranks = [], []
        placed = f"SELECT key FROM hit ORDER BY {ORDERS.get(plan.sort, NEWEST)}"
    else:
        steps, ranks = ranking(question), [question.titled, *question.rank_values]
        # The first pages are among what was ranked: the others need not be put in order.
        among = "ranked" if plan.offset + plan.limit <= FEWEST else "hit LEFT JOIN ranked USING (id, key, moment)"
        placed = f"SELECT key FROM {among} ORDER BY rank DESC NULLS LAST, {NEWEST}"
    page = f"page AS (SELECT key, row_number() OVER () AS place FROM ({placed} OFFSET %s LIMIT %s) AS placed)"
    return ", ".join([hit, *steps, page]), [*question.values, *ranks, plan.offset, plan.limit]


def ranking(question: Question) -> list[str]:
    """The steps that rank the likeliest of the hits: the newest with all words in their titles, and the newest of all."""
    most = max(FEWEST, CANDIDATES // (len(question.rank_values) // 3))
    titled = f"SELECT id FROM {TABLE} WHERE words @@ %s::tsquery"
    return [
        f"titled AS (SELECT id FROM hit WHERE id IN ({titled}) ORDER BY {NEWEST} LIMIT {most})",
        f"latest AS (SELECT id FROM hit ORDER BY {NEWEST} LIMIT {most})",
        "chosen AS MATERIALIZED (SELECT id FROM titled UNION SELECT id FROM latest)",
        f"ranked AS MATERIALIZED (SELECT id, key, moment, {question.rank} AS rank FROM {TABLE} WHERE id IN (SELECT id FROM chosen))",
    ]


def found_of(rows: Iterable[tuple[int, list[str] | None, int]]) -> Found:
    """What an answer tells: rows of kind 0 the total, 1 facet values with their count, 2 keys with their places."""
    total = 0
    facets = no_counts()
    keys: list[tuple[int, str]] = []
    for kind, texts, number in rows:
        if kind == 0:
            total = number
        elif kind == 2 and texts:
            keys.append((number, texts[0]))
        for told in texts or () if kind == 1 else ():
            add_count(facets, told, number)
    return Found(tuple(key for _, key in sorted(keys)), total, facets)


def table_size(cursor: Cursor[Any]) -> int:
    """About how many entries there are, as last counted by the server."""
    return int(one_of(cursor, "SELECT greatest(reltuples, 0) FROM pg_class WHERE oid = to_regclass(%s)", [TABLE])[0])


def about_how_many(cursor: Cursor[Any], size: int, query: str, column: str = "words") -> int:
    """How many entries have something: counted in a small table, as the planner thinks in a large one."""
    if size < SMALL:
        return int(one_of(cursor, f"SELECT count(*) FROM {TABLE} WHERE {column} @@ %s::tsquery", [query])[0])
    told = one_of(cursor, f"EXPLAIN (FORMAT JSON) SELECT FROM {TABLE} WHERE {column} @@ {literal(query)}::tsquery", [])
    return int(told[0][0]["Plan"]["Plan Rows"])


def literal(text: str) -> str:
    """A text as SQL has it, where no value can be bound."""
    return sql.Literal(text).as_string().replace("%", "%%")


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
                    entry.key, entry.mark, words_vector(entry), grams_vector(entry), facets_of(entry, NARROW), facets_of(entry, BROAD), entry.moment,
                    entry.order.encode(),
                )
            )  # fmt: skip
            count += 1
    return count
