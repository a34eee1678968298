"""Understands a table's headings: which column of a profile each one is, and whether the table is of a profile at all.

Headings are compared as people read them: blanks, brackets, signs, numbering and units ("(บาท)") do not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from harvesters import bundled
from harvesters.bundled import Profile, ProfileField
from harvesters.thai.text import fold
from harvesters.values import ColumnMatch, Mapped, Text

How = Literal["name", "title", "heading", "source"]

RECOGNISED_SHARE = 0.6  # of a file's headings, contracts.md §2

_SIGNS = re.compile(r"[\s\-_./:;,()\[\]{}'\"‘’“”*#|\\?!&+]+")
_NUMBERING = re.compile(r"^(?:[(\[]?\d{1,2}(?:\.\d{1,2})*[.)\]]+\s*|\d{1,2}\.\d{1,2}\s+)(?=\D)")
_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
# What may stand in brackets without changing what the column is. Multiples (ล้านบาท) and languages are not among them.
_UNITS = frozenset(
    [
        "บาท",
        "บาทปี",
        "บาทต่อปี",
        "คน",
        "ราย",
        "แห่ง",
        "กลุ่ม",
        "ชิ้น",
        "ปี",
        "พศ",
        "คศ",
        "ถ้ามี",
        "ระบุ",
        "โปรดระบุ",
        "จำเป็น",
        "บังคับ",
        "ไม่บังคับ",
        "หลัก",
        "13หลัก",
        "5หลัก",
        "2หลัก",
        "ไทย",
        "ภาษาไทย",
        "thai",
        "th",
        "lat",
        "long",
        "lon",
        "lng",
        "latitude",
        "longitude",
        "n",
        "e",
        "x",
        "y",
        "ละติจูด",
        "ลองจิจูด",
        "วดป",
        "ววดดปปปป",
        "ปปปปดดวว",
        "ddmmyyyy",
        "ddmmyy",
        "yyyymmdd",
        "wgs84",
        "องศา",
        "dd",
        "decimal",
        "baht",
        "thb",
        "persons",
        "people",
        "optional",
        "required",
        "ifany",
        "พิกัด",
        "ทศนิยม",
        "ตัวอักษร",
        "ตัวเลข",
        "ข้อความ",
    ]
)
# What stands before the real name where a merged heading was joined to it ("ที่ตั้งกลุ่ม ตำบล").
_PLACE_PREFIX = re.compile(r"^(?:สถาน)?ที่(?:ตั้ง|อยู่)\S*\s+|^(?:address|location)\s+")

_WEIGHT: Mapping[How, int] = {"source": 0, "name": 1, "title": 2, "heading": 3}
_WEAK = 6
_VARIANT = 10  # an exact match of any kind beats one that needed something left out


@dataclass(frozen=True, slots=True, order=True)
class _Candidate:
    weight: int
    index: int  # of the heading
    order: int  # of the field in its profile
    field: str
    how: How


def map_headings(
    headings: Sequence[str], *, profile: str | None = None, extra: Mapping[str, str] | None = None
) -> Mapped:
    """Map headings to the columns of `profile`, or of the profile that they show when none is given.

    `extra` is the source's own table: heading → name of a column, or "" to leave the heading alone. No two headings get the
    same column: the better match has it, the other stays unmapped. Raises KeyError for an unknown profile.
    """
    told = {heading_key(heading): column for heading, column in (extra or {}).items()}
    if profile is not None:
        chosen = bundled.profile(profile)
        columns = _match(headings, chosen, told, weak=True)
        return Mapped(chosen.name, columns, _given_reason(chosen, columns), _missing(chosen, columns))
    return _recognise(headings, told)


def map_declared(headings: Sequence[str], declared: Mapping[str, Any]) -> Mapped:
    """The headings of a table that its publisher's own schema describes: no profile is looked for, the schema wins."""
    unmapped = tuple(ColumnMatch(index, heading, None, "none") for index, heading in enumerate(headings))
    reason = Text(
        "ใช้คำอธิบายคอลัมน์ที่เจ้าของข้อมูลให้มาในแพ็กเกจ",
        "The columns are described by their publisher, in the package itself.",
    )
    return Mapped(None, unmapped, reason, declared=declared)


def heading_key(heading: str) -> str:
    """Return what of a heading counts when it is compared. A heading of signs alone ("#") counts as it is."""
    folded = fold(heading)
    return _SIGNS.sub("", folded) or folded


def _recognise(headings: Sequence[str], told: Mapping[str, str]) -> Mapped:
    tried = [(found, _match(headings, found, told, weak=False)) for found in bundled.profiles().values()]
    fitting = [
        pair for pair in tried if not _missing(*pair) and count_mapped(pair[1]) >= RECOGNISED_SHARE * len(headings)
    ]
    if fitting and headings:
        chosen, columns = max(fitting, key=lambda pair: count_mapped(pair[1]))
        return Mapped(chosen.name, columns, _recognised_reason(chosen, columns))
    unmapped = tuple(ColumnMatch(index, heading, None, "none") for index, heading in enumerate(headings))
    nearest = max(tried, key=lambda pair: count_mapped(pair[1]), default=None)
    return Mapped(None, unmapped, _unknown_reason(nearest, len(headings)))


