"""Two tables joined by columns that hold the same codes: how many values they share, and the joined rows as CSV.

Values are compared as the CSV of a version writes them. Of a column with more than MOST_VALUES different ones only those are
kept whose md5 begins with enough noughts: the same ones in every table, so that the share of a sample is the share of the whole.
"""

# ruff: noqa: S608 - statements are put together from c0, c1 … and $1, $2 … alone (boxed.py)

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from harvesters.packages.boxed import WORK_SECONDS, as_text, ask, table
from harvesters.packages.exports import BATCH, text_over
from harvesters.packages.filters import RowQuery, fields_of
from harvesters.packages.rows import Where, columns_for, compile_where

MOST_VALUES = 2_000
BASE = 16  # of the digits of a hash
KINDS: Mapping[str, Sequence[str]] = {
    "registration": (
        "cluster_id", "เลขทะเบียน", "เลขทะเบียนวิสาหกิจชุมชน", "รหัสวิสาหกิจชุมชน", "เลขทะเบียนนิติบุคคล", "เลขทะเบียนผู้ประกอบการ",
    ),
    "university": ("university", "มหาวิทยาลัย", "ชื่อมหาวิทยาลัย"),
    "university-code": ("university_code", "รหัสมหาวิทยาลัย", "รหัสสถาบัน"),
    "tsic": ("tsic_code", "TSIC", "รหัส TSIC"),
    "province": ("province_code", "รหัสจังหวัด"),
}  # fmt: skip
KIND_OF: Mapping[str, str] = {name: kind for kind, names in KINDS.items() for name in names}


@dataclass(frozen=True, slots=True)
class Values:
    """The different values of a column: how many, and those whose md5 begins with `noughts` noughts."""

    distinct: int
    noughts: int
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """One table of a join: its file, its schema, the column that is compared, and what stands before its headings."""

    parquet: Path
    schema: Mapping[str, Any]
    column: str
    prefix: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Its columns, `_row` first."""
        return tuple(fields_of(self.schema))


def distinct_values(parquet: Path, schema: Mapping[str, Any], column: str) -> Values:
    """The different values of a column; empty cells are none. Raises HarvestError as `select_rows` does."""
    columns = columns_for(parquet, schema)
    at = columns.position(column)
    text = as_text(at, columns.types[at])
    distinct = f"SELECT DISTINCT {text} AS v FROM {table(parquet)} WHERE coalesce({text}, '') <> ''"
    with ask(parquet, seconds=WORK_SECONDS) as cursor:
        count = int(cursor.execute(f"SELECT count(*) FROM ({distinct})").fetchall()[0][0])
        noughts = 0
        while count > MOST_VALUES * BASE**noughts:
            noughts += 1
        kept = f"SELECT v FROM ({distinct}) WHERE starts_with(md5(v), $1) ORDER BY v"
        return Values(count, noughts, tuple(row[0] for row in cursor.execute(kept, ["0" * noughts]).fetchall()))


def overlap(one: Values, other: Values) -> tuple[int, bool]:
    """How many values both have, and whether that is an estimate from a sample."""
    noughts = max(one.noughts, other.noughts)
    shared = len(sampled(one, noughts) & sampled(other, noughts)) * BASE**noughts
    return min(shared, one.distinct, other.distinct), noughts > 0


def sampled(values: Values, noughts: int) -> set[str]:
    """The values that a sample of `noughts` would have kept."""
    if noughts == values.noughts:
        return set(values.values)
    return {
        value
        for value in values.values
        if hashlib.md5(value.encode(), usedforsecurity=False).hexdigest().startswith("0" * noughts)
    }


def count_joined(left: Side, right: Side, query: RowQuery) -> int:
    """How many rows the join of `query`'s rows of the left table has. Raises HarvestError as `select_rows` does."""
    (one, where), (other, _) = keyed(left, query), keyed(right, RowQuery())
    statement = (
        f"SELECT coalesce(sum(a.n * b.n), 0) FROM (SELECT k, count(*) AS n FROM ({one}) GROUP BY 1) a "
        f"JOIN (SELECT k, count(*) AS n FROM ({other}) GROUP BY 1) b ON a.k = b.k"
    )
    with ask(left.parquet, right.parquet) as cursor:
        return int(cursor.execute(statement, list(where.values)).fetchall()[0][0])


def write_joined(left: Side, right: Side, query: RowQuery, out: IO[bytes]) -> int:
    """Write rows `offset` … `offset + limit` of the join as CSV: the left table's columns, then the right one's under its
    prefix, in the order of the left rows, then of the right ones. Returns how many. Raises HarvestError as `export` does."""
    (one, where), (other, _) = keyed(left, query), keyed(right, RowQuery())
    shown = [f"a.x{at}" for at in range(len(left.names))] + [f"b.x{at}" for at in range(len(right.names))]
    statement = (
        f"SELECT {', '.join(shown)} FROM ({one}) a JOIN ({other}) b ON a.k = b.k "
        f"ORDER BY a.r, b.r LIMIT {query.limit:d} OFFSET {query.offset:d}"
    )
    written = 0
    with text_over(out) as text, ask(left.parquet, right.parquet, seconds=WORK_SECONDS) as cursor:
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([side.prefix + name for side in (left, right) for name in side.names])
        result = cursor.execute(statement, list(where.values))
        while batch := result.fetchmany(BATCH):
            writer.writerows(batch)
            written += len(batch)
    return written


def keyed(side: Side, query: RowQuery) -> tuple[str, Where]:
    """One table as SQL: its cells as texts x0, x1 …, the compared one as k, its row number as r."""
    columns = columns_for(side.parquet, side.schema)
    where = compile_where(query, side.schema, columns)
    places = [columns.position(name) for name in side.names]
    cells = ", ".join(f"{as_text(at, columns.types[at])} AS x{number}" for number, at in enumerate(places))
    at = columns.position(side.column)
    key = as_text(at, columns.types[at])
    rows = columns.position(side.names[0])
    sql = f"SELECT {cells}, {key} AS k, c{rows} AS r FROM {table(side.parquet)} WHERE ({where.sql}) AND coalesce({key}, '') <> ''"
    return sql, where
