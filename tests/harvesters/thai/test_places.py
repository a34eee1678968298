"""Provinces, districts and sub-districts from any usual spelling, and provinces mentioned in running text."""

from __future__ import annotations

import json
from pathlib import Path

import geothai
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvesters.bundled import datasets_folder, read_table
from harvesters.thai.places import (
    find_district,
    find_districts,
    find_province,
    find_subdistrict,
    province,
    provinces,
    provinces_in,
)

few = settings(max_examples=200, deadline=None)


def name_of(text: str) -> str | None:
    found = find_province(text)
    return found.name_th if found else None


def mentioned(text: str) -> list[str]:
    return [found.name_th for found in provinces_in(text)]


def test_there_are_77_each_found_by_all_its_names() -> None:
    assert len(provinces()) == 77
    for row, found in zip(read_table("provinces"), provinces(), strict=True):
        english = found.name_en
        spellings = [
            found.code, found.iso, found.name_th, f"จังหวัด{found.name_th}", f"จ.{found.name_th}", f"จ. {found.name_th}", f"  {found.name_th}\u200b ", english,
            english.upper(), english.lower(), english.replace(" ", ""), english.replace(" ", "-"), f"{english} Province", f"จ.{row['abbr_th']}", *found.aliases,
        ]  # fmt: skip
        assert {spelling: name_of(spelling) for spelling in spellings if find_province(spelling) != found} == {}
        assert province(found.code) is found
    with pytest.raises(KeyError):
        province("99")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("กทม.", "กรุงเทพมหานคร"),
        ("กทม", "กรุงเทพมหานคร"),
        ("กรุงเทพฯ", "กรุงเทพมหานคร"),
        ("โคราช", "นครราชสีมา"),
        ("อยุธยา", "พระนครศรีอยุธยา"),
        ("จ.อยุธยา", "พระนครศรีอยุธยา"),
        ("นครศรีฯ", "นครศรีธรรมราช"),
        ("เชียงไหม่", "เชียงใหม่"),
        ("เเพร่", "แพร่"),
        ("ลําปาง", "ลำปาง"),
        ("Loburi", "ลพบุรี"),
        ("Lop-Buri", "ลพบุรี"),
        ("CHIANG MAI", "เชียงใหม่"),
        ("Phangnga", "พังงา"),
        ("จังหวัดเชียงใหม่ 50000", "เชียงใหม่"),
        ("จ.ชม.", "เชียงใหม่"),
        ("๕๐", "เชียงใหม่"),
        ("TH-10", "กรุงเทพมหานคร"),
        ("Changwat Nan", "น่าน"),
    ],
)
def test_usual_spellings(text: str, name: str) -> None:
    assert name_of(text) == name


@pytest.mark.parametrize(
    "text", ["", " ", "-", "ชม", "99", "จังหวัด", "ประเทศไทย", "เชียง", "เชียงใหม่และลำพูน", "Chiang", "ก" * 500]
)
def test_what_names_no_province(text: str) -> None:
    assert find_province(text) is None


@pytest.mark.parametrize(
    ("text", "code", "district"),
    [
        ("อ.เมือง", "50", "5001"),
        ("อ. เมือง", "50", "5001"),
        ("เมือง", "54", "5401"),
        ("เมืองฯ", "50", "5001"),
        ("อำเภอเมืองแพร่", "54", "5401"),
        ("เมืองเชียงใหม่", "50", "5001"),
        ("อ.เมือง จ.เชียงใหม่", "50", "5001"),
        ("เด่นชัย", "54", "5405"),
        ("อำเภอ เด่นชัย", "54", "5405"),
        ("กิ่งอำเภอบ้านธิ", "51", "5107"),
        ("กิ่ง อ.บ้านธิ", "51", "5107"),
        ("เขตบางรัก", "10", "1004"),
        ("บางรัก", "10", "1004"),
        ("ป้อมปราบฯ", "10", "1008"),
        ("พระนครศรีอยุธยา", "14", "1401"),
        ("อ.เมือง", "14", "1401"),
        ("อ.บึงกาฬ", "38", "3801"),
        ("Mueang Chiang Mai", "50", "5001"),
        ("Muang", "50", "5001"),
        ("Amphoe Mae Rim", "50", "5007"),
        ("Den Chai District", "54", "5405"),
        ("5001", "50", "5001"),
        ("๕๐๐๑", "50", "5001"),
    ],
)
def test_districts(text: str, code: str, district: str) -> None:
    found = find_district(text, code)
    assert found is not None
    assert (found.code, found.parent) == (district, code)


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "50"), ("เด่นชัย", "50"), ("เมือง", "10"), ("บางฯ", "10"), ("5401", "50"), ("เด่นชัย", "99"), ("อ.", "50")],
)
def test_what_names_no_district_there(text: str, code: str) -> None:
    assert find_district(text, code) is None


