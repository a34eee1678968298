"""Reads for pages that belong to no single room: totals with their date, the site's map, readiness, kinds of problems."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import current_app
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from harvesters.checks.problems import Kind, catalogue
from harvesters.thai.places import provinces
from harvesters.values import Text
from portal.articles.queries import list_articles
from portal.catalogue.models import Dataset
from portal.catalogue.queries import publishers_with_counts, visible
from portal.db import db
from portal.errors import PortalError
from portal.harvest.models import Run, Source
from portal.registry.models import Entity
from portal.search.outbox import engine

MOST_WHOOSH = 10_000  # entries that the embedded engine answers within its budget (docs/search.md)
LEAST_DISK = 200_000_000  # bytes; below, the next harvest of a large file could fail half-way


def last_harvest() -> datetime | None:
    """When the newest finished run ended."""
    return db.session.scalar(select(func.max(Run.finished_at)))


@dataclass(frozen=True, slots=True)
class SiteEntry:
    """One address for search engines, with the day it last changed where that is known."""

    path: str
    changed: date | None = None


FIXED_PAGES = (
    "/", "/province", "/publisher", "/source", "/article", "/about", "/problems", "/search", "/cluster", "/unit", "/match", "/gaps", "/glossary",
)  # fmt: skip


def site_entries() -> Iterator[SiteEntry]:
    """Every public page worth finding, the fixed ones first."""
    yield from (SiteEntry(path) for path in FIXED_PAGES)
    yield from (SiteEntry(f"/article/{article.slug}", article.updated) for article in list_articles())
    yield from (SiteEntry(f"/province/{place.code}") for place in provinces())
    yield from (SiteEntry(f"/publisher/{publisher.slug}") for publisher, _count in publishers_with_counts())
    for slug in db.session.scalars(select(Source.slug).where(Source.removed_at.is_(None)).order_by(Source.id)):
        yield SiteEntry(f"/source/{slug}")
    for name, updated in db.session.execute(visible(select(Dataset.name, Dataset.updated_at)).order_by(Dataset.id)):
        yield SiteEntry(f"/dataset/{name}", updated.date())
    present = select(Entity.kind, Entity.slug, Entity.updated_at).where(
        Entity.state == "present", Entity.kind.in_(("cluster", "unit"))
    )
    for kind, slug, moment in db.session.execute(present.order_by(Entity.id)):
        yield SiteEntry(f"/{kind}/{slug}", moment.date())


def readiness() -> dict[str, bool]:
    """What must work before this process should be sent readers: database, index, disk."""
    return {"database": _database_answers(), "index": _index_usable(), "disk": _disk_free()}


def _database_answers() -> bool:
    try:
        return bool(db.session.scalar(text("SELECT 1")))
    except SQLAlchemyError:
        return False


def _index_usable() -> bool:
    try:
        return engine().usable()
    except (PortalError, OSError):
        return False


def _disk_free() -> bool:
    try:
        return shutil.disk_usage(current_app.config["KHLANG"].home).free > LEAST_DISK
    except OSError:
        return False


def engine_advice() -> Text | None:
    """What to do when more is indexed than the embedded engine answers well; None while all is well or nothing can be counted."""
    if current_app.config["KHLANG"].search_engine != "whoosh":
        return None
    try:
        datasets = db.session.scalar(visible(select(func.count(Dataset.id)))) or 0
        entities = db.session.scalar(select(func.count(Entity.id)).where(Entity.state == "present")) or 0
    except SQLAlchemyError:
        return None
    if datasets + entities <= MOST_WHOOSH:
        return None
    return Text(
        f"มี {datasets + entities:,} รายการ มากกว่า {MOST_WHOOSH:,} ที่ whoosh ค้นได้เร็ว โปรดตั้ง KHLANG_SEARCH_ENGINE เป็น tantivy หรือ postgres"
        " แล้วสั่ง khlang reindex",
        f"{datasets + entities:,} entries are more than the {MOST_WHOOSH:,} that whoosh answers fast: set KHLANG_SEARCH_ENGINE to tantivy or "
        "postgres and run khlang reindex",
    )


def problem_kinds() -> Sequence[tuple[str, list[Kind]]]:
    """All kinds of problems in four groups: what stops a file ("blocking"), then error, warning, info; by code."""
    groups: dict[str, list[Kind]] = {"blocking": [], "error": [], "warning": [], "info": []}
    for kind in catalogue():
        groups["blocking" if kind.blocking else kind.severity].append(kind)
    return [(name, kinds) for name, kinds in groups.items() if kinds]
