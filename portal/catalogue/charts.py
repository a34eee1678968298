"""Charts of a table: what was asked for by the address, as a picture with its numbers and as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext as _  # type: ignore[import-untyped]

from harvesters.packages.charts import MEASURED, Chart, ChartQuery, Group, draw_chart, too_many
from harvesters.packages.filters import RowQuery, argument, filter_arguments
from harvesters.thai.text import shorten
from portal.catalogue import presenting as show
from portal.catalogue.models import Dataset, Resource, Version
from portal.catalogue.queries import find_file
from portal.catalogue.views import store
from portal.writing import number, thai_date

WIDTH, STEP = 400, 42  # of the picture and of one bar with its words, in its own units
LONGEST_LABEL = 30  # letters beside a bar; the table has the whole
Pairs = Sequence[tuple[str, str]]


def draw(version: Version, resource: Resource, asked: ChartQuery, query: RowQuery) -> Chart:
    """The chart of a table under its filters."""
    return draw_chart(store().path(find_file(version, "parquet", resource.name).sha256), resource.schema, asked, query)


def chart_document(
    dataset: Dataset, version: Version, resource: Resource, asked: ChartQuery, query: RowQuery
) -> dict[str, Any]:
    """A chart as data."""
    names = [field["name"] for field in resource.schema["fields"]]
    return {
        "dataset": dataset.name,
        "version": version.number,
        "resource": resource.name,
        "chart": asked.column,
        "how": asked.how,
        "measure": asked.measure or None,
        "filters": dict(filter_arguments(query, names)),
        **draw(version, resource, asked, query).to_json(),
    }


def choices(resource: Resource) -> dict[str, list[tuple[str, str]]]:
    """What can be chosen for a chart: columns, measures and what to reckon, as (value, words)."""
    fields = [field for field in resource.schema["fields"] if field["name"] != "_row"]
    many = too_many(resource.columns)
    return {
        "columns": [(field["name"], show.column_title(field)) for field in fields if field["name"] not in many],
        "measures": [(field["name"], show.column_title(field)) for field in fields if field["type"] in MEASURED],
        "hows": [("count", _("จำนวนแถว")), ("sum", _("ผลรวม")), ("mean", _("ค่าเฉลี่ย"))],
    }


def arguments(asked: ChartQuery | None) -> list[tuple[str, str]]:
    """The parameters that ask for the chart again."""
    if asked is None:
        return []
    told = [("chart", asked.column)]
    return told if asked.how == "count" else [*told, ("how", asked.how), ("measure", asked.measure)]


def chart_view(
    resource: Resource, asked: ChartQuery, query: RowQuery, chart: Chart, base: str, key: str = "chart"
) -> dict[str, Any]:
    """A chart as the macro draws it. `base` is the address of the table, `key` tells several of one page apart."""
    fields = {field["name"]: field for field in resource.schema["fields"]}
    title = title_of(asked, fields)
    shown = [bar_view(group, asked, fields, link(group, asked, query, fields, base)) for group in chart.largest]
    more = chart.groups - len(chart.largest)
    if chart.other:
        shown.append(bar_view(chart.other, asked, fields, label=_("อื่น ๆ (%(count)s ค่า)", count=number(more))))
    if chart.empty:
        empty = base + "?" + urlencode([*kept(query, fields, asked.column), (f"f.{asked.column}.empty", "1")])
        shown.append(bar_view(chart.empty, asked, fields, empty, label=_("ไม่ได้กรอก")))
    return {
        "key": key,
        "title": title,
        "description": description(chart, shown),
        "column": show.column_title(fields[asked.column]),
        "figure": figure_words(asked, fields),
        "counts": asked.how != "count",
        "shares": asked.how == "count",
        "bars": placed(shown, len(chart.largest)),
        "width": WIDTH,
        "height": len(shown) * STEP,
        "rows": [dict(one, share=one["rows"] / chart.rows if chart.rows else None) for one in shown],
        "total": chart.rows,
    }


def placed(shown: Sequence[Mapping[str, Any]], largest: int) -> list[dict[str, Any]]:
    """The bars at their places. One scale for all, that of the longest single group: "others" that go beyond it have only
    their number, because one long bar of many groups together would make all the rest invisible."""
    most = max((one["value"] for one in shown[:largest]), default=0)
    bars = []
    for place, one in enumerate(shown):
        length = WIDTH * max(one["value"], 0) / most if most > 0 else 0
        bars.append(
            {
                "label": shorten(str(one["words"]), LONGEST_LABEL),
                "figure": one["figure"],
                "y": place * STEP,
                "length": round(length, 1) if length <= WIDTH else 0,
                "rest": place >= largest,
            }
        )
    return bars


def bar_view(
    group: Group, asked: ChartQuery, fields: Mapping[str, Mapping[str, Any]], href: str | None = None, label: str = ""
) -> dict[str, Any]:
    """One group: its words, its number in words, and where its rows are."""
    told = label or value_label(asked.column, group.value, fields)
    words = show.cell(told, "string", whole=True) if isinstance(told, str) else thai_date(told)
    figure = "–" if group.figure is None else number(group.figure, exact=True)
    return {
        "label": told,
        "words": words,
        "figure": figure,
        "value": group.figure or 0,
        "rows": group.rows,
        "href": href,
    }


def value_label(column: str, value: str, fields: Mapping[str, Mapping[str, Any]]) -> Any:
    """A value as people read it: days with their month, provinces by name."""
    if column == "province_code" and value.isdigit() and len(value) == 2:
        return f"{show.province_name(value)} ({value})"
    return show.told_value(value, show.kind_of(fields[column]))


def link(group: Group, asked: ChartQuery, query: RowQuery, fields: Mapping[str, Mapping[str, Any]], base: str) -> str:
    """The address of the rows of one group."""
    names = list(fields)
    return (
        f"{base}?{urlencode([*kept(query, fields, asked.column), (argument(asked.column, 'eq', names), group.value)])}"
    )


def kept(query: RowQuery, fields: Mapping[str, Any], column: str) -> list[tuple[str, str]]:
    """The filters that stay when one group is chosen: those on its own column give way."""
    others = tuple(one for one in query.filters if one.column != column)
    return [(argument(one.column, one.op, list(fields)), one.value) for one in others]


def title_of(asked: ChartQuery, fields: Mapping[str, Mapping[str, Any]]) -> str:
    """What the chart shows, in a line."""
    return str(
        _(
            "%(figure)s แยกตาม%(column)s",
            figure=figure_words(asked, fields),
            column=show.column_title(fields[asked.column]),
        )
    )


def figure_words(asked: ChartQuery, fields: Mapping[str, Mapping[str, Any]]) -> str:
    """What the numbers are."""
    if asked.how == "count":
        return str(_("จำนวนแถว"))
    measure = show.column_title(fields[asked.measure])
    if asked.how == "sum":
        return str(_("ผลรวมของ%(measure)s", measure=measure))
    return str(_("ค่าเฉลี่ยของ%(measure)s", measure=measure))


def description(chart: Chart, shown: Sequence[Mapping[str, Any]]) -> str:
    """The chart in a sentence, for who hears it."""
    if not chart.largest:
        return str(_("ไม่มีแถวที่ตรงกับเงื่อนไข"))
    return str(
        _(
            "มี %(groups)s ค่า มากที่สุดคือ %(first)s (%(figure)s) ตัวเลขทั้งหมดอยู่ในตารางข้างกัน",
            groups=number(chart.groups),
            first=shown[0]["words"],
            figure=shown[0]["figure"],
        )
    )


def source_of(dataset: Dataset, version: Version) -> dict[str, Any]:
    """The line under a figure: what it is of, in which version, of which day."""
    return {
        "title": show.title_of(dataset),
        "href": show.address_of(dataset, version),
        "publisher": show.publisher_title(dataset.publisher),
        "version": version.number,
        "date": version.published_at,
    }
