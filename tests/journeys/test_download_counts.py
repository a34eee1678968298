"""Downloads are counted once each, without a word about who took them, and never by the reader's own request."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from portal.app import create_app
from portal.catalogue import counting
from portal.catalogue.models import DownloadCount
from portal.db import db
from portal.harvest.worker import work

pytestmark = pytest.mark.journey


@pytest.fixture
def table(khlang, tmp_path: Path) -> str:
    path = tmp_path / "กลุ่ม.csv"
    path.write_text("ชื่อกลุ่ม,จำนวน\n" + "".join(f"กลุ่ม{n},{n}\n" for n in range(50)), encoding="utf-8")
    run = khlang(
        "publish", path, "--publisher", "office", "--publisher-title", "สำนักงานทดสอบ", "--name", "taken", "--json"
    )["runs"][0]
    return f"/dataset/taken@v1/resource/{run['datasets'][0]['resources'][0]['name']}"


@pytest.fixture
def count(settings):
    """Lets the worker work once, and tells the counts by form."""
    app = create_app(settings)

    def counted() -> dict[str, int]:
        with app.app_context():
            work(once=True)
            return {row.form: row.count for row in db.session.scalars(select(DownloadCount))}

    return counted


def logged(home: Path) -> str:
    return "".join(path.read_text() for path in (home / "downloads").glob("*.log"))


def test_each_download_counts_once_and_nothing_else_does(client, table, count, home):
    for tail in ("csv", "csv?bom=1", "csv?f.จำนวน.gte=9", "xlsx", "jsonl", "json?all=1", "parquet"):
        assert client.get(f"{table}.{tail}").status_code == 200
    client.get("/dataset/taken/datapackage.zip")
    whole = client.get(f"{table}.csv")
    client.get(f"{table}.csv", headers={"If-None-Match": whole.headers["ETag"]})  # has it already
    client.get(f"{table}.csv", headers={"Range": "bytes=5-9"})  # goes on with one that was counted
    client.head(f"{table}.csv")
    client.get(f"{table}.csv?f.ไม่มี=1")
    client.get(f"{table}.json")
    client.get("/dataset/taken/datapackage.json")
    expected = {"csv": 4, "xlsx": 1, "jsonl": 1, "json": 1, "parquet": 1, "zip": 1}
    assert client.get("/dataset/taken.json").json["downloads"]["all_versions"] == 0  # no reader counts
    assert count() == expected
    assert count() == expected
    client.get(f"{table}.csv", headers={"Range": "bytes=0-9"})
    assert count() == expected | {"csv": 5}
    assert set(logged(home)) <= set("taken csvxlsjonparquetzip0123456789\n")
    assert set(logged(home).splitlines()) == {f"taken 1 {form}" for form in expected}


def test_the_page_and_its_data_tell_the_count_of_each_version(client, table, count, khlang, tmp_path):
    assert "ดาวน์โหลดแล้ว" not in client.get("/dataset/taken").text
    client.get(f"{table}.csv")
    client.get(f"{table}.csv")
    (tmp_path / "กลุ่ม.csv").write_text("ชื่อกลุ่ม,จำนวน\nก,1\nข,2\n", encoding="utf-8")
    khlang("publish", tmp_path / "กลุ่ม.csv", "--publisher", "office", "--name", "taken", code=None)
    count()
    assert client.get("/dataset/taken@v1.json").json["downloads"] == {"all_versions": 2, "this_version": 2}
    page = client.get("/dataset/taken@v1").text
    assert "ดาวน์โหลดแล้ว" in page
    assert "2 ครั้ง" in page


def test_a_torn_line_waits_and_a_strange_one_is_passed_over(settings, table, count, home):
    counting.append(home, ("taken", 1, "csv"))
    (path,) = (home / "downloads").glob("*.log")
    with path.open("ab") as file:
        file.write(b"nobody-knows-this 1 csv\nnonsense\n\xff\xfe x y\ntaken 1 c")
    assert count() == {"csv": 1}
    with path.open("ab") as file:
        file.write(b"sv\n")
    assert count() == {"csv": 2}


def test_files_of_past_months_go_when_they_are_counted(settings, table, count, home):
    counting.append(home, ("taken", 1, "csv"))
    (path,) = (home / "downloads").glob("*.log")
    path.rename(path.with_name("2020-01.log"))
    counting.append(home, ("taken", 1, "csv"))
    assert count() == {"csv": 2}
    assert [found.name for found in (home / "downloads").iterdir()] == [path.name]


def test_a_disk_that_is_full_keeps_nobody_from_the_data(client, table, home):
    (home / "downloads").write_text("no folder")
    assert client.get(f"{table}.csv").status_code == 200
