"""What a heading alone says about its column: a telephone, a code, a year. Cells decide all that a heading leaves open."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from harvesters.mapping import heading_key

Hint = Literal["sequence", "code", "phone", "year", "date", "latitude", "longitude", "province", "none"]

_PHONE = re.compile(r"โทร(?!ทัศน์|คมนาคม|เลข|จิต)|^เบอร์(?!ดีน)|มือถือ|แฟ็?กซ์|phone|mobile|^tel|^fax|hotline|สายด่วน")
_COUNTS = re.compile(
    r"^(?:จำนวน|ร้อยละ|อัตรา|สัดส่วน|ยอด|มูลค่า|รายได้|งบประมาณ|ราคา|ค่าเฉลี่ย|number|count|total|percent|amount)"
)
_CODE_HEADING = re.compile(
    r"^รหัส|^เลขที่|^เลขทะเบียน|^เลขประจำตัว|^เลขนิติบุคคล|^เลขผู้เสียภาษี|^ทะเบียน|ไปรษณีย์|^บ้านเลขที่|^บาร์โค้ด|บัญชี$"
    r"|^(?:tsic|isic|zip|zipcode|postcode|postalcode|barcode|isbn|issn|sku|uuid)|^id$|(?:code|barcode|taxid)$"
)
_ID_NAME = re.compile(r"(?:^|[_\s.\-])[Ii][Dd]$|[a-z]I[Dd]$|^[Ii][Dd][_\s.\-]")
_SEQUENCE = frozenset(
    ["ลำดับ", "ที่", "ลำดับที่", "เลขลำดับ", "ลำดับรายการ", "ข้อ", "ข้อที่", "no", "sn", "seq", "#", "runningno", "ลดที่", "ลด"]
)
_YEAR = re.compile(r"^(?:ประจำ)?ปี|^พศ|^คศ|ปีพศ$|ปีคศ$|year$|^year|^yr$")
_NOT_YEAR = re.compile(r"^ปี(?:ละ|ที่[0-9])|ต่อปี|ภาคปี")
_DATE = re.compile(r"^วัน(?!หยุด|ทำการ)|เดือนปี|^วดป|date|^ณวันที่")
_LATITUDE = re.compile(r"^(?:gps|พิกัด)?(?:lat|ละติจ|ลติจูด)|^เส้นรุ้ง|latitude")
_LONGITUDE = re.compile(r"^(?:gps|พิกัด)?(?:lon|lng|ลองจิ|ลองติ|ลองกิ)|^เส้นแวง|longt?itude")
_PROVINCE = re.compile(r"^(?:ชื่อ)?จังหวัด|province|changwat")


def heading_hint(heading: str) -> Hint:
    """Return what a heading alone says about its column, or "none"."""
    key = heading_key(heading)
    if key in _SEQUENCE:
        return "sequence"
    if _COUNTS.search(key):
        return "none"
    if _ID_NAME.search(heading.strip()):
        return "code"
    patterns: Sequence[tuple[Hint, re.Pattern[str]]] = (
        ("phone", _PHONE),
        ("code", _CODE_HEADING),
        ("latitude", _LATITUDE),
        ("longitude", _LONGITUDE),
        ("date", _DATE),
        ("province", _PROVINCE),
    )
    for hint, pattern in patterns:
        if pattern.search(key):
            return hint
    return "year" if _YEAR.search(key) and not _NOT_YEAR.search(key) else "none"
