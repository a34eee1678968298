"""A CKAN portal harvested over HTTP: pages, files, second runs, deletions, and everything that such portals do wrong."""

import json
import sqlite3

import pytest

from tests.ckan_portal import PAGE, TABLE, CkanPortal, packed

pytestmark = pytest.mark.journey


@pytest.fixture
def add(khlang, loopback, monkeypatch):
    monkeypatch.setenv("KHLANG_FETCH_ALLOW", loopback.host)

    def add_source(url: str, *options: str) -> None:
        given = [part for option in options for part in ("--option", option)]
        khlang("source", "add", "portal", "--kind", "ckan", "--url", url, "--publisher-title", "พอร์ทัลทดสอบ", *given)

    return add_source


def harvest(khlang, code=0):
    return khlang("harvest", "portal", "--json", code=code)["runs"][0]


def reasons(run):
    return {row["item"]: row["reason"]["code"] for row in run["datasets"] if row["reason"]}


def state_of(home):
    """Every row of every table but the run's own record, and every file of the store."""
    with sqlite3.connect(home / "khlang.sqlite") as database:
        names = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        kept = {name: database.execute(f"SELECT * FROM {name}").fetchall() for name in names if name not in OWN}
    assert kept["dataset"]
    files = {
        path.relative_to(home): path.stat().st_mtime_ns for path in (home / "objects").rglob("*") if path.is_file()
    }
    return kept, files


OWN = {"run", "run_item", "source", "sqlite_sequence"}  # `source` holds the lease and when it is due


def test_pages_of_datasets_with_their_files_and_a_second_run_that_writes_nothing(
    khlang, loopback, add, client, home, read_csv
):
    portal = CkanPortal(loopback, 4, rows_max=2)
    portal.add(4, files=2)
    portal.packages[4]["resources"] += [
        {"name": "คู่มือ", "format": "PDF", "url": "https://phrae.gdcatalog.go.th/manual.pdf", "description": "วิธีอ่าน"},
        {"name": "All resource data", "format": "ZIP", "url": loopback.url("/all.zip")},
    ]
    add(portal.url)
    run = harvest(khlang)
    assert (run["status"], run["seen"], run["new"]) == ("done", 5, 5)
    assert "/api/3/action/package_search?rows=1000&start=0&sort=id+asc" in loopback.paths

    last = next(row for row in run["datasets"] if len(row["resources"]) == 2)
    page = client.get(last["url"])
    assert "กลุ่มผลิตภัณฑ์ทดสอบ ชุดที่ 4" in page.text
    assert "https://phrae.gdcatalog.go.th/manual.pdf" in page.text
    assert "all.zip" not in page.text
    described = client.get(f"{last['url']}.json").json
    assert described["tags"] == ["ผ้าทอ", "ทดสอบ"]
    assert described["extras"]["catalogue_extras"] == {"height_value_dataset": "1"}
    assert described["objective"] == ["พันธกิจหน่วยงาน"]
    assert [link["title"] for link in described["links"]] == ["คู่มือ"]
    told = client.get("/source/portal/run/1").text
    assert f"{last['url']}@v1.json" in told
    raw = client.get(f"{last['url']}@v1/original/record.json")
    assert raw.get_json()["id"] == "id-00004"
    package = client.get(f"{last['url']}/datapackage.json").json
    tables, links = package["resources"][:2], package["resources"][2:]
    assert [table["khlang"]["details"] for table in tables] == [{"resource_data_collect": "บุคคล"}] * 2
    assert [table["khlang"]["source"] for table in tables] == [
        file["url"] for file in portal.packages[4]["resources"][:2]
    ]
    assert [(link["path"], link["khlang"]["link"]) for link in links] == [
        ("https://phrae.gdcatalog.go.th/manual.pdf", True)
    ]
    for resource in described["resources"]:
        rows = read_csv(client.get(f"{resource['url']}.csv").data)
        assert [row["จังหวัด" if "จังหวัด" in row else "province"] for row in rows] == ["แพร่", "น่าน"]
    originals = [file for file in described["files"] if file["path"].startswith("original/")]
    fixed = f"{last['url']}@v1"
    assert originals.pop(0)["path"] == "original/record.json"
    assert [client.get(f"{fixed}/{file['path']}").data for file in originals] == [TABLE.format(n=4).encode()] * 2
    assert client.get(f"{fixed}/datapackage.zip").status_code == 200

    before, asked = state_of(home), len(loopback.seen)
    run = harvest(khlang)
    assert (run["status"], run["seen"], run["same"]) == ("done", 5, 5)
    assert state_of(home) == before
    assert not [
        path for path in loopback.paths[asked:] if "/file/" in path
    ]  # the portal's own dates spoke for its files


