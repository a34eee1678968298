"""Turns rows of the catalogue into the named values that templates show. No template sees a query."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _  # type: ignore[import-untyped]
from flask_babel import ngettext

from harvesters.hints import heading_hint
from harvesters.licences import licence_of
from harvesters.packages.descriptor import public_url
from harvesters.thai.places import province
from portal.catalogue.models import Dataset, Publisher, Resource, Version
from portal.catalogue.vocabulary import choice_word, frequency_words
from portal.choices import language
from portal.writing import file_size, localised, number

MOST_PROVINCES = 3  # named in one line before the rest is counted
EXCEL_ROWS = 1_048_575
LONGEST_CELL = 120  # characters in a table; the row's own page has the whole
READERS: Mapping[str, Callable[[str], Any]] = {"date": date.fromisoformat, "integer": int, "number": float, "year": int}
MAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+")


def title_of(dataset: Dataset) -> str:
    """The dataset's title in the reader's language, where there is one."""
    return (dataset.title_en if language() == "en" else "") or dataset.title_th


def publisher_title(publisher: Publisher) -> str:
    """The publisher's name in the reader's language, where there is one."""
    return (publisher.title_en if language() == "en" else "") or publisher.title_th


def notes_of(dataset: Dataset) -> str:
    """The description in the reader's language, where there is one."""
    return (dataset.notes_en if language() == "en" else "") or dataset.notes_th


def province_name(code: str) -> str:
    """A province's name in the reader's language."""
    found = province(code)
    return found.name_en if language() == "en" else found.name_th


def provinces_line(codes: Sequence[str]) -> str:
    """A few provinces by name and the rest as a number: "แพร่ น่าน และอีก 3 จังหวัด"."""
    names = [province_name(code) for code in codes[:MOST_PROVINCES]]
    more = len(codes) - len(names)
    joined = (", " if language() == "en" else " ").join(names)
    return str(_("%(names)s และอีก %(count)s จังหวัด", names=joined, count=more)) if more > 0 else joined


def address_of(dataset: Dataset, version: Version | None = None) -> str:
    """The path of a dataset, or of one fixed version."""
    return f"/dataset/{dataset.name}" + (f"@v{version.number}" if version else "")


def card(dataset: Dataset) -> dict[str, Any]:
    """A dataset in a list."""
    assert dataset.current is not None
    return {
        "href": address_of(dataset),
        "title": title_of(dataset),
        "summary": None,
        "province": provinces_line([link.province_code for link in dataset.provinces]),
        "publisher": publisher_title(dataset.publisher),
        "updated": dataset.updated_at,
        "status": verdict(dataset.current),
    }


def verdict(version: Version) -> tuple[str, str]:
    """What checking came to, as kind and words."""
    if not version.resources:
        return "none", _("มีเฉพาะลิงก์ไปยังต้นทาง")
    errors, warnings = version.severities.get("error", 0), version.severities.get("warning", 0)
    if errors:
        return "error", ngettext(
            "ตรวจแล้ว มี %(count)s จุดต้องแก้", "ตรวจแล้ว มี %(count)s จุดต้องแก้", errors, count=number(errors)
        )
    if not warnings:
        return "ok", _("ตรวจผ่าน")
    return "warning", ngettext(
        "ตรวจแล้ว มี %(count)s จุดควรดู", "ตรวจแล้ว มี %(count)s จุดควรดู", warnings, count=number(warnings)
    )


def taken_words(downloads: Mapping[int, int], version: Version) -> dict[str, str]:
    """How often the files were taken, all versions together; nothing where nobody did, or it was not counted yet."""
    total, here = sum(downloads.values()), downloads.get(version.number, 0)
    if not total:
        return {}
    said = ngettext("%(count)s ครั้ง", "%(count)s ครั้ง", total, count=number(total))
    note = _("รุ่นนี้ %(count)s ครั้ง นับโดยไม่เก็บว่าใครดาวน์โหลด", count=number(here))
    return {"text": str(said), "note": str(note)}


