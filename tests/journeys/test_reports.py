"""The report as a workbook, wrong cells coloured and commented; the feed of a source's runs."""

from __future__ import annotations

import io
from xml.etree import ElementTree

import openpyxl
import pytest

pytestmark = pytest.mark.journey

GOOD = "".join(f"{number:02},กลุ่มทอผ้าบ้านที่ {number},แพร่,{number}\n" for number in range(4, 40))
TABLE = f"รหัสทะเบียน,ชื่อกลุ่ม,จังหวัด,จำนวนสมาชิก\n01,กลุ่มทอผ้าบ้านหนึ่ง,แพร่,12\n02,กลุ่มจักสานบ้านสอง,แพร่่่,สิบ\n{GOOD}"


@pytest.fixture
def published(khlang, tmp_path):
    path = tmp_path / "กลุ่ม.csv"
    path.write_text(TABLE, encoding="utf-8")
    return khlang(
        "publish", path, "--publisher", "phrae", "--publisher-title", "สำนักงานทดสอบ", "--name", "clusters", "--profile",
        "entrepreneur-cluster", "--json",
    )  # fmt: skip


def opened(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, client.get("/dataset/clusters/report").status_code
    assert answer.headers["Content-Type"].startswith("application/vnd.openxml")
    return openpyxl.load_workbook(io.BytesIO(answer.data))


def test_wrong_cells_are_coloured_and_say_what_is_wrong(published, client):
    book = opened(client, "/dataset/clusters/report.xlsx")
    listing = book.worksheets[0]
    assert [cell.value for cell in listing[1]][:4] == ["ตาราง", "แถว", "คอลัมน์", "ค่าที่พบ"]
    table = book.worksheets[1]
    heads = [cell.value for cell in table[1]]
    assert table.max_row == 39  # the whole table, and its heading
    wrong = table.cell(row=3, column=heads.index("members") + 1)
    assert wrong.value == "สิบ"  # as found, although the published cell is empty
    assert "จำนวนเต็ม" in wrong.comment.text
    assert wrong.fill.fgColor.rgb.endswith("F6C7C3")
    assert table.cell(row=2, column=heads.index("members") + 1).comment is None
    said = {(row[1].value, row[2].value) for row in listing.iter_rows(min_row=2)}
    assert (3, "จำนวนสมาชิก") in said
    assert "report.xlsx" in client.get("/dataset/clusters/report").text


def test_the_workbook_speaks_english_where_the_reader_does(published, client):
    client.set_cookie("lang", "en")
    book = opened(client, "/dataset/clusters/report.xlsx?lang=en")
    assert book.worksheets[0]["A1"].value in ("Table", "ตาราง")


def test_what_was_not_published_has_a_list_and_no_rows(khlang, tmp_path, client):
    path = tmp_path / "คน.csv"
    path.write_text("ชื่อกลุ่ม,เบอร์โทร\n" + "".join(f"กลุ่ม {n},08123456{n:02}\n" for n in range(30)), encoding="utf-8")
    khlang("source", "add", "people", "--kind", "spreadsheet", "--url", path, "--publisher-title", "สำนักงานทดสอบ")
    khlang("harvest", "people", code=1)
    page = client.get("/source/people/run/1").text
    address = page.partition('href="/source/people/run/1/report-')[2].partition('"')[0]
    book = opened(client, f"/source/people/run/1/report-{address}")
    assert len(book.worksheets) == 1
    text = "\n".join(str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row)
    assert "0812345" not in text
    assert client.get("/source/people/run/1/report-999.xlsx").status_code == 404


def test_runs_can_be_followed_by_atom(khlang, tmp_path, client):
    path = tmp_path / "กลุ่ม.csv"
    path.write_text(TABLE, encoding="utf-8")
    khlang("source", "add", "office", "--kind", "spreadsheet", "--url", path, "--publisher-title", "สำนักงานทดสอบ")
    khlang("harvest", "office")
    path.unlink()
    khlang("harvest", "office", code=1)
    feed = ElementTree.fromstring(client.get("/source/office.atom").data)
    space = "{http://www.w3.org/2005/Atom}"
    titles = [entry.findtext(f"{space}title") for entry in feed.findall(f"{space}entry")]
    assert titles == ["การดึงครั้งที่ 2: ไม่สำเร็จ", "การดึงครั้งที่ 1: เรียบร้อย"]
    assert "office.atom" in client.get("/source/office").text
    assert client.get("/source/nothing.atom").status_code == 404
