"""Workbooks: numbers, dates, merged cells, hidden and empty sheets, error cells, texts outside cells."""

import datetime as dt
import zipfile

import pytest

from harvesters.tables import Limits
from harvesters.tables.cells import text_of, texts

moment = dt.datetime  # without a zone, as calamine gives it
HEAD = ["รหัส", "ชื่อกลุ่ม", "จังหวัด", "จำนวน"]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (15.0, "15"), (1.5, "1.5"), (1234567890123.0, "1234567890123"), (1e20, "100000000000000000000"), (-0.5, "-0.5"),
        (7, "7"), (True, "TRUE"), (False, "FALSE"), ("  ๑๒ ", "  ๑๒ "), ("", ""), (float("inf"), ""), (float("nan"), ""),
        (dt.date(2023, 1, 12), "2023-01-12"), (dt.date(2569, 1, 2), "2569-01-02"), (dt.time(8, 30), "08:30:00"),
        (moment(2023, 1, 12), "2023-01-12"), (moment(2023, 1, 12, 8, 30), "2023-01-12 08:30:00"),
        (moment(2023, 1, 12, 23, 59, 59, 999_999), "2023-01-13"), (dt.timedelta(hours=30), "30:00:00"),
    ],
)  # fmt: skip
def test_text_of_every_type(cell, text):
    assert text_of(cell) == text
    assert list(texts([cell, "x"])) == [text, "x"]
    assert list(texts([cell])) == [text]


def test_a_plain_sheet(read, rows, sheet):
    path = sheet(
        [HEAD, [1.0, "ก", "น่าน", 1234567890123], ["002", "ข", "ตาก", 0.5], [None, "ค", True, dt.date(2569, 1, 2)]]
    )
    reading = read(path, "กลุ่ม.xlsx")
    (table,) = reading.tables
    assert (reading.format, reading.encoding, table.title, table.sheet) == ("xlsx", None, "Sheet", "Sheet")
    assert rows(table) == [
        ["2", "1", "ก", "น่าน", "1234567890123"], ["3", "002", "ข", "ตาก", "0.5"], ["4", "", "ค", "TRUE", "2569-01-02"],
    ]  # fmt: skip


def test_the_extension_is_not_trusted(read, sheet):
    assert read(sheet([HEAD, [1, "ก", "น่าน", 2]]), "ข้อมูล.csv").format == "xlsx"
    assert read("ชื่อกลุ่ม,จำนวน\nก,1\n", "ข้อมูล.xlsx").format == "csv"


def test_a_table_that_begins_in_the_middle_keeps_its_row_numbers(read, rows, workbook):
    def fill(book):
        for row, values in enumerate([HEAD, [1, "ก", "น่าน", 5], [2, "ข", "ตาก", 6]], start=5):
            for column, value in enumerate(values, start=3):
                book.active.cell(row, column, value)

    (table,) = read(workbook(fill)).tables
    assert (table.heading_rows, table.headings) == ((5,), tuple(HEAD))
    assert rows(table) == [["6", "1", "ก", "น่าน", "5"], ["7", "2", "ข", "ตาก", "6"]]


def test_titles_merged_headings_hints_totals_and_notes(read, rows, sheet, codes):
    values = [
        ["บัญชีรายชื่อกลุ่มอาชีพ จังหวัดน่าน"], ["ข้อมูล ณ วันที่ 30 ก.ย. 2566"], [],
        ["ที่", "ชื่อกลุ่ม", "ที่ตั้ง", None, "จำนวนสมาชิก"], [None, None, "ตำบล", "อำเภอ", None],
        [1, "ก", "ในเวียง", "เมืองน่าน", 5], [2, "ข", "ผาสิงห์", None, 6], [], [3, "ค", "ปัว", "ปัว", 7],
        ["รวมทั้งสิ้น", None, None, None, 18], [], ["หมายเหตุ: ข้อมูลเบื้องต้น"],
    ]  # fmt: skip
    merged = ["A1:E1", "A2:E2", "A4:A5", "B4:B5", "C4:D4", "E4:E5", "D6:D7", "A12:E12"]
    reading = read(sheet(values, merged))
    (table,) = reading.tables
    assert table.headings == ("ที่", "ชื่อกลุ่ม", "ที่ตั้ง ตำบล", "ที่ตั้ง อำเภอ", "จำนวนสมาชิก")
    assert table.heading_rows == (4, 5)
    assert [(each.row, each.reason) for each in table.set_aside] == [
        (1, "title"),
        (2, "title"),
        (10, "total"),
        (12, "note"),
    ]
    assert rows(table)[1] == ["7", "2", "ข", "ผาสิงห์", "เมืองน่าน", "6"]
    assert [row[0] for row in rows(table)] == ["6", "7", "9"]
    assert table.merged_filled == 1
    assert sorted(codes(reading)) == ["headings-joined", "merged-filled"]
    assert any("หมายเหตุ" in text for _, text in reading.loose)


