"""A table grouped by one column for a chart: how many rows, or the sum or mean of a measure, for the largest groups and the rest.

Grouping stands beside `rows.py` and compiles its conditions there: a chart shows the rows that the filters leave.
"""

# ruff: noqa: S608 - statements are put together from c0, c1 … and $1, $2 … alone (boxed.py)

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

from harvesters.packages.boxed import Stamp, as_text, ask, stamp_of, table
from harvesters.packages.filters import RowQuery, unknown_column
from harvesters.packages.rows import Where, columns_for, compile_where
from harvesters.values import ROW_COLUMN, Text

How = Literal["count", "sum", "mean"]
HOWS: tuple[How, ...] = get_args(How)
MOST_GROUPS = 20
MEASURED = frozenset({"integer", "number"})
KEPT = 512  # answers; a file of the store never changes


@dataclass(frozen=True, slots=True)
class ChartQuery:
    """What a chart shows: the groups of `column`, and of each the rows, or the sum or mean of `measure` ("" for rows)."""

    column: str
    how: How = "count"
    measure: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of one value. `figure` is what was asked for; None where no row of the group has the measure."""

    value: str
    rows: int
    figure: int | float | None


@dataclass(frozen=True, slots=True)
class Chart:
    """The largest groups first. `other` is all further groups together, `empty` the rows without a value, `groups` how many
    values there are; the rows of all of them are `rows`."""

    groups: int
    rows: int
    largest: tuple[Group, ...]
    other: Group | None
    empty: Group | None

    def to_json(self) -> dict[str, Any]:
        """As data."""
        return {
            "rows": self.rows,
            "groups": self.groups,
            "largest": [_json(group) for group in self.largest],
            "other": _json(self.other) if self.other else None,
            "empty": _json(self.empty) if self.empty else None,
        }


def _json(group: Group) -> dict[str, Any]:
    return {"value": group.value, "rows": group.rows, "figure": group.figure}


def parse_chart(
    args: Mapping[str, str], schema: Mapping[str, Any], profiles: Sequence[Mapping[str, Any]]
) -> ChartQuery | Text | None:
    """Read `chart`, `how` and `measure` of an address: the question, None when there is none, or what is wrong with it.

    Never raises for any text. A column of more values than were counted when the version was packaged is refused: no chart
    of its twenty largest says anything, and grouping a million different names takes a second.
    """
    name = args.get("chart", "")
    if not name:
        return None
    fields = {field["name"]: field.get("type", "string") for field in schema["fields"]}
    if name not in fields or name == ROW_COLUMN:
        return unknown_column(name, fields).message
    if name in too_many(profiles):
        return Text(
            f"คอลัมน์ ‘{name}’ มีค่าต่างกันมากเกินไปสำหรับกราฟ โปรดเลือกคอลัมน์อื่น",
            f"Column ‘{name}’ has too many different values for a chart. Please choose another.",
        )
    measure = args.get("measure", "")
    how = next((known for known in HOWS if known == args.get("how", "")), "sum" if measure else "count")
    if how == "count":
        return ChartQuery(name)
    if measure not in fields:
        return unknown_column(measure, fields).message
    if fields[measure] not in MEASURED or measure == ROW_COLUMN:
        return Text(
            f"คอลัมน์ ‘{measure}’ ไม่ใช่ตัวเลข จึงรวมหรือหาค่าเฉลี่ยไม่ได้",
            f"Column ‘{measure}’ holds no numbers, so it has no sum and no mean.",
        )
    return ChartQuery(name, how, measure)


def too_many(profiles: Sequence[Mapping[str, Any]]) -> set[str]:
    """The columns whose values were only estimated when the version was packaged, because there are too many."""
    return {column["name"] for column in profiles if column.get("approximate")}


def draw_chart(parquet: Path, schema: Mapping[str, Any], asked: ChartQuery, query: RowQuery | None = None) -> Chart:
    """Group the rows of `query`. Raises HarvestError as `select_rows` does."""
    columns = columns_for(parquet, schema)
    where = compile_where(query or RowQuery(), schema, columns)
    at = columns.position(asked.column)
    measured = columns.position(asked.measure) if asked.measure else None
    return _draw(stamp_of(parquet), at, columns.types[at], measured, asked.how, where)


@lru_cache(maxsize=KEPT)
def _draw(stamp: Stamp, at: int, type_: str, measured: int | None, how: How, where: Where) -> Chart:
    path = Path(stamp.path)
    sums = "NULL, 0" if measured is None else f"sum({number_of(measured)}), count({number_of(measured)})"
    grouped = f"SELECT c{at}, count(*), {sums} FROM {table(path)} WHERE {where.sql} GROUP BY 1"
    filled = f"coalesce({as_text(at, type_)}, '') <> ''"
    figure = {"count": "n", "sum": "s", "mean": "s / k"}[how]
    tail = f"SELECT {{value}}, sum(n), sum(s), sum(k), count(*) FROM g WHERE {filled}"
    largest = (
        f"SELECT {as_text(at, type_)}, n, s, k, 1 FROM g WHERE {filled} ORDER BY {figure} DESC NULLS LAST, c{at} "
        f"LIMIT {MOST_GROUPS}"
    )
    statement = (
        f"WITH g(c{at}, n, s, k) AS MATERIALIZED ({grouped}) SELECT * FROM ({largest}) "
        f"UNION ALL {tail.format(value='NULL')} "
        f"UNION ALL SELECT NULL, sum(n), sum(s), sum(k), count(*) FROM g WHERE NOT ({filled})"
    )
    with ask(path) as cursor:
        *found, total, empty = cursor.execute(statement, list(where.values)).fetchall()
    return _chart(found, total, empty, how)


def number_of(at: int) -> str:
    """SQL of a measure: a column of numbers may be kept as text, and what is no number counts for nothing."""
    return f"CASE WHEN isfinite(TRY_CAST(c{at} AS DOUBLE)) THEN TRY_CAST(c{at} AS DOUBLE) END"


def _chart(found: Sequence[Sequence[Any]], total: Sequence[Any], empty: Sequence[Any], how: How) -> Chart:
    largest = tuple(_group(str(row[0]), row, how) for row in found)
    groups = int(total[4])
    other = None
    if groups > len(found):
        left = [(total[place] or 0) - sum(row[place] or 0 for row in found) for place in (1, 2, 3)]
        other = _group("", ("", *left), how)
    nothing = _group("", empty, how) if empty[1] else None
    return Chart(groups, int(total[1] or 0) + int(empty[1] or 0), largest, other, nothing)


def _group(value: str, row: Sequence[Any], how: How) -> Group:
    """A group out of its rows, sum and how many the sum is of."""
    _, rows, total, measured = row[:4]
    if how == "count":
        return Group(value, int(rows), int(rows))
    if not measured or total is None or not math.isfinite(total):
        return Group(value, int(rows), None)
    return Group(value, int(rows), _plain(total if how == "sum" else total / measured))


def _plain(figure: float) -> int | float:
    """A figure without the noise of adding: whole where it is whole."""
    rounded = round(float(figure), 6)
    return int(rounded) if rounded.is_integer() and abs(rounded) < 1e15 else rounded


def forget_charts() -> None:
    """Forget the charts kept so far: for measuring."""
    _draw.cache_clear()
