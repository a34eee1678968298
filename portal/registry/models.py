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

ENTITY_KINDS = ("cluster", "unit", "output")


class Entity(Base):
    """A cluster, a research unit or a research output. What it is called and where it is are those of its first mention."""

    __tablename__ = "entity"
    __table_args__ = (
        UniqueConstraint("kind", "slug"),
        Index("ix_entity_kind_province_code_stem", "kind", "province_code", "stem"),
        Index("ix_entity_kind_updated_at", "kind", "updated_at"),
        Index("ix_entity_kind_state_province_code", "kind", "state", "province_code", "stem", "updated_at"),
        Index("ix_entity_kind_state_stem", "kind", "state", "stem", "id"),
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


class MatchFrame(Base):
    """What stored matches were reckoned by: how rare words were (`matching.Frame`), and up to which state of the units.

    One row is in force. `applied` is the state of the units that the stored matches of this frame know.
    """

    __tablename__ = "match_frame"

    id: Mapped[int] = mapped_column(primary_key=True)
    rules: Mapped[str] = mapped_column(Text)  # a digest of weights, word lists and reach: other rules, another frame
    units: Mapped[int] = mapped_column()
    moved: Mapped[int] = mapped_column(default=0)  # units that changed since
    applied: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(default=now)
    # word → units that held it; last, because SQLite reads through a long cell to what stands behind it
    holders: Mapped[dict[str, Any]] = mapped_column(default=dict)


class UnitWords(Base):
    """A unit as stored matches know it, cut into words (`matching.Told`); `mark` tells from which rows."""

    __tablename__ = "unit_words"

    entity_id: Mapped[int] = mapped_column(ForeignKey("entity.id"), primary_key=True)
    slug: Mapped[str] = mapped_column(String(70))
    mark: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)  # JSON: word → how heavily the unit says it
    subjects: Mapped[str] = mapped_column(Text, default="")
    province_code: Mapped[str | None] = mapped_column(String(2))
    latitude: Mapped[float | None] = mapped_column()
    longitude: Mapped[float | None] = mapped_column()


class ClusterDue(Base):
    """A cluster whose matches are to be reckoned anew. Written in the transaction that changes the cluster."""

    __tablename__ = "cluster_due"

    entity_id: Mapped[int] = mapped_column(ForeignKey("entity.id"), primary_key=True)


class ClusterTerms(Base):
    """What a cluster asks for, cut and weighed, so that a changed unit is compared with it without reading its rows."""

    __tablename__ = "cluster_terms"

    entity_id: Mapped[int] = mapped_column(ForeignKey("entity.id"), primary_key=True)
    terms: Mapped[str] = mapped_column(Text)  # JSON: word → weight, before rarity
    whole: Mapped[float] = mapped_column()  # `matching.Question.whole` by the frame of its ClusterHelp
    subjects: Mapped[str] = mapped_column(Text, default="")
    province_code: Mapped[str | None] = mapped_column(String(2))
    latitude: Mapped[float | None] = mapped_column()
    longitude: Mapped[float | None] = mapped_column()


class ClusterMatch(Base):
    """One of the first units of a cluster. Stands as long as the cluster has its ClusterHelp."""

    __tablename__ = "cluster_match"
    __table_args__ = (Index("ix_cluster_match_unit_id_score", "unit_id", "score"),)

    cluster_id: Mapped[int] = mapped_column(ForeignKey("entity.id"), primary_key=True)
    rank: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("entity.id"))
    score: Mapped[float] = mapped_column()
    fit: Mapped[float] = mapped_column()


class ClusterHelp(Base):
    """Where the units are that fit a cluster, in short (`ranking.Ranking`): what the page of gaps counts.

    A cluster that changes loses its row in the same transaction. A row of another frame than that in force is out of date.
    """

    __tablename__ = "cluster_help"
    __table_args__ = (
        Index(  # all that the page of gaps sums up
            "ix_cluster_help_province_code",
            *("province_code", "subject", "in_province", "in_group", "in_region", "nearest_km"),
        ),
    )

    entity_id: Mapped[int] = mapped_column(ForeignKey("entity.id"), primary_key=True)
    frame_id: Mapped[int] = mapped_column()
    province_code: Mapped[str | None] = mapped_column(String(2))
    subject: Mapped[str] = mapped_column(String(20), default="")  # the cluster's first
    total: Mapped[int] = mapped_column()  # units that fit at all
    best: Mapped[float] = mapped_column()
    last: Mapped[float] = mapped_column()  # the score of the last of its ClusterMatch; -1 where all that fit are there
    fits: Mapped[int] = mapped_column()  # units that help, anywhere in the country
    in_province: Mapped[int] = mapped_column()  # of them; those of the province are of the group and the region too
    in_group: Mapped[int] = mapped_column()
    in_region: Mapped[int] = mapped_column()
    nearest_slug: Mapped[str] = mapped_column(Text, default="")
    nearest_km: Mapped[float | None] = mapped_column()


class TypedGap(Base):
    """A reader said, by a button, that nobody within reach helps with a subject. The words that were typed are not kept."""

    __tablename__ = "typed_gap"

    id: Mapped[int] = mapped_column(primary_key=True)
    province_code: Mapped[str] = mapped_column(String(2))
    subject: Mapped[str] = mapped_column(String(20))
    sent_at: Mapped[datetime] = mapped_column(default=now, index=True)
    sender: Mapped[str | None] = mapped_column(String(64), unique=True)  # for a day, so that one press counts once
