"""How text becomes what is indexed and looked up. Above all engines, pure, the same for texts and queries.

`VERSION` is stamped into the index: an index made by another version is rebuilt at the start.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from harvesters.thai.places import find_province
from harvesters.thai.text import fold
from harvesters.thai.words import subwords, words

VERSION = "1"

GRAM = 3
MAX_WORD = 80  # characters; a longer run is no word anybody types

# Words so common that they tell nothing apart; taken out of queries that hold other words (written by us).
STOP_WORDS = frozenset(
    [
        "ที่",
        "ซึ่ง",
        "อัน",
        "และ",
        "หรือ",
        "ของ",
        "ใน",
        "การ",
        "ความ",
        "เป็น",
        "ได้",
        "ให้",
        "กับ",
        "แก่",
        "จาก",
        "โดย",
        "เพื่อ",
        "มี",
        "ไม่",
        "นี้",
        "นั้น",
        "ครับ",
        "ค่ะ",
        "คะ",
        "ๆ",
        "the",
        "of",
        "and",
        "in",
        "for",
        "to",
        "a",
        "an",
    ]
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a query; `province` is set when it names one in any usual spelling."""

    text: str
    province: str | None = None


def is_thai(character: str) -> bool:
    """Whether a character is of the Thai block (vowels and marks included)."""
    return "\u0e01" <= character <= "\u0e5b"


def index_words(text: str) -> list[str]:
    """The words of a text in their order, folded: what phrases are found by."""
    return [word for word in _cut(text) if len(word) <= MAX_WORD]


def index_parts(text: str) -> list[str]:
    """The parts of its compound words: what a word in the middle of a run is found by."""
    return [part for word in index_words(text) for part in subwords(word) if part != word]


def grams(text: str) -> list[str]:
    """Character trigrams of its Thai runs: what is found when no dictionary knows the word."""
    found = [run[at : at + GRAM] for run in thai_runs(fold(text)) for at in range(max(1, len(run) - GRAM + 1))]
    return list(dict.fromkeys(found))


def thai_runs(text: str) -> Iterator[str]:
    """The longest runs of Thai characters in a text."""
    run = ""
    for character in text:
        if is_thai(character):
            run += character
        elif run:
            yield run
            run = ""
    if run:
        yield run


def query_words(text: str) -> list[Token]:
    """The words of a piece of a query. Stop words go when others remain; a province in any spelling is told as one."""
    whole = find_province(text)
    if whole is not None:
        return [Token(fold(text).strip(), whole.code)]
    found = index_words(text)
    telling = [word for word in found if word not in STOP_WORDS]
    return [Token(word, _province(word)) for word in (telling or found)]


def _province(word: str) -> str | None:
    found = find_province(word)
    return found.code if found else None


@lru_cache(maxsize=20_000)
def _cut(text: str) -> tuple[str, ...]:
    return tuple(word for word in words(fold(text)) if any(character.isalnum() for character in word))


def join(parts: Iterable[str]) -> str:
    """Tokens as an engine's white-space tokenizer takes them."""
    return " ".join(parts)
