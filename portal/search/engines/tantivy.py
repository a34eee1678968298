"""The fast engine: tantivy (extra `fast`) behind our own plans, for catalogues beyond some ten thousand entries.

Its query parser and tokenizers are never used: fields are split at blanks, queries are built from a plan. Its files are write-once,
so commits share them (`generations.py`); a reader opens the generation in force and never watches a folder.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from tantivy import Document, Index, IndexWriter, Occur, Order, Query, Schema, SchemaBuilder, Searcher

from portal.errors import PortalError
from portal.search.analysis import stamp
from portal.search.engines import WORD_FIELDS, Entry, Found
from portal.search.engines.generations import Generation, Generations
from portal.search.engines.tantivy_queries import Asking
from portal.search.engines.weighing import BROAD, NARROW, ORDERED, add_count, facet_token, facets_of, no_counts
from portal.search.plan import SearchPlan

LAYOUT = "3"  # of the fields below; another one is another index
WRITER_BYTES = 128_000_000
MOST_VALUES = (
    50_000  # of all facets together, as tantivy counts them: those of few values by what of them goes together
)
LATEST = 10**12  # seconds; newest first is ascending by what is left until then
SEPARATOR = (
    "\x01"  # between what a text is sorted by and the key that decides between equals, and between facets told together
)
SORT_FIELDS = {"newest": "newest", "title": "order"}


@lru_cache(maxsize=1)
def schema() -> Schema:
    """The fields of the index. Of two the order of words is kept, for phrases; fast fields are for sorting and counting."""
    builder = SchemaBuilder()
    builder.add_text_field("key", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_bytes_field("mark", stored=True)
    for name in ORDERED:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    for name in ("parts", "places", "grams", "facets"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="basic")
    for name in ("counted", *SORT_FIELDS.values()):
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One open generation. Of all threads together: a tantivy searcher never changes."""

    generation: Generation
    searcher: Searcher
    everything: Mapping[str, Mapping[str, int]]  # the facets of all entries


class TantivyEngine:
    """The engine over `folder`."""

    def __init__(self, folder: Path) -> None:
        self.generations = Generations(folder, f"tantivy{LAYOUT}", stamp())
        self._lock = threading.Lock()
        self._snapshot: Snapshot | None = None
        os.register_at_fork(after_in_child=self._forget)

    def _forget(self) -> None:
        """In a forked child: a lock that the parent held would never be let go."""
        self._lock = threading.Lock()
        self._snapshot = None

    # --- reading ---

    def usable(self) -> bool:
        """Whether there is an index of this release's analysis that opens."""
        try:
            self._current()
        except PortalError as error:
            if error.code != "search-rebuilding":
                raise
            return False
        return True

    def marks(self) -> Mapping[str, str]:
        """Key → mark of all entries."""
        searcher = self._current().searcher
        found = searcher.search(Query.all_query(), limit=max(1, searcher.num_docs), count=False).hits
        told = (searcher.doc(address) for _, address in found)
        return {one["key"][0]: bytes(one["mark"][0]).decode() for one in told}

    def known(self, words: Iterable[str]) -> frozenset[str]:
        """Those of the words that some entry holds."""
        count = self._current().searcher.doc_freq
        return frozenset(word for word in words if any(count(name, word) for name in WORD_FIELDS))

    def search(self, plan: SearchPlan) -> Found:
        """Find what the plan asks for: everything that fulfils it, else what has some of it."""
        snapshot = self._current()
        try:
            asking = Asking(schema(), snapshot.searcher)
            found = page_of(snapshot, asking.strict(plan), plan, mostly=asking.mostly(plan))
            if not plan.groups:
                return found
            loose = not found.total
            for query in asking.loosely(plan) if loose else ():
                found = page_of(snapshot, query, plan)
                if found.total:
                    break
            if plan.may_be_near:
                found = with_near(snapshot, partial(asking.near, plan, beside=not loose), plan, found)
        except ValueError as error:  # as tantivy tells of a damaged index
            self._snapshot = None
            raise PortalError("search-rebuilding") from error
        return replace(found, loose=loose and bool(found.total))

    def _current(self) -> Snapshot:
        """The newest generation: a look at one small file tells whether there was a commit."""
        told = self.generations.told()
        kept = self._snapshot
        if kept is not None and kept.generation.pointer == told:
            return kept
        with self._lock:
            for _ in range(5):
                try:
                    opened = self._open(self.generations.current())
                except PortalError:
                    newest = self.generations.told()
                    if newest == told:
                        self._snapshot = None
                        raise
                    told = newest  # a commit came between and took the folder away
                    continue
                self._snapshot = opened
                return opened
        raise PortalError("search-rebuilding")

    def _open(self, generation: Generation) -> Snapshot:
        kept = self._snapshot
        if kept is not None and kept.generation.pointer == generation.pointer:
            return kept
        self.generations.check(generation, kept.generation.files if kept else {})
        try:
            searcher = opened(generation.folder).searcher()
            return Snapshot(generation, searcher, counts(searcher, Query.all_query()))
        except (ValueError, OSError) as error:
            raise PortalError("search-rebuilding") from error

    # --- writing ---

    def update(self, entries: Iterable[Entry], gone: Iterable[str]) -> None:
        """Replace `entries` and delete `gone` in one commit."""
        newest = {entry.key: entry for entry in entries}
        snapshot = self._snapshot
        with self.generations.writing(anew=False, known=snapshot.generation.files if snapshot else {}) as draft:
            writer = writer_of(opened(draft))
            for key in (*gone, *newest):
                writer.delete_documents_by_term("key", key)
            for entry in newest.values():
                writer.add_document(document(entry))
            finish(writer)

    def rebuild(self, entries: Iterable[Entry]) -> int:
        """Build beside the index in force, then switch."""
        count = 0
        with self.generations.writing(anew=True, known={}) as draft:
            writer = writer_of(Index(schema(), path=str(draft)))
            for entry in entries:
                writer.add_document(document(entry))
                count += 1
            finish(writer)
        return count


