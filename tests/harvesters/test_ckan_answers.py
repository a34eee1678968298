"""Whatever stands in an answer of a CKAN: a record is mapped or named, and the page goes on."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvesters.errors import HarvestError
from harvesters.sources.ckan import likely_portal, read_answer, read_shown, record_of
from harvesters.sources.records import storable

HOME = "https://x.go.th/"
KEYS = ["id", "name", "title", "notes", "tags", "extras", "resources", "objective", "groups", "organization", "maintainer", "private", "allow_harvest", "state", "x"]  # fmt: skip
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("http://["),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*KEYS, "url", "key", "value", "th"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


def read(tmp_path, body, status=200):
    path = tmp_path / "answer"
    path.write_bytes(body)
    return read_answer({"path": str(path), "url": HOME, "kind": "search", "status": status, "home": HOME})


@given(st.dictionaries(st.sampled_from(KEYS), anything, max_size=8) | anything)
def test_no_record_ends_a_page(package):
    found = record_of(package, HOME)
    assert found["id"]
    text = json.dumps(found, allow_nan=False, ensure_ascii=False)
    assert "\\u0000" not in text
    text.encode()


def test_what_no_database_takes_is_taken_out_and_numbers_that_are_none_are_nothing(tmp_path):
    body = b'{"success":true,"result":{"count":1,"results":[{"id":"a","name":"n","title":"x\\u0000\\ud800y","number":NaN}]}}'
    found = read(tmp_path, body)["records"][0]
    assert (found["title"], found["error"], "number" in found["metadata"]) == ("x?y", None, False)
    assert storable({"ก\0": ["\ud800", 1]}) == {"ก": ["?", 1]}


def test_a_record_nested_without_end_fails_alone(tmp_path):
    deep = "[" * 700 + "]" * 700
    body = f'{{"success":true,"result":{{"count":2,"results":[{{"id":"a","name":"a","x":{deep}}},{{"id":"b","name":"b"}}]}}}}'
    found = read(tmp_path, body.encode())["records"]
    assert [record["error"] and record["error"]["code"] for record in found] == ["record-strange", None]


@pytest.mark.parametrize(
    ("package", "code"),
    [
        ({"id": "x" * 401, "name": "n"}, "record-too-large"),
        ({"id": "a", "name": "n", "tags": ["t"] * 34_000}, "record-too-large"),
        ({"id": "a", "name": "n", "resources": [{}] * 8_327}, "record-too-large"),
        ({"id": "a", "name": "n", "notes": "x" * 2_000_001}, "record-too-large"),
        ({"name": "n"}, "record-id-missing"),
        ({"id": "a", "name": "n", "state": "deleted"}, "record-not-public"),
        ({"id": "a", "name": "n", "private": "True"}, "record-not-public"),
        ({"id": "a", "name": "n", "type": "harvest"}, "record-not-public"),
        ({"id": "a", "name": "n", "allow_harvest": "0"}, "harvest-not-allowed"),
        ([], "record-strange"),
    ],
)
def test_what_keeps_a_record_out_is_named(package, code):
    assert record_of(package, HOME)["error"]["code"] == code


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 200, "answer-broken"), (b"<html>", 200, "answer-html"), (b"<html>", 404, "fetch-status"), (b"\xff\xfe", 200, "answer-broken"),
        (b'"Bad request"', 400, "answer-strange"), (b'{"success":false,"error":"no"}', 403, "answer-said-no"),
        (b'{"success":true,"result":{"count":"1","results":[]}}', 200, "answer-strange"),
    ],
)  # fmt: skip
def test_the_body_counts_more_than_the_status(tmp_path, body, status, code):
    with pytest.raises(HarvestError) as wrong:
        read(tmp_path, body, status)
    assert wrong.value.code == code


def test_dkan_says_private_of_public_ones_and_wraps_them_in_a_list(tmp_path):
    path = tmp_path / "answer"
    path.write_bytes(
        json.dumps({"success": True, "result": [{"id": "a", "name": "n", "private": True, "state": "Active"}]}).encode()
    )
    shown = read_shown({"paths": {"n": str(path)}, "url": HOME, "home": HOME})
    assert [record["error"] for record in shown["records"]] == [None]


def test_the_generated_archive_is_left_out_and_only_uploads_have_dates_that_count():
    found = record_of(
        {
            "id": "a", "name": "n",
            "resources": [
                {"name": "All resource data", "url": "/all.zip"},
                {"name": "x", "url": "file/a.csv", "url_type": "upload", "last_modified": "2026", "resource_data_collect": "บุคคล"},
                {"name": "y", "url": "https://other/b.csv", "last_modified": "2026"},
                {"name": "gone", "url": "c.csv", "state": "deleted"}, {"name": "none"},
            ],
        },
        HOME,
    )  # fmt: skip
    assert [(file["url"], file["settled"], file["details"]) for file in found["files"]] == [
        ("https://x.go.th/file/a.csv", True, {"resource_data_collect": "บุคคล"}),
        ("https://other/b.csv", False, {}),
    ]


@pytest.mark.parametrize(
    ("url", "actions"),
    [
        ("https://x.go.th", "https://x.go.th/api/3/action/"),
        ("https://x.go.th/ckan/", "https://x.go.th/ckan/api/3/action/"),
        ("https://x.go.th/ckan?q=1#a", "https://x.go.th/ckan/api/3/action/"),
    ],
)
def test_where_a_portal_is_nearly_always(url, actions):
    assert likely_portal(url).actions == actions
