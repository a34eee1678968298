"""Writes a table, whole or filtered, as CSV, JSON, JSON Lines, XLSX or Parquet, and a whole package as a ZIP.

Everything streams: neither a table nor a file is ever held in memory whole.

Formula injection (ASVS 5.0, 1.2.10; docs/decisions/0004): a cell that begins with = + - @ can run as a formula when a
spreadsheet program opens a CSV. CSV, JSON and Parquet carry every cell as published all the same, since an altered byte
breaks citation, checksums and joins; XLSX, which is offered first to people, has typed cells, so there a text can't run.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import math
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from json.encoder import encode_basestring  # what json.dumps itself uses, without its overhead for each cell
from pathlib import Path
from typing import IO, Any

from harvesters.packages.boxed import WORK_SECONDS, as_text, ask
from harvesters.packages.downloads import content_disposition, download_name
from harvesters.packages.failures import storing
from harvesters.packages.filters import RowQuery, fields_of
from harvesters.packages.rows import columns_for, compile_where, count_rows, order_by, select
from harvesters.packages.workbooks import About, write_workbook

__all__ = ["About", "content_disposition", "download_name", "export", "zip_package"]

Rows = list[tuple[Any, ...]]

BATCH = 5_000
ROW_GROUP = 16_384  # rows; small groups make a page of a large table four times faster to read
BOM = "\ufeff"
PACKED = {"parquet", "xlsx", "xls", "ods", "zip"}  # compressed already
ZIP_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on its way to a file: what is written, and how each column is to be read."""

    parquet: Path
    schema: Mapping[str, Any]
    query: RowQuery

    @property
    def names(self) -> tuple[str, ...]:
        """The columns, `_row` first."""
        return self.query.columns or tuple(fields_of(self.schema))

    def statement(self, shown: Callable[[str, int, str], str]) -> tuple[str, list[Any]]:
        """The SQL of the whole question and its values; `shown` gives SQL for a column's name, position and type."""
        columns = columns_for(self.parquet, self.schema)
        where = compile_where(self.query, self.schema, columns)
        placed = [(name, columns.position(name)) for name in self.names]
        parts = [shown(name, at, columns.types[at]) for name, at in placed]
        return select(self.parquet, parts, where) + order_by(self.query, columns), list(where.values)

    def rows(self, shown: Callable[[str, int, str], str] = lambda name, at, type_: f"c{at}") -> Iterator[Rows]:
        """All rows of the question in batches, whatever its limit; cells are typed unless `shown` says otherwise."""
        statement, values = self.statement(shown)
        with ask(self.parquet, seconds=WORK_SECONDS) as cursor:
            result = cursor.execute(statement, values)
            while batch := result.fetchmany(BATCH):
                yield batch


def export(
    parquet: Path,
    schema: Mapping[str, Any],
    query: RowQuery,
    form: str,
    out: IO[bytes],
    *,
    bom: bool = False,
    about: About | None = None,
) -> int:
    """Write all rows of a question (its limit and offset aside) to the binary file `out`; return how many.

    `form` is csv, json, jsonl, xlsx or parquet. `bom` puts the mark in front of a CSV by which Excel knows UTF-8. `about`
    fills a workbook's second sheet. Raises HarvestError: export-xlsx-rows and those of `select_rows`.
    """
    asked = Asked(parquet, schema, query)
    if form == "csv":
        return write_csv(asked, out, bom)
    if form == "xlsx":
        return write_workbook(asked.rows(), asked.names, schema, out, about, count_rows(parquet, schema, query))
    return WRITERS[form](asked, out)


def write_csv(asked: Asked, out: IO[bytes], bom: bool) -> int:
    """CSV as RFC 4180 writes it, but with line feeds; empty cells are empty."""
    written = 0
    with text_over(out) as text:
        if bom:
            text.write(BOM)
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(asked.names)
        for batch in asked.rows(lambda name, at, type_: as_text(at, type_)):
            writer.writerows(batch)
            written += len(batch)
    return written


