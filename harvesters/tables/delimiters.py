"""Which character parts the cells of a text table: comma, semicolon, tab or pipe."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

CANDIDATES = (",", ";", "\t", "|")
DECLARED = re.compile(r"\ufeff?sep=(.)\r?\n?$")  # the first line that Excel understands as a declaration
LINES = 60


@contextmanager
def cell_cap(most: int) -> Iterator[None]:
    """Let the csv module take cells of up to `most` characters; its own cap is global and is put back."""
    before = csv.field_size_limit(most)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def declared(first_line: str) -> str | None:
    """Return the delimiter that a first line such as `sep=;` declares, else None."""
    found = DECLARED.match(first_line)
    return found.group(1) if found else None


def choose(head: str) -> tuple[str, int]:
    """Return (delimiter, usual number of cells) for the beginning of a text table; (",", 1) when nothing parts it.

    The one wins under which most lines have the same number of cells; equals are settled by the number of cells.
    """
    lines = [line for line in io.StringIO(head, newline="") if line.strip()][:LINES]
    if not lines:
        return ",", 1
    told = declared(lines[0])
    tried = [(_fit(lines[1:], told), told)] if told else [(_fit(lines, each), each) for each in CANDIDATES]
    (_, cells), delimiter = max(tried, key=lambda fit: fit[0])
    return delimiter, max(cells, 1)


def _fit(lines: list[str], delimiter: str) -> tuple[float, int]:
    """Return (share of lines with the usual number of cells, that number); (0, 1) when the usual number is 1."""
    counts: Counter[int] = Counter()
    try:
        with cell_cap(sum(map(len, lines)) + 1):
            counts.update(map(len, csv.reader(lines, delimiter=delimiter)))
    except csv.Error:
        return 0.0, 1
    several = {cells: count for cells, count in counts.items() if cells > 1}
    if not several:
        return 0.0, 1
    cells = max(several, key=lambda each: (several[each], each))
    return several[cells] / sum(counts.values()), cells
