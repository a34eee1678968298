"""Downloads are whole, in parts where asked, named for what they are, and refuse in their own form."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytestmark = pytest.mark.journey

ROWS = 250


@pytest.fixture
def table(khlang, tmp_path: Path) -> str:
    """The address of a published table, without an ending."""
    path = tmp_path / "กลุ่ม.csv"
    lines = [f"กลุ่มทดสอบ{n},{'กล้วย' if n % 2 else 'เห็ด'},{n}" for n in range(ROWS)]
    path.write_text("\n".join(["ชื่อกลุ่ม,ผลิตภัณฑ์,จำนวน", *lines]), encoding="utf-8")
    run = khlang(
        "publish", path, "--publisher", "office", "--publisher-title", "สำนักงานทดสอบ", "--name", "whole", "--json"
    )["runs"][0]
    return f"/dataset/whole/resource/{run['datasets'][0]['resources'][0]['name']}"


def test_every_download_of_the_page_is_whole(client, table):
    page = client.get("/dataset/whole").text
    assert ".json?all=1" in page
    rows = json.loads(client.get(f"{table}.json?all=1").data)
    assert len(rows) == ROWS
    assert len(client.get(f"{table}.jsonl").data.splitlines()) == ROWS
    assert len(client.get(f"{table}.csv").data.splitlines()) == ROWS + 1


def test_json_by_pages_says_where_the_next_is_and_refuses_what_is_too_much(client, table):
    address, seen = f"{table}.json?f.products=กล้วย&limit=50", 0
    while address:
        document = client.get(address).json
        seen += len(document["rows"])
        address = document["next"]
    assert seen == document["total"] == ROWS // 2
    refused = client.get(f"{table}.json?limit=10001")
    assert refused.status_code == 400
    assert (refused.json["error"]["code"], "all=1" in refused.json["error"]["en"]) == ("limit-too-large", True)


@pytest.mark.parametrize(
    "tail", [".xlsx", ".jsonl", ".csv", ".csv?bom=1", ".parquet", ".json?all=1", ".csv?f.จำนวน.gte=9"]
)
def test_a_part_of_a_file_can_be_asked_for(client, table, tail):
    whole = client.get(f"{table}{tail}")
    assert whole.headers["Accept-Ranges"] == "bytes"
    assert len(whole.data) == int(whole.headers["Content-Length"])
    part = client.get(f"{table}{tail}", headers={"Range": "bytes=3-12"})
    assert (part.status_code, part.data) == (206, whole.data[3:13])
    assert part.headers["Content-Range"] == f"bytes 3-12/{len(whole.data)}"
    stale = client.get(f"{table}{tail}", headers={"Range": "bytes=3-12", "If-Range": '"another"'})
    assert (stale.status_code, stale.data) == (200, whole.data)
    assert client.get(f"{table}{tail}", headers={"Range": "bytes=99999999-"}).status_code == 416
    assert client.get(f"{table}{tail}", headers={"If-None-Match": whole.headers["ETag"]}).status_code == 304


def test_a_part_of_the_package_can_be_asked_for(client, table):
    whole = client.get("/dataset/whole/datapackage.zip").data
    part = client.get("/dataset/whole/datapackage.zip", headers={"Range": "bytes=-20"})
    assert (part.status_code, part.data) == (206, whole[-20:])


def test_a_filtered_file_is_named_so(client, table):
    assert "filtered" not in client.get(f"{table}.csv").headers["Content-Disposition"]
    assert "whole-filtered" in client.get(f"{table}.csv?f.products=เห็ด").headers["Content-Disposition"]


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_a_wrong_filter_is_told_in_words_and_no_page(client, table, ending):
    answer = client.get(f"{table}.{ending}?f.ไม่มีช่องนี้=1")
    assert (answer.status_code, answer.mimetype) == (400, "text/plain")
    thai, english = answer.text.splitlines()[:2]
    assert "ไม่มีช่องนี้" in thai
    assert not any(
        "\u0e01" <= sign <= "\u0e2e"
        for sign in english.replace("ไม่มีช่องนี้", "").replace("ชื่อกลุ่ม", "").replace("ผลิตภัณฑ์", "").replace("จำนวน", "")
    )


def test_a_wrong_filter_of_json_has_both_languages_apart(client, table):
    error = client.get(f"{table}.json?f.ไม่มีช่องนี้=1").json["error"]
    assert error["code"] == "filter-wrong"
    assert "โปรด" in error["th"] or "ใช้" in error["th"]
    assert "โปรด" not in error["en"]
