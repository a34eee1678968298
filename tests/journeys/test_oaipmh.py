"""A repository of research outputs over HTTP: paging by tokens, tokens that expire, errors in every dress, deletions, a second run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from tests.loopback import Loopback

pytestmark = pytest.mark.journey

OAI = '<?xml version="1.0" encoding="UTF-8"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026-11-25T00:00:00Z</responseDate>'
DATESTAMP = re.compile("<datestamp>([^<]+)<")
IDENTIFY = f"{OAI}<Identify><repositoryName>คลังปัญญาทดสอบ</repositoryName><deletedRecord>persistent</deletedRecord><granularity>YYYY-MM-DDThh:mm:ssZ</granularity></Identify></OAI-PMH>"


def record(number: int, *, deleted: bool = False, title: str = "", stamp: str = "") -> str:
    head = (
        f"<identifier>oai:test:{number}</identifier><datestamp>{stamp or f'2026-01-{number:02d}T00:00:00Z'}</datestamp>"
    )
    if deleted:
        return f'<record><header status="deleted">{head}</header></record>'
    said = escape(title or f"การพัฒนาผ้าย้อมคราม เรื่องที่ {number}")
    return (
        f'<record><header>{head}</header><metadata><oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{said}</dc:title><dc:title xml:lang="en">Indigo {number}</dc:title>'
        f"<dc:creator>กลุ่มวิจัยคราม</dc:creator><dc:date>2567-05-0{number % 9 + 1}</dc:date><dc:publisher>มหาวิทยาลัยสกลนครทดสอบ</dc:publisher>"
        f"<dc:identifier>https://repo.example.ac.th/{number}</dc:identifier><dc:subject>คราม</dc:subject></oai_dc:dc></metadata></record>"
    )


LEASE = 3  # seconds
LATER = "2026-12-01T00:00:00Z"  # after the clock of the repository
NONE = f'{OAI}<error code="noRecordsMatch">none</error></OAI-PMH>'


class Repository:
    """Serves records by pages of three, as good or as bad as a test wants."""

    def __init__(self, server: Loopback, count: int = 8) -> None:
        self.records = {number: record(number) for number in range(1, count + 1)}
        self.said: int | None = None  # completeListSize, where it is not true
        self.expired: set[str] = set()  # tokens that are refused once
        self.page = None  # stands in for the page at offset 3
        self.server = server
        self.wait = 0.0
        self.stumbles = 0  # times that the page at offset 3 fails for a moment
        server.dynamic("/oai", self.answer)

    def change(self, number: int, **fields) -> None:
        self.records[number] = record(number, stamp=LATER, **fields)

    def answer(self, asked: dict[str, str]) -> tuple[int, bytes, str]:
        kind = "text/xml; charset=utf-8"
        if asked["verb"] == "Identify":
            return 200, IDENTIFY.encode(), kind
        time.sleep(self.wait)
        token = asked.get("resumptionToken", "")
        if token in self.expired:
            self.expired.discard(token)
            return 422, f'{OAI}<error code="badResumptionToken">expired</error></OAI-PMH>'.encode(), kind
        start, since = token.split("/") if token else ("0", asked.get("from", ""))
        if int(start) == 3 and self.page is not None:
            return self.page
        if int(start) == 3 and self.stumbles:
            self.stumbles -= 1
            return 500, b"oops", "text/plain"
        numbers = [number for number, text in sorted(self.records.items()) if DATESTAMP.search(text)[1] >= since]
        shown = numbers[int(start) : int(start) + 3]
        if not shown:
            return 422, NONE.encode(), kind
        more = int(start) + 3 < len(numbers)
        size = len(numbers) if self.said is None else self.said
        said = f'<resumptionToken completeListSize="{size}">{f"{int(start) + 3}/{since}" if more else ""}</resumptionToken>'
        body = f"{OAI}<ListRecords>{''.join(self.records[number] for number in shown)}{said}</ListRecords></OAI-PMH>"
        return 200, body.encode(), kind


@pytest.fixture
def server():
    loopback = Loopback()
    yield loopback
    loopback.close()


@pytest.fixture
def repository(server):
    return Repository(server)


@pytest.fixture
def harvest(khlang, server, monkeypatch):
    """Adds the repository as a source and harvests it."""
    monkeypatch.setenv("KHLANG_FETCH_ALLOW", server.host)
    khlang(
        "source", "add", "repo", "--kind", "oaipmh", "--url", server.url("/oai"), "--publisher-title", "มหาวิทยาลัยทดสอบ",
        "--title", "ผลงานวิจัยทดสอบ", "--profile", "research-output",
    )  # fmt: skip

    def run(code: int = 0):
        return khlang("harvest", "repo", "--json", code=code)["runs"][0]

    return run


def rows(client, name: str = "repo"):
    told = client.get(f"/dataset/{name}.json").get_json()
    resource = told["resources"][0]["name"]
    return client.get(f"/dataset/{name}/resource/{resource}.json?limit=100").get_json()["rows"]


def test_records_become_rows_and_a_second_run_writes_nothing(harvest, client, repository):
    first = harvest()
    assert (first["status"], first["new"]) == ("done", 1)
    found = rows(client)
    assert [row["output_id"] for row in found] == [f"oai:test:{number}" for number in range(1, 9)]
    assert found[0]["title"] == "การพัฒนาผ้าย้อมคราม เรื่องที่ 1"
    assert found[0]["title_en"] == "Indigo 1"
    assert found[0]["published_on"].startswith("2024-05")  # of 2567
    assert found[0]["url"] == "https://repo.example.ac.th/1"
    again = harvest()
    assert (again["status"], again["same"]) == ("done", 1)
    assert client.get("/dataset/repo.json").get_json()["version"] == 1


def test_the_next_run_asks_only_for_what_changed_since(harvest, client, repository):
    harvest()
    asked = len(repository.server.paths)
    repository.change(5, title="ชื่อใหม่ของเรื่องที่ 5")
    assert harvest()["changed"] == 1
    later = [path for path in repository.server.paths[asked:] if "ListRecords" in path]
    assert len(later) == 1
    assert "from=2026-11-24T23%3A59%3A59Z" in later[0]  # a second before the clock of the first answer
    assert len(rows(client)) == 8


def test_a_listing_that_the_network_cut_goes_on_from_its_token(harvest, client, repository):
    repository.page = (500, b"oops", "text/plain")
    assert harvest(code=1)["status"] == "failed"
    repository.page = None
    asked = len(repository.server.paths)
    assert harvest()["status"] == "done"
    later = [path for path in repository.server.paths[asked:] if "ListRecords" in path]
    assert all("resumptionToken" in path for path in later)
    assert len(rows(client)) == 8


def test_a_listing_that_was_killed_goes_on_from_its_token(harvest, client, repository, home):
    repository.wait = 0.4
    killed = start_harvest(home)
    while not any("resumptionToken=3" in path for path in repository.server.paths):
        time.sleep(0.02)
    killed.kill()
    killed.wait()
    time.sleep(LEASE + 0.5)
    repository.wait, asked = 0.0, len(repository.server.paths)
    run = harvest()
    assert (run["status"], run["run"]) == ("done", 2)
    later = [path for path in repository.server.paths[asked:] if "ListRecords" in path]
    assert all("resumptionToken" in path for path in later)
    assert len(rows(client)) == 8
    first = client.get("/source/repo/run/1.json").get_json()
    assert (first["status"], first["reason"]["code"]) == ("failed", "run-lost")
    assert client.get("/source/repo/run/2.json").get_json()["resumed_from"] == 1


def start_harvest(home):
    """The run in a process of its own, whose lease lasts as briefly as may be."""
    environment = os.environ | {"KHLANG_HOME": str(home), "KHLANG_LEASE_SECONDS": str(LEASE)}
    return subprocess.Popen(
        [sys.executable, "-m", "portal.cli", "harvest", "repo"], env=environment, stdout=subprocess.DEVNULL
    )


def test_outputs_are_found_and_kept_by_the_registry(harvest, khlang, repository):
    harvest()
    hits = khlang("search", "ผ้าย้อมคราม", "--kind", "output", "--json")["hits"]
    assert len(hits) == 8


def test_a_token_that_expires_is_begun_anew_from_the_last_date(harvest, client, repository):
    repository.expired = {"3/", "6/"}
    assert harvest()["status"] == "done"
    assert len(rows(client)) == 8
    assert any("from=2026-01-0" in path for path in repository.server.paths)


def test_a_list_in_no_order_whose_token_expires_loses_nothing(harvest, client, repository):
    """From the newest date alone the older records that were still to come would never be asked for."""
    repository.records[1] = record(1, stamp="2026-06-01T00:00:00Z")
    repository.expired = {"3/"}
    assert harvest()["status"] == "done"
    assert len(rows(client)) == 8


def test_a_list_that_is_cut_short_after_a_new_beginning_is_no_list(harvest, repository):
    repository.expired = {"3/"}
    repository.said = 900
    assert harvest(code=1)["reason"]["code"] == "listing-short"


def test_a_hiccup_of_the_repository_is_tried_again(harvest, client, repository):
    repository.stumbles = 1
    assert harvest()["status"] == "done"
    assert len(rows(client)) == 8


def test_dates_of_other_repositories_do_not_count(harvest, client, repository):
    """A record that was harvested from elsewhere says so in `about`, with a date of there."""
    about = "<about><provenance><originDescription><datestamp>2027-01-01</datestamp></originDescription></provenance></about></record>"
    for number, text in repository.records.items():
        repository.records[number] = text.replace("</record>", about)
    repository.said = 9  # one more than come
    assert harvest(code=1)["reason"]["code"] == "listing-short"


def test_a_deleted_record_leaves_and_a_changed_one_changes(harvest, client, repository):
    harvest()
    repository.change(2, deleted=True)
    repository.change(3, title="ชื่อใหม่")
    assert harvest()["changed"] == 1
    found = {row["output_id"]: row["title"] for row in rows(client)}
    assert "oai:test:2" not in found
    assert found["oai:test:3"] == "ชื่อใหม่"
    changes = client.get("/dataset/repo/changes.json").get_json()
    assert changes


BROKEN = {
    "html": ((200, b"<!DOCTYPE html><html><body>closed</body></html>", "text/html"), "answer-html"),
    "status": ((500, b"oops", "text/plain"), "fetch-status"),
    "cut": ((200, (OAI + "<ListRecords><record><header>").encode(), "text/xml"), "answer-broken"),
    "refused": ((200, f'{OAI}<error code="badArgument">no</error></OAI-PMH>'.encode(), "text/xml"), "answer-said-no"),
    "bomb": (
        (200, b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>' + OAI[38:].encode()
         + b"<ListRecords><record>&b;</record></ListRecords></OAI-PMH>", "text/xml"), "answer-broken",
    ),
    "repeats": (
        (200, f'{OAI}<ListRecords>{record(4)}<resumptionToken completeListSize="8">3/2026-11-24T23:59:59Z</resumptionToken></ListRecords></OAI-PMH>'.encode(),
         "text/xml"), "listing-repeats",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", BROKEN)
def test_a_listing_that_breaks_in_the_middle_leaves_what_is_published(harvest, client, repository, kind):
    harvest()
    before = rows(client)
    repository.page, code = BROKEN[kind]
    for number in (1, 2, 3, 4):
        repository.change(number, title=f"ใหม่ {number}")
    run = harvest(code=1)
    assert (run["status"], run["reason"]["code"]) == ("failed", code)
    assert rows(client) == before
    repository.page = None
    assert harvest()["changed"] == 1


def test_a_list_that_is_cut_short_is_no_list(harvest, client, repository):
    harvest()
    repository.said = 900
    repository.change(1, title="ใหม่")
    assert harvest(code=1)["reason"]["code"] == "listing-short"
    assert len(rows(client)) == 8


def test_losing_nearly_all_records_waits_for_a_person(harvest, client, server):
    repository = Repository(server, 28)
    harvest()
    for number in range(2, 29):
        repository.change(number, deleted=True)
    assert harvest(code=1)["held"] == 1
    assert len(rows(client)) == 28


def test_an_address_that_is_no_repository_is_named(harvest, server):
    server.body("/oai", b"<html><body>welcome</body></html>", Content_Type="text/html")
    assert harvest(code=1)["reason"]["code"] == "answer-html"


def test_nothing_there_is_never_success(harvest, server):
    server.dynamic(
        "/oai",
        lambda asked: (
            (200, IDENTIFY.encode(), "text/xml")
            if asked["verb"] == "Identify"
            else (422, f'{OAI}<error code="noRecordsMatch">none</error></OAI-PMH>'.encode(), "text/xml")
        ),
    )
    assert harvest(code=1)["status"] == "failed"


REAL = os.environ.get("KHLANG_REAL_FILES")


@pytest.mark.skipif(
    not REAL, reason="the real files are not part of the project; set KHLANG_REAL_FILES to their folder to run this"
)
@pytest.mark.parametrize("name", ["zenodo_ListRecords_page1.xml", "zenodo_ListRecords_datacite.xml"])
def test_recorded_answers_become_a_dataset(harvest, khlang, client, server, name):
    body = (Path(REAL or "") / "oai" / name).read_bytes()
    start, end = body.index(b"<resumptionToken"), body.index(b"</resumptionToken>") + len(b"</resumptionToken>")
    body = body[:start] + body[end:]  # a list of one page
    server.dynamic(
        "/oai",
        lambda asked: (200, IDENTIFY.encode() if asked["verb"] == "Identify" else body, "text/xml; charset=utf-8"),
    )
    run = harvest(code=1)
    assert (run["status"], run["datasets"][0]["resources"][0]["rows"]) == ("held", 50)
    assert run["reason"]["code"] == "personal-held"  # abstracts that tell a free e-mail address
    khlang("source", "release", "repo", "--decision", "mask", "--by", "ทดสอบ", "--reason", "ปิดเฉพาะค่าที่พบ")
    found = rows(client)
    assert all(row["output_id"].startswith("oai:zenodo.org:") and row["title"] and row["creators"] for row in found)
    odd = [row for row in found if not str(row["url"]).startswith("http") or not str(row["doi"]).startswith("10.")]
    assert not odd
    assert not [row for row in found if row["published_on"] and str(row["published_on"])[:4] != str(row["year"])]
    assert sum(bool(row["published_on"]) for row in found) >= 48  # two tell a year alone
