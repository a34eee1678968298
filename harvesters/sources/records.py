"""Datasets that a catalogue describes: the record, its files that are tables, and links to the rest. For every catalogue kind."""

from __future__ import annotations

import hashlib
import html
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote, urlsplit

from harvesters.checks.personal import mask_text
from harvesters.checks.problems import as_problem
from harvesters.errors import HarvestError
from harvesters.fetch import Fetch, NotModified
from harvesters.national import masked
from harvesters.sources import Option
from harvesters.sources.spreadsheet import READ, file_items, is_archive, of_fetched
from harvesters.values import Collected, Item, Part, RemoteFile, Source, Text

FORMATS = {ending.removeprefix(".") for ending in READ} | {"excel"}
MEDIA = {
    "vnd.ms-excel": "xls", "vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx", "comma-separated-values": "csv",
    "vnd.oasis.opendocument.spreadsheet": "ods", "tab-separated-values": "tsv", "x-ndjson": "jsonl", "octet-stream": "", "plain": "",
}  # fmt: skip
CAPS = {
    "id": 400,
    "tags": 1_000,
    "resources": 2_000,
    "bytes": 2_000_000,
}  # of one record; data.gov has one of 34,866 keywords
MOST_LICENCE = 300  # characters
PROSE = frozenset({"notes", "notes_en", "license_id", "license_guessed_from_rights"})
_TAG = re.compile(
    r"</?(?P<name>a|abbr|b|big|blockquote|br|center|code|dd|div|dl|dt|em|font|h[1-6]|hr|i|img|li|ol|p|pre|small|span|strong|sub|sup"
    r"|table|tbody|td|th|thead|tr|u|ul)(?:\s[^<>]{0,4000})?/?>",
    re.IGNORECASE,
)
_LINE = frozenset(
    {
        "blockquote",
        "br",
        "dd",
        "div",
        "dt",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "li",
        "ol",
        "p",
        "pre",
        "tr",
        "ul",
    }
)
MOST_FILES = 200  # of one dataset that are taken in; one record of data.gov named 8,327
FILES = Option(
    "files",
    Text("ไฟล์ของชุดข้อมูล", "Files of its datasets"),
    Text(
        "take นำไฟล์ที่เป็นตารางเข้ามาตรวจและเผยแพร่, link ลงรายการเป็นลิงก์ไปยังต้นทางเท่านั้น",
        "take: files that are tables are taken in, checked and published; link: only their addresses are catalogued.",
    ),
    default="take",
    choices=("take", "link"),
)


def is_table(format: str, url: str) -> bool:
    """Whether a file is worth taking in, by what the catalogue calls it or, where it says nothing, by its address."""
    named = format.strip().lower().removeprefix(".")
    if named:
        return named in FORMATS
    return PurePosixPath(unquote(urlsplit(url).path)).suffix.lower() in READ


def storable(value: Any) -> Any:
    """A value out of JSON or XML without what no database takes: NUL, halves of a character, numbers that are none."""
    if isinstance(value, str):
        if value.isascii() and "\0" not in value:
            return value
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list):
        return [storable(part) for part in value]
    if isinstance(value, dict):
        return {storable(key): storable(part) for key, part in value.items()}
    return value


def without_markup(text: Any) -> Any:
    """A text without the HTML that map servers put into descriptions and licences; text without tags, and what is none, as it is."""
    if not isinstance(text, str) or _TAG.search(text) is None:
        return text
    broken = _TAG.sub(lambda tag: "\n" if tag["name"].lower() in _LINE else "", text)
    lines = (" ".join(line.split()) for line in html.unescape(broken).split("\n"))
    return "\n".join(line for line in lines if line)


def fields_of_record(
    identity: str,
    url: str,
    title: str = "",
    *,
    metadata: Mapping[str, Any] = MappingProxyType({}),
    files: Sequence[Mapping[str, Any]] = (),
    record: str = "",
    modified: str = "",
    error: Mapping[str, Any] | None = None,
    mark: str = "",
) -> dict[str, Any]:
    """One record of a catalogue as it crosses from the child: texts masked, empty fields left out.

    `error` is what keeps it out, with its "code": what its kind found, else what keeps any record out (`trouble_of`). `mark`
    tells one without an id from others.
    """
    error = error or trouble_of(identity, title, metadata, files, record)
    told = {"id": identity[: CAPS["id"]] or f"?{(mark or title)[:80]}", "url": url, "title": title, "error": error}
    if error is not None:
        return told | {"metadata": {}, "files": [], "record": "", "modified": ""}
    plain = {name: without_markup(value) if name in PROSE else value for name, value in metadata.items()}
    if (
        len(str(plain.get("license_id", ""))) > MOST_LICENCE
    ):  # a whole page of terms is no name; it stands in the record as it came
        plain["license_id"] = f"{plain['license_id'][:MOST_LICENCE].rsplit(' ', 1)[0]} …"
    filled = {name: masked(name, value) for name, value in plain.items() if value not in (None, "", [], {})}
    return told | {"metadata": filled, "files": list(files), "record": record, "modified": modified}


