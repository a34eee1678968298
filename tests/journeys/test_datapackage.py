"""Data packages over HTTP, in folders and in ZIPs: both versions, the publisher's schema, references, and paths that lead outside."""

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.journey

CLUSTERS = (
    "code,name,since,members\n007,กลุ่มทอผ้าบ้านทดสอบ,2019-05-01,12\n008,กลุ่มจักสานบ้านทดสอบ,2020-01-15,x\n009,กลุ่มย้อมคราม,2021-02-03,-99\n"
    + "".join(f"{number:03},กลุ่มทดสอบที่ {number},2022-03-04,{number}\n" for number in range(10, 20))
)
PRODUCTS = "product,cluster\nผ้าพันคอ,007\nตะกร้า,008\nเสื่อ,077\n"


def descriptor(**fields):
    return {
        "name": "phrae-clusters",
        "title": "กลุ่มผู้ประกอบการทดสอบ",
        "description": "ทะเบียนสำหรับทดสอบ",
        "keywords": ["ผ้า"],
        "licenses": [{"name": "CC-BY-4.0", "title": "Creative Commons Attribution 4.0"}],
        "contributors": [{"title": "สำนักงานทดสอบ", "email": "info@test.go.th", "role": "maintainer"}],
        "resources": [
            {
                "name": "clusters",
                "path": "data/clusters.csv",
                "schema": {
                    "fields": [
                        {"name": "code", "type": "string", "title": "รหัสกลุ่ม"},
                        {"name": "name", "type": "string", "constraints": {"required": True}},
                        {"name": "since", "type": "date"},
                        {"name": "members", "type": "integer"},
                    ],
                    "primaryKey": "code",
                    "missingValues": ["", "-99"],
                },
            },
            {
                "name": "products",
                "path": "data/products.csv",
                "schema": "schemas/products.json",
            },
        ],
        **fields,
    }


SCHEMA = {
    "fields": [{"name": "product", "type": "string"}, {"name": "cluster", "type": "string"}],
    "foreignKeys": [{"fields": "cluster", "reference": {"resource": "clusters", "fields": "code"}}],
}


@pytest.fixture
def add(khlang, loopback, monkeypatch):
    monkeypatch.setenv("KHLANG_FETCH_ALLOW", loopback.host)

    def add_source(url: object, *options: str) -> None:
        given = [part for option in options for part in ("--option", option)]
        khlang(
            "source", "add", "pack", "--kind", "datapackage", "--url", url, "--publisher-title", "สำนักงานทดสอบ", *given
        )

    return add_source


def serve(loopback, described=None, products=PRODUCTS):
    loopback.json("/p/datapackage.json", described or descriptor())
    loopback.tagged("/p/data/clusters.csv", CLUSTERS.encode())
    loopback.tagged("/p/data/products.csv", products.encode())
    loopback.json("/p/schemas/products.json", SCHEMA)
    return loopback.url("/p/datapackage.json")


def harvest(khlang, code=0):
    return khlang("harvest", "pack", "--json", code=code)["runs"][0]


def told(client, path="/dataset/pack"):
    return client.get(f"{path}.json").get_json()


def resource(client, number=0):
    name = told(client)["resources"][number]["name"]
    return client.get(f"/dataset/pack/resource/{name}.json?limit=100").get_json()


def test_a_package_at_an_address_keeps_to_its_own_schema(khlang, loopback, add, client):
    add(serve(loopback))
    run = harvest(khlang)
    assert (run["status"], run["new"]) == ("done", 1), run
    package = client.get("/dataset/pack/datapackage.json").get_json()
    clusters, products = package["resources"]
    types = {field["name"]: field["type"] for field in clusters["schema"]["fields"]}
    assert types == {"_row": "integer", "code": "string", "name": "string", "since": "date", "members": "integer"}
    assert clusters["schema"]["fields"][1]["title"] == "รหัสกลุ่ม"
    assert clusters["schema"]["primaryKey"] == ["code"]
    rows = resource(client)["rows"]
    assert [row["code"] for row in rows][:3] == ["007", "008", "009"]
    assert [row["members"] for row in rows][:4] == [12, None, None, 10]  # "x" is wrong, -99 was declared to be empty
    assert products["title"] == "products"
    described = told(client)
    assert described["license_id"] == "Creative Commons Attribution 4.0"
    assert described["maintainer_email"] == "info@test.go.th"


