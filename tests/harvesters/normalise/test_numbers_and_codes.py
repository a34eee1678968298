"""Numbers become plain, codes stay text, no leading zero is lost (thai.md §11)."""

import pytest

PROFILE = "entrepreneur-cluster"


def test_thousands_commas_and_thai_digits_go(column):
    result = column("รายได้", ["444,000", "๑,๒๓๔,๕๖๗", "9"])
    assert result.column("รายได้") == ["444000", "1234567", "9"]
    assert result.types["รายได้"] == "integer"
    assert result.steps("รายได้") == [
        ("thousands", "444,000", "444000"),
        ("thai-digits", "๑,๒๓๔,๕๖๗", "1,234,567"),
        ("thousands", "1,234,567", "1234567"),
    ]


def test_a_number_with_a_comma_and_a_point_is_a_number_and_never_a_place(column):
    result = column("ราคา", ["1,000.50", "20.25", ".5"])
    assert result.column("ราคา") == ["1000.50", "20.25", ".5"]
    assert result.types["ราคา"] == "number"


@pytest.mark.parametrize("cells", [["1,23", "5"], ["12,34,567"], ["1e3", "5"], ["+5", "7"], ["1 000"], ["5-10", "6"]])
def test_what_is_no_plain_number_is_text_and_stays(column, cells):
    result = column("ราคา", cells)
    assert result.column("ราคา") == cells
    assert result.types["ราคา"] == "string"


@pytest.mark.parametrize("late", ["A-12", "สิบ"])
def test_a_type_comes_from_all_cells_and_a_late_one_changes_it(column, late):
    cells = [f"{number:,}" for number in range(1000, 1400)]
    result = column("ลำดับรายการสินค้า", [*cells, late])
    assert result.types["ลำดับรายการสินค้า"] == "string"
    assert result.column("ลำดับรายการสินค้า") == [*cells, late]
    assert result.repairs == []
    told = result.problem("column-nearly-number")
    assert late in told.message.en
    assert told.severity == "warning"


@pytest.mark.parametrize("odd", ["ฟรี", "สิบ", "ไม่คิดเงิน"])
@pytest.mark.parametrize("count", [3, 9, 30])
def test_a_word_among_numbers_is_told_of_in_a_short_table_too(column, odd, count):
    told = column("ราคา", [*map(str, range(10, 10 + count)), odd]).problem("column-nearly-number")
    assert told.severity == "warning"
    assert f"‘{odd}’" in told.message.th


@pytest.mark.parametrize("cells", [["12", "สิบ", "ฟรี"], ["กล้วย", "12", "มะม่วง", "ส้ม"], ["1", "2", "ก", "ข", "ค", "ง"]])
def test_a_column_of_words_and_numbers_is_nearly_nothing(column, cells):
    assert "column-nearly-number" not in column("ราคา", cells).codes


def test_a_late_cell_beyond_the_first_chunk_makes_the_table_stream_again(column, monkeypatch):
    monkeypatch.setattr("harvesters.normalise.chunks.CHUNK", 64)
    cells = ["1,000"] * 200
    result = column("ราคา", [*cells, "แพง"])
    assert result.column("ราคา") == [*cells, "แพง"]
    assert result.repairs == []
    assert result.draft.row_count == 201


@pytest.mark.parametrize(
    "cells",
    [
        ["01", "10", "21"],
        ["1234567890123", "5"],
        ["๐๑", "๑๐"],
        ["0105536000000", "0105536000001"],
    ],
)
def test_one_leading_zero_or_thirteen_digits_make_a_code(column, cells):
    result = column("ค่า", cells)
    assert result.types["ค่า"] == "string"
    assert all(len(after) == len(before) for before, after in zip(cells, result.column("ค่า"), strict=True))


@pytest.mark.parametrize(
    "heading", ["รหัสไปรษณีย์", "เลขทะเบียน", "TSIC", "cc_code", "TA_ID", "productId", "เบอร์โทร", "รหัสจังหวัด"]
)
def test_the_heading_makes_a_code_of_digits(column, heading):
    result = column(heading, ["50180", "10200"])
    assert result.types[heading] == "string"
    assert result.column(heading) == ["50180", "10200"]


