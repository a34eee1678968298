"""Makes the published table of a judged draft: wrong cells emptied, incomplete rows set aside, Parquet beside the CSV, and a
profile of each column so that no page has to compute one."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb

from harvesters.checks.validate import Judgement
from harvesters.values import ROW_COLUMN, Draft

CHUNK_ROWS = 20_000
ROW_GROUP = 100_000
TOP = 10
MOST_DISTINCT = 5_000  # a column with more values has no top ones worth showing
TYPES: Mapping[str, str] = {
    "integer": "BIGINT",
    "number": "DOUBLE",
    "date": "DATE",
    "boolean": "BOOLEAN",
    "year": "INTEGER",
}


@dataclass(frozen=True, slots=True)
class Final:
    """The files of one finished table. `rejected` is a CSV of the rows set aside, with why; it stays private."""

    csv: Path
    parquet: Path
    rejected: Path | None
    row_count: int
    columns: tuple[Mapping[str, Any], ...]


def finalise(draft: Draft, judgement: Judgement, *, workdir: Path) -> Final:
    """Write the published CSV and Parquet of `draft` into `workdir`. A draft without a wrong cell is taken as it is."""
    stem = draft.table.name
    if judgement.wrong_cells or judgement.rejected:
        final, rejected, rows = rewrite(draft, judgement, workdir)
    else:
        final, rejected, rows = draft.path.rename(workdir / f"{stem}.final.csv"), None, draft.row_count
    parquet = workdir / f"{stem}.parquet"
    columns = convert(final, parquet, draft.schema)
    return Final(final, parquet, rejected, rows, columns)


def rewrite(draft: Draft, judgement: Judgement, workdir: Path) -> tuple[Path, Path | None, int]:
    """Copy the draft with its wrong cells emptied and its incomplete rows in a file of their own."""
    final, aside = workdir / f"{draft.table.name}.final.csv", workdir / f"{draft.table.name}.rejected.csv"
    rows = 0
    with (
        draft.path.open(encoding="utf-8", newline="") as source,
        final.open("w", encoding="utf-8", newline="") as kept_file,
        aside.open("w", encoding="utf-8", newline="") as aside_file,
    ):
        reader = csv.reader(source)
        heading = next(reader)
        kept, rejected = csv.writer(kept_file, lineterminator="\n"), csv.writer(aside_file, lineterminator="\n")
        kept.writerow(heading)
        rejected.writerow([*heading, "missing"])
        position = {name: number for number, name in enumerate(heading)}
        for chunk in chunks(reader):
            good = []
            for row in chunk:
                number = int(row[0])
                if number in judgement.rejected:
                    rejected.writerow([*row, " ".join(judgement.rejected[number])])
                    continue
                for name in judgement.wrong_cells.get(number, ()):
                    row[position[name]] = ""
                good.append(row)
            kept.writerows(good)
            rows += len(good)
    return final, aside if judgement.rejected else None, rows


def chunks(reader: Iterator[list[str]]) -> Iterator[list[list[str]]]:
    """Rows in lists of CHUNK_ROWS."""
    while rows := list(islice(reader, CHUNK_ROWS)):
        yield rows


def quoted(name: str) -> str:
    """A column's name as SQL takes it."""
    return '"' + name.replace('"', '""') + '"'


def convert(final: Path, parquet: Path, schema: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """Write the CSV as Parquet (zstd, typed, in its order) and return the profile of each column."""
    types = {ROW_COLUMN: "BIGINT"} | {
        field["name"]: TYPES.get(field["type"], "VARCHAR") for field in schema["fields"] if field["name"] != ROW_COLUMN
    }
    with duckdb.connect(
        config={"threads": 1, "memory_limit": "400MB", "temp_directory": str(parquet.parent)}
    ) as connection:
        connection.execute("SET preserve_insertion_order = true")
        columns = ", ".join(f"{literal(name)}: {literal(kind)}" for name, kind in types.items())
        connection.execute(
            f"COPY (SELECT * FROM read_csv({literal(str(final))}, auto_detect = false, header = true, delim = ',', quote = '\"', "  # noqa: S608 - our own names, quoted
            f"escape = '\"', nullstr = '', new_line = '\\n', max_line_size = 16777216, parallel = false, columns = {{{columns}}})) "
            f"TO {literal(str(parquet))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
        )
        return profile_columns(connection, parquet, types)


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def profile_columns(
    connection: duckdb.DuckDBPyConnection, parquet: Path, types: Mapping[str, str]
) -> tuple[Mapping[str, Any], ...]:
    """For each column: cells filled, distinct values (approximate above MOST_DISTINCT), range of numbers and dates, top values."""
    table = f"read_parquet({literal(str(parquet))})"
    asked = []
    for name, kind in types.items():
        column = quoted(name)
        span = f"min({column}), max({column})" if kind not in ("VARCHAR", "BOOLEAN") else "NULL, NULL"
        mean = f"avg({column})" if kind in ("BIGINT", "DOUBLE") else "NULL"
        asked.append(f"count({column}), approx_count_distinct({column}), {span}, {mean}")
    found = connection.execute(f"SELECT {', '.join(asked)} FROM {table}").fetchone() or ()  # noqa: S608 - quoted names
    profiles = []
    for number, (name, kind) in enumerate(types.items()):
        filled, distinct, least, most, mean_value = found[number * 5 : number * 5 + 5]
        top: list[dict[str, Any]] = []
        approximate = distinct > MOST_DISTINCT
        if not approximate and name != ROW_COLUMN:
            column = quoted(name)
            query = f"SELECT {column}, count(*) FROM {table} WHERE {column} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1"  # noqa: S608
            counted = connection.execute(query).fetchall()
            distinct = len(counted)
            top = [{"value": plain(value), "count": count} for value, count in counted[:TOP]]
        profiles.append(
            {
                "name": name,
                "kind": kind,
                "filled": filled,
                "distinct": distinct,
                "approximate": approximate,
                "min": plain(least),
                "max": plain(most),
                "mean": None if mean_value is None else round(float(mean_value), 6),
                "top": top,
            }
        )
    return tuple(profiles)


def plain(value: Any) -> Any:
    """A value as JSON takes it."""
    return value.isoformat() if hasattr(value, "isoformat") else value
