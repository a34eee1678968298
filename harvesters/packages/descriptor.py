"""The `datapackage.json` of a version: Data Package v2 (datapackage.org), with the national metadata under `khlang`.

Other tools read the standard part; nothing in it is guessed. A licence is claimed only where the explicit table of licences
is certain, and never with a version that the publisher did not state; its literal label is always kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from harvesters.licences import licence_of
from harvesters.metadata import Metadata
from harvesters.values import ROW_COLUMN, Collected

PACKAGE_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
SCHEMA_PROFILE = "https://datapackage.org/profiles/2.0/tableschema.json"
OWN_KEYS = frozenset(
    {"headings", "weakHeadings", "role", "contact"}
)  # of a profile's field: for reading files, not for users
CHANGING = ("id", "version", "created")  # differ between versions of equal content
FOUND = ("original", "fetched_at")  # so do these of the `khlang` part
ROW_FIELD: Mapping[str, Any] = {
    "name": ROW_COLUMN,
    "type": "integer",
    "title": "ลำดับแถวในไฟล์ต้นฉบับ",
    "description": "หมายเลขแถวของไฟล์ต้นฉบับตามที่โปรแกรมตารางคำนวณแสดง นับจาก 1",
    "titles": {"th": "ลำดับแถวในไฟล์ต้นฉบับ", "en": "Row number in the original file"},
    "descriptions": {
        "th": "หมายเลขแถวของไฟล์ต้นฉบับตามที่โปรแกรมตารางคำนวณแสดง นับจาก 1",
        "en": "Row number in the original file as a spreadsheet program shows it, from 1",
    },
    "constraints": {"required": True, "unique": True},
}


@dataclass(frozen=True, slots=True)
class Named:
    """What the catalogue calls the version."""

    name: str
    version: int
    publisher_slug: str
    publisher_th: str
    publisher_en: str = ""


def describe(
    *,
    metadata: Metadata,
    named: Named,
    collected: Collected,
    tables: Sequence[Mapping[str, Any]],
    format: str,
    links: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """Return the descriptor of a version.

    `tables`: name, title, sheet, profile, schema, rows, bytes and sha256 of the CSV, and, where known, key, repair_counts,
    problem_counts, rejected_rows. `links`: url, title, description, format of files that are named by their address only.
    Every other value of the result is JSON-able too; empty ones are left out.
    """
    described = {
        "$schema": PACKAGE_PROFILE,
        "name": named.name,
        "id": f"khlang:{named.name}@{named.version}",
        "title": metadata.title_th,
        "titles": both(metadata.title_th, metadata.title_en),
        "description": metadata.notes_th,
        "descriptions": both(metadata.notes_th, metadata.notes_en),
        "version": str(named.version),
        "created": moment(collected),
        "keywords": list(dict.fromkeys(metadata.tags)),
        "licenses": licences(metadata.license_id),
        "sources": sources(metadata, collected),
        "contributors": contributors(metadata, named),
        "resources": [*(resource(table) for table in tables), *linked(tables, links)],
        "khlang": khlang(metadata, named, collected, format),
    }
    return without_empty(described)


def without_empty(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values without those that say nothing; zero and False say something."""
    return {name: value for name, value in values.items() if value is not None and value not in ("", [], {}, ())}


def both(th: str, en: str) -> dict[str, str]:
    """A text in the languages that it exists in."""
    return without_empty({"th": th, "en": en})


def moment(collected: Collected) -> str:
    """When the bytes were fetched, in UTC."""
    return collected.fetched_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def licences(label: str) -> list[dict[str, str]]:
    """The licence as far as it is certain: none is listed for an unstated or unknown label."""
    known = licence_of(label)
    if not label.strip() or not known.certain:
        return []
    return [without_empty({"name": known.id or known.code, "path": known.url, "title": label})]


