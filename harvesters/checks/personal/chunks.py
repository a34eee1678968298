"""Reads a working file in pieces of 1,000 rows and hands each column over as its different values with their counts."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, zip_longest
from pathlib import Path

from harvesters.checks.personal.fold import MISSING, SEPARATOR, join

CHUNK = 1_000  # rows; larger pieces fall out of the processor's cache and cost half as much again
LONGEST_CELL = 1 << 26
PROBE = 400
MOSTLY_DIFFERENT = 0.8
SHORTEST_HIT = 5  # characters; nothing that the gate looks for is shorter


_MISSING_CELL = re.compile(f"{SEPARATOR}(?:{'|'.join(map(re.escape, sorted(MISSING)))})(?={SEPARATOR}|\\Z)")


@dataclass(frozen=True, slots=True)
class Values:
    """The cells of one column of a chunk, as found and folded, in the same order.

    With `counts` each different cell stands once; without, the cells stand as they came and some may repeat.
    `joined` holds the folded cells; it is empty where every cell is too short to hold anything.
    """

    counts: Counter[str] | None
    raw: list[str]
    folded: list[str]
    joined: str

    def times(self, cell: str) -> int:
        """How many cells of the column stand for this one of `raw`."""
        return 1 if self.counts is None else self.counts[cell]

    def missing(self) -> int:
        """How many cells say nothing."""
        if self.counts is not None:
            return sum(self.counts[cell] for cell in self.counts.keys() & MISSING)
        return sum(1 for _ in _MISSING_CELL.finditer(SEPARATOR + self.joined))


def chunks(path: Path) -> Iterator[tuple[tuple[str, ...], list[tuple[str, ...]]]]:
    """Give the row numbers and the columns of each chunk of a working file (no heading line, row number first).

    A row longer or shorter than the others loses nothing: missing cells are empty.
    """
    csv.field_size_limit(max(csv.field_size_limit(), LONGEST_CELL))
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        while rows := list(islice(reader, CHUNK)):
            first, *columns = zip_longest(*rows, fillvalue="")
            yield first, columns


def values_of(column: tuple[str, ...]) -> Values:
    """Return the different values of a column; a column in which hardly any cell repeats is taken as it stands."""
    head = column[:PROBE]
    counts: Counter[str] | None = None
    raw = list(column)
    if len(set(head)) <= MOSTLY_DIFFERENT * len(head) or "" in head:
        counts = Counter(column)
        raw = list(counts)
    if counts is not None and max(map(len, raw)) < SHORTEST_HIT:
        return Values(counts, raw, raw, "")
    joined, folded = join(raw)
    return Values(counts, raw, folded, joined)
