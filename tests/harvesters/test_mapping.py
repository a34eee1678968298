"""Headings as offices write them find their columns; what is no profile's table is not made one."""

import pytest

from harvesters import bundled
from harvesters.mapping import heading_key, map_headings

OTOP = ["ชื่อสินค้า OTOP", "อปท.", "อำเภอ", "จังหวัด", "ชื่อสถานที่จัดจำหน่าย", "ที่อยู่", "เบอร์โทรศัพท์", "LAT", "LONG"]


def fields(mapped):
    return {column.heading: column.field for column in mapped.columns}


def test_the_national_product_list_is_recognised_and_says_why():
    mapped = map_headings(OTOP)
    assert mapped.profile == "local-product"
    assert mapped.missing == ()
    assert "9 จาก 9" in mapped.reason.th
    assert "9 of 9" in mapped.reason.en
    assert fields(mapped)["LAT"] == "latitude"
    assert fields(mapped)["อปท."] == "local_government"


def test_every_profile_recognises_its_own_titles_and_names():
    for name, profile in bundled.profiles().items():
        by_title = map_headings([field.title.th for field in profile.fields], profile=name)
        assert [column.field for column in by_title.columns] == [field.name for field in profile.fields]
        assert {column.how for column in by_title.columns} <= {"title", "name"}  # "DOI" is both
        by_name = map_headings([field.name for field in profile.fields])
        assert by_name.profile == name
        assert {column.how for column in by_name.columns} == {"name"}


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("จำนวนสมาชิก(คน)", "members"),
        ("  จำนวนสมาชิก  ( คน ) ", "members"),
        ("จํานวนสมาชิก (คน)", "members"),  # sara am taken apart
        ("5. จังหวัด", "province"),
        ("(๓) อำเภอ", "district"),
        ("ตำบล/แขวง:", "subdistrict"),
        ("ที่ตั้งกลุ่ม ตำบล", "subdistrict"),
        ("รายได้ต่อปี [บาท]", "annual_income_baht"),
        ("Province", "province"),
        ("PROVINCE_NAME", "province"),
        ("เบอร์โทร.", "contact_phone"),
        ("พิกัด (LAT)", "latitude"),
    ],
)
def test_brackets_blanks_numbering_and_units_do_not_count(heading, field):
    assert fields(map_headings([heading], profile="entrepreneur-cluster"))[heading] == field


@pytest.mark.parametrize(
    "heading",
    ["รายได้ต่อปี (ล้านบาท)", "จำนวนสมาชิก (ชาย)", "ชื่อโรงงาน (ภาษาลาว)", "จังหวัดที่ส่งออก", "หมายเหตุจังหวัด", ""],
)
def test_what_means_something_else_stays_unmapped(heading):
    assert fields(map_headings([heading], profile="entrepreneur-cluster"))[heading] is None


def test_two_headings_never_get_one_column_and_the_better_match_has_it():
    mapped = map_headings(["ผลผลิต", "ผลิตภัณฑ์/บริการ", "products"], profile="entrepreneur-cluster")
    assert [column.field for column in mapped.columns] == [None, None, "products"]
    assert mapped.columns[0].how == "none"


def test_an_english_name_does_not_take_the_thai_one():
    mapped = map_headings(["ชื่อกลุ่ม (อังกฤษ)", "ชื่อกลุ่ม"], profile="entrepreneur-cluster")
    assert [column.field for column in mapped.columns] == ["name_en", "name_th"]


def test_weak_headings_count_only_when_the_profile_was_named():
    headings = ["ชื่อ", "จังหวัด", "อำเภอ", "ตำบล"]
    assert map_headings(headings).profile is None
    named = map_headings(headings, profile="entrepreneur-cluster")
    assert fields(named)["ชื่อ"] == "name_th"
    assert named.missing == ()


def test_the_required_column_and_three_fifths_of_the_headings_are_needed():
    foreign = ["ก1", "ก2"]
    assert map_headings(["ชื่อวิสาหกิจชุมชน", "จังหวัด", "อำเภอ", *foreign]).profile == "entrepreneur-cluster"
    assert map_headings(["ชื่อวิสาหกิจชุมชน", "จังหวัด", *foreign]).profile is None
    assert map_headings(["จังหวัด", "อำเภอ", "ตำบล"]).profile is None


def test_a_table_of_no_profile_says_which_is_nearest_and_what_it_lacks():
    mapped = map_headings(["จังหวัด", "2556", "2555"])
    assert mapped.profile is None
    assert {column.how for column in mapped.columns} == {"none"}
    assert "จับคู่ได้ 1 จาก 3" in mapped.reason.th
    assert "is missing" in mapped.reason.en
    assert "own headings" in map_headings(["ก1"]).reason.en
    assert map_headings([]).columns == ()


def test_a_given_profile_tells_which_required_columns_are_missing():
    mapped = map_headings(["จังหวัด"], profile="research-unit")
    assert mapped.profile == "research-unit"
    assert mapped.missing == ("name_th",)


def test_the_sources_own_table_wins_and_can_leave_a_heading_alone():
    told = {"องค์กร": "name_th", "จังหวัด ": "", "อำเภอ": "no_such_column"}
    mapped = map_headings(["องค์กร", "จังหวัด", "อำเภอ", "ชื่อกลุ่ม"], profile="entrepreneur-cluster", extra=told)
    assert [column.field for column in mapped.columns] == ["name_th", None, None, None]
    assert mapped.columns[0].how == "source"


def test_an_unknown_profile_is_an_error():
    with pytest.raises(KeyError):
        map_headings(["ก"], profile="no-such-profile")


def test_a_heading_of_signs_alone_keeps_them():
    assert heading_key("#") == "#"
    assert heading_key("เลขที่ (1)") == "เลขที่1"
    assert map_headings(["#", "ชื่อกลุ่ม"], profile="entrepreneur-cluster").columns[0].field == "sequence"
