"""The national fields and a CKAN package, both ways: literal, nothing lost, nothing personal."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvesters.metadata import describe_item
from harvesters.national import EXTRAS, MULTIPLE, from_package, several, to_package
from harvesters.values import Item, Source

PACKAGE = {
    "title": "รายชื่อวิสาหกิจชุมชน",
    "notes": "บรรทัดแรก\r\nบรรทัดสอง",
    "maintainer": "สำนักงานเกษตรจังหวัดแพร่",
    "maintainer_email": "info@phrae.go.th",
    "tags": [{"name": "วิสาหกิจ", "display_name": "วิสาหกิจ"}, {"name": "แพร่"}],
    "data_type": "ข้อมูลระเบียน",
    "objective": ["พันธกิจหน่วยงาน", "มติคณะรัฐมนตรี"],
    "update_frequency_unit": "ปี",
    "update_frequency_interval": "1",
    "geo_coverage": "จังหวัด",
    "data_source": "กรมส่งเสริมการเกษตร",
    "data_format": ["CSV", "XLS"],
    "data_category": "ข้อมูลสาธารณะ",
    "license_id": "Creative Commons Attributions",
    "high_value_dataset": "1",
    "allow_harvest": "True",
    "data_classification": "เปิดเผย",
    "data_language": ["ไทย"],
    "extras": [{"key": "height_value_dataset", "value": "1"}, {"key": "maintain_frequent", "value": "รายวัน"}],
    "groups": [{"name": "economy", "title": "เศรษฐกิจ", "id": "1"}],
    "organization": {"name": "doae", "title": "กรมส่งเสริมการเกษตร", "image_url": "x"},
}


def described(package):
    return describe_item(Source("s", "ckan", "http://a"), {}, Item("1", "", "x", from_package(package)), single=False)


def test_every_national_field_keeps_its_literal_value_both_ways():
    back = to_package(described(PACKAGE))
    for name, value in PACKAGE.items():
        if name not in ("notes", "tags", "groups", "organization"):
            assert back[name] == value, name
    assert back["notes"] == "บรรทัดแรก\nบรรทัดสอง"
    assert [tag["name"] for tag in back["tags"]] == ["วิสาหกิจ", "แพร่"]
    assert back["organization"] == {"name": "doae", "title": "กรมส่งเสริมการเกษตร"}
    assert from_package(back) == from_package(PACKAGE)


words = st.text(st.sampled_from("กขคงจ abc ()-"), min_size=1, max_size=12).map(str.strip).filter(bool)


@given(
    st.fixed_dictionaries(
        {"title": words},
        optional={
            "title_translated": st.fixed_dictionaries({"en": words, "th": words}),
            "notes": words, "maintainer": words, "data_source": words, "geo_coverage": words, "license_id": words,
            "objective": st.lists(words, min_size=1, max_size=3, unique=True),
            "tags": st.lists(words.map(lambda name: {"name": name}), max_size=3),
            "extras": st.lists(st.fixed_dictionaries({"key": words, "value": words}), max_size=3),
            "unknown_field": st.one_of(words, st.integers(), st.booleans(), st.lists(words, min_size=1)),
        },
    )
)  # fmt: skip
def test_a_round_trip_loses_nothing(package):
    first = from_package(package)
    assert from_package(to_package(described(package))) == first | {
        "data_type": "ข้อมูลระเบียน",
        "data_category": "ข้อมูลสาธารณะ",
    }


@pytest.mark.parametrize(
    ("given", "choices"),
    [
        (["ก", "", None, "ข"], ["ก", "ข"]), ('["ก","ข"]', ["ก", "ข"]), ('{"ก",ข}', ["ก", "ข"]), ("ก, ข", ["ก, ข"]),
        ("", []), (None, []), ("[ไม่ใช่", ["[ไม่ใช่"]), (5, ["5"]),
    ],
)  # fmt: skip
def test_choices_come_in_every_dress(given, choices):
    assert several(given) == choices
    assert "objective" in MULTIPLE


def test_languages_and_contacts_of_other_portals():
    found = from_package(
        {
            "title": {"th": "ข้าวหอมมะลิ", "en": "Jasmine rice"},
            "notes_translated": {"en": "Only English"},
            "maintainer": json.dumps([{"name": "ศูนย์ข้อมูล", "email": "info@rice.go.th"}]),
            "license_title": "CC-BY",
            "tag_string": "ข้าว, หอม,",
        }
    )
    assert (found["title"], found["title_en"], found["notes"]) == ("ข้าวหอมมะลิ", "Jasmine rice", "Only English")
    assert (found["maintainer"], found["maintainer_email"]) == ("ศูนย์ข้อมูล", "info@rice.go.th")
    assert (found["license_id"], found["tags"]) == ("CC-BY", ["ข้าว", "หอม"])


def test_personal_data_in_a_catalogue_is_masked_and_addresses_are_left():
    found = from_package(
        {
            "title": "ก",
            "telephone_number": "081-234-5678",
            "maintainer": "นายสมชาย ใจดีมาก",
            "reference_url_catalog": "https://x.go.th/1100100000009",
            "extras": [{"key": "ติดต่อ", "value": "โทร 081-234-5678"}],
        }
    )
    assert "5678" not in json.dumps(found, ensure_ascii=False)
    assert "ใจดีมาก" not in found["maintainer"]
    assert found["reference_url_catalog"].endswith("1100100000009")
    assert EXTRAS in found
