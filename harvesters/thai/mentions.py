"""Provinces that running text mentions: a title, a description, the name of an office.

Many names of provinces are also words or parts of words and of other names (ตากแห้ง, เผยแพร่, ปทุมวัน, ถนนเพชรบุรี); a
name counts where the text is cut into words at both its ends, and the verbs among them only where nothing else is near.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from harvesters import bundled
from harvesters.thai.province_names import Province, find_province, provinces
from harvesters.thai.text import clean, fold
from harvesters.thai.words import wrap_points

_SHORTEST_LATIN = 4
_SURE = 7  # letters of an official name that is part of nothing else
_VERBS = frozenset({"ตาก", "เลย", "แพร่"})
_MARK = r"จังหวัด|จ\.|จว\."
_ANOTHER_THING = r"ถนน|ถ\.|ซอย|ซ\.|แม่น้ำ|ลุ่มน้ำ|ธนาคาร"
_AIRSPACE = r" fir(?![a-z])"  # Bangkok FIR is the airspace of the whole country
# Nan and Tak are words of other languages: only with a capital, and where the sentence says that they are places.
_TWO_SHORT = re.compile(
    r"(?<![A-Za-z])(?:(?:[Pp]rovince of|[Cc]hangwat|in|of|from|at) (?P<after>Nan|Tak)(?! Bai)|(?P<before>Nan|Tak) [Pp]rovince)(?![A-Za-z])"
)


@cache
def _pattern() -> re.Pattern[str]:
    """All names, longest first; what only looks like one stands before them and wins."""
    names: dict[bool, set[str]] = {True: set(), False: set()}
    for found in provinces():
        for name in (found.name_th, found.name_en, *found.aliases):
            if not name.isascii() or len(name) >= _SHORTEST_LATIN:
                names[name.isascii()].add(fold(name))
    folder = bundled.datasets_folder() / "glossary" / "words"
    false = [fold(line) for line in (folder / "not_places.txt").read_text(encoding="utf-8").splitlines() if line]
    return re.compile(
        f"(?P<false>{_any(false)})|(?:(?P<mark>{_MARK}) ?|(?P<other>{_ANOTHER_THING}) ?)?(?P<th>{_any(names[False])})"
        f"|(?<![a-z])(?P<en>{_any(names[True])})(?![a-z]|{_AIRSPACE})"
    )


def _any(names: set[str] | list[str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=lambda name: (-len(name), name)))


@cache
def _official() -> frozenset[str]:
    return frozenset(found.name_th for found in provinces())


def provinces_in(text: str) -> tuple[Province, ...]:
    """Return the provinces that running text mentions, in the order in which they are named, each once."""
    kept = clean(text)
    folded = fold(kept)
    edges = _edges(folded)
    named = [
        (match.start(), match["th"] or match["en"])
        for match in _pattern().finditer(folded)
        if match["en"] or (match["th"] and not match["other"] and _is_meant(match, folded, edges))
    ]
    named += [(match.start(), match["after"] or match["before"]) for match in _TWO_SHORT.finditer(kept)]
    found = [find_province(name) for _at, name in sorted(named)]
    return tuple({province.code: province for province in found if province is not None}.values())


def _edges(text: str) -> Callable[[int], bool]:
    """Whether the text may be cut at a place: looked up only when a doubtful name is met, since cutting costs most."""
    points: set[int] | None = None

    def is_edge(at: int) -> bool:
        nonlocal points
        if not (0 < at < len(text) and _is_thai(text[at - 1]) and _is_thai(text[at])):
            return True
        if points is None:
            points = set(wrap_points(text))
        return at in points

    return is_edge


def _is_meant(match: re.Match[str], text: str, is_edge: Callable[[int], bool]) -> bool:
    start, end = match.span("th")
    name = match["th"]
    if match["mark"]:
        return not (name in _VERBS and end < len(text) and not is_edge(end))
    if name in _VERBS:
        return not (start and _is_thai(text[start - 1])) and not (end < len(text) and _is_thai(text[end]))
    if len(name) >= _SURE and name in _official():
        return True
    return is_edge(start) and is_edge(end)


def _is_thai(character: str) -> bool:
    return "\u0e01" <= character <= "\u0e4e" and character not in "ฯๆ"
