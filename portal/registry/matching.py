"""Which research units fit what somebody asks for, by words in both languages and by subjects. Pure: values in, values out.

What an asker says becomes weighted terms, widened by the glossary and by what plain complaints mean (datasets/glossary/needs).
Each term counts by its rarity over all units and by where a unit says it. All weights stand here; docs/matching.md explains them.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from harvesters.thai.words import subwords
from portal.registry.reach import Place, closeness
from portal.search.analysis import STOP_WORDS, index_words
from portal.search.glossary import terms_among
from portal.search.needs import meanings

# ── weights ──────────────────────────────────────────────────────────────────────────────────────────────────────────
SAID: Mapping[str, float] = {"need": 3.0, "needs": 2.5, "products": 2.0, "name": 0.8}  # by an asker
TOLD: Mapping[str, float] = {
    "services": 1.0,
    "expertise": 1.0,
    "name": 0.8,
    "instruments": 0.7,
    "output": 0.6,
}  # by a unit
PART_WEIGHT = 0.35  # of a part of a compound word
SYNONYM_WEIGHT = 0.6  # of other words for the same thing
MEANING_WEIGHT = 0.8  # of what a complaint means
SUBJECT_WEIGHT = 0.25  # of a subject in common, of the whole fit
HALF = 0.22  # share of what was said that is half a fit
REACH_WEIGHT = 0.45  # of nearness, of the whole score
LEAST_FIT = 0.30  # below, a unit does not fit
BESIDE_BEST = 0.6  # of the best fit in the country: one that fits much worse shares a word, and is no help
MOST_TERMS = 60
TELLING = 8  # of the terms that were asked for: nobody answers all that is said


class Term(NamedTuple):
    """A word that was asked for: its weight, the words as they were said, and how it came: same-words or synonym."""

    weight: float
    said: str
    code: str


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: texts by what they are (SAID), subjects, and a place."""

    texts: Mapping[str, str]
    subjects: frozenset[str] = frozenset()
    place: Place = field(default_factory=Place)


