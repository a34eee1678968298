"""The action API of CKAN over real tables: rows as its clients read them, and another Khlang that harvests this one."""

from __future__ import annotations

import csv
import io
import json
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from portal.app import create_app
from portal.cli import main

pytestmark = [pytest.mark.journey, pytest.mark.enable_socket]

API = "/api/3/action"
TABLE = """รหัส,ชื่อกลุ่ม,จังหวัด,จำนวนสมาชิก,วันที่จดทะเบียน
00001,กลุ่มทอผ้าทดสอบ,แพร่,12,1 ม.ค. 2567
00002,กลุ่มจักสานทดสอบ,น่าน,7,2 ก.พ. 2567
00003,กลุ่มน้ำพริกทดสอบ,แพร่,30,
00004,กลุ่มทอผ้าฝ้ายทดสอบ,น่าน,7,3 มี.ค. 2567
"""
PEOPLE = "ชื่อ-สกุล,เลขประจำตัวประชาชน,เบอร์มือถือ\nนายสมชาย ใจดี,1101700230708,0812345678\n"


@pytest.fixture
def publish(khlang, tmp_path: Path):
    """Publishes a text as a dataset."""

    def run(name: str, text: str, *more: str, code: int = 0) -> Any:
        path = tmp_path / f"{name}.csv"
        path.write_text(text, encoding="utf-8")
        given = (
            "--publisher",
            "office",
            "--publisher-title",
            "สำนักงานทดสอบ",
            "--name",
            name,
            "--licence",
            "Open Data Common",
        )
        return khlang("publish", path, *given, *more, "--json", code=code)

    return run


@pytest.fixture
def server(settings) -> Iterator[int]:
    """The port of the portal, live."""
    served = make_server("127.0.0.1", 0, create_app(settings), threaded=True)
    threading.Thread(target=served.serve_forever, daemon=True).start()
    yield served.server_port
    served.shutdown()
    served.server_close()


def call(client: FlaskClient, name: str, /, status: int = 200, **asked: Any) -> Any:
    answer = client.get(f"{API}/{name}?{urlencode(asked, doseq=True)}")
    assert answer.status_code == status, answer.text
    return answer.json["result" if status == 200 else "error"]


def test_rows_as_clients_of_the_datastore_read_them(client: FlaskClient, publish) -> None:
    publish("groups", TABLE)
    described = call(client, "package_show", id="groups")
    table, descriptor = described["resources"]
    assert (table["format"], table["datastore_active"], descriptor["datastore_active"]) == ("CSV", True, False)
    downloaded = client.get(table["url"].replace("http://localhost", ""))
    assert downloaded.mimetype == "text/csv"
    assert len(downloaded.data) == table["size"]
    rows = list(csv.DictReader(io.StringIO(downloaded.text)))

    def search(**asked: Any) -> Any:
        return call(client, "datastore_search", resource_id=table["id"], **asked)

    whole = search()
    assert (whole["total"], whole["limit"], whole["offset"]) == (4, 100, 0)
    types = {field["id"]: field["type"] for field in whole["fields"]}
    assert list(types)[:2] == ["_id", "_row"]
    name, members, code = "name_th", "members", "cluster_id"
    told = {field["id"]: field.get("info") for field in whole["fields"]}
    assert told[code]["label"] == "รหัสทะเบียน"
    assert "เลขทะเบียน" in told[code]["notes"]
    assert (types["_id"], types[code], types[members]) == ("int", "text", "int")
    assert "date" in types.values()
    assert [row["_id"] for row in whole["records"]] == [1, 2, 3, 4]
    assert (
        [row[code] for row in whole["records"]] == [row[code] for row in rows] == ["00001", "00002", "00003", "00004"]
    )
    assert "2024-01-01" in whole["records"][0].values()

    some = search(filters=json.dumps({members: [7, "30"]}), sort=f"{members} desc")
    assert [(row["_id"], row[members]) for row in some["records"]] == [(3, 30), (2, 7), (4, 7)]
    assert [row["_id"] for row in search(q="ทอผ้า")["records"]] == [1, 4]
    assert [row["_id"] for row in search(q="ทอผ้า น่าน")["records"]] == [4]
    assert search(q=json.dumps({name: "น้ำพริก"}))["total"] == 1
    assert search(q="ไม่มีคำนี้ในตาราง")["records"] == []
    second = search(limit=1, offset=1, fields=f"_id,{name}")
    assert second["records"] == [{"_id": 2, name: "กลุ่มจักสานทดสอบ"}]
    assert [field["id"] for field in second["fields"]] == ["_id", name]
    following = client.get(second["_links"]["next"]).json["result"]
    assert following["records"] == [{"_id": 3, name: "กลุ่มน้ำพริกทดสอบ"}]
    assert search(limit=0)["records"] == []
    assert search(limit=0, include_total="false").get("total") is None
    assert search(limit=10**9)["limit"] == 32_000
    assert search(records_format="lists", fields=name, limit=1)["records"] == [["กลุ่มทอผ้าทดสอบ"]]
    assert search(records_format="csv", fields=f"_id,{members}", limit=2)["records"] == "1,12\n2,7\n"
    info = call(client, "datastore_info", id=table["id"])
    assert (info["meta"]["count"], len(info["fields"])) == (4, len(types) - 1)
    posted = client.post(
        f"{API}/datastore_search", json={"resource_id": table["id"], "filters": {members: 12}, "limit": 5}
    )
    assert posted.json["result"]["total"] == 1

    for wrong in ({"filters": '{"no":1}'}, {"filters": "[1]"}, {"fields": "no"}, {"sort": "no desc"}, {"limit": "-1"},
                  {"filters": json.dumps({members: "many"})}, {"records_format": "xml"}, {"distinct": "true"}):  # fmt: skip
        error = call(client, "datastore_search", 409, resource_id=table["id"], **wrong)
        assert error["__type"] == "Validation Error", wrong
    assert call(client, "datastore_search", 404, resource_id=descriptor["id"])["__type"] == "Not Found Error"


