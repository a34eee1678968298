"""Lets frictionless read a draft and say what is wrong in it. Nothing else decides whether a table is right.

It is given our own rows and our own schema, never a descriptor, path or address from outside, and a session that refuses
every request (safety.md §6.2). Its row numbers are the draft's `_row`. What it takes although nobody means it (Thai digits,
`1_000`, NaN, 2569-01-01 as a common-era date: safety.md §7) a check of our own adds. Errors are handed on one by one and
not kept: each weighs some kilobytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import attrs
from frictionless import Check, Dialect, FrictionlessException, Schema, errors, system
from frictionless.resources import TableResource

from harvesters.checks.plain import PLAIN
from harvesters.checks.verdicts import Finding
from harvesters.values import ROW_COLUMN

MOST_CELL = 400  # of a wrong cell this much is kept; sentences show at most half of it
PROFILE = "https://datapackage.org/profiles/2.0/tableschema.json"  # a name; it is not fetched
STANDARD = ("name", "type", "format", "constraints", "trueValues", "falseValues")

_CONSTRAINT = re.compile(r'constraint "(\w+)" is ', re.ASCII)


class Refusing:
    """Stands where frictionless would open connections: every use is refused."""

    def __getattr__(self, name: str) -> Any:
        raise PermissionError("a judge opens no connection")


@attrs.define(kw_only=True, repr=False)
class RowNumbers(Dialect):
    """Numbers the rows as the draft does, so that frictionless's messages name the office's own rows."""

    def read_enumerated_content_stream(
        self, cell_stream: Iterable[Sequence[str]]
    ) -> Iterator[tuple[int, Sequence[str]]]:
        """Yield (row number, cells) of all rows under the heading."""
        stream = iter(cell_stream)
        next(stream, None)
        for cells in stream:
            yield int(cells[0]), cells


class FormError(errors.CellError):
    """A cell that can be read as its type but is not written plainly."""

    type = "form-error"
    title = "Form Error"
    description = "The value can be read but is not in the plain form of its type."
    template = 'The cell "{cell}" in row "{rowNumber}" and field "{fieldName}" is not in plain form: {note}'


class PlainForms(Check):
    """Adds a FormError for every cell that frictionless took and PLAIN does not match."""

    type = "plain-forms"
    Errors = [FormError]  # noqa: RUF012 -- frictionless's own protocol

    def connect(self, resource: Any) -> None:
        """Note which columns have a plain form. Dates of a format of their own have not."""
        super().connect(resource)
        self.columns = [
            (position, field.name, PLAIN[field.type])
            for position, field in enumerate(resource.schema.fields)
            if field.type in PLAIN and field.format == "default" and field.name != ROW_COLUMN
        ]

    def validate_row(self, row: Any) -> Iterator[FormError]:
        """Yield the errors of one row."""
        cells = row.cells
        for position, name, form in self.columns:
            if position < len(cells) and row[name] is not None and form.fullmatch(cells[position]) is None:
                yield FormError.from_row(row, note=form.pattern, field_name=name)


def standard_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The draft's schema as frictionless needs it: the row number first, the standard's own properties, nothing else.

    Words for missing values were emptied when the draft was made; foreign keys have no place in a draft, which is one table.
    """
    fields = [{name: entry[name] for name in STANDARD if name in entry} for entry in schema["fields"]]
    fields = [entry for entry in fields if entry["name"] != ROW_COLUMN]
    told = {"$schema": PROFILE, "fields": [{"name": ROW_COLUMN, "type": "integer"}, *fields], "missingValues": [""]}
    return told | ({"primaryKey": schema["primaryKey"]} if schema.get("primaryKey") else {})


def findings(rows: Iterable[Sequence[str]], schema: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield what frictionless finds in `rows`, their heading first, row by row as they are read.

    A table that can't be read to its end gives a last finding without a row.
    """
    with system.use_context(http_session=Refusing()):
        told = Schema.from_descriptor(standard_schema(schema))
        resource = TableResource(name="table", data=lambda: rows, dialect=RowNumbers(), schema=told)
        check = PlainForms()
        try:
            with resource:
                check.connect(resource)
                if not (resource.labels or resource.fragment):
                    yield Finding("source-error", None, None, "", "the source is empty")
                yield from (_of_heading(error) for error in resource.header.errors)
                for row in resource.row_stream:
                    for error in chain(check.validate_row(row), row.errors):
                        yield _of_row(error, row)
        except FrictionlessException as exception:
            yield Finding(exception.error.type, None, None, "", exception.error.note)


def _of_heading(error: Any) -> Finding:
    return Finding(error.type, None, None, str(getattr(error, "label", ""))[:MOST_CELL], error.note)


def _of_row(error: Any, row: Any) -> Finding:
    """An error as we keep it. The cell is taken from the row: some errors hold it only as it was parsed."""
    told = _CONSTRAINT.match(error.note) if error.type == "constraint-error" else None
    position = getattr(error, "field_number", 0) - 1
    cell = row.cells[position] if 0 <= position < len(row.cells) else ""
    name = getattr(error, "field_name", None)
    return Finding(told[1] if told else error.type, row.row_number, name or None, cell[:MOST_CELL], error.note)
