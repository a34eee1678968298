"""Makes the published table of a judged draft: wrong cells emptied, incomplete rows set aside, Parquet beside the CSV."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from harvesters.checks.examples import FALSE_VALUES, TRUE_VALUES
from harvesters.checks.problems import problem
from harvesters.checks.validate import MOST_CELL, Judgement, Reason
from harvesters.csvfile import CsvFile
from harvesters.packages.failures import storing
from harvesters.packages.profiles import literal, profile_columns, quoted
from harvesters.values import ROW_COLUMN, Draft, Text

# Whichever is reached first. A group is held in memory, and a page reads one: of 100,000 rows it costs three times as much.
ROW_GROUP_ROWS, ROW_GROUP_BYTES = 16_384, 32 * 2**20
LINE_BYTES, MOST_LINE_BYTES = 8 * 2**20, 2**30
USUAL_MEMORY, MOST_MEMORY = "256MB", "2GB"  # of DuckDB; the process peaks some 80 MB above it
REASON_COLUMNS = ("_reason", "_reason_th")
TYPES: Mapping[str, str] = {"integer": "BIGINT", "year": "BIGINT", "number": "DOUBLE"}


@dataclass(frozen=True, slots=True)
class Final:
    """The files of one finished table. `rejected` is a CSV of the rows set aside, with why; it stays private.

    `columns` has one profile a column: see `profiles.profile_columns`.
    """

    csv: Path
    parquet: Path
    rejected: Path | None
    row_count: int
    columns: tuple[Mapping[str, Any], ...]


def finalise(draft: Draft, judgement: Judgement, *, workdir: Path) -> Final:
    """Write the published CSV and Parquet of `draft` into `workdir`.

    A draft in which nothing is wrong is not copied but renamed. Raises HarvestError when the disk can't take them.
    """
    csv.field_size_limit(MOST_CELL)
    final = workdir / f"{draft.table.name}.final.csv"
    aside = workdir / f"{draft.table.name}.rejected.csv" if judgement.rejected else None
    with storing():
        if judgement.wrong_cells or judgement.rejected:
            rows = rewrite(draft, judgement, final, aside)
        else:
            draft.path.replace(final)
            rows = draft.row_count
    parquet = workdir / f"{draft.table.name}.parquet"
    fields = [entry for entry in draft.schema["fields"] if entry["name"] != ROW_COLUMN]
    settings: dict[str, Any] = {"threads": 1, "memory_limit": USUAL_MEMORY, "temp_directory": str(workdir / "spill")}
    with duckdb.connect(config=settings) as connection:
        connection.execute("SET enable_progress_bar = false")
        write_parquet(connection, final, parquet, fields, rows)
        columns = profile_columns(connection, parquet, fields, rows)
    return Final(final, parquet, aside, rows, columns)


def rewrite(draft: Draft, judgement: Judgement, final: Path, aside: Path | None) -> int:
    """Copy the draft without its wrong cells to `final`, its incomplete rows as they are to `aside`; return the rows kept."""
    with draft.path.open(encoding="utf-8", newline="") as source, CsvFile(final) as kept:
        reader = csv.reader(source)
        heading = next(reader)
        kept.row(heading)
        position = {name: number for number, name in enumerate(heading)}
        if aside is not None:
            write_aside(draft, judgement, aside, heading)
        count = 0
        for row in reader:
            number = int(row[0])
            if number in judgement.rejected:
                continue
            for name in judgement.wrong_cells.get(number, ()):
                row[position[name]] = ""
            kept.row(row)
            count += 1
    return count


def write_aside(draft: Draft, judgement: Judgement, aside: Path, heading: Sequence[str]) -> None:
    """Write the rows set aside, each with its reasons as codes and in words."""
    headings = {entry["name"]: str(entry.get("source") or entry["name"]) for entry in draft.schema["fields"]}
    with draft.path.open(encoding="utf-8", newline="") as source, CsvFile(aside) as rejected:
        rejected.row([*heading, *REASON_COLUMNS])
        for row in csv.reader(source):
            reasons = judgement.rejected.get(int(row[0])) if row[0].isdigit() else None
            if reasons:
                codes = "; ".join(f"{reason.code}: {headings.get(reason.column or '', '')}" for reason in reasons)
                words = "; ".join(_words(reason, headings).th for reason in reasons)
                rejected.row([*row, codes, words])


def _words(reason: Reason, headings: Mapping[str, str]) -> Text:
    """One reason in words. Its cell stands in the same row, so it is not said again."""
    column = headings.get(reason.column or "")
    if reason.code == "required-empty":
        return problem("required-empty", column=column, outcome_th="", outcome_en="").message
    if column is None:
        return Text("แถวนี้ซ้ำกับแถวอื่น หรือไม่มีค่าที่ใช้แยกแถว", "the row repeats another, or has nothing to tell it apart by")
    return Text(f"ค่าของคอลัมน์ ‘{column}’ ใช้ไม่ได้", f"the value of column ‘{column}’ can’t be used")


def write_parquet(
    connection: duckdb.DuckDBPyConnection, final: Path, parquet: Path, fields: Sequence[Mapping[str, Any]], rows: int
) -> None:
    """Write the CSV `final` as Parquet: zstd, typed columns, in its order. Columns are told by position, never by heading."""
    group = max(2_048, min(ROW_GROUP_ROWS, ROW_GROUP_BYTES * rows // max(1, final.stat().st_size)))
    columns = ", ".join(f"'c{number}': 'VARCHAR'" for number in range(len(fields) + 1))
    cells = ", ".join(
        [f"CAST(c0 AS BIGINT) AS {quoted(ROW_COLUMN)}"]
        + [f"{_typed(f'c{number}', field)} AS {quoted(field['name'])}" for number, field in enumerate(fields, 1)]
    )
    target = f"{literal(str(parquet))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {group})"
    try:
        connection.execute(f"COPY (SELECT {cells} FROM {_reader(final, columns, LINE_BYTES)}) TO {target}")  # noqa: S608
    except (duckdb.InvalidInputException, duckdb.OutOfMemoryException):
        # Rows of megabytes: once more with room for any. DuckDB holds two thousand of them at once. And a lone carriage
        # return as the last cell looks unfinished to its strict reading, which a CSV written by us does not need.
        longest = min(MOST_LINE_BYTES, final.stat().st_size + 1)
        connection.execute(f"SET memory_limit = {literal(MOST_MEMORY)}")
        connection.execute(f"COPY (SELECT {cells} FROM {_reader(final, columns, longest, strict=False)}) TO {target}")  # noqa: S608


def _reader(final: Path, columns: str, line_bytes: int, *, strict: bool = True) -> str:
    """The CSV as DuckDB reads it, without guessing anything."""
    return (
        f"read_csv({literal(str(final))}, auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', "
        f"comment = '', nullstr = '', new_line = '\\n', parallel = false, max_line_size = {line_bytes}, "
        f"buffer_size = {2 * line_bytes}, strict_mode = {str(strict).lower()}, columns = {{{columns}}})"
    )


def _typed(cell: str, field: Mapping[str, Any]) -> str:
    """The cell as its column's type. What could not be cast was emptied by the judge, so a failure here is a bug and loud."""
    kind = field.get("type", "string")
    if kind in TYPES:
        return f"CAST({cell} AS {TYPES[kind]})"
    if kind == "date" and field.get("format", "default") == "default":
        return f"CAST({cell} AS DATE)"
    if kind == "boolean":
        true, false = (
            ", ".join(literal(str(value)) for value in field.get(name, usual))
            for name, usual in (("trueValues", TRUE_VALUES), ("falseValues", FALSE_VALUES))
        )
        return f"CASE WHEN {cell} IN ({true}) THEN true WHEN {cell} IN ({false}) THEN false END"
    return cell
