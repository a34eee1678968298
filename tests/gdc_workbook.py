"""The national GD Catalog workbook as an office fills it in: titles above, headings on row 4, a hint row, then rows."""

import io
from collections.abc import Mapping, Sequence

import openpyxl

from harvesters import bundled

VALUES = {
    "d_type": "ข้อมูลระเบียน", "data_type_other": "แผนที่เดินดิน", "owner_org": "สำนักงานทดสอบจังหวัดแพร่", "maintainer": "กลุ่มงานข้อมูล",
    "maintainer_email": "info@phrae.go.th", "tag_string": "ผ้าทอ, แพร่", "notes": "บัญชีกลุ่มทดสอบ", "objective": "พันธกิจหน่วยงาน, งานวิจัยท้องถิ่น",
    "update_frequency_unit": "ปี", "update_frequency_interval": "1", "geo_coverage": "จังหวัด", "data_source": "สำรวจ",
    "data_format": "CSV, XLS", "data_category": "ข้อมูลสาธารณะ", "license_id": "Open Data Common", "created_date": "2566-05-01",
    "last_updated_date": "2567-01-31", "high_value_dataset": "ไม่ใช่", "reference_data": "ใช่", "data_language": "ไทย",
    "data_support": "ชมรมนักทอผ้า",
}  # fmt: skip
EXTRA = {
    "name": "ชื่อชุดข้อมูล (ภาษาอังกฤษ)", "d_type": "ประเภทชุดข้อมูล", "data_type_other": "ประเภทชุดข้อมูล (อื่นๆ)", "owner_org": "องค์กร *",
    "notes": "รายละเอียด", "license_id": "สัญญาอนุญาตให้ใช้ข้อมูล", "dataset_name": "ชื่อชุดข้อมูล (ภาษาอังกฤษ)", "resource_name": "ชื่อทรัพยากร",
    "resource_url": "URL", "description": "คำอธิบาย", "format": "รูปแบบ",
}  # fmt: skip


def columns(sheet: str) -> list[str]:
    """The fields of a sheet in the order of the template."""
    rows = [row for row in bundled.read_table("gdc_excel_template_columns") if row["sheet"] == sheet]
    return [row["field_name"] for row in sorted(rows, key=lambda row: int(row["column"]))]


def headings(sheet: str) -> list[str]:
    """What stands above them."""
    level = "dataset" if "Meta" in sheet else "resource"
    labels = {
        row["field_name"]: row["label_th"] for row in bundled.read_table("thai_gdc_fields") if row["level"] == level
    }
    return [f"{number}. {EXTRA.get(name) or labels[name]}" for number, name in enumerate(columns(sheet), start=1)]


def workbook(
    rows: Mapping[str, Sequence[Mapping[str, str]]],
    *,
    hint: bool = True,
    heading: Mapping[str, Sequence[str]] | None = None,
    order: Mapping[str, Sequence[str]] | None = None,
) -> bytes:
    """Sheet → rows as field → text. `heading` puts other headings in place, `order` the fields in another order."""
    book = openpyxl.Workbook()
    book.active.title = "คำอธิบาย"
    book.active.append(["วิธีกรอกแบบ"])
    for sheet, filled in rows.items():
        page = book.create_sheet(sheet)
        page.append(["แบบกรอกคำอธิบายชุดข้อมูล"])
        page.append([])
        page.append(["ข้อมูลทั่วไป"])
        fields, texts = columns(sheet), headings(sheet)
        if order and sheet in order:
            texts = [texts[fields.index(name)] for name in order[sheet]]
            fields = list(order[sheet])
        page.append((heading or {}).get(sheet) or texts)
        if hint:
            page.append([f"โปรดกรอก {name}" for name in fields])
        for row in filled:
            page.append([row.get(name, "") for name in fields])
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def dataset(name: str, title: str, **fields: str) -> dict[str, str]:
    """A filled row of a meta sheet."""
    return {**VALUES, "name": name, "title": title, **fields}


def file(name: str, url: str, **fields: str) -> dict[str, str]:
    """A filled row of a resource sheet."""
    return {"dataset_name": name, "resource_name": "บัญชีกลุ่ม", "resource_url": url, "format": "CSV", **fields}
