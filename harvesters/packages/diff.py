"""What changed in the rows of a table between two versions, by DuckDB over their Parquet files.

By key where both versions have one that is filled and unique: rows added, removed, and changed with both values of each
cell. Without one the tables are compared as multisets: rows that are there more, or fewer, times than before; of a few such
rows, those that are clearly one row before and after (alike.py) are changed. Cells are compared as texts, so that a column
that changed its type alone changed nothing; `_row` is left out, as a row that moved is the same row. Only columns that both
versions have are compared; the others are named, and which of them is an old one under a new name.
"""

# ruff: noqa: S608 - statements are put together from column numbers alone (boxed.py)

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb

from harvesters.packages import alike
from harvesters.packages.boxed import WORK_SECONDS, Stamp, as_text, ask, columns_of, stamp_of, table
from harvesters.packages.filters import fields_of
from harvesters.packages.rows import is_key
from harvesters.values import ROW_COLUMN

LIMIT = 50
MOST_COLUMNS = 10  # that went or came, each of which is compared with each
Cells = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell before and after; None where it was empty."""

    column: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class RowChange:
    """One changed row: the values of its key, its row numbers, and the cells that differ."""

    key: tuple[str | None, ...]
    old_row: int
    new_row: int
    cells: tuple[CellChange, ...]


@dataclass(frozen=True, slots=True)
class Diff:
    """The difference of two tables: exact counts, and a page of each kind of row. `key` is empty for multisets."""

    key: tuple[str, ...]
    added: int
    removed: int
    changed: int
    columns_added: tuple[str, ...]
    columns_removed: tuple[str, ...]
    columns_renamed: tuple[tuple[str, str], ...] = ()  # old and new name; in neither of the lists above
    changed_rows: tuple[RowChange, ...] = ()
    added_rows: tuple[Cells, ...] = ()
    removed_rows: tuple[Cells, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The difference as JSON."""
        changed_rows = [
            {
                "key": list(row.key),
                "old_row": row.old_row,
                "row": row.new_row,
                "cells": [{"column": cell.column, "old": cell.old, "new": cell.new} for cell in row.cells],
            }
            for row in self.changed_rows
        ]
        return {
            "key": list(self.key),
            "added": self.added,
            "removed": self.removed,
            "changed": self.changed,
            "columns_added": list(self.columns_added),
            "columns_removed": list(self.columns_removed),
            "columns_renamed": [{"old": old, "new": new} for old, new in self.columns_renamed],
            "changed_rows": changed_rows,
            "added_rows": [dict(row) for row in self.added_rows],
            "removed_rows": [dict(row) for row in self.removed_rows],
        }


@dataclass(frozen=True, slots=True)
class Pair:
    """Two tables to compare. `shared` are the columns of both, the key's first."""

    old: Path
    new: Path
    old_names: tuple[str, ...]  # all columns of the schema, `_row` first
    new_names: tuple[str, ...]
    key: tuple[str, ...]
    shared: tuple[str, ...]

    def side(self, parquet: Path, names: tuple[str, ...]) -> str:
        """SQL for one table: r its row number, v0, v1 … the shared columns as texts, None where empty."""
        columns = columns_of(parquet, names)
        places = [columns.position(name) for name in self.shared]
        texts = [f"nullif({as_text(at, columns.types[at])}, '') AS v{number}" for number, at in enumerate(places)]
        return f"(SELECT {', '.join([f'c{columns.position(ROW_COLUMN)} AS r', *texts])} FROM {table(parquet)})"

    @property
    def sides(self) -> tuple[str, str]:
        """SQL for the old table and for the new one."""
        return self.side(self.old, self.old_names), self.side(self.new, self.new_names)

    @property
    def cells(self) -> list[str]:
        """The shared columns in SQL."""
        return [f"v{number}" for number in range(len(self.shared))]


def diff(
    old_parquet: Path,
    old_schema: Mapping[str, Any],
    new_parquet: Path,
    new_schema: Mapping[str, Any],
    key: Sequence[str] | None = None,
    *,
    limit: int = LIMIT,
    offset: int = 0,
) -> Diff:
    """Compare two tables; at most `limit` rows of each kind from `offset` on are listed, counts are always exact.

    A `key` that is not filled and unique on both sides is not used. Raises HarvestError: object-missing, table-damaged,
    rows-time, rows-memory.
    """
    old, new = tuple(fields_of(old_schema)), tuple(fields_of(new_schema))
    return _diff(stamp_of(old_parquet), old, stamp_of(new_parquet), new, tuple(key or ()), limit, offset)


