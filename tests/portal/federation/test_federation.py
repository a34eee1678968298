"""What other portals, search engines, chats and readers of feeds get of the catalogue."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import pytest
import rdflib
from flask.testing import FlaskClient
from rdflib.namespace import DCAT, DCTERMS, RDF

from portal.federation import views

ATOM = "{http://www.w3.org/2005/Atom}"
HYDRA = rdflib.Namespace("http://www.w3.org/ns/hydra/core#")


def meta(page: str, name: str) -> str:
    found = re.search(rf'<meta property="{name}" content="([^"]*)">', page)
    assert found is not None, name
    return found[1]


def test_the_catalogue_comes_in_pages_that_lead_through_all_of_it(
    client: FlaskClient, add_publisher, add_dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher = add_publisher()
    for number in range(5):
        add_dataset(f"set-{number}", publisher, {"54": 3})
    monkeypatch.setattr(views, "PER_PAGE", 2)
    address, seen = "/catalog.ttl", []
    while address:
        answer = client.get(address)
        assert answer.mimetype == "text/turtle"
        graph = rdflib.Graph().parse(data=answer.text, format="turtle")
        seen += sorted(str(graph.value(one, DCTERMS.identifier)) for one in graph.subjects(RDF.type, DCAT.Dataset))
        (page,) = graph.subjects(RDF.type, HYDRA.PagedCollection)
        assert int(str(graph.value(page, HYDRA.totalItems))) == 5
        following = graph.value(page, HYDRA.next)
        assert graph.value(page, HYDRA.nextPage) == following
        assert ("Link" in answer.headers) is (following is not None)
        address = str(following).replace("http://localhost", "") if following else ""
    assert seen == [f"set-{number}" for number in range(5)]
    assert client.get("/catalog.ttl?page=9").status_code == 404
    assert client.get("/catalog.xml").status_code == 404


def test_a_dataset_tells_titles_in_both_languages_and_only_a_certain_licence(
    client: FlaskClient, add_publisher, add_dataset
) -> None:
    publisher = add_publisher()
    add_dataset("certain", publisher, {"54": 3})
    add_dataset("unstated", publisher, {"54": 3}, license_id="ตามระเบียบ")
    licences = {}
    for name in ("certain", "unstated"):
        graph = rdflib.Graph().parse(data=client.get(f"/dataset/{name}.ttl").text, format="turtle")
        about = rdflib.URIRef(f"http://localhost/dataset/{name}")
        licences[name] = str(graph.value(about, DCTERMS.license) or "")
        assert {title.language for title in graph.objects(about, DCTERMS.title)} == {"th", "en"}
        assert {str(one).rsplit("/", 1)[-1] for one in graph.objects(about, DCTERMS.language)} == {"th", "en"}
        assert graph.value(about, DCTERMS.spatial) == rdflib.URIRef("http://localhost/province/54")
        files = {str(url).rsplit(".", 1)[-1] for url in graph.objects(None, DCAT.downloadURL)}
        assert files == {"csv", "xlsx", "json?all=1", "parquet"}
    assert licences == {"certain": "https://creativecommons.org/licenses/by/4.0/", "unstated": ""}
    fixed = rdflib.Graph().parse(data=client.get("/dataset/certain@v1.ttl").text, format="turtle")
    assert (
        str(fixed.value(rdflib.URIRef("http://localhost/dataset/certain@v1"), DCTERMS.identifier)) == "khlang:certain@1"
    )
    assert client.get("/dataset/nothing.jsonld").status_code == 404
    assert client.get("/dataset/nothing.jsonld").mimetype == "application/json"


def test_a_text_of_a_publisher_never_ends_the_data_block(client: FlaskClient, add_publisher, add_dataset) -> None:
    hostile = '</script><script>alert("1")</script> & <!-- '
    add_dataset("hostile", add_publisher(), {"54": 3}, title_th=f"ก{hostile}", tags=[hostile], notes_th=hostile)
    assert "<script>alert" not in client.get("/publisher/phrae-office").text
    with client.application.test_request_context():
        rendered = client.application.jinja_env.get_template("macros/data_block.html").module.data_block(
            {"name": hostile, "thai": "ก"}
        )
    assert rendered.count("<") == 2  # of the block itself
    assert "ก" in rendered  # Thai stays Thai: escapes would be six times as long
    inside = re.fullmatch(r'<script type="application/ld\+json">(.*)</script>', str(rendered), re.DOTALL)
    assert inside is not None
    assert json.loads(inside[1])["name"] == hostile


@pytest.mark.parametrize(
    ("path", "picture"),
    [("/", "home"), ("/province/54", "province"), ("/article/open-licences", "article"), ("/unit", "unit")],
)
def test_a_shared_link_shows_a_title_and_the_picture_of_its_kind(client: FlaskClient, path: str, picture: str) -> None:
    page = client.get(path).text
    assert re.search(r"[ก-๙]", meta(page, "og:title"))
    assert meta(page, "og:locale") == "th_TH"
    address = meta(page, "og:image")
    assert f"/share-{picture}.png" in address
    drawn = client.get(address.replace("http://localhost", ""), buffered=True)
    assert (drawn.status_code, drawn.mimetype) == (200, "image/png")
    assert len(drawn.data) <= 60_000
    assert meta(client.get(f"{path}?lang=en").text, "og:locale") == "en_US"


def test_articles_say_what_they_are(client: FlaskClient) -> None:
    page = client.get("/article/open-licences").text
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    told = json.loads(block)
    assert (told["@type"], told["inLanguage"]) == ("Article", "th")
    assert told["headline"] == meta(page, "og:title")
    assert meta(page, "og:type") == "article"
    assert 'href="https://line.me/R/share?text=' in page


def test_feeds_tell_what_is_new_by_place_and_publisher(client: FlaskClient, add_publisher, add_dataset) -> None:
    phrae, other = add_publisher(), add_publisher("nan-office", title_th="สำนักงานตัวอย่างน่าน", province_code="55")
    add_dataset("phrae-silk", phrae, {"54": 3})
    add_dataset("nan-salt", other, {"55": 3}, title_th="เกลือ <บ่อเกลือ> & น่าน")
    found = {}
    for path in (
        "/dataset.atom",
        "/province/54.atom",
        "/publisher/nan-office.atom",
        "/article.atom",
        "/province/23.atom",
    ):
        answer = client.get(path)
        assert answer.mimetype == "application/atom+xml"
        feed = ElementTree.fromstring(answer.text)
        found[path] = [entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")]
        assert feed.findtext(f"{ATOM}updated")
        assert all(entry.findtext(f"{ATOM}author/{ATOM}name") for entry in feed.iter(f"{ATOM}entry"))
    assert set(found["/dataset.atom"]) == {"http://localhost/dataset/nan-salt", "http://localhost/dataset/phrae-silk"}
    assert found["/province/54.atom"] == ["http://localhost/dataset/phrae-silk"]
    assert found["/publisher/nan-office.atom"] == ["http://localhost/dataset/nan-salt"]
    assert found["/province/23.atom"] == []
    assert len(found["/article.atom"]) >= 8
    assert client.get("/province/99.atom").status_code == 404
    for page, feed in (("/", "/dataset.atom"), ("/province/54", "/province/54.atom"), ("/article", "/article.atom")):
        assert f'<link rel="alternate" type="application/atom+xml" href="{feed}">' in client.get(page).text