def write_jsonl(asked: Asked, out: IO[bytes]) -> int:
    """One JSON object a line."""
    return write_objects(asked, out, ("", "\n", "\n"))


def write_json(asked: Asked, out: IO[bytes]) -> int:
    """A JSON list with one object a line."""
    return write_objects(asked, out, ("[\n", ",\n", "\n]\n"))


def write_objects(asked: Asked, out: IO[bytes], marks: tuple[str, str, str]) -> int:
    """Rows as JSON objects: `marks` stand before, between and after them."""
    before, between, after = marks
    heads = [json.dumps(name, ensure_ascii=False).replace("%", "%%") for name in asked.names]
    template = "{" + ", ".join(f"{head}: %s" for head in heads) + "}"
    written = 0
    with text_over(out) as text:
        text.write(before)
        for batch in asked.rows():
            columns = [json_cells(column) for column in zip(*batch, strict=True)]
            text.write(between if written else "")
            text.write(between.join([template % row for row in zip(*columns, strict=True)]))
            written += len(batch)
        text.write(after if written or before else "")
    return written


def json_cells(column: Sequence[Any]) -> list[str]:
    """A column as JSON; a batch of one type goes fast."""
    kinds = set(map(type, column))
    if kinds == {str}:
        return [encode_basestring(cell) for cell in column]
    if kinds == {int}:
        return [str(cell) for cell in column]
    return [as_json(cell) for cell in column]


def as_json(cell: Any) -> str:
    """A cell as JSON: dates as ISO text, what JSON has no number for as null."""
    if isinstance(cell, str):
        return encode_basestring(cell)
    if cell is None or (isinstance(cell, float) and not math.isfinite(cell)):
        return "null"
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return str(cell) if isinstance(cell, int | Decimal) else encode_basestring(_iso(cell))


def _iso(cell: Any) -> str:
    return str(cell.isoformat() if hasattr(cell, "isoformat") else cell)


def write_parquet(asked: Asked, out: IO[bytes]) -> int:
    """Parquet with zstd. DuckDB writes to a folder of its own that is gone afterwards: it can't write to an open file."""
    statement, values = asked.statement(lambda name, at, type_: f'c{at} AS "{quoted(name)}"')
    with storing(), tempfile.TemporaryDirectory(prefix="khlang-export-") as folder:
        place = Path(folder).resolve() / "table.parquet"
        with ask(asked.parquet, seconds=WORK_SECONDS, also=(place.parent,)) as cursor:
            options = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP}"
            target = str(place).replace("'", "''")
            written = cursor.execute(f"COPY ({statement}) TO '{target}' ({options})", values).fetchall()
        with place.open("rb") as made:
            shutil.copyfileobj(made, out, 1 << 20)
    return int(written[0][0])


def quoted(name: str) -> str:
    """A column's name for use between double quotes in SQL."""
    return name.replace('"', '""')


WRITERS: Mapping[str, Callable[[Asked, IO[bytes]], int]] = {
    "json": write_json,
    "jsonl": write_jsonl,
    "parquet": write_parquet,
}


@contextlib.contextmanager
def text_over(out: IO[bytes]) -> Iterator[io.TextIOWrapper]:
    """A text layer over a binary file, which stays open at the end."""
    text = io.TextIOWrapper(out, encoding="utf-8", newline="")
    try:
        yield text
    finally:
        text.detach()


def zip_package(files: Iterable[tuple[str, Path]], out: IO[bytes]) -> None:
    """Write files (place in the package, path) as a ZIP that is the same for the same files, in whichever order they come.

    Raises HarvestError store-full or store-io.
    """
    with storing(), zipfile.ZipFile(out, "w", allowZip64=True) as package:
        for place, path in sorted(files, key=lambda entry: (entry[0] != "datapackage.json", entry[0])):
            entry = zipfile.ZipInfo(place, ZIP_TIME)
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            packed = place.rpartition(".")[2] in PACKED
            entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
            entry.file_size = path.stat().st_size
            with path.open("rb") as source, package.open(entry, "w") as target:
                shutil.copyfileobj(source, target, 1 << 20)
