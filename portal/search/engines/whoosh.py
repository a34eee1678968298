"""The embedded engine: Whoosh (distribution `whoosh3`, pinned exactly) behind our own plans.

Known traps and what is done about them (libraries.md §3.5, safety.md §6.4): its query parser is never imported; filters go
into the query as a constant-score part; facets are counted over columns held in memory, not by `groupedby`; a commit opens a
fresh searcher, `refresh()` is never used; files are hashed before they are opened, because opening one runs what it says.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from whoosh import index, query
from whoosh.analysis import SpaceSeparatedTokenizer
from whoosh.fields import ID, KEYWORD, STORED, TEXT, Schema
from whoosh.searching import Searcher

from portal.errors import PortalError
from portal.search.analysis import stamp
from portal.search.engines import FACETS, Entry, Found
from portal.search.engines.generations import Generation, Generations
from portal.search.engines.whoosh_columns import Columns, FacetNumbers, Segment, read_segment
from portal.search.engines.whoosh_queries import facet_token, filters_query, loose_query, strict_query
from portal.search.plan import SearchPlan

LAYOUT = "2"  # of the fields below; another one is another index


def schema() -> Schema:
    """The fields of the index. All text fields hold our tokens, split at blanks."""
    tokens = SpaceSeparatedTokenizer()
    return Schema(
        key=ID(unique=True),
        title=TEXT(analyzer=tokens, phrase=True),
        text=TEXT(analyzer=tokens, phrase=True),
        parts=TEXT(analyzer=tokens, phrase=False),
        places=TEXT(analyzer=tokens, phrase=False),
        grams=TEXT(analyzer=tokens, phrase=False),
        facets=KEYWORD(scorable=False),
        columns=STORED,
    )


@dataclass(slots=True)
class Snapshot:
    """One open searcher with the columns of its documents; a commit makes the next one."""

    generation: Generation
    searcher: Searcher
    columns: Columns
    segments: Mapping[str, Segment]  # by segment id: what the next snapshot need not read again
    everything: dict[str, list[int]] = field(default_factory=dict)  # sort → all documents in that order


class WhooshEngine:
    """The engine over `folder`. Its searcher is used by one thread at a time: it keeps places in files."""

    def __init__(self, folder: Path) -> None:
        self.generations = Generations(folder, f"whoosh{LAYOUT}", stamp())
        self._lock = threading.RLock()
        self._snapshot: Snapshot | None = None
        self._numbers = FacetNumbers()
        os.register_at_fork(after_in_child=self._forget)

    # --- reading ---

    def usable(self) -> bool:
        """Whether there is an index of this release's analysis that opens."""
        try:
            with self._reading():
                return True
        except PortalError as error:
            if error.code != "search-rebuilding":
                raise
            return False

    def marks(self) -> Mapping[str, str]:
        """Key → mark of all entries."""
        with self._reading() as snapshot:
            columns = snapshot.columns
            return {columns.keys[number]: columns.marks[number] for number in snapshot.searcher.reader().all_doc_ids()}

    def search(self, plan: SearchPlan) -> Found:
        """Find what the plan asks for: everything that fulfils it, else what has some of it."""
        with self._reading() as snapshot:
            wanted = filters_query(plan.filters)
            asked = strict_query(plan)
            if asked is None or not plan.groups:
                return unranked(snapshot, both(asked, wanted), plan)
            found = ranked(snapshot, asked, wanted, plan)
            if found.total:
                return found
            loose = loose_query(plan)
            if loose is not None:
                found = ranked(snapshot, loose, wanted, plan)
            return replace(found, loose=bool(found.total))

    @contextlib.contextmanager
    def _reading(self) -> Iterator[Snapshot]:
        """The newest commit, for this thread alone. Whatever reading in it raises means that the index is not sound."""
        with self._lock:
            snapshot = self._current()
            try:
                yield snapshot
            except PortalError:
                raise
            except Exception as error:
                self._close()
                raise PortalError("search-rebuilding") from error

    def _current(self) -> Snapshot:
        """The snapshot of the newest commit: a look at one small file tells whether there was one."""
        told = self.generations.told()
        for _ in range(5):
            if self._snapshot is not None and self._snapshot.generation.pointer == told:
                return self._snapshot
            try:
                opened = self._open(self.generations.current())
            except PortalError:
                newest = self.generations.told()
                if newest == told:
                    self._close()
                    raise
                told = newest  # a commit came between and took the folder away
                continue
            self._close()
            self._snapshot = opened
            return opened
        raise PortalError("search-rebuilding")

    def _open(self, generation: Generation) -> Snapshot:
        kept = self._snapshot
        self.generations.check(generation, kept.generation.files if kept else {})
        try:
            searcher = index.open_dir(str(generation.folder), readonly=True).searcher()
            leaves = [leaf for leaf, _ in searcher.reader().leaf_readers()]
            segments = {}
            for leaf in leaves:
                name = leaf.segment().segment_id() if leaf.segment() else ""
                known = kept.segments.get(name) if kept and name else None
                segments[name] = known or read_segment(leaf, self._numbers)
        except Exception as error:  # a broken index raises whatever its bytes lead to; it is rebuilt, never trusted
            raise PortalError("search-rebuilding") from error
        return Snapshot(generation, searcher, Columns(list(segments.values()), self._numbers), segments)

    def _close(self) -> None:
        """Close the searcher in use: its files are held open until then."""
        snapshot, self._snapshot = self._snapshot, None
        if snapshot is not None:
            with contextlib.suppress(Exception):
                snapshot.searcher.close()

    def _forget(self) -> None:
        """In a forked child: files shared with the parent are left alone, and opened anew."""
        self._lock = threading.RLock()
        self._snapshot = None

    # --- writing ---

    def update(self, entries: Iterable[Entry], gone: Iterable[str]) -> None:
        """Replace `entries` and delete `gone` in one commit."""
        snapshot = self._snapshot
        with self.generations.writing(anew=False, known=snapshot.generation.files if snapshot else {}) as draft:
            writer = index.open_dir(str(draft)).writer()
            try:
                for key in gone:
                    writer.delete_by_term("key", key)
                for entry in entries:
                    writer.update_document(**document(entry))
            except BaseException:
                writer.cancel()
                raise
            writer.commit()

    def rebuild(self, entries: Iterable[Entry]) -> int:
        """Build beside the index in force, then switch."""
        with self.generations.writing(anew=True, known={}) as draft:
            writer = index.create_in(str(draft), schema()).writer()
            count = 0
            for entry in entries:
                writer.add_document(**document(entry))
                count += 1
            writer.commit()
        return count


