"""The difference of two versions, against the same thing done in plain Python."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harvesters.errors import HarvestError
from harvesters.packages.diff import Diff, diff

Table = tuple[Path, dict[str, Any]]
MakeTable = Callable[..., Table]
FIELDS = {"id": "string", "name": "string", "n": "integer"}


def compared(old: Table, new: Table, key: tuple[str, ...] | None, **more: int) -> Diff:
    return diff(*old, *new, key, **more)


def test_by_key(make_table: MakeTable) -> None:
    old = make_table(FIELDS, [["001", "ก", 1], ["002", "ข", None], ["003", "ค", 3], ["004", "ง", 4]])
    new = make_table(FIELDS, [["004", "ง", 4], ["001", "ก ใหม่", None], ["002", "ข", 2], ["005", "จ", 5]])
    found = compared(old, new, ("id",))
    assert (found.key, found.added, found.removed, found.changed) == (("id",), 1, 1, 2)
    assert json.loads(json.dumps(found.to_json())) == {
        "key": ["id"],
        "added": 1,
        "removed": 1,
        "changed": 2,
        "columns_added": [],
        "columns_removed": [],
        "columns_renamed": [],
        "changed_rows": [
            {
                "key": ["001"],
                "old_row": 2,
                "row": 3,
                "cells": [{"column": "name", "old": "ก", "new": "ก ใหม่"}, {"column": "n", "old": "1", "new": None}],
            },
            {"key": ["002"], "old_row": 3, "row": 4, "cells": [{"column": "n", "old": None, "new": "2"}]},
        ],
        "added_rows": [{"id": "005", "name": "จ", "n": "5"}],
        "removed_rows": [{"id": "003", "name": "ค", "n": "3"}],
    }


def test_a_moved_row_and_a_changed_type_are_no_change(make_table: MakeTable) -> None:
    old = make_table(FIELDS, [["1", "ก", 1], ["2", "ข", 2]])
    new = make_table({"n": "string", "id": "string", "name": "string"}, [["2", "2", "ข"], ["1", "1", "ก"]], [7, 9])
    for key in (("id",), None):
        found = compared(old, new, key)
        assert (found.added, found.removed, found.changed) == (0, 0, 0)


def test_without_a_key_rows_are_counted(make_table: MakeTable) -> None:
    old = make_table(FIELDS, [["1", "ก", 1]] * 3 + [["2", None, 2]])
    new = make_table(FIELDS, [["1", "ก", 1], ["2", "", 2], ["3", "ค", 3], ["3", "ค", 3]])
    found = compared(old, new, None)
    assert (found.key, found.added, found.removed, found.changed) == ((), 2, 2, 0)
    assert found.added_rows == ({"id": "3", "name": "ค", "n": "3"},) * 2
    assert found.removed_rows == ({"id": "1", "name": "ก", "n": "1"},) * 2


def test_without_a_key_an_edited_row_is_one_row(make_table: MakeTable) -> None:
    fields = {"name": "string", "province": "string", "goods": "string", "n": "integer"}
    old = [[f"กลุ่ม {at}", "แพร่", "ผ้า", at] for at in range(6)]
    new = [["กลุ่มใหม่", "น่าน", "ข้าว", 7], *old[:2], ["กลุ่ม 2", "แพร่", "ผ้า", None], *old[3:5]]
    found = compared(make_table(fields, old), make_table(fields, new), None)
    assert (found.added, found.removed, found.changed) == (1, 1, 1)
    (row,) = found.changed_rows
    assert (row.key, row.old_row, row.new_row) == ((), 4, 5)
    assert [(cell.column, cell.old, cell.new) for cell in row.cells] == [("n", "2", None)]
    assert found.added_rows == ({"name": "กลุ่มใหม่", "province": "น่าน", "goods": "ข้าว", "n": "7"},)
    assert found.removed_rows == ({"name": "กลุ่ม 5", "province": "แพร่", "goods": "ผ้า", "n": "5"},)


def test_pages_of_edited_rows_without_a_key(make_table: MakeTable) -> None:
    old = make_table(FIELDS, [[f"a{at}", f"ก{at}", 1] for at in range(9)])
    new = make_table(FIELDS, [[f"a{at}", f"ก{at}", 2] for at in range(9)])
    pages = [compared(old, new, None, limit=4, offset=offset) for offset in (0, 4, 8, 12)]
    assert [[row.new_row for row in page.changed_rows] for page in pages] == [[2, 3, 4, 5], [6, 7, 8, 9], [10], []]
    assert {(page.changed, page.added, page.removed) for page in pages} == {(9, 0, 0)}


@pytest.mark.parametrize("key", [("id",), None])
def test_a_column_with_a_new_name_is_told_as_renamed(make_table: MakeTable, key: tuple[str, ...] | None) -> None:
    old = make_table({"id": "string", "tel": "string", "flag": "string"}, [[str(n), f"05{n}", "x"] for n in range(20)])
    new = make_table(
        {"id": "string", "phone": "string", "mark": "string"}, [[str(n), f"05{max(1, n)}", "x"] for n in range(20)]
    )
    found = compared(old, new, key)
    assert found.columns_renamed == (("tel", "phone"),)
    assert (found.columns_added, found.columns_removed) == (("mark",), ("flag",))  # one value tells nothing


@pytest.mark.parametrize("rows", [[["1", "x", 1], ["1", "y", 2]], [[None, "x", 1], ["2", "y", 2]], [["", "x", 1]]])
def test_a_key_that_is_none_is_not_used(make_table: MakeTable, rows: list[list[Any]]) -> None:
    good = make_table(FIELDS, [["1", "x", 1]])
    bad = make_table(FIELDS, rows)
    assert compared(good, bad, ("id",)).key == ()
    assert compared(bad, good, ("id",)).key == ()
    assert compared(good, good, ("gone",)).key == ()


def test_columns_that_come_and_go_are_named(make_table: MakeTable) -> None:
    old = make_table({"id": "string", "old": "string"}, [["1", "x"]])
    new = make_table({"id": "string", "new": "string"}, [["1", "y"], ["2", "z"]])
    found = compared(old, new, ("id",))
    assert (found.columns_added, found.columns_removed) == (("new",), ("old",))
    assert (found.added, found.removed, found.changed) == (1, 0, 0)
    other = make_table({"x": "string"}, [["1"], ["2"], ["3"]])
    found = compared(old, other, ("id",))
    assert (found.added, found.removed, found.key) == (3, 1, ())


def test_pages_of_a_long_difference(make_table: MakeTable) -> None:
    old = make_table(FIELDS, [[str(at), "ก", at] for at in range(9)])
    new = make_table(FIELDS, [[str(at), "ข", at] for at in range(9)])
    pages = [compared(old, new, ("id",), limit=4, offset=offset) for offset in (0, 4, 8, 12)]
    assert [[row.key[0] for row in page.changed_rows] for page in pages] == [list("0123"), list("4567"), ["8"], []]
    assert {page.changed for page in pages} == {9}


def test_a_lost_version_has_a_name(make_table: MakeTable, tmp_path: Path) -> None:
    table = make_table(FIELDS, [["1", "x", 1]])
    with pytest.raises(HarvestError, match="object-missing"):
        diff(tmp_path / "gone.parquet", table[1], *table)


cells = st.tuples(
    st.sampled_from(["a", "b", "c", "d", "", None]),
    st.sampled_from(["ก", "ข", None, ""]),
    st.sampled_from([1, 2, None]),
)
tables = st.lists(cells, max_size=7)


def normal(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [tuple(None if cell in (None, "") else str(cell) for cell in row) for row in rows]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=tables, after=tables, unique=st.booleans())
def test_the_same_as_in_plain_python(make_table: MakeTable, before: list[Any], after: list[Any], unique: bool) -> None:
    if unique:  # make the first column a key often enough
        before, after = (list({row[0]: row for row in rows if row[0]}.values()) for rows in (before, after))
    found = compared(make_table(FIELDS, before), make_table(FIELDS, after), ("id",), limit=100)
    old, new = normal(before), normal(after)
    ids = [[row[0] for row in rows] for rows in (old, new)]
    if all(len(set(side)) == len(side) and None not in side for side in ids):
        assert found.key == ("id",)
        a, b = {row[0]: row for row in old}, {row[0]: row for row in new}
        assert found.added == len(b.keys() - a.keys())
        assert found.removed == len(a.keys() - b.keys())
        differing = {key for key in a.keys() & b.keys() if a[key] != b[key]}
        assert {row.key[0] for row in found.changed_rows} == differing
        assert found.changed == len(differing)
        for row in found.changed_rows:
            told = {cell.column: (cell.old, cell.new) for cell in row.cells}
            pairs = zip(FIELDS, a[str(row.key[0])], b[str(row.key[0])], strict=True)
            assert told == {name: (x, y) for name, x, y in pairs if x != y}
    else:
        assert found.key == ()
        more, fewer = Counter(new) - Counter(old), Counter(old) - Counter(new)
        assert (found.added + found.changed, found.removed + found.changed) == (more.total(), fewer.total())
        come, gone = (Counter(tuple(row.values()) for row in rows) for rows in (found.added_rows, found.removed_rows))
        assert (come - more, gone - fewer) == (Counter(), Counter())
        rest = zip((more - come).elements(), (fewer - gone).elements(), strict=True)
        assert found.changed == len(list(rest))
