"""JSON and JSON Lines, and the JSON that Python would take but nobody should."""

import json

import pytest

from harvesters.tables import Limits

RECORDS = [{"ชื่อ": "ก", "จังหวัด": "น่าน", "จำนวน": 12}, {"ชื่อ": "ข", "เว็บ": None, "จำนวน": 1.50}]


def test_a_list_of_objects(read, rows):
    reading = read(json.dumps(RECORDS), "x.json")
    (table,) = reading.tables
    assert (reading.format, reading.problems, table.heading_rows) == ("json", (), ())
    assert table.headings == ("ชื่อ", "จังหวัด", "จำนวน", "เว็บ")
    assert rows(table) == [["1", "ก", "น่าน", "12", ""], ["2", "ข", "", "1.5", ""]]


@pytest.mark.parametrize("wrapped", [{"data": RECORDS}, {"success": True, "result": {"total": 2, "records": RECORDS}}])
def test_an_object_that_holds_the_list(read, wrapped):
    assert read(json.dumps(wrapped), "x.json").tables[0].row_count == 2


def test_several_lists_are_several_tables(read):
    reading = read(json.dumps({"กลุ่ม": RECORDS, "ว่าง": [], "อีกกลุ่ม": RECORDS[:1]}), "x.json")
    assert [(table.title, table.row_count) for table in reading.tables] == [("กลุ่ม", 2), ("อีกกลุ่ม", 1)]


def test_columns_of_values(read, rows):
    (table,) = read(json.dumps({"ชื่อ": ["ก", "ข"], "เปิด": [True, None]}), "x.json").tables
    assert rows(table) == [["1", "ก", "TRUE"], ["2", "ข", ""]]


def test_a_list_of_rows_needs_headings(read, rows, codes):
    (table,) = read('[["ชื่อกลุ่ม","จำนวน"],["ก",1],["ข",2]]', "x.json").tables
    assert (table.headings, rows(table)[0]) == (("ชื่อกลุ่ม", "จำนวน"), ["2", "ก", "1"])
    assert codes(read('[["น่าน","Nan"],["ตาก","Tak"]]', "x.json")) == ["no-heading-row"]


def test_numbers_stay_as_they_are_written(read, rows):
    text = '[{"a": 1001.0, "b": 1.10, "c": 1234567890123, "d": 1e999, "e": %s, "f": -0.5}]' % ("9" * 5_000)
    ((_, *cells),) = rows(read(text, "x.json").tables[0])
    assert cells == ["1001", "1.10", "1234567890123", "1e999", "9" * 5_000, "-0.5"]


def test_nested_values_become_columns_or_text(read, rows, codes):
    record = {"ชื่อ": "ก", "ที่ตั้ง": {"จังหวัด": "น่าน", "จุด": {"lat": 18.5}}, "คำสำคัญ": ["ผ้า", "ไหม"], "ลึก": [{"x": 1.25}]}
    reading = read(json.dumps([record]), "x.json")
    (table,) = reading.tables
    assert table.headings == ("ชื่อ", "ที่ตั้ง.จังหวัด", "ที่ตั้ง.จุด.lat", "คำสำคัญ", "ลึก")
    assert rows(table)[0][1:] == ["ก", "น่าน", "18.5", "ผ้า, ไหม", '[{"x": 1.25}]']
    assert codes(reading) == ["json-nested", "json-nested"]


@pytest.mark.parametrize(
    ("text", "code", "row"),
    [
        ('[{"a": 1},\n{"a": }]', "json-broken", 2),
        ('[{"a": NaN}]', "json-constant", None),
        ('[{"a": -Infinity}]', "json-constant", None),
        ('[{"a": 1, "a": 2}]', "json-duplicate-key", None),
        ("[" * 100_000 + "]" * 100_000, "json-too-deep", None),
        ('[{"a":' * 5_000, "json-too-deep", None),
        ("[]", "json-no-table", None),
        ('{"a": 1}', "json-no-table", None),
        ('[1, {"a": 2}]', "json-no-table", None),
        ('[{"a": 1}', "json-broken", 1),
    ],
)
def test_json_that_is_refused(read, text, code, row):
    reading = read(text, "x.json")
    assert [(each.code, each.row) for each in reading.problems] == [(code, row)]
    assert reading.tables == ()


def test_json_lines(read, rows):
    text = "".join(json.dumps(record) + "\n" for record in RECORDS) + "\n" + json.dumps({"ใหม่": "x"})
    reading = read(text, "x.jsonl")
    (table,) = reading.tables
    assert (reading.format, table.headings) == ("jsonl", ("ชื่อ", "จังหวัด", "จำนวน", "เว็บ", "ใหม่"))
    assert [row[0] for row in rows(table)] == ["1", "2", "4"]
    assert [len(row) for row in rows(table)] == [6, 6, 6]


def test_a_broken_line_is_named_and_left_out(read, rows):
    reading = read('{"a": 1}\n{"a": }\n[1]\n{"a": 2, "a": 3}\n{"a": 4}\n', "x.txt")
    assert [(each.code, each.row) for each in reading.problems] == [("json-line-broken", row) for row in (2, 3, 4)]
    assert rows(reading.tables[0]) == [["1", "1"], ["5", "4"]]


def test_a_line_beyond_the_cap(read, codes):
    text = '{"a": 1}\n{"a": "' + "x" * 3_000_000 + '"}\n'
    assert codes(read(text, "x.jsonl", limits=Limits(line_bytes=1024 * 1024))) == ["line-too-long"]


def test_a_csv_that_begins_with_a_bracket_is_a_csv(read):
    reading = read("[1],ชื่อกลุ่ม,จำนวน\n[2],ก,1\n[3],ข,2\n", "x.csv")
    assert reading.format == "csv"


def test_lone_surrogates_do_not_break_the_working_file(read, rows):
    assert rows(read(r'[{"a\ud800": "x\udfff", "b": "\u0000y"}]', "x.json").tables[0]) == [["1", "x?", "y"]]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp874"])
def test_json_in_other_encodings(read, rows, encoding):
    text = json.dumps(RECORDS, ensure_ascii=False)
    assert rows(read(text.encode(encoding), "x.json").tables[0])[0][1] == "ก"


def test_a_json_file_beyond_its_cap(read, codes):
    reading = read(json.dumps(RECORDS * 100), "x.json", limits=Limits(json_bytes=1_000))
    assert (codes(reading), reading.tables) == (["json-too-large"], ())
