"""Provinces of a table: codes from any usual spelling, spellings that name none, codes and names that disagree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

from harvesters.normalise.findings import Findings
from harvesters.thai.places import find_district, find_province, province, provinces
from harvesters.thai.text import fold
from harvesters.values import MASK


@dataclass(frozen=True, slots=True)
class Places:
    """Where a table names its places, as positions in the draft. `derived`: the code column is to be filled here."""

    province: int
    province_heading: str
    code: int | None = None
    derived: bool = False
    district: int | None = None
    district_heading: str = ""


def resolve_places(places: Places, numbers: Sequence[str], columns: list[Sequence[str]], findings: Findings) -> None:
    """Fill the province codes of one chunk, and tell of provinces and districts that are none."""
    names = columns[places.province]
    codes = {name: _code(name) for name in set(names)}
    unknown = {name for name, code in codes.items() if name and not code and MASK not in name}
    if unknown:
        _tell_unknown(unknown, places, numbers, names, findings)
    resolved = [codes[name] for name in names]
    if places.code is not None and places.derived:
        columns[places.code] = resolved
    elif places.code is not None:
        _compare(columns[places.code], resolved, places, numbers, names, findings)
    if places.district is not None:
        _check_districts(columns[places.district], resolved, places, numbers, findings)


def _code(name: str) -> str:
    found = find_province(name) if name else None
    return found.code if found else ""


def _tell_unknown(
    unknown: set[str], places: Places, numbers: Sequence[str], names: Sequence[str], findings: Findings
) -> None:
    for number, name in zip(numbers, names, strict=True):
        if name in unknown:
            nearest = nearest_province(name)
            findings.add(
                "province-unknown" if nearest is None else "province-misspelt",
                row=int(number),
                column=places.province_heading,
                value=name,
                nearest=nearest,
            )


def _compare(
    given: Sequence[str],
    resolved: Sequence[str],
    places: Places,
    numbers: Sequence[str],
    names: Sequence[str],
    findings: Findings,
) -> None:
    """Tell of rows whose code is that of another province than the one they name."""
    differing = {
        (one, other) for one, other in set(zip(given, resolved, strict=True)) if one and other and one != other
    }
    if not differing:
        return
    for number, one, other, name in zip(numbers, given, resolved, names, strict=True):
        if (one, other) in differing:
            findings.add(
                "province-code-differs",
                row=int(number),
                column=places.province_heading,
                value=name,
                given=one,
                right=other,
            )


def _check_districts(
    districts: Sequence[str], codes: Sequence[str], places: Places, numbers: Sequence[str], findings: Findings
) -> None:
    unknown = {
        (district, code)
        for district, code in set(zip(districts, codes, strict=True))
        if district and code and MASK not in district and not _has_district(district, code)
    }
    if not unknown:
        return
    for number, district, code in zip(numbers, districts, codes, strict=True):
        if (district, code) in unknown:
            findings.add(
                "district-unknown",
                row=int(number),
                column=places.district_heading,
                value=district,
                province_th=province(code).name_th,
                province_en=province(code).name_en,
            )


def _has_district(district: str, code: str) -> bool:
    """Whether a province has the district; the khet of Bangkok are listed with their kind before the name."""
    return find_district(district, code) is not None or find_district(f"เขต{district}", code) is not None


@lru_cache(maxsize=5_000)
def nearest_province(text: str) -> str | None:
    """Return the name of the province that a misspelt text most likely means, or None when none is near."""
    folded = fold(text)
    names = {fold(name): found.name_th for found in provinces() for name in (found.name_th, found.name_en)}
    near = get_close_matches(folded, names, n=1, cutoff=0.6) if len(folded) <= 60 else []
    return names[near[0]] if near else None
