"""Rows of one Parquet that we wrote, by structured questions only: pages, counts, groups, single rows, texts.

Conditions are compiled here, values are bound, and every column is checked against the table.
"""

# ruff: noqa: S608 - statements are put together from c0, c1 … and $1, $2 … alone (boxed.py)

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

from harvesters.packages.boxed import WORK_SECONDS, Columns, Stamp, as_text, ask, columns_of, stamp_of, table
from harvesters.packages.filters import (
    READERS,
    Bound,
    Filter,
    Op,
    RowQuery,
    bound_value,
    fields_of,
    filter_arguments,
    parse_filters,
)
from harvesters.thai.text import clean
from harvesters.values import ROW_COLUMN

__all__ = [
    "Filter",
    "Op",
    "Page",
    "RowQuery",
    "count_rows",
    "filter_arguments",
    "forget_counts",
    "group_rows",
    "parse_filters",
    "pick_key",
    "places_of",
    "read_rows",
    "read_texts",
    "rows_beside",
    "rows_by_number",
    "select_rows",
]

BATCH = 5_000
FEW = 200  # numbers that are handed to a statement
Cells = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of rows; cells are typed, None where empty. `total` counts all rows of the question."""

    columns: tuple[str, ...]
    rows: tuple[Cells, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Where:
    """A compiled condition. `sql` holds c0, c1 … and $1, $2 … only."""

    sql: str
    values: tuple[Bound, ...]


def select_rows(parquet: Path, schema: Mapping[str, Any], query: RowQuery) -> Page:
    """Return one page of rows, and how many rows there are in all.

    Raises HarvestError: filter-column-unknown, object-missing, table-damaged, rows-time, rows-memory.
    """
    columns = columns_for(parquet, schema)
    names = query.columns or tuple(fields_of(schema))
    where = compile_where(query, schema, columns)
    statement = f"{select(parquet, [f'c{columns.position(name)}' for name in names], where)}{order_by(query, columns)} LIMIT {query.limit:d} OFFSET {query.offset:d}"
    with ask(parquet) as cursor:
        rows = cursor.execute(statement, list(where.values)).fetchall()
    return Page(names, tuple(rows), total_of(parquet, where, query, len(rows)))


def columns_for(parquet: Path, schema: Mapping[str, Any]) -> Columns:
    """The columns of a table as its schema calls them."""
    return columns_of(parquet, tuple(fields_of(schema)))


def select(parquet: Path, shown: Sequence[str], where: Where) -> str:
    """The SELECT, FROM and WHERE of a question; `shown` is SQL for each column of the answer."""
    return f"SELECT {', '.join(shown)} FROM {table(parquet)} WHERE {where.sql}"


def order_by(query: RowQuery, columns: Columns) -> str:
    """The ORDER BY of a question: Thai dictionary order for texts, empty cells last, the file's order among equals."""
    if not query.sort:
        return ""
    at = columns.position(query.sort)
    collation = " COLLATE th" if columns.types[at] == "VARCHAR" else ""
    way = "DESC" if query.descending else "ASC"
    return f" ORDER BY c{at}{collation} {way} NULLS LAST, c{columns.position(ROW_COLUMN)}"


def total_of(parquet: Path, where: Where, query: RowQuery, found: int) -> int:
    """How many rows fit: known without counting when this page is the last one."""
    if found < query.limit and (found or not query.offset):
        return query.offset + found
    return _count(stamp_of(parquet), where)


def count_rows(parquet: Path, schema: Mapping[str, Any], query: RowQuery) -> int:
    """How many rows fit a question. Raises HarvestError as `select_rows` does."""
    return _count(stamp_of(parquet), compile_where(query, schema, columns_for(parquet, schema)))


@lru_cache(maxsize=4096)
def _count(stamp: Stamp, where: Where) -> int:
    """Counts are kept: a file of the store never changes."""
    path = Path(stamp.path)
    with ask(path) as cursor:
        return int(
            cursor.execute(f"SELECT count(*) FROM {table(path)} WHERE {where.sql}", list(where.values)).fetchall()[0][0]
        )


def forget_counts() -> None:
    """Forget the counts kept so far: for measuring."""
    _count.cache_clear()


