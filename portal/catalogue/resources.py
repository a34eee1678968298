"""The page of one table: rows in pages, sorted and filtered by the address; one row by its number in the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from math import ceil
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask_babel import gettext as _  # type: ignore[import-untyped]

from harvesters import bundled
from harvesters.packages.charts import ChartQuery, parse_chart
from harvesters.packages.filters import Filter, bound_value, filter_arguments
from harvesters.packages.rows import RowQuery, parse_filters, rows_beside, rows_by_number, select_rows
from harvesters.values import Text
from portal.catalogue import charts
from portal.catalogue import presenting as show
from portal.catalogue.models import Dataset, Resource, Version
from portal.catalogue.queries import find_file, find_resource
from portal.catalogue.views import cells_of, number_of, resolve, store
from portal.choices import language
from portal.errors import PortalError
from portal.registry.queries import entity_of_row
from portal.writing import localised, thai_date

blueprint = Blueprint("resources", __name__)

PER_PAGE, FEWEST_ROWS = 50, 20
PAGE_CELLS = 800  # that a page can bear: a table of many columns has fewer rows on each
DEEPEST_ROW = 5_000_000
OPERATORS = ("eq", "contains", "gte", "lte", "empty")
MOST_TOP, FEWEST_TOP = 8, 3
PAGE_TOP = 90  # most frequent values that a page can bear: a table of many columns shows fewer of each
Pairs = Sequence[tuple[str, str]]


@blueprint.get("/dataset/<reference>/resource/<name>")
def page(reference: str, name: str) -> str:
    """The table, or one row of it with `?row=12`."""
    dataset, version, fixed = resolve(reference)
    resource = find_resource(version, name)
    if request.args.get("row"):
        return row_page(dataset, version, resource, fixed)
    query, wrong = parse_filters(filter_args(), resource.schema)
    size = page_size(resource)
    number = min(number_of(request.args.get("page")) or 1, DEEPEST_ROW // size)
    parquet = store().path(find_file(version, "parquet", name).sha256)
    found = select_rows(parquet, resource.schema, query.paged(size, (number - 1) * size))
    base = show.address_of(dataset, version if fixed else None) + f"/resource/{name}"
    fields = shown_fields(resource)
    asked = filter_arguments(query, [field["name"] for field in resource.schema["fields"]])  # what was understood of it
    kept = urlencode(asked)
    charted = parse_chart(request.args, resource.schema, resource.columns)
    sentences = [localised(problem.message) for problem in wrong]
    if isinstance(charted, Text):
        sentences.append(localised(charted))
        charted = None
    drawn = charts.arguments(charted)
    with_chart = urlencode([*asked, *drawn])
    return render_template(
        "catalogue/resource.html",
        dataset=dataset,
        version=version,
        resource=resource,
        title=show.title_of(dataset),
        table_title=show.table_title(dataset, version, resource),
        base=base,
        fixed_address=show.address_of(dataset, version) + f"/resource/{name}",
        columns=[column_view(field, query, [*asked, *drawn], base) for field in fields],
        rows=[
            {"number": row[0], "href": f"{base}?row={row[0]}", "cells": cells_of(fields, row[1:])} for row in found.rows
        ],
        total=found.total,
        page=number,
        pages=ceil(found.total / size),
        page_link=lambda wanted: f"{base}?{with_chart}{'&' if with_chart else ''}page={wanted}",
        kept=asked,
        drawn=drawn,
        wrong=sentences,
        chips=chip_views(query, resource, [*asked, *drawn], base),
        chart=chart_of(dataset, version, resource, charted, query, base) if charted else None,
        charted=charted,
        chart_choices=charts.choices(resource),
        chart_data=f"{base}.json?{with_chart}",
        choices=[(field["name"], show.column_title(field)) for field in fields],
        sort=request.args.get("sort", ""),
        downloads=show.downloads(dataset, version, resource, kept),
        profiles=[profile_view(column, resource, base) for column in resource.columns if column["name"] != "_row"],
    )


def page_size(resource: Resource) -> int:
    """How many rows of a table stand on one page."""
    return min(PER_PAGE, max(FEWEST_ROWS, PAGE_CELLS // max(1, len(shown_fields(resource)))))


def top_shown(resource: Resource) -> int:
    """How many of its most frequent values the page shows for each column of a table."""
    return min(MOST_TOP, max(FEWEST_TOP, PAGE_TOP // max(1, len(shown_fields(resource)))))


def chart_of(
    dataset: Dataset, version: Version, resource: Resource, asked: ChartQuery, query: RowQuery, base: str
) -> dict[str, Any]:
    """The chart that the address asks for, of the rows that its filters leave."""
    chart = charts.draw(version, resource, asked, query)
    return charts.chart_view(resource, asked, query, chart, base) | {"source": charts.source_of(dataset, version)}


def shown_fields(resource: Resource) -> list[Mapping[str, Any]]:
    """The table's columns without the row number, which has its own place."""
    return [field for field in resource.schema["fields"] if field["name"] != "_row"]