def test_a_section_row_inside_the_table_is_set_aside(read, rows, sheet):
    values = [HEAD, ["อำเภอเมือง"], ["01", "ก", "น่าน", 5], ["อำเภอปัว"], ["02", "ข", "น่าน", 6], ["03", "ค", "น่าน", 6]]
    (table,) = read(sheet(values, ["A2:D2", "A4:D4"])).tables
    assert [row[0] for row in rows(table)] == ["3", "5", "6"]
    assert [(each.row, each.reason, each.text) for each in table.set_aside] == [
        (2, "title", "อำเภอเมือง"), (4, "title", "อำเภอปัว"),
    ]  # fmt: skip


@pytest.mark.parametrize("total", ["รวมทั้งสิ้น", "รวม", "Grand total"])
def test_a_merged_total_is_set_aside_and_a_merged_heading_of_that_name_is_not(read, rows, sheet, total):
    values = [
        ["ลำดับ", "ชื่อกลุ่ม", "อำเภอ", "รวม", "", "เงิน"],
        ["", "", "", "ชาย", "หญิง", ""],
        [1, "กลุ่มทดสอบหนึ่ง", "สูงเม่น", 3, 4, 1000],
        [2, "กลุ่มทดสอบสอง", "ลอง", 5, 6, 2000],
        [total, "", "", 8, 10, 3000],
    ]
    table = read(sheet(values, ["A1:A2", "B1:B2", "C1:C2", "D1:E1", "F1:F2", "A5:C5"])).tables[0]
    assert table.headings == ("ลำดับ", "ชื่อกลุ่ม", "อำเภอ", "รวม ชาย", "รวม หญิง", "เงิน")
    assert [(row.row, row.reason) for row in table.set_aside] == [(5, "total")]
    assert table.row_count == 2


def test_merged_cells_are_filled_down_over_the_edge_of_a_chunk(read, rows, sheet):
    values = [HEAD, *([f"{n:05d}", "ก", "น่าน" if n == 0 else None, n] for n in range(10_500))]
    (table,) = read(sheet(values, ["C2:C10501"])).tables
    assert {row[3] for row in rows(table)} == {"น่าน"}
    assert table.merged_filled == 10_499


def test_years_as_numbers_become_text_headings(read, sheet):
    (table,) = read(sheet([["จังหวัด", 2565, 2566], ["น่าน", 470_000, 469_000], ["ตาก", 680_000, 690_000]])).tables
    assert table.headings == ("จังหวัด", "2565", "2566")


def test_repeated_and_missing_headings(read, sheet, codes):
    reading = read(sheet([["ชื่อกลุ่ม", "จำนวน", "จำนวน", None], ["ก", 1, 2, "x"], ["ข", 3, 4, "y"]]))
    assert reading.tables[0].headings == ("ชื่อกลุ่ม", "จำนวน", "จำนวน_2", "คอลัมน์ 4")
    assert sorted(codes(reading)) == ["heading-duplicate", "heading-empty"]


