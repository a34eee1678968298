"""By which rule a word stands in a folded text: the same for judging rows and for marking what was found.

Thai has no blanks, so a Thai word is looked for anywhere, but never where it would be half of a syllable's letter and marks
(ปู is not in ปู่), and a short one not where it is only some letters of another word (ชา in ประชาคม, แพร่ in เผยแพร่). Latin words
and numbers are found by their beginnings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice

from harvesters.thai.places import find_province
from harvesters.thai.words import is_word, subwords, words
from portal.search.analysis import filling_parts

JOINED = "\u0e31\u0e33-\u0e3a\u0e47-\u0e4e"  # Thai vowels and marks that belong to the letter before them, sara am among them
LATIN = "a-z0-9\u00df-\u024f"
PLURAL = "(?:e?s(?![a-z]))?"
IS_LATIN = re.compile("[a-z]{3,}")
SHORT = 4  # letters of a word that other words may hold by chance
WHOLE, PART = 2, 1
AROUND = 20  # letters looked at on both sides of a short word, to see of which word it is
_IS_JOINED = re.compile(f"[{JOINED}]")
_BEGINS_LATIN = re.compile(f"[{LATIN}]")
_THAI_BEFORE = re.compile("[\u0e01-\u0e4e]*$")
_THAI_AFTER = re.compile("[\u0e01-\u0e4e]*")


def is_joined(sign: str) -> bool:
    """Whether a sign belongs to the letter before it."""
    return _IS_JOINED.match(sign) is not None


def pattern_of(words: Iterable[str]) -> str:
    """A regular expression for words side by side, with or without blanks between them; English plurals are the same words."""
    joined = " *".join(re.escape(word) + (PLURAL if IS_LATIN.fullmatch(word) else "") for word in words)
    before = f"(?<![{LATIN}])" if _BEGINS_LATIN.match(joined) else ""
    before = r"\A" if is_joined(joined[:1]) else before  # a mark without its letter is no piece of another text
    return f"{before}{joined}(?![{JOINED}])"


def standing(pattern: re.Pattern[str], text: str, most: int | None = None) -> Iterator[tuple[re.Match[str], int]]:
    """Where a pattern of words stands in a folded text, each with its grade: WHOLE or PART; of its first `most` places."""
    for found in islice(pattern.finditer(text), most):
        grade = WHOLE if len(found[0]) > SHORT else grade_of(text, found.start(), found.end())
        if grade and found[0]:
            yield found, grade


def grade_of(text: str, start: int, end: int) -> int:
    """WHOLE for a word of a text or several; PART for a part of a compound, or a piece of what no word list knows; else 0."""
    if not "\u0e01" <= text[start] <= "\u0e4e":
        return WHOLE
    before = _THAI_BEFORE.search(text[max(0, start - AROUND) : start])
    after = _THAI_AFTER.match(text, end, end + AROUND)
    return grade_within(before[0] if before else "", text[start:end], after[0] if after else "")


@lru_cache(maxsize=100_000)
def grade_within(head: str, piece: str, tail: str) -> int:
    """The grade of a piece of a Thai run, with what stands before and behind it."""
    at = -len(head)
    for word in words(f"{head}{piece}{tail}"):
        if at <= 0 < at + len(word):
            if at == 0 and len(piece) >= len(word):
                return WHOLE
            return PART if may_be_part(piece, word) else 0
        at += len(word)
    return PART


def may_be_part(piece: str, word: str) -> bool:
    """Whether a piece of a word counts as a part of it.

    Not when it names a province, some of which are verbs (แพร่ in เผยแพร่, ตาก in กล้วยตาก); and two letters only where the
    word is made of them or begins with them (ใบชา, but not ประชาคม).
    """
    if find_province(piece) is not None:
        return False
    if not is_word(word):
        return True
    return piece in (subwords(word) if len(piece) > 2 or word.startswith(piece) else filling_parts(word))
