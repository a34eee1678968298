"""ETags and 304 of public pages."""

from __future__ import annotations

import gzip

import pytest
from flask.testing import FlaskClient

PUBLIC = [
    "/",
    "/province",
    "/province/54",
    "/province/54.json",
    "/source.json",
    "/article",
    "/problems",
    "/robots.txt",
    "/sitemap.xml",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_what_the_reader_has_is_not_sent_again(client: FlaskClient, address: str) -> None:
    first = client.get(address)
    assert first.headers["Cache-Control"] == "public, no-cache"
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""
    assert again.headers["ETag"] == first.headers["ETag"]
    assert "Content-Security-Policy" in again.headers


def test_the_tag_is_the_same_with_and_without_gzip(client: FlaskClient) -> None:
    plain = client.get("/problems")
    small = client.get("/problems", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(small.data) == plain.data
    assert small.headers["ETag"] == plain.headers["ETag"]
    assert len(small.data) < 15_000  # pages.md 10: HTML of any page
    kept = {"Accept-Encoding": "gzip", "If-None-Match": small.headers["ETag"]}
    assert client.get("/problems", headers=kept).status_code == 304


def test_another_language_is_another_page(client: FlaskClient) -> None:
    thai = client.get("/about")
    english = client.get("/about?lang=en", headers={"If-None-Match": thai.headers["ETag"]})
    assert english.status_code == 200
    client.set_cookie("lang", "en")
    assert client.get("/about", headers={"If-None-Match": thai.headers["ETag"]}).status_code == 200
    assert "Cookie" in thai.vary


def test_what_changed_is_sent(client: FlaskClient, add_publisher: object, add_dataset: object) -> None:
    first = client.get("/province/54")
    add_dataset("phrae-silk", add_publisher(), {"54": 3})  # type: ignore[operator]
    assert client.get("/province/54", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/preferences?lang=en", "/nothing", "/province?code=54"])
def test_failures_health_and_choices_have_none(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    assert "ETag" not in answer.headers
    assert "public" not in answer.headers.get("Cache-Control", "")
