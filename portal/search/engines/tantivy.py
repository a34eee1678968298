"""The fast engine: tantivy (extra `fast`) behind our own plans, for catalogues beyond some ten thousand entries.

Its query parser is never used: queries are built from a plan, fields are split at blanks, and only trigrams are cut here. Its files are write-once,
so commits share them (`generations.py`); a reader opens the generation in force and never watches a folder.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from tantivy import Document, Index, IndexWriter, Query, Schema, SchemaBuilder, Searcher, TextAnalyzerBuilder, Tokenizer

from portal.errors import PortalError
from portal.search.analysis import GRAM, stamp
from portal.search.engines import WORD_FIELDS, Entry, Found
from portal.search.engines.generations import Generation, Generations
from portal.search.engines.pairs import pairs_of, sampled
from portal.search.engines.tantivy_counting import (
    COLUMNS,
    COUNTED,
    REST,
    SEPARATOR,
    TOGETHER,
    Counting,
    Numbers,
    counting,
    numbered,
)
from portal.search.engines.tantivy_finding import SORT_FIELDS, found_by
from portal.search.engines.tantivy_queries import WORDS, Asking
from portal.search.engines.tantivy_words import PAIRS, IndexWords
from portal.search.engines.weighing import ORDERED, facet_token
from portal.search.plan import SearchPlan

LAYOUT = "7"  # of the fields below; another one is another index
WRITER_BYTES = 128_000_000
COMMON_FILE = "common.json"  # the words of which pairs are written
LATEST = 10**12  # seconds; newest first is ascending by what is left until then
TRIGRAMS = "trigrams"  # by tantivy: it cuts a run into them in a third of the time


@lru_cache(maxsize=1)
def schema() -> Schema:
    """The fields of the index. Of two the order of words is kept, for phrases; `words` has the words of all fields, for what
    is only counted. Facet values are counted as numbers in fast columns; `counted` tells what the numbers mean."""
    builder = SchemaBuilder()
    builder.add_text_field("key", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_bytes_field("mark", stored=True)
    for name in ORDERED:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    for name in (WORDS, "parts", "places", "facets"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="basic")
    builder.add_text_field("grams", tokenizer_name=TRIGRAMS, index_option="basic")
    for name in ORDERED:
        builder.add_text_field(PAIRS.format(name), tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field(COUNTED, tokenizer_name="raw", index_option="basic")
    for name in (TOGETHER, *COLUMNS, REST):
        builder.add_unsigned_field(name, fast=True)
    for name in SORT_FIELDS.values():
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    return without_terms(builder.build(), SORT_FIELDS.values())


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One open generation. Of all threads together: a tantivy searcher never changes."""

    generation: Generation
    searcher: Searcher
    counted: Counting
    words: IndexWords

    def asking(self) -> Asking:
        """For one question."""
        return Asking(self.words)


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
            return found_by(snapshot.asking(), snapshot.counted, plan)
        except ValueError as error:  # as tantivy tells of a damaged index
            self._snapshot = None
            raise PortalError("search-rebuilding") from error

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
            words = IndexWords(schema(), searcher, common_of(generation.folder))
            return Snapshot(generation, searcher, counting(searcher), words)
        except (ValueError, OSError) as error:
            raise PortalError("search-rebuilding") from error

    # --- writing ---

    def update(self, entries: Iterable[Entry], gone: Iterable[str]) -> None:
        """Replace `entries` and delete `gone` in one commit."""
        newest = {entry.key: entry for entry in entries}
        snapshot = self._snapshot
        with self.generations.writing(anew=False, known=snapshot.generation.files if snapshot else {}) as draft:
            index = opened(draft)
            numbers, common = Numbers(numbered(index.searcher())), common_of(draft)
            writer = writer_of(index)
            for key in (*gone, *newest):
                writer.delete_documents_by_term("key", key)
            for entry in newest.values():
                writer.add_document(document(entry, numbers, common))
            finish(writer)

    def rebuild(self, entries: Iterable[Entry]) -> int:
        """Build beside the index in force, then switch."""
        count = 0
        with self.generations.writing(anew=True, known={}) as draft:
            writer = writer_of(Index(schema(), path=str(draft)))
            common, entries = sampled(entries)
            (draft / COMMON_FILE).write_text(json.dumps(sorted(common), ensure_ascii=False), encoding="utf-8")
            numbers = Numbers()
            for entry in entries:
                writer.add_document(document(entry, numbers, common))
                count += 1
            finish(writer)
        return count


def opened(folder: Path) -> Index:
    """An index whose reader stands still: it never looks for commits by itself."""
    index = Index.open(str(folder))
    index.config_reader("manual")
    return index


def writer_of(index: Index) -> IndexWriter:
    """A writer of one thread, so that a commit is one segment. An index that is only read needs no tokenizer."""
    index.register_tokenizer(TRIGRAMS, TextAnalyzerBuilder(Tokenizer.ngram(GRAM, GRAM)).build())
    return index.writer(heap_size=WRITER_BYTES, num_threads=1)


def finish(writer: IndexWriter) -> None:
    """Commit, and wait until the segments that are merged have been, so that the files stand still."""
    writer.commit()
    writer.wait_merging_threads()


def common_of(folder: Path) -> frozenset[str]:
    """The words of which an index has pairs."""
    return frozenset(json.loads((folder / COMMON_FILE).read_text(encoding="utf-8")))


def without_terms(made: Schema, names: Collection[str]) -> Schema:
    """The schema with text columns that are only sorted by. The builder gives each a list of terms too, one for every entry:
    a third of the index, and nothing asks for it. The form in which a schema is pickled says it otherwise."""
    again, (told,) = cast("tuple[Callable[[Any], Schema], tuple[dict[str, Any]]]", made.__reduce__())
    for field in told["inner"]:
        if field["name"] in names:
            field["options"]["indexing"] = None
    return again(told)


def document(entry: Entry, numbers: Numbers, common: frozenset[str]) -> Document:
    """An entry as tantivy takes it. Facet values are filter tokens, and numbers that are counted."""
    pairs = [(name, value) for name, values in entry.facets.items() for value in values]
    made = Document()
    made.add_text("key", entry.key)
    made.add_bytes("mark", entry.mark.encode())
    for name in ("title", "text", "parts", "places"):
        made.add_text(name, getattr(entry, name))
    for run in entry.runs.split():  # one by one, so that no trigram reaches from one into the next
        made.add_text("grams", run)
    made.add_text("facets", " ".join(facet_token(name, value) for name, value in pairs))
    for name in WORD_FIELDS:
        made.add_text(WORDS, getattr(entry, name))
    for name in ORDERED:
        made.add_text(PAIRS.format(name), " ".join(pairs_of(getattr(entry, name), common)))
    numbers.add(made, entry)
    made.add_text("newest", f"{LATEST - entry.moment:013d}{SEPARATOR}{entry.key}")
    made.add_text("order", f"{entry.order}{SEPARATOR}{entry.key}")
    return made
