"""Reads the report and the repairs that stand in the store beside each version."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from flask import Response
from flask_babel import gettext as _  # type: ignore[import-untyped]

from harvesters.normalise import RULES
from harvesters.packages.store import Store
from harvesters.values import Text
from portal.catalogue import presenting as show
from portal.catalogue.models import Dataset, Version
from portal.catalogue.queries import find_file
from portal.choices import page_address

EXAMPLES = 5
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_CELL = 2**31 - 1  # the csv module's own cap would refuse cells that the reader's caps let pass
Rows = Callable[[str], Iterable[Sequence[str]]]
MOST_LINES = 20_000  # of repairs looked through for examples; the whole list is a download


def read_report(store: Store, version: Version) -> dict[str, Any]:
    """The report of a version, as it was written when it was packaged."""
    path = store.path(find_file(version, "report").sha256)
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def marked_report(store: Store, version: Version, language: str) -> bytes:
    """The report of a version as a workbook, wrong cells coloured and commented."""

    def rows_of(resource: str) -> Iterator[list[str]]:
        csv.field_size_limit(MOST_CELL)
        with store.path(find_file(version, "data", resource).sha256).open(encoding="utf-8", newline="") as file:
            yield from csv.reader(file)

    return marked_workbook(read_report(store, version), rows_of, language)


def marked_workbook(report: Mapping[str, Any], rows_of: Rows, language: str) -> bytes:
    """A report as the bytes of a workbook."""
    from harvesters.packages.marked import write_marked  # a weighty import, and few ask for this

    out = io.BytesIO()
    write_marked(report, rows_of, out, language)
    return out.getvalue()


def workbook_answer(body: bytes, name: str) -> Response:
    """A workbook made for this answer, as a download."""
    response = Response(body, content_type=WORKBOOK)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def certificate(dataset: Dataset, version: Version, report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What was checked, by which rules, when, and where that stands: the facts of the certificate of one version."""
    several = len(version.resources) > 1
    data = [file for file in version.files if file.role == "data"]
    titles = {resource.name: resource.title for resource in version.resources}
    base = show.address_of(dataset, version)
    return [
        {"term": _("ชื่อชุดข้อมูล"), "text": show.title_of(dataset), "note": show.publisher_title(dataset.publisher)},
        {
            "term": _("รุ่น"),
            "text": _("รุ่นที่ %(number)s", number=version.number),
            "note": f"khlang:{dataset.name}@{version.number}",
        },
        {"term": _("วันที่ตรวจ"), "date": version.published_at},
        {"term": _("ตรวจด้วยกฎรุ่น"), "text": report.get("rules") or _("ไม่ได้บันทึกไว้ในรุ่นนี้")},
        {"term": _("ไฟล์ที่ได้รับ"), "text": version.original_name, "note": f"sha256 {version.original_sha256}"},
        *(
            {
                "term": _("ตาราง: %(title)s", title=titles.get(file.resource or "", ""))
                if several
                else _("ไฟล์ที่เผยแพร่"),
                "text": file.path,
                "note": f"sha256 {file.sha256}",
            }
            for file in data
        ),
        {"term": _("ที่อยู่ถาวร"), "text": page_address("th", f"{base}/report"), "href": f"{base}/report"},
    ]


def repair_groups(store: Store, version: Version, report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """For each table and rule: how many cells, and the first few with before and after."""
    groups = []
    for table in report["resources"]:
        if not table["repair_counts"]:
            continue
        examples = first_repairs(store.path(find_file(version, "repairs", table["name"]).sha256))
        for rule, count in sorted(table["repair_counts"].items(), key=lambda pair: -pair[1]):
            groups.append(
                {
                    "table": table["title"],
                    "rule": rule,
                    "title": RULES.get(rule, Text(rule, rule)),
                    "count": count,
                    "examples": examples[rule],
                }
            )
    return groups


def first_repairs(path: Path) -> dict[str, list[dict[str, str]]]:
    """The first repairs of each rule in one table's list of them."""
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    csv.field_size_limit(MOST_CELL)
    with path.open(encoding="utf-8", newline="") as file:
        for number, line in enumerate(csv.DictReader(file)):
            if number >= MOST_LINES:
                break
            if len(found[line["rule"]]) < EXAMPLES:
                found[line["rule"]].append(line)
    return found
