"""What is counted in one column while it streams by, and the rules that its counts lead to.

Thresholds (design page on Thai data, 5.1, 5.2; measured in bench/personal.py): one random 13-digit number in ten passes the
check, a column of citizen ids passes wholly, so 3 in 10 is taken as a mixture; doubt about few numbers holds.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import cast

from harvesters.checks.personal import names, numbers
from harvesters.checks.personal.chunks import Values
from harvesters.checks.personal.finding import THAI_BARCODE, Rules, certain, has_letters
from harvesters.checks.personal.headings import HeadingSays
from harvesters.checks.personal.looks import ALL, Detector
from harvesters.checks.personal.spans import Kind, Span, overlaps

EXAMPLES = 20
MIXTURE = 0.30  # share of passing ids from which a column mixes citizen ids with other numbers
MOST = 0.50
IN_TEXT = "text"  # the group of numbers that stand among words: a population of its own
ENOUGH_TO_VARY = 12  # mobile numbers of so many people begin with 6, 8 and 9, not all with the same
CODE_GROUP = 5  # numbers with the same three first digits that make a group to judge by itself
_NINE = re.compile(r"[1-9][0-9]{8}(?:\.0+)?$")
_FIXED = re.compile(r"(?:[2-57][0-9]{7}|0[ \-]?[2-57](?:[ \-]?[0-9]){7})(?:\.0+)?$")


@dataclass(slots=True)
class Group:
    """Thirteen-digit numbers with the same three first digits."""

    total: int = 0
    passing: int = 0


@dataclass(slots=True)
class Column:
    """Counts of one column. `hits` are those of certain kinds; the rest waits for `decide`."""

    says: HeadingSays
    contact: bool
    filled: int = 0
    hits: Counter[Kind] = field(default_factory=Counter)
    hit_cells: int = 0  # cells with a certain hit of any kind
    groups: dict[str, Group] = field(default_factory=dict)
    bare: int = 0
    bare_prefixes: set[str] = field(default_factory=set)
    nines: int = 0
    phones: int = 0  # cells that are any other telephone number
    titled: int = 0
    titled_only: int = 0  # of these, cells that `certain` does not find
    house_cells: int = 0
    beside_name: int = 0  # … of which in a row with a personal name
    beside_only: int = 0  # … of which nothing else is personal
    title_column: bool = False  # its cells are "นาย", "นาง", or those of the column before it are
    seen: dict[str, list[tuple[int, str]]] = field(default_factory=dict)

    def remember(self, what: str, row: int, cell: str) -> None:
        """Keep the first cells of each kind as examples."""
        kept = self.seen.setdefault(what, [])
        if len(kept) < EXAMPLES:
            kept.append((row, cell))

    def provisional(self) -> Rules:
        """The rules that are known before the counts."""
        return Rules(
            whole="name" if self.title_column else self.says.whole,
            officers=self.says.officers and not self.contact,
            bare_phones=self.says.phones and not self.says.barcodes,
            houses=self.says.houses,
            contact=self.contact,
        )


def count_cell(
    column: Column, rules: Rules, text: str, times: int, detectors: AbstractSet[Detector] = ALL
) -> list[str]:
    """Count one folded cell that stands `times` times in the column; return what it is an example of."""
    spans = certain(text, rules, detectors)
    kinds = sorted({span.kind for span in spans})
    for kind in kinds:
        column.hits[kind] += times
    column.hit_cells += times if spans else 0
    what: list[str] = [*kinds]
    if "ids" in detectors:
        what.extend(_count_ids(column, text, times, spans))
    if "names" in detectors:
        what.extend(_count_titled(column, text, times, kinds))
    if "bare" in detectors:
        what.extend(_count_bare(column, text, times, spans))
    if "mobile" in kinds and not has_letters(text):
        column.phones += times
    return what


def _count_ids(column: Column, text: str, times: int, spans: list[Span]) -> Iterator[str]:
    in_text = has_letters(text)
    for number in numbers.ids(text):
        if number.sure or overlaps(spans, number.start, number.end):
            continue
        if in_text and number.digits.startswith(THAI_BARCODE):
            continue
        group = column.groups.setdefault(IN_TEXT if in_text else number.digits[:3], Group())
        group.total += times
        group.passing += times if number.passes else 0
        if in_text:
            yield "id-text" if number.passes else "none"
        else:
            yield ("id-pass " if number.passes else "id-fail ") + number.digits[:3]


def _count_titled(column: Column, text: str, times: int, kinds: list[Kind]) -> Iterator[str]:
    if names.titled_start(text) is not None:
        column.titled += times
        if "name" not in kinds:
            column.titled_only += times
            yield "titled"


def _count_bare(column: Column, text: str, times: int, spans: list[Span]) -> Iterator[str]:
    for span in numbers.bare_mobiles(text, anywhere=True):
        if not overlaps(spans, span.start, span.end):
            column.bare += times
            if len(column.bare_prefixes) < 3 * EXAMPLES:
                column.bare_prefixes.add(text[span.start : span.start + 3])
            yield "bare"
            return


def count_telephones(column: Column, values: Values) -> None:
    """Count cells that are nothing but nine digits, and telephone numbers of a fixed line."""
    for raw, text in zip(values.raw, values.folded, strict=True):
        if 8 <= len(text) <= 16 and text[0].isdigit():
            if _NINE.match(text):
                column.nines += values.times(raw)
            elif _FIXED.match(text):
                column.phones += values.times(raw)


def decide(column: Column) -> Rules:
    """Return the rules of a column whose every cell has been counted."""
    rules = column.provisional()
    codes, total, passing = _judge_ids(column)
    share = passing / total if total else 0.0
    ids = _is_mixture(passing, total)
    barcodes = column.groups.get(THAI_BARCODE)
    if ids and share >= MOST and total >= 3 and barcodes and barcodes.passing == barcodes.total:
        codes -= {THAI_BARCODE}  # among nothing but citizen ids even this prefix is one
    in_text = column.groups.get(IN_TEXT, Group())
    return Rules(
        whole=rules.whole,
        officers=rules.officers,
        bare_phones=rules.bare_phones or _is_phone_column(column),
        titled=column.titled >= 3 and column.titled >= MIXTURE * column.filled,
        ids=ids,
        failing_ids=ids and total >= 3 and share >= MOST,
        code_prefixes=codes,
        text_ids=_is_mixture(in_text.passing, in_text.total),
        houses=rules.houses,
        contact=rules.contact,
    )


def _is_mixture(passing: int, total: int) -> bool:
    """Whether some of the numbers are citizen ids: more pass than chance makes, or they are too few to tell."""
    return passing > 0 and (total <= 2 or passing >= MIXTURE * total)


def _judge_ids(column: Column) -> tuple[frozenset[str], int, int]:
    """The prefixes of codes that are no citizen ids, how many other numbers there are, and how many of those pass."""
    codes: set[str] = set()
    total = passing = 0
    for prefix, group in column.groups.items():
        if prefix == IN_TEXT:
            continue
        if _is_code(prefix, group, barcodes=column.says.barcodes):
            codes.add(prefix)
            continue
        total += group.total
        passing += group.passing
    return frozenset(codes), total, passing


def _is_code(prefix: str, group: Group, *, barcodes: bool) -> bool:
    share = group.passing / group.total
    if barcodes:
        return True
    if prefix == THAI_BARCODE:
        return group.total < 3 or share < MOST
    return group.total >= CODE_GROUP and share < MIXTURE


def _is_phone_column(column: Column) -> bool:
    """Whether bare nine-digit numbers are telephones here: by their share, and because they don't look like codes."""
    says = column.says
    if says.barcodes or not column.bare:
        return False
    if column.hits["mobile"] >= 0.05 * column.filled and not says.other_codes:
        return True
    if says.other_codes or column.bare < 3 or column.bare + column.phones < MOST * column.filled:
        return False
    if column.bare < 0.8 * column.nines or len(column.bare_prefixes) < min(3, column.bare):
        return False
    firsts, thirds = ({prefix[place : place + 1] for prefix in column.bare_prefixes} for place in (0, 2))
    return column.bare < ENOUGH_TO_VARY or (len(firsts) >= 2 and len(thirds) >= 3)  # codes share their first digits


