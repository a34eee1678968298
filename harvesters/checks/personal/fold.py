"""Text as the detectors see it: Thai and full-width digits, odd blanks and dashes made plain, hidden characters out.

`unhide` removes characters that nobody sees; `fold` then replaces one character by one, so that a place found in the
folded text is the same place in the text itself.
"""

from __future__ import annotations

import re

from harvesters.values import MASK

SEPARATOR = "\x1e"  # stands between the cells of a joined column
MISSING = frozenset(
    {"", "-", "--", "–", "—", ".", "ไม่มี", "ไม่ระบุ", "ไม่มีข้อมูล", "ไม่ทราบ", "N/A", "n/a", "n.a.", "NULL", "null", "None"}
)

_HIDDEN = "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202c\u2060\ufeff"
_BLANKS = "\t\n\v\f\r\x1c\x1d\x85\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d"
_ONE_TO_ONE = {ord(c): " " for c in _BLANKS} | {ord(c): "-" for c in _DASHES}
_ONE_TO_ONE |= {0x0E50 + n: str(n) for n in range(10)} | {0xFF10 + n: str(n) for n in range(10)}
_ONE_TO_ONE |= {ord("＠"): "@", ord("．"): ".", ord("（"): "(", ord("）"): ")", ord("＋"): "+", ord("："): ":"}
_ALL = _ONE_TO_ONE | dict.fromkeys(map(ord, _HIDDEN), None)
_HIDES = re.compile(f"[{_HIDDEN}]")
_NEEDS = re.compile("[" + "".join(re.escape(chr(code)) for code in _ALL) + "]")


def unhide(text: str) -> str:
    """Return `text` without zero-width characters and soft hyphens."""
    return text if text.isascii() else _HIDES.sub("", text)


def fold(text: str) -> str:
    """Return `text` with plain digits, blanks, dashes; as long as `text` if that was unhidden before."""
    return text.translate(_ALL) if _NEEDS.search(text) else text


def join(values: list[str]) -> tuple[str, list[str]]:
    """Return the values in one folded text, so that one C-level search looks at a whole column, and the folded values."""
    joined = SEPARATOR.join(values)
    if joined.count(SEPARATOR) != len(values) - 1:
        values = [value.replace(SEPARATOR, " ") for value in values]
        joined = SEPARATOR.join(values)
    folded = fold(joined)
    return folded, values if folded is joined else folded.split(SEPARATOR)


def is_missing(value: str) -> bool:
    """Whether a cell says nothing: empty, or a mark for "no data"."""
    return value in MISSING or value.strip() in MISSING


def is_masked(value: str) -> bool:
    """Whether nothing is left of a cell to look at: missing, or masked as a whole."""
    return is_missing(value) or value.strip() == MASK
