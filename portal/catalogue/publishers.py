"""Pages of publishers: who they are, what they published, how their deliveries went."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, jsonify, render_template
from flask_babel import gettext as _  # type: ignore[import-untyped]
from sqlalchemy import select

from portal.catalogue import presenting as show
from portal.catalogue.deliveries import NONE, deliveries_of, months_json, sparkline_view
from portal.catalogue.models import Dataset, Publisher
from portal.catalogue.queries import datasets_of_publisher, find_publisher, publishers_with_counts
from portal.choices import language
from portal.db import db
from portal.harvest.models import Run, Source
from portal.tabular import csv_answer

blueprint = Blueprint("publishers", __name__)

PUBLISHER_COLUMNS = ("slug", "url", "title_th", "title_en", "kind", "province", "datasets")
DATASET_COLUMNS = ("name", "url", "title_th", "title_en", "version", "rows", "updated", "state")
RUNS_SHOWN = 12  # pages.md 5.10: delivery record


@blueprint.get("/publisher")
def publisher_index() -> str:
    """Everybody who has published something."""
    delivered = deliveries_of()
    found = [
        {"title": show.publisher_title(publisher), "kind": kind_word(publisher.kind), "count": count,
         "href": f"/publisher/{publisher.slug}",
         "province": show.province_name(publisher.province_code) if publisher.province_code else "",
         "delivered": sparkline_view(delivered.get(publisher.id, NONE))}
        for publisher, count in publishers_with_counts()
    ]  # fmt: skip
    return render_template("catalogue/publishers.html", publishers=found)


@blueprint.get("/publisher.json")
def publisher_index_data() -> Response:
    """The same as data."""
    delivered = deliveries_of()
    lines = [
        publisher_line(publisher) | {"datasets": count, "deliveries": months_json(delivered.get(publisher.id, NONE))}
        for publisher, count in publishers_with_counts()
    ]
    return jsonify({"publishers": lines})


@blueprint.get("/publisher.csv")
def publisher_index_csv() -> Response:
    """The same as a table."""
    lines = [publisher_line(publisher) | {"datasets": count} for publisher, count in publishers_with_counts()]
    return csv_answer(lines, "khlang-publishers", PUBLISHER_COLUMNS)


@blueprint.get("/publisher/<slug>")
def publisher_page(slug: str) -> str:
    """One publisher: who they are, what they published, how their deliveries went."""
    publisher = find_publisher(slug)
    return render_template(
        "catalogue/publisher.html",
        publisher=publisher,
        title=show.publisher_title(publisher),
        facts=publisher_facts(publisher),
        datasets=[show.card(dataset) for dataset in datasets_of_publisher(publisher)],
        sources=sources_of(publisher),
        runs=runs_of(publisher),
        delivered=sparkline_view(deliveries_of(publisher.id).get(publisher.id, NONE)),
    )


@blueprint.get("/publisher/<slug>.json")
def publisher_data(slug: str) -> Response:
    """The same as data."""
    publisher = find_publisher(slug)
    told = publisher_line(publisher) | {
        "contact": {"url": publisher.url, "email": publisher.email, "phone": publisher.phone},
        "datasets": [dataset_line(dataset) for dataset in datasets_of_publisher(publisher)],
        "deliveries": months_json(deliveries_of(publisher.id).get(publisher.id, NONE)),
        "sources": [{"slug": source.slug, "url": f"/source/{source.slug}"} for source in sources_of(publisher)],
    }
    return jsonify(told)


@blueprint.get("/publisher/<slug>.csv")
def publisher_csv(slug: str) -> Response:
    """The datasets of a publisher as a table."""
    found = datasets_of_publisher(find_publisher(slug))
    return csv_answer([dataset_line(dataset) for dataset in found], f"khlang-{slug}", DATASET_COLUMNS)


def publisher_line(publisher: Publisher) -> dict[str, Any]:
    """A publisher in the JSON of a list."""
    return {
        "slug": publisher.slug,
        "url": f"/publisher/{publisher.slug}",
        "title": {"th": publisher.title_th, "en": publisher.title_en or None},
        "kind": publisher.kind,
        "province": publisher.province_code,
    }


def kind_word(kind: str) -> str:
    """What a publisher is, in words."""
    words = {
        "office": _("หน่วยงานของรัฐ"),
        "university": _("มหาวิทยาลัย"),
        "association": _("สมาคมหรือชมรม"),
    }
    return str(words.get(kind, ""))


def publisher_facts(publisher: Publisher) -> list[dict[str, Any]]:
    """What is known of a publisher, for `fact_list`."""
    code = publisher.province_code
    other = publisher.title_th if language() == "en" else publisher.title_en
    return [
        {"term": _("ชื่อภาษาอังกฤษ") if language() == "th" else _("ชื่อภาษาไทย"), "text": other},
        {"term": _("ประเภท"), "text": kind_word(publisher.kind)},
        {"term": _("ชื่อจังหวัด"), "text": show.province_name(code) if code else "", "href": f"/province/{code}"},
        {"term": _("โทรศัพท์"), "text": publisher.phone, "href": f"tel:{publisher.phone.replace(' ', '')}"},
        {"term": _("อีเมล"), "text": publisher.email, "href": f"mailto:{publisher.email}"},
        {"term": _("เว็บไซต์"), "text": publisher.url, "href": web_address(publisher.url)},
    ]


def web_address(url: str) -> str | None:
    """The address if it is one of the web: what publishers typed becomes a link only then."""
    return url if url.lower().startswith(("http://", "https://")) else None


def sources_of(publisher: Publisher) -> Sequence[Source]:
    """The sources that a publisher's data is taken from."""
    query = select(Source).where(Source.publisher_id == publisher.id, Source.removed_at.is_(None))
    return db.session.scalars(query.order_by(Source.title_th)).all()


def runs_of(publisher: Publisher) -> Sequence[Run]:
    """The newest runs over all sources of a publisher."""
    query = select(Run).join(Source, Source.id == Run.source_id).where(Source.publisher_id == publisher.id)
    return db.session.scalars(query.order_by(Run.started_at.desc(), Run.id.desc()).limit(RUNS_SHOWN)).all()


def dataset_line(dataset: Dataset) -> dict[str, Any]:
    """A dataset in the JSON of a list."""
    assert dataset.current is not None
    return {
        "name": dataset.name,
        "url": show.address_of(dataset),
        "title": {"th": dataset.title_th, "en": dataset.title_en or None},
        "version": dataset.current.number,
        "rows": dataset.current.row_count,
        "updated": dataset.updated_at.isoformat(),
        "state": dataset.state,
    }
