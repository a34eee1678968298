"""Fills merged cells of a sheet while its rows stream by: the value stands in the first cell, the others are blank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from harvesters.tables.kinds import kind_of
from harvesters.tables.layout import Span
from harvesters.tables.words import is_total

MOST_FILLED = 2_000_000  # cells; a sheet with more merged cells than this was not made by a person
TITLE_SHARE = 0.6  # a range over so much of the width, alone in its row, is a title and not a value


@dataclass(slots=True)
class Merges:
    """The merged ranges of a sheet, rows counted from 1, columns from the sheet's first used column.

    `filled` counts the cells filled by row; `sections` are rows that hold one text merged over most of the width.
    """

    spans: Sequence[Span]
    width: int
    filled: dict[int, int] = field(default_factory=dict)
    sections: set[int] = field(default_factory=set)
    total: int = 0
    _next: int = 0
    _active: list[tuple[int, int, int, Any]] = field(default_factory=list)  # last row, first and last column, value

    def __post_init__(self) -> None:
        self.spans = sorted(span for span in self.spans if span[1] < self.width and span[3] >= 0)

    @property
    def overflowed(self) -> bool:
        """Whether there were more merged cells than are ever filled."""
        return self.total > MOST_FILLED

    def fill(self, first: int, rows: Sequence[list[Any]]) -> None:
        """Fill the blanks of merged ranges in `rows`, which begin with row number `first`; call in the sheet's order."""
        last = first + len(rows) - 1
        for bottom, left, right, value in self._active:
            self._put(first, rows, (first, left, min(bottom, last), right), value)
        self._active = [each for each in self._active if each[0] > last]
        while self._next < len(self.spans) and self.spans[self._next][0] <= last:
            top, left, bottom, right = self.spans[self._next]
            self._next += 1
            if top < first or self.overflowed:
                continue
            left, right = max(left, 0), min(right, self.width - 1)
            row = rows[top - first]
            if self._is_section(row, left, right):
                self.sections.add(top)
            elif (value := row[left]) != "" and not self._names_total(row, left, right):
                self._put(first, rows, (top, left, min(bottom, last), right), value)
                if bottom > last:
                    self._active.append((bottom, left, right, value))

    def _is_section(self, row: Sequence[Any], left: int, right: int) -> bool:
        wide = right - left + 1 >= max(3, TITLE_SHARE * self.width)
        return wide and isinstance(row[left], str) and not any(row[:left]) and not any(row[left + 1 :])

    def _names_total(self, row: Sequence[Any], left: int, right: int) -> bool:
        """Whether a range begins a total row ("รวมทั้งสิ้น" over the columns of words): filled, it would look like data.

        As a heading over several columns it has no figure beside it.
        """
        name = row[left]
        if right == left or not isinstance(name, str) or not is_total(name) or any(row[:left]):
            return False
        return any(isinstance(cell, int | float) or kind_of(str(cell)) == "n" for cell in row[right + 1 :])

    def _put(self, first: int, rows: Sequence[list[Any]], span: Span, value: Any) -> None:
        top, left, bottom, right = span
        for number in range(top, bottom + 1):
            row, count = rows[number - first], 0
            for column in range(left, right + 1):
                if row[column] == "":
                    row[column] = value
                    count += 1
            if count:
                self.filled[number] = self.filled.get(number, 0) + count
                self.total += count
            if self.overflowed:
                return
