"""Dates as Thai offices write them (thai.md §9): day first, Buddhist era, month names of every spelling, Thai digits.

A written date is first read as it stands (`ParsedDate`); which era its year is of is decided for the whole column.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from harvesters.thai.text import fold

Era = Literal["be", "ce", "mixed", "doubtful", "none"]
OneEra = Literal["be", "ce", "unknown", "doubtful"]

BUDDHIST_ERA = 543
FIRST_BE, LAST_BE = 2401, 2700
FIRST_DOUBTFUL = 2100
NEW_YEAR_MOVED_BE = 2484  # until then the year began on 1 April: January to March of it need a person

MONTHS_TH = [
    "มกราคม",
    "กุมภาพันธ์",
    "มีนาคม",
    "เมษายน",
    "พฤษภาคม",
    "มิถุนายน",
    "กรกฎาคม",
    "สิงหาคม",
    "กันยายน",
    "ตุลาคม",
    "พฤศจิกายน",
    "ธันวาคม",
]
SHORT_TH = ["ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค."]
MONTHS_EN = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_OTHER_TH = {
    "มกรา": 1,
    "กุมภา": 2,
    "มีนา": 3,
    "เมษา": 4,
    "พฤษภา": 5,
    "มิถุนา": 6,
    "กรกฎา": 7,
    "กรกฏาคม": 7,
    "กรกฏา": 7,
    "สิงหา": 8,
    "กันยา": 9,
    "ตุลา": 10,
    "พฤศจิกา": 11,
    "ธันวา": 12,
    "มิย": 6,
    "เมย": 4,
}


def _month_names() -> dict[str, int]:
    names = dict(_OTHER_TH)
    for number, (thai, short, english) in enumerate(zip(MONTHS_TH, SHORT_TH, MONTHS_EN, strict=True), 1):
        names |= {thai: number, short.replace(".", ""): number, english: number, english[:3]: number}
    names["sept"] = 9
    return names


_MONTHS = _month_names()
_SEPARATED = re.compile(
    r"(\d{1,4})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{1,4})(?:[ t]+\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:\.\d+)?)?\s*(?:น\.?|z)?)?"
)
_NAMED = re.compile(
    r"(?:วัน[^\d]{0,12}?ที่\s*|วัน[ก-๛]{2,10}\s+|ที่\s*)?(\d{1,2})\s*[-/. ]?\s*(?:เดือน\s*)?([ก-๛a-z][ก-๛a-z. ]*?)\.?\s*[-/,. ]?\s*"
    r"(พ\s*\.?\s*ศ\s*\.?|ค\s*\.?\s*ศ\s*\.?|b\.?e\.?|a\.?d\.?|c\.?e\.?)?\s*(\d{2}|\d{4})"
    r"(?:\s+(?:เวลา\s*)?\d{1,2}[:.]\d{2}(?:[:.]\d{2})?\s*น?\.?)?"
)
_ENGLISH = re.compile(r"([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})")
_YEAR = re.compile(r"(?:ปี\s*)?(พ\s*\.?\s*ศ\s*\.?|ค\s*\.?\s*ศ\s*\.?|b\.?e\.?|a\.?d\.?)?\s*(\d{4})")


@dataclass(frozen=True, slots=True)
class ParsedDate:
    """A date as written. `year` is the year as it stands; `era` what that one cell says by itself."""

    year: int
    month: int
    day: int
    era: OneEra
    two_digit: bool = False

    @property
    def old_calendar(self) -> bool:
        """Whether it is of พ.ศ. 2484 or earlier, when the year began in April: not to be converted silently."""
        return self.era == "be" and not self.two_digit and self.year <= NEW_YEAR_MOVED_BE


def era_of(year: int) -> OneEra:
    """What a four-digit year can be. Between 2100 and 2400 nothing is guessed."""
    if FIRST_BE <= year <= LAST_BE:
        return "be"
    if year < FIRST_DOUBTFUL:
        return "ce" if year >= 1000 else "doubtful"
    return "doubtful"


@lru_cache(maxsize=100_000)
def parse_date(text: str) -> ParsedDate | None:
    """Read a written date, or return None when it is none (impossible days included). Never raises."""
    if len(text) > 60 or not any(character.isdigit() for character in text):
        return None
    folded = fold(text)
    return _separated(folded) or _named(folded) or _english(folded)


def _separated(text: str) -> ParsedDate | None:
    found = _SEPARATED.fullmatch(text)
    if found is None:
        return None
    first, month, last = found[1], int(found[2]), found[3]
    if len(first) == 4 and len(last) <= 2:
        return _made(int(first), month, int(last), False, None)
    if len(first) > 2 or len(last) not in (2, 4):
        return None
    return _made(int(last), month, int(first), len(last) == 2, None)


def _named(text: str) -> ParsedDate | None:
    found = _NAMED.fullmatch(text)
    if found is None:
        return None
    month = _MONTHS.get(found[2].replace(".", "").replace(" ", ""))
    if month is None:
        return None
    thai = "ก" <= found[2][0] <= "๛"
    return _made(int(found[4]), month, int(found[1]), len(found[4]) == 2, found[3], thai=thai)


def _english(text: str) -> ParsedDate | None:
    found = _ENGLISH.fullmatch(text)
    month = _MONTHS.get(found[1]) if found else None
    return _made(int(found[3]), month, int(found[2]), False, None) if found and month else None


def _made(
    year: int, month: int, day: int, two_digit: bool, marker: str | None, thai: bool = False
) -> ParsedDate | None:
    era: OneEra = "unknown" if two_digit else era_of(year)
    if two_digit and thai:
        era = "be"  # two digits in Thai text are พ.ศ. 25xx
    if marker:
        era = "be" if marker[0] in "พb" else "ce"
    parsed = ParsedDate(year, month, day, era, two_digit)
    assumed: Literal["be", "ce"] = "ce" if era == "ce" else "be"
    if not 1 <= month <= 12 or not 1 <= day <= 31 or (era != "doubtful" and to_iso(parsed, assumed) is None):
        return None
    return parsed


def to_iso(parsed: ParsedDate, era: Literal["be", "ce"]) -> str | None:
    """Return the date in ISO 8601 of the common era, taking its year to be of `era`; None when there is no such day.

    A cell whose own year can only be of the other era keeps its own: 2567 is never common era, 2024 never Buddhist.
    """
    year = parsed.year
    if parsed.two_digit:
        year = year + 2500 - BUDDHIST_ERA if parsed.era == "be" or era == "be" else 2000 + year
    elif parsed.era == "be" or (parsed.era == "unknown" and era == "be"):
        year -= BUDDHIST_ERA
    try:
        return date(year, parsed.month, parsed.day).isoformat()
    except ValueError:
        return None


def column_era(parsed: Iterable[ParsedDate]) -> Era:
    """Decide the era of a column from all its dates: one era, "mixed" for both, "doubtful" if any year is, "none" without dates.

    Two-digit years follow the others; alone they are Buddhist, which is what Thai offices write.
    """
    seen = {one.era for one in parsed}
    if "doubtful" in seen:
        return "doubtful"
    if "be" in seen and "ce" in seen:
        return "mixed"
    if "ce" in seen:
        return "ce"
    return "be" if seen else "none"


def parse_year(text: str) -> tuple[int, OneEra] | None:
    """Read a year ("2566", "พ.ศ. ๒๕๖๖", "ปี 2566"): (as written, era), or None."""
    found = _YEAR.fullmatch(fold(text)) if len(text) <= 20 else None
    if found is None:
        return None
    year = int(found[2])
    marker = found[1]
    return year, ("be" if marker[0] in "พb" else "ce") if marker else era_of(year)


def year_ce(year: int, era: OneEra) -> int | None:
    """The year of the common era; None where nothing may be guessed."""
    return {"be": year - BUDDHIST_ERA, "ce": year}.get(era)


def fiscal_year(year_be: int) -> tuple[date, date]:
    """First and last day of the government's fiscal year of Buddhist era `year_be`: 1 October before to 30 September."""
    year = year_be - BUDDHIST_ERA
    return date(year - 1, 10, 1), date(year, 9, 30)


def format_thai_date(day: date, style: Literal["medium", "long"] = "medium") -> str:
    """Return "24 พ.ย. 2569", or "24 พฤศจิกายน พ.ศ. 2569" for "long"."""
    if style == "long":
        return f"{day.day} {MONTHS_TH[day.month - 1]} พ.ศ. {day.year + BUDDHIST_ERA}"
    return f"{day.day} {SHORT_TH[day.month - 1]} {day.year + BUDDHIST_ERA}"
