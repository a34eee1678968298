"""CSV, TSV, semicolon and pipe: delimiters, record numbers, ragged rows, memory of odd files."""

import csv
import io

import pytest

from harvesters.tables import Limits

HEAD = ["รหัส", "ชื่อกลุ่ม", "จังหวัด", "จำนวนสมาชิก"]
DATA = [["001", "กลุ่มทอผ้า", "น่าน", "12"], ["002", "กลุ่มจักสาน", "ตาก", "7"], ["010", "กล้วยตาก", "พิษณุโลก", "30"]]


def written(rows, delimiter=",", **options) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter, **options).writerows(rows)
    return buffer.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp874"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_delimiter_in_every_encoding(read, rows, delimiter, encoding):
    reading = read(written([HEAD, *DATA], delimiter).encode(encoding))
    (table,) = reading.tables
    assert (reading.format, reading.delimiter, reading.problems) == ("csv", delimiter, ())
    assert table.headings == tuple(HEAD)
    assert rows(table) == [[str(number), *row] for number, row in enumerate(DATA, start=2)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
def test_line_ends_of_all_systems(read, rows, end, quoting):
    (table,) = read(written([HEAD, *DATA], lineterminator=end, quoting=quoting)).tables
    assert [row[0] for row in rows(table)] == ["2", "3", "4"]
    assert rows(table)[2][1:] == DATA[2]


def test_rows_are_numbered_as_a_spreadsheet_shows_them(read, rows):
    """Blank records count, a line break inside quotes does not."""
    text = 'ตารางที่ 1 กลุ่ม,,\n\nชื่อกลุ่ม,จังหวัด,จำนวน\nก,น่าน,1\n,,\n"ข\nบรรทัดสอง",ตาก,2\n\nค,เลย,3\n'
    (table,) = read(text).tables
    assert table.heading_rows == (3,)
    assert [(row[0], row[1]) for row in rows(table)] == [("4", "ก"), ("6", "ข\nบรรทัดสอง"), ("8", "ค")]


def test_fast_and_careful_ways_give_the_same(read, rows):
    """The same rows with and without quotation marks, over several blocks, blanks and a cell with a line break."""
    data = [[str(n), f"กลุ่ม {n}", "น่าน" if n % 3 else "", str(n % 7)] for n in range(30_000)]
    data[15_000][1] = "สอง\nบรรทัด, และจุลภาค"
    plain = read(written([HEAD, *data]))
    quoted = read(written([HEAD, *data], quoting=csv.QUOTE_ALL))
    assert rows(plain.tables[0]) == rows(quoted.tables[0])
    assert rows(plain.tables[0])[15_000] == ["15002", *data[15_000]]
    assert plain.tables[0].row_count == 30_000
    assert plain.problems == quoted.problems == ()


def test_a_quoted_cell_over_the_edge_of_a_block_stays_whole(read, rows):
    long = "บรรทัด,\n" * 9_000
    data = [[str(n), f"{n}{long}", "น่าน", "1"] for n in range(40)]
    (table,) = read(written([HEAD, *data])).tables
    assert [row[2] for row in rows(table)] == [row[1] for row in data]
    assert [row[0] for row in rows(table)] == [str(n + 2) for n in range(40)]


def test_spare_delimiters_at_the_end_of_every_line_are_no_columns(read, rows):
    text = "".join(",".join(row) + ",,,\n" for row in [HEAD, *DATA])
    reading = read(text)
    assert reading.tables[0].headings == tuple(HEAD)
    assert rows(reading.tables[0])[0] == ["2", *DATA[0]]
    assert reading.problems == ()


def test_a_comma_in_a_number_shifts_the_row_and_is_named(read, rows, codes):
    rest = [["003", "ก", "เลย", "5"]] * 60
    reading = read(written([HEAD, *DATA, *rest]) + "004,กลุ่มใหญ่,เลย,1,200\n")
    (found,) = reading.problems
    assert (found.code, found.row, found.value, found.severity) == ("extra-cell", 65, "200", "error")
    assert "1,000" in found.message.th
    assert rows(reading.tables[0])[-1] == ["65", "004", "กลุ่มใหญ่", "เลย", "1"]
    assert ("แถว 65", "200") in reading.loose  # what was cut off still passes the personal-data gate


def test_a_short_row_is_padded_and_named(read, rows):
    reading = read(written([HEAD, *DATA]) + "004,กลุ่มสั้น\n" + written(DATA))
    (found,) = reading.problems
    assert (found.code, found.row, found.severity) == ("missing-cell", 5, "warning")
    assert rows(reading.tables[0])[3] == ["5", "004", "กลุ่มสั้น", "", ""]


def test_rows_that_never_fit_the_headings_block(read, codes):
    wide = "".join(f"{n},ก{n},น่าน,1,2,x\n" for n in range(80))
    narrow = "รหัส,ชื่อกลุ่ม,จังหวัด,จำนวน\n" + "1,ก,น่าน,2\n" * 70
    reading = read(narrow + wide * 2)
    assert "rows-misfit" in codes(reading)
    assert reading.tables == ()


def test_a_declared_delimiter_counts_as_a_row(read, rows):
    reading = read("sep=;\r\n" + written([HEAD, *DATA], ";"))
    assert (reading.delimiter, reading.tables[0].heading_rows, rows(reading.tables[0])[0][0]) == (";", (2,), "3")


def test_commas_in_cells_of_a_tab_table_stay(read, rows):
    data = [["1", "ก, ข, ค", "น่าน", "1"], ["2", "ง", "ตาก", "2"]]
    (table,) = read(written([HEAD, *data], "\t")).tables
    assert rows(table)[0] == ["2", *data[0]]


def test_the_end_mark_of_dos_is_no_row(read, codes):
    reading = read(written([HEAD, *DATA]) + "\x1a")
    assert (codes(reading), reading.tables[0].row_count) == ([], 3)


def test_error_values_of_excel_become_empty_and_are_named(read, rows):
    data = DATA * 30 + [["099", "ก", "#REF!", "#DIV/0!"]]
    reading = read(written([HEAD, *data]))
    assert [(each.code, each.row, each.column) for each in reading.problems] == [
        ("error-cell", 92, "จังหวัด"), ("error-cell", 92, "จำนวนสมาชิก"),
    ]  # fmt: skip
    assert rows(reading.tables[0])[-1] == ["92", "099", "ก", "", ""]


def test_headings_again_on_every_printed_page_are_set_aside(read, rows):
    page = [HEAD, *DATA * 30]
    (table,) = read(written(page * 3)).tables
    assert table.row_count == 270
    assert [(each.row, each.reason) for each in table.set_aside] == [(92, "heading"), (183, "heading")]


def test_a_column_without_heading_and_values_goes_one_with_values_is_named(read, rows):
    text = "ชื่อกลุ่ม,,จังหวัด,\n" + "".join(f"กลุ่ม {n},,น่าน,{n}\n" for n in range(200))
    reading = read(text)
    (table,) = reading.tables
    assert table.headings == ("ชื่อกลุ่ม", "จังหวัด", "คอลัมน์ 4")
    assert rows(table)[7] == ["9", "กลุ่ม 7", "น่าน", "7"]
    assert [(each.code, each.column) for each in reading.problems] == [("heading-empty", "คอลัมน์ 4")]


def test_too_many_rows_block(read, codes):
    text = written([HEAD]) + "1,ก,น่าน,1\n" * 60_000
    reading = read(text, limits=Limits(rows=1_000))
    assert (codes(reading), reading.tables) == (["too-many-rows"], ())


def test_a_cell_beyond_the_cap_blocks(read, codes):
    text = written([HEAD, *DATA, ["1", "ก" * 5_000 + '"', "น่าน", "1"]])
    assert codes(read(text, limits=Limits(cell_chars=1_000))) == ["cell-too-long"]
    plain = written([HEAD, *DATA, ["1", "ก" * 5_000, "น่าน", "1"], *DATA * 100])
    reading = read(plain, limits=Limits(cell_chars=1_000))
    assert [(each.code, each.row) for each in reading.problems] == [("cell-too-long", 5)]


def test_many_faults_are_counted_not_kept(read, codes):
    text = written([HEAD, *DATA * 200]) + "1,ก\n" * 150
    reading = read(text)
    assert codes(reading).count("missing-cell") == 100
    assert codes(reading)[-1] == "problems-cut"
    assert "150" in reading.problems[-1].message.th


def test_two_tables_in_one_file_are_read_apart(read, rows, codes):
    second = [["ปี", "รายได้"], ["2565", "100"], ["2566", "120"]]
    reading = read(written([HEAD, *DATA, ["รวม", "", "", "49"]]) + "\n\n" + written(second))
    first, other = reading.tables
    assert codes(reading) == ["several-tables"]
    assert reading.problems[0].row == 8
    assert ([each.reason for each in first.set_aside], first.row_count) == (["total"], 3)
    assert (other.headings, rows(other)) == (("ปี", "รายได้"), [["9", "2565", "100"], ["10", "2566", "120"]])
    assert first.name != other.name
