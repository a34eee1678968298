"""How a dataset comes by its description."""

import pytest

from harvesters.metadata import Metadata, describe_item, item_title
from harvesters.values import Item, Source

SOURCE = Source("phrae", "spreadsheet", "x", title="วิสาหกิจชุมชนจังหวัดแพร่")


def table(*titles: str, sheet: str | None = None) -> dict:
    return {"sheet": sheet, "set_aside": [{"row": 1, "reason": "title", "text": text} for text in titles]}


@pytest.mark.parametrize(
    ("name", "tables", "title"),
    [
        ("clusters-phrae", [table("รายชื่อกลุ่ม")], "clusters-phrae"),
        ("62", [table("รายชื่อกลุ่ม ปี 2562")], "รายชื่อกลุ่ม ปี 2562"),
        ("untitled", [table(sheet="Sheet1"), table(sheet="ยอดจำหน่าย")], "ยอดจำหน่าย"),
        ("__", [table()], "__"),
    ],
)
def test_a_file_whose_name_says_nothing_is_called_by_what_stands_above_its_table(name, tables, title):
    assert item_title(name, tables) == title


def test_a_lone_file_carries_the_title_of_its_source():
    assert describe_item(SOURCE, {}, Item("a.csv", ""), single=True).title_th == "วิสาหกิจชุมชนจังหวัดแพร่"


def test_one_of_several_files_adds_its_own():
    told = describe_item(SOURCE, {"title_en": "Phrae groups"}, Item("a.csv", "", "ผ้าทอ"), single=False)
    assert (told.title_th, told.title_en) == ("วิสาหกิจชุมชนจังหวัดแพร่: ผ้าทอ", "Phrae groups: ผ้าทอ")


def test_national_fields_are_fields_and_all_else_is_kept():
    details = {"tag_string": "ผ้า, ไหม", "objective": ["พันธกิจหน่วยงาน"], "allow_harvest": "True", "license_id": "ogl"}
    told = describe_item(SOURCE, details, Item("a.csv", ""), single=True)
    assert told.tags == ("ผ้า", "ไหม")
    assert told.objective == ("พันธกิจหน่วยงาน",)
    assert told.extras == {"allow_harvest": "True"}
    assert told.license_id == "ogl"


@pytest.mark.parametrize(
    ("category", "classification", "published"),
    [
        ("ข้อมูลสาธารณะ", "", True),
        ("ข้อมูลสาธารณะ", "เปิดเผย", True),
        ("ข้อมูลสาธารณะ", "ลับ", False),
        ("ข้อมูลความมั่นคง", "", False),
    ],
)
def test_only_what_is_public_may_be_published(category, classification, published):
    extras = {"data_classification": classification} if classification else {}
    assert Metadata("x", data_category=category, extras=extras).may_be_published is published


@pytest.mark.parametrize(("name", "title"), [("OTOP", "otop"), ("otop-2566", "otop: otop-2566")])
def test_a_file_called_like_its_source_is_not_named_twice(name, title):
    source = Source("otop", "spreadsheet", "x", title="otop")
    assert describe_item(source, {}, Item("a.csv", "", name), single=False).title_th == title
