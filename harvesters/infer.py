"""Infers what a column holds from its heading and from *all* its filled cells (thai.md §11), never from the first rows.

A column is a number or a date only if every filled cell is one; one leading zero or thirteen digits make it a code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Literal

from harvesters.hints import Hint
from harvesters.thai.dates import parse_date, parse_year
from harvesters.thai.text import fold_digits

Kind = Literal[
    "text", "contact", "code", "phone", "integer", "number", "date", "year", "boolean", "latitude", "longitude"
]

JOINER = "\x1f"
_DASH, _EMPTY = "\x1f-\x1f", "\x1f\x1f"
MOST_OFFENDERS = 5  # different cells that do not fit before a kind is given up
NEARLY_ROWS = 4  # filled cells; of fewer nothing can be said
ODD_SHARE = 0.1  # of the filled cells at most, or one cell, keep a column from being what the others are
FIRST_YEAR = 1700

INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})?(?:\.[0-9]+)?(?<=[0-9])")
GROUPED = re.compile(r"-?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?")
WHOLE_DECIMAL = re.compile(r"(-?[0-9]+)\.0+")
_ISO = r"(?:1[0-9]|20)[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
ISO_DATE = re.compile(_ISO)
SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+?[0-9]{1,3}")
_BOOLEANS = frozenset({"TRUE", "FALSE", "True", "False", "true", "false"})
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z./\- ]*")
_DOTTED = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+")
_TIME = re.compile(r"[0-9]{1,2}[:.][0-9]{2}(?:[:.][0-9]{2})?\s*(?:น\.?)?$")

# Whole columns, each cell followed by JOINER; possessive, so a long column costs no stack.
INTEGERS = re.compile(r"(?:(?:-?(?:0|[1-9][0-9]{0,11}+))?+\x1f)*+")
NUMBERS = re.compile(r"(?:(?:-?(?:0|[1-9][0-9]{0,11}+)(?:\.[0-9]++)?+)?+\x1f)*+")
ISO_DATES = re.compile(rf"(?:(?:{_ISO})?+\x1f)*+")
_GROUPED_NUMBERS = re.compile(r"(?:(?:-?(?:0|[1-9][0-9]{0,2}+(?:(?:,[0-9]{3})++|[0-9]{0,9}+))(?:\.[0-9]++)?+)?+\x1f)*+")

_REAL_DECIMAL = re.compile(r"\.(?!0\x1f)")
_INTEGER_KINDS = frozenset({"integer", "number"})


def plain_kinds(joined: str, rules: frozenset[str]) -> frozenset[str] | None:
    """Return what every filled cell of a column joined by U+001F fits, when one pattern shows it; None when it does not.

    A dash alone counts as empty while the rule for missing words is on.
    """
    if joined[:1] > "9":
        return None
    closed = JOINER + joined + JOINER
    if "missing-word" in rules and _DASH in closed:
        closed = closed.replace(_DASH, _EMPTY).replace(_DASH, _EMPTY)  # twice, as two dashes in a row share a sign
    closed = closed[1:]
    if INTEGERS.fullmatch(closed):
        return _INTEGER_KINDS if "-" in closed else _INTEGER_KINDS | {"code"}
    if NUMBERS.fullmatch(closed):
        kinds = _decimal_kinds(closed, rules)
        return kinds if "-" in closed else kinds | {"code"}
    if "thousands" in rules and _GROUPED_NUMBERS.fullmatch(closed):
        return _decimal_kinds(closed, rules)
    return frozenset({"date", "code"}) if ISO_DATES.fullmatch(closed) else None


def _decimal_kinds(closed: str, rules: frozenset[str]) -> frozenset[str]:
    whole = "." not in closed or ("decimal-zero" in rules and not _REAL_DECIMAL.search(closed))
    return _INTEGER_KINDS if whole else frozenset({"number"})


def is_coded(cell: str) -> bool:
    """Whether a cell of digits is a code and no number: a leading zero, or thirteen digits and more."""
    bare = cell.removesuffix(".0")
    return bare.isascii() and bare.isdigit() and ((len(bare) > 1 and bare[0] == "0") or len(bare) >= 13)


def is_boolean(cell: str, rules: frozenset[str]) -> bool:
    """Whether a cell is TRUE or FALSE as spreadsheets write it."""
    return cell in _BOOLEANS


def is_code(cell: str, rules: frozenset[str]) -> bool:
    """Whether a cell can be a code: Latin letters and digits with blanks, dots, strokes and dashes between."""
    return _CODE.fullmatch(fold_digits(cell)) is not None


def is_number(cell: str, rules: frozenset[str]) -> bool:
    """Whether a cell is a number under the rules that are switched on."""
    return NUMBER.fullmatch(_plain(cell, rules)) is not None


def is_integer(cell: str, rules: frozenset[str]) -> bool:
    """Whether a cell is a whole number under the rules that are switched on; 15.0 is one."""
    plain = _plain(cell, rules)
    return INTEGER.fullmatch(plain.removesuffix(".0") if "decimal-zero" in rules else plain) is not None


def is_percent(cell: str, rules: frozenset[str]) -> bool:
    """Whether a cell is a number with % behind it."""
    return "percent" in rules and cell[-1:] == "%" and is_number(cell[:-1].rstrip(), rules)


def is_year(cell: str, rules: frozenset[str]) -> bool:
    """Whether a cell is a year that leaves no doubt about its era."""
    digits = cell.removesuffix(".0") if "decimal-zero" in rules else cell
    parsed = parse_year(digits)
    if parsed is None or parsed[1] not in ("be", "ce"):
        return False
    if parsed[1] == "be" or not (digits.isascii() and digits.isdigit()):
        return "buddhist-year" in rules
    return parsed[0] >= FIRST_YEAR


def is_date(cell: str, rules: frozenset[str]) -> bool:
    """Whether a cell is a day that the rules can write in ISO 8601. A day with its hour is none: the hour would be lost."""
    parsed = parse_date(cell)
    if parsed is None or (_TIME.search(cell) and (" " in cell or ":" in cell)):
        return False
    if parsed.era == "ce" and not parsed.two_digit:
        return ISO_DATE.fullmatch(cell) is not None or "date-form" in rules
    return "buddhist-date" in rules


def _plain(cell: str, rules: frozenset[str]) -> str:
    if "thai-digits" in rules:
        cell = fold_digits(cell)
    return cell.replace(",", "") if "thousands" in rules and GROUPED.fullmatch(cell) else cell


_TESTS: Mapping[str, Callable[[str, frozenset[str]], bool]] = {
    "boolean": is_boolean,
    "year": is_year,
    "integer": is_integer,
    "number": is_number,
    "percent": is_percent,
    "date": is_date,
    "code": is_code,
}


@dataclass(slots=True)
class Evidence:
    """What a column's cells have shown so far. `offenders` are, for each kind still possible, the cells that do not fit."""

    rules: frozenset[str]
    filled: int = 0
    judged: bool = False  # whether any cell was more than a missing word
    coded: bool = False  # a leading zero, or thirteen digits and more
    full_year: bool = False  # a date whose year is written out
    dotted: bool = False  # a date of digits and dots: it may as well be a version or a clause
    offenders: dict[str, dict[str, int]] = field(default_factory=lambda: {kind: {} for kind in _TESTS})

    def observe(self, new: Iterable[tuple[str, str]], cells: Sequence[str], filled: int) -> None:
        """Take in a chunk of which `filled` cells say something. `new` are those not seen before: as judged, as found.

        As judged means cleaned, and without missing words, which are not counted in `filled` either.
        """
        self.filled += filled
        for offending in self.offenders.values():
            for found in offending:
                offending[found] += cells.count(found)
        for cell, found in new:
            self._weigh(cell, found, cells)
            if not self.offenders:
                return

    def observe_plain(self, filled: int, kinds: frozenset[str], cells: Sequence[str], left_out: Set[str]) -> None:
        """Take in a chunk of which `plain_kinds` showed that all its filled cells fit these kinds; `left_out` are not filled."""
        if not filled:
            return
        self.filled += filled
        self.judged = True
        self.full_year = self.full_year or "date" in kinds
        for kind in self.offenders.keys() - kinds:
            self._offend(kind, cells, left_out)

    def _offend(self, kind: str, cells: Sequence[str], left_out: Set[str]) -> None:
        """Note the cells of a plain chunk that do not fit a kind: a look at the first few different ones mostly ends it."""
        offending = self.offenders[kind]
        looked_at = set(left_out)
        for cell in cells:
            if cell not in looked_at:
                looked_at.add(cell)
                if not _TESTS[kind](cell, self.rules):
                    if cell not in offending and len(offending) == MOST_OFFENDERS:
                        del self.offenders[kind]
                        return
                    offending[cell] = offending.get(cell, 0) + cells.count(cell)

    @property
    def settled(self) -> bool:
        """Whether only text is left."""
        return not self.offenders

    def _keep(self, kinds: frozenset[str]) -> None:
        self.offenders = {kind: found for kind, found in self.offenders.items() if kind in kinds}

    def _weigh(self, cell: str, found: str, cells: Sequence[str]) -> None:
        self.judged = True
        if not self.coded and is_coded(fold_digits(cell)):
            self.coded = True
            self._keep(frozenset({"code"}))
        lost = []
        for kind, offending in self.offenders.items():
            if not _TESTS[kind](cell, self.rules):
                if found in offending:  # met in a plain chunk, and counted already
                    continue
                if len(offending) == MOST_OFFENDERS:
                    lost.append(kind)
                else:
                    offending[found] = cells.count(found)
            elif kind == "date":
                self._weigh_date(cell)
        for kind in lost:
            del self.offenders[kind]

    def _weigh_date(self, cell: str) -> None:
        self.dotted = self.dotted or _DOTTED.fullmatch(fold_digits(cell)) is not None
        if not self.full_year:
            parsed = parse_date(cell)
            self.full_year = parsed is not None and not parsed.two_digit


