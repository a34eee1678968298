"""Two versions side by side: rows that were edited, and columns that came, went or have a new name."""

from __future__ import annotations

from pathlib import Path

import pytest

pytestmark = pytest.mark.journey

GROUPS = ("ทอผ้าไหม", "ย้อมคราม", "จักสานไม้ไผ่", "น้ำผึ้งป่า", "กล้วยตาก", "เครื่องเงิน")


def sheet(heading: str, members: dict[str, int], more: str = "") -> str:
    """A table without a key: two rows are equal."""
    rows = [f"{name},แพร่,{members.get(name, 10)},กิจกรรมของ{name}" for name in GROUPS]
    return "\n".join([f"ชื่อเรื่อง,จังหวัด,จำนวน,{heading}", *rows, "อื่น ๆ,แพร่,1,", "อื่น ๆ,แพร่,1,"]) + "\n" + more


@pytest.fixture
def publish(khlang, tmp_path: Path):
    def put(text: str) -> None:
        path = tmp_path / "groups.csv"
        path.write_text(text, encoding="utf-8")
        khlang(
            "publish", path, "--publisher", "office", "--publisher-title", "สำนักงานทดสอบ", "--name", "groups", code=None
        )

    return put


def test_an_edited_row_of_a_table_without_a_key_shows_the_cells_that_changed(client, publish):
    publish(sheet("เล่าเรื่อง", {}))
    publish(sheet("เล่าเรื่อง", {"น้ำผึ้งป่า": 25}, "ขนมจีน,น่าน,4,ขายขนม\n"))
    (table,) = client.get("/dataset/groups/changes.json").json["tables"]
    assert (table["key"], table["added"], table["removed"], table["changed"]) == ([], 1, 0, 1)
    (row,) = table["changed_rows"]
    assert [(cell["old"], cell["new"]) for cell in row["cells"]] == [("10", "25")]
    page = client.get("/dataset/groups/changes").text
    assert "เพิ่ม 1 แถว หายไป 0 แถว แก้ 1 แถว" in page
    assert '<del class="before">10</del>' in page
    assert f"?row={row['row']}" in page
    assert "+1 แถว" in client.get("/dataset/groups").text or "เพิ่ม 1 แถว" in client.get("/dataset/groups").text


def test_columns_that_changed_are_told(client, publish):
    publish(sheet("เล่าเรื่อง", {}))
    publish(sheet("รายละเอียดงาน", {}))
    (table,) = client.get("/dataset/groups/changes.json").json["tables"]
    assert [(pair["old"], pair["new"]) for pair in table["columns_renamed"]] == [("เล่าเรื่อง", "รายละเอียดงาน")]
    assert (table["columns_added"], table["columns_removed"]) == ([], [])
    assert "คอลัมน์ “เล่าเรื่อง” เปลี่ยนชื่อเป็น “รายละเอียดงาน”" in client.get("/dataset/groups/changes").text
    assert "is now called “รายละเอียดงาน”" in client.get("/dataset/groups/changes?lang=en").text
    publish("ชื่อเรื่อง,จังหวัด,ปี\n" + "".join(f"{name},แพร่,2569\n" for name in GROUPS))
    page = client.get("/dataset/groups/changes").text
    assert "เพิ่มคอลัมน์" in page
    assert "ไม่มีคอลัมน์" in page


def test_a_citation_of_the_current_page_names_the_version_and_the_old_one_stays(client, publish):
    publish(sheet("เล่าเรื่อง", {}))
    first = client.get("/dataset/groups@v1/cite.ris").text
    publish(sheet("เล่าเรื่อง", {"น้ำผึ้งป่า": 25}))
    assert client.get("/dataset/groups@v1/cite.ris").text == first
    assert client.get("/dataset/groups/cite.json").json[0]["URL"].endswith("/dataset/groups@v2")
    for form in ("txt", "bib", "ris", "json"):
        text = client.get(f"/dataset/groups/cite.{form}").text
        assert "khlang:groups@2" in text
        assert "/dataset/groups@v2" in text
    assert client.get("/dataset/groups/cite.doc").status_code == 404
