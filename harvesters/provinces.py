"""Which provinces a table speaks of, and with how many rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import duckdb

from harvesters.thai.places import find_province
from harvesters.values import Draft

PROVINCE_WORDS = ("จังหวัด", "province", "changwat")


def count_provinces(draft: Draft, parquet: Path) -> Mapping[str, int]:
    """Return rows per two-digit code of the table's province column: the profile's, else one headed as such; else {}."""
    column = province_column(draft)
    if column is None:
        return {}
    quoted = '"' + column.replace('"', '""') + '"'
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1")
        query = f"SELECT {quoted}::VARCHAR, count(*) FROM read_parquet(?) WHERE {quoted} IS NOT NULL GROUP BY 1"  # noqa: S608 - quoted
        values = connection.execute(query, [str(parquet)]).fetchall()
    counts: Counter[str] = Counter()
    for text, rows in values:
        found = find_province(text)
        if found is not None:
            counts[found.code] += rows
    return dict(counts.most_common())


def province_column(draft: Draft) -> str | None:
    """The column that names the province: `province_code` of a profile, else the first whose heading says so."""
    names = [field["name"] for field in draft.schema["fields"]]
    if "province_code" in names:
        return "province_code"
    for field in draft.schema["fields"]:
        label = f"{field['name']} {field.get('source', '')}".lower()
        if any(word in label for word in PROVINCE_WORDS) and field["type"] == "string":
            return str(field["name"])
    return None
