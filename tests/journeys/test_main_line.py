"""From an office's file to a searchable, downloadable, versioned open dataset."""

import io
import json
import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest

pytestmark = pytest.mark.journey

HEADINGS = "ลำดับ,ชื่อวิสาหกิจชุมชน,อำเภอ,จังหวัด,ผลิตภัณฑ์,จำนวนสมาชิก,วันที่จดทะเบียน"
ROWS = [
    "1,กลุ่มทดสอบทอผ้าบ้านเหนือ,สูงเม่น,จ.แพร่,ผ้าหม้อห้อม,๑๒,12/09/2560",
    "2,กลุ่มทดสอบกล้วยบ้านใต้,ลอง,แพร่,กล้วยตากอบน้ำผึ้ง,8,1 ม.ค. 2561",
    "3,กลุ่มทดสอบเห็ดบ้านกลาง,เมือง,จังหวัดแพร่,เห็ดหลินจืออบแห้ง,15,๓๑/๑๒/๒๕๖๒",
]


def office_file(folder: Path, rows=ROWS, name="วิสาหกิจ.csv", encoding="cp874") -> Path:
    path = folder / name
    path.write_bytes("\r\n".join([HEADINGS, *rows, ""]).encode(encoding))
    return path


def publish(khlang, path: Path, *more: str, code: int = 0):
    return khlang(
        "publish", path, "--publisher", "phrae-office", "--publisher-title", "สำนักงานทดสอบจังหวัดแพร่", "--name", "phrae-clusters",
        "--title", "วิสาหกิจชุมชนจังหวัดแพร่ (ทดสอบ)", "--licence", "Open Data Common", *more, "--json", code=code,
    )["runs"][0]  # fmt: skip


def test_a_spreadsheet_becomes_a_dataset_that_is_found_read_and_downloaded(khlang, client, tmp_path, read_csv):
    run = publish(khlang, office_file(tmp_path))
    assert (run["status"], run["seen"], run["new"]) == ("done", 1, 1)
    dataset = run["datasets"][0]
    assert (dataset["name"], dataset["version"], dataset["url"]) == ("phrae-clusters", 1, "/dataset/phrae-clusters")
    resource = dataset["resources"][0]
    assert (resource["rows"], resource["encoding"], resource["profile"]) == (3, "cp874", "entrepreneur-cluster")
    assert resource["repairs"] >= 4  # one Thai number, three Buddhist dates

    page = client.get("/dataset/phrae-clusters")
    assert page.status_code == 200
    assert "วิสาหกิจชุมชนจังหวัดแพร่ (ทดสอบ)" in page.text
    assert "กลุ่มทดสอบกล้วยบ้านใต้" in page.text

    found = khlang("search", "กล้วยตาก", "--json")
    rows = [hit for hit in found["hits"] if hit["kind"] == "row"]
    assert [(hit["dataset"], hit["row"]) for hit in rows] == [("phrae-clusters", 3)]
    assert "กล้วยตากอบน้ำผึ้ง" in rows[0]["cells"].values()
    row_page = client.get(rows[0]["url"])
    assert row_page.status_code == 200
    assert "กล้วยตากอบน้ำผึ้ง" in row_page.text

    name = resource["name"]
    rows = read_csv(client.get(f"/dataset/phrae-clusters/resource/{name}.csv").data)
    assert [row["registered_on"] for row in rows] == ["2017-09-12", "2018-01-01", "2019-12-31"]
    assert [row["province_code"] for row in rows] == ["54", "54", "54"]
    assert rows[0]["members"] == "12"
    assert [row["_row"] for row in rows] == ["2", "3", "4"]
    excel = client.get(f"/dataset/phrae-clusters/resource/{name}.csv?bom=1")
    assert excel.data.startswith(b"\xef\xbb\xbf")
    filtered = read_csv(client.get(f"/dataset/phrae-clusters/resource/{name}.csv?f.products.contains=เห็ด").data)
    assert [row["products"] for row in filtered] == ["เห็ดหลินจืออบแห้ง"]


