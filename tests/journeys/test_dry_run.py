"""A dry run says what a run would do, with rows, mapping and repairs, and leaves everything as it was."""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path

import pytest

HEADING = "ชื่อกลุ่ม,อำเภอ,จังหวัด,สินค้า,จำนวนสมาชิก,วันที่จดทะเบียน"
ROWS = [f"กลุ่มทดสอบที่ {n},ลอง,แพร่,น้ำพริก,5,2/2/2563" for n in range(1, 31)]
OFFICE = ("--publisher", "phrae-office", "--publisher-title", "สำนักงานทดสอบ", "--name", "phrae-groups")


def write(folder: Path, rows: list[str], name: str = "groups.csv", heading: str = HEADING) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("\n".join([heading, *rows]) + "\n", encoding="utf-8")
    return folder / name


def everything(home: Path) -> tuple[list[str], dict[str, str]]:
    """The database as SQL, and the digest of every file of the store, the private side and the index."""
    with sqlite3.connect(home / "khlang.sqlite") as connection:
        dump = list(connection.iterdump())
    files = {
        str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(home.rglob("*"))
        if path.is_file() and not path.name.startswith("khlang.sqlite") and "turns" not in path.parts
    }
    return dump, files


@pytest.fixture
def published(khlang, tmp_path):
    khlang("publish", write(tmp_path / "in", ROWS), *OFFICE)


def test_it_tells_rows_mapping_and_repairs_and_leaves_all_as_it_was(khlang, home, tmp_path, published):
    before = everything(home)
    changed = [*ROWS[:28], "กลุ่มใหม่,เวียงสา,น่าน,ผ้าไหม,๒๔,3/3/2564"]
    path = write(tmp_path / "in", changed)
    page = tmp_path / "preview.html"
    document = khlang("publish", path, *OFFICE, "--dry-run", "--page", page, "--json")
    assert everything(home) == before
    (run,) = document["runs"]
    (item,) = run["datasets"]
    assert (run["status"], run["changed"], item["status"], item["version"]) == ("done", 1, "changed", 2)
    rows = item["preview"]["rows"]
    assert rows["before"] == 30
    assert rows["after"] == 29 == rows["same"] + rows["changed"] + rows["added"]
    assert rows["before"] == rows["same"] + rows["changed"] + rows["removed"]
    assert "กลุ่มใหม่" in str(rows["tables"][0]["added_rows"])
    (table,) = item["preview"]["mapping"]
    assert table["profile"] == "entrepreneur-cluster"
    assert next(one for one in table["columns"] if one["heading"] == "สินค้า")["column"] == "products"
    assert any(
        one["before"] == "๒๔" and one["after"] == "24"
        for group in item["preview"]["repairs"]["groups"]
        for one in group["examples"]
    )
    real = khlang("publish", path, *OFFICE, "--json")["runs"][0]["datasets"][0]
    assert (real["status"], real["version"], real["name"]) == (item["status"], item["version"], item["name"])
    told = page.read_text(encoding="utf-8")
    for words in ("ลองดูก่อนรับข้อมูล", "กลุ่มใหม่", "๒๔", "หัวตารางกลายเป็นคอลัมน์ใด"):
        assert words in told
    assert "<script" not in told
    assert "href=" not in told.replace('href="#', "")
    assert "url(" not in told


def test_the_words_name_the_cell(khlang, tmp_path, published):
    path = write(tmp_path / "in", [*ROWS, "กลุ่มใหม่,เวียงสา,น่าน,ผ้าไหม,๒๔,3/3/2564"])
    text = khlang("publish", path, *OFFICE, "--dry-run").output
    assert "แถว 32 คอลัมน์ ‘จำนวนสมาชิก’: ‘๒๔’ → 24" in text
    assert "ก่อน 30 → หลัง 31" in text


