"""Plans what becomes of each column: its name, its kind, its place in the draft and its field in the schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from harvesters import bundled
from harvesters.bundled import Profile, ProfileField
from harvesters.hints import Hint, heading_hint
from harvesters.infer import Kind
from harvesters.normalise.cells import CellRules
from harvesters.thai.dates import parse_year, year_ce
from harvesters.thai.text import clean
from harvesters.values import ROW_COLUMN, Mapped

PROVINCE, PROVINCE_CODE = "province", "province_code"  # roles

_NUMERIC: Mapping[str, Kind] = {"latitude": "latitude", "longitude": "longitude", "year": "year"}
_STRING: Mapping[str, Kind] = {
    "id": "code", "postcode": "code", "tsic": "code", "province_code": "code", "phone": "phone", "email": "contact", "web": "contact",
}  # fmt: skip
_DECLARED: Mapping[str, Kind] = {
    "string": "text", "integer": "integer", "number": "number", "boolean": "boolean", "year": "year", "datetime": "text", "time": "text",
    "duration": "text", "yearmonth": "text", "geopoint": "text", "geojson": "text", "object": "text", "array": "text", "list": "text",
}  # fmt: skip
_TYPES: Mapping[Kind, str] = {
    "integer": "integer", "year": "integer", "number": "number", "latitude": "number", "longitude": "number",
    "date": "date", "boolean": "boolean",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the draft. `index` is its place among the table's headings, None for a derived one."""

    index: int | None
    heading: str
    name: str
    hint: Hint
    field: ProfileField | None = None
    declared: Mapping[str, Any] | None = None  # the publisher's own description of the column
    missing: frozenset[str] = frozenset()  # words that the publisher declared to be empty

    @property
    def kind(self) -> Kind | None:
        """The kind that the profile tells; None where all cells must be asked."""
        if self.field is not None:
            return told_kind(self.field)
        return declared_kind(self.declared) if self.declared is not None else None

    @property
    def role(self) -> str | None:
        """The profile's word for what the column means to the line."""
        return self.field.role if self.field is not None else None


def told_kind(field: ProfileField) -> Kind:
    """The kind of a profile's column."""
    if field.type in ("integer", "number"):
        return _NUMERIC.get(field.role or "", "integer" if field.type == "integer" else "number")
    if field.type in ("date", "boolean"):
        return "date" if field.type == "date" else "boolean"
    if field.role is None and heading_hint(field.title.th) in ("sequence", "code"):
        return "code"
    return _STRING.get(field.role or "", "text")


def declared_kind(declared: Mapping[str, Any]) -> Kind | None:
    """The kind that a publisher's schema tells (Table Schema types); None for a type that says nothing, which is inferred.

    Days written month first ("%m/%d/%Y") stay text: nothing in the cells tells them from days written day first.
    """
    type_, form = declared.get("type"), str(declared.get("format", ""))
    if type_ == "date":
        return "text" if "%m" in form.partition("%d")[0] and "%Y" not in form.partition("%m")[0] else "date"
    return _DECLARED.get(str(type_))


def plan_columns(mapped: Mapped) -> tuple[Column, ...]:
    """Return the draft's columns: the profile's in its order, then the unmapped ones under their own headings.

    `province_code` is added when the profile has it, the file has not, and the file names the province.
    """
    names = _Names()
    columns: list[Column] = []
    if mapped.profile is not None:
        columns += _profile_columns(bundled.profile(mapped.profile), mapped)
        names.taken.update(column.name.casefold() for column in columns)
    told = {clean(field["name"]): field for field in mapped.declared.get("fields", ())}
    missing = frozenset(mapped.declared.get("missingValues", ()))
    columns = [replace(column, missing=missing) for column in columns] if missing else columns
    columns += [
        Column(
            match.index,
            match.heading,
            names.unique(match.heading, match.index),
            heading_hint(match.heading),
            declared=told.get(clean(match.heading)),
            missing=missing,
        )
        for match in mapped.columns
        if match.field is None and not (match.heading == ROW_COLUMN and mapped.declared.get("own_rows"))
    ]
    return tuple(columns)


