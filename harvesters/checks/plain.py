"""How a cell of each type is written plainly: the one form that every program reads alike."""

from __future__ import annotations

import re
from collections.abc import Mapping

# Eighteen digits fit a 64-bit integer. The years are those in which no date of an office is in the Buddhist era or in doubt
# (thai.md §9: never guess from 2100 to 2400).
PLAIN: Mapping[str, re.Pattern[str]] = {
    "integer": re.compile(r"-?[0-9]{1,18}"),
    "number": re.compile(r"-?(?:[0-9]{1,18}(?:\.[0-9]*)?|\.[0-9]+)"),
    "date": re.compile(r"(?:1[0-9]|20)[0-9]{2}-[0-9]{2}-[0-9]{2}"),
    "year": re.compile(r"(?:1[0-9]|20)[0-9]{2}"),
}
