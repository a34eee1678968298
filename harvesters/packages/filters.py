"""The structured question that a reader may ask of a table, read from the parameters of an address (contracts.md §4).

`f.<column>=` is equal to, `f.<column>.contains=`, `.gte=`, `.lte=`, `.empty=1`; `sort=column` or `-column`; `page`, `limit`,
`offset`, `row`. Where `a` and `a.contains` are both columns, `f.a.contains` asks the first; `.eq` is there to ask the second.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any, Literal, get_args

from harvesters.checks.problems import problem
from harvesters.thai.dates import parse_date, parse_year, to_iso, year_ce
from harvesters.thai.text import clean, fold_digits
from harvesters.values import ROW_COLUMN, Problem, Text

Op = Literal["eq", "contains", "gte", "lte", "empty"]
OPS: tuple[Op, ...] = get_args(Op)
LIMIT, MOST_LIMIT = 50, 10_000
MOST_ROW = 100_000_000
MOST_FILTERS = 20
LONGEST_VALUE = 1000
KNOWN_SHOWN = 30  # columns named in a sentence

NUMBER = Text("ตัวเลข เช่น 1250 หรือ 0.5", "a number, such as 1250 or 0.5")
DATE = Text("วันที่ เช่น 2026-11-24 หรือ 24 พ.ย. 2569", "a date, such as 2026-11-24")
YEAR = Text("ปี เช่น 2569 หรือ 2026", "a year, such as 2026 or 2569")
YES_NO = Text("true หรือ false", "true or false")
EMPTY = Text("1 (ว่าง) หรือ 0 (ไม่ว่าง)", "1 (empty) or 0 (filled)")
SHORT = Text(f"ข้อความไม่เกิน {LONGEST_VALUE} ตัวอักษร", f"a text of at most {LONGEST_VALUE} letters")
TRUE, FALSE = frozenset({"true", "1", "yes", "ใช่"}), frozenset({"false", "0", "no", "ไม่ใช่"})

Bound = str | int | float | date | datetime | time | bool


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition as asked: `value` is the text of the address."""

    column: str
    op: Op
    value: str


@dataclass(frozen=True, slots=True)
class RowQuery:
    """Which rows of a table, in which order. `columns` empty means all, `sort` "" the order of the file.

    Conditions hold together; several `eq` of one column mean any of them. Each of `words` stands in some cell of the row.
    """

    columns: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    sort: str = ""
    descending: bool = False
    limit: int = LIMIT
    offset: int = 0
    row: int | None = None
    words: tuple[str, ...] = ()

    def paged(self, limit: int, offset: int) -> RowQuery:
        """The same question, another page."""
        return replace(self, limit=limit, offset=offset)


def fields_of(schema: Mapping[str, Any]) -> dict[str, str]:
    """Column → type, `_row` first whether the schema names it or not."""
    return {ROW_COLUMN: "integer", **{field["name"]: field.get("type", "string") for field in schema["fields"]}}


def parse_filters(
    args: Iterable[tuple[str, str]] | Mapping[str, str], schema: Mapping[str, Any]
) -> tuple[RowQuery, tuple[Problem, ...]]:
    """Read a question from the parameters of an address; other parameters are passed over.

    Returns what could be understood, and a problem for each thing that could not. Never raises for any text. A condition
    without a value is none: forms send their empty boxes too.
    """
    fields = fields_of(schema)
    filters: list[Filter] = []
    problems: list[Problem] = []
    rest: dict[str, str] = {}
    for key, value in args.items() if isinstance(args, Mapping) else args:
        if not key.startswith("f."):
            rest[key] = value
        elif value:
            _take(_condition(key[2:], value, fields), filters, problems)
    if len(filters) > MOST_FILTERS:
        problems.append(problem("filter-too-many", most=MOST_FILTERS))
    query = RowQuery(filters=tuple(dict.fromkeys(filters[:MOST_FILTERS])))
    query = _sorted(query, rest.get("sort", ""), fields, problems)
    return _placed(query, rest, problems), tuple(problems)


def _take(found: Filter | Problem, filters: list[Filter], problems: list[Problem]) -> None:
    if isinstance(found, Filter):
        filters.append(found)
    else:
        problems.append(found)


def _condition(key: str, value: str, fields: Mapping[str, str]) -> Filter | Problem:
    """One condition, or what is wrong with it."""
    column, _, ending = key.rpartition(".")
    op = next((known for known in OPS if known == ending), None)
    if op is None or column not in fields:
        column, op = key, "eq"
    if column not in fields:
        return unknown_column(column, fields)
    one = Filter(column, op, value)
    wanted = wanted_value(one, fields[column])
    return one if wanted is None else _wrong(one, wanted)


def unknown_column(name: str, fields: Mapping[str, str]) -> Problem:
    """The problem of a column that the table does not have."""
    known = ", ".join(list(fields)[1 : KNOWN_SHOWN + 1])
    return problem("filter-column-unknown", name=printable(name), known=known)


