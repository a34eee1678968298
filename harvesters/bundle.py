"""Builds a dataset of several files and links: each file as `build` does, in a limited child of its own, then all as one.

A file that can't be read or published becomes a link with the reason; the others are published.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from harvesters.checks.personal import class_words, mask_text
from harvesters.checks.problems import as_problem, problem
from harvesters.errors import HarvestError
from harvesters.limited import ChildLimits, run_limited
from harvesters.options import BuildOptions
from harvesters.thai.slugs import slug
from harvesters.values import Collected, Part, Problem, RemoteFile, Text

MOST_NAME = 60


def build_bundle(collected: Collected, workdir: Path, options: BuildOptions, limits: ChildLimits) -> dict[str, Any]:
    """Build what a catalogue's record can be published as.

    Gives what `build` gives, and "originals" (the files that were read) and "links" (those that were not, and why).
    """
    built: list[tuple[Part, dict[str, Any]]] = []
    links = list(collected.links)
    for number, part in enumerate(collected.parts or ()):
        folder = workdir / f"part-{number}"
        folder.mkdir(exist_ok=True)
        try:
            done = build_part(part, folder, options, limits)
        except HarvestError as error:
            links.append(replace(part.file, problem=as_problem(error)))
            continue
        if done["blocking"]:
            links.append(replace(part.file, problem=as_found(done["blocking"][0])))
        else:
            built.append((part, done))
    tables = tables_of(built)
    references = check_references(built, tables)
    return {
        "format": built[0][1]["format"] if built else "",
        "encoding": built[0][1]["encoding"] if built else None,
        "delimiter": built[0][1]["delimiter"] if built else None,
        "problems": [*(finding for _, done in built for finding in done["problems"]), *references],
        "blocking": [],
        "held": any(done["held"] for _, done in built),
        "personal": personal_of([done["personal"] for _, done in built], options.personal),
        "original_public": all(done["original_public"] for _, done in built),
        "resources": tables,
        "originals": originals_of(built, tables),
        "links": [link_of(file) for file in links],
    }


def build_part(part: Part, folder: Path, options: BuildOptions, limits: ChildLimits) -> dict[str, Any]:
    """One file through `build`, in a limited child."""
    argument = {
        "path": str(part.collected.path),
        "filename": part.collected.filename,
        "workdir": str(folder),
        "options": replace(options, declared=part.file.declared).to_json(),
    }
    return run_limited("harvesters.build:build", argument, limits=limits)


def tables_of(built: Sequence[tuple[Part, Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """The tables of all files, called by what the catalogue calls their files, under names of their own."""
    tables: list[dict[str, Any]] = []
    taken: set[str] = set()
    for part, done in built:
        several = len(done["resources"]) > 1
        for table in done["resources"]:
            called = mask_text(part.file.title) or table["title"]
            title = f"{called}: {table['title']}" if several and part.file.title else called
            name = free_name(slug(title, table["name"]), taken)
            problems = [{**finding, "resource": name} for finding in table["problems"]]
            told = {"source_url": part.file.url, "details": dict(part.file.details)}
            tables.append({**table, "name": name, "title": title, "problems": problems, **told})
    return tables


def check_references(
    built: Sequence[tuple[Part, Mapping[str, Any]]], tables: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Look whether the publisher's references between tables hold, in a limited child. Those that do stand in the schemas.

    One with missing values is told as a problem instead: a schema may not promise what its rows do not keep.
    """
    by_name, at = {}, 0
    for part, done in built:
        if part.file.declared and done["resources"]:
            by_name[part.file.declared["name"]] = tables[at]
        at += len(done["resources"])
    keys = [
        {"table": part.file.declared["name"], **key}
        for part, _ in built
        for key in part.file.declared.get("foreignKeys", ())
        if part.file.declared["name"] in by_name and has_columns(key, part.file.declared["name"], by_name)
    ]
    if not keys:
        return []
    argument = {"tables": {name: table["csv"] for name, table in by_name.items()}, "keys": keys}
    broken = run_limited("harvesters.sources.packagerecords:check_references", argument)["broken"]
    for index, key in enumerate(keys):
        if index not in {found["key"] for found in broken}:
            to = by_name[key["resource"]]["name"] if key["resource"] else ""
            reference = {"resource": to, "fields": key["to"]}
            schema = by_name[key["table"]]["schema"]
            schema.setdefault("foreignKeys", []).append({"fields": key["fields"], "reference": reference})
    return [asdict(missing_reference(found, keys[found["key"]], by_name)) for found in broken]


