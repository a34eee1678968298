"""A fixture that normalises a small table written as headings and rows."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from harvesters.mapping import map_headings
from harvesters.normalise import normalise
from harvesters.values import Draft, Table


@dataclass(frozen=True)
class Result:
    """A draft, read back from its files."""

    draft: Draft
    rows: list[dict[str, str]]  # with `_row`
    repairs: list[dict[str, str]]

    @property
    def types(self) -> dict[str, str]:
        return {field["name"]: field["type"] for field in self.draft.schema["fields"]}

    @property
    def codes(self) -> Mapping[str, int]:
        return self.draft.problem_counts

    def column(self, name: str) -> list[str]:
        return [row[name] for row in self.rows]

    def field(self, name: str) -> Mapping[str, object]:
        return next(field for field in self.draft.schema["fields"] if field["name"] == name)

    def steps(self, heading: str) -> list[tuple[str, str, str]]:
        return [(line["rule"], line["before"], line["after"]) for line in self.repairs if line["column"] == heading]

    def problem(self, code: str):
        return next(found for found in self.draft.problems if found.code == code)


def read_lines(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@pytest.fixture
def normalised(tmp_path: Path) -> Callable[..., Result]:
    """Normalise rows under headings; the first row is row 2 of the file."""

    def run(
        headings: Sequence[str],
        rows: Sequence[Sequence[str]],
        *,
        profile: str | None = None,
        repairs: bool | frozenset[str] = True,
    ) -> Result:
        path = tmp_path / "working.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([number, *row] for number, row in enumerate(rows, 2))
        table = Table("table", "ตาราง", tuple(headings), path, len(rows), sheet="แผ่น 1")
        draft = normalise(table, map_headings(headings, profile=profile), workdir=tmp_path, repairs=repairs)
        return Result(draft, list(read_lines(draft.path)), list(read_lines(draft.repairs)))

    return run


@pytest.fixture
def column(normalised: Callable[..., Result]) -> Callable[..., Result]:
    """Normalise one column of a table without a profile; another column keeps the rows apart."""

    def run(heading: str, cells: Sequence[str], **options: object) -> Result:
        return normalised(["กุญแจ", heading], [(f"แถว {number}", cell) for number, cell in enumerate(cells)], **options)

    return run
