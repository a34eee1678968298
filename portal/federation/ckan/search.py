"""`package_search`: conditions over the catalogue's fields, words by the common SearchPlan through whichever engine is in force."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import reduce

from harvesters.thai.text import fold
from portal.errors import PortalError
from portal.federation.ckan.fields import SORTS, TEXTS, Catalogue
from portal.federation.ckan.solr import (
    AllOf,
    AnyOf,
    Between,
    Equals,
    Everything,
    Node,
    Not,
    Words,
    query_wrong,
    read_query,
    reads_as_query,
)
from portal.search.entries import dataset_key
from portal.search.filters import FILTER_WORDS
from portal.search.mending import mend_soon
from portal.search.outbox import engine
from portal.search.plan import make_plan

MOST_FOUND = 100_000  # datasets of one text
MOST_TEXTS = 8  # texts of one query: each is a search of its own
OUR_FILTERS = {word: name for word, name in FILTER_WORDS.items() if name != "kind"}  # จังหวัด:แพร่, as on the page
DEFAULT_SORT = "score desc, metadata_modified desc"
_NOW = re.compile(r"NOW(?:/[A-Z]+)?(?:(?P<sign>[+-])(?P<count>\d{1,6})(?P<unit>[A-Z]+?)S?)?(?:/[A-Z]+)?")
_SECONDS = {"SECOND": 1, "MINUTE": 60, "HOUR": 3600, "DAY": 86_400, "WEEK": 604_800, "MONTH": 2_629_746, "YEAR": 31_556_952}  # fmt: skip
_START = "2000-01-01T00:00:00.000000"  # completes a moment that is told by its day alone
MOMENT_WANTED = "a moment is written 2026-01-01T00:00:00Z, or NOW-7DAYS"
MOST_SECONDS = 10_000_000_000  # three centuries: no dataset is older


@dataclass
class Search:
    """One search as it goes on: the catalogue, and in which order the engine gave the texts."""

    catalogue: Catalogue
    ranks: dict[int, int] = field(default_factory=dict)
    texts: int = 0

    def find(self, node: Node, *, refused: bool = False) -> set[int]:
        """The numbers of the datasets that fit. Raises PortalError: query-wrong, search-rebuilding."""
        match node:
            case Everything():
                return set(self.catalogue.bases)
            case Words():
                return self.of_text(node.text, {}, strict=refused)
            case Equals():
                return self.equal(node)
            case Between():
                return self.between(node)
            case Not():
                return set(self.catalogue.bases) - self.find(node.other, refused=True)
            case AllOf():
                return reduce(set.intersection, (self.find(part, refused=refused) for part in node.parts))
            case AnyOf():
                return reduce(set.union, (self.find(part, refused=refused) for part in node.parts))

    def of_text(self, text: str, filters: dict[str, tuple[str, ...]], *, strict: bool) -> set[int]:
        """The datasets that a search for a text finds, in the engine's order; what only comes near counts unless `strict`."""
        self.texts += 1
        if self.texts > MOST_TEXTS:
            raise query_wrong(text, f"it has more than {MOST_TEXTS} texts apart from each other")
        plan = make_plan(text, {"kind": ("dataset",), **filters}, limit=MOST_FOUND)
        if not plan.groups and not plan.excluded and len(plan.filters) == 1:
            return set(self.catalogue.bases) if not text.strip() else set()  # only signs: nothing holds them
        try:
            found = engine().search(plan)
        except PortalError as error:
            if error.code == "search-rebuilding":
                mend_soon()
            raise
        if found.loose and strict:
            return set()
        known = {dataset_key(name): number for name, number in self.catalogue.numbers.items()}
        numbers = [known[key] for key in found.keys if key in known]
        for rank, number in enumerate(numbers):
            self.ranks.setdefault(number, rank)
        return set(numbers)

    def equal(self, node: Equals) -> set[int]:
        """The datasets whose field has a value. Raises PortalError for a field that nobody knows."""
        wanted = fold(node.value)
        if node.field in OUR_FILTERS and not self.catalogue.knows(node.field):
            return self.of_text("", {OUR_FILTERS[node.field]: (node.value,)}, strict=True)
        values = self.values(node.field, node.value)
        if node.pattern:
            fits = re.compile(".*".join(re.escape(part) for part in wanted.split("*")), re.DOTALL)
            return {number for number, value in values if fits.fullmatch(fold(value))}
        if node.field in TEXTS:
            words = wanted.split()
            return {number for number, value in values if all(word in fold(value) for word in words)}
        return {number for number, value in values if fold(value) == wanted}

    def between(self, node: Between) -> set[int]:
        """The datasets whose field lies within bounds, compared as text: moments are ISO 8601 without a zone."""
        first, last = (bound_of(one, node) for one in (node.first, node.last))
        return {
            number
            for number, value in self.values(node.field, f"[{node.first} TO {node.last}]")
            if (first is None or value > first or (value == first and node.closed[0]))
            and (last is None or value < last or (value == last and node.closed[1]))
        }

    def values(self, name: str, asked: str) -> list[tuple[int, str]]:
        """The values of a field. Raises PortalError for one that nobody knows."""
        if not self.catalogue.knows(name):
            raise query_wrong(f"{name}:{asked}", f"undefined field ‘{name[:40]}’")
        return self.catalogue.values(name)

    def ordered(self, numbers: set[int], sort: str) -> list[int]:
        """The datasets in an order that is total, so that paging gives each once. Raises PortalError for an unknown order."""
        found = sorted(numbers, key=self.catalogue.sort_key("id"))
        for name, downwards in reversed(parsed_sort(sort)):
            if name == "score":
                last = len(self.ranks)
                found.sort(key=lambda number: self.ranks.get(number, last), reverse=not downwards)
            else:
                found.sort(key=self.catalogue.sort_key(name), reverse=downwards)
        return found

    def counted(self, numbers: set[int], name: str) -> Counter[str]:
        """How many of the datasets have each value of a field."""
        pairs = {(number, value) for number, value in self.catalogue.values(name) if number in numbers}
        return Counter(value for _number, value in pairs)


