"""Turns rows of the catalogue into the named values that templates show. No template sees a query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _  # type: ignore[import-untyped]
from flask_babel import ngettext

from harvesters.licences import licence_of
from harvesters.thai.places import province
from portal.catalogue.models import Dataset, Publisher, Resource, Version
from portal.choices import language
from portal.writing import file_size, localised, number

MOST_PROVINCES = 3  # named in one line before the rest is counted
EXCEL_ROWS = 1_048_575


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
    warnings = version.severities.get("warning", 0) + version.severities.get("error", 0)
    if not warnings:
        return "ok", _("ตรวจผ่าน")
    return "warning", ngettext(
        "ตรวจแล้ว มี %(count)s จุดควรดู", "ตรวจแล้ว มี %(count)s จุดควรดู", warnings, count=number(warnings)
    )


def frequency(dataset: Dataset) -> str:
    """How often it is updated, in words."""
    unit, interval = dataset.update_frequency_unit, dataset.update_frequency_interval
    if not unit:
        return ""
    return _("ทุก %(interval)s %(unit)s", interval=interval, unit=unit) if interval not in ("", "1") else unit


def facts(dataset: Dataset, version: Version) -> list[dict[str, Any]]:
    """The facts beside a dataset, in the order in which people ask for them."""
    licence = licence_of(dataset.license_id)
    codes = [link.province_code for link in dataset.provinces]
    return [
        {
            "term": _("ผู้เผยแพร่"),
            "text": publisher_title(dataset.publisher),
            "href": f"/publisher/{dataset.publisher.slug}",
        },
        {
            "term": _("จังหวัด"),
            "text": provinces_line(codes),
            "note": decided_words(dataset),
            "href": f"/province/{codes[0]}" if len(codes) == 1 else None,
        },
        {"term": _("สัญญาอนุญาต"), "text": localised(licence.title), "note": localised(licence.sentence)},
        {"term": _("เผยแพร่รุ่นนี้เมื่อ"), "date": version.published_at},
        {"term": _("ความถี่ที่ปรับปรุง"), "text": frequency(dataset)},
        {"term": _("จำนวนแถว"), "text": number(version.row_count, True)},
        {"term": _("ที่มาของข้อมูล"), "text": dataset.data_source},
        {"term": _("ประเภทข้อมูล"), "text": dataset.data_type},
        {"term": _("คำสำคัญ"), "text": ", ".join(dataset.tags)},
        {"term": _("ผู้ดูแลข้อมูล"), "text": dataset.maintainer, "note": dataset.maintainer_email},
        {"term": _("หมวดหมู่ธรรมาภิบาล"), "text": dataset.data_category},
        {"term": _("ขอบเขตพื้นที่"), "text": dataset.geo_coverage},
        {"term": _("วัตถุประสงค์"), "text": ", ".join(dataset.objective)},
    ]


def decided_words(dataset: Dataset) -> str:
    """What told us the province, because the national standard has no field for it."""
    words = {
        "rows": _("อ่านจากแถวของตาราง"),
        "source": _("ตามที่ลงทะเบียนแหล่งข้อมูลไว้"),
        "title": _("อ่านจากชื่อชุดข้อมูล"),
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
        {"label": "Excel (XLSX)", "href": f"{base}.xlsx{tail}", "note": _("มีแผ่นคำอธิบายข้อมูลและสัญญาอนุญาต")},
        {
            "label": "CSV",
            "href": f"{base}.csv{tail}",
            "note": _("สำหรับโปรแกรม"),
            "size": data.bytes if whole else None,
            "sha256": data.sha256 if whole else None,
        },
        {"label": _("CSV สำหรับเปิดด้วย Excel"), "href": f"{base}.csv{bom}", "size": data.bytes + 3 if whole else None},
        {"label": "JSON", "href": f"{base}.json{tail}"},
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
    offered = [{"label": _("ทั้งชุดเป็น ZIP (Data Package)"), "href": f"{base}/datapackage.zip"}]
    for file in version.files:
        if file.role == "original":
            label = _("ไฟล์ต้นฉบับ (%(name)s)", name=version.original_name)
            offered.append({"label": label, "href": f"{base}/{file.path}", "size": file.bytes, "sha256": file.sha256})
    return offered


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
    top = profile.get("top") or []
    example = top[0]["value"] if top else profile.get("min")
    source = field.get("source")
    rules = []
    if source and source != field["name"]:
        rules.append(_("หัวคอลัมน์ในไฟล์: %(heading)s", heading=source))
    if field.get("constraints", {}).get("required"):
        rules.append(_("ต้องกรอก"))
    return {
        "name": field["name"],
        "title": column_title(field),
        "type": type_word(field["type"]),
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
    return [
        {
            "number": version.number,
            "date": version.published_at,
            "summary": change_words(version.changes) or _("รุ่นแรก %(count)s แถว", count=number(version.row_count)),
            "href": address_of(dataset, version),
            "current": version.id == dataset.current_version_id,
            "report_href": f"{address_of(dataset, version)}/report",
            "changes_href": f"{address_of(dataset)}/changes?from={version.number - 1}&to={version.number}"
            if version.number > 1
            else None,
        }
        for version in versions
    ]


def size_words(version: Version) -> str:
    """Rows and bytes of a version in a line."""
    total = sum(resource.bytes for resource in version.resources)
    return str(_("%(rows)s แถว %(size)s", rows=number(version.row_count), size=file_size(total)))
