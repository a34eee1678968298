"""What stands in a secret link reaches no log, and the page of all numbers is right where there are none and where there are many."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.guards import logged_path
from portal.introductions.forms import read_asked
from portal.introductions.models import Introduction, IntroductionLink
from portal.introductions.views import need_before
from portal.registry.models import Entity


@pytest.mark.parametrize(
    ("path", "logged"),
    [("/introduction/WzEsImFza2VkIl0.x", "/introduction/<token>"), ("/dataset/clusters", "/dataset/clusters"), ("/no/such", "/no/such")],
)  # fmt: skip
def test_a_log_tells_a_secret_link_by_its_rule_alone(app: Flask, path: str, logged: str) -> None:
    with app.test_request_context(path):
        assert logged_path() == logged


def test_nobody_has_asked_yet(client: FlaskClient) -> None:
    assert "ยังไม่มีใครขอ" in client.get("/introductions").text
    told = client.get("/introductions.json").json
    assert told["introductions"] == []
    assert told["total"]["asked"] == 0
    assert told["total"]["median_days_to_answer"] is None
    assert client.get("/introductions.csv").text.count("\r\n") == 1


def test_months_are_those_of_thailand_and_days_are_medians(client: FlaskClient, writing) -> None:
    asked_at = datetime(2026, 10, 31, 17, 30, tzinfo=UTC)  # already November in Thailand
    with writing() as session:
        unit = Entity(kind="unit", slug="unit", name_th="หน่วยสมมติ", stem="หน่วยสมมติ")
        session.add(unit)
        session.flush()
        for days, answer in ((1, "accepted"), (2, "declined"), (9, "accepted"), (None, None)):
            one = Introduction(
                unit_id=unit.id, province_code="54", group_name="ก", contact="ข", message="ค", sent_at=asked_at, answer=answer,
                answered_at=asked_at + timedelta(days=days) if days else None,
            )  # fmt: skip
            one.links = [IntroductionLink(step="answer", nonce="n", sent_at=asked_at if days else None)]
            session.add(one)
        session.add(
            Introduction(
                unit_id=unit.id, province_code="50", group_name="ก", contact="ข", message="ค", sent_at=asked_at - timedelta(hours=1)
            )
        )  # fmt: skip
    first, second = client.get("/introductions.json").json["introductions"]
    assert (first["province_code"], first["month"], first["asked"]) == ("50", "2026-10", 1)
    assert (second["province_code"], second["month"], second["asked"]) == ("54", "2026-11", 4)
    assert (second["mail_delivered"], second["mail_undelivered"]) == (3, 1)
    assert (second["answered"], second["accepted"], second["declined"], second["referred"]) == (3, 2, 1, 0)
    assert second["median_days_to_answer"] == 2.0
    page = client.get("/introductions").text
    assert "หน่วยสมมติ" not in page
    assert "เชียงใหม่" in page


def test_a_field_of_one_line_stays_one_line(app: Flask) -> None:
    with app.test_request_context("/"):
        asked, faults = read_asked(
            {"group": "กลุ่ม\u2028ก\r\nข\x00", "contact": "081\t555", "message": "บรรทัดหนึ่ง\r\n\r\nบรรทัดสอง\x0b", "province": "แพร่", "agreed": "1"}
        )  # fmt: skip
    assert faults == {}
    assert len(asked.group.splitlines()) == 1
    assert asked.contact == "081 555"
    assert asked.message == "บรรทัดหนึ่ง\n\nบรรทัดสอง"
    assert asked.province == "54"


@pytest.mark.parametrize(
    ("referrer", "found"),
    [
        (
            "http://localhost/match?need=%E0%B8%9C%E0%B9%89%E0%B8%B2%E0%B8%AA%E0%B8%B5%E0%B8%95%E0%B8%81&province=54",
            "ผ้าสีตก",
        ),
        ("http://elsewhere.example/match?need=%E0%B8%9C%E0%B9%89%E0%B8%B2", ""),
        ("http://localhost/search?need=x", ""),
        ("http://localhost/match?cluster=x", ""),
        ("not an address", ""),
        (None, ""),
    ],
)
def test_a_need_that_was_typed_is_not_typed_twice(app: Flask, referrer: str | None, found: str) -> None:
    with app.test_request_context("/unit/x/introduction", base_url="http://localhost"):
        assert need_before(referrer) == found
