"""Thai text as people meant it: the steps of thai.md §8, each a named rule, and cuts that never part a mark from its letter.

`clean` is the form that is kept for typing and showing, `fold` the one for matching and search. Neither changes misordered
marks that a PDF left behind: those are only detected. Unicode's NFKC is never used, it breaks U+0E33 apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
BLANKS = "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000\t\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029"
TONES = "\u0e48-\u0e4b"
ABOVE = "\u0e31\u0e34-\u0e37\u0e47\u0e4d"  # vowels and signs above the line
BELOW = "\u0e38-\u0e3a"

_DROP = str.maketrans(dict.fromkeys(ZERO_WIDTH))
_TO_BLANK = str.maketrans(dict.fromkeys(BLANKS, " "))
_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_RUN = re.compile(" {2,}")
_AM_VOWEL_FIRST = re.compile(f"\u0e4d([{TONES}]?)\u0e32")
_AM_TONE_FIRST = re.compile(f"([{TONES}])\u0e4d\u0e32")
_TONE_LATE = re.compile(f"([{TONES}]+)([{ABOVE}{BELOW}]+)(?!\u0e32)")
_AM_BEFORE_TONE = re.compile(f"\u0e33([{TONES}])")
_DOUBLED_TONE = re.compile(f"([{TONES}])[{TONES}]+")
_MISORDERED = re.compile(
    f"[\u0e31\u0e34-\u0e37\u0e47][{TONES}]?[\u0e38-\u0e3a]|[\u0e38-\u0e3a][{TONES}]?[\u0e31\u0e34-\u0e37]|\u0e33\u0e32|[\u0e40-\u0e44][\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]"
)
_MARK = re.compile("[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0300-\u036f]")
_JOINER = "\x1f"


@dataclass(frozen=True, slots=True)
class Rule:
    """One step of cleaning. `needed` is a fast test over a text or a whole joined column; `apply` does it to one text."""

    name: str
    needed: Callable[[str], bool]
    apply: Callable[[str], str]


def _has_any(characters: str) -> Callable[[str], bool]:
    return lambda text: any(character in text for character in characters)


def _needs_blanks(text: str) -> bool:
    return (
        "  " in text
        or text[:1] == " "
        or text[-1:] == " "
        or " \x1f" in text
        or "\x1f " in text
        or any(character in text for character in (BLANKS if not text.isascii() else "\t\r\n\v\f\x1c\x1d\x1e"))
    )


def _blanks(text: str) -> str:
    return _RUN.sub(" ", text.translate(_TO_BLANK)).strip(" ")


def _sara_am(text: str) -> str:
    return _AM_TONE_FIRST.sub("\\1\u0e33", _AM_VOWEL_FIRST.sub("\\1\u0e33", text))


def _tone_order(text: str) -> str:
    return _AM_BEFORE_TONE.sub("\\1\u0e33", _TONE_LATE.sub("\\2\\1", text))


RULES: tuple[Rule, ...] = (
    Rule("zero-width", _has_any(ZERO_WIDTH), lambda text: text.translate(_DROP)),
    Rule("whitespace", _needs_blanks, _blanks),
    Rule(
        "sara-am",
        lambda text: "\u0e4d" in text and bool(_AM_VOWEL_FIRST.search(text) or _AM_TONE_FIRST.search(text)),
        _sara_am,
    ),
    Rule("sara-e", lambda text: "\u0e40\u0e40" in text, lambda text: text.replace("\u0e40\u0e40", "\u0e41")),
    Rule("tone-order", lambda text: bool(_TONE_LATE.search(text) or _AM_BEFORE_TONE.search(text)), _tone_order),
)
_NOT_ASCII = RULES[2:]


def needs_cleaning(joined: str) -> bool:
    """Whether `clean` would change any of the texts that were joined by U+001F (or the one text). One fast pass."""
    return bool(needed_rules(joined))


def needed_rules(joined: str) -> tuple[Rule, ...]:
    """The rules that a whole column, joined by U+001F, has need of; the others need not be tried on its cells."""
    if joined.isascii():
        return (RULES[1],) if _needs_blanks(joined) else ()
    return tuple(rule for rule in RULES if rule.needed(joined))


def clean(text: str) -> str:
    """Return the text for typing and showing: no zero-width signs, plain blanks, composed sara am, marks in order.

    Digits stay as they are. Idempotent.
    """
    if text.isascii():
        return _blanks(text) if _needs_blanks(text) else text
    for _ in range(
        3
    ):  # a rule may make work for an earlier one, for instance a dropped sign that stood between two marks
        before = text
        for rule in RULES:
            if rule.needed(text):
                text = rule.apply(text)
        if text == before:
            break
    return text


def fold(text: str) -> str:
    """Return the text for matching and search: clean, doubled tone marks as one, ๐-๙ as 0-9, lower case. Idempotent."""
    if text.isascii():
        return clean(text).lower()
    folded = clean(_DOUBLED_TONE.sub("\\1", clean(text)))
    return clean(_DOUBLED_TONE.sub("\\1", folded.translate(_DIGITS).casefold()))


def fold_digits(text: str) -> str:
    """Return the text with ๐-๙ as 0-9."""
    return text if text.isascii() else text.translate(_DIGITS)


def has_thai_digits(text: str) -> bool:
    """Whether any of ๐-๙ stands in it."""
    return not text.isascii() and any("๐" <= character <= "๙" for character in text)


def has_misordered_marks(text: str) -> bool:
    """Whether marks stand in an order that nobody types: the sign of text taken out of a PDF (thai.md §7)."""
    return not text.isascii() and _MISORDERED.search(text) is not None


def graphemes(text: str) -> list[str]:
    """Return the letters of a text, each with its marks above and below."""
    parts: list[str] = []
    for character in text:
        if parts and _MARK.match(character):
            parts[-1] += character
        else:
            parts.append(character)
    return parts


def shorten(text: str, most: int) -> str:
    """Return at most `most` characters, cut before a letter and never before its mark, with … where something went."""
    if len(text) <= most:
        return text
    end = max(0, most - 1)
    while end > 0 and _MARK.match(text[end]):
        end -= 1
    return text[:end].rstrip() + "…"


def thai_share(text: str) -> float:
    """The share of Thai letters among all that are not blanks; 0.0 for an empty text."""
    letters = [character for character in text if not character.isspace()]
    return sum("\u0e01" <= character <= "\u0e5b" for character in letters) / len(letters) if letters else 0.0
