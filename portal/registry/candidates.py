"""Of which entities new rows may speak, looked up together; what is in doubt is written down for a person."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from heapq import nlargest
from operator import itemgetter
from typing import NamedTuple

from rapidfuzz import fuzz, process
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from harvesters.thai.slugs import slug
from portal.registry.batches import batches
from portal.registry.bilingual import is_latin, may_agree, rough, sketch
from portal.registry.identity import (
    ALIKE,
    ALL_ALIKE,
    Identity,
    Judgement,
    english_stem,
    judge,
    letters,
    may_be,
    registration,
    standing,
)
from portal.registry.models import Doubt, Entity
from portal.registry.reading import Told
from portal.registry.subjects import subjects_of

SHORT = 6  # signs of the digest at the end of an address
MOST_DOUBTS = 3  # of one entity, the likest
MOST_COMPARED = 1_000  # names that one name is compared with
MOST_ACROSS = 20  # names in the other script that one name is compared with whole, those whose consonants are likest
BEGINNING = 4  # letters


class Known(NamedTuple):
    """What is needed of an entity to tell whether a row speaks of it."""

    id: int
    kind: str
    slug: str
    name_th: str
    name_en: str
    stem: str
    external_id: str
    province_code: str | None
    district: str


Candidate = Known | Entity  # one that stands, or one that is just made
Judged = tuple[Candidate, Judgement, float]  # with what is thought of it, and how alike the names are


class Candidates:
    """The entities that new rows may speak of, looked up together, and those that they make."""

    def __init__(self, session: Session, fresh: Sequence[Told]) -> None:
        self._by_number: dict[tuple[str, str], Candidate] = {}
        self._by_place: dict[tuple[str, str | None], dict[str, list[Candidate]]] = defaultdict(
            lambda: defaultdict(list)
        )
        self._beginning: dict[tuple[str, str | None, str], list[str]] = defaultdict(list)
        self._by_letters: dict[tuple[str | None, str], list[Candidate]] = defaultdict(list)  # of clusters
        self._by_english: dict[tuple[str, str | None, str], list[Candidate]] = defaultdict(list)
        self._latin: dict[tuple[str, str | None], list[Candidate]] = defaultdict(list)
        self._thai: dict[tuple[str, str | None], list[Candidate]] = defaultdict(list)
        self._bones: dict[str, str] = {}
        self._identities: dict[tuple[str, str], Identity] = {}
        self._doubts: list[tuple[Candidate, Candidate, float]] = []
        self._slugs: set[tuple[str, str]] = set()
        self.made: list[Entity] = []
        places = {(one.identity.kind, one.identity.province_code) for one in fresh}
        numbers = [one.external_id for one in fresh if one.identity.external_id]
        stems = sorted({one.identity.stem for one in fresh if one.identity.kind == "output"})
        for entity in self._known(session, places, numbers, stems):
            self._learn(entity)

    @staticmethod
    def _known(
        session: Session, places: Iterable[tuple[str, str | None]], numbers: Sequence[str], stems: Sequence[str]
    ) -> Iterator[Known]:
        """Those that rows may speak of: of the same province, of the same number; of outputs, of the same title."""
        standing = select(*(getattr(Entity, name) for name in Known._fields)).where(Entity.state != "joined")
        queries = [
            standing.where(Entity.kind == kind, Entity.province_code == code)
            for kind, code in places
            if kind != "output"
        ]
        queries += [standing.where(Entity.external_id.in_(some)) for some in batches(sorted(set(numbers)))]
        queries += [standing.where(Entity.kind == "output", Entity.stem.in_(some)) for some in batches(stems)]
        for query in queries:
            for row in session.execute(query):
                yield Known(*row)

    def _learn(self, entity: Known) -> None:
        if (entity.kind, entity.slug) not in self._slugs:
            self._place(entity, registration(entity.external_id))

    def _place(self, entity: Candidate, number: str) -> None:
        if number:
            self._by_number.setdefault((entity.kind, number), entity)
        same = self._by_place[entity.kind, entity.province_code][entity.stem]
        if not same:
            self._beginning[entity.kind, entity.province_code, entity.stem[:BEGINNING]].append(entity.stem)
        same.append(entity)
        self._slugs.add((entity.kind, entity.slug))
        place = (entity.kind, entity.province_code)
        if entity.kind == "cluster":
            self._by_letters[entity.province_code, letters(entity.stem)].append(entity)
        if entity.kind != "output":
            (self._latin if is_latin(entity.stem) else self._thai)[place].append(entity)
            if entity.name_en or is_latin(entity.stem):
                identity = self._identity(entity)
                for key in {english_stem(identity), english_stem(identity, entity.name_en)} - {""}:
                    self._by_english[*place, key].append(entity)

    def _identity(self, entity: Candidate) -> Identity:
        """Reckoned when it is first needed: of most that stand in a province it never is."""
        key = (entity.kind, entity.slug)
        if key not in self._identities:
            # one that was first told of in English, and later in Thai, is compared by its English name
            latin = is_latin(entity.stem) and bool(entity.name_en) and not is_latin(entity.name_th)
            self._identities[key] = standing(
                entity.kind,
                entity.name_en if latin else entity.name_th,
                entity.stem,
                external_id=entity.external_id,
                province_code=entity.province_code,
                district=entity.district,
            )
        return self._identities[key]

    def find(self, told: Told) -> tuple[Candidate, str]:
        """The entity that a row speaks of beyond doubt and how it was found; a new one ("own") where there is none."""
        identity = told.identity
        numbered = self._by_number.get((identity.kind, identity.external_id))
        if numbered is not None and judge(identity, self._identity(numbered))[0] == "same":
            return numbered, "registration"
        for entity in self._of_this_name(identity):
            if judge(identity, self._identity(entity))[0] == "same":
                return entity, "name"
        if identity.kind == "output":
            return self._make(told), "own"
        same, doubtful = self._weigh(told)
        if same is not None:
            return same, "name"
        if numbered is not None:
            doubtful[numbered.slug] = numbered, judge(identity, self._identity(numbered))[1]
        made = self._make(told)
        first = sorted(doubtful.values(), key=lambda pair: (-pair[1], pair[0].slug))[:MOST_DOUBTS]
        self._doubts += [(made, entity, score) for entity, score in first]
        return made, "own"

    def _weigh(self, told: Told) -> tuple[Candidate | None, dict[str, tuple[Candidate, float]]]:
        """The one entity of another name that a row speaks of beyond doubt, and those that it may speak of, by their address."""
        doubtful: dict[str, tuple[Candidate, float]] = {}
        for others in (self._alike(told.identity), self._across(told.identity), self._of_english_name(told)):
            same = []
            for entity, said, score in others:
                if said == "same":
                    same.append(entity)
                if said != "different":
                    doubtful.setdefault(entity.slug, (entity, score))
            if len(same) == 1:
                return same[0], {}
        return None, doubtful

    def _of_this_name(self, identity: Identity) -> Iterator[Candidate]:
        """Those in the same province of the same stem, and clusters of the same words."""
        yield from self._by_place[identity.kind, identity.province_code].get(identity.stem, ())
        if identity.kind == "cluster":
            yield from self._by_letters.get((identity.province_code, letters(identity.stem)), ())

    def _make(self, told: Told) -> Entity:
        """A new entity for a row."""
        identity = told.identity
        entity = Entity(
            kind=identity.kind,
            slug=self._free_slug(told),
            name_th=told.name,
            name_en=told.name_en,
            stem=identity.stem,
            external_id=told.external_id if identity.external_id else "",
            province_code=identity.province_code,
            district=told.district,
            latitude=told.latitude,
            longitude=told.longitude,
            subjects=subjects_of(identity.kind, [told.facts]),
        )
        self._place(entity, identity.external_id)
        self._identities[entity.kind, entity.slug] = identity
        self.made.append(entity)
        return entity

    def _free_slug(self, told: Told) -> str:
        """An address from the name, with a digest of what tells the thing apart: the same whenever it is made anew."""
        identity = told.identity
        lasting = identity.external_id or f"{identity.stem}|{identity.province_code}|{identity.district}"
        digest = hashlib.sha256(f"{identity.kind}|{lasting}".encode()).hexdigest()
        base = slug(told.name_en or told.name, identity.kind)[: 68 - 2 * SHORT].strip("-")
        length = SHORT
        while (identity.kind, f"{base}-{digest[:length]}") in self._slugs:
            length += 1
        return f"{base}-{digest[:length]}"

    def note_doubts(self, session: Session) -> None:
        """Write down which of the new entities may be one with another, for a person."""
        pairs = {(min(one.id, other.id), max(one.id, other.id)): round(score, 1) for one, other, score in self._doubts}
        if pairs:
            rows = [{"one_id": one, "other_id": other, "score": score} for (one, other), score in pairs.items()]
            session.execute(insert(Doubt), rows)

    def _alike(self, identity: Identity) -> Iterator[Judged]:
        """Those in the same province whose names are alike enough to be looked at, the likest first.

        Where a province has very many, only those whose names begin alike are looked at: a slip is seldom in the first letters.
        """
        place = self._by_place[identity.kind, identity.province_code]
        if len(place) > MOST_COMPARED:
            stems = self._beginning[identity.kind, identity.province_code, identity.stem[:BEGINNING]]
        else:
            stems = list(place)
        if len(stems) > MOST_COMPARED:
            return
        found = process.extract(identity.stem, stems, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=4 * MOST_DOUBTS)
        for stem, _, _ in found:
            for entity in place[stem][: 4 * MOST_DOUBTS]:
                yield entity, *judge(identity, self._identity(entity))

    def _across(self, identity: Identity) -> Iterator[Judged]:
        """Those in the same province whose names are in the other script and may say the same."""
        others = (self._thai if identity.latin else self._latin)[identity.kind, identity.province_code]
        found: list[tuple[float, str, Candidate]] = []
        for entity in others if len(others) <= 5 * MOST_COMPARED else ():
            seen = sketch(identity.latin or self._identity(entity).latin)
            stem = entity.stem if identity.latin else identity.stem
            bones = self._rough(stem)
            if may_agree(seen, stem, bones):
                found.append((fuzz.ratio(seen.whole, bones), entity.slug, entity))
        for _, _, entity in nlargest(MOST_ACROSS, found, key=itemgetter(0, 1)):
            yield entity, *judge(identity, self._identity(entity))

    def _rough(self, stem: str) -> str:
        if stem not in self._bones:
            self._bones[stem] = rough(stem.partition("@")[0])
        return self._bones[stem]

    def _of_english_name(self, told: Told) -> Iterator[Judged]:
        """Those in the same place whose English name is the name of this row, or whose name is the row's English name.

        Two things with different Thai names do not become one by what they are called in English.
        """
        identity = told.identity
        found: set[str] = set()
        for key in {english_stem(identity), english_stem(identity, told.name_en)} - {""}:
            for entity in self._by_english[identity.kind, identity.province_code, key]:
                other = self._identity(entity)
                if entity.slug not in found and bool(other.latin) != bool(identity.latin) and may_be(identity, other):
                    found.add(entity.slug)
                    yield entity, "same", ALL_ALIKE