def facts(dataset: Dataset, version: Version, downloads: Mapping[int, int]) -> list[dict[str, Any]]:
    """The facts beside a dataset, in the order in which people ask for them."""
    licence = licence_of(dataset.license_id)
    codes = [link.province_code for link in dataset.provinces]
    address = dataset.maintainer_email
    return [
        {
            "term": _("เผยแพร่โดย"),
            "text": publisher_title(dataset.publisher),
            "href": f"/publisher/{dataset.publisher.slug}",
        },
        {
            "term": _("จังหวัดที่อยู่ในข้อมูล"),
            "text": provinces_line(codes),
            "note": decided_words(dataset),
            "href": f"/province/{codes[0]}" if len(codes) == 1 else None,
        },
        {"term": _("สัญญาอนุญาต"), "text": localised(licence.title), "note": localised(licence.sentence)},
        {"term": _("เผยแพร่รุ่นนี้เมื่อ"), "date": version.published_at},
        {
            "term": _("เจ้าของข้อมูลปรับปรุง"),
            "text": frequency_words(dataset.update_frequency_unit, dataset.update_frequency_interval),
        },
        {"term": _("ขนาด"), "text": rows_words(version.row_count) if version.resources else ""},
        {"term": _("ดาวน์โหลดแล้ว"), **taken_words(downloads, version)},
        {"term": _("ผู้ดูแลข้อมูล"), "text": dataset.maintainer},
        {"term": _("อีเมล"), "text": address, "href": f"mailto:{address}" if MAIL.fullmatch(address or "") else None},
    ]


def more_facts(dataset: Dataset) -> list[dict[str, Any]]:
    """The rest of the mandatory national metadata (thai.md 2), which few ask for."""
    return [
        {"term": _("หน่วยงานเจ้าของข้อมูล"), "text": organisation_of(dataset)},
        {"term": _("ที่มาของข้อมูล"), "text": dataset.data_source},
        {"term": _("คำสำคัญ"), "text": ", ".join(dataset.tags)},
        {"term": _("ประเภทข้อมูล"), "text": choice_word(dataset.data_type)},
        {"term": _("ขอบเขตพื้นที่"), "text": choice_word(dataset.geo_coverage)},
        {"term": _("วัตถุประสงค์"), "text": ", ".join(map(choice_word, dataset.objective))},
        {"term": _("หมวดหมู่ธรรมาภิบาล"), "text": choice_word(dataset.data_category)},
    ]


def organisation_of(dataset: Dataset) -> str:
    """The organisation that a catalogue names, which may not be the publisher whose portal it is."""
    told = dataset.extras.get("organization")
    return str(told.get("title", "")) if isinstance(told, dict) else ""


def rows_words(count: int) -> str:
    """A number of rows with its unit."""
    return str(ngettext("%(count)s แถว", "%(count)s แถว", count, count=number(count, True)))


def decided_words(dataset: Dataset) -> str:
    """What told us the province, because the national standard has no field for it."""
    words = {
        "rows": _("อ่านจากแถวของตาราง"),
        "source": _("ตามที่ลงทะเบียนแหล่งข้อมูลไว้"),
        "title": _("อ่านจากชื่อชุดข้อมูล"),
        "host": _("ดูจากที่อยู่เว็บของต้นทาง"),
        "organisation": _("อ่านจากชื่อหน่วยงานเจ้าของข้อมูล"),
        "publisher": _("ตามที่ตั้งของผู้เผยแพร่"),
    }
    return words.get(dataset.provinces[0].decided_by, "") if dataset.provinces else ""


