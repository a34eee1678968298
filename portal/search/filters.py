"""Filters of a search: what they are called, and what a reader may write for their values.

Publishers, whose names stand in the catalogue, are understood in `publishers.py`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from harvesters import bundled
from harvesters.licences import table
from harvesters.thai.dates import parse_year, year_ce
from harvesters.thai.places import Province, find_province, province
from harvesters.thai.text import fold
from portal.search.sectors import sector_titles

FILTERS = ("province", "region", "sector", "publisher", "kind", "format", "licence", "profile", "updated")
FILTER_WORDS: Mapping[str, str] = {
    "จังหวัด": "province",
    "ผู้เผยแพร่": "publisher",
    "ภาค": "region",
    "หมวด": "sector",
    "ปี": "updated",
    "ชนิด": "kind",
    "รูปแบบ": "format",
    "สัญญาอนุญาต": "licence",
    "เรื่อง": "profile",
    **{name: name for name in FILTERS},
}
KIND_WORDS: Mapping[str, str] = {
    "ชุดข้อมูล": "dataset",
    "แถว": "row",
    "กลุ่ม": "cluster",
    "หน่วยวิจัย": "unit",
    "ผลงาน": "output",
    "บทความ": "article",
    "rows": "row",
    "datasets": "dataset",
    "clusters": "cluster",
    "units": "unit",
    "outputs": "output",
    "articles": "article",
}
FORMATS: Mapping[str, str] = {
    "xlsx": "Excel",
    "xls": "Excel (XLS)",
    "parquet": "Parquet",
}  # what those are called that are not called by their letters
FORMAT_WORDS: Mapping[str, str] = {label.casefold(): value for value, label in FORMATS.items()}
REGION_SUFFIX = "ern"  # north is Northern
PUBLIC_DOMAIN = frozenset({"cc0-1.0", "pddl-1.0", "other-pd"})
_VERSION = re.compile(r"[ -](?:[0-9.]+|\((?:version not stated|ไม่ระบุรุ่น)\))$")
_LICENCE = re.compile(r"licen[cs]e|สัญญาอนุญาต")
_NO_LETTERS = re.compile(r"[\s\-_.,/()]+")


def filter_values(name: str, value: str) -> tuple[str, ...]:
    """A filter's value as the index has it: a province in any spelling becomes its code, "cc by" all versions of it."""
    folded = value.casefold()
    if name == "province":
        found = find_province(value)
        return (found.code if found else folded,)
    if name == "licence":
        return licence_values().get(folded) or licence_values().get(squeezed(value)) or (folded,)
    if name == "updated":
        return (common_year(folded),)
    named = {
        "kind": KIND_WORDS,
        "region": region_codes(),
        "sector": sector_codes(),
        "format": FORMAT_WORDS,
        "profile": profile_codes(),
    }
    names = named.get(name, {})
    return (names.get(folded, folded),)


def common_year(text: str) -> str:
    """A year of either era as the index has it: 2569 is 2026. What names none is left as it is."""
    found = parse_year(text)
    year = year_ce(*found) if found else None
    return text if year is None else str(year)


@cache
def profile_codes() -> Mapping[str, str]:
    """What a table is about, in either language → the profile's name."""
    return {
        title.casefold(): name for name, one in bundled.all_profiles().items() for title in (one.title.th, one.title.en)
    }


@cache
def region_codes() -> Mapping[str, str]:
    """What a region is called (ภาคเหนือ, เหนือ, Northern) → its code as the index has it."""
    rows = bundled.read_table("regions")
    names = [(name, row["code"]) for row in rows for name in (row["name_th"], row["name_en"])]
    named = {
        short: code.casefold()
        for name, code in names
        for short in (name.casefold(), name.removeprefix("ภาค").casefold(), name.casefold().removesuffix(REGION_SUFFIX))
    }
    return named | {"อีสาน": "ne", "ภาคอีสาน": "ne", "isan": "ne"}


@cache
def sector_codes() -> Mapping[str, str]:
    """What a sector is called in either language → its code as the index has it."""
    return {title.casefold(): code.casefold() for code, titles in sector_titles().items() for title in titles.values()}


@cache
def licence_values() -> Mapping[str, tuple[str, ...]]:
    """What a licence is called, squeezed → its codes. A code itself means that one alone, without its version all versions."""
    named: dict[str, set[str]] = {}
    for label, licence in table().items():
        for name in (label, licence.code, licence.title.th, licence.title.en):
            for said in {name, _VERSION.sub("", name)}:
                named.setdefault(squeezed(said), set()).add(licence.code)
        for said in ("cc", "Creative Commons", "ครีเอทีฟคอมมอนส์") if licence.code.startswith("cc") else ():
            named.setdefault(squeezed(said), set()).add(licence.code)
        for said in ("public domain", "สาธารณสมบัติ", "สมบัติสาธารณะ") if licence.code in PUBLIC_DOMAIN else ():
            named.setdefault(squeezed(said), set()).add(licence.code)
    found = {name: tuple(sorted(codes)) for name, codes in named.items() if name}
    return found | {licence.code: (licence.code,) for licence in table().values()}


def squeezed(name: str) -> str:
    """A licence's name for comparing: folded, without signs and the word licence, which is spelt in two ways."""
    return _NO_LETTERS.sub("", _LICENCE.sub("", fold(name)))


def known_province(code: str) -> Province | None:
    """The province of a filter's value, if there is one."""
    try:
        return province(code)
    except KeyError:
        return None
