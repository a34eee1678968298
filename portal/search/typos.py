"""What a typed word may have been meant to be: the same keys on the other keyboard layout, or one mistake mended.

Judged by the words that the index holds (`known`), not by a list: only a word that holds something unknown to the index is read
otherwise, or one that was cut into more pieces than what it may mean (กล้วย|ตา|กก). One mistake: a letter too many, too few, another, or
two neighbours swapped; looked for in the word's pieces alone and joined with their neighbours, since a mistake makes the cut go wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from typing import NamedTuple

from harvesters.thai.layout import to_english, to_thai
from harvesters.thai.text import fold
from harvesters.thai.words import is_word, words
from portal.search.analysis import index_words, singular
from portal.search.glossary import synonyms

Known = Callable[[Iterable[str]], Set[str]]  # those of some words that the index holds

MOST_WORDS = 8  # of a text that is read otherwise
MOST_MENDED = 2  # of its words, the longest: each costs some hundredths of a second
MOST = 3  # readings of one word
SHORTEST, LONGEST = 4, 24  # letters that are mended
SHORTEST_LATIN = 5  # of a Latin word in which any mistake is mended; a shorter one may have two letters swapped
NEIGHBOURS = 4  # pieces that are joined
SHORT = 12  # letters of a piece in which every letter is tried at every place
LATIN = "abcdefghijklmnopqrstuvwxyz"
THAI = "กขคฆงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรลวศษสหฬอฮ" + "ะัาำิีึืุูเแโใไ็่้๊๋์"
LIKE = (
    "ใไ", "ศษส", "ณน", "ญย", "ฎดฏต", "ฐถ", "ฑทธฒ", "ภพผ", "ฟฝ", "รล", "ฬล", "คขฆ", "ชฌ", "ซส", "่้", "๊้", "ิี", "ึื", "ุู", "ะั", "เแ",
)  # fmt: skip
CONFUSED = {letter: "".join(group.replace(letter, "") for group in LIKE if letter in group) for letter in THAI}


class Mending(NamedTuple):
    """A word with one mistake mended. The lowest is the likeliest."""

    pieces: int  # that the whole word is then cut into
    rank: int  # how unlikely the mistake is
    joined: int  # pieces that were looked at together
    text: str


def readings(text: str, known: Known) -> list[str]:
    """What a text may have been meant to be, the likeliest first; [] when all of it is known, or nothing known is near."""
    typed = text.split()
    if len(typed) > MOST_WORDS or '"' in text:
        return []
    turned = {word: [other] for word in dict.fromkeys(typed) if (other := on_the_other_layout(word, known))}
    longest = sorted((word for word in dict.fromkeys(typed) if word not in turned), key=len, reverse=True)
    mended = {word: found for word in longest[:MOST_MENDED] if (found := meant(word, known))}
    others = {**turned, **mended}
    if not others:
        return []
    found = [" ".join(others[word][0] if word in others else word for word in typed)]
    for word, candidates in others.items():
        for candidate in candidates[1:]:
            found.append(" ".join(candidate if one == word else others.get(one, [one])[0] for one in typed))
    return list(dict.fromkeys(found))


def on_the_other_layout(word: str, known: Known) -> str | None:
    """What the same keys give on the other layout, when the index holds all of that, or the glossary knows it, and the index not what was typed."""
    typed = index_words(fold(word))
    if all(len(piece) > 1 for piece in typed) and typed and set(typed) <= known(typed):
        return None
    for other in (to_thai(word), to_english(word)):
        cut = index_words(fold(other))
        if (
            other != word
            and any(len(piece) > 1 for piece in cut)
            and (set(cut) <= known(cut) or tuple(cut) in synonyms())
        ):
            return fold(other)
    return None


def meant(word: str, known: Known) -> list[str]:
    """What a word may have been meant to be, the likeliest first; [] when it is no mistake that can be told."""
    folded = fold(word)
    if len(folded) < SHORTEST:
        return []
    if set(folded) <= set(LATIN):
        found = list(latin_mendings(singular(folded), known))
    elif set(folded) <= set(THAI):
        found = list(thai_mendings(index_words(folded), known))
    else:
        return []
    return list(dict.fromkeys(one.text for one in sorted(found)))[:MOST]


def latin_mendings(word: str, known: Known) -> Iterator[Mending]:
    """A Latin word that neither the index nor the glossary knows, with one mistake mended."""
    if len(word) > LONGEST or (word,) in synonyms() or word in known([word]):
        return
    ranked = {variant: rank for rank, variant in variants(word, LATIN) if len(word) >= SHORTEST_LATIN or rank == 1}
    for variant in known(ranked):
        yield Mending(1, ranked[variant], 1, variant)


def thai_mendings(pieces: Sequence[str], known: Known) -> Iterator[Mending]:
    """A word cut into pieces, with one mistake mended in some neighbours, so that the index holds all of it."""
    present = known(pieces)
    odd = {at for at, piece in enumerate(pieces) if piece not in present}
    windows = [
        (first, behind)
        for first in range(len(pieces))
        for behind in range(first + 1, min(first + NEIGHBOURS, len(pieces)) + 1)
        if odd <= set(range(first, behind)) and (odd or behind - first > 1)
    ]
    for likely in (True, False):
        found = [one for first, behind in windows for one in mended_within(pieces, first, behind, known, likely)]
        if found:
            yield from found
            return


def mended_within(pieces: Sequence[str], first: int, behind: int, known: Known, likely: bool) -> Iterator[Mending]:
    """One mistake mended in the pieces from `first` to `behind`: a likely one, or any."""
    joined = "".join(pieces[first:behind])
    if not SHORTEST - 1 <= len(joined) <= LONGEST or (not likely and len(joined) > SHORT):
        return
    most = behind - first
    if all(is_word(piece) for piece in pieces[first:behind]):
        most -= 1  # what was typed makes sense: only what makes more sense is meant
    cut: dict[str, tuple[int, list[str]]] = {}
    for rank, variant in variants(joined, THAI, most_rank=2 if likely else 3):
        if variant not in cut and (likely or is_word(variant)):
            made = [variant] if is_word(variant) else words(variant)
            if len(made) <= most:
                cut[variant] = (rank, made)
    held = known({piece for _, made in cut.values() for piece in made})
    for variant, (rank, made) in cut.items():
        if set(made) <= held:
            whole = "".join([*pieces[:first], variant, *pieces[behind:]])
            yield Mending(len(pieces) - (behind - first) + len(made), rank, behind - first, whole)


def variants(token: str, letters: str, most_rank: int = 3) -> Iterator[tuple[int, str]]:
    """What one mistake may have made of the word, with how unlikely it is: 0 letters that are confused or doubled, 3 any other."""
    for at, letter in enumerate(token):
        for other in CONFUSED.get(letter, ""):
            yield 0, token[:at] + other + token[at + 1 :]
        if at and token[at - 1] == letter:
            yield 0, token[:at] + token[at + 1 :]
        yield 0, token[:at] + letter + token[at:]
        if at:
            yield 1, token[: at - 1] + letter + token[at - 1] + token[at + 1 :]
        yield 2, token[:at] + token[at + 1 :]
    for at in range(len(token) + 1 if most_rank > 2 and len(token) <= LONGEST else 0):
        for letter in letters:
            yield 3, token[:at] + letter + token[at:]
            if at < len(token):
                yield 3, token[:at] + letter + token[at + 1 :]
