"""Pages of a dataset: itself, its report, its changes, its citation. `/dataset/<name>@v3` is one version for ever."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, make_response, render_template, request
from flask_babel import gettext as _  # type: ignore[import-untyped]

from harvesters import bundled
from harvesters.licences import licence_of
from harvesters.normalise import RULES
from harvesters.packages.rows import RowQuery, select_rows
from harvesters.packages.store import Store
from harvesters.values import Text
from portal.articles.rendering import render_text
from portal.catalogue import presenting as show
from portal.catalogue.changes import changes_view, compare, pages_of
from portal.catalogue.citation import cite
from portal.catalogue.models import Dataset, Resource, Version
from portal.catalogue.quality import quality_data, quality_of
from portal.catalogue.queries import document_of, downloads_of, find_dataset, find_file, find_version, versions_of
from portal.catalogue.reports import certificate, marked_report, read_report, repair_groups, workbook_answer
from portal.catalogue.sharing import codes_of
from portal.catalogue.snippets import snippets
from portal.choices import language, page_address
from portal.errors import PortalError
from portal.federation.schemaorg import dataset_block
from portal.harvest.queries import last_checked, source_of
from portal.writing import localised

blueprint = Blueprint("catalogue", __name__)

REFERENCE = re.compile(r"([a-z0-9_-]{2,70})(?:@v([1-9][0-9]{0,8}))?")
PREVIEW_ROWS, FEWEST_ROWS = 10, 3
PREVIEW_CELLS = 140  # that a page can bear; each further table brings lists of its own beside its rows
A_YEAR = "public, max-age=31536000, immutable"


def resolve(reference: str) -> tuple[Dataset, Version, bool]:
    """The dataset and version of `name` or `name@v3`, and whether the version was named. Raises PortalError."""
    found = REFERENCE.fullmatch(reference)
    if found is None:
        raise PortalError("not-found", what=reference)
    dataset = find_dataset(found[1])
    number = int(found[2]) if found[2] else None
    return dataset, find_version(dataset, number), number is not None


def store() -> Store:
    """The store of the data folder in force."""
    return Store(current_app.config["KHLANG"].home)


@blueprint.get("/dataset/<reference>")
def page(reference: str) -> Response:
    """One dataset, whole."""
    dataset, version, fixed = resolve(reference)
    newest = dataset.current
    response = make_response(
        render_template(
            "catalogue/dataset.html",
            dataset=dataset,
            version=version,
            fixed=fixed,
            outdated=fixed and newest is not None and newest.number != version.number,
            title=show.title_of(dataset),
            notes=render_text(show.notes_of(dataset)),
            publisher=show.publisher_title(dataset.publisher),
            checked=last_checked(dataset) or version.fetched_at,
            verdict=show.verdict(version),
            facts=show.facts(dataset, version, downloads_of(dataset)),
            more_facts=show.more_facts(dataset),
            tables=[table_view(dataset, version, resource) for resource in version.resources],
            links=show.link_lines(version),
            quality=quality_of(dataset, version),
            package=show.package_downloads(dataset, version),
            licence=licence_of(dataset.license_id),
            repairs=repair_lines(version),
            versions=show.version_lines(dataset, versions_of(dataset)),
            citation=citation_view(dataset, version),
            snippets=snippets(dataset, version, version.resources[0]) if version.resources else (),
            codes=codes_of(dataset),
            base=show.address_of(dataset, version),
            personal=personal_words(version),
            source=source_view(dataset),
            block=dataset_block(dataset, version),
        )
    )
    response.headers["Link"] = ", ".join(
        [
            f'<{show.address_of(dataset, version)}/datapackage.json>; rel="describedby"; type="application/json"',
            f'<{page_address(path=show.address_of(dataset, version))}>; rel="cite-as"',
        ]
    )
    return response


@blueprint.get("/dataset/<reference>.json")
def data(reference: str) -> Response:
    """The same as data."""
    dataset, version, _fixed = resolve(reference)
    return jsonify(document_of(dataset, version) | {"quality": quality_data(dataset, version)})


def table_view(dataset: Dataset, version: Version, resource: Resource) -> dict[str, Any]:
    """One table on the dataset's page: downloads, first rows, dictionary."""
    fields = [field for field in resource.schema["fields"] if field["name"] != "_row"]
    names = [field["name"] for field in fields]
    parquet = store().path(find_file(version, "parquet", resource.name).sha256)
    shown = preview_rows(version)
    first = select_rows(parquet, resource.schema, RowQuery(columns=("_row", *names), limit=shown))
    href = f"{show.address_of(dataset, version)}/resource/{resource.name}"
    return {
        "name": resource.name,
        "title": show.table_title(dataset, version, resource),
        "href": href,
        "rows": resource.rows,
        "columns": [
            {"label": show.column_title(field), "numeric": field["type"] in ("integer", "number")} for field in fields
        ],
        "preview": [
            {"number": row[0], "href": f"{href}?row={row[0]}", "cells": cells_of(fields, row[1:])} for row in first.rows
        ],
        "downloads": show.downloads(dataset, version, resource),
        "dictionary": show.dictionary(resource),
    }


