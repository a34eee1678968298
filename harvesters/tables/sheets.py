"""Workbooks (XLSX, XLS, ODS) → tables, by python-calamine, in chunks and a column at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from harvesters.errors import HarvestError
from harvesters.tables.assemble import assemble
from harvesters.tables.cells import rows_of_texts
from harvesters.tables.desk import Desk, Place
from harvesters.tables.limits import Limits
from harvesters.tables.merged import Merges
from harvesters.tables.parts import Parts, look_through
from harvesters.tables.rows import Chunk
from harvesters.tables.sheet_xml import SheetFaults, column_letters
from harvesters.tables.sniff import sniff
from harvesters.values import Table

ROWS = 2_000  # of a chunk


def read_workbook(path: Path, kind: Literal["xlsx", "xls", "ods"], desk: Desk) -> list[Table]:
    """Return the tables of a workbook's sheets, hidden ones too (marked as such).

    Raises HarvestError when the file is broken, protected, or beyond the caps.
    """
    parts = look_through(path, desk.limits) if kind != "xls" else Parts()
    for place, text in parts.loose:
        desk.keep_loose(place, text)
    for name in parts.unsearched:
        desk.findings.add("loose-not-searched", value=name)
    with opened(path, kind, desk.workdir) as book:
        return [table for index in range(len(book.sheet_names)) for table in _read_sheet(book, index, parts, desk)]


def read_grids(path: Path, workdir: Path, limits: Limits) -> list[tuple[str, list[tuple[int, tuple[str, ...]]]]]:
    """Return the cells of every visible sheet as they stand, for forms rather than tables: its name, and its rows with numbers.

    Blank rows are left out, cells are trimmed. Raises HarvestError as `read_workbook` does.
    """
    kind = sniff(path, path.name).kind
    if kind not in ("xlsx", "xls", "ods"):
        raise HarvestError("workbook-broken")
    if kind != "xls":
        look_through(path, limits)
    grids = []
    with opened(path, kind, workdir) as book:
        for index, about in enumerate(book.sheets_metadata):
            if about.typ != SheetTypeEnum.WorkSheet or about.visible != SheetVisibleEnum.Visible:
                continue
            sheet = book.get_sheet_by_index(index)
            rows = rows_of_texts(list(islice(sheet.iter_rows(), limits.rows))) if sheet.start is not None else []
            trimmed = ((number, tuple(cell.strip() for cell in row)) for number, row in enumerate(rows, start=1))
            grids.append((about.name, [(number, row) for number, row in trimmed if any(row)]))
    return grids


@contextmanager
def opened(path: Path, kind: str, workdir: Path) -> Iterator[CalamineWorkbook]:
    """Open a workbook of this kind. Raises HarvestError when it is broken or protected."""
    link = workdir / f"workbook.{kind}"  # calamine goes by the name's end
    link.symlink_to(path.resolve())
    try:
        with CalamineWorkbook.from_path(link) as book:
            yield book
    except PasswordError as error:
        raise HarvestError("file-encrypted") from error
    except (CalamineError, ValueError, OverflowError, OSError) as error:
        raise HarvestError("workbook-broken") from error
    except BaseException as error:
        # A panic of the Rust reader on broken bytes; its class derives from BaseException and cannot be imported.
        if type(error).__name__ == "PanicException":
            raise HarvestError("workbook-broken") from error
        raise
    finally:
        link.unlink(missing_ok=True)


def _read_sheet(book: CalamineWorkbook, index: int, parts: Parts, desk: Desk) -> list[Table]:
    about = book.sheets_metadata[index]
    desk.keep_loose("ชื่อแผ่นงาน", about.name)
    if about.typ != SheetTypeEnum.WorkSheet or desk.findings.blocking:
        return []
    sheet = book.get_sheet_by_index(index)
    hidden = about.visible != SheetVisibleEnum.Visible
    if sheet.start is None or sheet.width == 0:
        desk.findings.add("sheet-empty", sheet=about.name)
        return []
    if sheet.width > desk.limits.columns:
        raise HarvestError("too-many-columns", row=None, count=sheet.width, most=desk.limits.columns)
    faults = parts.sheets.get(about.name, SheetFaults())
    left = sheet.start[1]
    merges = Merges(_spans(sheet, faults, left), sheet.width)
    place = Place(about.name, about.name, hidden, merges.spans, merges.filled, merges.sections)
    tables = assemble(_chunks(sheet, merges, faults.errors, left), place, desk)
    _report(about.name, hidden, tables, merges, desk)
    _report_cells(faults, left, tables, place, desk)
    return tables


def _spans(sheet: CalamineSheet, faults: SheetFaults, left: int) -> list[tuple[int, int, int, int]]:
    """Return the merged ranges with rows from 1 and columns from the first used one."""
    if faults.spans is not None:
        return [(top, first - left, bottom, last - left) for top, first, bottom, last in faults.spans]
    ranges: list[Any] = sheet.merged_cell_ranges or []
    return [(top + 1, first - left, bottom + 1, last - left) for (top, first), (bottom, last) in ranges]


def _chunks(sheet: CalamineSheet, merges: Merges, errors: dict[tuple[int, int], str], left: int) -> Iterator[Chunk]:
    records, first = sheet.iter_rows(), 1  # rows from the sheet's row 1, columns from the first used one
    while rows := list(islice(records, ROWS)):
        for row, column in errors:  # calamine gives those of ODS as 0 or as their text
            if first <= row < first + len(rows) and 0 <= column - left < sheet.width:
                rows[row - first][column - left] = ""
        if merges.spans:
            merges.fill(first, rows)
        yield Chunk(first, rows_of_texts(rows))
        first += len(rows)


def _report(sheet: str, hidden: bool, tables: list[Table], merges: Merges, desk: Desk) -> None:
    if hidden:
        desk.findings.add("sheet-hidden", sheet=sheet, rows=sum(table.row_count for table in tables))
    if merges.overflowed:
        desk.findings.add("merged-too-many", sheet=sheet)


def _report_cells(faults: SheetFaults, left: int, tables: list[Table], place: Place, desk: Desk) -> None:
    """Name each error cell and each formula without a value by its row and heading."""
    marked: list[tuple[str, tuple[int, int], str | None]] = []
    marked += [("error-cell", at, value) for at, value in faults.errors.items()]
    marked += [("formula-without-value", at, None) for at in faults.no_value]
    for code, (row, column), value in sorted(marked, key=lambda each: each[1]):
        table = next((each for each in reversed(tables) if each.heading_rows and each.heading_rows[-1] < row), None)
        headings = place.columns.get(table.name, ()) if table else ()
        heading = headings[column - left] if 0 <= column - left < len(headings) else column_letters(column)
        desk.findings.add(
            code, resource=table.name if table else None, sheet=place.sheet, row=row, column=heading, value=value
        )
