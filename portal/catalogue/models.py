"""Tables of the catalogue: publishers, datasets, their immutable versions, resources and files."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.catalogue.uids import new_uid
from portal.db import Base, now


class Publisher(Base):
    """Who answers for the data: a province office, a university, an association."""

    __tablename__ = "publisher"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(70), unique=True)
    title_th: Mapped[str] = mapped_column(Text)
    title_en: Mapped[str] = mapped_column(Text, default="")
    kind: Mapped[str] = mapped_column(String(40), default="office")  # office, university, association
    province_code: Mapped[str | None] = mapped_column(String(2), index=True)
    url: Mapped[str] = mapped_column(Text, default="")
    email: Mapped[str] = mapped_column(Text, default="")
    phone: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=now)

    datasets: Mapped[list[Dataset]] = relationship(back_populates="publisher")


class Dataset(Base):
    """One entry of the catalogue. The 14 mandatory national fields (thai.md §2.1) are columns; unknown ones are `extras`."""

    __tablename__ = "dataset"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(70), unique=True)
    uid: Mapped[str] = mapped_column(String(36), unique=True, index=True, default=new_uid)  # what other catalogues keep
    state: Mapped[str] = mapped_column(String(20), default="published", index=True)  # published, archived, withdrawn
    state_reason: Mapped[str] = mapped_column(Text, default="")
    source_id: Mapped[int | None] = mapped_column(ForeignKey("source.id"), index=True)
    remote_id: Mapped[str] = mapped_column(Text, default="")
    profile: Mapped[str | None] = mapped_column(String(40), index=True)
    current_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("version.id", use_alter=True, name="fk_dataset_current_version_id_version")
    )
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now, index=True)  # the last version's moment

    title_th: Mapped[str] = mapped_column(Text)
    title_en: Mapped[str] = mapped_column(Text, default="")
    notes_th: Mapped[str] = mapped_column(Text, default="")  # Markdown
    notes_en: Mapped[str] = mapped_column(Text, default="")
    publisher_id: Mapped[int] = mapped_column(ForeignKey("publisher.id"), index=True)  # owner_org
    maintainer: Mapped[str] = mapped_column(Text, default="")
    maintainer_email: Mapped[str] = mapped_column(Text, default="")
    tags: Mapped[list[Any]] = mapped_column(default=list)
    data_type: Mapped[str] = mapped_column(Text, default="")
    objective: Mapped[list[Any]] = mapped_column(default=list)
    update_frequency_unit: Mapped[str] = mapped_column(Text, default="")
    update_frequency_interval: Mapped[str] = mapped_column(Text, default="")
    geo_coverage: Mapped[str] = mapped_column(Text, default="")
    data_source: Mapped[str] = mapped_column(Text, default="")
    data_format: Mapped[list[Any]] = mapped_column(default=list)
    data_category: Mapped[str] = mapped_column(Text, default="")
    license_id: Mapped[str] = mapped_column(Text, default="")  # the literal label; its meaning is looked up
    extras: Mapped[dict[str, Any]] = mapped_column(default=dict)

    publisher: Mapped[Publisher] = relationship(back_populates="datasets")
    versions: Mapped[list[Version]] = relationship(
        back_populates="dataset", order_by="Version.number.desc()", foreign_keys="Version.dataset_id"
    )
    current: Mapped[Version | None] = relationship(foreign_keys=[current_version_id], post_update=True)
    provinces: Mapped[list[DatasetProvince]] = relationship(
        order_by="DatasetProvince.rows.desc()", cascade="all, delete-orphan"
    )


class DatasetProvince(Base):
    """A province that a dataset speaks of, and what told us so. The national standard has no field for it."""

    __tablename__ = "dataset_province"

    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id"), primary_key=True)
    province_code: Mapped[str] = mapped_column(String(2), primary_key=True, index=True)
    rows: Mapped[int] = mapped_column(default=0)
    decided_by: Mapped[str] = mapped_column(String(20))  # rows, source, title, publisher


class Version(Base):
    """One immutable published state of a dataset."""

    __tablename__ = "version"
    __table_args__ = (UniqueConstraint("dataset_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id"), index=True)
    number: Mapped[int] = mapped_column()
    digest: Mapped[str] = mapped_column(String(64))  # of the canonical descriptor: equal content, equal digest
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"))
    source_url: Mapped[str] = mapped_column(Text, default="")
    fetched_at: Mapped[datetime] = mapped_column()
    published_at: Mapped[datetime] = mapped_column(default=now)
    original_name: Mapped[str] = mapped_column(Text)
    original_sha256: Mapped[str] = mapped_column(String(64))
    original_bytes: Mapped[int] = mapped_column(BigInteger)
    original_public: Mapped[bool] = mapped_column()  # False where the gate found something in it
    encoding: Mapped[str | None] = mapped_column(String(20))
    row_count: Mapped[int] = mapped_column()
    rejected_count: Mapped[int] = mapped_column(default=0)
    problem_count: Mapped[int] = mapped_column(default=0)
    repair_count: Mapped[int] = mapped_column(default=0)
    severities: Mapped[dict[str, Any]] = mapped_column(default=dict)  # {"error": n, "warning": n, "info": n}
    repair_counts: Mapped[dict[str, Any]] = mapped_column(default=dict)  # rule -> cells
    personal: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what the gate found and what was done, masked
    changes: Mapped[dict[str, Any]] = mapped_column(
        default=dict
    )  # rows against the version before: added, removed, changed
    withdrawn: Mapped[bool] = mapped_column(default=False)  # this version for ever, whatever becomes of its dataset
    links: Mapped[list[Any]] = mapped_column(
        default=list
    )  # files named by their address only: url, title, description, format, problem

    dataset: Mapped[Dataset] = relationship(back_populates="versions", foreign_keys=[dataset_id])
    resources: Mapped[list[Resource]] = relationship(order_by="Resource.position", cascade="all, delete-orphan")
    files: Mapped[list[VersionFile]] = relationship(order_by="VersionFile.id", cascade="all, delete-orphan")


class Resource(Base):
    """One table of a version."""

    __tablename__ = "resource"
    __table_args__ = (UniqueConstraint("version_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"), index=True)
    position: Mapped[int] = mapped_column()
    name: Mapped[str] = mapped_column(String(70))
    title: Mapped[str] = mapped_column(Text)
    sheet: Mapped[str | None] = mapped_column(Text)
    profile: Mapped[str | None] = mapped_column(String(40))
    rows: Mapped[int] = mapped_column()
    bytes: Mapped[int] = mapped_column(BigInteger)
    schema: Mapped[dict[str, Any]] = mapped_column()  # Table Schema, `_row` first
    columns: Mapped[list[Any]] = mapped_column()  # profile of each column, computed when packaged
    key: Mapped[list[Any]] = mapped_column(default=list)  # columns that tell rows apart, if any do


class VersionFile(Base):
    """One file of a version; its bytes stand in the store under their sha256."""

    __tablename__ = "version_file"
    __table_args__ = (UniqueConstraint("version_id", "path"), Index("ix_version_file_sha256", "sha256"))

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"), index=True)
    path: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    bytes: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(20))  # data, parquet, original, descriptor, report, repairs
    resource: Mapped[str | None] = mapped_column(String(70))


class ColumnEntry(Base):
    """One column of a current version, so that columns can be searched across all tables. Written when a version is published."""

    __tablename__ = "column_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id"), index=True)
    resource: Mapped[str] = mapped_column(String(70))
    position: Mapped[int] = mapped_column()
    name: Mapped[str] = mapped_column(Text)
    title_th: Mapped[str] = mapped_column(Text, default="")
    title_en: Mapped[str] = mapped_column(Text, default="")
    type: Mapped[str] = mapped_column(String(20))
    filled: Mapped[int] = mapped_column(default=0)
    rows: Mapped[int] = mapped_column(default=0)
    folded: Mapped[str] = mapped_column(Text)  # name and titles as search compares them

    dataset: Mapped[Dataset] = relationship()


class DownloadCount(Base):
    """How often the files of one version were taken in one form. Nothing is kept about who took them or when."""

    __tablename__ = "download_count"

    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    form: Mapped[str] = mapped_column(String(10), primary_key=True)  # csv, xlsx, json, jsonl, parquet, zip, original
    count: Mapped[int] = mapped_column(BigInteger)


class DownloadLog(Base):
    """How far a file of appended downloads has been counted."""

    __tablename__ = "download_log"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    counted_bytes: Mapped[int] = mapped_column(BigInteger)


class KeyColumn(Base):
    """A column of codes of a current version, with its values (`harvesters.packages.joins.Values`), by which tables are joined."""

    __tablename__ = "key_column"

    id: Mapped[int] = mapped_column(primary_key=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"))
    resource: Mapped[str] = mapped_column(String(70))
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(20), index=True)
    distinct: Mapped[int] = mapped_column()
    noughts: Mapped[int] = mapped_column()
    values: Mapped[list[Any]] = mapped_column(default=list)
