"""Which other datasets have columns of the same codes, and how many values they share. Values were measured beforehand
(`keys.py`); reading compares them only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext as _  # type: ignore[import-untyped]
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from harvesters.packages.joins import KINDS, Values, overlap
from portal.catalogue import presenting as show
from portal.catalogue.models import Dataset, KeyColumn
from portal.catalogue.queries import visible
from portal.db import db
from portal.writing import localised

MOST_PER_KIND = 12  # datasets compared for one kind of code: the newest


def codes_of(dataset: Dataset) -> list[str]:
    """The kinds of code by which a dataset can be joined, in words: what its page says, at the price of one small query."""
    query = select(KeyColumn.kind).where(
        KeyColumn.dataset_id == dataset.id, KeyColumn.version_id == dataset.current_version_id, KeyColumn.distinct > 0
    )
    found = set(db.session.scalars(query))
    return [kind_words(kind) for kind in KINDS if kind in found]


def own_keys(dataset: Dataset) -> Sequence[KeyColumn]:
    """The columns of codes of a dataset's current version, as measured."""
    query = select(KeyColumn).where(
        KeyColumn.dataset_id == dataset.id, KeyColumn.version_id == dataset.current_version_id
    )
    return db.session.scalars(query.order_by(KeyColumn.id)).all()


def candidates(dataset: Dataset, kind: str) -> Sequence[tuple[KeyColumn, Dataset]]:
    """Columns of the same codes of the newest other public datasets."""
    newest = (
        visible(select(KeyColumn.id).join(Dataset, Dataset.id == KeyColumn.dataset_id))
        .where(
            KeyColumn.kind == kind,
            KeyColumn.distinct > 0,
            KeyColumn.dataset_id != dataset.id,
            KeyColumn.version_id == Dataset.current_version_id,
        )
        .order_by(Dataset.updated_at.desc(), KeyColumn.id)
        .limit(MOST_PER_KIND)
    )
    ids = db.session.scalars(newest).all()
    whole = (selectinload(Dataset.publisher), selectinload(Dataset.current))
    query = select(KeyColumn, Dataset).join(Dataset, Dataset.id == KeyColumn.dataset_id).where(KeyColumn.id.in_(ids))
    return [(key, other) for key, other in db.session.execute(query.options(*whole))]


def joins_of(dataset: Dataset) -> list[dict[str, Any]]:
    """What the dataset can be joined with: rarer codes first, then by the share of its own values that the other has."""
    assert dataset.current is not None
    found = []
    for mine in own_keys(dataset):
        if mine.distinct:
            found += [join_json(dataset, mine, key, other) for key, other in candidates(dataset, mine.kind)]
    order = list(KINDS)
    found = [one for one in found if one["shared"]]
    return sorted(found, key=lambda one: (order.index(one["kind"]), -one["share"], one["with"]["dataset"]))


def join_json(dataset: Dataset, mine: KeyColumn, key: KeyColumn, other: Dataset) -> dict[str, Any]:
    """One possible join."""
    assert dataset.current is not None
    assert other.current is not None
    shared, approximate = overlap(values_of(mine), values_of(key))
    asked_for = {
        "resource": mine.resource,
        "on": mine.name,
        "with": f"{other.name}@v{other.current.number}",
        "with_resource": key.resource,
        "with_on": key.name,
    }
    return {
        "kind": mine.kind,
        "resource": mine.resource,
        "column": mine.name,
        "values": mine.distinct,
        "with": {
            "dataset": other.name,
            "title": {"th": other.title_th, "en": other.title_en or None},
            "version": other.current.number,
            "resource": key.resource,
            "column": key.name,
            "values": key.distinct,
        },
        "shared": shared,
        "share": round(shared / mine.distinct, 4),
        "approximate": approximate,
        "csv": f"{show.address_of(dataset, dataset.current)}/joined.csv?{urlencode(asked_for)}",
    }


def values_of(key: KeyColumn) -> Values:
    """The values of a column as they are compared."""
    return Values(key.distinct, key.noughts, tuple(key.values))


def kind_words(kind: str) -> str:
    """What a kind of code is called."""
    words = {
        "registration": _("เลขทะเบียน"),
        "university": _("มหาวิทยาลัย"),
        "university-code": _("รหัสมหาวิทยาลัย"),
        "tsic": _("ประเภทธุรกิจ (TSIC)"),
        "province": _("จังหวัด"),
    }
    return str(words[kind])


def join_views(joins: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Joins for people."""
    return [
        one
        | {
            "kind_words": kind_words(one["kind"]),
            "title": localised(one["with"]["title"]),
            "href": f"/dataset/{one['with']['dataset']}",
        }
        for one in joins
    ]
