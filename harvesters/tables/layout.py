"""Finds where a table begins: title rows, the rows of its headings, hint rows, and how wide it is.

The heading row is a wide row of texts without repeats above rows of another look. What speaks for it is counted
(known words, numbers or another script below, names such as `en_code`); without any such evidence there is no heading
row, so that a file of bare data never loses its first row.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from harvesters.tables.kinds import kind_of
from harvesters.tables.words import COLUMN_NUMBER, HINT, IDENTIFIER, TITLE, UNIT, is_heading_word
from harvesters.thai.text import clean

Row = Sequence[str]
Span = tuple[
    int, int, int, int
]  # a merged range: first row, first column, last row, last column; rows as in the window

WINDOW = 60  # records looked at
SEARCH = 30  # of them, how many may be the heading
LONGEST_HEADING = 500  # questions of web forms are long
LONGEST_GROUP = 60
MOST_ABOVE = 3  # rows as full as the heading row above it: its coarser parts; more of them are data
SAME_LENGTH = 10  # so many values of one length make a code of the column

THAI = re.compile("[ก-๛]")
LATIN = re.compile("[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the parts of a table lie in the window of its first records; all are positions in that window."""

    headings: tuple[str, ...]  # joined and cleaned, not yet unique; "" where there is none
    heading_rows: tuple[int, ...]
    title_rows: tuple[int, ...]
    hint_rows: tuple[int, ...]
    first_data: int  # the position after all of these


def find_layout(rows: Sequence[Row], spans: Sequence[Span] | None = None) -> Layout | None:
    """Return where the table in the first records lies, or None when no heading row can be told from data.

    `rows` are the texts of the first records, merged ranges already filled; `spans` are the merged ranges, or None in
    formats that have none (there a blank right of a group heading is filled from it).
    """
    window = _Window(rows, spans)
    leaf = window.leaf()
    if leaf is None:
        return None
    top, bottom = window.block(leaf)
    hints = window.hints(bottom)
    width = window.width(top, bottom)
    return Layout(
        headings=tuple(window.joined(top, bottom, column) for column in range(width)),
        heading_rows=tuple(position for position in range(top, bottom + 1) if window.filled(position)),
        title_rows=tuple(position for position in range(top) if window.filled(position)),
        hint_rows=hints,
        first_data=(hints[-1] if hints else bottom) + 1,
    )


def looks_like_heading(row: Row, below: Sequence[Row]) -> bool:
    """Whether a row after a gap begins another table: only texts, at least half of them known heading words."""
    kinds = [kind_of(cell) for cell in row]
    filled = [cell for cell in row if cell.strip()]
    if len(filled) < 2 or not set(kinds) <= {"", "t", "y"} or len(set(filled)) < len(filled):
        return False
    words = sum(1 for cell in filled if is_heading_word(cell) or IDENTIFIER.fullmatch(cell.strip()))
    return words * 2 >= len(filled) and any(any(cell.strip() for cell in each) for each in below[:1])


