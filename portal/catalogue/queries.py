"""Reads of the catalogue. Every one begins from `visible`, so that what is not public is nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVarTuple

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import selectinload

from harvesters import bundled
from portal.catalogue.models import Dataset, DatasetProvince, DownloadCount, Publisher, Resource, Version, VersionFile
from portal.db import db
from portal.errors import PortalError

Columns = TypeVarTuple("Columns")

PUBLIC_STATES = ("published", "archived")
REMADE = "ชุดข้อมูลที่ใช้ทำรุ่นนี้ถูกถอนออก โปรดใช้รุ่นล่าสุด (a dataset that this version was made from was withdrawn; use the newest)"


def visible(query: Select[*Columns]) -> Select[*Columns]:
    """Keep of a query over Dataset what everybody may see: it has a version and was not withdrawn."""
    return query.where(Dataset.state.in_(PUBLIC_STATES), Dataset.current_version_id.is_not(None))


def told_by_others(query: Select[*Columns]) -> Select[*Columns]:
    """Leave out of a query over Dataset the portal's own tables, which repeat what other datasets say."""
    return query.where(or_(Dataset.profile.is_(None), Dataset.profile.not_in(list(bundled.own_tables()))))


WHOLE = (
    selectinload(Dataset.publisher),
    selectinload(Dataset.provinces),
    selectinload(Dataset.current).selectinload(Version.resources),
    selectinload(Dataset.current).selectinload(Version.files),
)


def find_dataset(name: str) -> Dataset:
    """The public dataset of that name. Raises PortalError: "withdrawn" (410) or "not-found" (404)."""
    dataset = db.session.scalar(select(Dataset).where(Dataset.name == name).options(*WHOLE))
    if dataset is None or dataset.current_version_id is None:
        raise PortalError("not-found", what=name)
    if dataset.state == "withdrawn":
        raise PortalError("withdrawn", reason=dataset.state_reason)
    return dataset


def find_version(dataset: Dataset, number: int | None) -> Version:
    """A version of a public dataset, the current one for None. Raises PortalError("not-found")."""
    if number is None:
        assert dataset.current is not None
        return dataset.current
    query = select(Version).where(Version.dataset_id == dataset.id, Version.number == number)
    version = db.session.scalar(query.options(selectinload(Version.resources), selectinload(Version.files)))
    if version is None:
        raise PortalError("not-found", what=f"{dataset.name}@v{number}")
    if version.withdrawn:
        raise PortalError("withdrawn", reason=REMADE)
    return version


def find_resource(version: Version, name: str) -> Resource:
    """A resource of a version. Raises PortalError("not-found")."""
    for resource in version.resources:
        if resource.name == name:
            return resource
    raise PortalError("not-found", what=name)


def find_file(version: Version, role: str, resource: str | None = None) -> VersionFile:
    """A file of a version by its role and resource. Raises PortalError("not-found")."""
    for file in version.files:
        if file.role == role and file.resource == resource:
            return file
    raise PortalError("not-found", what=role)


def datasets_named(names: Sequence[str]) -> dict[str, Dataset]:
    """The public ones of these datasets, by name."""
    query = visible(select(Dataset)).where(Dataset.name.in_(names)).options(*WHOLE)
    return {dataset.name: dataset for dataset in db.session.scalars(query)}


def find_dataset_known_as(reference: str) -> Dataset:
    """The public dataset of that name or id. Raises PortalError("not-found"), for a withdrawn one too."""
    query = visible(select(Dataset)).where(or_(Dataset.name == reference, Dataset.uid == reference)).options(*WHOLE)
    dataset = db.session.scalar(query.order_by(Dataset.name != reference).limit(1))
    if dataset is None:
        raise PortalError("not-found", what=reference)
    return dataset


def datasets_made_at(beginning: str) -> Sequence[Dataset]:
    """The public datasets whose id begins so: those made in the same thousandth of a second."""
    query = visible(select(Dataset)).where(Dataset.uid >= beginning, Dataset.uid < beginning + "~").options(*WHOLE)
    return db.session.scalars(query.order_by(Dataset.uid)).all()


