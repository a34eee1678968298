"""CSV of our own making: UTF-8, LF line ends, and readable again by csv.reader and DuckDB whatever stands in the cells.

The csv module does not quote a lone carriage return where lines end in LF, and then can't read its own line; such rows are
quoted throughout.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType


class CsvFile:
    """Writes rows of texts (and numbers) to a new file. Use as a context manager."""

    def __init__(self, path: Path, *, errors: str = "strict") -> None:
        self._file = path.open("w", encoding="utf-8", errors=errors, newline="")
        self._plain = csv.writer(self._file, lineterminator="\n")
        self._quoting = csv.writer(self._file, lineterminator="\n", quoting=csv.QUOTE_ALL)

    def __enter__(self) -> CsvFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def row(self, row: Sequence[object]) -> None:
        """Write one row."""
        (self._quoting if "\r" in "".join(map(str, row)) else self._plain).writerow(row)

    def rows(self, rows: Sequence[Sequence[object]], *, returns: bool | None = None) -> None:
        """Write many rows, all at once where none needs quoting throughout.

        `returns` says whether a carriage return stands anywhere in them, for callers that know it more cheaply.
        """
        if returns is None:
            returns = "\r" in "".join(cell for row in rows for cell in row if type(cell) is str)
        if not returns:
            self._plain.writerows(rows)
            return
        for row in rows:
            self.row(row)

    def columns(self, columns: Iterable[Sequence[str]]) -> None:
        """Write rows that are given as columns of the same length."""
        columns = list(columns)
        returns = any("\r" in "".join(column) for column in columns)
        self.rows(list(zip(*columns, strict=True)), returns=returns)

    def text(self, text: str) -> None:
        """Write lines that are in the form of the file already."""
        self._file.write(text)
