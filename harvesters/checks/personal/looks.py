"""The cheap look at a whole column: which of its cells need which detector. Every gate lets through too much, never too little.

A column is joined to one text, literal searches and one byte translation decide which detectors run over it at all, and their
own patterns, run over the joined text, say in which cells. Measured in bench/personal.py.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import accumulate
from typing import Literal, Protocol, get_args

from harvesters.checks.personal import contacts, names, numbers
from harvesters.checks.personal.chunks import Values
from harvesters.checks.personal.fold import SEPARATOR

Detector = Literal["ids", "mobiles", "bare", "emails", "lines", "names", "accounts", "passports"]
ALL: frozenset[Detector] = frozenset(get_args(Detector))
Search = Callable[[str], Iterator[int]]


class HeadingRules(Protocol):
    """What a heading says of every cell below it; see `finding.Rules`."""

    @property
    def whole(self) -> object: ...

    @property
    def officers(self) -> bool: ...


_NINE_ZEROS = b"0" * 9
_DIGITS_TO_ZERO = bytes(0x30 if 0x30 <= byte <= 0x39 else 0x78 for byte in range(256))
_BETWEEN_DIGITS = (
    b" -()._/\xe0\xb8\xb9"  # what may stand inside a number; and the two first bytes of a Thai letter, to be short
)
_DECIMALS = re.compile(  # coordinates and money; not 08100.5018, nor what may be +66 without its plus
    rf"(?:[+-]?(?:0|(?!66[689])[1-9][0-9]{{0,6}})?(?:\.[0-9]*+)?(?:{SEPARATOR}|\Z))*+"
)

_NUMBER_SEARCHES: tuple[tuple[int, Detector, Search], ...] = (  # with the digits that must stand together
    (13, "ids", numbers.places_of_ids),
    (10, "mobiles", numbers.places_of_mobiles),
    (9, "bare", numbers.places_of_bare_mobiles),
    (10, "accounts", numbers.places_of_accounts),
)
_SEARCHES: tuple[tuple[Detector, Search], ...] = (
    ("emails", contacts.places_of_emails),
    ("lines", contacts.places_of_lines),
    ("names", names.places_of_names),
    ("passports", numbers.places_of_passports),
)


def searches(joined: str) -> list[tuple[Detector, Search]]:
    """Return what to search a joined column for: for numbers only where enough digits stand together, gaps apart."""
    shape = joined.encode("utf-8", "replace").translate(_DIGITS_TO_ZERO, _BETWEEN_DIGITS)
    if _NINE_ZEROS not in shape or _DECIMALS.fullmatch(joined) is not None:
        return list(_SEARCHES)
    numbers_too = [(detector, search) for digits, detector, search in _NUMBER_SEARCHES if b"0" * digits in shape]
    return [*numbers_too, *_SEARCHES]


def suspects(values: Sequence[str], joined: str) -> dict[int, set[Detector]]:
    """Return the positions of the folded values that need a closer look, each with what to look for."""
    found: dict[int, set[Detector]] = {}
    starts: list[int] = []
    for detector, search in searches(joined):
        for place in search(joined):
            if not starts:
                starts = list(accumulate((len(value) + 1 for value in values), initial=0))
            found.setdefault(bisect_right(starts, place) - 1, set()).add(detector)
    return found


def wanted_cells(values: Values, rules: HeadingRules) -> Mapping[int, AbstractSet[Detector]]:
    """Return which cells of a column to look at and for what: all for everything where the heading already says so."""
    if rules.whole is not None or rules.officers:
        return dict.fromkeys(range(len(values.raw)), ALL)
    return suspects(values.folded, values.joined) if values.joined else {}
