"""Where a table begins: title rows, multi-row headings, hints, years as headings, and files of bare data."""

import pytest

from harvesters.tables.layout import find_layout

DATA = [["1", "กลุ่มทอผ้าบ้านหนอง", "น่าน", "120"], ["2", "กลุ่มจักสาน", "ตาก", "85"], ["3", "กล้วยตากสุข", "เลย", "9"]]
HEAD = ["ลำดับ", "ชื่อกลุ่ม", "จังหวัด", "จำนวนสมาชิก"]


def test_headings_in_the_first_row():
    layout = find_layout([HEAD, *DATA])
    assert (layout.headings, layout.heading_rows, layout.first_data) == (tuple(HEAD), (0,), 1)


def test_titles_above_are_set_aside():
    titles = [["รายชื่อกลุ่มอาชีพ จังหวัดน่าน"], [""], ["ข้อมูล ณ วันที่ 1 ต.ค. 2566", "", "หน่วย: คน"]]
    layout = find_layout([*titles, HEAD, *DATA])
    assert (layout.heading_rows, layout.title_rows, layout.first_data) == ((3,), (0, 2), 4)


def test_merged_titles_over_the_whole_width_are_no_headings():
    title = ["รายชื่อบริษัท"] * 2 + ["ข้อมูล ณ วันที่ 17 ก.ย. 2561"] * 2
    layout = find_layout([title, HEAD, *DATA], spans=[(0, 0, 0, 1), (0, 2, 0, 3)])
    assert (layout.headings, layout.title_rows) == (tuple(HEAD), (0,))


def test_merged_group_headings_are_joined():
    upper = ["ลำดับ", "ชื่อกลุ่ม", "จำนวนสมาชิก", "จำนวนสมาชิก"]
    lower = ["ลำดับ", "ชื่อกลุ่ม", "ชาย", "หญิง"]
    spans = [(0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 0, 3)]
    layout = find_layout([upper, lower, ["1", "ก", "5", "6"], ["2", "ข", "7", "8"]], spans=spans)
    assert layout.headings == ("ลำดับ", "ชื่อกลุ่ม", "จำนวนสมาชิก ชาย", "จำนวนสมาชิก หญิง")
    assert (layout.heading_rows, layout.first_data) == ((0, 1), 2)


def test_three_heading_rows_are_joined():
    rows = [
        ["จังหวัด", "สมาชิก", "สมาชิก", "สมาชิก", "สมาชิก"],
        ["จังหวัด", "2565", "2565", "2566", "2566"],
        ["จังหวัด", "ชาย", "หญิง", "ชาย", "หญิง"],
        ["น่าน", "1", "2", "3", "4"],
        ["ตาก", "5", "6", "7", "8"],
    ]
    layout = find_layout(rows, spans=[(0, 0, 2, 0), (0, 1, 0, 4), (1, 1, 1, 2), (1, 3, 1, 4)])
    assert layout.headings == ("จังหวัด", "สมาชิก 2565 ชาย", "สมาชิก 2565 หญิง", "สมาชิก 2566 ชาย", "สมาชิก 2566 หญิง")


def test_group_headings_of_a_csv_are_carried_right():
    upper = ["จังหวัด", "จำนวนสมาชิก", "", "รายได้", ""]
    lower = ["", "ชาย", "หญิง", "2565", "2566"]
    layout = find_layout([upper, lower, ["น่าน", "5", "6", "100", "120"], ["ตาก", "1", "2", "90", "95"]])
    assert layout.headings == ("จังหวัด", "จำนวนสมาชิก ชาย", "จำนวนสมาชิก หญิง", "รายได้ 2565", "รายได้ 2566")


def test_units_in_brackets_belong_to_the_headings():
    layout = find_layout([HEAD, ["", "", "", "(คน)"], *DATA])
    assert (layout.headings[3], layout.first_data) == ("จำนวนสมาชิก (คน)", 2)


@pytest.mark.parametrize(
    "hint",
    [
        ["ระบุลำดับ", "ระบุชื่อเต็ม", "เลือกจากรายการ", "ตัวเลขเท่านั้น"],
        ["(1)", "(2)", "(3)", "(4)"],
        ["1", "2", "3", "4"],
        ["(ข้อความ)", "(ข้อความ)", "(ข้อความ)", "(ตัวเลข)"],
    ],
)
def test_a_hint_row_is_set_aside(hint):
    layout = find_layout([HEAD, hint, *DATA])
    assert layout.headings == tuple(HEAD) or layout.headings[1] == "ชื่อกลุ่ม (ข้อความ)"
    assert layout.first_data == 2


