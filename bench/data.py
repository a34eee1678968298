"""Made-up tables for measuring: enterprises with Thai text, 12 columns, about 278 bytes a row; clean, or 1 % of the cells bad.

The same seed gives the same bytes. No name, number or place of it is anybody's: names are put together from words, telephone
numbers are those of offices in a block that is not given out. Run as `python -m bench.data PATH --rows N [--dirty]`.
"""

from __future__ import annotations

import argparse
import csv
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

SEED = 2569
BAD_SHARE = 0.01
HEADINGS = (
    "เลขทะเบียน", "ชื่อวิสาหกิจชุมชน", "จังหวัด", "อำเภอ", "ผลิตภัณฑ์", "ประเภทผลิตภัณฑ์", "จำนวนสมาชิก", "รายได้ต่อปี", "วันที่จดทะเบียน",
    "โทรศัพท์", "ละติจูด", "ลองจิจูด",
)  # fmt: skip
PLACES = (
    ("เชียงใหม่", "แม่ริม", "053"), ("ขอนแก่น", "ชนบท", "043"), ("สงขลา", "หาดใหญ่", "074"), ("น่าน", "ปัว", "054"),
    ("อุบลราชธานี", "เขมราฐ", "045"), ("สุรินทร์", "ท่าตูม", "044"), ("เพชรบุรี", "บ้านลาด", "032"), ("ตรัง", "ย่านตาขาว", "075"),
    ("สุโขทัย", "ศรีสัชนาลัย", "055"), ("จันทบุรี", "ขลุง", "039"), ("นครศรีธรรมราช", "พรหมคีรี", "075"), ("ลำพูน", "ป่าซาง", "053"),
)  # fmt: skip
PRODUCTS = (
    ("ผ้าไหมมัดหมี่", "ผ้า เครื่องแต่งกาย"), ("น้ำผึ้งป่า", "อาหาร"), ("กล้วยตาก", "อาหาร"), ("กาแฟคั่วบด", "เครื่องดื่ม"),
    ("ข้าวหอมมะลิ", "อาหาร"), ("สบู่ขมิ้นชัน", "สมุนไพรที่ไม่ใช่อาหาร"), ("เครื่องจักสาน", "ของใช้ ของตกแต่ง ของที่ระลึก"),
    ("น้ำพริกเผา", "อาหาร"), ("ชาใบหม่อน", "เครื่องดื่ม"), ("ผ้าย้อมคราม", "ผ้า เครื่องแต่งกาย"),
)  # fmt: skip
VILLAGES = ("หนองแสง", "ดอนแก้ว", "ทุ่งสะเดียง", "โคกสะอาด", "ท่ามะปราง", "นาแห้ว", "ห้วยทราย", "ศรีดอนชัย", "บึงบัว", "เขาแดง")
SCHEMA: dict[str, Any] = {
    "fields": [
        {
            "name": "เลขทะเบียน",
            "type": "string",
            "constraints": {"required": True, "unique": True, "pattern": "[0-9]-[0-9]{2}-[0-9]{8}"},
        },
        {"name": "ชื่อวิสาหกิจชุมชน", "type": "string", "constraints": {"required": True, "maxLength": 200}},
        {"name": "จังหวัด", "type": "string", "constraints": {"enum": sorted({place[0] for place in PLACES})}},
        {"name": "อำเภอ", "type": "string"},
        {"name": "ผลิตภัณฑ์", "type": "string"},
        {"name": "ประเภทผลิตภัณฑ์", "type": "string", "constraints": {"enum": sorted({kind for _, kind in PRODUCTS})}},
        {"name": "จำนวนสมาชิก", "type": "integer", "constraints": {"minimum": 0, "maximum": 100_000}},
        {"name": "รายได้ต่อปี", "type": "number", "constraints": {"minimum": 0}},
        {"name": "วันที่จดทะเบียน", "type": "date"},
        {"name": "โทรศัพท์", "type": "string", "constraints": {"pattern": "0[2-7][0-9]-[0-9]{6}"}},
        {"name": "ละติจูด", "type": "number", "constraints": {"minimum": 5, "maximum": 21}},
        {"name": "ลองจิจูด", "type": "number", "constraints": {"minimum": 97, "maximum": 106}},
    ],
    "missingValues": [""],
}
# What stands in a bad cell, by its column: a type that does not fit, a bound broken, a list left, a place that is not there.
BAD: dict[int, tuple[str, ...]] = {
    1: ("",),
    2: ("เชียงไหม่", "อยุทธยา", "ไม่ทราบจังหวัดใด"),
    3: ("อำเภอที่ไม่มีอยู่จริง",),
    4: ("", "?????"),
    5: ("ประเภทที่ไม่มีในรายการ",),
    6: ("หลายคน", "-5", "12.5"),
    7: ("ประมาณสามแสน", "-1", "1,20,0"),
    8: ("31/02/2567", "เมื่อปีที่แล้ว", "0000-00-00"),
    9: ("ไม่มีโทรศัพท์บ้าน", "12"),
    10: ("ไม่ระบุพิกัด", "133.2"),
    11: ("ไม่ระบุพิกัด", "13.2"),
}


def rows(count: int, seed: int = SEED) -> Iterator[list[str]]:
    """Clean rows: every cell is what `SCHEMA` asks for, no two rows are alike, and nothing in them is personal."""
    dice = random.Random(seed)
    for number in range(1, count + 1):
        province, district, area = dice.choice(PLACES)
        product, kind = dice.choice(PRODUCTS)
        day = date(2005, 1, 1) + timedelta(days=dice.randrange(7000))
        yield [
            f"{dice.randrange(1, 9)}-{dice.randrange(10, 97)}-{number:08d}",
            f"กลุ่ม{product}บ้าน{dice.choice(VILLAGES)} {number}",
            province,
            district,
            product,
            kind,
            str(dice.randrange(7, 400)),
            f"{dice.randrange(10_000, 9_999_999)}.{dice.randrange(100):02d}",
            day.isoformat(),
            f"{area}-{dice.randrange(10**6):06d}",
            f"{dice.uniform(6, 20):.6f}",
            f"{dice.uniform(98, 105):.6f}",
        ]


def dirty_rows(count: int, seed: int = SEED, share: float = BAD_SHARE) -> Iterator[list[str]]:
    """The same rows with `share` of the cells of eleven columns bad."""
    dice = random.Random(seed + 1)
    for row in rows(count, seed):
        for column, wrong in BAD.items():
            if dice.random() < share:
                row[column] = dice.choice(wrong)
        yield row


def write_csv(path: Path, count: int, *, dirty: bool = False, seed: int = SEED) -> Path:
    """Write a table with its headings as plain UTF-8 CSV and return its path."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADINGS)
        writer.writerows((dirty_rows if dirty else rows)(count, seed))
    return path


def main() -> int:
    """Write one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--dirty", action="store_true")
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    write_csv(options.path, options.rows, dirty=options.dirty, seed=options.seed)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
