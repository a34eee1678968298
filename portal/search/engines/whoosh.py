"""The embedded engine: Whoosh (distribution `whoosh3`, pinned exactly) behind our own plans.

Known traps and what is done about them (libraries.md §3.5, safety.md §6.4): its query parser is never imported; filters go
into the query as a constant-score part; facets are counted over columns held in memory, not by `groupedby`; a commit opens a
fresh searcher, `refresh()` is never used; the folder is closed to other users, because the index runs code when opened.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import stat
import threading
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from whoosh import index, query
from whoosh.analysis import SpaceSeparatedTokenizer
from whoosh.fields import ID, KEYWORD, NUMERIC, STORED, TEXT, Schema
from whoosh.searching import Searcher

from portal.errors import PortalError
from portal.search.analysis import VERSION
from portal.search.engines import Entry, Found
from portal.search.plan import Group, SearchPlan

FACETS = ("province", "publisher", "kind", "format", "licence", "profile")
WEIGHTS: Mapping[str, float] = {"title": 4.0, "places": 3.0, "text": 1.0, "parts": 0.6}
GRAM_WEIGHT = 0.3
POINTER = "current.json"


def schema() -> Schema:
    """The fields of the index. All text fields hold our tokens, split at blanks."""
    tokens = SpaceSeparatedTokenizer()
    return Schema(
        key=ID(unique=True, stored=True),
        title=TEXT(analyzer=tokens, phrase=True),
        text=TEXT(analyzer=tokens, phrase=True),
        parts=TEXT(analyzer=tokens, phrase=False),
        places=TEXT(analyzer=tokens, phrase=False),
        grams=TEXT(analyzer=tokens, phrase=False),
        facets=KEYWORD(scorable=False),
        columns=STORED,
        moment=NUMERIC(int, sortable=True, bits=64),
    )


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One open searcher with the columns of its documents; it never changes, a commit makes the next."""

    stamp: tuple[int, int, int]
    searcher: Searcher
    columns: Mapping[int, Mapping[str, Any]]  # document number → {"key", "moment", "order", "facets"}


