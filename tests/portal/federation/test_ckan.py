"""The action API of CKAN: envelope, errors, what clients ask and which keys they need."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from alembic import command
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from portal.catalogue.models import Dataset
from portal.catalogue.uids import new_uid
from portal.db import db
from portal.federation.ckan import search as ckan_search
from portal.migrations import configuration, upgrade
from portal.search.outbox import refresh_entries

API = "/api/3/action"
# udata refuses a dataset in which one of these is missing; those in NEVER_NULL may not be null either
DATASET_KEYS = (
    "id name title notes license_id license_title tags metadata_created metadata_modified organization resources private type "  # noqa: SIM905
    "author author_email maintainer maintainer_email state".split()
)
RESOURCE_KEYS = "id position name description format mimetype size hash created last_modified url resource_type".split()  # noqa: SIM905
NEVER_NULL = (
    "id",
    "name",
    "title",
    "license_id",
    "tags",
    "metadata_created",
    "metadata_modified",
    "resources",
    "private",
    "type",
)
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}")


@pytest.fixture
def filled(app: Flask, add_publisher, add_dataset, writing) -> None:
    """Seven public datasets of two publishers, and one that was withdrawn."""
    phrae, nan = add_publisher("phrae-office"), add_publisher("nan-office", title_th="สำนักงานตัวอย่างน่าน")
    for number in range(5):
        add_dataset(
            f"weaving-{number}", phrae, {"54": 3}, title_th=f"กลุ่มทอผ้าไหม ชุดที่ {number}", tags=["ผ้าไหม", f"ชุด {number}"],
            notes_th="บัญชีกลุ่ม\r\nสำหรับทดสอบ", data_type="ข้อมูลระเบียน", objective=["มติคณะรัฐมนตรี"],
            maintainer_email="not an address", updated_at=datetime(2026, 1, 1 + number, tzinfo=UTC),
        )  # fmt: skip
    add_dataset(
        "chilli-paste", nan, {"55": 3}, title_th="กลุ่มน้ำพริก", updated_at=datetime(2026, 3, 1, tzinfo=UTC), license_id="",
        extras={"allow_harvest": "True", "catalogue_extras": {"ประเภท": "อาหาร", "title": "ซ้ำ"}, "odd": {"a": 1},
                "organization": {"name": "x", "title": "หน่วยงานเดิม"}},
    )  # fmt: skip
    add_dataset("linked", nan, title_th="มีเฉพาะลิงก์", updated_at=datetime(2026, 3, 2, tzinfo=UTC))
    add_dataset("taken-down", nan, {"55": 3}, title_th="กลุ่มทอผ้าไหมที่ถูกถอน", state="withdrawn", state_reason="ผิด")
    names = [f"weaving-{number}" for number in range(5)] + ["chilli-paste", "linked", "taken-down"]
    with writing() as session:
        linked = session.query(Dataset).filter_by(name="linked").one()
        assert linked.current is not None
        linked.current.resources = []
        linked.current.links = [
            {"url": "https://a.example.go.th/x.pdf", "title": "คู่มือ", "description": "", "format": "", "problem": None},
            {"url": "https://a.example.go.th/dataset/y/datapackage.json", "title": "อีกแห่ง", "description": "", "format": "", "problem": None},
        ]  # fmt: skip
    with app.app_context():
        refresh_entries([f"dataset:{name}" for name in names])


def call(client: FlaskClient, name: str, /, status: int = 200, **asked: Any) -> Any:
    """The result of an action, or its error, and that the envelope is CKAN's."""
    answer = client.get(f"{API}/{name}?{urlencode(asked, doseq=True)}")
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    told = answer.json
    assert told["success"] is (status == 200)
    assert told["help"].endswith(f"/api/3/action/help_show?name={name}")
    return told["result"] if status == 200 else told["error"]


def names(found: dict[str, Any]) -> list[str]:
    return [one["name"] for one in found["results"]]


