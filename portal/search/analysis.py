"""How text becomes what is indexed and looked up. Above all engines, pure, the same for texts and queries.

`stamp()` stands in every index: one made by another analysis, or with another word list, is rebuilt.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from itertools import chain
from typing import NamedTuple

from harvesters import bundled
from harvesters.thai.remembered import Remembered
from harvesters.thai.text import fold
from harvesters.thai.words import subwords, words

VERSION = "4"

GRAM = 3
MAX_WORD = 80  # characters; a longer run is no word anybody types
SHORTEST_PLURAL = 4  # letters: gas is none
SEAM = "|"  # between texts that are folded together: no letter, and nothing that folding changes
FIRST_THAI = "\u0e01"
_THAI_RUN = re.compile("[\u0e01-\u0e4e]+")
_RUN_WITH_GRAMS = re.compile(f"[\u0e01-\u0e4e]{{{GRAM},}}")
BREAK = "¶"  # stands between texts, so that no phrase reaches from one into the next; never part of a word

# Words so common that they tell nothing apart; left out of a query that holds others (written by us).
STOP_WORDS = frozenset(
    "ที่ ซึ่ง อัน และ หรือ ของ ใน การ ความ เป็น ได้ ให้ กับ แก่ จาก โดย เพื่อ มี ไม่ นี้ นั้น ครับ ค่ะ คะ ๆ "  # noqa: SIM905
    "อย่างไร ยังไง อะไร ไหน ที่ไหน ทำไม มั้ย หรือไม่ บ้าง กี่ เท่าไร เท่าไหร่ แล้ว แต่ จึง ก็ ยัง จะ ต้อง อยาก ต้องการ เอา มา ไป ถ้า หาก "
    "ทำ ใช้ เอง ช่วย หา บอก รู้ ลอง กลัว เพราะ ว่า เมื่อ ตอน คือ กัน ด้วย เลย อยู่ มาก ทั้ง ควร เรา ผม ฉัน เขา "
    "จ อ ต ถ ซ the of and or in for to a an on at by with from is are be do how what where which my our it".split()
)  # the letters are those of จ. อ. ต. ถ. ซ. before a place's name


@cache
def stamp() -> str:
    """Names this analysis: its version and the word list and places that it cuts by."""
    digest = hashlib.sha256()
    folder = bundled.datasets_folder()
    glossary = folder / "glossary"
    for path in sorted([*(glossary / "words").iterdir(), *(glossary / "synonyms").iterdir()]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    digest.update(repr(bundled.read_table("provinces")).encode())
    return f"{VERSION}-{digest.hexdigest()[:12]}"


class IndexedTexts(NamedTuple):
    """The texts of an entry as its fields: tokens joined by blanks."""

    title: str
    text: str
    parts: str
    runs: str  # of Thai, once each, as far as they have trigrams


def indexed_texts(titles: Sequence[str], bodies: Sequence[str]) -> IndexedTexts:
    """The fields of what is called so and says so. All is folded once, not each field by itself: most of what indexing takes."""
    folded = _folded([*titles, *bodies])
    cut = [_tokens(one) for one in folded]
    title, text = cut[: len(titles)], cut[len(titles) :]
    return IndexedTexts(
        title=" ".join([*_with_breaks(title), BREAK, *_parts(title)]),
        text=" ".join(_with_breaks(text)),
        parts=" ".join(_parts(text)),
        runs=" ".join(dict.fromkeys(_RUN_WITH_GRAMS.findall(SEAM.join(folded)))),
    )


def index_words(text: str) -> list[str]:
    """The words of a text in their order, folded, English ones in the singular: what phrases are found by."""
    return list(_cut(text))


def singular(word: str) -> str:
    """An English word without its plural's ending, by Harman's rules (JASIS 42, 1991); other words as they are."""
    if len(word) < SHORTEST_PLURAL or not (word.isascii() and word.isalpha()) or word[-1] != "s" or word[-2] in "sui":
        return word
    if word.endswith("ies") and word[-4] not in "ae":
        return word[:-3] + "y"
    return word[:-1]


def index_parts(text: str) -> list[str]:
    """The parts of its compound words: what a word in the middle of a run is found by."""
    return [part for word in index_words(text) for part in subwords(word) if part != word]


def filling_parts(word: str) -> tuple[str, ...]:
    """Those of a compound's parts that fill it, without their own parts: ผ้าไหมแพรวา → ผ้าไหม, แพรวา. () for a simple word."""
    parts: tuple[str, ...] = ()
    for part in subwords(word):  # the first of them fill the word, finer ones follow
        parts = (*parts, part)
        if "".join(parts) == word:
            return parts
    return ()


def index_texts(texts: Iterable[str]) -> list[str]:
    """The words of several texts, with a BREAK between any two."""
    return _with_breaks(map(_cut, texts))


def _with_breaks(texts: Iterable[Sequence[str]]) -> list[str]:
    found: list[str] = []
    for cut in texts:
        found += [BREAK, *cut] if found and cut else cut
    return found


def grams(text: str) -> list[str]:
    """Character trigrams of its Thai runs, each once: what is found when no dictionary knows the word."""
    return grams_of(fold(text))


def grams_of(folded: str) -> list[str]:
    """The same of a text that is folded, or of the `runs` of one."""
    return list(dict.fromkeys([run[at : at + GRAM] for run in thai_runs(folded) for at in range(len(run) - GRAM + 1)]))


def thai_runs(text: str) -> list[str]:
    """The longest runs of Thai characters in a text."""
    return _THAI_RUN.findall(text)


@lru_cache(maxsize=20_000)
def _cut(text: str) -> tuple[str, ...]:
    return tuple(_tokens(fold(text)))


def _tokens(folded: str) -> list[str]:
    return [*filter(None, map(_TOKENS.__getitem__, words(folded)))]


def _token(word: str) -> str:
    """A word as it is indexed; nothing where it is no word that anybody types."""
    if len(word) > MAX_WORD or not (word[0].isalnum() or any(character.isalnum() for character in word)):
        return ""
    return word if word[0] >= FIRST_THAI else singular(word)


_TOKENS = Remembered(_token, 50_000)


def _folded(texts: Sequence[str]) -> list[str]:
    """The texts, folded together: they stay apart, since nothing is folded with a SEAM."""
    return fold(SEAM.join([text.replace(SEAM, " ") for text in texts])).split(SEAM)


def _parts(texts: Iterable[Sequence[str]]) -> Iterable[str]:
    """The parts of all compounds, those of each joined by blanks."""
    return filter(None, map(_PARTS.__getitem__, chain.from_iterable(texts)))


_PARTS = Remembered(lambda word: " ".join(subwords(word)), 50_000)
