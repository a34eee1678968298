"""The search page and its `.json` twin: the same query string, the same answer."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, render_template, request
from flask_babel import gettext as _  # type: ignore[import-untyped]

from portal.choices import language
from portal.search.plan import MAX_DEPTH
from portal.search.queries import FACETS, search_document

blueprint = Blueprint("search", __name__)

PER_PAGE = 20
SORTS = ("relevance", "newest", "title")
KINDS = ("", "dataset", "row")


@blueprint.get("/search")
def page() -> str:
    """Results for people."""
    document = asked()
    pages = min(ceil(shown_total(document) / document["limit"]), MAX_DEPTH // document["limit"])
    return render_template(
        "search/results.html",
        query=document["query"],
        document=document,
        facets=[facet_view(name, document) for name in FACETS],
        chips=chip_views(document),
        kinds=kind_views(document),
        sorts=[{"value": name, "label": sort_words()[name]} for name in SORTS],
        sort=request.args.get("sort", "relevance"),
        pages=pages,
        page_link=lambda number: address(page=str(number)),
        clear=address(drop=FACETS),
    )


@blueprint.get("/search.json")
def data() -> Response:
    """The same as data."""
    return jsonify(asked())


def asked() -> dict[str, Any]:
    """The search document of this request."""
    args = request.args
    filters = {name: args.get(name) for name in (*FACETS, "kind")}
    return search_document(
        args.get("q", ""),
        filters,
        limit=whole(args.get("limit"), PER_PAGE),
        page=whole(args.get("page"), 1),
        sort=args.get("sort", "relevance"),
        lang=language(),
    )


def whole(text: str | None, default: int) -> int:
    """A positive whole number of an address, or the default."""
    return int(text) if text and text.isascii() and text.isdigit() and 0 < len(text) < 8 else default


def shown_total(document: Mapping[str, Any]) -> int:
    """How many results the pages of this kind hold."""
    return int(document["total_rows"] if request.args.get("kind") == "row" else document["total"])


def address(drop: tuple[str, ...] = (), **change: str) -> str:
    """This search's address with something changed; a change of anything but the page begins at the first page."""
    kept = {name: value for name, value in request.args.items() if value and name not in ("page", *drop)}
    kept.update(change)
    return "/search?" + urlencode({name: value for name, value in kept.items() if value})


def facet_words() -> Mapping[str, str]:
    """What the facets are called."""
    return {
        "province": _("จังหวัด"),
        "publisher": _("ผู้เผยแพร่"),
        "format": _("รูปแบบไฟล์"),
        "licence": _("สัญญาอนุญาต"),
        "profile": _("เรื่องของตาราง"),
    }


def sort_words() -> Mapping[str, str]:
    """What the orders are called."""
    return {"relevance": _("ตรงที่สุดก่อน"), "newest": _("ใหม่ที่สุดก่อน"), "title": _("ตามชื่อ ก ถึง ฮ")}


def facet_view(name: str, document: Mapping[str, Any]) -> dict[str, Any]:
    """One facet as the page shows it."""
    active = document["filters"].get(name, [])
    values = [
        {
            "label": row["label"],
            "count": row["count"],
            "active": row["value"] in active,
            "href": address(drop=(name,)) if row["value"] in active else address(**{name: row["value"]}),
        }
        for row in document["facets"][name]
    ]
    return {"title": facet_words()[name], "values": values}


def chip_views(document: Mapping[str, Any]) -> list[dict[str, str]]:
    """The filters that are on, each with the address without it."""
    chips = []
    for name in FACETS:
        for value in document["filters"].get(name, []):
            labels = {row["value"]: row["label"] for row in document["facets"][name]}
            label = labels.get(value, value)
            chips.append({"label": facet_words()[name], "value": label, "href": address(drop=(name,))})
    return chips


def kind_views(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Datasets, rows, or both: with counts."""
    rows = f"{document['total_rows']:,}" + ("" if document["total_rows_exact"] else "+")
    words = {"": _("ทั้งหมด"), "dataset": _("ชุดข้อมูล"), "row": _("แถวในตาราง")}
    counts = {"": None, "dataset": f"{document['total']:,}", "row": rows}
    chosen = request.args.get("kind", "")
    return [
        {
            "label": words[kind],
            "count": counts[kind],
            "href": address(drop=("kind",), kind=kind),
            "active": kind == chosen,
        }
        for kind in KINDS
    ]
