"""The contract of a search engine. An engine knows tokens and plans, never a reader's text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from portal.search.plan import SearchPlan


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to be found. Texts are tokens joined by blanks; `facets` are both filters and columns to count."""

    key: str  # kind:name, unique
    title: str
    text: str
    parts: str
    grams: str
    places: str
    facets: Mapping[str, tuple[str, ...]]
    moment: int  # seconds since 1970, for newest first
    order: str  # Thai sort key of the title


@dataclass(frozen=True, slots=True)
class Found:
    """What an engine found: keys of the page, exact total, and counts of each facet's values over all that was found."""

    keys: tuple[str, ...]
    total: int
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    loose: bool = False  # nothing had all the words; these share only pieces of them


class Engine(Protocol):
    """A search engine. `update` is one commit; a search after it sees it whole, a search before it nothing."""

    def search(self, plan: SearchPlan) -> Found:
        """Find what the plan asks for. Raises PortalError("search-rebuilding") when there is no index."""
        ...

    def update(self, entries: Iterable[Entry], gone: Iterable[str]) -> None:
        """Add or replace entries and delete the keys in `gone`, in one commit."""
        ...

    def rebuild(self, entries: Iterable[Entry]) -> int:
        """Build a new index of exactly these entries and switch to it; searches go on in the old one. Returns how many."""
        ...

    def keys(self) -> set[str]:
        """All keys in the index, for comparing it with the catalogue."""
        ...

    def usable(self) -> bool:
        """Whether there is an index made by this release's analysis that opens."""
        ...
