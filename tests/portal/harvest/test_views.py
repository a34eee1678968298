"""Public pages of sources and runs."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from portal.harvest.presenting import report_groups

Add = Callable[..., int]

REPORT: dict[str, Any] = {
    "format": "csv",
    "problems": [{"code": "encoding-doubtful", "severity": "warning", "row": None, "column": None, "value": "เธ", "sheet": None,
                  "message": {"th": "อักษรไม่เหมือนภาษาไทย", "en": "Letters do not look like Thai"}}],
    "resources": [
        {
            "name": "clusters", "title": "กลุ่ม", "problem_counts": {"personal-mobile": 40},
            "problems": [
                {"code": "personal-mobile", "severity": "error", "row": row, "column": "เบอร์โทร", "value": "08x-xxx-xx12",
                 "message": {"th": "พบหมายเลขโทรศัพท์มือถือ", "en": "A mobile number was found"}}
                for row in range(2, 32)
            ],
        }
    ],
}  # fmt: skip


@pytest.fixture
def office(add_publisher: Add) -> int:
    return add_publisher()


@pytest.fixture
def busy(office: int, add_source: Add, add_run: Add, add_dataset: Add, add_held: Callable[..., None]) -> int:
    """A source with two runs: one that brought a dataset, one that holds an item and failed another."""
    source = add_source("clusters", office, title_en="Sample register", province_code="54", profile="entrepreneur-cluster",
                        options={"personal": "drop", "token": "s3cret"})  # fmt: skip
    dataset = add_dataset("phrae-silk", office, {"54": 3}, source_id=source)
    add_run(source, 1, items=({"status": "new", "dataset_id": dataset},))
    run = add_run(
        source, 2, "partial",
        items=(
            {"status": "same", "dataset_id": dataset},
            {"status": "held", "code": "personal-held", "message": {"th": "พบข้อมูลส่วนบุคคล", "en": "Personal data was found"},
             "stage": "check", "report": REPORT},
            {"status": "failed", "code": "file-empty", "message": {"th": "ไฟล์ว่างเปล่า", "en": "The file is empty"}, "stage": "fetch",
             "remote_id": "0812345678.xlsx"},
        ),
    )  # fmt: skip
    add_held(source, run, decisions=[{"decision": "publish", "name": "คนที่หนึ่ง", "reason": "x", "at": "2026-11-24"}])
    return source


def test_sources_with_a_plain_word_each(
    client: FlaskClient, busy: int, office: int, add_source: Add, add_run: Add
) -> None:
    add_source("waiting", office, title_th="แหล่งใหม่")
    for number, status in enumerate(("done", "held", "failed", "running", "cancelled")):
        add_run(add_source(f"source-{number}", office), status=status)
    page = client.get("/source").text
    for words in (
        "ยังไม่เคยดึง",
        "เรียบร้อย",
        "ได้บางส่วน",
        "พักไว้ให้คนตรวจ",
        "ไม่สำเร็จ",
        "กำลังดึงข้อมูล",
        "หยุดก่อนเสร็จ",
        "รอคนตรวจ 1 รายการ",
    ):
        assert words in page
    told = {entry["slug"]: entry for entry in client.get("/source.json").json["sources"]}
    assert told["waiting"]["last_run"] is None
    assert told["clusters"]["waiting"] == 1
    assert told["clusters"]["last_run"]["status"] == "partial"


def test_one_source(client: FlaskClient, busy: int) -> None:
    page = client.get("/source/clusters").text
    assert "ได้บางส่วน" in page
    assert "รอคนตรวจ: list.xlsx" in page
    assert 'href="https://office.example.go.th/list.xlsx"' in page
    assert "ตัดคอลัมน์นั้นออกก่อนเผยแพร่" in page
    assert 'href="/dataset/phrae-silk"' in page
    assert 'href="/source/clusters/run/2"' in page
    for secret in ("s3cret", "คนที่หนึ่ง", "<form method"):
        assert secret not in page


def test_one_source_as_data(client: FlaskClient, busy: int) -> None:
    told = client.get("/source/clusters.json")
    assert [run["run"] for run in told.json["runs"]] == [2, 1]
    assert told.json["options"] == {"personal": "drop"}
    assert told.json["waiting"][0]["code"] == "personal-held"
    assert told.json["datasets"] == ["phrae-silk"]
    for secret in ("s3cret", "คนที่หนึ่ง"):
        assert secret not in told.text


def test_the_numbers_of_a_run_add_up(client: FlaskClient, busy: int) -> None:
    for number in (1, 2):
        run = client.get(f"/source/clusters/run/{number}.json").json
        assert (
            run["seen"]
            == sum(run[name] for name in ("new", "changed", "same", "failed", "held", "skipped"))
            == len(run["items"])
        )
    assert "เห็น 3 รายการ = เหมือนเดิม 1 + ไม่สำเร็จ 1 + พักไว้ 1" in " ".join(
        client.get("/source/clusters/run/2").text.split()
    )


def test_a_run_tells_of_each_item(client: FlaskClient, busy: int) -> None:
    page = client.get("/source/clusters/run/2").text
    assert "ไม่มีอะไรเปลี่ยนจากรุ่นที่มีอยู่" in page
    assert "ไฟล์ว่างเปล่า" in page
    assert 'href="/problems#file-empty"' in page
    assert "0812345678" not in page  # file names are masked again when shown
    assert "แสดง 20 จาก 40 จุด" in page
    assert page.count("08x-xxx-xx12") == 20
    assert 'rel="prev"' in page
    assert 'rel="next"' not in page
    assert "0812345678" not in client.get("/source/clusters/run/2.json").text


def test_findings_are_grouped_worst_first() -> None:
    import flask

    with flask.Flask("x").test_request_context("/"):
        groups = report_groups(REPORT)
    assert [(group["code"], group["count"], len(group["findings"])) for group in groups] == [
        ("personal-mobile", 40, 20),
        ("encoding-doubtful", 1, 1),
    ]
    assert groups[0]["findings"][0]["table"] == "กลุ่ม"


def test_what_all_findings_of_a_kind_say_is_said_once() -> None:
    import flask

    other = copy.deepcopy(REPORT)
    other["resources"][0]["problems"][3]["message"] = {"th": "พบอีกหมายเลข", "en": "Another number was found"}
    with flask.Flask("x").test_request_context("/"):
        assert [report_groups(report)[0]["alike"] for report in (REPORT, other)] == [True, False]


def test_a_withdrawn_dataset_is_not_told_by_a_run(
    client: FlaskClient, office: int, add_source: Add, add_run: Add, add_dataset: Add
) -> None:
    source = add_source("clusters", office)
    dataset = add_dataset("gone", office, {"54": 3}, source_id=source, state="withdrawn")
    add_run(source, items=({"status": "new", "dataset_id": dataset},))
    for address in (
        "/source/clusters",
        "/source/clusters.json",
        "/source/clusters/run/1",
        "/source/clusters/run/1.json",
    ):
        assert "gone" not in client.get(address).text, address


def test_a_path_of_the_server_is_nobodys_business(client: FlaskClient, office: int, add_source: Add) -> None:
    add_source("local", office, url="/srv/secret-folder/list.xlsx", local=True)
    for address in ("/source/local", "/source/local.json", "/source.json"):
        found = client.get(address).text
        assert "secret-folder" not in found
    assert "list.xlsx" in client.get("/source/local").text


def test_a_removed_source_keeps_its_history(client: FlaskClient, busy: int, writing: Any) -> None:
    from portal.db import now
    from portal.harvest.models import Source

    with writing() as session:
        session.get_one(Source, busy).removed_at = now()
    assert "clusters" not in client.get("/source").text.replace("entrepreneur-cluster", "")
    assert "เลิกดึงแล้ว" in client.get("/source/clusters").text
    assert client.get("/source/clusters/run/1").status_code == 200


@pytest.mark.parametrize(
    "address", ["/source/nothing", "/source/clusters/run/9", "/source/nothing/run/1", "/source/clusters/run/x"]
)
def test_what_is_not_there_is_a_404(client: FlaskClient, busy: int, address: str) -> None:
    assert client.get(address).status_code == 404
    assert client.get(address + ".json").status_code == 404


def test_empty_portal(client: FlaskClient) -> None:
    assert "ยังไม่มีแหล่งข้อมูล" in client.get("/source").text


def test_pages_in_english(client: FlaskClient, busy: int) -> None:
    for address in ("/source", "/source/clusters", "/source/clusters/run/2"):
        page = client.get(address + "?lang=en").text
        assert "Sample register" in page
        assert "ได้บางส่วน" not in page


def test_a_failed_source_gives_its_reason_on_its_first_screen(client, add_publisher, add_source, add_run):
    source = add_source("phrae-list", add_publisher())
    add_run(
        source,
        status="failed",
        reason={"code": "fetch-failed", "th": "ติดต่อต้นทางไม่ได้", "en": "The source can't be reached"},
    )
    page = client.get("/source/phrae-list").text
    assert "ติดต่อต้นทางไม่ได้" in page.split("<table")[0]
    assert "can&#39;t be reached" in client.get("/source/phrae-list?lang=en").text.split("<table")[0]