def _profile_columns(profile: Profile, mapped: Mapped) -> Iterator[Column]:
    found = {match.field: match for match in mapped.columns if match.field is not None}
    names_province = any(field.role == PROVINCE and field.name in found for field in profile.fields)
    for field in profile.fields:
        match = found.get(field.name)
        if match is not None:
            yield Column(match.index, match.heading, field.name, heading_hint(field.title.th), field)
        elif field.role == PROVINCE_CODE and names_province:
            yield Column(None, "", field.name, "code", field)


class _Names:
    """Gives names that differ in more than upper and lower case: the column store does not tell `ID` from `id`."""

    def __init__(self) -> None:
        self.taken = {ROW_COLUMN.casefold()}

    def unique(self, heading: str, index: int) -> str:
        wanted = clean(heading) or f"column {index + 1}"
        name, number = wanted, 1
        while name.casefold() in self.taken:
            number += 1
            name = f"{wanted} ({number})"
        self.taken.add(name.casefold())
        return name


def make_schema(
    columns: Sequence[Column],
    rules: Sequence[CellRules],
    missing: Sequence[set[str]],
    declared: Mapping[str, Any] = MappingProxyType({}),
) -> dict[str, Any]:
    """Return the Table Schema of the draft. `khlangMissing` are the words that were taken as empty in that column."""
    fields = []
    for column, cells, words in zip(columns, rules, missing, strict=True):
        described = _own_field(column, cells) if column.field is None else _profile_field(column, column.field)
        if words:
            described["khlangMissing"] = sorted(words)
        fields.append(described)
    schema = {
        "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
        "fields": fields,
        "missingValues": [""],
    }
    named = {column.heading: column.name for column in columns}
    key = [named.get(name) for name in declared.get("primaryKey", ())]
    return schema | {"primaryKey": key} if key and all(key) else schema


def _profile_field(column: Column, profile_field: ProfileField) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": column.name,
        "type": profile_field.type,
        "title": profile_field.title.th,
        "description": profile_field.description.th,
        "titles": {"th": profile_field.title.th, "en": profile_field.title.en},
        "descriptions": {"th": profile_field.description.th, "en": profile_field.description.en},
        "source": column.heading,
    }
    if profile_field.constraints:
        described["constraints"] = dict(profile_field.constraints)
    if profile_field.role:
        described["role"] = profile_field.role
    if profile_field.contact:
        described["contact"] = True
    if column.index is None:
        described["derived"] = True
    return described


def _own_field(column: Column, cells: CellRules) -> dict[str, Any]:
    if column.declared is not None:
        kept = {name: value for name, value in column.declared.items() if name not in ("type", "format")}
        type_ = _TYPES.get(cells.kind, "string")
        if type_ == "string" and column.declared.get("type") != "string":
            kept.pop("constraints", None)  # they were said of values of another type
        role = {"role": cells.kind} if cells.kind in ("year", "phone") else {}
        titled = {"title": clean(column.heading)} | kept
        return {"name": column.name, "type": type_, "source": column.heading} | titled | {"name": column.name} | role
    described: dict[str, Any] = {
        "name": column.name,
        "type": _TYPES.get(cells.kind, "string"),
        "title": clean(column.heading),
        "source": column.heading,
    }
    if cells.kind in ("year", "latitude", "longitude", "phone"):
        described["role"] = cells.kind
    if cells.kind == "year" and "buddhist-year" in cells.rules:
        described["description"] = "ปีคริสต์ศักราช (ปี พ.ศ. ในไฟล์ต้นฉบับลบ 543)"
    year = heading_year(column.heading)
    if year is not None:
        described["year"] = year
    return described


def heading_year(heading: str) -> int | None:
    """Return the year of the common era that a heading is ("2556", "ปี พ.ศ. 2556"), or None."""
    parsed = parse_year(heading)
    return year_ce(*parsed) if parsed is not None else None
