"""What of a dataset is indexed, and with which facets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from harvesters.licences import licence_code
from harvesters.thai.places import province
from harvesters.thai.slugs import sort_key
from portal.catalogue.models import Dataset, Version
from portal.catalogue.queries import visible
from portal.search.analysis import grams, index_parts, index_words, join
from portal.search.engines import Entry


def dataset_key(name: str) -> str:
    """The key of a dataset in the index."""
    return f"dataset:{name}"


def dataset_entries(session: Session, names: Iterable[str]) -> Iterator[Entry]:
    """The entries of those of the named datasets that are public."""
    query = (
        visible(select(Dataset))
        .where(Dataset.name.in_(list(names)))
        .options(
            selectinload(Dataset.publisher),
            selectinload(Dataset.provinces),
            selectinload(Dataset.current).selectinload(Version.resources),
            selectinload(Dataset.current).selectinload(Version.files),
        )
    )
    for dataset in session.scalars(query):
        yield entry_of(dataset)


def entry_of(dataset: Dataset) -> Entry:
    """One dataset as the index takes it."""
    current = dataset.current
    assert current is not None
    title = f"{dataset.title_th} {dataset.title_en}"
    headings = [
        f"{field.get('title', '')} {field.get('source', '')} {field['name']}"
        for resource in current.resources
        for field in resource.schema["fields"]
    ]
    tables = [f"{resource.title} {resource.sheet or ''}" for resource in current.resources]
    publisher = f"{dataset.publisher.title_th} {dataset.publisher.title_en}"
    body = " \n ".join(
        [dataset.notes_th, dataset.notes_en, " ".join(dataset.tags), publisher, dataset.data_source, *tables, *headings]
    )
    places = " ".join(
        f"{found.name_th} {found.name_en} {' '.join(found.aliases)}"
        for found in (province(link.province_code) for link in dataset.provinces)
    )
    return Entry(
        key=dataset_key(dataset.name),
        title=join(index_words(title) + index_parts(title)),
        text=join(index_words(body)),
        parts=join(index_parts(body)),
        grams=join(grams(f"{title} {body}")),
        places=join(index_words(places)),
        facets={
            "province": tuple(link.province_code for link in dataset.provinces),
            "publisher": (dataset.publisher.slug,),
            "kind": ("dataset",),
            "format": tuple(sorted({"csv", "xlsx", "json", "parquet"} | original_formats(current))),
            "licence": (licence_code(dataset.license_id),),
            "profile": (dataset.profile,) if dataset.profile else (),
        },
        moment=int(dataset.updated_at.timestamp()),
        order=sort_key(dataset.title_th),
    )


def original_formats(version: Version) -> set[str]:
    """The format of the original, where it is offered."""
    return {file.path.rsplit(".", 1)[-1] for file in version.files if file.role == "original"}
