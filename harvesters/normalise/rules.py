"""The rules of normalising: a stable name for each, and a sentence about it. Each can be switched off per source."""

from __future__ import annotations

from collections.abc import Mapping

from harvesters.values import Text

RULES: Mapping[str, Text] = {
    "zero-width": Text("ลบอักขระที่มองไม่เห็น", "Invisible characters removed"),
    "whitespace": Text("ตัดช่องว่างเกินและการขึ้นบรรทัดในช่อง", "Stray blanks and line breaks removed"),
    "sara-am": Text("รวมสระอำที่พิมพ์แยกเป็นสองตัว", "Sara am put together"),
    "sara-e": Text("แก้สระเอสองตัวเป็นสระแอ", "Two sara e made sara ae"),
    "tone-order": Text("เรียงวรรณยุกต์ให้อยู่หลังสระ", "Tone marks put behind the vowel"),
    "missing-word": Text("ถือคำหรือขีดที่แปลว่าไม่มีข้อมูลเป็นช่องว่าง", "Words and dashes for a missing value taken as empty"),
    "thai-digits": Text("เปลี่ยนเลขไทยเป็นเลขอารบิก", "Thai digits written as 0 to 9"),
    "thousands": Text("ตัดจุลภาคคั่นหลักพัน", "Thousands commas removed"),
    "decimal-zero": Text("ตัด .0 ท้ายรหัสและจำนวนเต็ม", "Decimal zeros removed from ids and whole numbers"),
    "percent": Text("ตัดเครื่องหมาย % ในคอลัมน์ร้อยละ", "Per cent signs removed"),
    "unit-word": Text("ตัดหน่วยที่พิมพ์ต่อท้ายตัวเลข", "Units behind a number removed"),
    "leading-zero": Text("เติมเลข 0 หน้าเบอร์โทรศัพท์ที่ Excel ตัดออก", "Leading zeros of telephone numbers restored"),
    "buddhist-date": Text("แปลงวันที่ พ.ศ. เป็นวันที่แบบสากล", "Buddhist-era dates written in ISO 8601"),
    "date-form": Text("เขียนวันที่ในรูปแบบสากล", "Dates written in ISO 8601"),
    "excel-serial": Text("แปลงเลขลำดับวันที่ของ Excel เป็นวันที่", "Excel day numbers written as dates"),
    "buddhist-year": Text("แปลงปี พ.ศ. เป็น ค.ศ.", "Buddhist-era years written as years of the common era"),
    "coordinates-swapped": Text("สลับละติจูดกับลองจิจูดให้ตรงคอลัมน์", "Swapped latitude and longitude put right"),
    "province-name": Text(
        "เขียนจังหวัดที่มี จ. หรือคำว่าจังหวัดนำหน้า เป็นชื่อจังหวัดล้วน",
        "Provinces with the word for province before them written by their name alone",
    ),
    "province-code": Text("เปลี่ยนชื่อจังหวัดในช่องรหัสเป็นรหัส", "Province names in a code column written as codes"),
}

TEXT_RULES = ("zero-width", "whitespace", "sara-am", "sara-e", "tone-order")  # the steps of harvesters.thai.text


def enabled_rules(repairs: bool | frozenset[str]) -> frozenset[str]:
    """Return the names of the rules that are switched on: all, none, or those named."""
    if isinstance(repairs, bool):
        return frozenset(RULES) if repairs else frozenset()
    return repairs & frozenset(RULES)
