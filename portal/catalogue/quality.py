"""How good a dataset is, by the weights with which the National Statistical Office grades the provinces' catalogues.

Metadata 20, timeliness 20, access 15, machine-readable 20, validity 25; grades A from 90, B 75, C 60, D 40 (design page on Thai
data 13). Every point follows from what stands in the catalogue; docs/quality.md says how to reckon it by hand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _  # type: ignore[import-untyped]
from flask_babel import lazy_gettext

from harvesters.describing import OPTION_OF
from harvesters.licences import licence_of
from portal.catalogue.models import Dataset, Version
from portal.db import now

WEIGHTS = {"metadata": 20, "timeliness": 20, "access": 15, "machine": 20, "validity": 25}
GRADES = ((90, "A"), (75, "B"), (60, "C"), (40, "D"))
LATE_SHARE = 0.5  # of the points while a dataset is no later than twice its own interval
REPORTED_WARNING = 0.5  # what a warning counts beside an error
FIELDS: Mapping[str, Any] = {  # the national minimum metadata that a publisher fills in
    "title_th": lazy_gettext("ชื่อชุดข้อมูล"), "notes_th": lazy_gettext("รายละเอียด"), "maintainer": lazy_gettext("ผู้ดูแลข้อมูล"),
    "maintainer_email": lazy_gettext("อีเมล"), "tags": lazy_gettext("คำสำคัญ"), "data_type": lazy_gettext("ประเภทข้อมูล"),
    "objective": lazy_gettext("วัตถุประสงค์"), "update_frequency_unit": lazy_gettext("ความถี่การปรับปรุง"),
    "geo_coverage": lazy_gettext("ขอบเขตพื้นที่"), "data_source": lazy_gettext("ที่มาของข้อมูล"),
    "data_category": lazy_gettext("หมวดหมู่ธรรมาภิบาล"), "license_id": lazy_gettext("สัญญาอนุญาต"),
}  # fmt: skip
INTERVALS = {
    "ปี": 366, "ครึ่งปี": 184, "ไตรมาส": 92, "เดือน": 31, "สัปดาห์": 7, "วัน": 1, "วันทำการ": 4, "ชั่วโมง": 1, "นาที": 1, "ตามเวลาจริง": 1,
}  # fmt: skip
NEVER = "ไม่มีการปรับปรุงหลังจากการจัดเก็บข้อมูล"


@dataclass(frozen=True, slots=True)
class Mark:
    """One of the five marks: points of so many, why, and what would raise it (by `of` − `points` at the most)."""

    name: str
    title: str
    points: float
    of: int
    reason: str
    mend: str


def grade_of(points: float) -> str:
    """The grade of a sum of points; E below D."""
    return next((grade for least, grade in GRADES if points >= least), "E")


def quality_of(dataset: Dataset, version: Version, moment: datetime | None = None) -> dict[str, Any]:
    """The marks of a version: {"points", "grade", "marks": [Mark, …]}. `moment` is the day it is judged on, now by default."""
    marks = [
        metadata_mark(dataset),
        timeliness_mark(dataset, version, moment or now()),
        access_mark(dataset, version),
        machine_mark(version),
        validity_mark(version),
    ]
    points = round(sum(mark.points for mark in marks), 1)
    return {"points": points, "grade": grade_of(points), "marks": marks}


def metadata_mark(dataset: Dataset) -> Mark:
    """The share of the national fields that are filled in."""
    empty = [f"{title} ({OPTION_OF.get(name, name)})" for name, title in FIELDS.items() if not getattr(dataset, name)]
    filled = len(FIELDS) - len(empty)
    reason = _("กรอกแล้ว %(filled)s จาก %(all)s ช่อง", filled=filled, all=len(FIELDS))
    mend = _("กรอกเพิ่ม %(fields)s โดยผู้เผยแพร่ใส่ --option ชื่อ=ค่า", fields=", ".join(empty)) if empty else ""
    return mark("metadata", _("คำอธิบายชุดข้อมูล"), filled / len(FIELDS), reason, mend)


def timeliness_mark(dataset: Dataset, version: Version, moment: datetime) -> Mark:
    """Whether the newest version is as young as its publisher promises."""
    title, unit = _("ความทันสมัย"), dataset.update_frequency_unit
    if unit == NEVER:
        return mark("timeliness", title, 1.0, _("ข้อมูลนี้ไม่มีกำหนดปรับปรุงอีก"), "")
    days = INTERVALS.get(unit)
    if days is None:
        return mark("timeliness", title, 0.0, _("ไม่ทราบว่าปรับปรุงบ่อยเพียงใด"), _("ระบุความถี่การปรับปรุง (update_frequency)"))
    times = dataset.update_frequency_interval
    interval = timedelta(days=days * (int(times) if times.isdigit() and int(times) > 0 else 1))
    age = moment - version.published_at
    reason = _("รุ่นล่าสุดอายุ %(days)s วัน กำหนดปรับปรุงทุก %(every)s วัน", days=age.days, every=interval.days)
    share = 1.0 if age.days <= interval.days else LATE_SHARE if age.days <= 2 * interval.days else 0.0
    return mark("timeliness", title, share, reason, "" if share == 1.0 else _("ส่งข้อมูลรอบใหม่"))


def access_mark(dataset: Dataset, version: Version) -> Mark:
    """Two thirds for files that can be had here or were reachable, one third for a licence that is known to be open."""
    tables, links = len(version.resources), links_of(version)
    reached = tables + sum(1 for link in links if not link.get("problem"))
    files = tables + len(links)
    is_open = licence_of(dataset.license_id).open == "yes"
    share = (2 * (reached / files if files else 0.0) + is_open) / 3
    reason = _("เปิดได้ %(reached)s จาก %(files)s ไฟล์", reached=reached, files=files)
    reason += " · " + (_("สัญญาอนุญาตแบบเปิด") if is_open else _("ยังไม่ทราบว่าสัญญาอนุญาตเปิดหรือไม่"))
    mends = [] if is_open else [_("ใช้สัญญาอนุญาตแบบเปิด เช่น Open Data Common (licence)")]
    mends += [_("แก้ลิงก์ที่เปิดไม่ได้")] if reached < files else []
    return mark("access", _("การเข้าถึง"), share, reason, " · ".join(mends))


def machine_mark(version: Version) -> Mark:
    """The share of its files that are tables which programs can read."""
    tables, links = len(version.resources), len(links_of(version))
    share = tables / (tables + links) if tables + links else 0.0
    reason = _("เป็นตารางที่โปรแกรมอ่านได้ %(tables)s จาก %(files)s ไฟล์", tables=tables, files=tables + links)
    mend = _("เพิ่มไฟล์ตาราง เช่น CSV แทน PDF หรือลิงก์") if share < 1.0 else ""
    return mark("machine", _("โปรแกรมอ่านได้"), share, reason, mend)


def validity_mark(version: Version) -> Mark:
    """The rows without a finding: an error takes a row off, a warning half of one."""
    title = _("ความถูกต้อง")
    if not version.resources or not version.row_count:
        return mark("validity", title, 0.0, _("ไม่มีตารางให้ตรวจ"), _("เพิ่มไฟล์ตารางเพื่อให้ตรวจได้"))
    errors, warnings = version.severities.get("error", 0), version.severities.get("warning", 0)
    wrong = errors + REPORTED_WARNING * warnings
    share = max(0.0, 1.0 - wrong / version.row_count)
    reason = _(
        "ต้องแก้ %(errors)s จุด ควรดู %(warnings)s จุด ใน %(rows)s แถว",
        errors=errors,
        warnings=warnings,
        rows=version.row_count,
    )
    return mark("validity", title, share, reason, _("แก้ตามผลการตรวจ") if wrong else "")


def mark(name: str, title: str, share: float, reason: str, mend: str) -> Mark:
    """A mark of a share, 0 to 1, of its weight, to a tenth of a point."""
    return Mark(name, title, round(WEIGHTS[name] * share, 1), WEIGHTS[name], reason, mend)


def links_of(version: Version) -> Sequence[Mapping[str, Any]]:
    """The files that are named by their address only."""
    return version.links or ()


def quality_data(dataset: Dataset, version: Version) -> dict[str, Any]:
    """The marks as JSON, without words."""
    told = quality_of(dataset, version)
    return told | {"marks": {one.name: {"points": one.points, "of": one.of} for one in told["marks"]}}
