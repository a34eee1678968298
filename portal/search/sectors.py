"""Of which sectors a table tells: sections of TSIC and product types of OTOP, by the columns whose meaning is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from harvesters import bundled
from portal.catalogue.models import Version
from portal.search.roles import with_roles

ROLES = ("tsic", "otop_type")


def sectors_of(version: Version) -> tuple[str, ...]:
    """The sectors among the most frequent values of a version's tables, sorted: "tsic-A", "otop-1"."""
    return tuple(sorted({sector for resource in version.resources for sector in in_table(resource)}))


def in_table(resource: Any) -> Iterator[str]:
    """The sectors of one table, from the profiles of its columns."""
    roles = {field["name"]: field.get("role") for field in with_roles(resource.schema["fields"], resource.profile)}
    for column in resource.columns:
        role = roles.get(column["name"])
        if role in ROLES:
            found = (sector_of(role, str(told["value"])) for told in column.get("top") or ())
            yield from filter(None, found)


def sector_of(role: str, value: str) -> str | None:
    """The sector that a cell names; None when it names none that we know."""
    if role == "tsic":
        return sections().get(value.strip()[:2])
    named = value.strip()
    return next((f"otop-{row['code']}" for row in bundled.read_table("otop_types") if named in otop_names(row)), None)


def otop_names(row: Mapping[str, str]) -> tuple[str, ...]:
    """How a product type of OTOP is written."""
    return row["code"], row["name_th"], row["name_en"]


@cache
def sections() -> Mapping[str, str]:
    """The first two digits of a TSIC code → its sector."""
    return {row["code"]: f"tsic-{row['section']}" for row in bundled.read_table("tsic_divisions")}


@cache
def sector_titles() -> Mapping[str, Mapping[str, str]]:
    """Sector → what it is called, by language."""
    sources = (("tsic", bundled.read_table("tsic_sections")), ("otop", bundled.read_table("otop_types")))
    return {
        f"{kind}-{row['code']}": {"th": row["name_th"], "en": row["name_en"]}
        for kind, table in sources
        for row in table
    }
