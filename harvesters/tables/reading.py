"""The one door to reading: a file of whatever kind → a `Reading`, its kind told by its bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from harvesters.checks import preflight  # by its module: it imports from this package
from harvesters.errors import HarvestError
from harvesters.tables.archives import open_checked
from harvesters.tables.delimited import read_delimited
from harvesters.tables.desk import Desk
from harvesters.tables.encoding import decide
from harvesters.tables.json_tables import is_json, read_json, read_json_lines
from harvesters.tables.limits import LIMITS, Limits
from harvesters.tables.sheets import read_workbook
from harvesters.tables.sniff import sniff
from harvesters.values import Reading, Table


def read_file(
    path: Path, *, filename: str, workdir: Path, limits: Limits = LIMITS, encoding: str | None = None
) -> Reading:
    """Read the file at `path` into working files under the existing folder `workdir`.

    `filename` is the file's own name, used for titles only; `encoding` is what a person chose instead of our rule.
    Whatever is wrong with the file is a problem of the Reading; with a blocking one it has no tables. A ZIP is not
    read here: unpack it with `archives.unpack` and read its members. Raises OSError when the path cannot be read.
    """
    desk = Desk(workdir, limits)
    desk.findings.extend(preflight.whole_file(path, filename=filename, limits=limits))
    kind = sniff(path, filename).kind
    reading = Reading((), (), format="csv" if kind == "text" else kind)
    if not desk.findings.blocking:
        try:
            reading = _read(path, kind, filename, desk, encoding)
        except HarvestError as error:
            desk.findings.take(error)
    tables = _judged(reading.tables, desk)
    return replace(reading, tables=tables, problems=desk.findings.all(), loose=tuple(desk.loose))


def _title(filename: str) -> str:
    """Return a title for people from a file's name: without folders and ending."""
    name = PurePosixPath(filename.replace("\\", "/"))
    return name.stem.strip() or name.name or "table"


def _refuse_archive(path: Path, filename: str, limits: Limits) -> None:
    """Say of an archive that is no workbook whether it is a damaged one."""
    try:
        open_checked(path, limits).close()
    except HarvestError as error:
        if filename.lower().endswith((".xlsx", ".xlsm", ".ods")) and error.code == "zip-broken":
            raise HarvestError("workbook-broken") from error
        raise
    raise HarvestError("zip-nested", member=filename)


def _read(path: Path, kind: str, filename: str, desk: Desk, encoding: str | None) -> Reading:
    title = _title(filename)
    if kind == "zip":
        _refuse_archive(path, filename, desk.limits)
    if kind in ("xlsx", "xls", "ods"):
        return Reading(tuple(read_workbook(path, kind, desk)), (), format=kind)  # type: ignore[arg-type]
    decision = decide(path, encoding)
    desk.findings.extend(decision.problems)
    if decision.encoding is None:
        return Reading((), (), format="csv")
    if kind in ("json", "jsonl") and is_json(path, decision.encoding):
        read = read_json if kind == "json" else read_json_lines
        tables = read(path, decision.encoding, title, desk)
        return Reading(tuple(tables), (), format=kind, encoding=decision.label)
    desk.findings.extend(preflight.scan_text(path, decision.encoding, desk.limits))
    if desk.findings.blocking:
        return Reading((), (), format="csv", encoding=decision.label)
    tables, delimiter = read_delimited(path, decision.encoding, title, desk)
    return Reading(tuple(tables), (), format="csv", encoding=decision.label, delimiter=delimiter)


def _judged(tables: Sequence[Table], desk: Desk) -> tuple[Table, ...]:
    """Say which sheets gave no table and which tables no rows; with none at all left, the file is refused."""
    shown = [table for table in tables if not table.hidden]
    bare = [table for table in tables if table.name in desk.bare]
    full = [table for table in shown if table.row_count]
    for table in bare:
        code = "sheet-without-table" if full else "no-heading-row"
        desk.findings.add(code, resource=table.name, sheet=table.sheet, rows=table.row_count)
    for table in shown:
        if not table.row_count:
            code = "table-without-rows" if full else "no-rows"
            row = table.heading_rows[-1] if table.heading_rows else None
            desk.findings.add(code, resource=table.name, sheet=table.sheet, row=row)
    if not tables and not desk.findings.blocking:
        desk.findings.add("file-empty")
    if not full and not desk.findings.blocking:
        desk.findings.add("no-heading-row", rows=0)
    if desk.findings.blocking:
        return ()
    return tuple(table for table in tables if table.hidden or table.row_count)
