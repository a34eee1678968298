"""Columns across all tables: which datasets have a column of that meaning."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request
from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload

from harvesters.thai.text import fold
from portal.catalogue import presenting as show
from portal.catalogue.models import ColumnEntry, Dataset
from portal.catalogue.queries import visible
from portal.choices import language
from portal.db import db

blueprint = Blueprint("columns", __name__)

MOST_WORDS = 8
MOST_KINDS = 20  # different columns on a page
EXAMPLES, FEW, MORE_EXAMPLES = 5, 3, 50  # datasets named for each; where few columns are found, more of them
LONGEST = 200  # letters of a question


def asked(query: str) -> Select[ColumnEntry]:
    """Columns of public datasets whose name or title holds every word of the question."""
    found = visible(select(ColumnEntry).join(Dataset, ColumnEntry.dataset_id == Dataset.id))
    for word in fold(query[:LONGEST]).split()[:MOST_WORDS]:
        found = found.where(ColumnEntry.folded.contains(word, autoescape=True))
    return found


def kinds_of_columns(query: str) -> list[tuple[str, str, str, int, int]]:
    """Different columns (name, Thai title, English title) with the number of datasets that have them; commonest first."""
    inner = asked(query).subquery()
    rows = db.session.execute(
        select(
            inner.c.name,
            func.max(inner.c.title_th),
            func.max(inner.c.title_en),
            func.count(inner.c.dataset_id.distinct()),
            func.sum(inner.c.rows),
        )
        .group_by(inner.c.name)
        .order_by(func.count(inner.c.dataset_id.distinct()).desc(), inner.c.name)
        .limit(MOST_KINDS)
    )
    return [(name, th, en, datasets, int(total or 0)) for name, th, en, datasets, total in rows]


def places_of(names: list[str], query: str) -> dict[str, list[ColumnEntry]]:
    """Where the columns stand, by name: the newest datasets first."""
    found = asked(query).where(ColumnEntry.name.in_(names)).options(selectinload(ColumnEntry.dataset))
    places: dict[str, list[ColumnEntry]] = {}
    for entry in db.session.scalars(found.order_by(Dataset.updated_at.desc(), ColumnEntry.id).limit(2_000)):
        places.setdefault(entry.name, []).append(entry)
    return places


def found_columns(query: str) -> list[dict[str, Any]]:
    """What the page and its data show."""
    kinds = kinds_of_columns(query)
    places = places_of([name for name, *_ in kinds], query)
    most = MORE_EXAMPLES if len(kinds) <= FEW else EXAMPLES
    return [
        {
            "name": name,
            "title": {"th": title_th, "en": title_en or name},
            "datasets": count,
            "rows": rows,
            "places": [place_json(entry) for entry in places.get(name, [])[:most]],
        }
        for name, title_th, title_en, count, rows in kinds
    ]


def place_json(entry: ColumnEntry) -> Mapping[str, Any]:
    """One table that has the column."""
    return {
        "dataset": entry.dataset.name,
        "title": show.title_of(entry.dataset),
        "resource": entry.resource,
        "type": entry.type,
        "filled": round(entry.filled / entry.rows, 4) if entry.rows else None,
        "url": f"/dataset/{entry.dataset.name}/resource/{entry.resource}",
    }


@blueprint.get("/columns")
def page() -> str:
    """Which datasets have a column of that meaning."""
    query = request.args.get("q", "")[:LONGEST]
    columns = [
        column
        | {
            "label": column["title"][language()],
            "type": show.type_word(column["places"][0]["type"]),
            "left": column["datasets"] - len({place["dataset"] for place in column["places"]}),
        }
        for column in found_columns(query)
        if column["places"]
    ]
    return render_template("catalogue/columns.html", query=query, columns=columns, most=MOST_KINDS)


@blueprint.get("/columns.json")
def data() -> Response:
    """The same as data."""
    query = request.args.get("q", "")[:LONGEST]
    return jsonify({"query": query, "columns": found_columns(query)})