def search(client: FlaskClient, **asked: Any) -> list[str]:
    return sorted(names(call(client, "package_search", rows=100, **asked)))


WEAVING = [f"weaving-{number}" for number in range(5)]
ALL = sorted([*WEAVING, "chilli-paste", "linked"])


@pytest.mark.usefixtures("filled")
def test_lists_and_datasets_agree_and_every_key_that_clients_need_is_there(client: FlaskClient) -> None:
    listed = call(client, "package_list")
    assert listed == ALL
    for name in listed:
        one = call(client, "package_show", id=name)
        assert call(client, "package_show", id=one["id"]) == one
        assert set(DATASET_KEYS) <= set(one)
        assert [key for key in NEVER_NULL if one[key] is None] == []
        assert one["maintainer_email"] is None
        assert MOMENT.fullmatch(one["metadata_modified"])
        assert one["resources"], name
        for position, resource in enumerate(one["resources"]):
            assert set(RESOURCE_KEYS) <= set(resource)
            assert resource["position"] == position
            assert resource["format"]
            assert resource["resource_type"] == "file"
            assert call(client, "resource_show", id=resource["id"]) == resource
            assert call(client, "resource_view_list", id=resource["id"]) == []
        assert all(tag["id"] and tag["name"] for tag in one["tags"])
        assert one["organization"]["name"] in call(client, "organization_list")
    assert names({"results": call(client, "current_package_list_with_resources", limit=2)}) == [
        "linked",
        "chilli-paste",
    ]


@pytest.mark.usefixtures("filled")
def test_national_fields_stand_at_the_top_and_no_extra_repeats_one(client: FlaskClient) -> None:
    one = call(client, "package_show", id="weaving-1")
    assert (one["data_type"], one["objective"], one["license_id"]) == ("ข้อมูลระเบียน", ["มติคณะรัฐมนตรี"], "CC-BY-4.0")
    assert one["license_url"] == "https://creativecommons.org/licenses/by/4.0/"
    other = call(client, "package_show", id="chilli-paste")
    assert (other["allow_harvest"], other["license_id"], other["isopen"]) == ("True", "notspecified", False)
    assert {extra["key"]: extra["value"] for extra in other["extras"]} == {
        "ประเภท": "อาหาร", "odd": '{"a": 1}', "source_organization": "หน่วยงานเดิม",
    }  # fmt: skip
    assert not {extra["key"] for extra in other["extras"]} & set(other)
    (link,) = call(client, "package_show", id="linked")["resources"]
    assert (link["url"], link["format"]) == ("https://a.example.go.th/x.pdf", "URL")


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("fq", "found"),
    [
        ("organization:phrae-office", WEAVING),
        ("organization:phrae-office OR organization:nan-office", ALL),
        ("organization:nan-office OR organization:phrae-office metadata_modified:[2026-01-03T00:00:00.000000Z TO *]",
         ["chilli-paste", "linked", *WEAVING[2:]]),
        ("metadata_modified:[2026-01-03T00:00:00.000000Z TO *] organization:(phrae-office OR x)", WEAVING[2:]),
        ("-organization:phrae-office", ["chilli-paste", "linked"]),
        ("+groups:th-54 -tags:\"ชุด 1\"", [WEAVING[0], *WEAVING[2:]]),
        ("NOT (groups:th-54 OR groups:th-55)", ["linked"]),
        ("metadata_modified:{2026-01-03T00:00:00Z TO 2026-01-05T00:00:00Z]", WEAVING[3:]),
        ("metadata_modified:[NOW-2000YEARS TO NOW]", None),
        ("metadata_modified:[NOW-50YEARS TO NOW+1DAY]", ALL),
        ("name:weaving-*", WEAVING),
        ("name:\"weaving-*\"", []),
        ("title:\"ทอผ้าไหม\" AND type:dataset AND state:active", WEAVING),
        ("allow_harvest:True", ["chilli-paste"]),
        ("extras_ประเภท:อาหาร", ["chilli-paste"]),
        ("res_format:csv", sorted(["chilli-paste", *WEAVING])),
        ("จังหวัด:แพร่", WEAVING),
        ("private:true", []),
        ("*:*", ALL),
        ("no_such_field:1", None),
        ("organization:", None),
        ("(organization:a", None),
        ("organization:a)", None),
        ("title:x^2", None),
        ("title:x~", None),
        ("{!lucene}x", None),
        ("organization:a OR", None),
        ("(" * 50 + "a" + ")" * 50, None),
        ("metadata_modified:[yesterday TO *]", None),
    ],
)  # fmt: skip
def test_filters_in_the_shapes_that_clients_send(client: FlaskClient, fq: str, found: list[str] | None) -> None:
    if found is None:
        error = call(client, "package_search", 400, fq=fq)
        assert error["__type"] == "Search Query Error"
        assert error["message"].startswith("Search Query Error: ")
    else:
        assert search(client, fq=fq) == found


