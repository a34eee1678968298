"""The 77 provinces, found by any usual spelling: by code, then Thai name, then alias (thai.md §6)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from harvesters import bundled
from harvesters.thai.text import fold

_SIGNS = re.compile(r"[\s\-_.,'’()/ฯ]+")
_PREFIX = re.compile(r"^(?:จังหวัด|จ ?\.|จว ?\.|province of|changwat)\s*")
_SUFFIX = re.compile(r"\s*(?:province|จังหวัด)?\s*(?:[0-9]{5})?$")  # a postcode may follow
LONGEST = 60  # characters of a place's name that is tried


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
                spelled.setdefault(squeezed(spelling), found)
    return spelled


@cache
def _by_abbreviation() -> Mapping[str, Province]:
    """Two Thai letters ("ชม") name a province only behind จังหวัด or จ., anywhere else they may mean anything."""
    return {fold(row["abbr_th"]): province(row["code"]) for row in bundled.read_table("provinces") if row["abbr_th"]}


def squeezed(text: str) -> str:
    """Return a place's name for comparing: folded, without blanks, hyphens, dots and ฯ."""
    return _SIGNS.sub("", fold(text))


@lru_cache(maxsize=50_000)
def find_province(text: str) -> Province | None:
    """Return the province that `text` names as a whole: a code, a name, an alias, with or without จังหวัด; else None."""
    if len(text) > LONGEST:
        return None
    folded = fold(text)
    if folded in _by_code():
        return _by_code()[folded]
    bare = _PREFIX.sub("", folded)
    found = _by_spelling().get(squeezed(_SUFFIX.sub("", bare))) or _by_spelling().get(squeezed(folded))
    if found is None and bare != folded:
        found = _by_abbreviation().get(squeezed(bare))
    return found
