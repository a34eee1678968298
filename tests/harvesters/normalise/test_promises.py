"""What must hold for any table: repairs tell every change, switched off nothing changes, shortcuts change nothing."""

import csv
import io
from array import array
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harvesters.infer import _TESTS, plain_kinds
from harvesters.mapping import map_headings
from harvesters.normalise import RULES, duplicates, normalise
from harvesters.normalise import chunks as chunked
from harvesters.normalise.cells import CellRules, read_cell
from harvesters.normalise.columns import _CONVERT, _FINISHED, _QUICK, spoilt_tests
from harvesters.normalise.duplicates import repeated
from harvesters.normalise.missing import missing_words
from harvesters.tables import read_file
from harvesters.thai.text import RULES as TEXT_RULES
from harvesters.values import Table

ALL = frozenset(RULES)
ODD = [
    "", " ", "-", "–", "ไม่ระบุ", "ไม่มี", "N/A", "0", "007", "1,234", "1,234.5", "๑,๒๓๔", "15.0", "-5", "12%", "1e3", "TRUE", "2566",
    "พ.ศ. 2566", "61", "2200", "12/09/2567", "12 ม.ค. 66", "2567-01-31", "2024-02-29", "31/02/2567", "๑๒ ส.ค. ๒๓๕๓", "1 เม.ย. 2470",
    "812345678", "053-000001", "44000039", "053  000001", "1234567890123", "100.6131", "7.1988", "D-01", "1.05E+12", "น้ํา", "เเม่", "ท่ี",
    "ยติุธรรม", " ก ", "ก\nข", "ก\u200bข", '"ก"', "ก,ข", "\u00a0", "[ปกปิด]", "+", "444,000 บาท", "NA", "45547", "\x1f", "1\x1f2", "ก\r",
    "จ. แพร่", "จังหวัดเเพร่", " จ.\u200bน่าน", "จันทบุรี", "จ.แพร่ 54000",
]  # fmt: skip
CELLS = st.one_of(
    st.sampled_from(ODD),
    st.text(alphabet="0123456789๐๑,.-/% กขำเแ่ี\u0e4d\u0e32\u200bAe+", max_size=9),
    st.text(max_size=8),
).filter(lambda text: text.isprintable() or not any("\ud800" <= character <= "\udfff" for character in text))
HEADINGS = st.sampled_from(["ชื่อ", "จำนวน", "วันที่", "ปี", "เบอร์โทร", "รหัส", "LAT", "LONG", "ร้อยละ", "ค่า", "จังหวัด"])
QUICKLY = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def tables(draw):
    headings = draw(st.lists(HEADINGS, min_size=1, max_size=4, unique=True))
    rows = draw(st.lists(st.tuples(*[CELLS] * len(headings)), min_size=1, max_size=12))
    return headings, rows


def run(folder: Path, headings, rows, repairs=True):
    path = folder / "working.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([number, *row] for number, row in enumerate(rows, 2))
    table = Table("t", "t", tuple(headings), path, len(rows))
    draft = normalise(table, map_headings(headings), workdir=folder, repairs=repairs)
    with draft.path.open(encoding="utf-8", newline="") as file:
        made = list(csv.reader(file))[1:]
    with draft.repairs.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    return draft, made, lines


@QUICKLY
@given(tables())
def test_the_repairs_lead_from_every_cell_as_found_to_the_draft(tmp_path, table):
    headings, rows = table
    draft, made, lines = run(tmp_path, headings, rows)
    now = {
        (str(number), heading): cell
        for number, row in enumerate(rows, 2)
        for heading, cell in zip(headings, row, strict=True)
    }
    for line in lines:
        place = line["row"], line["column"]
        assert now[place] == line["before"], line
        assert line["rule"] in RULES
        now[place] = line["after"]
    for number, *cells in made:
        for heading, cell in zip(headings, cells, strict=True):
            assert now[number, heading] == cell or (now[number, heading] == "[ปกปิด]" and cell == "")
    assert draft.row_count == len(rows) == len(made)
    assert sum(draft.repair_counts.values()) == len(lines)


@QUICKLY
@given(tables())
def test_with_all_rules_off_every_cell_stays(tmp_path, table):
    headings, rows = table
    _, made, lines = run(tmp_path, headings, rows, repairs=False)
    assert lines == []
    for row, (_, *cells) in zip(rows, made, strict=True):
        assert all(cell == found or (found == "[ปกปิด]" and cell == "") for found, cell in zip(row, cells, strict=True))


@QUICKLY
@given(tables(), st.integers(20, 60))
def test_chunks_of_any_size_give_the_same(tmp_path, table, size):
    headings, rows = table
    whole = run(tmp_path, headings, rows)
    usual = chunked.CHUNK
    try:
        chunked.CHUNK = size
        parts = run(tmp_path, headings, rows)
    finally:
        chunked.CHUNK = usual
    assert parts[1] == whole[1]
    assert sorted(tuple(line.values()) for line in parts[2]) == sorted(tuple(line.values()) for line in whole[2])
    assert parts[0].problem_counts == whole[0].problem_counts
    assert parts[0].schema == whole[0].schema


