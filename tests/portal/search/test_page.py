"""The search page and its `.json` twin: one document, links that narrow and widen it, and help when nothing was found."""

from __future__ import annotations

import html
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from portal.articles.queries import _articles
from portal.catalogue.models import Publisher, Resource
from portal.search import mending
from portal.search.outbox import drain, engine, heal, row_index
from portal.search.queries import ROW_HITS, Wanted, window_of

Search = Callable[..., dict[str, Any]]
COLUMNS = ["ชื่อกลุ่ม", "ผลิตภัณฑ์", "จังหวัด"]


@pytest.fixture
def catalogue(publish: Callable[..., None], in_app: Callable[..., Any]) -> None:
    """Three datasets with rows."""
    publish("silk", COLUMNS, [["กลุ่มทอผ้า", "ผ้าไหมแพรวา", "กาฬสินธุ์"], ["กลุ่มบ้านใต้", "กล้วยตาก", "ขอนแก่น"]],
            title_th="กลุ่มทอผ้าไหมอีสาน", notes_th="รายชื่อกลุ่มผู้ผลิต ผ้าไหม ของภาค", provinces=["46", "40"])  # fmt: skip
    publish("north", COLUMNS, [["กลุ่มย้อม", "ผ้าหม้อห้อม", "แพร่"], ["กลุ่มไหมเหนือ", "เส้นไหม", "น่าน"]],
            title_th="ทะเบียนภาคเหนือ", title_en="Northern register", notes_en="Linen and wool", provinces=["54", "55"])  # fmt: skip
    publish("plain", title_th="เห็ดเพาะ", license_id="Open Data Common")
    in_app(drain)


def links(page: str) -> dict[str, str]:
    """Link text → address."""
    found = re.findall(r'<a[^>]* ?href="([^"]+)"[^>]*>(.*?)</a>', page, re.S)
    return {" ".join(re.sub("<[^>]+>", " ", text).split()): html.unescape(address) for address, text in found}


# ── the document ─────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_document_is_as_the_contract_says(catalogue: None, search: Search) -> None:
    document = search("ไหม")
    assert {
        "query",
        "total",
        "total_rows",
        "total_rows_exact",
        "took_ms",
        "hits",
        "facets",
        "suggestion",
        "page",
        "limit",
    } <= document.keys()
    assert (document["query"], document["page"], document["limit"], document["suggestion"]) == ("ไหม", 1, 20, None)
    assert (document["total"], document["total_rows"], document["total_rows_exact"]) == (1, 2, True)
    dataset, *rows = document["hits"]
    assert {"kind", "id", "external_id", "title", "url", "province", "snippet", "snippet_html"} <= dataset.keys()
    assert (dataset["kind"], dataset["id"], dataset["url"], dataset["province"]) == (
        "dataset",
        "silk",
        "/dataset/silk",
        None,
    )
    assert "<mark>ผ้าไหม</mark>" in dataset["snippet_html"]  # a word for the same thing
    assert dataset["snippet"] == re.sub("</?mark>", "", dataset["snippet_html"])
    assert dataset["title_html"] == "กลุ่มทอ<mark>ผ้าไหม</mark>อีสาน"
    assert {row["dataset"] for row in rows} == {"silk", "north"}
    row = next(row for row in rows if row["dataset"] == "silk")
    assert {
        "kind",
        "id",
        "dataset",
        "version",
        "resource",
        "row",
        "cells",
        "title",
        "url",
        "province",
        "snippet",
        "snippet_html",
    } <= row.keys()
    assert (row["kind"], row["version"], row["resource"], row["row"], row["province"]) == ("row", 1, "table", 2, "46")
    assert row["url"] == "/dataset/silk/resource/table?row=2"
    assert row["title"] == "กลุ่มทอผ้า · ผ้าไหมแพรวา"
    assert next(iter(row["cells"].items())) == ("ผลิตภัณฑ์", "ผ้าไหมแพรวา")
    assert row["cells"]["จังหวัด"] == "กาฬสินธุ์"
    facets = document["facets"]
    assert facets["province"] == [
        {"value": "46", "label": "กาฬสินธุ์", "count": 1},
        {"value": "40", "label": "ขอนแก่น", "count": 1},
    ]
    assert facets["kind"] == [
        {"value": "row", "label": "แถวในตาราง", "count": 2},
        {"value": "dataset", "label": "ชุดข้อมูล", "count": 1},
    ]
    assert facets["publisher"] == [{"value": "office", "label": "สำนักงานตัวอย่าง", "count": 1}]
    assert all(set(value) == {"value", "label", "count"} for values in facets.values() for value in values)


