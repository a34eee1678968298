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
FIRST_CE = 1000
NEW_YEAR_MOVED_BE = 2484  # until then the year began on 1 April: January to March of it need a person
LATEST_SHORT_CE = 40  # "12-Jan-23" is 2023; a later short year with an English month may as well be 19xx or 25xx
LONGEST = 60  # characters of the longest text that is tried

MONTHS_TH = [
    "มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน", "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม",
]  # fmt: skip
SHORT_TH = ["ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค."]
MONTHS_EN = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
]  # fmt: skip
_OTHER = {
    "มกรา": 1, "กุมภา": 2, "มีนา": 3, "เมษา": 4, "พฤษภา": 5, "มิถุนา": 6, "กรกฎา": 7, "สิงหา": 8, "กันยา": 9, "ตุลา": 10, "พฤศจิกา": 11,
    "ธันวา": 12, "sept": 9,
    # spelt wrongly so often that one may not ask
    "กุมภาพันธุ์": 2, "กุมภาพัน": 2, "กุมพาพันธ์": 2, "กรกฏาคม": 7, "กรกฏา": 7, "พฤษจิกายน": 11, "พฤจิกายน": 11, "พฤศจิกายม": 11,
}  # fmt: skip


def _month_names() -> dict[str, int]:
    names = dict(_OTHER)
    for number, (thai, short, english) in enumerate(zip(MONTHS_TH, SHORT_TH, MONTHS_EN, strict=True), 1):
        names |= {thai: number, short.replace(".", ""): number, english: number, english[:3]: number}
    return names


_MONTHS = _month_names()
_DAYS_OF = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)  # of a leap year
_DASH = "[-/.–—]"
_TIME = r"(?:(?:t|,? +(?:เวลา *)?)\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:\.\d+)?)? *(?:น\.?|นาฬิกา|z|[+-]\d{2}:?\d{2}|[ap]\.?m\.?)?)?"
_ERA = r"(พ ?\. ?ศ ?\.?|พศ\.?|พุทธศักราช|ค ?\. ?ศ ?\.?|คศ\.?|คริสต์ศักราช|b\.?e\.?|a\.?d\.?|c\.?e\.?)"
_WEEKDAY = r"(?:(?:วัน)?(?:จันทร์|อังคาร|พุธ|พฤหัสบดี|พฤหัสฯ|พฤหัส|ศุกร์|เสาร์|อาทิตย์),? *|(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?\.?,? +)"
_SEPARATED = re.compile(rf"(\d{{1,4}}) ?{_DASH} ?(\d{{1,2}}) ?{_DASH} ?(\d{{1,4}}){_TIME}")
_NAMED = re.compile(
    rf"(?:ณ *)?{_WEEKDAY}?(?:(?:วัน)?ที่ *|เมื่อ *)*(\d{{1,2}})(?:st|nd|rd|th)? *[-/.–—,]? *(?:เดือน *)?([ก-๎a-z][ก-๎a-z. ]*?)\.? *[-/.–—,]? *"
    rf"(?:ปี *)?{_ERA}? *(\d{{4}}|\d{{2}}){_TIME}"
)
_ENGLISH = re.compile(rf"{_WEEKDAY}?([a-z]{{3,9}})\.? +(\d{{1,2}})(?:st|nd|rd|th)?,? +(\d{{4}}){_TIME}")
_YEAR = re.compile(
    rf"(?:(?:ประจำ *)?(?:ปี)? *(?:งบประมาณ|งบฯ|การศึกษา|การผลิต|ภาษี)? *|fy *|(?:fiscal )?year *){_ERA}? *(\d{{4}}|\d{{2}})"
)


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
    return "ce" if FIRST_CE <= year < FIRST_DOUBTFUL else "doubtful"


