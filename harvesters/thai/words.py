"""Cuts Thai text into words: longest match over a bundled word list, never between a letter and its marks.

For search finer cutting serves better than right cutting, so compounds also give their parts (`subwords`). What no word
list knows stays together as one piece.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from harvesters import bundled
from harvesters.thai.text import fold

LONGEST = 24  # letters of the longest word tried
_RUN = re.compile(
    r"[\u0e01-\u0e3a\u0e40-\u0e4e]+|[a-z\u00c0-\u024f]+(?:['’][a-z]+)?|[0-9]+(?:[.,][0-9]+)*", re.IGNORECASE
)
# A Thai character cluster: what a cut may never part (after Theeramunkong and others, "Character cluster based Thai
# information retrieval", 2000; simplified: leading vowel, consonant, marks, following vowel).
_CLUSTER = re.compile(
    "[\u0e40-\u0e44]?[\u0e01-\u0e2e](?:[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e])*[\u0e30\u0e32\u0e33\u0e45]?|."
)
_THAI = re.compile("[\u0e01-\u0e4e]")
SHORTEST_PART = 2  # letters of a compound's part worth finding


@cache
def _dictionary() -> frozenset[str]:
    folder = bundled.datasets_folder() / "glossary" / "words"
    listed: set[str] = set()
    for name in ("words_th.txt", "words_extra.txt"):
        listed.update(fold(line) for line in (folder / name).read_text(encoding="utf-8").splitlines())
    for row in bundled.read_table("provinces"):
        listed.add(fold(row["name_th"]))
    return frozenset(word for word in listed if word and " " not in word and len(word) > 1)


@cache
def _lengths() -> dict[str, tuple[int, ...]]:
    """The lengths that words beginning with two given letters have, longest first: few tries per place."""
    lengths: dict[str, set[int]] = {}
    for word in _dictionary():
        if len(word) <= LONGEST:
            lengths.setdefault(word[:2], set()).add(len(word))
    return {head: tuple(sorted(found, reverse=True)) for head, found in lengths.items()}


def runs(text: str) -> list[str]:
    """Return the runs of one script (Thai, Latin, digits) in a text, without what stands between them."""
    return _RUN.findall(text)


def words(text: str) -> list[str]:
    """Return the words of a text in their order: Thai by the word list, Latin words and numbers as they stand."""
    found: list[str] = []
    for run in _RUN.findall(text):
        if _THAI.match(run):
            found += _cut(run)
        else:
            found.append(run)
    return found


@lru_cache(maxsize=50_000)
def _cut(run: str) -> tuple[str, ...]:
    """Longest match from left to right; clusters that begin no word are joined to one unknown piece."""
    known, lengths = _dictionary(), _lengths()
    borders = _borders(run)
    pieces: list[str] = []
    unknown, at = 0, 0
    while at < len(run):
        length = next(
            (n for n in lengths.get(run[at : at + 2], ()) if at + n in borders and run[at : at + n] in known), 0
        )
        if length:
            if unknown < at:
                pieces.append(run[unknown:at])
            pieces.append(run[at : at + length])
            at += length
            unknown = at
        else:
            at = min(border for border in borders if border > at)
    if unknown < len(run):
        pieces.append(run[unknown:])
    return tuple(pieces)


def _borders(run: str) -> frozenset[int]:
    """The places where a cut may be made."""
    return frozenset(match.end() for match in _CLUSTER.finditer(run))


@lru_cache(maxsize=50_000)
def subwords(word: str) -> tuple[str, ...]:
    """Return the parts of a compound that are words themselves and fill it: ผ้าไหม → ผ้า, ไหม. () for a simple word."""
    if len(word) < 2 * SHORTEST_PART or not _THAI.match(word):
        return ()
    parts = _fill(word)
    return tuple(part for part in parts if len(part) >= SHORTEST_PART) if len(parts) > 1 else ()


def _fill(word: str) -> tuple[str, ...]:
    """The fewest known words, shorter than the whole, that fill it; () when none do."""
    known, borders = _dictionary(), sorted(_borders(word))
    best: dict[int, tuple[str, ...]] = {0: ()}
    for end in borders:
        for start in list(best):
            piece = word[start:end]
            if start < end and piece != word and len(piece) >= SHORTEST_PART and piece in known:
                made = (*best[start], piece)
                if end not in best or len(made) < len(best[end]):
                    best[end] = made
    return best.get(len(word), ())