def group_rows(
    parquet: Path, schema: Mapping[str, Any], column: str, query: RowQuery | None = None, *, limit: int = 20
) -> tuple[tuple[str, int], ...]:
    """The values of a column with the number of rows of each, most frequent first; empty cells are not a value.

    Raises HarvestError as `select_rows` does.
    """
    columns = columns_for(parquet, schema)
    at = columns.position(column)
    where = compile_where(query or RowQuery(), schema, columns)
    inner = f"SELECT c{at}, count(*) AS n FROM {table(parquet)} WHERE {where.sql} GROUP BY 1"
    value = as_text(at, columns.types[at])
    filled = f"coalesce({value}, '') <> ''"
    statement = f"SELECT {value} AS v, n FROM ({inner}) WHERE {filled} ORDER BY n DESC, v LIMIT {limit:d}"
    with ask(parquet) as cursor:
        return tuple(
            (str(text), int(count)) for text, count in cursor.execute(statement, list(where.values)).fetchall()
        )


def compile_where(query: RowQuery, schema: Mapping[str, Any], columns: Columns) -> Where:
    """Compile the conditions. Raises HarvestError("filter-column-unknown")."""
    fields = fields_of(schema)
    parts: list[str] = []
    values: list[Bound] = []
    if query.row is not None:
        values.append(query.row)
        parts.append(f"c{columns.position(ROW_COLUMN)} = ${len(values)}")
    ordered = sorted(query.filters, key=lambda one: (one.column, one.op, one.value))
    for (column, op), same in groupby(ordered, key=lambda one: (one.column, one.op)):
        at = columns.position(column)
        conditions = [condition(one, at, columns.types[at], fields.get(column, "string"), values) for one in same]
        parts.append(f"({(' OR ' if op == 'eq' else ' AND ').join(conditions)})")
    if query.words:
        cells = [as_text(at, columns.types[at]) for at, name in enumerate(columns.names) if name != ROW_COLUMN]
        parts += [any_of([holds(cell, word, values) for cell in cells]) if cells else "false" for word in query.words]
    return Where(" AND ".join(parts) or "true", tuple(values))


def condition(one: Filter, at: int, type_: str, kind: str, values: list[Bound]) -> str:
    """SQL of one condition; its values are put behind `values`."""
    name = f"c{at}"
    if one.op == "empty":
        empty = f"({name} IS NULL OR {name} = '')" if type_ == "VARCHAR" else f"{name} IS NULL"
        return empty if one.value == "1" else f"NOT ({empty})"
    if one.op == "contains":
        return holds(as_text(at, type_), one.value, values)
    if kind not in READERS:
        text = as_text(at, type_)
        if one.op == "eq":
            return any_of([f"{text} = {mark}" for mark in bind(spellings(one.value), values)])
        return f"{text} {COMPARE[one.op]} {bind([clean(one.value)], values)[0]}"
    bound = bound_value(one.value, kind)
    if bound is None:  # not made by parse_filters: nothing is equal to it
        return "false"
    left, right = comparable(name, type_, bound)
    return f"{left} {COMPARE[one.op]} {bind([right], values)[0]}"


def holds(text: str, value: str, values: list[Bound]) -> str:
    """SQL for a piece of a text, whatever its capitals. Thai has none, and is looked for in the cells as they stand: that
    takes less than half the time."""
    if value.lower() == value.upper():
        return any_of([f"contains({text}, {mark})" for mark in bind(spellings(value), values)])
    return any_of([f"contains(lower({text}), lower({mark}))" for mark in bind(spellings(value), values)])


def comparable(name: str, type_: str, bound: Bound) -> tuple[str, Bound]:
    """A column and a value in types that compare: a typed column as it is, one kept as text by its number or ISO text."""
    if type_ != "VARCHAR":
        return name, bound
    if isinstance(bound, bool):
        return f"lower({name})", str(bound).lower()
    if isinstance(bound, int | float):
        return f"TRY_CAST({name} AS DOUBLE)", bound
    return name, bound if isinstance(bound, str) else bound.isoformat()


COMPARE: Mapping[str, str] = {"eq": "=", "gte": ">=", "lte": "<="}


def spellings(text: str) -> list[Bound]:
    """A text as typed, and as the normaliser would have written it: a table may hold either."""
    return list(dict.fromkeys((text, clean(text) or text)))


def bind(new: Sequence[Bound], values: list[Bound]) -> list[str]:
    """Put values behind `values` and return their marks in the statement."""
    first = len(values) + 1
    values.extend(new)
    return [f"${number}" for number in range(first, len(values) + 1)]


def any_of(conditions: Sequence[str]) -> str:
    """Conditions of which one is enough."""
    return f"({' OR '.join(conditions)})"


