"""How a plan is asked of an open tantivy index. What is counted is asked without a rank, of the field that has the words of all
others; what is shown is looked for by queries that count nothing, which may pass over what can't be among the best.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from tantivy import DocAddress, Order, Query, Searcher

from portal.search.engines import Found
from portal.search.engines.tantivy_counting import SEPARATOR, Counting, Counts
from portal.search.engines.tantivy_queries import Asking, all_of, any_of
from portal.search.engines.weighing import GRAM_WEIGHT, MOST_GRAMS, no_counts
from portal.search.plan import Group, SearchPlan

FEW = 500  # hits that are ranked and counted one by one sooner than by columns
FEW_OF_DEAR = 10_000  # the same where a phrase would be looked for twice
MOST_LIKELY = 60  # hits up to the end of a page that are looked for among the best with any word
COMMON_SHARE = 8  # where more than one in so many entries is a hit; elsewhere the hits themselves are sooner ranked
FEW_LOOSE, MANY_LOOSE = (
    500,
    3_000,
)  # hits that have some of it: up to here all are ranked, from here on the best are hits mostly
NEAR_BONUS = GRAM_WEIGHT * MOST_GRAMS  # of having all the trigrams, or all parts of the words
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
        if not asking.number(matching):
            return Found((), 0, no_counts())
        return page_of(counted, asking.strict(plan), plan, few=FEW)
    total, facets = counted.by_rest(matching) if asking.mostly(plan) else counted.of(matching)
    if not total or plan.sort in SORT_FIELDS:
        keys = sorted_keys(counted.searcher, matching, plan) if total else []
    else:
        likely = total * COMMON_SHARE > counted.total and likely_best(
            asking, plan, plan.groups, len(plan.groups), total
        )
        keys = likely or best_of(counted.searcher, asking.strict(plan), plan.limit, plan.offset)
    return Found(tuple(keys), total, facets)


def loose_page(asking: Asking, counted: Counting, plan: SearchPlan) -> Found:
    """The page of what has some of it, where nothing has all: at least half, or else anything of it."""
    told = asking.loosely(plan)
    near, least = asking.number(asking.narrowed([told.near], plan)), (len(plan.groups) + 1) // 2
    half = asking.half(plan, told.groups)
    matching = any_of([told.near, half])
    total, facets = counted.of(asking.narrowed([matching], plan))
    if total == near and not (total and asking.number(asking.narrowed([half], plan))):
        least, told = 1, told._replace(groups=asking.within_bounds(told.groups))
        matching = any_of([told.near, *map(asking.having_one, told.groups)])
        total, facets = counted.of(asking.narrowed([matching], plan))
    if not total or plan.sort in SORT_FIELDS:
        keys = sorted_keys(counted.searcher, asking.narrowed([matching], plan), plan) if total else []
        return Found(tuple(keys), total, facets)
    clues = asking.within_bounds(plan.clues)
    likely = total > FEW_LOOSE and likely_best(
        asking, plan, told.groups, least, total, clues, (told.near, near) if near else None
    )
    keys = likely or best_of(
        counted.searcher, asking.ranked_among(matching, told, clues, plan), plan.limit, plan.offset
    )
    return Found(tuple(keys), total, facets)


def likely_best(
    asking: Asking, plan: SearchPlan, groups: Sequence[Group], least: int, total: int,
    clues: Sequence[Group] = (), near: tuple[Query, int] | None = None,
) -> list[str]:  # fmt: skip
    """The keys of the page where many entries are hits, which have at least so many of the groups, or come `near` (and how many do);
    [] where they are not told by this way.

    What has any of the words is ranked by the same sum, and tantivy passes over most of it. Those of the best that are hits
    are the best of the hits, in their order, as far as they go.
    """
    searcher, needed = asking.searcher, plan.offset + plan.limit
    if not plan.limit or needed > MOST_LIKELY or plan.filters or plan.excluded:
        return []
    anyhow = asking.anyhow([*groups, *clues])
    if len(groups) == 1 and not near:
        return best_of(searcher, anyhow, plan.limit, plan.offset)
    most = 2 * needed if least == len(groups) else 3 * needed if total > MANY_LOOSE else 8 * needed
    hits = best_hits(searcher, anyhow, most)
    scores = {place(address): score for score, address in hits}
    keys = dict(zip(scores, keys_of(searcher, hits), strict=True))
    among = asking.with_keys(list(keys.values()))
    numbers = Counter(
        place(address)
        for group in groups
        for _, address in best_hits(searcher, all_of([among, asking.having_one(group)]), most)
    )
    best = {at: score for at, score in scores.items() if numbers[at] >= least}
    if near:
        query, number = near
        also = best_hits(searcher, query if number <= most else all_of([among, query]), most)
        keys |= zip((place(address) for _, address in also), keys_of(searcher, also), strict=True)
        lowest = min(scores.values(), default=0.0)
        best |= {at: NEAR_BONUS + scores.get(at, lowest) for at in (place(address) for _, address in also)}
    found = sorted(best, key=lambda at: -best[at])
    return [keys[at] for at in found[plan.offset : needed]] if len(found) >= min(needed, total) else []


def best_hits(searcher: Searcher, query: Query, most: int) -> list[tuple[float, DocAddress]]:
    """The best hits, with their scores."""
    return searcher.search(query, limit=most, count=False).hits


def place(address: DocAddress) -> tuple[int, int]:
    """Where a document is, to be compared."""
    return address.segment_ord, address.doc


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
