"""The registry goes out again as open datasets: by the usual line, never back into itself, and gone with what it repeats."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from portal.cli import main
from portal.settings import Settings

pytestmark = pytest.mark.journey

CLUSTERS = """รหัสทะเบียน,ชื่อวิสาหกิจชุมชน,จังหวัด,อำเภอ,สินค้า/บริการ,ความต้องการ/ปัญหา
6-54-01-01/1-0001,วิสาหกิจชุมชนผ้าหม้อห้อมบ้านสมมติ,แพร่,เมืองแพร่,ผ้าหม้อห้อมย้อมคราม,ซักแล้วสีตก
6-55-01-01/1-0002,วิสาหกิจชุมชนน้ำพริกบ้านสมมติ,น่าน,ปัว,น้ำพริกลาบ,เก็บไม่นานก็ขึ้นรา
6-23-01-01/1-0003,วิสาหกิจชุมชนกะปิบ้านสมมติ,ตราด,เขาสมิง,กะปิ,อยากส่งออก
"""
OTHERS = "ชื่อกลุ่ม,จังหวัด,อำเภอ,สินค้า/บริการ\nกลุ่มจักสานบ้านทดลอง,แพร่,ลอง,ตะกร้าไม้ไผ่\n"
UNITS = """ชื่อหน่วยวิจัย,มหาวิทยาลัย,จังหวัด,ความเชี่ยวชาญ,บริการ,อีเมลหน่วยงาน
ศูนย์วิจัยสีย้อมและสิ่งทอสมมติ,มหาวิทยาลัยสมมติ,แพร่,การตกสีของผ้า;ผ้าย้อมคราม,ทดสอบความคงทนของสี,dye@example.ac.th
ศูนย์วิจัยการถนอมอาหารสมมติ,มหาวิทยาลัยสมมติ,น่าน,การถนอมอาหาร;น้ำพริก,ทดสอบอายุการเก็บรักษา,food@example.ac.th
"""
OUTPUTS = """ชื่อผลงาน,ชื่อผู้วิจัย,ปี,หน่วยวิจัย,มหาวิทยาลัย,คำสำคัญ
การเพิ่มความคงทนของสีคราม,นางสาวสมหญิง รักเรียน,2567,ศูนย์วิจัยสีย้อมและสิ่งทอสมมติ,มหาวิทยาลัยสมมติ,สีย้อม
"""
TABLES = ["clusters", "units", "outputs", "matches", "gaps", "equality"]


def words_of(folder: Path, name: str, text: str, *more: str) -> list[str]:
    """The words that publish a text as a dataset."""
    path = folder / f"{name}.csv"
    path.write_text(text, encoding="utf-8")
    given = ("--publisher", "office", "--publisher-title", "สำนักงานสมมติ", "--name", name, "--licence", "CC-BY-4.0")
    return ["publish", str(path), *given, *more, "--json"]


@pytest.fixture
def publish(khlang, tmp_path):
    return lambda name, text, *more: khlang(*words_of(tmp_path, name, text, *more))


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory, prepared: Path) -> tuple[Path, dict]:
    """A data folder in which four tables and then the registry's own were published, and what the last command printed."""
    folder = tmp_path_factory.mktemp("published")
    shutil.copytree(prepared, folder / "home")

    def run(*words: str) -> dict:
        done = CliRunner().invoke(main, list(words), env={"KHLANG_HOME": str(folder / "home")}, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    run(*words_of(folder, "clusters", CLUSTERS))
    run(*words_of(folder, "others", OTHERS))
    run(*words_of(folder, "units", UNITS))
    run(*words_of(folder, "outputs", OUTPUTS, "--option", "personal=drop", "--profile", "research-output"))
    return folder / "home", run("registry", "publish", "--json")


@pytest.fixture
def settings(request: pytest.FixtureRequest, home: Path, prepared: Path) -> Settings:
    """Those of a copy of `published`; of an empty folder where a test is marked `empty`."""
    empty = "empty" in request.fixturenames
    shutil.copytree(prepared if empty else request.getfixturevalue("published")[0], home)
    return Settings()


@pytest.fixture
def empty() -> None:
    """The test begins with an empty portal."""


def statuses(document) -> dict[str, str]:
    return {run["source"]: run["datasets"][0]["status"] for run in document["runs"]}


def rows_of(client, read_csv, table: str, query: str = "") -> list[dict[str, str]]:
    answer = client.get(f"/dataset/khlang-{table}/resource/{table}.csv{query}")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return read_csv(answer.data)


def test_every_table_is_a_dataset_with_a_version_only_where_something_changed(
    khlang, client, read_csv, publish, published
):
    assert statuses(published[1]) == {f"khlang-{table}": "new" for table in TABLES}
    assert set(statuses(khlang("registry", "publish", "--json")).values()) == {"same"}
    assert len(client.get("/publisher/khlang.json").get_json()["datasets"]) == len(TABLES)
    clusters = rows_of(client, read_csv, "clusters")
    assert len(clusters) == 4
    assert [row["name_th"] for row in rows_of(client, read_csv, "clusters", "?f.province_code=23")] == [
        "วิสาหกิจชุมชนกะปิบ้านสมมติ"
    ]
    assert {row["state"] for row in rows_of(client, read_csv, "equality")} >= {"in-province", "no-data"}
    assert len(rows_of(client, read_csv, "equality")) == 77
    assert ("23", "1") in {
        (row["province_code"], row["clusters_without_help"]) for row in rows_of(client, read_csv, "gaps")
    }
    publish("others", OTHERS + "กลุ่มใหม่บ้านทดลอง,แพร่,ลอง,ขนมจีน\n")
    after = statuses(khlang("registry", "publish", "--json"))
    assert (after["khlang-clusters"], after["khlang-units"], after["khlang-outputs"]) == ("changed", "same", "same")
    assert client.get("/dataset/khlang-clusters.json").get_json()["version"] == 2


def test_each_row_leads_to_the_row_that_it_comes_from_and_names_no_person(khlang, client, read_csv):
    for table, name in (
        ("clusters", "name_th"),
        ("units", "name_th"),
        ("outputs", "title"),
        ("matches", "source_text"),
    ):
        rows = rows_of(client, read_csv, table)
        assert rows, table
        for row in rows:
            page = client.get(row["source_url"]).get_data(as_text=True)
            assert row[name].split("บ้าน")[0] in page.replace("<wbr>", ""), row
            address = f"/dataset/{row['source_dataset']}@v{row['source_version']}/resource/{row['source_resource']}"
            assert row["source_url"] == f"{address}?row={row['source_row']}"
            assert row["source_licence"] == "CC-BY-4.0"
        assert "สมหญิง" not in json.dumps(rows, ensure_ascii=False)
    contacts = {row["contact_email"] for row in rows_of(client, read_csv, "units")}
    assert contacts == {"dye@example.ac.th", "food@example.ac.th"}  # an institution's own, which its profile allows


def test_the_packages_pass_the_command_line_of_frictionless(khlang, client, tmp_path: Path):
    for table in TABLES:
        folder = tmp_path / table
        package = client.get(f"/dataset/khlang-{table}/datapackage.zip").data
        zipfile.ZipFile(io.BytesIO(package)).extractall(folder)
        command = [str(Path(sys.executable).parent / "frictionless"), "validate", "datapackage.json"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        assert done.returncode == 0, f"{table}: {done.stdout}{done.stderr}"
        fields = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))["resources"][0]["schema"][
            "fields"
        ]
        assert all(field["titles"].keys() == {"th", "en"} and field["descriptions"]["en"] for field in fields), table
        for form in ("xlsx", "json?all=1", "parquet"):
            assert client.get(f"/dataset/khlang-{table}/resource/{table}.{form}").status_code == 200


