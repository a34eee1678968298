"""`datastore_search` and `datastore_info`: rows of a current table, by the same reading as its page, with its limits."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from harvesters.packages.filters import MOST_FILTERS, Filter, RowQuery, fields_of, wanted_value
from harvesters.packages.rows import count_rows, places_of, select_rows
from harvesters.values import ROW_COLUMN
from portal.catalogue.downloads import plain
from portal.catalogue.models import Dataset, Resource, Version
from portal.catalogue.queries import datasets_made_at, find_file
from portal.catalogue.uids import moment_of, resource_uid
from portal.catalogue.views import store
from portal.errors import PortalError
from portal.federation.ckan.asked import Asked, refused

DEFAULT, MOST = 100, 32_000
MOST_WORDS = 10
PLACE = "_id"
TYPES: Mapping[str, str] = {
    **{
        "integer": "int",
        "year": "int",
        "number": "numeric",
        "boolean": "bool",
        "date": "date",
        "datetime": "timestamp",
    },
}
FORMS = ("objects", "lists", "csv", "tsv")


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a current version."""

    dataset: Dataset
    version: Version
    resource: Resource

    @property
    def parquet(self) -> Any:
        """The file that its rows are read from."""
        return store().path(find_file(self.version, "parquet", self.resource.name).sha256)


def find_table(uid: str) -> Table:
    """The table of a resource's id. Raises PortalError("not-found")."""
    for dataset in datasets_made_at(beginning) if (beginning := moment_of(uid)) else ():
        assert dataset.current is not None
        for resource in dataset.current.resources:
            if resource_uid(dataset.uid, resource.name) == uid.lower():
                return Table(dataset, dataset.current, resource)
    raise PortalError("not-found", what=f"resource {uid[:60]}")


def datastore_search(asked: Asked) -> dict[str, Any]:
    """Rows of one table, filtered, searched, sorted and paged. Raises PortalError, HarvestError."""
    table = find_table(asked.text("resource_id", required=True))
    schema = table.resource.schema
    form = asked.text("records_format") or "objects"
    if form not in FORMS:
        raise refused("records_format", f"must be one of {', '.join(FORMS)}")
    if asked.flag("distinct", default=False):
        raise refused("distinct", "is not offered; leave it out")
    limit, offset = min(asked.whole("limit", DEFAULT), MOST), asked.whole("offset", 0)
    query = row_query(asked, schema)
    shown = columns_asked(asked, schema)
    with_place = PLACE in shown
    names = tuple(name for name in shown if name != PLACE)
    result: dict[str, Any] = {
        "resource_id": asked.text("resource_id"),
        "fields": [field for field in fields_told(schema) if field["id"] in shown],
        "limit": limit,
        "offset": offset,
        "filters": asked.value("filters") or {},
        "records_format": form,
        "include_total": asked.flag("include_total", default=True),
        "total_was_estimated": False,
        "_links": links(asked, limit, offset),
    }
    if limit == 0:
        rows: list[list[Any]] = []
        total = count_rows(table.parquet, schema, query)
    else:
        page = select_rows(
            table.parquet, schema, replace(query, columns=(ROW_COLUMN, *names), limit=limit, offset=offset)
        )
        total = page.total
        ids = ids_of(table, [row[0] for row in page.rows], query, offset) if with_place else []
        rows = [[*ids[at : at + 1], *map(plain, row[1:])] for at, row in enumerate(page.rows)]
    headings = [*([PLACE] if with_place else []), *names]
    result["records"] = records(headings, rows, form)
    if result["include_total"]:
        result["total"] = total
    return result


def datastore_info(asked: Asked) -> dict[str, Any]:
    """The columns of one table and how many rows it has. Raises PortalError."""
    table = find_table(asked.text("resource_id") or asked.text("id", required=True))
    meta = {
        "id": asked.text("resource_id") or asked.text("id"),
        "count": table.resource.rows,
        "table_type": "BASE TABLE",
    }
    return {"meta": meta, "fields": fields_told(table.resource.schema)[1:]}


