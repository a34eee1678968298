"""Lines that take a table into other programs, pinned to the version, so that what they read never changes.

The tests run those that say `tried`, out of the page itself against a live server; the page says which were not run.
"""

# ruff: noqa: S608 - these are lines for readers to copy; none of them is run here

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from portal.catalogue import presenting as show
from portal.catalogue.models import Dataset, Resource, Version
from portal.catalogue.queries import find_file
from portal.choices import page_address


def snippets(dataset: Dataset, version: Version, resource: Resource) -> list[dict[str, Any]]:
    """The lines for each program: {"label", "code", "tried"}."""
    base = page_address("th", show.address_of(dataset, version))
    table = f"{base}/resource/{resource.name}"
    name = f"{dataset.name}_v{version.number}"
    sha256 = find_file(version, "data", resource.name).sha256
    codes = code_columns(resource)
    return [
        {
            "label": "curl",
            "code": f'curl -fsSL "{table}.csv" -o "{name}.csv"\necho "{sha256}  {name}.csv" | sha256sum -c',
            "tried": True,
        },
        {
            "label": "Python: DuckDB",
            "code": "import urllib.request\nimport duckdb\n"
            f'urllib.request.urlretrieve("{table}.parquet", "{name}.parquet")\n'
            f"print(duckdb.sql(\"SELECT count(*) AS n FROM '{name}.parquet'\"))",
            "tried": True,
        },
        {
            "label": "Python: frictionless",
            "code": "from frictionless import Package\n"
            f'package = Package("{base}/datapackage.json")\n'
            f'rows = package.get_resource("{resource.name}").read_rows()\n'
            "print(len(rows))",
            "tried": True,
        },
        {
            "label": "Python: pandas",
            "code": "import pandas as pd\n"
            f'table = pd.read_csv("{table}.csv", dtype={pairs(codes, "{", ": ", "}", "str")})\n'
            "print(len(table))",
            "tried": False,
        },
        {
            "label": "R",
            "code": f'table <- read.csv("{table}.csv", fileEncoding = "UTF-8", check.names = FALSE,\n'
            f"  colClasses = {pairs(codes, 'c(', ' = ', ')', quoted('character'))})\nprint(nrow(table))",
            "tried": False,
        },
    ]


def code_columns(resource: Resource) -> list[str]:
    """Columns of text that look like numbers: a program that guesses would cut the noughts in front of a code."""
    examples: Mapping[str, Any] = {column["name"]: column.get("example") for column in resource.columns}
    return [
        field["name"]
        for field in resource.schema["fields"]
        if field["type"] == "string" and str(examples.get(field["name"]) or "").isdigit()
    ]


def pairs(names: list[str], before: str, between: str, after: str, value: str) -> str:
    """A name → value list as Python and R write it."""
    return before + ", ".join(f"{quoted(name)}{between}{value}" for name in names) + after


def quoted(text: str) -> str:
    """A text between quotes, as Python and R both read it."""
    return json.dumps(text, ensure_ascii=False)
