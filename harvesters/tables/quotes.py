"""Finds the quotation mark that was never closed, by the row in which it opens.

Python's csv module takes such a file without a word: everything up to the next mark, or to the end, becomes one cell.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

# So many inner lines with as many cells as the table make a quoted cell a swallowed piece of it. In a narrow table the
# lines of an address can have that many commas by chance.
SWALLOWED_LINES, SWALLOWED_LINES_NARROW, NARROW = 3, 10, 3


@dataclass(slots=True)
class Fault:
    """One fault of quoting: the record in which the mark opens and the first characters of the cell."""

    kind: str  # "quote-unclosed" or "quote-stray"
    row: int
    sample: bytes


@dataclass(slots=True)
class QuoteScan:
    """Follows the quotation marks of a text table block by block; blocks end at line ends, line ends are `\\n`.

    `records` is how many records ended so far, a line break inside quotes not counted. `columns` is the usual number
    of cells, by which a row inside a quoted cell is recognised.
    """

    delimiter: bytes
    columns: int
    records: int = 0
    faults: list[Fault] = field(default_factory=list)
    _open_row: int = 0  # the record whose quote is open at the end of the block, 0 when none is
    _open_sample: bytes = b""
    _inner_rows: int = 0
    _crossed: bool = False  # whether the open quote has passed the end of a block
    _swallowed: int = field(init=False)
    _good: re.Pattern[bytes] = field(init=False)  # a well-formed quoted cell
    _end: re.Pattern[bytes] = field(init=False)  # the end of a cell

    def __post_init__(self) -> None:
        end = re.escape(self.delimiter) + rb"\n"
        # It begins with the mark itself, which `re` finds fast; what stands before the mark is looked at after.
        self._good = re.compile(rb'"(?<![^' + end + rb']")[^"]*(?:""[^"]*)*"(?=[' + end + rb"]|\Z)")
        self._end = re.compile(rb"[" + end + rb"]")
        self._swallowed = SWALLOWED_LINES_NARROW if self.columns <= NARROW else SWALLOWED_LINES

    @property
    def broken(self) -> bool:
        """Whether a quote was found that swallows rows: nothing after it can be trusted."""
        return any(fault.kind == "quote-unclosed" for fault in self.faults)

    def take(self, block: bytes) -> bytes:
        """Scan the next block; return it without its quoted cells, for counting lines and cells."""
        if b'"' not in block and not self._open_row:
            self.records += block.count(b"\n")
            return block
        if not self._open_row:
            bare = self._good.sub(b"", block)
            if b'"' not in bare:
                if bare.count(b"\n") != block.count(b"\n"):
                    self._look_for_swallowed(block)
                self.records += bare.count(b"\n")
                return bare
        self._walk(block)
        return b""

    def finish(self) -> None:
        """Note a quote that is still open at the end of the file."""
        if self._open_row and not self.broken:
            self.faults.append(Fault("quote-unclosed", self._open_row, self._open_sample))

    def _look_for_swallowed(self, block: bytes) -> None:
        long = [cell for cell in self._good.findall(block) if cell.count(b"\n") >= self._swallowed]
        if not any(self._rows_within(cell) >= self._swallowed for cell in long):
            return  # nearly always: only a fault is worth finding its row for
        for match in self._good.finditer(block):
            if self._rows_within(match.group()) >= self._swallowed:
                row = self.records + 1 + self._good.sub(b"", block[: match.start()]).count(b"\n")
                self.faults.append(Fault("quote-unclosed", row, match.group()[:60]))
                return

    def _rows_within(self, cell: bytes) -> int:
        """How many of the lines inside a quoted cell have as many cells as the table."""
        if self.columns < 2 or b"\n" not in cell:
            return 0
        return sum(line.count(self.delimiter) == self.columns - 1 for line in cell.split(b"\n"))

    def _walk(self, block: bytes) -> None:
        """Go from mark to mark, as the csv module would, where the quick look found a mark out of place."""
        position = 0
        while not self.broken:
            if self._open_row:
                end = self._closing(block, position)
                self._inner_rows += self._rows_within(block[position : end if end >= 0 else None])
                if end < 0:
                    self._crossed = True
                    return
                position = self._close(block, position, end)
                continue
            mark = block.find(b'"', position)
            if mark < 0:
                self.records += block.count(b"\n", position)
                return
            self.records += block.count(b"\n", position, mark)
            if mark == 0 or block[mark - 1 : mark] in (self.delimiter, b"\n"):
                self._open_row, self._open_sample = self.records + 1, block[mark : mark + 60]
                self._inner_rows, self._crossed = 0, False
                position = mark + 1
            else:
                position = self._skip_cell(block, mark)

    def _closing(self, block: bytes, position: int) -> int:
        while (mark := block.find(b'"', position)) >= 0:
            if block[mark + 1 : mark + 2] != b'"':
                return mark
            position = mark + 2
        return -1

    def _close(self, block: bytes, start: int, end: int) -> int:
        """Judge the cell that closes at `end`; return where the next cell begins."""
        after = block[end + 1 : end + 2]
        spans_lines = self._crossed or b"\n" in block[start:end]
        fits = after in (self.delimiter, b"\n", b"")
        if (not fits and spans_lines) or self._inner_rows >= self._swallowed:
            self.faults.append(Fault("quote-unclosed", self._open_row, self._open_sample))
            return len(block)
        if not fits:
            self.faults.append(Fault("quote-stray", self._open_row, self._open_sample))
        self._open_row = 0
        return end + 1 if fits else self._skip_cell(block, end + 1)

    def _skip_cell(self, block: bytes, position: int) -> int:
        found = self._end.search(block, position)
        return found.start() if found else len(block)
