"""Totals and notes under a table, and the rows that only look like them."""

import pytest

from harvesters.tables.footers import find_footers
from harvesters.tables.words import is_total

DATA = [["1", "กลุ่มทอผ้า", "น่าน", "12"], ["2", "กลุ่มจักสาน", "ตาก", "7"]]


@pytest.mark.parametrize(
    "name",
    ["รวม", "รวมทั้งสิ้น", "รวมทั้งหมด", "ยอดรวม", "รวม 25 ราย", "รวมทุกอำเภอ", "รวมทั้งจังหวัด", "Total", "GRAND TOTAL",
     "รวมทั้งสิ้น:", "ทั้งประเทศ", "รวมเป็นเงิน"],
)  # fmt: skip
def test_totals(name):
    assert is_total(name)
    assert find_footers([*DATA, [name, "", "", "19"]], 4) == {2: "total"}


@pytest.mark.parametrize("name", ["รวมมิตร", "รวมใจพัฒนา", "รวมพลังสตรี", "กลุ่มรวมใจ", "Total Access Co.", "รวมดาว ทอผ้า"])
def test_names_that_only_begin_like_totals(name):
    assert not is_total(name)
    assert find_footers([*DATA, [name, "", "", "19"]], 4) == {}


@pytest.mark.parametrize(
    "note",
    ["หมายเหตุ: ข้อมูลเบื้องต้น", "ที่มา : สำนักงานจังหวัด", "* ไม่รวมสาขา", "ข้อมูล ณ วันที่ 30 ก.ย. 2566", "Source: office",
     "จัดทำโดย กลุ่มงานข้อมูล", "แหล่งข้อมูล สำนักงานสถิติ", "ลงชื่อ ..............."],
)  # fmt: skip
def test_notes(note):
    assert find_footers([*DATA, [note, "", "", ""]], 4) == {2: "note"}


def test_total_gap_and_notes_of_several_lines():
    rows = [*DATA, ["รวม", "", "", "19"], ["", "", "", ""], ["หมายเหตุ"], ["1. ข้อมูลเบื้องต้น"], ["2. ไม่รวมสาขา"]]
    assert find_footers(rows, 4) == {2: "total", 4: "note", 5: "note", 6: "note"}


def test_a_line_parted_by_a_gap_is_a_note():
    assert find_footers([*DATA, [], ["สำนักงานพัฒนาชุมชนจังหวัดน่าน"]], 4) == {3: "note"}


def test_a_last_row_with_one_filled_cell_is_data_when_it_follows_data():
    assert find_footers([*DATA, ["กลุ่มใหม่", "", "", ""]], 4) == {}


def test_a_value_of_the_column_is_no_total():
    rows = [
        ["ชาย", "2565", "3"],
        ["หญิง", "2565", "4"],
        ["รวม", "2565", "7"],
        ["ชาย", "2566", "5"],
        ["รวม", "2566", "9"],
    ]
    assert find_footers(rows, 3) == {}
    assert find_footers([*rows, ["รวมทั้งสิ้น", "", "16"]], 3) == {5: "total"}
