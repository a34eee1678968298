"""What a file is, told by its bytes; its name is never trusted, only asked when the bytes leave two readings open."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from harvesters.tables.encoding import BOMS, utf16_order
from harvesters.values import Text

Kind = Literal["text", "json", "jsonl", "xlsx", "xls", "ods", "zip", "html", "encrypted", "empty", "unknown"]

HEAD = 8192
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")

# First bytes of files that people send by mistake, with the name to call them by.
MAGIC: tuple[tuple[bytes, Text], ...] = (
    (b"%PDF", Text("ไฟล์ PDF", "a PDF document")),
    (b"\x89PNG", Text("รูปภาพ PNG", "a PNG picture")),
    (b"\xff\xd8\xff", Text("รูปภาพ JPEG", "a JPEG picture")),
    (b"GIF8", Text("รูปภาพ GIF", "a GIF picture")),
    (b"II*\x00", Text("รูปภาพ TIFF", "a TIFF picture")),
    (b"MM\x00*", Text("รูปภาพ TIFF", "a TIFF picture")),
    (b"RIFF", Text("ไฟล์สื่อ (WebP, WAV หรือ AVI)", "a media file (WebP, WAV or AVI)")),
    (b"Rar!", Text("ไฟล์บีบอัด RAR", "a RAR archive")),
    (b"7z\xbc\xaf\x27\x1c", Text("ไฟล์บีบอัด 7z", "a 7z archive")),
    (b"\x1f\x8b", Text("ไฟล์บีบอัด gzip", "a gzip archive")),
    (b"BZh", Text("ไฟล์บีบอัด bzip2", "a bzip2 archive")),
    (b"\xfd7zXZ", Text("ไฟล์บีบอัด xz", "an xz archive")),
    (b"PAR1", Text("ไฟล์ Parquet", "a Parquet file")),
    (b"SQLite format 3", Text("ฐานข้อมูล SQLite", "an SQLite database")),
    (b"\x7fELF", Text("โปรแกรม", "a program")),
    (b"MZ\x90", Text("โปรแกรม", "a program")),
    (b"\x00\x00\x27\x0a", Text("ไฟล์แผนที่ Shapefile", "a map in Shapefile format")),
    (b"{\\rtf", Text("เอกสาร RTF", "an RTF document")),
    (b"<?mso-application", Text("ไฟล์ XML ของ Excel 2003", "an Excel 2003 XML file")),
)
HTML = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|title|meta|table|script|div)(?=[\s/>])",
                  re.IGNORECASE | re.DOTALL)  # fmt: skip
XML = re.compile(r"\s*<(?:\?xml|[a-z][a-z0-9]*:[a-z]+[\s>])", re.IGNORECASE)
BINARY = Text("ไฟล์ที่ไม่ใช่ข้อความและไม่ใช่ตารางคำนวณ", "neither text nor a spreadsheet")


@dataclass(frozen=True, slots=True)
class Sniffed:
    """What a file is. `seems` names what an unknown one looks like."""

    kind: Kind
    seems: Text = BINARY


def sniff(path: Path, filename: str = "") -> Sniffed:
    """Return what the file at `path` is by its first bytes and, for containers, by what lies inside.

    Text is told apart into HTML, JSON, JSON Lines and delimited text; `filename` settles only a one-line JSON Lines.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head:
        return Sniffed("empty")
    for magic, name in MAGIC:
        if head.startswith(magic):
            return Sniffed("unknown", name)
    if head.startswith(ZIP):
        return _container(path)
    if head.startswith(OLE):
        return _compound(path)
    return _text(head, filename)


