"""Cells of a column of provinces are written by the province's name alone; no other column is touched."""

import pytest

from harvesters.normalise import RULES


@pytest.mark.parametrize("found", ["จ. แพร่", "จ.แพร่", "จังหวัดแพร่", "จังหวัด แพร่", "จว.แพร่"])
def test_a_province_is_written_by_its_name_and_the_repair_recorded(normalised, found):
    result = normalised(["ชื่อกลุ่ม", "จังหวัด"], [("ก", "น่าน"), ("ข", found), ("ค", "แพร่")], profile="entrepreneur-cluster")
    assert result.column("province") == ["น่าน", "แพร่", "แพร่"]
    assert result.column("province_code") == ["55", "54", "54"]
    assert result.steps("จังหวัด") == [("province-name", found, "แพร่")]
    assert result.repairs[0]["row"] == "3"
    assert result.draft.repair_counts == {"province-name": 1}


def test_a_column_headed_as_provinces_is_repaired_without_a_profile(column):
    result = column("จังหวัดที่ผลิต", ["จ.น่าน", "จังหวัดเเพร่ ", "จ.กทม."])
    assert result.column("จังหวัดที่ผลิต") == ["น่าน", "แพร่", "กรุงเทพมหานคร"]
    assert ("province-name", "จังหวัดแพร่", "แพร่") in result.steps("จังหวัดที่ผลิต")  # after what cleans the text


@pytest.mark.parametrize("cell", ["จันทบุรี", "จังหวัด", "จ.แพร่ 54000", "จ.แพร่/น่าน", "จังหวัดแพร", "จ.54", "Phrae Province", "จ.แพร่และน่าน"])  # fmt: skip
def test_what_is_not_the_name_of_one_province_stays(column, cell):
    result = column("จังหวัด", ["น่าน", cell])
    assert result.column("จังหวัด") == ["น่าน", cell]
    assert result.repairs == []


@pytest.mark.parametrize("heading", ["ที่อยู่", "ชื่อร้าน", "รหัสจังหวัด", "จำนวนจังหวัด"])
def test_other_columns_are_left_alone(column, heading):
    assert column(heading, ["จ. แพร่", "จังหวัดน่าน"]).column(heading) == ["จ. แพร่", "จังหวัดน่าน"]


def test_a_mapped_column_that_is_no_province_is_left_alone(normalised):
    result = normalised(["ชื่อกลุ่ม", "จังหวัด"], [("จังหวัดแพร่", "แพร่")], profile="entrepreneur-cluster")
    assert result.column("name_th") == ["จังหวัดแพร่"]


def test_the_rule_can_be_switched_off(column):
    result = column("จังหวัด", ["จ. แพร่"], repairs=frozenset(RULES) - {"province-name"})
    assert result.column("จังหวัด") == ["จ. แพร่"]
    assert result.repairs == []
