"""Pages of provinces: what there is of each, and what to do where there is nothing yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, redirect, render_template, request
from flask_babel import gettext as _  # type: ignore[import-untyped]
from flask_babel import ngettext
from jinja2 import pass_context
from jinja2.runtime import Context
from werkzeug.wrappers import Response as BaseResponse

from harvesters import bundled
from harvesters.thai.places import Province, provinces
from harvesters.thai.slugs import sort_key
from portal.catalogue import presenting as show
from portal.catalogue.models import Dataset
from portal.catalogue.publishers import dataset_line, publisher_line
from portal.catalogue.queries import (
    counts_by_province,
    datasets_of_province,
    publishers_of_province,
    told_by_portal,
)
from portal.choices import here, language
from portal.errors import PortalError
from portal.registry.gaps import reach_of
from portal.writing import number

blueprint = Blueprint("places", __name__)


@blueprint.app_template_filter("provinces_line")
@pass_context  # else Jinja would compute it once for constants, in the language of the first reader
def provinces_line(_context: Context, codes: Sequence[str]) -> str:
    """A few provinces by name and the rest as a number, for templates."""
    return show.provinces_line(codes)


@blueprint.get("/province")
def province_index() -> str | BaseResponse:
    """All provinces by region; `?code=54`, as the select of the home page sends it, leads to that one."""
    code = request.args.get("code", "")
    if code:
        return redirect(here(f"/province/{find_place(code).code}"), 303)
    counts = counts_by_province()
    return render_template("catalogue/provinces.html", regions=regions_view(counts), with_data=len(counts))


@blueprint.get("/province.json")
def province_index_data() -> Response:
    """The same as data."""
    counts = counts_by_province()
    return jsonify(
        {"provinces": [place_json(found) | {"datasets": counts.get(found.code, 0)} for found in provinces()]}
    )


@blueprint.get("/province/<code>")
def province_page(code: str) -> str:
    """One province: its data, who publishes there, its universities, its neighbours in the provincial group."""
    place = find_place(code)
    datasets = datasets_of_province(code)
    counts = counts_by_province()
    group = group_view(place, counts)
    return render_template(
        "catalogue/province.html",
        place=place,
        title=province_title(place),
        name=show.province_name(code),
        region=place.region_en if language() == "en" else place.region_th,
        group=group,
        nearby=[
            {"label": other["name"], "href": other["href"]}
            for other in (group["provinces"] if group else ())
            if other["count"]
        ],
        datasets=[province_card(dataset, rows, code) for dataset, rows in datasets],
        rows=sum(rows for _dataset, rows in datasets),
        publishers=publishers_of_province(code),
        publisher_title=show.publisher_title,
        universities=[university_view(row) for row in universities_of(code)],
        registry=registry_view(code),
        own_tables=own_tables_view(code),
    )


@blueprint.get("/province/<code>.json")
def province_data(code: str) -> Response:
    """The same as data."""
    place = find_place(code)
    group = group_row(place)
    members = [found for found in provinces() if group is not None and found.group_code == place.group_code]
    told = place_json(place)
    told["group"] = group and {
        "code": group["code"],
        "name": {"th": group["name_th"], "en": group["name_en"]},
        "provinces": [found.code for found in members],
    }
    told["datasets"] = [
        dataset_line(dataset) | {"rows_of_province": rows, "decided_by": decided_by(dataset, code)}
        for dataset, rows in datasets_of_province(code)
    ]
    told["registry"] = registry_view(code)
    told["publishers"] = [publisher_line(publisher) for publisher in publishers_of_province(code)]
    told["universities"] = [
        {"name": {"th": row["name_th"], "en": row["name_en"]}, "kind": row["kind"], "sure": row["status"] == "sure"}
        for row in universities_of(code)
    ]
    return jsonify(told)


def registry_view(code: str) -> dict[str, Any]:
    """How many clusters and units the province has, how many clusters have help within reach, and how far the nearest unit is."""
    one = reach_of(code, float(current_app.config["KHLANG"].reach_km))
    nearest = None if one.nearest_km is None else round(one.nearest_km)
    return {"clusters": one.clusters, "units": one.units, "helped": one.helped, "nearest": nearest}


def own_tables_view(code: str) -> list[dict[str, str]]:
    """The rows of a province in the tables that the portal publishes of its registry, as links to the table and to a CSV."""
    found = told_by_portal()
    return [
        {"title": show.title_of(dataset), "href": address, "csv": address.replace("?", ".csv?", 1) + "&bom=1"}
        for dataset in found
        if (address := rows_address(dataset, code)) is not None
    ]


def find_place(code: str) -> Province:
    """The province with a two-digit code. Raises PortalError("not-found")."""
    for found in provinces():
        if found.code == code:
            return found
    raise PortalError("not-found", what=f"province/{code}")


def place_json(place: Province) -> dict[str, Any]:
    """What is known of a province itself."""
    return {
        "code": place.code,
        "iso": place.iso,
        "url": f"/province/{place.code}",
        "name": {"th": place.name_th, "en": place.name_en},
        "region": {"code": place.region_code, "th": place.region_th, "en": place.region_en},
        "latitude": place.latitude,
        "longitude": place.longitude,
    }


def province_title(place: Province) -> str:
    """How a province is headed: with จังหวัด in Thai, except Bangkok, which is none."""
    name = show.province_name(place.code)
    return name if place.group_code is None else _("จังหวัด%(name)s", name=name)


def in_reading_order(found: Iterable[Province]) -> list[Province]:
    """Provinces as a dictionary of the reader's language orders them."""
    key: Callable[[Province], str] = (
        (lambda place: place.name_en) if language() == "en" else (lambda place: sort_key(place.name_th))
    )
    return sorted(found, key=key)


