"""What the command line says to an officer: in both languages, with the next step, and never a traceback."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from portal.cli import main

pytestmark = pytest.mark.journey

PEOPLE = "ชื่อกลุ่ม,ผลิตภัณฑ์,มือถือประธาน\nกลุ่มทดสอบเหนือ,กล้วย,081-000-0001\nกลุ่มทดสอบใต้,เห็ด,081-000-0002\n"
CLEAN = "ชื่อกลุ่ม,ผลิตภัณฑ์,ราคา\n" + "".join(f"กลุ่มทดสอบ{n},กล้วย,{n}0\n" for n in range(1, 12))
OFFICE = (
    "--publisher",
    "phrae-office",
    "--publisher-title",
    "สำนักงานทดสอบ",
    "--title",
    "กลุ่มแพร่",
    "--name",
    "phrae-groups",
)


@pytest.fixture
def said(settings):
    """Runs a command and returns its exit code and all that it said."""

    def run(*words: object) -> tuple[int, str]:
        done = CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)
        return done.exit_code, done.output

    return run


def write(folder: Path, text: str) -> Path:
    path = folder / "กลุ่ม.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_published_file_says_version_rows_address_and_what_to_check(said, tmp_path):
    code, text = said("publish", write(tmp_path, CLEAN + "กลุ่มทดสอบท้าย,เห็ด,ฟรี\n"), *OFFICE, "--province", "แพร่")
    assert code == 0
    for wanted in ("รุ่นที่ 1", "version 1", "12 แถว", "/dataset/phrae-groups", "ต้องแก้", "‘ฟรี’", "to mend"):
        assert wanted in text
    assert "[error]" not in text
    assert "None" not in text


def test_a_held_file_says_what_was_found_and_the_whole_next_command(said, tmp_path):
    path = write(tmp_path, PEOPLE)
    code, text = said("publish", path, *OFFICE)
    assert code == 1
    assert 'khlang source release phrae-groups --decision drop --by "ชื่อผู้ตัดสิน" --reason "เหตุผล"' in text
    assert "มือถือประธาน" in text
    assert "081-000" not in text
    code, text = said("source", "release", "phrae-groups", "--decision", "publish", "--by", "สมมติ", "--reason", "ทดสอบ")
    assert (code, "คนที่สอง" in text, "a second person" in text) == (1, True, True)
    code, text = said("source", "release", "phrae-groups", "--decision", "drop", "--by", "สมมติ", "--reason", "ทดสอบ")
    assert code == 0
    assert "มือถือประธาน" in text
    assert "/dataset/phrae-groups" in text


def test_a_dry_run_says_what_the_real_one_will(said, tmp_path):
    for content in (CLEAN, PEOPLE, "<!doctype html><html></html>"):
        path = write(tmp_path, content)
        dry_code, dry = said("publish", path, *OFFICE, "--dry-run")
        code, text = said("publish", path, *OFFICE)
        assert dry_code == code
        assert "None" not in dry
        assert dry.split("→")[1].split("(")[1].split(")")[0] == text.split("→")[1].split("(")[1].split(")")[0]


def test_validate_says_plainly_whether_it_passes(said, tmp_path):
    assert said("validate", write(tmp_path, CLEAN))[1].splitlines()[0].endswith("ผ่าน เผยแพร่ได้")
    assert said("validate", write(tmp_path, CLEAN), "--lang", "en")[1].splitlines()[0].endswith("it can be published")
    assert said("validate", write(tmp_path, PEOPLE))[1].splitlines()[0].endswith("ยังเผยแพร่ไม่ได้")


def test_withdrawing_restoring_and_removing_say_what_they_did(said, tmp_path):
    said("publish", write(tmp_path, CLEAN), *OFFICE)
    for words, thai, english in (
        (("dataset", "withdraw", "phrae-groups", "--reason", "ทดสอบ"), "ถอน", "withdrawn"),
        (("dataset", "restore", "phrae-groups"), "กลับมา", "is back"),
        (("source", "remove", "phrae-groups", "--reason", "ทดสอบ", "--by", "สมมติ"), "เลิกดึง", "no longer harvested"),
    ):
        code, text = said(*words)
        assert (code, thai in text, english in text) == (0, True, True)
    code, text = said("harvest", "phrae-groups")
    assert (code, "เลิกดึงแล้ว" in text, "no longer harvested" in text) == (2, True, True)


@pytest.mark.parametrize(
    ("words", "thai", "english"),
    [
        (("vlidate",), "ไม่มีคำสั่ง vlidate", "No such command"),
        (("publish", "x.csv"), "PATH", "does not exist"),
        (("search",), "ยังไม่ได้บอก QUERY", "Missing argument"),
        (("search", "x", "--limit", "0"), "ตั้งแต่ 1 ถึง 100", "range"),
        (("search", "x", "--limit", "x"), "จำนวนเต็ม", "not a valid"),
        (("search", "x", "--colour"), "ไม่มีตัวเลือก --colour", "No such option"),
        (("search", "x", "y"), "มีคำเกินมา", "unexpected extra argument"),
        (("search", "x", "--limit"), "ต้องมีค่าตามหลัง", "requires an argument"),
        (("harvest",), "ยังบอกไม่ครบ", "--all"),
        (("source", "release", "x", "--decision", "maybe", "--by", "ก", "--reason", "ข"), "publish, drop, mask", "maybe"),
    ],
)  # fmt: skip
def test_a_wrong_command_is_told_in_both_languages(said, words, thai, english):
    code, text = said(*words)
    assert code == 2
    assert thai in text
    assert english in text
    assert "--help" in text


def test_what_is_unknown_is_told_before_anything_is_done(said, tmp_path):
    path = write(tmp_path, CLEAN)
    assert "CC-BY-4.0" in said("publish", path, *OFFICE, "--licence", "ของเรา", "--dry-run")[1]
    code, text = said(
        "source",
        "add",
        "a1",
        "--kind",
        "spreadsheet",
        "--url",
        path,
        "--publisher-title",
        "ก",
        "--option",
        "headings=ชื่อ",
    )
    assert (code, "ชื่อกลุ่ม=name" in text) == (2, True)
    code, text = said(
        "source",
        "add",
        "a2",
        "--kind",
        "spreadsheet",
        "--url",
        tmp_path / "ไม่มี",
        "--publisher-title",
        "ก",
        "--province",
        "แพร่",
    )
    assert (code, "ยังไม่มี" in text) == (0, True)
    assert '"province": "54"' in said("source", "show", "a2")[1]
    assert (
        said(
            "source",
            "add",
            "a3",
            "--kind",
            "spreadsheet",
            "--url",
            path,
            "--publisher-title",
            "ก",
            "--province",
            "แอตแลนติส",
        )[0]
        == 2
    )


def test_a_data_folder_that_can_not_be_used_is_a_sentence(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("KHLANG_HOME", str(tmp_path / "file"))
    for words in (["init"], ["demo", "--no-serve"]):
        done = CliRunner().invoke(main, words, catch_exceptions=False)
        assert (done.exit_code, "โฟลเดอร์ข้อมูล" in done.output, "data folder" in done.output) == (2, True, True)


@pytest.mark.skipif(os.environ.get("KHLANG_DATABASE_URL") is not None, reason="the settings name another database")
def test_a_database_that_is_not_there_is_a_sentence_without_its_password(settings, monkeypatch):
    monkeypatch.setenv("KHLANG_DATABASE_URL", "postgresql://khlang:secret-word@127.0.0.1:9/none")
    done = CliRunner().invoke(main, ["source", "list"], catch_exceptions=False)
    assert (done.exit_code, "เปิดฐานข้อมูลไม่ได้" in done.output) == (2, True)
    assert "secret-word" not in done.output


def test_a_search_in_an_empty_portal_finds_nothing_and_does_not_ask_to_wait(said):
    code, text = said("search", "ผ้าไหม", "--kind", "dataset")  # articles are there from the start
    assert code == 0
    assert "Nothing found" in text