def rows_by_number(parquet: Path, schema: Mapping[str, Any], numbers: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Rows by their number in the file, each column → typed cell; numbers that the table does not have are left out."""
    wanted = list(dict.fromkeys(numbers))
    if not wanted:
        return {}
    names = tuple(fields_of(schema))
    columns = columns_of(parquet, names)
    at = columns.position(ROW_COLUMN)
    where = Where(f"c{at} IN ({', '.join(f'${number}' for number in range(1, len(wanted) + 1))})", tuple(wanted))
    with ask(parquet) as cursor:
        rows = cursor.execute(
            select(parquet, [f"c{columns.position(name)}" for name in names], where), wanted
        ).fetchall()
    return {row[0]: dict(zip(names, row, strict=True)) for row in rows}


def places_of(parquet: Path, schema: Mapping[str, Any], numbers: Sequence[int]) -> dict[int, int]:
    """Where rows stand in the table, counted from 1, by their number in the file: that one has gaps where rows were left out."""
    at = columns_for(parquet, schema).position(ROW_COLUMN)
    counted = f"SELECT c{at} AS number, row_number() OVER (ORDER BY c{at}) AS place FROM {table(parquet)}"
    statement = f"SELECT number, place FROM ({counted}) WHERE list_contains($1, number)"
    if len(numbers) > FEW:
        statement = f"SELECT number, place FROM ({counted})"
    with ask(parquet) as cursor:
        found = cursor.execute(statement, [list(numbers)] if len(numbers) <= FEW else []).fetchall()
    wanted = set(numbers)
    return {number: place for number, place in found if number in wanted}


def rows_beside(parquet: Path, schema: Mapping[str, Any], number: int) -> tuple[int | None, int | None]:
    """The numbers of the rows before and after one, None at the ends: numbers are those of the file, so some may be missing."""
    at = columns_of(parquet, tuple(fields_of(schema))).position(ROW_COLUMN)
    statement = (
        f"SELECT max(c{at}) FILTER (WHERE c{at} < $1), min(c{at}) FILTER (WHERE c{at} > $1) FROM {table(parquet)}"
    )
    with ask(parquet) as cursor:
        before, after = cursor.execute(statement, [number]).fetchall()[0]
    return before, after


def read_rows(parquet: Path, schema: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every row in the order of the file, each column → typed cell, empty cells left out; streamed."""
    names = tuple(fields_of(schema))
    columns = columns_of(parquet, names)
    statement = f"SELECT {', '.join(f'c{columns.position(name)}' for name in names)} FROM {table(parquet)}"
    with ask(parquet, seconds=WORK_SECONDS) as cursor:
        result = cursor.execute(statement)
        while batch := result.fetchmany(BATCH):
            for row in batch:
                yield {name: cell for name, cell in zip(names, row, strict=True) if cell not in (None, "")}


def read_texts(parquet: Path, schema: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """Every row as (its number, its filled cells joined by " | "), in the order of the file, streamed."""
    columns = columns_for(parquet, schema)
    names = [name for name in fields_of(schema) if name != ROW_COLUMN]
    cells = ", ".join(
        f"nullif({as_text(at, columns.types[at])}, '')" for at in (columns.position(name) for name in names)
    )
    text = f"concat_ws(' | ', {cells})" if names else "''"
    statement = f"SELECT c{columns.position(ROW_COLUMN)}, {text} FROM {table(parquet)}"
    with ask(parquet, seconds=WORK_SECONDS) as cursor:
        result = cursor.execute(statement)
        while batch := result.fetchmany(BATCH):
            yield from batch


def pick_key(schema: Mapping[str, Any], parquet: Path) -> tuple[str, ...] | None:
    """The columns that tell the rows of a table apart: its primary key, else a column whose role is id.

    Only one that is filled and unique in every row counts; None when there is none.
    """
    told = schema.get("primaryKey") or ()
    candidates = [(told,) if isinstance(told, str) else tuple(told)]
    candidates += [(field["name"],) for field in schema["fields"] if field.get("role") == "id"]
    names = tuple(fields_of(schema))
    known = set(columns_of(parquet, names).names)
    return next((key for key in candidates if key and set(key) <= known and is_key(parquet, key, names)), None)


def is_key(parquet: Path, key: Sequence[str], names: Sequence[str]) -> bool:
    """Whether these columns are filled in every row and differ between any two. `names` are all columns of the schema."""
    columns = columns_of(parquet, names)
    texts = [as_text(at, columns.types[at]) for at in (columns.position(name) for name in key)]
    filled = " AND ".join(f"coalesce({text}, '') <> ''" for text in texts)
    distinct = f"SELECT count(*) FROM (SELECT DISTINCT {', '.join(texts)} FROM {table(parquet)} WHERE {filled})"
    with ask(parquet, seconds=WORK_SECONDS) as cursor:
        row = cursor.execute(f"SELECT (SELECT count(*) FROM {table(parquet)}), ({distinct})").fetchall()[0]
    return bool(row[0] == row[1])
