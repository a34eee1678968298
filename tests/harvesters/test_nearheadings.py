"""Headings that no profile knows: what they are near to, when it is told, and that the mend which is told passes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harvesters.build import build
from harvesters.mapping import map_headings
from harvesters.nearheadings import near_headings
from harvesters.options import BuildOptions
from harvesters.run import parse_headings

ROWS = "กลุ่มผ้าทอ,แพร่,ลอง,12\nกลุ่มกล้วย,แพร่,สอง,20\n"


def near(*headings: str, profile: str | None = None) -> list[tuple[str, str]]:
    return [(found.heading, found.field) for found in near_headings(headings, map_headings(headings, profile=profile))]


def built(folder: Path, row: str, **options) -> dict:
    path = folder / "กลุ่ม.csv"
    path.write_text(f"{row}\n{ROWS}", encoding="utf-8")
    told = BuildOptions(**options).to_json()
    return build({"path": str(path), "filename": path.name, "workdir": str(folder), "options": told})


@pytest.mark.parametrize(
    ("headings", "profile", "found"),
    [
        (("ชื่อวิสาหกิจฯ", "จังหวัด", "อำเภอ", "ผลิตภัณท์"), None, [("ชื่อวิสาหกิจฯ", "name_th"), ("ผลิตภัณท์", "products")]),
        (("ชื่อกลุ่ม", "จังหวัด", "จำนวนสมาชิค"), "entrepreneur-cluster", [("จำนวนสมาชิค", "members")]),
        (("ชื่อกลุ่ม", "จังหวัด", "อำเภอ", "จำนวนสมาชิค"), None, [("จำนวนสมาชิค", "members")]),
        (("ชื่อกลุ่ม", "จังหวัด", "จำนวนสมาชิก", "จำนวนสมาชิค"), "entrepreneur-cluster", []),  # the column is there already
        (("ชื่อกลุ่ม", "province_en"), "entrepreneur-cluster", [("province_en", "province")]),  # no code
        (("ปี", "ปริมาณน้ำฝน", "สถานีวัด", "ผลิตภัณท์"), None, []),  # of no profile: nothing is guessed
        ((), None, []),
    ],
)
def test_what_is_near_is_told_where_a_profile_is_given_or_nearly_fits(headings, profile, found):
    assert near(*headings, profile=profile) == found


def test_the_note_names_the_heading_the_column_and_a_mend_that_passes(tmp_path):
    told = built(tmp_path, "ชื่อวิสาหกิจฯ,จังหวัด,อำเภอ,จำนวนสมาชิก")
    notes = [found for found in told["problems"] if found["code"] == "heading-near"]
    assert [note["value"] for note in notes] == ["ชื่อวิสาหกิจฯ"]
    for language, words in (("th", "ไม่รู้จักหัวคอลัมน์"), ("en", "is not known")):
        assert words in notes[0]["message"][language]
        assert "ชื่อวิสาหกิจชุมชน" in notes[0]["message"][language]
    assert told["resources"][0]["profile"] is None
    option = re.search(r'headings="([^"]+)"', notes[0]["message"]["th"])
    assert option is not None
    mended = built(tmp_path, "ชื่อวิสาหกิจฯ,จังหวัด,อำเภอ,จำนวนสมาชิก", headings=parse_headings(option[1]))
    renamed = built(tmp_path, "ชื่อวิสาหกิจชุมชน,จังหวัด,อำเภอ,จำนวนสมาชิก")
    for one in (mended, renamed):
        assert one["resources"][0]["profile"] == "entrepreneur-cluster"
        assert "heading-near" not in [found["code"] for found in one["problems"]]


def test_a_missing_column_is_told_beside_what_may_be_it(tmp_path):
    told = built(tmp_path, "ชื่อวิสาหกิจฯ,จังหวัด,อำเภอ,จำนวนสมาชิก", profile="entrepreneur-cluster")
    assert [found["code"] for found in told["problems"]] == ["required-column-missing", "heading-near"]
    assert [found["code"] for found in told["blocking"]] == ["required-column-missing"]
