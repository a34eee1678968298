"""Of which entities new rows may speak, looked up together; what is in doubt is written down for a person."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from rapidfuzz import fuzz, process
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from harvesters.thai.slugs import slug
from portal.registry.batches import batches
from portal.registry.identity import ALIKE, Identity, judge, registration, standing
from portal.registry.models import Doubt, Entity
from portal.registry.reading import Told
from portal.registry.subjects import subjects_of

SHORT = 6  # signs of the digest at the end of an address
MOST_DOUBTS = 3  # of one entity, the likest
MOST_COMPARED = 1_000  # names that one name is compared with
BEGINNING = 4  # letters


class Known(NamedTuple):
    """What is needed of an entity to tell whether a row speaks of it."""

    id: int
    kind: str
    slug: str
    name_th: str
    stem: str
    external_id: str
    province_code: str | None
    district: str


Candidate = Known | Entity  # one that stands, or one that is just made


class Candidates:
    """The entities that new rows may speak of, looked up together, and those that they make."""

    def __init__(self, session: Session, fresh: Sequence[Told]) -> None:
        self._by_number: dict[tuple[str, str], Candidate] = {}
        self._by_place: dict[tuple[str, str | None], dict[str, list[Candidate]]] = defaultdict(
            lambda: defaultdict(list)
        )
        self._beginning: dict[tuple[str, str | None, str], list[str]] = defaultdict(list)
        self._identities: dict[tuple[str, str], Identity] = {}
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

    def _identity(self, entity: Candidate) -> Identity:
        """Reckoned when it is first needed: of most that stand in a province it never is."""
        key = (entity.kind, entity.slug)
        if key not in self._identities:
            self._identities[key] = standing(
                entity.kind,
                entity.name_th,
                entity.stem,
                external_id=entity.external_id,
                province_code=entity.province_code,
                district=entity.district,
            )
        return self._identities[key]

    def find(self, told: Told) -> tuple[Candidate, str]:
        """The entity that a row speaks of beyond doubt and how it was found; a new one ("own") where there is none."""
        numbered = self._by_number.get((told.identity.kind, told.identity.external_id))
        if numbered is not None and judge(told.identity, self._identity(numbered))[0] == "same":
            return numbered, "registration"
        for entity in self._by_place[told.identity.kind, told.identity.province_code].get(told.identity.stem, ()):
            if judge(told.identity, self._identity(entity))[0] == "same":
                return entity, "name"
        return self._make(told), "own"

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
        pairs: dict[tuple[int, int], float] = {}
        for entity in self.made:
            if entity.kind == "output":
                continue
            for other, score in self._alike(entity):
                pairs[min(entity.id, other.id), max(entity.id, other.id)] = score
        if pairs:
            rows = [
                {"one_id": one, "other_id": other, "score": round(score, 1)} for (one, other), score in pairs.items()
            ]
            session.execute(insert(Doubt), rows)

    def _alike(self, entity: Entity) -> Iterator[tuple[Candidate, float]]:
        """Those in the same province whose names are alike enough for a person to look at.

        Where a province has very many, only those whose names begin alike are looked at: a slip is seldom in the first letters.
        """
        place = self._by_place[entity.kind, entity.province_code]
        if len(place) > MOST_COMPARED:
            stems = self._beginning[entity.kind, entity.province_code, entity.stem[:BEGINNING]]
        else:
            stems = list(place)
        if len(stems) > MOST_COMPARED:
            return
        found = process.extract(entity.stem, stems, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=4 * MOST_DOUBTS)
        left = MOST_DOUBTS
        for stem, _, _ in found:
            for other in place[stem]:
                if other is entity or not left:
                    continue
                said, score = judge(self._identity(entity), self._identity(other))
                if said == "doubtful":
                    left -= 1
                    yield other, score