def _wrong(one: Filter, wanted: Text) -> Problem:
    shown = printable(one.value)
    return problem("filter-value-wrong", name=one.column, value=shown, wanted_th=wanted.th, wanted_en=wanted.en)


def printable(text: str) -> str:
    """A piece of an address as a sentence may repeat it."""
    return "".join(sign if sign.isprintable() or "\u0e00" <= sign <= "\u0e7f" else "?" for sign in text[:80])


def wanted_value(one: Filter, kind: str) -> Text | None:
    """What the value of a condition must be when it is not; None when it fits."""
    if len(one.value) > LONGEST_VALUE or not is_utf8(one.value):
        return SHORT
    if one.op == "empty":
        return None if one.value in ("0", "1") else EMPTY
    if one.op == "contains":
        return None
    return None if bound_value(one.value, kind) is not None else WANTED.get(kind, SHORT)


def is_utf8(text: str) -> bool:
    """Whether the text can be written as UTF-8: a lone surrogate can't."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def bound_value(text: str, kind: str) -> Bound | None:
    """The value of a condition on a column of type `kind`, as DuckDB compares it; None when the text is no such value.

    Thai digits, thousands commas and Buddhist years are understood: no table here holds a date after พ.ศ. 2400 in ค.ศ.
    """
    reader = READERS.get(kind)
    return clean(text) if reader is None else reader(fold_digits(text).strip())


def _number(text: str) -> int | float | None:
    plain = text.replace(",", "")
    try:
        return int(plain) if len(plain) < 40 else None
    except ValueError:
        pass
    try:
        number = float(plain)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _date(text: str) -> date | None:
    parsed = parse_date(text)
    era: Literal["be", "ce"] = "ce" if parsed is not None and parsed.era == "ce" else "be"
    iso = None if parsed is None else to_iso(parsed, era)
    return None if iso is None else date.fromisoformat(iso)


def _year(text: str) -> int | None:
    parsed = parse_year(text)
    return None if parsed is None else year_ce(*parsed)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        day = _date(text)
    return None if day is None else datetime.combine(day, time())


def _time(text: str) -> time | None:
    try:
        return time.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None


def _yes_no(text: str) -> bool | None:
    told = text.casefold()
    return True if told in TRUE else False if told in FALSE else None


READERS = {
    "integer": _number,
    "number": _number,
    "date": _date,
    "year": _year,
    "datetime": _moment,
    "time": _time,
    "boolean": _yes_no,
}
WANTED = {"integer": NUMBER, "number": NUMBER, "date": DATE, "year": YEAR, "datetime": DATE, "boolean": YES_NO}


def _sorted(query: RowQuery, sort: str, fields: Mapping[str, str], problems: list[Problem]) -> RowQuery:
    """`sort` read: "-x" is x downwards, unless only a column of that very name exists."""
    if not sort:
        return query
    if sort.startswith("-") and sort[1:] in fields:
        return replace(query, sort=sort[1:], descending=True)
    if sort in fields:
        return replace(query, sort=sort)
    problems.append(unknown_column(sort.removeprefix("-"), fields))
    return query


def _placed(query: RowQuery, rest: Mapping[str, str], problems: list[Problem]) -> RowQuery:
    """`page`, `limit`, `offset`, `row` read. A limit above the most is the most."""
    limit = min(_whole("limit", rest, 1, MOST_ROW, LIMIT, problems), MOST_LIMIT)
    page = _whole("page", rest, 1, MOST_ROW, 1, problems)
    offset = _whole("offset", rest, 0, MOST_ROW, (page - 1) * limit, problems)
    row = _whole("row", rest, 1, MOST_ROW, 0, problems) or None
    return replace(query, limit=limit, offset=offset, row=row)


def _whole(name: str, rest: Mapping[str, str], least: int, most: int, default: int, problems: list[Problem]) -> int:
    """A whole number of the address, or the default with a problem."""
    text = rest.get(name, "")
    if not text:
        return default
    digits = fold_digits(text)
    if digits.isascii() and digits.isdigit() and len(digits) < 10 and least <= int(digits) <= most:
        return int(digits)
    problems.append(problem("filter-number-wrong", name=name, value=printable(text), least=least, most=most))
    return default


def filter_arguments(query: RowQuery, fields: Sequence[str]) -> list[tuple[str, str]]:
    """The parameters that ask `query`'s filters and order again; `parse_filters` of them gives the same."""
    args = [(argument(one.column, one.op, fields), one.value) for one in query.filters]
    if query.sort:
        args.append(("sort", f"-{query.sort}" if query.descending else query.sort))
    return args


def argument(column: str, op: Op, fields: Sequence[str]) -> str:
    """The name of the parameter for one condition."""
    head, _, ending = column.rpartition(".")
    if op == "eq" and not (ending in OPS and head in fields):
        return f"f.{column}"
    return f"f.{column}.{op}"
