"""An officer's workbook as it lies on the desk: two sheets, merged headings, Thai digits, a total, people's data. README's road, to its end."""

from __future__ import annotations

import json
import re
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from portal.cli import main

pytestmark = pytest.mark.journey

NAME = "phrae-groups"
OFFICE = ("--publisher", "phrae-office", "--publisher-title", "สำนักงานทดสอบ", "--name", NAME, "--province", "แพร่")
HEADS = ["ลำดับ", "ชื่อวิสาหกิจฯ", "ที่ตั้ง", None, "ผลิตภัณฑ์", "จำนวนสมาชิก (คน)", "วันที่จดทะเบียน", "เลขประจำตัวประชาชนประธาน"]
ROWS = [
    ["๑", "วิสาหกิจชุมชนทดสอบทุ่งโฮ้ง", "จ.แพร่", "อ.เมืองแพร่", "ผ้าหม้อห้อม", "๒๕", "๑๕ ม.ค. ๒๕๖๐", "1-1017-00203-45-1"],
    ["๒", "วิสาหกิจชุมชนทดสอบเมืองลอง", "แพร่", "อ.ลอง", "พริกลาบมะแขว่น", "18 คน", "1 มี.ค. 61", None],
    *[[f"{n}", f"วิสาหกิจชุมชนทดสอบหมู่ {n}", "จ.แพร่", "ร้องกวาง", "ข้าวอินทรีย์", n, f"{n} ต.ค. 2564", None] for n in range(3, 15)],
]  # fmt: skip


def workbook(path: Path, *, mended: bool = False) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "วิสาหกิจชุมชน"
    sheet.append(["ทะเบียนวิสาหกิจชุมชนจังหวัดแพร่ ปี ๒๕๖๗"])
    sheet.append(HEADS[: 7 if mended else 8])
    sheet.append([None, None, "จังหวัด", "อำเภอ"])
    sheet.merge_cells("C2:D2")
    for row in ROWS:
        sheet.append(row[: 7 if mended else 8])
    sheet.append([None, "รวม", None, None, None, 500])
    products = book.create_sheet("สินค้า")
    products.append(["ชื่อสินค้า", "ปีที่ขึ้นทะเบียน", "ราคา"])
    for n in range(5):
        products.append([f"สินค้าทดสอบ {n}", 2567, f"{n + 1},500"])
    book.save(path)
    return path


def said(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)
    return done.exit_code, done.output


def test_the_road_of_the_readme(khlang, client, tmp_path):
    path = workbook(tmp_path / "ทะเบียน 2567.xlsx")
    code, text = said("publish", path, *OFFICE, "--dry-run")
    near = re.search(r'--option (headings)="([^"]+)"', text)
    assert (code, near is not None, "1-1017" in text) == (1, True, False)
    option = ("--option", f"{near[1]}={near[2]}")

    code, text = said("publish", path, *OFFICE, *option)
    assert (code, "รอคนตัดสินใจ" in text, "drop ตัดคอลัมน์ออก" in text) == (1, True, True)
    for name, done, word in (("สมมติหนึ่ง", 1, "ยังรออยู่"), ("สมมติสอง", 0, "เผยแพร่แล้ว")):
        code, text = said("source", "release", NAME, "--decision", "publish", "--by", name, "--reason", "ทดสอบ")
        assert (code, word in text, text.startswith("ทะเบียน 2567.xlsx: ")) == (done, True, True), text

    run = khlang("publish", workbook(path, mended=True), *OFFICE, "--option", "description=ทดสอบ", "--json")["runs"][0]
    assert (run["status"], run["datasets"][0]["version"]) == ("done", 2)
    assert [table["rows"] for table in run["datasets"][0]["resources"]] == [14, 5]  # the total is none of them

    report = client.get(f"/dataset/{NAME}/report").get_data(as_text=True)
    columns = dict(re.findall(r"<tr><td><bdi>([^<]+)</bdi></td><td>([^<]*?) *<code>", report))
    assert (columns["ชื่อวิสาหกิจฯ"], columns["ชื่อสินค้า"]) == ("ชื่อกลุ่ม/วิสาหกิจ", "ชื่อสินค้า")
    assert "รวม | 500" in report
    products = client.get(f"/dataset/{NAME}").get_data(as_text=True)
    assert "2,024" not in products
    assert ">2024<" in products

    found = khlang("search", "มะแขว่น", "--kind", "row", "--json")["hits"]
    assert [hit["row"] for hit in found] == [5]
    assert client.get(f"/dataset/{NAME}/report.xlsx").status_code == 200
    assert client.get(f"/dataset/{NAME}/report.json").get_json()["problem_count"] == 1

    khlang("dataset", "withdraw", NAME, "--reason", "ทดสอบ")
    assert client.get(f"/dataset/{NAME}").status_code == 410
    assert khlang("search", "มะแขว่น", "--json")["hits"] == []
    khlang("dataset", "restore", NAME)
    assert client.get(f"/dataset/{NAME}").status_code == 200
    assert khlang("search", "มะแขว่น", "--kind", "row", "--json")["hits"] != []


def test_a_year_of_sales_is_not_said_to_be_a_year_of_registration(tmp_path):
    path = tmp_path / "ยอดขาย.csv"
    path.write_text("ชื่อสินค้า,ยอดขาย,ปี\nข้าว,10,2567\nกล้วย,20,2567\n", encoding="utf-8")
    told = json.loads(CliRunner().invoke(main, ["validate", str(path), "--json"]).stdout)
    columns = {column["heading"]: column["field"] for column in told["resources"][0]["mapping"]}
    assert columns["ปี"] is None
