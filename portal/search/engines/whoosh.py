"""The embedded engine: Whoosh (distribution `whoosh3`, pinned exactly) behind our own plans.

Whoosh keeps the words and finds phrases; what is found and how it is ranked is decided over its lists (`whoosh_finding.py`).
Known traps and what is done about them (libraries.md §3.5, safety.md §6.4): its query parser is never imported; filters and
facets are sets and columns, not `filter` and `groupedby`; a commit opens a fresh searcher, `refresh()` is never used; files are
hashed before they are opened, because opening one runs what it says.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

from whoosh import index
from whoosh.analysis import SpaceSeparatedTokenizer
from whoosh.fields import STORED, TEXT, FieldType, Schema
from whoosh.formats import Existence
from whoosh.searching import Searcher
from whoosh.writing import IndexWriter

from portal.errors import PortalError
from portal.search.analysis import grams_of, stamp
from portal.search.engines import FACETS, WORD_FIELDS, Entry, Found
from portal.search.engines.generations import Generation, Generations
from portal.search.engines.weighing import ORDERED, facet_token
from portal.search.engines.whoosh_columns import Columns, FacetNumbers, Segment, read_segment, read_words, segment_name
from portal.search.engines.whoosh_finding import Finder
from portal.search.engines.whoosh_postings import Postings, order_of
from portal.search.plan import SearchPlan

SEGMENT = 4_000  # entries of one segment of a new index: as many as a writer holds without sorting on disk
WRITER_MIB = 512  # as Whoosh counts them; about half of it is ever used
LAYOUT = "6"  # of the fields below; another one is another index


class Words(FieldType):  # type: ignore[misc]
    """A field of tokens split at blanks, of which only is told which documents hold them: half the work of a text field."""

    def __init__(self, unique: bool = False) -> None:
        super().__init__(Existence(), SpaceSeparatedTokenizer(), scorable=False, unique=unique)

    def index(self, value: str, **_options: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        """What the writer asks for: each token once, with its number and weight of one, and nothing beside."""
        return ((word.encode(), 1, 1.0, b"") for word in dict.fromkeys(value.split(" ")) if word)


def schema() -> Schema:
    """The fields of the index. All text fields hold our tokens, split at blanks.

    Only of two is the order kept, for phrases, and beside them: who asks for a word alone does not read where it stands.
    """
    ordered = {order_of(name): TEXT(analyzer=SpaceSeparatedTokenizer(), phrase=True) for name in ORDERED}
    others = {name: Words() for name in (*WORD_FIELDS, "grams", "facets")}
    return Schema(key=Words(unique=True), columns=STORED, **ordered, **others)


@dataclass(slots=True)
class Snapshot:
    """One open searcher with the columns of its documents; a commit makes the next one."""

    generation: Generation
    searcher: Searcher
    postings: Postings
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
        self._words: Mapping[str, frozenset[str]] = {}  # by segment
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

    def known(self, words: Iterable[str]) -> frozenset[str]:
        """Those of the words that some entry holds. A segment's words are read when they are first asked for."""
        asked = frozenset(words)
        with self._reading() as snapshot:
            leaves = {segment_name(leaf): leaf for leaf, _ in snapshot.searcher.reader().leaf_readers()}
            self._words = {name: self._words.get(name) or read_words(leaf) for name, leaf in leaves.items()}
            return frozenset().union(*(asked & held for held in self._words.values()))

    def search(self, plan: SearchPlan) -> Found:
        """Find what the plan asks for: everything that fulfils it, else what has some of it."""
        with self._reading() as snapshot:
            finder = Finder(snapshot.postings, snapshot.columns)
            if not plan.groups:
                return self._unranked(snapshot, finder, plan)
            hits = finder.strict(plan)
            loose = not hits.documents
            if loose:
                hits = finder.loose(plan)
            last = plan.offset + plan.limit
            if plan.sort == "relevance":
                page = finder.best(hits, plan.offset, last) if plan.limit else []
            else:
                page = snapshot.columns.in_order(hits.documents, plan.sort)[plan.offset : last]
            found = found_of(snapshot, page, hits.documents)
            room = last - max(found.total, plan.offset) if plan.limit else 0
            near = finder.near(plan, room, hits.documents) if room > 0 and plan.may_be_near else []
            keys = tuple(snapshot.columns.keys[number] for number in near)
            return replace(found, loose=loose and bool(found.total), near=keys)

    def _unranked(self, snapshot: Snapshot, finder: Finder, plan: SearchPlan) -> Found:
        """No words, only filters, exclusions or nothing: newest first, or by title."""
        everything = snapshot.everything.get(plan.sort)
        if everything is None:
            everything = snapshot.columns.in_order(snapshot.searcher.reader().all_doc_ids(), plan.sort)
            snapshot.everything[plan.sort] = everything
        passed = finder.within(plan)
        if passed is not None or plan.excluded:
            kept = finder.without_excluded(set(everything) if passed is None else passed, plan)
            everything = [number for number in everything if number in kept]
        return found_of(snapshot, everything[plan.offset : plan.offset + plan.limit], everything)

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
                name = segment_name(leaf)
                known = kept.segments.get(name) if kept and name else None
                segments[name] = known or read_segment(leaf, self._numbers)
        except Exception as error:  # a broken index raises whatever its bytes lead to; it is rebuilt, never trusted
            raise PortalError("search-rebuilding") from error
        return Snapshot(
            generation, searcher, Postings(searcher), Columns(list(segments.values()), self._numbers), segments
        )

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
        newest = {
            entry.key: entry for entry in entries
        }  # Whoosh replaces what was committed, not what it has just been given
        snapshot = self._snapshot
        with self.generations.writing(anew=False, known=snapshot.generation.files if snapshot else {}) as draft:
            with closed_whole(index.open_dir(str(draft)).writer()) as writer:
                for key in gone:
                    writer.delete_by_term("key", key)
                for entry in newest.values():
                    writer.update_document(**document(entry))
            writer.commit()

    def rebuild(self, entries: Iterable[Entry]) -> int:
        """Build beside the index in force, then switch."""
        count = 0
        with self.generations.writing(anew=True, known={}) as draft:
            index.create_in(str(draft), schema())
            remaining = iter(entries)
            while True:
                some = 0
                with closed_whole(index.open_dir(str(draft)).writer(limitmb=WRITER_MIB)) as writer:
                    for entry in islice(remaining, SEGMENT):
                        writer.add_document(**document(entry))
                        some += 1
                writer.commit(merge=False)
                count += some
                if some < SEGMENT:
                    return count


