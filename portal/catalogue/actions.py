"""Writes of the catalogue. Each function works in its caller's transaction, so that a publishing step is one transaction."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from harvesters import bundled
from harvesters.metadata import Metadata
from harvesters.packages.assemble import Packaged
from harvesters.packages.store import Store
from harvesters.provinces import Clues, work_out
from harvesters.thai.slugs import slug
from harvesters.thai.text import fold
from harvesters.values import Collected
from portal.accounts.actions import record
from portal.catalogue.models import (
    ColumnEntry,
    Dataset,
    DatasetProvince,
    KeyColumn,
    Publisher,
    Resource,
    Version,
    VersionFile,
)
from portal.db import now, transaction
from portal.errors import PortalError
from portal.registry import actions as registry
from portal.search.outbox import put

NAME = re.compile(r"[a-z0-9_-]{2,70}")
EMPTY = "ทะเบียนไม่มีแถวของตารางนี้แล้ว จะกลับมาเมื่อมีข้อมูลอีก (nothing is left to tell; it comes back when there is)"
REMAKING = "กำลังทำใหม่ เพราะชุดข้อมูลที่ใช้ทำถูกถอนออก (being made anew: a dataset that it was made from was withdrawn)"


def check_name(name: str) -> str:
    """Return `name` when it can be an address. Raises PortalError("name-wrong")."""
    if not NAME.fullmatch(name):
        raise PortalError("name-wrong", name=name)
    return name


def ensure_publisher(session: Session, given: Mapping[str, str]) -> Publisher:
    """Return the publisher with `given["slug"]`, made when it is missing and a title is given.

    `given`: slug, title_th, title_en, kind, province, email, phone, url. Raises PortalError("unknown-publisher").
    """
    found = session.scalar(select(Publisher).where(Publisher.slug == given["slug"]))
    if found is not None:
        return found
    if not given.get("title_th"):
        raise PortalError("unknown-publisher", slug=given["slug"])
    province = given.get("province") or None
    if province and province not in {row["code"] for row in bundled.read_table("provinces")}:
        raise PortalError("unknown-province", province=province)
    publisher = Publisher(
        slug=check_name(given["slug"]),
        title_th=given["title_th"],
        title_en=given.get("title_en", ""),
        kind=given.get("kind") or "office",
        province_code=province,
        url=given.get("url", ""),
        email=given.get("email", ""),
        phone=given.get("phone", ""),
    )
    session.add(publisher)
    session.flush()
    return publisher


def free_name(session: Session, wanted: str) -> str:
    """Return `wanted` as an address that no dataset has or had, with a number behind it where needed."""
    base = slug(wanted, "dataset")[:64].strip("-_") or "dataset"
    name, number = base if len(base) > 1 else f"{base}-1", 1
    while session.scalar(select(Dataset.id).where(Dataset.name == name)) is not None:
        number += 1
        name = f"{base}-{number}"
    return name


def publish_version(
    session: Session,
    dataset: Dataset,
    packaged: Packaged,
    *,
    metadata: Metadata,
    collected: Collected,
    run_id: int | None,
    changes: Mapping[str, Any],
    source_province: str | None,
) -> Version:
    """Add a version and move the dataset's pointer to it. The files are in the store already."""
    built = packaged.built
    version = Version(
        dataset_id=dataset.id,
        number=packaged.number,
        digest=packaged.digest,
        run_id=run_id,
        source_url=collected.url,
        fetched_at=collected.fetched_at,
        published_at=now(),
        original_name=collected.filename,
        original_sha256=collected.sha256,
        original_bytes=collected.bytes,
        original_public=built["original_public"],
        encoding=built["encoding"],
        row_count=sum(table["rows"] for table in built["resources"]),
        rejected_count=sum(table["rejected_rows"] for table in built["resources"]),
        problem_count=packaged.report["problem_count"],
        repair_count=packaged.report["repair_count"],
        severities=packaged.report["severities"],
        repair_counts=packaged.report["repair_counts"],
        personal=built["personal"],
        changes=dict(changes),
        links=list(built.get("links", ())),
        resources=[
            Resource(
                position=position,
                name=table["name"],
                title=table["title"],
                sheet=table["sheet"],
                profile=table["profile"],
                rows=table["rows"],
                bytes=table["bytes"],
                schema=table["schema"],
                columns=table["columns"],
                key=table["key"],
            )
            for position, table in enumerate(packaged.tables)
        ],
        files=[VersionFile(**asdict(file)) for file in packaged.files],
    )
    session.add(version)
    session.flush()
    dataset.current_version_id = version.id
    dataset.updated_at = version.published_at
    dataset.state, dataset.state_reason = "published", ""
    dataset.profile = next((table["profile"] for table in packaged.tables if table["profile"]), None)
    describe_dataset(dataset, metadata)
    dataset.provinces = provinces_of(built, metadata, source_province, dataset.publisher.province_code, collected.url)
    note_columns(session, dataset, version)
    put(session, "dataset", dataset.name)
    return version


def note_columns(session: Session, dataset: Dataset, version: Version) -> None:
    """Write the columns of the version that is current from now on."""
    session.execute(delete(ColumnEntry).where(ColumnEntry.dataset_id == dataset.id))
    entries = [
        entry
        for table in version.resources
        for entry in column_entries(dataset.id, table.name, table.schema["fields"], table.columns, table.rows)
    ]
    if entries:
        session.execute(insert(ColumnEntry), entries)