def settle(column: Column, rules: Rules) -> tuple[dict[Kind, int], int]:
    """Return the hits of a column under its final rules by kind, and how many cells are hit."""
    more: Counter[Kind] = Counter()
    if rules.ids:
        for prefix, group in column.groups.items():
            if prefix not in rules.code_prefixes and prefix != IN_TEXT:
                more["citizen-id"] += group.total if rules.failing_ids else group.passing
    if rules.text_ids:
        more["citizen-id"] += column.groups[IN_TEXT].passing
    if rules.bare_phones:
        more["mobile"] += column.bare
    if rules.titled:
        more["name"] += column.titled_only
    cells = column.hit_cells + more.total() + column.beside_only
    more["address"] += column.beside_name
    hits = column.hits + more  # Counter addition leaves zeros out
    return {kind: min(count, column.filled) for kind, count in hits.items()}, min(cells, column.filled)


def examples(column: Column, rules: Rules) -> Iterator[tuple[Kind, int, str]]:
    """Give kind, row and raw cell of what is a hit under the final rules; the caller masks the cell."""
    for what, cells in column.seen.items():
        name, _, prefix = what.partition(" ")
        kind, wanted = {
            "id-pass": ("citizen-id", rules.ids and prefix not in rules.code_prefixes),
            "id-fail": ("citizen-id", rules.failing_ids and prefix not in rules.code_prefixes),
            "id-text": ("citizen-id", rules.text_ids),
            "none": ("citizen-id", False),
            "bare": ("mobile", rules.bare_phones),
            "titled": ("name", rules.titled),
        }.get(name, (name, True))
        if wanted:
            yield from ((cast(Kind, kind), row, cell) for row, cell in cells)
