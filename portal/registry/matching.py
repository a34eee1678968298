"""Which research units fit what somebody asks for, by words in both languages and by subjects. Pure: values in, values out.

What an asker says becomes weighted terms, widened by the glossary and by what plain complaints mean (datasets/glossary/needs).
Each term counts by its rarity over all units and by where a unit says it. All weights stand here; docs/matching.md explains them.
"""

from __future__ import annotations

import math
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from harvesters.thai.words import subwords
from portal.registry.reach import Place, closeness, upright
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
COMPLAINTS = ("need", "needs")  # in which plain complaints are looked for: products and names tell things
PART_WEIGHT = 0.35  # of a part of a compound word
SYNONYM_WEIGHT = 0.6  # of other words for the same thing
MEANING_WEIGHT = 0.8  # of what a complaint means
SUBJECT_WEIGHT = 0.25  # of a subject in common, of the whole fit
HALF = 0.22  # share of what was said that is half a fit
REACH_WEIGHT = 0.45  # of nearness, of the whole score
LEAST_FIT = 0.25  # below, a unit does not fit
BESIDE_BEST = 0.65  # of the best fit in the country: one that fits much worse shares a word, and is no help
PARTS = frozenset(
    weight * PART_WEIGHT for weight in SAID.values()
)  # weights that nothing else has: by them parts are known
MOST_TERMS = 60
TINY = 1e-9  # a share that is nothing
UNHEARD = 0.3  # of a word that no unit says, in what would answer all: น้ำ alone is little of น้ำพริก
TELLING = 8  # of the terms that were asked for: nobody answers all that is said


class Term(NamedTuple):
    """A word that was asked for: its weight, the words as they were said, and how it came: same-words, part or synonym."""

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


@dataclass(frozen=True, slots=True)
class Told:
    """A unit cut into words, which is all that matching reads of it: each word with how heavily the unit says it."""

    slug: str
    words: Mapping[str, float]
    subjects: frozenset[str] = frozenset()
    place: Place = field(default_factory=Place)
    point: tuple[float, float, float] | None = None  # the place on the globe (`reach.upright`)