def has_columns(key: Mapping[str, Any], name: str, tables: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether both sides of a reference are there."""
    other = tables.get(key["resource"] or name)
    return other is not None and all(
        set(columns) <= {field["name"] for field in table["schema"]["fields"]}
        for table, columns in ((tables[name], key["fields"]), (other, key["to"]))
    )


def missing_reference(
    found: Mapping[str, Any], key: Mapping[str, Any], tables: Mapping[str, Mapping[str, Any]]
) -> Problem:
    """A reference of which some values are not in the other table."""
    return problem(
        "reference-missing",
        resource=tables[key["table"]]["name"],
        row=found["row"],
        column=", ".join(key["fields"]),
        value=mask_text(found["value"]),
        count=found["count"],
        other=tables[key["resource"] or key["table"]]["title"],
    )


def free_name(wanted: str, taken: set[str]) -> str:
    """`wanted`, cut, with a number where another table has it. Adds it to `taken`."""
    base = wanted[:MOST_NAME].strip("-_") or "table"
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base}-{number}"
    taken.add(name)
    return name


def originals_of(
    built: Sequence[tuple[Part, Mapping[str, Any]]], tables: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The files that were read, as the store takes them, each with the name of its first table."""
    originals, at = [], 0
    for part, done in built:
        name = part.collected.filename
        originals.append(
            {
                "path": str(part.collected.path),
                "filename": mask_text(name) if done["personal"]["found"] else name,
                "format": done["format"],
                "public": done["original_public"],
                "resource": tables[at]["name"] if done["resources"] else None,
            }
        )
        at += len(done["resources"])
    return originals


def link_of(file: RemoteFile) -> dict[str, Any]:
    """A file that is catalogued by its address alone. Its texts stand on public pages, so they go through the masker."""
    return {
        "url": file.url,
        "title": mask_text(file.title),
        "description": mask_text(file.description),
        "format": file.format,
        "details": dict(file.details),
        "problem": None if file.problem is None else {"code": file.problem.code, **asdict(file.problem.message)},
    }


def personal_of(found: Sequence[Mapping[str, Any]], mode: str) -> dict[str, Any]:
    """What the gate found in all files together, in the form of one file's finding."""
    classes: Counter[str] = Counter()
    for one in found:
        classes.update(one["classes"])
    return {
        "found": any(one["found"] for one in found),
        "sensitive": any(one["sensitive"] for one in found),
        "classes": dict(classes),
        "addresses_alone": sum(one["addresses_alone"] for one in found),
        "tables": [table for one in found for table in one["tables"]],
        "mode": mode,
        "words": asdict(class_words(classes)),
        "done": [note for one in found for note in one["done"]],
    }


def as_found(given: Mapping[str, Any]) -> Problem:
    """A problem that crossed from the child process."""
    return Problem(**{**given, "message": Text(**given["message"])})


def content_of(collected: Collected) -> Any:
    """What tells whether anything changed: the bytes of a file; of a record those of its files, and its links."""
    if collected.parts is None:
        return collected.sha256
    files = [
        [part.file.url, part.file.title, dict(part.file.details), part.collected.sha256]
        + ([dict(part.file.declared)] if part.file.declared else [])
        for part in collected.parts
    ]
    return {"parts": files, "links": [link_of(file) for file in collected.links]}
