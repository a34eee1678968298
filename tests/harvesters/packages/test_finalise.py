"""The finished table: what was wrong is gone, what was right is untouched, and CSV and Parquet say the same."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harvesters.checks.validate import judge
from harvesters.packages import finalise as finalising
from harvesters.packages import profiles
from harvesters.packages.finalise import Final, finalise
from harvesters.values import Draft, Mapped, Table, Text

MakeDraft = Callable[..., Draft]
Field = Mapping[str, Any]

NAME: Field = {"name": "name", "type": "string", "source": "ชื่อกลุ่ม", "constraints": {"required": True}}
FIELDS: Sequence[Field] = [
    NAME,
    {"name": "members", "type": "integer", "source": "สมาชิก", "constraints": {"minimum": 0}},
    {"name": "income", "type": "number"},
    {"name": "since", "type": "date"},
    {"name": "open", "type": "boolean", "trueValues": ["มี", "1"], "falseValues": ["ไม่มี", "0"]},
    {"name": "year", "type": "year"},
    {"name": "ชื่อ \"เดิม\", 'ย่อ'", "type": "string"},
]
ROWS: Sequence[Sequence[str]] = [
    ["กลุ่มทอผ้าบ้านหนึ่ง", "12", "1500.50", "2024-02-29", "มี", "1999", "ก"],
    ["กลุ่มแปรรูปกล้วย", "", "", "", "", "", ""],
    ['กลุ่ม "สอง", ใหม่', "7", "-.5", "2020-01-01", "ไม่มี", "2001", "ก"],
]


@pytest.fixture(scope="session")
def make_draft(tmp_path_factory: pytest.TempPathFactory) -> MakeDraft:
    """Makes a draft in a work folder of its own; its first row is row 3 of the office's file."""
    folder, numbers = tmp_path_factory.mktemp("drafts"), count()

    def make(fields: Sequence[Field], rows: Sequence[Sequence[str]], **schema: Any) -> Draft:
        workdir = folder / str(next(numbers))
        workdir.mkdir()
        path = workdir / "clusters.draft.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer, quoting = csv.writer(file, lineterminator="\n"), csv.writer(file, quoting=csv.QUOTE_ALL)
            writer.writerow(["_row", *(field["name"] for field in fields)])
            for number, row in enumerate(rows, 3):
                (quoting if "\r" in "".join(row) else writer).writerow([number, *row])
        table = Table("clusters", "กลุ่ม", (), path, len(rows))
        return Draft(
            table, Mapped(None, (), Text("", "")), {"fields": list(fields), **schema}, path, path, {}, len(rows)
        )

    return make


def finish(draft: Draft, *, max_bad_rows: float = 1.0) -> Final:
    """Judge and finish a draft."""
    return finalise(draft, judge(draft, max_bad_rows=max_bad_rows), workdir=draft.path.parent)


def read_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def read_parquet(path: Path) -> tuple[list[str], list[str], list[tuple[Any, ...]]]:
    """Names, types and rows of a Parquet file."""
    with duckdb.connect() as connection:
        found = connection.execute(f"SELECT * FROM read_parquet('{path}')")
        described = found.description or []
        return [column[0] for column in described], [str(column[1]) for column in described], found.fetchall()


def test_clean_table_is_the_draft_itself(make_draft: MakeDraft) -> None:
    draft = make_draft(FIELDS, ROWS)
    before = draft.path.read_bytes()
    inode = draft.path.stat().st_ino
    final = finish(draft)
    assert final.csv.read_bytes() == before
    assert final.csv.stat().st_ino == inode
    assert (final.row_count, final.rejected) == (3, None)


def test_parquet_is_typed_and_in_order(make_draft: MakeDraft) -> None:
    names, types, rows = read_parquet(finish(make_draft(FIELDS, ROWS)).parquet)
    assert names == ["_row", *(field["name"] for field in FIELDS)]
    assert types == ["BIGINT", "VARCHAR", "BIGINT", "DOUBLE", "DATE", "BOOLEAN", "BIGINT", "VARCHAR"]
    assert rows == [
        (3, "กลุ่มทอผ้าบ้านหนึ่ง", 12, 1500.5, dt.date(2024, 2, 29), True, 1999, "ก"),
        (4, "กลุ่มแปรรูปกล้วย", None, None, None, None, None, None),
        (5, 'กลุ่ม "สอง", ใหม่', 7, -0.5, dt.date(2020, 1, 1), False, 2001, "ก"),
    ]


def test_parquet_is_zstd(make_draft: MakeDraft) -> None:
    final = finish(make_draft(FIELDS, ROWS))
    with duckdb.connect() as connection:
        found = connection.execute(f"SELECT DISTINCT compression FROM parquet_metadata('{final.parquet}')").fetchall()
    assert found == [("ZSTD",)]


