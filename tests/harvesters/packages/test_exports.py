"""Exports: every form says the same as the table, Excel keeps texts texts, and packages are the same each time."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
from openpyxl.utils.escape import unescape

from harvesters.errors import HarvestError
from harvesters.packages import exports, workbooks
from harvesters.packages.exports import About, content_disposition, download_name, export, zip_package
from harvesters.packages.rows import RowQuery, parse_filters, select_rows

Clusters = tuple[Path, dict[str, Any]]
ABOUT = About(
    title="กลุ่มตัวอย่าง",
    publisher="สำนักงานสมมติ",
    version=3,
    published=date(2026, 11, 24),
    licence="Open Data Common",
    licence_sentence="ใช้ได้ ขอให้บอกที่มา",
    address="http://localhost/dataset/demo@v3",
    source="https://example.org/clusters.xlsx",
)


def exported(clusters: Clusters, form: str, query: RowQuery | None = None, **more: Any) -> bytes:
    out = io.BytesIO()
    count = export(*clusters, query or RowQuery(), form, out, **more)
    assert count == select_rows(*clusters, query or RowQuery()).total
    return out.getvalue()


def test_csv_carries_every_cell_as_published(clusters: Clusters) -> None:
    data = exported(clusters, "csv")
    assert data.startswith(b"_row,cluster_id,")
    assert b"\r" not in data
    rows = list(csv.reader(io.StringIO(data.decode())))
    assert rows[1] == ["2", "001", "กลุ่มทอผ้าบ้านตัวอย่าง", "แพร่", "12", "15000.5", "2020-01-31", "true", "054000001"]
    assert rows[3] == ["4", "003", "=SUM(1+1)", "แพร่", "", "", "", "false", "+66 54 000 002"]
    assert rows[2][5] == "9000", "a whole number has no .0"
    assert rows[5][2] == "- กลุ่มจักสาน"


def test_csv_for_excel_is_the_same_behind_a_mark(clusters: Clusters) -> None:
    assert exported(clusters, "csv", bom=True) == b"\xef\xbb\xbf" + exported(clusters, "csv")


def test_json_and_json_lines(clusters: Clusters) -> None:
    rows = json.loads(exported(clusters, "json"))
    assert rows == [json.loads(line) for line in exported(clusters, "jsonl").decode().splitlines()]
    assert rows[0] == {
        "_row": 2,
        "cluster_id": "001",
        "name": "กลุ่มทอผ้าบ้านตัวอย่าง",
        "จังหวัด": "แพร่",
        "members": 12,
        "income": 15000.5,
        "founded": "2020-01-31",
        "active": True,
        "phone": "054000001",
    }
    assert rows[2]["income"] is None
    assert rows[5]["name"] == 'น้ำพริก "แม่สมมติ"'


def test_json_of_nothing_and_of_odd_headings_and_numbers(make_table: Callable[..., Clusters]) -> None:
    odd = make_table(
        {'100%"s': "number", "%s": "string"}, [[float("nan"), "a\nb"], [float("inf"), "\u2028"], [1e300, None]]
    )
    first = json.loads(exported(odd, "json"))
    assert [row['100%"s'] for row in first] == [None, None, 1e300]
    assert [row["%s"] for row in first] == ["a\nb", "\u2028", None]
    empty = make_table({"a": "string"}, [])
    assert json.loads(exported(empty, "json")) == []
    assert exported(empty, "jsonl") == b""
    assert exported(empty, "csv") == b"_row,a\n"
    assert list(openpyxl.load_workbook(io.BytesIO(exported(empty, "xlsx")))["ข้อมูล"].values) == [("_row", "a")]


def test_parquet_keeps_types_and_the_filter(clusters: Clusters, tmp_path: Path) -> None:
    query, _ = parse_filters([("f.จังหวัด", "แพร่"), ("sort", "-cluster_id"), ("limit", "1")], clusters[1])
    made = tmp_path / "made.parquet"
    made.write_bytes(exported(clusters, "parquet", query))
    found = duckdb.sql(f"SELECT * FROM '{made}'")
    assert [name for name, *_ in found.description][:3] == ["_row", "cluster_id", "name"]
    assert [row[1] for row in found.fetchall()] == ["003", "001"], "the whole filter, whatever the page"
    assert [str(kind) for kind in found.types][4:8] == ["BIGINT", "DOUBLE", "DATE", "BOOLEAN"]


def test_a_filter_in_each_form_is_the_same_rows(clusters: Clusters) -> None:
    query, _ = parse_filters([("f.members.gte", "7"), ("sort", "name"), ("page", "2"), ("limit", "1")], clusters[1])
    wanted = [row[0] for row in select_rows(*clusters, query.paged(50, 0)).rows]
    sheet = openpyxl.load_workbook(io.BytesIO(exported(clusters, "xlsx", query)))["ข้อมูล"]
    assert [row[0] for row in list(sheet.values)[1:]] == wanted
    assert [row["_row"] for row in json.loads(exported(clusters, "json", query))] == wanted
    assert [int(line.split(",")[0]) for line in exported(clusters, "csv", query).decode().splitlines()[1:]] == wanted


def test_excel_keeps_texts_texts_and_numbers_numbers(clusters: Clusters) -> None:
    book = openpyxl.load_workbook(io.BytesIO(exported(clusters, "xlsx", about=ABOUT)))
    assert book.sheetnames == ["ข้อมูล", "คำอธิบายข้อมูล"]
    sheet = book["ข้อมูล"]
    cells = {(row, column): sheet.cell(row, column) for row in range(1, 8) for column in range(1, 10)}
    assert [(cells[row, 2].value, cells[row, 2].data_type) for row in (2, 7)] == [("001", "s"), ("0006", "s")]
    assert [(cells[row, 3].value, cells[row, 3].data_type) for row in (4, 5)] == [
        ("=SUM(1+1)", "s"),
        ("@ผ้าย้อมคราม", "s"),
    ]
    assert [(cells[row, 9].value, cells[row, 9].data_type) for row in (2, 4, 6)] == [
        ("054000001", "s"),
        ("+66 54 000 002", "s"),
        ("-", "s"),
    ]
    assert (cells[2, 5].value, cells[2, 5].data_type) == (12, "n")
    assert (cells[6, 6].value, cells[6, 6].data_type) == (-3.25, "n")
    assert (cells[2, 7].value, cells[2, 7].number_format) == (datetime(2020, 1, 31), "yyyy-mm-dd")  # noqa: DTZ001
    assert (cells[2, 8].value, cells[4, 8].value) == (True, False)
    assert cells[4, 5].value is None
    assert sheet.freeze_panes == "A2"


def test_the_second_sheet_says_what_the_table_is(clusters: Clusters) -> None:
    path, schema = clusters
    titled = {
        "fields": [{**field, "titles": {"th": "ชื่อ", "en": "Name"}, "description": "…"} for field in schema["fields"]]
    }
    sheet = openpyxl.load_workbook(io.BytesIO(exported((path, titled), "xlsx", about=ABOUT)))["คำอธิบายข้อมูล"]
    told = {row[0]: row[1:] for row in sheet.values if row[0]}
    assert told["สัญญาอนุญาต / licence"][0] == "Open Data Common"
    assert told["รุ่น / version"][0] == "3"
    assert told["เผยแพร่เมื่อ / published"][0] == "24 พ.ย. 2569 (2026-11-24)"
    assert told["ที่มา / source"][0] == "https://example.org/clusters.xlsx"
    assert told["ที่อยู่ถาวร / address"][0] == "http://localhost/dataset/demo@v3"
    assert told["จำนวนแถว / rows"][0] == "6"
    assert told["cluster_id"] == ("ชื่อ / Name", "ข้อความ / text", "…")
    assert told["_row"][2].startswith("ลำดับแถว")


def test_what_excel_can_not_hold(make_table: Callable[..., Clusters]) -> None:
    long, wide = "ก" * 40_000, "\U0001f9f5" * 20_000
    made = make_table(
        {"t": "string", "n": "integer", "d": "date"},
        [[long, 2**60, "1899-12-31"], [wide, 10**14, "1900-03-01"], ["_x0041_\x07", 0, None]],
    )
    rows = list(openpyxl.load_workbook(io.BytesIO(exported(made, "xlsx")))["ข้อมูล"].values)
    assert rows[1][1].startswith("กกก")
    assert rows[1][1].endswith("[ตัดแล้ว / cut]")
    assert len(rows[2][1].encode("utf-16-le")) <= 2 * 32_767
    assert rows[1][2] == str(2**60), "Excel would round it"
    assert rows[2][2] == 10**14
    assert rows[1][3] == "1899-12-31"
    assert rows[2][3].date() == date(1900, 3, 1)
    assert unescape(rows[3][1]) == "_x0041_\x07"


def test_too_many_rows_for_excel_are_refused_before_anything_is_written(
    clusters: Clusters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "MOST_ROWS", 5)
    out = io.BytesIO()
    with pytest.raises(HarvestError, match="export-xlsx-rows") as raised:
        export(*clusters, RowQuery(), "xlsx", out)
    assert raised.value.fields == {"rows": "6", "most": "5"}
    assert out.getvalue() == b""
    query, _ = parse_filters([("f.จังหวัด", "แพร่")], clusters[1])
    assert exported(clusters, "xlsx", query)


@pytest.mark.parametrize("form", ["csv", "json", "jsonl", "xlsx", "parquet"])
def test_the_same_question_gives_the_same_bytes(clusters: Clusters, form: str) -> None:
    assert exported(clusters, form, about=ABOUT) == exported(clusters, form, about=ABOUT)


def test_batches_join_without_a_seam(clusters: Clusters, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = {form: exported(clusters, form) for form in ("csv", "json", "jsonl")}
    monkeypatch.setattr(exports, "BATCH", 2)
    assert {form: exported(clusters, form) for form in ("csv", "json", "jsonl")} == whole


def test_a_package_is_the_same_whatever_the_order_of_its_files(tmp_path: Path) -> None:
    files = {
        "data/กลุ่ม.csv": b"a\n" * 999,
        "datapackage.json": b"{}",
        "data/a.parquet": b"PAR1" * 99,
        "report.json": b"{}",
    }
    entries = []
    for at, (place, data) in enumerate(files.items()):
        path = tmp_path / str(at)
        path.write_bytes(data)
        entries.append((place, path))
    one, two = io.BytesIO(), io.BytesIO()
    zip_package(entries, one)
    zip_package(reversed(entries), two)
    assert hashlib.sha256(one.getvalue()).digest() == hashlib.sha256(two.getvalue()).digest()
    with zipfile.ZipFile(one) as package:
        assert package.testzip() is None
        assert package.namelist() == ["datapackage.json", "data/a.parquet", "data/กลุ่ม.csv", "report.json"]
        assert {name: package.read(name) for name in package.namelist()} == files
        kinds = {info.filename: info.compress_type for info in package.infolist()}
    assert kinds["data/a.parquet"] == zipfile.ZIP_STORED
    assert kinds["data/กลุ่ม.csv"] == zipfile.ZIP_DEFLATED


def test_a_package_with_a_lost_file_has_a_name_for_it(tmp_path: Path) -> None:
    with pytest.raises(HarvestError, match="store-io"):
        zip_package([("data/x.csv", tmp_path / "nowhere")], io.BytesIO())


def test_names_of_downloads() -> None:
    names = download_name("phrae-silk-clusters", 'กลุ่มทอผ้า/ไหม: "แพร่"', date(2026, 11, 24), 3, "csv")
    assert names[0] == "phrae-silk-clusters_2026-11-24_v3.csv"
    assert names[1].endswith("_2026-11-24_v3.csv")
    assert not set('/\\:*?"<>|') & set(names[1])
    assert names[1].startswith("กลุ่มทอผ้า")
    header = content_disposition(*names)
    assert header.startswith(
        "attachment; filename=\"phrae-silk-clusters_2026-11-24_v3.csv\"; filename*=UTF-8''%E0%B8%81"
    )
    assert header.isascii()
    assert content_disposition("a.json", "ก.json", inline=True).startswith("inline; ")


def test_a_header_can_not_be_broken_out_of() -> None:
    header = content_disposition('a";\r\nSet-Cookie: x="1%41\\', "ก\r\n';x")
    assert header.isascii()
    assert "\r" not in header
    assert "\n" not in header
    assert header.count('"') == 2
    assert download_name("../..", "", date(2026, 1, 1), 1, "c/sv")[0] == "data_2026-01-01_v1.csv"
