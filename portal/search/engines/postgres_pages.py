"""The page of a question in PostgreSQL: which hits stand on it, in which order.

Ranking reads vectors, so only a bounded number of candidates is ranked: the newest with all words in their titles, and the newest
of all. Where hits are common the newest entries of all are looked through for them, instead of putting all hits in order.
"""

from __future__ import annotations

from dataclasses import dataclass

from portal.search.engines.postgres_queries import TABLE, Asking, Question, Step, all_of
from portal.search.plan import SearchPlan

CANDIDATES = 300  # ranked of those with all words in their titles, and as many of the others; fewer for many words
FEWEST = 60
LOOKED_THROUGH = 2_000  # newest entries
COMMON_SHARE = 5  # where more than one in so many entries is likely a hit
NEWEST = "moment DESC, key"
ORDERS = {"newest": NEWEST, "title": "sorted || '', key"}  # unpacked once for an entry, not whenever two are compared


@dataclass(frozen=True, slots=True)
class Placing:
    """Places the hits of a question, of so many entries in all."""

    asking: Asking
    entries: int

    def steps(self, question: Question, plan: SearchPlan) -> tuple[list[Step], bool]:
        """The steps of a statement that tell as `page` the keys of a page, and whether they read the step `hit`."""
        order = ORDERS.get(plan.sort) or ("" if question.rank else NEWEST)
        last = plan.offset + plan.limit
        if not order:
            return self._by_rank(question, plan)
        if order == NEWEST and question.seen and last <= CANDIDATES:
            steps = self._newest("those", question.query, last)
            return [*steps, paged(f"{TABLE} WHERE id IN (SELECT id FROM those)", order, plan)], False
        return [paged("hit", order, plan)], True

    def _by_rank(self, question: Question, plan: SearchPlan) -> tuple[list[Step], bool]:
        most = max(FEWEST, CANDIDATES // (len(question.rank_values) // 3))
        # The first pages are among what is ranked: the others need not be put in order.
        deep = plan.offset + plan.limit > FEWEST
        if question.seen:
            steps = self._newest("titled", all_of([question.titled, question.query]), most)
            steps += self._newest("latest", question.query, most)
        else:
            steps = [
                (f"likely AS MATERIALIZED (SELECT id FROM {TABLE} WHERE words @@ %s::tsquery)", [question.titled]),
                (
                    f"titled AS (SELECT id FROM hit WHERE id IN (SELECT id FROM likely) ORDER BY {NEWEST} LIMIT {most})",
                    [],
                ),
                (f"latest AS (SELECT id FROM hit ORDER BY {NEWEST} LIMIT {most})", []),
            ]
        steps += [
            ("chosen AS MATERIALIZED (SELECT id FROM titled UNION SELECT id FROM latest)", []),
            (
                f"ranked AS MATERIALIZED (SELECT id, key, moment, {question.rank} AS rank FROM {TABLE} WHERE id IN (SELECT id FROM chosen))",
                [*question.rank_values],
            ),
        ]
        among = "ranked"
        if deep and question.seen:
            steps += self._newest("others", question.query, plan.offset + plan.limit)
            rest = f"SELECT key, moment, NULL FROM {TABLE} WHERE id IN (SELECT id FROM others) AND id NOT IN (SELECT id FROM ranked)"
            among = f"(SELECT key, moment, rank FROM ranked UNION ALL {rest}) AS placed"
        elif deep:
            among = "hit LEFT JOIN ranked USING (id, key, moment)"
        return [*steps, paged(among, f"rank DESC NULLS LAST, {NEWEST}", plan)], not question.seen

    def _newest(self, name: str, query: str, most: int) -> list[Step]:
        """The steps that look up as `name` the newest with what the index alone tells, up to `most`."""
        if not query:
            return [(f"{name} AS MATERIALIZED (SELECT id FROM {TABLE} ORDER BY {NEWEST} LIMIT {most})", [])]
        # The inner statement stands for itself (OFFSET 0): else the planner may go through all entries, newest first.
        hits = f"SELECT id, moment, key FROM {TABLE} WHERE words @@ %s::tsquery OFFSET 0"
        ordered = f"SELECT id FROM ({hits}) AS hits ORDER BY {NEWEST} LIMIT {most}"
        if most > CANDIDATES or COMMON_SHARE * self.asking.about(query) < self.entries:
            return [(f"{name} AS MATERIALIZED ({ordered})", [query])]
        newest = f"SELECT id, moment, key, words FROM {TABLE} ORDER BY {NEWEST} LIMIT {LOOKED_THROUGH}"
        seen = f"SELECT id FROM ({newest}) AS newest WHERE words @@ %s::tsquery ORDER BY {NEWEST} LIMIT {most}"
        unless = f"SELECT id FROM ({ordered}) AS others WHERE (SELECT count(*) FROM {name}_seen) < {most}"
        return [
            (f"{name}_seen AS MATERIALIZED ({seen})", [query]),
            (f"{name} AS MATERIALIZED (SELECT id FROM {name}_seen UNION {unless})", [query]),
        ]


def paged(among: str, order: str, plan: SearchPlan) -> Step:
    """The step that puts what was found in order and cuts out the page."""
    placed = f"SELECT key FROM {among} ORDER BY {order} OFFSET %s LIMIT %s"
    return (
        f"page AS (SELECT key, row_number() OVER () AS place FROM ({placed}) AS placed)",
        [plan.offset, plan.limit],
    )