@pytest.mark.usefixtures("filled")
def test_words_are_searched_as_on_the_page(client: FlaskClient) -> None:
    assert search(client, q="ผ้าไหม") == WEAVING
    assert search(client, q="ผ้าไหม", fq='tags:"ชุด 3"') == ["weaving-3"]
    assert search(client, q='organization:phrae-office AND -tags:"ชุด 0"') == WEAVING[1:]
    assert search(client, q="text:น้ำพริก OR ผ้าไหม") == sorted([*WEAVING, "chilli-paste"])
    assert search(client, q="groups:th-54 ผ้าไหม -น้ำพริก") == WEAVING
    assert search(client, q="NOT ผ้าไหม") == ["chilli-paste", "linked"]
    assert search(client, q="") == search(client, q="*:*") == search(client, q="*") == search(client) == ALL
    on_page = client.get("/search.json?" + urlencode({"q": "ผ้าไหม", "kind": "dataset"})).json
    assert on_page["total"] == call(client, "package_search", q="ผ้าไหม", rows=0)["count"] == len(WEAVING)


@pytest.mark.usefixtures("filled")
def test_paging_gives_every_dataset_once_and_ends_on_nothing(client: FlaskClient) -> None:
    seen: list[str] = []
    while page := call(client, "package_search", rows=2, start=len(seen), sort="id asc")["results"]:
        seen += [one["name"] for one in page]
    assert sorted(seen) == ALL
    assert call(client, "package_search", start=10**9)["results"] == []
    assert call(client, "package_search", rows=100_000)["count"] == len(ALL)
    ids = [one["id"] for one in call(client, "package_search", sort="id asc", rows=50)["results"]]
    assert ids == sorted(ids)
    newest = names(call(client, "package_search", sort="metadata_modified desc, name asc", rows=3))
    assert newest == ["linked", "chilli-paste", "weaving-4"]
    assert call(client, "package_search", 400, sort="colour asc")["__type"] == "Search Query Error"


@pytest.mark.usefixtures("filled")
def test_facets_count_over_all_that_was_found(client: FlaskClient) -> None:
    asked = {
        "rows": 0,
        "facet.field": json.dumps(["organization", "groups", "tags", "res_format", "vocab_x"]),
        "fl": "name",
    }
    found = call(client, "package_search", **asked)
    assert found["facets"]["organization"] == {"phrae-office": 5, "nan-office": 2}
    items = found["search_facets"]["organization"]["items"]
    assert items[0] == {"name": "phrae-office", "display_name": "สำนักงานตัวอย่างแพร่", "count": 5}
    assert found["facets"]["groups"] == {"th-54": 5, "th-55": 1}
    assert found["facets"]["vocab_x"] == {}
    few = call(client, "package_search", **asked | {"facet.limit": 1, "facet.mincount": 2})
    assert few["facets"]["tags"] == {"ผ้าไหม": 5}
    assert call(client, "package_search", **asked | {"facet": "false"})["search_facets"] == {}
    assert call(client, "package_search", rows=1, fl="name,title", sort="name asc")["results"] == [
        {"name": "chilli-paste", "title": "กลุ่มน้ำพริก"}
    ]