def document(entry: Entry) -> dict[str, Any]:
    """An entry as Whoosh takes it. Facet values are filter tokens and, in `columns`, what is counted."""
    columns = {
        "key": entry.key,
        "mark": entry.mark,
        "moment": entry.moment,
        "order": entry.order,
        "facets": entry.facets,
    }
    return {
        "key": entry.key,
        "title": entry.title,
        "text": entry.text,
        "parts": entry.parts,
        "places": entry.places,
        "grams": entry.grams,
        "facets": " ".join(facet_token(name, value) for name, values in entry.facets.items() for value in values),
        "columns": json.dumps(columns, ensure_ascii=False),
    }


def both(asked: query.Query | None, wanted: query.Query | None) -> query.Query | None:
    """A query within filters, which count for nothing in the ranking."""
    if wanted is None or asked is None:
        return asked or wanted
    return query.And([asked, query.ConstantScoreQuery(wanted, 0.0)])


def ranked(snapshot: Snapshot, asked: query.Query, wanted: query.Query | None, plan: SearchPlan) -> Found:
    """Two passes: the ids of all hits, unscored, for total and facets; then the ranked page with a limit."""
    within = both(asked, wanted)
    ids = list(snapshot.searcher.docs_for_query(within))
    page: list[int] = []
    if plan.offset < len(ids) and plan.limit:
        if plan.sort == "relevance":
            hits = snapshot.searcher.search(within, limit=plan.offset + plan.limit)
            page = [hit.docnum for hit in hits][plan.offset :]
        else:
            page = snapshot.columns.in_order(ids, plan.sort)[plan.offset : plan.offset + plan.limit]
    return found_of(snapshot, page, ids)


def unranked(snapshot: Snapshot, asked: query.Query | None, plan: SearchPlan) -> Found:
    """No words, only filters or nothing: newest first, or by title."""
    if asked is None:
        ids = snapshot.everything.get(plan.sort)
        if ids is None:
            ids = snapshot.columns.in_order(snapshot.searcher.reader().all_doc_ids(), plan.sort)
            snapshot.everything[plan.sort] = ids
    else:
        ids = snapshot.columns.in_order(snapshot.searcher.docs_for_query(asked), plan.sort)
    return found_of(snapshot, ids[plan.offset : plan.offset + plan.limit], ids)


def found_of(snapshot: Snapshot, page: list[int], ids: list[int]) -> Found:
    """The page's keys, the exact total, and the facets of all hits."""
    columns = snapshot.columns
    return Found(tuple(columns.keys[number] for number in page), len(ids), columns.counts(ids, FACETS))
