"""The working file of a table: UTF-8 CSV without a heading line, the row number first, then one cell per heading."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from types import TracebackType

from harvesters.csvfile import CsvFile
from harvesters.tables.delimiters import cell_cap


class WorkingFile:
    """Writes rows and plain lines to a working file and counts them. Use as a context manager."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self._file = CsvFile(path, errors="replace")  # lone surrogates become "?"

    def __enter__(self) -> WorkingFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.__exit__(kind, error, trace)

    def rows(self, first: int, rows: Sequence[Sequence[str]]) -> None:
        """Write rows that are numbered without a gap from `first`."""
        returns = "\r" in "".join(chain.from_iterable(rows))
        self._file.rows([(number, *row) for number, row in enumerate(rows, start=first)], returns=returns)
        self.count += len(rows)

    def numbered(self, rows: Iterable[tuple[int, Sequence[str]]]) -> None:
        """Write rows that carry their numbers."""
        for number, row in rows:
            self._file.row((number, *row))
            self.count += 1

    def lines(self, text: str, count: int) -> None:
        """Write `count` lines that are in the form of the file already."""
        self._file.text(text)
        self.count += count


def read_working(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield (row number, cells) of a working file."""
    with cell_cap(2**31 - 1), path.open(encoding="utf-8", newline="") as file:
        for number, *cells in csv.reader(file):  # our own file: the caps were kept when it was written
            yield int(number), cells


def drop_columns(path: Path, columns: set[int]) -> None:
    """Write the working file again without the cells at these positions."""
    shorter = path.with_suffix(".shorter")
    with WorkingFile(shorter) as file:
        file.numbered((number, _without(cells, columns)) for number, cells in read_working(path))
    shorter.replace(path)


def pad_rows(path: Path, width: int) -> None:
    """Write the working file again with blank cells at the end of rows that have fewer than `width`."""
    longer = path.with_suffix(".longer")
    with WorkingFile(longer) as file:
        file.numbered((number, cells + [""] * (width - len(cells))) for number, cells in read_working(path))
    longer.replace(path)


def _without(cells: list[str], columns: set[int]) -> list[str]:
    return [cell for position, cell in enumerate(cells) if position not in columns]