def column_entries(
    dataset_id: int,
    resource: str,
    fields: Sequence[Mapping[str, Any]],
    profiles: Sequence[Mapping[str, Any]],
    rows: int,
) -> Iterator[dict[str, Any]]:
    """The rows of `column_entry` for one table; its own column of row numbers is left out."""
    filled = {column["name"]: column.get("filled", 0) for column in profiles}
    for position, field in enumerate(fields):
        if field["name"] != "_row":
            titles = field.get("titles", {})
            title_th, title_en = titles.get("th") or field.get("title") or field["name"], titles.get("en") or ""
            yield {
                "dataset_id": dataset_id,
                "resource": resource,
                "position": position,
                "name": field["name"],
                "title_th": title_th,
                "title_en": title_en,
                "type": field["type"],
                "filled": filled.get(field["name"], 0),
                "rows": rows,
                "folded": fold(f"{field['name']} {title_th} {title_en}"),
            }


def describe_dataset(dataset: Dataset, metadata: Metadata) -> None:
    """Write a description over a dataset's columns."""
    for name, value in asdict(metadata).items():
        setattr(dataset, name, list(value) if isinstance(value, tuple) else value)


def provinces_of(
    built: Mapping[str, Any], metadata: Metadata, source: str | None, publisher: str | None, url: str
) -> list[DatasetProvince]:
    """Work out the provinces of a dataset, and note what decided. `url` is where it came from.

    The portal's own tables have none: they repeat what others told of a province.
    """
    if any(table["profile"] in bundled.own_tables() for table in built["resources"]):
        return []
    rows: Counter[str] = Counter()
    for table in built["resources"]:
        rows.update(table["provinces"])
    organisation = metadata.extras.get("organization")
    clues = Clues(
        source=source,
        titles=(metadata.title_th, metadata.title_en),
        addresses=(str(metadata.extras.get("reference_url_catalog", "")), url),
        organisation=str(organisation.get("title", "")) if isinstance(organisation, dict) else "",
        publisher=publisher,
    )
    return [
        DatasetProvince(province_code=code, rows=count, decided_by=why) for code, count, why in work_out(rows, clues)
    ]


def withdraw(store: Store, name: str, *, reason: str, actor: str) -> None:
    """Take a dataset out of the public side: its page answers 410 and its files leave the public store.

    The bytes move to the private side, so that `restore` can bring them back. The pointer goes first: killed in between,
    nothing is served, and `khlang check` moves the rest. Raises PortalError("not-found").
    """
    with transaction() as session:
        dataset = named_dataset(session, name)
        dataset.state, dataset.state_reason = "withdrawn", reason
        put(session, "dataset", dataset.name)
        registry.leave(session, dataset)
        session.execute(delete(KeyColumn).where(KeyColumn.dataset_id == dataset.id))
        record(session, actor=actor, action="dataset-withdraw", subject=name, details={"reason": reason})
        objects = own_objects(session, dataset) | take_back_own_tables(session, dataset)
    for sha256 in objects:
        store.hide(sha256)


def take_back_own_tables(session: Session, dataset: Dataset) -> set[str]:
    """Withdraw every version of the portal's own tables: they repeat rows of a dataset that is withdrawn.

    They are made anew without those rows within a round of the worker, under the next number. Returns their public objects.
    """
    its = select(Resource.id).join(Version).where(Version.dataset_id == dataset.id)
    if session.scalar(its.where(Resource.profile.in_(bundled.profiles())).limit(1)) is None:
        return set()  # nothing of it was ever in the registry
    objects: set[str] = set()
    query = select(Dataset).where(Dataset.profile.in_(bundled.own_tables()), Dataset.state != "withdrawn")
    for table in session.scalars(query).all():
        table.state, table.state_reason = "withdrawn", REMAKING
        session.execute(update(Version).where(Version.dataset_id == table.id).values(withdrawn=True))
        put(session, "dataset", table.name)
        session.flush()
        objects |= own_objects(session, table)
    return objects


def restore(store: Store, name: str, *, actor: str) -> None:
    """Bring a withdrawn dataset back as it was: the files first, then the pointer. Raises PortalError("not-found")."""
    with transaction() as session:
        dataset = named_dataset(session, name)
        if dataset.state_reason in (REMAKING, EMPTY):  # its rows are those that had to go; it comes back by itself
            raise PortalError("withdrawn", reason=dataset.state_reason)
        for sha256 in own_objects(session, dataset):
            store.unhide(sha256)
        dataset.state, dataset.state_reason = "published", ""
        put(session, "dataset", dataset.name)
        if dataset.current is not None and dataset.current.row_count <= registry.MOST_AT_ONCE:
            registry.integrate(session, dataset, dataset.current, registry.read_version(store, dataset.current))
        record(session, actor=actor, action="dataset-restore", subject=name)


def own_objects(session: Session, dataset: Dataset) -> set[str]:
    """The public objects that only this dataset's versions, or other withdrawn ones, refer to."""
    mine = select(VersionFile.sha256).join(Version).where(Version.dataset_id == dataset.id)
    others = (
        select(VersionFile.sha256)
        .join(Version)
        .join(Dataset, Version.dataset_id == Dataset.id)
        .where(Dataset.id != dataset.id, Dataset.state != "withdrawn", Version.withdrawn.is_(False))
    )
    return set(session.scalars(mine)) - set(session.scalars(others))


def named_dataset(session: Session, name: str) -> Dataset:
    """Return a dataset of any state. Raises PortalError("not-found")."""
    dataset = session.scalar(select(Dataset).where(Dataset.name == name))
    if dataset is None:
        raise PortalError("not-found", what=name)
    return dataset