@pytest.mark.usefixtures("filled")
def test_what_was_withdrawn_is_nowhere_whatever_is_asked(client: FlaskClient) -> None:
    more = {"include_private": "true", "include_drafts": "true", "include_deleted": "true", "include_users": "x"}
    assert call(client, "package_search", q="ผ้าไหมที่ถูกถอน", fq="name:taken-down", **more)["count"] == 0
    assert call(client, "package_show", 404, id="taken-down")["__type"] == "Not Found Error"
    for name in ("package_list", "package_search", "current_package_list_with_resources", "package_autocomplete"):
        assert "taken-down" not in client.get(f"{API}/{name}?rows=1000&q=ta&" + urlencode(more)).text
    assert "taken-down" not in client.get(f"{API}/organization_show?id=nan-office&include_datasets=true").text


@pytest.mark.usefixtures("filled")
def test_publishers_provinces_tags_and_licences(client: FlaskClient) -> None:
    assert call(client, "organization_list") == ["nan-office", "phrae-office"]
    whole = call(client, "organization_list", all_fields="true", include_dataset_count="true")
    assert [(one["name"], one["package_count"]) for one in whole] == [("nan-office", 2), ("phrae-office", 5)]
    shown = call(client, "organization_show", id=whole[0]["id"], include_datasets="true")
    assert (shown["title"], len(shown["packages"])) == ("สำนักงานตัวอย่างน่าน", 2)
    groups = call(client, "group_list", all_fields="true")
    assert len(groups) == len(call(client, "group_list")) == 77
    assert {one["name"]: one["package_count"] for one in groups if one["package_count"]} == {"th-54": 5, "th-55": 1}
    assert call(client, "group_show", id="th-54")["title"] == "แพร่"
    assert names({"results": call(client, "group_package_show", id="th-54")}) == WEAVING
    assert "ผ้าไหม" in call(client, "tag_list", query="ไหม")
    assert len(call(client, "tag_show", id="ผ้าไหม", include_datasets=1)["packages"]) == 5
    assert "CC-BY-4.0" in {one["id"] for one in call(client, "license_list")}
    for name in ("organization_show", "group_show", "tag_show", "resource_show", "datastore_search"):
        key = "resource_id" if name == "datastore_search" else "id"
        assert call(client, name, 404, **{key: "nobody"})["__type"] == "Not Found Error"


def test_status_help_and_what_is_refused(client: FlaskClient) -> None:
    status = call(client, "status_show")
    assert status["site_title"]
    assert "thai_gdc" in status["extensions"]
    assert call(client, "site_read") is True
    assert "rows" in call(client, "help_show", name="package_search")
    assert call(client, "help_show", 404, name="nothing")["__type"] == "Not Found Error"
    assert call(client, "package_show", 409) == {"__type": "Validation Error", "id": ["Missing value"]}
    assert "rows" in call(client, "package_search", 409, rows="many")
    assert call(client, "datastore_search_sql", 403, sql="SELECT 1")["__type"] == "Authorization Error"
    unknown = client.get(f"{API}/package_destroy")
    assert (unknown.status_code, unknown.json) == (400, "Bad request: Action name not known: package_destroy")
    assert client.put(f"{API}/package_list").status_code == 405


