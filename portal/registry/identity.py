"""Whether two names at two places are one thing. Pure rules; never silently across doubt.

Measured on the labelled pairs of tests/judged/merging by bench/merging.py; figures in docs/matching.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from rapidfuzz import fuzz

from harvesters.thai.districts import find_district
from harvesters.thai.names import find_university, normalise_company, universities
from harvesters.thai.sounds import transliterate
from harvesters.thai.text import fold
from harvesters.thai.words import is_word, words
from portal.registry.bilingual import agree, english_key, is_latin, spelt

Judgement = Literal["same", "doubtful", "different"]

SHORTEST_NUMBER = 6  # signs of a registration number; what is shorter counts rows
SHORTEST_ENDING = 3  # letters of a university's name behind that of a unit
ALL_ALIKE = 100.0
ALIKE = 82  # of 100: names in one district that a person should look at
FAR_APART = 75  # of 100: one registration number with names less alike than this is a mistake of somebody, or a number used anew
_SIGNS = re.compile(r"[\s\-_.,'’\"“”()/&]+")
_LEGAL = (
    ("partnership", re.compile(r"หจก|ห้างหุ้นส่วน|ltd\.?,? ?part")),
    ("company", re.compile(r"บริษัท|^บ ?\..*(?:จก|จำกัด)|บจก|บมจ|co\.? ?,? ?ltd|company limited")),
    ("cooperative", re.compile("สหกรณ์|สกก|^สกย")),
)
_WRITTEN_OUT = (
    (re.compile(r"สกก ?\.?"), "สหกรณ์การเกษตร"),
    (re.compile(r"^ว ?\. ?(?:ส ?\. ?)?ช ?\.|^วสช ?\.?"), "วิสาหกิจชุมชน"),
    (re.compile(r"^บ ?\. ?(?=.*(?:จก|จำกัด))"), "บริษัท "),
    (re.compile(r"(?<=.)(?<=[ ก-์])บ ?\. ?(?=[ก-์])"), "บ้าน"),
    (re.compile(r"ฯ| จก ?\.?$|\([^)]*[0-9][^)]*\)"), ""),
)
# Words inside a name that offices write or leave out as they like.
_LOOSE = re.compile("บ้าน|ผู้|ผลิต|แปรรูป|ตำบล|แท้|เลี้ยง|เพาะ|ปลูก|จก$")
_SHORTENED = (("สกย", "กองทุนสวนยาง"),)  # at the beginning of a stem
_NUMBER = re.compile("[0-9]+")


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells a thing apart: `kind` (cluster, unit, output), its number, `stem` of its name, `legal` form and place.

    `latin` is the name, without its university, where it is written without Thai letters.
    """

    kind: str
    external_id: str
    stem: str
    legal: str = ""
    province_code: str | None = None
    district: str = ""  # the district's code, "" where it is not known
    latin: str = ""


def identity_of(
    kind: str,
    name: str,
    *,
    external_id: str = "",
    university: str = "",
    province_code: str | None = None,
    district: str = "",
) -> Identity:
    """The identity of one row."""
    stem = (
        unit_stem(name, university) if kind == "unit" else cluster_stem(name) if kind == "cluster" else _squeezed(name)
    )
    return standing(kind, name, stem, external_id=external_id, province_code=province_code, district=district)


def standing(
    kind: str, name: str, stem: str, *, external_id: str, province_code: str | None, district: str
) -> Identity:
    """The identity of a thing whose stem is known already."""
    return Identity(
        kind,
        registration(external_id),
        stem,
        next((form for form, pattern in _LEGAL if pattern.search(fold(name))), "") if kind == "cluster" else "",
        province_code,
        district_code(district, province_code),
        latin_name(kind, name),
    )


def latin_name(kind: str, name: str) -> str:
    """A name that is written without Thai letters, without its university; "" for any other, and for titles of outputs."""
    if kind == "output" or not is_latin(name):
        return ""
    return unit_parts(name)[0] if kind == "unit" else name


def district_code(district: str, province_code: str | None) -> str:
    """The code of a district in its province, "" where it is not known."""
    found = find_district(district, province_code) if district and province_code else None
    return found.code if found else ""


def registration(text: str) -> str:
    """A registration number for comparing: letters and digits alone. A running number of a table ("12") is none: ""."""
    bare = _SIGNS.sub("", fold(text))
    return bare if len(bare) >= SHORTEST_NUMBER else ""


def cluster_stem(name: str) -> str:
    """A group's or firm's name without what kind of group it is, blanks and signs."""
    written = fold(name)
    for pattern, out in _WRITTEN_OUT:
        written = pattern.sub(out, written)
    return normalise_company(written)


def unit_stem(name: str, university: str = "") -> str:
    """A research unit's name for comparing, with the code of its university: `name@code`, the code "" where unknown."""
    bare, code = unit_parts(name, university)
    return f"{_squeezed(bare)}@{code}"


def unit_parts(name: str, university: str = "") -> tuple[str, str]:
    """A research unit's name without its university, and the code of that, "" where unknown."""
    bare, code = fold(name), ""
    if university:
        named = find_university(university)
        code = named.code if named is not None else _squeezed(university)
    for written, said in _endings():
        if bare.endswith(written) and len(bare) > len(written):
            bare, code = bare[: -len(written)].rstrip(), code or said
            break
    return bare, code


