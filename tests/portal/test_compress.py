"""Which answers are sent with gzip, and what stays as it is."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from portal import compress, i18n

TEXT = "ผ้าไหม " * 500
GZIP = {"Accept-Encoding": "gzip, br"}


@pytest.fixture
def client() -> FlaskClient:
    app = Flask("portal", root_path=str(i18n.TRANSLATIONS.parent), static_folder="static")
    compress.init_app(app)

    def stream() -> Iterator[str]:
        yield TEXT

    @app.get("/tagged")
    def tagged() -> Response:
        response = Response(TEXT)
        response.set_etag("v1")
        return response

    app.add_url_rule("/page", "page", lambda: TEXT)
    app.add_url_rule("/short", "short", lambda: "สั้น")
    app.add_url_rule("/file", "file", lambda: Response(TEXT, mimetype="text/csv"))
    app.add_url_rule("/stream", "stream", lambda: Response(stream(), mimetype="text/html"))
    app.add_url_rule("/private", "private", lambda: Response(TEXT, headers={"Cache-Control": "private, no-store"}))
    app.add_url_rule("/missing", "missing", lambda: (TEXT, 404))
    return app.test_client()


def test_pages_are_compressed_for_those_who_can(client: FlaskClient) -> None:
    answer = client.get("/page", headers=GZIP)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.vary
    assert gzip.decompress(answer.data).decode() == TEXT
    assert answer.content_length == len(answer.data) < 1000
    plain = client.get("/page")
    assert plain.text == TEXT
    assert "Accept-Encoding" in plain.vary


@pytest.mark.parametrize("path", ["/short", "/file", "/stream", "/private", "/missing"])
def test_the_rest_is_left_alone(client: FlaskClient, path: str) -> None:
    assert "Content-Encoding" not in client.get(path, headers=GZIP).headers


def test_ranges_are_of_the_plain_bytes(client: FlaskClient) -> None:
    assert "Content-Encoding" not in client.get("/page", headers={**GZIP, "Range": "bytes=0-9"}).headers


def test_a_compressed_answer_has_a_weak_tag(client: FlaskClient) -> None:
    assert client.get("/tagged", headers=GZIP).headers["ETag"] == 'W/"v1"'
    assert client.get("/tagged").headers["ETag"] == '"v1"'


def test_a_stylesheet_is_sent_without_its_remarks_and_means_the_same() -> None:
    written = b'/* pale\n   ink */\n@media (a) {\n  p,\n  .b { c: d;\n    e: f\n      g; }\n}\n.i::before { content: ": "; }\n'
    assert compress.without_remarks(written) == b'@media (a) {p,.b { c: d;e: f g; }}.i::before { content: ": "; }'


def test_static_files(client: FlaskClient) -> None:
    with client.get("/static/khlang.css", headers=GZIP) as style:
        assert style.headers["Content-Encoding"] == "gzip"
        assert len(style.data) <= 8 * 1024
        tag = style.headers["ETag"]
    with client.get("/static/khlang.css", headers={**GZIP, "If-None-Match": tag}) as again:
        assert again.status_code == 304
    with client.get("/static/thai-5.3.0-400.woff2", headers=GZIP) as font:
        assert "Content-Encoding" not in font.headers
