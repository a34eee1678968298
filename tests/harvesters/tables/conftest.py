"""Fixtures that make files and read them."""

import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from harvesters.tables import Limits, read_file
from harvesters.tables.limits import LIMITS
from harvesters.values import Reading, Table


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Reading]:
    """Read bytes, text or a file that is there already; everything else goes to `read_file`."""
    counter = iter(range(1_000))

    def read_it(content: bytes | str | Path, filename: str = "ข้อมูล.csv", *, limits: Limits = LIMITS, encoding=None):
        work = tmp_path / f"work{next(counter)}"
        work.mkdir()
        path = content
        if not isinstance(content, Path):
            path = work / "input"
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_file(path, filename=filename, workdir=work, limits=limits, encoding=encoding)

    return read_it


@pytest.fixture
def rows() -> Callable[[Table], list[list[str]]]:
    """The records of a table's working file, row number first, all text."""

    def rows_of(table: Table) -> list[list[str]]:
        with table.path.open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))

    return rows_of


@pytest.fixture
def codes() -> Callable[[Reading], list[str]]:
    return lambda reading: [problem.code for problem in reading.problems]


@pytest.fixture
def workbook(tmp_path: Path):
    """Return a function that writes an .xlsx with openpyxl: `fill(book)` puts in what is wanted."""
    openpyxl = pytest.importorskip("openpyxl")

    def write(fill: Callable[..., None], name: str = "book.xlsx") -> Path:
        book = openpyxl.Workbook()
        fill(book)
        path = tmp_path / name
        book.save(path)
        return path

    return write


@pytest.fixture
def sheet(workbook):
    """Return a function that writes an .xlsx of one sheet from rows of values and merged ranges."""

    def write(values, merged=(), name: str = "book.xlsx") -> Path:
        def fill(book) -> None:
            for row in values:
                book.active.append(row)
            for span in merged:
                book.active.merge_cells(span)

        return workbook(fill, name)

    return write


@pytest.fixture
def ods(tmp_path: Path):
    """Return a function that writes a minimal .ods around the XML of its tables."""

    def write(tables: str, extra: dict[str, str] | None = None) -> Path:
        spaces = ["office", "text", "table", "dc", "meta", "style", "xlink"]
        names = {space: f"urn:oasis:names:tc:opendocument:xmlns:{space}:1.0" for space in spaces}
        names["dc"] = "http://purl.org/dc/elements/1.1/"
        attributes = " ".join(f'xmlns:{space}="{name}"' for space, name in names.items())
        content = (
            f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {attributes} office:version="1.2">'
            f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
        )
        manifest = (
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            '<manifest:file-entry manifest:full-path="/" '
            'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>'
        )
        path = tmp_path / "book.ods"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
            archive.writestr("META-INF/manifest.xml", manifest)
            archive.writestr("content.xml", content)
            for name, text in (extra or {}).items():
                archive.writestr(name, text.replace("ATTRIBUTES", attributes))
        return path

    return write


@pytest.fixture
def archive(tmp_path: Path):
    """Return a function that writes a ZIP from names and bytes."""

    def write(members: dict[str, bytes], name: str = "files.zip") -> Path:
        path = tmp_path / name
        path.write_bytes(zipped(members))
        return path

    return write


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()