def test_personal_data_is_told_by_column_never_by_value(khlang, home, tmp_path):
    path = write(
        tmp_path / "in", [f"{row},081234567{n % 10}" for n, row in enumerate(ROWS)], heading=f"{HEADING},มือถือประธาน"
    )
    page = tmp_path / "preview.html"
    khlang("source", "list")  # the first command of a data folder makes its secret
    before = everything(home)
    result = khlang("publish", path, *OFFICE, "--dry-run", "--page", page, code=1)
    assert everything(home) == before
    for told in (result.output, page.read_text(encoding="utf-8")):
        assert "มือถือประธาน" in told
        assert "0812345" not in told


def test_losing_most_rows_is_foreseen_as_held(khlang, tmp_path, published):
    (run,) = khlang("publish", write(tmp_path / "in", ROWS[:10]), *OFFICE, "--dry-run", "--json", code=1)["runs"]
    assert run["datasets"][0]["reason"]["code"] == "table-brake"
    assert run["datasets"][0]["preview"]["rows"]["removed"] == 20


def test_a_folder_tells_what_is_gone_and_stops_at_the_first(khlang, home, tmp_path):
    folder = tmp_path / "folder"
    for n in range(4):
        write(folder, [f"{n}{row}" for row in ROWS], f"groups-{n}.csv")
    khlang("source", "add", "folder", "--kind", "spreadsheet", "--url", folder, "--publisher", "office",
           "--publisher-title", "สำนักงาน")  # fmt: skip
    khlang("harvest", "folder")
    (folder / "groups-3.csv").unlink()
    before = everything(home)
    (run,) = khlang("harvest", "folder", "--dry-run", "--json")["runs"]
    assert (run["seen"], run["same"], run["archived"], run["first"]) == (3, 3, 0, None)
    assert [one["archived"] for one in run["missing"]] == [False]
    (run,) = khlang("harvest", "folder", "--dry-run", "--first", "2", "--json")["runs"]
    assert (run["seen"], run["first"], run["missing"]) == (2, 2, [])
    assert everything(home) == before
    for _ in range(2):
        khlang("harvest", "folder")
    (run,) = khlang("harvest", "folder", "--dry-run", "--json")["runs"]
    assert (run["archived"], [one["archived"] for one in run["missing"]]) == (1, [True])


def test_it_stops_at_an_unknown_publisher_as_publishing_does(khlang, tmp_path):
    file = tmp_path / "กลุ่ม.csv"
    file.write_text("ชื่อกลุ่ม,จังหวัด\nก,แพร่\n", encoding="utf-8")
    for more in (["--dry-run"], []):
        done = khlang("publish", file, "--publisher", "nobody", *more, code=2)
        assert "--publisher-title" in done.output


def test_a_page_is_of_a_preview_only(khlang, tmp_path):
    khlang("publish", write(tmp_path / "in", ROWS), *OFFICE, "--page", tmp_path / "x.html", code=None)
    assert not (tmp_path / "x.html").exists()


def test_the_page_of_a_source_shows_the_newest_report_and_what_a_brake_holds(khlang, client, tmp_path, published):
    khlang("publish", write(tmp_path / "in", [*ROWS, "กลุ่มใหม่,ลอง,แพร่,ผ้าไหม,สิบสอง,2/2/2563"]), *OFFICE)
    page = client.get("/source/phrae-groups").text
    assert "ผลการตรวจครั้งล่าสุด" in page
    assert "<code>สิบสอง</code>" in page
    khlang("publish", write(tmp_path / "in", ROWS[:10]), *OFFICE, code=1)
    page = client.get("/source/phrae-groups").text
    assert "31" in page
    assert "กลุ่มทดสอบที่ 11" in page  # a row that would be lost, with its values
    assert "khlang source release phrae-groups --decision" in page
    assert "รุ่นเดิมยังใช้ได้" in page
    assert len(page.encode()) < 45_000


def test_a_first_failure_speaks_of_no_earlier_version(khlang, client, tmp_path):
    khlang("publish", write(tmp_path / "in", ["<!doctype html>"], heading="<html>"), *OFFICE, code=1)
    page = client.get("/source/phrae-groups").text
    assert "รุ่นเดิมยังใช้ได้" not in page
    assert "ยังไม่มีข้อมูลเผยแพร่จากแหล่งนี้" in page
