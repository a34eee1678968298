"""The screen leaves out only what frictionless would pass: with it and without it the findings are the same."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvesters.checks import screen as screening
from harvesters.checks import validate
from harvesters.checks.judging import findings
from harvesters.checks.screen import screen
from harvesters.checks.validate import judge
from harvesters.values import Draft, Mapped, Table, Text

Field = Mapping[str, Any]
Rows = list[list[str]]

# Each field with cells that it takes.
GOOD: list[tuple[Field, Sequence[str]]] = [
    ({"type": "string"}, ["", "ก", "NaN", "a\nb", '"', " "]),
    ({"type": "string", "constraints": {"required": True}}, ["ก", "0", " "]),
    ({"type": "string", "constraints": {"enum": ["ก", "a b", "1"]}}, ["ก", "a b", "1", ""]),
    ({"type": "string", "constraints": {"pattern": r"\d{2}|ก+"}}, ["10", "๑๐", "กก", ""]),
    ({"type": "string", "constraints": {"minLength": 2, "maxLength": 3}}, ["กำ", "abc", ""]),
    ({"type": "integer"}, ["", "0", "-5", "007", "123456789012345678"]),
    ({"type": "integer", "constraints": {"minimum": -5, "maximum": 99}}, ["", "0", "-5", "99", "-0"]),
    ({"type": "integer", "constraints": {"required": True, "exclusiveMinimum": 0}}, ["1", "12"]),
    ({"type": "number"}, ["", "0", "-.5", "5.", "1.25", "12345678901234.5"]),
    ({"type": "number", "constraints": {"minimum": 5, "maximum": 21}}, ["5", "21.0", "5.000000000000001", "20.99"]),
    ({"type": "number", "constraints": {"exclusiveMaximum": "0.1"}}, ["0.0999999999999", "-3"]),
    ({"type": "date"}, ["", "2024-02-29", "1999-12-31", "2099-01-01"]),
    ({"type": "date", "constraints": {"minimum": "2020-01-01", "exclusiveMaximum": "2024-01-01"}}, ["2020-01-01", "2023-12-31"]),
    ({"type": "year", "constraints": {"minimum": 1900}}, ["1900", "2026", ""]),
    ({"type": "boolean"}, ["true", "0", ""]),
    ({"type": "boolean", "trueValues": ["มี"], "falseValues": ["ไม่มี"]}, ["มี", "ไม่มี", ""]),
]  # fmt: skip
# Fields that the screen must leave to frictionless with the whole table.
UNPROVABLE: list[tuple[Field, Sequence[str]]] = [
    ({"type": "string", "constraints": {"unique": True}}, ["ก", "1", "2", "3", "4"]),
    ({"type": "string", "format": "email"}, ["a@example.go.th", ""]),
    ({"type": "integer", "constraints": {"enum": [1, 2]}}, ["1", "2"]),
    ({"type": "date", "format": "%d/%m/%Y"}, ["24/11/2026"]),
    ({"type": "datetime"}, ["2026-11-24T00:00:00"]),
    ({"type": "number", "constraints": {"minimum": "1e3"}}, ["2000"]),
]
ODD = [
    "", "0", "1", "-1", "-6", "100", "+5", " 7", "7 ", "1_0", "1-2", "--1", "-", ".", "1.2.3", "1e3", "NaN", "inf", "๑๒", "0x1",
    "9" * 15, "9" * 16, "9" * 18, "9" * 19, "4.99999999999999999", "21.0000000000001", "0.1", "0.10000000000000001", "2024-1-2",
    "2023-02-29", "2567-01-01", "0999-01-01", "2100-01-01", "2019-12-31", "2024-01-01", "2024-01-01 ", "24", "1899", "true", "True",
    "yes", "1.0", "ก", "กข", "กขคง", "10\n", "10", "abc", "a b", "\u00a0", "\u200b", "a,b", 'a"b', "a\nb", "\x00", "x" * 50,
]  # fmt: skip


def compare(fields: Sequence[Field], rows: Rows, **schema: Any) -> int:
    """Assert that the screen changes no finding; return how many rows it leaves to frictionless."""
    named = [{**field, "name": f"c{number}"} for number, field in enumerate(fields)]
    told = {"fields": named, **schema}
    table = [
        ["_row", *(field["name"] for field in named)],
        *([str(number), *row] for number, row in enumerate(rows, 3)),
    ]
    left = list(screen(iter(table), told))
    assert list(findings(iter(left), told)) == list(findings(iter(table), told))
    return len(left) - 1


@pytest.fixture(scope="module", autouse=True)
def small_chunks() -> Any:
    """So that a small table has several."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(screening, "CHUNK_ROWS", 7)
        yield


@pytest.mark.parametrize(("field", "cells"), GOOD)
def test_good_cells_are_proved(field: Field, cells: Sequence[str]) -> None:
    long = {"5.000000000000001", "123456789012345678", "12345678901234.5"}  # too many digits to be compared as floats
    proved = [cell for cell in cells if cell not in long]
    assert compare([field], [[cell] for cell in proved] * 3) == 0


