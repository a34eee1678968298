"""The words by which headings, totals, notes and hints of Thai offices are recognised. They grow with data.

Headings were gathered from the real files and lists named in the data rules (OTOP, listed companies, community
enterprises, national template); totals and notes from the same and from the statistics office's tables.
"""

from __future__ import annotations

import re
from functools import cache

from harvesters.bundled import profiles

# Whole cells that are headings, folded: no blanks, brackets or marks, lower case.
_HEADINGS = """
    ลำดับ ลำดับที่ ที่ ลดที่ ลด no order id code รหัส ชื่อ ชื่อไทย ชื่ออังกฤษ ชื่อสินค้า ชื่อกลุ่ม ชื่อหน่วยงาน ชื่อผลิตภัณฑ์
    จังหวัด อำเภอ ตำบล อำเภอเขต ตำบลแขวง เขต แขวง หมู่ หมู่ที่ หมู่บ้าน ภาค ภูมิภาค ที่อยู่ ที่ตั้ง รหัสไปรษณีย์ ไปรษณีย์
    โทรศัพท์ โทร โทรสาร มือถือ อีเมล อีเมล์ email เว็บไซต์ เว๊บไซต์ เวบไซต์ เว็บ web website url ไลน์ line facebook เฟซบุ๊ก เฟสบุ๊ค
    ประเภท ชนิด หมวด หมวดหมู่ หมวดธุรกิจ กลุ่ม กลุ่มอุตสาหกรรม อุตสาหกรรม สินค้า ผลิตภัณฑ์ บริการ บริษัท หลักทรัพย์ ตลาด
    จำนวน จำนวนสมาชิก สมาชิก ราคา มูลค่า รายได้ ยอดขาย งบประมาณ หน่วย หน่วยนับ หน่วยงาน อปท สังกัด คณะ มหาวิทยาลัย
    สถาบัน ปี พศ คศ ปีงบประมาณ ปีการศึกษา เดือน วันที่ วันเดือนปี ไตรมาส เพศ ชาย หญิง อายุ รวม ร้อยละ สัดส่วน
    ละติจูด ลองจิจูด ลองติจูด พิกัด lat long lng lon latitude longitude x y หมายเหตุ รายละเอียด รายการ คำอธิบาย สถานะ มาตรฐาน
    ผู้ติดต่อ ผู้ประสานงาน ผู้รับผิดชอบ ประธาน ความเชี่ยวชาญ สาขา สาขาวิชา คำสำคัญ เครื่องมือ หัวหน้า นักวิจัย งานวิจัย
    name title type category province district subdistrict tambon amphoe amphur changwat region address phone tel
    telephone fax date year month quarter number amount total price value description note remark remarks status unit
    department faculty university organization organisation company postcode zipcode zip abbr keyword keywords
    """
HEADINGS = frozenset(_HEADINGS.split())
# A heading often begins like this ("ชื่อวิสาหกิจชุมชน", "จำนวนสมาชิก (คน)"); a cell of data hardly ever does.
HEADING_START = re.compile(
    "(?:ชื่อ|รหัส|เลขที่|เลขทะเบียน|เลขประจำตัว|หมายเลข|จำนวน|ประเภท|วันที่|วันเดือนปี|เบอร์|ลำดับ|พิกัด|ปีที่|มูลค่า|อัตรา|ระดับ|สถานที่|"
    "ผู้(?:ผลิต|ประกอบการ|จัด|ดูแล|รับผิดชอบ|ติดต่อ|ประสาน|แทน|นำ)|เนื้อที่|ปริมาณ|ผลผลิต|กำลังการผลิต|วัตถุดิบ|ช่องทาง|ราคา|ร้อยละ|"
    "มาตรฐาน|ประทับเวลา|timestamp|name |code |no\\.|number of|date of|id )",
    re.IGNORECASE,
)
IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9?]+)+\??|[a-z]+(?:[A-Z][a-z0-9]*)+|[A-Z]{3,}[A-Z0-9]*\?")

