"""What changed in the rows between two versions: table by table as data, and the same for people."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Any

from harvesters.packages.diff import diff
from harvesters.packages.store import Store
from portal.catalogue import presenting as show
from portal.catalogue.models import Dataset, Resource, Version
from portal.catalogue.queries import find_file

PER_PAGE = 50


def compare(store: Store, older: Version, newer: Version, page: int) -> list[dict[str, Any]]:
    """The tables of two versions compared, with the `page`-th fifty changes of each kind; tables that went come last."""
    before = {resource.name: resource for resource in older.resources}
    if len(older.resources) == len(newer.resources) == 1:  # one table is itself, whatever its file was called
        before = {newer.resources[0].name: older.resources[0]}
    tables = []
    for resource in newer.resources:
        old = before.pop(resource.name, None)
        if old is None:
            tables.append(_alone(resource, added=resource.rows, new_table=True))
        else:
            tables.append(_compared(store, (older, old), (newer, resource), page))
    return tables + [_alone(resource, removed=resource.rows, gone=True) for resource in before.values()]


def _alone(resource: Resource, **told: Any) -> dict[str, Any]:
    return {"name": resource.name, "title": resource.title, "added": 0, "removed": 0, "changed": 0, **told}


def _compared(store: Store, old: tuple[Version, Resource], new: tuple[Version, Resource], page: int) -> dict[str, Any]:
    (older, before), (newer, after) = old, new
    found = diff(
        store.path(find_file(older, "parquet", before.name).sha256),
        before.schema,
        store.path(find_file(newer, "parquet", after.name).sha256),
        after.schema,
        tuple(after.key) if after.key and after.key == before.key else None,
        limit=PER_PAGE,
        offset=(page - 1) * PER_PAGE,
    )
    return {"name": after.name, "title": after.title, **found.to_json()}


def pages_of(tables: list[dict[str, Any]]) -> int:
    """How many pages the longest list of changes has."""
    most = max((table[kind] for table in tables for kind in ("added", "removed", "changed")), default=0)
    return max(1, ceil(most / PER_PAGE))


def changes_view(dataset: Dataset, older: Version, newer: Version, table: Mapping[str, Any]) -> dict[str, Any]:
    """A compared table as its page shows it: columns by title, days and quantities as people read them."""
    before, after = fields_of(older, table["name"]), fields_of(newer, table["name"])
    fields = before | after
    return {
        **table,
        "columns_come": [title_in(after, name) for name in table.get("columns_added", ())],
        "columns_gone": [title_in(before, name) for name in table.get("columns_removed", ())],
        "columns_renamed": [
            {"old": title_in(before, pair["old"]), "new": title_in(after, pair["new"]), "names": pair}
            for pair in table.get("columns_renamed", ())
        ],
        "title": table["title"] if max(len(older.resources), len(newer.resources)) > 1 else "",
        "changes": [
            {
                "name": " ".join(filter(None, row["key"])),
                "row": row["row"],
                "href": f"{show.address_of(dataset, newer)}/resource/{table['name']}?row={row['row']}",
                "cells": [
                    {
                        "column": title_in(fields, cell["column"]),
                        "old": told_in(fields, cell["column"], cell["old"]),
                        "new": told_in(fields, cell["column"], cell["new"]),
                    }
                    for cell in row["cells"]
                ],
            }
            for row in table.get("changed_rows", ())
        ],
        "lists": [
            {"kind": kind, "columns": [title_in(fields, name) for name in rows[0]], "rows": [
                [told_in(fields, name, value) for name, value in row.items()] for row in rows
            ]}
            for kind in ("added", "removed")
            if (rows := table.get(f"{kind}_rows", ()))
        ],
    }  # fmt: skip


def fields_of(version: Version, name: str) -> dict[str, Mapping[str, Any]]:
    """The fields of a version's table (of its only one, where it has one) by name."""
    found = [resource for resource in version.resources if resource.name == name] or version.resources[:1]
    return {field["name"]: field for resource in found for field in resource.schema["fields"]}


def title_in(fields: Mapping[str, Mapping[str, Any]], name: str) -> str:
    """What a column is called."""
    return show.column_title(fields[name]) if name in fields else name


def told_in(fields: Mapping[str, Mapping[str, Any]], name: str, value: str | None) -> Any:
    """A cell of a difference, which comes as text."""
    return show.told_value(value, show.kind_of(fields[name]) if name in fields else "string")
