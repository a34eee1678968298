"""What of a published table's rows is indexed: the folded text of the filled cells, and the province that a row is about."""

# ruff: noqa: S608 - statements are put together from c0, c1 … alone (harvesters/packages/boxed.py)

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from harvesters.packages.boxed import WORK_SECONDS, as_text, ask, columns_of, table
from harvesters.packages.filters import fields_of
from harvesters.thai.places import find_province
from harvesters.thai.text import fold
from harvesters.values import ROW_COLUMN

BATCH = 5_000
CELL_BREAK = " | "
PROVINCE_SIGN = "\ue000"  # begins a token no text has: three letters with the code behind it, so one trigram
NO_PROVINCE = ".."
PROVINCE_ROLES = ("province_code", "province")
PROVINCE_NAMES = ("province_code", "province", "จังหวัด")

Line = tuple[int, str | None, str]  # row number, province code, text


def row_lines(parquet: Path, schema: Mapping[str, Any], usual: str | None) -> Iterator[list[Line]]:
    """Every row of a table in the order of the file, in batches. `usual`: the province of rows that name none themselves."""
    columns = columns_of(parquet, tuple(fields_of(schema)))
    positions = {name: columns.position(name) for name in fields_of(schema)}
    number = positions.pop(ROW_COLUMN)
    cells = [f"nullif({as_text(at, columns.types[at])}, '')" for at in positions.values()]
    place = province_column(schema["fields"])
    told = as_text(positions[place], columns.types[positions[place]]) if place else "NULL"
    text = f"concat_ws('{CELL_BREAK}', {', '.join(cells)})" if cells else "''"
    with ask(parquet, seconds=WORK_SECONDS) as cursor:
        result = cursor.execute(f"SELECT c{number}, {told}, {text} FROM {table(parquet)}")
        while batch := result.fetchmany(BATCH):
            yield [(row, province_of(named, usual), fold(text)) for row, named, text in batch]


def province_column(fields: Sequence[Mapping[str, Any]]) -> str | None:
    """The column that says which province a row is about, if there is one: by its role, else by its name."""
    by_role = {field.get("role"): str(field["name"]) for field in reversed(fields)}
    by_name = {str(field["name"]): str(field["name"]) for field in fields}
    found = [by_role.get(role) for role in PROVINCE_ROLES] + [by_name.get(name) for name in PROVINCE_NAMES]
    return next(filter(None, found), None)


def province_of(named: str | None, usual: str | None) -> str | None:
    """The code of the province that a row names; the usual one where it names none."""
    if not named:
        return usual
    found = find_province(named)
    return found.code if found else None


def indexed(line: Line) -> str:
    """A row's text as it is indexed: with a blank behind it, so that its last two letters begin a trigram too."""
    return f"{line[2]} {PROVINCE_SIGN}{line[1] or NO_PROVINCE}"
