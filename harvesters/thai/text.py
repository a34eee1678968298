"""Thai text as people meant it: the steps of thai.md §8, each a named rule, and cuts that never part a mark from its letter.

`clean` is the form that is kept for typing and showing, `fold` the one for matching and search. Neither changes misordered
marks that a PDF left behind: those are only detected. Unicode's NFKC is never used, it breaks U+0E33 apart.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

JOINER = "\x1f"  # stands between the cells of a joined column
# Signs without width: joiners, byte order marks, soft hyphens, and the direction marks that telephones put around numbers.
ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
BLANKS = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029"
TONES = "\u0e48-\u0e4b"
_LATE = "\u0e48-\u0e4c"  # tone marks and thanthakhat: typed behind the vowel of their letter
_VOWELS = "\u0e31\u0e34-\u0e3a\u0e47"  # vowels above and below the line, without nikhahit: it is half of a sara am
_MARKS = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"

_DROP = str.maketrans(dict.fromkeys(ZERO_WIDTH))
_TO_BLANK = str.maketrans(dict.fromkeys(BLANKS, " "))
_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_ZERO_WIDTH = re.compile(f"[{ZERO_WIDTH}]")
_BLANK = re.compile(f"[{BLANKS}]")
_RUN = re.compile(" {2,}")
_SPLIT_AM = re.compile(f"\u0e4d([{_LATE}]*)\u0e32")
_STACK = re.compile(f"[{_VOWELS}{_LATE}]{{2,}}")
_LATE_MARK = re.compile(f"[{_LATE}]")
_NOT_LATE = re.compile(f"[{_VOWELS}]")
_AM_FIRST = re.compile(f"\u0e33([{TONES}]+)")
_TONE_FIRST = re.compile(f"[{_LATE}][{_VOWELS}]")
_ORDER_SUSPECT = re.compile(f"[\u0e33{_LATE}][{_VOWELS}{_LATE}]")  # all that the order rule or `fold` may have to mend
_DOUBLED_TONE = re.compile(f"([{TONES}])[{TONES}]+")
_THAI_DIGIT = re.compile("[๐-๙]")
_UNFOLDED = re.compile("[^ -@\\[-~\u0e01-\u0e4e]")  # capitals, Thai digits, other scripts
_MISORDERED = re.compile(
    f"[\u0e31\u0e34-\u0e37\u0e47][{TONES}]?[\u0e38-\u0e3a]|[\u0e38-\u0e3a][{TONES}]?[\u0e31\u0e34-\u0e37]|\u0e33\u0e32|[\u0e40-\u0e44][{_MARKS}]"
)
# What belongs to the letter before it (sara am carries a mark above that letter; variation signs and accents likewise).
_JOINED = f"{_MARKS}\u0e33\u0300-\u036f\ufe0e\ufe0f"
_GRAPHEME = re.compile(f".[{_JOINED}]*", re.DOTALL)
_JOINED_ONE = re.compile(f"[{_JOINED}]")
_LEADING = frozenset("เแโใไ")


@dataclass(frozen=True, slots=True)
class Rule:
    """One step of cleaning. `needed` is a fast test over a text or a whole joined column; `apply` does it to one text.

    Applied in the order of `RULES`, each once, they leave nothing to do: every rule's test is false afterwards.
    """

    name: str
    needed: Callable[[str], bool]
    apply: Callable[[str], str]


def _has_zero_width(text: str) -> bool:
    return not text.isprintable() and _ZERO_WIDTH.search(text) is not None


def _needs_blanks(text: str) -> bool:
    """Whether a text, or one of the cells of a joined column, has outer or doubled blanks or other blanks than U+0020."""
    if "  " in text or text.startswith(" ") or text.endswith(" "):
        return True
    if text.isprintable():  # false for every sign of BLANKS, and for the joiner
        return False
    return _BLANK.search(text) is not None or " \x1f" in text or "\x1f " in text


def _blanks(text: str) -> str:
    return _RUN.sub(" ", text.translate(_TO_BLANK)).strip(" ")


def _needs_sara_am(text: str) -> bool:
    return "\u0e4d" in text and _SPLIT_AM.search(text) is not None


def _sara_am(text: str) -> str:
    return _SPLIT_AM.sub("\\1\u0e33", text)


def _needs_order(text: str) -> bool:
    if text.isascii() or not _ORDER_SUSPECT.search(text):
        return False
    return _TONE_FIRST.search(text) is not None or _AM_FIRST.search(text) is not None


def _vowels_first(stack: re.Match[str]) -> str:
    """Keeps the order among vowels and among tone marks: two vowels in the wrong order are a PDF's damage, not ours to mend."""
    return _LATE_MARK.sub("", stack[0]) + _NOT_LATE.sub("", stack[0])