def datasets_numbered(numbers: Sequence[int]) -> dict[int, Dataset]:
    """The public ones of these datasets, by number."""
    query = visible(select(Dataset)).where(Dataset.id.in_(numbers)).options(*WHOLE)
    return {dataset.id: dataset for dataset in db.session.scalars(query)}


def dataset_values(*columns: Any) -> Sequence[Any]:
    """Rows of a dataset's number and some columns, of all public datasets; columns may be of its publisher and its current version."""
    query = select(Dataset.id, *columns).select_from(Dataset).join(Publisher, Publisher.id == Dataset.publisher_id)
    return db.session.execute(visible(query.join(Version, Version.id == Dataset.current_version_id))).all()


def province_values() -> Sequence[Any]:
    """Rows of a dataset's number and the code of a province that it speaks of, of all public datasets."""
    query = select(Dataset.id, DatasetProvince.province_code).join(
        DatasetProvince, DatasetProvince.dataset_id == Dataset.id
    )
    return db.session.execute(visible(query)).all()


def told_by_portal() -> Sequence[Dataset]:
    """The public datasets that the portal makes of its own registry, in the order in which they were first made."""
    query = visible(select(Dataset)).where(Dataset.profile.in_(bundled.own_tables())).options(*WHOLE)
    return db.session.scalars(query.order_by(Dataset.id)).all()


def newest_datasets(limit: int) -> Sequence[Dataset]:
    """The datasets of others whose newest version is youngest."""
    query = (
        told_by_others(visible(select(Dataset)))
        .options(*WHOLE)
        .order_by(Dataset.updated_at.desc(), Dataset.id.desc())
        .limit(limit)
    )
    return db.session.scalars(query).all()


def count_datasets() -> int:
    """How many public datasets there are."""
    return db.session.scalar(visible(select(func.count(Dataset.id)))) or 0


def page_of_datasets(number: int, size: int) -> Sequence[Dataset]:
    """A page of all public datasets in the order in which they came, so that what is new moves no page before it."""
    query = visible(select(Dataset)).options(*WHOLE).order_by(Dataset.id).offset((number - 1) * size).limit(size)
    return db.session.scalars(query).all()


def counts_by_province() -> dict[str, int]:
    """Public datasets per province code; provinces with none are absent."""
    query = visible(
        select(DatasetProvince.province_code, func.count())
        .join(Dataset, Dataset.id == DatasetProvince.dataset_id)
        .group_by(DatasetProvince.province_code)
    )
    return {code: count for code, count in db.session.execute(query)}  # noqa: C416 - a Row is no pair to dict()


def datasets_of_province(code: str) -> Sequence[tuple[Dataset, int]]:
    """The public datasets that speak of a province, with their rows of it; those about few provinces first."""
    breadth = select(func.count()).where(DatasetProvince.dataset_id == Dataset.id).correlate(Dataset).scalar_subquery()
    query = visible(
        select(Dataset, DatasetProvince.rows)
        .join(DatasetProvince, Dataset.id == DatasetProvince.dataset_id)
        .where(DatasetProvince.province_code == code)
    )
    rows = db.session.execute(query.options(*WHOLE).order_by(breadth, Dataset.updated_at.desc()))
    return [(dataset, count) for dataset, count in rows]


def find_publisher(slug: str) -> Publisher:
    """The publisher. Raises PortalError("not-found")."""
    publisher = db.session.scalar(select(Publisher).where(Publisher.slug == slug))
    if publisher is None:
        raise PortalError("not-found", what=slug)
    return publisher


def publishers_with_counts() -> Sequence[tuple[Publisher, int]]:
    """Every publisher with the number of its public datasets, largest first."""
    query = visible(
        select(Publisher, func.count(Dataset.id))
        .join(Dataset, Dataset.publisher_id == Publisher.id)
        .group_by(Publisher.id)
        .order_by(func.count(Dataset.id).desc(), Publisher.title_th)
    )
    return [(publisher, count) for publisher, count in db.session.execute(query)]


