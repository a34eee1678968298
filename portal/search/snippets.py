"""Marks what was asked for in a text, and cuts a piece of the text around it. Never splits a Thai vowel from its letter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from harvesters.thai.text import clean, fold, shorten

LENGTH = 180  # characters of a snippet
BEFORE = 40
MARKDOWN = re.compile(r"[*_`#>|\[\]]+|\(https?://[^)]*\)")


def mark(text: str, wanted: Sequence[str]) -> str:
    """Return `text` as escaped HTML with `<mark>` around each place where one of the folded `wanted` stands."""
    pieces, at = [], 0
    for start, end in places(text, wanted):
        pieces += [escape(text[at:start], quote=False), "<mark>", escape(text[start:end], quote=False), "</mark>"]
        at = end
    return "".join([*pieces, escape(text[at:], quote=False)])


def places(text: str, wanted: Sequence[str]) -> list[tuple[int, int]]:
    """Where the wanted texts stand, longest first, not overlapping. Only in texts whose folding keeps their length."""
    folded = fold(text)
    if len(folded) != len(text):
        return []
    taken: list[tuple[int, int]] = []
    for piece in sorted({piece for piece in wanted if piece}, key=len, reverse=True):
        at = folded.find(piece)
        while at >= 0:
            span = (at, at + len(piece))
            if all(span[1] <= start or span[0] >= end for start, end in taken):
                taken.append(span)
            at = folded.find(piece, at + len(piece))
    return sorted(taken)


def snippet(text: str, wanted: Sequence[str]) -> tuple[str, str]:
    """Return (plain, marked HTML) of at most LENGTH characters around the first place of `wanted`, else of the beginning."""
    plain = clean(MARKDOWN.sub(" ", text))
    found = places(plain, wanted)
    start = max(0, found[0][0] - BEFORE) if found else 0
    if start:
        blank = plain.find(" ", start, start + BEFORE)
        start = blank + 1 if blank >= 0 else start
    piece = shorten(plain[start:], LENGTH)
    if start:
        piece = "…" + piece.lstrip("ัิีึืฺุู็่้๊๋์ํ๎ะาำๅ")
    return piece, mark(piece, wanted)
