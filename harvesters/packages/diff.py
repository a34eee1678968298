"""What changed in the rows of a table between two versions, by DuckDB over their Parquet files.

By key where both versions have one that is filled and unique: rows added, removed, and changed with both values of each
cell. Without one the tables are compared as multisets: rows that are there more, or fewer, times than before. Cells are
compared as texts, so that a column that changed its type alone changed nothing; `_row` is left out, as a row that moved
is the same row. Only columns that both versions have are compared; the others are named.
"""

# ruff: noqa: S608 - statements are put together from column numbers alone (boxed.py)

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb

from harvesters.packages.boxed import WORK_SECONDS, Stamp, as_text, ask, columns_of, stamp_of, table
from harvesters.packages.filters import fields_of
from harvesters.packages.rows import is_key
from harvesters.values import ROW_COLUMN

LIMIT = 50
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
        return (
            by_key(cursor, pair, come, gone, limit, offset)
            if used
            else as_multisets(cursor, pair, come, gone, limit, offset)
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
    return Diff(pair.key, added, removed, changed, come, gone, tuple(as_change(pair, row) for row in rows), *listed)


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
        f"CREATE OR REPLACE TEMP TABLE found AS SELECT {cells}, sum(n) AS more, min(r) AS r FROM ({sides}) "
        f"GROUP BY {cells} HAVING sum(n) <> 0"
    )
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
    return Diff((), int(added), int(removed), 0, come, gone, (), *listed)