def test_a_changed_record_a_changed_file_and_a_moved_date_alone(khlang, loopback, add, client):
    portal = CkanPortal(loopback, 3)
    portal.packages[2]["resources"] = [{**portal.upload("outside.csv", TABLE.format(n=9)), "url_type": None}]
    add(portal.url)
    assert harvest(khlang)["new"] == 3
    portal.packages[0] |= {"title": "ชื่อใหม่ของชุดทดสอบ", "metadata_modified": "2026-02-01T00:00:00"}
    portal.packages[1]["metadata_modified"] = "2026-02-01T00:00:00"
    portal.upload("outside.csv", TABLE.format(n=9) + "03,กลุ่มใหม่ทดสอบ,แพร่\n")
    run = harvest(khlang)
    assert (run["status"], run["changed"], run["same"]) == ("done", 2, 1)
    changed = {row["item"]: row for row in run["datasets"] if row["status"] == "changed"}
    assert "ชื่อใหม่ของชุดทดสอบ" in client.get(changed["id-00000"]["url"]).text
    assert changed["id-00002"]["resources"][0]["rows"] == 3
    assert harvest(khlang)["same"] == 3


def test_deletion_is_archived_after_three_complete_runs_and_returns_by_itself(khlang, loopback, add, client):
    portal = CkanPortal(loopback, 5)
    add(portal.url)
    url = next(row["url"] for row in harvest(khlang)["datasets"] if row["item"] == "id-00004")
    gone = portal.packages.pop()
    for expected in (0, 0, 1):
        run = harvest(khlang)
        assert (run["status"], run["archived"]) == ("done", expected)
    assert "ต้นทางไม่มีชุดข้อมูลนี้แล้ว" in client.get(url).text
    portal.packages.append(gone)
    assert harvest(khlang)["same"] == 5
    assert "ต้นทางไม่มีชุดข้อมูลนี้แล้ว" not in client.get(url).text


def test_records_keep_their_own_titles_whatever_their_source_is_called(khlang, loopback, client, monkeypatch):
    monkeypatch.setenv("KHLANG_FETCH_ALLOW", loopback.host)
    portal = CkanPortal(loopback, 3)
    given = ("--publisher-title", "พอร์ทัลทดสอบ", "--title", "บัญชีข้อมูลทดสอบ")
    khlang("source", "add", "portal", "--kind", "ckan", "--url", portal.url, *given)
    urls = [row["url"] for row in harvest(khlang)["datasets"]]
    titles = {client.get(f"{url}.json").get_json()["title"]["th"] for url in urls}
    assert titles == {f"กลุ่มผลิตภัณฑ์ทดสอบ ชุดที่ {number}" for number in range(3)}


def test_one_bad_record_does_not_keep_deletions_from_being_seen(khlang, loopback, add, client):
    """A record that fails for ever stands in the list all the same: the list is complete."""
    portal = CkanPortal(loopback, 5)
    portal.add(5, tags=[{"name": f"t{n}"} for n in range(34_000)])
    add(portal.url)
    assert harvest(khlang, code=1)["new"] == 5
    del portal.packages[4]
    assert [harvest(khlang, code=1)["archived"] for _ in range(3)] == [0, 0, 1]


def test_a_record_without_an_id_may_be_any_so_nothing_counts_as_gone(khlang, loopback, add):
    portal = CkanPortal(loopback, 3)
    add(portal.url)
    assert harvest(khlang)["new"] == 3
    portal.packages[2]["id"] = ""
    assert [harvest(khlang, code=1)["archived"] for _ in range(3)] == [0, 0, 0]


