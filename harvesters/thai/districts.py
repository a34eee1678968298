"""Districts and sub-districts, found by any usual spelling within what they lie in; by geothai (MIT, data CC-BY-4.0)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import geothai

from harvesters.thai.province_names import LONGEST, province, provinces, squeezed
from harvesters.thai.text import fold

_DISTRICT_PREFIX = re.compile(r"^(?:กิ่งอำเภอ|กิ่ง ?อ ?\.|อำเภอ|อ ?\.|เขต|amphoe|amphur|district of|khet)\s*")
_DISTRICT_SUFFIX = re.compile(r"\s*(?:district)?\s*(?:(?:จังหวัด|จ ?\.).*)?$")
_SUBDISTRICT_PREFIX = re.compile(r"^(?:ตำบล|ต ?\.|แขวง|tambon|khwaeng|subdistrict of)\s*")
_SUBDISTRICT_SUFFIX = re.compile(r"(?:\s*sub-?district)?\s*(?:(?:อำเภอ|\sอ ?\.|\sเขต).*)?$")
_MUANG = re.compile(r"^mu[ea]*ng")
_DISTRICT_WORD = re.compile(r"\s+district$")
_OLDER = re.compile(
    r"^(?:mu[ea]*ng|koh|sri|huay)"
)  # how names begin that many write by other rules than the Royal Institute's
_OFFICIAL = {"k": "ko", "s": "si", "h": "huai", "m": "mueang"}
_BANGKOK = "10"
_SEAT = "01"  # the district of a province's seat has this code behind the province's
_SEAT_NAMES = ("เมือง", "mueang")
_SHORTEST_BEGINNING = 3  # letters of a name cut short with ฯ


@dataclass(frozen=True, slots=True)
class District:
    """A district (or Bangkok's khet), or a sub-district, without อำเภอ or เขต; `parent` is the code of what it lies in."""

    code: str
    name_th: str
    name_en: str
    parent: str


@cache
def _districts(province_code: str) -> Mapping[str, District]:
    """Every spelling of the districts of a province, codes among them, and "เมือง" for its seat."""
    found = [
        District(str(unit.code), unit.name_th.removeprefix("เขต"), unit.name_en, province_code)
        for unit in geothai.districts(province_code)
    ]
    spelled = _spelled(found)
    seat = next((unit for unit in found if unit.code == province_code + _SEAT and province_code != _BANGKOK), None)
    if seat is not None:
        spelled |= dict.fromkeys(_SEAT_NAMES, seat)
        spelled.setdefault(squeezed(province(province_code).name_th), seat)  # "อ.บึงกาฬ"
        spelled.setdefault(squeezed(province(province_code).name_en), seat)
    return spelled


@cache
def _subdistricts(district_code: str) -> Mapping[str, District]:
    """Every spelling of the sub-districts of a district, codes among them."""
    return _spelled(
        [
            District(str(unit.code), name, unit.name_en, district_code)
            for unit in geothai.subdistricts(district_code)
            for name in _both_names(unit.name_th)
        ]
    )


def _both_names(name: str) -> tuple[str, ...]:
    """The official name, and the one that stands in brackets behind it: ปอภาร (ปอพาน)."""
    first, bracket, second = name.partition("(")
    return (first.strip(), second.rstrip(") ")) if bracket else (name,)


def _spelled(units: Sequence[District]) -> dict[str, District]:
    """Units by code and names. A name that two of them share ("Bang Sai" in Ayutthaya) is none: nothing is guessed."""
    spelled: dict[str, District] = {}
    shared: set[str] = set()
    for unit in units:
        for name in {unit.code, squeezed(unit.name_th), squeezed(unit.name_en)}:
            if spelled.setdefault(name, unit).code != unit.code:
                shared.add(name)
    return {name: unit for name, unit in spelled.items() if name not in shared}


def _find(
    text: str, known: Mapping[str, District], prefix: re.Pattern[str], suffix: re.Pattern[str]
) -> District | None:
    """The unit that a text names: as it stands, without its prefix, then as the beginning of one name only ("ป้อมปราบฯ")."""
    if len(text) > LONGEST:
        return None
    folded = fold(text)
    bare = suffix.sub("", prefix.sub("", folded))
    name = _MUANG.sub("mueang", squeezed(bare))
    found = known.get(name) or known.get(squeezed(folded))
    if found is None and bare.endswith("ฯ") and len(name) >= _SHORTEST_BEGINNING:
        begun = {unit.code: unit for spelling, unit in known.items() if spelling.startswith(name)}
        found = next(iter(begun.values())) if len(begun) == 1 else None
    return found


@lru_cache(maxsize=50_000)
def find_district(text: str, province_code: str) -> District | None:
    """Return the district of a province that `text` names ("อ.เมือง", "เขตบางรัก", "เด่นชัย", a four-digit code); else None.

    "เมือง" is the district of the province's seat, in Ayutthaya too, which calls it otherwise; Bangkok has none.
    """
    return _find(text, _districts(province_code), _DISTRICT_PREFIX, _DISTRICT_SUFFIX)


@lru_cache(maxsize=50_000)
def find_subdistrict(text: str, district_code: str) -> District | None:
    """Return the sub-district of a district that `text` names ("ต.ในเมือง", a six-digit code); else None."""
    return _find(text, _subdistricts(district_code), _SUBDISTRICT_PREFIX, _SUBDISTRICT_SUFFIX)


@dataclass(frozen=True, slots=True)
class NamedDistricts:
    """The districts that a text names: `name` is the text without อำเภอ or district, `marked` whether it said that it is one."""

    name: str
    marked: bool
    districts: tuple[District, ...]


@cache
def _everywhere() -> Mapping[str, tuple[District, ...]]:
    """Every name of a district in the country, in both languages → all that bear it."""
    spelled: dict[str, dict[str, District]] = {}
    for place in provinces():
        for unit in geothai.districts(place.code):
            found = District(str(unit.code), unit.name_th.removeprefix("เขต"), unit.name_en, place.code)
            for name in (found.name_th, found.name_en):
                spelled.setdefault(_official_spelling(name), {})[found.code] = found
    return {name: tuple(found.values()) for name, found in spelled.items()}


def _official_spelling(name: str) -> str:
    """A name for comparing: Muang, Koh, Sri and Huay as Mueang, Ko, Si and Huai."""
    return _OLDER.sub(lambda older: _OFFICIAL[older[0][0]], squeezed(name))


@lru_cache(maxsize=20_000)
def find_districts(text: str) -> NamedDistricts | None:
    """Return the districts of the whole country that `text` names as a whole ("สูงเม่น", "อ.เด่นชัย", "Koh Samui"); else None.

    A name may be that of several: Mae Tha is แม่ทา of Lamphun and แม่ทะ of Lampang. Numbers name none.
    """
    if len(text) > LONGEST:
        return None
    folded = fold(text).strip()
    name = _DISTRICT_WORD.sub("", _DISTRICT_PREFIX.sub("", folded))
    found = _everywhere().get(_official_spelling(name)) if name else None
    return NamedDistricts(name, name != folded, found) if found else None
