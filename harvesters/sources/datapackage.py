"""A Data Package (v1 or v2) at an address, in a folder or a ZIP: one dataset, whose own schema is kept to.

Rules: design page on harvesting 6.4. The descriptor is read in the limited child process; a path may not leave the package.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar
from urllib.parse import urljoin

from harvesters.checks.problems import as_problem
from harvesters.errors import HarvestError
from harvesters.fetch import Fetch
from harvesters.limited import run_limited
from harvesters.sources import Option
from harvesters.sources.records import FILES, collect_record, file_parts, wanted_files
from harvesters.sources.spreadsheet import is_address, is_archive, of_fetched, of_local, path_of
from harvesters.values import Collected, Cursor, Item, Part, RemoteFile, Source, Text

DESCRIPTOR = "datapackage.json"
UNPACKED = "package"  # folder of the run's work folder: a ZIP's members, and tables that stand in the descriptor itself


class DataPackage:
    """Harvester of one Data Package."""

    name: ClassVar[str] = "datapackage"
    title: ClassVar[Text] = Text("แพ็กเกจข้อมูล (Data Package)", "Data Package")
    options: ClassVar[tuple[Option, ...]] = (FILES,)

    def items(self, source: Source, fetch: Fetch, cursor: Cursor | None) -> Iterator[Item | Cursor]:
        """The package as one dataset."""
        descriptor, base = find_descriptor(source, fetch)
        argument: dict[str, Any] = {"path": str(descriptor), "base": base, "into": str(unpacked(fetch)), "schemas": {}}
        record = run_limited("harvesters.sources.packagerecords:read_package", argument)
        if record["schemas"]:  # they stand in files of their own, and bind the tables once they are there
            argument["schemas"] = schemas_beside(record["schemas"], base, source, fetch)
            record = run_limited("harvesters.sources.packagerecords:read_package", argument)
        yield Item(
            record["id"],
            base,
            metadata=record["metadata"],
            files=files_of(record["files"], source),
            record=record["record"],
        )

    def collect(self, item: Item, source: Source, fetch: Fetch) -> Collected:
        """Fetch the files of the package."""

        def parts_of(file: RemoteFile) -> Iterator[Part]:
            if file.declared.get("more"):
                yield Part(file, joined([file.url, *file.declared["more"]], source, fetch))
            elif is_address(file.url):
                yield from file_parts(file, fetch)
            else:
                yield Part(file, of_local(inside(file.url, source, fetch), fetch))

        return collect_record(item, fetch, parts_of)


def files_of(told: list[dict[str, Any]], source: Source) -> tuple[RemoteFile, ...]:
    """The files of a package. What it only links to, and what can't be had, is not taken in."""
    errors = [file.pop("error") for file in told]
    links = [file.pop("link") for file in told]
    problems = [error and as_problem(HarvestError(**error)) for error in errors]
    files = [RemoteFile(**file, problem=found) for file, found in zip(told, problems, strict=True)]
    marked = wanted_files(files, source)
    return tuple(replace(file, wanted=False) if link else file for file, link in zip(marked, links, strict=True))


def find_descriptor(source: Source, fetch: Fetch) -> tuple[Path, str]:
    """The descriptor as a file, and the address that its paths are relative to ("" for files of this machine or of a ZIP).

    Raises HarvestError: what the door raises, path-…, package-none.
    """
    if is_address(source.url):
        url = source.url.strip()
        fetched = fetch.get(urljoin(url, DESCRIPTOR) if url.endswith("/") else url, fresh=True)
        if not is_archive(fetched.path):
            return fetched.path, fetched.url
        archive = of_fetched(fetched).path
    else:
        path = path_of(source)
        if path.is_dir():
            return of_local(path / DESCRIPTOR, fetch).path, ""
        archive = of_local(path, fetch).path
        if not is_archive(archive):
            return archive, ""
    argument = {"path": str(archive), "into": str(unpacked(fetch))}
    found = run_limited("harvesters.sources.packagerecords:unpack_package", argument)
    return Path(found["descriptor"]), ""


def unpacked(fetch: Fetch) -> Path:
    """The folder of the run for what a package brings along."""
    folder = fetch.workdir / UNPACKED
    folder.mkdir(exist_ok=True)
    return folder


def schemas_beside(names: Sequence[str], base: str, source: Source, fetch: Fetch) -> dict[str, str]:
    """Schemas that the descriptor names by a path or an address, fetched: name as written -> file.

    One that can't be had is left out; its table is then read by inference, as one without a schema.
    """
    found = {}
    for name in names:
        try:
            address = name if is_address(name) else urljoin(base, jailed(name)) if base else ""
            place = fetch.get(address, fresh=True).path if address else inside(name, source, fetch)
        except HarvestError:
            continue
        found[name] = str(place)
    return found


def inside(name: str, source: Source, fetch: Fetch) -> Path:
    """The file of the package under a relative path. Raises HarvestError("package-path") for one outside it or not there."""
    folders = [unpacked(fetch)]
    if source.local and not is_address(source.url):
        path = path_of(source)
        folders.append(path if path.is_dir() else path.parent)
    for folder in folders:
        place = (folder / jailed(name)).resolve()
        if place.is_relative_to(folder.resolve()) and place.is_file():
            return place
    raise HarvestError("package-path", path=name)


def joined(names: Sequence[str], source: Source, fetch: Fetch) -> Collected:
    """A table in several files, which follow each other without a heading of their own (Data Package v2, "path")."""
    pieces = [
        of_fetched(fetch.get(name, fresh=True)) if is_address(name) else of_local(inside(name, source, fetch), fetch)
        for name in names
    ]
    whole, size, digest = fetch.workdir / f"joined-{pieces[0].sha256[:16]}", 0, hashlib.sha256()
    with whole.open("wb") as file:
        for piece in pieces:
            content = piece.path.read_bytes()
            content += b"" if content.endswith(b"\n") else b"\n"
            size += len(content)
            if size > fetch.rules.bytes:
                raise HarvestError("fetch-too-large", url=names[0], most_mb=fetch.rules.bytes // 1_000_000)
            file.write(content)
            digest.update(content)
    return replace(pieces[0], path=whole, sha256=digest.hexdigest(), bytes=size, etag=None, last_modified=None)


def jailed(name: str) -> str:
    """A relative path that stays where it is. Raises HarvestError("package-path") for any other (Data Package v2, "path")."""
    path = PurePosixPath(name)
    odd = "\\" in name or ":" in name.split("/")[0] or "\0" in name or name.startswith("~")
    if not name or odd or path.is_absolute() or ".." in path.parts:
        raise HarvestError("package-path", path=name[:200])
    return name


def resolved(name: str, base: str) -> str:
    """The address of a file of the package; its relative path where the package has no address. Raises as `jailed`."""
    if is_address(name):
        return name
    return urljoin(base, jailed(name)) if base else jailed(name)


def as_text(document: Any) -> str:
    """A JSON document in one form, so that the same content gives the same text."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True)
