"""Workbooks as offices keep them: titles above, merged headings, totals and notes below, further sheets behind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import dress
import xlsxwriter
from clusters import ALL
from dress import in_provinces
from research import CENTRAL, OUTPUTS, UNITS
from writers import Cell, ods, xls, xlsx

NORTHEAST = ("40", "41", "47", "34", "30", "31", "32")
SOUTH = ("90", "93", "94", "92", "80")
YEARS = (2562, 2563, 2564, 2565, 2566)


def korat() -> bytes:
    """Two title rows, headings over two rows with merged cells, a total and notes; phones as numbers and text."""
    return xlsx(_fill_korat)


def _fill_korat(book: xlsxwriter.Workbook) -> None:
    sheet = book.add_worksheet("62")  # named after the year, as if that said what it holds
    day = book.add_format({"num_format": "d/m/yyyy"})
    sheet.merge_range("A1:O1", "ทะเบียนกลุ่มผู้ประกอบการที่ราบสูง (ข้อมูลสาธิต / Demonstration data)")
    sheet.merge_range("A2:O2", "ข้อมูล ณ วันที่ 30 ก.ย. 2567")
    for column, heading in {"A": "ลำดับ", "B": "รหัสทะเบียน", "C": "ชื่อกลุ่ม", "J": "ผลิตภัณฑ์", "K": "ประเภทสินค้า OTOP",
                            "L": "วันที่จดทะเบียน", "M": "โทรศัพท์"}.items():  # fmt: skip
        sheet.merge_range(f"{column}3:{column}4", heading)
    sheet.merge_range("D3:F3", "ที่ตั้ง")
    sheet.merge_range("G3:I3", "จำนวนสมาชิก (คน)")
    sheet.merge_range("N3:O3", "พิกัด")
    sheet.write_row("D4", ["ตำบล", "อำเภอ", "จังหวัด", "ชาย", "หญิง", "รวม"])
    sheet.write_row("N4", ["LAT", "LONG"])
    rows = in_provinces(ALL, "30")
    phones: tuple[Cell, ...] = (
        44000039,
        44000040.0,
        "044-000-041 ต่อ 12",
        "0-4400-0042-3",
        "044-000-043, 044-000-044",
        "-",
        44000045,
        "044 000 046",
    )
    for number, row in enumerate(rows, 1):
        members = int(row["members"])
        men = members * 2 // 5
        registered = datetime.fromisoformat(row["registered_on"])
        at = number + 3
        sheet.write_row(at, 0, [number, row["cluster_id"], row["name_th"], row["subdistrict"], row["district"]])
        sheet.write_row(
            at,
            5,
            [
                "โคราช" if number % 2 else "นครราชสีมา",
                men,
                members - men,
                members,
                row["products"],
                row["otop_type"] or "-",
            ],
        )
        sheet.write_datetime(
            at, 11, registered.replace(year=registered.year + 543), day
        )  # typed with the Buddhist year
        sheet.write_row(at, 12, [phones[number - 1], float(row["latitude"]), float(row["longitude"])])
    foot = len(rows) + 4
    total = sum(int(row["members"]) for row in rows)
    men = sum(int(row["members"]) * 2 // 5 for row in rows)
    sheet.write_row(foot, 0, ["รวม", "", "", "", "", "", men, total - men, total])
    sheet.write(foot + 1, 0, "หมายเหตุ: ข้อมูลนี้สมมุติขึ้นเพื่อสาธิต ไม่มีกลุ่มใดมีอยู่จริง")
    sheet.write(foot + 2, 0, "ที่มา: สำนักงานสาธิตที่ราบสูง")


def central_research() -> bytes:
    """Two full sheets, an empty one and a hidden one."""
    return xlsx(_fill_central)


def _fill_central(book: xlsxwriter.Workbook) -> None:
    units = book.add_worksheet("หน่วยวิจัย")
    units.merge_range("A1:N1", "รายชื่อหน่วยวิจัยของมหาวิทยาลัยสาธิต (ข้อมูลสาธิต)")
    units.write_row(1, 0, ["ลำดับที่", "รหัสหน่วย", "ชื่อหน่วยวิจัย", "ชื่อภาษาอังกฤษ", "คณะ", "มหาวิทยาลัย", "จังหวัด", "ความเชี่ยวชาญ", "บริการ",
                           "เครื่องมือ", "ปีที่จัดตั้ง", "โทรศัพท์", "อีเมล", "เว็บไซต์"])  # fmt: skip
    for at, row in enumerate(in_provinces(UNITS, *CENTRAL), 2):
        units.write_row(at, 0, [at - 1, row["unit_id"], row["name_th"], row["name_en"], row["faculty"], row["university"], row["province"],
                                row["expertise_th"], row["services"], row["instruments"], int(row["year_be"]), row["phone"], row["email"],
                                row["website"]])  # fmt: skip
    outputs = book.add_worksheet("ผลงานวิจัย")
    outputs.write_row(
        0,
        0,
        ["รหัสผลงาน", "ชื่อผลงานวิจัย", "ชื่อผลงานภาษาอังกฤษ", "ประเภท", "ปี พ.ศ.", "คำสำคัญ", "บทคัดย่อ", "หน่วยวิจัย", "มหาวิทยาลัย"],
    )
    for at, row in enumerate(in_provinces(OUTPUTS, *CENTRAL), 1):
        outputs.write_row(at, 0, [row["output_id"], row["title_th"], row["title_en"], row["kind"], int(row["year_be"]), row["keywords"],
                                  row["abstract"], row["unit"], row["university"]])  # fmt: skip
    book.add_worksheet("Sheet3")
    hidden = book.add_worksheet("รหัสอ้างอิง")
    hidden.hide()
    hidden.write_row(0, 0, ["รหัสประเภท", "ประเภทหน่วย"])
    hidden.write_row(1, 0, ["01", "ศูนย์วิจัย"])
    hidden.write_row(2, 0, ["02", "หน่วยวิจัย"])


def south() -> bytes:
    """LibreOffice; line breaks inside cells, numbers that are ids."""
    headings: Sequence[Cell] = ("รหัสกลุ่ม", "ชื่อกลุ่ม/องค์กร", "ที่ตั้ง ตำบล", "ที่ตั้ง อำเภอ", "ที่ตั้ง จังหวัด", "สินค้าเด่น", "TSIC", "จำนวนสมาชิก",
                                "วันที่อนุมัติ", "โทรศัพท์", "ปัญหาอุปสรรค", "ละติจูด", "ลองจิจูด")  # fmt: skip
    out: list[Sequence[Cell]] = [headings]
    for number, row in enumerate(in_provinces(ALL, *SOUTH), 1):
        products = row["products"].replace("; ", "\n") if number % 3 == 0 else row["products"]
        province = ("จ." if number % 2 else "จังหวัด") + row["province"]
        out.append([1000 + number, row["name_th"], f"ต.{row['subdistrict']}", f"อ.{row['district']}", province, products, row["tsic"],
                    int(row["members"]), dress.slash_date(row["registered_on"]), row["phone"], row["needs"], float(row["latitude"]),
                    float(row["longitude"])])  # fmt: skip
    return ods({"กลุ่มภาคใต้ (สาธิต)": out, "Sheet2": []})


def northeast_units() -> bytes:
    """Excel 97-2003: numbers past 2^29 are stored as floats there, ids too."""
    headings: Sequence[Cell] = ("รหัสหน่วยวิจัย", "ชื่อศูนย์วิจัย/หน่วยวิจัย", "ชื่อ (อังกฤษ)", "ประเภท", "สังกัดคณะ", "ชื่อมหาวิทยาลัย", "จังหวัด", "ความเชี่ยวชาญ",
                                "ความเชี่ยวชาญ (อังกฤษ)", "งานบริการ", "ครุภัณฑ์", "รหัส TSIC", "ประเภท OTOP", "โทรศัพท์", "อีเมล์", "Latitude",
                                "Longitude")  # fmt: skip
    out: list[Sequence[Cell]] = [headings]
    for number, row in enumerate(in_provinces(UNITS, *NORTHEAST), 1):
        out.append([550_001_000.0 + number, row["name_th"], row["name_en"], row["kind"], row["faculty"], row["university"], row["province"],
                    row["expertise_th"], row["expertise_en"], row["services"], row["instruments"], row["tsic_divisions"], row["otop_types"],
                    float(row["phone"].replace("-", "")) if number % 4 == 0 else row["phone"], row["email"], float(row["latitude"]),
                    float(row["longitude"])])  # fmt: skip
    return xls({"หน่วยวิจัยอีสาน (สาธิต)": out})


def sales_by_year() -> bytes:
    """Years across, typed as numbers, and two tables on one sheet."""
    return xlsx(_fill_sales)


def _fill_sales(book: xlsxwriter.Workbook) -> None:
    sheet = book.add_worksheet("ยอดจำหน่าย")
    provinces = ("พระนครศรีอยุธยา", "สุพรรณบุรี", "เพชรบุรี", "พิษณุโลก", "สุโขทัย", "ราชบุรี", "สมุทรสงคราม")
    kinds = ("อาหาร", "เครื่องดื่ม", "ผ้า เครื่องแต่งกาย", "ของใช้ ของตกแต่ง ของที่ระลึก", "สมุนไพรที่ไม่ใช่อาหาร")
    sheet.write(0, 0, "ตารางสรุปยอดจำหน่าย OTOP รายจังหวัดและรายประเภท (ข้อมูลสาธิต) หน่วย: ล้านบาท")
    sheet.write_row(1, 0, ["จังหวัด", *YEARS])
    for step, name in enumerate(provinces):
        sheet.write_row(2 + step, 0, [name, *_sales(step)])
    totals = [round(sum(_sales(step)[year] for step in range(len(provinces))), 2) for year in range(len(YEARS))]
    sheet.write_row(2 + len(provinces), 0, ["รวมทั้งหมด", *totals])
    at = len(provinces) + 5
    sheet.write_row(at, 0, ["ประเภทสินค้า", "จำนวนสินค้า (รายการ)", "มูลค่า (ล้านบาท)"])
    for step, name in enumerate(kinds):
        sheet.write_row(at + 1 + step, 0, [name, 40 + 17 * step, _sales(step)[-1]])
    at += 1 + len(kinds)
    sheet.write_row(
        at,
        0,
        ["รวมทั้งหมด", sum(40 + 17 * step for step in range(5)), round(sum(_sales(step)[-1] for step in range(5)), 2)],
    )
    sheet.write(at + 1, 0, "ที่มา: ตัวเลขสมมุติเพื่อการสาธิต")


def _sales(step: int) -> list[float]:
    return [round(120.5 + 37.25 * step + 11.5 * year - (24.0 if year == 2 else 0.0), 2) for year in range(len(YEARS))]