def test_the_registry_never_feeds_on_itself(khlang, client):
    checked = khlang("check", "--json")
    assert checked["ok"]
    assert checked["index"]["rows_mended"] == 0
    counts = {name: checked["registry"][name] for name in ("clusters", "units", "outputs", "doubts")}
    assert counts == {"clusters": 4, "units": 2, "outputs": 1, "doubts": 0}
    hits = khlang("search", "ผ้าหม้อห้อมย้อมคราม", "--kind", "row", "--json")["hits"]
    assert {hit["dataset"] for hit in hits} == {"clusters"}
    found = khlang("search", "ทะเบียนกลุ่มผู้ประกอบการ", "--kind", "dataset", "--json")["hits"]
    assert "/dataset/khlang-clusters" in {hit["url"] for hit in found}
    province = client.get("/province/77.json").get_json()  # of which nobody has told anything
    assert province["datasets"] == []
    assert client.get("/source/khlang-clusters").status_code == 200
    page = client.get("/province/54").get_data(as_text=True)
    assert "/dataset/khlang-clusters/resource/clusters.csv?f.province_code=54" in page


def test_what_is_withdrawn_goes_out_of_every_version_and_the_rest_comes_back(khlang, client, read_csv, home: Path):
    files = client.get("/dataset/khlang-clusters.json").get_json()["files"]
    public = {file["sha256"] for file in files if file["path"].startswith(("data/", "original/"))}
    khlang("dataset", "withdraw", "clusters", "--reason", "เจ้าของขอถอน")
    for path in (
        "/dataset/khlang-clusters",
        "/dataset/khlang-clusters@v1/data/clusters.csv",
        "/dataset/khlang-matches.json",
    ):
        assert client.get(path).status_code == 410, path
    assert not [path for path in (home / "store").rglob("*") if path.name in public]
    assert khlang("dataset", "restore", "khlang-clusters", code=2).exit_code == 2  # its old rows must not come back
    khlang("worker", "--once")
    assert [row["name_th"] for row in rows_of(client, read_csv, "clusters")] == ["กลุ่มจักสานบ้านทดลอง"]
    assert client.get("/dataset/khlang-clusters.json").get_json()["versions"][0]["version"] == 2
    assert len(client.get("/dataset/khlang-clusters.json").get_json()["versions"]) == 1
    for path in ("/dataset/khlang-clusters@v1", "/dataset/khlang-clusters@v1/data/clusters.csv"):
        assert client.get(path).status_code == 410, path
    assert client.get("/dataset/khlang-clusters/changes?from=1&to=2").status_code == 410
    assert client.get("/dataset/khlang-units.json").get_json()["version"] == 2  # made anew from equal bytes
    assert khlang("check", "--json")["ok"]


