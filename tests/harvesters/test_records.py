"""Datasets of several files and links: what is taken in, what becomes a link, and when nothing is asked for at all."""

import io
import zipfile

import pytest

from harvesters.bundle import build_bundle, content_of
from harvesters.errors import HarvestError
from harvesters.fetch import Fetch, Rules
from harvesters.limited import ChildLimits
from harvesters.options import BuildOptions
from harvesters.run import with_short_id
from harvesters.sources.records import (
    MOST_FILES,
    collect_record,
    fields_of_record,
    file_parts,
    files_unchanged,
    is_table,
    wanted_files,
    without_markup,
)
from harvesters.values import Item, RemoteFile, Source

GOOD = "รหัส,ชื่อกลุ่ม,จังหวัด\n01,กลุ่มทอผ้าทดสอบ,แพร่\n02,กลุ่มจักสานทดสอบ,น่าน\n".encode()
PAGE = "<!doctype html><html><body>ขออภัย</body></html>".encode()


def door(tmp_path, loopback, validators=None):
    rules = Rules(allow=frozenset({loopback.host}), connect_seconds=2, idle_seconds=2, total_seconds=5, tries=1)
    return Fetch(tmp_path, rules, validators or {})


def record(loopback, *files, **told):
    return Item("r1", loopback.url("/dataset/r1"), "ชุดทดสอบ", {"title": "ชุดทดสอบ"}, files=files, record="{}", **told)


def taken(loopback, path, title="ไฟล์", **told):
    return RemoteFile(loopback.url(path), title, wanted=True, **told)


@pytest.mark.parametrize(
    ("format", "url", "table"),
    [
        ("CSV", "http://a/x", True), (".xlsx", "http://a/x", True), ("Excel", "", True), ("PDF", "http://a/x.csv", False),
        ("", "http://a/%E0%B8%81.CSV?x=1", True), ("", "http://a/page", False), ("SHP", "http://a/x.zip", False),
    ],
)  # fmt: skip
def test_what_is_worth_taking_in(format, url, table):
    assert is_table(format, url) is table


def test_a_source_that_is_only_to_be_linked_takes_nothing_in_and_others_not_without_end():
    files = [RemoteFile(f"http://a/{number}.csv") for number in range(MOST_FILES + 5)]
    assert sum(file.wanted for file in wanted_files(files, Source("s", "ckan", "http://a"))) == MOST_FILES
    linked = wanted_files(files, Source("s", "ckan", "http://a", options={"files": "link"}))
    assert not any(file.wanted for file in linked)


def test_files_that_can_be_had_are_parts_and_the_others_links_with_the_reason(tmp_path, loopback):
    loopback.body("/good.csv", GOOD)
    item = record(
        loopback, taken(loopback, "/good.csv"), taken(loopback, "/gone.csv"), RemoteFile("http://a/x.pdf", "คู่มือ")
    )
    collected = collect_record(item, door(tmp_path, loopback))
    assert [part.collected.path.read_bytes() for part in collected.parts] == [GOOD]
    assert [(link.url[-8:], link.problem and link.problem.code) for link in collected.links] == [
        ("gone.csv", "fetch-status"),
        ("//a/x.pdf"[-8:], None),
    ]


def test_tables_of_an_archive_are_parts_of_their_own_and_one_without_tables_is_a_link(tmp_path, loopback):
    for path, names in (("/two.zip", ("ก.csv", "ข.csv")), ("/none.zip", ("a.pdf",))):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for name in names:
                archive.writestr(name, GOOD)
        loopback.body(path, packed.getvalue())
    parts = list(file_parts(taken(loopback, "/two.zip", "รวม"), door(tmp_path, loopback)))
    assert [part.file.title for part in parts] == ["รวม: ก", "รวม: ข"]
    with pytest.raises(HarvestError) as none:
        list(file_parts(taken(loopback, "/none.zip"), door(tmp_path, loopback)))
    assert none.value.code == "no-table"


def test_tables_get_the_names_of_the_catalogue_and_names_of_their_own(tmp_path, loopback):
    for path, body in (
        ("/1.csv", GOOD),
        ("/2.csv", GOOD.replace("แพร่".encode(), "ลำปาง".encode())),
        ("/page.csv", PAGE),
    ):
        loopback.body(path, body)
    item = record(loopback, *(taken(loopback, path, "รายชื่อกลุ่ม") for path in ("/1.csv", "/2.csv", "/page.csv")))
    collected = collect_record(item, door(tmp_path, loopback))
    workdir = tmp_path / "work"
    workdir.mkdir()
    built = build_bundle(collected, workdir, BuildOptions(), ChildLimits())
    names = [table["name"] for table in built["resources"]]
    assert len(set(names)) == 2
    assert {table["title"] for table in built["resources"]} == {"รายชื่อกลุ่ม"}
    assert [table["rows"] for table in built["resources"]] == [2, 2]
    assert [(link["title"], link["problem"]["code"]) for link in built["links"]] == [("รายชื่อกลุ่ม", "html-not-data")]
    assert (built["blocking"], built["held"], built["original_public"]) == ([], False, True)
    assert [original["format"] for original in built["originals"]] == ["csv", "csv"]


