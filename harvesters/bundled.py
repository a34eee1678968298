"""Reads the data that ships with Khlang: reference tables, profiles, demonstration sources.

In a wheel it lies in `harvesters/_datasets`, in a checkout in the sibling folder `datasets`.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from harvesters.values import Text

PACKAGED = Path(__file__).resolve().parent / "_datasets"
CHECKOUT = Path(__file__).resolve().parent.parent / "datasets"


@dataclass(frozen=True, slots=True)
class ProfileField:
    """One column of a profile. `headings` are what offices write above it; `role` says what it means to the line.

    `weak_headings` ("ชื่อ") say too little to recognise a profile by: they count only when the profile was named.
    """

    name: str
    type: str
    title: Text
    description: Text
    headings: tuple[str, ...]
    role: str | None
    contact: bool
    constraints: Mapping[str, Any]
    weak_headings: tuple[str, ...] = ()

    @property
    def required(self) -> bool:
        """Whether a row without this cell is set aside."""
        return bool(self.constraints.get("required", False))


@dataclass(frozen=True, slots=True)
class Profile:
    """The table of one subject. `schema` is the whole Table Schema as it stands in the file."""

    name: str
    title: Text
    description: Text
    schema: Mapping[str, Any]
    fields: tuple[ProfileField, ...]

    @property
    def titles(self) -> Mapping[str, str]:
        """Column name → its Thai title."""
        return {field.name: field.title.th for field in self.fields}

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the columns that every row must fill."""
        return tuple(field.name for field in self.fields if field.required)

    def field(self, name: str) -> ProfileField:
        """Return the column `name`. Raises KeyError when the profile has none of that name."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)


def datasets_folder() -> Path:
    """Return the folder of the bundled data: the packaged one if it exists, else the checkout's."""
    return PACKAGED if PACKAGED.is_dir() else CHECKOUT


@cache
def read_table(name: str) -> tuple[Mapping[str, str], ...]:
    """Return the rows of the reference table `name` ("provinces"), each heading → text. Raises KeyError if there is none."""
    path = _table_paths().get(name)
    if path is None:
        raise KeyError(name)
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(MappingProxyType(row) for row in csv.DictReader(file))


@cache
def _table_paths() -> Mapping[str, Path]:
    """Reference table → its CSV. Names are unique over all packages, so a table can move without its readers knowing."""
    return {path.stem: path for path in sorted((datasets_folder() / "reference").rglob("*.csv"))}


@cache
def profiles() -> Mapping[str, Profile]:
    """Return every bundled profile by its name, in the order of their names."""
    return _read_profiles("profiles")


@cache
def own_tables() -> Mapping[str, Profile]:
    """Return the tables that the portal publishes of its own registry, as profiles by name.

    No file is recognised as one of them, and what follows one is never taken for a source of the registry.
    """
    return _read_profiles("registry")


@cache
def all_profiles() -> Mapping[str, Profile]:
    """Return the profiles and the portal's own tables: all that a published table can follow."""
    return MappingProxyType({**profiles(), **own_tables()})


def profile(name: str) -> Profile:
    """Return the profile or own table `name`. Raises KeyError when there is none of that name."""
    return all_profiles()[name]


def _read_profiles(folder: str) -> Mapping[str, Profile]:
    read = (_read_profile(path) for path in sorted((datasets_folder() / folder).glob("*.json")))
    return MappingProxyType({found.name: found for found in read})


@cache
def demo_sources() -> tuple[Mapping[str, Any], ...]:
    """Return the demonstration sources as `demo/sources.json` lists them; `path` is made absolute."""
    folder = datasets_folder() / "demo"
    entries = json.loads((folder / "sources.json").read_text(encoding="utf-8"))
    return tuple(MappingProxyType({**entry, "path": str(folder / entry["path"])}) for entry in entries)


def _read_profile(path: Path) -> Profile:
    raw = json.loads(path.read_text(encoding="utf-8"))
    return Profile(
        name=raw["name"],
        title=Text(**raw["titles"]),
        description=Text(**raw["descriptions"]),
        schema=raw["schema"],
        fields=tuple(_read_field(entry) for entry in raw["schema"]["fields"]),
    )


def _read_field(entry: Mapping[str, Any]) -> ProfileField:
    return ProfileField(
        name=entry["name"],
        type=entry["type"],
        title=Text(**entry["titles"]),
        description=Text(**entry["descriptions"]),
        headings=tuple(entry["headings"]),
        role=entry.get("role"),
        contact=bool(entry.get("contact", False)),
        constraints=entry.get("constraints", {}),
        weak_headings=tuple(entry.get("weakHeadings", ())),
    )
