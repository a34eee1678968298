"""Every command asked wrongly: a sentence in Thai and English with what to do next, the exit code, never a traceback."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from portal.cli import main
from portal.documenting import commands

pytestmark = pytest.mark.journey

THAI = re.compile("[ก-๙]{3}")
ENGLISH = re.compile("[a-z]{2} [a-z]")
CLEAN = "ชื่อกลุ่ม,ผลิตภัณฑ์\nกลุ่มทดสอบหนึ่ง,กล้วย\nกลุ่มทดสอบสอง,เห็ด\n"
OFFICE = "--publisher office --publisher-title สำนักงาน"
DOWN = "http://127.0.0.1:9/a.csv"  # nothing listens there

# What is typed; the exit code; a word of the sentence in each language. {f}: a file, {d}: a folder, {no}: nothing.
WRONG: list[tuple[str, int, str, str]] = [
    ("init extra", 2, "มีคำเกินมา", "unexpected extra argument"),
    ("serve --port 99999", 2, "KHLANG_PORT ต้องไม่เกิน 65535", "less than or equal to 65535"),
    ("serve --workers 0", 2, "ต้องไม่น้อยกว่า 1", "greater than or equal to 1"),
    ("serve --host 999.1.1.1", 2, "--host", "no such address"),
    ("demo --no-serve --port x", 2, "จำนวนเต็ม", "not a valid integer"),
    ("source add x1 --kind fax --url {f}", 2, "spreadsheet", "known kinds"),
    ("source add ก --kind upload --url {f}", 2, "a-z 0-9", "can't be used"),
    ("source add x1 --kind spreadsheet --url ftp://a.example/x.csv", 2, "http://", "begins with http://"),
    ("source add x1 --kind ckan --url {d}", 2, "ขึ้นต้นด้วย http://", "begins with http://"),
    ("source add x1 --kind spreadsheet --url {f} --option colour=red", 2, "ไม่รู้จักตัวเลือก", "is unknown"),
    ("source add x1 --kind spreadsheet --url {f} --option personal", 2, "ชื่อ=ค่า", "NAME=VALUE"),
    ("source add x1 --kind spreadsheet --url {f} --publisher nobody", 2, "--publisher-title", "--publisher-title"),
    ("source add x1 --kind spreadsheet", 2, "ยังไม่ได้บอก --url", "Missing option"),
    ("source set nope --title ก", 2, "khlang source list", "is unknown"),
    ("source set nope", 2, "ยังไม่ได้บอกว่าจะเปลี่ยนอะไร", "Nothing to change"),
    ("source list extra", 2, "มีคำเกินมา", "unexpected extra argument"),
    ("source show nope", 2, "khlang source list", "See all sources"),
    ("source remove nope --reason ก --by ข", 2, "khlang source list", "See all sources"),
    ("source stop nope", 2, "khlang source list", "See all sources"),
    ("source release nope --decision drop --by ก --reason ข", 2, "khlang source list", "See all sources"),
    ("harvest", 2, "--all (ทุกแหล่ง)", "Which sources"),
    ("harvest nope", 2, "khlang source list", "See all sources"),
    ("harvest nope --dry-run", 2, "khlang source list", "See all sources"),
    ("harvest down", 1, "ไม่อนุญาตให้ดึง", "may not be fetched"),
    ("harvest gone", 1, "โปรดตรวจชื่อและตำแหน่ง", "Check its name and place"),
    ("harvest down --dry-run --page {no}/a.html", 2, "โปรดสร้างก่อน", "Make it first"),
    ("validate {no}", 2, "เพราะไม่พบไฟล์นี้", "does not exist"),
    ("validate {d}", 2, "เพราะเป็นโฟลเดอร์", "is a directory"),
    ("validate {f} --profile people", 2, "entrepreneur-cluster", "is unknown"),
    ("validate {f} --lang fr", 2, "ใช้ได้: th, en", "is not one of"),
    (f"publish {{no}} {OFFICE}", 2, "เพราะไม่พบไฟล์นี้", "does not exist"),
    (f"publish {{d}} {OFFICE}", 2, "khlang source add", "is a directory"),
    (f"publish {{f}} {OFFICE} --page {{d}}/a.html", 2, "--dry-run เท่านั้น", "goes with --dry-run only"),
    (f"publish {{f}} {OFFICE} --dry-run --page {{d}}", 2, "เพราะเป็นโฟลเดอร์", "is a directory"),
    (f"publish {{f}} {OFFICE} --dry-run --first -1", 2, "ตั้งแต่ 0 ขึ้นไป", "is not in the range"),
    (f"publish {{f}} {OFFICE} --province แอตแลนติส", 2, "รหัสสองหลัก", "two-digit code"),
    ("publish {f} --publisher nobody", 2, "--publisher-title", "--publisher-title"),
    ("publish {f}", 2, "ยังไม่ได้บอก --publisher", "Missing option"),
    (f"publish {{empty}} {OFFICE}", 1, "ไฟล์ว่างเปล่า", "The file is empty"),
    (f"publish {{png}} {OFFICE}", 1, "โปรดส่งเป็น CSV", "Send CSV"),
    ("search ก --province 99", 2, "รหัสสองหลัก", "two-digit code"),
    ("search ก --kind colour", 2, "ใช้ได้: dataset", "is not one of"),
    ("dataset show nope", 2, "khlang search", "Check the spelling"),
    ("dataset withdraw nope --reason ก", 2, "khlang search", "Check the spelling"),
    ("dataset withdraw nope", 2, "ยังไม่ได้บอก --reason", "Missing option"),
    ("dataset restore nope", 2, "khlang search", "Check the spelling"),
    ("reindex extra", 2, "มีคำเกินมา", "unexpected extra argument"),
    ("check extra", 2, "มีคำเกินมา", "unexpected extra argument"),
    ("worker --once --pause 0", 2, "ตั้งแต่ 0.1 ถึง 3600", "is not in the range"),
    ("settings extra", 2, "มีคำเกินมา", "unexpected extra argument"),
    ("feedback list extra", 2, "มีคำเกินมา", "unexpected extra argument"),
    ("feedback answer 99 --state done --answer ก --by ข", 2, "หมายเลข", "number"),
    ("source-kind list extra", 2, "มีคำเกินมา", "unexpected extra argument"),
    ("source-kind new Bad", 2, "a-z 0-9", "can't be used"),
    ("source-kind new good --into {f}", 2, "เพราะเป็นไฟล์", "is a file"),
    ("source-kind new good --into /proc/nope", 2, "โปรดตรวจสิทธิ์", "can't be written"),
    ("introduction list extra", 2, "มีคำเกินมา", "unexpected extra argument"),
    ("introduction show 99", 2, "หมายเลข", "number"),
    ("introduction link 99 --by ก", 2, "หมายเลข", "number"),
    ("introduction forget 99 --reason ก --by ข", 2, "หมายเลข", "number"),
    ("match", 2, "--need", "For whom"),
    ("match --cluster nope", 2, "khlang search", "Check the spelling"),
    ("match --need ก --province แอตแลนติส", 2, "รหัสสองหลัก", "two-digit code"),
    ("registry doubts extra", 2, "มีคำเกินมา", "unexpected extra argument"),
    ("registry publish extra", 2, "มีคำเกินมา", "unexpected extra argument"),
    ("registry rebuild extra", 2, "มีคำเกินมา", "unexpected extra argument"),
    ("registry join cluster a b --by ก", 2, "khlang search", "Check the spelling"),
    ("registry join colour a b --by ก", 2, "ใช้ได้: cluster", "is not one of"),
    ("registry part cluster a --by ก", 2, "khlang search", "Check the spelling"),
]  # fmt: skip
NEEDS_NO_HOME = ("init", "demo", "validate", "settings", "source-kind list", "source-kind new")


@pytest.fixture(scope="module")
def things(tmp_path_factory) -> dict[str, Path]:
    """A file, a folder, an empty file, a picture, and a place where nothing is."""
    folder = tmp_path_factory.mktemp("things")
    (folder / "d").mkdir()
    (folder / "กลุ่ม.csv").write_text(CLEAN, encoding="utf-8")
    (folder / "empty.csv").write_bytes(b"")
    (folder / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    names = {"f": "กลุ่ม.csv", "d": "d", "no": "none", "empty": "empty.csv", "png": "a.png"}
    return {short: folder / name for short, name in names.items()}


def run(typed: str, things: dict[str, Path]) -> tuple[int, str]:
    words = [word.format(**things) for word in typed.split()]
    done = CliRunner().invoke(main, words, catch_exceptions=False)
    return done.exit_code, done.output


def said_well(text: str) -> bool:
    return bool(THAI.search(text) and ENGLISH.search(text)) and "Traceback" not in text and "None" not in text


@pytest.mark.parametrize(("typed", "code", "thai", "english"), WRONG, ids=[line[0] for line in WRONG])
def test_it_is_told_in_both_languages_with_what_to_do_next(settings, khlang, things, typed, code, thai, english):
    if "harvest" in typed:
        khlang("source", "add", "down", "--kind", "spreadsheet", "--url", DOWN)
        khlang("source", "add", "gone", "--kind", "spreadsheet", "--url", things["no"])
    done, text = run(typed, things)
    assert done == code, text
    assert thai in text, text
    assert english in text, text
    assert said_well(text), text


def whole(command: str) -> str:
    return command.removeprefix("khlang ")


def test_the_table_has_every_command():
    named = {whole(name) for name, _ in commands()}
    typed = [line[0] for line in WRONG]
    assert {name for name in named if not any(f"{one} ".startswith(f"{name} ") for one in typed)} == set()


@pytest.mark.parametrize("name", [whole(name) for name, _ in commands()])
def test_an_unknown_option_is_told_by_every_command(settings, things, name):
    code, text = run(f"{name} --colour red", things)
    assert (code, "ไม่มีตัวเลือก --colour" in text, "--help" in text) == (2, True, True), text


def complete(name: str, things: dict[str, Path]) -> list[str]:
    """The command with something in every place that must be filled."""
    command = {whole(one): of for one, of in commands()}[name]
    words = name.split()
    for param in command.params:
        if not param.required:
            continue
        value = {"PATH": str(things["f"]), "NUMBER": "1", "KIND": "cluster"}.get(param.name.upper(), "aa")
        choices = getattr(param.type, "choices", None)
        value = str(choices[0]) if choices else value
        words += [value] if param.param_type_name == "argument" else [param.opts[0], value]
    return words + {"harvest": ["--all"], "match": ["--need", "ก"], "source set": ["--title", "ก"]}.get(name, [])


@pytest.mark.parametrize("name", [whole(name) for name, _ in commands() if whole(name) not in NEEDS_NO_HOME])
def test_without_a_data_folder_every_command_says_how_to_make_one(home, things, name, monkeypatch):
    monkeypatch.delenv("KHLANG_DATABASE_URL", raising=False)  # a database elsewhere may be there without the folder
    done = CliRunner().invoke(main, complete(name, things), catch_exceptions=False)
    assert done.exit_code == 2, done.output
    assert "khlang init" in done.output
    assert said_well(done.output)


@pytest.mark.parametrize("name", ["init", "demo --no-serve"])
def test_a_data_folder_that_can_not_be_written_is_a_sentence(monkeypatch, things, name):
    monkeypatch.setenv("KHLANG_HOME", "/proc/khlang")
    code, text = run(name, things)
    assert (code, "KHLANG_HOME" in text, said_well(text)) == (2, True, True), text