def test_a_hit_in_a_heading_a_tag_or_a_table_is_shown_where_it_is(
    publish: Callable[..., None], in_app: Callable[..., Any], search: Search
) -> None:
    publish("tagged", ["ราคาน้ำผึ้ง"], [["1"]], title_th="ทะเบียน", notes_th="คำอธิบายยาว", tags=["ของฝาก", "เห็ด"])
    in_app(drain)
    assert search("เห็ด")["hits"][0]["snippet_html"] == "ของฝาก · <mark>เห็ด</mark>"
    assert search("น้ำผึ้ง")["hits"][0]["snippet_html"] == "ราคา<mark>น้ำผึ้ง</mark>"


def test_kinds_are_told_apart(catalogue: None, search: Search) -> None:
    for kind, totals, kinds in (
        ("dataset", (1, 2), {"dataset"}),
        ("row", (0, 2), {"row"}),
        ("", (1, 2), {"dataset", "row"}),
    ):
        document = search("ไหม", kind=kind)
        assert (document["total"], document["total_rows"]) == totals, kind
        assert {hit["kind"] for hit in document["hits"]} == kinds
        assert {row["value"]: row["count"] for row in document["facets"]["kind"]} == {"dataset": 1, "row": 2}
    assert search("ไหม ชนิด:แถว")["hits"] == search("ไหม", kind="row")["hits"]


def test_filters_hold_for_rows_too(catalogue: None, search: Search) -> None:
    document = search("ไหม", province="น่าน")
    assert (document["total"], document["filters"]) == (0, {"province": ["55"]})
    assert [hit["row"] for hit in document["hits"]] == [3]
    assert search("ไหม", province="54")["total_rows"] == 0
    assert {hit.get("dataset", hit["id"]) for hit in search("ไหม", licence="cc-by-4.0")["hits"]} == {"silk", "north"}
    assert search("ไหม", licence="CC0-1.0")["hits"] == []
    assert {hit["kind"] for hit in search("ไหม", publisher="office")["hits"]} == {"dataset", "row"}


def test_limits_hold_for_everything_together(catalogue: None, search: Search) -> None:
    for limit in (1, 2, 3):
        assert len(search("ไหม", limit=limit)["hits"]) == min(limit, 3)
    assert search("ไหม", limit=1)["hits"][0]["kind"] == "dataset"
    assert search("ไหม", limit=1_000)["limit"] == 100
    assert search("ไหม", limit=0)["limit"] == 1
    assert search("ไหม", page=9)["hits"] == []
    assert search("ไหม", kind="row", limit=1, page=2)["hits"][0]["kind"] == "row"
    assert search("ไหม", kind="row", limit=1)["pages"] == 2


@given(st.integers(1, 30), st.integers(0, 80), st.integers(0, 9))
def test_over_all_pages_each_entry_stands_once(limit: int, total: int, rows: int) -> None:
    everything = list(range(total))
    shown: list[int] = []
    for page in range(1, 200):
        window = window_of(limit, page, Wanted(()), rows)
        some = everything[window.entries]
        assert len(some) + len(range(rows)[window.rows]) <= limit
        shown += some
        if page == 1:
            assert window.beside == len(range(rows)[window.rows]) <= ROW_HITS
    assert shown == everything


def test_a_withdrawn_dataset_is_never_a_hit_even_before_the_index_knows(
    catalogue: None, set_state: Callable[..., None], search: Search
) -> None:
    set_state("silk", "withdrawn")
    assert all("silk" not in (hit["id"], hit.get("dataset")) for hit in search("ไหม")["hits"])


