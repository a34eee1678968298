"""Rows are found by any word of their cells, exactly, and never once their dataset is withdrawn."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from portal.db import db
from portal.errors import PortalError
from portal.search import rows as rows_module
from portal.search.outbox import drain, heal, row_index
from portal.search.plan import make_plan
from portal.search.row_questions import row_question
from portal.search.row_texts import province_column, province_of
from portal.search.rows import RowHit, RowIndex, RowsFound, spread
from portal.settings import Settings

ROOT = Path(__file__).resolve().parents[3]
COLUMNS = ["ชื่อกลุ่ม", "ผลิตภัณฑ์", "จังหวัด"]
ROWS = [
    ["กลุ่มทอผ้าบ้านสมมติ", "ผ้าไหมแพรวา ลายขอ", "แพร่"],
    ["วิสาหกิจกล้วยบ้านใต้", "กล้วยตากอบน้ำผึ้ง", "พิษณุโลก"],
    ["กลุ่มใบชา", "ชาอู่หลง; ชาเขียว", "เชียงใหม่"],
    ["กลุ่มประมง", "ปูนิ่ม น้ำพริกปูนา", "ตราด"],
    ["ศาลาประชาคม ปู่ย่า", "ข้าวแต๋น 100% (OTOP) C++", "ลำปาง"],
    ["Silk House", "Thai silk scarf", "โคราช"],
    ["อาจารย์ 'โอ' \"NEAR\" AND OR NOT *", "x^2 {a} col:val", "น่าน"],
]


@pytest.fixture
def published(app: Flask, publish: Callable[..., None], in_app: Callable[..., Any]) -> Callable[..., None]:
    """Publishes and drains."""

    def make(*told: Any, **more: Any) -> None:
        publish(*told, **more)
        in_app(drain)

    return make


@pytest.fixture
def find(app: Flask) -> Callable[..., RowsFound]:
    """Asks the index of rows."""

    def ask(text: str, datasets: list[str] | None = None, **filters: str) -> RowsFound:
        with app.app_context():
            return row_index().search(make_plan(text, {name: (value,) for name, value in filters.items()}), datasets)

    return ask


def numbers(found: RowsFound) -> list[int]:
    return sorted(hit.row for hit in found.hits)


# ── what is found ────────────────────────────────────────────────────────────────────────────────────────────────────
WANTED = {
    "ไหม": [2],
    "แพรวา": [2],
    "หลง": [4],
    "กล้วยตาก": [3],
    "อบน้ำ": [3],
    "กล้วย พิษณุโลก": [3],
    "กล้วย แพร่": [],
    "น้ำ": [3, 5],
    "ชา": [4],  # two letters, and not as letters of ประชาคม
    "ปู": [5],  # nor half of ปู่
    "ปู น้ำ": [5],
    "ลายขอ": [2],  # the end of a cell
    "ขอ": [2],
    "silk": [7],
    "SILK scarf": [7],
    "ilk": [],  # Latin words by their beginnings
    "scar": [7],
    "100": [6],
    "korat": [7],
    "โคราช": [7],
    "นครราชสีมา": [7],  # by its province, whatever it is called there
    "Phitsanulok กล้วย": [3],
    '"กล้วยตาก อบ"': [3],
    '"อบกล้วยตาก"': [],
    "กลุ่ม -ทอผ้า": [4, 5],
    "กลุ่ม -แพร่": [4, 5],
    "near": [8],
    "col val": [8],
    "ก": [],
    "": [],
    "ไม่มีคำนี้": [],
}


def test_what_is_found(published: Callable[..., None], find: Callable[..., RowsFound]) -> None:
    published("clusters", COLUMNS, ROWS)
    found = {text: find(text) for text in WANTED}
    assert {text: numbers(result) for text, result in found.items()} == WANTED
    assert {text: (result.total, result.exact) for text, result in found.items()} == {
        text: (len(rows), True) for text, rows in WANTED.items()
    }
    assert {(hit.dataset, hit.version, hit.resource) for result in found.values() for hit in result.hits} == {
        ("clusters", 1, "table")
    }


def test_rows_are_found_by_their_district_in_either_language(
    published: Callable[..., None], find: Callable[..., RowsFound]
) -> None:
    rows = [["ผ้าหม้อห้อม", "สูงเม่น"], ["Teak", "Sung Men"], ["ไผ่", "นาดี"], ["Bamboo", "Na Di"], ["เพลง", "song book"]]
    published("places", ["ผลิตภัณฑ์", "อำเภอ"], rows)
    wanted = {
        "Sung Men": [2, 3], "สูงเม่น": [2, 3], "อ.สูงเม่น": [2, 3], "Sung Men teak": [3], "Na Di": [4, 5], "นาดี": [4, 5], "อ.สอง": []
    }  # fmt: skip
    assert {text: numbers(find(text)) for text in wanted} == wanted


def test_rows_are_found_by_what_an_abbreviation_is_short_for_and_by_other_spellings(
    published: Callable[..., None], find: Callable[..., RowsFound]
) -> None:
    rows = [
        ["โรงพยาบาลแพร่"],
        ["โรงพยาบาลส่งเสริมสุขภาพตำบลบ้านถิ่น"],
        ["รพ.สต.บ้านกลาง"],
        ["เสื้อหม้อห้อม"],
        ["ผ้าม่อฮ่อม"],
        ["โรงงาน"],
    ]
    published("names", ["ชื่อ"], rows)
    wanted = {
        "รพ.แพร่": [2], "รพ.สต.บ้านถิ่น": [3], "รพ.สต.": [3, 4], "รพ.": [2, 3, 4], "หม้อฮ่อม": [5, 6], "ผ้าหม้อฮ่อม": [6], "สิ่งทอ": [],
    }  # fmt: skip
    assert {text: numbers(find(text)) for text in wanted} == wanted


def test_filters_by_dataset_and_by_the_province_of_the_row(
    published: Callable[..., None], find: Callable[..., RowsFound]
) -> None:
    published("one", COLUMNS, ROWS, provinces=["54", "65"])
    published("two", ["ผลิตภัณฑ์"], [["ผ้าไหม"]], provinces=["54"])  # names no province itself: its dataset is about one
    published("three", ["ผลิตภัณฑ์"], [["ผ้าไหม"]], provinces=["54", "55"])  # nobody knows of which
    hits = {(hit.dataset, hit.row) for hit in find("ไหม").hits}
    assert hits == {("one", 2), ("two", 2), ("three", 2)}
    assert {hit.dataset for hit in find("ไหม", ["two", "gone"]).hits} == {"two"}
    assert find("ไหม", []).total == 0
    assert {(hit.dataset, hit.row) for hit in find("ไหม", province="แพร่").hits} == {("one", 2), ("two", 2)}
    assert find("ไหม", province="65").total == 0
    assert find("ไหม", province="ไม่มีจริง").total == 0


def test_many_datasets_are_asked_together(
    published: Callable[..., None], find: Callable[..., RowsFound], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows_module, "MOST_SPANS", 1)
    for name in ("one", "two", "three"):
        published(name, COLUMNS, ROWS)
    assert {hit.dataset for hit in find("ไหม", ["one", "three"]).hits} == {"one", "three"}


def test_words_typed_as_one_come_first_and_no_table_hides_the_others(
    published: Callable[..., None], find: Callable[..., RowsFound]
) -> None:
    apart = [["ใบชา และน้ำผึ้ง"]] * 6
    published("apart", ["ก"], apart)
    published("whole", ["ก"], [["ของฝาก"], ["ชาน้ำผึ้งแท้"]])
    hits = find("ชาน้ำผึ้ง").hits
    assert (hits[0].dataset, hits[0].row) == ("whole", 3)
    assert len(hits) == 7
    assert spread([RowHit("a", 1, "t", row) for row in range(5)] + [RowHit("b", 1, "t", 0)])[3].dataset == "b"


def test_counts_are_exact_up_to_the_cap(
    published: Callable[..., None], find: Callable[..., RowsFound], monkeypatch: pytest.MonkeyPatch
) -> None:
    published("many", ["ก"], [["ผ้าไหม"]] * 12)
    monkeypatch.setattr(rows_module, "MOST_COUNTED", 12)
    assert (find("ไหม").total, find("ไหม").exact) == (12, True)
    monkeypatch.setattr(rows_module, "MOST_COUNTED", 11)
    assert (find("ไหม").total, find("ไหม").exact) == (11, False)


def test_a_search_ends_when_its_time_is_up(
    published: Callable[..., None], find: Callable[..., RowsFound], monkeypatch: pytest.MonkeyPatch
) -> None:
    published("many", ["ก"], [["ผ้าไหม"]] * 50)
    monkeypatch.setattr(rows_module, "SECONDS", -1)
    monkeypatch.setattr(rows_module, "CHECK_EVERY", 1)
    found = find("ไหม")
    assert not found.exact
    assert found.total < 50
    monkeypatch.undo()
    assert find("ไหม").total == 50


@given(st.text(max_size=40))
@hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_anything_typed_is_a_harmless_question(app: Flask, text: str) -> None:
    with app.app_context():
        assert row_index().search(make_plan(text)).total == 0


def test_fts_syntax_never_reaches_fts(published: Callable[..., None], find: Callable[..., RowsFound]) -> None:
    published("clusters", COLUMNS, ROWS)
    for text in ('"', "''", 'a" OR "b', "NEAR(a b)", "line:a", "a*", "^a", "-", "{a}", "\x00", "(" * 300):
        assert find(text).exact, text


def test_a_question_is_made_of_quoted_trigrams_alone() -> None:
    question = row_question(make_plan('กล้วย "ตาก" ชา NEAR'), ["ก", "่", " ", '"'])
    assert re.sub(r'"(?:[^"]|"")*"', "", question.match).replace("AND", "").replace("OR", "").strip(" ()") == ""
    assert '"ชาก"' in question.match
    assert '"ชา่"' not in question.match  # that would be another syllable


def test_which_column_says_the_province() -> None:
    fields = [{"name": "จังหวัด"}, {"name": "p", "role": "province"}, {"name": "code", "role": "province_code"}]
    assert province_column(fields) == "code"
    assert province_column(fields[:2]) == "p"
    assert province_column(fields[:1]) == "จังหวัด"
    assert province_column([{"name": "x"}]) is None
    assert (province_of("โคราช", "54"), province_of("", "54"), province_of(None, None), province_of("ไม่รู้", "54")) == (
        "30",
        "54",
        None,
        None,
    )


# ── changes ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_new_version_leaves_nothing_of_the_old(
    published: Callable[..., None], find: Callable[..., RowsFound], settings: Settings, in_app: Callable[..., Any]
) -> None:
    published("clusters", COLUMNS, ROWS)
    published("clusters", COLUMNS, [["กลุ่มใหม่", "เห็ดหลินจือ", "น่าน"]])
    assert find("ไหม").total == 0
    assert [(hit.version, hit.row) for hit in find("หลินจือ").hits] == [(2, 2)]
    with sqlite3.connect(in_app(lambda: row_index().path_of(row_index().told()))) as connection:
        assert connection.execute("SELECT count(*) FROM line").fetchone() == (1,)
        assert connection.execute("SELECT count(*) FROM span").fetchone() == (1,)


def test_a_version_without_rows_leaves_nothing(
    published: Callable[..., None], find: Callable[..., RowsFound], in_app: Callable[..., Any]
) -> None:
    published("clusters", COLUMNS, ROWS)
    published("clusters", COLUMNS, [])
    assert find("ไหม").total == 0
    assert in_app(heal)["rows"] == 0


def test_withdrawn_rows_are_found_by_nobody_and_come_back(
    published: Callable[..., None],
    set_state: Callable[..., None],
    find: Callable[..., RowsFound],
    in_app: Callable[..., Any],
    settings: Settings,
) -> None:
    published("clusters", COLUMNS, ROWS)
    reader = RowIndex(settings.home / "index", None)  # type: ignore[arg-type]
    assert reader.search(make_plan("ไหม")).total == 1
    set_state("clusters", "withdrawn")
    in_app(drain)
    assert reader.search(make_plan("ไหม")).total == find("ไหม").total == 0
    set_state("clusters", "published")
    in_app(drain)
    assert reader.search(make_plan("ไหม")).total == 1


def test_hiding_does_not_wait_for_a_builder_and_the_builder_cannot_undo_it(
    app: Flask,
    publish: Callable[..., None],
    set_state: Callable[..., None],
    find: Callable[..., RowsFound],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A dataset is withdrawn, and that is drained, while another process is writing its rows."""
    publish("clusters", COLUMNS, ROWS)
    written = RowIndex._write

    def slow(self: RowIndex, *told: Any) -> None:
        written(self, *told)
        set_state("clusters", "withdrawn")
        with app.app_context():
            row_index().hide(["clusters"])

    monkeypatch.setattr(RowIndex, "_write", slow)
    with app.app_context(), Session(db.engine) as session:
        row_index().refresh(session, "clusters")
    assert find("ไหม").total == 0


