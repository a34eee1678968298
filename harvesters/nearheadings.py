"""Headings that no profile knows, each with the known heading that is written most alike, so that an officer sees what was meant.

Only where a profile was given or recognised, or where one would be recognised if what is near were meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz

from harvesters import bundled
from harvesters.bundled import Profile
from harvesters.checks.problems import problem
from harvesters.mapping import RECOGNISED_SHARE, count_mapped, heading_key, map_headings, spellings
from harvesters.values import Mapped, Problem, Table, Text

ALIKE = 80.0  # of 100, by rapidfuzz; below it, words of other columns begin to answer
SHORTEST = 4  # letters: shorter ones are alike by chance
BEGINNING = 6  # letters that a cut-off heading ("ชื่อวิสาหกิจฯ") shares with the whole one
CUT_OFF = ("ฯ", "ฯลฯ")


@dataclass(frozen=True, slots=True)
class Near:
    """A heading that is not known, and the column that it seems to mean."""

    heading: str
    known: str
    field: str
    title: Text


def heading_problems(table: Table, mapped: Mapped) -> Iterator[Problem]:
    """One note for each heading that is near one that the profile knows."""
    for near in near_headings(table.headings, mapped):
        yield problem(
            "heading-near",
            resource=table.name,
            sheet=table.sheet,
            value=near.heading,
            known=near.known,
            title_th=near.title.th,
            title_en=near.title.en,
            field=near.field,
        )


def near_headings(headings: tuple[str, ...], mapped: Mapped) -> list[Near]:
    """The unmapped headings that are near a column which no other heading has."""
    if mapped.profile is not None:
        return nearest(bundled.profile(mapped.profile), mapped)
    if mapped.declared or not headings:
        return []
    best: list[Near] = []
    most = 0
    for profile in bundled.profiles().values():
        tried = map_headings(headings, profile=profile.name)
        found = nearest(profile, tried)
        count = count_mapped(tried.columns) + len(found)
        fits = set(tried.missing) <= {near.field for near in found} and count >= RECOGNISED_SHARE * len(headings)
        if found and fits and count > most:
            best, most = found, count
    return best


def nearest(profile: Profile, mapped: Mapped) -> list[Near]:
    """Pairs of an unmapped heading and a free column, the most alike first; neither is used twice."""
    taken = {column.field for column in mapped.columns}
    free = [field for field in profile.fields if field.name not in taken]
    pairs = sorted(
        (
            (-likeness(column.heading, known), column.index, Near(column.heading, known, field.name, field.title))
            for column in mapped.columns
            if column.field is None
            for field in free
            for known, _, _ in spellings(field)
            if is_code(known) <= is_code(column.heading)
        ),
        key=lambda pair: pair[:2],
    )
    chosen: dict[int, Near] = {}
    used: set[str] = set()
    for unlike, index, near in pairs:
        if -unlike < ALIKE:
            break
        if index not in chosen and near.field not in used:
            chosen[index] = near
            used.add(near.field)
    return [chosen[index] for index in sorted(chosen)]


def is_code(heading: str) -> bool:
    """Whether a heading speaks of a code: no name is meant to be one ("province_en" is no "province_code")."""
    return "รหัส" in heading or "code" in heading.lower()


def likeness(heading: str, known: str) -> float:
    """How alike two headings are written, 0 to 100."""
    key, other = heading_key(heading), heading_key(known)
    bare = key.rstrip("ฯ")
    if bare != key and len(bare) >= BEGINNING and other.startswith(bare):
        return 100.0
    if min(len(key), len(other)) < SHORTEST:
        return 0.0
    return float(fuzz.ratio(key, other))
