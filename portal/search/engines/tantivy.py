"""The fast engine: tantivy (extra `fast`) behind our own plans, for catalogues beyond some ten thousand entries.

Its query parser and tokenizers are never used: fields are split at blanks, queries are built from a plan. Its files are write-once,
so commits share them (`generations.py`); a reader opens the generation in force and never watches a folder.
"""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from hashlib import blake2b
from pathlib import Path
from typing import Any

from tantivy import Document, Index, IndexWriter, Occur, Order, Query, Schema, SchemaBuilder, Searcher

from portal.errors import PortalError
from portal.search.analysis import stamp
from portal.search.engines import WORD_FIELDS, Entry, Found
from portal.search.engines.generations import Generation, Generations
from portal.search.engines.tantivy_queries import WORDS, Asking
from portal.search.engines.weighing import BROAD, NARROW, ORDERED, add_count, facet_token, facets_of, no_counts
from portal.search.plan import SearchPlan

LAYOUT = "4"  # of the fields below; another one is another index
WRITER_BYTES = 128_000_000
MOST_VALUES = 50_000  # of one column, as tantivy counts them
COLUMNS = (
    "narrow0",
    "narrow1",
    "narrow2",
    "narrow3",
)  # of one value each, which are counted many times as fast as lists
REST = "narrow"  # a list of what goes beyond them
CODE_BYTES = 6  # of a value's number: told by tantivy as a float, which is exact up to 2**53
FEW = 500  # hits whose values are read one by one sooner than counted by columns
FEW_OF_DEAR = 10_000  # the same where a phrase would be looked for twice
MOST_LIKELY = 60  # hits up to the end of a page that are looked for in that way
COMMON_SHARE = (
    8  # where more than one in so many entries is a hit, the best of them are looked for among the best with any word
)
LATEST = 10**12  # seconds; newest first is ascending by what is left until then
SEPARATOR = (
    "\x01"  # between what is sorted by and the key that decides between equals, and between facets told together
)
SORT_FIELDS = {"newest": "newest", "title": "order"}