def test_a_failure_in_the_middle_of_paging_keeps_what_came_and_removes_nothing(khlang, loopback, add, client):
    portal = CkanPortal(loopback, 6, rows_max=2)  # three pages, of which the second fails
    add(portal.url)
    before = {row["item"]: row["url"] for row in harvest(khlang)["datasets"]}
    assert len(before) == 6
    portal.add(6)
    del portal.packages[5]
    portal.spoil = lambda asked: (500, b"", "text/html") if asked.get("start") == "2" else None
    run = harvest(khlang, code=1)
    assert (run["status"], run["seen"], run["archived"]) == ("partial", 2, 0)
    assert run["reason"]["code"] == "fetch-status"
    assert all(client.get(url).status_code == 200 for url in before.values())
    portal.spoil = lambda asked: None
    assert harvest(khlang)["new"] == 1


BAD_PAGES = {
    "html": ((200, PAGE, "text/html"), "answer-html"),
    "cut": (
        (200, packed({"success": True, "result": {"count": 6, "results": []}})[:40], "application/json"),
        "answer-broken",
    ),
    "no-success": (
        (200, packed({"success": False, "error": {"message": "Search error"}}), "application/json"),
        "answer-said-no",
    ),
    "strange": ((200, packed({"success": True, "result": ["ก"]}), "application/json"), "answer-strange"),
    "list": ((200, b"[]", "application/json"), "answer-strange"),
    "deep": ((200, b"[" * 200_000, "application/json"), "answer-broken"),
    "vanishing": (
        (200, packed({"success": True, "result": {"count": 6, "results": []}}), "application/json"),
        "listing-short",
    ),
    "forbidden": ((403, PAGE, "text/html"), "fetch-status"),
}


def test_an_answer_that_is_none_is_named_and_leaves_everything_as_it_was(khlang, loopback, add, client):
    portal = CkanPortal(loopback, 6)  # harvested once: no bad answer may change what the next one finds
    add(portal.url)
    urls = [row["url"] for row in harvest(khlang)["datasets"]]
    assert len(urls) == 6
    for case, (answer, code) in BAD_PAGES.items():
        portal.spoil = lambda asked, answer=answer: answer if asked.get("rows") != "0" else None
        run = harvest(khlang, code=1)
        assert (case, run["status"], run["reason"]["code"], run["archived"]) == (case, "failed", code, 0)
        assert run["reason"]["th"], case
        assert run["reason"]["en"], case
        assert [client.get(url).status_code for url in urls] == [200] * 6, case


def test_an_endless_or_repeating_listing_is_seen(khlang, loopback, add):
    portal = CkanPortal(loopback, 4)
    add(portal.url)
    first = portal.packages[:2]
    portal.spoil = lambda asked: (
        200,
        packed({"success": True, "result": {"count": 9, "results": first}}),
        "application/json",
    )
    run = harvest(khlang, code=1)
    assert (run["status"], run["reason"]["code"], run["new"]) == ("partial", "listing-repeats", 2)


def test_an_empty_list_holds_the_run_and_removes_nothing(khlang, loopback, add, client):
    portal = CkanPortal(loopback, 4)
    add(portal.url)
    urls = [row["url"] for row in harvest(khlang)["datasets"]]
    portal.packages.clear()
    run = harvest(khlang, code=1)
    assert (run["status"], run["reason"]["code"]) == ("held", "run-brake")
    assert all(client.get(url).status_code == 200 for url in urls)


def test_records_that_can_not_be_taken_in_fail_alone_or_are_passed_over(khlang, loopback, add):
    portal = CkanPortal(loopback, 2)
    portal.add(2, id="", name="ไม่มีรหัส")
    portal.add(3, tags=[{"name": f"t{n}"} for n in range(34_000)])
    portal.add(4, id="id-00000", name="another")
    portal.add(5, allow_harvest="False")
    portal.add(6, private=True)
    portal.add(7, state="deleted")
    portal.add(8, type="harvest")
    portal.add(9, metadata_modified="เมื่อวาน", title=None, created_date="31/02/2569")
    portal.packages.append("ไม่ใช่ระเบียน")  # type: ignore[arg-type]
    portal.search = lambda asked: portal.good({"count": len(portal.packages), "results": portal.packages})
    loopback.dynamic("/api/3/action/package_search", portal.search)
    add(portal.url)
    run = harvest(khlang, code=1)
    assert (run["status"], run["seen"], run["new"], run["failed"], run["skipped"]) == ("partial", 11, 3, 4, 4)
    found = sorted(reasons(run).values())
    assert found == sorted(
        [
            "record-id-missing",
            "record-too-large",
            "record-id-twice",
            "record-strange",
            "harvest-not-allowed",
            *["record-not-public"] * 3,
        ]
    )


