"""How a plan is asked of an open tantivy index. What is counted is asked without a rank, of the field that has the words of all
others; what is shown is looked for by queries that count nothing, which may pass over what can't be among the best.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from tantivy import Occur, Order, Query, Searcher

from portal.search.engines import Found
from portal.search.engines.tantivy_counting import SEPARATOR, Counting, Counts
from portal.search.engines.tantivy_queries import Asking
from portal.search.engines.weighing import no_counts
from portal.search.plan import SearchPlan

FEW = 500  # hits that are ranked and counted one by one sooner than by columns
FEW_OF_DEAR = 10_000  # the same where a phrase would be looked for twice
MOST_LIKELY = 60  # hits up to the end of a page that are looked for among the best with any word
COMMON_SHARE = 8  # where more than one in so many entries is a hit; elsewhere the hits themselves are sooner ranked
SORT_FIELDS = {"newest": "newest", "title": "order"}


def found_by(asking: Asking, counted: Counting, plan: SearchPlan) -> Found:
    """What a plan finds: everything that fulfils it, else what has some of it; where that ends, what comes near."""
    found = strict_page(asking, counted, plan)
    if not plan.groups:
        return found
    loose = not found.total
    if loose:
        found = loose_page(asking, counted, plan)
    if plan.may_be_near:
        found = with_near(asking, counted, plan, found, beside=not loose)
    return replace(found, loose=loose and bool(found.total))


def strict_page(asking: Asking, counted: Counting, plan: SearchPlan) -> Found:
    """The page of what has everything that was asked for."""
    if not plan.groups:
        return page_of(counted, asking.strict(plan), plan)
    if asking.is_dear(plan):
        return page_of(counted, asking.strict(plan), plan, few=FEW_OF_DEAR)
    matching = asking.matching(plan)
    if 2 * asking.about(plan) < FEW:
        if not asking.finds(matching):
            return Found((), 0, no_counts())
        return page_of(counted, asking.strict(plan), plan, few=FEW)
    total, facets = counted.by_rest(matching) if asking.mostly(plan) else counted.of(matching)
    if not total or plan.sort in SORT_FIELDS:
        keys = sorted_keys(counted.searcher, matching, plan) if total else []
    else:
        keys = likely_best(asking, plan, matching, total) or best_of(
            counted.searcher, asking.strict(plan), plan.limit, plan.offset
        )
    return Found(tuple(keys), total, facets)


def loose_page(asking: Asking, counted: Counting, plan: SearchPlan) -> Found:
    """The page of what has some of it, where nothing has all."""
    loosely = asking.loosely(plan)
    total, facets = counted.of(loosely.matching)
    if not total or plan.sort in SORT_FIELDS:
        keys = sorted_keys(counted.searcher, loosely.matching, plan) if total else []
    else:
        keys = [] if loosely.by_letters else likely_best(asking, plan, loosely.matching, total, clues=True)
        keys = keys or best_of(counted.searcher, loosely.ranked, plan.limit, plan.offset)
    return Found(tuple(keys), total, facets)


def likely_best(asking: Asking, plan: SearchPlan, matching: Query, total: int, *, clues: bool = False) -> list[str]:
    """The keys of the page where many entries are hits; [] where they are not told by this way.

    What has any of the words is ranked by the same sum, and tantivy passes over most of it. Those of the best that are hits
    are the best of the hits, in their order, as far as they go.
    """
    searcher, needed = asking.searcher, plan.offset + plan.limit
    if (
        not plan.limit
        or needed > MOST_LIKELY
        or total * COMMON_SHARE < searcher.num_docs
        or plan.filters
        or plan.excluded
    ):
        return []
    if len(plan.groups) == 1 and not clues:
        return best_of(searcher, asking.anyhow(plan), plan.limit, plan.offset)
    likely = best_of(searcher, asking.anyhow(plan, clues=clues), 2 * needed)
    among = Query.boolean_query([(Occur.Must, asking.with_keys(likely)), (Occur.Must, matching)])
    having = set(best_of(searcher, among, len(likely)))
    best = [key for key in likely if key in having]
    return best[plan.offset : needed] if len(best) >= min(needed, total) else []


def sorted_keys(searcher: Searcher, query: Query, plan: SearchPlan) -> list[str]:
    """The keys of the page in another order than by rank."""
    found: Any = searcher.search(
        query,
        limit=max(1, plan.limit),
        offset=plan.offset,
        order_by_field=SORT_FIELDS[plan.sort],
        order=Order.Asc,
        count=False,
    )
    return [key.rpartition(SEPARATOR)[2] for key, _ in found.hits[: plan.limit]]


def page_of(counted: Counting, query: Query, plan: SearchPlan, few: int = 1) -> Found:
    """The page's keys, the exact total, and the facets of all hits. The query is asked once if it finds no more than `few`."""
    searcher = counted.searcher
    if not plan.groups and plan.sort == "relevance":
        plan = replace(plan, sort="newest")
    if plan.sort in SORT_FIELDS:
        total, facets = counted.of(query)
        return Found(tuple(sorted_keys(searcher, query, plan)), total, facets)
    found: Any = searcher.search(query, limit=max(few, plan.offset + plan.limit))
    hits = found.hits
    told: Counts | None = counted.of_hits(hits) if len(hits) == found.count else None
    keys = keys_of(searcher, hits[plan.offset : plan.offset + plan.limit])
    return Found(tuple(keys), found.count, counted.of(query)[1] if told is None else told)


def best_of(searcher: Searcher, query: Query, most: int, offset: int = 0) -> list[str]:
    """The keys of the best hits alone: what need not be counted need not all be looked at."""
    return keys_of(searcher, searcher.search(query, limit=max(1, most), offset=offset, count=False).hits[:most])


def keys_of(searcher: Searcher, hits: Iterable[tuple[Any, Any]]) -> list[str]:
    """What was found, by its keys."""
    return [searcher.doc(address)["key"][0] for _, address in hits]


def with_near(asking: Asking, counted: Counting, plan: SearchPlan, found: Found, *, beside: bool) -> Found:
    """What was found, and where it ends within the page, what comes near; that itself where nothing was found."""
    room = plan.offset + plan.limit - max(found.total, plan.offset) if plan.limit else 0
    if room <= 0:
        return found
    near = best_of(asking.searcher, asking.near(plan, beside=beside), room + len(found.keys))
    keys = tuple(key for key in near if key not in found.keys)[:room]
    if found.total or not keys:
        return replace(found, near=keys)
    return replace(page_of(counted, asking.with_keys(keys), replace(plan, limit=0)), keys=keys)