def test_names_of_a_published_table_are_suggested_and_its_kinds_of_product_are_a_facet(khlang, client, tmp_path):
    rows = [f"{row},{kind}" for row, kind in zip(ROWS, ["ผ้า เครื่องแต่งกาย", "อาหาร", "อาหาร"], strict=True)]
    path = tmp_path / "วิสาหกิจ.csv"
    path.write_text("\n".join([f"{HEADINGS},ประเภท OTOP", *rows, ""]), encoding="utf-8")
    publish(khlang, path)
    told = {group["kind"]: group["items"] for group in client.get("/api/suggest?q=กลุ่มทดสอบ").json["groups"]}
    assert len(told["group"]) == 3
    told = {group["kind"]: group["items"] for group in client.get("/api/suggest?q=กล้วย").json["groups"]}
    assert [item["text"] for item in told["product"]] == ["กล้วยตากอบน้ำผึ้ง"]
    facet = client.get("/search.json?q=หมวด:อาหาร").json["facets"]["sector"]
    assert {"otop-1", "otop-3"} <= {value["value"] for value in facet}


@pytest.mark.parametrize("query", ["หม้อห้อม", "phrae", "จ.แพร่", "แพร่ หม้อห้อม", "วิสาหกิจ", "ห้อม", "เห็ดหลินจือ"])
def test_it_is_found_by_any_word_of_it(khlang, tmp_path, query):
    publish(khlang, office_file(tmp_path))
    found = khlang("search", query, "--json")
    datasets = {hit.get("dataset") or hit["id"] for hit in found["hits"] if hit["kind"] in ("dataset", "row")}
    assert datasets == {"phrae-clusters"}
    assert {hit["kind"] for hit in found["hits"]} <= {"dataset", "row", "cluster", "article"}


def test_the_same_bytes_again_write_nothing(khlang, home, tmp_path):
    path = office_file(tmp_path)
    publish(khlang, path)
    before = database_content(home), store_content(home)
    run = publish(khlang, path)
    assert (run["status"], run["same"], run["datasets"][0]["version"]) == ("done", 1, 1)
    assert (database_content(home), store_content(home)) == before


def database_content(home: Path) -> dict[str, list]:
    """All rows of what a second run must not touch."""
    with sqlite3.connect(home / "khlang.sqlite") as connection:
        tables = (
            "dataset",
            "version",
            "resource",
            "version_file",
            "dataset_province",
            "outbox",
            "publisher",
            "source_item",
        )
        return {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in tables}


def store_content(home: Path) -> set[str]:
    return {str(path) for side in ("store", "private/objects") for path in (home / side).rglob("*") if path.is_file()}


def test_a_changed_file_is_a_new_version_that_says_what_changed(khlang, client, tmp_path, read_csv):
    publish(khlang, office_file(tmp_path))
    changed = [ROWS[0].replace("๑๒", "20"), ROWS[1], "4,กลุ่มทดสอบใหม่,ลอง,แพร่,น้ำพริก,5,2/2/2563"]
    run = publish(khlang, office_file(tmp_path, changed))
    assert (run["changed"], run["datasets"][0]["version"]) == (1, 2)
    page = client.get("/dataset/phrae-clusters/changes?from=1&to=2")
    assert page.status_code == 200
    document = client.get("/dataset/phrae-clusters/changes.json?from=1&to=2").json
    assert (document["tables"][0]["added"], document["tables"][0]["removed"]) in {(1, 1), (2, 2)}
    name = run["datasets"][0]["resources"][0]["name"]
    old = read_csv(client.get(f"/dataset/phrae-clusters@v1/resource/{name}.csv").data)
    new = read_csv(client.get(f"/dataset/phrae-clusters/resource/{name}.csv").data)
    assert "เห็ดหลินจืออบแห้ง" in {row["products"] for row in old}
    assert "เห็ดหลินจืออบแห้ง" not in {row["products"] for row in new}
    assert khlang("search", "เห็ดหลินจือ", "--json")["total_rows"] == 0
    fixed = client.get(f"/dataset/phrae-clusters@v1/resource/{name}.csv")
    assert "immutable" in fixed.headers["Cache-Control"]


