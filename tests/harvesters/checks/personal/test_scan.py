"""What the gate says of whole tables: columns together, headings, contact columns, texts beside the cells."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from harvesters.checks.personal import scan
from harvesters.checks.problems import BY_CODE
from harvesters.values import MASK, SetAside, Table

Make = Callable[..., Table]
NOBODY: frozenset[int] = frozenset()
VALID = "1103700000011"


def column(found: object, index: int = 0):
    return found.tables[0].columns[index]  # type: ignore[attr-defined]


def test_a_clean_table_is_clean(make_table: Make) -> None:
    table = make_table(["ชื่อสินค้า", "อำเภอ", "โทรศัพท์"], [["เห็ดนางฟ้า อบแห้ง", "นางรอง", "044-123456"]] * 30)
    found = scan([(table, NOBODY)], [("comment", "สำนักงานจังหวัด")], "รายการสินค้า 2567.xlsx")
    assert not found.found
    assert found.problems() == ()
    assert found.summary()["tables"][0]["columns"] == []


def test_a_column_of_citizen_ids_is_personal_without_a_heading(make_table: Make, generate: ModuleType) -> None:
    draw = generate.random.Random(1)
    table = make_table(["column1"], [[generate.citizen_id(draw)] for _ in range(40)])
    found = scan([(table, NOBODY)], [], "f.csv")
    assert column(found).verdict == "personal"
    assert column(found).hits == {"citizen-id": 40}


def test_random_numbers_and_company_numbers_are_not(make_table: Make, generate: ModuleType) -> None:
    draw = generate.random.Random(2)
    rows = [
        [generate.digits(draw, 13), generate.with_check("0" + generate.digits(draw, 11)), generate.barcode(draw)]
        for _ in range(200)
    ]
    assert not scan([(make_table(["a", "b", "c"], rows), NOBODY)], [], "f.csv").found


def test_sole_traders_among_companies(make_table: Make, generate: ModuleType) -> None:
    draw = generate.random.Random(3)
    numbers = [generate.with_check("0" + generate.digits(draw, 11)) for _ in range(95)]
    numbers += [generate.citizen_id(draw) for _ in range(5)]
    found = scan([(make_table(["เลขประจำตัวผู้เสียภาษี"], [[n] for n in numbers]), NOBODY)], [], "f.csv")
    assert column(found).hits == {"citizen-id": 5}


def test_one_passing_barcode_does_not_hold_but_one_lone_id_does(make_table: Make, generate: ModuleType) -> None:
    draw = generate.random.Random(4)
    barcodes = [generate.barcode(draw) for _ in range(60)]
    assert any(generate.with_check(code[:12]) == code for code in barcodes)
    table = make_table(["x"], [[code] for code in barcodes])
    assert not scan([(table, NOBODY)], [], "f.csv").found
    mixed = make_table(["x"], [[code] for code in [*barcodes, VALID]], name="mixed")
    assert column(scan([(mixed, NOBODY)], [], "f.csv")).hits == {"citizen-id": 1}


@pytest.mark.parametrize(
    ("heading", "cell", "kind"),
    [
        ("เลขบัตรประชาชน", "1-2345-67890-12-3", "citizen-id"),
        ("ชื่อ-สกุล", "สมมติ ตัวอย่าง", "name"),
        ("ชื่อ นามสกุล", "สมมติ ตัวอย่าง", "name"),
        ("ผู้มีอำนาจทำการแทน", "สมมติ ตัวอย่าง", "name"),
        ("ประธานกลุ่ม", "สมมติ ตัวอย่าง", "name"),
        ("ผู้ประสานงาน", "สมมติ", "name"),
        ("ผู้ติดต่อ", "พี่สมมติ", "name"),
        ("ชื่อเจ้าของ", "สมมติ ตัวอย่าง", "name"),
        ("First Name", "Example", "name"),
        ("last_name", "Person", "name"),
        ("เลขที่บัญชีธนาคาร", "1234567890", "bank-account"),
        ("Passport No.", "AA1234567", "passport"),
        ("LINE ID", "somebody", "line-id"),
        ("เบอร์มือถือ", "81 234 567", "mobile"),
        ("วันเดือนปีเกิด", "1 ม.ค. 2540", "birth-date"),
        ("ศาสนา", "พุทธ", "sensitive"),
        ("เชื้อชาติ", "ไทย", "sensitive"),
        ("โรคประจำตัว", "ความดัน", "sensitive"),
        ("ประวัติอาชญากรรม", "มี 1 คดี", "sensitive"),
        ("Religion", "Buddhist", "sensitive"),
    ],
)
def test_headings_name_personal_data(make_table: Make, heading: str, cell: str, kind: str) -> None:
    found = scan([(make_table(["ลำดับ", heading], [["1", cell], ["2", "-"]]), NOBODY)], [], "f.csv")
    assert column(found, 1).hits == {kind: 1}
    assert column(found, 1).verdict == "personal"
    assert found.sensitive is (kind == "sensitive")


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        ("จำนวนผู้นับถือศาสนาพุทธ", "120"), ("ชื่อสกุลเงิน", "บาท"), ("ประเภทสุขภาพและความงาม", "สบู่"), ("โรงพยาบาลส่งเสริมสุขภาพตำบล", "บ้านใหม่"),
        ("เจ้าของ", "บริษัท ตัวอย่าง จำกัด"), ("ผู้ติดต่อ", "สำนักงานเกษตรอำเภอ"), ("ช่องทางออนไลน์", "shopee"), ("ชื่อ", "กล้วยตาก"), ("รหัสบัญชี", "1101010101"),
        ("จำนวนบัตรประชาชนที่ออก", "123456789"), ("โทรทัศน์", "812345678"), ("เลขที่บัญชี", "12"), ("ประธานกลุ่ม", "-"), ("ชื่อ-สกุล", ""), ("owner", "กลุ่มแม่บ้าน"),
        ("รหัสสินค้า", "912345678"), ("งบประมาณ (บาท)", "812345678"),
    ],
)  # fmt: skip
def test_headings_that_only_sound_so(make_table: Make, heading: str, cell: str) -> None:
    assert not scan([(make_table(["ลำดับ", heading], [["1", cell]] * 5), NOBODY)], [], "f.csv").found


def test_a_forename_beside_a_surname_and_names_behind_titles(make_table: Make) -> None:
    both = make_table(["ชื่อ", "สกุล"], [["สมมติ", "ตัวอย่าง"]] * 3)
    assert [c.verdict for c in scan([(both, NOBODY)], [], "f.csv").tables[0].columns] == ["personal"] * 2
    behind = make_table(
        ["c1", "c2", "c3", "c4"], [["นาย", "สมมติ", "ตัวอย่าง", "12"], ["นาง", "แก้ว", "ดี", "9"]] * 3, name="b"
    )
    verdicts = [c.verdict for c in scan([(behind, NOBODY)], [], "f.csv").tables[0].columns]
    assert verdicts == ["personal", "personal", "personal", "clean"]


def test_phones_that_excel_damaged(make_table: Make, generate: ModuleType) -> None:
    draw = generate.random.Random(5)
    bare = [[generate.mobile(draw)[1:]] for _ in range(20)]
    for name, heading in (("a", "เบอร์โทรศัพท์"), ("b", "column3")):
        found = scan([(make_table([heading], bare, name=name), NOBODY)], [], "f.csv")
        assert column(found).hits == {"mobile": 20}
    codes = make_table(["column3"], [[f"90{n:07d}"] for n in range(20)], name="c")
    assert not scan([(codes, NOBODY)], [], "f.csv").found
    floats = make_table(["โทร"], [[row[0] + ".0"] for row in bare], name="d")
    assert column(scan([(floats, NOBODY)], [], "f.csv")).hits == {"mobile": 20}


def test_contact_columns_pass_institutions_and_stop_persons(make_table: Make) -> None:
    rows = [["053-123456", "saraban@office.go.th", "99/1 หมู่ 4 ต.ในเมือง"]] * 20
    clean = make_table(["โทรศัพท์", "อีเมล", "ที่ตั้ง"], rows)
    assert not scan([(clean, frozenset({0, 1, 2}))], [], "f.csv").found
    rows = [["081-234-5678", "somebody@gmail.com", "นายสมมติ ตัวอย่าง"]] * 20
    personal = make_table(["โทรศัพท์", "อีเมล", "ที่ตั้ง"], rows, name="p")
    assert set(scan([(personal, frozenset({0, 1, 2}))], [], "f.csv").classes) == {"mobile", "email", "name"}


def test_an_address_is_a_hit_only_beside_a_name(make_table: Make) -> None:
    rows = [["กลุ่มทอผ้า", "12/3 หมู่ 4 ต.ปากน้ำ"], ["นายสมมติ ตัวอย่าง", "9/9 หมู่ 1 ต.ปากน้ำ"]]
    table = make_table(["ชื่อสถานที่", "ที่อยู่"], rows)
    found = scan([(table, NOBODY)], [], "f.csv")
    assert column(found, 1).hits == {"address": 1}
    assert column(found, 1).addresses_alone == 1
    assert column(scan([(table, frozenset({1}))], [], "f.csv"), 1).hits == {}  # the institution's own address
    alone = make_table(["ชื่อสถานที่", "ที่อยู่"], rows[:1], name="alone")
    found = scan([(alone, NOBODY)], [], "f.csv")
    assert not found.found
    assert [problem.code for problem in found.problems()] == ["personal-address-alone"]
    office = make_table(["ผู้อำนวยการ", "ที่อยู่"], [["นายสมมติ ตัวอย่าง", "มหาวิทยาลัยตัวอย่าง 9/9 หมู่ 1"]], name="office")
    assert column(scan([(office, NOBODY)], [], "f.csv"), 1).hits == {}


def test_texts_beside_the_cells(make_table: Make) -> None:
    table = make_table(
        ["นายสมมติ ตัวอย่าง"],
        [["1"]],
        sheet="081-234-5678",
        set_aside=(SetAside(7, "note", "ติดต่อ somebody@gmail.com"),),
        hidden=True,
    )
    found = scan([(table, NOBODY)], [("comment", f"เลข {VALID}")], "Line ID somebody9.xlsx")
    assert {(text.place, text.kind) for text in found.texts} == {
        ("heading", "name"), ("sheet", "mobile"), ("set-aside", "email"), ("comment", "citizen-id"), ("file-name", "line-id"),
    }  # fmt: skip
    assert all(MASK in text.value for text in found.texts)


def test_five_percent_makes_a_column_personal(make_table: Make) -> None:
    for hits, verdict in ((5, "personal"), (4, "hits")):
        rows = [["somebody@gmail.com"]] * hits + [["info@office.go.th"]] * (100 - hits)
        table = make_table(["อีเมล"], rows, name=f"t{hits}")
        assert column(scan([(table, NOBODY)], [], "f.csv")).verdict == verdict


def test_nothing_that_comes_out_holds_a_value(make_table: Make, generate: ModuleType, tmp_path: Path) -> None:
    draw = generate.random.Random(6)
    values = [make(draw) for _, _, make in generate.CELL_FORMS]
    table = make_table(["ก", values[0]], [["x", value] for value in values], sheet=values[10])
    found = scan([(table, NOBODY)], [("comment", values[5])], values[10])
    said = json.dumps(found.summary(), ensure_ascii=False) + " ".join(
        problem.message.th + problem.message.en + str(problem.value) + str(problem.column)
        for problem in found.problems()
    )
    assert not [value for value in values if value in said]
    assert len(found.examples) <= 20 * len(found.classes)
    assert all(MASK in example.value for example in found.examples)


def test_problems_name_place_count_and_mend(make_table: Make) -> None:
    table = make_table(["อีเมล", "ชื่อ-สกุล"], [["info@office.go.th", "-"], ["somebody@gmail.com", "สมมติ"]], sheet="รายชื่อ")
    first, second = scan([(table, NOBODY)], [], "f.csv").problems()
    assert (first.code, first.row, first.column, first.value) == ("personal-email", 3, "อีเมล", MASK)
    assert first.message.th.startswith("แผ่นงาน ‘รายชื่อ’ แถว 3 คอลัมน์ ‘อีเมล’: พบอีเมลส่วนตัว 1 ช่อง")
    assert "mask" in first.message.en
    assert not first.blocking  # the source's setting decides what is held
    assert second.code == "personal-column"


def test_every_kind_has_its_sentences() -> None:
    for code in (
        "citizen-id",
        "mobile",
        "email",
        "name",
        "bank-account",
        "passport",
        "line-id",
        "address",
        "birth-date",
        "sensitive",
    ):
        assert BY_CODE[f"personal-{code}"].severity == "error"


def test_rows_longer_than_the_headings_are_looked_at(make_table: Make) -> None:
    table = make_table(["ก"], [["x"], ["x", "0812345678"]])
    assert scan([(table, NOBODY)], [], "f.csv").classes == {"mobile": 1}


def test_recall_and_false_holds(generate: ModuleType, tmp_path: Path) -> None:
    """The reduced set; bench/personal.py measures 1,200 tables."""
    figures = generate.measure(240, 2569, tmp_path)
    assert figures["planted_values"] > 300
    assert figures["planted_tables_held"] == 1.0
    assert figures["ok"], figures


def test_a_long_run_costs_no_more_than_its_length() -> None:
    """Counted in steps of the detectors, not in time: a bound of 64 stands in both patterns."""
    from harvesters.checks.personal import contacts

    for pattern in (contacts._EMAIL, contacts._LOOSE_EMAIL):
        assert "{0,63}" in pattern.pattern