@lru_cache(maxsize=64)
def _diff(
    old: Stamp,
    old_names: tuple[str, ...],
    new: Stamp,
    new_names: tuple[str, ...],
    key: tuple[str, ...],
    limit: int,
    offset: int,
) -> Diff:
    """Differences are kept: versions never change."""
    before, after = Path(old.path), Path(new.path)
    usable = (
        bool(key)
        and set(key) <= set(old_names) & set(new_names)
        and is_key(before, key, old_names)
        and is_key(after, key, new_names)
    )
    used = key if usable else ()
    shared = (*used, *(name for name in new_names[1:] if name in old_names and name not in used))
    pair = Pair(before, after, old_names, new_names, used, shared)
    gone = tuple(name for name in old_names if name not in new_names)
    come = tuple(name for name in new_names if name not in old_names)
    with ask(before, after, seconds=WORK_SECONDS) as cursor:
        found = (
            by_key(cursor, pair, come, gone, limit, offset)
            if used
            else as_multisets(cursor, pair, come, gone, limit, offset)
        )
        return with_renamed(found, same_columns(cursor, pair, gone, come))


def with_renamed(found: Diff, pairs: Sequence[tuple[str, str]]) -> Diff:
    """The difference with columns told as renamed in place of one gone and one come."""
    gone, come = {old for old, _ in pairs}, {new for _, new in pairs}
    return replace(
        found,
        columns_added=tuple(name for name in found.columns_added if name not in come),
        columns_removed=tuple(name for name in found.columns_removed if name not in gone),
        columns_renamed=tuple(pairs),
    )


def same_columns(
    cursor: duckdb.DuckDBPyConnection, pair: Pair, gone: tuple[str, ...], come: tuple[str, ...]
) -> list[tuple[str, str]]:
    """Columns that went and came with the same values; none where many did, as then the table is another one."""
    if not gone or not come or max(len(gone), len(come)) > MOST_COLUMNS:
        return []
    shares = {}
    for a, old in enumerate(gone):
        for b, new in enumerate(come):
            sides = (counted(pair.old, pair.old_names, old), counted(pair.new, pair.new_names, new))
            different, both, most = cursor.execute(
                f"SELECT count(*) FILTER (o.n > 0 AND n.n > 0), coalesce(sum(least(o.n, n.n)), 0), "
                f"greatest(sum(o.n), sum(n.n)) FROM {sides[0]} o FULL JOIN {sides[1]} n USING (v)"
            ).fetchall()[0]
            if different >= alike.FEWEST_VALUES:
                shares[a, b] = both / most
    return [(gone[a], come[b]) for a, b in alike.renamed(shares)]


def counted(parquet: Path, names: tuple[str, ...], name: str) -> str:
    """SQL for the different values of a column that are filled, each with how often it stands there."""
    columns = columns_of(parquet, names)
    at = columns.position(name)
    return (
        f"(SELECT v, count(*) AS n FROM (SELECT nullif({as_text(at, columns.types[at])}, '') AS v FROM {table(parquet)}) "
        "WHERE v IS NOT NULL GROUP BY v)"
    )


def by_key(
    cursor: duckdb.DuckDBPyConnection, pair: Pair, come: tuple[str, ...], gone: tuple[str, ...], limit: int, offset: int
) -> Diff:
    """Compare row by row. The rows that differ are found once and kept in a table of the connection's own."""
    old, new = pair.sides
    same_key = " AND ".join(f"o.v{number} = n.v{number}" for number in range(len(pair.key)))
    differs = " OR ".join(f"o.{cell} IS DISTINCT FROM n.{cell}" for cell in pair.cells[len(pair.key) :]) or "false"
    shown = ", ".join(f"o.{cell} AS o{cell}, n.{cell} AS n{cell}" for cell in pair.cells)
    cursor.execute(
        f"CREATE OR REPLACE TEMP TABLE found AS SELECT o.r AS o_r, n.r AS n_r, {shown} FROM {old} o "
        f"FULL JOIN {new} n ON {same_key} WHERE o.r IS NULL OR n.r IS NULL OR {differs}"
    )
    counts = "count(*) FILTER (o_r IS NULL), count(*) FILTER (n_r IS NULL), count(*) FILTER (o_r IS NOT NULL AND n_r IS NOT NULL)"
    added, removed, changed = cursor.execute(f"SELECT {counts} FROM found").fetchall()[0]
    page = f"LIMIT {limit:d} OFFSET {offset:d}"
    both = ", ".join(f"o{cell}, n{cell}" for cell in pair.cells)
    rows = cursor.execute(
        f"SELECT o_r, n_r, {both} FROM found WHERE o_r IS NOT NULL AND n_r IS NOT NULL ORDER BY n_r {page}"
    ).fetchall()
    listed = [
        as_cells(
            pair.shared,
            cursor.execute(
                f"SELECT {', '.join(side + cell for cell in pair.cells)} FROM found WHERE {other}_r IS NULL ORDER BY {side}_r {page}"
            ).fetchall(),
        )
        for side, other in (("n", "o"), ("o", "n"))
    ]
    cursor.execute("DROP TABLE found")
    return Diff(pair.key, added, removed, changed, come, gone, (), tuple(as_change(pair, row) for row in rows), *listed)


