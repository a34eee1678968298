"""What the personal-data gate found and what was done about it, as values: for the run, the report and the page.

Nothing here holds a personal value: every shown text went through the masker before it came in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from harvesters.checks.personal.finding import Rules
from harvesters.checks.personal.spans import Kind
from harvesters.checks.problems import problem
from harvesters.values import Problem, Text

Verdict = Literal["clean", "hits", "personal"]
Mode = Literal["drop", "mask"]

_PLACES: Mapping[str, Text] = {
    "heading": Text("หัวคอลัมน์", "a column heading"),
    "sheet": Text("ชื่อแผ่นงาน", "the sheet's name"),
    "title": Text("ชื่อตาราง", "the table's title"),
    "set-aside": Text("ข้อความนอกตาราง", "text outside the table"),
    "file-name": Text("ชื่อไฟล์", "the file's name"),
}
LABELS: Mapping[Kind, Text] = {
    "citizen-id": Text("เลขประจำตัวประชาชน", "citizen id"),
    "mobile": Text("หมายเลขโทรศัพท์มือถือ", "mobile number"),
    "email": Text("อีเมลส่วนตัว", "personal e-mail address"),
    "name": Text("ชื่อบุคคล", "personal name"),
    "bank-account": Text("เลขที่บัญชีธนาคาร", "bank account"),
    "passport": Text("เลขหนังสือเดินทาง", "passport number"),
    "line-id": Text("ไลน์ไอดี", "LINE id"),
    "address": Text("ที่อยู่บ้านของบุคคล", "person's house address"),
    "birth-date": Text("วันเกิด", "date of birth"),
    "sensitive": Text("ข้อมูลอ่อนไหว", "sensitive data"),
}


def class_words(classes: Mapping[Any, int]) -> Text:
    """The classes found and how many of each, for a sentence."""
    told = [(LABELS[kind], count) for kind, count in classes.items()]
    return Text(
        ", ".join(f"{label.th} {count}" for label, count in told),
        ", ".join(f"{label.en} {count}" for label, count in told),
    )


@dataclass(frozen=True, slots=True)
class Example:
    """One hit, masked, with its place."""

    kind: Kind
    table: str
    sheet: str | None
    column: str
    row: int
    value: str


@dataclass(frozen=True, slots=True)
class ColumnScan:
    """What one column holds. `named` says that its heading alone names personal data."""

    index: int
    heading: str  # masked
    filled: int
    hits: Mapping[Kind, int]
    hit_cells: int
    verdict: Verdict
    named: bool
    addresses_alone: int
    rules: Rules
    first: Mapping[Kind, Example] = field(default_factory=dict)  # the first hit of each kind


@dataclass(frozen=True, slots=True)
class TableScan:
    """What the columns of one table hold."""

    name: str
    sheet: str | None  # masked
    hidden: bool
    columns: tuple[ColumnScan, ...]


@dataclass(frozen=True, slots=True)
class TextFound:
    """Personal data outside cells: in a heading, a sheet's or file's name, a comment, a note. `value` is masked."""

    place: str
    kind: Kind
    value: str
    table: str | None = None
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Scan:
    """Everything that the gate found in one file."""

    tables: tuple[TableScan, ...]
    texts: tuple[TextFound, ...]
    examples: tuple[Example, ...]  # at most 20 of each kind
    classes: Mapping[Kind, int] = field(default_factory=dict)  # cells and texts with a hit
    addresses_alone: int = 0

    @property
    def found(self) -> bool:
        """Whether the version must be held, dropped from or masked."""
        return bool(self.classes)

    @property
    def sensitive(self) -> bool:
        """Whether kinds of section 26 are among it, which a publisher alone may never release."""
        return "sensitive" in self.classes

    def table(self, name: str) -> TableScan:
        """Return the table `name`. Raises KeyError when it was not scanned."""
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(name)

    def problems(self) -> tuple[Problem, ...]:
        """One problem for each column and kind, one for each text; a warning for columns of addresses alone."""
        found = [finding for table in self.tables for finding in _of_table(table)]
        return (*found, *(_of_text(text) for text in self.texts))

    def summary(self) -> dict[str, Any]:
        """The scan as a JSON document; masked throughout."""
        return {
            "found": self.found,
            "sensitive": self.sensitive,
            "classes": dict(self.classes),
            "addresses_alone": self.addresses_alone,
            "tables": [
                {
                    "name": table.name,
                    "sheet": table.sheet,
                    "hidden": table.hidden,
                    "columns": [
                        {
                            "heading": column.heading,
                            "filled": column.filled,
                            "hits": dict(column.hits),
                            "cells": column.hit_cells,
                            "named": column.named,
                            "verdict": column.verdict,
                        }
                        for column in table.columns
                        if column.verdict != "clean"
                    ],
                }
                for table in self.tables
            ],
            "texts": [
                {"place": text.place, "kind": text.kind, "value": text.value, "table": text.table, "row": text.row}
                for text in self.texts
            ],
            "examples": [
                {"kind": e.kind, "table": e.table, "sheet": e.sheet, "column": e.column, "row": e.row, "value": e.value}
                for e in self.examples
            ],
        }


def _of_table(table: TableScan) -> list[Problem]:
    found = []
    for column in table.columns:
        place: dict[str, Any] = {"resource": table.name, "sheet": table.sheet, "column": column.heading}
        for kind, count in column.hits.items():
            code = "personal-column" if column.named and kind != "sensitive" else f"personal-{kind}"
            found.append(problem(code, **place, **_shown(column, kind), count=count))
        if column.addresses_alone and "address" not in column.hits:
            found.append(problem("personal-address-alone", **place, count=column.addresses_alone))
    return found


def _shown(column: ColumnScan, kind: Kind) -> dict[str, Any]:
    """The first hit of a column, as fields of a problem."""
    shown: dict[str, Any] = {"kind_th": LABELS[kind].th, "kind_en": LABELS[kind].en, "example_th": "", "example_en": ""}
    if (example := column.first.get(kind)) is None:
        return shown
    quoted = example.value if len(example.value) <= 60 else example.value[:59] + "…"
    return shown | {
        "row": example.row,
        "value": example.value,
        "example_th": f" เช่น ‘{quoted}’",
        "example_en": f", such as ‘{quoted}’",
    }


def _of_text(text: TextFound) -> Problem:
    place = _PLACES.get(text.place, Text(text.place, text.place))
    label = LABELS[text.kind]
    return problem(
        "personal-text",
        resource=text.table,
        row=text.row,
        value=text.value,
        place_th=place.th,
        place_en=place.en,
        kind_th=label.th,
        kind_en=label.en,
    )


def count_classes(tables: tuple[TableScan, ...], texts: tuple[TextFound, ...]) -> dict[Kind, int]:
    """Return how many cells and texts hold each kind."""
    counts: Counter[Kind] = Counter(text.kind for text in texts)
    for table in tables:
        for column in table.columns:
            counts.update(column.hits)
    return dict(counts)


@dataclass(frozen=True, slots=True)
class ColumnDone:
    """What was done with one column that was not clean."""

    heading: str  # masked
    action: Literal["dropped", "masked"]
    cells: int  # cells that were masked, or hits in the column that was dropped
    kinds: tuple[Kind, ...]


@dataclass(frozen=True, slots=True)
class AppliedReport:
    """What `apply` did to one table."""

    table: str
    sheet: str | None
    mode: Mode
    columns: tuple[ColumnDone, ...]
    texts: int  # headings, titles and set-aside rows that were masked

    def problems(self) -> tuple[Problem, ...]:
        """One note for each column."""
        return tuple(
            problem(
                f"personal-{done.action}",
                resource=self.table,
                sheet=self.sheet,
                column=done.heading,
                count=done.cells,
                kind_th=", ".join(LABELS[kind].th for kind in done.kinds),
                kind_en=", ".join(LABELS[kind].en for kind in done.kinds),
            )
            for done in self.columns
        )

    def summary(self) -> dict[str, Any]:
        """The report as a JSON document."""
        return {
            "table": self.table,
            "mode": self.mode,
            "texts": self.texts,
            "columns": [
                {"heading": done.heading, "action": done.action, "cells": done.cells, "kinds": list(done.kinds)}
                for done in self.columns
            ],
        }
