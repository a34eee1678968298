"""`khlang check`: store, catalogue and index against each other, healing what can be healed from what is known to be good."""

from __future__ import annotations

from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from harvesters.errors import HarvestError
from harvesters.packages.store import Store
from portal.accounts.actions import broken_entries
from portal.catalogue.actions import own_objects
from portal.catalogue.models import Dataset, Version, VersionFile
from portal.catalogue.queries import PUBLIC_STATES, told_by_others, visible
from portal.db import db
from portal.registry.actions import catch_up
from portal.registry.keeping_up import refresh_help
from portal.registry.queries import registry_counts
from portal.search.outbox import heal, row_index


def check_all() -> dict[str, Any]:
    """Return {"ok", "store", "catalogue", "index", "registry"}, each part with counts and what was healed."""
    store = Store(current_app.config["KHLANG"].home)
    with Session(db.engine) as session:
        files = check_store(session, store)
        catalogue = check_catalogue(session)
    healed = catch_up(store)
    helped = refresh_help(most=None)
    index = heal() | check_rows()
    with Session(db.engine) as session:
        registry = {"ok": True, **registry_counts(session), **healed, "helped": helped}
    parts = {"store": files, "catalogue": catalogue, "index": index, "registry": registry}
    return {"ok": not files["damaged"] and not files["missing"] and catalogue["ok"], **parts}


def check_store(session: Session, store: Store) -> dict[str, Any]:
    """Hash every public object again; move those of withdrawn datasets to the private side; sweep dead work folders."""
    wanted = set(
        session.scalars(
            select(VersionFile.sha256)
            .join(Version)
            .join(Dataset, Version.dataset_id == Dataset.id)
            .where(Dataset.state.in_(PUBLIC_STATES), Version.withdrawn.is_(False))
        )
    )
    damaged, missing = [], []
    for sha256 in sorted(wanted):
        try:
            if not store.verify(sha256):
                damaged.append(sha256)
        except HarvestError:
            missing.append(sha256)
    hidden = 0
    for dataset in session.scalars(select(Dataset).where(Dataset.state == "withdrawn")):
        hidden += sum(store.hide(sha256) for sha256 in own_objects(session, dataset))
    return {
        "checked": len(wanted),
        "damaged": damaged,
        "missing": missing,
        "hidden": hidden,
        "swept": store.sweep(),
    }


def check_catalogue(session: Session) -> dict[str, Any]:
    """Every public dataset points at a version of its own; the audit table is unbroken."""
    astray = list(
        session.scalars(
            visible(
                select(Dataset.name)
                .join(Version, Version.id == Dataset.current_version_id)
                .where(Version.dataset_id != Dataset.id)
            )
        )
    )
    broken = broken_entries(session)
    return {"ok": not astray and not broken, "astray": astray, "audit_broken": broken}


def check_rows() -> dict[str, Any]:
    """Make the index of rows that of the current versions. Returns how many datasets had to be mended."""
    with Session(db.engine) as session:
        query = told_by_others(select(Dataset.name, Version.number, Version.row_count))
        public = visible(query.join(Version, Dataset.current_version_id == Version.id))
        wanted = {name: number for name, number, rows in session.execute(public) if rows}
        present = row_index().versions()
        differing = {name for name in wanted.keys() | present.keys() if wanted.get(name) != present.get(name)}
        for name in sorted(differing):
            row_index().refresh(session, name)
    return {"rows_mended": len(differing)}
