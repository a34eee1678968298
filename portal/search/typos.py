"""Words that were typed with one mistake: what they may have been meant to be. Only offered, never put in place of what was typed.

One letter too many, too few, another, or two swapped. A candidate counts when it is made of words that the bundled lists know, and
of fewer of them where what was typed can be cut into known words too (กล้วย|ตา|กก).
"""

from __future__ import annotations

from collections.abc import Iterator

from harvesters.thai.text import fold
from harvesters.thai.words import is_word, words

SHORTEST, LONGEST = 4, 24  # letters of a word that is looked at
MOST = 8  # candidates of one word
SHORT = 12  # letters of a word for which every letter is tried at every place
CONSONANTS = "กขคฆงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรลวศษสหฬอฮ"
VOWELS = "ะัาำิีึืุูเแโใไ็่้๊๋์"
LETTERS = CONSONANTS + VOWELS
LIKE = (
    "ใไ",
    "ศษส",
    "ณน",
    "ญย",
    "ฎดฏต",
    "ฐถ",
    "ฑทธฒ",
    "ภพผ",
    "ฟฝ",
    "รล",
    "ฬล",
    "คขฆ",
    "ชฌ",
    "ซส",
    "่้",
    "๊้",
    "ิี",
    "ึื",
    "ุู",
    "ะั",
    "เแ",
)
CONFUSED = {letter: "".join(group.replace(letter, "") for group in LIKE if letter in group) for letter in LETTERS}


def has_unknown(token: str) -> bool:
    """Whether a typed word holds a piece that no list knows."""
    return any(not is_word(piece) for piece in words(fold(token)) if "ก" <= piece[0] <= "๎")


def meant(token: str) -> list[str]:
    """What a Thai word may have been meant to be, the likeliest first; [] when it is no mistake that can be told."""
    token = fold(token)
    if not SHORTEST <= len(token) <= LONGEST or not all("ก" <= letter <= "๎" for letter in token):
        return []
    most = LONGEST if has_unknown(token) else len(words(token)) - 1
    found: dict[str, tuple[int, int]] = {}
    for rank, variant in variants(token):
        if variant not in found and len(found) < 10 * MOST:
            pieces = words(variant)
            if len(pieces) <= most and all(is_word(piece) for piece in pieces):
                found[variant] = (len(pieces), rank)
    return sorted(found, key=lambda variant: (found[variant], variant))[:MOST]


def variants(token: str) -> Iterator[tuple[int, str]]:
    """What one mistake may have made of the word, with how unlikely it is: 0 letters that are confused or doubled, 3 any other."""
    for at, letter in enumerate(token):
        for other in CONFUSED.get(letter, ""):
            yield 0, token[:at] + other + token[at + 1 :]
        if at and token[at - 1] == letter:
            yield 0, token[:at] + token[at + 1 :]
        if at:
            yield 1, token[: at - 1] + letter + token[at - 1] + token[at + 1 :]
        yield 2, token[:at] + token[at + 1 :]
    for at in range(len(token) + 1 if len(token) <= SHORT else 0):
        for letter in LETTERS:
            yield 3, token[:at] + letter + token[at:]
            if at < len(token):
                yield 3, token[:at] + letter + token[at + 1 :]