def test_a_bad_file_says_what_is_wrong_and_leaves_the_good_version(khlang, client, home, tmp_path):
    publish(khlang, office_file(tmp_path))
    page = "<!doctype html><html><body>เข้าสู่ระบบ</body></html>"
    (tmp_path / "วิสาหกิจ.csv").write_text(page, encoding="utf-8")
    run = publish(khlang, tmp_path / "วิสาหกิจ.csv", code=1)
    assert run["status"] == "failed"
    reason = run["datasets"][0]["reason"]
    assert reason["code"] == "html-not-data"
    assert reason["th"]
    assert reason["en"]
    assert client.get("/dataset/phrae-clusters").status_code == 200
    assert khlang("dataset", "show", "phrae-clusters")["version"] == 1
    assert not list((home / "staging").iterdir())


def test_personal_data_waits_for_two_people(khlang, client, home, tmp_path):
    rows = [f"{row},081-000-000{number}" for number, row in enumerate(ROWS)]
    path = tmp_path / "คน.csv"
    path.write_text("\n".join([HEADINGS + ",เบอร์มือถือประธาน", *rows]), encoding="utf-8")
    run = publish(khlang, path, code=1)
    assert run["status"] == "held"
    assert run["datasets"][0]["reason"]["code"] == "personal-held"
    assert "081-000-000" not in json.dumps(run, ensure_ascii=False)
    assert client.get("/dataset/phrae-clusters").status_code == 404
    release = ("source", "release", "phrae-clusters", "--decision", "publish", "--reason", "ทดสอบ", "--by")
    assert khlang(*release, "สมมติ หนึ่ง", code=1)
    assert khlang(*release, "สมมติ หนึ่ง", code=1)  # the same person twice is one person
    assert client.get("/dataset/phrae-clusters").status_code == 404
    khlang(*release, "สมมติ สอง")
    assert "081-000-0001" in client.get("/dataset/phrae-clusters").text


@pytest.mark.parametrize("decision", ["drop", "mask"])
def test_personal_data_is_taken_out_on_one_word(khlang, client, home, tmp_path, decision):
    rows = [f"{row},081-000-000{number}" for number, row in enumerate(ROWS)]
    path = tmp_path / "คน.csv"
    path.write_text("\n".join([HEADINGS + ",เบอร์มือถือประธาน", *rows]), encoding="utf-8")
    publish(khlang, path, code=1)
    khlang("source", "release", "phrae-clusters", "--decision", decision, "--reason", "ทดสอบ", "--by", "ก")
    page = client.get("/dataset/phrae-clusters")
    assert page.status_code == 200
    for public in [page.data, *(path.read_bytes() for path in (home / "store").rglob("*") if path.is_file())]:
        assert b"081-000-000" not in public
    assert ("[ปกปิด]" in page.text) == (decision == "mask")
    assert not any("original" in file["path"] for file in khlang("dataset", "show", "phrae-clusters")["files"])


def test_withdrawn_is_gone_everywhere_and_comes_back_whole(khlang, client, home, tmp_path):
    run = publish(khlang, office_file(tmp_path))
    name = run["datasets"][0]["resources"][0]["name"]
    csv_address = f"/dataset/phrae-clusters/resource/{name}.csv"
    before = client.get(csv_address).data
    assert khlang("search", "กล้วยตาก", "--json")["total_rows"] == 1
    khlang("dataset", "withdraw", "phrae-clusters", "--reason", "เจ้าของขอถอน")
    for address in (
        "/dataset/phrae-clusters",
        csv_address,
        "/dataset/phrae-clusters@v1/datapackage.zip",
        "/dataset/phrae-clusters.json",
    ):
        assert client.get(address).status_code == 410
    assert "เจ้าของขอถอน" in client.get("/dataset/phrae-clusters").text
    found = khlang("search", "กล้วยตาก", "--json")
    assert (found["total"], found["total_rows"], found["hits"]) == (0, 0, [])
    assert not [path for path in (home / "store").rglob("*") if path.is_file()]
    assert khlang("check", "--json")["ok"]
    khlang("dataset", "restore", "phrae-clusters")
    assert client.get(csv_address).data == before
    assert khlang("search", "กล้วยตาก", "--json")["total_rows"] == 1


