"""The tables of the PostgreSQL engine, and how entries are written into them: by one writer at a time, in one transaction.

`search_entry` has a row for each entry. What is only read of a few, its vectors, stands beside the row, so that all rows that are
counted are few pages. `search_value` has the counts of all entries, `search_common` the words of which there are pairs.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from psycopg import Cursor

from portal.search.engines import Entry
from portal.search.engines.pairs import sampled
from portal.search.engines.postgres_counts import COUNTED, MAKE_VALUES, VALUES, Tally, Told, several_among
from portal.search.engines.postgres_finding import common_words_of
from portal.search.engines.postgres_queries import COMMON, TABLE, grams_vector, words_vector

LAYOUT = "4"  # of the tables below; another one is another index
DRAFT = "_new"  # ends the names of tables that are being filled

MAKE = (
    """
    CREATE TABLE {table} (
        id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        broad bigint NOT NULL, one bigint NOT NULL, two bigint NOT NULL, rest bigint NOT NULL, moment bigint NOT NULL,
        key text COLLATE "C" NOT NULL, mark text NOT NULL, sorted bytea NOT NULL,
        words tsvector NOT NULL, grams tsvector NOT NULL
    ) WITH (toast_tuple_target = 128)
    """,
    # Vectors stand outside, those of words as they are: to unpack one takes longer than to rank by it.
    "ALTER TABLE {table} ALTER words SET STORAGE EXTERNAL, ALTER key SET STORAGE MAIN, ALTER mark SET STORAGE MAIN, "
    "ALTER sorted SET STORAGE MAIN",
)
INDEXES = (
    "CREATE UNIQUE INDEX {table}_key ON {table} (key)",
    "CREATE INDEX {table}_newest ON {table} (moment DESC, key)",
    "CREATE INDEX {table}_words ON {table} USING gin (words)",
    "CREATE INDEX {table}_grams ON {table} USING gin (grams)",
)
COLUMNS = f"key, mark, words, grams, {COUNTED}, moment, sorted"


def rebuilt(cursor: Cursor[Any], entries: Iterable[Entry], stamp: str) -> int:
    """Fill new tables beside those in force, then take their names; readers wait for that moment only. Returns how many entries."""
    common, rest = sampled(entries)
    table, tally = TABLE + DRAFT, Tally()
    for name in (COMMON, VALUES, TABLE):
        cursor.execute(f"DROP TABLE IF EXISTS {name}{DRAFT}")
    for statement in MAKE:
        cursor.execute(statement.format(table=table))
    cursor.execute(MAKE_VALUES.format(table=VALUES + DRAFT))
    cursor.execute(f"CREATE TABLE {COMMON}{DRAFT} (word text PRIMARY KEY)")
    cursor.execute(f"INSERT INTO {COMMON}{DRAFT} SELECT unnest(%s::text[])", [sorted(common)])
    count = copied(cursor, table, rest, common, tally)
    tally.write(cursor, VALUES + DRAFT)
    for statement in INDEXES:
        cursor.execute(statement.format(table=table))
    cursor.execute(f"COMMENT ON TABLE {table} IS '{stamp}'")
    cursor.execute(f"ANALYZE {table}, {VALUES}{DRAFT}")
    for name in (TABLE, VALUES, COMMON):  # the one that readers lock goes first
        cursor.execute(f"DROP TABLE IF EXISTS {name}")
        cursor.execute(f"ALTER TABLE {name}{DRAFT} RENAME TO {name}")
    for statement in INDEXES:
        name = statement.format(table=table).split(" ON ")[0].split()[-1]
        cursor.execute(f"ALTER INDEX {name} RENAME TO {name.replace(table, TABLE)}")
    for name in (TABLE, VALUES, COMMON):
        cursor.execute(f"ALTER INDEX {name}{DRAFT}_pkey RENAME TO {name}_pkey")
    return count


def replaced(cursor: Cursor[Any], entries: Iterable[Entry], gone: Iterable[str]) -> None:
    """Delete what is gone or comes anew, and write the entries; of one key the last."""
    newest, tally = {entry.key: entry for entry in entries}, Tally()
    cursor.execute(f"DELETE FROM {TABLE} WHERE key = ANY(%s) RETURNING {COUNTED}", [[*gone, *newest]])
    taken = [Told(*row) for row in cursor.fetchall()]
    tally.take(taken, several_among(cursor, (told.rest for told in taken)))
    copied(cursor, TABLE, newest.values(), common_words_of(cursor), tally)
    tally.write(cursor, VALUES)


def copied(cursor: Cursor[Any], table: str, entries: Iterable[Entry], common: frozenset[str], tally: Tally) -> int:
    """Write entries. Returns how many."""
    count = 0
    with cursor.copy(f"COPY {table} ({COLUMNS}) FROM STDIN") as copy:
        for entry in entries:
            told = tally.add(entry)
            copy.write_row(
                (
                    entry.key, entry.mark, words_vector(entry, common), grams_vector(entry), told.broad, told.one, told.two, told.rest,
                    entry.moment, entry.order.encode(),
                )
            )  # fmt: skip
            count += 1
    return count
