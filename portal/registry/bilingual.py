"""Whether a name in Thai and a name in English are the same name: word by word by meaning, and what is left by sound.

Pure rules. Meanings are those of `datasets/glossary`: names of kinds, works and directions (`words/name_words.csv`) and the first
Thai and English term of each group of synonyms count as translations; the other terms of a group are only akin, and never enough.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz

from harvesters import bundled
from harvesters.thai.sounds import transliterate
from harvesters.thai.text import fold

SOUNDS_ALIKE = 80  # of 100: skeletons of consonants of names that a person should look at
SOUNDS_SAME = 90  # of 100: spelt out, of names that are taken for one
ROUGHLY_ALIKE = 65  # of 100: rough consonants, looked at first
MOST_WORDS = 4  # of one English term
_THAI = re.compile("[\u0e01-\u0e4e]")
_WORD = re.compile("[a-z0-9]+")
_INSIDE = re.compile("(?<=[a-z])['’-](?=[a-z])")  # Agro-Industry, Sa-at
# What a name has or lacks as its writer likes: what kind of group it is, and words that only join others (some of which are
# syllables of Thai names too: Sa-at, Ban On Tai).
_KINDS = frozenset(
    [
        "ban",
        "baan",
        "co",
        "community",
        "company",
        "cooperative",
        "enterprise",
        "group",
        "limited",
        "ltd",
        "otop",
        "part",
        "partnership",
        "shop",
        "store",
        "village",
    ]
)
_JOINERS = frozenset(["a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to"])
_FREE_THAI = re.compile("บ้าน|ตำบล|กลุ่ม|ผู้|และ|แห่ง|เพื่อ|ด้าน|ของ|ทาง|เลี้ยง|เพาะ|ปลูก|ผลิต|การ|[^\u0e01-\u0e4e0-9]")


class Likeness(NamedTuple):
    """How a Thai and an English name agree: `said` is "same", "doubtful" or "different", `score` 0 to 100."""

    said: str
    score: float


def is_latin(name: str) -> bool:
    """Whether a name is written without Thai letters."""
    return not _THAI.search(name) and bool(_WORD.search(fold(name)))


@lru_cache(maxsize=50_000)
def agree(thai: str, english: str) -> Likeness:
    """Whether two names, without what names their university or legal form, say the same.

    "same": every word of both is a translation of the other's or sounds like it. "doubtful": so they may be, by words that are
    only akin or a sound that is only like it.
    """
    for exact in (True, False):
        left_thai, left, explained = _explain(thai, english, exact)
        told = [word for word in left if word not in _KINDS]
        sound = max(
            alike_in_sound(left_thai, "".join(some)) for some in (told, [word for word in told if word not in _JOINERS])
        )
        if sound >= (SOUNDS_SAME if exact else SOUNDS_ALIKE) and (explained or left_thai):
            return Likeness("same" if exact else "doubtful", sound)
    return Likeness("different", 0.0)


class Sketch(NamedTuple):
    """What is looked at first of an English name, so that few pairs are compared whole."""

    bones: str  # the rough consonants of its words that mean nothing known: most likely its place
    meant: tuple[tuple[str, ...], ...]  # for each of its other words, Thai ones that may translate it
    whole: str  # the rough consonants of all its words


@lru_cache(maxsize=20_000)
def sketch(english: str) -> Sketch:
    """See Sketch."""
    tokens = [word for word in _tokens(english) if word not in _KINDS | _JOINERS]
    known = _meant_alone()
    return Sketch(
        rough("".join(word for word in tokens if word not in known)),
        tuple(known[word] for word in tokens if word in known),
        rough("".join(tokens)),
    )


@cache
def _meant_alone() -> Mapping[str, tuple[str, ...]]:
    """English word → all Thai terms of the English ones that it is a word of."""
    found: dict[str, set[str]] = defaultdict(set)
    for term, thai in _meanings(False).items():
        for word in term:
            found[word].update(thai)
    return {word: tuple(sorted(thai)) for word, thai in found.items()}


def may_agree(seen: Sketch, thai: str, bones: str) -> bool:
    """Whether it is worth comparing an English name with a Thai stem whose rough consonants are `bones`."""
    hits = sum(any(said in thai for said in some) for some in seen.meant)
    if 2 * hits >= len(seen.meant) and (not seen.bones or fuzz.partial_ratio(seen.bones, bones) >= ROUGHLY_ALIKE):
        return True
    return bool(seen.meant) and fuzz.ratio(seen.whole, bones) >= ROUGHLY_ALIKE  # Coffee may be คอฟฟี่


_SILENCED = re.compile("[ก-ฮ][ิุ]?์")
_ROUGH_THAI = str.maketrans(
    {letter: sound for letters, sound in (
        ("กขฃคฅฆ", "k"), ("ง", "g"), ("จฉชซฌฎฏฐฑฒดตถทธศษส", "t"), ("ณนญรลฬ", "n"), ("บปผฝพฟภ", "p"), ("ม", "m"),
    ) for letter in letters}
)  # fmt: skip
_ROUGH_LATIN = str.maketrans("cqxjdszbfrlv", "kkkttttppnnw")
_NO_BONE = re.compile("[^kgtnpm]")
_TWICE = re.compile(r"(.)\1+")


@lru_cache(maxsize=50_000)
def rough(name: str) -> str:
    """The consonants of a Thai or Latin spelling, those that are easily taken for each other as one; quick, not exact."""
    if is_latin(name):
        told = fold(name).replace("ch", "t").replace("g", "k").replace("nk", "g").translate(_ROUGH_LATIN)
    else:
        told = _SILENCED.sub("", name).translate(_ROUGH_THAI)
    return _TWICE.sub(r"\1", _NO_BONE.sub("", told))


def _explain(thai: str, english: str, exact: bool) -> tuple[str, list[str], int]:
    """What no translation explains of the Thai and of the English name, and how many words one explains."""
    rest, tokens, explained = _folded(thai), _tokens(english), 0
    table = _meanings(exact)
    at, left = 0, []
    while at < len(tokens):
        for length in range(min(MOST_WORDS, len(tokens) - at), 0, -1):
            term = tokens[at : at + length]
            found = next((said for said in table.get(term, ()) if said in rest), None)
            if found is not None:
                rest = rest.replace(found, " ", 1)
                explained += length
                at += length
                break
        else:
            left.append(tokens[at])
            at += 1
    return _FREE_THAI.sub("", rest), left, explained


@lru_cache(maxsize=20_000)
def _folded(thai: str) -> str:
    return fold(thai)  # one name is compared with many


@lru_cache(maxsize=20_000)
def _tokens(english: str) -> tuple[str, ...]:
    return tuple(_singular(word) for word in _WORD.findall(_INSIDE.sub("", fold(english))))


def english_key(name: str) -> str:
    """An English name for comparing with another: its words in the order of the alphabet, without kinds, joiners and plurals;
    "" for one of these alone."""
    told = ("centre" if word == "center" else word for word in _tokens(name) if word not in _KINDS | _JOINERS)
    return " ".join(sorted(told))


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us")) else word


@cache
def _meanings(exact: bool) -> Mapping[Sequence[str], Sequence[str]]:
    """English term, cut into words → the Thai ones that translate it, the longest first."""
    folder = bundled.datasets_folder() / "glossary"
    found: dict[Sequence[str], set[str]] = defaultdict(set)
    for path in ("words/name_words.csv", "synonyms/groups.csv"):
        with (folder / path).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                thai, english = row["thai"].split(";"), row["english"].split(";")
                if exact and path.startswith("synonyms"):
                    thai, english = thai[:1], english[:1]
                for term in english:
                    if cut := _tokens(term):
                        found[cut] |= {fold(said) for said in thai if said}
    return {term: sorted(said, key=lambda one: (-len(one), one)) for term, said in found.items()}


@lru_cache(maxsize=20_000)
def alike_in_sound(thai: str, latin: str) -> float:
    """How alike a Thai and a Latin spelling of one name sound, 0 to 100; two empty ones are the same."""
    if not thai or not latin:
        return 100.0 if not thai and not latin else 0.0
    roughly = rough(thai), rough(latin)
    if all(roughly) and fuzz.ratio(*roughly) < ROUGHLY_ALIKE:
        return 0.0  # spelling a name out takes a thousand times longer
    said, heard = _spelt_out(thai), spelt(latin)
    bones, other = skeleton(said), skeleton(heard)
    if bones == other:
        return max(float(fuzz.ratio(said, heard)), float(SOUNDS_ALIKE))
    return min(float(fuzz.ratio(bones, other)), float(fuzz.ratio(said, heard)))


@lru_cache(maxsize=20_000)
def _spelt_out(thai: str) -> str:
    return spelt(transliterate(thai))


_SPELLINGS = tuple(
    (re.compile(pattern), written)
    for pattern, written in (
        ("c(?=[eiy])", "s"), ("kh|ck|q|c(?!h)|x", "k"), ("ph", "p"), ("th", "t"), ("ch|j", "c"), ("v", "w"), ("z", "s"), ("g(?<!ng)", "k"), ("d(?![aeiou])", "t"),
        ("b(?![aeiou])", "p"), ("ee|ii|y(?![aeiou])", "i"), ("oo|ou", "u"), ("aa|ah(?![aeiou])", "a"), ("ae", "e"), ("ue", "u"),
        ("oe|er(?![aeiou])", "e"), ("(?<=[aeiou])w(?![aeiou])|(?<=e)o(?![aeiou])", "o"), ("or(?![aeiou])", "o"), (r"(.)\1+", r"\1"),
    )
)  # fmt: skip
_VOWELS = re.compile("[aeiou]|(?<=[aeiou])[wy]")


@lru_cache(maxsize=20_000)
def spelt(latin: str) -> str:
    """A Latin spelling as the Royal Thai General System would have it, without what writers differ in."""
    plain = "".join(_WORD.findall(fold(latin)))
    for pattern, written in _SPELLINGS:
        plain = pattern.sub(written, plain)
    return plain


def skeleton(plain: str) -> str:
    """Its consonants."""
    return _VOWELS.sub("", plain)
