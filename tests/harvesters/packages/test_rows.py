"""Rows by structured questions: the same answer as a plain Python filter, and nothing but our Parquet within reach."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harvesters.errors import HarvestError
from harvesters.packages import boxed
from harvesters.packages.boxed import ask, table
from harvesters.packages.diff import diff
from harvesters.packages.filters import bound_value
from harvesters.packages.rows import (
    Filter,
    RowQuery,
    count_rows,
    group_rows,
    parse_filters,
    pick_key,
    read_texts,
    rows_by_number,
    select_rows,
)

Clusters = tuple[Path, dict[str, Any]]


def numbers(clusters: Clusters, *args: tuple[str, str]) -> list[int]:
    query, wrong = parse_filters(list(args), clusters[1])
    assert wrong == ()
    page = select_rows(*clusters, query)
    assert page.total == count_rows(*clusters, query) == len(page.rows)
    return [row[0] for row in page.rows]


@pytest.mark.parametrize(
    ("args", "wanted"),
    [
        ([], [2, 3, 4, 5, 6, 7]),
        ([("f.จังหวัด", "แพร่")], [2, 4]),
        ([("f.จังหวัด", "แพร่"), ("f.จังหวัด", "น่าน")], [2, 4, 7]),
        ([("f.จังหวัด", "แพร่"), ("f.active", "true")], [2]),
        ([("f.name.contains", "ผ้า")], [2, 5]),
        ([("f.name.contains", "sum(")], [4]),
        ([("f.name.contains", "%")], []),
        ([("f.name.contains", "' OR 1=1 --")], []),
        ([("f.members.gte", "12")], [2, 5, 7]),
        ([("f.members", "7")], [3, 6]),
        ([("f.members", "7.5")], []),
        ([("f.members.contains", "0")], [5, 7]),
        ([("f.income.lte", "0.5")], [6, 7]),
        ([("f.founded.gte", "1 ม.ค. 2563"), ("f.founded.lte", "2020-12-31")], [2]),
        ([("f.cluster_id", "001")], [2]),
        ([("f.cluster_id", "1")], []),
        ([("f.phone.empty", "1")], [3]),
        ([("f.phone.empty", "0"), ("f.จังหวัด.empty", "1")], [6]),
        ([("f.income.empty", "1")], [4]),
        ([("row", "5")], [5]),
        ([("sort", "members")], [3, 6, 2, 5, 7, 4]),
        ([("sort", "-members")], [7, 5, 2, 3, 6, 4]),
        ([("sort", "-_row")], [7, 6, 5, 4, 3, 2]),
    ],
)
def test_questions(clusters: Clusters, args: list[tuple[str, str]], wanted: list[int]) -> None:
    assert numbers(clusters, *args) == wanted


def test_texts_are_sorted_as_a_thai_dictionary_does(make_table: Callable[..., Clusters]) -> None:
    words = ["เกม", "ขา", "แกง", "กู้", "กา", "เข", None, "กู่", "กข"]
    made = make_table({"word": "string"}, [[word] for word in words])
    page = select_rows(*made, RowQuery(sort="word"))
    assert [row[1] for row in page.rows] == ["กข", "กา", "กู่", "กู้", "เกม", "แกง", "ขา", "เข", None]
    down = select_rows(*made, RowQuery(sort="word", descending=True))
    assert down.rows[-1][1] is None, "empty cells are last both ways"


def test_pages_follow_each_other_and_keep_the_total(clusters: Clusters) -> None:
    pages = [select_rows(*clusters, RowQuery(limit=2, offset=offset)) for offset in (0, 2, 4, 6, 60)]
    assert [[row[0] for row in page.rows] for page in pages] == [[2, 3], [4, 5], [6, 7], [], []]
    assert {page.total for page in pages} == {6}


def test_cells_are_typed_and_columns_chosen(clusters: Clusters) -> None:
    page = select_rows(*clusters, RowQuery(columns=("founded", "income", "cluster_id"), row=2))
    assert (page.columns, page.rows) == (("founded", "income", "cluster_id"), ((date(2020, 1, 31), 15000.5, "001"),))
    with pytest.raises(HarvestError, match="filter-column-unknown"):
        select_rows(*clusters, RowQuery(columns=("name; DROP TABLE x",)))
    with pytest.raises(HarvestError, match="filter-column-unknown"):
        select_rows(*clusters, RowQuery(filters=(Filter("x", "eq", "1"),)))


def test_groups(clusters: Clusters) -> None:
    assert group_rows(*clusters, "จังหวัด") == (("แพร่", 2), ("น่าน", 1), ("พิษณุโลก", 1), ("สกลนคร", 1))
    assert group_rows(*clusters, "members", limit=1) == (("7", 2),)
    only = RowQuery(filters=(Filter("active", "eq", "true"),))
    assert group_rows(*clusters, "จังหวัด", only) == (("พิษณุโลก", 1), ("แพร่", 1))


def test_single_rows_and_texts(clusters: Clusters) -> None:
    found = rows_by_number(*clusters, [7, 3, 3, 99])
    assert set(found) == {3, 7}
    assert found[3]["name"] == "แปรรูปกล้วยตาก"
    assert rows_by_number(*clusters, []) == {}
    texts = dict(read_texts(*clusters))
    assert texts[2] == "001 | กลุ่มทอผ้าบ้านตัวอย่าง | แพร่ | 12 | 15000.5 | 2020-01-31 | true | 054000001"
    assert texts[3] == "002 | แปรรูปกล้วยตาก | พิษณุโลก | 7 | 9000 | 2019-05-01 | true"
    assert list(texts) == [2, 3, 4, 5, 6, 7]


def test_headings_that_hold_sql(make_table: Callable[..., Clusters]) -> None:
    path, schema = make_table({"Name": "string", 'x" OR 1=1 --': "string", "c0": "string"}, [["A", "b", "c"]])
    assert select_rows(path, schema, RowQuery()).rows == ((2, "A", "b", "c"),)
    found, wrong = parse_filters([('f.x" OR 1=1 --', "b"), ("f.c0", "c")], schema)
    assert wrong == ()
    assert select_rows(path, schema, found).total == 1


def test_headings_that_only_differ_in_capitals(make_table: Callable[..., Clusters]) -> None:
    made = make_table({"Name": "string", "NAME": "string", "name": "string"}, [["A", "B", "c"], ["A", "B", "d"]])
    assert select_rows(*made, RowQuery()).rows == ((2, "A", "B", "c"), (3, "A", "B", "d"))
    found, wrong = parse_filters([("f.name", "c"), ("f.Name", "A"), ("sort", "NAME")], made[1])
    assert wrong == ()
    assert select_rows(*made, found).rows == ((2, "A", "B", "c"),)
    assert pick_key({**made[1], "primaryKey": "name"}, made[0]) == ("name",)
    assert diff(*made, *made, ("name",)).key == ("name",)


def test_a_folder_named_like_a_pattern(make_table: Callable[..., Clusters], tmp_path: Path) -> None:
    path, schema = make_table({"a": "string"}, [["x"]])
    odd = tmp_path / "ข้อมูล [1] *'?"
    odd.mkdir()
    moved = path.rename(odd / "ตาราง.parquet")
    assert select_rows(moved, schema, RowQuery()).total == 1


def test_keys(clusters: Clusters, make_table: Callable[..., Clusters]) -> None:
    path, schema = clusters
    assert pick_key(schema, path) is None
    assert pick_key({**schema, "primaryKey": "cluster_id"}, path) == ("cluster_id",)
    assert pick_key({**schema, "primaryKey": ["จังหวัด", "cluster_id"]}, path) is None, "a province is empty"
    assert pick_key({**schema, "primaryKey": ["name", "cluster_id"]}, path) == ("name", "cluster_id")
    assert pick_key({**schema, "primaryKey": "members"}, path) is None
    assert pick_key({**schema, "primaryKey": "gone"}, path) is None
    roles = [
        {**field, "role": "id"} if field["name"] in ("members", "cluster_id") else field for field in schema["fields"]
    ]
    assert pick_key({"fields": roles}, path) == ("cluster_id",)


def test_a_rewritten_file_is_read_anew(make_table: Callable[..., Clusters]) -> None:
    path, schema = make_table({"a": "string"}, [["x"]])
    other, _ = make_table({"a": "string"}, [["y"], ["z"]])
    assert count_rows(path, schema, RowQuery()) == 1
    other.replace(path)
    assert count_rows(path, schema, RowQuery()) == 2


def test_damage_and_loss_have_names(make_table: Callable[..., Clusters], tmp_path: Path) -> None:
    path, schema = make_table({"a": "string"}, [[f"{at:0>50}"] for at in range(300)])
    with pytest.raises(HarvestError, match="object-missing"):
        select_rows(tmp_path / "nowhere.parquet", schema, RowQuery())
    whole = path.read_bytes()
    damages = [b"", b"not parquet", whole[:-3], whole[: len(whole) // 2], whole[:-200] + b"\xff" * 190 + whole[-10:]]
    for at, damage in enumerate(damages):
        broken = tmp_path / f"{at}.parquet"
        broken.write_bytes(damage)
        with pytest.raises(HarvestError, match="table-damaged"):
            select_rows(broken, schema, RowQuery())


FORKED = """
import os, sys
from pathlib import Path
from harvesters.packages.rows import RowQuery, select_rows

