"""Delimited text (CSV, TSV, semicolon, pipe) → chunks of records, streaming, whatever its encoding and line ends.

A block of text without quotation marks goes on as plain lines; only blocks with marks pass through the csv module.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from harvesters.errors import HarvestError
from harvesters.tables.assemble import assemble
from harvesters.tables.delimiters import cell_cap, choose, declared
from harvesters.tables.desk import Desk, Place
from harvesters.tables.encoding import SAMPLE
from harvesters.tables.rows import Chunk
from harvesters.values import Table

BLOCK = 512 * 1024  # characters; a block is what is held in memory, several times over while it is looked at


def read_delimited(path: Path, encoding: str, title: str, desk: Desk) -> tuple[list[Table], str]:
    """Return (tables, delimiter) of a text table whose bytes passed the pre-flight.

    Raises HarvestError cell-too-long for a cell beyond the cap.
    """
    with path.open(encoding=encoding, newline="", errors="replace") as file:
        delimiter = choose(file.read(SAMPLE))[0]
        file.seek(0)
        records = _Records(file, delimiter, desk.limits.cell_chars)
        return assemble(records.chunks(), Place(title), desk), delimiter


class _Records:
    """The records of an open text file. `row` is the number of the record that comes next."""

    def __init__(self, file: TextIO, delimiter: str, cell_chars: int) -> None:
        self._file, self._delimiter, self._cell_chars = file, delimiter, cell_chars
        self.row = 1

    def chunks(self) -> Iterator[Chunk]:
        """Yield the records in chunks of about half a million characters."""
        block = self._block()
        first_line = block.split("\n", 1)[0]
        if declared(first_line.rstrip("\r")):
            block = block[len(first_line) + 1 :]
            self.row = 2
        while block:
            chunk = self._plain(block) or self._parsed(block)
            self.row = chunk.first + len(chunk)
            yield chunk
            block = self._block()

    def _block(self) -> str:
        text = self._file.read(BLOCK)
        return text + self._file.readline() if text else ""

    def _plain(self, block: str) -> Chunk | None:
        """Return the block as lines if it has no quotation marks and, other than between cells, no commas."""
        if '"' in block:
            return None
        if self._delimiter != ",":
            if "," in block:
                return None
            block = block.replace(self._delimiter, ",")
        if "\r" in block:
            block = block.replace("\r\n", "\n").replace("\r", "\n")
        lines = block.split("\n")
        if not lines[-1]:
            lines.pop()
        return Chunk(self.row, lines=lines)

    def _parsed(self, block: str) -> Chunk:
        """Return the block through the csv module; a quoted cell that runs on takes the lines that it needs."""
        with cell_cap(self._cell_chars):
            with suppress(csv.Error):  # the block ends within a quoted cell, or a mark is out of place
                whole = io.StringIO(block, newline="")
                return Chunk(self.row, list(csv.reader(whole, delimiter=self._delimiter, strict=True)))
            return Chunk(self.row, self._one_by_one(_Lines(block, self._file)))

    def _one_by_one(self, lines: _Lines) -> list[list[str]]:
        rows: list[list[str]] = []
        try:
            for row in csv.reader(lines, delimiter=self._delimiter):
                rows.append(row)
                if lines.spent:
                    break
        except csv.Error as error:
            raise HarvestError("cell-too-long", row=self.row + len(rows), most=f"{self._cell_chars:,}") from error
        return rows


class _Lines:
    """The lines of a block and, if the reader still asks within a quoted cell, the lines of the file after it."""

    def __init__(self, block: str, file: TextIO) -> None:
        self._block = io.StringIO(block, newline="")
        self._size = len(block)
        self._given = 0
        self._file = file

    @property
    def spent(self) -> bool:
        """Whether the block is used up; at the end of a record the next block may begin."""
        return self._given >= self._size

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._block.readline() or self._file.readline()
        if not line:
            raise StopIteration
        self._given += len(line)
        return line
