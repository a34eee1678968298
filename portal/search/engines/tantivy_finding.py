"""How a plan is asked of an open tantivy index. What is counted is asked without a rank, of the field that has the words of all
others; what is shown is looked for by queries that count nothing, which may pass over what can't be among the best.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tantivy import DocAddress, Order, Query, Searcher

from portal.search.engines import Found
from portal.search.engines.tantivy_counting import SEPARATOR, Counting, Counts
from portal.search.engines.tantivy_queries import Asking
from portal.search.engines.tantivy_words import all_of, any_of
from portal.search.engines.weighing import GRAM_WEIGHT, MOST_GRAMS, no_counts, speaking_for
from portal.search.plan import Group, SearchPlan

FEW = 500  # hits that are ranked and counted one by one sooner than by columns
FEW_OF_DEAR = 10_000  # the same where a phrase would be looked for twice
MOST_LIKELY = 60  # hits up to the end of a page that are looked for among the best with any word
COMMON_SHARE = 8  # where more than one in so many entries is a hit; elsewhere the hits themselves are sooner ranked
FEW_LOOSE = 2_000  # expected hits that have some of it, where all are read before they are counted
MANY_LOOSE = 3_000  # hits that have some of it and are read at most
NEAR_BONUS = GRAM_WEIGHT * MOST_GRAMS  # of having all the trigrams, or all parts of the words
LOOKED_AT = 400  # of the best with any word, where hits are few
Place = tuple[int, int]  # of a document: its segment and its number there
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
        found = with_near(asking, plan, found, beside=not loose)
    return replace(found, loose=loose and bool(found.total))


def strict_page(asking: Asking, counted: Counting, plan: SearchPlan) -> Found:
    """The page of what has everything that was asked for."""
    if not plan.groups:
        return page_of(counted, asking.strict(plan), plan)
    if asking.is_dear(plan):
        return page_of(counted, asking.strict(plan), plan, few=FEW_OF_DEAR)
    matching, about = asking.matching(plan), asking.about(plan)
    if 2 * about < FEW:
        if about < 1 and not asking.number(matching):
            return Found((), 0, no_counts())
        return page_of(counted, asking.strict(plan), plan, few=FEW)
    total, facets = counted.by_rest(matching) if asking.mostly(plan, about) else counted.of(matching)
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
    told, searcher = asking.loosely(plan), counted.searcher
    near, least = asking.number(asking.narrowed([told.near], plan)), (len(plan.groups) + 1) // 2
    half = asking.half(plan, told.groups)
    matching = asking.narrowed([any_of([told.near, half])], plan)
    total, facets, hits = counted_hits(counted, matching, asking.about_some(plan, told.groups, least) + near)
    if total == near and not (total and asking.number(asking.narrowed([half], plan))):
        least, told = 1, told._replace(groups=asking.within_bounds(told.groups))
        matching = asking.narrowed([any_of([told.near, *map(asking.having_one, told.groups)])], plan)
        total, facets, hits = counted_hits(counted, matching, asking.about_some(plan, told.groups, 1) + near)
    if not total or plan.sort in SORT_FIELDS:
        return Found(tuple(sorted_keys(searcher, matching, plan) if total else ()), total, facets)
    clues = asking.within_bounds(plan.clues)
    if hits is None:
        keys = likely_best(asking, plan, told.groups, least, total, clues, (told.near, near) if near else None)
    else:
        keys = best_among(asking, plan, hits, [*told.groups, *clues], told.near if near else None)
    keys = keys or best_of(searcher, asking.ranked_among(matching, told, clues, plan), plan.limit, plan.offset)
    return Found(tuple(keys), total, facets)


def counted_hits(counted: Counting, query: Query, about: float) -> tuple[int, Counts, list[tuple[float, Place]] | None]:
    """The total and the facets of a query, and where they are few, its hits; `about` so many are expected."""
    unranked = Query.const_score_query(query, 0.0)
    if about < FEW_LOOSE:
        found: Any = counted.searcher.search(unranked, limit=MANY_LOOSE)
        told = counted.of_hits(found.hits) if found.count == len(found.hits) else None
        if told is not None:
            return found.count, told, placed(found.hits)
    total, facets = counted.of(query)
    return total, facets, best_hits(counted.searcher, unranked, MANY_LOOSE) if total <= MANY_LOOSE else None


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
    if is_closed(plan):
        return []
    if len(groups) == 1 and not near and not clues:
        return best_of(searcher, asking.anyhow(groups), plan.limit, plan.offset)
    most = (2 if least == len(groups) else 3) * needed
    scores = by_any(asking, [*groups, *clues], most)
    among = asking.with_keys(keys_of(searcher, scores))
    numbers = Counter(
        at for group in groups for _, at in best_hits(searcher, all_of([among, asking.having_one(group)]), len(scores))
    )
    best = {at: score for at, score in scores.items() if numbers[at] >= least}
    if near:
        query, number = near
        best |= lifted(scores, best_hits(searcher, query if number <= most else all_of([among, query]), most))
    return page_by(searcher, best, plan) if len(best) >= min(needed, total) else []


def best_among(
    asking: Asking, plan: SearchPlan, hits: Sequence[tuple[float, Place]], groups: Sequence[Group], near: Query | None
) -> list[str]:
    """The same where all hits are known."""
    if is_closed(plan):
        return []
    scores = by_any(asking, groups, LOOKED_AT)
    best = {at: scores[at] for _, at in hits if at in scores}
    if near:
        best |= lifted(scores, best_hits(asking.searcher, near, len(hits)))
    return page_by(asking.searcher, best, plan) if len(best) >= min(plan.offset + plan.limit, len(hits)) else []


def lifted(scores: Mapping[Place, float], near: Iterable[tuple[float, Place]]) -> dict[Place, float]:
    """The scores of what comes near: for that, and for its words as far as they are known."""
    lowest = min(scores.values(), default=0.0)
    return {at: NEAR_BONUS + scores.get(at, lowest) for _, at in near}


def is_closed(plan: SearchPlan) -> bool:
    """Whether the shorter ways are closed: the best of all need not be among what a filter lets pass, or on a late page."""
    return not plan.limit or plan.offset + plan.limit > MOST_LIKELY or bool(plan.filters or plan.excluded)


def by_any(asking: Asking, groups: Sequence[Group], most: int) -> dict[Place, float]:
    """The scores of what is likely to be best of all that has any of these. Words are looked for apart from words side by side,
    which tantivy passes over nothing of; of each the best, so many at most."""
    scores: dict[Place, float] = {}
    for clauses in asking.clauses(groups):
        for score, at in best_hits(asking.searcher, any_of(clauses), most) if clauses else []:
            scores[at] = scores.get(at, 0.0) + score
    return scores


def page_by(searcher: Searcher, scores: Mapping[Place, float], plan: SearchPlan) -> list[str]:
    """The keys of the page by these scores."""
    best = sorted(scores, key=lambda at: -scores[at])
    return keys_of(searcher, best[plan.offset : plan.offset + plan.limit])


def best_hits(searcher: Searcher, query: Query, most: int) -> list[tuple[float, Place]]:
    """The best hits, with their scores."""
    return placed(searcher.search(query, limit=most, count=False).hits)


def placed(hits: Iterable[tuple[float, DocAddress]]) -> list[tuple[float, Place]]:
    """Hits with the places of their documents, which can be compared."""
    return [(score, (address.segment_ord, address.doc)) for score, address in hits]


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
    keys = keys_of(searcher, (at for _, at in placed(hits[plan.offset : plan.offset + plan.limit])))
    return Found(tuple(keys), found.count, counted.of(query)[1] if told is None else told)


def best_of(searcher: Searcher, query: Query, most: int, offset: int = 0) -> list[str]:
    """The keys of the best hits alone: what need not be counted need not all be looked at."""
    hits = searcher.search(query, limit=max(1, most), offset=offset, count=False).hits[:most]
    return keys_of(searcher, (at for _, at in placed(hits)))


def keys_of(searcher: Searcher, places: Iterable[Place]) -> list[str]:
    """What was found, by its keys."""
    return [searcher.doc(DocAddress(*at))["key"][0] for at in places]


def with_near(asking: Asking, plan: SearchPlan, found: Found, *, beside: bool) -> Found:
    """What was found, and where it ends within the page, what comes near."""
    room = plan.offset + plan.limit - max(found.total, plan.offset) if plan.limit else 0
    if room <= 0:
        return found
    near = likely_near(asking, plan, room + len(found.keys)) if plan.offset == 0 else []
    near = near or best_of(asking.searcher, asking.near(plan, beside=beside), room + len(found.keys))
    return replace(found, near=tuple(key for key in near if key not in found.keys)[:room])


def likely_near(asking: Asking, plan: SearchPlan, most: int) -> list[str]:
    """The keys of what comes near, what has all among them, by what is likely to be best of it; [] where it is not told by this way:
    places and filters rank by what no list of words has."""
    groups = asking.within_bounds(speaking_for(plan))
    if plan.filters or plan.excluded or any(group.province for group in groups):
        return []
    scores = by_any(asking, groups, 2 * most)
    grams = asking.grams(plan) if asking.is_strange(plan) else []
    if scores and grams:
        among = Query.const_score_query(asking.with_keys(keys_of(asking.searcher, scores)), 0.0)
        for score, at in best_hits(asking.searcher, all_of([among, any_of(grams)]), len(scores)):
            scores[at] += score
    return page_by(asking.searcher, scores, replace(plan, limit=most))