def test_personal_data_in_one_file_holds_the_whole_and_keeps_its_original_back(tmp_path, loopback):
    people = "ชื่อ,โทรศัพท์\n" + "".join(f"นายทดสอบ นามสมมุติ{n},081-234-56{n:02}\n" for n in range(20))
    loopback.body("/good.csv", GOOD)
    loopback.body("/people.csv", people.encode())
    item = record(loopback, taken(loopback, "/good.csv"), taken(loopback, "/people.csv"))
    collected = collect_record(item, door(tmp_path, loopback))
    (tmp_path / "work").mkdir()
    built = build_bundle(collected, tmp_path / "work", BuildOptions(), ChildLimits())
    assert (built["held"], built["original_public"], built["personal"]["found"]) == (True, False, True)
    assert [original["public"] for original in built["originals"]] == [True, False]
    assert "มือถือ" in built["personal"]["words"]["th"]


def test_content_is_the_files_and_the_links_not_the_record(tmp_path, loopback):
    loopback.body("/good.csv", GOOD)
    item = record(loopback, taken(loopback, "/good.csv"))
    fetch = door(tmp_path, loopback)
    first = content_of(collect_record(item, fetch))
    assert content_of(collect_record(item, fetch)) == first
    loopback.body("/good.csv", GOOD + "03,กลุ่มใหม่,น่าน\n".encode())
    assert content_of(collect_record(item, fetch)) != first
    assert content_of(collect_record(record(loopback), fetch)) != first


def test_an_unchanged_file_is_asked_for_with_its_tag_a_settled_one_not_at_all(tmp_path, loopback):
    loopback.tagged("/tagged.csv", GOOD)
    loopback.body("/plain.csv", GOOD)
    tag = door(tmp_path, loopback).get(loopback.url("/tagged.csv")).etag
    loopback.seen.clear()
    fetch = door(tmp_path, loopback, {loopback.url("/tagged.csv"): (tag, None)})
    assert files_unchanged(record(loopback, taken(loopback, "/tagged.csv")), fetch)
    assert loopback.paths == ["/tagged.csv"]
    assert files_unchanged(record(loopback, taken(loopback, "/plain.csv", settled=True)), fetch)
    assert not files_unchanged(record(loopback, taken(loopback, "/plain.csv")), fetch)
    assert loopback.paths == ["/tagged.csv"]
    loopback.tagged("/tagged.csv", GOOD + b"1,2,3\n")
    assert not files_unchanged(record(loopback, taken(loopback, "/tagged.csv")), fetch)


def test_an_id_that_no_database_takes_is_cut_and_stays_told_from_others():
    long, other = (with_short_id(Item("x" * 600 + end, "")) for end in "ab")
    assert len(long.remote_id) == len(other.remote_id) == 500
    assert long.remote_id != other.remote_id
    assert with_short_id(Item("x" * 600 + "a", "")) == long
    assert with_short_id(Item("short", "")).remote_id == "short"


@pytest.mark.parametrize(
    ("told", "plain"),
    [
        (
            '<DIV STYLE="text-align:Left;"><P><SPAN>ตำแหน่ง</SPAN> ร้านค้า &amp; ตลาด</P><P>บรรทัดสอง</P></DIV>',
            "ตำแหน่ง ร้านค้า & ตลาด\nบรรทัดสอง",
        ),
        ("ก<br>ข<br/>ค", "ก\nข\nค"),
        ("ราคา < 5 และ > 3 &amp; ไม่มีแท็ก", "ราคา < 5 และ > 3 &amp; ไม่มีแท็ก"),
        ("<บันทึก> ไม่ใช่แท็ก", "<บันทึก> ไม่ใช่แท็ก"),
        (None, None),
        (7, 7),
    ],
)
def test_markup_of_map_servers_is_no_text(told, plain):
    assert without_markup(told) == plain


def test_a_page_of_terms_is_no_name_of_a_licence():
    found = fields_of_record("a", "https://x.go.th", "ก", metadata={"license_id": "<p>" + "คำว่า " * 200 + "</p>"})
    assert len(found["metadata"]["license_id"]) <= 302
    assert found["metadata"]["license_id"].endswith(" …")
