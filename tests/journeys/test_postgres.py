"""The main line on a real PostgreSQL of its own, with each engine that can serve beside it."""

import json
import os
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select

from portal.app import create_app
from portal.catalogue.counting import count_downloads
from portal.catalogue.models import Dataset
from portal.db import db, transaction
from portal.home import prepare, require
from portal.introductions.actions import ask
from portal.introductions.delivering import deliver
from portal.introductions.forms import Asked
from portal.introductions.models import IntroductionLink
from portal.registry.models import Entity, Mention
from portal.search.outbox import put, try_heal
from portal.settings import Settings
from tests import postgres_server
from tests.ckan_portal import CkanPortal
from tests.mailbox import Mailbox
from tests.matched_registry import Registry

pytestmark = pytest.mark.journey

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres_server.running() as address:
        yield address


@pytest.fixture
def database(server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database of this test's own, named by the environment as an administrator does."""
    name = f"t{uuid.uuid4().hex}"
    administrator = create_engine(server, isolation_level="AUTOCOMMIT")
    with administrator.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    administrator.dispose()
    address = server.replace("/postgres?", f"/{name}?")
    monkeypatch.setenv("KHLANG_DATABASE_URL", address)
    return address


@pytest.mark.parametrize("engine", ["whoosh", "tantivy", "postgres"])
def test_publish_find_change_and_withdraw_on_postgresql(engine, database, home, monkeypatch, tmp_path, run_khlang):
    monkeypatch.setenv("KHLANG_SEARCH_ENGINE", engine)
    settings = Settings()
    prepare(settings)
    prepare(settings)  # twice is once
    require(settings)
    path = tmp_path / "กลุ่ม.csv"
    publish = (
        "publish",
        path,
        "--publisher",
        "office",
        "--publisher-title",
        "สำนักงานทดสอบ",
        "--name",
        "groups",
        "--json",
    )
    path.write_text("รหัส,ชื่อกลุ่ม,จังหวัด\n01,กลุ่มทอผ้าไหมทดสอบ,น่าน\n02,กลุ่มจักสานทดสอบ,แพร่\n", encoding="utf-8")
    assert run_khlang(*publish)["runs"][0]["new"] == 1
    assert run_khlang(*publish)["runs"][0]["same"] == 1
    path.write_text("รหัส,ชื่อกลุ่ม,จังหวัด\n01,กลุ่มทอผ้าไหมทดสอบ,น่าน\n02,กลุ่มเซรามิกทดสอบ,แพร่\n", encoding="utf-8")
    run = run_khlang(*publish)["runs"][0]
    assert (run["changed"], run["datasets"][0]["version"]) == (1, 2)
    assert run_khlang("search", "ชื่อกลุ่ม", "--json")["total"] == 1
    assert run_khlang("search", "เซรามิก", "--json")["total_rows"] == 1
    assert run_khlang("search", "จักสาน", "--json")["total_rows"] == 0
    app = create_app(settings)
    client = app.test_client()
    assert client.get("/dataset/groups").status_code == 200
    assert client.get("/province/55").status_code == 200
    assert run_khlang("check", "--json")["ok"]
    run_khlang("dataset", "withdraw", "groups", "--reason", "ทดสอบ")
    assert client.get("/dataset/groups").status_code == 410
    assert run_khlang("search", "ชื่อกลุ่ม", "--json")["total"] == 0
    with app.app_context():
        db.engine.dispose()


def test_counts_deliveries_and_shared_codes_on_postgresql(database, home, tmp_path, run_khlang):
    """What is reckoned in the database's own words: months, sums of downloads, values of codes."""
    settings = Settings()
    prepare(settings)
    path = tmp_path / "กลุ่ม.csv"
    path.write_text("ชื่อกลุ่ม,รหัสจังหวัด\nหนึ่ง,54\nสอง,55\n", encoding="utf-8")
    for name in ("one", "two"):
        run_khlang("publish", path, "--publisher", "office", "--publisher-title", "สำนักงานทดสอบ", "--name", name)
    app = create_app(settings)
    client = app.test_client()
    assert client.get("/publisher/office.json").json["deliveries"][-1]["versions"] == 2
    (join,) = client.get("/dataset/one/joins.json").json["joins"]
    assert (join["with"]["dataset"], join["shared"]) == ("two", 2)
    client.get("/dataset/one/datapackage.zip", buffered=True)
    with app.app_context():
        assert count_downloads(settings.home) == 1
        assert count_downloads(settings.home) == 0
        db.engine.dispose()
    assert client.get("/dataset/one.json").json["downloads"] == {"all_versions": 1, "this_version": 1}
    with app.app_context():
        db.engine.dispose()


def test_stored_matches_follow_random_changes_on_postgresql(database, home):
    prepare(Settings())
    app = create_app(Settings())
    registry = Registry(app, seed=5, clusters=20, units=60)  # one unit may change in a frame of 60
    registry.refresh(anew=True)
    for kind in ("cluster", "unit", "cluster", "unit"):
        registry.change(kind)
        registry.refresh(anew=False)
        assert registry.check() > 10
    pages = app.test_client()
    assert len(pages.get("/gaps.json").json["provinces"]) == 77
    cluster = pages.get("/cluster.json").json["clusters"][0]
    assert pages.get(cluster["url"]).status_code == 200
    assert pages.get("/introductions").status_code == 200
    with app.app_context():
        db.engine.dispose()


WRITER = """
import os, signal
from portal.app import create_app
from portal.catalogue.models import Dataset
from portal.db import transaction
from portal.search.outbox import put
from portal.settings import Settings
from sqlalchemy import event, select
with create_app(Settings()).app_context(), transaction() as session:
    session.scalars(select(Dataset)).one().title_th = "ชื่อที่ไม่เคยได้บันทึก"
    put(session, "dataset", "groups")
    event.listen(session.connection(), "commit", lambda connection: os.kill(os.getpid(), signal.SIGKILL))
"""


def test_the_engine_in_the_database_is_written_in_the_catalogues_transaction(
    database, home, monkeypatch, tmp_path, run_khlang
):
    monkeypatch.setenv("KHLANG_SEARCH_ENGINE", "postgres")
    settings = Settings()
    prepare(settings)
    path = tmp_path / "กลุ่ม.csv"
    path.write_text("รหัส,ชื่อกลุ่ม\n01,กลุ่มทอผ้าไหม\n", encoding="utf-8")
    run_khlang(
        "publish",
        path,
        "--publisher",
        "office",
        "--publisher-title",
        "สำนักงาน",
        "--name",
        "groups",
        "--title",
        "ทะเบียนกลุ่ม",
        "--json",
    )
    app = create_app(settings)

    def found(text):
        return app.test_client().get("/search.json", query_string={"q": text, "kind": "dataset"}).json["total"]

    def rename(title, *, fail=False):
        with app.app_context(), transaction() as session:
            session.scalars(select(Dataset)).one().title_th = title
            put(session, "dataset", "groups")
            if fail:
                raise ZeroDivisionError

    assert found("ทะเบียนกลุ่ม") == 1
    rename("บัญชีสมุนไพร")  # nobody drains the outbox
    assert (found('"ทะเบียนกลุ่ม"'), found("สมุนไพร")) == (0, 1)
    with pytest.raises(ZeroDivisionError):
        rename("เครื่องปั้นดินเผา", fail=True)
    assert (found("สมุนไพร"), found("ดินเผา")) == (1, 0)
    killed = subprocess.run([sys.executable, "-c", WRITER], env=dict(os.environ), cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL  # between the index and the commit
    assert (found("สมุนไพร"), found("บันทึก")) == (1, 0)
    with app.app_context():
        with db.engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE search_entry")
        assert try_heal()
    assert found("สมุนไพร") == 1
    with app.app_context():
        db.engine.dispose()


def test_a_portal_with_strange_records_is_harvested_on_postgresql(database, home, monkeypatch, loopback, run_khlang):
    """What PostgreSQL does not take (NUL, halves of a character, numbers that are none) stops neither record nor run."""
    monkeypatch.setenv("KHLANG_FETCH_ALLOW", loopback.host)
    prepare(Settings())
    portal = CkanPortal(loopback, 2)
    portal.add(2, title="ชื่อ\x00แปลก\ud800", extras=[{"key": "k\x00", "value": "v\x00"}], amount=float("inf"))
    portal.add(3, id="x" * 600)
    loopback.dynamic(
        "/api/3/action/package_search",
        lambda asked: (
            200,
            json.dumps({"success": True, "result": {"count": 4, "results": portal.packages}}).encode(),
        ),
    )
    run_khlang("source", "add", "portal", "--kind", "ckan", "--url", loopback.url("/"), "--publisher-title", "ทดสอบ")
    run = run_khlang("harvest", "portal", "--json", code=1)["runs"][0]
    assert (run["status"], run["new"], run["failed"]) == ("partial", 3, 1)
    run = run_khlang("harvest", "portal", "--json", code=1)["runs"][0]
    assert (run["same"], run["failed"]) == (3, 1)


@pytest.mark.enable_socket
def test_two_workers_send_a_letter_once_on_postgresql(database, home, monkeypatch, run_khlang, tmp_path):
    """There writers don't wait for each other by themselves, as they do on SQLite."""
    mailbox = Mailbox().start()
    for name, value in (
        ("HOST", "127.0.0.1"),
        ("PORT", mailbox.port),
        ("TLS", "none"),
        ("FROM", "a@portal.example.go.th"),
    ):
        monkeypatch.setenv(f"KHLANG_SMTP_{name}", str(value))
    monkeypatch.setenv("KHLANG_BASE_URL", "http://localhost")
    settings = Settings()
    prepare(settings)
    path = tmp_path / "units.csv"
    path.write_text(
        "ชื่อหน่วยวิจัย,มหาวิทยาลัย,จังหวัด,อีเมล\nศูนย์วิจัยสมมติ,มหาวิทยาลัยแม่โจ้,แพร่,contact@unit.example.ac.th\n", encoding="utf-8"
    )
    run_khlang(
        "publish",
        path,
        "--publisher",
        "office",
        "--publisher-title",
        "สำนักงานทดสอบ",
        "--name",
        "units",
        "--profile",
        "research-unit",
    )
    app = create_app(settings)
    with app.app_context():
        unit = db.session.scalar(
            select(Entity.id).join(Mention, Mention.entity_id == Entity.id).where(Entity.kind == "unit")
        )
        asked = Asked("กลุ่มทดสอบ", "081-555-0199", "ซักแล้วสีตก", province="54")
        links = [ask(asked, unit_id=unit, cluster_id=None, address=f"203.0.113.{at}", key="k")[1] for at in range(5)]

    def work() -> None:
        with app.app_context():
            for link in links:
                deliver(link)

    threads = [threading.Thread(target=work) for _ in range(4)]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(mailbox.letters) == len(links)
        with app.app_context():
            assert all(link.sent_at for link in db.session.scalars(select(IntroductionLink)))
            db.session.close()
            db.engine.dispose()
    finally:
        mailbox.stop()
