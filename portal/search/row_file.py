"""The file of the index of rows: one SQLite database, named by a pointer, so that a rebuilt one is switched to whole."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

from portal.errors import PortalError

LAYOUT = "2"
KIND = f"rows{LAYOUT}"
BUILDING, READY, DEAD = 0, 1, 2  # states of a span
SPAN_BITS = 32  # a line's number: its span's, then its own
WAIT_SECONDS = 60  # for another writer's transaction
OF_DAMAGE = (sqlite3.DatabaseError, TypeError, ValueError, OverflowError)  # values in a damaged file are anything
PASSING = ("locked", "full")  # what does not mean that the file is damaged

SCHEMA = """
CREATE TABLE span (
    id INTEGER PRIMARY KEY AUTOINCREMENT, state INTEGER NOT NULL, dataset TEXT NOT NULL, version INTEGER NOT NULL, resource TEXT NOT NULL
);
CREATE INDEX span_dataset ON span (dataset);
CREATE TABLE letter (sign TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE VIRTUAL TABLE line USING fts5(text, row UNINDEXED, province UNINDEXED, tokenize='trigram', detail='none');
"""


class RowFile:
    """Connections to the index of rows in `folder`: one for reading per thread, one for each piece of writing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pointer = folder / f"{KIND}.json"
        self.broken = ""  # the pointer of an index that proved to be damaged
        self._local = threading.local()
        os.register_at_fork(after_in_child=self._forget)

    def told(self) -> str:
        """The pointer's text. Raises PortalError("search-rebuilding") when there is no index, or it is damaged."""
        try:
            text = self.pointer.read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            raise PortalError("search-rebuilding") from error
        if text == self.broken:
            raise PortalError("search-rebuilding")
        return text

    def path_of(self, told: str) -> Path:
        """The database that a pointer names. Raises PortalError("search-rebuilding")."""
        try:
            name = str(json.loads(told)["file"])
        except (ValueError, TypeError, KeyError) as error:
            raise PortalError("search-rebuilding") from error
        if Path(name).name != name or not name.startswith(f"{KIND}-"):
            raise PortalError("search-rebuilding")
        return self.folder / name

    def new_path(self) -> Path:
        """A name for another database."""
        return self.folder / f"{KIND}-{uuid.uuid4().hex[:16]}.sqlite"

    def switch(self, path: Path) -> None:
        """Put a database in force. The others go: who reads in one keeps it open."""
        draft = self.folder / f"{KIND}.json.{uuid.uuid4().hex[:8]}"
        draft.write_text(json.dumps({"file": path.name}), encoding="utf-8")
        draft.replace(self.pointer)
        for old in (*self.folder.glob(f"{KIND}-*"), *self.folder.glob(f"{KIND}.json.*")):
            if not old.name.startswith(path.name):
                old.unlink(missing_ok=True)

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """This thread's connection to the index in force. Raises PortalError("search-rebuilding") when it is damaged."""
        told, connection = self._connected()
        try:
            yield connection
        except OF_DAMAGE as error:
            self._close()
            self._told_broken(told, error)
            raise PortalError("search-rebuilding") from error

    def _connected(self) -> tuple[str, sqlite3.Connection]:
        """The pointer's text and this thread's connection to what it names."""
        told = self.told()
        while True:
            kept: tuple[str, sqlite3.Connection] | None = getattr(self._local, "reader", None)
            if kept is not None and kept[0] == told and self.path_of(told).is_file():
                return kept
            self._close()
            try:
                self._local.reader = (told, opened(self.path_of(told)))
            except sqlite3.DatabaseError as error:
                newest = self.told()
                if newest == told:
                    self._told_broken(told, error)
                    raise PortalError("search-rebuilding") from error
                told = newest  # another index was put in force, and this one taken away, between two looks

    @contextlib.contextmanager
    def writing(self, path: Path) -> Iterator[sqlite3.Connection]:
        """A connection whose work is committed whole. Raises PortalError: "search-rebuilding", "busy" (locked, or disk full)."""
        try:
            with contextlib.closing(opened(path, "rw", WAIT_SECONDS)) as connection:
                connection.execute("PRAGMA synchronous=NORMAL")
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                connection.execute("COMMIT")
        except sqlite3.DatabaseError as error:
            self._told_broken(json.dumps({"file": path.name}), error)
            raise PortalError("busy" if passing(error) else "search-rebuilding") from error

    def _told_broken(self, told: str, error: Exception) -> None:
        if not passing(error):
            self.broken = told

    def _close(self) -> None:
        kept = getattr(self._local, "reader", None)
        self._local.reader = None
        if kept is not None:
            kept[1].close()

    def _forget(self) -> None:
        """In a forked child: connections of the parent are left alone."""
        self._abandoned, self._local = self._local, threading.local()


def opened(path: Path, mode: str = "ro", wait_seconds: int = 10) -> sqlite3.Connection:
    """A connection to an index. Raises sqlite3.DatabaseError when the file is missing or is no such index."""
    address = f"{path.absolute().as_uri()}?mode={mode}"
    connection = sqlite3.connect(address, uri=True, timeout=wait_seconds, isolation_level=None)
    try:
        connection.execute("SELECT 1 FROM span, line LIMIT 1").fetchall()
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection


def create(path: Path) -> None:
    """Make an empty database, closed to other users."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.executescript(SCHEMA)


def passing(error: Exception) -> bool:
    """Whether a failure passes by itself or with more room, and says nothing about the file."""
    return isinstance(error, sqlite3.OperationalError) and any(word in str(error) for word in PASSING)