@cache
def _endings() -> tuple[tuple[str, str], ...]:
    """(how a university is written at the end of a unit's name, its code), the longest first."""
    found = {
        written: known.code
        for known in universities()
        for said in (known.name_th, known.name_en, known.abbr_th, known.abbr_en, *known.aliases)
        if len(written := fold(said)) >= SHORTEST_ENDING
    }
    return tuple(sorted(found.items(), key=lambda pair: (-len(pair[0]), pair[0])))


def judge(one: Identity, other: Identity) -> tuple[Judgement, float]:
    """Whether two identities are one thing, and how alike their names are (0 to 100)."""
    if one.kind != other.kind:
        return "different", 0.0
    if bool(one.latin) != bool(other.latin):
        return _judge_across(one, other)
    alike = likeness(one, other)
    if one.external_id and other.external_id:
        return _judge_numbers(one, other, alike), alike
    if apart(one, other):
        return "different", alike
    if one.legal != other.legal:
        return ("doubtful" if alike == ALL_ALIKE else "different"), alike
    if one.stem == other.stem or (one.latin and english_stem(one) == english_stem(other)):
        return "same", alike
    if _NUMBER.findall(one.stem) != _NUMBER.findall(other.stem):
        return ("doubtful" if alike >= ALIKE else "different"), alike
    if _written_otherwise(one, other):
        return "same", alike
    return ("doubtful" if alike >= ALIKE else "different"), alike


def _judge_numbers(one: Identity, other: Identity, alike: float) -> Judgement:
    """The same where both have a registration number."""
    if one.external_id == other.external_id:
        return "same" if alike > FAR_APART else "doubtful"
    again = one.stem == other.stem and one.legal == other.legal and bool(one.district) and not apart(one, other)
    return "doubtful" if again else "different"  # registered again, or two of one name


def _written_otherwise(one: Identity, other: Identity) -> bool:
    """Whether two groups of one district have the same name, written in another order or with a slip."""
    if one.kind != "cluster" or one.district != other.district:
        return False
    return same_words(one.stem, other.stem) or (bool(one.district) and misspelt(one.stem, other.stem))


def _judge_across(one: Identity, other: Identity) -> tuple[Judgement, float]:
    """The same of a name in Thai and one in English. Of clusters a person is asked, unless their number is one: place names
    that sound alike are many, and so are groups that weave."""
    thai, english = (other, one) if one.latin else (one, other)
    (name, _, code), (_, _, other_code) = thai.stem.partition("@"), english.stem.partition("@")
    said, score = agree(name, english.latin)
    if one.external_id and other.external_id:
        if one.external_id != other.external_id:
            return "different", score
        return ("same" if said != "different" else "doubtful"), score
    if said == "different" or apart(one, other) or (code and other_code and code != other_code):
        return "different", score
    if said == "same" and one.kind == "unit" and code and code == other_code:
        return "same", score
    return ("doubtful" if said == "same" or one.legal == other.legal else "different"), score


def may_be(one: Identity, other: Identity) -> bool:
    """Whether nothing but their names speaks against two things being one: their numbers, places, legal forms."""
    numbers = one.external_id and other.external_id and one.external_id != other.external_id
    return not numbers and not apart(one, other) and one.legal == other.legal


def english_stem(one: Identity, name_en: str = "") -> str:
    """The English name of a thing for comparing, with the code of its university as in `stem`: `name_en`, else its own; "" for none."""
    said = latin_name(one.kind, name_en) if name_en else one.latin
    key = english_key(said)
    return f"{key}@{one.stem.partition('@')[2]}" if key else ""


def apart(one: Identity, other: Identity) -> bool:
    """Whether two things stand in different places."""
    elsewhere = one.district and other.district and one.district != other.district
    return one.province_code != other.province_code or bool(elsewhere)


def likeness(one: Identity, other: Identity) -> float:
    """How alike two names are, 0 to 100. Units of two universities are not alike."""
    if one.kind == "unit":
        (name, _, code), (other_name, _, other_code) = one.stem.partition("@"), other.stem.partition("@")
        if code and other_code and code != other_code:
            return 0.0
        return float(fuzz.ratio(name, other_name))
    return float(fuzz.ratio(one.stem, other.stem))


def loose(stem: str) -> str:
    """A stem written out, without the words that are written or left out at will."""
    for short, whole in _SHORTENED:
        if stem.startswith(short):
            stem = whole + stem[len(short) :]
    return _LOOSE.sub("", stem) or stem


def letters(stem: str) -> str:
    """The letters of `loose`, sorted: the same for all stems of the same words."""
    return "".join(sorted(loose(stem)))


def same_words(one: str, other: str) -> bool:
    """Whether two stems are of the same words in any order, but for those that are written or left out at will."""
    first, second = loose(one), loose(other)
    if len(first) != len(second):
        return False
    return second in first + first or sorted(words(first)) == sorted(words(second))


def misspelt(one: str, other: str) -> bool:
    """Whether two stems sound the same and what differs is, on one side, no word: จันทร์ and จัน, แก๋ว and แก่ว; not ไม้ and ใหม่."""
    first, second = loose(one), loose(other)
    if spelt(transliterate(first)) != spelt(transliterate(second)):
        return False
    mine, theirs = words(first), words(second)
    differing = [(set(mine) - set(theirs)), (set(theirs) - set(mine))]
    return any(some and not all(is_word(word) for word in some) for some in differing)


def _squeezed(text: str) -> str:
    return _SIGNS.sub("", fold(text))