def sources(metadata: Metadata, collected: Collected) -> list[dict[str, str]]:
    """Where the data came from. A path of this machine is nobody's business."""
    found = without_empty({"title": metadata.data_source or collected.filename, "path": public_url(collected.url)})
    return [found] if found else []


def public_url(url: str) -> str:
    """A web address without a login in it; empty for anything else."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return ""
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def contributors(metadata: Metadata, named: Named) -> list[dict[str, Any]]:
    """The publisher, and the unit that answers questions."""
    publisher = {"title": named.publisher_th or named.publisher_slug, "roles": ["publisher"]}
    contact = without_empty({"title": metadata.maintainer, "email": metadata.maintainer_email})
    return [publisher, {**contact, "roles": ["contact"]}] if contact else [publisher]


def resource(table: Mapping[str, Any]) -> dict[str, Any]:
    """One table: its CSV, of which the Parquet and the repairs are named beside it."""
    name = table["name"]
    told = {
        "sheet": table.get("sheet"),
        "profile": table.get("profile"),
        "key": list(table.get("key") or ()),
        "parquet": f"data/{name}.parquet",
        "repairs": dict(table.get("repair_counts") or {}),
        "problems": dict(table.get("problem_counts") or {}),
        "rejected": table.get("rejected_rows", 0),
        "source": public_url(table.get("source_url", "")),
        "details": table.get("details"),
    }
    return without_empty(
        {
            "name": name,
            "type": "table",
            "path": f"data/{name}.csv",
            "title": table.get("title"),
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "bytes": table["bytes"],
            "hash": f"sha256:{table['sha256']}",
            "rows": table["rows"],
            "schema": published_schema(table["schema"]),
            "khlang": without_empty(told),
        }
    )


def linked(tables: Sequence[Mapping[str, Any]], links: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Files that stay where they are: a resource may have an address for its path. Others can't be named in a package."""
    taken = {table["name"] for table in tables}
    found: list[dict[str, Any]] = []
    for link in links:
        address = public_url(link["url"])
        if not address:
            continue
        name = f"link-{len(found) + 1}"
        while name in taken:
            name += "-1"
        told = {
            "link": True,
            "problem": link["problem"]["code"] if link.get("problem") else None,
            "details": link.get("details"),
        }
        described = {
            "name": name,
            "path": address,
            "title": link["title"],
            "description": link["description"],
            "format": link["format"].lower(),
            "khlang": without_empty(told),
        }
        found.append(without_empty(described))
    return found


def published_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The Table Schema of a published table: `_row` first, without what only helps to read files."""
    fields = [
        without_empty({name: value for name, value in field.items() if name not in OWN_KEYS})
        for field in schema["fields"]
        if field["name"] != ROW_COLUMN
    ]
    rest = {name: value for name, value in schema.items() if name not in ("fields", "$schema")}
    return {"$schema": SCHEMA_PROFILE, "fields": [dict(ROW_FIELD), *fields], **rest, "missingValues": [""]}


def khlang(metadata: Metadata, named: Named, collected: Collected, format: str) -> dict[str, Any]:
    """The national metadata under their own names, literal; what the standard does not know under `extras`."""
    told = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(metadata).items()}
    publisher = {"slug": named.publisher_slug, "titles": both(named.publisher_th, named.publisher_en)}
    original = {"name": collected.filename, "sha256": collected.sha256, "bytes": collected.bytes, "format": format}
    return without_empty({**told, "publisher": publisher, "fetched_at": moment(collected), "original": original})


def digest_of(descriptor: Mapping[str, Any]) -> str:
    """The sha256 of what a version says, whatever its number and date: equal content has equal digests.

    Counts of problems and repairs belong to the content: an office that mends its file sees a new version, if only in the
    report. The original's bytes do not: a workbook saved again without a change is no news.
    """
    content = {name: value for name, value in descriptor.items() if name not in CHANGING}
    content["khlang"] = {name: value for name, value in descriptor.get("khlang", {}).items() if name not in FOUND}
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
