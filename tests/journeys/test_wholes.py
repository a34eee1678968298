"""All of a province in one ZIP, a dataset as Croissant, and its versions as a feed."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
import rdflib

pytestmark = [pytest.mark.journey, pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")]

ATOM = "{http://www.w3.org/2005/Atom}"
CR = rdflib.Namespace("http://mlcommons.org/croissant/")
HEADS = "ชื่อกลุ่ม,จังหวัด,ผลิตภัณฑ์"


@pytest.fixture
def two_provinces(khlang, tmp_path: Path) -> None:
    """A table of clusters of Phrae (54) and Nan (55), in two versions."""
    path = tmp_path / "clusters.csv"
    for products in ("ผ้าหม้อห้อม", "ผ้าย้อมคราม"):
        lines = [HEADS, f"กลุ่มผ้าบ้านทดสอบ,แพร่,{products}", "กลุ่มเกลือบ้านทดสอบ,น่าน,เกลือสินเธาว์"]
        path.write_text("\n".join(lines), encoding="utf-8")
        khlang(
            "publish", path, "--publisher", "office", "--publisher-title", "สำนักงานทดสอบ", "--name", "both",
            "--profile", "entrepreneur-cluster", "--licence", "CC-BY-4.0",
        )  # fmt: skip


def test_a_province_in_one_file_holds_its_own_rows_and_says_whose_they_are(client, two_provinces, read_csv):
    answer = client.get("/province/54.zip")
    assert "khlang-province-54.zip" in answer.headers["Content-Disposition"]
    package = zipfile.ZipFile(io.BytesIO(answer.data))
    contents = read_csv(package.read("contents.csv"))
    kinds = {(row["kind"], row["title_th"]) for row in contents}
    assert ("cluster", "กลุ่มผ้าบ้านทดสอบ") in kinds
    assert ("cluster", "กลุ่มเกลือบ้านทดสอบ") not in kinds
    (ours,) = [row for row in contents if row["id"] == "both"]
    assert (ours["licence"], ours["publisher"]) == ("CC-BY-4.0", "สำนักงานทดสอบ")
    assert ours["url"].endswith("/dataset/both@v2")
    rows = read_csv(package.read(ours["file"]))
    assert [row["products"] for row in rows] == ["ผ้าย้อมคราม"]
    assert sorted(package.namelist()) == sorted(
        ["README.txt", "contents.csv", *(row["file"] for row in contents if row["file"])]
    )
    listed = read_csv(client.get("/province/54.csv").data)
    assert {(row["kind"], row["id"]) for row in listed} == {(row["kind"], row["id"]) for row in contents}
    again = client.get("/province/54.zip", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert client.get("/province/54.zip").data == answer.data
    assert client.get("/province/99.zip").status_code == 404


def test_croissant_names_what_it_must_and_the_file_is_the_one_it_tells(client, two_provinces):
    answer = client.get("/dataset/both/croissant.jsonld")
    told = answer.json
    for name in (
        "@context",
        "@type",
        "conformsTo",
        "name",
        "description",
        "license",
        "url",
        "creator",
        "datePublished",
    ):
        assert told[name], name
    assert told["conformsTo"] == "http://mlcommons.org/croissant/1.0"
    assert told["license"].startswith("https://creativecommons.org/licenses/by/4.0")
    (file,) = told["distribution"]
    body = client.get(file["contentUrl"].replace("http://localhost", ""))
    assert hashlib.sha256(body.data).hexdigest() == file["sha256"]
    headings = body.data.decode().splitlines()[0].split(",")
    (records,) = told["recordSet"]
    assert [field["source"]["extract"]["column"] for field in records["field"]] == headings
    graph = rdflib.Graph().parse(data=answer.text, format="json-ld")
    files = {str(one) for one in graph.subjects(rdflib.RDF.type, CR.FileObject)}
    sources = {str(one) for one in graph.objects(None, CR.fileObject)}
    assert len(files) == 1
    assert sources == files, "every column is taken from a file that is named"
    assert 'href="/dataset/both@v2/croissant.jsonld"' in client.get("/dataset/both").text


def test_the_feed_of_a_dataset_has_an_entry_for_each_version(client, two_provinces):
    feed = ElementTree.fromstring(client.get("/dataset/both/changes.atom").data)
    links = [entry.find(f"{ATOM}link").get("href") for entry in feed.findall(f"{ATOM}entry")]
    assert links == ["http://localhost/dataset/both@v2", "http://localhost/dataset/both@v1"]
    assert all(entry.find(f"{ATOM}summary").text for entry in feed.findall(f"{ATOM}entry"))
