"""Keeps what normalising found and repaired: exact counts, the first problems of each code, every repair in a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import compress, islice, repeat
from pathlib import Path
from types import TracebackType

from harvesters.checks.problems import problem
from harvesters.normalise.chunks import quoted, quoted_column
from harvesters.values import Problem, Table

KEPT = 100  # problems of one code
HEADING = ("rule", "row", "column", "before", "after")


class Findings:
    """Problems of one table, counted exactly and kept up to KEPT of each code."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self.counts: Counter[str] = Counter()
        self.kept: list[Problem] = []

    def add(
        self,
        code: str,
        *,
        row: int | None = None,
        column: str | None = None,
        value: str | None = None,
        **fields: object,
    ) -> None:
        """Count a problem and keep it while there is room."""
        self.counts[code] += 1
        if self.counts[code] <= KEPT:
            made = problem(
                code, resource=self._table.name, sheet=self._table.sheet, row=row, column=column, value=value, **fields
            )
            self.kept.append(made)

    def add_cells(
        self,
        code: str,
        column: str,
        numbers: Sequence[str],
        cells: Sequence[str],
        found: Mapping[str, Mapping[str, object]],
    ) -> None:
        """Count a problem for every cell of a column that is in `found` (cell → fields of the sentence)."""
        hit = list(map(found.__contains__, cells))
        room = max(0, KEPT - self.counts[code])
        for number, cell in islice(zip(compress(numbers, hit), compress(cells, hit), strict=True), room):
            self.add(code, row=int(number), column=column, value=cell, **found[cell])
        self.counts[code] += max(0, sum(hit) - room)


class RepairFile:
    """Writes repairs as they come and counts them by rule. Use as a context manager."""

    def __init__(self, path: Path) -> None:
        self.counts: Counter[str] = Counter()
        self._file = path.open("w", encoding="utf-8", newline="")
        self._file.write(",".join(HEADING) + "\n")

    def __enter__(self) -> RepairFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, rule: str, number: str, column: str, before: str, after: str) -> None:
        """Write one repair."""
        self.counts[rule] += 1
        self._file.write(",".join((rule, number, quoted(column), quoted(before), quoted(after))) + "\n")

    def add_cells(
        self,
        rule: str,
        column: str,
        numbers: Sequence[str],
        cells: Sequence[str],
        after: Mapping[str, str],
        before: Mapping[str, str] | None = None,
    ) -> None:
        """Write a repair for every cell of a column that is in `after`: cell as found → what the rule made of it.

        `before` is what the rule was given, where an earlier rule had changed the cell already.
        """
        hit = list(map(after.__contains__, cells))
        found = list(compress(cells, hit))
        if not found:
            return
        given = found if before is None else list(map(before.__getitem__, found))
        made = list(map(after.__getitem__, found))
        told = compress(numbers, hit), quoted_column(given), quoted_column(made)
        lines = map(",".join, zip(repeat(rule), told[0], repeat(quoted(column)), told[1], told[2], strict=False))
        self._file.write("\n".join(lines) + "\n")
        self.counts[rule] += len(found)
