"""What was found as a reader gets it: datasets and rows with titles, places, and a piece of text with the hit marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from harvesters.packages.rows import rows_by_number
from harvesters.thai.places import find_province
from portal.articles.queries import Article, all_articles
from portal.catalogue.models import Dataset, Resource, Version
from portal.catalogue.queries import datasets_named, find_file, find_resource
from portal.registry.models import Entity
from portal.registry.queries import entities_named
from portal.search.article_entries import article_key, article_texts, updated_at
from portal.search.entity_entries import texts_of
from portal.search.entries import column_names, dataset_key
from portal.search.outbox import row_index
from portal.search.plan import SearchPlan
from portal.search.roles import with_roles
from portal.search.row_texts import province_column
from portal.search.rows import RowHit
from portal.search.snippets import LENGTH, mark, places, snippet

CELLS = 6  # of a row shown
QUIET_ROLES = (
    "id",
    "province_code",
    "latitude",
    "longitude",
    "postcode",
)  # shown only when they hold what was asked for

QUIET_WORDS = ("ลำดับ", "No.", "no.")  # how a heading begins that only counts the rows
NAME_WORDS = ("ชื่อ", "name", "title")  # how a heading begins that says what a row is called

Cells = Sequence[tuple[str, str]]  # column, value


def entry_hits(keys: Sequence[str], plan: SearchPlan, lang: str) -> list[dict[str, Any]]:
    """Datasets, clusters, units, outputs and articles in the order of the engine, each with a snippet around what was asked for.

    What is not public is left out.
    """
    named: dict[str, list[str]] = {}
    for key in keys:
        kind, _, name = key.partition(":")
        named.setdefault(kind, []).append(name)
    made: dict[str, dict[str, Any]] = {}
    for kind, names in named.items():
        if kind == "dataset":
            made |= {dataset_key(name): dataset_hit(one, plan, lang) for name, one in datasets_named(names).items()}
        elif kind == "article":
            articles = all_articles()
            made |= {article_key(slug): article_hit(articles[slug], plan, lang) for slug in names if slug in articles}
        else:
            made |= {f"{kind}:{slug}": entity_hit(one, plan, lang) for slug, one in entities_named(kind, names).items()}
    return [made[key] for key in keys if key in made]


def entity_hit(entity: Entity, plan: SearchPlan, lang: str) -> dict[str, Any]:
    """One cluster, unit or output as a hit. An output has no page of its own: its row is shown."""
    title = (entity.name_en if lang == "en" else "") or entity.name_th
    first = entity.mentions[0]
    row = f"/dataset/{first.dataset.name}/resource/{first.resource}?row={first.row}"
    plain, marked = snippet([text for mention in entity.mentions for text in texts_of(mention.facts)], plan.marks)
    return {
        "kind": entity.kind,
        "id": entity.slug,
        "external_id": entity.external_id or None,
        "title": title,
        "title_html": mark(title, plan.marks),
        "url": row if entity.kind == "output" else f"/{entity.kind}/{entity.slug}",
        "province": entity.province_code,
        "provinces": [entity.province_code] if entity.province_code else [],
        "publisher": None,
        "publisher_title": str(first.facts.get("university") or ""),
        "updated": entity.updated_at.isoformat(),
        "snippet": plain,
        "snippet_html": marked,
    }


def article_hit(both: Mapping[str, Article], plan: SearchPlan, lang: str) -> dict[str, Any]:
    """One article as a hit, in the reader's language if it is written in that."""
    article = both.get(lang) or both["th"]
    others = [one for one in both.values() if one is not article]
    plain, marked = snippet([text for one in (article, *others) for text in article_texts(one)], plan.marks)
    return {
        "kind": "article",
        "id": article.slug,
        "external_id": None,
        "title": article.title,
        "title_html": mark(article.title, plan.marks),
        "url": f"/article/{article.slug}",
        "province": None,
        "provinces": [],
        "publisher": None,
        "publisher_title": article.author,
        "updated": updated_at(article).isoformat(),
        "snippet": plain,
        "snippet_html": marked,
    }


