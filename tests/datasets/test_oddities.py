"""Every oddity of real files (design, data rules §7) stands in the demonstration files where `oddities.csv` says.

The files are read here by other means than Khlang's own, so that the proof does not lean on what it is to prove.
"""

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import python_calamine

from harvesters import bundled

DEMO = bundled.datasets_folder() / "demo"
LIST = list(csv.DictReader(io.StringIO((DEMO / "oddities.csv").read_text(encoding="utf-8"))))

# The rows of the table of defects → the oddities that stand for each.
DEFECTS = {
    "windows-874 csv": ["windows-874", "windows-874-punctuation"],
    "detectors guess wrong": ["short-windows-874"],
    "sara am": ["sara-am-split"],
    "doubled sara e": ["sara-e-doubled"],
    "zero-width characters": ["zero-width"],
    "misordered marks": ["marks-misordered"],
    "tone before vowel": ["tone-before-vowel"],
    "thai digits": ["thai-digits"],
    "b.e. years": ["buddhist-years", "years-as-headings"],
    "dates": ["dates-of-many-forms", "iso-date-buddhist-year", "date-of-doubtful-year", "excel-date-buddhist-year"],
    "title rows, merged headings": ["title-rows", "merged-headings"],
    "totals and notes in the table": ["total-row", "note-rows", "two-tables-on-a-sheet"],
    "extra sheets": ["empty-sheet", "several-sheets", "hidden-sheet"],
    "wide tables": ["years-as-headings"],
    "blanks and lines in cells": ["outer-blanks", "inner-line-breaks", "no-break-space-and-tab"],
    "missing marks": ["missing-marks"],
    "numbers": [
        "phones-of-mixed-types",
        "unquoted-thousands-comma",
        "quoted-thousands-comma",
        "ids-as-floats",
        "leading-zeros",
    ],
    "duplicate rows": ["duplicate-row"],
    "old .xls": ["old-xls", "format-called-xsl"],
    "file names": ["untitled-file"],
    "dataset names": ["name-of-digits"],
    "dead or plain links": ["link-without-host", "plain-http-link"],
}


def test_every_defect_of_the_data_rules_is_shown():
    listed = {row["oddity"] for row in LIST}
    assert [defect for defect, oddities in DEFECTS.items() if not set(oddities) <= listed] == []


def content(name: str, member: str | None = None) -> bytes:
    if member is None:
        return (DEMO / name).read_bytes()
    with zipfile.ZipFile(DEMO / name) as archive:
        return archive.read(member)


def rows(name: str, encoding: str = "utf-8-sig", delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(content(name).decode(encoding), newline=""), delimiter=delimiter))


def column(table: list[list[str]], heading: str) -> list[str]:
    at = table[0].index(heading)
    return [row[at] for row in table[1:]]


def sheet(name: str, title: str) -> list[list[object]]:
    return [list(row) for row in openpyxl.load_workbook(DEMO / name)[title].iter_rows(values_only=True)]


def is_not_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


CHIANGMAI, NORTH, NORTHEAST = "01-clusters-chiangmai.csv", "02-clusters-upper-north.csv", "03-clusters-northeast.csv"
KORAT, CENTRAL, SALES = (
    "06-clusters-korat.xlsx",
    "07-research-central.xlsx",
    "13-central-folder/ยอดจำหน่ายโอทอปรายปี.xlsx",
)
FOLDER = "13-central-folder/กลุ่มภาคกลาง.csv"
MONTH = "(?:ม.ค.|ก.พ.|มี.ค.|เม.ย.|พ.ค.|มิ.ย.|ก.ค.|ส.ค.|ก.ย.|ต.ค.|พ.ย.|ธ.ค.)".replace(".", r"\.")
DAY_FORMS = (
    rf"\d+ {MONTH} \d{{4}}",
    rf"\d+ {MONTH} \d\d",
    r"\d\d/\d\d/25\d\d",
    r"25\d\d-\d\d-\d\d",
    "\\d+ [ก-์]{6,} 25\\d\\d",
)


def outputs() -> list[dict[str, object]]:
    return json.loads(content("10-outputs.json"))


def check_digit_is_right(number: str) -> bool:
    return int(number[12]) == (11 - sum(int(digit) * (13 - at) for at, digit in enumerate(number[:12])) % 11) % 10


def two_tables() -> bool:
    first = [row[0] for row in sheet(SALES, "ยอดจำหน่าย")]
    return "จังหวัด" in first and "ประเภทสินค้า" in first and None in first


def phones_are_mixed() -> bool:
    kinds = {type(row[12]) for row in sheet(KORAT, "62")[4:12]}
    return {int, str} <= kinds and all(
        len(str(row[12])) == 8 for row in sheet(KORAT, "62")[4:12] if isinstance(row[12], int)
    )


def one_row_is_too_long() -> bool:
    return [len(row) - len(rows(NORTHEAST)[0]) for row in rows(NORTHEAST) if len(row) != len(rows(NORTHEAST)[0])] == [1]


