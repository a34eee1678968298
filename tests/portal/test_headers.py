"""The headers of every answer, word for word, on every address there is (safety.md §8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from portal.app import create_app
from portal.settings import Settings

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
EVERY_ANSWER = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
FILE_POLICY = "default-src 'none'; sandbox"  # on bytes that publishers wrote

# Values that lead to something where this test has something; elsewhere a 404 must carry the same headers.
VALUES = {
    "item": 1,
    "code": "54",
    "slug": "register",
    "number": 1,
    "filename": "khlang.css",
    "reference": "set-1",
    "resource": "clusters",
    "form": "txt",
}


@pytest.fixture
def data(add_publisher: Callable[..., int], add_dataset: Any, add_source: Any, add_run: Any) -> None:
    office = add_publisher()
    add_publisher("register", title_th="ผู้เผยแพร่")
    add_dataset("set-1", office, {"54": 3})
    add_run(add_source("register", office), items=({"status": "failed", "code": "file-empty"},))


def addresses(app: Flask) -> list[tuple[Rule, str]]:
    """Every rule that can be fetched, with an address for it."""
    adapter = app.url_map.bind("localhost")
    made = []
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()):
            values = {name: VALUES.get(name, "x") for name in rule.arguments}
            made.append((rule, adapter.build(rule.endpoint, values, append_unknown=False)))
    return made


def test_every_address_answers_with_every_header(app: Flask, client: FlaskClient, data: None) -> None:
    for rule, address in addresses(app):
        with client.get(address) as answer:
            unknown_action = 400 if "/action/" in address else 404  # CKAN calls it a bad request
            assert answer.status_code in (200, 302, 303, 308, unknown_action, 503), address
            policy = answer.headers["Content-Security-Policy"]
            assert policy == CSP or (policy == FILE_POLICY and rule.endpoint.startswith("downloads.")), address
            for name, value in EVERY_ANSWER.items():
                if name != "Content-Security-Policy":
                    assert answer.headers.getlist(name) == [value], (address, name)
            assert answer.headers["X-Request-ID"], address
            assert "Strict-Transport-Security" not in answer.headers, address
            assert ("Set-Cookie" in answer.headers) is False, address
            assert "charset=utf-8" in answer.content_type or not answer.content_type.startswith("text/"), address
            assert "Access-Control-Allow-Credentials" not in answer.headers, address


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", "/nothing", 404),
        ("POST", "/about", 405),
        ("GET", "/search?q=" + "a" * 9000, 414),
        ("DELETE", "/province", 405),
    ],
)
def test_failures_carry_them_too(client: FlaskClient, method: str, address: str, status: int) -> None:
    answer = client.open(address, method=method)
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in EVERY_ANSWER} == EVERY_ANSWER


def test_a_stranger_host_is_refused_and_not_named(client: FlaskClient) -> None:
    answer = client.get("/", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "evil.example" not in answer.text
    assert {name: answer.headers.get(name) for name in EVERY_ANSWER} == EVERY_ANSWER


def test_https_is_kept_when_the_portal_is_https(settings: Settings) -> None:
    secure = settings.model_copy(update={"base_url": "https://khlang.example.go.th"})
    answer = create_app(secure).test_client().get("/healthz")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_no_page_has_anything_of_another_host(app: Flask, client: FlaskClient, data: None) -> None:
    import re

    for _rule, address in addresses(app):
        with client.get(address) as answer:
            if answer.mimetype == "text/html":
                assert not re.findall(r'\bsrc="(?:https?:)?//', answer.text), address
                loaded = re.findall(r'<link rel="(?:stylesheet|icon|preload)"[^>]* href="([^"]+)"', answer.text)
                assert all(found.startswith("/static/") for found in loaded), address


def test_bodies_are_capped(app: Flask) -> None:
    assert app.config["MAX_CONTENT_LENGTH"] == 1 << 20
    assert app.config["MAX_FORM_MEMORY_SIZE"] == 200_000
    assert app.config["MAX_FORM_PARTS"] == 100
    assert app.config["TRUSTED_HOSTS"] == ["127.0.0.1", "localhost", "[::1]"]
    assert app.config["SESSION_COOKIE_SECURE"]
    assert app.config["SESSION_COOKIE_HTTPONLY"]
    assert app.config["SESSION_COOKIE_SAMESITE"] == "Lax"
