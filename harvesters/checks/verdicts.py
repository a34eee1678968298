"""What one of frictionless's findings is in the catalogue of problems, and what its sentence needs to know."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any

from harvesters.checks.examples import example_for_people, example_of, kind_of, wanted
from harvesters.thai.dates import BUDDHIST_ERA, FIRST_BE, LAST_BE
from harvesters.thai.text import fold_digits
from harvesters.values import Text

Verdict = tuple[str, dict[str, object]]

MOST_DIGITS = 18
MOST_LISTED = 20
FIRST_PLAIN_YEAR, FIRST_DOUBTFUL_YEAR = 1000, 2100
EMPTIED = Text("ช่องนี้จึงเว้นว่างไว้", "the cell is left empty")
SET_ASIDE = Text("ทั้งแถวจึงแยกไว้ ไม่เผยแพร่", "the row is set aside")
NOT_LESS = Text("ไม่น้อยกว่า", "not less than")
MORE = Text("มากกว่า", "more than")
NOT_MORE = Text("ไม่เกิน", "not more than")
LESS = Text("น้อยกว่า", "less than")
BOUNDS: Mapping[str, tuple[str, Text]] = {
    "minimum": ("too-small", NOT_LESS),
    "exclusiveMinimum": ("too-small", MORE),
    "maximum": ("too-large", NOT_MORE),
    "exclusiveMaximum": ("too-large", LESS),
}
LENGTHS: Mapping[str, str] = {"minLength": "too-short", "maxLength": "too-long"}
KEYS: Mapping[str, str] = {"unique-error": "not-unique", "primary-key": "key-duplicate"}
BROKEN = (
    "table-broken"  # what the line itself must never give frictionless: ragged rows, other headings, unreadable bytes
)

_ROW = re.compile(r"row at position ([0-9]+)")


@dataclass(frozen=True, slots=True)
class Finding:
    """One error of frictionless. `rule` is the broken constraint, or the error's own type."""

    rule: str
    row: int | None
    field: str | None
    cell: str
    note: str


def verdict(found: Finding, field: Mapping[str, Any], key: Sequence[str], sets_aside: bool) -> Verdict:
    """Return the code of `found` and the fields of its sentence, `value`, `row` and `column` apart.

    `field` is the schema's entry of the cell's column ({} without one), `key` the headings of the primary key, `sets_aside`
    whether the whole row is lost by this cell.
    """
    told = _of_cell(found, field)
    if told is None:
        told = _of_keys(found, key)
    code, fields = told
    outcome = SET_ASIDE if sets_aside else EMPTIED
    return code, {**fields, "outcome_th": outcome.th, "outcome_en": outcome.en}


def _of_cell(found: Finding, field: Mapping[str, Any]) -> Verdict | None:
    """The verdict on one cell by itself; None when the finding is about keys or the whole table."""
    constraints = field.get("constraints", {})
    if found.rule in BOUNDS:
        code, bound = BOUNDS[found.rule]
        return code, {**_example(field), "limit": constraints[found.rule], "bound_th": bound.th, "bound_en": bound.en}
    if found.rule in LENGTHS:
        return LENGTHS[found.rule], {"limit": constraints[found.rule]}
    ways: Mapping[str, Callable[[Finding, Mapping[str, Any]], Verdict]] = {
        "required": lambda _found, _field: ("required-empty", {}),
        "type-error": lambda _found, field: _wrong_type(field),
        "form-error": _of_form,
        "enum": _of_list,
        "pattern": lambda _found, field: _of_pattern(field),
    }
    return ways[found.rule](found, field) if found.rule in ways else None


def _of_keys(found: Finding, key: Sequence[str]) -> Verdict:
    """The verdict on a row that repeats another, or on a table that is broken as a whole."""
    if found.rule not in KEYS:
        return BROKEN, {"why": found.rule}
    first = _ROW.search(found.note)
    columns = ", ".join(f"‘{heading}’" for heading in key)
    if first is None:
        return "key-empty", {"columns": columns}
    return KEYS[found.rule], {"first": first[1], "columns": columns}


def _example(field: Mapping[str, Any]) -> dict[str, object]:
    example = example_for_people(field)
    return {"example_th": example.th, "example_en": example.en}


def _wrong_type(field: Mapping[str, Any]) -> Verdict:
    want = wanted(field)
    return "wrong-type", {"wanted_th": want.th, "wanted_en": want.en, **_example(field)}


def _of_list(found: Finding, field: Mapping[str, Any]) -> Verdict:
    allowed = [str(value) for value in field["constraints"]["enum"]]
    near = get_close_matches(found.cell, allowed, n=1, cutoff=0.7)
    shown = [*near, *(value for value in allowed if value not in near)][:MOST_LISTED]
    more = "…" if len(allowed) > len(shown) else ""
    return "not-in-list", {"allowed": ", ".join(f"‘{value}’" for value in shown) + more}


def _of_pattern(field: Mapping[str, Any]) -> Verdict:
    pattern, example = str(field["constraints"]["pattern"]), example_of(field)
    shown = Text(f"เช่น ‘{example}’", f"for example ‘{example}’") if example else Text(pattern, pattern)
    return "wrong-pattern", {"shown_th": shown.th, "shown_en": shown.en}


def _of_form(found: Finding, field: Mapping[str, Any]) -> Verdict:
    """The verdict on a cell that frictionless can read but that is not written plainly."""
    if kind_of(field) in ("date", "year"):
        return _of_day(found.cell, field)
    return _of_number(found.cell, field)


def _of_number(cell: str, field: Mapping[str, Any]) -> Verdict:
    try:
        number = Decimal(cell.strip())
    except InvalidOperation:
        return _wrong_type(field)
    if not number.is_finite():
        return _wrong_type(field)
    if number.adjusted() >= MOST_DIGITS:
        return "number-too-long", {"most": MOST_DIGITS, **_example(field)}
    return _not_plain(field, f"{number:f}")


def _of_day(cell: str, field: Mapping[str, Any]) -> Verdict:
    """The verdict on a date or year: of the Buddhist era, of a doubtful one, or only oddly written."""
    written = fold_digits(cell).strip()
    date = kind_of(field) == "date"
    try:
        day = datetime.strptime(written if date else f"{int(written):04d}-01-01", "%Y-%m-%d").date()  # noqa: DTZ007
    except ValueError:
        return _wrong_type(field)
    year = day.year
    if FIRST_BE <= year <= LAST_BE:
        try:
            day = day.replace(year=year - BUDDHIST_ERA)
        except ValueError:  # 29 February of a year that is a leap year in one era only
            return "date-doubtful", {"year": year, **_example(field)}
        return "date-buddhist", {"year": year, "example": day.isoformat() if date else str(day.year)}
    if not FIRST_PLAIN_YEAR <= year < FIRST_DOUBTFUL_YEAR:
        return "date-doubtful", {"year": year, **_example(field)}
    return _not_plain(field, day.isoformat() if date else str(year))


def _not_plain(field: Mapping[str, Any], example: str) -> Verdict:
    want = wanted(field)
    return "not-plain", {"wanted_th": want.th, "wanted_en": want.en, "example": example}
