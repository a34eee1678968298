"""Figures of articles: a tag on a line of its own becomes a live chart or table of a dataset, with its source under it.

`{{figure dataset=demo-outputs chart=kind}}`: a chart; `how`, `measure` and filters (`f.<column>`) as in the address of a table.
`{{figure dataset=demo-outputs columns=title,year rows=5}}`: the first rows. `resource` names one table of several, `dataset`
may be a fixed version (`name@v3`), values with blanks stand between double quotes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask import get_template_attribute
from flask_babel import gettext as _  # type: ignore[import-untyped]

from harvesters.errors import HarvestError
from harvesters.packages.charts import parse_chart
from harvesters.packages.filters import RowQuery, parse_filters
from harvesters.packages.rows import select_rows
from harvesters.values import Text
from portal.articles.rendering import FIGURE_TAG
from portal.catalogue import charts
from portal.catalogue import presenting as show
from portal.catalogue.models import Dataset, Resource, Version
from portal.catalogue.queries import find_file, find_resource
from portal.catalogue.resources import shown_fields
from portal.catalogue.views import cells_of, resolve, store
from portal.errors import PortalError
from portal.writing import localised

SETTING = re.compile(r'([^\s="]+)=("[^"]*"|[^\s"]+)')
ROWS, MOST_ROWS = 5, 20


def figures_of(text: str) -> tuple[str, ...]:
    """The figures of an article in their order, as HTML that the renderer still has to make safe."""
    return tuple(figure_html(tag, number) for number, tag in enumerate(FIGURE_TAG.findall(text), 1))


def figure_html(tag: str, number: int) -> str:
    """One figure. What can't be drawn here is said in a sentence: an article is the same in a portal without that dataset."""
    told = {name: value.strip('"') for name, value in SETTING.findall(tag)}
    try:
        dataset, version, _fixed = resolve(told.get("dataset", ""))
        resource = named(version, told.get("resource", ""))
        return drawn(dataset, version, resource, told, f"figure-{number}")
    except PortalError as error:
        sentence = localised(error.sentence)
    except HarvestError:
        sentence = _("อ่านข้อมูลของภาพนี้ไม่ได้ในขณะนี้")
    return piece("no_figure", told.get("dataset", ""), sentence)


def piece(name: str, *values: object, **more: object) -> str:
    """What a macro of `macros/chart.html` makes."""
    return str(get_template_attribute("macros/chart.html", name)(*values, **more))


def named(version: Version, name: str) -> Resource:
    """The table of that name, the first one without. Raises PortalError("not-found")."""
    if name or not version.resources:
        return find_resource(version, name)
    return version.resources[0]


def drawn(dataset: Dataset, version: Version, resource: Resource, told: Mapping[str, str], key: str) -> str:
    """A chart where the tag names one, else the first rows. Raises PortalError("filter-wrong")."""
    query, wrong = parse_filters(
        {name: value for name, value in told.items() if name.startswith("f.")}, resource.schema
    )
    asked = parse_chart(told, resource.schema, resource.columns)
    said = asked if isinstance(asked, Text) else wrong[0].message if wrong else None
    if said:
        raise PortalError("filter-wrong", th=said.th, en=said.en)
    base = f"{show.address_of(dataset, version)}/resource/{resource.name}"
    source = charts.source_of(dataset, version)
    if asked is None or isinstance(asked, Text):
        return piece("rows_figure", table_view(dataset, version, resource, told, query), source)
    chart = charts.draw(version, resource, asked, query)
    view = charts.chart_view(resource, asked, query, chart, base, key)
    return piece("chart", view | {"source": source}, folded=True)


def table_view(
    dataset: Dataset, version: Version, resource: Resource, told: Mapping[str, str], query: RowQuery
) -> dict[str, object]:
    """The first rows of a table, of all columns or of those that the tag names. Raises PortalError("filter-wrong")."""
    fields = {field["name"]: field for field in shown_fields(resource)}
    chosen = [fields[name] for name in told.get("columns", "").split(",") if name in fields] or list(fields.values())
    rows = int(told["rows"]) if told.get("rows", "").isdigit() else ROWS
    parquet = store().path(find_file(version, "parquet", resource.name).sha256)
    asked = RowQuery(
        columns=tuple(field["name"] for field in chosen), filters=query.filters, limit=min(rows, MOST_ROWS)
    )
    return {
        "title": show.table_title(dataset, version, resource),
        "columns": [
            {"label": show.column_title(field), "numeric": field["type"] in ("integer", "number")} for field in chosen
        ],
        "rows": [cells_of(chosen, row) for row in select_rows(parquet, resource.schema, asked).rows],
    }
