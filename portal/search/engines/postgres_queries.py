"""A plan as PostgreSQL's tsquery, an entry as its tsvector: written by us from our tokens, each quoted, never parsed from a text.

In one vector stand the words with their places (title A, places B, text C, parts D), pairs of common words, `^word` for the words
of titles, `@word` for names of provinces that are no parts of others, `=facet=value` for filters and `=` in every entry, so that
one index answers a whole plan without looking at the entries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import log
from typing import Any

from portal.search.analysis import BREAK, grams_of
from portal.search.engines import FACETS, Entry
from portal.search.engines.pairs import pair, pairs_within
from portal.search.engines.weighing import (
    MOST_GRAMS,
    ORDERED,
    WEIGHTS,
    facet_token,
    speaking_for,
    within_bounds,
)
from portal.search.plan import Alternative, Group, SearchPlan, named_province

TABLE = "search_entry"
COMMON = "search_common"
EVERY = "'='"  # what every entry holds
LONGEST = 500  # letters of a token: at most 2,046 bytes are taken
LAST_PLACE = 16_383  # the greatest that a tsvector keeps
LETTERS: Mapping[str, str] = {"title": "A", "places": "B", "text": "C", "parts": "D"}
RANKS = [WEIGHTS[name] / WEIGHTS["title"] for name in ("parts", "text", "places", "title")]  # of D, C, B, A
MOST_COMMON = 10_000  # entries read for what comes near, as far as they were counted
MOST_WORDS = 7  # of which every half is asked for
MOST_READ = 15_000  # entries looked through for half of the words
MOST_UNSURE = 20  # entries that are looked into twice sooner than all hits are kept; each brings its neighbours with it
ALL_OF_THEM = 1_000  # about how common a word of no weight is
About = Callable[[Sequence[str], str], Sequence[int]]  # (queries, column) → in how many entries each stands
Step = tuple[str, list[Any]]  # a part of a statement, and what is bound in it


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the table: what `query` finds of the words, or a condition with its values. `titled` is likely to be best,
    an expression ranks. `seen`: the index alone tells the hits, so that many of them are sooner looked up twice than kept."""

    query: str = ""
    condition: str = ""
    values: Sequence[Any] = ()
    seen: bool = False
    titled: str = ""
    rank: str = ""
    rank_values: Sequence[Any] = ()

    @property
    def everything(self) -> bool:
        """Whether all entries are hits."""
        return not self.query and not self.condition

    def hits(self, name: str, columns: str) -> Step:
        """The step of a statement that looks up the hits."""
        kept = "NOT MATERIALIZED" if self.seen else "MATERIALIZED"
        where = self.condition or ("words @@ %s::tsquery" if self.query else "TRUE")
        values = list(self.values) if self.condition else [self.query] if self.query else []
        return f"{name} AS {kept} (SELECT {columns} FROM {TABLE} WHERE {where})", values


def question_of(ways: Sequence[Step]) -> Question:
    """The question for what fulfils any of some conditions."""
    if not ways:
        return Question(condition="FALSE")
    values = [value for _, bound in ways for value in bound]
    if any(way.startswith("id IN") for way, _ in ways):  # which no index answers together with the others
        each = " UNION ".join(f"SELECT id FROM {TABLE} WHERE {way}" for way, _ in ways)
        return Question(condition=f"id IN ({each})", values=values)
    return Question(condition=" OR ".join(way for way, _ in ways), values=values)


# ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def words_vector(entry: Entry, common: frozenset[str]) -> str:
    """The vector of an entry's words and facets. Between title and text a place stays free, so that no phrase reaches over."""
    told: dict[str, list[str]] = {}
    place = 1
    for name in ORDERED:
        words = getattr(entry, name).split()
        for word, behind in zip(words, [*words[1:], BREAK], strict=False):
            if word != BREAK:
                stands = f"{min(place, LAST_PLACE)}{LETTERS[name]}"
                told.setdefault(word, []).append(stands)
                if word in common and behind in common:
                    told.setdefault(pair(word, behind), []).append(stands)
                if names_place(word):
                    told.setdefault(f"@{word}", []).append(stands)
            place += 1
        place += 1
    for name in ("places", "parts"):
        for word in getattr(entry, name).split():
            told.setdefault(word, []).append(f"{LAST_PLACE}{LETTERS[name]}")
            if name == "places" and names_place(word):
                told.setdefault(f"@{word}", []).append(f"{LAST_PLACE}{LETTERS[name]}")
    plain = ["=", *(f"^{word}" for word in entry.title.split() if word != BREAK)]
    plain += [f"={facet_token(name, value)}" for name, values in entry.facets.items() for value in values]
    marked = [f"{quoted(word)}:{','.join(dict.fromkeys(places))}" for word, places in told.items()]
    return " ".join([*marked, *map(quoted, dict.fromkeys(plain))])


@lru_cache(maxsize=100_000)
def names_place(word: str) -> bool:
    """Whether a word names a province: as such it is not meant where it is but a part of another, as in เผยแพร่."""
    return named_province(word) is not None


def grams_vector(entry: Entry) -> str:
    """The vector of an entry's trigrams."""
    return " ".join(quoted(gram) for gram in grams_of(entry.runs))


def quoted(word: str) -> str:
    """A token as a vector and a query have it."""
    plain = word[:LONGEST].replace("\0", "").encode(errors="replace").decode()
    return "'" + plain.replace("\\", "\\\\").replace("'", "''") + "'"