def _match(
    headings: Sequence[str], profile: Profile, told: Mapping[str, str], *, weak: bool
) -> tuple[ColumnMatch, ...]:
    candidates = sorted(
        candidate
        for index, heading in enumerate(headings)
        for candidate in _candidates(index, heading, profile, told, weak)
    )
    by_heading: dict[int, _Candidate] = {}
    taken: set[str] = set()
    for candidate in candidates:
        if candidate.index not in by_heading and candidate.field not in taken:
            by_heading[candidate.index] = candidate
            taken.add(candidate.field)
    return tuple(
        ColumnMatch(index, heading, by_heading[index].field, by_heading[index].how)
        if index in by_heading
        else ColumnMatch(index, heading, None, "none")
        for index, heading in enumerate(headings)
    )


def _candidates(
    index: int, heading: str, profile: Profile, told: Mapping[str, str], weak: bool
) -> Iterator[_Candidate]:
    order = {field.name: position for position, field in enumerate(profile.fields)}
    named = told.get(heading_key(heading))
    if named is not None:
        if named in order:
            yield _Candidate(_WEIGHT["source"], index, order[named], named, "source")
        return
    known = _known(profile.name)
    for penalty, key in _variants(heading):
        for field, how, weight in known.get(key, ()):
            if weak or weight != _WEAK:
                yield _Candidate(weight + penalty, index, order[field], field, how)


def _variants(heading: str) -> Iterator[tuple[int, str]]:
    """Yield (penalty, key) of a heading: as it is, then with more and more of what may be left out left out."""
    folded = fold(heading)
    yield 0, heading_key(folded)
    bare = _NUMBERING.sub("", folded)
    if bare != folded:
        yield _VARIANT, heading_key(bare)
    plain = _BRACKETS.sub(_without_unit, bare).strip()
    if plain and plain != bare:
        yield 2 * _VARIANT, heading_key(plain)
    last = _PLACE_PREFIX.sub("", plain)
    if last and last != plain:
        yield 3 * _VARIANT, heading_key(last)


def _without_unit(bracket: re.Match[str]) -> str:
    return "" if _SIGNS.sub("", bracket[1]) in _UNITS else bracket[0]


@cache
def _known(profile: str) -> Mapping[str, tuple[tuple[str, How, int], ...]]:
    """Key of a heading → the (field, how, weight) that it may mean in a profile."""
    known: dict[str, dict[str, tuple[str, How, int]]] = {}
    for field in bundled.profile(profile).fields:
        for text, how, weight in spellings(field):
            known.setdefault(heading_key(text), {}).setdefault(field.name, (field.name, how, weight))
    return {key: tuple(fields.values()) for key, fields in known.items()}


def spellings(field: ProfileField) -> Iterator[tuple[str, How, int]]:
    yield field.name, "name", _WEIGHT["name"]
    yield field.title.th, "title", _WEIGHT["title"]
    yield field.title.en, "title", _WEIGHT["title"]
    for heading in field.headings:
        yield heading, "heading", _WEIGHT["heading"]
    for heading in field.weak_headings:
        yield heading, "heading", _WEAK


def count_mapped(columns: Sequence[ColumnMatch]) -> int:
    return sum(column.field is not None for column in columns)


def _missing(profile: Profile, columns: Sequence[ColumnMatch]) -> tuple[str, ...]:
    mapped = {column.field for column in columns}
    return tuple(name for name in profile.required if name not in mapped)


def _given_reason(profile: Profile, columns: Sequence[ColumnMatch]) -> Text:
    found, all_of_them = count_mapped(columns), len(columns)
    return Text(
        f"ใช้แบบตาราง ‘{profile.title.th}’ ตามที่กำหนดไว้ จับคู่หัวคอลัมน์ได้ {found} จาก {all_of_them}",
        f"Profile ‘{profile.title.en}’ was given; {found} of {all_of_them} headings map to it.",
    )


def _recognised_reason(profile: Profile, columns: Sequence[ColumnMatch]) -> Text:
    found, all_of_them = count_mapped(columns), len(columns)
    return Text(
        f"รู้จากหัวตารางว่าเป็นแบบ ‘{profile.title.th}’ เพราะมีคอลัมน์ที่จำเป็นครบ และจับคู่หัวคอลัมน์ได้ {found} จาก {all_of_them}",
        f"Recognised as ‘{profile.title.en}’: every required column is there and {found} of {all_of_them} headings map to it.",
    )


def _unknown_reason(nearest: tuple[Profile, tuple[ColumnMatch, ...]] | None, headings: int) -> Text:
    if nearest is None or count_mapped(nearest[1]) == 0:
        return Text(
            "ไม่มีแบบตารางใดตรงกับหัวคอลัมน์ จึงใช้หัวคอลัมน์ของไฟล์เอง",
            "No profile fits the headings; the file’s own headings are used.",
        )
    profile, columns = nearest
    found = count_mapped(columns)
    lacks = [profile.field(name).title for name in _missing(profile, columns)]
    lacks_th = f" และไม่มีคอลัมน์ {', '.join(f'‘{title.th}’' for title in lacks)}" if lacks else ""
    lacks_en = f" and {', '.join(f'‘{title.en}’' for title in lacks)} is missing" if lacks else ""
    return Text(
        f"ใช้หัวคอลัมน์ของไฟล์เอง แบบที่ใกล้ที่สุดคือ ‘{profile.title.th}’ ซึ่งจับคู่ได้ {found} จาก {headings}{lacks_th}",
        f"The file’s own headings are used. Nearest is ‘{profile.title.en}’: {found} of {headings} headings map{lacks_en}.",
    )