def test_the_national_template_has_headings_in_row_four():
    rows = [["แบบฟอร์มคำอธิบายข้อมูล"], ["หน่วยงาน", "สำนักงานจังหวัด"], [""],
            ["ชื่อชุดข้อมูล", "ประเภทชุดข้อมูล", "องค์กร", "ชื่อผู้ติดต่อ", "อีเมลผู้ติดต่อ"],
            ["ระบุชื่อ", "เลือก 1 รายการ", "ระบุชื่อหน่วยงาน", "ระบุชื่อฝ่าย", "ระบุอีเมล"],
            ["รายชื่อกลุ่ม", "ข้อมูลระเบียน", "สำนักงานจังหวัด", "กลุ่มงานข้อมูล", "info@example.go.th"]]  # fmt: skip
    layout = find_layout(rows)
    assert (layout.heading_rows, layout.hint_rows, layout.first_data) == ((3,), (4,), 5)


@pytest.mark.parametrize(
    "years", [["2564", "2565", "2566"], ["2021", "2022", "2023"], ["พ.ศ. 2564", "พ.ศ. 2565", "ปี 2566"]]
)
def test_years_are_headings_and_stay_text(years):
    layout = find_layout([["จังหวัด", *years], ["น่าน", "1,200", "1,300", "1,250"], ["ตาก", "800", "810", "790"]])
    assert layout.headings == ("จังหวัด", *years)


@pytest.mark.parametrize(
    "head",
    [
        ["university", "thCode", "enCode"],
        ["abbr", "province_th", "province_en"],
        ["MINISTRY", "REF_PAGE", "CROSS_FUNC?"],
    ],
)
def test_headings_in_latin_letters_over_thai_data(head):
    rows = [["มหาวิทยาลัยน่าน", "มน.", "NU"], ["มหาวิทยาลัยตาก", "มต.", "TU"], ["มหาวิทยาลัยเลย", "มล.", "LU"]]
    assert find_layout([head, *rows]).headings == tuple(head)


def test_a_blank_first_heading_stays_in_its_place():
    layout = find_layout([["", "ITEM_ID", "จังหวัด"], ["0", "x-0", "น่าน"], ["1", "x-1", "ตาก"]])
    assert layout.headings == ("", "ITEM_ID", "จังหวัด")


def test_line_breaks_and_blanks_in_headings_are_cleaned():
    layout = find_layout([["ชื่อ\nกลุ่ม ", " จังหวัด", "จำนวน  (คน)"], ["ก", "น่าน", "1"], ["ข", "ตาก", "2"]])
    assert layout.headings == ("ชื่อ กลุ่ม", "จังหวัด", "จำนวน (คน)")


@pytest.mark.parametrize(
    "rows",
    [
        DATA,
        [["กล้วยตาก", "พิษณุโลก", "อาหาร"], ["ข้าวแต๋น", "ลำปาง", "อาหาร"], ["น้ำผึ้ง", "พิษณุโลก", "อาหาร"]],
        [["กาฬสินธุ์", "Kalasin", "มกส.", "KSU"], ["นครพนม", "Nakhon Phanom", "มนพ.", "NPU"], ["นเรศวร", "Naresuan", "มน.", "NU"]],
        [["2566-01-02", "ก", "10"], ["2566-01-03", "ข", "20"], ["2566-01-04", "ค", "30"]],
        [["นายก", "081-000-0000"], ["นายข", "082-000-0000"]],
        [["ข้อความยาวหนึ่งบรรทัด"], ["อีกบรรทัดหนึ่ง"], ["และอีกบรรทัด"]],
        [["", ""], ["", ""]],
        [],
    ],
)  # fmt: skip
def test_bare_data_has_no_heading_row(rows):
    assert find_layout(rows) is None


def test_headings_without_any_data_are_headings():
    assert find_layout([HEAD]).headings == tuple(HEAD)


def test_one_column_needs_a_known_heading():
    assert find_layout([["จังหวัด"], ["น่าน"], ["ตาก"]]).headings == ("จังหวัด",)
    assert find_layout([["เมือง"], ["น่าน"], ["ตาก"]]) is None


def test_data_wider_than_the_headings_keeps_its_columns():
    layout = find_layout([["ชื่อกลุ่ม", "จังหวัด"], ["ก", "น่าน", "1"], ["ข", "ตาก", "2"], ["ค", "เลย", "3"]])
    assert layout.headings == ("ชื่อกลุ่ม", "จังหวัด", "")
