"""Step 4: the table as found → a draft with plain values, every repair recorded, everything doubtful told.

The table streams through once. How its columns are to be read is decided by the first chunk and watched over the rest; only
when a later cell proves the decision wrong does the table stream through a second time.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from harvesters.hints import heading_hint
from harvesters.normalise.cells import CellRules
from harvesters.normalise.chunks import Chunk, ColumnWriter, read_columns
from harvesters.normalise.columns import ColumnReader
from harvesters.normalise.duplicates import Duplicates
from harvesters.normalise.findings import Findings, RepairFile
from harvesters.normalise.pairs import Pair, check_pairs
from harvesters.normalise.places import Places, resolve_places
from harvesters.normalise.plan import PROVINCE, PROVINCE_CODE, Column, heading_year, make_schema, plan_columns
from harvesters.normalise.rules import enabled_rules
from harvesters.normalise.watching import Watcher
from harvesters.values import ROW_COLUMN, Draft, Mapped, Table

FEWEST_YEARS = 3  # headings that are years before the table is called wide


@dataclass(frozen=True, slots=True)
class _Written:
    findings: Findings
    repair_counts: dict[str, int]
    row_count: int
    missing: list[set[str]]


def normalise(table: Table, mapped: Mapped, *, workdir: Path, repairs: bool | frozenset[str] = True) -> Draft:
    """Return the draft of a table; its file and the file of its repairs are written into `workdir`.

    `repairs` switches all rules on or off, or names those that are on (`RULES`). With all of them off the cells stay as they
    were found, and problems are still told.
    """
    with _no_collector():
        return _normalise(table, mapped, workdir, enabled_rules(repairs))


@contextmanager
def _no_collector() -> Iterator[None]:
    """Keep the garbage collector from looking again and again through cells that hold no cycles: a quarter of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _normalise(table: Table, mapped: Mapped, workdir: Path, rules: frozenset[str]) -> Draft:
    columns = plan_columns(mapped)
    watchers = [Watcher(column, rules) for column in columns]
    line = _Line(table, columns, rules, workdir)
    chunks = (Chunk(part) for part in read_columns(table.path, len(table.headings) + 1))
    first = next(chunks, None)
    seen = [] if first is None else [first]
    _watch(watchers, seen)
    guessed = [watcher.cell_rules() for watcher in watchers]
    written = line.write(guessed, chain(seen, _watched(watchers, chunks)))
    decided = [watcher.cell_rules() for watcher in watchers]
    if decided != guessed:
        again = (Chunk(part) for part in read_columns(table.path, len(table.headings) + 1))
        written = line.write(decided, again)
    for watcher, cells in zip(watchers, decided, strict=True):
        watcher.report(cells.kind, written.findings)
    _report_year_headings(table, written.findings)
    return Draft(
        table=table,
        mapped=mapped,
        schema=make_schema(columns, decided, written.missing, mapped.declared),
        path=line.draft,
        repairs=line.repairs,
        repair_counts=written.repair_counts,
        row_count=written.row_count,
        problems=tuple(written.findings.kept),
        problem_counts=dict(written.findings.counts),
    )


def _watch(watchers: Sequence[Watcher], chunks: Sequence[Chunk]) -> None:
    for _ in _watched(watchers, iter(chunks)):
        pass


def _watched(watchers: Sequence[Watcher], chunks: Iterator[Chunk]) -> Iterator[Chunk]:
    for chunk in chunks:
        for watcher in watchers:
            index = watcher.column.index
            if index is not None:
                watcher.observe(chunk, index)
        yield chunk


class _Line:
    """Writes the draft and its repairs by given rules. May be run again by others: everything begins anew."""

    def __init__(self, table: Table, columns: Sequence[Column], rules: frozenset[str], workdir: Path) -> None:
        self.draft = workdir / f"{table.name}.draft.csv"
        self.repairs = workdir / f"{table.name}.repairs.csv"
        self._table = table
        self._columns = columns
        self._rules = rules
        self._places = find_places(columns)

    def write(self, cells: Sequence[CellRules], chunks: Iterator[Chunk]) -> _Written:
        """Write every chunk and tell what was found."""
        columns, findings = self._columns, Findings(self._table)
        readers = [ColumnReader(column, rules) for column, rules in zip(columns, cells, strict=True)]
        pair = find_pair(columns, cells)
        duplicates = Duplicates(_compared(columns), _id_column(columns))
        heading = [ROW_COLUMN, *(column.name for column in columns)]
        with ColumnWriter(self.draft, heading) as draft, RepairFile(self.repairs) as repairs:
            swaps = repairs if "coordinates-swapped" in self._rules else None
            for chunk in chunks:
                made = [
                    [""] * len(chunk.numbers)
                    if column.index is None
                    else reader.read(chunk, column.index, findings, repairs)
                    for column, reader in zip(columns, readers, strict=True)
                ]
                if self._places is not None:
                    resolve_places(self._places, chunk.numbers, made, findings)
                if pair is not None:
                    check_pairs(pair, chunk.numbers, made, findings, swaps)
                duplicates.observe(made)
                draft.write([chunk.numbers, *made])
        duplicates.report(self.draft, len(columns), [column.heading for column in columns], findings)
        return _Written(findings, dict(repairs.counts), draft.count, [reader.missing for reader in readers])


def find_places(columns: Sequence[Column]) -> Places | None:
    """Return where the profile's places stand; None without a profile or a province."""
    by_role = {column.role: position for position, column in enumerate(columns) if column.role}
    position = by_role.get(PROVINCE)
    if position is None:
        return None
    code, district = by_role.get(PROVINCE_CODE), by_role.get("district")
    return Places(
        province=position,
        province_heading=columns[position].heading,
        code=code,
        derived=code is not None and columns[code].index is None,
        district=district,
        district_heading=columns[district].heading if district is not None else "",
    )


def find_pair(columns: Sequence[Column], cells: Sequence[CellRules]) -> Pair | None:
    """Return where latitude and longitude stand, if there is one column of each."""
    kinds = [rules.kind for rules in cells]
    if kinds.count("latitude") != 1 or kinds.count("longitude") != 1:
        return None
    latitude, longitude = kinds.index("latitude"), kinds.index("longitude")
    headings = (columns[latitude].heading, columns[longitude].heading)
    return Pair(latitude, longitude, headings, judged=columns[latitude].field is not None)


def _compared(columns: Sequence[Column]) -> list[int]:
    """The columns by which rows are compared: all but running numbers and what was derived from others."""
    return [
        position for position, column in enumerate(columns) if column.index is not None and column.hint != "sequence"
    ]


def _id_column(columns: Sequence[Column]) -> int | None:
    return next((position for position, column in enumerate(columns) if column.role == "id"), None)


def _report_year_headings(table: Table, findings: Findings) -> None:
    years = [
        heading for heading in table.headings if heading_hint(heading) in ("none", "year") and heading_year(heading)
    ]
    if len(years) >= FEWEST_YEARS:
        findings.add("years-as-headings", count=len(years), first=years[0], last=years[-1])