def test_wrong_cells_are_emptied_and_incomplete_rows_set_aside(make_draft: MakeDraft) -> None:
    rows = [list(row) for row in ROWS]
    rows[0][1], rows[2][3] = "สิบสอง", "2567-01-01"
    rows.insert(1, ["", "5", "abc", "", "", "", "x"])
    draft = make_draft(FIELDS, rows)
    final = finish(draft)
    assert read_csv(final.csv)[1:] == [
        ["3", "กลุ่มทอผ้าบ้านหนึ่ง", "", "1500.50", "2024-02-29", "มี", "1999", "ก"],
        ["5", "กลุ่มแปรรูปกล้วย", "", "", "", "", "", ""],
        ["6", 'กลุ่ม "สอง", ใหม่', "7", "-.5", "", "ไม่มี", "2001", "ก"],
    ]
    assert final.row_count == len(read_parquet(final.parquet)[2]) == 3
    assert final.rejected is not None
    heading, row = read_csv(final.rejected)
    assert heading[-2:] == ["_reason", "_reason_th"]
    assert row[:8] == ["4", "", "5", "abc", "", "", "", "x"]
    assert row[8] == "required-empty: ชื่อกลุ่ม"
    assert row[9].startswith("คอลัมน์ ‘ชื่อกลุ่ม’: ช่องนี้ต้องกรอกแต่ว่างอยู่")


def test_rows_set_aside_by_their_key(make_draft: MakeDraft) -> None:
    draft = make_draft([NAME], [["ก"], ["ข"], ["ก"]], primaryKey="name")
    final = finish(draft)
    assert [row[1] for row in read_csv(final.csv)[1:]] == ["ก", "ข"]
    assert final.rejected is not None
    assert read_csv(final.rejected)[1][2:] == ["key-duplicate: ", "แถวนี้ซ้ำกับแถวอื่น หรือไม่มีค่าที่ใช้แยกแถว"]


def test_headings_that_differ_in_capitals_only_keep_their_own_values(make_draft: MakeDraft) -> None:
    fields: list[Field] = [{"name": "Name", "type": "string"}, {"name": "name", "type": "integer"}]
    final = finish(make_draft(fields, [["ก", "1"], ["ข", "2"]]))
    assert read_parquet(final.parquet)[2] == [(3, "ก", 1), (4, "ข", 2)]
    assert [(column["name"], column["max"]) for column in final.columns] == [("Name", None), ("name", 2)]


def test_very_long_line(make_draft: MakeDraft, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finalising, "LINE_BYTES", 100_000)
    csv.field_size_limit(131_072)  # as a new process has it
    rows = [["ก" * 300_000], ["ข"], [""]]
    final = finish(make_draft([NAME], rows))
    assert [row[1] for row in read_parquet(final.parquet)[2]] == [row[0] for row in rows[:2]]
    assert final.columns[0]["top"] == [{"value": "ข", "count": 1}]
    assert final.columns[0]["example"] == "ข"


def test_a_value_that_the_judge_let_pass_wrongly_is_a_loud_failure(make_draft: MakeDraft) -> None:
    draft = make_draft([{"name": "n", "type": "integer"}], [["1"], ["2"]])
    judgement = judge(draft)
    draft.path.write_text("_row,n\n3,1\n4,x\n", encoding="utf-8")
    with pytest.raises(duckdb.ConversionException):
        finalise(draft, judgement, workdir=draft.path.parent)


def test_column_profiles(make_draft: MakeDraft) -> None:
    final = finish(make_draft(FIELDS, [*ROWS, ROWS[0]]))
    by_name = {column["name"]: column for column in final.columns}
    assert list(by_name) == [field["name"] for field in FIELDS]
    assert json.loads(json.dumps(by_name, allow_nan=False)) == by_name
    assert by_name["name"] == {
        "name": "name",
        "type": "string",
        "filled": 4,
        "distinct": 3,
        "approximate": False,
        "min": None,
        "max": None,
        "mean": None,
        "top": [
            {"value": "กลุ่มทอผ้าบ้านหนึ่ง", "count": 2},
            {"value": 'กลุ่ม "สอง", ใหม่', "count": 1},
            {"value": "กลุ่มแปรรูปกล้วย", "count": 1},
        ],
        "example": "กลุ่มทอผ้าบ้านหนึ่ง",
    }
    members, since, is_open = by_name["members"], by_name["since"], by_name["open"]
    assert (members["filled"], members["min"], members["max"], members["mean"]) == (3, 7, 12, round(31 / 3, 6))
    assert (since["min"], since["max"], since["mean"], since["distinct"]) == ("2020-01-01", "2024-02-29", None, 2)
    assert is_open["top"] == [{"value": "true", "count": 2}, {"value": "false", "count": 1}]


def test_profile_of_an_empty_column(make_draft: MakeDraft) -> None:
    fields: list[Field] = [NAME, {"name": "x", "type": "number"}, {"name": "y", "type": "string"}]
    final = finish(make_draft(fields, [["ก", "", ""]]))
    for column in final.columns[1:]:
        assert (column["filled"], column["distinct"], column["top"], column["example"]) == (0, 0, [], None)


