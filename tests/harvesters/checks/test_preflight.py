"""What is said about raw bytes before a table reader sees them, each with its place."""

from pathlib import Path

import pytest

from harvesters.checks.preflight import preflight
from harvesters.tables.limits import LIMITS, Limits

HEAD = "ชื่อกลุ่ม,จังหวัด,จำนวน,ปี\n"
ROW = "กลุ่มทอผ้า,น่าน,12,2566\n"


@pytest.fixture
def look(tmp_path: Path):
    def look_at(content: bytes | str, filename: str = "ข้อมูล.csv", limits: Limits = LIMITS):
        path = tmp_path / "file"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return [(each.code, each.row) for each in preflight(path, filename=filename, limits=limits)]

    return look_at


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp874"])
def test_a_clean_file_passes(look, encoding):
    assert look((HEAD + ROW * 1_000).encode(encoding)) == []


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b" \r\n\n"])
def test_an_empty_file(look, content):
    assert look(content) == [("file-empty", None)]


def test_too_large(look):
    assert look(HEAD + ROW, limits=Limits(bytes=20)) == [("file-too-large", None)]


@pytest.mark.parametrize(
    "page",
    ["<!DOCTYPE html>\n<html><body>ไม่พบหน้า</body></html>", "\n  <html lang='th'>", "<?xml version='1.0'?><html>",
     "<!-- x --><HTML>", "<table><tr><td>ก</td></tr></table>"],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp874"])
def test_a_web_page_instead_of_data(look, page, encoding):
    assert look(page.encode(encoding)) == [("html-not-data", None)]


@pytest.mark.parametrize(
    ("magic", "name"),
    [(b"%PDF-1.7\n", "PDF"), (b"\x89PNG\r\n\x1a\n", "PNG"), (b"\xff\xd8\xff\xe0", "JPEG"), (b"Rar!\x1a\x07", "RAR"),
     (b"PAR1", "Parquet"), (b"SQLite format 3\0", "SQLite"), (b"<?xml version='1.0'?><kml>", "XML"), (bytes(range(1, 32)) * 9, "text")],
)  # fmt: skip
def test_other_formats_are_called_by_their_name(tmp_path, magic, name):
    path = tmp_path / "ข้อมูล.csv"
    path.write_bytes(magic + b"x" * 100)
    (found,) = preflight(path, filename="ข้อมูล.csv")
    assert (found.code, found.blocking) == ("format-unknown", True)
    assert name in found.message.en


def test_nul_bytes_by_row(look):
    assert look((HEAD + ROW * 9).encode() + b"a,b\0,c,d\n") == [("nul-bytes", 11)]


def test_a_line_beyond_the_cap(look):
    assert look(HEAD + ROW + "ก" * 5_000_000 + "\n" + ROW) == [("line-too-long", 3)]


def test_a_file_without_any_line_end_is_not_read_whole(look):
    assert look("x" * 100_000, limits=Limits(line_bytes=10_000)) == [("line-too-long", 1)]


def test_more_columns_than_the_cap(look):
    assert look(HEAD + ROW + ",".join("x" * 1_001) + "\n") == [("too-many-columns", 3)]
    assert look(",".join("x" * 1_000) + "," * 500 + "\n") == []


def test_a_quote_that_is_never_closed(look):
    swallowing = HEAD + ROW * 5 + '"กลุ่มจักสาน,ตาก,7,2566\n' + ROW * 100_000
    assert look(swallowing) == [("quote-unclosed", 7)]


def test_a_quote_that_runs_into_the_next_quoted_cell(look):
    text = HEAD + ROW * 2 + '"กลุ่มจักสาน,ตาก,7,2566\n' + ROW * 50 + '"กลุ่ม ก",ตาก,1,2566\n' + ROW
    assert look(text) == [("quote-unclosed", 4)]


def test_a_quote_that_closes_well_but_rows_later(look):
    text = HEAD + ROW * 2 + '"กลุ่มจักสาน,ตาก,7,2566\n' + ROW * 50 + 'กลุ่ม ก,ตาก,1,"\n' + ROW
    assert look(text) == [("quote-unclosed", 4)]


@pytest.mark.parametrize("encoding", ["utf-8", "cp874", "utf-16"])
def test_the_place_is_right_in_every_encoding_and_after_line_breaks_in_cells(look, encoding):
    text = HEAD + '"กลุ่ม\nสองบรรทัด",น่าน,1,2566\n' * 3 + ROW + '"เปิดไว้,ตาก,7,2566\n' + ROW * 4
    assert look(text.encode(encoding)) == [("quote-unclosed", 6)]


def test_quotes_that_are_in_order(look):
    lines = ['"ก ""ข"" ค",น่าน,1,2566', 'ท่อ 5" ยาว,น่าน,1,2566', '"",น่าน,"1,200",2566', '"บรรทัด\nสอง\nสาม",น่าน,1,2566']
    assert look(HEAD + "\n".join(lines) + "\n") == []
    assert look(HEAD + "\r\n".join(lines)) == []


def test_text_after_a_closing_quote_is_a_warning(look):
    assert look(HEAD + ROW + '"กลุ่ม" ทอผ้า,น่าน,1,2566\n' + ROW) == [("quote-stray", 3)]


def test_the_found_value_is_shown(tmp_path):
    path = tmp_path / "file"
    path.write_text(HEAD + '"กลุ่มที่ลืมปิด,น่าน,1,2566\n' + ROW * 5, encoding="utf-8")
    (found,) = preflight(path)
    assert "กลุ่มที่ลืมปิด" in found.message.th
    assert found.message.th.startswith("แถว 2: ")
    assert found.message.en.startswith("Row 2: ")