def trouble_of(
    identity: str, title: str, metadata: Mapping[str, Any], files: Sequence[Mapping[str, Any]], record: str
) -> dict[str, Any] | None:
    """What keeps any record out: no id, no title, or a size that no real one has."""
    if not identity:
        return {"code": "record-id-missing", "name": title or "?"}
    tags = metadata.get("tags")
    count = len(tags) if isinstance(tags, list) else 0
    large = too_large(id=len(identity), tags=count, resources=len(files), bytes=len(record))
    return large or (None if title else {"code": "record-title-missing", "id": identity})


def too_large(**sizes: int) -> dict[str, Any] | None:
    """The first of these sizes of a record that no real one has (CAPS), as an error; None where there is none."""
    for what, count in sizes.items():
        if count > CAPS[what]:
            return {"code": "record-too-large", "what": what, "count": count, "most": CAPS[what]}
    return None


def plain_format(told: str) -> str:
    """A format as a short word: of a media type, of an address of the IANA or EU list, or as written."""
    last = told.rstrip("/").rsplit("/", 1)[-1].strip().lower()
    return MEDIA.get(last, last)[:40]


def has_own_id(record: Mapping[str, Any]) -> bool:
    """Whether a record bears the id that its source gave it. One without gets a mark of ours, which may hide any other."""
    return not record["id"].startswith("?")


def record_item(record: Mapping[str, Any], source: Source) -> Item:
    """The item of a record out of `fields_of_record`."""
    error = HarvestError(**record["error"]) if record["error"] is not None else None
    return Item(
        record["id"],
        record["url"],
        mask_text(record["title"]),
        record["metadata"],
        error=error,
        alone=has_own_id(record),
        files=wanted_files([RemoteFile(**file) for file in record["files"]], source),
        record=record["record"],
        modified=record["modified"],
    )


def wanted_files(files: Sequence[RemoteFile], source: Source) -> tuple[RemoteFile, ...]:
    """Mark the files to be taken in: tables, MOST_FILES at the most, unless the source is to be linked only."""
    if source.options.get("files") == "link":
        return tuple(files)
    marked, left = [], MOST_FILES
    for file in files:
        take = (
            left > 0
            and file.problem is None
            and "other_form_of" not in file.details
            and is_table(file.format, file.url)
        )
        left -= take
        marked.append(replace(file, wanted=take))
    return tuple(marked)


def collect_record(
    item: Item, fetch: Fetch, parts_of: Callable[[RemoteFile], Iterator[Part]] | None = None
) -> Collected:
    """The record of an item with the bytes of its wanted files. A file that can't be had is linked, with the reason.

    `parts_of` brings a file of a kind whose files do not all stand at addresses.
    """
    if item.collected is not None:  # a delivery that waited for a person
        return item.collected
    record = item.record.encode()
    path = fetch.workdir / f"record-{hashlib.sha256(item.remote_id.encode()).hexdigest()[:16]}"
    path.write_bytes(record)
    parts: list[Part] = []
    links: list[RemoteFile] = []
    for file in item.files:
        if not file.wanted:
            links.append(file)
            continue
        try:
            parts += parts_of(file) if parts_of is not None else file_parts(file, fetch)
        except HarvestError as error:
            if error.code == "run-stopped":
                raise  # else the file would seem to be gone
            links.append(replace(file, problem=as_problem(error)))
    return Collected(
        path=path,
        filename=item.title or item.remote_id,
        url=item.url,
        fetched_at=datetime.now(UTC),
        sha256=hashlib.sha256(record).hexdigest(),
        bytes=len(record),
        parts=tuple(parts),
        links=tuple(links),
    )


def file_parts(file: RemoteFile, fetch: Fetch) -> Iterator[Part]:
    """One part for a file, one for each table of an archive. Raises HarvestError, "no-table" for an archive without any."""
    collected = of_fetched(fetch.get(file.url, fresh=True))
    if not is_archive(collected.path):
        yield Part(file, collected)
        return
    members = [member for member in file_items(collected, fetch, lone=True) if member.collected is not None]
    if not members:
        raise HarvestError("no-table")
    for member in members:
        assert member.collected is not None
        title = f"{file.title}: {member.title}" if len(members) > 1 else file.title
        yield Part(replace(file, title=title), member.collected)


def files_unchanged(item: Item, fetch: Fetch) -> bool:
    """Whether the source says of every wanted file that it is the one we have: by its own date, else by HTTP 304."""
    for file in item.files:
        if not file.wanted or file.settled:
            continue
        if file.url not in fetch.validators:
            return False
        try:
            fetch.get(file.url)
        except NotModified:
            continue
        except HarvestError:
            return False
        return False
    return True