def test_rows_of_an_older_version_are_never_hits(catalogue: None, publish: Callable[..., None], search: Search) -> None:
    publish("silk", COLUMNS, [["กลุ่มใหม่", "เห็ด", "กาฬสินธุ์"]])  # not drained yet
    assert all(hit.get("dataset") != "silk" for hit in search("แพรวา")["hits"])


# ── when nothing, or only something near, was found ──────────────────────────────────────────────────────────────────
def test_what_comes_near_is_told(catalogue: None, client: FlaskClient, search: Search) -> None:
    document = search("ผ้าไหม เครื่องบิน")
    assert document["loose"]
    assert [hit["id"] for hit in document["hits"]] == ["silk"]
    assert "ไม่มีชุดข้อมูลที่มีครบทุกคำ" in client.get(f"/search?q={quote('ผ้าไหม เครื่องบิน')}").text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("zhkws,", "ผ้าไหม"), ("gsHf", "เห็ด"), ("ืนพะ้ำพื", "northern"), ("nothern", "northern"), ("ทะเบียณ", "ทะเบียน")],
)
def test_another_reading_is_shown_as_such_and_what_was_typed_stays_one_link_away(
    catalogue: None, client: FlaskClient, search: Search, typed: str, meant: str
) -> None:
    document = search(typed)
    assert (document["query"], document["suggestion"]) == (typed, meant)
    assert [hit["id"] for hit in document["hits"] if hit["kind"] == "dataset"] == [
        hit["id"] for hit in search(meant)["hits"] if hit["kind"] == "dataset"
    ]
    page = client.get("/search", query_string={"q": typed}).text
    assert "หมายถึง" in page
    assert links(page)[meant] == f"/search?q={quote(meant)}"
    exactly = links(page)["ค้นเฉพาะคำที่พิมพ์"]
    assert exactly == f"/search?q={quote(chr(34) + typed + chr(34))}"
    answer = client.get(exactly.replace("/search", "/search.json")).json
    assert answer is not None
    assert (answer["suggestion"], answer["total"]) == (None, 0)


def test_what_stands_in_a_row_is_not_read_otherwise(
    publish: Callable[..., None], in_app: Callable[..., Any], search: Search
) -> None:
    publish("one", ["ชื่อ"], [["ร้านผ้าใหม"]], title_th="ร้านค้า")
    publish("two", title_th="ผ้าไหม")
    in_app(drain)
    document = search("ผ้าใหม")
    assert (document["suggestion"], document["total_rows"]) == (None, 1)
    assert document["hits"][0]["kind"] == "row"


def test_nothing_is_offered_that_finds_nothing(catalogue: None, search: Search) -> None:
    for typed in ("qqqq", "ไดโนเสาร์", "xyz 123", "..."):
        assert search(typed)["suggestion"] is None


def test_a_zero_page_tells_of_fewer_filters_and_of_neighbours(catalogue: None, client: FlaskClient) -> None:
    address = f"/search?q={quote('แพรวา')}&province=54"
    document = client.get(address.replace("/search", "/search.json")).json
    assert document is not None
    assert document["hits"] == []
    assert document["elsewhere"]["total"] == 1
    page = client.get(address).text
    assert links(page)["หากไม่ใช้ตัวกรอง จะพบ 1 รายการ"] == f"/search?q={quote('แพรวา')}"
    address = f"/search?q={quote('ทอผ้า')}&province=54"
    page = client.get(address).text
    assert "พบในจังหวัดใกล้เคียง" in page
    assert links(page)["ขอนแก่น (1)"] == f"/search?q={quote('ทอผ้า')}&province=40"


def test_the_nearest_provinces_come_first(catalogue: None, search: Search) -> None:
    neighbours = search("ทอผ้า", province="เลย")["elsewhere"]["neighbours"]
    assert [place["value"] for place in neighbours] == ["40", "46"]
    assert search("ไดโนเสาร์", province="เลย")["elsewhere"] is None


