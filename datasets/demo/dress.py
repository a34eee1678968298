"""How offices write what the content tables say plainly: dates, numbers and text with the marks of real files."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

CONTENT = Path(__file__).resolve().parent / "content"
SHORT = ["ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค."]
LONG = [
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
THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
ZERO_WIDTH = "\u200b"
NBSP = "\u00a0"

Row = Mapping[str, str]


def read_content(name: str) -> list[dict[str, str]]:
    """Return the rows of one content table ("clusters")."""
    with (CONTENT / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def in_provinces(rows: Iterable[Row], *codes: str) -> list[Row]:
    """Return the rows of the given provinces, in the order of `codes`."""
    kept = [row for row in rows if row["province_code"] in codes]
    return sorted(kept, key=lambda row: codes.index(row["province_code"]))


def short_date(iso: str) -> str:
    """17 ก.ย. 2561"""
    day = date.fromisoformat(iso)
    return f"{day.day} {SHORT[day.month - 1]} {day.year + 543}"


def long_date(iso: str) -> str:
    """17 กันยายน 2561"""
    day = date.fromisoformat(iso)
    return f"{day.day} {LONG[day.month - 1]} {day.year + 543}"


def two_digit_date(iso: str) -> str:
    """17 ก.ย. 61"""
    return short_date(iso)[:-4] + str(date.fromisoformat(iso).year + 543)[2:]


def slash_date(iso: str) -> str:
    """17/09/2561"""
    day = date.fromisoformat(iso)
    return f"{day.day:02d}/{day.month:02d}/{day.year + 543}"


def iso_be_date(iso: str) -> str:
    """2561-09-17"""
    return str(int(iso[:4]) + 543) + iso[4:]


def be_year(iso: str) -> str:
    """2561"""
    return str(int(iso[:4]) + 543)


def thai_digits(text: str) -> str:
    """The same text with ๐-๙."""
    return text.translate(THAI_DIGITS)


def split_sara_am(text: str) -> str:
    """Every ำ taken apart into nikhahit and sara aa, as old programs store it; behind a tone mark nikhahit comes first."""
    for tone in "\u0e48\u0e49\u0e4a\u0e4b":
        text = text.replace(tone + "\u0e33", "\u0e4d" + tone + "\u0e32")
    return text.replace("\u0e33", "\u0e4d\u0e32")


def split_sara_am_tone_first(text: str) -> str:
    """The other order: the tone mark before nikhahit."""
    return text.replace("\u0e33", "\u0e4d\u0e32")


def double_sara_e(text: str) -> str:
    """Every แ typed as two เ."""
    return text.replace("\u0e41", "\u0e40\u0e40")


def tone_before_vowel(text: str) -> str:
    """Tone marks typed before the vowel above them: ที่ becomes ท่ี."""
    for vowel in "\u0e34\u0e35\u0e36\u0e37":
        for tone in "\u0e48\u0e49\u0e4a\u0e4b":
            text = text.replace(vowel + tone, tone + vowel)
    return text


def thousands(number: int) -> str:
    """12,500"""
    return f"{number:,}"


def fixed_line(phone: str, form: int) -> str:
    """One fixed-line number of nine digits in one of the spellings of real files."""
    digits = phone.replace("-", "")
    area, rest = (digits[:2], digits[2:]) if digits.startswith("02") else (digits[:3], digits[3:])
    middle, end = rest[:-3], rest[-3:]
    return (
        phone,
        f"{area} {rest}",
        f"{area} - {rest}",
        f"โทร. {area}-{middle}{end}",
        f"{area}-{rest} ต่อ {form + 11}",
        f"0-{digits[1:5]}-{digits[5:]}",
    )[form % 6]