@pytest.mark.parametrize(("field", "cells"), GOOD + UNPROVABLE)
def test_each_odd_cell_in_each_field(field: Field, cells: Sequence[str]) -> None:
    compare([field], [[cell] for cell in [*ODD, *cells, *reversed(ODD)]])


@pytest.mark.parametrize(("field", "cells"), UNPROVABLE)
def test_what_cannot_be_proved_takes_the_full_road(field: Field, cells: Sequence[str]) -> None:
    assert compare([field], [[cell] for cell in cells]) == len(cells)


@pytest.mark.parametrize("kind", ["string", "integer", "number", "date", "year", "boolean"])
def test_an_empty_cell_among_good_ones_is_left_where_it_is_required(kind: str) -> None:
    good = {"date": "2024-01-01", "year": "2024", "boolean": "true"}.get(kind, "7")
    field: Field = {"type": kind, "constraints": {"required": True}}
    assert compare([field], [[good], [""], [good]]) == 1


def test_a_key_takes_the_full_road() -> None:
    assert compare([{"type": "string"}], [["1"], ["2"], ["1"], [""]], primaryKey=["c0"]) == 4


def test_ragged_rows_are_left_to_frictionless() -> None:
    rows = [["1", "2"]] * 7 + [["1"], ["1", "2"], ["1", "2", ""], ["1", "2", "3"]] + [["1", "2"]] * 9
    assert compare([{"type": "integer"}, {"type": "string"}], rows) == 7


def test_a_row_without_its_number_is_left_to_frictionless() -> None:
    schema = {"fields": [{"name": "a", "type": "string"}]}
    assert list(screen(iter([["_row", "a"], ["3", "x"], ["", "x"], ["x", "y"]]), schema))[1:] == [["", "x"], ["x", "y"]]


def test_empty_tables() -> None:
    schema = {"fields": [{"name": "a", "type": "integer"}]}
    assert list(screen(iter([]), schema)) == []
    assert list(screen(iter([["_row", "a"]]), schema)) == [["_row", "a"]]


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_dense_oddities(data: st.DataObject) -> None:
    fields = data.draw(st.lists(st.sampled_from([field for field, _ in GOOD]), min_size=1, max_size=6))
    cells = st.lists(st.sampled_from(ODD) | st.text(max_size=4), min_size=len(fields), max_size=len(fields))
    compare(fields, data.draw(st.lists(cells, min_size=1, max_size=30)))


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_sparse_oddities(data: st.DataObject) -> None:
    """Mostly good rows and few odd cells, as large files are: here the screen must really leave rows out."""
    chosen = data.draw(st.lists(st.sampled_from(GOOD[:5] + GOOD[6:8] + GOOD[11:]), min_size=1, max_size=6))
    rng = data.draw(st.randoms(use_true_random=False))
    rows = [[rng.choice(cells) for _, cells in chosen] for _ in range(60)]
    for _ in range(data.draw(st.integers(0, 3))):
        rng.choice(rows)[rng.randrange(len(chosen))] = rng.choice(ODD)
    assert compare([field for field, _ in chosen], rows) <= 3


def test_judge_screens_tables_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "draft.csv"
    path.write_text(
        "_row,n\n" + "".join(f"{row},{'x' if row == 50 else row}\n" for row in range(2, 102)), encoding="utf-8"
    )
    schema = {"fields": [{"name": "n", "type": "integer"}]}
    draft = Draft(Table("t", "t", (), path, 100), Mapped(None, (), Text("", "")), schema, path, path, {}, 100)
    with monkeypatch.context() as patched:
        patched.setattr(validate, "screen", lambda rows, _schema: rows)
        plain = judge(draft)
    screened = judge(draft)
    assert (plain.judged_rows, screened.judged_rows) == (100, 1)
    assert (plain.problems, plain.counts, plain.wrong_cells) == (
        screened.problems,
        screened.counts,
        screened.wrong_cells,
    )
    path.write_text("_row,n\n" + "2,1\n" * 99, encoding="utf-8")
    assert [problem.code for problem in judge(draft).blocking] == ["table-broken"]  # a row was lost on the way


def test_a_small_clean_table_does_not_wait_for_frictionless_to_be_loaded(tmp_path: Path) -> None:
    path = tmp_path / "draft.csv"
    asked = """
import sys
from pathlib import Path
from harvesters.checks.validate import judge
from harvesters.values import Draft, Mapped, Table, Text
path, cell = Path(sys.argv[1]), sys.argv[2]
path.write_text(f"_row,n\\n2,1\\n3,{cell}\\n", encoding="utf-8")
schema = {"fields": [{"name": "n", "type": "integer"}]}
found = judge(Draft(Table("t", "t", (), path, 2), Mapped(None, (), Text("", "")), schema, path, path, {}, 2))
print(bool(found.counts), "frictionless" in sys.modules)
"""
    for cell, told in (("2", "False False"), ("x", "True True")):
        done = subprocess.run(
            [sys.executable, "-c", asked, str(path), cell], capture_output=True, text=True, check=True
        )
        assert done.stdout.strip().endswith(told), done.stdout