def calamine(name: str, title: int) -> list[list[object]]:
    return python_calamine.CalamineWorkbook.from_path(str(DEMO / name)).get_sheet_by_index(title).to_python()


PROOFS: dict[tuple[str, str], Callable[[], bool]] = {
    ("windows-874", CHIANGMAI): lambda: (
        is_not_utf8(content(CHIANGMAI)) and "เชียงใหม่" in content(CHIANGMAI).decode("cp874")
    ),
    ("windows-874", "12-east.zip"): lambda: "ชื่อผลิตภัณฑ์" in content("12-east.zip", "untitled.csv").decode("cp874"),
    ("windows-874-punctuation", CHIANGMAI): lambda: {0x93, 0x94, 0x85} <= set(content(CHIANGMAI)),
    ("short-windows-874", "13-central-folder/62.csv"): lambda: (
        len(content("13-central-folder/62.csv")) <= 24
        and "ตาก,15" in content("13-central-folder/62.csv").decode("cp874")
    ),
    ("utf-8-without-bom", NORTH): lambda: content(NORTH).decode("utf-8")[0] != "\ufeff",
    ("utf-8-with-bom", NORTHEAST): lambda: content(NORTHEAST).startswith(b"\xef\xbb\xbf"),
    ("utf-16", "04-clusters-surin-buriram.tsv"): lambda: (
        content("04-clusters-surin-buriram.tsv").startswith(b"\xff\xfe")
        and len(rows("04-clusters-surin-buriram.tsv", "utf-16", "\t")[0]) == 12
    ),
    ("semicolons", "05-products-south.csv"): lambda: len(rows("05-products-south.csv", delimiter=";")[0]) == 9,
    ("bars", "15-units-north.txt"): lambda: len(rows("15-units-north.txt", delimiter="|")[0]) == 15,
    ("sara-am-split", NORTH): lambda: (
        "\u0e4d\u0e49\u0e32" in str(rows(NORTH)[1]) and "\u0e49\u0e4d\u0e32" in str(rows(NORTH)[3])
    ),
    ("sara-e-doubled", NORTH): lambda: "\u0e40\u0e40" in rows(NORTH)[4][1],
    ("zero-width", NORTH): lambda: "\u200b" in rows(NORTH)[2][1],
    ("marks-misordered", NORTH): lambda: "ต\u0e34\u0e38" in rows(NORTH)[8][10],
    ("tone-before-vowel", NORTH): lambda: re.search("[\u0e48-\u0e4b][\u0e34-\u0e37]", rows(NORTH)[7][10]) is not None,
    ("thai-digits", CHIANGMAI): lambda: {"๘", "๙", "๑๐"} <= set(column(rows(CHIANGMAI, "cp874"), "ลำดับ")),
    ("thai-digits", FOLDER): lambda: all(
        re.search("[๐-๙]", day) for day in column(rows(FOLDER), "วัน/เดือน/ปี ที่จดทะเบียน")
    ),
    ("buddhist-years", "10-outputs.json"): lambda: all(2500 < int(str(row["ปีที่เผยแพร่"])) < 2600 for row in outputs()),
    ("buddhist-years", NORTHEAST): lambda: (
        sum(2500 < int(row[11]) < 2600 for row in rows(NORTHEAST)[1:] if len(row) == 17) > 9
    ),
    ("years-as-headings", SALES): lambda: sheet(SALES, "ยอดจำหน่าย")[1][1:6] == [2562, 2563, 2564, 2565, 2566],
    ("dates-of-many-forms", CHIANGMAI): lambda: all(
        any(re.fullmatch(form, day) for day in column(rows(CHIANGMAI, "cp874"), "วันที่จดทะเบียน")) for form in DAY_FORMS
    ),
    ("iso-date-buddhist-year", "04-clusters-surin-buriram.tsv"): lambda: all(
        day.startswith("25") for day in column(rows("04-clusters-surin-buriram.tsv", "utf-16", "\t"), "วันที่อนุมัติ")
    ),
    ("date-of-doubtful-year", FOLDER): lambda: column(rows(FOLDER), "วัน/เดือน/ปี ที่จดทะเบียน")[3].endswith("๒๓๕๓"),
    ("excel-date-buddhist-year", KORAT): lambda: all(row[11].year > 2500 for row in sheet(KORAT, "62")[4:12]),
    ("title-rows", KORAT): lambda: "ข้อมูล ณ วันที่" in str(sheet(KORAT, "62")[1][0]),
    ("title-rows", CENTRAL): lambda: sheet(CENTRAL, "หน่วยวิจัย")[0][1:3] == [None, None],
    ("merged-headings", KORAT): lambda: (
        {"D3:F3", "G3:I3", "A3:A4"}
        <= {str(merged) for merged in openpyxl.load_workbook(DEMO / KORAT)["62"].merged_cells.ranges}
    ),
    ("total-row", KORAT): lambda: sheet(KORAT, "62")[12][0] == "รวม",
    ("note-rows", KORAT): lambda: [str(row[0])[:6] for row in sheet(KORAT, "62")[13:15]] == ["หมายเห", "ที่มา:"],
    ("two-tables-on-a-sheet", SALES): two_tables,
    ("empty-sheet", CENTRAL): lambda: openpyxl.load_workbook(DEMO / CENTRAL)["Sheet3"].dimensions == "A1:A1",
    ("empty-sheet", "08-clusters-south.ods"): lambda: calamine("08-clusters-south.ods", 1) == [],
    ("several-sheets", CENTRAL): lambda: min(len(sheet(CENTRAL, name)) for name in ("หน่วยวิจัย", "ผลงานวิจัย")) > 5,
    ("hidden-sheet", CENTRAL): lambda: openpyxl.load_workbook(DEMO / CENTRAL)["รหัสอ้างอิง"].sheet_state == "hidden",
    ("outer-blanks", NORTH): lambda: rows(NORTH)[2][3] != rows(NORTH)[2][3].strip(),
    ("inner-line-breaks", NORTH): lambda: "\n" in rows(NORTH)[6][5],
    ("inner-line-breaks", "08-clusters-south.ods"): lambda: any(
        "\n" in str(row[5]) for row in calamine("08-clusters-south.ods", 0)
    ),
    ("no-break-space-and-tab", NORTH): lambda: "\u00a0" in rows(NORTH)[5][2] and "\t" in rows(NORTH)[6][10],
    ("missing-marks", CHIANGMAI): lambda: (
        {"-", "ไม่มี", "ไม่ระบุ", "ไม่ทราบ"} <= set(column(rows(CHIANGMAI, "cp874"), "หมายเหตุ"))
    ),
    ("phones-of-mixed-types", KORAT): phones_are_mixed,
    ("unquoted-thousands-comma", NORTHEAST): one_row_is_too_long,
    ("quoted-thousands-comma", CHIANGMAI): lambda: any(
        "," in cell for cell in column(rows(CHIANGMAI, "cp874"), "รายได้ต่อปี (บาท)")
    ),
    ("ids-as-floats", "09-units-northeast.xls"): lambda: isinstance(calamine("09-units-northeast.xls", 0)[1][0], float),
    ("leading-zeros", NORTHEAST): lambda: "01" in column(rows(NORTHEAST), "TSIC"),
    ("duplicate-row", NORTH): lambda: rows(NORTH)[9] == rows(NORTH)[11],
    ("old-xls", "09-units-northeast.xls"): lambda: content("09-units-northeast.xls").startswith(b"\xd0\xcf\x11\xe0"),
    ("format-called-xsl", "sources.json"): lambda: '"XSL"' in content("sources.json").decode(),
    ("untitled-file", "12-east.zip"): lambda: bool(content("12-east.zip", "untitled.csv")),
    ("name-of-digits", "13-central-folder/62.csv"): lambda: Path("13-central-folder/62.csv").stem.isdigit(),
    ("name-of-digits", KORAT): lambda: openpyxl.load_workbook(DEMO / KORAT).sheetnames == ["62"],
    ("link-without-host", "10-outputs.json"): lambda: outputs()[2]["ลิงก์"] == "http://",
    ("plain-http-link", "10-outputs.json"): lambda: str(outputs()[4]["ลิงก์"]).startswith("http://m"),
    ("keys-left-out", "10-outputs.json"): lambda: len(outputs()[6]) < len(outputs()[0]),
    ("coordinates-swapped", "05-products-south.csv"): lambda: (
        float(rows("05-products-south.csv", delimiter=";")[5][7])
        > 97
        > float(rows("05-products-south.csv", delimiter=";")[5][8])
    ),
    ("place-spellings", CHIANGMAI): lambda: len(set(column(rows(CHIANGMAI, "cp874"), "จังหวัด"))) == 6,
    ("company-numbers", "12-east.zip"): lambda: all(
        check_digit_is_right(number)
        for number in re.findall(
            r"^0\d{12}", content("12-east.zip", "สถานประกอบการภาคตะวันออก.csv").decode(), re.MULTILINE
        )
    ),
    ("people", "14-clusters-with-people.csv"): lambda: all(
        re.fullmatch(r"08[1-9]-000-00\d\d", phone)
        for phone in column(rows("14-clusters-with-people.csv"), "โทรศัพท์มือถือ")
    ),
    ("citizen-ids", "held/clusters-with-citizen-ids.csv"): lambda: all(
        number[0] == "1" and check_digit_is_right(number)
        for number in column(rows("held/clusters-with-citizen-ids.csv"), "เลขประจำตัวประชาชน")
    ),
}


@pytest.mark.parametrize("row", LIST, ids=lambda row: f"{row['oddity']}-{row['file']}")
def test_the_oddity_stands_where_the_list_says(row: dict[str, str]):
    assert PROOFS[row["oddity"], row["file"]]()


def test_nothing_is_proved_that_the_list_does_not_name():
    assert set(PROOFS) == {(row["oddity"], row["file"]) for row in LIST}