def test_every_district_is_found_by_its_own_name() -> None:
    for found in provinces():
        units = geothai.districts(found.code)
        english = [unit.name_en for unit in units]
        for unit in units:
            name = unit.name_th.removeprefix("เขต")
            spellings = [unit.name_th, name, f"อ.{name}", f"อำเภอ{name}", f"เขต {name}", unit.code]
            spellings += [unit.name_en] if english.count(unit.name_en) == 1 else []
            for spelling in spellings:
                district = find_district(spelling, found.code)
                assert district is not None, spelling
                assert district.code == unit.code, spelling
                assert not district.name_th.startswith("เขต")


def test_a_name_that_two_districts_share_is_not_guessed() -> None:
    assert find_district("Bang Sai", "14") is None
    assert find_district("บางซ้าย", "14") != find_district("บางไทร", "14")


@pytest.mark.parametrize(
    ("text", "district", "code"),
    [
        ("ต.เด่นชัย", "5405", "540501"),
        ("ตำบลเด่นชัย", "5405", "540501"),
        ("เด่นชัย อ.เด่นชัย", "5405", "540501"),
        ("แขวงสีลม", "1004", "100402"),
        ("540501", "5405", "540501"),
        ("ปอภาร", "4501", "450109"),
        ("ปอพาน", "4501", "450109"),
        ("Den Chai", "5405", "540501"),
    ],
)
def test_subdistricts(text: str, district: str, code: str) -> None:
    found = find_subdistrict(text, district)
    assert found is not None
    assert (found.code, found.parent) == (code, district)
    assert find_subdistrict(text, "9999") is None


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("รายชื่อวิสาหกิจชุมชน จังหวัดแพร่ 2566", "แพร่"),
        ("ผ้าไหมมัดหมี่จังหวัดขอนแก่น", "ขอนแก่น"),
        ("ข้อมูล OTOP เชียงใหม่และเชียงราย", "เชียงใหม่ เชียงราย"),
        ("เชียงใหม่เชียงราย", "เชียงใหม่ เชียงราย"),
        ("นครศรีธรรมราช นครราชสีมา", "นครศรีธรรมราช นครราชสีมา"),
        ("ผู้ประกอบการระยอง", "ระยอง"),
        ("กลุ่มทอผ้าน่าน", "น่าน"),
        ("สำนักงานจังหวัดเลย", "เลย"),
        ("คู่มือการท่องเที่ยวจังหวัดเลยฯ", "เลย"),
        ("สินค้า จ.ตาก", "ตาก"),
        ("OTOP แพร่ 2566", "แพร่"),
        ("มหาวิทยาลัยขอนแก่น", "ขอนแก่น"),
        ("มะม่วงโคราช", "นครราชสีมา"),
        ("กรุงเทพฯ และปริมณฑล", "กรุงเทพมหานคร"),
        ("Clusters of Chiang Mai and Khon Kaen", "เชียงใหม่ ขอนแก่น"),
        ("Silk weavers in Nan", "น่าน"),
        ("Bangkok First Class", "กรุงเทพมหานคร"),
        ("Tak Province", "ตาก"),
        ("แพร่ น่าน แพร่", "แพร่ น่าน"),
    ],
)
def test_mentions(text: str, names: str) -> None:
    assert mentioned(text) == names.split()


