"""Goes through the XML of an XLSX sheet for what calamine does not show: error cells, formulas without a value, its size."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

from harvesters.errors import HarvestError
from harvesters.tables.limits import MIB, Limits

ROW_BYTES = 64 * MIB  # of one row of a sheet
FAULTS_KEPT = 2_000  # of one sheet

ROW = re.compile(rb'<(?:\w+:)?row [^>]*?\br="(\d{1,9})"')
NARROW = 38  # columns; so many times the 1,048,576 rows of Excel are still within the cap on cells
WIDE_CELL = re.compile(rb' r="([A-Z]{2,4})\d+"[^>]*>\s*<(?:\w+:)?(?:v|is|f)\b')
ERROR_CELL = re.compile(
    rb'<(?:\w+:)?c (?=[^>]*\bt="e")[^>]*\br="([A-Z]+)(\d+)"[^>]*>.*?<(?:\w+:)?v>([^<]*)<', re.DOTALL
)
NO_VALUE = re.compile(
    rb'<(?:\w+:)?c (?![^>]*\bt="(?:str|e)")[^>]*\br="([A-Z]+)(\d+)"[^>]*>\s*<(?:\w+:)?f\b[^>]*?(?:/>|>[^<]*</(?:\w+:)?f>)\s*'
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
PAGE_TEXT = re.compile(rb"<(?:\w+:)?(?:odd|even|first)(?:Header|Footer)[^>]*>([^<]+)<")
TAG = re.compile(rb"<[^>]+>")


@dataclass(slots=True)
class SheetFaults:
    """What was found in one sheet. Positions are (row from 1, column from 0)."""

    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    no_value: set[tuple[int, int]] = field(default_factory=set)
    spans: list[tuple[int, int, int, int]] | None = None  # merged ranges of ODS; calamine gives those of the others
    page_texts: list[str] = field(default_factory=list)  # headers and footers of the printed page
    last_row: int = 0
    last_column: int = 25

    def check_size(self, limits: Limits) -> None:
        """Raise HarvestError when the rectangle of the sheet's cells is beyond the caps."""
        if self.last_column >= limits.columns:
            raise HarvestError("too-many-columns", row=None, count=self.last_column + 1, most=limits.columns)
        if self.last_row * (self.last_column + 1) > limits.cells:
            raise HarvestError("sheet-too-large", rows=self.last_row, columns=self.last_column + 1)


def scan_sheet(pieces: Iterator[bytes]) -> SheetFaults:
    """Return what the XML of one sheet holds that calamine does not show. `pieces` are its bytes."""
    faults = SheetFaults()
    segment, formula = b"", b""
    for segment in segments(pieces, b"row>"):
        formula = formula or (b"<f" if b"<worksheet" in segment[:2000] else b":f")
        if WIDE_CELL.search(segment):
            wide = set(WIDE_CELL.findall(segment))
            faults.last_column = max(faults.last_column, max(map(column_index, wide)))
        if b't="e"' in segment:
            for column, row, value in ERROR_CELL.findall(segment):
                _keep(faults.errors, (int(row), column_index(column)), value.decode("utf-8", "replace"))
        if formula in segment:
            faults.no_value |= {(int(row), column_index(column)) for column, row in _some(NO_VALUE, segment, faults)}
    # After the last row: headers and footers of the printed page.
    faults.page_texts = [plain_text(each) for each in PAGE_TEXT.findall(segment)]
    return faults


def last_row(pieces: Iterator[bytes]) -> int:
    """Return the highest row number of a sheet, whatever order its rows stand in."""
    return max((int(row) for segment in segments(pieces, b"row>") for row in ROW.findall(segment)), default=0)


def _keep(errors: dict[tuple[int, int], str], place: tuple[int, int], value: str) -> None:
    if len(errors) < FAULTS_KEPT:
        errors[place] = value


def _some(pattern: re.Pattern[bytes], segment: bytes, faults: SheetFaults) -> list[tuple[bytes, bytes]]:
    return pattern.findall(segment)[: max(FAULTS_KEPT - len(faults.no_value), 0)]


def segments(pieces: Iterator[bytes], end: bytes) -> Iterator[bytes]:
    """Yield the XML in segments that end with a whole row."""
    rest = b""
    for piece in pieces:
        rest += piece
        cut = rest.rfind(end)
        if cut >= 0:
            yield rest[: cut + len(end)]
            rest = rest[cut + len(end) :]
        elif len(rest) > ROW_BYTES:
            raise HarvestError("line-too-long", row=None, most=ROW_BYTES // MIB)
    yield rest


def column_index(letters: bytes) -> int:
    """Return the position of a spreadsheet column from 0: A → 0, Z → 25, AA → 26."""
    index = 0
    for letter in letters:
        index = index * 26 + letter - 64
    return index - 1


def column_letters(index: int) -> str:
    """Return the letters of a spreadsheet column: 0 → A, 26 → AA."""
    letters, index = "", index + 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def plain_text(text: bytes) -> str:
    """Return the text of a piece of XML without its tags."""
    return unescape(TAG.sub(b" ", text).decode("utf-8", errors="replace"))
