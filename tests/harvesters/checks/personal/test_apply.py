"""Taking personal data out: columns dropped, hits masked, nothing left to find."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harvesters.checks.personal import apply, mask_text, scan
from harvesters.values import MASK, SetAside, Table

Make = Callable[..., Table]
NOBODY: frozenset[int] = frozenset()


def rows_of(table: Table) -> list[list[str]]:
    with table.path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_drop_takes_columns_out_and_masks_the_rest(make_table: Make, tmp_path: Path) -> None:
    rows = [["กล้วยตาก", "081-234-5678", "ต.ในเมือง"]] * 29 + [["ขายโดยนายสมมติ ตัวอย่าง", "-", "ต.ในเมือง"]]
    table = make_table(["สินค้า", "โทร", "ที่ตั้ง"], rows)
    done, report = apply(table, scan([(table, NOBODY)], [], "f.csv"), "drop", tmp_path)
    assert done.headings == ("สินค้า", "ที่ตั้ง")
    assert rows_of(done)[-1] == ["31", f"ขายโดย{MASK}", "ต.ในเมือง"]
    assert rows_of(table)[0][2] == "081-234-5678"  # the file that was read stays as it was
    assert [(column.heading, column.action, column.cells) for column in report.columns] == [
        ("สินค้า", "masked", 1),
        ("โทร", "dropped", 29),
    ]
    assert [problem.code for problem in report.problems()] == ["personal-masked", "personal-dropped"]
    assert report.summary()["mode"] == "drop"


def test_mask_keeps_the_rest_of_the_cell(make_table: Make, tmp_path: Path) -> None:
    table = make_table(["โทร", "ชื่อ-สกุล"], [["มือถือ 081-234-5678 (เช้า)", "สมมติ ตัวอย่าง"], ["053-123456", "-"]])
    done, report = apply(table, scan([(table, NOBODY)], [], "f.csv"), "mask", tmp_path)
    assert rows_of(done) == [["2", f"มือถือ {MASK} (เช้า)", MASK], ["3", "053-123456", "-"]]
    assert done.row_count == table.row_count
    assert [column.cells for column in report.columns] == [1, 1]


def test_headings_titles_and_notes_are_masked(make_table: Make, tmp_path: Path) -> None:
    note = SetAside(1, "title", "ผู้จัดทำ นายสมมติ ตัวอย่าง")
    table = make_table(["นายสมมติ ตัวอย่าง", "นางสมมติ ตัวอย่าง"], [["1", "2"]], sheet="0812345678", set_aside=(note,))
    done, report = apply(table, scan([(table, NOBODY)], [], "f.csv"), "drop", tmp_path)
    assert done.headings == (MASK, f"{MASK} 2")  # headings stay different
    assert done.sheet == MASK
    assert done.set_aside[0].text == f"ผู้จัดทำ {MASK}"
    assert report.texts == 4


def test_every_generated_file_is_clean_afterwards(generate: ModuleType, tmp_path: Path) -> None:
    draw = generate.random.Random(7)
    for number in range(60):
        case = generate.planted_case(draw, number, tmp_path)
        found = scan([(table, NOBODY) for table in case.tables], [], "f.csv")
        for mode in ("drop", "mask"):
            again = [(apply(table, found, mode, tmp_path)[0], NOBODY) for table in case.tables]
            assert not scan(again, [], "f.csv").found, case.planted


PIECES = st.sampled_from(
    ["นาย", "นาง", "สมมติ", "ตัวอย่าง", " ", " ", "0812345678", "812345678", "1103700000011", "2103700000011", "8850123456789", "โทร ", "12/3 หมู่ 4",
     "somebody@gmail.com", "@", "-", "Line ID ", "บ้านเลขที่ 9", MASK, "ต.", "\u200b", "๐๘", "123-4-56789-0", "เลขบัตรประชาชน", "คุณ", ",", "AA1234567",
     "หนังสือเดินทาง", "66", "+", ".0", "\n", "อำเภอ", "นางรอง", "a", "เลขที่บัญชี"]
)  # fmt: skip
CELLS = st.lists(PIECES, max_size=7).map("".join)
HEADINGS = st.sampled_from(
    ["ก", "โทร", "ชื่อ-สกุล", "ประธานกลุ่ม", "บ้านเลขที่", "เลขประจำตัวประชาชน", "เลขที่บัญชี", "Line ID", "ศาสนา", "ที่อยู่", "บาร์โค้ด"]
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    headings=st.lists(HEADINGS, min_size=1, max_size=4, unique=True),
    rows=st.lists(st.lists(CELLS, min_size=4, max_size=4), min_size=1, max_size=6),
    mode=st.sampled_from(["drop", "mask"]),
    contact=st.booleans(),
)
def test_after_apply_nothing_is_found(
    generate: ModuleType, headings: list[str], rows: list[list[str]], mode: str, *, contact: bool
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        contacts = frozenset(range(len(headings))) if contact else NOBODY
        table = generate.make_table(folder, "t", headings, [row[: len(headings)] for row in rows])
        found = scan([(table, contacts)], [], "f.csv")
        done, _ = apply(table, found, mode, folder)  # type: ignore[arg-type]
        contacts = frozenset(range(len(done.headings))) if contact else NOBODY
        again = scan([(done, contacts)], [], "f.csv")
        assert not again.found, (again.summary(), rows_of(table), rows_of(done))
        assert done.row_count == len(rows_of(done))


@settings(max_examples=100, deadline=None)
@given(text=st.lists(PIECES, max_size=10).map("".join))
def test_masking_twice_changes_nothing(text: str) -> None:
    once = mask_text(text)
    assert mask_text(once) == once


def test_the_otop_workbook(make_table: Make, real_files: Path, tmp_path: Path) -> None:
    """6,387 rows as a Thai office published them (names and phones were replaced in our copy)."""
    calamine = pytest.importorskip("python_calamine")
    sheet = calamine.CalamineWorkbook.from_path(
        str(real_files / "otop" / "otop_by_local_government.xlsx")
    ).get_sheet_by_index(0)
    headings, *rows = [
        [str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell) for cell in row]
        for row in sheet.to_python()
    ]
    table = make_table(headings, rows)
    found = scan([(table, frozenset({headings.index("ที่อยู่"), headings.index("เบอร์โทรศัพท์")}))], [], "otop.xlsx")
    verdicts = {column.heading: column.verdict for column in found.tables[0].columns}
    assert verdicts["เบอร์โทรศัพท์"] == "personal"
    assert {verdicts[name] for name in ("อปท.", "อำเภอ", "จังหวัด", "LAT", "LONG")} == {"clean"}
    assert 1100 < found.classes["name"] < 1300  # 1,034 were counted in the sales points alone
    done, _ = apply(table, found, "drop", tmp_path)
    assert set(done.headings) >= {"ชื่อสินค้า OTOP", "อปท.", "อำเภอ", "จังหวัด", "ที่อยู่", "LAT", "LONG"}
    assert "เบอร์โทรศัพท์" not in done.headings
    assert "สมมติ ตัวอย่าง" not in done.path.read_text(encoding="utf-8")
    assert done.row_count == len(rows) == 6387