def parsed_sort(sort: str) -> list[tuple[str, bool]]:
    """The fields of an order, each with whether it goes downwards. Raises PortalError for what is none."""
    found = []
    for part in filter(str.strip, sort.split(",")):
        name, *way = part.split()
        if name not in SORTS or len(way) > 1 or (way and way[0].lower() not in ("asc", "desc")):
            raise query_wrong(sort, f"it can be sorted by {', '.join(SORTS)}, each asc or desc")
        found.append((name, bool(way) and way[0].lower() == "desc"))
    return found


def bound_of(text: str, node: Between) -> str | None:
    """A bound as values are compared with it; None for `*`. Raises PortalError for a moment that is none."""
    if text == "*":
        return None
    if not node.field.startswith("metadata_"):
        return text.strip('"')
    now = _NOW.fullmatch(text)
    if now is None:
        told = text.strip('"').removesuffix("Z").removesuffix("+00:00")
        try:
            return f"{datetime.fromisoformat(told + _START[len(told) :]):%Y-%m-%dT%H:%M:%S.%f}"
        except ValueError:
            raise query_wrong(text, MOMENT_WANTED) from None
    unit = now["unit"] or "DAY"
    seconds = int(now["count"] or 0) * _SECONDS.get(unit, -1)
    if not 0 <= seconds <= MOST_SECONDS:
        raise query_wrong(text, MOMENT_WANTED)
    way = -1 if now["sign"] == "-" else 1
    return f"{datetime.now(UTC) + timedelta(seconds=way * seconds):%Y-%m-%dT%H:%M:%S.%f}"


def search_packages(q: str, filters: Sequence[str], sort: str) -> tuple[Search, list[int]]:
    """What `q` and each of the filters find, in order. Raises PortalError: query-wrong, search-rebuilding."""
    search = Search(Catalogue())
    found = search.find(read_query(q) if reads_as_query(q) else Words(q) if q.strip(" *") else Everything())
    for text in filters:
        found &= search.find(read_query(text))
    return search, search.ordered(found, sort or DEFAULT_SORT)
