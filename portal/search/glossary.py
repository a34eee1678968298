"""Words for the same thing, in Thai and English, from datasets/glossary/synonyms. A question is widened by them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from harvesters import bundled
from portal.search.analysis import index_words

SYNONYM_WEIGHT = 0.6
SHORT_WEIGHT = (
    0.9  # of abbreviations and what they stand for, and of other spellings: the same name, but some are words as well
)
ABBREVIATIONS, SPELLINGS = "abbreviations.csv", "spellings.csv"
TABLES = {
    SPELLINGS: SHORT_WEIGHT,
    ABBREVIATIONS: SHORT_WEIGHT,
    "groups.csv": SYNONYM_WEIGHT,
    "additions.csv": SYNONYM_WEIGHT,
}
LONGEST = 6  # words of one term
MOST_SYNONYMS = 8  # of one thing; a wider question finds more and means less

Term = tuple[str, ...]


class Synonym(NamedTuple):
    """Another way to say a term, cut into words as texts are; `weight` is below 1, which what was typed has."""

    words: Term
    weight: float


def glossary_groups() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each group's name and its terms, Thai ones first."""
    for table in TABLES:
        yield from _groups(table)


def _groups(table: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    path = bundled.datasets_folder() / "glossary" / "synonyms" / table
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            terms = [term.strip() for name in ("thai", "english") for term in row[name].split(";")]
            yield row["group"], tuple(term for term in terms if term)


@cache
def terms_of(table: str) -> frozenset[Term]:
    """All terms of one table, cut into words."""
    return frozenset(tuple(index_words(term)) for _, terms in _groups(table) for term in terms)


def is_same_name(typed: str, other: Term) -> bool:
    """Whether another way to say a word is the same name: another spelling of it, or what it is short for.

    Not the other way round: the letters that a name is short by are other things as well (dip, อก).
    """
    return other in terms_of(SPELLINGS) or (other in terms_of(ABBREVIATIONS) and len("".join(other)) > len(typed))


@cache
def synonyms() -> Mapping[Term, tuple[Synonym, ...]]:
    """Term → the others of its groups, abbreviations and their names first."""
    found: dict[Term, dict[Term, float]] = {}
    for table, weight in TABLES.items():
        for _, terms in _groups(table):
            cut = dict.fromkeys(tuple(index_words(term)) for term in terms)
            for term in cut:
                if 0 < len(term) <= LONGEST:
                    known = found.setdefault(term, {})
                    for other in cut:
                        if other and other != term:
                            known.setdefault(other, weight)
    return {
        term: tuple(Synonym(words, weight) for words, weight in others.items())[:MOST_SYNONYMS]
        for term, others in found.items()
    }


def terms_among(words: Sequence[str]) -> Iterator[tuple[int, int, tuple[Synonym, ...]]]:
    """Where a row of words holds terms of the glossary, the longest first: (first, behind the last, their synonyms)."""
    known = synonyms()
    at = 0
    while at < len(words):
        for length in range(min(LONGEST, len(words) - at), 0, -1):
            others = known.get(tuple(words[at : at + length]))
            if others:
                yield at, at + length, others
                at += length
                break
        else:
            at += 1