def test_references_between_tables_are_checked(khlang, loopback, add, client):
    add(serve(loopback))
    harvest(khlang)
    report = client.get("/dataset/pack/report.json").get_json()
    found = [problem for problem in report["problems"] if problem["code"] == "reference-missing"]
    assert len(found) == 1, report["problems"]
    assert "077" in found[0]["message"]["th"]
    package = client.get("/dataset/pack/datapackage.json").get_json()
    assert "foreignKeys" not in package["resources"][1]["schema"]  # it does not hold, so it is not promised
    serve(loopback, products=PRODUCTS.replace("077", "009"))
    assert harvest(khlang)["changed"] == 1
    package = client.get("/dataset/pack/datapackage.json").get_json()
    key = package["resources"][1]["schema"]["foreignKeys"][0]
    assert key["reference"]["resource"] == package["resources"][0]["name"]


def test_a_second_run_of_an_unchanged_package_is_the_same(khlang, loopback, add, client):
    add(serve(loopback))
    harvest(khlang)
    assert harvest(khlang)["same"] == 1
    assert told(client)["version"] == 1


def test_a_package_in_a_zip_and_in_a_folder_are_the_same_package(khlang, tmp_path, loopback, add, client):
    folder = tmp_path / "pack"
    (folder / "data").mkdir(parents=True)
    (folder / "schemas").mkdir()
    (folder / "datapackage.json").write_text(json.dumps(descriptor()), encoding="utf-8")
    (folder / "data/clusters.csv").write_text(CLUSTERS, encoding="utf-8")
    (folder / "data/products.csv").write_text(PRODUCTS, encoding="utf-8")
    (folder / "schemas/products.json").write_text(json.dumps(SCHEMA), encoding="utf-8")
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for path in folder.rglob("*"):
            archive.write(path, f"top/{path.relative_to(folder)}")
    loopback.body("/pack.zip", body.getvalue(), Content_Type="application/zip")
    add(loopback.url("/pack.zip"))
    assert harvest(khlang)["status"] == "done"
    first = resource(client)["rows"]
    khlang("source", "add", "folder", "--kind", "datapackage", "--url", folder, "--publisher-title", "สำนักงานทดสอบ")
    run = khlang("harvest", "folder", "--json")["runs"][0]
    assert run["status"] == "done"
    name = told(client, "/dataset/folder")["resources"][0]["name"]
    assert client.get(f"/dataset/folder/resource/{name}.json").get_json()["rows"] == first


def fields_of(table):
    """The fields of a table, without the words for missing values: there are none left in what we export."""
    return [
        {name: value for name, value in field.items() if name != "khlangMissing"} for field in table["schema"]["fields"]
    ]


def test_what_is_exported_can_be_taken_in_again_and_is_the_same(khlang, loopback, add, client):
    add(serve(loopback, products=PRODUCTS.replace("077", "009")))
    harvest(khlang)
    loopback.body("/again.zip", client.get("/dataset/pack/datapackage.zip").data, Content_Type="application/zip")
    khlang(
        "source", "add", "again", "--kind", "datapackage", "--url", loopback.url("/again.zip"), "--publisher-title", "สำนักงานทดสอบ"
    )  # fmt: skip
    assert khlang("harvest", "again", "--json")["runs"][0]["status"] == "done"
    before, after = (client.get(f"/dataset/{name}/datapackage.json").get_json() for name in ("pack", "again"))
    for name in ("title", "titles", "description", "keywords", "licenses", "contributors"):
        assert before.get(name) == after.get(name), name
    assert len(before["resources"]) == len(after["resources"]) == 2
    for one, other in zip(before["resources"], after["resources"], strict=True):
        assert [fields_of(table) for table in (one, other)] == [fields_of(one)] * 2
        assert one["schema"].get("foreignKeys") == other["schema"].get("foreignKeys")
        tables = [
            client.get(f"/dataset/{dataset}/resource/{table['name']}.json?limit=100").get_json()["rows"]
            for dataset, table in (("pack", one), ("again", other))
        ]
        assert [{**row, "_row": 0} for row in tables[0]] == [{**row, "_row": 0} for row in tables[1]]


