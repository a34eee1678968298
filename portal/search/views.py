"""The search page and its `.json` twin: the same query string, the same answer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, render_template, request
from flask_babel import gettext as _  # type: ignore[import-untyped]

from portal.choices import language, page_address
from portal.federation.feeds import written
from portal.search.facets import labels
from portal.search.plan import MAX_CHARACTERS, SORTS
from portal.search.queries import search_document
from portal.search.suggesting import suggestions
from portal.tabular import csv_answer

blueprint = Blueprint("search", __name__)

PER_PAGE = 20
FACETS = (
    "province",
    "region",
    "sector",
    "publisher",
    "profile",
    "format",
    "licence",
    "updated",
)  # shown as lists; kinds are shown as tabs
HIT_COLUMNS = ("kind", "id", "external_id", "title", "url", "province", "snippet", "near")
KINDS = ("", "dataset", "cluster", "unit", "output", "article", "row")


@blueprint.get("/search")
def page() -> str:
    """Results for people."""
    document = asked()
    sort = request.args.get("sort", "")
    sorts = SORTS if document["query"].strip() else SORTS[1:]  # without words nothing fits better than anything else
    return render_template(
        "search/results.html",
        query=document["query"],
        document=document,
        kind=chosen_kind(document),
        kinds=kind_views(document),
        facets=[facet_view(name, document) for name in FACETS],
        chips=chip_views(document),
        sorts=[{"value": name, "label": sort_words()[name]} for name in sorts],
        sort=sort if sort in sorts else sorts[0],
        others=other_views(document),
        page_link=lambda number: address(page=str(number)),
        clear=address(drop=FACETS),
        address=address,
        shown_cells=shown_cells,
        kind_words=kind_words(),
        kept=[(name, printable(value)) for name, value in request.args.items() if name not in ("sort", "page")],
    )


@blueprint.get("/search.json")
def data() -> Response:
    """The same as data."""
    return jsonify(asked())


@blueprint.get("/search.csv")
def table() -> Response:
    """The same hits as a table, a row a hit."""
    hits = [{"near": False, **hit} for hit in asked()["hits"]]
    return csv_answer([{name: hit.get(name) for name in HIT_COLUMNS} for hit in hits], "khlang-search", HIT_COLUMNS)


@blueprint.get("/search.atom")
def feed() -> Response:
    """The newest of what this search finds, for readers of feeds (RFC 4287)."""
    document = asked(sort="newest", kind="dataset")
    hits = [hit for hit in document["hits"] if not hit.get("near")]
    entries = [hit | {"author": hit["publisher_title"], "summary": hit["snippet"]} for hit in hits]
    return written(document["query"], page_address().replace("/search.atom", "/search", 1), entries)


@blueprint.get("/api/suggest")
def suggest() -> Response:
    """What begins with what is being typed, grouped: `?q=`."""
    text = printable(request.args.get("q", ""))
    return jsonify({"query": text, "groups": suggestions(text, language())})


def asked(**fixed: str) -> dict[str, Any]:
    """The search document of this request; `fixed` is in place of what it asks for."""
    args = {**request.args, **fixed}
    return search_document(
        printable(args.get("q", "")),
        {name: printable(args.get(name, "")) for name in (*FACETS, "kind")},
        limit=whole(args.get("limit"), PER_PAGE),
        page=whole(args.get("page"), 1),
        sort=args.get("sort", ""),
        lang=language(),
    )


def printable(text: str) -> str:
    """A query or filter without what can't be shown: pages must not hold control characters."""
    return "".join(sign if sign.isprintable() else " " for sign in text).strip()


def whole(text: str | None, default: int) -> int:
    """A positive whole number of an address, or the default."""
    return int(text) if text and text.isascii() and text.isdigit() and 0 < len(text) < 8 else default


def address(drop: tuple[str, ...] = (), **change: str) -> str:
    """This search's address with something changed; a change of anything but the page begins at the first page."""
    kept = {name: value for name, value in request.args.items() if value and name not in ("page", *drop)}
    kept.update(change)
    query = "&".join(pair(name, value) for name, value in kept.items() if value)
    return f"/search?{query}" if query else "/search"


