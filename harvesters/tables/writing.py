"""Writes the data rows of one table: at once where they are of its shape, row by row where they are not.

Rows that are too long or too short, error values of Excel, blank rows, section rows and headings that come again on
every printed page are dealt with here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import repeat

from harvesters.checks.personal import mask_text
from harvesters.tables.desk import Desk, Place, joined_texts
from harvesters.tables.layout import Row
from harvesters.tables.rows import BLANKS, is_blank
from harvesters.tables.working import WorkingFile
from harvesters.values import SetAside

ERROR = re.compile(r"\s*#(?:REF!|N/A|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!)\s*")
SET_ASIDE_KEPT = 1_000
SET_ASIDE_CHARS = 500


class TableWriter:
    """Writes one table's rows to its working file and keeps what was set aside, counted and found.

    `headings` are the unique names; `heading_row` is the last heading row as found; `blank_columns` are the columns
    without a heading that hold nothing so far.
    """

    def __init__(self, name: str, headings: Sequence[str], heading_row: Row, place: Place, desk: Desk) -> None:
        self.name, self.headings, self.place, self.desk = name, headings, place, desk
        self.width = len(headings)
        self.heading_row = [cell.strip() for cell in heading_row][: self.width]
        self.heading_line = ",".join(self.heading_row)
        self.blank_columns: set[int] = set()
        self.aside: list[SetAside] = []
        self.merged = 0  # cells filled from merged ranges
        self.overfull = 0  # rows with a filled cell beyond the headings
        self.blank_rows = 0
        self.file: WorkingFile

    def lines(self, first: int, lines: Sequence[str]) -> bool:
        """Write lines as they are if every one has the table's shape; return whether they were written."""
        if self.blank_columns or "" in map(str.strip, lines, repeat(BLANKS + ",")):
            return False
        counts = {line.count(",") for line in lines}
        spare = max(counts) - (self.width - 1)
        if len(counts) > 1 or spare < 0 or self.heading_line in lines:
            return False
        if spare:
            if not all(map(str.endswith, lines, repeat("," * spare))):
                return False
            lines = [line[:-spare] for line in lines]
        text = "".join([f"{number},{line}\n" for number, line in enumerate(lines, start=first)])
        too_long = max(map(len, lines)) > self.desk.limits.cell_chars
        if too_long or ("#" in text and ERROR.search(text)):
            return False
        self.file.lines(text, len(lines))
        return True

    def rows(self, first: int, rows: Sequence[Row]) -> None:
        """Write rows that are numbered without a gap from `first`."""
        if not rows:
            return
        joined = list(map("".join, rows))
        even = set(map(len, rows)) == {self.width} and all(map(str.strip, joined, repeat(BLANKS)))
        if even and not self._is_odd(first, rows, joined):
            self._note_filled(rows)
            self.file.rows(first, rows)
            if self.place.filled:
                self.merged += sum(self.place.filled.get(first + at, 0) for at in range(len(rows)))
        else:
            self.checked(enumerate(rows, start=first))

    def _is_odd(self, first: int, rows: Sequence[Row], joined: Sequence[str]) -> bool:
        """Whether anything in rows of the right width needs a look at each."""
        sections = any(first <= number < first + len(rows) for number in self.place.sections)
        again = self.heading_row in rows or tuple(self.heading_row) in rows
        return sections or again or max(map(len, joined)) > self.desk.limits.cell_chars or "#" in "".join(joined)

    def checked(self, rows: Iterable[tuple[int, Row]]) -> None:
        """Write rows that carry their numbers, each looked at by itself."""
        kept: list[tuple[int, Row]] = []
        for number, row in rows:
            if is_blank(row):
                self.blank_rows += 1
            elif [cell.strip() for cell in row][: self.width] == self.heading_row:
                self.set_aside(number, "heading", row)
            elif number in self.place.sections:
                self.set_aside(number, "title", row)
            else:
                kept.append((number, self._fitted(number, row)))
                self.merged += self.place.filled.get(number, 0)
        self._note_filled([row for _, row in kept])
        self.file.numbered(kept)

    def set_aside(self, number: int, reason: str, row: Row) -> None:
        """Keep a row that is no data: masked for people to see, as it is for the personal-data gate."""
        text = joined_texts(row)
        if len(self.aside) < SET_ASIDE_KEPT:
            shown = mask_text(text[:SET_ASIDE_CHARS])
            self.aside.append(SetAside(number, reason, shown))  # type: ignore[arg-type]
        self.desk.keep_loose(self.place.of(number), text)

    def find(
        self,
        code: str,
        *,
        row: int | None = None,
        column: str | None = None,
        value: str | None = None,
        **fields: object,
    ) -> None:
        """Note a problem of this table."""
        self.desk.findings.add(
            code, resource=self.name, sheet=self.place.sheet, row=row, column=column, value=value, **fields
        )

    def _fitted(self, number: int, row: Row) -> Row:
        """Return the row with as many cells as there are headings and without the error values of Excel."""
        self.desk.check_cells(number, row)
        if len(row) > self.width:
            self._cut(number, row)
            row = row[: self.width]
        elif len(row) < self.width:
            self.find("missing-cell", row=number, value=str(len(row)), width=self.width)
            row = [*row, *[""] * (self.width - len(row))]
        if any("#" in cell for cell in row):
            row = [self._without_error(number, column, cell) for column, cell in enumerate(row)]
        return row

    def _cut(self, number: int, row: Row) -> None:
        extra = [cell for cell in row[self.width :] if cell.strip(BLANKS)]
        if extra:
            self.overfull += 1
            self.find("extra-cell", row=number, value=extra[0], count=self.width + len(extra), width=self.width)
            self.desk.keep_loose(self.place.of(number), " | ".join(extra))

    def _without_error(self, number: int, column: int, cell: str) -> str:
        if not ERROR.fullmatch(cell):
            return cell
        self.find("error-cell", row=number, column=self.headings[column], value=cell.strip())
        return ""

    def _note_filled(self, rows: Sequence[Row]) -> None:
        for column in tuple(self.blank_columns):
            if any(row[column].strip(BLANKS) for row in rows):
                self.blank_columns.discard(column)