@pytest.mark.usefixtures("filled")
def test_posted_in_each_form_at_both_addresses_without_a_redirect(client: FlaskClient) -> None:
    asked = {"q": "*:*", "rows": 1, "fq": "organization:nan-office", "include_private": True}
    for address in (f"{API}/package_search", "/api/action/package_search", "/api/action/package_search/"):
        as_json = client.post(address, json=asked)
        as_form = client.post(address, data=asked)
        as_curl = client.post(address, data=json.dumps(asked), content_type="application/x-www-form-urlencoded")
        bytes_ = client.post(address, data=json.dumps(asked).encode(), headers={"Content-Type": "application/json"})
        for answer in (as_json, as_form, as_curl, bytes_):
            assert answer.status_code == 200, answer.text
            assert answer.json["result"]["count"] == 2
    assert client.post(f"{API}/package_list").json["result"] == ALL
    for body in (b"[1]", b"{", b"\xff", b'"x"'):
        answer = client.post(f"{API}/package_list", data=body, content_type="application/json")
        assert answer.status_code == 400
        assert isinstance(answer.json, str)
    preflight = client.options(f"{API}/package_search")
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]


def test_an_index_that_is_gone_is_told_and_lists_go_on(
    client: FlaskClient, filled: None, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ckan_search, "mend_soon", lambda: None)  # in the background: not this test's matter
    folder = app.config["KHLANG"].home / "index"
    for path in sorted(folder.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    assert call(client, "package_search", 409, q="ผ้าไหม")["__type"] == "Search Error"
    assert call(client, "package_search", fq="organization:nan-office")["count"] == 2


def test_ids_sort_by_when_they_were_made() -> None:
    moments = [datetime(2026, 1, day, tzinfo=UTC) for day in range(1, 20)]
    made = [new_uid(moment) for moment in moments]
    assert made == sorted(made)
    assert len({new_uid() for _ in range(100)}) == 100
    assert all(one[14] == "7" and one[19] in "89ab" for one in made)


def test_datasets_of_an_older_database_get_ids_in_the_order_in_which_they_came(
    app: Flask, add_publisher, add_dataset
) -> None:
    publisher = add_publisher()
    for number in range(3):
        add_dataset(f"set-{number}", publisher, created_at=datetime(2025, 1, 1 + number, tzinfo=UTC))
    with app.app_context():
        db.session.close()
        command.downgrade(configuration(db.engine), "0013")
        upgrade(db.engine)
        found = db.session.execute(select(Dataset.name, Dataset.uid).order_by(Dataset.uid)).all()
        assert [name for name, _uid in found] == ["set-0", "set-1", "set-2"]
        assert all(len(uid) == 36 for _name, uid in found)
        db.session.close()


PIECES = st.sampled_from(
    ["AND", "OR", "NOT", "(", ")", "+", "-", "*:*", "*", "ผ้า", "ไหม", "title:", "metadata_modified:", "[2026 TO *]", "[* TO", "]", '"', "\\",
     "organization:phrae-office", ":", "~", "^2", "{", "NOW-7DAYS", "จังหวัด:", "tags:", "extras_", "a:b:c", "\0", "\u200b", "’", "kind:row", "&&", "!"]
)  # fmt: skip
QUERIES = st.one_of(
    st.text(max_size=60), st.lists(PIECES, max_size=12).map(" ".join), st.lists(PIECES, max_size=12).map("".join)
)


@pytest.fixture
def asking(client: FlaskClient, filled: None) -> Iterator[FlaskClient]:
    return client


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(q=QUERIES, fq=QUERIES, sort=st.one_of(st.just(""), QUERIES), posted=st.booleans())
def test_any_text_gives_an_answer_or_a_proper_error(
    asking: FlaskClient, q: str, fq: str, sort: str, posted: bool
) -> None:
    asked = {"q": q, "fq": fq, "sort": sort}
    address = f"{API}/package_search"
    if posted:
        answer = asking.post(address, data=json.dumps(asked), content_type="application/json")
    else:
        answer = asking.get(f"{address}?{urlencode(asked, errors='replace')}")
    assert answer.status_code in (200, 400, 409, 414), answer.text
    told = answer.json
    if answer.status_code == 200:
        assert {one["name"] for one in told["result"]["results"]} <= set(ALL)
    else:
        assert isinstance(told["error"], dict)
