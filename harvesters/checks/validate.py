"""Judges a draft table. frictionless is the only judge; what it lets pass but nobody means (Thai digits, NaN, a Buddhist year in
an ISO date) is added as one of its own checks. Its findings become our problems, in the office's words and rows.

frictionless only ever sees our own schema and our own file, and a session that refuses every request (safety.md §6.2).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import frictionless
from frictionless import Check, Checklist, Resource, Schema, errors, system

from harvesters.checks.personal import mask_text
from harvesters.checks.problems import problem
from harvesters.values import ROW_COLUMN, Draft, Problem, Text

KEPT = 100
MOST_ERRORS = 300_000  # one frictionless error costs 0.1 ms; a table this wrong is blocked long before
STANDARD = ("name", "type", "format", "constraints")

STRICT: Mapping[str, re.Pattern[str]] = {
    "integer": re.compile(r"-?[0-9]{1,18}"),
    "number": re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?"),
    "date": re.compile(r"(?:1[0-9]|20)[0-9]{2}-[0-9]{2}-[0-9]{2}"),
    "year": re.compile(r"(?:1[0-9]|20)[0-9]{2}"),
}

WANTED: Mapping[str, Text] = {
    "integer": Text("จำนวนเต็ม เช่น 12", "a whole number such as 12"),
    "number": Text("ตัวเลข เช่น 12.5", "a number such as 12.5"),
    "date": Text("วันที่ เช่น 24/11/2569", "a date such as 2026-11-24"),
    "year": Text("ปี เช่น 2569", "a year such as 2026"),
    "boolean": Text("true หรือ false", "true or false"),
    "datetime": Text("วันที่และเวลา เช่น 2026-11-24T09:30:00", "a date and time such as 2026-11-24T09:30:00"),
}
_CONSTRAINT = re.compile(r'constraint "(\w+)" is "(.*)"', re.DOTALL)


class RefusingSession:
    """Stands where frictionless would open connections: every use is refused."""

    def __getattr__(self, name: str) -> Any:
        raise PermissionError("a judge opens no connection")


class StrictTypes(Check):  # type: ignore[misc]
    """Cells that Python's own readers take for numbers or dates, but that are not plainly so."""

    type = "strict-types"
    Errors = [errors.TypeError]  # noqa: RUF012 - frictionless's own protocol

    def validate_start(self) -> Iterator[errors.TypeError]:
        """Note which columns have a strict form."""
        fields = self.resource.schema.fields
        self.columns = [
            (position, entry.name, STRICT[entry.type])
            for position, entry in enumerate(fields)
            if entry.type in STRICT and entry.name != ROW_COLUMN
        ]
        yield from ()

    def validate_row(self, row: Any) -> Iterator[errors.TypeError]:
        """One error for each cell that frictionless took and we do not."""
        cells = row.cells
        for position, name, form in self.columns:
            if position < len(cells):
                cell = cells[position]
                if cell and form.fullmatch(cell) is None and name not in row.error_cells:
                    yield errors.TypeError.from_row(row, note="not in its plain form", field_name=name)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was found. `wrong_cells`: row → columns to be emptied; `rejected`: row → required columns that it lacks."""

    problems: tuple[Problem, ...]
    counts: Mapping[str, int]
    wrong_cells: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    rejected: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    affected_rows: int = 0

    @property
    def blocking(self) -> tuple[Problem, ...]:
        """What forbids publishing."""
        return tuple(found for found in self.problems if found.blocking)


def judge(draft: Draft, *, max_bad_rows: float = 0.10) -> Judgement:
    """Return the judgement of a draft. More than `max_bad_rows` (0…1) of the rows affected is blocking."""
    if draft.row_count == 0:
        nothing = problem("no-rows", resource=draft.table.name, sheet=draft.table.sheet)
        return Judgement((nothing,), {"no-rows": 1})
    found = list(run_frictionless(draft))
    gathered = gather(draft, found)
    rows = len(gathered.wrong.keys() | gathered.rejected.keys())
    problems = gathered.problems
    if rows > draft.row_count * max_bad_rows or len(found) >= MOST_ERRORS:
        share = f"{max_bad_rows * 100:g}"
        most = problem(
            "too-many-bad-rows",
            resource=draft.table.name,
            sheet=draft.table.sheet,
            bad=rows,
            rows=draft.row_count,
            share=share,
        )
        problems = [most, *problems]
        gathered.counts["too-many-bad-rows"] += 1
    return Judgement(
        tuple(problems[:KEPT]),
        dict(gathered.counts),
        {row: tuple(columns) for row, columns in gathered.wrong.items()},
        {row: tuple(columns) for row, columns in gathered.rejected.items()},
        rows,
    )


def plain_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema as frictionless needs it: the row number first, standard properties only."""
    fields = [{name: entry[name] for name in STANDARD if name in entry} for entry in schema["fields"]]
    fields = [entry for entry in fields if entry["name"] != ROW_COLUMN]
    return {"fields": [{"name": ROW_COLUMN, "type": "integer"}, *fields], "missingValues": [""]}


