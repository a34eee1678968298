"""The words that the personal-data gate knows: titles, offices, mail roles, and the false friends of the bundled list.

`datasets/reference/personal/false_friends.csv` is meant to grow: every false hit that somebody reports becomes a line there.
Its kinds: `start` (a word that begins so is no name), `whole` (only the word itself), `before` (words after which a name is
a place's), `stop` and `stop-whole` (words that are no part of a name), `stop-brand` (no surname: what a brand makes),
`english` (two words behind Mr, Ms, Dr).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from harvesters.bundled import read_table

OPEN_TITLES = (
    "นาย", "นาง", "นางสาว", "เด็กชาย", "เด็กหญิง", "คุณ", "คุณหญิง", "ท่านผู้หญิง", "นายแพทย์", "แพทย์หญิง", "ทันตแพทย์หญิง",
    "ศาสตราจารย์", "รองศาสตราจารย์", "ผู้ช่วยศาสตราจารย์", "ดอกเตอร์", "ดร.", "น.ส.", "นส.", "ว่าที่ร้อยตรีหญิง", "ว่าที่ร้อยตรี",
    "ว่าที่ ร้อยตรี", "ว่าที่ร้อยโท", "ว่าที่ร้อยเอก", "ว่าที่ ร.ต.", "ว่าที่ร.ต.", "ว่าที่ ร.ท.", "ว่าที่ ร.อ.", "ว่าที่พันตรี", "ว่าที่ พ.ต.",
    "หม่อมหลวง", "หม่อมราชวงศ์", "หม่อมเจ้า",
)  # fmt: skip

CLOSED_TITLES = (
    "ด.ช.", "ด.ญ.", "ดร ", "ผศ.", "รศ.", "ศ.", "ผศ ", "รศ ", "อ.ดร.", "อาจารย์ ", "อาจารย์", "นพ.", "พญ.", "ทพ.", "ทพญ.", "สพ.ญ.",
    "น.สพ.", "ภก.", "ภญ.", "ม.ล.", "ม.ร.ว.", "ม.จ.", "พล.ต.อ.", "พล.ต.ท.", "พล.ต.ต.", "พ.ต.อ.", "พ.ต.ท.", "พ.ต.ต.", "ร.ต.อ.",
    "ร.ต.ท.", "ร.ต.ต.", "ด.ต.", "จ.ส.ต.", "ส.ต.อ.", "ส.ต.ท.", "ส.ต.ต.", "พล.อ.", "พล.ท.", "พล.ต.", "พ.อ.", "พ.ท.", "พ.ต.",
    "ร.อ.", "ร.ท.", "ร.ต.", "จ.ส.อ.", "จ.ส.ท.", "จ.ส.ต.", "จ.อ.", "จ.ท.", "จ.ต.", "ส.อ.", "ส.ท.", "ส.ต.", "น.อ.", "น.ท.", "น.ต.",
    "พลเอก", "พลโท", "พลตรี", "พันเอก", "พันโท", "พันตรี", "ร้อยเอก", "ร้อยโท", "ร้อยตรี", "พันตำรวจเอก", "พันตำรวจโท", "พันตำรวจตรี",
    "ร้อยตำรวจเอก", "ร้อยตำรวจโท", "ร้อยตำรวจตรี", "ดาบตำรวจ", "จ่าสิบเอก", "จ่าสิบโท", "จ่าสิบตรี", "สิบเอก", "สิบโท", "สิบตรี",
)  # fmt: skip

TITLE_ONLY = frozenset(
    {"นาย", "นาง", "นางสาว", "น.ส.", "นส.", "ด.ช.", "ด.ญ.", "เด็กชาย", "เด็กหญิง", "ว่าที่ ร.ต.", "ว่าที่ร้อยตรี", "ดร.", "ผศ.", "รศ.", "ศ.",
     "ผศ.ดร.", "รศ.ดร.", "Mr.", "Mrs.", "Ms.", "Miss", "Dr.", "Mr", "Mrs", "Ms", "Dr", "MR.", "MRS.", "MS.", "MISS"}
)  # fmt: skip

INTRODUCERS = (
    "ติดต่อ", "โดย", "ของ", "กับ", "ประธาน", "ประธานกลุ่ม", "ผู้ประสานงาน", "ประสานงาน", "และ", "คือ", "ชื่อ", "ได้แก่", "เจ้าของ", "ผู้ผลิต", "กรรมการ", "ร้าน", "บ้าน", "กลุ่ม", "สวน", "ไร่", "ฟาร์ม",
    "เลขานุการ", "เหรัญญิก", "ผู้จัดการ", "สมาชิก", "วิทยากร", "ที่ปรึกษา", "หัวหน้า", "ถึง", "แจ้ง", "สอบถาม", "โทรหา", "ที่",
)  # fmt: skip

INSTITUTIONS = (
    "กลุ่ม", "วิสาหกิจ", "บริษัท", "บจก", "บมจ", "หจก", "ห้างหุ้นส่วน", "ห้างฯ", "จำกัด", "ร้าน", "สหกรณ์", "สำนัก", "มหาวิทยาลัย", "คณะ", "ศูนย์", "องค์การ",
    "องค์กร", "เทศบาล", "อบต", "อบจ", "กรม", "กระทรวง", "โรงงาน", "โรงเรียน", "โรงแรม", "โรงสี", "วิทยาลัย", "สมาคม", "มูลนิธิ", "ชุมชน",
    "เครือข่าย", "ชมรม", "กองทุน", "สถาบัน", "สถานี", "ฝ่าย", "แผนก", "ภาควิชา", "หน่วย", "งานวิจัย", "โรงพยาบาล", "ธนาคาร", "ฟาร์ม", "รีสอร์ท",
    "อาคาร", "ที่ว่าการ", "ที่ทำการ", "ศาลา", "ตลาด", "นิคมอุตสาหกรรม", "การไฟฟ้า", "การประปา", "การทาง", "รัฐวิสาหกิจ", "แม่บ้านเกษตรกร",
    "Co.", "co.", "Ltd", "ltd", "LTD", "Company", "company", "COMPANY", "University", "university", "Office", "office", "Department",
    "department", "Center", "center", "Centre", "centre", "Group", "group", "Institute", "institute", "Building", "building", "Inc.",
)  # fmt: skip

INSTITUTION_DOMAINS = ("ac.th", "go.th", "or.th", "mi.th", "edu", "gov", "int", "org")

MAIL_ROLES = (
    "info", "information", "contact", "contacts", "contactus", "admin", "administrator", "office", "sale", "sales", "marketing", "market",
    "support", "service", "services", "customer", "customers", "customerservice", "cs", "crm", "hr", "pr", "it", "ir", "investor",
    "investors", "webmaster", "postmaster", "saraban", "help", "helpdesk", "hello", "mail", "email", "center", "centre", "account",
    "accounts", "accounting", "finance", "export", "import", "purchase", "purchasing", "order", "orders", "booking", "reservation",
    "reservations", "rsvn", "enquiry", "enquiries", "inquiry", "research", "library", "secretary", "secretariat", "noreply", "no-reply",
    "team", "shop", "store", "factory", "club", "group", "otop", "smce", "coop", "cooperative", "news", "media", "press", "privacy", "dpo",
    "data", "opendata", "web", "academic", "registrar", "international", "general", "main", "company", "co", "callcenter", "reception",
)  # fmt: skip

FREE_MAIL = (
    "gmail", "gmai", "gamil", "gmial", "gmaill", "googlemail", "hotmail", "hotmai", "hotmial", "hormail", "outlook", "live", "msn", "yahoo",
    "yaho", "ymail", "rocketmail", "icloud", "me", "mac", "proton", "protonmail", "aol", "gmx", "mail", "qq", "163", "126", "naver",
    "thaimail", "windowslive", "chaiyo", "sanook", "zoho", "yandex", "hanmail", "inbox", "fastmail", "tutanota", "truemail", "thaiemail",
)  # fmt: skip


@cache
def _lines(kind: str) -> tuple[str, ...]:
    """The words of one kind, longest first."""
    found = [row["word"] for row in read_table("false_friends") if row["kind"] == kind]
    return tuple(sorted(found, key=len, reverse=True))


def _as_patterns(kind: str) -> list[str]:
    return [re.escape(word).replace(r"\ ", " ?") for word in _lines(kind)]


def friends(letters: str) -> Iterator[tuple[str, str]]:
    """Give each false friend with what must follow it; `letters` are the letters that would go on with a word."""
    yield from ((word, "") for word in _lines("start"))
    yield from ((word, rf"(?![{letters}])") for word in _lines("whole"))


def named_after() -> list[str]:
    """Words right before a name that make it a place's or a building's."""
    return _as_patterns("before")


def stops() -> list[str]:
    """Beginnings of words that are no part of a name."""
    return _as_patterns("stop")


def brand_stops() -> list[str]:
    """Beginnings of words that follow a brand ("คุณอ้อย หมี่กรอบ") and are no surname."""
    return _as_patterns("stop-brand")


def whole_stops() -> list[str]:
    """Words that are no part of a name, though names may begin with them."""
    return _as_patterns("stop-whole")


@cache
def english_friends() -> frozenset[str]:
    """Two words behind Mr, Ms or Dr that are no person, in small letters."""
    return frozenset(word.casefold() for word in _lines("english"))


def title_stems() -> set[str]:
    """The shortest beginnings of all Thai titles: a text with none of them holds no title."""
    stems: set[str] = set()
    for title in sorted((title.strip() for title in (*OPEN_TITLES, *CLOSED_TITLES)), key=len):
        if not any(title.startswith(stem) for stem in stems):
            stems.add(title)
    return stems
