"""Research units and outputs as text files: JSON, JSON Lines, and a list with bars."""

from __future__ import annotations

import json
from typing import Any

from dress import in_provinces, read_content
from writers import delimited

UNITS = read_content("units")
OUTPUTS = read_content("outputs")
SOUTH_EAST = ("90", "93", "94", "80", "96", "83", "22", "20")
NORTH = ("50", "57", "52", "55", "58", "51")
CENTRAL = ("13", "14", "10", "16", "72", "70", "75", "76", "65", "64")


def outputs_json() -> bytes:
    """A list of objects in which empty cells are left out, as exports from a spreadsheet do. Links are not all whole."""
    rows: list[dict[str, Any]] = []
    for number, row in enumerate((row for row in OUTPUTS if row["province_code"] not in CENTRAL), 1):
        entry = {
            "รหัสผลงาน": row["output_id"],
            "ชื่อเรื่อง": row["title_th"],
            "ชื่อเรื่อง (อังกฤษ)": row["title_en"],
            "ประเภทผลงาน": row["kind"],
            "ปีที่เผยแพร่": int(row["year_be"]),
            "คำสำคัญ": row["keywords"],
            "บทคัดย่อ": row["abstract"],
            "หน่วยวิจัย": row["unit"],
            "มหาวิทยาลัย": row["university"],
            "จังหวัด": row["province"],
            "ลิงก์": row["url"],
        }
        if number == 3:
            entry["ลิงก์"] = "http://"
        if number == 5:
            entry["ลิงก์"] = row["url"].replace("https://", "http://")
        if number % 7 == 0:
            del entry["ชื่อเรื่อง (อังกฤษ)"]
        rows.append(entry)
    return (json.dumps(rows, ensure_ascii=False, indent=1) + "\n").encode()


def units_jsonl() -> bytes:
    """One object a line, under the English names that programs give."""
    names = (
        "unit_id", "name_th", "name_en", "kind", "faculty", "university", "university_code", "province", "expertise_th", "expertise_en",
        "services", "instruments", "tsic_divisions", "otop_types", "phone", "email", "website", "latitude", "longitude",
    )  # fmt: skip
    lines = [
        json.dumps({name: row[name] for name in names if row[name]}, ensure_ascii=False)
        for row in in_provinces(UNITS, *SOUTH_EAST)
    ]
    return ("\n".join(lines) + "\n").encode()


def north_units() -> bytes:
    """A text file with bars between the cells."""
    headings = ("ที่", "ชื่อหน่วยวิจัย", "ชื่อหน่วยวิจัย (อังกฤษ)", "ประเภทหน่วยงาน", "คณะ", "มหาวิทยาลัย", "จังหวัด", "ความเชี่ยวชาญ",
                "คำสำคัญ (อังกฤษ)", "บริการที่ให้", "เครื่องมือวิทยาศาสตร์", "กลุ่มอุตสาหกรรม (TSIC)", "โทรศัพท์หน่วยงาน", "อีเมลหน่วยงาน",
                "เว็บไซด์")  # fmt: skip
    out = [
        [number, row["name_th"], row["name_en"], row["kind"], row["faculty"], row["university"], row["province"], row["expertise_th"],
         row["expertise_en"], row["services"], row["instruments"], row["tsic_divisions"], row["phone"], row["email"], row["website"]]
        for number, row in enumerate(in_provinces(UNITS, *NORTH), 1)
    ]  # fmt: skip
    return delimited([headings, *out], encoding="utf-8-sig", delimiter="|")
