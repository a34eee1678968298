"""Every real file of Thai offices reads with the headings and rows that are in it."""

import pytest

EXPECTED = [
    # file, format, encoding, headings (first, last, count), heading rows, rows, problem codes
    ("otop/otop_by_local_government.json", "json", "utf-8", ("ชื่อสินค้า OTOP", "LONG", 9), (), 6387, set()),
    ("otop/otop_by_local_government.xlsx", "xlsx", None, ("ชื่อสินค้า OTOP", "LONG", 9), (1,), 6387, {"error-cell", "sheet-empty"}),
    ("cp874/moac_livestock_farmers_2564.csv", "csv", "cp874", ("id", "จำนวนรวม พืชอาหารสัตว์ ทั้งสิ้น (ไร่)", 153), (1,), 7540, {"blank-rows"}),
    ("cp874/province_tis.csv", "csv", "cp874", ("abbr", "province_en", 3), (1,), 77, set()),
    ("cp874/province_Windows874.csv", "csv", "cp874", ("abbr", "province_en", 3), (1,), 77, set()),
    ("cp874/province_tis.txt", "csv", "cp874", ("abbr", "province_en", 3), (1,), 77, set()),
    ("tabular/province_BOM.csv", "csv", "utf-8", ("p_id", "area_km2", 5), (1,), 77, set()),
    ("tabular/set_listed_companies_2561.xlsx", "xlsx", None, ("หลักทรัพย์", "เว๊บไซต์", 10), (2,), 758, set()),
    ("tabular/tambon_geolocation.xlsx", "xlsx", None, ("AD_LEVEL", "LONG", 12), (1,), 7768, set()),
    ("tabular/population_by_province_wide.xlsx", "xlsx", None, ("จังหวัด", "2545", 13), (1,), 77, set()),
    ("tabular/dlt_new_cars_2566.csv", "csv", "utf-8", ("mfg", "category_descr", 6), (1,), 4044, set()),
    ("tabular/thailand_post_districts.xls", "xls", None, ("PROVINCE_ID", "DISTRICT_POSTAL_CODE", 8), (1,), 7477, set()),
    ("tabular/budget_2565_pdf_extract_misordered.csv", "csv", "utf-8", ("คอลัมน์ 1", "OBLIGED?", 20), (1,), 1933, {"heading-empty"}),
    ("tabular/budget_output_example_v1.xlsx", "xlsx", None, ("ITEM_ID", "OBLIGED?", 19), (1,), 12, {"sheet-empty"}),
    ("universities/universities_pretty.json", "json", "utf-8", ("university", "enCode", 3), (), 226, set()),
    ("universities/universities_with_mua.json", "json", "utf-8", ("university", "enCode", 3), (), 242, set()),
]  # fmt: skip


@pytest.mark.parametrize(("name", "form", "encoding", "headings", "heading_rows", "count", "problems"), EXPECTED)
def test_real_file(read, rows, codes, real_files, name, form, encoding, headings, heading_rows, count, problems):
    reading = read(real_files / name, name)
    table = reading.tables[0]
    assert (reading.format, reading.encoding) == (form, encoding)
    assert (table.headings[0], table.headings[-1], len(table.headings)) == headings
    assert (table.heading_rows, table.row_count) == (heading_rows, count)
    assert set(codes(reading)) == problems
    assert len(rows(table)) == count


def test_the_blank_records_of_the_livestock_table_are_counted(read, real_files):
    """7,734 records, the last 194 of them nothing but commas."""
    reading = read(real_files / "cp874/moac_livestock_farmers_2564.csv", "x.csv")
    (found,) = reading.problems
    assert (found.code, found.severity) == ("blank-rows", "info")
    assert "194" in found.message.th


def test_a_list_without_headings_is_refused_by_name(read, codes, real_files):
    assert codes(read(real_files / "universities/universities_t6tg.json", "x.json")) == ["no-heading-row"]


def test_leading_zeros_and_ids_of_the_otop_workbook(read, rows, real_files):
    table = read(real_files / "otop/otop_by_local_government.xlsx", "x.xlsx").tables[0]
    phones = [row[7] for row in rows(table)]
    assert not any(phone.endswith(".0") or "e+" in phone for phone in phones)
    assert any(phone.startswith("0") for phone in phones)