def test_a_broken_file_never_takes_a_table_away(khlang, loopback, add, client):
    portal = CkanPortal(loopback)
    portal.add(0, files=2)
    add(portal.url)
    dataset = harvest(khlang)["datasets"][0]
    portal.packages[0]["metadata_modified"] = "2026-03-01"
    loopback.body("/file/d0-1.csv", PAGE)
    run = harvest(khlang, code=1)
    assert (run["status"], reasons(run)) == ("failed", {"id-00000": "html-not-data"})
    assert client.get(f"{dataset['url']}/resource/{dataset['resources'][1]['name']}.csv").status_code == 200
    loopback.routes.pop("/file/d0-1.csv")
    run = harvest(khlang, code=1)
    assert reasons(run) == {"id-00000": "fetch-status"}
    portal.upload("d0-1.csv", TABLE.format(n=0))
    assert harvest(khlang)["same"] == 1


def test_bad_files_are_links_with_their_reason_and_are_asked_for_again(khlang, loopback, add, client):
    portal = CkanPortal(loopback)
    package = portal.add(0, files=1)
    package["resources"] += [
        {"name": "หน้าเว็บ", "format": "CSV", "url": loopback.url("/page.csv")},
        {"name": "ภายใน", "format": "CSV", "url": "http://127.0.0.1:9/inner.csv"},
        {"name": "ระเบิด", "format": "CSV", "url": loopback.url("/bomb.csv")},
        {"name": "หายไป", "format": "XLSX", "url": loopback.url("/gone.xlsx")},
        {"name": "แผนที่", "format": "SHP", "url": loopback.url("/map.zip")},
    ]
    loopback.body("/page.csv", PAGE)
    loopback.bomb("/bomb.csv", times=2, unpacked=1000)
    add(portal.url)
    dataset = harvest(khlang)["datasets"][0]
    links = {
        link["title"]: link["problem"] and link["problem"]["code"]
        for link in client.get(f"{dataset['url']}.json").json["links"]
    }
    assert links == {
        "หน้าเว็บ": "html-not-data", "ภายใน": "fetch-refused", "ระเบิด": "fetch-failed", "หายไป": "fetch-status", "แผนที่": None,
    }  # fmt: skip
    assert "แต่" not in dataset["url"]
    loopback.body("/page.csv", TABLE.format(n=5).encode())
    run = harvest(khlang)
    assert (run["changed"], len(run["datasets"][0]["resources"])) == (1, 2)


def test_only_links_where_the_source_is_set_so(khlang, loopback, add, client):
    portal = CkanPortal(loopback, 1)
    add(portal.url, "files=link")
    dataset = harvest(khlang)["datasets"][0]
    assert dataset["resources"] == []
    page = client.get(dataset["url"])
    assert page.status_code == 200
    assert "มีเฉพาะลิงก์ไปยังต้นทาง" in page.text
    assert "ไม่ต้องซ่อมเลย" not in page.text
    assert "datapackage.zip" not in page.text
    assert client.get(f"{dataset['url']}/report").status_code == 200
    assert not [path for path in loopback.paths if "/file/" in path]
    found = khlang("search", "กลุ่มผลิตภัณฑ์ทดสอบ", "--kind", "dataset", "--json")
    assert [hit["url"] for hit in found["hits"]] == [dataset["url"]]


def test_personal_data_in_a_file_holds_the_dataset_until_a_person_decides(khlang, loopback, add, client):
    portal = CkanPortal(loopback, 1)
    people = "ชื่อ,โทรศัพท์\n" + "".join(f"นายทดสอบ นามสมมุติ{n},081-234-56{n:02}\n" for n in range(20))
    portal.packages[0]["resources"].append(portal.upload("people.csv", people))
    portal.packages[0]["contact_phone"] = "081-234-5678"
    add(portal.url)
    run = harvest(khlang, code=1)
    assert (run["status"], reasons(run)) == ("held", {"id-00000": "personal-held"})
    assert harvest(khlang, code=1)["held"] == 1
    khlang("source", "release", "portal", "--decision", "drop", "--by", "ทดสอบ", "--reason", "ตัดออก")
    run = harvest(khlang)
    dataset = client.get("/source/portal.json").json["datasets"][0]
    described = client.get(f"/dataset/{dataset}.json")
    assert "081-234" not in described.text
    assert "นามสมมุติ" not in described.text
    assert len(described.json["resources"]) >= 1
    originals = [file["path"] for file in described.json["files"] if file["path"].startswith("original/")]
    assert len(originals) == 1


