"""Suggestions while typing: what begins so, grouped, of public things alone, whatever is typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from portal.search.outbox import drain, heal, rebuild
from portal.search.suggesting import starts

InApp = Callable[..., Any]


@pytest.fixture
def ask(client: FlaskClient) -> Callable[..., dict[str, list[str]]]:
    def asked(text: str, lang: str = "th") -> dict[str, list[str]]:
        answer = client.get("/api/suggest", query_string={"q": text, "lang": lang})
        assert answer.status_code == 200
        return {group["kind"]: [item["text"] for item in group["items"]] for group in answer.json["groups"]}

    return asked


@pytest.fixture
def filled(publish: Callable[..., None], in_app: InApp) -> None:
    publish(
        "products", ["name_th"], [["ผ้าไหมแพรวา"], ["ผ้าไหมแพรวา"], ["ผ้าฝ้าย"], ["กล้วยตาก"]],
        profile="local-product", title_th="ทะเบียนสินค้า OTOP จังหวัดแพร่", title_en="Products of Phrae",
    )  # fmt: skip
    publish("units", ["name_th"], [["หน่วยวิจัยผ้าไหม"]], profile="research-unit", title_th="ผ้าทอมือ")
    publish(
        "clusters",
        ["name_th", "products", "district"],
        [["กลุ่มทอผ้าบ้านหนอง", "เสื้อหม้อห้อม; เสื้อคราม", "อ.สูงเม่น"], ["กลุ่มทอผ้าบ้านหนอง", "เสื้อคราม", "ไม่รู้"]],
        profile="entrepreneur-cluster",
        title_th="วิสาหกิจ",
    )
    publish("other", ["name_th"], [["ไม่มีใครแนะนำ"]], title_th="อื่น ๆ")
    in_app(drain)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ผ้า", {"product": ["ผ้าฝ้าย", "ผ้าไหมแพรวา"], "title": ["ผ้าทอมือ"]}),
        ("ผ้าไ", {"product": ["ผ้าไหมแพรวา"]}),
        ("หน่วย", {"unit": ["หน่วยวิจัยผ้าไหม"]}),
        ("เสื้อ", {"product": ["เสื้อคราม", "เสื้อหม้อห้อม"]}),  # of one cell of a cluster's products
        ("กลุ่มท", {"group": ["กลุ่มทอผ้าบ้านหนอง"]}),
        ("OTOP", {"title": ["ทะเบียนสินค้า OTOP จังหวัดแพร่"]}),  # a later word, in any case
        ("otop จัง", {"title": ["ทะเบียนสินค้า OTOP จังหวัดแพร่"]}),
        ("แพร", {"place": ["แพร่"], "title": ["ทะเบียนสินค้า OTOP จังหวัดแพร่"]}),
        ("phra", {"place": ["พระนครศรีอยุธยา", "แพร่"], "title": ["Products of Phrae"]}),
        ("สำนักงาน", {"publisher": ["สำนักงานตัวอย่าง"]}),
        ("สูง", {"place": ["สูงเม่น"]}),  # a district that a table names, however it is written there
        ("sung m", {"place": ["Sung Men"]}),
        ("เด่นชัย", {}),  # none names this one
        ("ไม่มี", {}),
        ("", {}),
        ("   ", {}),
    ],
)
def test_what_begins_with_what_is_typed(
    filled: None, ask: Callable[..., Any], text: str, found: dict[str, list[str]]
) -> None:
    assert ask(text) == found


def test_the_other_language_has_its_own_names_and_links_lead_there(filled: None, client: FlaskClient) -> None:
    groups = client.get("/api/suggest?q=Phrae&lang=en").json["groups"]
    place = groups[0]
    assert (place["kind"], place["items"]) == ("place", [{"text": "Phrae", "url": "/province/54"}])
    product = client.get("/api/suggest", query_string={"q": "กล้วย"}).json["groups"][0]["items"][0]
    assert client.get(product["url"]).status_code == 200
    assert client.get("/api/suggest?q=Phrae").json["groups"][0]["items"][0]["text"] == "แพร่"


def test_a_withdrawn_dataset_suggests_nothing_at_once_and_again_when_restored(
    filled: None, ask: Callable[..., Any], set_state: Callable[[str, str], None], in_app: InApp
) -> None:
    set_state("products", "withdrawn")  # nothing was drained yet
    assert "product" not in ask("ผ้า")
    in_app(drain)
    assert "product" not in ask("ผ้า")
    set_state("products", "published")
    in_app(drain)
    assert ask("ผ้า")["product"] == ["ผ้าฝ้าย", "ผ้าไหมแพรวา"]


def test_a_new_version_replaces_what_was_suggested(
    filled: None, ask: Callable[..., Any], publish: Callable[..., None], in_app: InApp
) -> None:
    publish("products", ["name_th"], [["ผ้าขาวม้า"]], profile="local-product")
    in_app(drain)
    assert ask("ผ้า")["product"] == ["ผ้าขาวม้า"]


def test_they_are_made_anew_by_a_rebuild_and_where_they_are_missing(
    filled: None, ask: Callable[..., Any], in_app: InApp, writing: Callable[..., Any]
) -> None:
    from sqlalchemy import delete

    from portal.search.models import Suggestion

    for make in (rebuild, heal):
        with writing() as session:
            session.execute(delete(Suggestion))
        assert "product" not in ask("ผ้า")
        in_app(make)
        assert ask("ผ้า")["product"] == ["ผ้าฝ้าย", "ผ้าไหมแพรวา"]


@pytest.mark.parametrize("text", ["%", "_", "'", "\x00", "ก" * 500, "[" * 500, "ั", "\ud7ff\U0010ffff", "*" * 100])
def test_anything_typed_is_answered(filled: None, ask: Callable[..., Any], text: str) -> None:
    assert isinstance(ask(text), dict)


def test_a_title_is_found_by_its_first_words() -> None:
    assert starts("สินค้า OTOP (แพร่) 2566") == ["สินค้า otop (แพร่) 2566", "otop (แพร่) 2566", "แพร่) 2566", "2566"]
    assert all(len(start) <= 60 for start in starts("ผ้าไหม" * 100))