def opened(folder: Path) -> Index:
    """An index whose reader stands still: it never looks for commits by itself."""
    index = Index.open(str(folder))
    index.config_reader("manual")
    return index


def writer_of(index: Index) -> IndexWriter:
    """A writer of one thread, so that a commit is one segment."""
    return index.writer(heap_size=WRITER_BYTES, num_threads=1)


def finish(writer: IndexWriter) -> None:
    """Commit, and wait until the segments that are merged have been, so that the files stand still."""
    writer.commit()
    writer.wait_merging_threads()


def document(entry: Entry) -> Document:
    """An entry as tantivy takes it. Facet values are filter tokens and, in `counted`, what is counted (all of BROAD as one)."""
    pairs = [(name, value) for name, values in entry.facets.items() for value in values]
    made = Document()
    made.add_text("key", entry.key)
    made.add_bytes("mark", entry.mark.encode())
    for name in ("title", "text", "parts", "grams", "places"):
        made.add_text(name, getattr(entry, name))
    made.add_text("facets", " ".join(facet_token(name, value) for name, value in pairs))
    for told in (*facets_of(entry, NARROW), SEPARATOR.join(facets_of(entry, BROAD))):
        made.add_text("counted", told)
    made.add_text("newest", f"{LATEST - entry.moment:013d}{SEPARATOR}{entry.key}")
    made.add_text("order", f"{entry.order}{SEPARATOR}{entry.key}")
    return made


def page_of(snapshot: Snapshot, query: Query, plan: SearchPlan, *, mostly: bool = False) -> Found:
    """The page's keys, the exact total, and the facets of all hits; `mostly`: most entries are likely to be hits."""
    searcher = snapshot.searcher
    sort = plan.sort if plan.groups or plan.sort == "title" else "newest"
    field = SORT_FIELDS.get(sort)
    found: Any = searcher.search(
        query, limit=max(1, plan.limit), offset=plan.offset, order_by_field=field, order=Order.Asc
    ) if field else searcher.search(query, limit=max(1, plan.limit), offset=plan.offset)  # fmt: skip
    hits: Sequence[tuple[Any, Any]] = found.hits[: plan.limit]
    keys = [key.rpartition(SEPARATOR)[2] for key, _ in hits] if field else keys_of(searcher, hits)
    if not found.count:
        return Found(tuple(keys), 0, no_counts())
    facets = counts_by_rest(snapshot, query) if mostly else counts(searcher, query)
    return Found(tuple(keys), found.count, facets)


def best_of(searcher: Searcher, query: Query, most: int) -> list[str]:
    """The keys of the best hits alone: what need not be counted need not all be looked at."""
    return keys_of(searcher, searcher.search(query, limit=most, count=False).hits)


def keys_of(searcher: Searcher, hits: Iterable[tuple[Any, Any]]) -> list[str]:
    """What was found, by its keys."""
    return [searcher.doc(address)["key"][0] for _, address in hits]


def with_near(snapshot: Snapshot, query: Callable[[], Query], plan: SearchPlan, found: Found) -> Found:
    """What was found, and where it ends within the page, what comes near; that itself where nothing was found."""
    room = plan.offset + plan.limit - max(found.total, plan.offset) if plan.limit else 0
    if room <= 0:
        return found
    near = best_of(snapshot.searcher, query(), room + len(found.keys))
    keys = tuple(key for key in near if key not in found.keys)[:room]
    if found.total or not keys:
        return replace(found, near=keys)
    within = Query.boolean_query([(Occur.Must, Query.term_set_query(schema(), "key", list(keys)))])
    return replace(page_of(snapshot, within, replace(plan, limit=0)), keys=keys)


def counts(searcher: Searcher, query: Query) -> dict[str, dict[str, int]]:
    """How many hits have each value of each facet."""
    asked = {"counted": {"terms": {"field": "counted", "size": MOST_VALUES}}}
    found = no_counts()
    for bucket in searcher.aggregate(query, asked)["counted"]["buckets"]:
        for told in bucket["key"].split(SEPARATOR):
            add_count(found, told, bucket["doc_count"])
    return found


def counts_by_rest(snapshot: Snapshot, query: Query) -> dict[str, dict[str, int]]:
    """The same where most entries are hits: those of all entries, less those of the few that are none."""
    rest = counts(snapshot.searcher, Query.boolean_query([(Occur.Must, Query.all_query()), (Occur.MustNot, query)]))
    left = {
        name: {value: number - rest[name].get(value, 0) for value, number in values.items()}
        for name, values in snapshot.everything.items()
    }
    return {name: {value: number for value, number in values.items() if number} for name, values in left.items()}