def dataset_hit(dataset: Dataset, plan: SearchPlan, lang: str) -> dict[str, Any]:
    """One dataset as a hit."""
    assert dataset.current is not None
    title = localised_title(dataset, lang)
    plain, marked = snippet(dataset_texts(dataset, dataset.current, lang), plan.marks)
    codes = [link.province_code for link in dataset.provinces]
    return {
        "kind": "dataset",
        "id": dataset.name,
        "external_id": dataset.remote_id or None,
        "title": title,
        "title_html": mark(title, plan.marks),
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


def localised_title(dataset: Dataset, lang: str) -> str:
    """A dataset's title in a language, in Thai where there is no other."""
    return (dataset.title_en if lang == "en" else "") or dataset.title_th


def dataset_texts(dataset: Dataset, version: Version, lang: str) -> list[str]:
    """Where a dataset may hold what was asked for, in the order in which a snippet is looked for."""
    notes = [dataset.notes_th, dataset.notes_en]
    tables = [" · ".join(column_titles(resource.schema["fields"], lang)) for resource in version.resources]
    texts = [
        *(reversed(notes) if lang == "en" else notes),
        " · ".join(map(str, dataset.tags)),
        " · ".join(f"{resource.title} {resource.sheet or ''}".strip() for resource in version.resources),
        *tables,
        *(" · ".join(column_names(resource.schema["fields"])) for resource in version.resources),
        dataset.data_source,
        dataset.title_th,
        dataset.title_en,
    ]
    return [text for text in texts if text]


def column_titles(fields: Sequence[Mapping[str, Any]], lang: str) -> list[str]:
    """What the columns of a table are called for people."""
    return [
        str(field.get("titles", {}).get(lang) or field.get("title") or field.get("source") or field["name"])
        for field in fields
        if field["name"] != "_row"
    ]


def row_hits(found: Sequence[RowHit], plan: SearchPlan, lang: str) -> list[dict[str, Any]]:
    """Rows with their cells, those of one table read together. A row of a version that is no longer current is left out."""
    datasets = datasets_named(list({hit.dataset for hit in found}))
    wanted: dict[tuple[str, str], list[RowHit]] = {}
    for hit in found:
        current = datasets[hit.dataset].current if hit.dataset in datasets else None
        if current is not None and current.number == hit.version:
            wanted.setdefault((hit.dataset, hit.resource), []).append(hit)
    made: dict[RowHit, dict[str, Any]] = {}
    for (name, resource_name), hits in wanted.items():
        version = datasets[name].current
        assert version is not None
        resource = find_resource(version, resource_name)
        parquet = row_index().store.path(find_file(version, "parquet", resource_name).sha256)
        cells = rows_by_number(parquet, resource.schema, [hit.row for hit in hits])
        for hit in hits:
            if hit.row in cells:
                made[hit] = row_hit(datasets[name], resource, hit, cells[hit.row], plan, lang)
    return [made[hit] for hit in found if hit in made]


def row_hit(
    dataset: Dataset, resource: Resource, hit: RowHit, cells: Mapping[str, Any], plan: SearchPlan, lang: str
) -> dict[str, Any]:
    """One row as a hit: the cells that hold what was asked for, then the first others."""
    fields = with_roles(resource.schema["fields"], resource.profile)
    filled = {name: str(value) for name, value in cells.items() if value not in (None, "") and name != "_row"}
    shown = [(called(fields, name, lang), filled[name]) for name in shown_columns(fields, filled, plan)]
    headline = headline_of(name_cells(fields, filled), shown, plan)
    short = [(column, *snippet([value], plan.marks)) for column, value in shown]
    return {
        "kind": "row",
        "id": f"{hit.dataset}/{hit.resource}/{hit.row}",
        "external_id": next(
            (filled[one["name"]] for one in fields if one.get("role") == "id" and one["name"] in filled), None
        ),
        "title": headline,
        "title_html": mark(headline, plan.marks),
        "dataset": hit.dataset,
        "dataset_title": localised_title(dataset, lang),
        "version": hit.version,
        "resource": hit.resource,
        "row": hit.row,
        "url": f"/dataset/{hit.dataset}/resource/{hit.resource}?row={hit.row}",
        "province": row_province(fields, filled),
        "cells": dict(shown),
        "cells_html": {column: marked for column, _, marked in short},
        "snippet": " · ".join(plain for _, plain, _ in short),
        "snippet_html": " · ".join(marked for _, _, marked in short),
    }


def shown_columns(fields: Sequence[Mapping[str, Any]], filled: Mapping[str, str], plan: SearchPlan) -> list[str]:
    """The columns of a row that are shown: those with what was asked for, then the first others that tell people something."""
    matching = [name for name, value in filled.items() if places(value, plan.marks)]
    quiet = {field["name"] for field in fields if is_quiet(field)}
    others = [name for name in filled if name not in matching and name not in quiet]
    return (matching + others)[:CELLS]


def is_quiet(field: Mapping[str, Any]) -> bool:
    """Whether a column tells little to people: codes, coordinates, running numbers."""
    if field.get("role") in QUIET_ROLES or field["name"] in QUIET_ROLES:
        return True
    return any(str(field[name]).startswith(QUIET_WORDS) for name in ("title", "source") if field.get(name))


def called(fields: Sequence[Mapping[str, Any]], name: str, lang: str) -> str:
    """What a column is called; its name where two columns would be called alike."""
    titles = column_titles(fields, lang)
    title = column_titles([field for field in fields if field["name"] == name], lang)[0]
    return title if titles.count(title) == 1 else name


def name_cells(fields: Sequence[Mapping[str, Any]], filled: Mapping[str, str]) -> list[str]:
    """The cells that say what a row is about: by the role of their column, by a heading that says name, else the first text."""
    by_role = [field["name"] for field in fields if field.get("role") == "name"]
    by_heading = [field["name"] for field in fields if str(field.get("source") or field["name"]).startswith(NAME_WORDS)]
    texts = [name for name, value in filled.items() if not value.replace(".", "").replace("-", "").isdigit()]
    return [filled[name] for name in (*by_role, *by_heading, *texts) if name in filled]


def headline_of(names: Sequence[str], shown: Cells, plan: SearchPlan) -> str:
    """A row's headline: its name and the first cell with what was asked for."""
    matching = [value for _, value in shown if places(value, plan.marks)]
    parts = dict.fromkeys([*(names or [value for _, value in shown])[:1], *matching[:1]])
    return " · ".join(snippet([part], plan.marks)[0] if len(part) > LENGTH else part for part in parts)


def row_province(fields: Sequence[Mapping[str, Any]], filled: Mapping[str, str]) -> str | None:
    """The code of the province that a row names."""
    found = find_province(filled.get(province_column(fields) or "", ""))
    return found.code if found else None
