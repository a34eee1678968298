"""Examples that a column's schema takes, and the words for what it wants: a sentence about a wrong cell ends with one of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from harvesters.values import Text

WANTED: Mapping[str, Text] = {
    "integer": Text("จำนวนเต็ม", "a whole number"),
    "number": Text("ตัวเลข", "a number"),
    "date": Text("วันที่", "a date"),
    "year": Text("ปี", "a year"),
    "boolean": Text("คำตอบแบบใช่หรือไม่ใช่", "a yes-or-no value"),
    "datetime": Text("วันที่และเวลา", "a date with a time"),
    "time": Text("เวลา", "a time"),
    "email": Text("อีเมล", "an e-mail address"),
    "uri": Text("ที่อยู่เว็บ", "a web address"),
    "geopoint": Text("พิกัด", "a point"),
}
OTHER = Text("ค่าตามแบบของคอลัมน์นี้", "a value of this column’s kind")
STANDING: Mapping[str, str] = {
    "datetime": "2026-11-24T09:30:00Z",
    "time": "09:30:00",
    "email": "info@example.go.th",
    "uri": "https://www.example.go.th/",
    "geopoint": "100.5018, 13.7563",
}
TRUE_VALUES, FALSE_VALUES = ("true", "True", "TRUE", "1"), ("false", "False", "FALSE", "0")  # frictionless's own
EXAMPLE_DATE, EXAMPLE_NUMBER = "2026-11-24", {"integer": "12", "number": "12.5", "year": "2026"}
LONGEST_REPEAT = 30

_PIECE = re.compile(r"(\[[^\]^]+\]|\\d|\\[^A-Za-z0-9]|[^\\\[\](){}|?*+.^$])(\{(\d+)(?:,\d*)?\}|[?*+])?")


def kind_of(field: Mapping[str, Any]) -> str:
    """The type of a field, or its format where that says more ("email")."""
    format, kind = str(field.get("format", "default")), str(field.get("type", "string"))
    return format if kind == "string" and format in WANTED else kind


def wanted(field: Mapping[str, Any]) -> Text:
    """What a cell of this field must be, in words."""
    return WANTED.get(kind_of(field), OTHER)


def example_of(field: Mapping[str, Any]) -> str:
    """A value that this field's schema takes; "" where none can be made up (a pattern without an `example`)."""
    constraints = field.get("constraints", {})
    kind = kind_of(field)
    if "example" in field:
        return str(field["example"])
    if constraints.get("enum"):
        return str(constraints["enum"][0])
    if kind in EXAMPLE_NUMBER:
        return _within(EXAMPLE_NUMBER[kind], constraints, Decimal("0.5") if kind == "number" else Decimal(1))
    if kind == "date":
        return _date_within(constraints)
    if kind == "boolean":
        return str(next(iter(field.get("trueValues", TRUE_VALUES))))
    if kind in STANDING:
        return STANDING[kind]
    return example_of_pattern(str(constraints.get("pattern", "")))


def example_for_people(field: Mapping[str, Any]) -> Text:
    """The example as a sentence shows it: a date in both eras, a yes-or-no with both words."""
    example = example_of(field)
    if kind_of(field) == "date":
        year, month, day = example.split("-")
        thai = f"{int(day)}/{int(month)}/{int(year) + 543}"
        return Text(f"{example} หรือ {thai}", example)
    if kind_of(field) == "boolean":
        no = str(next(iter(field.get("falseValues", FALSE_VALUES))))
        return Text(f"{example} หรือ {no}", f"{example} or {no}")
    return Text(example, example)


def example_of_pattern(pattern: str) -> str:
    """A text that `pattern` matches whole; "" when it is made of more than letters, classes and counts."""
    text = ""
    for piece in _PIECE.finditer(pattern):
        atom, count, least = piece[1], piece[2], piece[3]
        times = 1 if count in (None, "+") else 0 if count in ("?", "*") else int(least)
        text += _one_of(atom) * min(times, LONGEST_REPEAT)
    try:
        return text if re.fullmatch(pattern, text) else ""
    except re.error:
        return ""


def _one_of(atom: str) -> str:
    if atom == r"\d":
        return "1"
    if atom.startswith("["):
        inside = atom[1:-1]
        return next((one for one in ("1", "A", "a", "ก") if re.fullmatch(atom, one)), inside[-1])
    return atom[-1]


def _within(usual: str, constraints: Mapping[str, Any], step: Decimal) -> str:
    """The usual example, moved between the field's limits."""
    number = Decimal(usual)
    low, above = constraints.get("minimum"), constraints.get("exclusiveMinimum")
    high, below = constraints.get("maximum"), constraints.get("exclusiveMaximum")
    if high is not None:
        number = min(number, Decimal(str(high)))
    if below is not None:
        number = min(number, Decimal(str(below)) - step)
    if low is not None:
        number = max(number, Decimal(str(low)))
    if above is not None:
        number = max(number, Decimal(str(above)) + step)
    return f"{number:f}"


def _date_within(constraints: Mapping[str, Any]) -> str:
    """The usual date, or the nearest limit; ISO dates sort as texts."""
    low, high = str(constraints.get("minimum", "")), str(constraints.get("maximum", ""))
    if high and high < EXAMPLE_DATE:
        return high
    return max(low, EXAMPLE_DATE)