def as_change(pair: Pair, row: Sequence[Any]) -> RowChange:
    """A changed row: o_r, n_r, then each shared column before and after."""
    old, new = row[2::2], row[3::2]
    cells = tuple(
        CellChange(name, before, after)
        for name, before, after in zip(pair.shared, old, new, strict=True)
        if before != after
    )
    return RowChange(tuple(new[: len(pair.key)]), row[0], row[1], cells)


def as_cells(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> tuple[Cells, ...]:
    """Rows as column → text."""
    return tuple(dict(zip(names, row, strict=True)) for row in rows)


def as_multisets(
    cursor: duckdb.DuckDBPyConnection, pair: Pair, come: tuple[str, ...], gone: tuple[str, ...], limit: int, offset: int
) -> Diff:
    """Compare how often each row is there. A row that is there three times more is listed three times."""
    if not pair.shared:
        added, removed = (
            cursor.execute(f"SELECT count(*) FROM {table(path)}").fetchall()[0][0] for path in (pair.new, pair.old)
        )
        return Diff((), added, removed, 0, come, gone)
    old, new = pair.sides
    cells = ", ".join(pair.cells)
    sides = f"SELECT r, 1 AS n, {cells} FROM {new} UNION ALL SELECT r, -1, {cells} FROM {old}"
    cursor.execute(
        f"CREATE OR REPLACE TEMP TABLE found AS SELECT {cells}, sum(n) AS more, "
        "CASE WHEN sum(n) > 0 THEN min(r) FILTER (n > 0) ELSE min(r) FILTER (n < 0) END AS r "
        f"FROM ({sides}) GROUP BY {cells} HAVING sum(n) <> 0"
    )
    changes = paired(cursor, pair)
    added, removed = cursor.execute(
        "SELECT coalesce(sum(more) FILTER (more > 0), 0), coalesce(-sum(more) FILTER (more < 0), 0) FROM found"
    ).fetchall()[0]
    listed = [
        as_cells(
            pair.shared,
            cursor.execute(
                f"SELECT {cells} FROM (SELECT *, unnest(range(CAST(abs(more) AS BIGINT))) AS copy FROM found WHERE more {sign} 0) "
                f"ORDER BY r, {cells}, copy LIMIT {limit:d} OFFSET {offset:d}"
            ).fetchall(),
        )
        for sign in (">", "<")
    ]
    cursor.execute("DROP TABLE found")
    shown = tuple(changes[offset : offset + limit])
    return Diff((), int(added), int(removed), len(changes), come, gone, (), shown, *listed)


def paired(cursor: duckdb.DuckDBPyConnection, pair: Pair) -> list[RowChange]:
    """Rows of the table `found` that are one row before and after; they leave the table. None where many rows differ."""
    most = f"SELECT greatest(count(*) FILTER (more > 0), count(*) FILTER (more < 0)) <= {alike.MOST:d} FROM found"
    if not cursor.execute(most).fetchall()[0][0]:
        return []
    cells = ", ".join(pair.cells)
    sides = [
        cursor.execute(f"SELECT rowid, r, {cells} FROM found WHERE more = {one:d} ORDER BY r, {cells}").fetchall()
        for one in (-1, 1)
    ]
    if not all(sides):
        return []
    old, new = ([(row[1], row[2:]) for row in side] for side in sides)
    pairs = alike.edited(old, new, [telling(cursor, pair, cell) for cell in pair.cells])
    taken = [str(int(side[at][0])) for both_ in pairs for side, at in zip(sides, both_, strict=True)]
    if taken:
        cursor.execute(f"DELETE FROM found WHERE rowid IN ({', '.join(taken)})")
    return [
        as_change(
            pair, [old[a][0], new[b][0], *(cell for both in zip(old[a][1], new[b][1], strict=True) for cell in both)]
        )
        for a, b in pairs
    ]


def telling(cursor: duckdb.DuckDBPyConnection, pair: Pair, cell: str) -> frozenset[str]:
    """The values of a column among the rows that differ that stand in one row of each whole table."""
    once = [f"SELECT {cell} FROM {side} GROUP BY {cell} HAVING count(*) = 1" for side in pair.sides]
    found = cursor.execute(f"SELECT {cell} FROM found WHERE {cell} IN ({once[0]}) AND {cell} IN ({once[1]})").fetchall()
    return frozenset(value for (value,) in found)
