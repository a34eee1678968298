"""Tables of the registry. An entity is one thing; a mention is one published row that speaks of it.

A mention keeps its entity when its dataset is harvested again, so the address of an entity stays. Two entities that turn out to
be one are joined by moving mentions; `before_id` remembers where they came from, so that a join can be undone.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.catalogue.models import Dataset
from portal.db import Base, now


class Entity(Base):
    """A cluster, a research unit or a research output. What it is called and where it is are those of its first mention."""

    __tablename__ = "entity"
    __table_args__ = (
        UniqueConstraint("kind", "slug"),
        Index("ix_entity_kind_province_code_stem", "kind", "province_code", "stem"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))  # cluster, unit, output
    slug: Mapped[str] = mapped_column(String(70))
    name_th: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text, default="")
    stem: Mapped[str] = mapped_column(Text)  # the name for comparing (identity.py)
    external_id: Mapped[str] = mapped_column(Text, default="", index=True)  # what a publisher's file calls it by
    province_code: Mapped[str | None] = mapped_column(String(2), index=True)
    district: Mapped[str] = mapped_column(Text, default="")
    latitude: Mapped[float | None] = mapped_column()
    longitude: Mapped[float | None] = mapped_column()
    state: Mapped[str] = mapped_column(String(10), default="present", index=True)  # present, left, joined
    joined_id: Mapped[int | None] = mapped_column(
        ForeignKey("entity.id"), index=True
    )  # the one that it is, where joined
    subjects: Mapped[list[Any]] = mapped_column(default=list)  # {"code", "words"}: words are empty where a code told it
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)

    mentions: Mapped[list[Mention]] = relationship(
        back_populates="entity", foreign_keys="Mention.entity_id", order_by="Mention.id"
    )


class Mention(Base):
    """One row of a current version that speaks of an entity. `facts` are its published cells by the profile's columns."""

    __tablename__ = "mention"
    __table_args__ = (UniqueConstraint("dataset_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entity_id: Mapped[int] = mapped_column(ForeignKey("entity.id"), index=True)
    before_id: Mapped[int | None] = mapped_column(ForeignKey("entity.id"), index=True)
    joined_by: Mapped[str] = mapped_column(String(15))  # own, registration, name, person, apart
    kind: Mapped[str] = mapped_column(String(10))  # cluster, product, unit, output
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id"), index=True)
    version: Mapped[int] = mapped_column()
    resource: Mapped[str] = mapped_column(String(70))
    row: Mapped[int] = mapped_column()
    key: Mapped[str] = mapped_column(String(40))  # what stays of the row from version to version, as a digest
    name: Mapped[str] = mapped_column(Text)
    parent: Mapped[str] = mapped_column(Text, default="", index=True)  # of an output: the stem of its unit
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)

    entity: Mapped[Entity] = relationship(back_populates="mentions", foreign_keys=[entity_id])
    dataset: Mapped[Dataset] = relationship()


class Doubt(Base):
    """Two entities that may be one. Nothing is joined until a person says so; `decision` is same, different or None."""

    __tablename__ = "doubt"
    __table_args__ = (UniqueConstraint("one_id", "other_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    one_id: Mapped[int] = mapped_column(ForeignKey("entity.id"), index=True)  # the smaller id
    other_id: Mapped[int] = mapped_column(ForeignKey("entity.id"), index=True)
    score: Mapped[float] = mapped_column()  # how alike the names are, 0 to 100
    decision: Mapped[str | None] = mapped_column(String(10), index=True)
    decided_by: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime | None] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(default=now)


class Integrated(Base):
    """Which version of a dataset the registry holds: another current one means that it must be read again."""

    __tablename__ = "integrated"

    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id"), primary_key=True)
    version_id: Mapped[int] = mapped_column()


class ClusterHelp(Base):
    """Where the units are that fit a cluster, in short: what the page of gaps counts. `mark` tells what it was made from."""

    __tablename__ = "cluster_help"

    entity_id: Mapped[int] = mapped_column(ForeignKey("entity.id"), primary_key=True)
    fits: Mapped[int] = mapped_column()  # units anywhere in the country
    in_province: Mapped[bool] = mapped_column()
    in_group: Mapped[bool] = mapped_column()
    in_region: Mapped[bool] = mapped_column()
    nearest_slug: Mapped[str] = mapped_column(Text, default="")
    nearest_km: Mapped[float | None] = mapped_column()
    mark: Mapped[str] = mapped_column(Text)


class TypedGap(Base):
    """A reader said, by a button, that nobody within reach helps with a subject. The words that were typed are not kept."""

    __tablename__ = "typed_gap"

    id: Mapped[int] = mapped_column(primary_key=True)
    province_code: Mapped[str] = mapped_column(String(2))
    subject: Mapped[str] = mapped_column(String(20))
    sent_at: Mapped[datetime] = mapped_column(default=now, index=True)
    sender: Mapped[str | None] = mapped_column(String(64), unique=True)  # for a day, so that one press counts once
