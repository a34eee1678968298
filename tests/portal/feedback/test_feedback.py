"""Telling that data is wrong or missing: taken in without a name, answered in public, what was written stays private."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from portal.db import db
from portal.feedback.actions import MOST_OF_ONE
from portal.feedback.models import Feedback

SECRET = "จำนวนสมาชิกของกลุ่มนี้ควรเป็น 12 คน"


def stored(app):
    with app.app_context():
        return list(db.session.scalars(select(Feedback)))


def test_a_report_of_a_row_is_kept_and_its_page_says_so(app, client, runner):
    answer = client.post("/report", data={"message": SECRET, "resource": "table", "row": "12"})
    assert (answer.status_code, answer.location) == (303, "/feedback/1")
    page = client.get("/feedback/1")
    assert "รอคนอ่าน" in page.text
    for path in ("/feedback", "/feedback.json", "/feedback/1", "/feedback/1.json"):
        assert SECRET not in client.get(path).text
    listed = json.loads(runner("feedback", "list", "--open", "--json").stdout)["feedback"]
    assert [(row["number"], row["message"]) for row in listed] == [(1, SECRET)]
    done = runner("feedback", "answer", "1", "--state", "done", "--answer", "แก้แล้วในรุ่นที่ 2", "--by", "สมมติ")
    assert done.exit_code == 0
    assert "แก้แล้วในรุ่นที่ 2" in client.get("/feedback/1").text
    assert client.get("/feedback/1.json").json["state"] == "done"
    assert json.loads(runner("feedback", "list", "--open", "--json").stdout)["feedback"] == []


def test_a_wish_needs_no_dataset(app, client):
    answer = client.post("/request?lang=en", data={"message": "ขอรายชื่อผู้ปลูกกาแฟ", "province": "55"})
    assert answer.location == "/feedback/1?lang=en"
    assert client.get("/feedback.json").json["feedback"][0] | {"sent_at": ""} == {
        "number": 1, "kind": "missing", "state": "new", "dataset": None, "resource": None, "row": None, "province": "55",
        "sent_at": "", "answer": None, "answered_at": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"message": "สั้น"}, "ละเอียดขึ้น"),
        ({"message": "ก" * 2001}, "ยาวเกินไป"),
        ({"message": SECRET, "province": "00"}, "จากรายการ"),
        ({"message": SECRET, "website": "http://x"}, "ว่าง"),
        ({}, "ละเอียดขึ้น"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(app, client, sent, said):
    answer = client.post("/request", data=sent)
    assert answer.status_code == 422
    assert said in answer.text
    if len(sent.get("message", "")) <= 2000:
        assert sent.get("message", "") in answer.text
    assert stored(app) == []


def test_a_dataset_that_nobody_may_see_gets_no_report(app, client):
    assert client.get("/report?dataset=no-such").status_code == 404
    assert client.post("/report", data={"message": SECRET, "dataset": "no-such"}).status_code == 404
    assert stored(app) == []


def test_one_address_sends_only_so_many_in_an_hour(app, client):
    for _ in range(MOST_OF_ONE):
        assert client.post("/report", data={"message": SECRET}).status_code == 303
    refused = client.post("/report", data={"message": SECRET})
    assert refused.status_code == 429
    assert "อีกหนึ่งชั่วโมง" in refused.text
    other = client.post("/report", data={"message": SECRET}, environ_base={"REMOTE_ADDR": "203.0.113.9"})
    assert other.status_code == 303
    rows = stored(app)
    assert len(rows) == MOST_OF_ONE + 1
    assert "203.0.113.9" not in {row.sender for row in rows}


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_sites_page_can_not_send_in_a_readers_name(app, client, site):
    answer = client.post("/report", data={"message": SECRET}, headers={"Sec-Fetch-Site": site})
    assert answer.status_code == 400
    assert stored(app) == []


@pytest.mark.parametrize("row", ["-1", "๑๒", "9" * 40, "x", "1e3"])
def test_a_row_that_is_no_row_is_left_out(app, client, row):
    assert client.post("/report", data={"message": SECRET, "row": row}).status_code == 303
    assert stored(app)[0].row is None


def test_what_is_sent_is_shown_as_text_in_the_form(client):
    page = client.post("/report", data={"message": "<script>"})
    assert "&lt;script&gt;" in page.text


def test_pages_of_the_list(app, client, writing):
    with writing() as session:
        session.add_all(Feedback(kind="wrong", message=SECRET) for _ in range(51))
    assert "เรื่องที่ 51" in client.get("/feedback").text
    assert "เรื่องที่ 1:" in client.get("/feedback?page=2").text
    assert client.get("/feedback?page=%E0%B9%91").status_code == 200
    assert len(client.get("/feedback.json?page=2").json["feedback"]) == 1


def test_an_unknown_number_is_said(client, runner):
    assert client.get("/feedback/7").status_code == 404
    assert runner("feedback", "answer", "7", "--state", "done", "--answer", "-", "--by", "สมมติ").exit_code == 2
