"""Cuts Thai text into words: longest match over a bundled word list, never between a letter and its marks.

For search finer cutting serves better than right cutting, so compounds also give their parts (`subwords`). What no word
list knows stays together as one piece. Texts are expected folded (`text.fold`), as the word list is.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache

from harvesters.thai.remembered import Remembered
from harvesters.thai.wordlist import THAI_RUN, word_list

_REMEMBERED = 120  # letters of a run that is worth remembering
_AHEAD = 5  # letters that are looked at together
_LONGEST_RUN = 2_000  # letters; what is longer without a blank is cut into such pieces first
_RUN = re.compile(
    f"{THAI_RUN}|[0-9]+(?:[.,][0-9]+)*|\u0e46|[^\\W\\d_\u0e01-\u0e4e](?:[^\\W\\d_\u0e01-\u0e4e]|[\u0300-\u036f]|['’](?=[a-z]))*",
    re.IGNORECASE,
)
_ALL_THAI = re.compile(THAI_RUN)
_FIRST_THAI, _BEHIND_THAI, _REPEAT = "\u0e01", "\u0e4f", "\u0e46"
# A Thai character cluster: what a cut may never part (after Theeramunkong and others, "Character cluster based Thai
# information retrieval", 2000; simplified: leading vowel, consonant, marks, the consonant that ั and ื ask for, vowel
# behind, silenced consonant).
_CLUSTER = re.compile(
    "[\u0e40-\u0e44]?[\u0e01-\u0e2e][\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]*(?:(?<=\u0e31)[\u0e01-\u0e2e]|(?<=\u0e31[\u0e48-\u0e4b])[\u0e01-\u0e2e])?[\u0e30\u0e32\u0e33\u0e45]?"
    "(?:[\u0e01-\u0e2e][\u0e34\u0e38]?\u0e4c)*|."
)
_BEHIND = frozenset(
    "\u0e30\u0e31\u0e32\u0e33\u0e34\u0e35\u0e36\u0e37\u0e38\u0e39\u0e3a\u0e45\u0e47\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e4d\u0e4e\u0e2f"
)
_SILENCED = re.compile("[\u0e01-\u0e2e][\u0e34\u0e38]?\u0e4c")
_NOWHERE: frozenset[int] = frozenset()
_LONE = re.compile("[\u0e01-\u0e2e][\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]*")
_SHORT = 4  # letters of a neighbour that a lone cluster most likely belongs to
_SHORTEST_PART = 2  # letters of a compound's part


def runs(text: str) -> list[str]:
    """Return the runs of one script (Thai, other letters, digits) in a text, without what stands between them."""
    return _RUN.findall(text)


def words(text: str) -> list[str]:
    """Return the words of a folded text in their order: Thai by the word list, other words and numbers as they stand."""
    found: list[str] = []
    for run in _RUN.findall(text):
        if _FIRST_THAI <= run < _BEHIND_THAI and run != _REPEAT:
            found += _cut(run)
        else:
            found.append(run)
    return found


def is_word(text: str) -> bool:
    """Whether a folded text is one word of the bundled lists."""
    return text in word_list().known


def wrap_points(text: str) -> list[int]:
    """Return the places of a text, counted in characters, where a line may be broken between two Thai words."""
    points: list[int] = []
    for run in _ALL_THAI.finditer(text):
        at = run.start()
        for piece in _cut(run[0])[:-1]:
            at += len(piece)
            points.append(at)
    return points


def _cut(run: str) -> tuple[str, ...]:
    if len(run) <= _REMEMBERED:
        return _CUT[run]
    return tuple(piece for part in _parts(run) for piece in _cut_part(part))


def _parts(run: str) -> Iterator[str]:
    """The run itself, or pieces of it that the tables of a cut have room for."""
    while len(run) > _LONGEST_RUN:
        silenced = _silenced(run)
        end = next((at for at in range(_LONGEST_RUN - 1, 0, -1) if _is_open(run, silenced, at)), _LONGEST_RUN)
        yield run[:end]
        run = run[end:]
    yield run


def _cut_part(run: str) -> tuple[str, ...]:
    """Longest match from left to right; where that leaves pieces that nobody knows, the cut that leaves the fewest."""
    silenced = _silenced(run)
    pieces, unknown = _longest(run, silenced)
    if not unknown:
        return tuple(pieces)
    finer, left = _fewest_unknown(run, silenced)
    return _joined(finer if left < unknown else pieces)


_CUT = Remembered(_cut_part, 50_000)


def _silenced(run: str) -> frozenset[int]:
    """Where the silenced consonants of a run begin: it is not cut before them."""
    return frozenset([match.start() for match in _SILENCED.finditer(run)]) if "\u0e4c" in run else _NOWHERE


def _is_open(run: str, silenced: frozenset[int], at: int) -> bool:
    """Whether a run may be cut at a place behind its first letter."""
    return at == len(run) or (run[at] not in _BEHIND and at not in silenced)


def _after_cluster(run: str, at: int) -> int:
    """The end of the cluster that begins at this place."""
    match = _CLUSTER.match(run, at)
    return match.end() if match else at + 1


def _lengths_of(ahead: str) -> tuple[int, ...]:
    """The lengths of the words that a run may go on with, longest first, by its next letters: _AHEAD, or all that are left.

    Shorter ones than _AHEAD are words for certain, and the run may be cut there unless it is silenced there; of longer ones
    it says no more than that some word of this length begins so.
    """
    known, ordered, _ = word_list()
    found = [
        length
        for length in range(len(ahead), 1, -1)
        if ahead[:length] in known and (length == len(ahead) or ahead[length] not in _BEHIND)
    ]
    if len(ahead) < _AHEAD:
        return tuple(found)
    first = bisect_left(ordered, ahead)
    longer = {len(word) for word in ordered[first : bisect_left(ordered, ahead + "\uffff", first)]}
    return tuple(sorted({*longer, *found}, reverse=True))


_LENGTHS = Remembered(_lengths_of, 50_000)  # a table of all would take every child process that cuts a text too long


def _longest(run: str, silenced: frozenset[int]) -> tuple[list[str], int]:
    """The pieces of the longest match, and how many letters belong to no known word."""
    known, behind, lengths = word_list().known, _BEHIND, _LENGTHS
    pieces: list[str] = []
    left, unknown, at, end = 0, 0, 0, len(run)
    while at < end:
        for length in lengths[run[at : at + _AHEAD]]:
            to = at + length  # _is_open, written out: all that is indexed comes through here
            if to not in silenced and (
                length < _AHEAD or (to <= end and (to == end or run[to] not in behind) and run[at:to] in known)
            ):
                if unknown < at:
                    pieces.append(run[unknown:at])
                    left += at - unknown
                pieces.append(run[at:to])
                at = unknown = to
                break
        else:
            at = _after_cluster(run, at)
    if unknown < end:
        pieces.append(run[unknown:])
        left += end - unknown
    return pieces, left


def _fewest_unknown(run: str, silenced: frozenset[int]) -> tuple[list[str], int]:
    """Of all cuts that of the fewest unknown letters, and of those the one of the fewest pieces; and how many those letters are."""
    known = word_list().known
    end = len(run)
    best: dict[int, tuple[int, int, int]] = {0: (0, 0, 0)}  # place → unknown letters, pieces, place before
    for at in range(end):
        if at not in best:
            continue
        unknown, pieces, _at = best[at]
        after = _after_cluster(run, at)
        steps = [(after, unknown + after - at)]
        for length in _LENGTHS[run[at : at + _AHEAD]]:
            to = at + length
            if to <= end and run[at:to] in known and _is_open(run, silenced, to):
                steps.append((to, unknown))
        for place, cost in steps:
            if place not in best or (cost, pieces + 1) < best[place][:2]:
                best[place] = (cost, pieces + 1, at)
    ends, at = [], end
    while at:
        ends.append(at)
        at = best[at][2]
    ends.reverse()
    return [run[start:end] for start, end in zip([0, *ends], ends, strict=False)], best[end][0]


def _joined(pieces: list[str]) -> tuple[str, ...]:
    """The pieces, unknown neighbours joined, and lone clusters joined to the shorter of their neighbours: no letter is a word."""
    known = word_list().known
    joined: list[str] = []
    open_end = False  # whether the last piece takes more letters
    for piece in pieces:
        unknown = piece not in known
        if joined and (
            (unknown and open_end) or (_is_lone(joined[-1]) and len(piece) <= _SHORT and joined[-1] not in known)
        ):
            joined[-1] += piece
        elif joined and unknown and _is_lone(piece) and len(joined[-1]) <= _SHORT:
            joined[-1] += piece
            unknown = False
        else:
            joined.append(piece)
        open_end = unknown
    return tuple(joined)


def _is_lone(piece: str) -> bool:
    """Whether it is one consonant with nothing but marks: a syllable at most, mostly the rest of a word spelt wrongly."""
    return _LONE.fullmatch(piece) is not None


@lru_cache(maxsize=50_000)
def subwords(word: str) -> tuple[str, ...]:
    """Return the parts of a compound that are words themselves and fill it, and their parts: ผ้าไหม → ผ้า, ไหม.

    () for a simple word and for names of provinces and districts.
    """
    cuts = word_list()
    if len(word) < 2 * _SHORTEST_PART or len(word) > _REMEMBERED or word in cuts.names or not _ALL_THAI.fullmatch(word):
        return ()
    parts = _fill(word, cuts.known)
    if len(parts) < 2:
        return ()
    return tuple(dict.fromkeys([*parts, *(finer for part in parts for finer in subwords(part))]))


def _fill(word: str, known: frozenset[str]) -> tuple[str, ...]:
    """The fewest known words, shorter than the whole, that fill it; of equals the shortest first (การ|ท่องเที่ยว); else ()."""
    silenced = _silenced(word)
    best: dict[int, tuple[str, ...]] = {0: ()}
    for start in range(len(word)):
        if start not in best:
            continue
        for end in range(start + _SHORTEST_PART, len(word) + 1):
            piece = word[start:end]
            if piece in known and piece != word and _is_open(word, silenced, end):
                made = (*best[start], piece)
                if end not in best or len(made) < len(best[end]):
                    best[end] = made
    return best.get(len(word), ())
