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
from harvesters.thai.text import fold
from harvesters.thai.words import words

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
    ("cooperative", re.compile("สหกรณ์|สกก")),
)
_WRITTEN_OUT = (
    (re.compile(r"สกก ?\.?"), "สหกรณ์การเกษตร"),
    (re.compile(r"^ว ?\. ?(?:ส ?\. ?)?ช ?\.|^วสช ?\.?"), "วิสาหกิจชุมชน"),
    (re.compile(r"^บ ?\. ?(?=.*(?:จก|จำกัด))"), "บริษัท "),
    (re.compile(r"(?<=.)(?<=[ ก-์])บ ?\. ?(?=[ก-์])"), "บ้าน"),
    (re.compile(r"ฯ| จก ?\.?$|\([^)]*[0-9][^)]*\)"), ""),
)
# Words inside a name that offices write or leave out as they like.
_LOOSE = re.compile("บ้าน|ผู้|ผลิต|แปรรูป|ตำบล|แท้")
_NUMBER = re.compile("[0-9]+")


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells a thing apart: `kind` (cluster, unit, output), its number, `stem` of its name, `legal` form and place."""

    kind: str
    external_id: str
    stem: str
    legal: str = ""
    province_code: str | None = None
    district: str = ""  # the district's code, "" where it is not known


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
    )


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
    bare, code = fold(name), ""
    if university:
        named = find_university(university)
        code = named.code if named is not None else _squeezed(university)
    for written, said in _endings():
        if bare.endswith(written) and len(bare) > len(written):
            bare, code = bare[: -len(written)].rstrip(), code or said
            break
    return f"{_squeezed(bare)}@{code}"


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
    alike = likeness(one, other)
    if one.external_id and other.external_id:
        if one.external_id != other.external_id:
            return "different", alike
        return ("same" if alike > FAR_APART else "doubtful"), alike
    if one.province_code != other.province_code or (one.district and other.district and one.district != other.district):
        return "different", alike
    if one.legal != other.legal:
        return ("doubtful" if alike == ALL_ALIKE else "different"), alike
    if one.stem == other.stem:
        return "same", alike
    if _NUMBER.findall(one.stem) != _NUMBER.findall(other.stem):
        return ("doubtful" if alike >= ALIKE else "different"), alike
    if one.kind == "cluster" and one.district == other.district and loose(one.stem) == loose(other.stem):
        return "same", alike
    return ("doubtful" if alike >= ALIKE else "different"), alike


def likeness(one: Identity, other: Identity) -> float:
    """How alike two names are, 0 to 100. Units of two universities are not alike."""
    if one.kind == "unit":
        (name, _, code), (other_name, _, other_code) = one.stem.partition("@"), other.stem.partition("@")
        if code and other_code and code != other_code:
            return 0.0
        return float(fuzz.ratio(name, other_name))
    return float(fuzz.ratio(one.stem, other.stem))


def loose(stem: str) -> tuple[str, ...]:
    """The words of a stem in dictionary order, without those that are written or left out at will."""
    return tuple(sorted(words(_LOOSE.sub("", stem) or stem)))


def _squeezed(text: str) -> str:
    return _SIGNS.sub("", fold(text))
