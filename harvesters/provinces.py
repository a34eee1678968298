"""Which provinces a table speaks of, with how many rows, and what tells of them where no row does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import duckdb

from harvesters import bundled
from harvesters.thai.places import find_province, provinces_in
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


@cache
def _hosts() -> Mapping[str, str]:
    """Hosts of the provinces' GD Catalog sites → two-digit code."""
    rows = bundled.read_table("gdcatalog_sites")
    return {str(urlsplit(row["url"]).hostname): row["province_code"] for row in rows}


def province_of_host(url: str) -> str | None:
    """The two-digit code of the province whose GD Catalog site an address belongs to, if it is one."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return None
    return _hosts().get(host.lower().removeprefix("www."))


@dataclass(frozen=True, slots=True)
class Clues:
    """What may tell which province a dataset is of, apart from its rows. `source` and `publisher` are two-digit codes."""

    source: str | None = None
    titles: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    organisation: str = ""
    publisher: str | None = None


def work_out(rows: Mapping[str, int], clues: Clues) -> list[tuple[str, int, str]]:
    """The provinces of a dataset as (code, rows, what decided), which the national standard has no field for.

    By its rows, else as its source is registered, its title, the host that it comes from, its organisation, its publisher.
    """
    if rows:
        return [(code, count, "rows") for code, count in rows.items()]
    if clues.source:
        return [(clues.source, 0, "source")]
    for title in clues.titles:
        if named := provinces_in(title):
            return [(found.code, 0, "title") for found in named]
    for address in clues.addresses:
        if (code := province_of_host(address)) is not None:
            return [(code, 0, "host")]
    if named := provinces_in(clues.organisation):
        return [(found.code, 0, "organisation") for found in named]
    return [(clues.publisher, 0, "publisher")] if clues.publisher else []
