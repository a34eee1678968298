"""The scan: every cell of every table, hidden ones too, and every text beside the cells. No sampling."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from harvesters.checks.personal import addresses
from harvesters.checks.personal.chunks import Values, chunks, values_of
from harvesters.checks.personal.columns import (
    EXAMPLES,
    MOST,
    Column,
    count_cell,
    count_telephones,
    decide,
    examples,
    settle,
)
from harvesters.checks.personal.finding import LOOSE, Rules, address_spans, cover_cell
from harvesters.checks.personal.findings import ColumnScan, Example, Scan, TableScan, TextFound, Verdict, count_classes
from harvesters.checks.personal.fold import is_masked, is_missing
from harvesters.checks.personal.headings import read_headings
from harvesters.checks.personal.looks import wanted_cells
from harvesters.checks.personal.spans import Kind
from harvesters.checks.personal.words import TITLE_ONLY
from harvesters.values import Table

PERSONAL_SHARE = 0.05  # contracts.md 1: a column of which so many filled cells are hits is dropped
_NAME_PART = re.compile(r"[A-Za-z\u0e01-\u0e4e][A-Za-z\u0e01-\u0e4e .'’\-]{1,59}$")
NAME_EXAMPLES = ("name", "titled")


def scan(tables: Sequence[tuple[Table, frozenset[int]]], loose: Sequence[tuple[str, str]], filename: str) -> Scan:
    """Look for personal data in a file's tables and texts.

    `tables` come with the positions of their contact columns (contracts.md 1), `loose` are texts with their place.
    """
    scanned: list[TableScan] = []
    kept: dict[Kind, list[Example]] = {}
    for table, contact in tables:
        found, shown = scan_table(table, contact)
        scanned.append(found)
        for example in shown:
            same = kept.setdefault(example.kind, [])
            if len(same) < EXAMPLES:
                same.append(example)
    texts = tuple(_texts(tables, loose, filename))
    return Scan(
        tables=tuple(scanned),
        texts=texts,
        examples=tuple(example for same in kept.values() for example in same),
        classes=count_classes(tuple(scanned), texts),
        addresses_alone=sum(column.addresses_alone for table in scanned for column in table.columns),
    )


def scan_table(table: Table, contact: frozenset[int]) -> tuple[TableScan, list[Example]]:
    """Scan one table; give what its columns hold, and masked examples in the order of columns."""
    columns = [Column(says=says, contact=index in contact) for index, says in enumerate(read_headings(table.headings))]
    for rows, cells in chunks(table.path):
        while len(columns) < len(cells):  # a row longer than the headings is looked at too
            columns.append(Column(says=read_headings([""])[0], contact=False))
        _scan_chunk(columns, rows, cells)
    sheet = None if table.sheet is None else cover_cell(table.sheet, LOOSE)[0]
    done: list[ColumnScan] = []
    shown: list[Example] = []
    for index, column in enumerate(columns):
        heading = cover_cell(table.headings[index], LOOSE)[0] if index < len(table.headings) else ""
        rules = decide(column)
        first: dict[Kind, Example] = {}
        for kind, row, cell in sorted(examples(column, rules), key=lambda example: example[1]):
            value = cover_cell(cell, rules, beside_name=kind == "address")[0]
            example = Example(kind, table.name, sheet, heading, row, value)
            first.setdefault(kind, example)
            shown.append(example)
        done.append(replace(_column_scan(index, heading, column, rules), first=first))
    shown.sort(key=lambda example: example.row)
    return TableScan(table.name, sheet, table.hidden, tuple(done)), shown


def _column_scan(index: int, heading: str, column: Column, rules: Rules) -> ColumnScan:
    hits, cells = settle(column, rules)
    named = bool(hits) and (column.says.whole is not None or column.title_column) and rules.whole in hits
    verdict: Verdict = "clean"
    if hits:
        verdict = "personal" if named or cells >= PERSONAL_SHARE * column.filled else "hits"
    alone = max(0, column.house_cells - column.beside_name)
    return ColumnScan(index, heading, column.filled, hits, cells, verdict, named, alone, rules)


def _scan_chunk(columns: list[Column], rows: Sequence[str], cells: Sequence[tuple[str, ...]]) -> None:
    values = [values_of(column) for column in cells]
    mark_name_columns(columns, values)
    people: set[int] = set()
    for column, found, column_cells in zip(columns, values, cells, strict=False):
        named = _scan_column(column, found, rows, column_cells)
        if named:
            people.update(position for position, cell in enumerate(column_cells) if cell in named)
    for column, found, column_cells in zip(columns, values, cells, strict=False):
        if column.says.houses or found.joined:
            _scan_addresses(column, found, rows, column_cells, people)


def mark_name_columns(columns: Sequence[Column], values: Sequence[Values]) -> None:
    """Mark a column that holds only titles (นาย, นาง) and those behind it: they hold names, whatever their heading says."""
    for index, found in enumerate(values):
        counts = found.counts
        titles = sum(counts[title] for title in counts.keys() & TITLE_ONLY) if counts else 0
        if counts is None or titles == 0 or titles < MOST * (counts.total() - counts[""]):
            continue
        columns[index].title_column = True
        for column, behind in list(zip(columns, values, strict=False))[index + 1 : index + 3]:
            if not _looks_like_names(behind):
                break
            column.title_column = True
            if sum(" " in cell.strip() for cell in behind.raw) > MOST * len(behind.raw):
                break  # forename and surname stand together


def _looks_like_names(values: Values) -> bool:
    filled = [cell.strip() for cell in values.raw if not is_masked(cell)]
    return bool(filled) and sum(_NAME_PART.match(cell) is not None for cell in filled) > 0.8 * len(filled)


def _scan_column(column: Column, values: Values, rows: Sequence[str], cells: Sequence[str]) -> set[str]:
    """Count one column of a chunk; return its cells that hold a personal name."""
    column.filled += len(cells) - values.missing()
    rules = column.provisional()
    named: set[str] = set()
    wanted = wanted_cells(values, rules)
    for position, detectors in wanted.items():
        raw = values.raw[position]
        kinds = count_cell(column, rules, values.folded[position], values.times(raw), detectors)
        for kind in kinds:
            if len(column.seen.get(kind, ())) < EXAMPLES:
                place = position if values.counts is None else cells.index(raw)
                column.remember(kind, int(rows[place]), raw)
        if any(kind in NAME_EXAMPLES for kind in kinds):
            named.add(raw)
    if any("bare" in detectors for detectors in wanted.values()):
        count_telephones(column, values)
    return named


def _scan_addresses(
    column: Column, values: Values, rows: Sequence[str], cells: Sequence[str], people: set[int]
) -> None:
    """Count house addresses, and which of them stand in a row with a personal name."""
    rules = column.provisional()
    if rules.houses:
        column.house_cells += sum(
            values.times(raw) for raw, text in zip(values.raw, values.folded, strict=True) if address_spans(text, rules)
        )
    else:
        column.house_cells += addresses.count(values.joined) * len(cells) // len(values.raw)
    if not people or not (rules.houses or addresses.may_have_addresses(values.joined)):
        return
    for position in sorted(people):
        cell = cells[position]
        _, found = cover_cell(cell, rules, beside_name=True)
        if any(span.kind == "address" for span in found):
            column.beside_name += 1
            column.beside_only += all(span.kind == "address" for span in found)
            if len(column.seen.get("address", ())) < EXAMPLES:
                column.remember("address", int(rows[position]), cell)


def _texts(
    tables: Sequence[tuple[Table, frozenset[int]]], loose: Iterable[tuple[str, str]], filename: str
) -> Iterator[TextFound]:
    """Give what is found outside cells, each text once."""
    seen: set[str] = set()
    for place, text, table, row in _all_texts(tables, loose, filename):
        if is_missing(text) or text in seen:
            continue
        seen.add(text)
        value, found = cover_cell(text, LOOSE)
        for kind in sorted({span.kind for span in found}):
            yield TextFound(cover_cell(place, LOOSE)[0], kind, value[:200], table, row)


def _all_texts(
    tables: Sequence[tuple[Table, frozenset[int]]], loose: Iterable[tuple[str, str]], filename: str
) -> Iterator[tuple[str, str, str | None, int | None]]:
    yield "file-name", filename, None, None
    for table, _ in tables:
        yield "title", table.title, table.name, None
        yield "sheet", table.sheet or "", table.name, None
        for heading in table.headings:
            yield "heading", heading, table.name, None
        for row in table.set_aside:
            yield "set-aside", row.text, table.name, row.row
    for place, text in loose:
        yield place, text, None, None