def downloads(dataset: Dataset, version: Version, resource: Resource, query: str = "") -> list[dict[str, Any]]:
    """Ways to take one table, whole or (with `query`) filtered."""
    base = f"{address_of(dataset, version)}/resource/{resource.name}"
    tail = f"?{query}" if query else ""
    bom = f"{tail}&bom=1" if tail else "?bom=1"
    data = next(file for file in version.files if file.role == "data" and file.resource == resource.name)
    parquet = next(file for file in version.files if file.role == "parquet" and file.resource == resource.name)
    whole = not query
    offered = [
        {"label": "Excel (XLSX)", "href": f"{base}.xlsx{tail}", "note": _("พร้อมแผ่นคำอธิบายข้อมูล")},
        {
            "label": "CSV",
            "href": f"{base}.csv{tail}",
            "note": _("สำหรับโปรแกรม"),
            "size": data.bytes if whole else None,
            "sha256": data.sha256 if whole else None,
        },
        {"label": _("CSV สำหรับเปิดด้วย Excel"), "href": f"{base}.csv{bom}", "size": data.bytes + 3 if whole else None},
        {"label": "JSON", "href": f"{base}.json{tail}{'&' if tail else '?'}all=1"},
        {"label": "JSON Lines", "href": f"{base}.jsonl{tail}"},
        {
            "label": "Parquet",
            "href": f"{base}.parquet{tail}",
            "size": parquet.bytes if whole else None,
            "sha256": parquet.sha256 if whole else None,
        },
    ]
    return offered if resource.rows <= EXCEL_ROWS or query else [*offered[1:3], *offered[3:]]


def package_downloads(dataset: Dataset, version: Version) -> list[dict[str, Any]]:
    """The whole package, and the original where it is offered."""
    base = address_of(dataset, version)
    whole = {
        "label": _("ทุกไฟล์รวมเป็น ZIP"),
        "href": f"{base}/datapackage.zip",
        "note": _("ข้อมูลพร้อมคำอธิบาย (Data Package)"),
    }
    words = {"label": _("คำอธิบายชุดข้อมูล"), "href": f"{base}/datapackage.json", "note": "Data Package (JSON)"}
    offered: list[dict[str, Any]] = [whole if version.resources else words]
    if version.resources:
        offered.append({"label": "Croissant", "href": f"{base}/croissant.jsonld", "note": _("สำหรับเรียนรู้ของเครื่อง")})
    titles = {resource.name: resource.title for resource in version.resources}
    for file in version.files:
        if file.role == "original":
            offered.append(
                {
                    "label": _("ไฟล์ต้นฉบับ"),
                    "note": titles.get(file.resource or "") or version.original_name,
                    "href": f"{base}/{file.path}",
                    "size": file.bytes,
                    "sha256": file.sha256,
                }
            )
    return offered


def link_lines(version: Version) -> list[dict[str, Any]]:
    """Files that are only named: where they are, and why they were not taken in where they might have been."""
    return [
        {
            "href": public_url(link["url"]),
            "title": link["title"] or link["url"],
            "format": link["format"],
            "description": link["description"],
            "problem": link["problem"][language()] if link["problem"] else "",
        }
        for link in version.links
    ]


def type_word(kind: str) -> str:
    """A column's type in words."""
    words = {
        "string": _("ข้อความ"),
        "integer": _("จำนวนเต็ม"),
        "number": _("ตัวเลข"),
        "date": _("วันที่"),
        "datetime": _("วันที่และเวลา"),
        "year": _("ปี (ค.ศ.)"),
        "boolean": _("ใช่หรือไม่ใช่"),
    }
    return str(words.get(kind, kind))


def kind_of(field: Mapping[str, Any]) -> str:
    """A column's type for `cell` and `type_word`: a year is no quantity, though it is a whole number. By its title, as the line does."""
    year = field["type"] == "integer" and heading_hint(str(field.get("title") or field["name"])) == "year"
    return "year" if year else str(field["type"])


