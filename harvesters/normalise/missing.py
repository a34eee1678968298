"""Words and signs that stand for a missing value (thai.md §10). What counts is declared per column, never globally."""

from __future__ import annotations

from collections.abc import Iterable

from harvesters.infer import Kind

DASHES = frozenset({"-", "--", "---", "----", "–", "—", "−", "- -", "(-)"})


def _cases(words: Iterable[str]) -> frozenset[str]:
    return frozenset(form for word in words for form in (word, word.upper(), word.capitalize(), word.title()))


# In a text, too, these are no answer.
ALWAYS = (
    DASHES
    | {"ไม่ระบุ", "ไม่ได้ระบุ", "ไม่มีข้อมูล", "ไม่พบข้อมูล", "ไม่ปรากฏ", "ไม่ปรากฏข้อมูล", "ไม่ทราบ", "ไม่ทราบข้อมูล", "ไม่ได้แจ้ง"}
    | _cases(("n/a", "n.a.", "n.a", "#n/a", "null", "not available", "no data", "not specified"))
)
# In a number, date, code or contact these can be nothing else; in a text ไม่มี is a real answer.
TYPED = ALWAYS | _cases(
    [
        "ไม่มี",
        "ไม่มี.",
        "ยังไม่มี",
        "ไม่มีเบอร์",
        "ไม่มีโทรศัพท์",
        "ไม่มีเบอร์โทร",
        "ไม่มีอีเมล",
        "ไม่มีเว็บไซต์",
        "na",
        "nan",
        "none",
        ".",
        "..",
        "...",
        "…",
        "*",
        "?",
        "ไม่มีค่า",
    ]
)


def missing_words(kind: Kind, *, dash_is_answer: bool) -> frozenset[str]:
    """Return the cells that are taken as empty in a column of this kind.

    `dash_is_answer`: a column that also says "+" means something by "-".
    """
    words = ALWAYS if kind == "text" else TYPED
    return words - DASHES if dash_is_answer and kind == "text" else words
