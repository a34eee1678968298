"""Leaves out of a table the rows that are proved clean, so that frictionless reads only the others (speed.md §4.1).

It decides the clean side alone: a cell that is not of the narrow forms below is never called wrong here, it is only not
proved, and frictionless judges its whole row. What it leaves out frictionless would have passed, so the findings are the
same as without it; the tests compare them. Columns are looked at whole, a chunk of rows at a time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any

from harvesters.checks.examples import FALSE_VALUES, TRUE_VALUES
from harvesters.checks.plain import PLAIN
from harvesters.values import ROW_COLUMN

CHUNK_ROWS, CHUNK_CELLS = 20_000, 260_000  # whichever is reached first: a chunk is held in memory
MOST_DIGITS = 15  # numbers of so many digits keep their order as floats
BOUNDS = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"})
TEXT_RULES = frozenset({"enum", "pattern", "minLength", "maxLength"})

Proves = Callable[[str], bool]  # of one filled cell: it is clean
ProvesAll = Callable[[Sequence[str]], bool]  # of a column's cells, empty ones among them: all are clean


class UnprovableError(Exception):
    """A field whose cells can't be decided here: the table takes the full road."""


class Column:
    """One column that has something to prove."""

    def __init__(self, field: Mapping[str, Any]) -> None:
        self.required = bool(field.get("constraints", {}).get("required"))
        self.proves, self.proves_all = _provers(field)

    def unproved(self, cells: Sequence[str]) -> list[int]:
        """Positions of the cells that are not proved clean."""
        if self.proves_all is not None and not (self.required and "" in cells) and self.proves_all(cells):
            return []
        odd = {cell for cell in set(cells) if not (self.proves(cell) if cell else not self.required)}
        return [position for position, cell in enumerate(cells) if cell in odd] if odd else []


def screen(rows: Iterable[Sequence[str]], schema: Mapping[str, Any]) -> Iterable[Sequence[str]]:
    """Return the heading and those of `rows` that are not proved clean; all of them where the schema can't be screened."""
    try:
        columns = _columns(schema)
    except UnprovableError:
        return rows
    return _unproved(iter(rows), columns)


def _columns(schema: Mapping[str, Any]) -> dict[int, Column]:
    """The columns to look at by position. A key needs all rows: raises UnprovableError."""
    if schema.get("primaryKey"):
        raise UnprovableError
    fields = [{"name": ROW_COLUMN, "type": "integer", "constraints": {"required": True}}]
    fields += [entry for entry in schema["fields"] if entry["name"] != ROW_COLUMN]
    return {position: Column(field) for position, field in enumerate(fields) if not _takes_anything(field)}


def _takes_anything(field: Mapping[str, Any]) -> bool:
    return (
        field.get("type", "string") == "string"
        and field.get("format", "default") == "default"
        and not any(field.get("constraints", {}).values())
    )


def _unproved(rows: Iterator[Sequence[str]], columns: Mapping[int, Column]) -> Iterator[Sequence[str]]:
    heading = next(rows, None)
    if heading is None:
        return
    yield heading
    size = max(1, min(CHUNK_ROWS, CHUNK_CELLS // max(1, len(heading))))
    while chunk := list(islice(rows, size)):
        if set(map(len, chunk)) != {len(heading)}:
            yield from chunk
            continue
        cells = list(zip(*chunk, strict=True))
        positions: set[int] = set()
        for position, column in columns.items():
            if position < len(cells):
                positions.update(column.unproved(cells[position]))
        yield from (chunk[position] for position in sorted(positions))


def _provers(field: Mapping[str, Any]) -> tuple[Proves, ProvesAll | None]:
    constraints = {
        name: limit for name, limit in field.get("constraints", {}).items() if name != "required" and limit is not None
    }
    kind = field.get("type", "string")
    if field.get("format", "default") != "default":
        raise UnprovableError
    if kind == "string" and constraints.keys() <= TEXT_RULES:
        return _text_prover(constraints), None
    if kind == "boolean" and not constraints:
        known = frozenset(field.get("trueValues", TRUE_VALUES)) | frozenset(field.get("falseValues", FALSE_VALUES))
        return known.__contains__, None
    if kind in PLAIN and constraints.keys() <= BOUNDS:
        return _date_prover(constraints) if kind == "date" else _number_prover(kind, constraints)
    raise UnprovableError


def _text_prover(constraints: Mapping[str, Any]) -> Proves:
    allowed = constraints.get("enum")
    if allowed is not None and not all(isinstance(value, str) for value in allowed):
        raise UnprovableError
    known = None if allowed is None else frozenset(allowed)
    pattern = re.compile(f"^{constraints['pattern']}$") if "pattern" in constraints else None  # as frictionless does
    least, most = constraints.get("minLength", 0), constraints.get("maxLength", float("inf"))

    def proves(cell: str) -> bool:
        return (
            (known is None or cell in known)
            and (pattern is None or pattern.match(cell) is not None)
            and least <= len(cell) <= most
        )

    return proves


def _date_prover(constraints: Mapping[str, Any]) -> tuple[Proves, None]:
    form = PLAIN["date"]
    low, high = str(constraints.get("minimum", "")), str(constraints.get("maximum", "9999"))
    above, below = str(constraints.get("exclusiveMinimum", "")), str(constraints.get("exclusiveMaximum", "9999"))
    if any(form.fullmatch(limit) is None for limit in map(str, constraints.values())):
        raise UnprovableError

    def proves(cell: str) -> bool:  # plain dates sort as texts
        return form.fullmatch(cell) is not None and _is_day(cell) and low <= cell <= high and above < cell < below

    return proves, None


def _is_day(cell: str) -> bool:
    try:
        date.fromisoformat(cell)
    except ValueError:
        return False
    return True


def _number_prover(kind: str, constraints: Mapping[str, Any]) -> tuple[Proves, ProvesAll]:
    form, within = PLAIN[kind], _within(constraints)
    signs = "0123456789-" if kind == "integer" else "0123456789.-"

    def proves(cell: str) -> bool:
        return len(cell) <= MOST_DIGITS and form.fullmatch(cell) is not None and within([float(cell)])

    def proves_all(cells: Sequence[str]) -> bool:
        """Of these signs alone, int and float make a number of nothing but the plain forms."""
        if kind == "year" or "".join(cells).strip(signs) or max(map(len, cells)) > MOST_DIGITS:
            return False
        try:
            return within(list(map(int if kind == "integer" else float, filter(None, cells))))
        except ValueError:
            return False

    return proves, proves_all


def _within(constraints: Mapping[str, Any]) -> Callable[[Sequence[float]], bool]:
    """A test whether all of some numbers lie between a field's limits."""
    limits = {name: str(limit) for name, limit in constraints.items()}
    if any(len(limit) > MOST_DIGITS or PLAIN["number"].fullmatch(limit) is None for limit in limits.values()):
        raise UnprovableError
    low, high = float(limits.get("minimum", "-inf")), float(limits.get("maximum", "inf"))
    above, below = float(limits.get("exclusiveMinimum", "-inf")), float(limits.get("exclusiveMaximum", "inf"))

    def within(numbers: Sequence[float]) -> bool:
        if not numbers:
            return True
        least, most = min(numbers), max(numbers)
        return low <= least and most <= high and above < least and most < below

    return within
