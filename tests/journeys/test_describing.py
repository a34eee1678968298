"""An office describes its dataset by options: the page's quality panel names them, and each that is given gains points."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner

from portal.cli import main

pytestmark = pytest.mark.journey

CLEAN = "ชื่อกลุ่ม,ผลิตภัณฑ์,ราคา\n" + "".join(f"กลุ่มทดสอบ{n},กล้วย,{n}0\n" for n in range(1, 12))
GIVEN = {
    "description": "กลุ่มอาชีพที่ขึ้นทะเบียนกับสำนักงาน",
    "title-en": "Phrae groups",
    "maintainer": "กลุ่มงานข้อมูล",
    "email": "plan@phrae.go.th",
    "keywords": "กล้วย, กลุ่มอาชีพ",
    "objective": "พันธกิจหน่วยงาน",
    "update-frequency": "ทุก 3 เดือน",
    "coverage": "จังหวัด",
    "origin": "แบบสำรวจของสำนักงาน",
}
OFFICE = ("--publisher", "phrae-office", "--publisher-title", "สำนักงานทดสอบ", "--name", "phrae-groups")


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "กลุ่ม.csv"
    path.write_text(CLEAN, encoding="utf-8")
    return path


def options(given: dict[str, str]) -> list[str]:
    return [word for name, value in given.items() for word in ("--option", f"{name}={value}")]


def quality(client) -> dict:
    return client.get("/dataset/phrae-groups.json").get_json()["quality"]


def test_the_panel_names_the_options_and_giving_them_gains_the_points(khlang, client, file):
    khlang("publish", file, *OFFICE)
    before = quality(client)
    page = client.get("/dataset/phrae-groups").get_data(as_text=True)
    panel = page[page.index("คำอธิบายชุดข้อมูล <span") :]
    named = set(re.findall(r"\(([a-z_]+)\)", panel[: panel.index("</dd>")]))
    assert named == {name.replace("-", "_") for name in GIVEN} - {"title_en"} | {"licence"}
    run = khlang("publish", file, *OFFICE, *options(GIVEN), "--licence", "Open Data Common", "--json")["runs"][0]
    assert (run["status"], run["datasets"][0]["version"]) == ("done", 2)
    after = quality(client)
    assert (before["marks"]["metadata"]["points"], after["marks"]["metadata"]["points"]) == (5.0, 20.0)
    assert (before["marks"]["timeliness"]["points"], after["marks"]["timeliness"]["points"]) == (0.0, 20.0)
    told = client.get("/dataset/phrae-groups.json").get_json()
    assert (told["maintainer_email"], told["update_frequency_unit"], told["update_frequency_interval"]) == (
        "plan@phrae.go.th", "เดือน", "3",
    )  # fmt: skip
    assert told["title"]["en"] == "Phrae groups"
    again = khlang("publish", file, *OFFICE, "--json")["runs"][0]
    assert again["datasets"][0]["status"] == "same"  # what was said stays said


def test_a_dry_run_foresees_a_description_alone(khlang, file):
    khlang("publish", file, *OFFICE)
    assert khlang("publish", file, *OFFICE, "--dry-run", "--json")["runs"][0]["datasets"][0]["status"] == "same"
    told = khlang("publish", file, *OFFICE, *options(GIVEN), "--dry-run", "--json")["runs"][0]["datasets"][0]
    assert (told["status"], told["version"]) == ("changed", 2)


def test_a_source_is_described_later_and_a_word_is_taken_back(khlang, client, file):
    khlang("source", "add", "phrae-groups", "--kind", "spreadsheet", "--url", file, "--title", "กลุ่มแพร่")
    khlang("harvest", "phrae-groups")
    khlang("source", "set", "phrae-groups", *options(GIVEN), "--title", "กลุ่มอาชีพจังหวัดแพร่")
    khlang("harvest", "phrae-groups")
    assert quality(client)["marks"]["timeliness"]["points"] == 20.0
    khlang("source", "set", "phrae-groups", "--option", "coverage=")
    assert "coverage" not in json.loads(CliRunner().invoke(main, ["source", "show", "phrae-groups"]).stdout)["options"]
    khlang("source", "set", "none", "--title", "x", code=2)
    khlang("source", "set", "phrae-groups", code=2)


@pytest.mark.parametrize(
    ("option", "thai", "english"),
    [
        ("descripton=ก", "ใกล้ที่สุดคือ ‘description’", "nearest: ‘description’"),
        ("objective=พันธกิจหน่วยงานของเรา", "ใกล้ที่สุดคือ ‘พันธกิจหน่วยงาน’", "can't be used"),
        ("update_frequency=บ่อย ๆ", "ไตรมาส", "can't be used"),
        ("coverage=ทั้งจังหวัด", "ใกล้ที่สุดคือ ‘จังหวัด’", "nearest"),
        ("email=สำนักงาน", "plan@office.go.th", "plan@office.go.th"),
        ("email=somchai1978@gmail.com", "ข้อมูลส่วนบุคคล", "personal data"),
        ("maintainer=นายสมชาย ใจดี", "ชื่อกลุ่มงานหรือตำแหน่ง", "a section or post"),
        ("repairs=everything", "thai-digits", "thai-digits"),
    ],
)
def test_a_wrong_field_is_told_with_what_would_be_right(settings, file, option, thai, english):
    done = CliRunner().invoke(main, ["publish", str(file), *OFFICE, "--option", option], catch_exceptions=False)
    assert (done.exit_code, thai in done.output, english in done.output) == (2, True, True), done.output
    assert "gmail" not in done.output
    assert "สมชาย" not in done.output


@pytest.mark.parametrize(
    ("said", "meant"),
    [("ปี", ("ปี", "1")), ("ทุกปี", ("ปี", "1")), ("รายเดือน", ("เดือน", "1")), ("3 เดือน", ("เดือน", "3")), ("monthly", ("เดือน", "1")),
     ("every 2 years", ("ปี", "2")), ("ไม่ปรับปรุงอีก", ("ไม่มีการปรับปรุงหลังจากการจัดเก็บข้อมูล", "1")), ("never", ("ไม่มีการปรับปรุงหลังจากการจัดเก็บข้อมูล", "1")),
     ("บางที", None), ("", None)],
)  # fmt: skip
def test_a_frequency_is_read_as_people_write_it(said, meant):
    from harvesters.describing import frequency

    assert frequency(said) == meant
