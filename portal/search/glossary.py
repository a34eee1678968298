"""Words for the same thing, in Thai and English, from datasets/glossary/synonyms. A question is widened by them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from harvesters import bundled
from portal.search.analysis import index_words

TABLES = ("groups.csv", "additions.csv")
LONGEST = 6  # words of one term
MOST_SYNONYMS = 8  # of one thing; a wider question finds more and means less

Term = tuple[str, ...]


def glossary_groups() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each group's name and its terms, Thai ones first."""
    for table in TABLES:
        path = bundled.datasets_folder() / "glossary" / "synonyms" / table
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                terms = [term.strip() for name in ("thai", "english") for term in row[name].split(";")]
                yield row["group"], tuple(term for term in terms if term)


@cache
def synonyms() -> Mapping[Term, tuple[Term, ...]]:
    """Term → the others of its groups, both cut into words as texts are."""
    found: dict[Term, dict[Term, None]] = {}
    for _, terms in glossary_groups():
        cut = dict.fromkeys(tuple(index_words(term)) for term in terms)
        for term in cut:
            if 0 < len(term) <= LONGEST:
                found.setdefault(term, {}).update(dict.fromkeys(other for other in cut if other and other != term))
    return {term: tuple(others)[:MOST_SYNONYMS] for term, others in found.items()}


def terms_among(words: Sequence[str]) -> Iterator[tuple[int, int, tuple[Term, ...]]]:
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
