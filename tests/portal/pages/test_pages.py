"""The home page and the pages around the catalogue."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient

from harvesters.checks.problems import catalogue
from portal.pages import views
from portal.settings import Settings

Add = Callable[..., int]
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture
def data(add_publisher: Add, add_dataset: Add, add_source: Add, add_run: Add) -> None:
    """Seven datasets of Phrae and Nan, one of them withdrawn, and a source with a run."""
    office = add_publisher()
    for number in range(6):
        add_dataset(f"set-{number}", office, {"54": 10, "55": 1})
    add_dataset("gone", office, {"10": 5}, state="withdrawn")
    add_run(add_source("register", office))


# ── home ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_home_of_an_empty_portal(client: FlaskClient) -> None:
    page = client.get("/").text
    assert "ยังไม่มีชุดข้อมูล" in page
    assert "ตอนนี้มี" not in page  # no line of zeros as decoration
    assert "home-map" not in page


def test_home_says_what_there_is(client: FlaskClient, data: None) -> None:
    page = client.get("/").text
    shown = re.findall(r'href="/dataset/(set-\d)"', page)
    assert len(shown) == 5
    assert "gone" not in page
    assert "ตอนนี้มี 6 ชุดข้อมูล 66 แถว จาก 1 ผู้เผยแพร่ ใน 2 จังหวัด" in page
    assert "24 พ.ย. 2569" in page
    assert page.count('<option value="') == 78
    assert page.count('href="/search?q=') == 3


def test_home_has_a_map_of_all_provinces_that_says_in_words_what_it_shows(client: FlaskClient, data: None) -> None:
    found = re.search(r'<a class="home-map" href="/province">(.*?)</a>', client.get("/").text, re.DOTALL)
    assert found
    assert 'aria-hidden="true"' in found[1]
    assert "มีข้อมูลแล้ว 2 จาก 77 จังหวัด" in found[1]
    assert [path.count("M") for path in re.findall(r' d="([^"]*)"', found[1])] == [2, 75]


def test_every_link_of_the_home_page_leads_somewhere(client: FlaskClient, data: None) -> None:
    page = client.get("/").text
    for address in set(re.findall(r'href="(/[^"#]*)["#]', page)):
        if not address.startswith(("/static/", "/dataset/")):  # the datasets of this test have no files
            assert client.get(address.replace("&amp;", "&")).status_code in (200, 303), address


def test_home_in_english_is_english(client: FlaskClient, data: None) -> None:
    page = client.get("/?lang=en").text
    main = page[page.index("<main") : page.index("</main>")]
    left = re.sub(r'<a href="/search\?q=.*?</a>|placeholder="[^"]*"', "", main)  # examples of what to type are Thai
    assert not re.search("[ก-๛]", left), re.findall("[ก-๛ ]+", left)[:3]


# ── about, problems, styleguide ──────────────────────────────────────────────────────────────────────────────────────
def test_about_names_whom_to_ask(client: FlaskClient) -> None:
    assert "mailto:" not in client.get("/about").text


def test_about_with_a_contact(settings: Settings) -> None:
    from portal.app import create_app

    told = settings.model_copy(update={"contact": "data@office.example.go.th"})
    page = create_app(told).test_client().get("/about").text
    assert '<a href="mailto:data@office.example.go.th">' in page


def test_every_kind_of_problem_has_its_anchor(client: FlaskClient) -> None:
    page = client.get("/problems").text
    english = client.get("/problems?lang=en").text
    for kind in catalogue():
        assert f'id="{kind.code}"' in page
        assert f'id="{kind.code}"' in english
    assert not re.search(r"\{\w*\}", re.sub(r"<[^>]*>", "", page)), "a field was left in a sentence"
    assert {entry["code"] for entry in client.get("/problems.json").json["problems"]} == {
        kind.code for kind in catalogue()
    }


def test_what_stops_a_file_comes_first(client: FlaskClient) -> None:
    page = client.get("/problems").text
    order = [page.index(f'<h2 id="group-{name}"') for name in ("blocking", "error", "warning", "info")]
    assert order == sorted(order)


# ── choices ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_only_preferences_set_a_cookie(client: FlaskClient, data: None) -> None:
    for address in (
        "/",
        "/province/54",
        "/source/register",
        "/article",
        "/problems",
        "/nothing",
        "/robots.txt",
        "/?lang=en",
    ):
        assert "Set-Cookie" not in client.get(address).headers, address
    answer = client.get("/preferences?lang=en&next=/about")
    assert (answer.status_code, answer.location) == (303, "/about")
    assert "<h1>About Khlang</h1>" in client.get("/about").text
    assert client.get("/preferences?lang=th&next=https://evil.example").location == "/"


# ── what machines read ───────────────────────────────────────────────────────────────────────────────────────────────
def test_health(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json, answer.headers["Cache-Control"]) == (200, {"status": "ok"}, "no-store")


def test_ready(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert answer.json == {"status": "ok", "database": True, "index": True, "disk": True}
    assert answer.status_code == 200


@pytest.mark.parametrize("part", ["database", "index", "disk"])
def test_not_ready(client: FlaskClient, monkeypatch: pytest.MonkeyPatch, settings: Settings, part: str) -> None:
    if part == "database":
        (settings.home / "khlang.sqlite").write_bytes(b"no database at all, but long enough to be looked at" * 100)
        (settings.home / "khlang.sqlite-wal").unlink(missing_ok=True)
    elif part == "index":
        for path in (settings.home / "index").rglob("*"):
            if path.is_file():
                path.write_bytes(b"rubbish")
    else:
        monkeypatch.setattr("portal.pages.queries.LEAST_DISK", 1 << 80)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert (answer.json["status"], answer.json[part]) == ("failing", False)
    assert client.get("/healthz").status_code == 200


def test_robots_are_welcome(client: FlaskClient) -> None:
    text = client.get("/robots.txt").text
    assert "Disallow: /preferences" in text
    assert "Sitemap: http://localhost/sitemap.xml" in text


def test_the_map_of_the_site(client: FlaskClient, data: None) -> None:
    answer = client.get("/sitemap.xml")
    assert answer.mimetype == "application/xml"
    assert answer.text.startswith("<?xml")
    tree = ElementTree.fromstring(answer.text)
    told = [found.text for found in tree.iter(f"{SITEMAP}loc")]
    for path in (
        "/",
        "/province/54",
        "/dataset/set-1",
        "/publisher/phrae-office",
        "/source/register",
        "/article/read-a-report",
    ):
        assert f"http://localhost{path}" in told
    assert not any("gone" in str(address) for address in told)
    assert len(told) == len(set(told))
    fixed = [str(address).removeprefix("http://localhost") for address in told if "/dataset/" not in str(address)]
    assert all(client.get(path).status_code == 200 for path in fixed[:10])


def test_a_large_map_comes_in_parts(client: FlaskClient, monkeypatch: pytest.MonkeyPatch, data: None) -> None:
    whole = client.get("/sitemap.xml").text.count("<loc>")
    monkeypatch.setattr(views, "MOST_ENTRIES", 40)
    index = ElementTree.fromstring(client.get("/sitemap.xml").text)
    parts = [str(found.text).removeprefix("http://localhost") for found in index.iter(f"{SITEMAP}loc")]
    assert parts == ["/sitemap-1.xml", "/sitemap-2.xml", "/sitemap-3.xml"]
    assert sum(client.get(path).text.count("<loc>") for path in parts) == whole
    assert client.get("/sitemap-4.xml").status_code == client.get("/sitemap-0.xml").status_code == 404


# ── failures ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_nothing_there(client: FlaskClient) -> None:
    answer = client.get("/nothing")
    assert answer.status_code == 404
    assert "<h1>ไม่พบหน้าที่ขอ</h1>" in answer.text
    assert '<form action="/search" role="search">' in answer.text
    assert 'content="noindex"' in answer.text
    assert answer.headers["X-Request-ID"] not in answer.text
    assert client.get("/nothing.json").json["error"]["code"] == "http-404"


def test_withdrawn(client: FlaskClient, data: None) -> None:
    answer = client.get("/dataset/gone")
    assert answer.status_code == 410
    assert "<h1>ถอนออกแล้ว</h1>" in answer.text


def test_a_bug_gives_its_id_and_nothing_of_itself(
    app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    @app.get("/bug")
    def bug() -> str:
        raise RuntimeError("secret of the server")

    client.bugs_expected = True  # type: ignore[attr-defined]
    answer = client.get("/bug")
    assert answer.status_code == 500
    assert answer.headers["X-Request-ID"] in answer.text
    assert "secret of the server" not in answer.text
    assert "secret of the server" in caplog.text


def test_wrong_method_and_too_long(client: FlaskClient) -> None:
    answer = client.post("/about")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert client.get("/search?q=" + "a" * 9000).status_code == 414


def test_readiness_says_when_another_search_engine_should_be_set(
    client: FlaskClient,
    add_publisher: Callable[..., int],
    add_dataset: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    add_dataset("one", add_publisher())
    assert "advice" not in client.get("/readyz").get_json()
    monkeypatch.setattr("portal.pages.queries.MOST_WHOOSH", 0)
    advice = client.get("/readyz").get_json()["advice"]
    assert "tantivy" in advice["th"]
    assert "khlang reindex" in advice["en"]
    config = client.application.config
    monkeypatch.setitem(config, "KHLANG", config["KHLANG"].model_copy(update={"search_engine": "tantivy"}))
    assert "advice" not in client.get("/readyz").get_json()


def test_the_glossary_tells_every_word_in_both_languages_and_leads_to_pages_that_are_there(client: FlaskClient) -> None:
    told = client.get("/glossary.json").json["terms"]
    for code in ("th", "en"):
        page = client.get(f"/glossary?lang={code}").text
        for term in told:
            assert f'id="{term["term"]}"' in page, "a group that the page does not know"
            assert term["word"][code]
            assert term["meaning"][code]
    assert not any("ก" <= sign <= "๛" for term in told for sign in term["word"]["en"])
    for address in {term["url"] for term in told if term["url"]}:
        assert client.get(address).status_code == 200, address
    assert {"dataset", "harvester", "licence", "tsic", "otop", "buddhist-era"} <= {term["term"] for term in told}
