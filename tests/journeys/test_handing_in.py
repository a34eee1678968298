"""Files handed in, and folders with damaged files: nothing takes another's place, nothing stops the others."""

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

pytestmark = pytest.mark.journey

OFFICE = ("--publisher", "phrae-office", "--publisher-title", "สำนักงานทดสอบจังหวัดแพร่")
LONG = "ทะเบียนวิสาหกิจชุมชนและกลุ่มแปรรูปผลผลิตทางการเกษตรของจังหวัดแพร่ที่ได้รับการส่งเสริมประจำปีงบประมาณ พ.ศ. "


def sheet(folder: Path, name: str, product: str) -> Path:
    path = folder / name
    path.write_text(f"ชื่อกลุ่ม,ผลิตภัณฑ์\nกลุ่มทดสอบเหนือ,{product}\nกลุ่มทดสอบใต้,เห็ด\n", encoding="utf-8")
    return path


def hand_in(khlang, path: Path, *more: str, code: int = 0):
    return khlang("publish", path, *OFFICE, *more, "--json", code=code)["runs"][0]["datasets"][0]


@pytest.mark.parametrize(
    ("one", "other"), [(f"{LONG}2566", f"{LONG}2567"), ("***", "!!"), ("กาแพ", "กาแพร์"), ("y", "ย")]
)
def test_another_title_never_takes_the_place_of_a_dataset(khlang, client, tmp_path, one, other):
    first = hand_in(khlang, sheet(tmp_path, "a.csv", "กล้วยตาก"), "--title", one)
    second = hand_in(khlang, sheet(tmp_path, "b.csv", "ผ้าฝ้าย"), "--title", other)
    assert first["name"] != second["name"]
    assert (first["version"], second["version"]) == (1, 1)
    assert "กล้วยตาก" in client.get(first["url"]).text
    assert "ผ้าฝ้าย" in client.get(second["url"]).text
    again = hand_in(khlang, sheet(tmp_path, "b.csv", "ผ้าไหม"), "--title", other)
    assert (again["name"], again["version"]) == (second["name"], 2)


@pytest.mark.parametrize(
    "more", [("--title", "กลุ่มอาชีพ"), ("--name", "groups"), ("--name", "groups", "--title", "กลุ่มอาชีพ")]
)
def test_the_same_title_or_name_is_a_new_version_whatever_its_file_is_called(khlang, tmp_path, more):
    first = hand_in(khlang, sheet(tmp_path, "รายชื่อ.csv", "กล้วยตาก"), *more)
    second = hand_in(khlang, sheet(tmp_path, "รายชื่อ แก้ไขแล้ว (2).csv", "ผ้าฝ้าย"), *more)
    assert (second["name"], second["version"], second["status"]) == (first["name"], 2, "changed")


def test_the_members_of_an_archive_keep_their_datasets_when_the_archive_is_renamed(khlang, tmp_path):
    def archive(name: str, product: str) -> Path:
        with zipfile.ZipFile(tmp_path / name, "w") as made:
            for member in ("เหนือ.csv", "ใต้.csv"):
                made.write(sheet(tmp_path, member, product), member)
        return tmp_path / name

    first = khlang("publish", archive("a.zip", "กล้วย"), *OFFICE, "--name", "both", "--json")["runs"][0]
    second = khlang("publish", archive("b.zip", "อ้อย"), *OFFICE, "--name", "both", "--json")["runs"][0]
    assert (first["new"], second["changed"]) == (2, 2)
    assert [row["name"] for row in first["datasets"]] == [row["name"] for row in second["datasets"]]


def damaged_workbook() -> bytes:
    book, stream = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["ชื่อกลุ่ม", "ผลิตภัณฑ์"])
    book.save(stream)
    return stream.getvalue()[: len(stream.getvalue()) // 2]


def encrypted_archive() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr("ก.csv", "ก,ข\n1,2\n")
    content = bytearray(stream.getvalue())
    content[6] |= 1  # the flag of the member's own header
    content[content.index(b"PK\x01\x02") + 8] |= 1  # and of the directory's
    return bytes(content)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("ข เสีย.xlsx", damaged_workbook(), "workbook-broken"),
        ("ข เสีย.zip", b"PK\x03\x04" + b"\x00" * 400, "zip-broken"),
        ("ข ล็อก.zip", encrypted_archive(), "zip-encrypted"),
    ],
)
def test_a_damaged_file_of_a_folder_fails_alone_by_its_name(khlang, tmp_path, name, content, code):
    folder = tmp_path / "office"
    folder.mkdir()
    sheet(folder, "ก.csv", "กล้วยตาก")
    (folder / name).write_bytes(content)
    sheet(folder, "ฮ.csv", "เห็ดฟาง")
    khlang("source", "add", "office", "--kind", "spreadsheet", "--url", folder, *OFFICE)
    run = khlang("harvest", "office", "--json", code=1)["runs"][0]
    assert (run["status"], run["seen"], run["new"], run["failed"]) == ("partial", 3, 2, 1)
    failed = next(row for row in run["datasets"] if row["status"] == "failed")
    assert (failed["item"], failed["reason"]["code"]) == (name, code)


def test_a_damaged_archive_leaves_what_it_held_before(khlang, client, tmp_path):
    folder = tmp_path / "office"
    folder.mkdir()
    with zipfile.ZipFile(folder / "ทั้งหมด.zip", "w") as made:
        for member in ("เหนือ.csv", "ใต้.csv"):
            made.write(sheet(tmp_path, member, "กล้วย"), member)
    sheet(folder, "ฮ.csv", "เห็ดฟาง")
    khlang("source", "add", "office", "--kind", "spreadsheet", "--url", folder, *OFFICE)
    first = khlang("harvest", "office", "--json")["runs"][0]
    assert first["new"] == 3
    (folder / "ทั้งหมด.zip").write_bytes(encrypted_archive())
    for _ in range(4):  # more often than what is missing may be missing
        run = khlang("harvest", "office", "--json", code=1)["runs"][0]
        assert (run["status"], run["same"], run["failed"], run["archived"]) == ("partial", 1, 1, 0)
    for row in first["datasets"]:
        assert client.get(f"{row['url']}.json").json["state"] == "published"


def test_an_address_that_fails_among_several_fails_alone(khlang, tmp_path):
    khlang("source", "add", "office", "--kind", "spreadsheet", "--url", "http://127.0.0.1:9/a.csv http://127.0.0.1:9/b.csv", *OFFICE)  # fmt: skip
    run = khlang("harvest", "office", "--json", code=1)["runs"][0]
    assert (run["status"], run["seen"], run["failed"]) == ("failed", 2, 2)
