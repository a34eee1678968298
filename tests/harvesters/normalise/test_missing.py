"""Words and dashes for a missing value (thai.md §10), declared per column."""

import pytest

from harvesters.normalise import RULES


@pytest.mark.parametrize("word", ["-", "–", "—", "ไม่ระบุ", "ไม่มีข้อมูล", "ไม่ทราบ", "N/A", "n.a.", " - "])
def test_a_missing_word_becomes_empty_in_a_text(column, word):
    result = column("หมายเหตุ", ["ดี", word])
    assert result.column("หมายเหตุ") == ["ดี", ""]
    assert result.field("หมายเหตุ")["khlangMissing"] == [word.strip()]
    assert result.draft.repair_counts["missing-word"] == 1


def test_none_is_a_real_answer_in_a_text_but_not_in_a_number_or_a_telephone(normalised):
    result = normalised(["หมายเหตุ", "จำนวน", "โทรศัพท์"], [("ไม่มี", "ไม่มี", "ไม่มี"), ("มี", "5", "053000001")])
    assert result.rows[0] == {"_row": "2", "หมายเหตุ": "ไม่มี", "จำนวน": "", "โทรศัพท์": ""}
    assert result.types["จำนวน"] == "integer"


def test_a_dash_is_an_answer_beside_a_plus(column):
    assert column("ผลตรวจ", ["+", "-", "+"]).column("ผลตรวจ") == ["+", "-", "+"]


def test_nan_is_a_province_in_english(column):
    assert column("จังหวัด", ["Nan", "NAN", "nan"]).column("จังหวัด") == ["Nan", "NAN", "nan"]


def test_switched_off_the_word_stays_and_the_column_is_text(column):
    result = column("จำนวน", ["1", "-", "3"], repairs=frozenset(RULES) - {"missing-word"})
    assert result.column("จำนวน") == ["1", "-", "3"]
    assert result.types["จำนวน"] == "string"


def test_a_masked_cell_of_a_number_column_is_empty_and_no_repair(column):
    result = column("จำนวน", ["1", "[ปกปิด]"])
    assert result.column("จำนวน") == ["1", ""]
    assert result.types["จำนวน"] == "integer"
    assert result.repairs == []


def test_a_masked_text_stays(column):
    assert column("ผู้ติดต่อ", ["[ปกปิด]", "กลุ่มงานข้อมูล"]).column("ผู้ติดต่อ") == ["[ปกปิด]", "กลุ่มงานข้อมูล"]
