"""Provinces, districts and sub-districts from any usual spelling. By code, then Thai name, then alias (thai.md §6).

Provinces come from our reference table; districts and sub-districts from geothai (MIT, data CC-BY-4.0).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import geothai

from harvesters import bundled
from harvesters.thai.text import fold

_SIGNS = re.compile(r"[\s\-_.,'’()/ฯ]+")
_PROVINCE_PREFIX = re.compile(r"^(?:จังหวัด|จ\s*\.|จว\s*\.|province of|changwat)\s*")
_PROVINCE_SUFFIX = re.compile(r"\s*(?:province|จังหวัด)$")
_DISTRICT_PREFIX = re.compile(r"^(?:อำเภอ|อ\s*\.|เขต|amphoe|district of|khet)\s*")
_SUBDISTRICT_PREFIX = re.compile(r"^(?:ตำบล|ต\s*\.|แขวง|tambon|khwaeng)\s*")
_CAPITAL = "เมือง"

# Words that hold a province's name without meaning it (thai.md §5.3 and real tables).
_FALSE_FRIENDS = (
    "น่านน้ำ", "น่านฟ้า", "เลยครับ", "เลยค่ะ", "ตากแห้ง", "ตากแดด", "ตากลม", "ตากอบ", "กล้วยตาก", "ผลไม้ตาก", "ปลาตาก",
    "หมูตาก", "เนื้อตาก", "แพร่หลาย", "แพร่กระจาย", "แพร่ระบาด", "เผยแพร่", "ขยายแพร่", "สระแก้วน้ำ", "ระยองฮิ", "ตราดก",
)  # fmt: skip
_SHORT = frozenset({"ตาก", "เลย", "น่าน", "แพร่", "ตราด", "ยะลา", "ตรัง", "สตูล", "พังงา", "ระยอง", "พะเยา", "กระบี่"})


@dataclass(frozen=True, slots=True)
class Province:
    """A province. `group_code` is that of its provincial group (none for Bangkok)."""

    code: str
    iso: str
    name_th: str
    name_en: str
    aliases: tuple[str, ...]
    region_code: str
    region_th: str
    region_en: str
    group_code: str | None
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class District:
    """A district (or Bangkok's khet), or a sub-district; `parent` is the code of what it lies in."""

    code: str
    name_th: str
    name_en: str
    parent: str


@cache
def provinces() -> tuple[Province, ...]:
    """All 77 provinces in the order of their codes."""
    return tuple(
        Province(
            code=row["code"],
            iso=row["iso_3166_2"],
            name_th=row["name_th"],
            name_en=row["name_en"],
            aliases=tuple(alias for alias in row["aliases"].split("|") if alias),
            region_code=row["region_code"],
            region_th=row["region_th"],
            region_en=row["region_en"],
            group_code=row["provincial_group_code"] or None,
            latitude=float(row["latitude"]),
            longitude=float(row["longitude"]),
        )
        for row in bundled.read_table("provinces")
    )


@cache
def _by_code() -> Mapping[str, Province]:
    return {found.code: found for found in provinces()}


def province(code: str) -> Province:
    """Return the province with a two-digit code. Raises KeyError."""
    return _by_code()[code]


@cache
def _by_spelling() -> Mapping[str, Province]:
    spelled: dict[str, Province] = {}
    for row, found in zip(bundled.read_table("provinces"), provinces(), strict=True):
        spellings = (found.name_th, found.name_en, *found.aliases, found.iso, row["abbr_en"], row["gdcatalog_slug"])
        for spelling in spellings:
            if spelling:
                spelled.setdefault(_squeezed(spelling), found)
    return spelled


@cache
def _by_abbreviation() -> Mapping[str, Province]:
    """The official two-letter abbreviations (ชม., ขก.). Only with their full stop: without it many are words."""
    return {row["abbr_th"]: found for row, found in zip(bundled.read_table("provinces"), provinces(), strict=True)}


def _squeezed(text: str) -> str:
    return _SIGNS.sub("", fold(text))


@lru_cache(maxsize=50_000)
def find_province(text: str) -> Province | None:
    """Return the province that `text` names as a whole: a code, a name, an alias, with or without จังหวัด; else None."""
    folded = fold(text)
    if not folded or len(folded) > 60:
        return None
    if folded in _by_code():
        return _by_code()[folded]
    if folded.endswith(".") and folded[:-1].replace(".", "") in _by_abbreviation():
        return _by_abbreviation()[folded[:-1].replace(".", "")]
    stripped = _PROVINCE_SUFFIX.sub("", _PROVINCE_PREFIX.sub("", folded))
    return _by_spelling().get(_squeezed(stripped)) or _by_spelling().get(_squeezed(folded))


@cache
def _mentions() -> re.Pattern[str]:
    """Names that tell a province in running text, longest first; false friends stand before them and win."""
    thai = [found.name_th for found in provinces()]
    thai += [alias for found in provinces() for alias in found.aliases if "ก" <= alias[0] <= "๛" and len(alias) > 3]
    latin = [
        name for found in provinces() for name in (found.name_en, *found.aliases) if name.isascii() and len(name) > 3
    ]
    names = sorted({fold(name) for name in thai}, key=len, reverse=True)
    words = sorted({fold(name) for name in latin}, key=len, reverse=True)
    false = "|".join(map(re.escape, _FALSE_FRIENDS))
    return re.compile(
        f"(?P<false>{false})|(?:(?P<mark>จังหวัด|จ\\.)\\s*)?(?P<th>{'|'.join(map(re.escape, names))})"
        f"|(?<![a-z])(?P<en>{'|'.join(map(re.escape, words))})(?![a-z])"
    )


def provinces_in(text: str) -> tuple[Province, ...]:
    """Return the provinces that running text mentions, in their order, each once.

    Short names that are also words (ตาก, เลย, น่าน, แพร่) count only behind จังหวัด or จ., or as a word between blanks.
    """
    folded = fold(text)
    found: dict[str, Province] = {}
    for match in _mentions().finditer(folded):
        name = match["th"] or match["en"]
        if not name or (
            name in _SHORT and not match["mark"] and not _stands_alone(folded, match.start("th"), match.end("th"))
        ):
            continue
        hit = _by_spelling().get(_squeezed(name))
        if hit is not None:
            found.setdefault(hit.code, hit)
    return tuple(found.values())


def _stands_alone(text: str, start: int, end: int) -> bool:
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    return not ("ก" <= before <= "๛") and not ("ก" <= after <= "๛")


@cache
def _districts(province_code: str) -> Mapping[str, District]:
    return _spelled(geothai.districts(province_code), province_code, province(province_code))


@cache
def _subdistricts(district_code: str) -> Mapping[str, District]:
    return _spelled(geothai.subdistricts(district_code), district_code, None)


def _spelled(units: list[Any], parent: str, within: Province | None) -> Mapping[str, District]:
    spelled: dict[str, District] = {}
    for unit in units:
        made = District(str(unit.code), unit.name_th, unit.name_en, parent)
        spelled.setdefault(_squeezed(unit.name_th), made)
        spelled.setdefault(_squeezed(unit.name_en), made)
    capital = spelled.get(_squeezed(_CAPITAL + within.name_th)) if within else None
    if capital is not None:
        spelled.setdefault(_CAPITAL, capital)
        spelled.setdefault("mueang", capital)
        spelled.setdefault("muang", capital)
    return spelled


@lru_cache(maxsize=50_000)
def find_district(text: str, province_code: str) -> District | None:
    """Return the district of a province that `text` names ("อ.เมือง", "อำเภอเด่นชัย", a four-digit code); else None."""
    folded = fold(text)
    known = _districts(province_code) if province_code in _by_code() else {}
    by_code = {district.code: district for district in known.values()}
    return by_code.get(folded) or known.get(_squeezed(_DISTRICT_PREFIX.sub("", folded))) or known.get(_squeezed(folded))


@lru_cache(maxsize=50_000)
def find_subdistrict(text: str, district_code: str) -> District | None:
    """Return the sub-district of a district that `text` names; else None."""
    folded = fold(text)
    known = _subdistricts(district_code)
    by_code = {unit.code: unit for unit in known.values()}
    return (
        by_code.get(folded) or known.get(_squeezed(_SUBDISTRICT_PREFIX.sub("", folded))) or known.get(_squeezed(folded))
    )