@dataclass(frozen=True, slots=True)
class Unit:
    """A research unit: pieces of text, each (what it is (TOLD), the text), subjects and a place."""

    slug: str
    pieces: tuple[tuple[str, str], ...]
    subjects: frozenset[str] = frozenset()
    place: Place = field(default_factory=Place)


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a unit fits: `score` with nearness weighed in, `fit` by subject alone, both 0 to 1; the terms in common."""

    slug: str
    score: float
    fit: float
    terms: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()


class Units:
    """All research units, indexed by their words. Units may be put in, changed and taken out one by one."""

    def __init__(self, units: Iterable[Unit] = ()) -> None:
        self.by_slug: dict[str, Unit] = {}
        self._postings: dict[str, dict[str, float]] = defaultdict(dict)
        self._words: dict[str, tuple[str, ...]] = {}
        for unit in units:
            self.put(unit)

    def put(self, unit: Unit) -> None:
        """Add a unit, or change it."""
        self.remove(unit.slug)
        words: dict[str, float] = {}
        for kind, text in unit.pieces:
            for word, share in weighted(text):
                words[word] = max(words.get(word, 0.0), TOLD[kind] * share)
        for word, weight in words.items():
            self._postings[word][unit.slug] = weight
        self.by_slug[unit.slug], self._words[unit.slug] = unit, tuple(words)

    def remove(self, slug: str) -> None:
        """Take a unit out, if it is there."""
        if self.by_slug.pop(slug, None) is not None:
            for word in self._words.pop(slug):
                del self._postings[word][slug]

    def rarity(self, word: str) -> float:
        """How telling a word is: 0 for one that all units use."""
        holders = len(self._postings.get(word, ()))
        return math.log(1 + (len(self.by_slug) - holders + 0.5) / (holders + 0.5))

    def fits(self, asker: Asker, *, most_km: float) -> list[Fit]:
        """Every unit that fits, the best first, without the terms in common: `fit_of` tells those."""
        weights = self._weights(asker)
        found: dict[str, float] = defaultdict(float)
        for word, weight in weights.items():
            for slug, told in self._postings.get(word, {}).items():
                found[slug] += weight * told
        whole = self._whole(weights)
        near: dict[Place, float] = {}
        fits = []
        for slug, total in found.items():
            unit = self.by_slug[slug]
            fit = fitness(total / whole, unit.subjects, asker.subjects)
            if fit >= LEAST_FIT:
                place = unit.place
                if place not in near:
                    near[place] = closeness(asker.place, place, most_km)
                fits.append(Fit(slug, scored(fit, near[place]), round(fit, 4)))
        return sorted(fits, key=lambda fit: (-fit.score, fit.slug))

    def fit_of(self, asker: Asker, slug: str, *, most_km: float) -> Fit | None:
        """How well one unit fits, with the terms and subjects in common; None where it does not."""
        weights = self._weights(asker)
        told = {word: self._postings[word][slug] for word in weights if slug in self._postings.get(word, {})}
        if not told:
            return None
        unit = self.by_slug[slug]
        total = sum(weights[word] * share for word, share in told.items())
        fit = fitness(total / self._whole(weights), unit.subjects, asker.subjects)
        if fit < LEAST_FIT:
            return None
        score = scored(fit, closeness(asker.place, unit.place, most_km))
        return Fit(slug, score, round(fit, 4), tuple(told), tuple(sorted(unit.subjects & asker.subjects)))

    def _weights(self, asker: Asker) -> dict[str, float]:
        """What was asked for, each word by how heavily and how rare, the heaviest first."""
        weights = {word: term.weight * self.rarity(word) for word, term in asked(asker.texts).items()}
        return dict(sorted(weights.items(), key=lambda item: (-item[1], item[0])))

    def _whole(self, weights: Mapping[str, float]) -> float:
        """What a unit would have that answers all that any unit answers; not 0."""
        return sum([weight for word, weight in weights.items() if self._postings.get(word)][:TELLING]) or 1.0


def helpful(fits: Sequence[Fit]) -> list[Fit]:
    """Those that count as help when it is said whether there is any: they fit nearly as well as the best in the country."""
    least = BESIDE_BEST * max((fit.fit for fit in fits), default=0.0)
    return [fit for fit in fits if fit.fit >= least]


def fitness(share: float, told: frozenset[str], asked_for: frozenset[str]) -> float:
    """How well a unit fits, 0 to 1, by the share of the telling words that it has and by subjects in common."""
    by_words = share / (share + HALF)
    common = float(not told.isdisjoint(asked_for)) if asked_for else by_words
    return by_words * (1 - SUBJECT_WEIGHT) + SUBJECT_WEIGHT * common


def scored(fit: float, near: float) -> float:
    """A fit with nearness weighed in."""
    return round(fit * (1 - REACH_WEIGHT + REACH_WEIGHT * near), 4)


def asked(texts: Mapping[str, str]) -> dict[str, Term]:
    """The terms of what an asker says: what was said, its parts, other words for it, and what it means."""
    terms: dict[str, Term] = {}
    for kind, text in texts.items():
        said = index_words(text)
        weight = SAID[kind]
        for word, share in weighted(text):
            note(terms, word, Term(weight * share, word, "same-words"))
        for first, behind, others in terms_among(said):
            for other in others:
                for word in other.words:
                    note(terms, word, Term(weight * SYNONYM_WEIGHT, " ".join(said[first:behind]), "synonym"))
        for complaint, meaning in meanings(said):
            for word in meaning:
                note(terms, word, Term(weight * MEANING_WEIGHT, complaint, "synonym"))
    best = sorted(terms.items(), key=lambda item: -item[1].weight)[:MOST_TERMS]
    return dict(best)


def note(terms: dict[str, Term], word: str, term: Term) -> None:
    """Keep the heaviest way in which a word was asked for."""
    if word not in STOP_WORDS and (word not in terms or terms[word].weight < term.weight):
        terms[word] = term


def weighted(text: str) -> Iterator[tuple[str, float]]:
    """The words of a text with weight 1, and the parts of its compounds with less."""
    for word in index_words(text):
        yield word, 1.0
        for part in subwords(word):
            if part != word:
                yield part, PART_WEIGHT
