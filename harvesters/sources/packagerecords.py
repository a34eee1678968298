"""Reads the descriptor of a Data Package in the limited child: its metadata, its files, and the schemas that bind them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from harvesters.bundled import profiles
from harvesters.errors import HarvestError
from harvesters.metadata import KNOWN
from harvesters.national import lines, listed, masked, object_of
from harvesters.sources.datapackage import DESCRIPTOR, as_text, resolved
from harvesters.sources.records import storable
from harvesters.sources.spreadsheet import is_address
from harvesters.tables.archives import unpack
from harvesters.tables.limits import Limits
from harvesters.values import ROW_COLUMN

MOST_RESOURCES, MOST_FIELDS = 500, 1_000
OWN = frozenset({"resources", "title", "titles", "description", "descriptions", "keywords", "licenses", "khlang", "name", "id"}
                | {"$schema", "profile", "version", "created", "sources", "contributors", "views", "image", "hash", "bytes"})  # fmt: skip


def unpack_package(argument: Mapping[str, str]) -> dict[str, str]:
    """Unpack a ZIP and find its descriptor, the one nearest to the root, which is moved there with what lies beside it."""
    into = Path(argument["into"])
    (into / "members").mkdir()
    members = unpack(Path(argument["path"]), into / "members", Limits())
    found = sorted(
        (member.name for member in members if PurePosixPath(member.name).name == DESCRIPTOR),
        key=lambda name: (name.count("/"), name),
    )
    if not found:
        raise HarvestError("package-none", wanted=DESCRIPTOR)
    top = found[0].removesuffix(DESCRIPTOR)
    for member in members:
        if member.name.startswith(top):
            place = (into / member.name.removeprefix(top)).resolve()
            if place.is_relative_to(into.resolve()):
                place.parent.mkdir(parents=True, exist_ok=True)
                member.path.rename(place)
    return {"descriptor": str(into / DESCRIPTOR)}


def read_package(argument: Mapping[str, Any]) -> dict[str, Any]:
    """Read a descriptor. Gives {"id", "metadata", "files", "record", "schemas"}; files as `file_of` gives
    them, schemas as the names of those that stand in files of their own.

    Raises HarvestError: answer-broken, answer-html, package-none, record-too-large.
    """
    base, into = argument["base"], Path(argument["into"])
    described = descriptor_of(Path(argument["path"]))
    resources = [resource for resource in described["resources"] if isinstance(resource, dict)]
    if len(resources) > MOST_RESOURCES:
        raise HarvestError("record-too-large", what="resources", count=len(resources), most=MOST_RESOURCES)
    files = [file_of(resource, number, base, into, argument["schemas"]) for number, resource in enumerate(resources)]
    return {
        "id": lines(described.get("name")) or lines(described.get("id")) or base or DESCRIPTOR,
        "metadata": metadata_of(described),
        "files": [file for file in files if file is not None],
        "record": as_text(described),
        "schemas": sorted({name for one in resources if isinstance(name := one.get("schema"), str) and name}),
    }


def descriptor_of(path: Path) -> dict[str, Any]:
    """The descriptor as it stands in a file. Raises HarvestError: answer-broken, answer-html, package-none."""
    body = path.read_bytes()
    try:
        described = storable(json.loads(body.decode("utf-8-sig"), parse_constant=lambda _: None))
    except (ValueError, RecursionError) as error:
        if body.lstrip()[:1] == b"<":
            raise HarvestError("answer-html", url=DESCRIPTOR) from error
        raise HarvestError("answer-broken", url=DESCRIPTOR, why=type(error).__name__) from error
    if not isinstance(described, dict) or not isinstance(described.get("resources"), list):
        raise HarvestError("package-none", wanted="resources")
    return described


def metadata_of(described: Mapping[str, Any]) -> dict[str, Any]:
    """The metadata: national fields where our own kind of package carries them, else what the standard has."""
    own = object_of(described.get("khlang"))
    found: dict[str, Any] = {name: value for name, value in described.items() if name not in OWN}
    found |= {
        "title": languages(described, "title", "th"),
        "title_en": languages(described, "title", "en"),
        "notes": languages(described, "description", "th"),
        "notes_en": languages(described, "description", "en"),
        "tags": [str(word) for word in listed(described.get("keywords")) if isinstance(word, str)],
        "license_id": licence_of(described),
        "data_source": "; ".join(
            lines(one.get("title") or one.get("path")) for one in objects(described.get("sources"))
        ),
        "version": described.get("version"),
        **contact_of(described),
    }
    found |= {name: value for name, value in own.items() if name in KNOWN}
    found |= object_of(own.get("extras"))
    for name, given in (("title_th", "title"), ("notes_th", "notes")):
        found.pop(name, None) if found.get(given) else None
    return {name: masked(name, value) for name, value in found.items() if value not in (None, "", [], {})}


def languages(described: Mapping[str, Any], name: str, language: str) -> str:
    """A text in one language: of our `titles` and `descriptions`; the plain one counts as the first language."""
    both = described.get(f"{name}s")
    told = lines(both.get(language)) if isinstance(both, dict) else ""
    return told or (lines(described.get(name)) if language == "th" else "")


def licence_of(described: Mapping[str, Any]) -> str:
    """The licence as its publisher calls it; v1's `license` too."""
    given = [*objects(described.get("licenses")), described.get("license")]
    for one in given:
        told = lines(one.get("title") or one.get("name") or one.get("path")) if isinstance(one, dict) else lines(one)
        if told:
            return told
    return ""


