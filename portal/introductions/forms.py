"""The forms of asking and of answering: what was sent → a value, or what is wrong with it in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _  # type: ignore[import-untyped]

from harvesters.thai.places import find_province
from harvesters.thai.text import clean
from portal.introductions.models import ANSWERS, OUTCOMES

LONGEST = {"group": 150, "contact": 200, "message": 2000, "words": 1000}  # letters
SHORTEST = {"group": 3, "contact": 5, "message": 10}

# A contact is refused only where nothing in it could lead to anybody. These are what may: see `reachable`.
PHONE_DIGITS = 6
_REFUSED = re.compile(r"(?:ไม่|ยังไม่|ไม่อยาก)(?:มี|บอก|ให้|ใช้|สะดวก|ระบุ|ทราบ|รู้|เปิดเผย)\S*")
_NETWORK = re.compile(
    r"line|ไลน์|facebook|(?<![a-z])fb(?![a-z])|เฟซ|เฟส|เพจ|www\.|https?:|instagram|(?<![a-z])ig(?![a-z])|messenger", re.I
)
_PLACE = re.compile(
    r"บ้าน|เลขที่|หมู่|(?<![ก-๎])[มถตอจ]\.|ถนน|ซอย|ตำบล|อำเภอ|จังหวัด|แขวง|เขต|ตลาด|ร้าน|วัด|โรงเรียน|อบต|เทศบาล"
    r"|สำนักงาน|ที่ทำการ|ที่ว่าการ|ศาลากลาง|ศูนย์|สหกรณ์|กลุ่ม|โรงงาน|กำนัน|ผู้ใหญ่|address|road|village|district"
)
_IDENTITY = re.compile(r"(?<![A-Za-z0-9])[A-Za-z][A-Za-z0-9._\-]{3,}")  # a LINE id may stand without the word
_NO_IDENTITY = frozenset(
    {"none", "nothing", "null", "test", "asdf", "secret", "unknown", "private", "anonymous", "line"}
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asked, checked. `cluster` is a slug or empty; `province` a two-digit code or empty."""

    group: str
    contact: str
    message: str
    cluster: str = ""
    province: str = ""
    agreed: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """What a unit chose at a step, with words of its own."""

    choice: str
    words: str


def line(text: str) -> str:
    """A field of one line: breaks and other signs that no line has become blanks."""
    return " ".join(clean(" ".join(text.split())).split())


def lines(text: str) -> str:
    """A field of several lines, each cleaned."""
    return "\n".join(line(one) for one in text.splitlines()).strip()


def read_asked(sent: Mapping[str, str]) -> tuple[Asked, dict[str, str]]:
    """Return what was asked, and for each wrong field what is wrong with it."""
    place = find_province(sent.get("province", ""))
    asked = Asked(
        group=line(sent.get("group", ""))[: LONGEST["group"] + 1],
        contact=line(sent.get("contact", ""))[: LONGEST["contact"] + 1],
        message=lines(sent.get("message", ""))[: LONGEST["message"] + 1],
        cluster=sent.get("cluster", "").strip()[:70],
        province=place.code if place else "",
        agreed=sent.get("agreed") == "1",
    )
    faults = {}
    for name, most in LONGEST.items():
        text = getattr(asked, name, "")
        if len(text) > most:
            faults[name] = _("ข้อความยาวเกินไป โปรดย่อให้ไม่เกิน %(count)s ตัวอักษร", count=f"{most:,}")
        elif len(text) < SHORTEST.get(name, 0):
            faults[name] = _("โปรดกรอกช่องนี้ อย่างน้อย %(count)s ตัวอักษร", count=SHORTEST[name])
    if "contact" not in faults and not reachable(asked.contact):
        faults["contact"] = _("ข้อความนี้ยังติดต่อกลับไม่ได้ โปรดบอกเบอร์โทรศัพท์ อีเมล ไลน์ หรือที่อยู่ อย่างน้อยหนึ่งอย่าง")
    if not asked.province:
        faults["province"] = _("โปรดเลือกจังหวัดจากรายการ")
    if not asked.agreed:
        faults["agreed"] = _("โปรดทำเครื่องหมาย หากยินยอมให้ส่งข้อมูลนี้ถึงหน่วยวิจัย")
    return asked, faults


def reachable(contact: str) -> bool:
    """Whether a text may be a way to reach somebody: a telephone, an address of mail or of a network, an id, or a place in words."""
    if sum(letter.isdigit() for letter in contact) >= PHONE_DIGITS or "@" in contact:
        return True
    said = _REFUSED.sub(" ", contact)
    network = _NETWORK.search(said)
    if network and sum(map(str.isalnum, said)) > len(network[0].strip(".:")) + 2:
        return True
    if _PLACE.search(said):
        return True
    return any(word.lower().strip(".-_") not in _NO_IDENTITY for word in _IDENTITY.findall(said))


def read_answered(step: str, sent: Mapping[str, str]) -> tuple[Answered, dict[str, str]]:
    """Return what a unit chose at a step, and what is wrong with it."""
    told = Answered(choice=sent.get("choice", ""), words=lines(sent.get("words", ""))[: LONGEST["words"] + 1])
    faults = {}
    if told.choice not in (ANSWERS if step == "answer" else OUTCOMES):
        faults["choice"] = _("โปรดเลือกหนึ่งข้อ")
    if len(told.words) > LONGEST["words"]:
        faults["words"] = _("ข้อความยาวเกินไป โปรดย่อให้ไม่เกิน %(count)s ตัวอักษร", count=f"{LONGEST['words']:,}")
    return told, faults