def test_the_package_is_one_that_frictionless_takes(khlang, client, tmp_path):
    publish(khlang, office_file(tmp_path))
    archive = zipfile.ZipFile(io.BytesIO(client.get("/dataset/phrae-clusters/datapackage.zip").data))
    archive.extractall(tmp_path / "package")
    judged = subprocess.run(
        [sys.executable, "-m", "frictionless", "validate", "datapackage.json", "--json"],
        cwd=tmp_path / "package", capture_output=True, text=True, check=False,
    )  # fmt: skip
    report = json.loads(judged.stdout)
    assert report["valid"], judged.stdout


def test_excel_keeps_text_as_text_and_says_where_it_is_from(khlang, client, tmp_path):
    path = tmp_path / "รหัส.csv"
    path.write_text("รหัส,ชื่อกลุ่ม,จังหวัด\n001,=กลุ่มทดสอบ,แพร่\n010,กลุ่มสอง,แพร่\n", encoding="utf-8")
    run = publish(khlang, path)
    name = run["datasets"][0]["resources"][0]["name"]
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/dataset/phrae-clusters/resource/{name}.xlsx").data))
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row]
    assert {"001", "010", "=กลุ่มทดสอบ"} <= {cell.value for cell in cells}
    assert all(cell.data_type != "f" for cell in cells)
    second = "\n".join(str(value) for row in book.worksheets[1].iter_rows(values_only=True) for value in row if value)
    assert "Open Data Common" in second


def test_downloads_carry_names_tags_and_ranges(khlang, client, tmp_path):
    run = publish(khlang, office_file(tmp_path))
    name = run["datasets"][0]["resources"][0]["name"]
    whole = client.get(f"/dataset/phrae-clusters/resource/{name}.csv")
    disposition = whole.headers["Content-Disposition"]
    assert "phrae-clusters_" in disposition
    assert "_v1.csv" in disposition
    assert "filename*=UTF-8''" in disposition
    assert "sandbox" in whole.headers["Content-Security-Policy"]
    tag = whole.headers["ETag"]
    assert client.get(f"/dataset/phrae-clusters/resource/{name}.csv", headers={"If-None-Match": tag}).status_code == 304
    part = client.get(f"/dataset/phrae-clusters/resource/{name}.csv", headers={"Range": "bytes=0-9"})
    assert (part.status_code, part.data) == (206, whole.data[:10])


def test_a_dry_run_and_a_look_keep_nothing(khlang, home, tmp_path):
    path = office_file(tmp_path)
    document = khlang("validate", path, "--json")
    assert (document["rows"], document["profile"], document["blocking"]) == (3, "entrepreneur-cluster", [])
    run = publish(khlang, path, "--dry-run")
    assert (run["status"], run["new"]) == ("done", 1)
    with sqlite3.connect(home / "khlang.sqlite") as connection:
        assert connection.execute("SELECT count(*) FROM run").fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM source").fetchone() == (0,)
    assert not list((home / "staging").iterdir())


def test_losing_most_rows_at_once_waits_for_a_person(khlang, tmp_path):
    many = [f"{n},กลุ่มทดสอบที่ {n},ลอง,แพร่,น้ำพริก,5,2/2/2563" for n in range(1, 61)]
    publish(khlang, office_file(tmp_path, many))
    run = publish(khlang, office_file(tmp_path, many[:20]), code=1)
    assert run["datasets"][0]["reason"]["code"] == "table-brake"
    assert khlang("dataset", "show", "phrae-clusters")["version"] == 1
    khlang("source", "release", "phrae-clusters", "--decision", "publish", "--by", "ก", "--reason", "ตั้งใจลบ")
    shown = khlang("dataset", "show", "phrae-clusters")
    assert (shown["version"], shown["rows"]) == (2, 20)
