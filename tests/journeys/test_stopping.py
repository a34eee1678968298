"""Runs that a person stops, and sources whose loss a person must judge."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from tests.ckan_portal import CkanPortal

pytestmark = pytest.mark.journey


@pytest.fixture
def add(khlang, loopback, monkeypatch):
    monkeypatch.setenv("KHLANG_FETCH_ALLOW", loopback.host)

    def add_source(url: str, *options: str) -> None:
        khlang("source", "add", "portal", "--kind", "ckan", "--url", url, "--publisher-title", "พอร์ทัลทดสอบ", *options)

    return add_source


def harvest(khlang, code=0):
    return khlang("harvest", "portal", "--json", code=code)["runs"][0]


def live(home) -> subprocess.Popen:
    environment = os.environ | {"KHLANG_HOME": str(home)}
    return subprocess.Popen(
        [sys.executable, "-m", "portal.cli", "harvest", "portal"], env=environment, stdout=subprocess.DEVNULL
    )


def wait_for(condition, seconds: float = 120.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_live_run_stops_before_its_next_item_and_takes_nothing_away(khlang, loopback, add, client, home):
    portal = CkanPortal(loopback, 7)
    add(portal.url)
    run = live(home)
    wait_for(lambda: any("/file/d1-" in path for path in loopback.paths))
    assert khlang("source", "stop", "portal", "--json")["run"] == 1
    assert run.wait(120) == 1
    told = client.get("/source/portal/run/1.json").get_json()
    assert (told["status"], told["reason"]["code"]) == ("cancelled", "run-stopped")
    assert 0 < told["new"] < 7
    assert told["failed"] == 0
    assert "หยุดก่อนเสร็จ" in client.get("/source/portal").text
    assert harvest(khlang)["new"] == 7 - told["new"]


def test_a_run_that_is_told_to_end_by_its_machine_says_so(khlang, loopback, add, client, home):
    add(CkanPortal(loopback, 5).url)
    run = live(home)
    wait_for(lambda: any("/file/d1-" in path for path in loopback.paths))
    run.terminate()
    assert run.wait(120) == 1
    assert client.get("/source/portal/run/1.json").get_json()["status"] == "cancelled"
    assert harvest(khlang)["status"] == "done"  # nobody has to wait for a lease to run out


def test_there_must_be_a_run_to_stop(khlang, loopback, add):
    add(CkanPortal(loopback, 1).url)
    result = khlang("source", "stop", "portal", code=2)
    assert "ไม่ได้กำลังถูกดึง" in result.output


LINKS = ("--option", "files=link")  # the files are not what these are about


def loses(portal, khlang, left: int):
    portal.packages[:] = portal.packages[:left]
    run = harvest(khlang, code=1)
    assert (run["status"], run["reason"]["code"], run["archived"]) == ("held", "run-brake", 0)


def decide(khlang, decision):
    return khlang(
        "source", "release", "portal", "--decision", decision, "--by", "สมศรี", "--reason", "ตรวจแล้ว", "--json"
    )


def states(client, run):
    return [client.get(f"{row['url']}.json").get_json()["state"] for row in run["datasets"]]


def test_a_loss_that_a_person_accepts_is_archived_at_once(khlang, loopback, add, client):
    portal = CkanPortal(loopback, 14)
    add(portal.url, *LINKS)
    first = harvest(khlang)
    loses(portal, khlang, 2)
    page = client.get("/source/portal").text
    assert "ชุดข้อมูลที่หายไป 12 ชุด" in page
    assert "ชุดที่ 13" in page
    assert decide(khlang, "publish")["items"][0]["archived"] == 12
    assert states(client, first).count("archived") == 12
    assert harvest(khlang)["status"] == "done"
    assert "ชุดข้อมูลที่หายไป" not in client.get("/source/portal").text


def test_a_loss_that_a_person_does_not_believe_takes_nothing_away(khlang, loopback, add, client):
    portal = CkanPortal(loopback, 14)
    add(portal.url, *LINKS)
    first = harvest(khlang)
    loses(portal, khlang, 2)
    decide(khlang, "keep")
    for _ in range(3):
        loses(portal, khlang, 2)  # the same loss is not asked about again
    assert set(states(client, first)) == {"published"}
    assert khlang("source", "release", "portal", "--decision", "keep", "--by", "ก", "--reason", "ข", code=2)


def test_a_source_that_recovers_asks_nothing_any_more(khlang, loopback, add, client):
    portal = CkanPortal(loopback, 14)
    add(portal.url, *LINKS)
    harvest(khlang)
    kept = list(portal.packages)
    loses(portal, khlang, 2)
    portal.packages[:] = kept
    assert harvest(khlang)["same"] == 14
    assert "ชุดข้อมูลที่หายไป" not in client.get("/source/portal").text


def test_there_is_nothing_to_mask_in_a_loss(khlang, loopback, add):
    portal = CkanPortal(loopback, 14)
    add(portal.url, *LINKS)
    harvest(khlang)
    loses(portal, khlang, 2)
    result = khlang("source", "release", "portal", "--decision", "mask", "--by", "ก", "--reason", "ข", code=2)
    assert "ไม่มีสิ่งที่รอ" in result.output