def test_an_api_below_a_folder_an_old_api_and_one_without_search(khlang, loopback, add):
    portal = CkanPortal(loopback, 3, prefix="/catalog")
    loopback.routes["/catalog/api/action/package_list"] = loopback.routes.pop("/catalog/api/3/action/package_list")
    loopback.routes["/catalog/api/action/package_show"] = loopback.routes.pop("/catalog/api/3/action/package_show")
    loopback.routes.pop("/catalog/api/3/action/package_search")
    listed = [package["name"] for package in portal.packages]
    del portal.packages[1]  # a record that vanishes between list and show
    loopback.dynamic("/catalog/api/action/package_list", lambda asked: portal.good(listed))
    add(loopback.url("/catalog/th/dataset"))
    run = harvest(khlang)
    assert (run["status"], run["new"], run["skipped"]) == ("done", 2, 1)
    assert reasons(run) == {"dataset-1": "record-gone"}


def test_shown_one_by_one_a_bad_answer_fails_alone(khlang, loopback, add):
    portal = CkanPortal(loopback, 4)
    loopback.routes.pop("/api/3/action/package_search")
    answers = {"dataset-0": PAGE, "dataset-2": packed({"success": False, "error": {"message": "no"}})}

    def show(asked):
        return (200, answers[asked["id"]]) if asked["id"] in answers else portal.show(asked)

    loopback.dynamic("/api/3/action/package_show", show)
    add(portal.url)
    run = harvest(khlang, code=1)
    assert (run["status"], run["new"], run["failed"]) == ("partial", 2, 2)
    assert reasons(run) == {"dataset-0": "answer-html", "dataset-2": "answer-said-no"}


def test_no_api_a_closed_site_and_an_inner_address_are_told_apart(khlang, loopback, add, monkeypatch):
    add(loopback.url("/"))
    assert harvest(khlang, code=1)["reason"]["code"] == "api-missing"
    loopback.body("/api/3/action/package_search", PAGE, status=403, Content_Type="text/html")
    run = harvest(khlang, code=1)
    assert (run["reason"]["code"], "403" in run["reason"]["th"]) == ("fetch-status", True)
    loopback.redirect("/api/3/action/package_search", "http://127.0.0.1:9/inner")
    assert harvest(khlang, code=1)["reason"]["code"] == "fetch-refused"


def test_the_recorded_answers_of_real_portals_are_harvested(khlang, loopback, add, real_files, client):
    answers = [
        json.loads((real_files / "ckan" / name).read_text(encoding="utf-8"))
        for name in (
            "data.go.th_package_search_1.json",
            "birmingham_package_search.json",
            "envidat_package_search.json",
        )
    ]
    packages = [package for answer in answers for package in answer["result"]["results"]]
    loopback.dynamic(
        "/api/3/action/package_search",
        lambda asked: (
            200,
            packed(
                {"success": True, "result": {"count": len(packages), "results": packages[int(asked.get("start", 0)) :]}}
            ),
        ),
    )
    add(loopback.url("/"), "files=link")
    run = harvest(khlang, code=None)
    assert run["seen"] == len(packages)
    assert run["new"] >= len(packages) - 2
    thai = next(row for row in run["datasets"] if row["item"] == packages[0]["id"])
    described = client.get(f"{thai['url']}.json").json
    assert described["title"]["th"] == packages[0]["title"]
    assert described["license_id"] == "Creative Commons Attributions"
    assert described["extras"]["catalogue_extras"]["maintain_frequent"] == "รายวัน"
    assert len(described["links"]) == 13  # 14 without the ZIP of all others


def test_a_record_with_personal_data_is_not_shown_as_it_came(khlang, loopback, add, client):
    portal = CkanPortal(loopback, 1)
    portal.packages[0]["author"] = "นายสมชาย ใจดี 081-234-5678"
    add(portal.url)
    url = harvest(khlang)["datasets"][0]["url"]
    assert client.get(f"{url}@v1/original/record.json").status_code == 404
    page = client.get("/source/portal/run/1").text
    assert "record.json" not in page
    assert "5678" not in page + client.get(f"{url}@v1.json").text