# ── the page ─────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "address", ["/search", "/search?q=ไหม", "/search?q=ไหม&kind=row&lang=en", "/search?q=ไหม&sort=title&page=2&limit=1"]
)
def test_page_and_twin_are_one_answer(catalogue: None, client: FlaskClient, address: str) -> None:
    page = client.get(address).text
    document = client.get(address.replace("/search", "/search.json", 1)).json
    assert document is not None
    shown = [html.unescape(link) for link in re.findall(r'class="result-title"><a href="([^"]+)"', page)]
    assert [link.replace("&lang=en", "").replace("?lang=en", "") for link in shown] == [
        hit["url"] for hit in document["hits"]
    ]
    for row in document["facets"]["province"]:
        assert row["label"] in page


def test_facets_are_links_that_narrow_and_chips_take_them_off(catalogue: None, client: FlaskClient) -> None:
    page = client.get(f"/search?q={quote('ทอผ้า')}&sort=newest&page=3").text
    narrowed = links(page)["ขอนแก่น 1"]
    assert narrowed == f"/search?q={quote('ทอผ้า')}&sort=newest&province=40"
    page = client.get(narrowed).text
    assert links(page)["เอาออก จังหวัด: ขอนแก่น"] == f"/search?q={quote('ทอผ้า')}&sort=newest"
    assert "ล้างตัวกรองทั้งหมด" not in page
    page = client.get(f"{narrowed}&licence=cc-by-4.0").text
    assert links(page)["ล้างตัวกรองทั้งหมด"] == f"/search?q={quote('ทอผ้า')}&sort=newest"


def test_a_chip_has_its_name_even_when_nothing_was_found(catalogue: None, client: FlaskClient) -> None:
    page = client.get("/search?q=ไดโนเสาร์&province=54&publisher=office").text
    assert "จังหวัด: แพร่" in page
    assert "ผู้เผยแพร่: สำนักงานตัวอย่าง" in page
    assert client.get("/search?q=x&province=99&licence=nobody").status_code == 200


@pytest.mark.parametrize("name", ["office", "สำนักงานตัวอย่าง", "สำนักงาน ตัวอย่าง", "OFFICE", "ตัวอย่าง"])
def test_a_publisher_is_understood_by_name(catalogue: None, search: Search, name: str) -> None:
    found = search(f'publisher:"{name}"')
    assert found["filters"]["publisher"] == ["office"]
    assert found["total"] == search("")["facets"]["publisher"][0]["count"]


def test_a_name_that_no_publisher_or_several_bear_finds_nothing(
    catalogue: None, search: Search, writing: Callable[..., Any]
) -> None:
    with writing() as session:
        session.add(Publisher(slug="second", title_th="สำนักงานตัวอย่างสอง", title_en="Second office"))
    assert search('publisher:"ตัวอย่าง"')["filters"]["publisher"] == ["ตัวอย่าง"]
    assert search('publisher:"สำนักงานตัวอย่าง"')["filters"]["publisher"] == ["office"]  # the whole name of one
    assert not search('publisher:"ไม่มีจริง"')["hits"]


def test_kinds_sorts_and_the_query_stay(catalogue: None, client: FlaskClient) -> None:
    page = client.get("/search?q=ไหม&kind=dataset&sort=newest").text
    assert 'value="ไหม"' in page
    assert '<option value="newest" selected>' in page
    assert links(page)["ชุดข้อมูล 1"] == f"/search?q={quote('ไหม')}&sort=newest&kind=dataset"
    assert re.search(r'aria-current="true">ชุดข้อมูล', page)
    assert '<option value="relevance"' not in client.get("/search").text  # without words nothing fits better


def test_pages_are_linked(catalogue: None, client: FlaskClient) -> None:
    page = client.get("/search?limit=1&page=2").text
    assert {links(page)["ก่อนหน้า"], links(page)["ถัดไป"]} == {"/search?limit=1&page=1", "/search?limit=1&page=3"}
    assert "หน้านี้ไม่มีผลแล้ว" in client.get("/search?page=77").text


ADDRESSES: list[dict[str, str]] = [{"page": "0"}, {"page": "-1"}, {"page": "1e9"}, {"page": "99999999999"}, {"limit": "๑๐"}, {"limit": ""}, {"sort": "x"}, {"kind": "x"},
     {"q": "\x00"}, {"q": "<script>alert(1)</script>"}, {"q": "a" * 4_000}, {"province": "<b>"}, {"lang": "xx"}, {"q": '"'}, {"page": "501", "limit": "20"}]  # fmt: skip


