"""What the fields that CKAN clients search, sort and count by hold here: for each field the values of all public datasets.

Read from the catalogue itself, not from the index, so that lists, searches and datasets agree at every moment.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, cached_property
from typing import Any

from sqlalchemy import func, select

from harvesters import bundled
from harvesters.national import EXTRAS
from harvesters.thai.places import province
from harvesters.thai.slugs import sort_key
from portal.catalogue.models import Dataset, Publisher, Resource, Version
from portal.catalogue.queries import dataset_values, province_values
from portal.catalogue.uids import named_uid

Values = Iterable[tuple[int, str]]

CONSTANTS: Mapping[str, str] = {
    **{"type": "dataset", "dataset_type": "dataset", "state": "active", "private": "false", "capacity": "public"},
    **{"entity_type": "package", "permission_labels": "public"},
}
COLUMNS = (
    "license_id", "maintainer", "maintainer_email", "data_type", "update_frequency_unit", "update_frequency_interval",
    "geo_coverage", "data_source", "data_category",
)  # fmt: skip
LISTS = ("tags", "objective", "data_format")
TEXTS = frozenset({"title", "notes", "author", "maintainer", "data_source", "organization_title"})  # searched by words
SORTS = ("score", "id", "name", "title", "title_string", "metadata_modified", "metadata_created")


def ckan_moment(moment: datetime) -> str:
    """A moment as CKAN writes it and its harvesters compare it, as text: UTC without its zone."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}"


def group_name(code: str) -> str:
    """The name of a province as a group of CKAN, where groups and organisations share their names: "th-54"."""
    return province(code).iso.lower()


def publisher_uid(slug: str, created_at: datetime) -> str:
    """The id of a publisher; two portals may have publishers of one name."""
    return named_uid("publisher", slug, ckan_moment(created_at))


@cache
def national_fields() -> frozenset[str]:
    """The fields of the national standard that a dataset may have."""
    return frozenset(
        row["field_name"]
        for row in bundled.read_table("thai_gdc_fields")
        if row["level"] == "dataset" and row["field_name"]
    )


def as_text(value: Any) -> str:
    """A value as CKAN's extras hold it."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


@dataclass(slots=True)
class Base:
    """What every search needs of a dataset."""

    uid: str
    name: str
    title_th: str
    title_en: str
    created: str
    modified: str
    publisher: str


@dataclass
class Catalogue:
    """All public datasets as they stand in this request, with the values of their fields, each read when first asked for."""

    columns: dict[str, list[tuple[int, str]]] = field(default_factory=dict)

    @cached_property
    def bases(self) -> dict[int, Base]:
        """Every public dataset by its number."""
        wanted = (
            *(Dataset.uid, Dataset.name, Dataset.title_th, Dataset.title_en, Dataset.created_at, Dataset.updated_at),
            Publisher.slug,
        )
        return {
            number: Base(uid, name, th, en, ckan_moment(created), ckan_moment(updated), slug)
            for number, uid, name, th, en, created, updated, slug in dataset_values(*wanted)
        }

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The number of every dataset by its name."""
        return {base.name: number for number, base in self.bases.items()}

    def knows(self, name: str) -> bool:
        """Whether there is such a field."""
        return name in READERS or name in CONSTANTS or name.startswith("extras_") or name in national_fields()

    def values(self, name: str) -> list[tuple[int, str]]:
        """The values of a field, (number of the dataset, value); a field that nobody has gives none."""
        if name not in self.columns:
            self.columns[name] = [(number, value) for number, value in self.read(name) if value]
        return self.columns[name]

    def read(self, name: str) -> Values:
        """The values of a field, read."""
        if name in CONSTANTS:
            return ((number, CONSTANTS[name]) for number in self.bases)
        reader = READERS.get(name)
        return reader(self) if reader else extra_values(name.removeprefix("extras_"))

    def sort_key(self, name: str) -> Callable[[int], Any]:
        """By what a field sorts; titles as a Thai dictionary does."""
        bases = self.bases
        if name in ("title", "title_string"):
            return lambda number: sort_key(bases[number].title_th)
        attribute = {"id": "uid", "metadata_modified": "modified", "metadata_created": "created"}.get(name, name)
        return lambda number: getattr(bases[number], attribute)


def of_base(*attributes: str) -> Callable[[Catalogue], Values]:
    """Reads a field out of what is known of every dataset anyway."""
    return lambda all_: (
        (number, getattr(base, attribute)) for number, base in all_.bases.items() for attribute in attributes
    )


def of_columns(*columns: Any) -> Callable[[Catalogue], Values]:
    """Reads a field that is columns of texts."""
    return lambda _: ((row[0], value) for row in dataset_values(*columns) for value in row[1:])


def of_list(column: Any) -> Callable[[Catalogue], Values]:
    """Reads a field of several values."""
    return lambda _: ((number, as_text(value)) for number, values in dataset_values(column) for value in values)


def extra_values(name: str) -> Iterator[tuple[int, str]]:
    """The values of a field that only some publishers have."""
    for number, extras in dataset_values(Dataset.extras):
        told = extras.get(EXTRAS)
        own = told if isinstance(told, dict) else {}
        value = extras.get(name, own.get(name))
        for one in value if isinstance(value, list) else [value]:
            if one is not None and name != EXTRAS:
                yield number, as_text(one)


def group_values(_: Catalogue) -> Values:
    """The provinces that datasets speak of."""
    return ((number, group_name(code)) for number, code in province_values())


def owner_values(_: Catalogue) -> Values:
    """The ids of publishers."""
    told = dataset_values(Publisher.slug, Publisher.created_at)
    return ((number, publisher_uid(slug, created)) for number, slug, created in told)


def format_values(_: Catalogue) -> Iterator[tuple[int, str]]:
    """The formats of what a dataset lists."""
    tables = select(func.count(Resource.id)).where(Resource.version_id == Version.id).scalar_subquery()
    for number, count, links in dataset_values(tables, Version.links):
        yield from ((number, one) for one in {*(["CSV"] if count else []), *map(link_format, links)})


def link_format(link: Mapping[str, Any]) -> str:
    """The format of a file that is only named: never nothing, because some clients refuse the whole dataset then."""
    return str(link.get("format") or "").strip().upper() or "URL"


READERS: Mapping[str, Callable[[Catalogue], Values]] = {
    "id": of_base("uid"),
    "name": of_base("name"),
    "title": of_base("title_th", "title_en"),
    "title_string": of_base("title_th"),
    "metadata_created": of_base("created"),
    "metadata_modified": of_base("modified"),
    "organization": of_base("publisher"),
    "owner_org": owner_values,
    "organization_title": of_columns(Publisher.title_th, Publisher.title_en),
    "author": of_columns(Publisher.title_th),
    "notes": of_columns(Dataset.notes_th, Dataset.notes_en),
    "groups": group_values,
    "res_format": format_values,
    **{name: of_columns(getattr(Dataset, name)) for name in COLUMNS},
    **{name: of_list(getattr(Dataset, name)) for name in LISTS},
}
