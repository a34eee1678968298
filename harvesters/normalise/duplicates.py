"""Rows and ids that occur twice. Only their hashes are kept while the table streams by; told, never removed (thai.md §7)."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from pathlib import Path

from harvesters.normalise.chunks import Columns, read_columns
from harvesters.normalise.findings import Findings
from harvesters.values import MASK

_BUCKET = 500_000


class Duplicates:
    """Looks for rows that are equal in all `compared` columns and for values that occur twice in the `id` column.

    Positions are those of the draft's columns after `_row`.
    """

    def __init__(self, compared: Sequence[int], id_column: int | None) -> None:
        self._compared = compared
        self._id = id_column
        self._rows = array("q")
        self._ids = array("q")

    def observe(self, columns: Columns) -> None:
        """Take in one chunk of the draft, without `_row`."""
        if self._compared:
            self._rows.extend(self._row_hashes(columns))
        if self._id is not None:
            self._ids.extend(map(hash, columns[self._id]))

    def report(self, draft: Path, width: int, headings: Sequence[str], findings: Findings) -> None:
        """Tell of every row and id that came before. Reads the draft once more, and only when there is one."""
        rows, ids = repeated(self._rows), repeated(self._ids) - {hash(""), hash(MASK)}
        if not rows and not ids:
            return
        first_rows: dict[int, str] = {}
        first_ids: dict[str, str] = {}
        for numbers, *columns in read_columns(draft, width + 1, heading=True):
            told = self._report_rows(numbers, columns, rows, first_rows, findings) if rows else set()
            if ids and self._id is not None:
                _report_ids(numbers, columns[self._id], ids, first_ids, told, headings[self._id], findings)

    def _row_hashes(self, columns: Columns) -> Iterable[int]:
        return map(hash, zip(*(columns[position] for position in self._compared), strict=True))

    def _report_rows(
        self, numbers: Sequence[str], columns: Columns, rows: set[int], first: dict[int, str], findings: Findings
    ) -> set[str]:
        told = set()
        for number, hashed in zip(numbers, self._row_hashes(columns), strict=True):
            if hashed not in rows:
                continue
            if hashed in first:
                findings.add("duplicate-row", row=int(number), first=first[hashed])
                told.add(number)
            else:
                first[hashed] = number
        return told


def _report_ids(
    numbers: Sequence[str],
    column: Sequence[str],
    ids: set[int],
    first: dict[str, str],
    told: set[str],
    heading: str,
    findings: Findings,
) -> None:
    for number, value in zip(numbers, column, strict=True):
        if hash(value) not in ids:
            continue
        if value not in first:
            first[value] = number
        elif number not in told:  # a row that is wholly the same has been told of
            findings.add("duplicate-id", row=int(number), column=heading, value=value, first=first[value])


def repeated(hashes: array[int]) -> set[int]:
    """Return the numbers that occur more than once, looking at a part at a time so that memory stays small."""
    parts = len(hashes) // _BUCKET + 1
    found: set[int] = set()
    for part in range(parts):
        seen: set[int] = set()
        share = hashes if parts == 1 else array("q", (number for number in hashes if number % parts == part))
        if len(set(share)) != len(share):
            found.update(number for number in share if number in seen or seen.add(number))  # type: ignore[func-returns-value]
    return found
