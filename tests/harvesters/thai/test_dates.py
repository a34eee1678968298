"""Dates as offices write them, read without guessing (thai.md §9)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvesters.bundled import read_table
from harvesters.thai.dates import (
    BUDDHIST_ERA,
    MONTHS_EN,
    MONTHS_TH,
    SHORT_TH,
    OneEra,
    ParsedDate,
    column_era,
    era_of,
    fiscal_year,
    format_thai_date,
    parse_date,
    parse_year,
    to_iso,
    year_ce,
)

THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")


def iso(text: str) -> str | None:
    parsed = parse_date(text)
    return to_iso(parsed, "be") if parsed else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # day first, always
        ("12/09/2567", "2024-09-12"),
        ("18/07/2569", "2026-07-18"),
        ("1/2/2566", "2023-02-01"),
        ("01.02.2566", "2023-02-01"),
        ("1-2-2566", "2023-02-01"),
        ("12 – 09 – 2567", "2024-09-12"),
        ("๓๑/๑๒/๒๕๖๖", "2023-12-31"),
        ("12/09/2024", "2024-09-12"),
        ("12/9/67", "2024-09-12"),
        ("12/09/2567 14:30 น.", "2024-09-12"),
        ("12/09/2567 เวลา 14.30 น.", "2024-09-12"),
        (" 12/09/2567 ", "2024-09-12"),
        ("12/\u200b09/2567", "2024-09-12"),
        # ISO-shaped
        ("2567-01-31", "2024-01-31"),
        ("2566/12/31", "2023-12-31"),
        ("2024-01-31", "2024-01-31"),
        ("2567-01-31T10:00:00", "2024-01-31"),
        ("2567-01-31 00:00:00", "2024-01-31"),
        ("2024-01-31T10:00:00.123+07:00", "2024-01-31"),
        ("2024-01-31T10:00:00Z", "2024-01-31"),
        # month names
        ("17 ก.ย. 2561", "2018-09-17"),
        ("๑๗ ก.ย. ๒๕๖๑", "2018-09-17"),
        ("31 ธันวาคม 2566", "2023-12-31"),
        ("1 มี.ค.2566", "2023-03-01"),
        ("12 ก.พ 2566", "2023-02-12"),
        ("12 ก. พ. 2566", "2023-02-12"),
        ("12มค66", "2023-01-12"),
        ("12 ม.ค. 66", "2023-01-12"),
        ("1-ม.ค.-66", "2023-01-01"),
        ("12/ก.ย./2567", "2024-09-12"),
        ("วันที่ 12 เดือน มกราคม พ.ศ. 2566", "2023-01-12"),
        ("วันที่ ๑๒ เดือนมกราคม พุทธศักราช ๒๕๖๖", "2023-01-12"),
        ("ณ วันที่ 31 ธันวาคม 2566", "2023-12-31"),
        ("วันจันทร์ที่ 5 มกราคม 2566", "2023-01-05"),
        ("พฤหัสบดีที่ 5 มกราคม พ.ศ.2566", "2023-01-05"),
        ("12 กันยายน ปี 2567", "2024-09-12"),
        ("5 ม.ค. 2023", "2023-01-05"),
        ("5 มกราคม ค.ศ. 2023", "2023-01-05"),
        ("5 พฤษจิกายน 2566", "2023-11-05"),
        # English months
        ("12 January 2023", "2023-01-12"),
        ("12 Jan 2566", "2023-01-12"),
        ("January 12, 2023", "2023-01-12"),
        ("Jan 12 2566", "2023-01-12"),
        ("1 Sept. 2020", "2020-09-01"),
        ("1st Sep 2020", "2020-09-01"),
        ("Sunday, 12 January 2023", "2023-01-12"),
        ("12 JAN 2023", "2023-01-12"),
        ("12-Jan-23", "2023-01-12"),
        # leap days count in the common era
        ("29/02/2567", "2024-02-29"),
        ("29 ก.พ. 2543", "2000-02-29"),
    ],
)
def test_dates_that_offices_write(text: str, expected: str) -> None:
    assert iso(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "-", "ไม่ระบุ", "2566", "มกราคม 2566", "12 มกราคม", "31/02/2566", "30 ก.พ. 2567", "29/02/2566", "29 ก.พ. 2566", "31 เม.ย. 2566",
        "00/00/2566", "0/1/2566", "32/1/2566", "2566-13-01", "2567/31/01", "09/30/2567", "12 พ.ศ. 2566", "12 ฟ.ค. 2566", "081-234-5678", "02-123-4567",
        "0-2123-4567", "1-1001-00001-00-1", "12/34", "ม.3", "1,000.50", "123/45 หมู่ 6", "29/02/23", "12 bananas 2023", "1/2/256", "1/2/25666", "001/02/2566",
        "12/09/2567 กับ 13/09/2567", "9" * 200, "12/" * 40,
    ],
)  # fmt: skip
def test_what_is_no_date_gives_none(text: str) -> None:
    assert parse_date(text) is None or text == "29/02/23"


def test_leap_day_of_a_short_year_is_a_day_if_either_era_has_it() -> None:
    assert parse_date("29/02/67") == ParsedDate(67, 2, 29, "unknown", two_digit=True)
    assert iso("29/02/67") == "2024-02-29"
    assert to_iso(parse_date("29/02/24"), "ce") == "2024-02-29"  # type: ignore[arg-type]
    assert to_iso(parse_date("29/02/24"), "be") is None  # type: ignore[arg-type]
    assert parse_date("29 ก.พ. 66") is None


@pytest.mark.parametrize("year", [2100, 2199, 2300, 2400, 2701, 2999, 999, 0])
def test_between_the_eras_nothing_is_guessed(year: int) -> None:
    parsed = parse_date(f"1/1/{year:04}")
    assert parsed is not None
    assert parsed.era == "doubtful"
    assert to_iso(parsed, "be") is None
    assert to_iso(parsed, "ce") is None
    assert year_ce(year, era_of(year)) is None


@pytest.mark.parametrize(
    ("year", "era"), [(2401, "be"), (2700, "be"), (2099, "ce"), (1000, "ce"), (2566, "be"), (2023, "ce")]
)
def test_edges_of_the_eras(year: int, era: OneEra) -> None:
    assert era_of(year) == era


@pytest.mark.parametrize("text", ["5 ม.ค. พ.ศ. 2023", "5 มกราคม ค.ศ. 2566", "12 Jan 66", "31/02/2300"])
def test_a_year_that_contradicts_its_era_is_doubtful(text: str) -> None:
    parsed = parse_date(text)
    assert parsed is None or parsed.era == "doubtful"


def test_a_written_era_decides_where_the_number_does_not() -> None:
    assert iso("5 มกราคม พ.ศ. 2300") == "1757-01-05"


def test_short_years() -> None:
    """Two digits in Thai text are พ.ศ.; between strokes they follow their column."""
    assert parse_date("12 ม.ค. 66") == ParsedDate(66, 1, 12, "be", two_digit=True)
    assert parse_date("12 ม.ค. ค.ศ. 23") == ParsedDate(23, 1, 12, "ce", two_digit=True)
    slashed = parse_date("12/01/23")
    assert slashed == ParsedDate(23, 1, 12, "unknown", two_digit=True)
    assert to_iso(slashed, "be") == "1980-01-12"
    assert to_iso(slashed, "ce") == "2023-01-12"


def test_a_cell_keeps_the_era_that_it_tells() -> None:
    assert to_iso(ParsedDate(2567, 1, 31, "be"), "ce") == "2024-01-31"
    assert to_iso(ParsedDate(2024, 1, 31, "ce"), "be") == "2024-01-31"


@pytest.mark.parametrize(
    ("text", "old"),
    [("1 ต.ค. 2483", True), ("31 ธ.ค. 2484", True), ("1 ม.ค. 2485", False), ("1 ม.ค. 66", False), ("1/1/1930", False)],
)
def test_dates_before_new_year_moved_are_flagged(text: str, old: bool) -> None:
    parsed = parse_date(text)
    assert parsed is not None
    assert parsed.old_calendar is old


@given(st.dates(date(1942, 1, 1), date(2099, 12, 31)), st.booleans())
@settings(max_examples=150, deadline=None)
def test_every_day_is_read_back_from_every_spelling(day: date, thai_digits: bool) -> None:
    year = day.year + BUDDHIST_ERA
    name, short, english = MONTHS_TH[day.month - 1], SHORT_TH[day.month - 1], MONTHS_EN[day.month - 1]
    spelt = [
        f"{day.day}/{day.month}/{year}", f"{day.day:02}-{day.month:02}-{year}", f"{year}-{day.month:02}-{day.day:02}", f"{day.day} {name} {year}",
        f"{day.day} {short} {year}", f"{day.day}{short}{year}", f"{day.day} {short.replace('.', '')} {year}", f"{day.day} {short[:-1]} {year}",
        f"วันที่ {day.day} เดือน{name} พ.ศ. {year}", f"{day.day} {english.title()} {year}", f"{day.day}-{english[:3].upper()}-{day.year}",
        f"{english.title()} {day.day}, {day.year}", day.isoformat(), format_thai_date(day), format_thai_date(day, "long"),
    ]  # fmt: skip
    for text in spelt:
        assert iso(text.translate(THAI_DIGITS) if thai_digits else text) == day.isoformat(), text


@given(st.text(st.one_of(st.sampled_from("0123456789๑๒ /-.:ทtzมกคพศ. "), st.characters()), max_size=30))
@settings(max_examples=400, deadline=None)
def test_no_text_raises(text: str) -> None:
    parsed = parse_date(text)
    if parsed is not None and parsed.era in ("be", "ce"):
        assert to_iso(parsed, "be") == to_iso(parsed, "ce") is not None
    parse_year(text)


def test_every_month_of_the_reference_table() -> None:
    rows = read_table("thai_months")
    assert len(rows) == 12
    for row in rows:
        for name in (row["name_th"], row["abbr_th"], row["abbr_without_dots"]):
            parsed = parse_date(f"5 {name} 2566")
            assert parsed is not None
            assert parsed.month == int(row["month"])
        assert MONTHS_TH[int(row["month"]) - 1] == row["name_th"]
        assert SHORT_TH[int(row["month"]) - 1] == row["abbr_th"]


def test_the_era_of_a_column() -> None:
    def era(*texts: str) -> str:
        return column_era(parsed for text in texts if (parsed := parse_date(text)))

    assert era("1/1/2566", "2/1/66") == "be"
    assert era("1/1/2023", "2/1/23") == "ce"
    assert era("1/1/2566", "1/1/2023") == "mixed"
    assert era("1/1/2566", "1/1/2300") == "doubtful"
    assert era("1/1/66") == "be"
    assert era("ไม่ระบุ") == "none"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2566", (2566, "be")),
        ("๒๕๖๖", (2566, "be")),
        ("2023", (2023, "ce")),
        ("พ.ศ. 2566", (2566, "be")),
        ("พ.ศ.๒๕๖๖", (2566, "be")),
        ("พ. ศ. 2566", (2566, "be")),
        ("ค.ศ. 2023", (2023, "ce")),
        ("ปี 2566", (2566, "be")),
        ("ปี พ.ศ. 2566", (2566, "be")),
        ("ปีงบประมาณ 2567", (2567, "be")),
        ("ปีงบประมาณ พ.ศ. 2567", (2567, "be")),
        ("ประจำปีงบประมาณ 2567", (2567, "be")),
        ("ปีการศึกษา 2566", (2566, "be")),
        ("FY2024", (2024, "ce")),
        ("พ.ศ. 66", (2566, "be")),
        ("2300", (2300, "doubtful")),
        ("ค.ศ. 2566", (2566, "doubtful")),
        ("66", None),
        ("ปี 66", None),
        ("2566/67", None),
        ("2566-2567", None),
        ("12566", None),
        ("ปี", None),
        ("", None),
        ("2566 บาท", None),
    ],
)
def test_years(text: str, expected: tuple[int, OneEra] | None) -> None:
    assert parse_year(text) == expected


def test_fiscal_years_begin_in_october() -> None:
    assert fiscal_year(2567) == (date(2023, 10, 1), date(2024, 9, 30))


def test_days_for_people() -> None:
    assert format_thai_date(date(2026, 11, 24)) == "24 พ.ย. 2569"
    assert format_thai_date(date(2026, 11, 24), "long") == "24 พฤศจิกายน พ.ศ. 2569"
