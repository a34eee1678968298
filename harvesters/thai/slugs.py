"""Names for machines and shelves made from Thai: address slugs, anchors, file names, the order of a Thai dictionary."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from functools import cache

from harvesters import bundled
from harvesters.thai.province_names import provinces
from harvesters.thai.sounds import transliterate
from harvesters.thai.text import clean, fold, shorten
from harvesters.thai.words import subwords, words

LONGEST = 70
LONGEST_FILE_NAME = (
    80  # characters: 240 bytes of Thai, which leaves room for an ending within the 255 of most file systems
)
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_NOT_ANCHOR = re.compile(r"[^0-9a-z\u0e01-\u0e3a\u0e40-\u0e4e]+")
_NOT_FILE = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+')
_RESERVED = re.compile(r"^(?:con|prn|aux|nul|com\d|lpt\d)(?=$|\.)", re.IGNORECASE)


@cache
def _known_words() -> Mapping[str, str]:
    """Words that stand in the titles of our subject, by what they mean, and provinces by their English names."""
    with (bundled.datasets_folder() / "glossary" / "words" / "slug_words.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        known = {fold(row["word"]): row["latin"] for row in csv.DictReader(file)}
    return known | {fold(found.name_th): _NOT_SLUG.sub("", found.name_en.lower()) for found in provinces()}


def slug(text: str, fallback: str) -> str:
    """Return an address of `a-z 0-9 -` that means something, at most 70 long and cut between words.

    Known words are written by their meaning, all others by their sound. `fallback` comes back when nothing is left, and
    stands before what is no more than a number.
    """
    made = ""
    for part in _slug_parts(text):
        if len(made) + len(part) + 1 > LONGEST:
            made = made or part[:LONGEST].strip("-")
            break
        made = f"{made}-{part}" if made else part
    if made.replace("-", "").isdigit():
        return f"{fallback}-{made}"[:LONGEST].strip("-")
    return made if len(made) > 1 else fallback


def _slug_parts(text: str) -> Iterator[str]:
    last = ""
    for word in words(fold(text).replace("_", " ")):
        for piece in _known_pieces(word):
            part = _known_words().get(piece)
            if part is None:
                part = _NOT_SLUG.sub("", transliterate(piece) if "ก" <= piece[0] <= "๎" else piece)
            if part and part != last:
                yield part
                last = part


def _known_pieces(word: str) -> list[str]:
    """The word, or the parts that fill it if all of them are known by their meaning: มหาวิทยาลัย|ขอนแก่น."""
    known = _known_words()
    if word in known:
        return [word]
    parts: list[str] = []
    for part in subwords(word):
        if "".join(parts) == word:
            break
        parts.append(part)
    return parts if all(part in known for part in parts) and parts else [word]


def thai_slug(text: str) -> str:
    """Return an anchor for a heading that keeps Thai letters and their marks; "section" when nothing is left."""
    return _NOT_ANCHOR.sub("-", fold(text)).strip("-") or "section"


def file_name(text: str) -> str:
    """Return a Thai file name that every system takes: no separators, no control or direction signs, at most 80 letters."""
    name = shorten(clean(_NOT_FILE.sub(" ", text)), LONGEST_FILE_NAME + 1).removesuffix("…").strip(" .")
    return _RESERVED.sub(lambda found: f"_{found[0]}", name) or "data"


_LEADING = re.compile("[\u0e40-\u0e44][\u0e01-\u0e2e]")
_SECOND = re.compile("[\u0e47-\u0e4e]")  # maitaikhu, tone marks, thanthakhat and the rest above: looked at last
_FIRST = re.compile("[^\u0e47-\u0e4e]")
_IGNORED = re.compile("[\\s\\-–—.,()\"'“”‘’\u0e2f\u0e46]+")


def sort_key(text: str) -> str:
    """Return a key that sorts as the Royal Institute's dictionary does: a leading vowel counts behind its consonant; tone
    and other marks only between words that are otherwise equal, letter by letter; signs and blanks as one blank."""
    swapped = _LEADING.sub(lambda pair: pair[0][::-1], _IGNORED.sub(" ", fold(text)).strip(" "))
    return _SECOND.sub("", swapped) + "\x00" + _FIRST.sub("\x01", swapped)
