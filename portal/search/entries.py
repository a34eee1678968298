"""What of a dataset is indexed, with which facets, and the mark that tells whether that is still so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from harvesters.licences import licence_code
from harvesters.thai.places import province
from harvesters.thai.slugs import sort_key
from portal.articles.queries import all_articles
from portal.catalogue.models import Dataset, Version
from portal.catalogue.queries import WHOLE, visible
from portal.search.analysis import index_texts, indexed_texts
from portal.search.article_entries import article_entries, article_marks
from portal.search.engines import Entry
from portal.search.entity_entries import all_entities, entity_entries, entity_marks, place_names
from portal.search.sectors import sectors_of
from portal.writing import THAI_TIME

BATCH = 500
EXPORTS = ("csv", "json", "parquet", "xlsx")  # every table can be downloaded as these


def dataset_key(name: str) -> str:
    """The key of a dataset in the index."""
    return f"dataset:{name}"


def dataset_mark(version: int, state: str, updated_at: datetime) -> str:
    """What an entry was made from, in short: looked up for the whole catalogue without making any entry."""
    return f"{version}-{state}-{updated_at.timestamp():.0f}"


def wanted_marks(session: Session) -> dict[str, str]:
    """Key → mark of everything public: what the index should hold."""
    query = visible(
        select(Dataset.name, Version.number, Dataset.state, Dataset.updated_at).join(
            Version, Version.id == Dataset.current_version_id
        )
    )
    datasets = {
        dataset_key(name): dataset_mark(number, state, moment) for name, number, state, moment in session.execute(query)
    }
    return datasets | entity_marks(session) | article_marks()


def entries_of(session: Session, keys: Iterable[str]) -> Iterator[Entry]:
    """The entries of those of these keys that are public."""
    named: dict[str, list[str]] = {}
    for key in keys:
        kind, _, name = key.partition(":")
        named.setdefault(kind, []).append(name)
    for kind, names in named.items():
        if kind == "dataset":
            yield from dataset_entries(session, names)
        elif kind == "article":
            yield from article_entries(names)
        else:
            yield from entity_entries(session, kind, names)


def dataset_entries(session: Session, names: Iterable[str]) -> Iterator[Entry]:
    """The entries of those of the named datasets that are public."""
    for dataset in session.scalars(visible(select(Dataset)).where(Dataset.name.in_(list(names))).options(*WHOLE)):
        yield entry_of(dataset)


def all_entries(session: Session) -> Iterator[Entry]:
    """Everything public, in batches, so that a large catalogue is never in memory at once."""
    last = 0
    while True:
        batch = session.execute(
            visible(select(Dataset.id, Dataset.name)).where(Dataset.id > last).order_by(Dataset.id).limit(BATCH)
        ).all()
        if not batch:
            break
        last = batch[-1].id
        yield from dataset_entries(session, [name for _, name in batch])
        session.expunge_all()
    yield from all_entities(session)
    yield from article_entries(all_articles())


def entry_of(dataset: Dataset) -> Entry:
    """One dataset as the index takes it."""
    current = dataset.current
    assert current is not None
    titles = [dataset.title_th, dataset.title_en]
    bodies = body_texts(dataset, current)
    texts = indexed_texts(titles, bodies)
    codes = tuple(link.province_code for link in dataset.provinces)
    places = [name for code in codes for name in place_names(code)]
    return Entry(
        key=dataset_key(dataset.name),
        mark=dataset_mark(current.number, dataset.state, dataset.updated_at),
        title=texts.title,
        text=texts.text,
        parts=texts.parts,
        runs=texts.runs,
        places=" ".join(index_texts(places)),
        facets={
            "province": codes,
            "region": tuple(sorted({province(code).region_code for code in codes})),
            "sector": sectors_of(current),
            "publisher": (dataset.publisher.slug,),
            "kind": ("dataset",),
            "format": tuple(sorted({*EXPORTS, *original_formats(current)})),
            "licence": (licence_code(dataset.license_id),),
            "profile": (dataset.profile,) if dataset.profile else (),
            "updated": (f"{dataset.updated_at.astimezone(THAI_TIME):%Y}",),
        },
        moment=int(dataset.updated_at.timestamp()),
        order=sort_key(dataset.title_th),
    )


def body_texts(dataset: Dataset, version: Version) -> list[str]:
    """What a dataset says beside its title: descriptions, tags, publisher, names of tables and of columns."""
    headings: dict[str, None] = {}
    for resource in version.resources:
        headings |= dict.fromkeys(column_names(resource.schema["fields"]))
    told = [
        dataset.notes_th,
        dataset.notes_en,
        *map(str, dataset.tags),
        dataset.publisher.title_th,
        dataset.publisher.title_en,
        dataset.data_source,
        *(resource.title for resource in version.resources),
        *(resource.sheet or "" for resource in version.resources),
        *headings,
    ]
    return [text for text in told if text]


def column_names(fields: Sequence[dict[str, object]]) -> Iterator[str]:
    """What the columns of a table are called, by us and by the file; not the row number."""
    for field in fields:
        if field["name"] != "_row":
            yield from dict.fromkeys(str(field[name]) for name in ("title", "source", "name") if field.get(name))


def original_formats(version: Version) -> set[str]:
    """The format of the original, where it is offered."""
    return {file.path.rsplit(".", 1)[-1].casefold() for file in version.files if file.role == "original"}
