"""Names of districts in a question: Sung Men also finds สูงเม่น, and the other way round.

There are over nine hundred, and in English letters some are words of another thing. Those count only where the question says that
a district is meant, and are looked up only beside that word.
"""

from __future__ import annotations

import itertools
from functools import lru_cache

from harvesters.thai.places import District, NamedDistricts, find_districts, find_province
from portal.search.analysis import FIRST_THAI, index_words

Words = tuple[str, ...]

# Names of districts in English letters that are words, names or signs of something else as they are written here (by us): Raman is
# the spectroscopy, Li lithium, Chana a chickpea, "non Thai" what is not Thai. Written without its blank Pa Tio is a patio.
ORDINARY = frozenset(
    {"hot", "long", "song", "fang", "li", "chun", "phan", "phon", "pong", "khong", "mayo", "raman", "sena", "tron", "sida", "chana"}
    | {"khanom", "non thai", "patio", "thali", "nadi", "samsung", "bandan", "natan", "banna", "nawa", "namon"}
)  # fmt: skip
_MARKS = frozenset({"อำเภอ", "กิ่งอำเภอ", "เขต"})  # written out before a name; อ. is a word that tells nothing anyway
_PROVINCE = "จังหวัด"
_MUEANG = "mueang"


def named_districts(text: str) -> NamedDistricts | None:
    """The districts that a piece of a question names as a whole, where they are surely meant.

    Thai is written without blanks: "สี ชมพู" is a colour. Thai names without a mark are left to `other_names`.
    """
    found = find_districts(text)
    if found is None or found.marked:
        return found
    latin = text[:1] < FIRST_THAI
    return found if latin and " ".join(index_words(found.name)) not in ORDINARY else None


def without_marks(words: list[str]) -> list[str]:
    """Words of a question without จังหวัด or อำเภอ before a name: a table says it above the column, not in the cell."""
    followed = itertools.zip_longest(words, words[1:], fillvalue="")
    return [word for word, name in followed if not only_marks(word, name)]


def only_marks(word: str, name: str) -> bool:
    """Whether a word only says what the name behind it is the name of."""
    if word == _PROVINCE:
        return find_province(name) is not None
    return word in _MARKS and find_districts(name) is not None


@lru_cache(maxsize=4_096)
def other_names(word: str) -> tuple[Words, ...]:
    """What the districts of a Thai name are called in English letters; of another word nothing."""
    found = find_districts(word) if word >= FIRST_THAI else None
    return district_names(found.districts)[len({one.name_th for one in found.districts}) :] if found else ()


@lru_cache(maxsize=4_096)
def district_names(districts: tuple[District, ...]) -> tuple[Words, ...]:
    """The names by which districts are looked up, cut into words: the Thai ones first."""
    thai = [tuple(index_words(one.name_th)) for one in districts]
    english = [words for one in districts for words in english_names(one.name_en)]
    return tuple(dict.fromkeys([*thai, *english]))


def english_names(name: str) -> list[Words]:
    """A name in English letters; one that is an ordinary word only beside district or Amphoe; Mueang also as Muang."""
    words = tuple(index_words(name))
    if " ".join(words) in ORDINARY:
        return [(*words, "district"), ("amphoe", *words)]
    return [words, ("muang", *words[1:])] if words[0] == _MUEANG else [words]