path, schema = Path(sys.argv[1]), {"fields": [{"name": "a", "type": "string"}]}
assert select_rows(path, schema, RowQuery()).total == 2
child = os.fork()
if child == 0:
    os._exit(select_rows(path, schema, RowQuery(sort="a")).total)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 2
assert select_rows(path, schema, RowQuery(descending=True, sort="a")).rows[0][1] == "y"
"""


def test_a_forked_worker_opens_its_own_box(make_table: Callable[..., Clusters]) -> None:
    path, _ = make_table({"a": "string"}, [["x"], ["y"]])
    subprocess.run([sys.executable, "-c", FORKED, str(path)], check=True, timeout=30, cwd=Path(__file__).parents[3])


def test_many_threads_ask_at_once(clusters: Clusters) -> None:
    with ThreadPoolExecutor(8) as pool:
        pages = list(pool.map(lambda at: select_rows(*clusters, RowQuery(row=2 + at % 6)).rows[0][0], range(60)))
    assert pages == [2 + at % 6 for at in range(60)]


def test_a_question_that_takes_too_long_is_stopped(make_table: Callable[..., Clusters]) -> None:
    path, _ = make_table({"a": "string"}, [["x"]])
    slow = f"SELECT count(*) FROM {table(path)}, range(100000000) a, range(1000) b WHERE a.range + b.range = 7"
    with pytest.raises(HarvestError, match="rows-time"), ask(path, seconds=1) as cursor:
        cursor.execute(slow).fetchall()


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_csv('/etc/hostname')",
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM glob('/etc/*')",
        "COPY (SELECT 1) TO '/tmp/khlang-must-not-be.csv'",
        "ATTACH '/tmp/khlang-must-not-be.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET threads = 4",
        "SET enable_external_access = true",
        "RESET memory_limit",
        "EXPORT DATABASE '/tmp/khlang-must-not-be'",
        "SELECT * FROM '{elsewhere}'",
        "SELECT * FROM read_parquet('{folder}/../elsewhere/x.parquet')",
    ],
)
def test_the_box_is_shut(clusters: Clusters, tmp_path: Path, statement: str) -> None:
    elsewhere = tmp_path / "elsewhere" / "x.parquet"
    elsewhere.parent.mkdir()
    elsewhere.write_bytes(clusters[0].read_bytes())
    text = statement.format(elsewhere=elsewhere, folder=clusters[0].parent)
    with boxed.open_box(frozenset({f"{clusters[0].parent}/"}), 1) as box:
        assert box.execute(f"SELECT count(*) FROM read_parquet('{clusters[0]}')").fetchall() == [(6,)]
        with pytest.raises(duckdb.Error, match=r"(?i)disabled|locked|not allowed|cannot"):
            box.execute(text).fetchall()


FIELDS = {"t": "string", "n": "integer", "x": "number", "d": "date"}
LETTERS = st.sampled_from("กขคเแิ่์๑1aB '%_.-")
texts = st.text(LETTERS, min_size=1, max_size=4).map(str.strip).filter(bool)
rows = st.lists(
    st.tuples(
        st.none() | texts,
        st.none() | st.integers(-20, 20) | st.sampled_from([2**53 + 1, -(2**62)]),
        st.none() | st.floats(-10, 10).map(lambda value: round(value, 1)),
        st.none() | st.dates(date(2019, 1, 1), date(2022, 1, 1)),
    ),
    max_size=12,
)
filters = st.one_of(
    st.builds(Filter, st.just("t"), st.sampled_from(["eq", "contains", "gte", "lte"]), texts),
    st.builds(Filter, st.just("n"), st.sampled_from(["eq", "gte", "lte"]), st.integers(-20, 20).map(str)),
    st.builds(
        Filter, st.just("n"), st.sampled_from(["eq", "gte", "lte"]), st.sampled_from([str(2**53 + 1), "9" * 25, "0.5"])
    ),
    st.builds(
        Filter, st.just("x"), st.sampled_from(["eq", "gte", "lte"]), st.floats(-10, 10).map(lambda v: str(round(v, 1)))
    ),
    st.builds(
        Filter,
        st.just("d"),
        st.sampled_from(["eq", "gte", "lte"]),
        st.dates(date(2019, 1, 1), date(2022, 1, 1)).map(str),
    ),
    st.builds(Filter, st.sampled_from("tnxd"), st.just("empty"), st.sampled_from("01")),
)


def fits(row: tuple[Any, ...], one: Filter) -> bool:
    """The reference: one condition on one row, in plain Python."""
    at = list(FIELDS).index(one.column)
    cell = row[at]
    if one.op == "empty":
        return (cell in (None, "")) == (one.value == "1")
    if cell is None:
        return False
    if one.column == "t":
        typed = {one.value, bound_value(one.value, "string")}
        if one.op == "eq":
            return cell in typed
        if one.op == "contains":
            return any(str(value).lower() in cell.lower() for value in typed)
        wanted: Any = bound_value(one.value, "string")
        return bool(cell.encode() >= wanted.encode()) if one.op == "gte" else bool(cell.encode() <= wanted.encode())
    wanted = bound_value(one.value, FIELDS[one.column])
    return bool({"eq": cell == wanted, "gte": cell >= wanted, "lte": cell <= wanted}[one.op])


def expected(rows: list[tuple[Any, ...]], asked: tuple[Filter, ...]) -> list[int]:
    """The reference: several `eq` of a column mean any of them, all else together."""
    by_column: dict[str, list[Filter]] = {}
    for one in asked:
        if one.op == "eq":
            by_column.setdefault(one.column, []).append(one)
    return [
        number
        for number, row in enumerate(rows, 2)
        if all(fits(row, one) for one in asked if one.op != "eq")
        and all(any(fits(row, one) for one in same) for same in by_column.values())
    ]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=rows,
    asked=st.lists(filters, max_size=3).map(tuple),
    descending=st.booleans(),
    sort=st.sampled_from(["", "n", "x", "d"]),
)
def test_the_same_as_a_plain_filter(
    make_table: Callable[..., Clusters],
    rows: list[tuple[Any, ...]],
    asked: tuple[Filter, ...],
    descending: bool,
    sort: str,
) -> None:
    made = make_table(FIELDS, rows)
    page = select_rows(*made, RowQuery(filters=asked, sort=sort, descending=descending, limit=100))
    wanted = expected(rows, asked)
    if sort:
        at = list(FIELDS).index(sort)
        filled = [number for number in wanted if rows[number - 2][at] is not None]
        filled.sort(key=lambda number: rows[number - 2][at], reverse=descending)
        wanted = filled + [number for number in wanted if rows[number - 2][at] is None]
        got = [row[at + 1] for row in page.rows]
        assert got == [rows[number - 2][at] for number in wanted]
    assert sorted(row[0] for row in page.rows) == sorted(wanted)
    assert page.total == len(wanted) == count_rows(*made, RowQuery(filters=asked))
    assert not any(isinstance(cell, float) and math.isnan(cell) for row in page.rows for cell in row)