def test_a_new_version_keeps_the_ids_and_moves_the_date(client: FlaskClient, publish, khlang) -> None:
    publish("groups", TABLE)
    first = call(client, "package_show", id="groups")
    publish("groups", TABLE)
    assert call(client, "package_show", id="groups") == first  # nothing changed: a harvester imports nothing again
    publish("groups", TABLE + "00005,กลุ่มใหม่ทดสอบ,แพร่,5,\n")
    second = call(client, "package_show", id="groups")
    assert second["id"] == first["id"]
    assert [one["id"] for one in second["resources"]] == [one["id"] for one in first["resources"]]
    assert second["metadata_modified"] > first["metadata_modified"]
    assert second["metadata_created"] == first["metadata_created"]
    assert call(client, "datastore_search", resource_id=second["resources"][0]["id"])["total"] == 5
    khlang("dataset", "withdraw", "groups", "--reason", "ทดสอบ")
    assert call(client, "package_list") == []
    call(client, "package_show", 404, id=first["id"])
    call(client, "datastore_search", 404, resource_id=first["resources"][0]["id"])
    call(client, "resource_show", 404, id=first["resources"][0]["id"])


def test_what_is_held_is_nowhere(client: FlaskClient, publish) -> None:
    publish("groups", TABLE)
    publish("people", PEOPLE, code=1)
    assert call(client, "package_list") == ["groups"]
    for name in (
        "package_search",
        "current_package_list_with_resources",
        "tag_list",
        "organization_list",
        "package_autocomplete",
    ):
        answer = client.get(f"{API}/{name}?q=&include_private=true&include_drafts=true&rows=1000&all_fields=true")
        assert not {"1101700230708", "0812345678", "สมชาย"} & set(answer.text.split('"'))
        assert "people" not in answer.text
    call(client, "package_show", 404, id="people")


def test_another_khlang_harvests_this_one(
    server: int, client: FlaskClient, publish, prepared: Path, tmp_path: Path, read_csv
) -> None:
    publish("groups", TABLE, "--title", "กลุ่มผู้ประกอบการทดสอบ")
    publish("others", TABLE.replace("แพร่", "ลำปาง"), "--title", "กลุ่มอื่น")
    home = tmp_path / "second"
    shutil.copytree(prepared, home)
    environment = {"KHLANG_HOME": str(home), "KHLANG_FETCH_ALLOW": f"127.0.0.1:{server}"}

    def run(*words: str) -> Any:
        done = CliRunner().invoke(main, list(words), env=environment, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout) if "--json" in words else None

    url = f"http://127.0.0.1:{server}/"
    run("source", "add", "khlang", "--kind", "ckan", "--url", url, "--publisher-title", "คลังอีกแห่ง")
    harvested = run("harvest", "khlang", "--json")["runs"][0]
    assert (harvested["status"], harvested["seen"], harvested["new"]) == ("done", 2, 2)
    again = run("harvest", "khlang", "--json")["runs"][0]
    assert (again["status"], again["same"]) == ("done", 2)

    from portal.settings import Settings

    copy = create_app(Settings(home=home, _env_file=None)).test_client()
    copies = {one["title"]: one for one in call(copy, "package_search", rows=10)["results"]}
    for name in ("groups", "others"):
        mine = call(client, "package_show", id=name)
        theirs = copies[mine["title"]]
        same = (
            "title",
            "notes",
            "tags",
            "data_type",
            "objective",
            "license_id",
            "maintainer",
            "data_category",
            "groups",
        )
        assert {key: theirs[key] for key in same} == {key: mine[key] for key in same}
        path = theirs["resources"][0]["url"].replace("http://localhost", "")
        found, first = (
            read_csv(copy.get(path, buffered=True).data),
            read_csv(client.get(f"/dataset/{name}/resource/{name}.csv").data),
        )
        shared = [column for column in first[0] if column != "_row"]
        assert [[row[column] for column in shared] for row in found] == [
            [row[column] for column in shared] for row in first
        ]