@pytest.mark.parametrize(
    "text",
    [
        "", "เอกสารเผยแพร่", "โรคแพร่ระบาด", "กล้วยตากแห้ง", "ปลาตากแดด", "ไม่มีเลย", "ไม่มาเลยครับ", "น่านน้ำไทย", "แม่น้ำน่าน", "ถนนเพชรบุรี", "ถ.สุโขทัย",
        "ตราดอกบัว", "เขตปทุมวัน", "อำเภออุบลรัตน์", "กระบี่กระบอง", "มหาวิทยาลัยสุโขทัยธรรมาธิราช", "นางรอง นายายอาม", "nan", "a nanometre in tak", "ธนาคารกรุงเทพ",
        "surattan", "Tak Bai", "ปริมาณเที่ยวบินภายใน Bangkok FIR ปี 2560",
    ],
)  # fmt: skip
def test_false_friends(text: str) -> None:
    assert mentioned(text) == []


def test_false_friends_are_listed_once_and_in_order() -> None:
    lines = (datasets_folder() / "glossary" / "words" / "not_places.txt").read_text(encoding="utf-8").split()
    assert lines == sorted(set(lines))
    assert {line: mentioned(line) for line in lines if mentioned(line)} == {}


def test_every_district_of_the_country_is_found_by_both_its_names() -> None:
    for place in provinces():
        for unit in geothai.districts(place.code):
            for name in (
                unit.name_th,
                unit.name_en,
                f"{unit.name_en} District",
                f"อ.{unit.name_th.removeprefix('เขต')}",
            ):
                found = find_districts(name)
                assert found is not None, name
                assert str(unit.code) in {one.code for one in found.districts}


@pytest.mark.parametrize(
    ("text", "names", "marked"),
    [
        ("Sung Men", ["สูงเม่น"], False),
        ("อ. เด่นชัย", ["เด่นชัย"], True),
        ("Amphoe Den Chai", ["เด่นชัย"], True),
        ("Muang Khon Kaen", ["เมืองขอนแก่น"], False),
        ("Koh Samui", ["เกาะสมุย"], False),
        ("Sriracha", ["ศรีราชา"], False),
        ("Hatyai", ["หาดใหญ่"], False),
        ("Mae Tha", ["แม่ทา", "แม่ทะ"], False),
        ("เขตบางรัก", ["บางรัก"], True),
    ],
)
def test_a_district_anywhere_in_the_country(text: str, names: list[str], marked: bool) -> None:
    found = find_districts(text)
    assert found is not None
    assert sorted(one.name_th for one in found.districts) == sorted(names)
    assert found.marked == marked


@pytest.mark.parametrize("text", ["", "อ.", "อำเภอ", "district", "5401", "Sung", "แพร่", "ไม่มีจริง", "Sung Men " * 20])
def test_what_names_no_district(text: str) -> None:
    assert find_districts(text) is None


@given(st.text(st.one_of(st.sampled_from("จ.อตเมืองแพร่น่าน ฯ50"), st.characters()), max_size=40))
@few
def test_no_text_raises(text: str) -> None:
    find_province(text)
    find_district(text, "50")
    find_districts(text)
    find_subdistrict(text, "5001")
    provinces_in(text)


def test_places_of_the_real_otop_table(real_files: Path) -> None:
    rows = json.loads((real_files / "otop" / "otop_by_local_government.json").read_text(encoding="utf-8"))
    rows = rows if isinstance(rows, list) else next(value for value in rows.values() if isinstance(value, list))
    codes = [find_province(row.get("จังหวัด", "")) for row in rows]
    assert len(rows) == 6387
    assert len({found.code for found in codes if found}) == 76
    assert None not in codes
    assert all(
        found and find_district(row.get("อำเภอ", ""), found.code) for row, found in zip(rows, codes, strict=True)
    )
