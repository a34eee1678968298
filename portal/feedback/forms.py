"""The two forms: what a reader sent → a value, or what is wrong with it in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _  # type: ignore[import-untyped]

from harvesters import bundled
from harvesters.thai.text import clean

SHORTEST, LONGEST = 10, 2000  # letters of a message
TRAP = "website"  # a field that people don't see; programs fill it in


@dataclass(frozen=True, slots=True)
class Told:
    """What a reader told, checked. `row` is the row of the original file."""

    kind: str
    message: str
    dataset: str = ""
    resource: str = ""
    row: int | None = None
    province: str = ""


def read_form(kind: str, sent: Mapping[str, str]) -> tuple[Told, dict[str, str]]:
    """Return what was sent, and for each wrong field what is wrong with it; an empty mapping when all is right."""
    # a message keeps its lines; everything else of it is cleaned as any text
    message = "\n".join(clean(line) for line in sent.get("message", "").splitlines()).strip()
    row = sent.get("row", "").strip()
    told = Told(
        kind=kind,
        message=message[: LONGEST + 1],
        dataset=sent.get("dataset", "").strip()[:70],
        resource=sent.get("resource", "").strip()[:70],
        row=int(row) if row.isascii() and row.isdigit() and len(row) <= 8 else None,
        province=sent.get("province", "").strip(),
    )
    return told, faults_of(told)


def faults_of(told: Told) -> dict[str, str]:
    """What is wrong, by field."""
    faults = {}
    if len(told.message) < SHORTEST:
        faults["message"] = _("โปรดเล่าให้ละเอียดขึ้นอีกนิด อย่างน้อย %(count)s ตัวอักษร", count=SHORTEST)
    elif len(told.message) > LONGEST:
        faults["message"] = _("ข้อความยาวเกินไป โปรดย่อให้ไม่เกิน %(count)s ตัวอักษร", count=f"{LONGEST:,}")
    if told.province and told.province not in {row["code"] for row in bundled.read_table("provinces")}:
        faults["province"] = _("โปรดเลือกจังหวัดจากรายการ")
    return faults