def test_rebuilding_beside_a_reader(
    published: Callable[..., None], find: Callable[..., RowsFound], app: Flask, settings: Settings
) -> None:
    published("one", COLUMNS, ROWS)
    published("two", COLUMNS, ROWS)
    reader = RowIndex(settings.home / "index", None)  # type: ignore[arg-type]
    seen: list[int] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            seen.append(reader.search(make_plan("ไหม")).total)

    thread = threading.Thread(target=read)
    thread.start()
    with app.app_context(), Session(db.engine) as session:
        for _ in range(3):
            row_index().rebuild(session)
    done.set()
    thread.join()
    assert set(seen) == {2}
    assert find("ไหม").total == 2
    assert len(list((settings.home / "index").glob("rows*.sqlite"))) == 1


def test_two_processes_drain_at_once(
    published: Callable[..., None], publish: Callable[..., None], find: Callable[..., RowsFound], app: Flask
) -> None:
    for name in ("one", "two", "three"):
        publish(name, COLUMNS, ROWS)
    failures: list[BaseException] = []

    def drained() -> None:
        try:
            with app.app_context():
                drain()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=drained) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    found = find("ไหม")
    assert sorted(hit.dataset for hit in found.hits) == ["one", "three", "two"]


# ── damage and death ─────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("way", ["garbage", "emptied", "missing", "pointer", "no-table"])
def test_a_damaged_index_of_rows_says_so_and_is_built_anew(
    published: Callable[..., None], find: Callable[..., RowsFound], in_app: Callable[..., Any], way: str
) -> None:
    published("clusters", COLUMNS, ROWS)
    path: Path = in_app(lambda: row_index().path_of(row_index().told()))
    for beside in path.parent.glob(f"{path.name}-*") if way != "no-table" else ():
        beside.unlink()
    if way == "garbage":
        path.write_bytes(b"\x00garbage" * 5_000)
    elif way == "emptied":
        path.write_bytes(b"")
    elif way == "missing":
        path.unlink()
    elif way == "pointer":
        in_app(lambda: row_index().pointer.write_text('{"file": "../../etc/passwd"}'))
    else:
        with sqlite3.connect(path) as connection:
            connection.execute("DROP TABLE line")
    in_app(lambda: row_index()._close())  # as a process that begins now
    with pytest.raises(PortalError) as told:
        find("ไหม")
    assert told.value.code == "search-rebuilding"
    in_app(heal)
    assert find("ไหม").total == 1