def test_ids_that_are_floats_become_their_digits(column):
    result = column("รหัสหน่วย", ["1001.0", "1002.0", "๑๐๐๓"])
    assert result.column("รหัสหน่วย") == ["1001", "1002", "1003"]
    assert result.steps("รหัสหน่วย")[0] == ("decimal-zero", "1001.0", "1001")


def test_ids_with_real_decimals_keep_them(column):
    assert column("รหัสหมวด", ["1.0", "1.1", "2.0"]).column("รหัสหมวด") == ["1.0", "1.1", "2.0"]


def test_whole_numbers_written_as_floats_are_whole(column):
    result = column("สมาชิก", ["15.0", "7"])
    assert result.column("สมาชิก") == ["15", "7"]
    assert result.types["สมาชิก"] == "integer"
    assert column("พื้นที่", ["15.0", "7.5"]).column("พื้นที่") == ["15.0", "7.5"]


def test_a_number_that_a_spreadsheet_shortened_is_told(column):
    result = column("เลขทะเบียน", ["1.05E+12"])
    assert result.column("เลขทะเบียน") == ["1.05E+12"]
    assert result.codes == {"digits-lost": 1}


def test_a_column_of_percentages_loses_its_signs_only_as_a_whole(column):
    assert column("ร้อยละ", ["12.5%", "7 %"]).column("ร้อยละ") == ["12.5", "7"]
    assert column("ร้อยละ", ["12.5%", "7"]).column("ร้อยละ") == ["12.5%", "7"]


def test_units_go_only_where_the_profile_says_number_and_multiples_stay(normalised):
    headings = ["ชื่อกลุ่ม", "รายได้ต่อปี", "จำนวนสมาชิก"]
    rows = [("ก", "444,000 บาท", "๒๔ คน"), ("ข", "2 ล้านบาท", "ราว 30"), ("ค", "฿1,200.50", "31.0")]
    result = normalised(headings, rows, profile=PROFILE)
    assert result.column("annual_income_baht") == ["444000", "2 ล้านบาท", "1200.50"]
    assert result.column("members") == ["24", "ราว 30", "31"]
    assert ("unit-word", "444,000 บาท", "444,000") in result.steps("รายได้ต่อปี")


@pytest.mark.parametrize(
    ("found", "wanted"),
    [("812345678", "0812345678"), ("44000039", "044000039"), ("21234567", "021234567"), ("812345678.0", "0812345678")],
)
def test_a_lost_leading_zero_is_restored_and_told(column, found, wanted):
    result = column("เบอร์โทรศัพท์", [found, "053-000001"])
    assert result.column("เบอร์โทรศัพท์") == [wanted, "053-000001"]
    assert result.codes == {"leading-zero-lost": 1}
    assert wanted in result.problem("leading-zero-lost").message.th
    assert result.draft.repair_counts["leading-zero"] == 1


@pytest.mark.parametrize("kept", ["053000001", "0812345678", "1669", "12345678", "512345678", "053 000001 ต่อ 15"])
def test_other_telephone_numbers_stay(column, kept):
    result = column("เบอร์โทรศัพท์", [kept])
    assert result.column("เบอร์โทรศัพท์") == [kept]
    assert result.codes == {}


def test_the_zero_is_restored_only_in_telephone_columns(column):
    assert column("จำนวนเงิน", ["812345678"]).column("จำนวนเงิน") == ["812345678"]


def test_true_and_false_are_boolean(column):
    assert column("ผ่าน", ["TRUE", "FALSE", ""]).types["ผ่าน"] == "boolean"


@pytest.mark.parametrize("size", [4, 16, 64, 1 << 21])
def test_what_a_column_nearly_is_does_not_hang_on_how_the_file_is_cut(column, monkeypatch, size):
    monkeypatch.setattr("harvesters.normalise.chunks.CHUNK", size)
    result = column("ราคา", [*["10", "25"] * 20, "2026-01-05", "-", *["30"] * 20, "2026-01-05", " "])
    told = result.problem("column-nearly-number")
    assert "มี 2 ช่อง" in told.message.th