@lru_cache(maxsize=256)
def pair(name: str, value: str) -> str:
    """A name and its value as an address has them; a page has a hundred links with the same long query."""
    return urlencode({name: value[:MAX_CHARACTERS]})


def facet_words() -> Mapping[str, str]:
    """What the facets are called."""
    return {
        "province": _("จังหวัด"),
        "region": _("ภาค"),
        "sector": _("หมวด"),
        "updated": _("ปีที่ปรับปรุงล่าสุด"),
        "publisher": _("ผู้เผยแพร่"),
        "format": _("รูปแบบไฟล์"),
        "licence": _("สัญญาอนุญาต"),
        "profile": _("เรื่องของตาราง"),
    }


def kind_words() -> Mapping[str, str]:
    """What each kind of hit is called."""
    return labels("kind", KINDS[1:], language())


def sort_words() -> Mapping[str, str]:
    """What the orders are called."""
    return {"relevance": _("ตรงที่สุดก่อน"), "newest": _("ใหม่ที่สุดก่อน"), "title": _("ตามชื่อ ก ถึง ฮ")}


def shown_cells(hit: Mapping[str, Any], most: int) -> list[tuple[str, str]]:
    """The cells of a row hit that the page shows: not again the one that is its headline, unless nothing else is marked."""
    cells = list(hit["cells_html"].items())
    others = [(column, marked) for column, marked in cells if hit["cells"][column] != hit["title"]]
    return (others if any("<mark>" in marked for _, marked in others) else cells)[:most]


def chosen_kind(document: Mapping[str, Any]) -> str:
    """The kind that is shown alone, if there is one."""
    kinds = document["filters"].get("kind", [])
    return kinds[0] if len(kinds) == 1 else ""


def facet_view(name: str, document: Mapping[str, Any]) -> dict[str, Any]:
    """One facet as the page shows it. A filter that was typed in the query is taken off there, not here."""
    active = {value.casefold() for value in document["filters"].get(name, [])}
    values = []
    for row in document["facets"][name]:
        is_active = row["value"].casefold() in active
        href = address(drop=(name,)) if is_active else address(**{name: row["value"]})
        values.append({"label": row["label"], "count": row["count"], "active": is_active, "href": href})
    return {"title": facet_words()[name], "values": values}


def chip_views(document: Mapping[str, Any]) -> list[dict[str, str]]:
    """The filters that were chosen by a link, each with the address without it."""
    chips = []
    for name in FACETS:
        for value in document["filters"].get(name, []) if request.args.get(name) else ():
            known = {row["value"].casefold(): row["label"] for row in document["facets"][name]}
            label = known.get(value) or labels(name, [value], language()).get(value, value)
            chips.append({"label": facet_words()[name], "value": label, "href": address(drop=(name,))})
    return chips


def kind_views(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Everything, or one kind alone, with counts."""
    counts = {row["value"]: f"{row['count']:,}" for row in document["facets"]["kind"]}
    if counts.get("row") and not document["total_rows_exact"]:
        counts["row"] += "+"
    words = {"": _("ทั้งหมด"), **kind_words()}
    chosen = chosen_kind(document)
    return [
        {
            "label": words[kind],
            "count": counts.get(kind, "0") if kind else None,
            "href": address(drop=("kind",), kind=kind),
            "active": kind == chosen,
        }
        for kind in KINDS
    ]


def other_views(document: Mapping[str, Any]) -> dict[str, Any]:
    """What helps when nothing was found: the same without filters, and in neighbouring provinces."""
    found = document["elsewhere"] or {"total": 0, "query": "", "neighbours": []}
    return {
        "total": found["total"],
        "href": address(drop=(*FACETS, "kind")),
        "neighbours": [
            {
                "label": f"{place['label']} ({place['count']:,})",
                "href": address(drop=("kind",), q=found["query"], province=place["value"]),
            }
            for place in found["neighbours"]
        ],
    }