def test_any_address_is_answered(catalogue: None, client: FlaskClient) -> None:
    for query in ADDRESSES:
        page = client.get("/search", query_string=query)
        assert page.status_code == 200, query
        assert "<script>alert" not in page.text
        assert client.get("/search.json", query_string=query).status_code == 200, query


def test_a_query_over_the_cap_is_cut_and_said_so(catalogue: None, client: FlaskClient) -> None:
    page = client.get("/search", query_string={"q": "ผ้าไหม " * 100}).text
    assert "คำค้นยาวเกินไป" in page


def test_english_pages_have_english_words(catalogue: None, client: FlaskClient) -> None:
    page = client.get("/search?q=wool&lang=en").text
    assert "Northern register" in page
    assert "Linen and <mark>wool</mark>" in page
    assert "Phrae" in page


# ── a broken index ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_while_the_index_is_missing_search_says_so_and_is_back_by_itself(
    catalogue: None, app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    mended: list[str] = []
    monkeypatch.setattr("portal.search.queries.mend_soon", lambda: mended.append("soon"))
    with app.app_context():
        engine().generations.pointer.unlink()  # type: ignore[attr-defined]
    page = client.get("/search?q=ไหม")
    assert page.status_code == 503
    assert "กำลังสร้างดัชนีใหม่" in page.text
    assert client.get("/search.json?q=ไหม").status_code == 503
    assert client.get("/province").status_code == 200
    assert mended
    with app.app_context():
        monkeypatch.undo()
        mending._last.clear()
        mending.mend_soon()
        for thread in [one for one in threading.enumerate() if one.name == "mend-search"]:
            thread.join(20)
    assert client.get("/search?q=ไหม").status_code == 200


def test_while_the_index_of_rows_is_mended_datasets_are_found(
    catalogue: None, app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.search.queries.mend_soon", lambda: None)
    with app.app_context():
        row_index().pointer.unlink()
    document = client.get("/search.json?q=ไหม").json
    assert document is not None
    assert [hit["id"] for hit in document["hits"]] == ["silk"]
    assert (document["total_rows"], document["total_rows_exact"], document["rows_resting"]) == (0, False, True)
    assert "กำลังสร้างดัชนีใหม่" in client.get("/search?q=ไหม").text


# ── region, sector and year ──────────────────────────────────────────────────────────────────────────────────────────
def test_regions_and_years_are_counted_and_narrow_datasets_and_rows(catalogue: None, search: Search) -> None:
    facets = search("")["facets"]
    assert {row["value"]: (row["label"], row["count"]) for row in facets["region"]} == {
        "NE": ("ภาคตะวันออกเฉียงเหนือ", 1),
        "N": ("ภาคเหนือ", 1),
    }
    (year,) = facets["updated"]
    assert (int(year["label"]) - int(year["value"]), year["count"]) == (543, 3)
    assert search("", lang="en")["facets"]["updated"][0]["label"] == year["value"]
    north = search("ไหม", region="N")
    assert (north["total"], [(hit["dataset"], hit["row"]) for hit in north["hits"]]) == (0, [("north", 3)])
    assert [hit["id"] for hit in search("", region="n")["hits"]] == ["north"]
    assert search("ไหม", region="N", province="46")["total_rows"] == 0
    assert search("ไหม", updated="1999")["hits"] == []


def test_sectors_are_those_of_the_columns_whose_meaning_is_known(
    publish: Callable[..., None], in_app: Callable[..., Any], search: Search, writing: Any
) -> None:
    publish("wares", ["otop_type", "tsic_code"], [["อาหาร", "01111"]], profile="entrepreneur-cluster", title_th="สินค้า")
    with writing() as session:
        (resource,) = session.scalars(select(Resource))
        tops = {"otop_type": ["อาหาร", "ไม่รู้จัก"], "tsic_code": ["01111", "99999", ""]}
        resource.columns = [
            {"name": name, "top": [{"value": value, "count": 1} for value in values]} for name, values in tops.items()
        ]
    in_app(drain)
    found = {row["value"]: row["label"] for row in search("")["facets"]["sector"]}
    assert found.keys() == {"otop-1", "tsic-A", "tsic-U"}
    assert (found["otop-1"], found["tsic-A"]) == ("อาหาร", "เกษตรกรรม การป่าไม้ และการประมง")
    assert search("", sector="tsic-a")["total"] == search("หมวด:otop-1")["total"] == 1
    assert search("", sector="tsic-B")["total"] == 0


# ── articles ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_articles_stand_in_the_list_with_a_kind_of_their_own(
    with_articles: None, catalogue: None, in_app: Callable[..., Any], client: FlaskClient, search: Search
) -> None:
    in_app(heal)
    document = search("สัญญาอนุญาต ข้อมูลเปิด", kind="article")
    first = document["hits"][0]
    assert (first["kind"], first["id"], first["url"]) == ("article", "open-licences", "/article/open-licences")
    assert client.get(first["url"]).status_code == 200
    everything = {row["value"]: row["count"] for row in search("")["facets"]["kind"]}
    assert everything == {"dataset": 3, "article": len(list_articles_of(client))}
    assert {hit["kind"] for hit in search("ชนิด:บทความ", limit=100)["hits"]} == {"article"}
    page = client.get("/search?q=open+licences&lang=en").text
    assert "/article/open-licences?lang=en" in page
    assert "Articles" in page