OUTSIDE = [
    "../secret.csv",
    "/etc/passwd",
    "file:///etc/passwd",
    "data\\..\\..\\secret.csv",
    "~/secret.csv",
    "missing.csv",
]


@pytest.mark.parametrize("path", OUTSIDE)
def test_a_path_that_leads_outside_is_named_and_the_rest_published(khlang, tmp_path, add, client, path):
    (tmp_path / "secret.csv").write_text("a,b\n1,2\n3,4\n", encoding="utf-8")
    folder = tmp_path / "pack"
    (folder / "data").mkdir(parents=True)
    (folder / "data/clusters.csv").write_text(CLUSTERS, encoding="utf-8")
    described = descriptor()
    described["resources"][1] = {"name": "other", "path": path, "format": "csv"}
    (folder / "datapackage.json").write_text(json.dumps(described), encoding="utf-8")
    add(folder)
    assert harvest(khlang)["new"] == 1
    found = told(client)
    assert len(found["resources"]) == 1
    assert found["links"][0]["problem"]["code"] == "package-path"


def test_a_link_within_a_folder_leads_nowhere(khlang, tmp_path, add, client):
    (tmp_path / "secret.csv").write_text("a,b\n1,2\n3,4\n", encoding="utf-8")
    folder = tmp_path / "pack"
    (folder / "data").mkdir(parents=True)
    (folder / "data/clusters.csv").write_text(CLUSTERS, encoding="utf-8")
    (folder / "data/products.csv").symlink_to(tmp_path / "secret.csv")
    (folder / "datapackage.json").write_text(json.dumps(descriptor()), encoding="utf-8")
    add(folder)
    harvest(khlang)
    assert len(told(client)["resources"]) == 1


def test_tables_in_the_descriptor_and_tables_in_several_files(khlang, loopback, add, client):
    described = descriptor(
        resources=[
            {"name": "inline", "data": [{"ชื่อ": "ก", "จำนวน": 1}, {"ชื่อ": "ข", "จำนวน": 2}]},
            {"name": "listed", "data": [["ชื่อ", "จำนวน"], ["ก", 1], ["ข", 2]]},
            {"name": "parts", "path": ["a.csv", "b.csv"]},
        ]
    )
    loopback.json("/q/datapackage.json", described)
    loopback.body("/q/a.csv", "ชื่อ,จำนวน\nก,1\n".encode())
    loopback.body("/q/b.csv", "ข,2\n".encode())
    add(loopback.url("/q/"))
    assert harvest(khlang)["status"] == "done"
    for number in range(3):
        assert [(row["ชื่อ"], row["จำนวน"]) for row in resource(client, number)["rows"]] == [("ก", 1), ("ข", 2)]


def test_a_file_that_vanishes_leaves_what_is_published(khlang, loopback, add, client):
    url = serve(loopback)
    add(url)
    harvest(khlang)
    loopback.body("/p/data/products.csv", b"", status=503)
    run = harvest(khlang, code=1)
    assert run["datasets"][0]["reason"]["code"].startswith("fetch-")
    assert len(told(client)["resources"]) == 2
    described = descriptor()
    del described["resources"][1]  # its publisher took it out
    serve(loopback, described)
    assert harvest(khlang)["changed"] == 1
    assert len(told(client)["resources"]) == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"<html>closed</html>", "answer-html"),
        (b'{"name": "x"', "answer-broken"),
        (b'{"name": "x"}', "package-none"),
        (b"[1, 2]", "package-none"),
    ],
)
def test_what_is_no_package_is_named_and_nothing_goes(khlang, loopback, add, client, body, code):
    add(serve(loopback))
    harvest(khlang)
    loopback.body("/p/datapackage.json", body)
    assert harvest(khlang, code=1)["reason"]["code"] == code
    assert told(client)["version"] == 1


REAL = os.environ.get("KHLANG_REAL_FILES")


@pytest.mark.skipif(
    not REAL, reason="the real files are not part of the project; set KHLANG_REAL_FILES to their folder to run this"
)
@pytest.mark.parametrize("name", ["population", "gdp"])
def test_packages_of_the_wild(khlang, add, client, name):
    add(Path(REAL or "") / "datapackage" / name)
    run = harvest(khlang)
    assert run["status"] == "done", run
    assert told(client)["resources"][0]["rows"] > 5
