"""Writes Thai words in Latin letters by their sound, after the Royal Thai General System of Transcription (1999).

A word is parted into syllables by the forms of the vowels; of all ways to part it the one with the fewest syllables wins.
Readable, not exact: Sanskrit words double a consonant that only a dictionary knows.
"""

from __future__ import annotations

import csv
import re
from functools import cache, lru_cache
from typing import NamedTuple

from harvesters import bundled
from harvesters.thai.text import fold

_LETTERS = "กขฃคฅฆงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรลวศษสหฬอฮ"
_FIRST_SOUNDS = (
    "k kh kh kh kh kh ng ch ch ch s ch y d t th th th n d t th th th n b p ph f ph f ph m y r l w s s s h l - h"
)
_LAST_SOUNDS = "k k k k k k ng t t t t t n t t t t t n t t t t t n p p p p p p p m i n n o t t t - n - -"
_FIRST = dict(zip(_LETTERS, _FIRST_SOUNDS.replace("-", "").split(" "), strict=True))
_LAST = dict(zip(_LETTERS, _LAST_SOUNDS.replace("-", "").split(" "), strict=True))
# First consonants of two letters: true clusters, ห and อ that lead, สร ศร ซร that sound s.
_CLUSTERS = {
    **{first + "ร": _FIRST[first] + "r" for first in "กขคตปพบฟด"},
    **{first + "ล": _FIRST[first] + "l" for first in "กขคปผพบฟ"},
    **{first + "ว": _FIRST[first] + "w" for first in "กขค"},
    **{"ห" + second: _FIRST[second] for second in "งญนมยรลว"},
    "ทร": "s", "สร": "s", "ศร": "s", "ซร": "s", "อย": "y",
}  # fmt: skip
_LED = "(?:[สฉขตถผ][งณนมยรลวดพ]|จร|ชล|กษ|ชว|ทว|ธน)"  # เสนอ, แสดง: the first letter is a syllable of its own

# Tried one by one, since a pattern that has matched a cluster would never try its first letter alone.
_FIRSTS = ("|".join(_CLUSTERS), _LED, "[ก-ฮ]")
_F = "(?P<f>[กขคฆงจชซญ-นบปพ-ยรลวศษสฬ])"
# Each form of a vowel with its sound. {c} is the first consonant, {f} a last one, {o} a last one that may be missing.
_FORMS = (
    ("เ{c}ียะ", "ia"), ("เ{c}ีย{o}", "ia"), ("เ{c}ือะ", "uea"), ("เ{c}ือ{o}", "uea"), ("{c}ัวะ", "ua"), ("{c}ัว{o}", "ua"), ("{c}ว{f}", "ua"),
    ("เ{c}าะ", "o"), ("เ{c}า", "ao"), ("เ{c}อะ", "oe"), ("เ{c}อ{o}", "oe"), ("เ{c}ิ{f}", "oe"), ("เ{c}ย", "oei"), ("เ{c}็{f}", "e"), ("เ{c}ะ", "e"),
    ("เ{c}{o}", "e"), ("แ{c}ะ", "ae"), ("แ{c}็?{f}", "ae"), ("แ{c}", "ae"), ("โ{c}ะ", "o"), ("โ{c}{o}", "o"), ("ใ{c}", "ai"), ("ไ{c}ย?", "ai"),
    ("{c}ำ", "am"), ("{c}ะ", "a"), ("{c}ั{f}", "a"), ("{c}รร{f}", "a"), ("{c}รร", "an"), ("{c}า{o}", "a"), ("{c}ิ{o}", "i"), ("{c}ี{o}", "i"),
    ("{c}ึ{o}", "ue"), ("{c}ือ", "ue"), ("{c}ื{f}", "ue"), ("{c}ุ{o}", "u"), ("{c}ู{o}", "u"), ("{c}็อ{f}", "o"), ("{c}อ{o}", "o"), ("{c}{f}", "o"),
    ("{c}", "a"),
)  # fmt: skip


def _compiled(form: str, first: str, with_last: bool) -> re.Pattern[str]:
    last = _F if with_last else ""
    return re.compile(form.replace("{o}", last).replace("{f}", _F).replace("{c}", f"(?P<c>{first})"))


