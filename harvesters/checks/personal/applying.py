"""Takes personal data out of a table: columns dropped or hits masked, into a new working file, streamed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from harvesters.checks.personal import addresses, names
from harvesters.checks.personal.chunks import Values, chunks, values_of
from harvesters.checks.personal.finding import LOOSE, Rules, cover_cell, spans_of
from harvesters.checks.personal.findings import AppliedReport, ColumnDone, ColumnScan, Mode, Scan
from harvesters.checks.personal.looks import wanted_cells
from harvesters.csvfile import CsvFile
from harvesters.values import Table


def apply(table: Table, scan: Scan, mode: Mode, workdir: Path) -> tuple[Table, AppliedReport]:
    """Return the table without the personal data that `scan` found in it, in a new file of `workdir`, and what was done.

    `drop` removes columns that the scan calls personal (contracts.md 1) and masks single hits elsewhere; `mask` masks
    every hit where it stands. Headings, titles and set-aside texts are masked. Raises KeyError when the table was not scanned.
    """
    columns = scan.table(table.name).columns
    dropped = {column.index for column in columns if mode == "drop" and column.verdict == "personal"}
    path = workdir / f"{table.path.stem}.{mode}.csv"
    masked = _write(table.path, path, columns, dropped)
    kept = [heading for index, heading in enumerate(table.headings) if index not in dropped]
    headings = _unique([_mask(heading) for heading in kept])
    aside = tuple(replace(row, text=_mask(row.text)) for row in table.set_aside)
    title, sheet = _mask(table.title), None if table.sheet is None else _mask(table.sheet)
    texts = (
        sum(before != after for before, after in zip(kept, headings, strict=True))
        + sum(before.text != after.text for before, after in zip(table.set_aside, aside, strict=True))
        + (title != table.title)
        + (sheet != table.sheet)
    )
    done = replace(table, path=path, headings=tuple(headings), title=title, sheet=sheet, set_aside=aside)
    report = AppliedReport(table.name, sheet, mode, tuple(_done(columns, dropped, masked)), texts)
    return done, report


def _done(columns: Sequence[ColumnScan], dropped: set[int], masked: Sequence[int]) -> list[ColumnDone]:
    done = []
    for column in columns:
        kinds = tuple(column.hits)
        if column.index in dropped:
            done.append(ColumnDone(column.heading, "dropped", column.hit_cells, kinds))
        elif column.index < len(masked) and masked[column.index]:
            done.append(ColumnDone(column.heading, "masked", masked[column.index], kinds))
    return done


def _mask(text: str) -> str:
    return cover_cell(text, LOOSE)[0]


def _unique(headings: list[str]) -> list[str]:
    """Masked headings may have become equal: number them."""
    seen: dict[str, int] = {}
    result = []
    for heading in headings:
        seen[heading] = seen.get(heading, 0) + 1
        result.append(heading if seen[heading] == 1 else f"{heading} {seen[heading]}")
    return result


def _write(source: Path, target: Path, columns: Sequence[ColumnScan], dropped: set[int]) -> list[int]:
    """Write the working file anew; return how many cells were masked in each column."""
    masked = [0] * len(columns)
    with CsvFile(target) as file:
        for rows, cells in chunks(source):
            file.columns([rows, *_clean_chunk(columns, cells, dropped, masked)])
    return masked


def _clean_chunk(
    columns: Sequence[ColumnScan], cells: Sequence[tuple[str, ...]], dropped: set[int], masked: list[int]
) -> list[Sequence[str]]:
    values = [values_of(column) for column in cells]
    people: set[int] = set()
    for column, found, column_cells in zip(columns, values, cells, strict=False):
        named = people_cells(column.rules, found)
        if named:
            people.update(position for position, cell in enumerate(column_cells) if cell in named)
    result = []
    for column, found, column_cells in zip(columns, values, cells, strict=False):
        if column.index in dropped:
            continue
        cleaned = _clean_column(column, found, column_cells, people)
        masked[column.index] += sum(before is not after for before, after in zip(column_cells, cleaned, strict=True))
        result.append(cleaned)
    return result


def people_cells(rules: Rules, values: Values) -> set[str]:
    """Return the cells of a column that hold a personal name."""
    people = set()
    for position, detectors in wanted_cells(values, rules).items():
        text = values.folded[position]
        if any(span.kind == "name" for span in spans_of(text, rules, detectors)) or (
            "names" in detectors and names.titled_start(text) is not None
        ):
            people.add(values.raw[position])
    return people


def _clean_column(column: ColumnScan, values: Values, cells: Sequence[str], people: set[int]) -> Sequence[str]:
    if not column.hits:
        return cells
    changed: dict[str, str] = {}
    for position in wanted_cells(values, column.rules):
        raw = values.raw[position]
        after, found = cover_cell(raw, column.rules)
        if found:
            changed[raw] = after
    result: Sequence[str] = [changed.get(cell, cell) for cell in cells] if changed else cells
    if "address" in column.hits:
        result = _mask_addresses(column.rules, cells, list(result), people)
    return result


def _mask_addresses(rules: Rules, cells: Sequence[str], result: list[str], people: set[int]) -> list[str]:
    for position in people:
        cell = cells[position]
        if rules.houses or addresses.may_have_addresses(cell):
            after, found = cover_cell(cell, rules, beside_name=True)
            if found:
                result[position] = after
    return result