def regions_view(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """All provinces by region, for `province_list` and for selects."""
    return [
        {
            "name": row["name_en"] if language() == "en" else row["name_th"],
            "provinces": [
                province_view(place, counts)
                for place in in_reading_order(found for found in provinces() if found.region_code == row["code"])
            ],
        }
        for row in bundled.read_table("regions")
    ]


def province_view(place: Province, counts: Mapping[str, int]) -> dict[str, Any]:
    """A province in a list."""
    name = show.province_name(place.code)
    return {"code": place.code, "name": name, "href": f"/province/{place.code}", "count": counts.get(place.code, 0)}


def group_row(place: Province) -> Mapping[str, str] | None:
    """The provincial group of a province; Bangkok is in none."""
    rows = (row for row in bundled.read_table("provincial_groups") if row["code"] == place.group_code)
    return next(rows, None)


def group_view(place: Province, counts: Mapping[str, int]) -> dict[str, Any] | None:
    """The provincial group with its other provinces."""
    row = group_row(place)
    if row is None:
        return None
    others = (found for found in provinces() if found.group_code == place.group_code and found.code != place.code)
    return {
        "name": row["name_en"] if language() == "en" else row["name_th"],
        "provinces": [province_view(found, counts) for found in in_reading_order(others)],
    }


def universities_of(code: str) -> list[Mapping[str, str]]:
    """The universities of the reference table that sit in a province."""
    return [row for row in bundled.read_table("universities") if row["province_code"] == code]


def university_view(row: Mapping[str, str]) -> dict[str, Any]:
    """A university in a list: the reader's language first, the other one beside it."""
    english = language() == "en" and bool(row["name_en"])
    return {
        "name": row["name_en"] if english else row["name_th"],
        "other": row["name_th"] if english else row["name_en"],
        "abbreviation": row["abbr_en"] if english else row["abbr_th"],
        "sure": row["status"] == "sure",
    }


def province_card(dataset: Dataset, rows: int, code: str) -> dict[str, Any]:
    """A dataset on the page of a province, with a link to its rows there where a column tells them."""
    card = show.card(dataset) | {"rows": rows}
    address = rows_address(dataset, code) if rows else None
    if address is None:
        return card
    label = ngettext("ดู %(count)s แถวของจังหวัดนี้", "ดู %(count)s แถวของจังหวัดนี้", rows, count=number(rows, True))
    return card | {"more": {"href": address, "label": label}}


def rows_address(dataset: Dataset, code: str) -> str | None:
    """The rows of a province in the first table that has a province code."""
    assert dataset.current is not None
    for resource in dataset.current.resources:
        if any(field["name"] == "province_code" for field in resource.schema["fields"]):
            return f"/dataset/{dataset.name}/resource/{resource.name}?f.province_code={code}"
    return None


def decided_by(dataset: Dataset, code: str) -> str | None:
    """What told us that a dataset speaks of a province."""
    return next((link.decided_by for link in dataset.provinces if link.province_code == code), None)
