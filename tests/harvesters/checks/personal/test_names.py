"""Titled names, and the list of what only looks like one."""

from __future__ import annotations

import pytest

from harvesters.bundled import read_table
from harvesters.checks.personal import mask_text
from harvesters.checks.personal.names import LONGEST_FRIEND
from harvesters.values import MASK


@pytest.mark.parametrize(
    "text",
    [
        "นายสมมติ ตัวอย่าง", "นาย สมมติ  ตัวอย่าง", "นางสมมติ ตัวอย่าง", "นางสาวสมมติ ตัวอย่าง", "น.ส.สมมติ ตัวอย่าง", "น.ส. สมมติ ตัวอย่าง",
        "ด.ช.สมมติ ตัวอย่าง", "ด.ญ. สมมติ ตัวอย่าง", "เด็กหญิงสมมติ ตัวอย่าง", "ว่าที่ ร.ต.สมมติ ตัวอย่าง", "ว่าที่ร้อยตรีหญิงสมมติ ตัวอย่าง", "ดร.สมมติ ตัวอย่าง",
        "ผศ.ดร.สมมติ ตัวอย่าง", "รศ. ดร. สมมติ ตัวอย่าง", "ศ.สมมติ ตัวอย่าง", "ร.ต.อ.สมมติ ตัวอย่าง", "ม.ล.สมมติ ณ ตัวอย่าง", "คุณสมมติ ตัวอย่าง",
        "นายสมมติ (หนึ่ง) ตัวอย่าง", "นาย\u00a0สมมติ\u00a0ตัวอย่าง", "นายสมมติ\nตัวอย่าง", "นา\u200bยสมมติ ตัวอย่าง", "Mr.Example Person", "Mrs Example Person",
        "Dr. Example A. Person", "MR. EXAMPLE PERSON", "Miss Example Person", "นาย Example Person", "นายกมล ตัวอย่าง", "นายเรืองชัย ตัวอย่าง", "นางแก้ว ตัวอย่าง",
    ],
)  # fmt: skip
def test_titled_names(text: str) -> None:
    assert mask_text(text) == MASK


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("กลุ่มเลี้ยงแพะ นายสมมติ ตัวอย่าง", f"กลุ่มเลี้ยงแพะ {MASK}"),
        ("ประธานกลุ่มนายสมมติ ตัวอย่าง (ประธาน)", f"ประธานกลุ่ม{MASK} (ประธาน)"),
        ("ติดต่อคุณสมมติ ตัวอย่าง", f"ติดต่อ{MASK}"),
        ("กลุ่มอาชีพนางสมมติ ตัวอย่าง", f"กลุ่มอาชีพ{MASK}"),
        ("บริษัทนายสมมติ ตัวอย่าง", f"บริษัท{MASK}"),
        ("นายสมมติ ตัวอย่าง, นางสมมติ ทดสอบ", f"{MASK}, {MASK}"),
    ],
)
def test_names_among_other_words(text: str, masked: str) -> None:
    assert mask_text(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "อำเภอนางรอง จังหวัดบุรีรัมย์", "นางรอง บุรีรัมย์", "ต.นางลือ อ.เมือง", "จ.นครนายก ประเทศไทย", "นายายอาม จันทบุรี", "บ้านนางิ้ว หมู่ที่สาม", "ตำบลนายูง อุดรธานี",
        "ขนมนางเล็ด น้ำแตงโม", "เห็ดนางฟ้า ภูฐาน", "ใบย่านาง สกัดเย็น", "กล้วยเล็บมือนาง ฉาบ", "หอยนางรม สดใหม่", "คุณภาพ ดีเยี่ยม", "มีคุณสมบัติ ตามประกาศ",
        "ขนมคุณยาย สูตรโบราณ", "คุณอ้อย หมี่กรอบ", "นายทะเบียน สหกรณ์", "นายกเทศมนตรี เมืองน่าน", "นายก อบต. บ้านใหม่", "สำนักนายกรัฐมนตรี กรุงเทพ", "ทำนายผล ข้อมูล",
        "อาคาร ดร.สมมติ ตัวอย่าง", "ถนน นายสมมติ ตัวอย่าง", "พ.ศ. ที่ผลิต สินค้า", "นายสมมติ โทรศัพท์", "นายสมมติ อำเภอเมือง", "Ms Word Document", "นางพญา เสือโคร่ง",
        "เก็บเห็ดรอจนดินสอพองแห้ง ประมาณ", "งานแสดงสินค้า ประจำปี", "ห้างหุ้นส่วนจำกัด ตัวอย่าง",
    ],
)  # fmt: skip
def test_false_friends_pass(text: str) -> None:
    assert mask_text(text) == text


def test_every_false_friend_of_the_list_works() -> None:
    """Each line must do what it is there for: alone, and with a word behind it, it is nobody's name."""
    rows = read_table("false_friends")
    assert len(rows) > 300
    assert len({(row["word"], row["kind"]) for row in rows}) == len(rows)
    assert {row["kind"] for row in rows} == {"start", "whole", "before", "stop", "stop-whole", "stop-brand", "english"}
    failed = []
    for row in rows:
        assert len(row["word"]) <= LONGEST_FRIEND
        assert row["why"]
        text = {
            "start": "{} ตัวอย่าง",
            "whole": "{} ตัวอย่าง",
            "before": "{}นายสมมติ ตัวอย่าง",
            "stop": "นายสมมติ {}",
            "stop-whole": "นายสมมติ {}",
            "stop-brand": "คุณสมมติ {}",
            "english": "Ms {}",
        }[row["kind"]].format(row["word"].title() if row["kind"] == "english" else row["word"])
        if mask_text(text) != text:
            failed.append(text)
    assert failed == []
