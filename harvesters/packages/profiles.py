"""What each column of a finished table holds, computed once when a version is packaged, so that no page has to."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

TOP = 10
FEW_ROWS = 50_000  # up to here everything is counted exactly
MOST_DISTINCT = 20_000  # a larger table's column with more values than this is only estimated and has no top ones
MOST_SHOWN = 200  # characters of a value that a page shows; longer ones are no categories
AT_ONCE, SUMMED = 100, 6  # columns summed up by one statement, figures of each
RANGED = frozenset({"BIGINT", "DOUBLE", "DATE"})
AVERAGED = frozenset({"BIGINT", "DOUBLE"})


def profile_columns(
    connection: duckdb.DuckDBPyConnection, parquet: Path, fields: Sequence[Mapping[str, Any]], rows: int
) -> tuple[Mapping[str, Any], ...]:
    """Return one JSON-able profile for each of `fields`, which are the file's columns after `_row`.

    {"name", "type", "filled", "distinct", "approximate", "min", "max", "mean", "top", "example"}: `distinct` is an estimate
    where `approximate` is true; `min` and `max` only for numbers and dates, `mean` only for numbers; `top` is up to ten
    {"value", "count"}, most frequent first; `example` is the first filled cell that is short enough to show.
    """
    names = ", ".join(f"c{number}" for number in range(len(fields) + 1))
    table = f"read_parquet({literal(str(parquet))}) AS t({names})"
    described = connection.execute(f"SELECT * FROM {table} LIMIT 0").description or []  # noqa: S608 -- our own file
    cells = [Cell(f"c{number}", str(column[1])) for number, column in enumerate(described)][1:]
    told: list[tuple[Any, ...]] = []
    for start in range(0, len(cells), AT_ONCE):
        asked = ", ".join(cell.summary for cell in cells[start : start + AT_ONCE])
        found = connection.execute(f"SELECT {asked} FROM {table}").fetchone() or ()  # noqa: S608 -- c1, c2 …
        told += [found[at : at + SUMMED] for at in range(0, len(found), SUMMED)]
    return tuple(
        _profile(connection, table, cell, field, summary, rows)
        for cell, field, summary in zip(cells, fields, told, strict=True)
    )


@dataclass(frozen=True, slots=True)
class Cell:
    """A column as a statement names it, and its DuckDB type."""

    name: str
    kind: str

    @property
    def summary(self) -> str:
        """SUMMED expressions: filled, distinct (an estimate), least, most, mean, the first short filled cell."""
        span = f"min({self.name}), max({self.name})" if self.kind in RANGED else "NULL, NULL"
        mean = f"avg({self.name})" if self.kind in AVERAGED else "NULL"
        short = (
            f"CASE WHEN length({self.name}) <= {MOST_SHOWN} THEN {self.name} END"
            if self.kind == "VARCHAR"
            else self.name
        )
        return f"count({self.name}), approx_count_distinct({self.name}), {span}, {mean}, any_value({short})"


def _profile(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    cell: Cell,
    field: Mapping[str, Any],
    summary: Sequence[Any],
    rows: int,
) -> dict[str, Any]:
    filled, distinct, least, most, mean, example = summary
    exact = rows <= FEW_ROWS or distinct <= MOST_DISTINCT
    top: list[dict[str, Any]] = []
    if exact and filled:
        distinct, top = _top(connection, table, cell.name, cell.kind)
    return {
        "name": field["name"],
        "type": field.get("type", "string"),
        "filled": filled,
        "distinct": min(distinct, filled),
        "approximate": not exact,
        "min": plain(least),
        "max": plain(most),
        "mean": None if mean is None or not math.isfinite(mean) else round(float(mean), 6),
        "top": top,
        "example": plain(example),
    }


def _top(connection: duckdb.DuckDBPyConnection, table: str, cell: str, kind: str) -> tuple[int, list[dict[str, Any]]]:
    """How many values there are, and the most frequent ones with their counts; equally frequent ones by their order."""
    counted = f"SELECT {cell} AS value, count(*) AS count FROM {table} WHERE {cell} IS NOT NULL GROUP BY 1"  # noqa: S608
    short = f"length(value) <= {MOST_SHOWN}" if kind == "VARCHAR" else "true"
    asked = (
        f"WITH counted AS MATERIALIZED ({counted}) SELECT (SELECT count(*) FROM counted), value, count FROM counted "  # noqa: S608
        f"WHERE {short} ORDER BY count DESC, value LIMIT {TOP}"
    )
    found = connection.execute(asked).fetchall()
    if not found:  # every value is too long to show
        return int((connection.execute(f"SELECT count(DISTINCT {cell}) FROM {table}").fetchone() or (0,))[0]), []  # noqa: S608
    return int(found[0][0]), [{"value": plain(value), "count": count} for _, value, count in found]


def plain(value: Any) -> Any:
    """A value as JSON and a filter's address take it: dates in ISO, yes and no as the CSV writes them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if hasattr(value, "isoformat") else value


def quoted(name: str) -> str:
    """A column's name as SQL takes it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"
