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
from portal.catalogue.models import Dataset, KeyColumn, Version
from portal.catalogue.queries import visible
from portal.db import db
from portal.writing import localised

MOST_PER_KIND = 12  # datasets compared for one kind of code: the newest


def codes_of(dataset: Dataset) -> list[str]:
    """The kinds of code, in words, of which another dataset has some of the values. Stops at the first for each kind."""
    shared = set()
    for mine in own_keys(dataset):
        if mine.distinct and mine.kind not in shared and any_shares(dataset, mine):
            shared.add(mine.kind)
    return [kind_words(kind) for kind in KINDS if kind in shared]


def any_shares(dataset: Dataset, mine: KeyColumn) -> bool:
    """Whether one of the datasets that are compared has a value of this column."""
    own = values_of(mine)
    others = select(KeyColumn.distinct, KeyColumn.noughts, KeyColumn.values).where(
        KeyColumn.id.in_(newest_of(dataset, mine.kind))
    )
    return any(
        overlap(own, Values(distinct, noughts, tuple(values)))[0]
        for distinct, noughts, values in db.session.execute(others)
    )


def own_keys(dataset: Dataset) -> Sequence[KeyColumn]:
    """The columns of codes of a dataset's current version, as measured."""
    query = select(KeyColumn).where(
        KeyColumn.dataset_id == dataset.id, KeyColumn.version_id == dataset.current_version_id
    )
    return db.session.scalars(query.order_by(KeyColumn.id)).all()


def newest_of(dataset: Dataset, kind: str) -> Sequence[int]:
    """The ids of the columns of the same codes of the newest other public datasets."""
    query = (
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
    return db.session.scalars(query).all()


def candidates(dataset: Dataset, kind: str) -> Sequence[tuple[KeyColumn, Dataset]]:
    """Columns of the same codes of the newest other public datasets."""
    ids = newest_of(dataset, kind)
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


def join_views(joins: Sequence[dict[str, Any]], version: Version) -> list[dict[str, Any]]:
    """Joins for people; which table of the dataset is meant is told where it has several."""
    titles = {table.name: table.title for table in version.resources} if len(version.resources) > 1 else {}
    return [
        one
        | {
            "table": titles.get(one["resource"], ""),
            "kind_words": kind_words(one["kind"]),
            "title": localised(one["with"]["title"]),
            "href": f"/dataset/{one['with']['dataset']}",
        }
        for one in joins
    ]