@pytest.mark.parametrize("kind", list(_FINISHED))
@QUICKLY
@given(cell=CELLS)
def test_a_finished_cell_would_not_be_changed(kind, cell):
    rules = CellRules(kind, ALL, missing_words(kind, dash_is_answer=False), told=True)
    if _FINISHED[kind].cell.fullmatch(cell) and cell not in rules.missing:
        assert read_cell(cell, rules, _CONVERT[kind]) == (cell, (), ())


@pytest.mark.parametrize("kind", list(_QUICK))
@QUICKLY
@given(cell=CELLS)
def test_a_quick_change_is_what_the_rules_would_do(kind, cell):
    quick = _QUICK[kind]
    after = quick.make(cell)
    rules = CellRules(kind, ALL, missing_words(kind, dash_is_answer=False))
    if after is not None and not _FINISHED[kind].cell.fullmatch(cell):
        outcome = read_cell(cell, rules, _CONVERT[kind])
        steps = [step for step in outcome.steps if step.rule in RULES]
        assert outcome.after == after
        assert [(step.rule, step.before, step.after) for step in steps] == [(quick.rule, cell, after)]
        assert [found.code for found in outcome.findings] == ([quick.finding] if quick.finding else [])


@pytest.mark.parametrize("rule", TEXT_RULES, ids=lambda rule: rule.name)
@QUICKLY
@given(cell=CELLS)
def test_the_fast_test_of_a_cell_overlooks_nothing(rule, cell):
    if "\x1f" not in cell and rule.needed(cell):
        assert any(test(cell) for test in spoilt_tests([rule]))


@QUICKLY
@given(st.lists(CELLS.filter(lambda cell: "\x1f" not in cell), min_size=1, max_size=6))
def test_what_is_plain_at_once_fits_one_by_one(cells):
    kinds = plain_kinds("\x1f".join(cells), ALL)
    for cell in cells if kinds is not None else ():
        if cell not in ("", "-"):
            assert all(_TESTS[kind](cell, ALL) for kind in kinds - {"date"})


@QUICKLY
@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=8), st.integers(8, 40))
def test_columns_are_read_and_written_as_the_csv_module_does(tmp_path, rows, size):
    path, copy = tmp_path / "a.csv", tmp_path / "b.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(["x", *row] for row in rows)
    usual = chunked.CHUNK
    try:
        chunked.CHUNK = size
        with chunked.ColumnWriter(copy, ["a", "b,", "c"]) as writer:
            for columns in chunked.read_columns(path, 3):
                writer.write(columns)
        again = [row for part in chunked.read_columns(copy, 3, heading=True) for row in zip(*part, strict=True)]
    finally:
        chunked.CHUNK = usual
    assert again == [("x", *row) for row in rows]
    written = list(csv.reader(io.StringIO(copy.read_bytes().decode(), newline="")))
    assert written == [["a", "b,", "c"], *(["x", *row] for row in rows)]


@given(st.lists(st.integers(0, 40), max_size=60), st.integers(1, 30))
def test_repeated_numbers_are_found_whatever_the_bucket(numbers, bucket):
    usual = duplicates._BUCKET
    try:
        duplicates._BUCKET = bucket
        assert repeated(array("q", numbers)) == {number for number in numbers if numbers.count(number) > 1}
    finally:
        duplicates._BUCKET = usual


@pytest.mark.parametrize("folder", ["otop", "cp874", "tabular", "universities"])
def test_real_files_go_through_and_their_repairs_add_up(real_files, tmp_path, folder):
    for path in sorted((real_files / folder).iterdir()):
        if path.name.endswith("_livestock_farmers_2564.csv"):
            continue  # 153 columns: the bench's matter
        for table in read_file(path, filename=path.name, workdir=tmp_path).tables:
            draft = normalise(table, map_headings(table.headings), workdir=tmp_path)
            assert draft.row_count == table.row_count
            with draft.repairs.open(encoding="utf-8", newline="") as file:
                assert sum(1 for _ in csv.DictReader(file)) == sum(draft.repair_counts.values())


def test_every_province_of_the_national_product_list_is_resolved(real_files, tmp_path):
    path = real_files / "otop" / "otop_by_local_government.xlsx"
    (table,) = read_file(path, filename=path.name, workdir=tmp_path).tables
    draft = normalise(table, map_headings(table.headings), workdir=tmp_path)
    with draft.path.open(encoding="utf-8", newline="") as file:
        codes = {row["province_code"] for row in csv.DictReader(file)}
    assert len(codes) == 76
    assert "" not in codes
    assert draft.repair_counts["sara-e"] == 35
    assert draft.problem_counts["duplicate-row"] >= 42
