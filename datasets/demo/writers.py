"""Writes the formats that offices send, byte for byte the same on every machine: no clock, no compression."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from xml.sax.saxutils import escape

import xlsxwriter
import xlwt

Cell = str | int | float | datetime | None
Grid = Sequence[Sequence[Cell]]
LONG_AGO = (1980, 1, 1, 0, 0, 0)


def delimited(rows: Grid, *, encoding: str = "utf-8", delimiter: str = ",", end: str = "\r\n") -> bytes:
    """Delimited text. `encoding` utf-8-sig writes a BOM; utf-16 is little-endian with a BOM."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows(rows)
    if encoding == "utf-16":
        return b"\xff\xfe" + out.getvalue().encode("utf-16-le")
    return out.getvalue().encode(encoding)


def archive(members: Mapping[str, bytes]) -> bytes:
    """A ZIP of stored members, dated 1980."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as file:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, LONG_AGO)
            entry.create_system = 3  # else the system that packs it would show
            entry.external_attr = 0o644 << 16
            file.writestr(entry, content)
    return out.getvalue()


def xlsx(fill: Callable[[xlsxwriter.Workbook], None]) -> bytes:
    """The workbook that `fill` writes into, packed again without compression, which differs between builds of zlib."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"title": "ข้อมูลสาธิต", "created": datetime(2026, 1, 5, tzinfo=UTC).replace(tzinfo=None)})
    fill(book)
    book.close()
    with zipfile.ZipFile(out) as packed:
        return archive({name: packed.read(name) for name in packed.namelist()})


def xls(sheets: Mapping[str, Grid]) -> bytes:
    """A workbook of Excel 97-2003. Every number becomes a float, as that format has no other."""
    book = xlwt.Workbook(encoding="utf-8")
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                if cell is not None and cell != "":
                    sheet.write(r, c, cell)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


ODS_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"><office:body><office:spreadsheet>'
)
ODS_FOOT = "</office:spreadsheet></office:body></office:document-content>"
ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
ODS_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS_TYPE}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)


def ods(sheets: Mapping[str, Grid]) -> bytes:
    """A workbook of LibreOffice. A line break in a cell becomes a second paragraph, as LibreOffice writes it."""
    tables = "".join(
        f'<table:table table:name="{escape(name)}">{"".join(map(_ods_row, rows))}</table:table>'
        for name, rows in sheets.items()
    )
    content = (ODS_HEAD + tables + ODS_FOOT).encode()
    return archive(
        {"mimetype": ODS_TYPE.encode(), "content.xml": content, "META-INF/manifest.xml": ODS_MANIFEST.encode()}
    )


def _ods_row(row: Sequence[Cell]) -> str:
    return f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>"


def _ods_cell(cell: Cell) -> str:
    if cell is None or cell == "":
        return "<table:table-cell/>"
    if isinstance(cell, int | float):
        kind = f'office:value-type="float" office:value="{cell}"'
    else:
        kind = 'office:value-type="string"'
    paragraphs = "".join(f"<text:p>{escape(line)}</text:p>" for line in str(cell).split("\n"))
    return f"<table:table-cell {kind}>{paragraphs}</table:table-cell>"
