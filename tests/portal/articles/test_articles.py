"""The starting articles themselves, and their pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from harvesters.thai.words import words
from portal.articles.queries import articles_folder, count_words, read_article
from portal.articles.rendering import render_article

FILES = sorted(articles_folder().glob("*.md"))
THAI = [path for path in FILES if not path.stem.endswith(".en")]


@pytest.mark.parametrize("path", THAI, ids=lambda path: path.stem)
def test_every_article_is_long_enough_and_has_an_english_version(path: Path) -> None:
    article = read_article(path)
    thai = [word for word in words(article.body) if any("ก" <= sign <= "๛" for sign in word)]
    assert len(thai) >= 500
    english = read_article(path.with_name(f"{article.slug}.en.md"))
    assert english.language == "en"
    assert not any("ก" <= sign <= "๛" for sign in english.title + english.summary)
    assert (english.published, english.audience, english.licence) == (
        article.published,
        article.audience,
        article.licence,
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_article_renders_as_it_was_meant(path: Path) -> None:
    article = read_article(path)
    rendered = render_article(article.body)
    assert len(rendered.headings) >= 4, "no text over a cap, and its headings have anchors"
    assert "<h1" not in rendered.html
    assert "**" not in rendered.html
    assert not re.search(r"(?<!\\)\]\(", rendered.html)


@pytest.mark.parametrize("path", THAI, ids=lambda path: path.stem)
def test_thai_is_spelt_as_the_house_does(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for wrong in ("ดาวโหลด", "อีเมล์", "อัพโหลด", "อัพเดท", "เว็ปไซต์", "เวบไซต์", "คลิ้ก", "เมทาดาตา", "ฮาร์เวสต์"):
        assert wrong not in text
    assert "ท่าน" not in words(text)
    assert "\u200b" not in text


def test_links_of_articles_lead_somewhere(client: FlaskClient) -> None:
    for path in FILES:
        for address in re.findall(r'href="(/[^"]*)"', str(render_article(read_article(path).body).html)):
            assert client.get(address.replace("&amp;", "&")).status_code == 200, (path.name, address)


def test_pages_of_articles(client: FlaskClient) -> None:
    listed = client.get("/article").text
    data = client.get("/article.json").json
    assert {entry["slug"] for entry in data["articles"]} == {path.stem for path in THAI}
    for entry in data["articles"]:
        assert f'href="{entry["url"]}"' in listed
        page = client.get(entry["url"])
        assert "อ่าน" in page.text
        assert f"{entry['minutes']} นาที" in page.text
        assert "25 พ.ย. 2569" in page.text
        assert client.get(entry["url"] + ".json").json["html"] in page.text


def test_an_article_in_english_and_what_is_missing(client: FlaskClient) -> None:
    page = client.get("/article/read-a-report?lang=en").text
    assert "<h1>How to read a report</h1>" in page
    assert "minutes to read" in page
    assert "บทความนี้มีเฉพาะภาษาไทย" not in page
    assert client.get("/article/nothing").status_code == 404
    assert client.get("/article/nothing.json").json["error"]["code"] == "not-found"


def test_an_article_without_english_says_so(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text = "---\ntitle: เรื่องเดียว\nsummary: สั้น\nauthor: ใคร\npublished: 2026-11-25\nlicence: CC-BY-4.0\n---\nเนื้อหา"
    (tmp_path / "only-thai.md").write_text(text, encoding="utf-8")
    monkeypatch.setattr("portal.articles.queries.articles_folder", lambda: tmp_path)
    page = client.get("/article/only-thai?lang=en").text
    assert "This article exists in Thai only" in page
    assert '<article class="prose" lang="th">' in page


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("a b.md", "---\ntitle: x\n---\ny", "no article name"),
        ("good.fr.md", "---\ntitle: x\n---\ny", "no article name"),
        ("good.md", "no front matter", "no front matter"),
        ("good.md", "---\ntitle: x\n---\ny", "lacks summary, author, published, licence"),
        ("good.md", "---\njust text\n---\ny", "lacks title"),
        ("good.md", "---\ntitle: x\nsummary: x\nauthor: x\npublished: soon\nlicence: x\n---\ny", "dates"),
        ("good.md", "---\ntitle: !!python/object/apply:os.system [x]\n---\ny", "python/object"),
    ],
)
def test_a_faulty_file_is_named(tmp_path: Path, name: str, text: str, why: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Exception, match=why):
        read_article(path)


def test_words_are_counted_in_thai() -> None:
    assert count_words("ข้อมูล เปิด 2 ชุด!") == 4


def test_an_old_address_of_an_article_leads_on(
    client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (articles_folder() / "read-a-report.md").read_text(encoding="utf-8")
    (tmp_path / "new-name.md").write_text(text.replace("---\n", "---\nformerly: [old-name]\n", 1), encoding="utf-8")
    monkeypatch.setattr("portal.articles.queries.articles_folder", lambda: tmp_path)
    for ending in ("", ".json"):
        answer = client.get(f"/article/old-name{ending}")
        assert (answer.status_code, answer.headers["Location"]) == (301, f"/article/new-name{ending}")
        assert client.get(f"/article/new-name{ending}").status_code == 200
    assert client.get("/article/older-name").status_code == 404