class WhooshEngine:
    """The engine over the folder `home/index`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._snapshot: Snapshot | None = None

    # --- reading ---

    def usable(self) -> bool:
        """Whether there is an index of this release's analysis that opens."""
        try:
            self._current()
        except PortalError:
            return False
        return True

    def keys(self) -> set[str]:
        """All keys in the index."""
        return {str(row["key"]) for row in self._current().columns.values()}

    def search(self, plan: SearchPlan) -> Found:
        """Find what the plan asks for: all of its words first, else pieces of them."""
        snapshot = self._current()
        wanted = filters_query(plan)
        words = [group_query(group) for group in plan.groups]
        if not words:
            return self._unranked(snapshot, wanted or query.Every(), plan)
        found = self._ranked(snapshot, query.And(words), wanted, plan)
        if found.total:
            return found
        loose = loose_query(plan, words)
        return self._ranked(snapshot, loose, wanted, plan, loose=True) if loose is not None else found

    def _ranked(
        self, snapshot: Snapshot, asked: query.Query, wanted: query.Query | None, plan: SearchPlan, loose: bool = False
    ) -> Found:
        """Two passes: the ranked page with a limit; then the ids of all hits, unscored, for total and facets."""
        if plan.excluded:
            asked = query.AndNot(asked, query.Or([token_query(token.text) for token in plan.excluded]))
        if wanted is not None:
            asked = query.And([asked, query.ConstantScoreQuery(wanted, 0.0)])
        ids = [number for number in snapshot.searcher.docs_for_query(asked) if number in snapshot.columns]
        if plan.sort != "relevance":
            page = sorted_page(snapshot, ids, plan)
        else:
            hits = snapshot.searcher.search(asked, limit=plan.offset + plan.limit)
            page = [hit.docnum for hit in hits][plan.offset :]
        return found_of(snapshot, page, ids, loose)

    def _unranked(self, snapshot: Snapshot, asked: query.Query, plan: SearchPlan) -> Found:
        """No words, only filters or nothing: newest first, or by title."""
        ids = [number for number in snapshot.searcher.docs_for_query(asked) if number in snapshot.columns]
        return found_of(snapshot, sorted_page(snapshot, ids, plan), ids, False)

    def _current(self) -> Snapshot:
        """The searcher of the newest commit; a stat of one small file tells whether there was one."""
        stamp = self._stamp()
        snapshot = self._snapshot
        if snapshot is not None and snapshot.stamp == stamp:
            return snapshot
        with self._lock:
            if self._snapshot is None or self._snapshot.stamp != stamp:
                self._snapshot = self._open(stamp)
            return self._snapshot

    def _stamp(self) -> tuple[int, int, int]:
        try:
            told = (self.folder / POINTER).stat()
        except OSError as error:
            raise PortalError("search-rebuilding") from error
        return told.st_ino, told.st_mtime_ns, told.st_size

    def _open(self, stamp: tuple[int, int, int]) -> Snapshot:
        refuse_open_folder(self.folder)
        pointer = self._pointer()
        try:
            opened = index.open_dir(str(self.folder / pointer["folder"]), readonly=True)
            searcher = opened.searcher()
            columns = {number: json.loads(row["columns"]) for number, row in stored_rows(searcher)}
        except Exception as error:  # a broken index raises whatever its bytes lead to; it is rebuilt, never trusted
            raise PortalError("search-rebuilding") from error
        return Snapshot(stamp, searcher, columns)

    def _pointer(self) -> dict[str, Any]:
        try:
            pointer = json.loads((self.folder / POINTER).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise PortalError("search-rebuilding") from error
        if pointer.get("analysis") != VERSION or not (self.folder / str(pointer.get("folder"))).is_dir():
            raise PortalError("search-rebuilding")
        return dict(pointer)

    # --- writing ---

    def update(self, entries: Iterable[Entry], gone: Iterable[str]) -> None:
        """Replace `entries` and delete `gone` in one commit."""
        with self._writing():
            pointer = self._pointer()
            opened = index.open_dir(str(self.folder / pointer["folder"]))
            writer = opened.writer()
            try:
                for key in gone:
                    writer.delete_by_term("key", key)
                for entry in entries:
                    writer.update_document(**document(entry))
            except BaseException:
                writer.cancel()
                raise
            writer.commit()
            self._point(pointer["folder"], pointer["generation"] + 1)

    def rebuild(self, entries: Iterable[Entry]) -> int:
        """Build beside the index in use, then switch; the old folders go when no reader needs to open them."""
        with self._writing():
            try:
                old = self._pointer()
            except PortalError:
                old = {"folder": "", "generation": 0}
            name = f"whoosh-{uuid.uuid4().hex[:12]}"
            (self.folder / name).mkdir(mode=0o700)
            writer = index.create_in(str(self.folder / name), schema()).writer()
            count = 0
            for entry in entries:
                writer.add_document(**document(entry))
                count += 1
            writer.commit()
            self._point(name, old["generation"] + 1)
            for folder in self.folder.glob("whoosh-*"):
                if folder.name != name:
                    shutil.rmtree(folder, ignore_errors=True)
            return count

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        """One writer at a time over all processes."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        refuse_open_folder(self.folder)
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _point(self, folder: str, generation: int) -> None:
        draft = self.folder / f"{POINTER}.{uuid.uuid4().hex[:8]}"
        told = {"folder": folder, "generation": generation, "analysis": VERSION}
        draft.write_text(json.dumps(told), encoding="utf-8")
        draft.replace(self.folder / POINTER)


def refuse_open_folder(folder: Path) -> None:
    """Raise when others could write the index: opening it would run what they wrote."""
    told = folder.stat()
    if told.st_uid != os.geteuid() or told.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise PortalError(
            "settings-wrong", wrong=f"the index folder {folder} must belong to the service and be closed to others"
        )


def document(entry: Entry) -> dict[str, Any]:
    """An entry as Whoosh takes it. Facet values are filter tokens and, in `columns`, what is counted."""
    columns = {"key": entry.key, "moment": entry.moment, "order": entry.order, "facets": entry.facets}
    return {
        "key": entry.key,
        "title": entry.title,
        "text": entry.text,
        "parts": entry.parts,
        "places": entry.places,
        "grams": entry.grams,
        "facets": " ".join(facet_token(name, value) for name, values in entry.facets.items() for value in values),
        "columns": json.dumps(columns, ensure_ascii=False),
        "moment": entry.moment,
    }


def facet_token(name: str, value: str) -> str:
    """A filter as one token; blanks inside a value are made unbreakable."""
    return f"{name}={value.casefold().replace(' ', '_')}"


def stored_rows(searcher: Searcher) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Document number and stored fields of each live document."""
    reader = searcher.reader()
    for number in reader.all_doc_ids():
        yield number, reader.stored_fields(number)


def filters_query(plan: SearchPlan) -> query.Query | None:
    """All filters must hold; of one filter's values any."""
    terms = [
        query.Or([query.Term("facets", facet_token(name, value)) for value in values])
        for name, values in plan.filters.items()
        if name in FACETS
    ]
    return query.And(terms) if terms else None


def group_query(group: Group) -> query.Query:
    """One asked-for thing over all fields."""
    if group.phrase:
        words = [token.text for token in group.tokens]
        return query.Or([query.Phrase("title", words, boost=WEIGHTS["title"]), query.Phrase("text", words)])
    token = group.tokens[0]
    asked = token_query(token.text)
    if token.province is None:
        return asked
    place = query.ConstantScoreQuery(query.Term("facets", facet_token("province", token.province)), WEIGHTS["places"])
    return query.Or([asked, place])


def token_query(token: str) -> query.Query:
    """One word over the fields, each with its weight."""
    return query.Or([query.Term(name, token, boost=weight) for name, weight in WEIGHTS.items()])


def loose_query(plan: SearchPlan, words: list[query.Query]) -> query.Query | None:
    """For a query whose words are not all found together: its trigrams all together, or any of its words."""
    options: list[query.Query] = []
    if len(plan.grams) > 1:
        options.append(query.And([query.Term("grams", gram, boost=GRAM_WEIGHT) for gram in plan.grams]))
    if len(words) > 1:
        options += words
    return query.Or(options) if options else None


def sorted_page(snapshot: Snapshot, ids: list[int], plan: SearchPlan) -> list[int]:
    """A page of ids by moment (newest first) or by title in Thai order."""
    if plan.sort == "title":
        ordered = sorted(ids, key=lambda number: str(snapshot.columns[number]["order"]))
    else:
        ordered = sorted(ids, key=lambda number: -int(snapshot.columns[number]["moment"]))
    return ordered[plan.offset : plan.offset + plan.limit]


def found_of(snapshot: Snapshot, page: list[int], ids: list[int], loose: bool) -> Found:
    """The page's keys, the exact total, and the facets of all hits."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in FACETS}
    for number in ids:
        for name, values in snapshot.columns[number]["facets"].items():
            counts[name].update(values)
    keys = tuple(str(snapshot.columns[number]["key"]) for number in page)
    return Found(keys, len(ids), counts, loose and bool(ids))
