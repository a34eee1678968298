"""Reads and writes CSV a chunk of columns at a time. Where a chunk has no quotation mark, splitting it is all there is to do."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType

CHUNK = 1 << 21  # characters; some 14,000 rows of twelve columns
_SPECIAL = re.compile('[",\r\n]')

_RETURN = "\ufdd0"  # a code point that is no character and so stands in no text

Columns = list[Sequence[str]]


def read_columns(path: Path, width: int, *, heading: bool = False) -> Iterator[Columns]:
    """Yield the columns of a CSV of our own making (UTF-8, "\\n", every line `width` cells) chunk by chunk.

    `heading`: the first line is a heading and is left out.
    """
    csv.field_size_limit(2**31 - 1)  # the caps on cells were kept when the file was written
    with path.open(encoding="utf-8", newline="\n") as file:
        if heading:
            file.readline()  # our headings hold no line break
        while text := file.read(CHUNK):
            if not text.endswith("\n"):
                text += file.readline()
            while text.count('"') % 2 and (more := file.readline()):  # the cut fell into a cell that holds a line break
                text += more
            yield _split(text, width)


def _split(text: str, width: int) -> Columns:
    if '"' not in text:
        cells = text.replace("\n", ",").split(",")
        if len(cells) == text.count("\n") * width + 1:
            return [cells[position:-1:width] for position in range(width)]
    if "\r" not in text:
        return list(zip(*csv.reader(io.StringIO(text, newline="")), strict=True))
    # The csv module writes a lone "\r" without quotation marks where lines end in "\n", and then can't read it.
    kept = csv.reader(io.StringIO(text.replace("\r", _RETURN), newline=""))
    return [[cell.replace(_RETURN, "\r") for cell in column] for column in zip(*kept, strict=True)]


class Chunk:
    """Some rows of the table as columns. What several steps need of a column is made once, when it is first asked for."""

    def __init__(self, columns: Columns) -> None:
        self.numbers = columns[0]
        self.cells = columns[1:]
        self._joined: dict[int, str] = {}
        self._different: dict[int, set[str]] = {}

    def joined(self, index: int) -> str:
        """The cells of a column joined by U+001F."""
        if index not in self._joined:
            self._joined[index] = "\x1f".join(self.cells[index])
        return self._joined[index]

    def different(self, index: int) -> set[str]:
        """The different cells of a column; not to be changed."""
        if index not in self._different:
            self._different[index] = set(self.cells[index])
        return self._different[index]


class ColumnWriter:
    """Writes rows that come as columns, and counts them. Use as a context manager."""

    def __init__(self, path: Path, heading: Sequence[str]) -> None:
        self.count = 0
        self._quoting = False  # once a chunk needed it, the next will too
        self._file = path.open("w", encoding="utf-8", newline="")
        self._file.write(",".join(map(quoted, heading)) + "\n")

    def __enter__(self) -> ColumnWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def write(self, columns: Columns) -> None:
        """Write one chunk; all columns have the same length."""
        count = len(columns[0])
        text = "" if self._quoting else _lines(columns)
        if self._quoting or not _is_plain(text, count, len(columns)):
            self._quoting = True
            text = _lines([quoted_column(column) for column in columns])
        self._file.write(text)
        self.count += count


def _lines(columns: Columns) -> str:
    return "\n".join(map(",".join, zip(*columns, strict=True))) + "\n"


def _is_plain(text: str, rows: int, width: int) -> bool:
    """Whether no cell of the lines needs quotation marks: there are just the commas and line ends that part the cells."""
    plain = '"' not in text and "\r" not in text
    return plain and text.count(",") == rows * (width - 1) and text.count("\n") == rows


def quoted_column(column: Sequence[str]) -> Sequence[str]:
    """Return the cells as they stand in a CSV file; the same object where none needs quotation marks."""
    joined = "\x1f".join(column)
    if '"' in joined or "\n" in joined or "\r" in joined:
        return [quoted(cell) for cell in column]
    return [f'"{cell}"' if "," in cell else cell for cell in column] if "," in joined else column


def quoted(cell: str) -> str:
    """Return a cell as it stands in a CSV file."""
    return '"' + cell.replace('"', '""') + '"' if _SPECIAL.search(cell) else cell