def filter_args() -> list[tuple[str, str]]:
    """The address's filters; the form's three fields (column, operator, value) are turned into one more."""
    args = [(key, value) for key, value in request.args.items(multi=True) if key not in ("page", "lang", "row")]
    told = dict(args)
    column, operator, value = told.pop("column", ""), told.pop("op", "contains"), told.pop("value", "")
    args = [(key, text) for key, text in args if key not in ("column", "op", "value")]
    if column and operator in OPERATORS and (value or operator == "empty"):
        name = f"f.{column}" if operator == "eq" else f"f.{column}.{operator}"
        args.append((name, "1" if operator == "empty" else value))
    return args


def column_view(field: Mapping[str, Any], query: RowQuery, asked: Pairs, base: str) -> dict[str, Any]:
    """A heading with its sort link; filters stay."""
    name = field["name"]
    sorted_now = query.sort == name
    wanted = f"-{name}" if sorted_now and not query.descending else name
    kept = [(key, value) for key, value in asked if key != "sort"]
    return {
        "label": show.column_title(field),
        "type": show.type_word(field["type"]),
        "numeric": field["type"] in ("integer", "number"),
        "sort_href": f"{base}?{urlencode([*kept, ('sort', wanted)])}",
        "sorted": ("descending" if query.descending else "ascending") if sorted_now else None,
    }


def operator_words() -> Mapping[str, str]:
    """What the operators are called."""
    return {
        "eq": _("เท่ากับ"),
        "contains": _("มีคำว่า"),
        "gte": _("ตั้งแต่"),
        "lte": _("ไม่เกิน"),
        "empty": _("ไม่ได้กรอก"),
    }


def chip_views(query: RowQuery, resource: Resource, asked: Pairs, base: str) -> list[dict[str, str]]:
    """The filters that are on, each with the address without it."""
    fields = {field["name"]: field for field in resource.schema["fields"]}
    chips = []
    for place, one in enumerate(query.filters):
        rest = [*asked[:place], *asked[place + 1 :]]  # filters come first and in this order
        chips.append(
            {
                "label": show.column_title(fields[one.column]) if one.column in fields else _("แถว"),
                "value": condition_words(one, fields.get(one.column, {}).get("type", "")),
                "href": f"{base}?{urlencode(rest)}" if rest else base,
            }
        )
    return chips


def condition_words(one: Filter, kind: str) -> str:
    """A condition as its chip says it; days as people read them."""
    if one.op == "empty":
        return operator_words()["empty"] if one.value == "1" else _("กรอกแล้ว")
    asked = bound_value(one.value, kind) if kind == "date" and one.op != "contains" else one.value
    return f"{operator_words()[one.op]} {thai_date(asked) if isinstance(asked, date) else asked}"


def profile_view(column: Mapping[str, Any], resource: Resource, base: str) -> dict[str, Any]:
    """How a column is filled and with what; computed when the version was packaged."""
    field = next(field for field in resource.schema["fields"] if field["name"] == column["name"])
    kind = show.kind_of(field)
    top = column.get("top") or []
    most = max((int(row["count"]) for row in top), default=1)
    return {
        "title": show.column_title(field),
        "filled": column["filled"] / resource.rows if resource.rows else 0,
        "distinct": column["distinct"],
        "approximate": column.get("approximate", False),
        "min": None if column.get("min") is None else show.told_value(column["min"], kind),
        "max": None if column.get("max") is None else show.told_value(column["max"], kind),
        "top": [
            {
                "label": show.told_value(row["value"], kind),
                "count": row["count"],
                "share": row["count"] / most,
                "href": f"{base}?{urlencode({'f.' + column['name']: row['value']})}",
            }
            for row in top[: top_shown(resource)]
        ]
        if column["distinct"] and column["distinct"] < column["filled"]
        else [],
    }


def row_page(dataset: Dataset, version: Version, resource: Resource, fixed: bool) -> str:
    """One row as a card, headed by its name where a column holds one. Raises PortalError("not-found")."""
    number = number_of(request.args.get("row"))
    parquet = store().path(find_file(version, "parquet", resource.name).sha256)
    found = rows_by_number(parquet, resource.schema, [number]) if number else {}
    if number is None or number not in found:
        raise PortalError("not-found", what=_("แถวที่ %(row)s", row=request.args.get("row", "")[:20]))
    cells = found[number]
    fields = shown_fields(resource)
    base = show.address_of(dataset, version if fixed else None) + f"/resource/{resource.name}"
    before, after = rows_beside(parquet, resource.schema, number)
    entity = entity_of_row(dataset.id, resource.name, number) if version.id == dataset.current_version_id else None
    return render_template(
        "catalogue/row.html",
        before=before,
        after=after,
        entity=entity,
        dataset=dataset,
        resource=resource.name,
        version=version,
        title=show.title_of(dataset),
        name=row_name(resource, cells),
        number=number,
        columns=[{"label": show.column_title(field)} for field in fields],
        cells=[show.cell(cells.get(field["name"]), show.kind_of(field), whole=True) for field in fields],
        base=base,
        fixed_address=show.address_of(dataset, version) + f"/resource/{resource.name}?row={number}",
    )


def row_name(resource: Resource, cells: Mapping[str, Any]) -> str:
    """What the row is about: its name, in English for English readers where it has one; "" where no column is a name."""
    profile = bundled.all_profiles().get(resource.profile or "")
    english = ["name_en"] if language() == "en" else []  # what our profiles call it
    named = [field.name for field in profile.fields if field.role == "name"] if profile else []
    return next((str(cells[name]) for name in (*english, *named) if cells.get(name)), "")
