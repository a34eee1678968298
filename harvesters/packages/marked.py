"""Writes a validation report as a workbook: a list of what was found, and each table with its wrong cells coloured and commented.

An officer mends a file cell by cell, so the workbook looks like the file: same rows, same headings, the sentence at the cell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import IO, Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from harvesters.packages.findings import findings_of
from harvesters.packages.workbooks import fitted
from harvesters.values import ROW_COLUMN

MOST_ROWS = 20_000  # of a table; of a larger one only the rows with something wrong are written
LIST_SHEET = "สิ่งที่พบ"
HEADS = {
    "th": ("ตาราง", "แถว", "คอลัมน์", "ค่าที่พบ", "สิ่งที่พบและวิธีแก้", "รหัส"),
    "en": ("Table", "Row", "Column", "Found", "What is wrong and how to mend it", "Code"),
}
COLOURS = {"error": "#F6C7C3", "warning": "#FBE7A8", "info": "#D6E6F5"}
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))  # in the name of a sheet
Rows = Callable[[str], Iterable[Sequence[str]]]  # name of a table -> its rows, the heading first, `_row` in front


def write_marked(report: Mapping[str, Any], rows_of: Rows, out: IO[bytes], language: str = "th") -> None:
    """Write `report` (of a version, or of something that was not published) to the binary file `out`.

    `rows_of` gives nothing for a table whose rows may not be shown; then it stands in the list only.
    """
    book = xlsxwriter.Workbook(
        out, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    formats = {severity: book.add_format({"bg_color": colour, "border": 1}) for severity, colour in COLOURS.items()}
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    listing = book.add_worksheet(LIST_SHEET)
    write_list(listing, list(findings_of(report)), language, head, wrap)
    taken = {LIST_SHEET.casefold()}
    for table in report.get("resources", ()):
        rows = iter(rows_of(table["name"]))
        names = next(rows, None)
        if names is not None:
            sheet = book.add_worksheet(sheet_name(str(table.get("title") or table["name"]), taken))
            write_table(sheet, table, names, rows, language, head, formats)
    book.close()


def write_list(
    sheet: Worksheet, found: Sequence[tuple[str, Mapping[str, Any]]], language: str, head: Any, wrap: Any
) -> None:
    """The first sheet: one line for each finding."""
    for at, (name, width) in enumerate(zip(HEADS[language], (24, 8, 24, 24, 80, 26), strict=True)):
        sheet.set_column(at, at, width)
        sheet.write_string(0, at, name, head)
    sheet.freeze_panes(1, 0)
    for row, (table, finding) in enumerate(found, start=1):
        sheet.write_string(row, 0, fitted(table), wrap)
        if finding.get("row") is not None:
            sheet.write_number(row, 1, finding["row"], wrap)
        for at, text in (
            (2, finding.get("column")),
            (3, finding.get("value")),
            (4, finding["message"][language]),
            (5, finding["code"]),
        ):
            sheet.write_string(row, at, fitted(str(text or "")), wrap)
    if found:
        sheet.autofilter(0, 0, len(found), len(HEADS[language]) - 1)


def write_table(
    sheet: Worksheet,
    table: Mapping[str, Any],
    names: Sequence[str],
    rows: Iterable[Sequence[str]],
    language: str,
    head: Any,
    formats: Mapping[str, Any],
) -> None:
    """One table: its rows as published, the wrong cells in colour with the found value back in them and the sentence beside."""
    columns = positions(table, names)
    wrong: dict[int, list[Mapping[str, Any]]] = {}
    for finding in table.get("problems", ()):
        if finding.get("row") is not None:
            wrong.setdefault(int(finding["row"]), []).append(finding)
    whole = int(table.get("rows") or 0) <= MOST_ROWS
    for at, name in enumerate(names):
        sheet.set_column(at, at, 10 if name == ROW_COLUMN else 22)
        sheet.write_string(0, at, fitted(name), head)
    sheet.freeze_panes(1, 1)
    line = 0
    for cells in rows:
        found = wrong.get(int(cells[0]), ())
        if not (whole or found):
            continue
        line += 1
        sheet.write_number(line, 0, int(cells[0]))
        for at, text in enumerate(cells[1:], start=1):
            if text:
                sheet.write_string(line, at, fitted(text))
        for finding in found:
            at = columns.get(str(finding.get("column")), 0)
            text = cells[at] or str(finding.get("value") or "")
            sheet.write_string(line, at, fitted(text), formats[finding["severity"]])
            sheet.write_comment(line, at, fitted(finding["message"][language]), {"x_scale": 2.2, "y_scale": 1.2})


def positions(table: Mapping[str, Any], names: Sequence[str]) -> dict[str, int]:
    """Where each heading of the file stands in the published table: findings name headings as the office wrote them."""
    at = {name: position for position, name in enumerate(names)}
    for column in table.get("mapping", ()):
        name = column["field"] or column["heading"]
        if name in at:
            at.setdefault(column["heading"], at[name])
    return at


def sheet_name(title: str, taken: set[str]) -> str:
    """A name that Excel takes: at most 31 letters, none of those that it forbids, and not there yet. Adds it to `taken`."""
    base = " ".join(title.translate(FORBIDDEN).split())[:28] or "table"
    name, number = base, 1
    while name.casefold() in taken:
        number += 1
        name = f"{base[:27]} {number}"
    taken.add(name.casefold())
    return name
