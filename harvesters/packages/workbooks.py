"""Writes a table as an XLSX workbook: texts stay texts, numbers are numbers, the second sheet says what the table is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import IO, Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from harvesters.errors import HarvestError
from harvesters.thai.dates import format_thai_date
from harvesters.values import ROW_COLUMN

MOST_ROWS = 1_048_575  # of a sheet, beside the heading
MOST_LETTERS = 32_767  # of a cell, in UTF-16 units
MOST_DIGITS = 10**15  # beyond that Excel rounds a number silently
CUT = " … [ตัดแล้ว / cut]"
DATA_SHEET, ABOUT_SHEET = "ข้อมูล", "คำอธิบายข้อมูล"
FIRST_DATE = date(1900, 3, 1)  # earlier days are one off in Excel: it takes 1900 for a leap year
TYPES = {
    "string": "ข้อความ / text",
    "integer": "จำนวนเต็ม / whole number",
    "number": "ตัวเลข / number",
    "date": "วันที่ / date",
    "datetime": "วันที่และเวลา / date and time",
    "year": "ปี ค.ศ. / year",
    "boolean": "ใช่หรือไม่ใช่ / yes or no",
}
ROW_WORDS = "ลำดับแถวในไฟล์ต้นฉบับ / row number in the original file"


@dataclass(frozen=True, slots=True)
class About:
    """What a workbook says of its table."""

    title: str
    publisher: str
    version: int
    published: date
    licence: str  # the literal label
    licence_sentence: str
    address: str
    source: str


def write_workbook(
    batches: Iterable[Sequence[tuple[Any, ...]]],
    names: Sequence[str],
    schema: Mapping[str, Any],
    out: IO[bytes],
    about: About | None,
    rows: int,
) -> int:
    """Write the `rows` rows of `batches` to the binary file `out`; return how many. The same rows give the same bytes.

    A text longer than a cell may be is cut and says so. Raises HarvestError("export-xlsx-rows") before anything is written.
    """
    if rows > MOST_ROWS:
        raise HarvestError("export-xlsx-rows", rows=f"{rows:,}", most=f"{MOST_ROWS:,}")
    book = xlsxwriter.Workbook(
        out,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "nan_inf_to_errors": False,
        },
    )
    day = about.published if about else date(2000, 1, 1)
    book.set_properties({"created": datetime(day.year, day.month, day.day, tzinfo=UTC).replace(tzinfo=None)})
    if about:
        book.set_properties(
            {
                "title": about.title,
                "company": about.publisher,
                "comments": about.address,
                "created": datetime(day.year, day.month, day.day, tzinfo=UTC).replace(tzinfo=None),
            }
        )
    formats = {
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        "date": book.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
        "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"}),
    }
    written = write_data(book.add_worksheet(DATA_SHEET), batches, names, schema, formats)
    write_about(book.add_worksheet(ABOUT_SHEET), names, schema, about, written, formats)
    book.close()
    return written


def write_data(
    sheet: Worksheet,
    batches: Iterable[Sequence[tuple[Any, ...]]],
    names: Sequence[str],
    schema: Mapping[str, Any],
    formats: Mapping[str, Any],
) -> int:
    """The first sheet: a heading that stays in sight, then the rows. Row by row, as constant memory needs."""
    kinds = {field["name"]: field.get("type", "string") for field in schema["fields"]}
    for at, name in enumerate(names):
        numeric = name == ROW_COLUMN or kinds.get(name) in ("integer", "number", "year", "date", "boolean")
        sheet.set_column(at, at, 12 if numeric else 24)
        sheet.write_string(0, at, fitted(name), formats["head"])
    sheet.freeze_panes(1, 0)
    row = 0
    for batch in batches:
        for cells in batch:
            row += 1
            for at, cell in enumerate(cells):
                if cell is not None:
                    write_cell(sheet, row, at, cell, formats)
    if row:
        sheet.autofilter(0, 0, row, len(names) - 1)
    return row


def write_cell(sheet: Worksheet, row: int, at: int, cell: Any, formats: Mapping[str, Any]) -> None:
    """One cell by its type. A text is a text whatever it begins with; a number that Excel would round is a text too."""
    if isinstance(cell, str):
        if cell:
            sheet.write_string(row, at, fitted(cell))
    elif isinstance(cell, bool):
        sheet.write_boolean(row, at, cell)
    elif isinstance(cell, int | float):
        if abs(cell) < MOST_DIGITS:
            sheet.write_number(row, at, cell)
        else:
            sheet.write_string(row, at, str(cell))
    elif isinstance(cell, date) and day_of(cell) >= FIRST_DATE:
        sheet.write_datetime(row, at, cell, formats["moment" if isinstance(cell, datetime) else "date"])
    else:
        sheet.write_string(row, at, cell.isoformat() if isinstance(cell, date | time) else str(cell))


def day_of(cell: date) -> date:
    """The day of a date or of a moment."""
    return cell.date() if isinstance(cell, datetime) else cell


def fitted(text: str) -> str:
    """The text as a cell can hold it."""
    if len(text) * 2 <= MOST_LETTERS or len(text.encode("utf-16-le")) <= 2 * MOST_LETTERS:
        return text
    most = 2 * (MOST_LETTERS - len(CUT))
    return text.encode("utf-16-le")[:most].decode("utf-16-le", "ignore") + CUT


def write_about(
    sheet: Worksheet,
    names: Sequence[str],
    schema: Mapping[str, Any],
    about: About | None,
    rows: int,
    formats: Mapping[str, Any],
) -> None:
    """The second sheet: what the table is, whose, under which licence, of which version; then its columns."""
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 3, 44)
    at = 0
    for label, value in [*facts(about), ("จำนวนแถว / rows", f"{rows:,}")]:
        sheet.write_string(at, 0, label, formats["head"])
        sheet.write_string(at, 1, fitted(value))
        at += 1
    at += 1
    heads = ("คอลัมน์ / column", "ชื่อ / title", "ชนิด / type", "คำอธิบาย / description")
    for column, head in enumerate(heads):
        sheet.write_string(at, column, head, formats["head"])
    for entry in dictionary(names, schema):
        at += 1
        for column, text in enumerate(entry):
            sheet.write_string(at, column, fitted(text))


def facts(about: About | None) -> list[tuple[str, str]]:
    """The facts in the order in which people ask for them."""
    if about is None:
        return []
    day = f"{format_thai_date(about.published)} ({about.published.isoformat()})"
    return [
        ("ชุดข้อมูล / dataset", about.title),
        ("ผู้เผยแพร่ / publisher", about.publisher),
        ("รุ่น / version", str(about.version)),
        ("เผยแพร่เมื่อ / published", day),
        ("สัญญาอนุญาต / licence", about.licence),
        ("ใช้ได้อย่างไร / terms", about.licence_sentence),
        ("ที่มา / source", about.source),
        ("ที่อยู่ถาวร / address", about.address),
    ]


def dictionary(names: Sequence[str], schema: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    """A line for each column: name, titles, type, descriptions."""
    fields = {field["name"]: field for field in schema["fields"]}
    lines = []
    for name in names:
        field = fields.get(name, {})
        titles = both(field.get("titles"), field.get("title") or field.get("source") or "")
        words = both(field.get("descriptions"), field.get("description") or (ROW_WORDS if name == ROW_COLUMN else ""))
        kind = str(field.get("type", "integer" if name == ROW_COLUMN else "string"))
        lines.append((name, titles, TYPES.get(kind, kind), words))
    return lines


def both(texts: Mapping[str, str] | None, otherwise: str) -> str:
    """Thai and English beside each other, or what there is."""
    if not texts:
        return otherwise
    return " / ".join(dict.fromkeys(text for text in (texts.get("th"), texts.get("en")) if text)) or otherwise