@contextlib.contextmanager
def closed_whole(writer: IndexWriter) -> Iterator[IndexWriter]:
    """A writer whose files are closed when what it is given fails."""
    try:
        yield writer
    except BaseException:
        writer.cancel()
        raise


def document(entry: Entry) -> dict[str, Any]:
    """An entry as Whoosh takes it. Facet values are filter tokens and, in `columns`, what is counted."""
    columns = {
        "key": entry.key,
        "mark": entry.mark,
        "moment": entry.moment,
        "order": entry.order,
        "facets": entry.facets,
        "lengths": [len(entry.title.split()), len(entry.text.split())],
    }
    return {
        "key": entry.key,
        "title": entry.title,
        "text": entry.text,
        order_of("title"): entry.title,
        order_of("text"): entry.text,
        "parts": entry.parts,
        "places": entry.places,
        "grams": " ".join(grams_of(entry.runs)),
        "facets": " ".join(facet_token(name, value) for name, values in entry.facets.items() for value in values),
        "columns": json.dumps(columns, ensure_ascii=False),
    }


def found_of(snapshot: Snapshot, page: list[int], documents: Collection[int]) -> Found:
    """The page's keys, the exact total, and the facets of all hits."""
    columns = snapshot.columns
    return Found(tuple(columns.keys[number] for number in page), len(documents), columns.counts(documents, FACETS))