def contact_of(described: Mapping[str, Any]) -> dict[str, str]:
    """Who answers questions: the contributor of that role, else the first one."""
    people = objects(described.get("contributors"))
    roles = [{str(role) for role in listed(one.get("roles"))} | {str(one.get("role"))} for one in people]
    asked = [one for one, of in zip(people, roles, strict=True) if of & {"contact", "maintainer"}] or people[:1]
    return (
        {"maintainer": lines(asked[0].get("title")), "maintainer_email": lines(asked[0].get("email"))} if asked else {}
    )


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a list."""
    return [part for part in listed(value) if isinstance(part, dict)]


def file_of(
    resource: Mapping[str, Any], number: int, base: str, into: Path, schemas: Mapping[str, str]
) -> dict[str, Any] | None:
    """One resource as the fields of a RemoteFile, "error" and "link" beside them; None for one that is neither at a path nor in the descriptor."""
    name = lines(resource.get("name")) or f"resource-{number + 1}"
    told = {
        "title": lines(resource.get("title")) or name,
        "description": lines(resource.get("description")),
        "format": lines(resource.get("format")),
        "modified": lines(resource.get("hash")),
        "details": masked("details", details_of(resource)),
        "declared": {"name": name, **declared_of(resource, schemas)},
        "error": None,
        "link": object_of(resource.get("khlang")).get("link") is True,
    }
    if resource.get("data") is not None:
        return {**told, "url": inline(resource["data"], number, into), "format": "json"}
    paths = [lines(path) for path in several(resource.get("path") or resource.get("url"))]
    if not paths:
        return None
    try:
        urls = [resolved(path, base) for path in paths]
    except HarvestError as error:
        return {**told, "url": "", "error": {"code": error.code, **error.fields}}
    if len(urls) > 1:
        told["declared"]["more"] = urls[1:]
    if not told["format"] and not is_address(urls[0]):
        told["format"] = PurePosixPath(urls[0]).suffix.removeprefix(".")
    return {**told, "url": urls[0]}


def several(value: Any) -> list[Any]:
    """A list as it is, one thing as a list of one, nothing as none."""
    return value if isinstance(value, list) else [value] if value else []


def details_of(resource: Mapping[str, Any]) -> dict[str, Any]:
    """What else is said of a resource, in the publisher's own words."""
    own = {"path", "url", "data", "schema", "name", "title", "description", "format", "bytes", "hash", "khlang", "rows"}
    known = own | {"encoding", "mediatype", "profile", "type", "dialect", "$schema"}
    kept = object_of(object_of(resource.get("khlang")).get("details"))
    return {name: value for name, value in resource.items() if name not in known} | kept


