"""Step 6: puts a built file's tables, its original, descriptor and report into the store as one immutable version."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harvesters.checks.personal import mask_text
from harvesters.checks.problems import BY_CODE
from harvesters.metadata import Metadata
from harvesters.options import RULES_VERSION
from harvesters.packages.descriptor import Named, describe, digest_of, published_schema
from harvesters.packages.store import Store
from harvesters.values import Collected

MEDIA_TYPES: Mapping[str, str] = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xls": "application/vnd.ms-excel",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "json": "application/json",
    "jsonl": "application/jsonl",
}
PARQUET = "application/vnd.apache.parquet"
RECORD = "record"  # role of a catalogue's own description of a dataset
MOST_RECORD = 200_000  # characters of one that is offered


@dataclass(frozen=True, slots=True)
class PackagedFile:
    """One file of a version. `path` is its place inside the package."""

    path: str
    sha256: str
    bytes: int
    media_type: str
    role: str  # data, parquet, original, descriptor, report, repairs
    resource: str | None = None


@dataclass(frozen=True, slots=True)
class Packaged:
    """A version whose files all stand in the store, but to which nothing points yet."""

    number: int
    digest: str
    files: tuple[PackagedFile, ...]
    tables: tuple[Mapping[str, Any], ...]  # built["resources"] with the CSV's bytes and the published schema
    report: Mapping[str, Any]
    descriptor: Mapping[str, Any]
    built: Mapping[str, Any]


def assemble(
    store: Store,
    *,
    built: Mapping[str, Any],
    collected: Collected,
    metadata: Metadata,
    named: Named,
    workdir: Path,
) -> Packaged:
    """Write the files of one version into the store and return what a catalogue needs to point at it.

    Raises HarvestError when the store can't take them; what was written then is unreferenced and swept later.
    """
    files: list[PackagedFile] = []
    tables = []
    for table in built["resources"]:
        added = add_table(store, table)
        files += added
        published = published_schema(table["schema"])
        tables.append({**table, "schema": published, "bytes": added[0].bytes, "sha256": added[0].sha256})
    report = make_report(built, collected)
    files.append(add_json(store, workdir, report, "report.json", "report"))
    descriptor = describe(
        metadata=metadata,
        named=named,
        collected=collected,
        tables=tables,
        format=built["format"],
        links=built.get("links", ()),
    )
    files.append(add_json(store, workdir, descriptor, "datapackage.json", "descriptor"))
    files += add_originals(store, built, collected)
    return Packaged(
        number=named.version,
        digest=digest_of(descriptor),
        files=tuple(files),
        tables=tuple(tables),
        report=report,
        descriptor=descriptor,
        built=built,
    )


def add_table(store: Store, table: Mapping[str, Any]) -> list[PackagedFile]:
    """Store one table's CSV (first), Parquet and repairs."""
    name = table["name"]
    parts = [
        (f"data/{name}.csv", "csv", "text/csv", "data"),
        (f"data/{name}.parquet", "parquet", PARQUET, "parquet"),
        (f"repairs/{name}.csv", "repairs", "text/csv", "repairs"),
    ]
    added = []
    for place, key, media, role in parts:
        stored = store.add(Path(table[key]))
        added.append(PackagedFile(place, stored.sha256, stored.bytes, media, role, name))
    return added


def add_originals(store: Store, built: Mapping[str, Any], collected: Collected) -> list[PackagedFile]:
    """Store what came as it came. Files that may be offered are named; the others, and a catalogue's record, are kept privately."""
    own = {"path": collected.path, "filename": collected.filename, "format": built["format"]}
    originals = built.get("originals", [{**own, "public": built["original_public"]}])
    files: dict[str, PackagedFile] = {}
    if collected.parts is not None:
        files |= add_record(store, collected)
    for original in originals:
        stored = store.add(Path(original["path"]), private=not original["public"])
        if original["public"]:
            place = f"original/{_ascii_name(original['filename'], original['format'], taken=len(files), several=len(originals) > 1)}"
            media = MEDIA_TYPES.get(original["format"], "application/octet-stream")
            files[place] = PackagedFile(place, stored.sha256, stored.bytes, media, "original", original.get("resource"))
    return list(files.values())


def add_record(store: Store, collected: Collected) -> dict[str, PackagedFile]:
    """Store a catalogue's record as it came; it is offered only where the gate has nothing to mask in it."""
    text = collected.path.read_text(encoding="utf-8", errors="replace")
    public = len(text) <= MOST_RECORD and mask_text(text) == text
    stored = store.add(collected.path, private=not public)
    if not public:
        return {}
    ending, media = (".json", "application/json") if text[:1] in "{[" else (".txt", "text/plain")
    place = f"original/record{ending}"
    return {place: PackagedFile(place, stored.sha256, stored.bytes, media, RECORD)}


def add_json(store: Store, workdir: Path, document: Mapping[str, Any], name: str, role: str) -> PackagedFile:
    """Store a JSON document."""
    path = workdir / name
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False), encoding="utf-8")
    stored = store.add(path)
    return PackagedFile(name, stored.sha256, stored.bytes, "application/json", role)


def make_report(built: Mapping[str, Any], collected: Collected) -> dict[str, Any]:
    """All findings and repairs of one file, masked, with exact counts. At most 100 problems a table are listed."""
    tables: Sequence[Mapping[str, Any]] = built["resources"]
    repairs: Counter[str] = Counter()
    severities: Counter[str] = Counter(finding["severity"] for finding in built["problems"])
    for table in tables:
        repairs.update(table["repair_counts"])
        for code, count in table["problem_counts"].items():
            severities[BY_CODE[code].severity] += count
    resources = [
        {
            "name": table["name"],
            "title": table["title"],
            "sheet": table["sheet"],
            "rows": table["rows"],
            "rows_read": table["rows_read"],
            "rejected": table["rejected_rows"],
            "profile": table["profile"],
            "reason": table["reason"],
            "mapping": table["mapping"],
            "heading_rows": table["heading_rows"],
            "set_aside": table["set_aside"],
            "problems": table["problems"],
            "problem_count": sum(table["problem_counts"].values()),
            "problem_counts": table["problem_counts"],
            "repairs": sum(table["repair_counts"].values()),
            "repair_counts": table["repair_counts"],
            "columns": table["columns"],
        }
        for table in tables
    ]
    return {
        "rules": RULES_VERSION,
        "file": collected.filename,
        "sha256": collected.sha256,
        "format": built["format"],
        "encoding": built["encoding"],
        "delimiter": built["delimiter"],
        "problems": built["problems"],
        "problem_count": sum(severities.values()),
        "severities": dict(severities),
        "repair_count": sum(repairs.values()),
        "repair_counts": dict(repairs),
        "personal": built["personal"],
        "original_public": built["original_public"],
        "resources": resources,
        **({"links": built["links"]} if built.get("links") else {}),
    }


def _ascii_name(filename: str, format: str, *, taken: int, several: bool) -> str:
    """A safe name inside the package: the hash's head and an ending that fits the content, not the name.

    One of `several` has its number in front: two files of a dataset may be called alike.
    """
    head = hashlib.sha256(filename.encode()).hexdigest()[:8]
    return f"{taken + 1}-{head}.{format}" if several else f"{head}.{format}"