def run_frictionless(draft: Draft) -> Iterator[Any]:
    """Give frictionless's errors for the draft."""
    with system.use_context(http_session=RefusingSession()):
        resource = Resource(
            path=draft.path.name,
            basepath=str(draft.path.parent),
            scheme="file",
            format="csv",
            encoding="utf-8",
            schema=Schema.from_descriptor(plain_schema(draft.schema)),
        )
        checklist = Checklist(checks=[StrictTypes()])
        report = resource.validate(checklist, limit_errors=MOST_ERRORS)
    if report.errors:
        raise frictionless.FrictionlessException(report.errors[0])
    yield from report.tasks[0].errors


@dataclass
class Gathered:
    """Findings while they are sorted."""

    problems: list[Problem]
    counts: Counter[str]
    wrong: dict[int, list[str]]
    rejected: dict[int, list[str]]


def gather(draft: Draft, found: list[Any]) -> Gathered:
    """Sort frictionless's errors into problems, cells to empty and rows to set aside."""
    gathered = Gathered([], Counter(), defaultdict(list), defaultdict(list))
    required = {entry["name"] for entry in draft.schema["fields"] if entry.get("constraints", {}).get("required")}
    headings = {entry["name"]: entry.get("source") or entry["name"] for entry in draft.schema["fields"]}
    types = {entry["name"]: entry for entry in draft.schema["fields"]}
    for error in found:
        code, fields = translate(error, types)
        gathered.counts[code] += 1
        row = row_of(error)
        column = getattr(error, "field_name", None)
        if row is not None and column:
            if code == "required-empty" or column in required:
                gathered.rejected[row].append(column)
            if code != "required-empty":
                gathered.wrong[row].append(column)
        if gathered.counts[code] <= KEPT:
            value = cell_of(error)
            gathered.problems.append(
                problem(
                    code,
                    resource=draft.table.name,
                    sheet=draft.table.sheet,
                    row=row,
                    column=headings.get(column, column) if column else None,
                    value=value,
                    **fields,
                )
            )
    return gathered


def cell_of(error: Any) -> str | None:
    """What stands in the cell of an error, masked. Taken from the row, since an error may hold the cell as it was parsed."""
    number = getattr(error, "field_number", None)
    cells = getattr(error, "cells", None)
    return mask_text(str(cells[number - 1])) if number and cells and number <= len(cells) else None


def row_of(error: Any) -> int | None:
    """The row of the office's file that an error stands in: our first column."""
    cells = getattr(error, "cells", None)
    try:
        return int(cells[0]) if cells else None
    except ValueError:
        return None


def translate(error: Any, types: Mapping[str, Mapping[str, Any]]) -> tuple[str, dict[str, object]]:
    """Our code for one of frictionless's errors, and what its sentence needs."""
    if error.type == "type-error":
        wanted = WANTED.get(types.get(error.field_name, {}).get("type", ""), Text(error.note, error.note))
        return "wrong-type", {"wanted_th": wanted.th, "wanted_en": wanted.en}
    if error.type == "constraint-error":
        told = _CONSTRAINT.search(error.note)
        name, limit = (told[1], told[2]) if told else ("", "")
        return constraint_code(name, limit, types.get(error.field_name, {}))
    if error.type in ("unique-error", "primary-key"):
        return "not-unique", {}
    return "table-broken", {"why": error.type}


def constraint_code(name: str, limit: str, entry: Mapping[str, Any]) -> tuple[str, dict[str, object]]:
    """The code for a broken constraint."""
    if name == "required":
        return "required-empty", {}
    if name == "enum":
        allowed = [str(value) for value in entry.get("constraints", {}).get("enum", [])]
        return "not-in-list", {"allowed": ", ".join(allowed[:20]) + ("…" if len(allowed) > 20 else "")}
    if name in ("minimum", "maximum", "minLength", "maxLength"):
        codes = {"minimum": "too-small", "maximum": "too-large", "minLength": "too-short", "maxLength": "too-long"}
        return codes[name], {"limit": limit}
    return "wrong-pattern", {"pattern": str(entry.get("constraints", {}).get("pattern", limit))}
