"""Tables in files: one file, a folder, an archive, or a list of addresses. One file is one item."""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import ClassVar

from harvesters.errors import HarvestError
from harvesters.fetch import Fetch, Fetched
from harvesters.limited import ChildLimits, run_limited
from harvesters.sources import Option
from harvesters.tables.archives import unpack
from harvesters.tables.limits import Limits
from harvesters.values import Collected, Cursor, Item, Source, Text

READ = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".ods", ".json", ".jsonl", ".ndjson", ".zip"})
SHEETS_INSIDE = ("xl/workbook.xml", "content.xml")  # what tells a workbook from an archive of files
COPY_BYTES = 1 << 20


class Spreadsheet:
    """Harvester of CSV, TSV, XLSX, XLS, ODS, JSON, JSON Lines and archives of these."""

    name: ClassVar[str] = "spreadsheet"
    title: ClassVar[Text] = Text("ไฟล์ตาราง", "Table files")
    options: ClassVar[tuple[Option, ...]] = ()

    def items(self, source: Source, fetch: Fetch, cursor: Cursor | None) -> Iterator[Item | Cursor]:
        """List the files of a path or of one or more addresses (separated by blanks)."""
        if is_address(source.url):
            urls = source.url.split()
            if len(urls) == 1:
                yield from file_items(of_address(urls[0], fetch), fetch, lone=True)
            else:
                for url in urls:
                    yield from one_of_many(url, url, partial(of_address, url, fetch), fetch)
        else:
            yield from local_items(source, fetch)

    def collect(self, item: Item, source: Source, fetch: Fetch) -> Collected:
        """Return the bytes that `items` already has."""
        if item.collected is None:
            raise HarvestError("source-item-gone", item=item.remote_id)
        return item.collected


def is_address(url: str) -> bool:
    """Whether `url` is an http address (or several), not a path."""
    return url.lower().startswith(("http://", "https://"))


def one_of_many(name: str, url: str, collect: Callable[[], Collected], fetch: Fetch) -> Iterator[Item]:
    """The items of one file among others. A file that can't be had is one failed item."""
    try:
        collected = collect()
    except HarvestError as error:
        yield Item(name, url, Path(name).stem, error=error)
    else:
        yield from file_items(collected, fetch, lone=False)


def of_address(url: str, fetch: Fetch) -> Collected:
    """What stands at an address. Raises what the door raises."""
    return of_fetched(fetch.get(url))


def of_fetched(fetched: Fetched) -> Collected:
    """What the door brought, as collected bytes."""
    return Collected(
        path=fetched.path,
        filename=fetched.filename,
        url=fetched.url,
        fetched_at=fetched.fetched_at,
        sha256=fetched.sha256,
        bytes=fetched.bytes,
        media_type=fetched.media_type,
        etag=fetched.etag,
        last_modified=fetched.last_modified,
    )


def path_of(source: Source) -> Path:
    """The path that a source names. Raises HarvestError: "path-forbidden" unless it may name one of this machine, "path-missing"."""
    if not source.local:
        raise HarvestError("path-forbidden", path=source.url)
    path = Path(source.url)
    if not path.exists():
        raise HarvestError("path-missing", path=path.name)
    return path


def local_items(source: Source, fetch: Fetch) -> Iterator[Item]:
    """List a file, or the readable files of a folder in the order of their names.

    Raises HarvestError as `path_of` does.
    """
    path = path_of(source)
    if path.is_dir():
        for member in sorted(path.iterdir(), key=lambda member: member.name):
            if member.suffix.lower() in READ and member.is_file() and not member.name.startswith((".", "~$")):
                yield from one_of_many(member.name, "", partial(of_local, member, fetch), fetch)
    else:
        yield from file_items(of_local(path, fetch), fetch, lone=True)


def of_local(path: Path, fetch: Fetch) -> Collected:
    """Copy a file of this machine into the work folder, so that what is hashed is what is read.

    Raises HarvestError "fetch-too-large" and "path-unreadable".
    """
    try:
        return copied(path, fetch)
    except (PermissionError, FileNotFoundError) as error:
        raise HarvestError("path-unreadable", path=path.name, why=error.strerror) from error


def copied(path: Path, fetch: Fetch) -> Collected:
    """What `of_local` does where nothing stands against it."""
    size = path.stat().st_size
    if size > fetch.rules.bytes:
        raise HarvestError("fetch-too-large", url=path.name, most_mb=fetch.rules.bytes // 1_000_000)
    digest = hashlib.sha256()
    copy = fetch.workdir / f"local-{hashlib.sha256(str(path).encode()).hexdigest()[:16]}"
    with path.open("rb") as original, copy.open("wb") as kept:
        while chunk := original.read(COPY_BYTES):
            digest.update(chunk)
            kept.write(chunk)
    changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return Collected(
        path=copy,
        filename=path.name,
        url="",  # a path of this machine is nobody's business
        fetched_at=datetime.now(UTC),
        sha256=digest.hexdigest(),
        bytes=copy.stat().st_size,
        last_modified=changed.isoformat(timespec="seconds"),
    )


def file_items(collected: Collected, fetch: Fetch, *, lone: bool) -> Iterator[Item]:
    """One item for a file, one for each member of an archive. A lone file has no title beside its source's.

    An archive that can't be unpacked is one failed item.
    """
    whole = Item(collected.filename, collected.url, "" if lone else Path(collected.filename).stem, collected=collected)
    if not is_archive(collected.path):
        yield whole
        return
    into = fetch.workdir / f"unpacked-{collected.sha256[:16]}"
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir()
    argument = {"path": str(collected.path), "into": str(into)}
    try:
        answer = run_limited("harvesters.sources.spreadsheet:unpack_child", argument, limits=ChildLimits())
    except HarvestError as error:
        yield replace(whole, error=error)
        return
    for member in answer["members"]:
        path = Path(member["path"])
        if Path(member["name"]).suffix.lower() not in READ - {".zip"}:
            continue
        yield Item(
            f"{collected.filename}/{member['name']}",
            collected.url,
            Path(member["name"]).stem,
            collected=Collected(
                path=path,
                filename=member["name"].rsplit("/", 1)[-1],
                url=collected.url,
                fetched_at=collected.fetched_at,
                sha256=member["sha256"],
                bytes=member["bytes"],
                etag=collected.etag,
                last_modified=collected.last_modified,
            ),
        )


def is_archive(path: Path) -> bool:
    """Whether the file is a ZIP that is no workbook. Reads the directory of the ZIP only."""
    with path.open("rb") as file:
        if file.read(4) not in (b"PK\x03\x04", b"PK\x05\x06"):
            return False
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return False  # damaged: reading it says so, whether it should have been a workbook or an archive
    return not any(name in SHEETS_INSIDE for name in names)


def unpack_child(argument: dict[str, str]) -> dict[str, object]:
    """In the child process: unpack and hash. Gives {"members": [{name, path, bytes, sha256}]}."""
    members = []
    for member in unpack(Path(argument["path"]), Path(argument["into"]), Limits()):
        entry = asdict(member)
        with member.path.open("rb") as file:
            entry["sha256"] = hashlib.file_digest(file, "sha256").hexdigest()
        members.append(entry | {"path": str(member.path)})
    return {"members": members}
