"""The profiles are valid Table Schemas, and no heading of an office can mean two columns of one."""

import csv
import io
import json
import re

import pytest
from frictionless import Schema

from harvesters import bundled

FOLDER = bundled.datasets_folder() / "profiles"
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))
TYPES = {"string", "integer", "number", "date"}


def folded(heading: str) -> str:
    """A heading without what a matcher may overlook: blanks, punctuation, case."""
    return re.sub(r"[\s().,:;/_\-–#*\"']+", "", heading.casefold()) or heading


def columns_of(profile: bundled.Profile) -> dict[str, str]:
    """Every folded heading → the column it means; fails when one means two."""
    owners: dict[str, str] = {}
    for field in profile.fields:
        for heading in [field.name, field.title.th, field.title.en, *field.headings, *field.weak_headings]:
            assert owners.setdefault(folded(heading), field.name) == field.name, f"{profile.name}: {heading}"
    return owners


@pytest.mark.parametrize("name", NAMES)
def test_the_file_is_named_after_the_profile(name: str):
    assert bundled.profile(name).name == name


@pytest.mark.parametrize("name", NAMES)
def test_frictionless_takes_the_schema(name: str):
    schema = Schema.from_descriptor(json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))["schema"])
    assert len({field.name for field in schema.fields}) == len(schema.fields)
    assert {field.type for field in schema.fields} <= TYPES


@pytest.mark.parametrize("name", NAMES)
def test_no_heading_means_two_columns(name: str):
    assert len(columns_of(bundled.profile(name))) > 200


@pytest.mark.parametrize("name", NAMES)
def test_no_heading_is_written_twice(name: str):
    for field in bundled.profile(name).fields:
        assert len(set(field.headings)) == len(field.headings), field.name


# Headings of real lists (design, data rules §12) → the column they are.
REAL = {
    "local-product": {
        "ชื่อสินค้า OTOP": "name_th", "อปท.": "local_government", "อำเภอ": "district", "จังหวัด": "province",
        "ชื่อสถานที่จัดจำหน่าย": "sales_place", "ที่อยู่": "address", "เบอร์โทรศัพท์": "contact_phone", "LAT": "latitude", "LONG": "longitude",
    },
    "entrepreneur-cluster": {
        "ลำดับ": "sequence", "วันที่อนุมัติ": "registered_on", "ประเภท": "kind", "ชื่อวิสาหกิจชุมชน": "name_th", "ที่ตั้ง": "address", "หมู่": "village",
        "ตำบล": "subdistrict", "อำเภอ": "district", "รหัสทะเบียน": "cluster_id", "โทรศัพท์": "contact_phone", "โทรสาร": "fax",
        "ชื่อผลิตภัณฑ์/บริการ": "products", "ความสามารถในการผลิต": "capacity", "มาตรฐาน": "standards", "การรับรองคุณภาพ": "standards",
        "ช่องทางการจัดจำหน่าย": "sales_channels", "เว๊บไซต์": "website", "รหัสไปรษณีย์": "postcode", "ชื่อกลุ่ม": "name_th",
        "ชื่อสถานประกอบการ": "name_th", "เลขทะเบียน": "cluster_id", "สินค้า/บริการ": "products", "เบอร์โทร": "contact_phone",
    },
    "research-unit": {
        "ชื่อหน่วยวิจัย": "name_th", "ศูนย์วิจัย": "name_th", "คณะ": "faculty", "มหาวิทยาลัย": "university", "ความเชี่ยวชาญ": "expertise_th",
        "เครื่องมือ": "instruments", "บริการ": "services", "อีเมล์": "contact_email", "จังหวัด": "province",
    },
    "research-output": {
        "ชื่อโครงการวิจัย": "title", "บทคัดย่อ": "abstract", "ปีงบประมาณ": "year", "คำสำคัญ": "keywords", "dc:title": "title", "ผู้วิจัย": "creators",
        "DOI": "doi", "แหล่งทุน": "funder",
    },
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_headings_of_real_lists_are_known(name: str):
    owners = columns_of(bundled.profile(name))
    assert {heading: owners.get(folded(heading)) for heading in REAL[name]} == REAL[name]


def test_columns_of_people_are_only_authors():
    people = [(name, field.name) for name in NAMES for field in bundled.profile(name).fields if field.role == "person"]
    assert people == [("research-output", "creators")]


# The heading rows of demonstration files that are plain text → the profile they are for.
MEANT = {
    "01-clusters-chiangmai.csv": ("entrepreneur-cluster", "cp874", ","),
    "02-clusters-upper-north.csv": ("entrepreneur-cluster", "utf-8", ","),
    "03-clusters-northeast.csv": ("entrepreneur-cluster", "utf-8-sig", ","),
    "04-clusters-surin-buriram.tsv": ("entrepreneur-cluster", "utf-16", "\t"),
    "05-products-south.csv": ("local-product", "utf-8-sig", ";"),
    "13-central-folder/กลุ่มภาคกลาง.csv": ("entrepreneur-cluster", "utf-8", ","),
    "14-clusters-with-people.csv": ("entrepreneur-cluster", "utf-8-sig", ","),
    "15-units-north.txt": ("research-unit", "utf-8-sig", "|"),
}


@pytest.mark.parametrize("file", MEANT)
def test_no_other_profile_fits_a_demonstration_file_better(file: str):
    profile, encoding, delimiter = MEANT[file]
    text = (bundled.datasets_folder() / "demo" / file).read_text(encoding=encoding)
    headings = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    shares = {}
    for name in NAMES:
        found = [columns_of(bundled.profile(name)).get(folded(heading)) for heading in headings]
        if set(bundled.profile(name).required) <= set(found):
            shares[name] = sum(column is not None for column in found) / len(headings)
    assert max(shares, key=lambda name: shares[name]) == profile
    assert shares[profile] >= 0.6