def test_profile_of_a_large_column_is_an_estimate_that_says_so(
    make_draft: MakeDraft, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(profiles, "FEW_ROWS", 100)
    monkeypatch.setattr(profiles, "MOST_DISTINCT", 50)
    fields: list[Field] = [{"name": "id", "type": "string"}, {"name": "kind", "type": "string"}]
    final = finish(make_draft(fields, [[f"ก{number}", f"ข{number % 3}"] for number in range(900)]))
    many, few = final.columns
    assert (many["approximate"], many["top"], many["example"]) == (True, [], "ก0")
    assert 700 < many["distinct"] <= 900
    assert (few["approximate"], few["distinct"], few["top"][0]) == (False, 3, {"value": "ข0", "count": 300})


def test_at_most_ten_top_values(make_draft: MakeDraft) -> None:
    rows = [[f"จังหวัด{number % 15}"] for number in range(100)]
    (column,) = finish(make_draft([{"name": "p", "type": "string"}], rows)).columns
    assert [row["count"] for row in column["top"]] == [7] * 10
    assert column["distinct"] == 15


WILD = st.text(
    st.characters(codec="utf-8") | st.sampled_from("\x00\",\r\n\t\\' ๑กำ้\u200b\ufeff#"),
    max_size=8,
)
KINDS: Sequence[Field] = [
    {"type": "string"},
    {"type": "string", "constraints": {"required": True}},
    {"type": "string", "constraints": {"unique": True}},
    {"type": "string", "constraints": {"enum": ["a", "ก"]}},
    {"type": "string", "constraints": {"pattern": "[0-9]+"}},
    {"type": "integer", "constraints": {"minimum": 0, "maximum": 50}},
    {"type": "integer", "constraints": {"required": True}},
    {"type": "number"},
    {"type": "date"},
    {"type": "date", "constraints": {"minimum": "2020-01-01"}},
    {"type": "year"},
    {"type": "boolean"},
]
ODD = st.sampled_from(
    ["", "1", "0", "-1", "07", "1.5", ".5", "5.", "1e3", "๑", "a", "ก", "2024-01-02", "2567-01-02", "2024-1-2", "2019-12-31",
     "true", "0", "NaN", "9" * 18, "9" * 19, "1_0", " 1", "+1", "2024", "inf", "-0", "0001-01-01"]
)  # fmt: skip


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[Field], list[list[str]], dict[str, Any]]:
    """Fields, rows and other properties of a schema, all wild."""
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=6))
    fields = [{"name": f"c{number}", **kind} for number, kind in enumerate(kinds)]
    cells = st.lists(ODD | WILD, min_size=len(fields), max_size=len(fields))
    key = draw(st.sampled_from([{}, {}, {"primaryKey": ["c0"]}, {"primaryKey": [field["name"] for field in fields]}]))
    return fields, draw(st.lists(cells, min_size=1, max_size=8)), key


@settings(max_examples=60, deadline=None)
@given(table=tables())
@example(table=([{"name": "c0", "type": "string"}], [["\r"]], {}))  # looked unfinished to DuckDB's strict reading
def test_the_finished_table_is_clean_and_both_files_say_the_same(
    make_draft: MakeDraft, table: tuple[list[Field], list[list[str]], dict[str, Any]]
) -> None:
    fields, rows, schema = table
    draft = make_draft(fields, rows, **schema)
    judgement = judge(draft, max_bad_rows=1.0)
    if judgement.blocking:
        assert {problem.code for problem in judgement.blocking} == {"no-rows-left"}
        return
    final = finalise(draft, judgement, workdir=draft.path.parent)
    again = judge(replace(draft, path=final.csv, row_count=final.row_count), max_bad_rows=0)
    assert again.problems == ()
    kept = read_csv(final.csv)[1:]
    assert final.row_count + len(judgement.rejected) == len(rows)
    expected = {str(number): row for number, row in enumerate(rows, 3)}
    for number, *cells in kept:  # every cell is as it was, or emptied because it was wrong
        wrong = judgement.wrong_cells.get(int(number), ())
        assert cells == [
            "" if field["name"] in wrong else cell for field, cell in zip(fields, expected[number], strict=True)
        ]
    for row, told in zip(kept, read_parquet(final.parquet)[2], strict=True):
        assert [as_text(value, cell) for value, cell in zip(told, row, strict=True)] == row


def as_text(value: Any, cell: str) -> str:
    """A Parquet value as the CSV has it. Numbers have several spellings: the same value is enough."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return cell if value == (cell in ("true", "True", "TRUE", "1")) else str(value)
    if isinstance(value, int | float):
        return cell if value == float(cell) or value == int(float(cell)) else str(value)
    return value.isoformat() if isinstance(value, dt.date) else str(value)
