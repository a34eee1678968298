"""What counts how much, and which fields are asked for what: the same for every engine, so that all find the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from portal.search.engines import FACETS, Entry
from portal.search.plan import Alternative, Group, SearchPlan

WEIGHTS: Mapping[str, float] = {"title": 4.0, "places": 3.0, "text": 1.0, "parts": 0.6}
PLACE_WEIGHTS = {name: weight for name, weight in WEIGHTS.items() if name != "parts"}  # แพร่ is not meant by เผยแพร่
ORDERED = ("title", "text")  # fields whose words stand in order
ABOUT_WEIGHT = 3.0  # of being about a province
GRAM_WEIGHT = 0.3
MOST_GRAMS = 8  # of a query, the rarest
NEAR_GRAM_WEIGHT = 0.9  # where trigrams only rank what comes near
NARROW = ("province", "publisher")  # facets of many values: counted one by one
BROAD = tuple(
    name for name in FACETS if name not in NARROW
)  # of few: entries with the same of all are counted together
MOST_POSTINGS = 60_000  # read for what comes near; beyond, the commonest words are left out
PHRASE_COST = 8  # looking for words side by side in a document costs about as much as reading so many numbers


def fields_for(group: Group, one: Alternative) -> Sequence[str]:
    """The fields in which one way to say something is looked for: words side by side only where words stand in order."""
    if len(one.words) > 1:
        return ORDERED
    return tuple(WEIGHTS if group.province is None else PLACE_WEIGHTS)


def facet_token(name: str, value: str) -> str:
    """A filter as one token; blanks inside a value are made unbreakable."""
    return f"{name}={value.casefold().replace(' ', '_')}"


def facets_of(entry: Entry, names: Iterable[str]) -> list[str]:
    """What of some facets is counted of an entry."""
    return [f"{name}={value}" for name in names for value in entry.facets.get(name, ())]


def facet_of(told: str) -> tuple[str, str]:
    """The facet and the value of what `facets_of` tells."""
    name, _, value = told.partition("=")
    return name, value


def no_counts() -> dict[str, dict[str, int]]:
    """The counts of all facets where nothing was found."""
    return {name: {} for name in FACETS}


def add_count(counts: Mapping[str, dict[str, int]], told: str, number: int) -> None:
    """Count a value, as `facets_of` tells it, so many times more."""
    name, value = facet_of(told)
    if name in counts:
        counts[name][value] = counts[name].get(value, 0) + number


def commonness(group: Group, count: Callable[[str, str], int]) -> int:
    """About how many documents have what was asked for; `count` tells of (field, word) in how many it stands."""
    words = sum(min(count(name, word) for word in one.words) for one in group.alternatives for name in WEIGHTS)
    return words + (count("facets", facet_token("province", group.province)) if group.province else 0)


def cost(group: Group, count: Callable[[str, str], int]) -> int:
    """About how much there is to read for what was asked for, in numbers of documents."""
    by_words = sum(
        PHRASE_COST * min(count(name, word) for word in one.words)
        for one in group.alternatives
        if len(one.words) > 1
        for name in ORDERED
    )
    return commonness(group, count) + by_words


def speaking_for(plan: SearchPlan) -> list[Group]:
    """What may speak for an entry that has not all: what was asked for, and the clues beside it."""
    return [*plan.groups, *plan.clues]


def within_bounds(groups: Iterable[Group], costs: Callable[[Group], int], most: int = MOST_POSTINGS) -> list[Group]:
    """As many groups as may be read together, the cheapest first; one at least."""
    room = most
    kept: list[Group] = []
    for group in sorted(groups, key=costs):
        room -= costs(group)
        if room < 0 and kept:
            break
        kept.append(group)
    return kept
