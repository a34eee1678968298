"""What the reading of one file gathers beside its tables, and where the records of a table come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from harvesters.errors import HarvestError
from harvesters.tables.findings import Findings
from harvesters.tables.layout import Row, Span
from harvesters.tables.limits import Limits
from harvesters.tables.rows import BLANKS
from harvesters.thai.slugs import slug


@dataclass(slots=True)
class Desk:
    """What the reading of one file gathers: problems, texts outside cells, the names that are taken."""

    workdir: Path
    limits: Limits
    findings: Findings = field(default_factory=Findings)
    loose: list[tuple[str, str]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    bare: set[str] = field(default_factory=set)  # tables of sheets in which no heading row was found
    _loose_chars: int = 0

    def name_for(self, title: str) -> str:
        """Return a slug for a table that no other table of the file has."""
        base = slug(title, f"table-{len(self.names) + 1}")
        name, number = base, 2
        while name in self.names:
            name, number = f"{base}-{number}", number + 1
        self.names.add(name)
        return name

    def new_path(self) -> Path:
        """Return the path of a new working file; names never come from the file that is read."""
        return self.workdir / f"table-{len(self.names):04d}.csv"

    def keep_loose(self, place: str, text: str) -> None:
        """Keep a text outside the tables for the personal-data gate; beyond the cap it is said that some were left."""
        self._loose_chars += len(text)
        if self._loose_chars <= self.limits.loose_chars:
            self.loose.append((place, text))
        elif not self.findings.count("loose-not-searched"):
            self.findings.add("loose-not-searched", value=place)

    def check_cells(self, number: int, row: Row) -> None:
        """Raise HarvestError cell-too-long for a cell beyond the cap: the steps after this one could not read it."""
        if max(map(len, row), default=0) > self.limits.cell_chars:
            raise HarvestError("cell-too-long", row=number, most=f"{self.limits.cell_chars:,}")


@dataclass(frozen=True, slots=True)
class Place:
    """Which sheet or file the records come from. `spans` are its merged ranges (rows from 1), None where unknown."""

    title: str
    sheet: str | None = None
    hidden: bool = False
    spans: Sequence[Span] | None = None
    filled: dict[int, int] = field(default_factory=dict)  # row number -> cells filled from a merged range
    sections: set[int] = field(default_factory=set)  # rows of one text merged over most of the width
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)  # table -> its headings, dropped columns included

    def of(self, number: int) -> str:
        """Return the name of a row's place for the personal-data gate: "แผ่น1 แถว 12"."""
        return f"{self.sheet} แถว {number}" if self.sheet else f"แถว {number}"


def joined_texts(row: Row) -> str:
    """Return the texts of a row, each once, parted by " | "."""
    return " | ".join(dict.fromkeys(cell.strip() for cell in row if cell.strip(BLANKS)))
