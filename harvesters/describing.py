"""How an office describes its dataset by options of the source: which national field each option fills, and what it may hold."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from functools import cache

from harvesters import bundled
from harvesters.thai.text import fold

FIELDS: Mapping[str, str] = {  # option → field of the national standard
    "title_en": "title_en",
    "description": "notes_th",
    "description_en": "notes_en",
    "maintainer": "maintainer",
    "email": "maintainer_email",
    "keywords": "tags",
    "objective": "objective",
    "data_type": "data_type",
    "coverage": "geo_coverage",
    "origin": "data_source",
}
FREQUENCY = "update_frequency"
OPTION_OF: Mapping[str, str] = {field: option for option, field in FIELDS.items()} | {
    "update_frequency_unit": FREQUENCY,
    "license_id": "licence",
    "title_th": "title",
}
CHOSEN = ("objective", "data_type", "coverage")  # options whose values the standard lists
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
EVERY = re.compile(r"(?:ทุก|ราย|every )?\s*(\d{1,3})?\s*(\D+)")
UNITS: Mapping[str, str] = {  # what people write for a unit of the standard
    "year": "ปี", "yearly": "ปี", "annual": "ปี", "half-year": "ครึ่งปี", "quarter": "ไตรมาส", "quarterly": "ไตรมาส", "month": "เดือน",
    "monthly": "เดือน", "week": "สัปดาห์", "weekly": "สัปดาห์", "day": "วัน", "daily": "วัน", "working day": "วันทำการ",
    "hour": "ชั่วโมง", "hourly": "ชั่วโมง", "minute": "นาที", "real time": "ตามเวลาจริง", "3 เดือน": "ไตรมาส",
    "never": "ไม่มีการปรับปรุงหลังจากการจัดเก็บข้อมูล", "ไม่ปรับปรุงอีก": "ไม่มีการปรับปรุงหลังจากการจัดเก็บข้อมูล",
}  # fmt: skip


def described(options: Mapping[str, str]) -> dict[str, str]:
    """The national fields that a source's options fill, empty ones left out."""
    return {field: options[option] for option, field in FIELDS.items() if options.get(option)}


@cache
def listed(field: str) -> tuple[str, ...]:
    """The values that the standard lists for a field, in its order."""
    return tuple(row["value"] for row in bundled.read_table("thai_gdc_vocabularies") if row["field_name"] == field)


def frequency(text: str) -> tuple[str, str] | None:
    """Unit and interval of "ปี", "ทุก 3 เดือน", "monthly"; None for what no unit of the standard is in."""
    found = EVERY.fullmatch(fold(text))
    if found is None:
        return None
    said = found[2].strip()
    if found[1] and said.endswith("s") and said[:-1] in UNITS:
        said = said[:-1]
    unit = UNITS.get(said, said)
    return (unit, found[1] or "1") if unit in listed("update_frequency_unit") else None


def wanted(option: str, value: str) -> tuple[str, ...] | None:
    """What `option` may hold, where `value` is nothing of the kind; None where all is well. An empty value takes it back."""
    if not value.strip():
        return None
    if option in CHOSEN:
        known = listed(FIELDS[option])
        parts = [part.strip() for part in value.split(",")] if option == "objective" else [value]
        return None if all(part in known for part in parts if part) else known
    if option == FREQUENCY:
        return None if frequency(value) else listed("update_frequency_unit")
    if option == "email":
        return None if EMAIL.fullmatch(value.strip()) else ("plan@office.go.th",)
    return None


def nearest(word: str, known: Sequence[str]) -> str | None:
    """The known word that is written most alike; None where none is alike."""
    return next(iter(difflib.get_close_matches(word, known, 1, 0.6)), None)
