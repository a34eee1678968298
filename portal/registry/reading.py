"""Published rows of the four profiles, as what they say of clusters, units and outputs. Reads the store, writes nothing."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from harvesters.packages.rows import read_rows
from harvesters.packages.store import Store
from harvesters.thai.text import shorten
from harvesters.values import ROW_COLUMN
from portal.registry.identity import Identity, identity_of, unit_stem

KINDS: Mapping[str, str] = {
    "entrepreneur-cluster": "cluster",
    "local-product": "product",
    "research-unit": "unit",
    "research-output": "output",
}
QUIET = frozenset({ROW_COLUMN, "sequence", "fax", "as_of"})  # columns that say nothing of the thing itself
LONGEST_NAME = 300  # characters; what is longer is a description in the wrong column
SOUTH, NORTH, WEST, EAST = 5.5, 20.6, 97.2, 105.8  # Thailand with its islands, in degrees


@dataclass(frozen=True, slots=True)
class Told:
    """What one row says. `key` stays from version to version; `identity` is that of the entity it speaks of."""

    kind: str  # of the mention: cluster, product, unit, output
    resource: str
    row: int
    key: str
    name: str  # of the entity: of a product, its producer
    name_en: str
    identity: Identity
    external_id: str
    district: str
    parent: str
    latitude: float | None
    longitude: float | None
    facts: Mapping[str, Any]


def tables_of(
    files: Iterable[Any], tables: Iterable[Any], store: Store
) -> list[tuple[str, str, Mapping[str, Any], Path]]:
    """(resource, kind, schema, path of the Parquet) of the tables of a version that follow a profile of the registry.

    `files` have role, resource and sha256; `tables` name, profile and schema, as attributes.
    """
    paths = {file.resource: store.path(file.sha256) for file in files if file.role == "parquet"}
    return [
        (table.name, KINDS[table.profile], table.schema, paths[table.name])
        for table in tables
        if table.profile in KINDS and table.name in paths
    ]


def read_told(tables: Iterable[tuple[str, str, Mapping[str, Any], Path]]) -> Iterator[Told]:
    """What the rows of these tables say, in their order. A row without a name, or a product without a producer, says nothing."""
    seen: Counter[str] = Counter()
    for resource, kind, schema, parquet in tables:
        for cells in read_rows(parquet, schema):
            told = told_of(kind, resource, cells, seen)
            if told is not None:
                yield told


def told_of(kind: str, resource: str, cells: Mapping[str, Any], seen: Counter[str]) -> Told | None:
    """What one row says. `seen` counts what was the same in rows before: each gets a key of its own."""
    facts = {name: plain(value) for name, value in cells.items() if name not in QUIET}
    about = {"product": "cluster"}.get(kind, kind)
    name = shorten(
        str(facts.get({"product": "producer", "output": "title"}.get(kind, "name_th"), "")).strip(), LONGEST_NAME
    )
    if not any(character.isalpha() for character in name):
        return None
    number = str(facts.get({"cluster": "cluster_id", "unit": "unit_id", "output": "output_id"}.get(kind, ""), ""))
    code, district = facts.get("province_code"), str(facts.get("district", ""))
    university = str(facts.get("university") or facts.get("university_code") or "")
    identity = identity_of(
        about, name, external_id=number, university=university, province_code=code, district=district
    )
    lasting = f"{resource}|{kind}|{identity.external_id or f'{identity.stem}|{code}|{identity.district}'}|{facts.get('name_th', '') if kind == 'product' else ''}"
    seen[lasting] += 1
    point = point_of(facts)
    return Told(
        kind=kind,
        resource=resource,
        row=int(cells[ROW_COLUMN]),
        key=hashlib.sha1(f"{lasting}|{seen[lasting]}".encode(), usedforsecurity=False).hexdigest(),
        name=name,
        name_en="" if kind == "product" else str(facts.get("name_en") or facts.get("title_en") or ""),
        identity=identity,
        external_id=number,
        district=district,
        parent=unit_stem(str(facts["unit"]), university) if kind == "output" and facts.get("unit") else "",
        latitude=point[0] if point else None,
        longitude=point[1] if point else None,
        facts=facts,
    )


def point_of(facts: Mapping[str, Any]) -> tuple[float, float] | None:
    """Where the row says it is; None where that is not in Thailand. Swapped numbers were put right by the line, or told."""
    latitude, longitude = facts.get("latitude"), facts.get("longitude")
    if not isinstance(latitude, (int, float)) or not isinstance(longitude, (int, float)):
        return None
    inside = SOUTH <= latitude <= NORTH and WEST <= longitude <= EAST
    return (float(latitude), float(longitude)) if inside else None


def plain(value: Any) -> Any:
    """A cell as JSON has it."""
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return value if isinstance(value, (int, float, bool)) else str(value)
