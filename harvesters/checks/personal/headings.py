"""What a heading alone says about its column: that it holds people, telephones, accounts, or something of section 26."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from harvesters.checks.personal.fold import fold, unhide
from harvesters.checks.personal.spans import Kind

_GAPS = re.compile(r"[ \-_./:()\[\]{}'\"‘’“”*#,]+")
_COUNTS = re.compile(
    r"^(?:จำนวน|ร้อยละ|อัตรา|สัดส่วน|ผลรวม|ยอดรวม|มูลค่า|รายได้|งบประมาณ|ราคา|ค่าเฉลี่ย|เฉลี่ย|numberof|countof|total|percent|rate|amount|budget|value|price)"
)
_OTHER_CODES = re.compile(
    r"(?:^|[^ก-๙])รหัส|^รหัส|บาท|บาร์โค้ด|barcode|gtin|isbn|issn|ประชากร|population|code$|พื้นที่|area|จำนวน|มูลค่า|รายได้|ปริมาณ|งบ|ราคา|ยอด"
)
_BARCODES = re.compile(r"บาร์โค้ด|บาร์โคด|barcode|gtin|ean13|^ean$|isbn|issn")
_PHONES = re.compile(r"โทร(?!ทัศน์|คมนาคม|เลข)|เบอร์(?!ดีน)|มือถือ|ติดต่อ|phone|mobile|^tel|^contact|contactno|hotline|สายด่วน")
_HOUSES = re.compile(r"บ้านเลขที่|^เลขที่บ้าน|houseno|housenumber")

# First match counts. `whole`: every cell that fits is personal, whatever it looks like.
_NAMED: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("citizen-id", re.compile(r"ประจำตัวประชาชน|บัตรประชาชน|เลขประชาชน|ปชช|citizenid|nationalid|idcard|thaiid|^cid$|^pid$|^ssn$")),
    ("bank-account", re.compile(r"เลขที่บัญชี|เลขบัญชี|หมายเลขบัญชี|บัญชีธนาคาร|บัญชีเงินฝาก|bankaccount|accountno|accountnumber|accno|พร้อมเพย์|promptpay")),
    ("passport", re.compile(r"พาสปอร์|หนังสือเดินทาง|passport")),
    ("line-id", re.compile(r"^(?:line|ไลน์)(?:id|ไอดี|oa|official|@)?$|lineid|idline|ไอดีไลน์|ไลน์ไอดี|ไอดีline")),
    ("mobile", re.compile(r"มือถือ|โทรศัพท์เคลื่อนที่|mobile(?:phone|no|number)?$|cellphone|handphone")),
    ("birth-date", re.compile(r"วันเกิด|เดือนปีเกิด|ว/?ด/?ปเกิด|^วดปเกิด|birthdate|dateofbirth|birthday|^dob$")),
    ("sensitive", re.compile(
        r"^(?:เชื้อชาติ|ศาสนา|ลัทธิ|ความเชื่อ|สุขภาพ|ข้อมูลสุขภาพ|ภาวะสุขภาพ|สถานะสุขภาพ|ประวัติสุขภาพ|ความพิการ|ประเภทความพิการ|ชีวมิติ|หมู่เลือด|หมู่โลหิต|กรุ๊ปเลือด)"
        r"(?:ของ.*|ที่นับถือ|/.*)?$|โรคประจำตัว|ประวัติการรักษา|ประวัติการเจ็บป่วย|ผลตรวจสุขภาพ|ประวัติอาชญากร|อาชญากรรม(?:ของ|ที่เคย)|คดีอาญา|ความคิดเห็นทางการเมือง"
        r"|พฤติกรรมทางเพศ|รสนิยมทางเพศ|ลายนิ้วมือ|ม่านตา|ข้อมูลชีวมิติ|ข้อมูลชีวภาพ|ข้อมูลพันธุกรรม|สหภาพแรงงานที่|^(?:ethnicity|race|religion|beliefs?|healthstatus|health"
        r"|disability|bloodtype|bloodgroup|biometrics?|fingerprint|sexualorientation|politicalopinion|tradeunion|genetic(?:data)?)$"
        r"|criminalrecord|medicalhistory|chronicdisease|underlyingdisease")),
)  # fmt: skip
_PEOPLE = re.compile(
    r"ชื่อ(?:ตัว)?(?:และ|ชื่อ)?(?:นาม)?สกุล(?!เงิน|ไฟล์|พืช|สัตว์)|^(?:นาม)?สกุล$|^นามสกุล|นามสกุล$|ผู้มีอำนาจ(?:ทำการ|ลงนาม|กระทำการ)"
    r"|(?:ราย)?ชื่อ(?:สมาชิก|กรรมการ|คณะกรรมการ|เกษตรกร|บุคคล|ผู้ป่วย|นักเรียน|นักศึกษา|พนักงาน|ลูกจ้าง|บิดา|มารดา|คู่สมรส|เล่น|ปราชญ์)(?!กลุ่ม|องค์กร|ชุมชน)"
    r"|^(?:first|last|sur|full|given|family|middle|nick)name(?:th|en|thai|eng)?$|^(?:f|l)name$|personname|contactname|contactperson|ownername|ชื่อจริง"
)
_OFFICERS = re.compile(
    r"^(?:ราย)?(?:ชื่อ)?(?:ประธาน|ผู้ประสานงาน|ผู้ติดต่อ|บุคคลติดต่อ|ผู้ที่ติดต่อ|เจ้าของ(?!ผลงาน|โครงการ|ข้อมูล|พื้นที่|เรื่อง|ลิขสิทธิ์)|ผู้จัดการ|ผู้แทน|ผู้ดำเนินกิจการ|ผู้ดำเนินการ"
    r"|หัวหน้ากลุ่ม|เลขานุการ|เหรัญญิก|ผู้ใหญ่บ้าน|กำนัน|ผู้ประกอบการที่เป็นบุคคล|ผู้ขออนุญาต|ผู้รับใบอนุญาต|ผู้ถือหุ้น|หุ้นส่วน|กรรมการผู้จัดการ|ทายาท|พยาน)"
    r"|^(?:contact|coordinator|owner|chairman|chairperson|president|manager|director)$"
)
_NOT_OFFICERS = re.compile(r"โทร|เบอร์|ที่อยู่|อีเมล|ตำบล|อำเภอ|จังหวัด|กรรมสิทธิ์|ประเภท|วันที่|สถานะ|phone|email|address")
_SURNAME = re.compile(r"^(?:นาม)?สกุล|^(?:last|sur|family)name")
_FORENAME = re.compile(r"^ชื่อ(?:ตัว|จริง)?$|^name$|^ชื่อไทย$|^ชื่อภาษาไทย$")


@dataclass(frozen=True, slots=True)
class HeadingSays:
    """What a heading says. `whole` is a kind that it names; `officers` that it names an office-holder, who may be a firm."""

    whole: Kind | None = None
    officers: bool = False
    phones: bool = False
    houses: bool = False
    barcodes: bool = False
    other_codes: bool = False


def read_headings(headings: Sequence[str]) -> tuple[HeadingSays, ...]:
    """Return what each heading says; a plain "name" beside a surname is a person's."""
    compact = [_GAPS.sub("", fold(unhide(heading)).casefold()) for heading in headings]
    with_surname = any(_SURNAME.search(heading) for heading in compact)
    return tuple(_read(heading, with_surname=with_surname) for heading in compact)


def _read(heading: str, *, with_surname: bool) -> HeadingSays:
    whole = None if _COUNTS.match(heading) else _whole(heading, with_surname=with_surname)
    officers = whole is None and _OFFICERS.search(heading) is not None and not _NOT_OFFICERS.search(heading)
    return HeadingSays(
        whole=whole,
        officers=officers,
        phones=_PHONES.search(heading) is not None and not _COUNTS.match(heading),
        houses=_HOUSES.search(heading) is not None,
        barcodes=_BARCODES.search(heading) is not None,
        other_codes=_OTHER_CODES.search(heading) is not None,
    )


def _whole(heading: str, *, with_surname: bool) -> Kind | None:
    for kind, pattern in _NAMED:
        if pattern.search(heading):
            return kind
    if _PEOPLE.search(heading) or (with_surname and _FORENAME.search(heading)):
        return "name"
    return None
