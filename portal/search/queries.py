"""What a search answers: the document behind the search page, its `.json` twin and `khlang search` (contracts.md §4)."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from harvesters import bundled
from harvesters.licences import licence_title
from harvesters.packages.rows import rows_by_number
from harvesters.thai.places import find_province, province
from harvesters.thai.text import fold
from portal.catalogue.models import Dataset, Publisher
from portal.catalogue.queries import datasets_named, find_file, find_resource
from portal.db import db
from portal.search.engines import Found
from portal.search.outbox import engine, row_index
from portal.search.plan import SearchPlan, make_plan
from portal.search.rows import RowHit, RowsFound
from portal.search.snippets import mark, snippet

FACETS = ("province", "publisher", "format", "licence", "profile")
MOST_VALUES = 100  # of one facet
ROW_HITS = 5  # shown beside datasets on the first page


def search_document(
    text: str,
    filters: Mapping[str, str | None],
    *,
    limit: int = 20,
    page: int = 1,
    sort: str = "relevance",
    lang: str = "th",
) -> dict[str, Any]:
    """Return what a search answers.

    `filters`: facet → value, and `kind` (dataset or row). `limit` is at most 100. Raises PortalError("search-rebuilding").
    """
    began = time.perf_counter()
    limit = max(1, min(limit, 100))
    page = max(1, page)
    chosen = {name: (value,) for name, value in filters.items() if value and name != "kind"}
    plan = make_plan(text, chosen, sort=sort, limit=limit, offset=(page - 1) * limit)
    kind = filters.get("kind") or (plan.filters.get("kind") or ("",))[0]
    only_rows = kind == "row"
    found = engine().search(plan)
    rows = find_rows(plan, found, only_rows=only_rows, first=page == 1)
    hits = [] if only_rows else dataset_hits(found.keys, plan, lang)
    hits += row_hits(rows.hits, plan, lang)
    return {
        "query": text,
        "total": found.total,
        "total_rows": rows.total,
        "total_rows_exact": rows.exact,
        "page": page,
        "limit": limit,
        "took_ms": round((time.perf_counter() - began) * 1000, 1),
        "hits": hits,
        "facets": {name: facet_values(name, found.facets.get(name, {}), lang) for name in FACETS},
        "filters": {name: list(values) for name, values in plan.filters.items()},
        "suggestion": None,
        "loose": found.loose,
        "cut": plan.cut,
    }


def find_rows(plan: SearchPlan, found: Found, *, only_rows: bool, first: bool) -> RowsFound:
    """Rows that hold all that was asked for; with filters, rows of the datasets that pass them."""
    texts = [group.text for group in plan.groups]
    if not texts or plan.excluded or not (only_rows or first):
        return RowsFound((), 0, True)
    allowed = None
    if plan.filters.keys() - {"kind"}:
        everything = engine().search(SearchPlan(filters=plan.filters, sort="newest", limit=900))
        allowed = [key.partition(":")[2] for key in everything.keys]
    if only_rows:
        return row_index().search(texts, allowed, limit=plan.limit, offset=plan.offset)
    return row_index().search(texts, allowed, limit=ROW_HITS)


def dataset_hits(keys: Sequence[str], plan: SearchPlan, lang: str) -> list[dict[str, Any]]:
    """Datasets in the order of the engine, each with a snippet around what was asked for."""
    names = [key.partition(":")[2] for key in keys]
    datasets = datasets_named(names)
    return [dataset_hit(datasets[name], plan, lang) for name in names if name in datasets]


def dataset_hit(dataset: Dataset, plan: SearchPlan, lang: str) -> dict[str, Any]:
    """One dataset as a hit."""
    title = (dataset.title_en if lang == "en" else "") or dataset.title_th
    notes = (dataset.notes_en if lang == "en" else "") or dataset.notes_th
    plain, marked = snippet(notes, plan.texts)
    codes = [link.province_code for link in dataset.provinces]
    assert dataset.current is not None
    return {
        "kind": "dataset",
        "id": dataset.name,
        "external_id": None,
        "title": title,
        "title_html": mark(title, plan.texts),
        "url": f"/dataset/{dataset.name}",
        "province": codes[0] if len(codes) == 1 else None,
        "provinces": codes,
        "publisher": dataset.publisher.slug,
        "publisher_title": (dataset.publisher.title_en if lang == "en" else "") or dataset.publisher.title_th,
        "updated": dataset.updated_at.isoformat(),
        "rows": dataset.current.row_count,
        "snippet": plain,
        "snippet_html": marked,
    }


def row_hits(found: Sequence[RowHit], plan: SearchPlan, lang: str) -> list[dict[str, Any]]:
    """Rows with their cells; those of one resource are read together."""
    datasets = datasets_named(list({hit.dataset for hit in found}))
    wanted: dict[tuple[str, str], list[RowHit]] = {}
    for hit in found:
        if hit.dataset in datasets and datasets[hit.dataset].current.number == hit.version:  # type: ignore[union-attr]
            wanted.setdefault((hit.dataset, hit.resource), []).append(hit)
    made: dict[RowHit, dict[str, Any]] = {}
    for (name, resource_name), hits in wanted.items():
        version = datasets[name].current
        assert version is not None
        resource = find_resource(version, resource_name)
        parquet = row_index().store.path(find_file(version, "parquet", resource_name).sha256)
        cells = rows_by_number(parquet, resource.schema, [hit.row for hit in hits])
        for hit in hits:
            made[hit] = row_hit(datasets[name], hit, cells.get(hit.row, {}), resource.schema, plan, lang)
    return [made[hit] for hit in found if hit in made]


def row_hit(
    dataset: Dataset, hit: RowHit, cells: Mapping[str, Any], schema: Mapping[str, Any], plan: SearchPlan, lang: str
) -> dict[str, Any]:
    """One row as a hit: the cells that hold what was asked for, then its first others."""
    titles = {
        field["name"]: (field.get("titles", {}).get(lang) or field.get("title") or field.get("source") or field["name"])
        for field in schema["fields"]
    }
    filled = [(name, str(value)) for name, value in cells.items() if value not in (None, "") and name != "_row"]
    matching = [pair for pair in filled if any(text in fold(pair[1]) for text in plan.texts)]
    others = [pair for pair in filled if pair not in matching]
    shown = (matching + others)[:6]
    headline = " · ".join(value for _, value in shown[:2])
    title = (dataset.title_en if lang == "en" else "") or dataset.title_th
    return {
        "kind": "row",
        "id": f"{hit.dataset}/{hit.resource}/{hit.row}",
        "external_id": None,
        "title": headline,
        "title_html": mark(headline, plan.texts),
        "dataset": hit.dataset,
        "dataset_title": title,
        "version": hit.version,
        "resource": hit.resource,
        "row": hit.row,
        "url": f"/dataset/{hit.dataset}/resource/{hit.resource}?row={hit.row}",
        "province": row_province(cells),
        "cells": {titles.get(name, name): value for name, value in shown},
        "cells_html": {titles.get(name, name): mark(value, plan.texts) for name, value in shown},
        "snippet": " · ".join(value for _, value in shown),
        "snippet_html": " · ".join(mark(value, plan.texts) for _, value in shown),
    }


def row_province(cells: Mapping[str, Any]) -> str | None:
    """The province code that a row itself names."""
    code = str(cells.get("province_code") or "")
    if code:
        return code
    found = find_province(str(cells.get("province") or cells.get("จังหวัด") or ""))
    return found.code if found else None


def facet_values(name: str, counts: Mapping[str, int], lang: str) -> list[dict[str, Any]]:
    """The values of a facet with labels, most frequent first, ties by label."""
    label = LABELS[name](list(counts), lang)
    values = [{"value": value, "label": label.get(value, value), "count": count} for value, count in counts.items()]
    return sorted(values, key=lambda row: (-int(str(row["count"])), str(row["label"])))[:MOST_VALUES]


def province_labels(values: Sequence[str], lang: str) -> dict[str, str]:
    """Names of provinces by code."""
    return {code: province(code).name_en if lang == "en" else province(code).name_th for code in values}


def publisher_labels(values: Sequence[str], lang: str) -> dict[str, str]:
    """Names of publishers by slug."""
    rows = db.session.query(Publisher.slug, Publisher.title_th, Publisher.title_en).filter(Publisher.slug.in_(values))
    return {slug: (en if lang == "en" else "") or th for slug, th, en in rows}


def licence_labels(values: Sequence[str], lang: str) -> dict[str, str]:
    """Names of licences by code."""
    return {code: licence_title(code, lang) for code in values}


def profile_labels(values: Sequence[str], lang: str) -> dict[str, str]:
    """Names of profiles."""
    known = bundled.profiles()
    return {name: getattr(known[name].title, lang) for name in values if name in known}


def format_labels(values: Sequence[str], lang: str) -> dict[str, str]:
    """Names of formats are the same in both languages."""
    return {value: {"xlsx": "Excel", "parquet": "Parquet"}.get(value, value.upper()) for value in values}


LABELS = {
    "province": province_labels,
    "publisher": publisher_labels,
    "licence": licence_labels,
    "profile": profile_labels,
    "format": format_labels,
}
