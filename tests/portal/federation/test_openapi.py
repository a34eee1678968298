"""The description of the addresses is OpenAPI 3.1, names every address of data, and its page is there without any dataset too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from portal.federation.ckan.actions import ACTIONS
from portal.federation.openapi import ACTION_QUERIES

SCHEMA_KEYS = {"type", "minimum", "enum", "required", "properties", "const", "$ref"}


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    answer = client.get("/api/openapi.json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    return answer.json


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        assert set(item) == {"get"}, path  # all of it reads
        yield path, item["get"]


def references(value: Any) -> Iterator[str]:
    """Every `$ref` in a document."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "$ref":
                yield inner
            else:
                yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_the_document_has_the_structure_of_openapi(document: dict[str, Any]) -> None:
    assert re.fullmatch(r"3\.1\.\d+", document["openapi"])
    assert {"title", "version"} <= set(document["info"])
    assert document["servers"] == [{"url": "http://localhost"}]
    names = [one["operationId"] for _path, one in operations(document)]
    assert len(names) == len(set(names))
    for path, one in operations(document):
        assert path.startswith("/")
        assert one["summary"], path
        assert not {"Raises", "PortalError"} & set(one["summary"].split()), path
        assert "default" in one["responses"]
        for status, answer in one["responses"].items():
            assert status == "default" or re.fullmatch(r"[1-5]\d\d", status)
            assert answer["description"]
            for media, content in answer["content"].items():
                assert "/" in media
                Draft202012Validator.check_schema(content["schema"])
        told = {(asked["name"], asked["in"]) for asked in one["parameters"]}
        assert len(told) == len(one["parameters"]), path
        assert {name for name, where in told if where == "path"} == set(re.findall(r"\{(\w+)\}", path))
        for asked in one["parameters"]:
            assert asked["in"] in ("path", "query")
            assert asked["required"] or asked["in"] == "query"
            assert set(asked["schema"]) <= SCHEMA_KEYS
            Draft202012Validator.check_schema(asked["schema"])
    for reference in references(document):
        place: Any = document
        for part in reference.removeprefix("#/").split("/"):
            place = place[part]


def test_every_address_of_data_and_every_action_is_in_it(app: Flask, document: dict[str, Any]) -> None:
    endings = (".json", ".csv", ".ttl", ".jsonld", ".atom", ".xml")
    served = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule) for rule in app.url_map.iter_rules()}
    wanted = {path for path in served if path.endswith(endings)}
    assert len(wanted) > 40
    assert wanted - set(document["paths"]) == set()
    assert {f"/api/3/action/{name}" for name in ACTIONS} <= set(document["paths"])
    assert "/about" not in document["paths"]
    assert "/static/{filename}" not in document["paths"]
    assert set(ACTION_QUERIES) <= set(ACTIONS)


def test_the_page_is_linked_from_the_footer_and_needs_no_dataset(client: FlaskClient) -> None:
    for lang in ("th", "en"):
        page = client.get(f"/api/?lang={lang}")
        assert page.status_code == 200
        assert all(f"<code>{name}</code>" in page.text for name in ACTIONS)
        assert "curl: package_search" in page.text
        assert ("ชุดข้อมูลหนึ่งชุดพร้อมไฟล์ (id)" in page.text) is (lang == "th")
        assert "curl: package_show" not in page.text  # there is nothing yet that it could show
    assert 'href="/api/"' in client.get("/about").text
    assert client.get("/api").status_code == 308
