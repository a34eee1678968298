"""Atom feeds (RFC 4287): new datasets, those of a province and of a publisher, and articles. A search has its own, beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any

from flask import Blueprint, Response, render_template
from flask_babel import gettext as _  # type: ignore[import-untyped]

from harvesters.thai.text import shorten
from portal.articles.queries import list_articles
from portal.catalogue import presenting as show
from portal.catalogue.models import Dataset
from portal.catalogue.places import find_place, province_title
from portal.catalogue.queries import (
    datasets_of_province,
    datasets_of_publisher,
    find_publisher,
    newest_datasets,
    versions_of,
)
from portal.catalogue.views import resolve
from portal.choices import page_address
from portal.writing import THAI_TIME

blueprint = Blueprint("feeds", __name__)

MOST = 20
LONGEST = 300  # characters of a summary
NEVER = "1970-01-01T00:00:00+00:00"  # what tells nothing has never changed


@blueprint.get("/dataset.atom")
def newest() -> Response:
    """The datasets with the youngest versions."""
    return feed(_("ชุดข้อมูลใหม่"), "/search?kind=dataset&sort=newest", dataset_entries(newest_datasets(MOST)))


@blueprint.get("/province/<code>.atom")
def of_province(code: str) -> Response:
    """The datasets that speak of a province, the newest first."""
    place = find_place(code)
    found = [dataset for dataset, _rows in datasets_of_province(code)]
    return feed(province_title(place), f"/province/{code}", dataset_entries(found))


@blueprint.get("/publisher/<slug>.atom")
def of_publisher(slug: str) -> Response:
    """The datasets of a publisher, the newest first."""
    publisher = find_publisher(slug)
    found = datasets_of_publisher(publisher)
    return feed(show.publisher_title(publisher), f"/publisher/{slug}", dataset_entries(found))


@blueprint.get("/dataset/<reference>/changes.atom")
def of_changes(reference: str) -> Response:
    """The versions of a dataset, each with what changed, the newest first."""
    dataset, _version, _fixed = resolve(reference)
    entries = [
        {
            "title": _("รุ่นที่ %(number)s", number=line["number"]),
            "url": line["href"],
            "updated": line["date"].astimezone(UTC).isoformat(timespec="seconds"),
            "author": show.publisher_title(dataset.publisher),
            "summary": line["summary"],
        }
        for line in show.version_lines(dataset, versions_of(dataset))[:MOST]
    ]
    return feed(show.title_of(dataset), show.address_of(dataset), entries)


@blueprint.get("/article.atom")
def articles() -> Response:
    """The articles, the last changed first."""
    entries = [
        {
            "title": article.title,
            "url": f"/article/{article.slug}",
            "updated": datetime.combine(article.updated, time(), THAI_TIME).isoformat(),
            "author": article.author,
            "summary": article.summary,
        }
        for article in sorted(list_articles(), key=lambda one: (one.updated, one.slug), reverse=True)
    ]
    return feed(_("บทความ"), "/article", entries)


def dataset_entries(datasets: Iterable[Dataset]) -> list[dict[str, Any]]:
    """Datasets as entries of a feed, the newest first."""
    chosen = sorted(datasets, key=lambda one: (one.updated_at, one.id), reverse=True)[:MOST]
    return [
        {
            "title": show.title_of(dataset),
            "url": show.address_of(dataset),
            "updated": dataset.updated_at.astimezone(UTC).isoformat(timespec="seconds"),
            "author": show.publisher_title(dataset.publisher),
            "summary": shorten(show.notes_of(dataset), LONGEST),
        }
        for dataset in chosen
    ]


def feed(title: str, path: str, entries: Sequence[Mapping[str, Any]]) -> Response:
    """A feed that follows the page at `path`."""
    return written(title, page_address(path=path), entries)


def written(title: str, html: str, entries: Sequence[Mapping[str, Any]]) -> Response:
    """A feed with some entries; it changed when its newest entry did."""
    moment = max((str(entry["updated"]) for entry in entries), default=NEVER)
    document = render_template("federation/feed.xml", title=title, html=html, moment=moment, entries=entries)
    return Response(document, mimetype="application/atom+xml")