def datasets_of_publisher(publisher: Publisher) -> Sequence[Dataset]:
    """A publisher's public datasets, newest first."""
    query = visible(select(Dataset)).where(Dataset.publisher_id == publisher.id).options(*WHOLE)
    return db.session.scalars(query.order_by(Dataset.updated_at.desc())).all()


def publishers_of_province(code: str) -> Sequence[Publisher]:
    """The publishers that sit in a province."""
    return db.session.scalars(
        select(Publisher).where(Publisher.province_code == code).order_by(Publisher.title_th)
    ).all()


def versions_of(dataset: Dataset) -> Sequence[Version]:
    """All versions of a dataset, newest first."""
    return db.session.scalars(
        select(Version)
        .where(Version.dataset_id == dataset.id, Version.withdrawn.is_(False))
        .order_by(Version.number.desc())
    ).all()


def downloads_of(dataset: Dataset) -> dict[int, int]:
    """How often files of a dataset were taken, by version number; versions that nobody took are absent."""
    query = select(DownloadCount.version, func.sum(DownloadCount.count)).where(DownloadCount.dataset_id == dataset.id)
    return {number: int(count) for number, count in db.session.execute(query.group_by(DownloadCount.version))}


def totals() -> dict[str, int]:
    """What the store holds in public: datasets, rows, publishers, provinces with data. What it says of itself is not counted."""
    query = select(func.count(Dataset.id), func.coalesce(func.sum(Version.row_count), 0))
    query = told_by_others(visible(query.join(Version, Version.id == Dataset.current_version_id)))
    datasets, rows = db.session.execute(query).one()
    return {
        "datasets": datasets,
        "rows": rows,
        "publishers": len(publishers_with_counts()),
        "provinces": len(counts_by_province()),
    }


def dataset_json(name: str) -> dict[str, Any]:
    """A dataset with its current version, as JSON."""
    dataset = find_dataset(name)
    return document_of(dataset, find_version(dataset, None))


def document_of(dataset: Dataset, version: Version) -> dict[str, Any]:
    """One version of a dataset as the `.json` page gives it."""
    national = [
        "data_type",
        "maintainer",
        "maintainer_email",
        "tags",
        "objective",
        "update_frequency_unit",
        "update_frequency_interval",
        "geo_coverage",
        "data_source",
        "data_format",
        "data_category",
        "license_id",
        "extras",
    ]
    downloads = downloads_of(dataset)
    return {
        "name": dataset.name,
        "url": f"/dataset/{dataset.name}",
        "state": dataset.state,
        "title": {"th": dataset.title_th, "en": dataset.title_en},
        "notes": {"th": dataset.notes_th, "en": dataset.notes_en},
        "publisher": {"slug": dataset.publisher.slug, "title": dataset.publisher.title_th},
        "provinces": [
            {"code": link.province_code, "rows": link.rows, "decided_by": link.decided_by} for link in dataset.provinces
        ],
        **{field: getattr(dataset, field) for field in national},
        "profile": dataset.profile,
        "version": version.number,
        "versions": [{"version": one.number, "published_at": one.published_at} for one in versions_of(dataset)],
        "fetched_at": version.fetched_at,
        "published_at": version.published_at,
        "source_url": version.source_url,
        "rows": version.row_count,
        "problems": version.problem_count,
        "repairs": version.repair_count,
        "changes": version.changes,
        "downloads": {"all_versions": sum(downloads.values()), "this_version": downloads.get(version.number, 0)},
        "resources": [
            {
                "name": resource.name,
                "title": resource.title,
                "rows": resource.rows,
                "bytes": resource.bytes,
                "url": f"/dataset/{dataset.name}@v{version.number}/resource/{resource.name}",
                "schema": resource.schema,
            }
            for resource in version.resources
        ],
        "links": version.links,
        "files": [
            {"path": file.path, "sha256": file.sha256, "bytes": file.bytes, "media_type": file.media_type}
            for file in version.files
        ],
    }
