"""Personal names behind a title ("นายสมมติ ตัวอย่าง"), and what only looks like one. All functions take folded text.

Titles and false friends are data (`words.py`, datasets/reference/personal/false_friends.csv); how a name is built is here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from harvesters.checks.personal import words
from harvesters.checks.personal.fold import SEPARATOR
from harvesters.checks.personal.spans import Span
from harvesters.checks.personal.tries import trie
from harvesters.thai.text import fold

LONGEST_FRIEND = 24  # letters; the list's test holds it to this
_THAI = "\u0e01-\u0e3a\u0e40-\u0e4e"
_LEAD = (
    "ก-ฮเ-ไ"  # a word begins with a consonant or one of the vowels written before it: so นายูง and นางาม are no titles
)
_WORD = rf"(?:[{_LEAD}][{_THAI}]{{1,29}}|[A-Z][A-Za-z'’\-]{{1,29}})"
_NICK = r"(?:\([^()]{1,20}\) ?)?"

# Full words may stand right behind other words ("ประธานนายสมมติ ตัวอย่าง"); short forms need a border before them.
_OPEN = trie(((title, "") for title in words.OPEN_TITLES), gap_after_dot=True)
_CLOSED = trie(((title, "") for title in words.CLOSED_TITLES), gap_after_dot=True)
_TITLE = rf"(?:(?:{_OPEN}|(?<![{_THAI}A-Za-z.])(?:{_CLOSED}))[ .]{{0,3}})"
_MORE = rf"(?:(?:{_OPEN}|{_CLOSED})[ .]{{0,3}}){{0,3}}"
_FULL = re.compile(rf"{_TITLE}{_MORE}({_WORD}) {{1,4}}{_NICK}((?:ณ )?{_WORD})")
_START = re.compile(rf"[ \"'(\[\-•*0-9.)]{{0,8}}({_TITLE}{_MORE}({_WORD})(?: {{1,4}}{_WORD})?)")
_ENGLISH = re.compile(
    r"(?<![A-Za-z])(?:(?:Mr|Mrs|Ms|Miss|Dr|Prof|Asst\.? ?Prof|Assoc\.? ?Prof)(?:\. ?| )|(?:MR|MRS|MS|DR|PROF)\. ?|MISS )+"
    r"([A-Z][A-Za-z'’\-]+) +(?:[A-Z]\.? +)?([A-Z][A-Za-z'’\-]+)"
)
_FRIENDS = re.compile(trie(words.friends(_THAI)))
_BEFORE = re.compile(rf"(?:{'|'.join(words.named_after())}) ?$")
_STOP = re.compile(rf"(?:{'|'.join(words.stops())})")
_STOP_SURNAME = re.compile(rf"(?:{'|'.join(words.brand_stops())})|(?:{'|'.join(words.whole_stops())})(?![{_THAI}])")
_INTRODUCED = re.compile(rf"(?:{'|'.join(words.INTRODUCERS)})$")
_TITLES_BEFORE = re.compile(
    rf"^(?:\s*(?:{_OPEN}|{_CLOSED}|(?:mr|mrs|ms|miss|dr|prof|khun|asst|assoc)(?![a-z]))[ .]{{0,3}})+"
)
_WORDS = re.compile(f"[{_THAI}\u0e47-\u0e4ea-z0-9]+")
_IS_THAI = re.compile(f"[{_THAI}]")
_ENGLISH_STEM = re.compile("M[rRsSiI]|D[rR]|P[rR][oO]|As")
_STEM = trie(((stem, "") for stem in words.title_stems()), gap_after_dot=True)
_STEM_BEFORE_WORDS = re.compile(rf"(?:{_STEM})(?=[^ {SEPARATOR}]{{0,60}} {{1,4}}[({_LEAD}A-Z])")
_STEM_AT_START = re.compile(rf"({SEPARATOR}[ \"'(\[\-•*0-9.)]{{0,8}})(?:{_STEM})")


def places_of_names(text: str) -> Iterator[int]:
    """Give where a (joined) text holds a titled name, or a cell begins with a title."""
    if not text.isascii():
        for stem in _STEM_BEFORE_WORDS.finditer(text):
            match = _FULL.match(text, stem.start())
            if match is not None and _is_person(text, match):
                yield stem.start()
        for stem in _STEM_AT_START.finditer(SEPARATOR + text):
            if not _is_friend(text, stem.end(1) - 1):
                yield stem.end(1) - 1
    if "M" in text or "D" in text or "P" in text or "As" in text:
        for stem in _ENGLISH_STEM.finditer(text):
            if _ENGLISH.match(text, stem.start()):
                yield stem.start()


def names(text: str) -> Iterator[Span]:
    """Give every title with the two words of a name behind it."""
    position = 0
    while match := _FULL.search(text, position):
        if _is_person(text, match):
            yield Span(match.start(), match.end(), "name")
            position = match.end()
        else:
            position = match.start() + 1
    for match in _ENGLISH.finditer(text):
        if f"{match.group(1)} {match.group(2)}".casefold() not in words.english_friends():
            yield Span(match.start(), match.end(), "name")


def titled_start(text: str) -> Span | None:
    """Return the title and the word or two behind it when `text` begins with them: one cell of a column of people."""
    match = _START.match(text)
    if match is None or _is_friend(text, match.start(1)) or _STOP.match(match.group(2)):
        return None
    return Span(match.start(1), match.end(1), "name")


def _is_friend(text: str, start: int) -> bool:
    """Whether the title at `start` is part of a false friend: looked for no further than a word around it."""
    window = _FRIENDS.finditer(text, max(0, start - LONGEST_FRIEND), start + LONGEST_FRIEND)
    return any(found.start() <= start < found.end() for found in window)


def _is_person(text: str, match: re.Match[str]) -> bool:
    start = match.start()
    if _STOP.match(match.group(1)) or _STOP.match(match.group(2)) or _STOP_SURNAME.match(match.group(2)):
        return False  # "นางสมมติ โทร 08…", "คุณอ้อย หมี่กรอบ"
    if _is_friend(text, start):
        return False
    before = text[max(0, start - LONGEST_FRIEND) : start]
    if before and _BEFORE.search(before):
        return False
    if before and match.group().startswith("คุณ") and _IS_THAI.match(before[-1]):
        return _INTRODUCED.search(before) is not None  # คุณ is inside of very many words
    return True


def same_person(one: str, other: str) -> bool:
    """Whether two written names may be one person's: titles, signs, case and a missing surname aside.

    Doubt counts as yes: it is asked where two people must have agreed.
    """
    first, second = _name_words(one), _name_words(other)
    return first <= second or second <= first


def _name_words(name: str) -> frozenset[str]:
    """The words of a name without its titles. A name that is a title alone has none, so it is anybody's."""
    bare = _TITLES_BEFORE.sub("", fold(name))
    return frozenset(_WORDS.findall(bare))
