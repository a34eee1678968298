"""Web pages with schema.org over HTTP: sitemaps, robots.txt, broken scripts, the same dataset on two pages, deletions, a second run."""

from __future__ import annotations

import gzip
import html
import json

import pytest

from tests.loopback import Loopback

pytestmark = pytest.mark.journey

TABLE = "รหัส,ชื่อกลุ่ม,จังหวัด\n01,กลุ่มทอผ้าทดสอบ {n},แพร่\n02,กลุ่มจักสานทดสอบ {n},น่าน\n"


def described(n: int, server: Loopback, **fields):
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": [{"@language": "th", "@value": f"ชุดข้อมูลทดสอบ {n}"}, {"@language": "en", "@value": f"Test data {n}"}],
        "description": f"คำอธิบายชุดที่ {n}",
        "keywords": "ผ้า, ทดสอบ",
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "creator": {"@type": "Organization", "name": "มหาวิทยาลัยทดสอบ"},
        "spatialCoverage": {"@type": "Place", "name": "จังหวัดแพร่"},
        "variableMeasured": ["รหัส", {"@type": "PropertyValue", "name": "ชื่อกลุ่ม"}],
        "isAccessibleForFree": True,
        "distribution": [
            {"@type": "DataDownload", "name": "ตาราง", "contentUrl": f"/f/{n}.csv", "encodingFormat": "text/csv"},
            {"@type": "DataDownload", "name": "หน้าเว็บ", "url": f"/page/{n}"},
        ],
        **fields,
    }


def page(*documents: object) -> bytes:
    scripts = "".join(f'<script type="application/ld+json">{json.dumps(one)}</script>' for one in documents)
    return f"<!doctype html><html><head><title>x</title>{scripts}</head><body>ข้อมูล</body></html>".encode()


class Site:
    """Serves a sitemap index, its sitemaps and pages."""

    def __init__(self, server: Loopback, count: int) -> None:
        self.server = server
        self.pages = {f"/dataset/{n}": page(described(n, server)) for n in range(1, count + 1)}
        for n in range(1, count + 1):
            server.tagged(f"/f/{n}.csv", TABLE.format(n=n).encode())
        self.serve()

    def serve(self) -> None:
        for path, body in self.pages.items():
            self.server.body(path, body, Content_Type="text/html; charset=utf-8")
        space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        urls = "".join(f"<url><loc>{self.server.url(path)}</loc></url>" for path in self.pages)
        self.server.body("/maps/1.xml.gz", gzip.compress(f"<urlset {space}>{urls}</urlset>".encode()))
        index = (
            f"<sitemapindex {space}><sitemap><loc>{self.server.url('/maps/1.xml.gz')}</loc></sitemap></sitemapindex>"
        )
        self.server.body("/map.xml", index.encode(), Content_Type="application/xml")
        self.server.body(
            "/robots.txt", f"User-agent: *\nDisallow: /private/\nSitemap: {self.server.url('/map.xml')}\n".encode()
        )


@pytest.fixture
def add(khlang, loopback, monkeypatch):
    monkeypatch.setenv("KHLANG_FETCH_ALLOW", loopback.host)

    def add_source(url: object, *options: str) -> None:
        given = [part for option in options for part in ("--option", option)]
        khlang(
            "source", "add", "site", "--kind", "schemaorg", "--url", url, "--publisher-title", "มหาวิทยาลัยทดสอบ", *given
        )

    return add_source


def harvest(khlang, code=0):
    return khlang("harvest", "site", "--json", code=code)["runs"][0]


def reasons(run):
    return {row["item"].rsplit("/", 1)[-1]: row["reason"]["code"] for row in run["datasets"] if row["reason"]}


def test_pages_of_the_sitemap_become_datasets_and_a_second_run_writes_nothing(khlang, loopback, add, client):
    Site(loopback, 4)
    add(loopback.url("/"))
    run = harvest(khlang)
    assert (run["status"], run["new"]) == ("done", 4), run
    found = client.get(f"{run['datasets'][0]['url']}.json").get_json()
    assert found["title"]["th"].endswith("ชุดข้อมูลทดสอบ 1")
    assert found["title"]["en"].endswith("Test data 1")
    assert found["tags"] == ["ผ้า", "ทดสอบ"]
    assert found["geo_coverage"] == "จังหวัดแพร่"
    assert found["extras"]["variables"] == ["รหัส", "ชื่อกลุ่ม"]
    assert found["resources"][0]["rows"] == 2
    assert [link["title"] for link in found["links"]] == ["หน้าเว็บ"]
    assert harvest(khlang)["same"] == 4


def test_robots_are_obeyed_and_a_site_that_fails_to_say_is_left_alone(khlang, loopback, add):
    site = Site(loopback, 2)
    site.pages["/private/3"] = page(described(3, loopback))
    site.serve()
    add(loopback.url("/"))
    run = harvest(khlang, code=1)
    assert run["new"] == 2
    assert reasons(run) == {"3": "robots-forbid"}
    assert "/private/3" not in loopback.paths