class _Window:
    """The first records of a table, padded to one width, with what is asked about them."""

    def __init__(self, rows: Sequence[Row], spans: Sequence[Span] | None) -> None:
        most = max((len(row) for row in rows), default=0)
        self.rows = [[cell.strip() for cell in row] + [""] * (most - len(row)) for row in rows]
        self.kinds = [[kind_of(cell) for cell in row] for row in self.rows]
        self.spans = spans
        self.columns = most

    def filled(self, position: int) -> list[int]:
        """Return the columns of a row that are not blank."""
        return [column for column, kind in enumerate(self.kinds[position]) if kind]

    def below(self, position: int) -> list[int]:
        """Return the rows after `position` that are not blank."""
        return [each for each in range(position + 1, len(self.rows)) if any(self.kinds[each])]

    def leaf(self) -> int | None:
        """Return the position of the heading row (the lowest and finest of several), or None."""
        search = [each for each in range(min(SEARCH, len(self.rows))) if any(self.kinds[each])]
        for grouped in (False, True):
            found = [each for each in search if self._passes(each, first=each == search[0], grouped=grouped)]
            if found:
                return self._finest(found)
        return None

    def _finest(self, found: list[int]) -> int:
        best = found[0]
        for each in found[1:]:
            between = range(best + 1, each)
            wider = len(self.filled(each)) > 1.3 * len(self.filled(best))
            if each - best <= 15 and wider and not any(self._is_data(row) for row in between):
                best = each
        return best

    def _is_data(self, position: int) -> bool:
        return sum(kind in "nudm" for kind in self.kinds[position] if kind) >= 2

    def _passes(self, position: int, *, first: bool, grouped: bool) -> bool:
        filled = self.filled(position)
        if bool(self._groups(position)) is not grouped or not self._all_headings(position, filled):
            return False
        below = self.below(position)
        counts = sorted(len(self.filled(each)) for each in below) or [len(filled)]
        typical = counts[int(0.75 * (len(counts) - 1))]
        if len(filled) < max(1 if typical <= 1 else 2, math.ceil(typical / 2)):
            return False
        above = [each for each in range(position) if len(self.filled(each)) >= len(filled)]
        if len(above) > MOST_ABOVE or any(map(self._is_data, above)):
            return False
        return self._evidence(position, filled, below) >= (1 if first and typical > 1 else 2)

    def _all_headings(self, position: int, filled: list[int]) -> bool:
        kinds = [self.kinds[position][column] for column in filled]
        cells = [self.rows[position][column] for column in filled]
        if "t" not in kinds or len(set(cells)) * 2 <= len(cells) - 1 or max(map(len, cells)) > LONGEST_HEADING:
            return False
        if set(kinds) <= {"t", "y", "d"}:
            return True
        numbers = [cell for cell, kind in zip(cells, kinds, strict=True) if kind == "n"]
        return set(kinds) <= {"t", "n"} and len(numbers) >= 3 and _counts_up(numbers)

    def _evidence(self, position: int, filled: list[int], below: list[int]) -> int:
        """Count what speaks for and against a heading row."""
        row = self.rows[position]
        repeated = any(self.rows[each] == row for each in below)
        score = 3 * repeated
        for column in filled:
            cell = row[column]
            score += 2 * (is_heading_word(cell) or bool(IDENTIFIER.fullmatch(cell)))
            values = [self.rows[each][column] for each in below if self.kinds[each][column] not in ("", "m")]
            if values and not repeated:
                score += self._contrast(cell, self.kinds[position][column], values)
        return score

    def _contrast(self, cell: str, kind: str, values: list[str]) -> int:
        if cell in values:
            return -3  # a heading does not come again as a value
        kinds = [kind_of(value) for value in values]
        if sum(each in "nydu" for each in kinds) >= 0.6 * len(kinds):
            return 2 if kind == "t" or (kind == "y" and "y" not in kinds) else 0
        thai = sum(bool(THAI.search(value)) for value in values) >= 0.8 * len(values)
        if thai and LATIN.search(cell) and not THAI.search(cell):
            return 1
        lengths = {len(value) for value in values}
        return int(len(values) >= SAME_LENGTH and len(lengths) == 1 and len(cell) not in lengths)

    def _groups(self, position: int) -> list[tuple[int, int]]:
        """Return the merged ranges (first, last column) that lie across several columns of a row."""
        return [
            (first, last)
            for top, first, bottom, last in self.spans or ()
            if top <= position <= bottom and last > first
        ]  # fmt: skip

    def block(self, leaf: int) -> tuple[int, int]:
        """Return (first, last) position of the heading rows that belong to the heading row `leaf`."""
        bottom = leaf
        while bottom + 1 < len(self.rows) and self._continues(bottom):
            bottom += 1
        top = leaf
        while top > 0 and self._is_group_row(top - 1, top):
            top -= 1
        return top, bottom

    def _continues(self, position: int) -> bool:
        """Whether the row after `position` carries the finer headings, or the units in brackets, of that row."""
        upper, lower = self.rows[position], self.rows[position + 1]
        filled = self.filled(position + 1)
        if not filled or not set(self.kinds[position + 1]) <= {"", "t", "y"}:
            return False
        if all(UNIT.fullmatch(lower[column]) for column in filled):
            return True
        grouped = {column for first, last in self._groups(position) for column in range(first, last + 1)}
        if self.spans is None:
            grouped = self._open_groups(upper, lower)
        complementary = all(
            not upper[column] or column in grouped or upper[column] == lower[column] for column in filled
        )
        finer = any(lower[column] != upper[column] for column in filled)
        gaps = any(upper[column] and not lower[column] for column in range(self.columns)) or self.spans is not None
        return complementary and finer and gaps and bool(grouped)

    def _open_groups(self, upper: Row, lower: Row) -> set[int]:
        """Return the columns under headings that stand over several columns, told by the blanks after them."""
        return {
            column
            for column in range(self.columns - 1)
            if upper[column] and lower[column] and not upper[column + 1] and lower[column + 1]
        }

    def _is_group_row(self, upper_at: int, lower_at: int) -> bool:
        """Whether a row stands over the heading row as its coarser part, and is not a title."""
        upper, lower = self.rows[upper_at], self.rows[lower_at]
        filled = self.filled(upper_at)
        if not filled or not set(self.kinds[upper_at]) <= {"", "t", "y"}:
            return False
        if any(TITLE.match(upper[column]) or len(upper[column]) > LONGEST_GROUP for column in filled):
            return False
        if self.spans is None:
            vertical = sum(1 for column in filled if not lower[column])
            groups = len(self._open_groups(upper, lower))
        else:
            vertical = sum(1 for column in filled if upper[column] == lower[column] or not lower[column])
            groups = len(
                [span for span in self._groups(upper_at) if span[1] - span[0] + 1 < len(self.filled(lower_at))]
            )
        names = [cell for cell in lower if cell]
        if groups == 0:
            return self.spans is not None and vertical == len(filled) > 1
        return vertical > 0 or len(set(names)) < len(names) or groups >= (2 if self.spans is not None else 3)

    def hints(self, bottom: int) -> tuple[int, ...]:
        """Return the rows right after the headings that explain them: column numbers, "ระบุ…", "YYYY-MM-DD"."""
        found: list[int] = []
        for position in range(bottom + 1, min(bottom + 3, len(self.rows))):
            cells = [self.rows[position][column] for column in self.filled(position)]
            if not cells or not (self._numbers_columns(cells) or _explains(cells)):
                break
            found.append(position)
        return tuple(found)

    def _numbers_columns(self, cells: list[str]) -> bool:
        bracketed = all(cell[0] in "([" for cell in cells)
        return len(cells) >= (2 if bracketed else 4) and _counts_up(cells, start=1)

    def width(self, top: int, bottom: int) -> int:
        """Return the number of columns: as far as the headings go, or the data of most rows."""
        named = max(column for row in range(top, bottom + 1) for column in self.filled(row)) + 1
        ends = [self.filled(each)[-1] + 1 for each in self.below(bottom)]
        wider = sorted(end for end in ends if end > named)
        return wider[-1] if len(wider) * 2 > len(ends) else named

    def joined(self, top: int, bottom: int, column: int) -> str:
        """Return a column's heading: the texts above each other, each once, parted by a blank."""
        parts: list[str] = []
        for row in range(top, bottom + 1):
            text = clean(self.rows[row][column] or self._from_left(row, bottom, column))
            if text and text not in parts[-1:]:
                parts.append(text)
        return " ".join(parts)

    def _from_left(self, row: int, bottom: int, column: int) -> str:
        """Return the group heading that an unmerged blank stands under, in formats without merged ranges."""
        if self.spans is not None or row == bottom or not self.rows[bottom][column]:
            return ""
        for left in range(column - 1, -1, -1):
            if not self.rows[bottom][left]:
                return ""
            if self.rows[row][left]:
                return self.rows[row][left]
        return ""


def _counts_up(cells: list[str], start: int | None = None) -> bool:
    """Whether cells are numbers that count up by one, from `start` if given."""
    found = [COLUMN_NUMBER.fullmatch(cell) for cell in cells]
    numbers = [int(each.group(1)) for each in found if each]
    if len(numbers) < len(cells) or (start is not None and numbers[0] != start):
        return False
    return all(after == before + 1 for before, after in pairwise(numbers))


def _explains(cells: list[str]) -> bool:
    hits = sum(bool(HINT.match(cell)) for cell in cells)
    return hits >= max(2, math.ceil(0.4 * len(cells)))
