"""Goes through the XML of an ODS spreadsheet for what calamine does not show: merged ranges, error cells, comments."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harvesters.tables.limits import Limits
from harvesters.tables.sheet_xml import FAULTS_KEPT, SheetFaults, plain_text, segments

TOKEN = re.compile(
    rb"<table:(table-row|covered-table-cell|table-cell|table)(?=[\s>/])([^>]*)>"
    rb"(?:\s*<text:p>\s*(#(?:REF!|N/A|VALUE!|DIV/0!|NAME\?|NUM!|NULL!)|Err:[0-9]{3})\s*</text:p>)?"
)
NUMBER = re.compile(rb'table:number-(rows|columns)-(repeated|spanned)="(\d{1,9})"')
NOTE = re.compile(rb"<office:annotation\b.*?</office:annotation>", re.DOTALL)


def scan_content(pieces: Iterator[bytes], limits: Limits) -> tuple[dict[str, SheetFaults], list[str]]:
    """Return (merged ranges, error cells and size by sheet; texts of comments) of the XML of an OpenDocument spreadsheet.

    Raises HarvestError when a sheet is beyond the caps.
    """
    walk, notes = _Walk(limits), list[str]()
    for segment in segments(pieces, b"</table:table-row>"):
        if b"<office:annotation" in segment:
            notes += [plain_text(each) for each in NOTE.findall(segment)]
            segment = NOTE.sub(b"", segment)
        for kind, attributes, error in TOKEN.findall(segment):
            walk.take(kind, attributes, error)
    return walk.sheets, notes


class _Walk:
    """The place in the document, counted up token by token."""

    def __init__(self, limits: Limits) -> None:
        self.sheets: dict[str, SheetFaults] = {}
        self._limits = limits
        self._sheet = SheetFaults()
        self._row = self._column = 0
        self._row_repeat = 1

    def take(self, kind: bytes, attributes: bytes, error: bytes) -> None:
        """Go on by one tag; `error` is the error value that a cell shows, if any."""
        numbers = {(axis, what): int(count) for axis, what, count in NUMBER.findall(attributes)}
        if kind == b"table":
            name = re.search(rb'table:name="([^"]*)"', attributes)
            self._sheet = SheetFaults(spans=[], last_column=0)
            self.sheets[plain_text(name.group(1)) if name else ""] = self._sheet
            self._row = self._column = 0
            self._row_repeat = 1
        elif kind == b"table-row":
            self._row += self._row_repeat if self._row else 1
            self._row_repeat = numbers.get((b"rows", b"repeated"), 1)
            self._column = 0
        else:
            if error and len(self._sheet.errors) < FAULTS_KEPT:
                self._sheet.errors[self._row, self._column] = error.decode()
            self._cell(attributes, numbers)

    def _cell(self, attributes: bytes, numbers: dict[tuple[bytes, bytes], int]) -> None:
        repeat = numbers.get((b"columns", b"repeated"), 1)
        down, across = numbers.get((b"rows", b"spanned"), 1), numbers.get((b"columns", b"spanned"), 1)
        sheet = self._sheet
        if b"value-type" in attributes:
            sheet.last_row = max(sheet.last_row, self._row + self._row_repeat - 1)
            sheet.last_column = max(sheet.last_column, self._column + repeat - 1)
            sheet.check_size(self._limits)
        if (down > 1 or across > 1) and sheet.spans is not None and len(sheet.spans) < FAULTS_KEPT:
            sheet.spans.append((self._row, self._column, self._row + down - 1, self._column + across - 1))
        self._column += repeat
