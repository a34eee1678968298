"""Names of firms, groups and universities, recognised although everybody writes them otherwise."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from harvesters import bundled
from harvesters.thai.text import clean, fold

# What stands before and behind a name and only says what kind of thing it is, longest first.
_BEFORE = re.compile(
    r"(?:บริษัทหลักทรัพย์|บริษัท|บมจ ?\.?|บจก ?\.?|บจ ?\.|หจก ?\.?|หสน ?\.?|ห้างหุ้นส่วนสามัญนิติบุคคล|ห้างหุ้นส่วนสามัญ|ห้างหุ้นส่วนจำกัด|ห้างหุ้นส่วน"
    r"|เครือข่ายวิสาหกิจชุมชน|กลุ่มวิสาหกิจชุมชน|วิสาหกิจชุมชน|วิสาหกิจเพื่อสังคม|วสช ?\.?|กลุ่มแม่บ้านเกษตรกร|กลุ่มแม่บ้าน|กลุ่มสตรี|กลุ่มอาชีพ|กลุ่ม"
    r"|ร้าน|สหกรณ์|โรงงาน|โอทอป|otop) ?"
)
_BEHIND = re.compile(
    r" ?(?:\(?สำนักงานใหญ่\)?|\(?มหาชน\)?|จำกัด|บมจ ?\.?|บจก ?\.?|หจก ?\.?|public company limited|company limited|limited partnership|co ?\.?,? ?ltd ?\.?|co ?\.|limited|ltd ?\.?|part ?\.|plc ?\.?|pcl ?\.?|inc ?\.?)$"
)
_SIGNS = re.compile(r"[\s\-_.,'’\"“”()/&]+")
_SHORT_LATIN = re.compile("[A-Za-z]{1,2}")


@lru_cache(maxsize=50_000)
def normalise_company(text: str) -> str:
    """Return a firm's or group's name for comparing: folded, without kind words, blanks and signs.

    A name that consists of kind words alone keeps them, since nothing else tells it apart.
    """
    folded = fold(text)
    bare = folded
    while (found := _BEFORE.match(bare)) and found.end() < len(bare):
        bare = bare[found.end() :]
    while (found := _BEHIND.search(bare)) and found.start() > 0:
        bare = bare[: found.start()].rstrip(" ,")
    return _squeezed(bare) or _squeezed(folded)


def _squeezed(text: str) -> str:
    return _SIGNS.sub("", text)


@dataclass(frozen=True, slots=True)
class University:
    """A university of the reference table; `province_code` is that of its seat."""

    code: str
    name_th: str
    name_en: str
    abbr_th: str
    abbr_en: str
    aliases: tuple[str, ...]
    province_code: str


@cache
def universities() -> tuple[University, ...]:
    """All universities of the reference table."""
    return tuple(
        University(
            code=row["code"],
            name_th=row["name_th"],
            name_en=row["name_en"],
            abbr_th=row["abbr_th"],
            abbr_en=row["abbr_en"],
            aliases=tuple(alias for alias in row["aliases"].split("|") if alias),
            province_code=row["province_code"],
        )
        for row in bundled.read_table("universities")
    )


@cache
def _by_spelling() -> Mapping[str, University]:
    """Names first, then abbreviations; one that two universities use stands for neither."""
    spelled: dict[str, University] = {}
    for found in universities():
        for name in (found.name_th, found.name_en):
            spelled.setdefault(_squeezed(fold(name)), found)
    names = frozenset(spelled)
    shared: set[str] = set()
    for found in universities():
        for name in (found.abbr_th, found.abbr_en, *found.aliases):
            key = _squeezed(fold(name))
            if key and key not in names and spelled.setdefault(key, found) != found:
                shared.add(key)
    return {key: found for key, found in spelled.items() if key not in shared}


@lru_cache(maxsize=20_000)
def find_university(text: str) -> University | None:
    """Return the university that `text` names as a whole: its name, an abbreviation (มข., KKU) or an alias; else None.

    Latin abbreviations of two letters count in capitals only: "up" is a word, "UP" a university.
    """
    kept = clean(text)
    if _SHORT_LATIN.fullmatch(kept) and not kept.isupper():
        return None
    return _by_spelling().get(_squeezed(fold(kept)))
