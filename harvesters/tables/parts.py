"""Looks through the parts of a workbook (XLSX, ODS) that no cell reader shows, before one opens the file.

Counts what inflates, measures the rectangle that each sheet's cells span, finds error cells and formulas without a value
(calamine gives both as blanks), and gathers texts outside cells for the personal-data gate: comments, document
properties, headers and footers, text boxes, link targets, caches of pivot tables and of other workbooks.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring, iterparse

from harvesters.errors import HarvestError
from harvesters.tables.archives import Budget, inflate, open_checked
from harvesters.tables.content_xml import scan_content
from harvesters.tables.limits import MIB, Limits
from harvesters.tables.sheet_xml import NARROW, SheetFaults, last_row, scan_sheet

PART_BYTES = 32 * MIB  # of one part that is parsed for its texts
BATCH = 4_000  # characters of texts that are handed on together

SHEET_PART = re.compile(r"xl/worksheets/[^/]+\.xml")
NO_TEXT = re.compile(
    r"xl/(?:styles|sharedStrings|calcChain|metadata)\.xml|xl/theme/.*|\[Content_Types\]\.xml|_rels/\.rels|xl/_rels/.*|"
    r"META-INF/.*|settings\.xml|.*/settings\.xml|mimetype|manifest\.rdf"
)
PLACES = (
    ("docProps/", "คุณสมบัติของไฟล์"), ("meta.xml", "คุณสมบัติของไฟล์"), ("customXml/", "คุณสมบัติของไฟล์"),
    ("xl/comments", "ความคิดเห็น"), ("xl/threadedComments/", "ความคิดเห็น"), ("xl/persons/", "ผู้เขียนความคิดเห็น"),
    ("xl/drawings/", "กล่องข้อความ"), ("xl/charts/", "แผนภูมิ"), ("xl/pivotCache/", "ข้อมูลสำรองของตารางสรุป"),
    ("xl/externalLinks/", "ข้อมูลสำรองจากไฟล์อื่น"), ("xl/worksheets/_rels/", "ลิงก์"), ("styles.xml", "หัวกระดาษและท้ายกระดาษ"),
)  # fmt: skip

TEXT_ATTRIBUTES = frozenset(
    {"v", "Target", "displayName", "tooltip", "descr", "title", "user", "refreshedBy", "lastModifiedBy"}
)
PARAGRAPHS = frozenset({"p", "comment", "si", "text"})


@dataclass(slots=True)
class Parts:
    """What a workbook holds beside its cells."""

    loose: list[tuple[str, str]] = field(default_factory=list)
    sheets: dict[str, SheetFaults] = field(default_factory=dict)  # by the sheet's name
    unsearched: list[str] = field(default_factory=list)  # parts that could not be searched for texts

    def add_sheet(self, name: str, faults: SheetFaults) -> None:
        """Keep what was found in a sheet under the name on its tab."""
        self.sheets[name] = faults
        self.loose += [(f"{name}: หัวกระดาษและท้ายกระดาษ", text) for text in faults.page_texts]


def look_through(path: Path, limits: Limits) -> Parts:
    """Inflate every part of the workbook once and return what was found.

    Raises HarvestError for a broken or too large archive and for a sheet beyond the caps.
    """
    parts = Parts()
    with open_checked(path, limits) as archive:
        budget = Budget(path.stat().st_size, limits)
        names = _sheet_names(archive, budget)
        for info in archive.infolist():
            pieces = inflate(archive, info, budget)
            if info.filename in names or SHEET_PART.fullmatch(info.filename):
                faults = scan_sheet(pieces)
                if faults.last_column >= NARROW:
                    faults.last_row = last_row(inflate(archive, info, Budget(path.stat().st_size, limits)))
                faults.check_size(limits)
                parts.add_sheet(names.get(info.filename, info.filename), faults)
            elif info.filename == "content.xml":
                parts.sheets, notes = scan_content(pieces, limits)
                parts.loose += [("ความคิดเห็น", note) for note in notes]
            elif NO_TEXT.fullmatch(info.filename) or not info.filename.endswith((".xml", ".rels", ".vml")):
                for _ in pieces:  # counted all the same
                    pass
            else:
                _gather(info.filename, pieces, parts)
    return parts


# --- texts outside cells ---


def _gather(name: str, pieces: Iterator[bytes], parts: Parts) -> None:
    data = bytearray()
    for piece in pieces:
        if len(data) <= PART_BYTES:
            data += piece
    place = next((place for start, place in PLACES if name.startswith(start)), name)
    if len(data) > PART_BYTES:
        parts.unsearched.append(name)
        return
    batch: list[str] = []
    try:
        for text in _texts(bytes(data)):
            batch.append(text)
            if sum(map(len, batch[-50:])) > BATCH or len(batch) >= 200:
                parts.loose.append((place, "\n".join(batch)))
                batch = []
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        parts.unsearched.append(name)
    if batch:
        parts.loose.append((place, "\n".join(batch)))


def _texts(data: bytes) -> Iterator[str]:
    """Yield the texts of an XML part: whole paragraphs, not their runs, and the attributes that hold words."""
    inside = 0
    for event, element in iterparse(io.BytesIO(data), events=("start", "end")):
        paragraph = _local(element) in PARAGRAPHS
        if event == "start":
            inside += paragraph
            continue
        inside -= paragraph
        if inside == 0:
            text = "".join(element.itertext()) if paragraph else element.text or ""
            yield from (each for each in (text.strip(), *_attributes(element)) if len(each) > 1)
            element.clear()


def _attributes(element: Element) -> Iterator[str]:
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] in TEXT_ATTRIBUTES and not value.startswith(("..", "#")):
            yield value.strip()


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


# --- sheets of XLSX ---


def _sheet_names(archive: zipfile.ZipFile, budget: Budget) -> dict[str, str]:
    """Return the name of each sheet's part → the name on its tab."""
    names = archive.namelist()
    book = next((name for name in names if re.fullmatch(r"xl/workbook\d*\.xml", name)), None)
    relations = f"xl/_rels/{posixpath.basename(book)}.rels" if book else None
    if book is None or relations not in names:
        return {}
    try:
        tree, links = (_parsed(archive, name, budget) for name in (book, relations))
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise HarvestError("workbook-broken") from error
    targets = {each.get("Id"): _inside(each.get("Target") or "") for each in links}
    found = {}
    for sheet in tree.iter():
        if _local(sheet) == "sheet":
            link = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), None)
            found[targets.get(link, "")] = sheet.get("name") or ""
    return found


def _parsed(archive: zipfile.ZipFile, name: str, budget: Budget) -> Element:
    data = b"".join(inflate(archive, archive.getinfo(name), budget))
    if len(data) > PART_BYTES:
        raise HarvestError("workbook-broken")
    tree: Element = fromstring(data)
    return tree


def _inside(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