@dataclass(frozen=True, slots=True)
class Frame:
    """How many units there were, and how many of them held each word: what rarity is reckoned by as long as it stands."""

    units: int
    holders: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asks for, weighed by rarity: `weights` the heaviest first, `whole` what answers all of it."""

    weights: Mapping[str, float]
    whole: float
    subjects: frozenset[str]
    place: Place
    parts: frozenset[str]  # words asked for only as parts of compounds


class Units:
    """All research units, indexed by their words. Units may be put in, changed and taken out one by one.

    With a `frame` rarity stays as it was when that was taken, whatever units come and go; without one it follows them.
    """

    def __init__(self, units: Iterable[Unit] = (), frame: Frame | None = None) -> None:
        self.by_slug: dict[str, Told] = {}
        self._numbers: dict[str, int] = {}
        self._told: list[Told] = []  # by number
        self._free: list[int] = []
        self._postings: dict[str, dict[float, list[int]]] = {}  # word → how heavily → who says it so
        self._subjects: dict[str, set[int]] = defaultdict(set)
        self._frame: Frame | None = None
        self._rarities: dict[str, float] = {}
        self._lock = threading.RLock()  # readers of one process share the units that it follows
        self.keep(frame)
        for unit in units:
            self.put(unit)

    def keep(self, frame: Frame | None) -> None:
        """Reckon rarity by a frame from now on; None: by the units themselves."""
        with self._lock:
            self._frame, self._rarities = frame, {}

    def frame(self) -> Frame:
        """The frame that the units make now."""
        with self._lock:
            return Frame(len(self.by_slug), {word: self._holders(word) for word in self._postings})

    def put(self, unit: Unit) -> None:
        """Add a unit, or change it."""
        self.put_told(told_by(unit))

    def put_told(self, told: Told) -> None:
        """The same for a unit that is cut into words already."""
        with self._lock:
            self.remove(told.slug)
            number = self._free.pop() if self._free else len(self._told)
            self._told[number : number + 1] = [told]
            self._numbers[told.slug], self.by_slug[told.slug] = number, told
            for word, weight in told.words.items():
                self._postings.setdefault(word, {}).setdefault(weight, []).append(number)
            for subject in told.subjects:
                self._subjects[subject].add(number)
            if self._frame is None:
                self._rarities.clear()

    def remove(self, slug: str) -> None:
        """Take a unit out, if it is there."""
        with self._lock:
            told = self.by_slug.pop(slug, None)
            if told is None:
                return
            number = self._numbers.pop(slug)
            self._free.append(number)
            for word, weight in told.words.items():
                posting = self._postings[word]
                posting[weight].remove(number)
                if not posting[weight]:
                    del posting[weight]
                if not posting:
                    del self._postings[word]
            for subject in told.subjects:
                self._subjects[subject].discard(number)
            if self._frame is None:
                self._rarities.clear()

    def rarity(self, word: str) -> float:
        """How telling a word is: 0 for one that all units use."""
        found = self._rarities.get(word)
        if found is None:
            if self._frame is None:
                units, holders = len(self.by_slug), self._holders(word)
            else:
                units, holders = self._frame.units, self._frame.holders.get(word, 0)
            found = self._rarities[word] = math.log(1 + (units - holders + 0.5) / (holders + 0.5))
        return found

    def question(self, terms: Mapping[str, float], subjects: frozenset[str], place: Place) -> Question:
        """What is asked for with these words and weights, as the units understand it."""
        with self._lock:
            weights = weighed({word: weight * self.rarity(word) for word, weight in terms.items()})
            held = self._postings if self._frame is None else self._frame.holders
            # what a unit would have that answers all that any unit answers; not 0. What nobody answers counts less, but it counts
            whole = (
                sum(heaviest(weight * (1.0 if held.get(word) else UNHEARD) for word, weight in weights.items())) or 1.0
            )
            return Question(weights, whole, subjects, place, parts_among(terms))

    def ask(self, asker: Asker) -> Question:
        """What an asker asks for."""
        terms = {word: term.weight for word, term in asked(asker.texts).items()}
        return self.question(terms, asker.subjects, asker.place)

    def candidates(self, question: Question) -> list[tuple[float, Told]]:
        """Every unit that fits, with how well: a unit has what its words weigh in the question."""
        with self._lock:
            found = [0.0] * len(self._told)
            for word, weight in question.weights.items():
                for told, numbers in self._postings.get(word, {}).items():
                    share = weight * told
                    for number in numbers:
                        found[number] += share
            alike: set[int] = set().union(*(self._subjects.get(one, ()) for one in question.subjects))
            # most units are put aside by one comparison: `fitness` is asked of the others alone
            least = max(least_share(False if question.subjects else None) * question.whole, TINY)
            less = max(least_share(True) * question.whole, TINY)
            numbers = [number for number, total in enumerate(found) if total >= least and number not in alike]
            numbers += [number for number in alike if found[number] >= less]
            some = []
            for number in numbers:
                unit = self._told[number]
                fit = fitness(found[number] / question.whole, unit.subjects, question.subjects)
                if fit >= LEAST_FIT and says_enough(unit, question):
                    some.append((fit, unit))
        return some

    def fits(self, asker: Asker | Question, *, most_km: float) -> list[Fit]:
        """Every unit that fits, the best first, without the terms in common: `fit_of` tells those.

        `ranking.rank` gives the first of them alone and is faster.
        """
        question = asker if isinstance(asker, Question) else self.ask(asker)
        fits = [
            Fit(unit.slug, scored(fit, closeness(question.place, unit.place, most_km)), round(fit, 4))
            for fit, unit in self.candidates(question)
        ]
        return sorted(fits, key=lambda fit: (-fit.score, fit.slug))

    def fit_of(self, asker: Asker | Question, slug: str, *, most_km: float) -> Fit | None:
        """How well one unit fits, with the terms and subjects in common; None where it does not."""
        question = asker if isinstance(asker, Question) else self.ask(asker)
        unit = self.by_slug.get(slug)
        if unit is None:
            return None
        told = {word: weight * unit.words[word] for word, weight in question.weights.items() if word in unit.words}
        if not told:
            return None
        fit = fitness(sum(told.values()) / question.whole, unit.subjects, question.subjects)
        if fit < LEAST_FIT or not says_enough(unit, question):
            return None
        score = scored(fit, closeness(question.place, unit.place, most_km))
        strongest = sorted(told, key=lambda word: (-told[word], word))
        return Fit(slug, score, round(fit, 4), tuple(strongest), tuple(sorted(unit.subjects & question.subjects)))

    def _holders(self, word: str) -> int:
        return sum(map(len, self._postings.get(word, {}).values()))


def parts_among(terms: Mapping[str, float]) -> frozenset[str]:
    """Words asked for only as parts of compounds, known by their weights."""
    return frozenset(word for word, weight in terms.items() if weight in PARTS)


def says_enough(unit: Told, question: Question) -> bool:
    """Whether a unit has more in common than parts of compounds: a word as it was asked for, or a subject."""
    if not question.parts or not unit.subjects.isdisjoint(question.subjects):
        return True
    return any(word in unit.words for word in question.weights if word not in question.parts)


def heaviest(weights: Iterable[float]) -> list[float]:
    """The TELLING heaviest of some weights."""
    return sorted(weights, reverse=True)[:TELLING]


def told_by(unit: Unit) -> Told:
    """A unit cut into words."""
    words: dict[str, float] = {}
    for kind, text in unit.pieces:
        for word, share in weighted(text):
            words[word] = max(words.get(word, 0.0), TOLD[kind] * share)
    return Told(unit.slug, words, unit.subjects, unit.place, upright(unit.place))


def weighed(weights: Mapping[str, float]) -> dict[str, float]:
    """Words with their weights, the heaviest first: sums are always made in this order, so that they come out the same."""
    return dict(sorted(weights.items(), key=lambda item: (-item[1], item[0])))


@cache
def least_share(common: bool | None) -> float:
    """A share of the telling words below which no unit fits, with a subject in common or without; None: none was asked for.

    Found by halving, as `fitness` rises with the share: most units are put aside by it before anything else is asked of them.
    """
    one = frozenset({"one"})
    told, asked_for = (one, frozenset[str]()) if common is None else (one if common else frozenset[str](), one)
    low, high = 0.0, 1.0
    while fitness(high, told, asked_for) < LEAST_FIT and high < 1024:
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if fitness(middle, told, asked_for) >= LEAST_FIT else (middle, high)
    return low * (1 - 1e-9)


def helpful(fits: Sequence[Fit]) -> list[Fit]:
    """Those that count as help when it is said whether there is any: they fit nearly as well as the best in the country."""
    best = max((fit.fit for fit in fits), default=0.0)
    return [fit for fit in fits if helps(fit.fit, best)]


def helps(fit: float, best: float) -> bool:
    """Whether a unit that fits so well counts as help beside the best in the country."""
    return fit >= BESIDE_BEST * best


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
            note(terms, word, Term(weight * share, word, "same-words" if share == 1.0 else "part"))
        for first, behind, others in terms_among(said):
            for other in others:
                for word in other.words:
                    note(terms, word, Term(weight * SYNONYM_WEIGHT, " ".join(said[first:behind]), "synonym"))
        for table in tables_for(kind, texts):
            for complaint, meaning in meanings(said, table):
                for word in meaning:
                    note(terms, word, Term(weight * MEANING_WEIGHT, complaint, "synonym"))
    best = sorted(terms.items(), key=lambda item: -item[1].weight)[:MOST_TERMS]
    return dict(best)


def tables_for(kind: str, texts: Mapping[str, str]) -> tuple[str, ...]:
    """The tables of complaints that a text of this kind is widened by; things that tell a trade only where no products tell it."""
    if kind not in COMPLAINTS:
        return ()
    return ("needs",) if texts.get("products") else ("needs", "clues")


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