def row_query(asked: Asked, schema: Mapping[str, Any]) -> RowQuery:
    """The question of `filters`, `q` and `sort`. Raises PortalError."""
    kinds = fields_of(schema)
    filters = asked.value("filters")
    filters = {} if filters in (None, "") else filters
    if not isinstance(filters, dict):
        raise refused("filters", "must be an object of column and value, or of column and list of values")
    conditions = [
        condition("filters", column, one, kinds)
        for column, value in filters.items()
        for one in (value if isinstance(value, list) else [value])
    ]
    q = asked.value("q")
    words: tuple[str, ...] = ()
    if isinstance(q, dict):
        conditions += [condition("q", column, one, kinds, contains=True) for column, one in q.items()]
    elif q not in (None, ""):
        words = tuple(str(q).split())
    if len(conditions) > MOST_FILTERS * 5 or len(words) > MOST_WORDS:
        raise refused("filters" if conditions else "q", f"at most {MOST_FILTERS * 5} values and {MOST_WORDS} words")
    sort, descending = sort_asked(asked, kinds)
    return RowQuery(filters=tuple(dict.fromkeys(conditions)), words=words, sort=sort, descending=descending)


def condition(where: str, column: str, value: Any, kinds: Mapping[str, str], *, contains: bool = False) -> Filter:
    """One condition. Raises PortalError for an unknown column or a value that the column can't hold."""
    if column not in kinds:
        raise refused(where, f"there is no column ‘{column[:60]}’")
    if value is None or value == "":
        return Filter(column, "empty", "1")
    told = str(value).lower() if isinstance(value, bool) else str(value)
    one = Filter(column, "contains" if contains else "eq", told)
    wanted = wanted_value(one, kinds[column])
    if wanted is not None:
        raise refused(where, f"the value of ‘{column}’ must be {wanted.en}")
    return one


def sort_asked(asked: Asked, kinds: Mapping[str, str]) -> tuple[str, bool]:
    """The column to sort by, and whether downwards. Raises PortalError."""
    told = asked.texts("sort")
    told = [part.strip() for one in told for part in one.split(",") if part.strip()]
    if not told:
        return "", False
    if len(told) > 1:
        raise refused("sort", "one column at a time")
    name, way = told[0], ""
    for ending in (" asc", " desc"):
        if name not in kinds and name.lower().endswith(ending):
            name, way = name[: -len(ending)].strip(), ending.strip()
    name = ROW_COLUMN if name == PLACE else name.strip('"')
    if name not in kinds:
        raise refused("sort", f"there is no column ‘{name[:60]}’")
    return name, way == "desc"


def columns_asked(asked: Asked, schema: Mapping[str, Any]) -> list[str]:
    """The columns of the answer, all when none are asked for. Raises PortalError."""
    known = [PLACE, *fields_of(schema)]
    told = asked.value("fields")
    if isinstance(told, str) and told not in known:
        told = [part.strip() for part in told.split(",") if part.strip()]
    wanted = [str(one) for one in ([told] if isinstance(told, str) else told or [])]
    for name in wanted:
        if name not in known:
            raise refused("fields", f"there is no column ‘{name[:60]}’")
    return list(dict.fromkeys(wanted)) or known


def ids_of(table: Table, numbers: Sequence[int], query: RowQuery, offset: int) -> list[int]:
    """The place of each row in its table, from 1: what CKAN calls `_id`."""
    if not query.filters and not query.words and not query.sort:
        return [offset + at for at in range(1, len(numbers) + 1)]
    places = places_of(table.parquet, table.resource.schema, numbers)
    return [places[number] for number in numbers]


def fields_told(schema: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The columns with the names that PostgreSQL has for their types, `_id` first."""
    described = {field["name"]: field for field in schema["fields"]}
    told: list[dict[str, Any]] = [{"id": PLACE, "type": "int"}]
    for name, kind in fields_of(schema).items():
        field = described.get(name, {})
        titles, notes = field.get("titles", {}), field.get("descriptions", {})
        info = {
            "label": titles.get("th") or field.get("title") or field.get("source") or name,
            "notes": notes.get("th") or field.get("description") or "",
        }
        told.append({"id": name, "type": TYPES.get(kind, "text"), "info": info})
    return told


def records(names: Sequence[str], rows: Sequence[Sequence[Any]], form: str) -> Any:
    """Rows in the form that was asked for."""
    if form == "objects":
        return [dict(zip(names, row, strict=True)) for row in rows]
    if form == "lists":
        return [list(row) for row in rows]
    out = io.StringIO()
    csv.writer(out, delimiter="," if form == "csv" else "\t", lineterminator="\n").writerows(rows)
    return out.getvalue()


def links(asked: Asked, limit: int, offset: int) -> dict[str, str]:
    """The addresses of the first page and of the one after this."""
    kept = {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in asked.given.items()
        if name not in ("limit", "offset")
    }
    base = "/api/3/action/datastore_search?"
    start = urlencode({**kept, "limit": limit})
    return {"start": base + start, "next": f"{base}{start}&offset={offset + limit}"}
