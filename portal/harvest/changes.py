"""What a new version changes in the rows of the one before, in numbers and a few examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from harvesters.packages.assemble import Packaged
from harvesters.packages.diff import diff
from harvesters.packages.store import Store

EXAMPLES = 10


def compare(
    store: Store,
    previous: Sequence[tuple[str, Mapping[str, Any], Sequence[str], int]],
    parquets: Mapping[str | None, str],
    packaged: Packaged,
    *,
    new_store: Store | None = None,
) -> dict[str, Any]:
    """Compare table by table, by name; a renamed lone table is compared with the lone one before it.

    `previous`: (name, schema, key, rows) of the version before; `parquets`: its objects. `new_store`: where
    the new ones stand, if elsewhere. Returns {"before", "added",
    "removed", "changed", "tables": [...]} with at most EXAMPLES examples a table.
    """
    before = {name: (schema, key, rows) for name, schema, key, rows in previous}
    new_parquets = {file.resource: file.sha256 for file in packaged.files if file.role == "parquet"}
    pairs = [(table["name"], table) for table in packaged.tables]
    if len(before) == 1 and len(pairs) == 1 and pairs[0][0] not in before:
        pairs = [(next(iter(before)), pairs[0][1])]
    tables = []
    for old_name, table in pairs:
        if old_name not in before:
            tables.append({"name": table["name"], "added": table["rows"], "removed": 0, "changed": 0})
            continue
        schema, key, _ = before[old_name]
        shared = tuple(key) if list(key) == list(table["key"]) and key else None
        found = diff(
            store.path(parquets[old_name]),
            schema,
            (new_store or store).path(new_parquets[table["name"]]),
            table["schema"],
            shared,
            limit=EXAMPLES,
        )
        tables.append({"name": table["name"], **found.to_json()})
    kept = {old_name for old_name, _ in pairs}
    tables += [
        {"name": name, "added": 0, "removed": rows, "changed": 0, "gone": True}
        for name, (_, _, rows) in before.items()
        if name not in kept
    ]
    return {
        "before": sum(rows for _, _, rows in before.values()),
        "added": sum(table["added"] for table in tables),
        "removed": sum(table["removed"] for table in tables),
        "changed": sum(table["changed"] for table in tables),
        "tables": tables,
    }