def test_empty_hidden_and_wordy_sheets(read, rows, workbook):
    def fill(book):
        book.active.title = "ข้อมูล"
        for row in (HEAD, [1, "ก", "น่าน", 5], [2, "ข", "ตาก", 6]):
            book.active.append(row)
        book.create_sheet("ว่าง")
        hidden = book.create_sheet("ซ่อน")
        hidden.append(["ชื่อ", "เบอร์"])
        hidden.append(["สมมติ", "0000"])
        hidden.sheet_state = "veryHidden"
        words = book.create_sheet("คำชี้แจง")
        words.append(["เอกสารนี้จัดทำขึ้นเพื่ออธิบายวิธีกรอกข้อมูล"])
        words.append(["กรุณาอ่านก่อนเริ่มกรอกทุกครั้ง"])

    reading = read(workbook(fill))
    shown, hidden, words = reading.tables
    assert (shown.sheet, shown.hidden) == ("ข้อมูล", False)
    assert (hidden.sheet, hidden.hidden, rows(hidden)[1]) == ("ซ่อน", True, ["2", "สมมติ", "0000"])
    assert (words.hidden, words.headings) == (True, ("คอลัมน์ 1",))
    found = {each.code: (each.severity, "‘ว่าง’" in each.message.th) for each in reading.problems}
    assert found == {
        "sheet-empty": ("info", True),
        "sheet-hidden": ("warning", False),
        "sheet-without-table": ("warning", False),
    }
    assert {text for place, text in reading.loose if place == "ชื่อแผ่นงาน"} == {"ข้อมูล", "ว่าง", "ซ่อน", "คำชี้แจง"}


def test_a_workbook_without_any_heading_row_blocks(read, sheet, codes):
    reading = read(sheet([[1, "ก", 5], [2, "ข", 6], [3, "ค", 7]]))
    assert (codes(reading), reading.tables) == (["no-heading-row"], ())


def test_headings_without_rows(read, sheet, workbook, codes):
    reading = read(sheet([HEAD]))
    assert (codes(reading), reading.tables) == (["no-rows"], ())

    def fill(book):
        book.active.append(HEAD)
        other = book.create_sheet("สอง")
        other.append(HEAD)
        other.append([1, "ก", "น่าน", 5])

    reading = read(workbook(fill, "two.xlsx"))
    assert (codes(reading), [table.sheet for table in reading.tables]) == (["table-without-rows"], ["สอง"])


def test_error_cells_and_formulas_without_value_are_named(read, rows, workbook):
    def fill(book):
        for row in (HEAD, ["1", "ก", "น่าน", 5], ["2", "ข", "#REF!", "=D2*2"], ["3", "ค", "ตาก", 7]):
            book.active.append(row)
        book.active["C3"].data_type = "e"

    reading = read(workbook(fill))
    assert [(each.code, each.row, each.column, each.value) for each in reading.problems] == [
        ("error-cell", 3, "จังหวัด", "#REF!"), ("formula-without-value", 3, "จำนวน", None),
    ]  # fmt: skip
    assert rows(reading.tables[0])[1] == ["3", "2", "ข", "", ""]


def test_a_formula_whose_result_is_empty_text_is_no_fault(read, workbook, codes, tmp_path):
    """Excel marks such a result as text (t="str"); openpyxl leaves every formula without a result."""

    def fill(book):
        for row in (HEAD, ["1", "ก", "น่าน", "=1"], ["2", "ข", "ตาก", 6]):
            book.active.append(row)

    path, mended = workbook(fill), tmp_path / "mended.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(mended, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'<c r="D2">', b'<c r="D2" t="str">'))
    assert codes(read(path)) == ["formula-without-value"]
    assert codes(read(mended)) == []


def test_texts_outside_cells_are_gathered(read, workbook):
    from openpyxl.comments import Comment

    def fill(book):
        for row in (HEAD, ["1", "ก", "น่าน", 5], ["2", "ข", "ตาก", 6]):
            book.active.append(row)
        book.active["B2"].comment = Comment("ถามคุณสมมติ ตัวอย่าง", "ผู้เขียนสมมติ")
        book.active["B3"].hyperlink = "mailto:someone@example.com"
        book.active.oddHeader.center.text = "หัวกระดาษลับ"
        book.properties.creator = "ผู้สร้างสมมติ"
        book.properties.description = "คำอธิบายสมมติ"

    texts_found = "\n".join(f"{place}: {text}" for place, text in read(workbook(fill)).loose)
    for wanted in ("ถามคุณสมมติ ตัวอย่าง", "ผู้เขียนสมมติ", "someone@example.com", "หัวกระดาษลับ", "ผู้สร้างสมมติ", "คำอธิบายสมมติ"):
        assert wanted in texts_found


