"""Whatever bytes come: a Reading with problems, never a traceback, and never a row that was not there."""

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some

from harvesters.errors import HarvestError
from harvesters.limited import run_limited
from harvesters.tables import read_file
from harvesters.tables.archives import unpack
from harvesters.tables.limits import Limits

wild = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
STARTS = [
    b"",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"{",
    b"[",
    b'"',
    b"a,b\n",
]
texts = some.text(alphabet=some.sampled_from("กาน่ําเ ๑2,;\t|\"'\n\r-#ABรวม\ufeff\u200b\xa0"), max_size=200)


def whole(content: bytes, filename: str = "x.csv"):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "input"
        path.write_bytes(content)
        reading = read_file(path, filename=filename, workdir=Path(folder), limits=Limits(columns=50, rows=1_000))
        tables = [
            list(csv.reader(io.StringIO(table.path.read_bytes().decode(), newline=""))) for table in reading.tables
        ]
    return reading, tables


@wild
@given(some.sampled_from(STARTS), some.binary(max_size=600))
def test_any_bytes(start, content):
    reading, _ = whole(start + content)
    assert reading.tables or any(problem.blocking for problem in reading.problems)


@wild
@given(texts, some.sampled_from(["utf-8", "utf-16", "cp874"]))
def test_any_text_keeps_the_shape_of_its_tables(text, encoding):
    reading, tables = whole(text.encode(encoding, errors="replace"))
    assert reading.tables or any(problem.blocking for problem in reading.problems)
    for table, rows in zip(reading.tables, tables, strict=True):
        if not table.hidden:
            assert {len(row) for row in rows} == {len(table.headings) + 1}
            assert len(set(table.headings)) == len(table.headings)
        numbers = [int(row[0]) for row in rows]
        assert numbers == sorted(set(numbers))
        assert len(rows) == table.row_count


cells = some.text(alphabet=some.characters(exclude_categories=["Cs", "Cc"], exclude_characters="#"), max_size=8)


@wild
@given(
    some.lists(some.tuples(cells, cells, some.integers(1, 99)), min_size=1, max_size=30),
    some.sampled_from(",;\t|"),
    some.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_every_cell_that_was_written_is_read(data, delimiter, quoting):
    records = [[f"{number:03d}", first, second, str(count)] for number, (first, second, count) in enumerate(data)]
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter, quoting=quoting).writerows([["รหัส", "ชื่อกลุ่ม", "จังหวัด", "จำนวน"], *records])
    reading, tables = whole(buffer.getvalue().encode())
    assert [row[1:] for row in tables[0]] == records
    assert reading.tables[0].heading_rows == (1,)


@wild
@given(some.integers(0, 5_000), some.binary(min_size=1, max_size=8))
def test_any_damage_to_a_workbook(damaged_book, at, noise):
    at %= len(damaged_book)
    reading, _ = whole(damaged_book[:at] + noise + damaged_book[at + len(noise) :], "x.xlsx")
    assert reading.tables or any(problem.blocking for problem in reading.problems)


@settings(wild, max_examples=15)
@given(some.integers(0, 100_000), some.binary(min_size=1, max_size=8))
@example(1926, bytes.fromhex("7aa2370cbceef23e"))  # the parser asks for all the memory that there is
def test_any_damage_to_an_old_workbook(old_book, at, noise):
    """In the limited child, as the line does it: this parser ends its whole process when a length is damaged."""
    at %= len(old_book)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "input"
        path.write_bytes(old_book[:at] + noise + old_book[at + len(noise) :])
        argument = {"path": str(path), "filename": "x.xls", "workdir": folder}
        try:
            answer = run_limited("tests.harvesters.tables.reading_child:read", argument)
            assert answer["tables"] or answer["blocking"]
        except HarvestError as error:
            assert error.code in {"child-memory", "child-failed"}  # noqa: PT017 - most damage is read all the same


@wild
@given(some.integers(0, 5_000), some.binary(min_size=1, max_size=6))
def test_any_damage_to_an_archive(damaged_book, at, noise):
    at %= len(damaged_book)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.zip"
        path.write_bytes(damaged_book[:at] + noise + damaged_book[at + len(noise) :])
        try:
            unpack(path, Path(folder))
        except HarvestError as error:
            assert error.code.startswith("zip-")  # noqa: PT017 - not every damage is refused


@pytest.fixture(scope="module")
def damaged_book() -> bytes:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (["ชื่อกลุ่ม", "จังหวัด", "จำนวน"], ["ก", "น่าน", 1], ["ข", "ตาก", 2.5], ["รวม", None, "=SUM(C2:C3)"]):
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def old_book() -> bytes:
    xlwt = pytest.importorskip("xlwt")
    book = xlwt.Workbook()
    sheet = book.add_sheet("x")
    for row, values in enumerate([["ชื่อกลุ่ม", "จังหวัด", "จำนวน"], ["ก", "น่าน", 1], ["ข", "ตาก", 2.5]]):
        for column, value in enumerate(values):
            sheet.write(row, column, value)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