def preview_rows(version: Version) -> int:
    """How many first rows of each of its tables a dataset's page shows."""
    columns = sum(len(table.schema["fields"]) for table in version.resources)
    return min(PREVIEW_ROWS, max(FEWEST_ROWS, PREVIEW_CELLS // columns // len(version.resources)))


def cells_of(fields: Sequence[Mapping[str, Any]], values: Sequence[Any]) -> list[str | date]:
    """The cells of a row as a page shows them."""
    return [show.cell(value, show.kind_of(field)) for field, value in zip(fields, values, strict=True)]


def column_titles(version: Version) -> dict[str, dict[str, str]]:
    """What the columns of each of a version's tables are called: two tables may have a column of one name and two meanings."""
    return {
        resource.name: {field["name"]: show.column_title(field) for field in resource.schema["fields"]}
        for resource in version.resources
    }


def repair_lines(version: Version) -> list[dict[str, Any]]:
    """What was put right, a line for each rule."""
    return [
        {"title": localised(rule_sentence(rule)), "count": count}
        for rule, count in sorted(version.repair_counts.items(), key=lambda pair: -pair[1])
    ]


def rule_sentence(rule: str) -> Text:
    """The sentence of a repair rule."""
    return RULES.get(rule, Text(rule, rule))


def personal_words(version: Version) -> list[str]:
    """What was done about personal data, per column."""
    return [localised(line) for line in version.personal.get("done", [])]


def source_view(dataset: Dataset) -> dict[str, str] | None:
    """Where the dataset is harvested from, as a link to the source's own page."""
    source = source_of(dataset)
    if source is None:
        return None
    title = (source.title_en if language() == "en" else "") or source.title_th or source.slug
    return {"title": title, "href": f"/source/{source.slug}"}


def citation_view(dataset: Dataset, version: Version) -> dict[str, Any]:
    """The citation in both orders and the files for reference managers."""
    base = show.address_of(dataset, version)
    cited = cite(dataset, version, page_address("th", base))
    return {
        "texts": [
            {"label": _("แบบไทย"), "text": cited.thai, "lang": "th"},
            {"label": _("แบบอังกฤษ"), "text": cited.english, "lang": "en"},
        ],
        "files": [
            {"label": "BibTeX", "href": f"{base}/cite.bib"},
            {"label": "RIS", "href": f"{base}/cite.ris"},
            {"label": "CSL-JSON", "href": f"{base}/cite.json"},
        ],
    }


@blueprint.get("/dataset/<reference>/cite.<form>")
def citation(reference: str, form: str) -> Response:
    """A citation as text, BibTeX, RIS or CSL-JSON."""
    dataset, version, _fixed = resolve(reference)
    cited = cite(dataset, version, page_address("th", show.address_of(dataset, version)))
    if form == "json":
        return jsonify(cited.csl)
    bodies: Mapping[str, tuple[str, str]] = {
        "txt": (f"{cited.thai}\n{cited.english}\n", "text/plain"),
        "bib": (cited.bibtex, "application/x-bibtex"),
        "ris": (cited.ris, "application/x-research-info-systems"),
    }
    if form not in bodies:
        raise PortalError("not-found", what=f"cite.{form}")
    body, media = bodies[form]
    response = Response(body, content_type=f"{media}; charset=utf-8")
    name = f"{dataset.name}_v{version.number}.{form}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@blueprint.get("/dataset/<reference>/report")
def report(reference: str) -> str:
    """The report of a version: every finding and repair, grouped, with places."""
    dataset, version, _fixed = resolve(reference)
    document = read_report(store(), version)
    return render_template(
        "catalogue/report.html",
        dataset=dataset,
        version=version,
        title=show.title_of(dataset),
        report=document,
        verdict=show.verdict(version),
        certificate=certificate(dataset, version, document),
        groups=repair_groups(store(), version, document),
        titles=column_titles(version),
        profiles=bundled.all_profiles(),
        base=show.address_of(dataset, version),
    )


@blueprint.get("/dataset/<reference>/report.json")
def report_data(reference: str) -> Response:
    """The report as data."""
    _dataset, version, _fixed = resolve(reference)
    return jsonify(read_report(store(), version))


@blueprint.get("/dataset/<reference>/report.xlsx")
def report_workbook(reference: str) -> Response:
    """The report as a workbook whose wrong cells are coloured and commented, to mend the file by."""
    dataset, version, _fixed = resolve(reference)
    body = marked_report(store(), version, language())
    return workbook_answer(body, f"{dataset.name}_v{version.number}_report.xlsx")


@blueprint.get("/dataset/<reference>/changes")
def changes(reference: str) -> str:
    """What changed in the rows between two versions."""
    dataset, older, newer, tables = compared(reference)
    asked = f"?from={older.number}&to={newer.number}"
    base = show.address_of(dataset)
    return render_template(
        "catalogue/changes.html",
        title=show.title_of(dataset),
        older=older,
        newer=newer,
        tables=[changes_view(dataset, older, newer, table) for table in tables],
        page=page_asked(),
        pages=pages_of(tables),
        page_link=lambda wanted: f"{base}/changes{asked}&page={wanted}",
        data_href=f"{base}/changes.json{asked}",
        base=base,
    )


@blueprint.get("/dataset/<reference>/changes.json")
def changes_data(reference: str) -> Response:
    """The same as data."""
    dataset, older, newer, tables = compared(reference)
    return jsonify({"dataset": dataset.name, "from": older.number, "to": newer.number, "tables": tables})


def compared(reference: str) -> tuple[Dataset, Version, Version, list[dict[str, Any]]]:
    """The two versions that the address names, compared. Raises PortalError."""
    dataset, current, _fixed = resolve(reference)
    newer = find_version(dataset, number_of(request.args.get("to")) or current.number)
    older = find_version(dataset, number_of(request.args.get("from")) or max(1, newer.number - 1))
    return dataset, older, newer, compare(store(), older, newer, page_asked())


def page_asked() -> int:
    """The page of the address, from 1."""
    return max(1, number_of(request.args.get("page")) or 1)


def number_of(text: str | None) -> int | None:
    """A whole number of an address; None for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else None