def test_a_builder_killed_before_its_rows_are_ready_is_healed(
    publish: Callable[..., None], find: Callable[..., RowsFound], settings: Settings, in_app: Callable[..., Any]
) -> None:
    publish("clusters", COLUMNS, ROWS)
    code = "from portal.app import create_app\nfrom portal.search.outbox import drain\nwith create_app().app_context():\n    drain()"
    environment = {**os.environ, "KHLANG_HOME": str(settings.home), "KHLANG_FAULT": "rows-indexed"}
    killed = subprocess.run([sys.executable, "-c", code], env=environment, cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert find("ไหม").total == 0
    assert in_app(heal)["replayed"] == 1
    assert find("ไหม").total == 1
    with sqlite3.connect(in_app(lambda: row_index().path_of(row_index().told()))) as connection:
        assert connection.execute("SELECT count(*) FROM line").fetchone() == (len(ROWS),)


def test_a_piece_that_is_no_words_is_looked_for_as_it_stands_and_words_wherever_they_stand(
    published: Callable[..., None], find: Callable[..., RowsFound]
) -> None:
    published("one", ["ก", "ข"], [["คนเดือดแค้น", "x"], ["เดือด น", "แ"], ["เครื่องจักร", "สบู่"]])
    assert [hit.row for hit in find("นเดือดแ").hits] == [2]  # น and แ are no words, so เดือด alone is not asked for
    assert [hit.row for hit in find("สบู่เครื่องจักร").hits] == [4]
