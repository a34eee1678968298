"""Dates and years in cells → ISO 8601 of the common era (thai.md §9)."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Literal

from harvesters.infer import ISO_DATE, WHOLE_DECIMAL
from harvesters.normalise.cells import CellRules, Finding, Steps, fold_thai_digits
from harvesters.thai.dates import BUDDHIST_ERA, FIRST_BE, ParsedDate, parse_date, parse_year, to_iso, year_ce

_SERIAL = re.compile(r"([0-9]{5,6})(?:\.0+)?")
_SERIAL_START = date(1899, 12, 30)  # day 0 of a spreadsheet, counting its 29 February 1900
_FIRST_SERIAL, _LAST_SERIAL = date(1930, 1, 1), date(2099, 12, 31)
_SHORT_YEAR = re.compile(r"[0-9]{2}")
LATEST_SHORT_CE = 68  # a two-digit year of the common era beyond it would lie in the far future: it may be 19xx


def read_date(value: str, column: CellRules, steps: Steps) -> tuple[Finding, ...]:
    """A day of any usual spelling becomes ISO; a doubtful year is told of and never guessed."""
    if ISO_DATE.fullmatch(value):
        return ()
    parsed = parse_date(value)
    if parsed is None:
        return _read_serial(column, steps)
    if parsed.era == "doubtful":
        return (Finding("date-year-doubtful", {"year": parsed.year}),)
    if _short_unclear(parsed, column):
        return (Finding("date-short-year"),)
    era: Literal["be", "ce"] = "ce" if column.era == "ce" else "be"
    iso = to_iso(parsed, era)
    if iso is None:
        return ()
    buddhist = parsed.era == "be" or (parsed.era == "unknown" and era == "be")
    steps.take("buddhist-date" if buddhist else "date-form", iso)
    return (Finding("date-before-1941", {"iso": iso}),) if parsed.old_calendar else ()


def buddhist_day(cell: str) -> str | None:
    """Return the ISO date of a day that is of the Buddhist era beyond doubt and of our calendar; else None."""
    parsed = parse_date(cell)
    return to_iso(parsed, "be") if parsed is not None and parsed.era == "be" and not parsed.old_calendar else None


def _short_unclear(parsed: ParsedDate, column: CellRules) -> bool:
    if not parsed.two_digit or parsed.era == "be":
        return False
    return column.era == "mixed" or (column.era == "ce" and parsed.year > LATEST_SHORT_CE)


def _read_serial(column: CellRules, steps: Steps) -> tuple[Finding, ...]:
    """A spreadsheet's day number; one whose year is over 2400 was typed with a Buddhist year."""
    found = _SERIAL.fullmatch(steps.value)
    if found is None or not column.told:
        return ()
    day = _SERIAL_START + timedelta(days=int(found[1]))
    if day.year >= FIRST_BE:
        iso = to_iso(ParsedDate(day.year, day.month, day.day, "be"), "be")
        if iso is not None:
            steps.take("excel-serial", iso)
    elif _FIRST_SERIAL <= day <= _LAST_SERIAL:
        steps.take("excel-serial", day.isoformat())
    return ()


def read_year(value: str, column: CellRules, steps: Steps) -> tuple[Finding, ...]:
    """A year becomes four digits of the common era; a fiscal or school year keeps its number, minus 543."""
    kept = len(steps.done)
    fold_thai_digits(steps)
    if whole := WHOLE_DECIMAL.fullmatch(steps.value):
        steps.take("decimal-zero", whole[1])
    if _SHORT_YEAR.fullmatch(steps.value):
        return _read_short_year(column, steps)
    parsed = parse_year(steps.value)
    if parsed is None:
        steps.back_to(kept, value)
        return ()
    year, era = parsed
    if era == "doubtful":
        return (Finding("date-year-doubtful", {"year": year}),)
    common = year_ce(year, era)
    if common is not None:
        steps.take("buddhist-year" if era == "be" else "date-form", str(common))
    return ()


def _read_short_year(column: CellRules, steps: Steps) -> tuple[Finding, ...]:
    if not column.told or column.era != "be":
        return (Finding("date-short-year"),)
    steps.take("buddhist-year", str(2500 + int(steps.value) - BUDDHIST_ERA))
    return ()