# What stands above a table: never part of a heading of several rows.
TITLE = re.compile(
    r"(?:ข้อมูล\s*ณ|ณ\s*วันที่|รายชื่อ|บัญชี|ตาราง|สรุป|รายงาน|แบบ(?:รายงาน|สำรวจ|ฟอร์ม)|ประจำปี|ทำเนียบ|ฐานข้อมูล|"
    r"หน่วย\s*[::]|ที่มา|list of|table\s|report(?![a-z])|as of(?![a-z]))",
    re.IGNORECASE,
)

TOTAL = re.compile(
    r"(?:(?:ยอด|ผล)?รวม(?:ทั้ง\S*|ทุก\S*|ยอด|สุทธิ|เป็นเงิน|จำนวน)?|ทั้งหมด|ทั้งประเทศ|ทั่วประเทศ|ทั่วราชอาณาจักร|ค่า?เฉลี่ย|"
    r"(?:grand |sub)?total|sum|average|whole kingdom)"
    r"\s*[::]?\s*(?:\(?\s*[\d,.๐-๙]+.{0,30})?",
    re.IGNORECASE,
)
NOTE = re.compile(
    r"\s*(?:\*|หมายเหตุ|ที่มา|แหล่งที่มา|แหล่งข้อมูล|อ้างอิง|ข้อมูล\s*(?:ณ|จาก|เมื่อ)|ณ\s*วันที่|จัดทำโดย|ผู้จัดทำ|รวบรวมโดย|ผู้รวบรวม|ประมวลผล|"
    r"ปรับปรุง(?:ล่าสุด|เมื่อ|ข้อมูล)|พิมพ์เมื่อ|สืบค้นเมื่อ|ลงชื่อ|\(ลงชื่อ|ผู้รายงาน|ผู้รับรอง|ผู้ตรวจสอบ|ตำแหน่ง\s|"
    r"(?:note|notes|source|sources|remark|remarks|prepared by|updated|last updated|as of)\s*[::.]?(?:\s|$))",
    re.IGNORECASE,
)
HINT = re.compile(
    r"\s*[(\[<*]?\s*(?:ระบุ|เลือก|กรอก|โปรด|กรุณา|ตัวอย่าง|เช่น|คำอธิบาย|ให้ใส่|ใส่|ไม่เกิน|จำเป็น|บังคับ|ข้อความ|ตัวเลข|รูปแบบ|ว[./ -]?ด[./ -]?ป|วว|"
    r"e\.g\.|example|required|optional|(?:text|string|integer|date)(?![a-z])|yyyy|dd/|mm/|ปปปป)",
    re.IGNORECASE,
)
COLUMN_NUMBER = re.compile(r"[(\[]?\s*([0-9๐-๙]{1,3})\s*[)\]]?")
UNIT = re.compile(r"\(.{1,25}\)")

_PUNCTUATION = re.compile(r"[\s().\[\]/\\:*_\-–\"'?]+")


def folded(cell: str) -> str:
    """Return a cell as it is looked up among `HEADINGS`."""
    return _PUNCTUATION.sub("", cell).lower()


@cache
def _known() -> frozenset[str]:
    """The words above and every heading that a bundled profile lists."""
    listed = {
        folded(heading)
        for profile in profiles().values()
        for field in profile.fields
        for heading in (field.name, field.title.th, field.title.en, *field.headings, *field.weak_headings)
    }
    return HEADINGS | listed - {""}


def is_heading_word(cell: str) -> bool:
    """Whether a cell reads like the heading of a column, whatever stands below it."""
    bare = re.sub(r"\(.*?\)", "", cell)
    return folded(bare) in _known() or folded(cell) in _known() or bool(HEADING_START.match(cell.strip()))


def is_total(cell: str) -> bool:
    """Whether a cell names a total. `รวมมิตร` (a sweet) and `รวมใจพัฒนา` (a group) do not."""
    return bool(TOTAL.fullmatch(cell.strip()))