def cell(value: Any, kind: str, *, whole: bool = False) -> str | date:
    """A cell as a page shows it: days stay days (templates write พ.ศ. or AD), quantities get their commas, "" for empty.

    `kind` is the column's type; long texts are cut unless the `whole` is wanted. Files and JSON never pass here.
    """
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value
    if isinstance(value, bool):
        return str(_("ใช่") if value else _("ไม่ใช่"))
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int | float) and kind in ("integer", "number"):
        return f"{value:,}"
    text = str(value)
    return text if whole or len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"


def told_value(value: Any, kind: str) -> str | date:
    """A cell that comes as text, out of a column's profile or a difference; text that is no such value stays as it is."""
    if not isinstance(value, str) or kind not in READERS:
        return cell(value, kind)
    try:
        return cell(READERS[kind](value), kind)
    except ValueError:  # the column had another type in the other version
        return cell(value, kind)


def table_title(dataset: Dataset, version: Version, resource: Resource) -> str:
    """What a table is called: its own title among several, else the dataset's, because a lone one is named after its file."""
    return resource.title if len(version.resources) > 1 else title_of(dataset)


def column_title(field: Mapping[str, Any]) -> str:
    """What a column is called in the reader's language."""
    return str(field.get("titles", {}).get(language()) or field.get("title") or field.get("source") or field["name"])


def dictionary(resource: Resource) -> list[dict[str, Any]]:
    """The data dictionary of a table, with how full each column is."""
    profiles = {column["name"]: column for column in resource.columns}
    return [
        dictionary_entry(field, profiles.get(field["name"], {}), resource.rows)
        for field in resource.schema["fields"]
        if field["name"] != "_row"
    ]


def dictionary_entry(field: Mapping[str, Any], profile: Mapping[str, Any], rows: int) -> dict[str, Any]:
    """One column of the data dictionary."""
    example = profile.get("example")
    source = field.get("source")
    rules = []
    if source and source != field["name"]:
        rules.append(_("หัวคอลัมน์ในไฟล์: %(heading)s", heading=source))
    if field.get("constraints", {}).get("required"):
        rules.append(_("ต้องกรอก"))
    return {
        "name": field["name"],
        "title": column_title(field),
        "type": type_word(kind_of(field)),
        "description": localised(field.get("descriptions")) or field.get("description", ""),
        "unit": field.get("unit"),
        "example": None if example is None else str(example),
        "rule": " · ".join(rules),
        "filled": (profile.get("filled", 0) / rows) if rows else None,
    }


def change_words(changes: Mapping[str, Any]) -> str:
    """The difference between two versions in a line: "+12 แถว, −1, แก้ 4"."""
    if not changes or not changes.get("before"):
        return ""
    parts = [
        (changes["added"], _("+%(count)s แถว", count=number(changes["added"]))),
        (changes["removed"], _("−%(count)s แถว", count=number(changes["removed"]))),
        (changes["changed"], _("แก้ %(count)s แถว", count=number(changes["changed"]))),
    ]
    said = [words for count, words in parts if count]
    return ", ".join(said) if said else str(_("แถวเหมือนเดิมทุกแถว เปลี่ยนเฉพาะคำอธิบาย"))


def version_lines(dataset: Dataset, versions: Sequence[Version]) -> list[dict[str, Any]]:
    """The versions of a dataset, newest first."""
    numbers = {version.number for version in versions}  # of a version that was withdrawn nothing is told
    return [
        {
            "number": version.number,
            "date": version.published_at,
            "summary": change_words(version.changes) or _("รุ่นแรก") + " " + rows_words(version.row_count),
            "href": address_of(dataset, version),
            "current": version.id == dataset.current_version_id,
            "report_href": f"{address_of(dataset, version)}/report",
            "changes_href": f"{address_of(dataset)}/changes?from={version.number - 1}&to={version.number}"
            if version.number - 1 in numbers
            else None,
        }
        for version in versions
    ]


def size_words(version: Version) -> str:
    """Rows and bytes of a version in a line."""
    total = sum(resource.bytes for resource in version.resources)
    return str(_("%(rows)s แถว %(size)s", rows=number(version.row_count), size=file_size(total)))