def inline(data: Any, number: int, into: Path) -> str:
    """Write a table that stands in the descriptor into a file; returns its path within the package."""
    name = f"inline-{number + 1}.json"
    place = into / name
    rows = [dict(zip(map(str, data[0]), row, strict=False)) for row in data[1:]] if is_rows(data) else data
    if isinstance(data, str):
        name, place = f"inline-{number + 1}.csv", into / f"inline-{number + 1}.csv"
        place.write_text(data, encoding="utf-8")
    else:
        place.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    return name


def is_rows(data: Any) -> bool:
    """Whether inline data is a list of lists, the first of them the headings."""
    return isinstance(data, list) and bool(data) and all(isinstance(row, list) for row in data)


def declared_of(resource: Mapping[str, Any], schemas: Mapping[str, str]) -> dict[str, Any]:
    """The schema that binds a table: its fields, keys and missing words as far as they have the form of the standard."""
    schema = resource.get("schema")
    if isinstance(schema, str):
        schema = loaded(schemas.get(schema))
    if not isinstance(schema, dict):
        return {}
    fields = [field for field in objects(schema.get("fields")) if isinstance(field.get("name"), str) and field["name"]]
    if not fields or len(fields) > MOST_FIELDS:
        return {}
    profile = object_of(resource.get("khlang")).get("profile")
    found: dict[str, Any] = {"profile": profile if profile in profiles() else None}  # of a package that we made
    found |= {"fields": [plain(field) for field in fields if field["name"] != ROW_COLUMN]}
    key = several(schema.get("primaryKey"))
    if key and all(isinstance(name, str) for name in key) and ROW_COLUMN not in key:
        found["primaryKey"] = key
    found["foreignKeys"] = list(foreign_keys(schema))
    missing = [
        word if isinstance(word, str) else lines(word.get("value")) for word in listed(schema.get("missingValues"))
    ]
    found["missingValues"] = [word for word in missing if word]
    found["own_rows"] = any(field["name"] == ROW_COLUMN for field in fields)
    return {name: value for name, value in found.items() if value}


def plain(field: Mapping[str, Any]) -> dict[str, Any]:
    """One field of a schema: what we keep of it."""
    kept = (
        "name",
        "type",
        "title",
        "description",
        "titles",
        "descriptions",
        "constraints",
        "format",
        "unit",
        "rdfType",
    )
    found = {name: field[name] for name in kept if field.get(name)}
    if not isinstance(found.get("constraints", {}), dict):
        del found["constraints"]
    return found


def foreign_keys(schema: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The references to other tables, in one form: {"fields": [...], "resource": name, "to": [...]}."""
    for key in objects(schema.get("foreignKeys")):
        reference = key.get("reference")
        if isinstance(reference, dict):
            fields, to = several(key.get("fields")), several(reference.get("fields"))
            if fields and len(fields) == len(to) and all(isinstance(name, str) for name in [*fields, *to]):
                yield {"fields": fields, "resource": lines(reference.get("resource")), "to": to}


def loaded(path: str | None) -> Any:
    """A schema out of a file of its own; None where it is none."""
    try:
        return storable(json.loads(Path(path).read_text(encoding="utf-8-sig"))) if path else None
    except (ValueError, OSError, RecursionError):
        return None


# ── once its tables are built ────────────────────────────────────────────────────────────────────────────────────────
def check_references(argument: Mapping[str, Any]) -> dict[str, Any]:
    """Look whether the references between tables hold.

    Takes {"tables": {declared name: csv}, "keys": [{"table", "fields", "resource", "to"}]}; an empty resource is the table
    itself. Gives {"broken": [{"key": index, "row", "value", "count"}]}: for each key with missing values the first of them.
    """
    broken = []
    for index, key in enumerate(argument["keys"]):
        known = {values for _, values in rows_of(argument["tables"][key["resource"] or key["table"]], key["to"])}
        missing = [
            (row, values)
            for row, values in rows_of(argument["tables"][key["table"]], key["fields"])
            if all(values) and values not in known
        ]
        if missing:
            broken.append(
                {"key": index, "row": missing[0][0], "value": ", ".join(missing[0][1]), "count": len(missing)}
            )
    return {"broken": broken}


def rows_of(path: str, columns: list[str]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The row number and some cells of each row of a finished table."""
    csv.field_size_limit(2**31 - 1)
    with Path(path).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield int(row[ROW_COLUMN]), tuple(row[name] or "" for name in columns)