def decide(evidence: Evidence, hint: Hint) -> tuple[Kind, bool]:
    """Return the kind of a column and whether its numbers are percentages.

    The heading decides for phones and codes; for everything else all cells must agree.
    """
    whole = {kind for kind, found in evidence.offenders.items() if not found}
    if hint in ("phone", "code"):
        return ("phone" if hint == "phone" else "code"), False
    if not evidence.judged:
        return "text", False
    if evidence.coded:
        return ("code" if "code" in whole else "text"), False
    if "boolean" in whole:
        return "boolean", False
    if hint == "year" and "year" in whole:
        return "year", False
    return _number_or_date(whole, evidence, hint)


def _number_or_date(whole: set[str], evidence: Evidence, hint: Hint) -> tuple[Kind, bool]:
    if "number" in whole and hint in ("latitude", "longitude"):
        return ("latitude" if hint == "latitude" else "longitude"), False
    if "integer" in whole:
        return "integer", False
    if "number" in whole or "percent" in whole:
        return "number", "number" not in whole
    if "date" in whole and (hint == "date" or (evidence.full_year and not evidence.dotted)):
        return "date", False
    return "text", False


def nearly(evidence: Evidence) -> tuple[Literal["number", "date"], dict[str, int]] | None:
    """Return the kind that a text column almost is, with the few cells that keep it from being so; None if it is not near."""
    if evidence.coded or evidence.filled < NEARLY_ROWS:
        return None
    for kind in ("number", "date"):
        found = evidence.offenders.get(kind)
        if found and sum(found.values()) <= max(1, ODD_SHARE * evidence.filled):
            return ("number" if kind == "number" else "date"), found
    return None
