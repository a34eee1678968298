"""Text as people meant it (thai.md §7, §8): every repair is recorded, and marks out of order are only told of."""

import pytest

from harvesters.normalise import RULES


@pytest.mark.parametrize(
    ("rule", "found", "wanted"),
    [
        ("whitespace", "  ห้างฉัตร ", "ห้างฉัตร"),
        ("whitespace", "ผ้าหม้อห้อม\nเสื้อม่อฮ่อม", "ผ้าหม้อห้อม เสื้อม่อฮ่อม"),
        ("whitespace", "สีคราม\u00a0ไม่ตก\tเลย", "สีคราม ไม่ตก เลย"),
        ("zero-width", "บ้าน\u200bมอน\ufeff", "บ้านมอน"),
        ("sara-am", "น้\u0e4d\u0e32ผึ้ง", "น้ำผึ้ง"),
        ("sara-am", "ค\u0e4d\u0e32สั่ง", "คำสั่ง"),
        ("sara-e", "เเกะสลักไม้", "แกะสลักไม้"),
        ("tone-order", "ท\u0e48\u0e35เหลือ", "ที่เหลือ"),
    ],
)
def test_a_text_is_repaired_and_the_repair_recorded(column, rule, found, wanted):
    result = column("ชื่อ", ["ปกติ", found, "ธรรมดา"])
    assert result.column("ชื่อ") == ["ปกติ", wanted, "ธรรมดา"]
    assert result.steps("ชื่อ") == [(rule, found, wanted)]
    assert result.repairs[0]["row"] == "3"
    assert result.draft.repair_counts == {rule: 1}


@pytest.mark.parametrize("rule", ["whitespace", "zero-width", "sara-am", "sara-e", "tone-order"])
def test_each_rule_can_be_switched_off_by_itself(column, rule):
    spoilt = {
        "whitespace": " ก ข",
        "zero-width": "ก\u200bข",
        "sara-am": "ค\u0e4d\u0e32",
        "sara-e": "เเก",
        "tone-order": "ท\u0e48\u0e35",
    }[rule]
    result = column("ชื่อ", [spoilt], repairs=frozenset(RULES) - {rule})
    assert result.column("ชื่อ") == [spoilt]
    assert result.repairs == []


def test_several_steps_of_one_cell_are_recorded_in_their_order(column):
    result = column("ชื่อ", [" เเม่\u200b", "เเพร่"])
    assert result.steps("ชื่อ") == [
        ("sara-e", "เเพร่", "แพร่"),
        ("zero-width", " เเม่\u200b", " เเม่"),
        ("whitespace", " เเม่", "เเม่"),
        ("sara-e", "เเม่", "แม่"),
    ]


def test_misordered_marks_are_told_and_not_changed(column):
    result = column("ความต้องการ", ["ให้ถูกยติุธรรมทางการค้า"])
    assert result.column("ความต้องการ") == ["ให้ถูกยติุธรรมทางการค้า"]
    assert result.codes == {"marks-misordered": 1}
    told = result.problem("marks-misordered")
    assert (told.row, told.column, told.resource) == (2, "ความต้องการ", "table")
    assert told.message.th.startswith("แผ่นงาน ‘แผ่น 1’ แถว 2 คอลัมน์ ‘ความต้องการ’: ")
    assert "ยติุธรรม" in told.message.th
    assert told.severity == "warning"


def test_a_text_keeps_its_thai_digits(column):
    result = column("หมายเหตุ", ["ประชุม ๕ ครั้ง"])
    assert result.column("หมายเหตุ") == ["ประชุม ๕ ครั้ง"]


def test_thai_letters_stay_whole_where_cells_hold_every_separator(column):
    wild = ['"ผ้าไหม", ผ้าฝ้าย', "ก,ข", 'เขาว่า "ดี"', "ก\rข"]
    assert column("ชื่อ", wild).column("ชื่อ") == ['"ผ้าไหม", ผ้าฝ้าย', "ก,ข", 'เขาว่า "ดี"', "ก ข"]
