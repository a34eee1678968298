"""DuckDB, boxed in: reads Parquet that we wrote and nothing else (safety.md §6.5). No reader's text becomes SQL here or above.

The columns of a table are called c0, c1 … in every statement, so that a heading never stands in one.
"""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import duckdb

from harvesters.errors import HarvestError
from harvesters.packages.failures import asking

PAGE_SECONDS = 10  # a reader waits for a page
WORK_SECONDS = 300  # exports and comparisons
MEMORY = "512MB"
SPILL = "4GB"
MOST_BOXES = 8


@dataclass(frozen=True, slots=True)
class Stamp:
    """A file as it stands now. In the store it never changes; elsewhere a rewritten file must not meet old answers."""

    path: str
    inode: int
    bytes: int
    modified: int


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a Parquet file, in order: their names as written and their DuckDB types."""

    names: tuple[str, ...]
    types: tuple[str, ...]

    def position(self, name: str) -> int:
        """Where the column `name` stands. Raises HarvestError("filter-column-unknown")."""
        try:
            return self.names.index(name)
        except ValueError:
            raise HarvestError("filter-column-unknown", name=name, known=", ".join(self.names)) from None

    def called(self, names: Sequence[str]) -> Columns:
        """The same columns under the names of their schema: DuckDB writes `name` as `name_1` beside a column `Name`."""
        found = list(self.names)
        for at, name in enumerate(names[: len(found)]):
            if name not in self.names and re.fullmatch(f"{re.escape(name)}_[0-9]+", found[at], re.IGNORECASE):
                found[at] = name
        return Columns(tuple(found), self.types)


class Boxes:
    """The DuckDB instances of this process by the folders that they may read; the least used makes room."""

    def __init__(self) -> None:
        self._open: dict[tuple[frozenset[str], int], duckdb.DuckDBPyConnection] = {}
        self._lock = threading.Lock()
        os.register_at_fork(after_in_child=self._forget)

    def cursor(self, folders: frozenset[str], seconds: int) -> duckdb.DuckDBPyConnection:
        """A connection of the caller's own to the instance for these folders."""
        key = (folders, seconds)
        with self._lock:
            instance = self._open.pop(key, None) or open_box(folders, seconds)
            self._open[key] = instance
            if len(self._open) > MOST_BOXES:
                self._open.pop(next(iter(self._open)))  # closed when its last cursor is
            return instance.cursor()

    def _forget(self) -> None:
        """An instance can't be used, nor closed, in a forked child: it is left alone and a new one opened."""
        self._abandoned, self._open, self._lock = self._open, {}, threading.Lock()


def open_box(folders: frozenset[str], seconds: int) -> duckdb.DuckDBPyConnection:
    """Open an instance that may touch these folders only, with its limits, and lock it."""
    connection = duckdb.connect(
        ":memory:",
        config={
            "threads": 1,  # each query runs on its caller's thread
            "memory_limit": MEMORY,
            "max_execution_time": seconds * 1000,  # here, since a SET would be this one connection's, not its cursors'
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "temp_directory": str(Path(tempfile.gettempdir()) / f"khlang-rows-{os.getpid()}"),
            "max_temp_directory_size": SPILL,
        },
    )
    for statement in ("LOAD parquet", "LOAD icu"):
        connection.execute(statement)
    connection.execute("SET allowed_directories = $folders", {"folders": sorted(folders)})
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


_boxes = Boxes()


@contextlib.contextmanager
def ask(
    *parquets: Path, seconds: int = PAGE_SECONDS, also: tuple[Path, ...] = ()
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection for queries over these files; `also` names folders that may be written.

    Raises HarvestError: object-missing, table-damaged, rows-time, rows-memory.
    """
    folders = frozenset(f"{folder_of(path)}{os.sep}" for path in parquets) | {
        f"{path.resolve()}{os.sep}" for path in also
    }
    with asking():
        cursor = (
            open_box(folders, seconds) if also else _boxes.cursor(folders, seconds)
        )  # one that may write is used once
        try:
            yield cursor
        finally:
            cursor.close()


def folder_of(parquet: Path) -> Path:
    """The folder that a box is opened for: all objects of a store share one, any other file has its own."""
    folder = parquet.resolve().parent
    return folder.parent if folder.parent.name == "objects" else folder


def stamp_of(parquet: Path) -> Stamp:
    """The file as it stands. Raises HarvestError("object-missing")."""
    try:
        found = parquet.stat()
    except OSError:
        raise HarvestError("object-missing", sha256=parquet.name) from None
    return Stamp(str(parquet.resolve()), found.st_ino, found.st_size, found.st_mtime_ns)


def columns_of(parquet: Path, names: Sequence[str] = ()) -> Columns:
    """The columns of a file, called as `names` (those of its schema, `_row` first) say. Raises HarvestError as `ask` does."""
    columns = _columns(stamp_of(parquet))
    return columns if set(names) <= set(columns.names) else columns.called(names)


@lru_cache(maxsize=256)
def _columns(stamp: Stamp) -> Columns:
    with ask(Path(stamp.path)) as cursor:
        named = cursor.execute("SELECT name FROM parquet_schema($1) OFFSET 1", [stamp.path]).fetchall()
        typed = cursor.execute("DESCRIBE SELECT * FROM read_parquet($1)", [stamp.path]).fetchall()
    return Columns(tuple(name for (name,) in named), tuple(row[1] for row in typed))


def table(parquet: Path) -> str:
    """The FROM part for a file: its columns called c0, c1 …"""
    count = len(columns_of(parquet).names)
    path = str(parquet.resolve()).replace("'", "''")
    return f"read_parquet('{path}') AS t({', '.join(f'c{at}' for at in range(count))})"


def as_text(at: int, type_: str) -> str:
    """SQL for the column at `at` as text, as the CSV of a version writes it: ISO dates, 15 and not 15.0."""
    name = f"c{at}"
    if type_ == "VARCHAR":
        return name
    if type_ in ("DOUBLE", "FLOAT"):
        whole = f"{name} = trunc({name}) AND abs({name}) < 1e15"
        return f"CASE WHEN {whole} THEN CAST(CAST({name} AS BIGINT) AS VARCHAR) ELSE CAST({name} AS VARCHAR) END"
    if type_ == "TIMESTAMP":
        return f"strftime({name}, '%Y-%m-%dT%H:%M:%S')"
    return f"CAST({name} AS VARCHAR)"