def list_articles_of(client: FlaskClient) -> list[dict[str, Any]]:
    answer = client.get("/article.json").json
    assert answer is not None
    found: list[dict[str, Any]] = answer["articles"]
    return found


def test_a_changed_or_removed_article_is_found_so_after_the_next_start(
    catalogue: None, in_app: Callable[..., Any], search: Search, tmp_path: Path
) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    front = "title: {title}\nsummary: เรื่องย่อ\nauthor: ผู้เขียน\npublished: 2026-11-25\nlicence: CC-BY-4.0\n"

    def write(title: str) -> None:
        (folder / "new-one.md").write_text(
            f"---\n{front.format(title=title)}---\n\n## หัวข้อไดโนเสาร์\n\nเนื้อความ\n", "utf-8"
        )
        _articles.cache_clear()

    def found(text: str) -> list[str]:
        return [hit["id"] for hit in search(text, kind="article")["hits"] if not hit.get("near")]

    write("ยานอวกาศ")
    assert in_app(heal)["missing"] == 1
    assert found("ยานอวกาศ") == found("ไดโนเสาร์") == ["new-one"]
    assert in_app(heal)["missing"] == 0
    write("เรือดำน้ำ")
    assert in_app(heal)["missing"] == 1
    assert (found("ยานอวกาศ"), found("เรือดำน้ำ")) == ([], ["new-one"])
    (folder / "new-one.md").unlink()
    _articles.cache_clear()
    assert in_app(heal)["surplus"] == 1
    assert found("เรือดำน้ำ") == []


# ── the feed ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_feed_of_a_search_tells_its_newest_datasets(catalogue: None, client: FlaskClient) -> None:
    answer = client.get("/search.atom?q=ผ้าไหม&lang=en")
    assert (answer.status_code, answer.mimetype) == (200, "application/atom+xml")
    atom = "{http://www.w3.org/2005/Atom}"
    feed = ElementTree.fromstring(answer.data)
    assert feed.tag == f"{atom}feed"
    entries = feed.findall(f"{atom}entry")
    assert [entry.findtext(f"{atom}id") for entry in entries] == ["http://localhost/dataset/silk?lang=en"]
    assert all(node.findtext(f"{atom}updated") for node in (feed, *entries))
    assert feed.find(f"{atom}link").get("href") == feed.findtext(f"{atom}id")  # type: ignore[union-attr]
    nothing = ElementTree.fromstring(client.get("/search.atom?q=zzxqv&kind=row").data)
    assert nothing.findall(f"{atom}entry") == []
    assert "/search.atom?q=" in client.get("/search?q=ผ้าไหม").text