def test_pages_that_say_nothing_or_say_it_wrongly_fail_alone(khlang, loopback, add):
    site = Site(loopback, 2)
    site.pages["/dataset/script"] = b"<!doctype html><html><body><div id=app></div></body></html>"
    site.pages["/dataset/broken"] = b'<html><script type="application/ld+json">{"@type": "Dataset", </script></html>'
    site.pages["/dataset/untitled"] = page({"@type": "Dataset", "description": "ไม่มีชื่อ"})
    site.serve()
    loopback.body("/dataset/2", b"", status=404)
    add(loopback.url("/"))
    run = harvest(khlang, code=1)
    assert run["new"] == 1
    assert reasons(run) == {
        "script": "page-no-data", "broken": "page-data-broken", "untitled": "record-title-missing", "2": "fetch-status",
    }  # fmt: skip


def test_several_ways_of_writing_one_thing(khlang, loopback, add):
    site = Site(loopback, 0)
    one = described(1, loopback, **{"@type": "http://schema.org/Dataset", "@id": loopback.url("/d/1")})
    two = described(2, loopback, **{"@type": ["schema:Dataset", "Thing"], "@id": loopback.url("/d/2")})
    for n in (1, 2, 5):
        loopback.tagged(f"/f/{n}.csv", TABLE.format(n=n).encode())
    site.pages = {
        "/list": page({"@context": "http://schema.org", "@graph": [{"@type": "DataCatalog", "dataset": [one, two]}]}),
        "/again": page([one, two]),
        "/escaped": f'<html><script type="application/ld+json">{html.escape(json.dumps(described(5, loopback)))}</script></html>'.encode(),
    }  # fmt: skip
    site.serve()
    add(loopback.url("/map.xml"))
    assert harvest(khlang)["new"] == 3


def test_a_dataset_that_goes_is_archived_in_time(khlang, loopback, add, client):
    site = Site(loopback, 4)
    add(loopback.url("/"))
    first = harvest(khlang)
    del site.pages["/dataset/4"]
    site.serve()
    for _ in range(2):
        harvest(khlang)
    assert harvest(khlang)["archived"] == 1
    assert all(client.get(row["url"]).status_code == 200 for row in first["datasets"])


BROKEN = {
    "status": (b"", {"status": 500}, "fetch-status"),
    "cut": (b"<urlset><url><loc>http", {}, "answer-broken"),
    "bomb": (b'<?xml version="1.0"?><!DOCTYPE u [<!ENTITY a "b">]><urlset>&a;</urlset>', {}, "answer-broken"),
    "strange": (b"<rss></rss>", {}, "answer-strange"),
    "packed": (gzip.compress(b"<urlset>" + b" " * 60_000_000), {}, "fetch-too-large"),
}  # fmt: skip


def test_a_sitemap_that_breaks_takes_nothing_away(khlang, loopback, add, client):
    Site(loopback, 3)  # harvested once: no broken map may change what the next one finds
    add(loopback.url("/"))
    first = harvest(khlang)
    assert len(first["datasets"]) == 3
    for kind, (body, told, code) in BROKEN.items():
        loopback.body("/maps/1.xml.gz", body, **told)
        run = harvest(khlang, code=1)
        assert (kind, run["status"], run["reason"]["code"], run["archived"]) == (kind, "failed", code, 0)
        assert all(client.get(row["url"]).status_code == 200 for row in first["datasets"]), kind


def test_sitemaps_that_name_each_other_end(khlang, loopback, add):
    Site(loopback, 1)
    index = f"<sitemapindex><sitemap><loc>{loopback.url('/map.xml')}</loc></sitemap></sitemapindex>"
    loopback.body("/map.xml", index.encode())
    add(loopback.url("/"))
    assert harvest(khlang, code=1)["reason"]["code"] == "nothing-gathered"


def test_our_own_pages_can_be_harvested(khlang, loopback, add, client):
    Site(loopback, 1)
    add(loopback.url("/"))
    own = harvest(khlang)["datasets"][0]["url"]
    before = client.get(f"{own}.json").get_json()
    loopback.body("/own", client.get(own).data, Content_Type="text/html; charset=utf-8")
    words = ("--publisher-title", "อีกแห่ง", "--option", "files=link")
    khlang("source", "add", "again", "--kind", "schemaorg", "--url", loopback.url("/own"), *words)
    run = khlang("harvest", "again", "--json")["runs"][0]
    assert run["new"] == 1, run
    after = client.get(f"{run['datasets'][0]['url']}.json").get_json()
    assert after["title"]["th"].endswith(before["title"]["th"])
    assert after["links"]