def _order(text: str) -> str:
    return _AM_FIRST.sub("\\1\u0e33", _STACK.sub(_vowels_first, text))


RULES: tuple[Rule, ...] = (
    Rule("zero-width", _has_zero_width, lambda text: text.translate(_DROP)),
    Rule("whitespace", _needs_blanks, _blanks),
    Rule("sara-am", _needs_sara_am, _sara_am),
    Rule("sara-e", lambda text: "\u0e40\u0e40" in text, lambda text: text.replace("\u0e40\u0e40", "\u0e41")),
    Rule("tone-order", _needs_order, _order),
)


def needs_cleaning(joined: str) -> bool:
    """Whether `clean` would change any of the texts that were joined by U+001F (or the one text). One fast pass."""
    return any(rule.needed(joined) for rule in RULES)


def needed_rules(joined: str) -> tuple[Rule, ...]:
    """The rules that a whole column, joined by U+001F, has need of; the others need not be tried on its cells."""
    return tuple(rule for rule in RULES if rule.needed(joined))


def _is_clean(text: str) -> bool:
    """A quick look at one text. False may be a false alarm, True never is."""
    if not text.isprintable() or "  " in text or text.startswith(" ") or text.endswith(" "):
        return False
    return text.isascii() or not ("\u0e4d" in text or "\u0e40\u0e40" in text or _ORDER_SUSPECT.search(text))


def clean(text: str) -> str:
    """Return the text for typing and showing: no zero-width signs, plain blanks, composed sara am, marks in order.

    Digits stay as they are. Idempotent.
    """
    if _is_clean(text):
        return text
    for rule in RULES:
        if rule.needed(text):
            text = rule.apply(text)
    return text


def fold(text: str) -> str:
    """Return the text for matching and search: clean, doubled tone marks as one, ๐-๙ as 0-9, lower case. Idempotent."""
    if _is_clean(text):
        if text.isascii():
            return text.lower()
        if _UNFOLDED.search(text) is None:
            return text
    else:
        text = _DOUBLED_TONE.sub("\\1", clean(text))
    return unicodedata.normalize("NFC", text.translate(_DIGITS)).casefold()


def fold_digits(text: str) -> str:
    """Return the text with ๐-๙ as 0-9."""
    return text if text.isascii() else text.translate(_DIGITS)


def has_thai_digits(text: str) -> bool:
    """Whether any of ๐-๙ stands in it."""
    return not text.isascii() and _THAI_DIGIT.search(text) is not None


def has_misordered_marks(text: str) -> bool:
    """Whether marks stand in an order that nobody types: the sign of text taken out of a PDF (thai.md §7)."""
    return not text.isascii() and _MISORDERED.search(text) is not None


def graphemes(text: str) -> list[str]:
    """Return the letters of a text, each with its marks above and below; joined they are the text again."""
    return list(text) if text.isascii() else _GRAPHEME.findall(text)


def shorten(text: str, most: int) -> str:
    """Return at most `most` characters, cut between letters and never before a mark, with … where something went."""
    if len(text) <= most:
        return text
    end = max(0, most - 1)
    while end > 0 and (_JOINED_ONE.match(text[end]) or text[end - 1] in _LEADING):
        end -= 1
    return (text[:end].rstrip() + "…")[: max(0, most)]


def thai_share(text: str) -> float:
    """The share of Thai letters among all that are not blanks; 0.0 for an empty text."""
    letters = [character for character in text if not character.isspace()]
    return sum("\u0e01" <= character <= "\u0e5b" for character in letters) / len(letters) if letters else 0.0
