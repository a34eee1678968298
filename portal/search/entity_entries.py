"""What of a cluster, a research unit or a research output is indexed: its names, and what its rows say of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from harvesters.thai.places import province
from harvesters.thai.slugs import sort_key
from portal.catalogue.models import Dataset
from portal.registry.models import ENTITY_KINDS, Entity, Mention
from portal.search.analysis import index_texts, indexed_texts
from portal.search.engines import Entry

BATCH = 500
KINDS = frozenset(ENTITY_KINDS)
MOST_EMBEDDED = 3_000  # entities of a kind in the embedded index, which is for ten thousand entries in all
TEXTS = (  # columns of the profiles whose words a thing is looked for by
    "products", "otop_type", "needs", "standards", "producer", "description", "materials", "faculty", "university", "expertise_th",
    "expertise_en", "services", "instruments", "keywords", "abstract", "abstract_en", "unit", "kind", "name_th", "district",
    "subdistrict",
)  # fmt: skip
WHOLE = (selectinload(Entity.mentions).selectinload(Mention.dataset).selectinload(Dataset.publisher),)


def indexed_kinds(session: Session) -> frozenset[str]:
    """The kinds of the registry that the engine in force takes: the embedded one only as many of each as it is quick with.

    What it does not take is found all the same: by its rows.
    """
    if current_app.config["KHLANG"].search_engine != "whoosh":
        return KINDS
    # one step beyond the most is asked for, not all counted: each change of an entity asks this
    beyond = select(Entity.id).where(Entity.state == "present").offset(MOST_EMBEDDED).limit(1)
    return KINDS - {kind for kind in KINDS if session.scalar(beyond.where(Entity.kind == kind)) is not None}


def entity_key(kind: str, slug: str) -> str:
    """The key of an entity in the index."""
    return f"{kind}:{slug}"


def entity_marks(session: Session) -> dict[str, str]:
    """Key → mark of everything in the registry that rows speak of."""
    query = select(Entity.kind, Entity.slug, Entity.updated_at).where(
        Entity.state == "present", Entity.kind.in_(indexed_kinds(session))
    )
    return {entity_key(kind, slug): f"{moment.timestamp():.6f}" for kind, slug, moment in session.execute(query)}


def entity_entries(session: Session, kind: str, slugs: Sequence[str]) -> Iterator[Entry]:
    """The entries of those of these entities that rows speak of."""
    if kind not in indexed_kinds(session):
        return
    query = select(Entity).where(Entity.kind == kind, Entity.slug.in_(slugs), Entity.state == "present").options(*WHOLE)
    for entity in session.scalars(query):
        yield entry_of(entity)


def all_entities(session: Session) -> Iterator[Entry]:
    """Everything of the registry, in batches."""
    last, kinds = 0, indexed_kinds(session)
    while True:
        query = select(Entity).where(Entity.id > last, Entity.state == "present", Entity.kind.in_(kinds))
        query = query.order_by(Entity.id).limit(BATCH)
        batch = session.scalars(query.options(*WHOLE)).all()
        if not batch:
            return
        last = batch[-1].id
        for entity in batch:
            yield entry_of(entity)
        session.expunge_all()


def entry_of(entity: Entity) -> Entry:
    """One entity as the index takes it."""
    titles = [name for name in (entity.name_th, entity.name_en) if name]
    bodies = list(dict.fromkeys(text for mention in entity.mentions for text in texts_of(mention.facts)))
    codes = (entity.province_code,) if entity.province_code else ()
    places = [name for code in codes for name in place_names(code)]
    texts = indexed_texts(titles, bodies)
    return Entry(
        key=entity_key(entity.kind, entity.slug),
        mark=f"{entity.updated_at.timestamp():.6f}",
        title=texts.title,
        text=texts.text,
        parts=texts.parts,
        runs=texts.runs,
        places=" ".join(index_texts(places)),
        facets={
            "province": codes,
            "region": tuple(province(code).region_code for code in codes),
            "sector": (),
            "publisher": tuple(sorted({mention.dataset.publisher.slug for mention in entity.mentions})),
            "kind": (entity.kind,),
            "format": (),
            "licence": (),
            "profile": (),
            "updated": (),
        },
        moment=int(entity.updated_at.timestamp()),
        order=sort_key(entity.name_th),
    )


def texts_of(facts: Mapping[str, Any]) -> Iterator[str]:
    """The cells of a row that a thing is looked for by."""
    return (str(facts[name]) for name in TEXTS if facts.get(name))


def place_names(code: str) -> tuple[str, ...]:
    """The names of a province in both languages. Its other spellings are known to questions: in an index their words would be
    words of their own (ใหม of เชียงใหม)."""
    found = province(code)
    return (found.name_th, found.name_en)
