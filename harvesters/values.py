"""The values that one step of the line hands to the next. Frozen, without behaviour that touches disk or network.

Steps (see docs/architecture): Source → Item → Collected → Table → Draft → Report → Version.
Row numbers are everywhere the row of the sheet, or the record of the file, as a spreadsheet program shows it, from 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from harvesters.errors import HarvestError

Severity = Literal["error", "warning", "info"]
Personal = Literal["hold", "drop", "mask", "publish"]
ItemStatus = Literal["new", "changed", "same", "failed", "held", "skipped"]
RunStatus = Literal["running", "done", "partial", "held", "failed", "cancelled"]

ROW_COLUMN = "_row"  # first column of every working, draft and published table
MASK = "[ปกปิด]"  # what stands in place of a masked value


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in both languages."""

    th: str
    en: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding in the data, with its place. `value` is already masked."""

    code: str
    severity: Severity
    message: Text
    resource: str | None = None
    row: int | None = None
    column: str | None = None
    value: str | None = None
    blocking: bool = False


@dataclass(frozen=True, slots=True)
class Repair:
    """One change that normalising made to one cell. `column` is the heading as found."""

    rule: str
    resource: str
    row: int
    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Source:
    """A place that is harvested. `local` says that `url` may be a path of this machine (command line, demonstration)."""

    slug: str
    kind: str
    url: str
    title: str = ""
    publisher: str = ""
    province: str | None = None
    profile: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    local: bool = False


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a harvest can be taken up again; opaque to everybody but the kind that made it."""

    value: str


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file that a catalogue names for a dataset.

    `wanted`: to be taken in as a table; else it is catalogued by its address alone, as it also is where `problem` says why it
    could not be taken in. `settled`: the source's own date (`modified`) speaks for its bytes, so while that stands still the
    file is not asked for.
    """

    url: str
    title: str = ""
    description: str = ""
    format: str = ""  # as the source writes it
    modified: str = ""
    wanted: bool = False
    settled: bool = False
    details: Mapping[str, Any] = field(default_factory=dict)  # the source's other fields of it, literal
    declared: Mapping[str, Any] = field(default_factory=dict)  # the schema that its publisher binds it to
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a source lists: a file of a folder, a member of an archive, a record of a catalogue.

    `remote_id` is stable between runs of the source. `collected` is set by kinds that list and fetch in one step, `error` by
    those that found while listing that this one can't be had: it fails alone (or is skipped, where the error is no more than
    a note: the owner does not want it harvested), and the listing goes on.
    `alone` says of an item with an `error` that it stands for itself under its own id: nothing else may be hidden behind it, as
    it may behind an archive or a page that can't be opened, so the list is complete all the same.
    Kinds whose items are datasets of several files name those in `files`, their own record in `record` and its date in
    `modified`.
    """

    remote_id: str
    url: str
    title: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    collected: Collected | None = None
    error: HarvestError | None = None
    alone: bool = False
    files: tuple[RemoteFile, ...] = ()
    record: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class Collected:
    """The bytes of one item as they came, kept in a file of the run's work folder, and what was found beside them."""

    path: Path
    filename: str  # the file's own name, for people; never used as a path
    url: str
    fetched_at: datetime
    sha256: str
    bytes: int
    media_type: str = ""
    etag: str | None = None
    last_modified: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    parts: tuple[Part, ...] | None = (
        None  # None: the bytes are the table file itself; else they are a catalogue's record
    )
    links: tuple[RemoteFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a dataset that a catalogue describes: what the catalogue says of it, and its bytes."""

    file: RemoteFile
    collected: Collected


@dataclass(frozen=True, slots=True)
class SetAside:
    """A row of the file that is not data: title, heading, note, total, blank."""

    row: int
    reason: Literal["title", "heading", "note", "total", "hint"]
    text: str  # its cells joined by " | ", at most 500 characters


@dataclass(frozen=True, slots=True)
class Table:
    """One table as found: headings, and rows in a working file.

    `path` is a UTF-8 CSV without a heading line: the row number, then one cell per heading, all text.
    Spreadsheet numbers are plain digits there (15, not 15.0), spreadsheet dates ISO text.
    """

    name: str  # slug, unique in the file
    title: str  # the sheet's name, or the file's
    headings: tuple[str, ...]  # trimmed, multi-row headings joined by a blank, unique
    path: Path
    row_count: int
    heading_rows: tuple[int, ...] = ()
    set_aside: tuple[SetAside, ...] = ()
    sheet: str | None = None
    hidden: bool = False  # read only to be searched for personal data, never published
    merged_filled: int = 0  # cells that were filled because they stood in a merged range


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading one file gave. `loose` are texts outside cells (sheet names, comments, properties): (place, text)."""

    tables: tuple[Table, ...]
    problems: tuple[Problem, ...]
    format: str  # csv, xlsx, xls, ods, json, jsonl
    encoding: str | None = None
    delimiter: str | None = None
    loose: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ColumnMatch:
    """How one heading of a table was understood. `field` is the profile's column, or None when unmapped."""

    index: int  # position among the table's headings
    heading: str
    field: str | None
    how: Literal["name", "title", "heading", "source", "none"]  # `source` = told by the source's own options


@dataclass(frozen=True, slots=True)
class Mapped:
    """A table's headings mapped to a profile (or to none), and why."""

    profile: str | None
    columns: tuple[ColumnMatch, ...]
    reason: Text
    missing: tuple[str, ...] = ()  # required columns of the profile that no heading matched
    declared: Mapping[str, Any] = field(
        default_factory=dict
    )  # the publisher's own schema: fields, primaryKey, missingValues


@dataclass(frozen=True, slots=True)
class Draft:
    """A normalised table before judgement.

    `path` is a UTF-8 CSV with a heading line: `_row`, then `schema`'s fields in order; missing values are empty, dates ISO.
    `repairs` is a UTF-8 CSV with the heading line rule,row,column,before,after.
    """

    table: Table
    mapped: Mapped
    schema: Mapping[str, Any]  # Table Schema without `_row`; each field keeps the heading it came from in `source`
    path: Path
    repairs: Path
    repair_counts: Mapping[str, int]  # rule -> cells changed
    row_count: int
    problems: tuple[Problem, ...] = ()
    problem_counts: Mapping[str, int] = field(default_factory=dict)