def test_a_table_that_a_person_withdrew_stays_so(khlang, client):
    khlang("dataset", "withdraw", "khlang-gaps", "--reason", "ผู้ดูแลขอถอน")
    assert "khlang-gaps" not in statuses(khlang("registry", "publish", "--json"))
    assert client.get("/dataset/khlang-gaps").status_code == 410
    khlang("dataset", "restore", "khlang-gaps")
    assert statuses(khlang("registry", "publish", "--json"))["khlang-gaps"] == "same"


def test_the_worker_publishes_once_a_day_and_nothing_of_an_empty_registry(empty, khlang, client, publish):
    khlang("worker", "--once")
    assert client.get("/publisher/khlang").status_code == 404
    publish("clusters", CLUSTERS)
    for _ in range(2):
        khlang("worker", "--once")
    assert len(client.get("/source/khlang-clusters.json").get_json()["runs"]) == 1
    assert client.get("/dataset/khlang-units").status_code == 404  # a table without a row is not published


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph")  # rdflib's own parser of JSON-LD
def test_others_read_the_catalogue_and_the_entities_as_rdf(khlang, client):
    import rdflib
    from rdflib.namespace import DCAT, DCTERMS, RDF

    graphs = {}
    for form, name in (("ttl", "turtle"), ("jsonld", "json-ld")):
        graphs[form] = rdflib.Graph().parse(data=client.get(f"/catalog.{form}").get_data(as_text=True), format=name)
    same = [{triple for triple in graph if "/catalog." not in triple[0]} for graph in graphs.values()]  # pages apart
    assert same[0] == same[1]
    graph = graphs["ttl"]
    assert len(set(graph.subjects(RDF.type, DCAT.Dataset))) == 10
    licensed = {str(graph.value(one, DCTERMS.identifier)) for one in graph.subjects(DCTERMS.license, None)}
    assert {"clusters", "others", "units", "outputs"} <= licensed
    assert not any(name.startswith("khlang-") for name in licensed)  # the rows are others'
    for file in graph.subjects(RDF.type, DCAT.Distribution):
        address = str(graph.value(file, DCAT.downloadURL)).replace("http://localhost", "")
        assert client.get(address).status_code == 200, address
    slug = next(one["slug"] for one in client.get("/unit.json").get_json()["units"] if "สีย้อม" in one["name"]["th"])
    unit = rdflib.Graph().parse(data=client.get(f"/unit/{slug}.jsonld").get_data(as_text=True), format="json-ld")
    about = rdflib.URIRef(f"http://localhost/unit/{slug}")
    org, schema = rdflib.Namespace("http://www.w3.org/ns/org#"), rdflib.Namespace("https://schema.org/")
    assert {org.OrganizationalUnit, schema.ResearchOrganization} <= set(unit.objects(about, RDF.type))
    assert "การเพิ่มความคงทนของสีคราม" in {str(name) for name in unit.objects(None, schema.name)}
    assert "สมหญิง" not in unit.serialize(format="turtle")
    for row in unit.objects(about, rdflib.URIRef("http://www.w3.org/ns/prov#wasDerivedFrom")):
        assert client.get(str(row).replace("http://localhost", "")).status_code == 200
    listed = client.get("/cluster.json").get_json()["clusters"]
    for kind, one in (("unit", org.OrganizationalUnit), ("cluster", schema.Organization)):
        whole = rdflib.Graph().parse(data=client.get(f"/{kind}.jsonld").get_data(as_text=True), format="json-ld")
        known = {
            f"http://localhost/{kind}/{told['slug']}" for told in client.get(f"/{kind}.json").get_json()[f"{kind}s"]
        }
        assert {str(about) for about in whole.subjects(RDF.type, one) if "/" + kind + "/" in str(about)} == known
        alone = json.loads(client.get(f"/{kind}/{min(known).rsplit('/', 1)[1]}.jsonld").get_data())
        assert {name: value for name, value in alone.items() if name != "@context"} in client.get(
            f"/{kind}.jsonld"
        ).get_json(force=True)["@graph"]
    province = listed[0]["province"]
    some = json.loads(client.get("/cluster.jsonld", query_string={"province": province}).get_data())["@graph"]
    assert len(some) == client.get("/cluster.json", query_string={"province": province}).get_json()["total"]
    assert client.get("/cluster.jsonld?page=99").status_code == 404
    cluster = listed[0]
    page = client.get(f"/cluster/{cluster['slug']}").get_data(as_text=True)
    block = json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)[0])
    assert (block["@type"], block["name"]) == ("Organization", cluster["name"]["th"])
    assert "https://line.me/R/share?text=" in page


def test_a_joined_entity_leads_on_in_every_form(khlang, client):
    clusters = client.get("/cluster.json").get_json()["clusters"]
    kept, other = clusters[0]["slug"], clusters[1]["slug"]
    khlang("registry", "join", "cluster", kept, other, "--by", "สมมติ")
    for ending in ("", ".json", ".jsonld"):
        answer = client.get(f"/cluster/{other}{ending}")
        assert (answer.status_code, answer.headers["Location"]) == (301, f"/cluster/{kept}{ending}")
