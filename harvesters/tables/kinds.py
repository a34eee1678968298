"""What a cell looks like at first sight: a number, a year, a date, a missing mark, an address, or text."""

from __future__ import annotations

import re

NUMBER = re.compile(r"[-+(]?[0-9๐-๙][0-9๐-๙,.\s%/()+:-]*")
YEAR = re.compile(r"(?:ปี\s*)?(?:[พค]\.?\s?ศ\.?\s*)?((?:19|20|2[4-6])[0-9]{2}|[๒][๔-๖][๐-๙]{2})")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?: .*)?")
MISSING = re.compile(r"[-–—.…]*")
ADDRESS = re.compile(r"\S+@\S+\.\S+|https?://\S+|www\.\S+")


def kind_of(cell: str) -> str:
    """Return what a cell looks like: "" blank, n number or phone, y year, d ISO date, m missing mark, u address, t text."""
    text = cell.strip()
    if not text:
        return ""
    if YEAR.fullmatch(text):
        return "y"
    if DATE.fullmatch(text):
        return "d"
    if NUMBER.fullmatch(text):
        return "n"
    if MISSING.fullmatch(text):
        return "m"
    return "u" if ADDRESS.fullmatch(text) else "t"
