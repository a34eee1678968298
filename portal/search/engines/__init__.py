"""The contract of a search engine. An engine knows tokens and plans, never a reader's text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy import Connection

from portal.search.plan import SearchPlan

WORD_FIELDS = ("title", "text", "parts", "places")
FACETS = ("province", "region", "sector", "publisher", "kind", "format", "licence", "profile", "updated")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to be found. Texts are tokens (`analysis.py`) joined by blanks; `facets` are filters and counted alike."""

    key: str  # kind:name, unique
    mark: str  # what of the catalogue it was made from: another mark means that it must be made anew
    title: str
    text: str
    parts: str
    runs: str  # of Thai, once each: what the engine makes trigrams of
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
    loose: bool = False  # nothing had all that was asked for; these have some of it
    near: tuple[
        str, ...
    ] = ()  # where the hits end within the page, or there are none: what has something of what was asked for, not counted


class Engine(Protocol):
    """A search engine. `update` is one commit; a search after it, in any process, sees it whole, one before it nothing.

    Its methods may be called from any thread. Whoever writes holds the turn of `outbox.py`, so that the newest state of
    the catalogue is also what is written last.
    """

    def search(self, plan: SearchPlan) -> Found:
        """Find what the plan asks for. Raises PortalError("search-rebuilding") when there is no sound index."""
        ...

    def update(self, entries: Iterable[Entry], gone: Iterable[str]) -> None:
        """Add or replace entries and delete the keys in `gone`, in one commit. Raises as `search` does."""
        ...

    def rebuild(self, entries: Iterable[Entry]) -> int:
        """Build a new index of exactly these entries and switch to it; searches go on in the old one. Returns how many."""
        ...

    def marks(self) -> Mapping[str, str]:
        """Key → mark of all entries, for comparing the index with the catalogue. Raises as `search` does."""
        ...

    def known(self, words: Iterable[str]) -> frozenset[str]:
        """Those of the words that some entry holds, or lately held, in one of WORD_FIELDS. Raises as `search` does."""
        ...

    def usable(self) -> bool:
        """Whether there is an index made by this release's analysis that opens."""
        ...


class EngineWithin(Engine, Protocol):
    """An engine that lives in the catalogue's own database, and so can be written in the catalogue's transactions."""

    def update_within(self, connection: Connection, entries: Iterable[Entry], gone: Iterable[str]) -> None:
        """What `update` does, committed or rolled back with the caller's transaction. Does nothing without a sound index."""
        ...
