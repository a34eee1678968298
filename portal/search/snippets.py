"""Marks what was asked for in a text, and cuts a piece of the text around it. Never splits a Thai vowel from its letter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from html import escape

from harvesters.thai.text import clean, fold, graphemes, shorten
from harvesters.thai.words import wrap_points
from portal.search.matching import pattern_of, standing

LENGTH = 180  # characters of a snippet
BEFORE = 40
MOST_PLACES = 40  # of wanted words, looked at in one text: each short one costs a cut of the text around it
MOST_LETTERS = 20_000  # of a text in which a wanted word is looked for
_MARKUP = re.compile(r"\]\(https?://[^)\s]*\)|<[^<>]{1,200}>|[*_`#>|\[\]]+")


def mark(text: str, wanted: Sequence[str]) -> str:
    """Return `text` as escaped HTML with `<mark>` around each place where one of the folded words `wanted` stands."""
    pieces, at = [], 0
    for start, end in places(text, wanted):
        pieces += [escape(text[at:start], quote=False), "<mark>", escape(text[start:end], quote=False), "</mark>"]
        at = end
    return "".join([*pieces, escape(text[at:], quote=False)])


def places(text: str, wanted: Sequence[str]) -> list[tuple[int, int]]:
    """Where the wanted words stand in a text, in order; as parts of other words only where none stands by itself."""
    pattern = pattern_for(tuple(wanted))
    if pattern is None:
        return []
    folded, back = folded_with_places(text)
    found = list(standing(pattern, folded, MOST_PLACES))
    best: dict[str, int] = {}
    for one, grade in found:
        best[one[0]] = max(grade, best.get(one[0], 0))
    return [(back[one.start()], back[one.end()]) for one, grade in found if grade == best[one[0]]]


@lru_cache(maxsize=256)
def pattern_for(wanted: tuple[str, ...]) -> re.Pattern[str] | None:
    """One pattern for all wanted words."""
    words = sorted({word for word in wanted if word}, key=lambda word: (-len(word), word))
    return re.compile("|".join(pattern_of([word]) for word in words)) if words else None


def folded_with_places(text: str) -> tuple[str, Sequence[int]]:
    """A text folded, and for each place in it (its end too) the place in the text as it stands."""
    folded = fold(text)
    if len(folded) == len(text):
        return folded, range(len(text) + 1)
    pieces: list[str] = []
    back: list[int] = []
    at = 0
    for grapheme in graphemes(text):
        piece = fold(grapheme) or " " * grapheme.isspace()
        pieces.append(piece)
        back += [at] * len(piece)
        at += len(grapheme)
    return "".join(pieces), [*back, len(text)]


def snippet(texts: Sequence[str], wanted: Sequence[str]) -> tuple[str, str]:
    """Return (plain, marked HTML) of a piece of the first text that holds a wanted word, else of the first text's beginning.

    At most about LENGTH characters; `texts` may be Markdown, of which only the words stay.
    """
    for text in texts:
        plain = clean(_MARKUP.sub(" ", text[:MOST_LETTERS]))
        found = places(plain, wanted)
        if found:
            return cut(plain, found[0][0], wanted)
    return cut(clean(_MARKUP.sub(" ", texts[0][:MOST_LETTERS])), 0, wanted) if texts else ("", "")


def cut(text: str, place: int, wanted: Sequence[str]) -> tuple[str, str]:
    """The piece of a text around a place, beginning where a word begins."""
    start = beginning(text, place) if place > BEFORE else 0
    piece = ("…" if start else "") + shorten(text[start:], LENGTH)
    return piece, mark(piece, wanted)


def beginning(text: str, place: int) -> int:
    """Where to begin so that a reader sees some words before `place`: behind a blank, else between two words."""
    blank = text.find(" ", place - BEFORE, place)
    if blank >= 0:
        return blank + 1
    run = max(text.rfind(" ", 0, place), place - 4 * BEFORE)  # cutting begins here; words before it may be halves
    points = [run + point for point in wrap_points(text[run:place])]
    return next((point for point in points if point >= place - BEFORE), place)