def test_xml_entities_in_a_part_are_not_expanded_and_said(read, sheet, archive, tmp_path):
    path = sheet([HEAD, [1, "ก", "น่าน", 5]])
    evil = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    with zipfile.ZipFile(path, "a") as book:
        book.writestr("docProps/custom.xml", evil)
    reading = read(path)
    assert [(each.code, each.value) for each in reading.problems] == [("loose-not-searched", "docProps/custom.xml")]
    assert reading.tables[0].row_count == 1


def test_a_bomb_in_a_workbook_is_refused_before_any_sheet_reader(read, sheet, codes):
    path = sheet([HEAD, [1, "ก", "น่าน", 5]])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet9.xml", b"0" * 80_000_000)
    assert codes(read(path)) == ["zip-ratio"]


def test_a_stray_value_far_away_does_not_take_all_memory(read, workbook, codes):
    def fill(book):
        for row in (HEAD, [1, "ก", "น่าน", 5]):
            book.active.append(row)
        book.active.cell(1_048_576, 900, "x")

    assert codes(read(workbook(fill))) == ["sheet-too-large"]


def test_more_columns_than_the_cap(read, sheet, codes):
    assert codes(read(sheet([[f"หัว {n}" for n in range(30)], [1] * 30]), limits=Limits(columns=20))) == [
        "too-many-columns"
    ]


