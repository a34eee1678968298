"""Records on their way from a file to a table: chunks of rows or of plain lines, numbered as the file numbers them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat

BLANKS = " \t\r\n\v\f\x1a\xa0\u200b\ufeff"  # \x1a ended a file in DOS


@dataclass(slots=True)
class Chunk:
    """Records of one table in the order of the file. `first` is the number of the first, from 1.

    Either `rows` holds their cells, or `lines` holds one text line a record, cells parted by commas and without any
    quotation mark, so that a line can go to the working file as it is.
    """

    first: int
    rows: Sequence[Sequence[str]] = ()
    lines: Sequence[str] | None = None

    def __len__(self) -> int:
        return len(self.rows if self.lines is None else self.lines)

    def split(self, at: int) -> tuple[Chunk, Chunk]:
        """Return the first `at` records and the rest."""
        if self.lines is None:
            return Chunk(self.first, self.rows[:at]), Chunk(self.first + at, self.rows[at:])
        return Chunk(self.first, lines=self.lines[:at]), Chunk(self.first + at, lines=self.lines[at:])

    def cells(self) -> Sequence[Sequence[str]]:
        """Return the records as rows of cells."""
        if self.lines is None:
            return self.rows
        return [line.split(",") if line else [] for line in self.lines]


class Stream:
    """Chunks of one sheet or file, with a way to hand back what belongs to the next table."""

    def __init__(self, chunks: Iterable[Chunk]) -> None:
        self._chunks: Iterator[Chunk] = iter(chunks)
        self._returned: deque[Chunk] = deque()

    def take(self) -> Chunk | None:
        """Return the next chunk that is not empty, or None at the end."""
        while self._returned:
            chunk = self._returned.popleft()
            if len(chunk):
                return chunk
        return next((chunk for chunk in self._chunks if len(chunk)), None)

    def give_back(self, chunks: Iterable[Chunk]) -> None:
        """Put `chunks`, in their order, before what comes next."""
        self._returned.extendleft(reversed(list(chunks)))

    def head(self, most: int) -> Chunk:
        """Take the first `most` records as rows; leading blank records are skipped. Empty when nothing is left."""
        rows: list[Sequence[str]] = []
        first = 0
        while len(rows) < most and (chunk := self.take()) is not None:
            if not rows:
                chunk = _without_leading_blanks(chunk)
                first = chunk.first
            part, rest = chunk.split(most - len(rows))
            rows.extend(part.cells())
            self.give_back([rest])
        return Chunk(first, rows)


def is_blank(row: Sequence[str]) -> bool:
    """Whether a row holds nothing but blanks."""
    return not "".join(row).strip(BLANKS)


def blank_rows(rows: Sequence[Sequence[str]]) -> list[int]:
    """Return the positions of the rows that hold nothing but blanks."""
    texts = map(str.strip, map("".join, rows), repeat(BLANKS))
    return [position for position, text in enumerate(texts) if not text]


def _without_leading_blanks(chunk: Chunk) -> Chunk:
    if chunk.lines is not None:
        start = next((at for at, line in enumerate(chunk.lines) if line.strip(BLANKS + ",")), len(chunk))
    else:
        start = next((at for at, row in enumerate(chunk.rows) if not is_blank(row)), len(chunk))
    return chunk.split(start)[1]