@lru_cache(maxsize=1)
def schema() -> Schema:
    """The fields of the index. Of two the order of words is kept, for phrases; `words` has the words of all fields, for what
    is only counted. Facet values are counted as numbers in fast columns; `counted` tells what the numbers mean."""
    builder = SchemaBuilder()
    builder.add_text_field("key", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_bytes_field("mark", stored=True)
    for name in ORDERED:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    for name in (WORDS, "parts", "places", "grams", "facets"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="basic")
    builder.add_text_field("counted", tokenizer_name="raw", index_option="basic")
    for name in ("broad", *COLUMNS, REST):
        builder.add_unsigned_field(name, fast=True)
    for name in SORT_FIELDS.values():
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One open generation. Of all threads together: a tantivy searcher never changes."""

    generation: Generation
    searcher: Searcher
    values: Mapping[int, str]  # what the numbers of facet values mean
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
            found = strict_page(snapshot, asking, plan)
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
            values = {code_of(told): told for told, _ in searcher.terms_with_prefix("counted", "")}
            return Snapshot(generation, searcher, values, counts(searcher, values, Query.all_query())[1])
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
    """An entry as tantivy takes it. Facet values are filter tokens and numbers that are counted (all of BROAD as one)."""
    pairs = [(name, value) for name, values in entry.facets.items() for value in values]
    made = Document()
    made.add_text("key", entry.key)
    made.add_bytes("mark", entry.mark.encode())
    for name in ("title", "text", "parts", "grams", "places"):
        made.add_text(name, getattr(entry, name))
    made.add_text("facets", " ".join(facet_token(name, value) for name, value in pairs))
    for name in WORD_FIELDS:
        made.add_text(WORDS, getattr(entry, name))
    narrow, broad = facets_of(entry, NARROW), SEPARATOR.join(facets_of(entry, BROAD))
    for told in (*narrow, broad):
        made.add_text("counted", told)
    made.add_unsigned("broad", code_of(broad))
    for at, name in enumerate(COLUMNS):
        made.add_unsigned(name, code_of(narrow[at]) if at < len(narrow) else 0)
    for told in narrow[len(COLUMNS) :]:
        made.add_unsigned(REST, code_of(told))
    made.add_text("newest", f"{LATEST - entry.moment:013d}{SEPARATOR}{entry.key}")
    made.add_text("order", f"{entry.order}{SEPARATOR}{entry.key}")
    return made


@lru_cache(maxsize=50_000)
def code_of(told: str) -> int:
    """The number of a facet value, or of several told together; never 0, which stands for none."""
    return 1 + int.from_bytes(blake2b(told.encode(errors="surrogatepass"), digest_size=CODE_BYTES).digest(), "big")


def strict_page(snapshot: Snapshot, asking: Asking, plan: SearchPlan) -> Found:
    """The page of what has everything that was asked for. It is counted by a query that ranks nothing, and the best are
    looked for by one that counts nothing, which may pass over what can't be among them."""
    if not plan.groups or any(len(one.words) > 1 for group in plan.groups for one in group.alternatives):
        return page_of(snapshot, asking.strict(plan), plan, few=FEW_OF_DEAR)
    if 2 * asking.about(plan) < FEW:
        return page_of(snapshot, asking.strict(plan), plan, few=FEW)
    if asking.mostly(plan):
        total, facets = counts_by_rest(snapshot, asking.matching(plan))
    else:
        total, facets = counts(snapshot.searcher, snapshot.values, asking.matching(plan))
    if not total or plan.sort in SORT_FIELDS:
        keys = sorted_keys(snapshot.searcher, asking.matching(plan), plan) if total else []
    else:
        keys = likely_best(snapshot, asking, plan, total) or best_of(
            snapshot.searcher, asking.strict(plan), plan.limit, plan.offset
        )
    return Found(tuple(keys), total, facets)


def likely_best(snapshot: Snapshot, asking: Asking, plan: SearchPlan, total: int) -> list[str]:
    """The keys of the page where many entries are hits; [] where they are not told by this way.

    What has any of the words is ranked by the same sum, and tantivy passes over most of it. Those of the best that have
    all words are the best of the hits, in their order, as far as they go.
    """
    needed = plan.offset + plan.limit
    if (
        not plan.limit
        or needed > MOST_LIKELY
        or total * COMMON_SHARE < snapshot.searcher.num_docs
        or plan.filters
        or plan.excluded
    ):
        return []
    if len(plan.groups) == 1:
        return best_of(snapshot.searcher, asking.anyhow(plan), plan.limit, plan.offset)
    likely = best_of(snapshot.searcher, asking.anyhow(plan), 2 * needed)
    among = Query.boolean_query(
        [(Occur.Must, Query.term_set_query(schema(), "key", likely)), (Occur.Must, asking.matching(plan))]
    )
    having = set(best_of(snapshot.searcher, among, len(likely)))
    best = [key for key in likely if key in having]
    return best[plan.offset : needed] if len(best) >= min(needed, total) else []


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


def page_of(snapshot: Snapshot, query: Query, plan: SearchPlan, few: int = 1) -> Found:
    """The page's keys, the exact total, and the facets of all hits. The query is asked once if it finds no more than `few`."""
    searcher = snapshot.searcher
    if not plan.groups and plan.sort == "relevance":
        plan = replace(plan, sort="newest")
    if plan.sort in SORT_FIELDS:
        total, facets = counts(searcher, snapshot.values, query)
        return Found(tuple(sorted_keys(searcher, query, plan)), total, facets)
    found: Any = searcher.search(query, limit=max(few, plan.offset + plan.limit))
    hits = found.hits
    told = counts_of_hits(snapshot, hits) if len(hits) == found.count else None
    keys = keys_of(searcher, hits[plan.offset : plan.offset + plan.limit])
    return Found(tuple(keys), found.count, counts(searcher, snapshot.values, query)[1] if told is None else told)


def best_of(searcher: Searcher, query: Query, most: int, offset: int = 0) -> list[str]:
    """The keys of the best hits alone: what need not be counted need not all be looked at."""
    return keys_of(searcher, searcher.search(query, limit=max(1, most), offset=offset, count=False).hits[:most])


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


def counts(searcher: Searcher, values: Mapping[int, str], query: Query) -> tuple[int, dict[str, dict[str, int]]]:
    """How many hits there are, and how many of them have each value of each facet."""
    asked = {name: {"terms": {"field": name, "size": MOST_VALUES}} for name in ("broad", *COLUMNS, REST)}
    told = searcher.aggregate(query, asked)
    numbers: Counter[int] = Counter()
    for name in asked:
        for bucket in told[name]["buckets"]:
            numbers[int(bucket["key"])] += bucket["doc_count"]
    return sum(bucket["doc_count"] for bucket in told["broad"]["buckets"]), facets_by(values, numbers)


def counts_of_hits(snapshot: Snapshot, hits: Sequence[tuple[Any, Any]]) -> dict[str, dict[str, int]] | None:
    """The counts of a few hits, read one by one; None where one of them has more values than columns."""
    addresses = [address for _, address in hits]
    if any(value is not None for value in snapshot.searcher.fast_field_values(REST, addresses)):
        return None
    numbers: Counter[int] = Counter()
    for name in ("broad", *COLUMNS):
        numbers.update(snapshot.searcher.fast_field_values(name, addresses))  # type: ignore[arg-type]
    return facets_by(snapshot.values, numbers)


def facets_by(values: Mapping[int, str], numbers: Mapping[int, int]) -> dict[str, dict[str, int]]:
    """The counts of facet values from those of their numbers."""
    found = no_counts()
    for code, number in numbers.items():
        for told in values[code].split(SEPARATOR) if code else ():
            add_count(found, told, number)
    return found


def counts_by_rest(snapshot: Snapshot, query: Query) -> tuple[int, dict[str, dict[str, int]]]:
    """The same as `counts` where most entries are hits: those of all entries, less those of the few that are none."""
    others = Query.boolean_query([(Occur.Must, Query.all_query()), (Occur.MustNot, query)])
    number, rest = counts(snapshot.searcher, snapshot.values, others)
    left = {
        name: {value: count - rest[name].get(value, 0) for value, count in values.items()}
        for name, values in snapshot.everything.items()
    }
    found = {name: {value: count for value, count in values.items() if count} for name, values in left.items()}
    return snapshot.searcher.num_docs - number, found