def test_a_broken_workbook(read, sheet, codes, archive):
    whole = sheet([HEAD, [1, "ก", "น่าน", 5]]).read_bytes()
    assert codes(read(whole[: len(whole) // 2], "x.xlsx")) == ["workbook-broken"]
    assert codes(read(whole[: len(whole) // 2], "x.zip")) == ["zip-broken"]
    assert codes(read(archive({"xl/workbook.xml": b"<workbook", "xl/_rels/workbook.xml.rels": b"<x/>"}))) == [
        "workbook-broken"
    ]


def test_legacy_xls(read, rows, tmp_path):
    xlwt = pytest.importorskip("xlwt")
    book = xlwt.Workbook()
    sheet = book.add_sheet("กลุ่ม")
    for row, values in enumerate([HEAD, [1001, "ก", "น่าน", 1.5], ["0012", "ข", "ตาก", 2], ["", "ค", "เลย", 3]]):
        for column, value in enumerate(values):
            sheet.write(row, column, value)
    sheet.write(4, 3, dt.date(2023, 1, 12), xlwt.easyxf(num_format_str="YYYY-MM-DD"))
    sheet.write_merge(4, 5, 2, 2, "แพร่")
    sheet.write(4, 1, "ง")
    sheet.write(5, 1, "จ")
    path = tmp_path / "old.xls"
    book.save(str(path))
    reading = read(path, "old.xlsx")
    (table,) = reading.tables
    assert (reading.format, table.sheet) == ("xls", "กลุ่ม")
    assert rows(table)[0] == ["2", "1001", "ก", "น่าน", "1.5"]
    assert rows(table)[1][1] == "0012"
    assert [row[3:] for row in rows(table)[3:]] == [["แพร่", "2023-01-12"], ["แพร่", ""]]


def test_protected_and_foreign_compound_files(read, codes):
    def compound(name: str) -> bytes:
        return (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
            + b"\0" * 1_000
            + name.encode("utf-16-le").ljust(64, b"\0")
            + b"\0" * 500
        )

    assert codes(read(compound("EncryptedPackage"), "ลับ.xlsx")) == ["file-encrypted"]
    reading = read(compound("WordDocument"), "a.xls")
    assert (codes(reading), "Word" in reading.problems[0].message.en) == (["format-unknown"], True)
    assert codes(read(compound("Workbook"), "a.xls")) == ["workbook-broken"]


def cell(text: str, extra: str = "") -> str:
    kind = 'office:value-type="string"' if text else ""
    return f"<table:table-cell {kind} {extra}>" + (f"<text:p>{text}</text:p>" if text else "") + "</table:table-cell>"


def line(*cells: str) -> str:
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def test_ods_with_merged_cells_comment_and_properties(read, rows, ods):
    note = "<office:annotation><dc:creator>ผู้เขียน</dc:creator><text:p>ความเห็นลับ</text:p></office:annotation>"
    number = '<table:table-cell office:value-type="float" office:value="12"><text:p>12</text:p></table:table-cell>'
    covered = "<table:covered-table-cell/>"
    tables = (
        '<table:table table:name="กลุ่ม">'
        + line(cell("รายชื่อกลุ่ม", 'table:number-columns-spanned="3"'), covered, covered)
        + line(cell("ชื่อกลุ่ม"), cell("จังหวัด"), cell("จำนวน"))
        + line(cell("ก"), cell("น่าน", 'table:number-rows-spanned="2"'), number)
        + line(cell("ข"), covered, number.replace("<text:p>12", note + "<text:p>12"))
        + "</table:table>"
    )
    meta = "<office:document-meta ATTRIBUTES><office:meta><dc:creator>เจ้าของไฟล์</dc:creator></office:meta></office:document-meta>"
    reading = read(ods(tables, {"meta.xml": meta}))
    (table,) = reading.tables
    assert (reading.format, table.title, table.headings) == ("ods", "กลุ่ม", ("ชื่อกลุ่ม", "จังหวัด", "จำนวน"))
    assert [row[:3] for row in rows(table)] == [["3", "ก", "น่าน"], ["4", "ข", "น่าน"]]
    assert rows(table)[0][3] == "12"
    loose = "\n".join(text for _, text in reading.loose)
    assert "ความเห็นลับ" in loose
    assert "เจ้าของไฟล์" in loose


def test_an_ods_that_repeats_a_cell_without_end_is_refused(read, ods, codes):
    repeated = cell("x", 'table:number-columns-repeated="900"')
    row = f'<table:table-row table:number-rows-repeated="1000000">{repeated}</table:table-row>'
    assert codes(read(ods(f'<table:table table:name="a">{row}</table:table>'))) == ["sheet-too-large"]


def test_an_encrypted_ods(read, ods, codes):
    path = ods("")
    with zipfile.ZipFile(path) as old:
        members = {name: old.read(name) for name in old.namelist()}
    members["META-INF/manifest.xml"] += b"<manifest:encryption-data/>"
    with zipfile.ZipFile(path, "w") as new:
        for name, content in members.items():
            new.writestr(name, content)
    assert codes(read(path)) == ["file-encrypted"]


def test_error_cells_of_ods_are_empty_and_named(read, rows, ods):
    bad = (
        '<table:table-cell table:formula="of:=[.X1]" office:value-type="float" office:value="0"><text:p>#REF!</text:p>'
        "</table:table-cell>"
    )
    tables = line(cell("ชื่อกลุ่ม"), cell("จังหวัด"), cell("จำนวน")) + line(cell("ก"), cell("น่าน"), bad)
    reading = read(ods(f'<table:table table:name="a">{tables}</table:table>'))
    assert [(each.code, each.row, each.column, each.value) for each in reading.problems] == [
        ("error-cell", 2, "จำนวน", "#REF!")
    ]
    assert rows(reading.tables[0]) == [["2", "ก", "น่าน", ""]]


def test_two_tables_side_by_side_are_said(read, sheet, codes):
    reading = read(sheet([["ชื่อกลุ่ม", "จำนวน", None, "ชื่อกลุ่ม", "จำนวน"], ["ก", 1, None, "ข", 2], ["ค", 3, None, "ง", 4]]))
    assert "tables-side-by-side" in codes(reading)
    assert reading.tables[0].headings == ("ชื่อกลุ่ม", "จำนวน", "ชื่อกลุ่ม_2", "จำนวน_2")


def test_more_merged_cells_than_any_person_makes(read, sheet, codes, monkeypatch):
    monkeypatch.setattr("harvesters.tables.merged.MOST_FILLED", 10)
    values = [HEAD, *([n, "ก" if n == 0 else None, "น่าน", n] for n in range(30))]
    assert "merged-too-many" in codes(read(sheet(values, ["B2:B31"])))