# ── asking ───────────────────────────────────────────────────────────────────────────────────────────────────────────
class Asking:
    """Makes the questions of a plan. `about` tells in how many entries queries of a column stand, as far as it matters; `common`:
    the words of which there are pairs."""

    def __init__(self, plan: SearchPlan, about: About, common: frozenset[str]) -> None:
        self.plan = plan
        self._about = about
        self._common = common
        self._counts: dict[tuple[str, str], int] = {}
        self._queries: dict[Group, str] = {}
        if len(plan.groups) > 1:
            self.learn(map(self.group, speaking_for(plan)))

    def learn(self, queries: Iterable[str], column: str = "words") -> None:
        """Ask about several together, which takes less time."""
        new = [query for query in dict.fromkeys(queries) if (query, column) not in self._counts]
        if new:
            self._counts.update(zip(((query, column) for query in new), self._about(new, column), strict=True))

    def about(self, query: str, column: str = "words") -> int:
        """In how many entries something stands, about."""
        self.learn([query], column)
        return self._counts[query, column]

    def count(self, group: Group) -> int:
        """The same of one asked-for thing."""
        return self.about(self.group(group))

    def strict(self) -> Question:
        """The entries with everything that was asked for."""
        groups = self.plan.groups
        query = self.narrowed(all_of(map(self.group, groups)))
        seen = sum(map(self.unsure, (*groups, *self.plan.excluded))) <= MOST_UNSURE
        asked = Question(query, seen=seen)
        return self.ranked(asked, groups, groups, all_of) if groups else asked

    def loose(self) -> Iterator[Question]:
        """The entries with all the trigrams, or all parts of the words, or at least half of what was asked for; where there are none,
        with any of it. Clues rank them. What finds nothing is followed by the next."""
        plan, narrow = self.plan, self.narrowed("")
        grams = all_of(self.rarest_grams())
        parts = self.parts() if any(group.parts for group in plan.groups) else ""
        some = within_bounds(plan.groups, self.count, MOST_COMMON)
        clues = [clue for clue in plan.clues if self.count(clue) <= MOST_COMMON]
        clues = within_bounds(clues, self.count, MOST_COMMON)
        ways: list[Step] = []
        if parts:
            ways.append(("words @@ %s::tsquery", [self.narrowed(parts)]))
        if grams:
            within = " AND words @@ %s::tsquery" if narrow else ""
            ways.append((f"grams @@ %s::tsquery{within}", [grams, narrow] if narrow else [grams]))
        for half in self.halves(some):
            yield self.ranked(question_of([*ways, *half]), [*plan.groups, *clues], [*some, *clues], any_of)

    def halves(self, some: Sequence[Group]) -> Iterator[list[Step]]:
        """What has at least half of what was asked for; then what has any of `some`, the rarest. Every half of a few words is asked
        for as such, of many it is counted how many of the rarest an entry has. Half is not looked for among common words: what
        has them is not told apart by it. Of one thing there is no half."""
        whole = sorted(self.plan.groups, key=self.count)
        least = (len(whole) + 1) // 2
        if len(whole) == 1:
            yield []
            return
        if len(whole) <= MOST_WORDS and sum(map(self.count, whole[: len(whole) - least + 1])) <= MOST_READ:
            yield [("words @@ %s::tsquery", [self.narrowed(self.at_least(least, whole))])]
        elif least <= len(some):
            each = " UNION ALL ".join([f"SELECT id FROM {TABLE} WHERE words @@ %s::tsquery"] * len(some))
            having = f"id IN (SELECT id FROM ({each}) AS each_of_them GROUP BY id HAVING count(*) >= %s)"
            yield [(having, [*(self.narrowed(self.group(group)) for group in some), least])]
        yield [("words @@ %s::tsquery", [self.narrowed(any_of(map(self.group, some)))])]

    def at_least(self, least: int, groups: Sequence[Group]) -> str:
        """So many of these: either the first and one less of the others, or as many of the others."""
        if least == len(groups):
            return all_of(map(self.group, groups))
        if least == 1:
            return any_of(map(self.group, groups))
        first, others = groups[0], groups[1:]
        return any_of([all_of([self.group(first), self.at_least(least - 1, others)]), self.at_least(least, others)])

    def near(self, *, beside: bool) -> Question:
        """The entries with something of what was asked for; `beside`: others have all of it, which are left out on later pages (on the
        first they are all known). Words that are to stand side by side may stand apart: the index alone tells, and the rank
        knows better."""
        some = within_bounds(speaking_for(self.plan), self.count, MOST_COMMON)
        whole = f"!({all_of(map(self.group, self.plan.groups))})" if beside and self.plan.offset else ""
        query = all_of([self.narrowed(any_of(map(self.apart, some))), whole])
        return self.ranked(Question(query, seen=not whole), some, some, any_of)

    def apart(self, group: Group) -> str:
        """One asked-for thing, its words in any order and anywhere."""
        several = [all_of(map(quoted, one.words)) for one in group.alternatives if len(one.words) > 1]
        alone = tuple(one for one in group.alternatives if len(one.words) == 1)
        return any_of([self.group(replace(group, alternatives=alone)), *several])

    def by_grams(self) -> Question:
        """The entries with at least half of the rarest trigrams."""
        grams = self.rarest_grams()
        if not grams:
            return question_of([])
        each = " UNION ALL ".join([f"SELECT id FROM {TABLE} WHERE grams @@ %s::tsquery"] * len(grams))
        where = f"id IN (SELECT id FROM ({each}) AS each_of_them GROUP BY id HAVING 2 * count(*) >= %s)"
        narrow = self.narrowed("")
        within, values = (" AND words @@ %s::tsquery", [narrow]) if narrow else ("", [])
        return Question(condition=f"{where}{within}", values=[*grams, len(grams), *values])

    def rarest_grams(self) -> list[str]:
        """Those of the trigrams that tell most apart."""
        grams = [quoted(gram) for gram in self.plan.grams]
        self.learn(grams, "grams")
        return sorted(grams, key=lambda gram: self.about(gram, "grams"))[:MOST_GRAMS]

    def ranked(
        self,
        asked: Question,
        groups: Sequence[Group],
        telling: Sequence[Group],
        joined_by: Callable[[Iterable[str]], str],
    ) -> Question:
        """The question with what ranks its hits: each asked-for thing by its rarity and the fields it stands in. The likely best
        have those that tell most in their titles, one or all of them."""
        one = "%s * ts_rank(%s::real[], words, %s::tsquery, 1)"
        values: list[Any] = []
        for group in groups:
            counted = self.count(group) if len(groups) > 1 else 0  # of one thing alone it does not matter
            for weight, ways in by_weight(group):
                values += [weight * rarity(counted), RANKS, self.group(ways)]
        titled = [
            any_of([all_of(quoted(f"^{word}") for word in way.words) for way in group.alternatives])
            for group in telling
        ]
        return replace(asked, titled=joined_by(titled), rank=" + ".join([one] * (len(values) // 3)), rank_values=values)

    def narrowed(self, query: str) -> str:
        """What is wanted, within the filters and without what was excluded."""
        narrow = self.narrowing()
        only_without = not query and all(one.startswith("!") for one in narrow)
        return all_of([EVERY if only_without and narrow else query, *narrow])

    def narrowing(self) -> list[str]:
        """Filters, and what was excluded."""
        return [*filter_queries(self.plan), *(f"!({self.group(group)})" for group in self.plan.excluded)]

    def group(self, group: Group) -> str:
        """One asked-for thing: any of its alternatives, or its province."""
        if group not in self._queries:
            ways = [self.way(one, place=group.province is not None) for one in group.alternatives]
            if group.province is not None:
                ways.append(quoted(f"={facet_token('province', group.province)}"))
            self._queries[group] = any_of(ways)
        return self._queries[group]

    def way(self, one: Alternative, *, place: bool) -> str:
        """A word, which as the name of a place is no part of another, or several side by side where words stand in order: those
        that are common are looked up by pairs."""
        if len(one.words) == 1:
            word = one.words[0]
            return quoted(word) if not place else quoted(f"@{word}") if names_place(word) else f"{quoted(word)}:ABC"
        pairs = [quoted(told) for told in pairs_within(one.words, self._common)]
        if self.is_pair(one):
            return pairs[0]
        inside = "".join(LETTERS[name] for name in ORDERED)
        side_by_side = "(" + " <-> ".join(f"{quoted(word)}:{inside}" for word in one.words) + ")"
        return all_of([*pairs, side_by_side])

    def is_pair(self, one: Alternative) -> bool:
        """Whether it is two common words: looked up as one."""
        return len(one.words) == 2 and self._common.issuperset(one.words)

    def unsure(self, group: Group) -> int:
        """In about how many entries it has to be read where words stand, which the index does not tell."""
        place = group.province is not None
        found = [one for one in group.alternatives if ":" in self.way(one, place=place) and not self.is_pair(one)]
        return sum(
            self.about(all_of(map(quoted, (*one.words, *pairs_within(one.words, self._common))))) for one in found
        )

    def parts(self) -> str:
        """All parts of all words, wherever they stand."""
        return all_of(
            [all_of(map(quoted, group.parts)) if group.parts else self.group(group) for group in self.plan.groups]
        )


def by_weight(group: Group) -> list[tuple[float, Group]]:
    """The ways to say something by how much they count: as it was typed, and in other words at the most that one of them counts."""
    others = tuple(one for one in group.alternatives if one.weight < 1)
    typed = replace(group, alternatives=tuple(one for one in group.alternatives if one.weight == 1))
    if not others or not typed.alternatives:
        return [(max((one.weight for one in others), default=1.0), group)]
    return [(1.0, typed), (max(one.weight for one in others), replace(group, alternatives=others, province=None))]


def rarity(count: int) -> float:
    """The weight of something by in how many entries it stands, counted up to ALL_OF_THEM."""
    known = min(count, ALL_OF_THEM)
    return log(1 + (ALL_OF_THEM - known + 0.5) / (known + 0.5))


def filter_queries(plan: SearchPlan) -> list[str]:
    """Of each filter any of its values."""
    return [
        any_of(quoted(f"={facet_token(name, value)}") for value in values)
        for name, values in plan.filters.items()
        if name in FACETS
    ]


def any_of(queries: Iterable[str]) -> str:
    """A query of which one is enough."""
    return joined(" | ", queries)


def all_of(queries: Iterable[str]) -> str:
    """A query of which all are needed."""
    return joined(" & ", queries)


def joined(by: str, queries: Iterable[str]) -> str:
    """Queries put together; nothing of nothing."""
    kept = [query for query in queries if query]
    return kept[0] if len(kept) == 1 else f"({by.join(kept)})" if kept else ""