def _container(path: Path) -> Sniffed:
    """Tell workbooks from plain archives by their parts. A broken container is called ZIP; opening it says why."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = {info.filename for info in archive.infolist()}
            manifest = _start(archive, "META-INF/manifest.xml", names)
            mimetype = _start(archive, "mimetype", names)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError):
        return Sniffed("zip")
    if "xl/workbook.xml" in names or _has(names, r"xl/workbook\d*\.xml"):
        return Sniffed("xlsx")
    if "xl/workbook.bin" in names:
        return Sniffed("unknown", Text("ไฟล์ Excel แบบไบนารี (.xlsb)", "an Excel binary workbook (.xlsb)"))
    if "content.xml" in names and b"opendocument" in mimetype + manifest:
        return _opendocument(mimetype + manifest)
    if _has(names, r"word/document\d*\.xml"):
        return Sniffed("unknown", Text("เอกสาร Word", "a Word document"))
    if "ppt/presentation.xml" in names:
        return Sniffed("unknown", Text("งานนำเสนอ PowerPoint", "a PowerPoint presentation"))
    return Sniffed("zip")


def _opendocument(manifest: bytes) -> Sniffed:
    if b"encryption-data" in manifest:
        return Sniffed("encrypted")
    if b"opendocument.spreadsheet" in manifest:
        return Sniffed("ods")
    return Sniffed(
        "unknown", Text("เอกสาร OpenDocument ที่ไม่ใช่ตารางคำนวณ", "an OpenDocument file that is no spreadsheet")
    )


def _has(names: Iterable[str], pattern: str) -> bool:
    return any(re.fullmatch(pattern, name) for name in names)


def _start(archive: zipfile.ZipFile, name: str, names: set[str]) -> bytes:
    if name not in names:
        return b""
    with archive.open(name) as part:
        return part.read(65536)


def _compound(path: Path) -> Sniffed:
    """Tell an old .xls from a password-protected workbook and from Word in the OLE container, by its stream names."""
    names = {
        "EncryptedPackage": Sniffed("encrypted"),
        "Workbook": Sniffed("xls"),
        "Book": Sniffed("xls"),
        "WordDocument": Sniffed("unknown", Text("เอกสาร Word รุ่นเก่า", "an old Word document")),
        "PowerPoint Document": Sniffed("unknown", Text("งานนำเสนอ PowerPoint รุ่นเก่า", "an old PowerPoint presentation")),
    }
    data = path.read_bytes()  # within the size cap; directory entries may lie anywhere in the file
    for name, sniffed in names.items():
        wide = name.encode("utf-16-le")
        if (wide + b"\0" * (64 - len(wide))) in data:  # a directory entry's name field has 64 bytes, padded with zeros
            return sniffed
    return Sniffed("unknown", Text("ไฟล์ Office รุ่นเก่าที่ไม่ใช่ Excel", "an old Office file that is not Excel"))


def _text(head: bytes, filename: str) -> Sniffed:
    name = next((name for mark, name in BOMS if head.startswith(mark)), None) or utf16_order(head) or "utf-8"
    text = head.decode(name, errors="replace").lstrip("\ufeff")
    if _looks_binary(text):
        return Sniffed("unknown")
    if HTML.match(text):
        return Sniffed("html")
    if XML.match(text):
        return Sniffed("unknown", Text("ไฟล์ XML", "an XML file"))
    start = text.lstrip()
    if not start:
        return Sniffed("empty" if len(head) < HEAD else "text")
    if start[0] in "{[" and re.match(r'[{\[]\s*(?:["\[{\]}tfn\d-]|$)', start):
        return Sniffed("jsonl" if _is_json_lines(start, filename) else "json")
    return Sniffed("text")


def _is_json_lines(start: str, filename: str) -> bool:
    if filename.lower().endswith((".jsonl", ".ndjson")):
        return True
    lines = [line.strip() for line in start.splitlines()[:2]]
    return len(lines) == 2 and lines[0].startswith("{") and lines[0].endswith("}") and lines[1].startswith("{")


def _looks_binary(text: str) -> bool:
    """Whether control characters that no text file has make up more than one in fifty, or zeros one in three."""
    odd = sum(1 for char in text if char < " " and char not in "\t\n\r\f\v\x1a\x00")
    return odd * 50 > len(text) or text.count("\x00") * 3 > len(text)
