"""Columns by which tables can be joined: their values, measured once when a version is there and not when a page is read."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from sqlalchemy import and_, delete, select
from sqlalchemy.orm import Session, selectinload

from harvesters.errors import HarvestError
from harvesters.packages.joins import KIND_OF, Values, distinct_values
from harvesters.packages.store import Store
from portal.catalogue.models import ColumnEntry, Dataset, KeyColumn, Version
from portal.catalogue.queries import find_file, find_resource, visible
from portal.db import db, transaction

log = logging.getLogger("khlang.keys")


def measure_keys(store: Store) -> int:
    """Measure the columns of current versions that were not measured yet; returns how many tables' columns were."""
    measured = 0
    for dataset_id in pending():
        try:
            measured += measure_dataset(store, dataset_id)
        except HarvestError as error:  # a file of the store is missing: `khlang check` says so
            log.warning("values of a table could not be read", extra={"dataset": dataset_id, "code": error.code})
    return measured


def pending() -> Sequence[int]:
    """Datasets whose current version has columns of codes that were not measured."""
    known = and_(
        KeyColumn.dataset_id == ColumnEntry.dataset_id,
        KeyColumn.version_id == Dataset.current_version_id,
        KeyColumn.resource == ColumnEntry.resource,
        KeyColumn.name == ColumnEntry.name,
    )
    query = visible(
        select(ColumnEntry.dataset_id)
        .join(Dataset, Dataset.id == ColumnEntry.dataset_id)
        .outerjoin(KeyColumn, known)
        .where(ColumnEntry.name.in_(tuple(KIND_OF)), KeyColumn.id.is_(None))
        .distinct()
    )
    with Session(db.engine) as session:
        return list(session.scalars(query.order_by(ColumnEntry.dataset_id)))


def measure_dataset(store: Store, dataset_id: int) -> int:
    """Measure one dataset's columns of codes and put them in the place of those of its version before."""
    with Session(db.engine) as session:
        dataset = session.get(Dataset, dataset_id)
        assert dataset is not None
        query = select(Version).where(Version.id == dataset.current_version_id)
        version = session.scalar(query.options(selectinload(Version.resources), selectinload(Version.files)))
        assert version is not None
        columns = session.scalars(
            select(ColumnEntry).where(ColumnEntry.dataset_id == dataset_id, ColumnEntry.name.in_(tuple(KIND_OF)))
        )
        rows = [key_row(version, entry, measured(store, version, entry)) for entry in columns]
    with transaction() as session:
        session.execute(delete(KeyColumn).where(KeyColumn.dataset_id == dataset_id))
        session.add_all(rows)
    return len(rows)


def measured(store: Store, version: Version, entry: ColumnEntry) -> Values:
    """The values of one column."""
    parquet = store.path(find_file(version, "parquet", entry.resource).sha256)
    return distinct_values(parquet, find_resource(version, entry.resource).schema, entry.name)


def key_row(version: Version, entry: ColumnEntry, values: Values) -> KeyColumn:
    """The row of one column."""
    return KeyColumn(
        dataset_id=entry.dataset_id,
        version_id=version.id,
        resource=entry.resource,
        name=entry.name,
        kind=KIND_OF[entry.name],
        distinct=values.distinct,
        noughts=values.noughts,
        values=list(values.values),
    )