@cache
def _syllables() -> tuple[tuple[re.Pattern[str], str, int], ...]:
    """Pattern, sound and cost of every kind of syllable."""
    return tuple(
        (_compiled(form, first, with_last), sound, _COSTS.get(form, 20))
        for form, sound in _FORMS
        for with_last in ((True, False) if "{o}" in form else (True,))
        for first in _FIRSTS
        if first != _LED or (form[0] in "เแโใไ" and form != "เ{c}า")
    )


# What a syllable of each form costs, in twentieths of a plain one: unwritten vowels are the last thing to think of.
_COSTS = {"{c}{f}": 25, "{c}": 29}
_OFTEN_ALONE = frozenset("ขฉถผสตจชพกคท")  # ขนม, ถนน, ตลาด
_SANSKRIT = frozenset("ฆฌญฎฏฐฑฒณธภศษ")
_SILENCED = re.compile("(?:[ทตดฎ]ร|ษ[ณมฐ]|[ก-ฮ][ิุ]?)์|(?<=[าัู][ตม])[ิุ]$|(?<=เ[ก-ฮ]ต)ุ$")
# A last consonant that only the spelling keeps: มิตร, จักร, พุทธ, รัฐ
_DOUBLED_END = re.compile("(?<=[ัิุ][กขคชดตทปพ])(?:ร|[ตทธฐถ])$")
_TONES = re.compile("[\u0e3a\u0e48-\u0e4b\u0e4d\u0e4e]")


class _Reading(NamedTuple):
    cost: int
    latin: str


@lru_cache(maxsize=20_000)
def transliterate(word: str) -> str:
    """Write a Thai word by its sound in plain lower-case Latin letters: ผ้าไหม → phamai. Other scripts are left out."""
    thai = re.findall("[ก-๎]+|[a-z0-9]+", fold(word))
    return "".join(part if part.isascii() else _read(part) for part in thai)


@cache
def _spellings() -> tuple[re.Pattern[str], dict[str, str]]:
    """Words that are not read as they are written, longest first, and how they would be spelt if they were."""
    with (bundled.datasets_folder() / "glossary" / "words" / "sounds.csv").open(encoding="utf-8", newline="") as file:
        read = {row["written"]: row["read"] for row in csv.DictReader(file)}
    return re.compile("|".join(sorted(read, key=len, reverse=True))), read


def _read(run: str) -> str:
    pattern, spelt = _spellings()
    plain = pattern.sub(lambda found: spelt[found[0]], run).replace("ฤๅ", "รือ").replace("ฤ", "รึ").replace("ฯ", "")
    plain = _DOUBLED_END.sub("", _SILENCED.sub("", _TONES.sub("", plain)))
    best: list[_Reading] = [_Reading(0, "")] * (len(plain) + 1)
    for at in range(len(plain) - 1, -1, -1):
        best[at] = _best_from(plain, at, best)
    return best[0].latin


def _best_from(plain: str, at: int, best: list[_Reading]) -> _Reading:
    """The cheapest reading of the rest of a word: few syllables, no lone consonant at the end, no sign left over."""
    found = _Reading(best[at + 1].cost + 500, best[at + 1].latin)
    for form, vowel, cost in _syllables():
        syllable = form.match(plain, at)
        if syllable is None:
            continue
        rest = best[syllable.end()]
        total = rest.cost + cost + _extra(syllable["c"], cost, syllable.end() == len(plain))
        if total < found.cost:
            found = _Reading(total, _sound(syllable, vowel) + rest.latin)
    return found


def _extra(first: str, cost: int, at_end: bool) -> int:
    if cost == _COSTS["{c}"]:
        return (40 if at_end else 0) - (5 if first in _OFTEN_ALONE else 0)
    if len(first) == 2:
        return -1 if first in _CLUSTERS else 6
    return 8 if cost == _COSTS["{c}{f}"] and first in _SANSKRIT else 0


def _sound(syllable: re.Match[str], vowel: str) -> str:
    first = syllable["c"]
    head = _CLUSTERS.get(first) if len(first) == 2 else _FIRST[first]
    if head is None:
        head = _FIRST[first[0]] + "a" + _FIRST[first[1]]
    last = syllable.groupdict().get("f")
    return head + vowel + (_LAST[last] if last else "")