def _marked(marker: str, year: int, two_digit: bool) -> OneEra:
    """What a year is that has its era written before it. One that contradicts it ("พ.ศ. 2023", "ค.ศ. 2566") is doubtful."""
    if marker[0] in "พb":
        return "be" if two_digit or FIRST_DOUBTFUL <= year <= LAST_BE else "doubtful"
    return "ce" if two_digit or FIRST_CE <= year < FIRST_DOUBTFUL else "doubtful"


@lru_cache(maxsize=65_536)
def parse_date(text: str) -> ParsedDate | None:
    """Read a written date, or return None when it is none (impossible days included). Never raises."""
    if len(text) > LONGEST:
        return None
    folded = fold(text)
    return _separated(folded) or _named(folded) or _english(folded)


def _separated(text: str) -> ParsedDate | None:
    found = _SEPARATED.fullmatch(text)
    if found is None:
        return None
    first, month, last = found[1], int(found[2]), found[3]
    if len(first) == 4 and len(last) <= 2:
        return _made(int(first), month, int(last), era_of(int(first)))
    if len(first) <= 2 and len(last) == 4:
        return _made(int(last), month, int(first), era_of(int(last)))
    if len(first) <= 2 and len(last) == 2:
        return _made(int(last), month, int(first), "unknown", two_digit=True)
    return None


def _named(text: str) -> ParsedDate | None:
    found = _NAMED.fullmatch(text)
    month = _MONTHS.get(found[2].replace(".", "").replace(" ", "")) if found else None
    if found is None or month is None:
        return None
    year, two_digit = int(found[4]), len(found[4]) == 2
    if found[3]:
        era = _marked(found[3], year, two_digit)
    elif not two_digit:
        era = era_of(year)
    elif found[2][0] >= "ก":
        era = "be"  # two digits in Thai text are พ.ศ. 25xx
    else:
        era = "ce" if year <= LATEST_SHORT_CE else "doubtful"
    return _made(year, month, int(found[1]), era, two_digit)


def _english(text: str) -> ParsedDate | None:
    found = _ENGLISH.fullmatch(text)
    month = _MONTHS.get(found[1]) if found else None
    return _made(int(found[3]), month, int(found[2]), era_of(int(found[3]))) if found and month else None


def _made(year: int, month: int, day: int, era: OneEra, two_digit: bool = False) -> ParsedDate | None:
    """The date, if there is such a day in the era that it is of, or in any that it can be of."""
    if not 1 <= month <= 12 or not 1 <= day <= _DAYS_OF[month - 1]:
        return None
    parsed = ParsedDate(year, month, day, era, two_digit)
    if day == 29 and month == 2 and era != "doubtful" and not (to_iso(parsed, "be") or to_iso(parsed, "ce")):
        return None
    return parsed


def to_iso(parsed: ParsedDate, era: Literal["be", "ce"]) -> str | None:
    """Return the date in ISO 8601 of the common era, taking its year to be of `era`; None when there is no such day.

    A cell that tells its own era keeps it: 2567 is never common era, 2024 never Buddhist. A doubtful year gives None.
    """
    if parsed.era == "doubtful":
        return None
    year = parsed.year
    buddhist = parsed.era == "be" or (parsed.era == "unknown" and era == "be")
    if parsed.two_digit:
        year += 2500 if buddhist else 2000
    try:
        return date(year - BUDDHIST_ERA if buddhist else year, parsed.month, parsed.day).isoformat()
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
    """Read a year ("2566", "พ.ศ. ๒๕๖๖", "ปีงบประมาณ 2566"): (as written, era), or None. "พ.ศ. 66" is 2566; a bare 66 is None."""
    found = _YEAR.fullmatch(fold(text)) if len(text) <= LONGEST else None
    if found is None:
        return None
    marker, year = found[1], int(found[2])
    if len(found[2]) == 2:
        return (2500 + year, "be") if marker and marker[0] == "พ" else None
    return year, _marked(marker, year, two_digit=False) if marker else era_of(year)


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
