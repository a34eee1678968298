"""What a search answers: the document behind the search page, its `.json` twin and `khlang search` (contracts.md §4)."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

from harvesters.thai.places import provinces
from portal.errors import PortalError
from portal.search.engines import FACETS, Found
from portal.search.facets import facet_values
from portal.search.hits import entry_hits, row_hits
from portal.search.mending import mend_soon
from portal.search.otherwise import another_reading, elsewhere
from portal.search.outbox import engine, row_index
from portal.search.plan import MAX_DEPTH, SearchPlan, make_plan
from portal.search.publishers import with_publishers
from portal.search.rows import RowsFound

ROW_HITS = 5  # rows shown beside datasets on the first page
MOST_LIMIT = 100
NO_PROVINCE = "-"  # is that of no row
MOST_DATASETS = 100_000  # whose rows are looked for within filters


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which kinds a search is to show: entries (of `kinds`, all when empty) and rows."""

    kinds: tuple[str, ...]

    @property
    def entries(self) -> bool:
        """Whether anything but rows is shown."""
        return not self.kinds or any(kind != "row" for kind in self.kinds)

    @property
    def rows(self) -> bool:
        """Whether rows are shown."""
        return not self.kinds or "row" in self.kinds


@dataclass(frozen=True, slots=True)
class Window:
    """The places of one page: of entries and of rows. A few rows stand on the first page beside the entries."""

    entries: slice
    rows: slice
    beside: int  # rows beside entries


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

    `filters`: facet → value; `kind` is dataset or row. `limit` is at most 100. Raises PortalError("search-rebuilding").
    """
    try:
        return _document(text, filters, max(1, min(limit, MOST_LIMIT)), max(1, page), sort, lang)
    except PortalError as error:
        if error.code == "search-rebuilding":
            mend_soon()
        raise


def _document(
    text: str, filters: Mapping[str, str | None], limit: int, page: int, sort: str, lang: str
) -> dict[str, Any]:
    began = time.perf_counter()
    plan = with_publishers(make_plan(text, {name: (value,) for name, value in filters.items() if value}, sort=sort))
    wanted = Wanted(plan.filters.get("kind", ()))
    rows, rows_rest = find_rows(without_kind(plan))
    window = window_of(limit, page, wanted, len(rows.hits))
    found = find_entries(without_kind(plan), wanted, window)
    meant = None
    if not rows.total and (found.loose or not found.total or plan.excluded):
        meant = another_reading(engine(), text, without_kind(plan))
    if meant:
        plan = replace(meant[1], filters=plan.filters)
        rows, rows_rest = find_rows(without_kind(plan))
        window = window_of(limit, page, wanted, len(rows.hits))
        found = find_entries(without_kind(plan), wanted, window)
    if wanted.rows and not found.total:
        window = window_of(limit, page, Wanted(("row",)), len(rows.hits))
    shown_rows = rows.hits[window.rows] if wanted.rows else ()
    kinds = (
        found.facets["kind"]
        if not wanted.kinds
        else engine().search(replace(without_kind(plan), limit=0)).facets["kind"]
    )
    hits = [entry_hits(found.keys, plan, lang), row_hits(shown_rows, plan, lang)]
    near = entry_hits(found.near, plan, lang) if wanted.entries else []
    nothing = not found.total and not (rows.total and wanted.rows)
    return {
        "query": text,
        "total": found.total,
        "total_rows": rows.total,
        "total_rows_exact": rows.exact,
        "page": page,
        "pages": pages_of(found, rows, wanted, window, limit),
        "limit": limit,
        "took_ms": round((time.perf_counter() - began) * 1000, 1),
        "hits": [
            *(hit for some in (reversed(hits) if found.loose else hits) for hit in some),
            *(hit | {"near": True} for hit in near),
        ],
        "facets": {
            name: facet_values(name, counts, lang)
            for name, counts in {
                **(found.facets if wanted.entries else {name: {} for name in found.facets}),
                "kind": with_rows(kinds, rows),
            }.items()
        },
        "filters": {name: list(values) for name, values in plan.filters.items()},
        "suggestion": meant[0] if meant else None,  # what the hits are of, in place of the query
        "elsewhere": elsewhere(text, plan, lang) if nothing else None,
        "loose": found.loose,
        "cut": plan.cut,
        "rows_resting": rows_rest,
    }


def without_kind(plan: SearchPlan) -> SearchPlan:
    """The same for all kinds."""
    return replace(plan, filters={name: values for name, values in plan.filters.items() if name != "kind"})


def find_entries(plan: SearchPlan, wanted: Wanted, window: Window) -> Found:
    """The entries of a page. When only rows are wanted, none, but the facets of all."""
    if not wanted.entries:
        return replace(engine().search(replace(plan, limit=0)), keys=(), total=0, loose=False)
    kinds = tuple(kind for kind in wanted.kinds if kind != "row")
    filters = {**plan.filters, "kind": kinds} if kinds else plan.filters
    first, last = window.entries.start, min(window.entries.stop, MAX_DEPTH)
    return engine().search(replace(plan, filters=filters, offset=first, limit=max(0, last - first)))


def find_rows(plan: SearchPlan) -> tuple[RowsFound, bool]:
    """Rows that hold all that was asked for, within the filters; and whether the index of rows is just being mended."""
    plan = with_provinces(plan)
    others = {name: values for name, values in plan.filters.items() if name != "province"}
    try:
        if not plan.groups:
            return RowsFound(), False
        if not others:
            return row_index().search(plan), False
        within = engine().search(
            SearchPlan(filters={**others, "kind": ("dataset",)}, sort="newest", limit=MOST_DATASETS)
        )
        return row_index().search(plan, {key.partition(":")[2] for key in within.keys}), False
    except PortalError as error:
        if error.code != "search-rebuilding":
            raise
        mend_soon()
        return RowsFound(exact=False), True


def with_provinces(plan: SearchPlan) -> SearchPlan:
    """A plan for rows: they name provinces, so a region means its provinces."""
    regions = plan.filters.get("region")
    if not regions:
        return plan
    codes = [one.code for one in provinces() if one.region_code.casefold() in regions]
    named = plan.filters.get("province")
    filters = {name: values for name, values in plan.filters.items() if name != "region"}
    filters["province"] = tuple(code for code in codes if not named or code in named) or (NO_PROVINCE,)
    return replace(plan, filters=filters)


def window_of(limit: int, page: int, wanted: Wanted, rows: int) -> Window:
    """The places of a page. Over all pages each entry stands once, and each row when only rows are shown."""
    start = (page - 1) * limit
    if not wanted.entries:
        return Window(slice(0, 0), slice(start, start + limit), 0)
    beside = min(ROW_HITS, rows, limit - 1) if wanted.rows else 0
    if page == 1:
        return Window(slice(0, limit - beside), slice(0, beside), beside)
    return Window(slice(start - beside, start - beside + limit), slice(0, 0), beside)


def pages_of(found: Found, rows: RowsFound, wanted: Wanted, window: Window, limit: int) -> int:
    """How many pages there are: as deep as hits are paged through."""
    if not found.total:
        return ceil(len(rows.hits) / limit) if wanted.rows else 0
    return min(ceil((found.total + window.beside) / limit), MAX_DEPTH // limit)


def with_rows(kinds: Mapping[str, int], rows: RowsFound) -> dict[str, int]:
    """The counts of kinds, rows among them."""
    return {**kinds, "row": rows.total} if rows.total else dict(kinds)


__all__ = ["FACETS", "search_document"]
