"""Several workers on one database: ten sources, each harvested once at a time, one worker killed in the middle."""

from __future__ import annotations

import time
import uuid
from itertools import pairwise

import pytest
from sqlalchemy import create_engine, select, text

from portal.app import create_app
from portal.db import db, now, transaction
from portal.harvest.models import Run, Source
from portal.harvest.registry import add_source
from portal.home import prepare
from portal.registry.republishing import ensure_sources
from portal.registry.tables import TABLES
from portal.settings import Settings
from tests import postgres_server
from tests.loopback import respond
from tests.processes import begin, ended

pytestmark = pytest.mark.journey

SOURCES = 10
LEASE = 3  # seconds
RUNNING = (
    "SELECT r.id, s.lease_owner FROM run r JOIN source s ON s.id = r.source_id"
    " WHERE r.status = 'running' AND s.lease_owner IS NOT NULL AND s.slug LIKE 'office-%'"
)
OURS = (
    "source_id IN (SELECT id FROM source WHERE slug LIKE 'office-%')"  # the worker publishes the registry's tables too
)
TABLE = "รหัส,ชื่อกลุ่ม,จังหวัด\n01,กลุ่มทอผ้าทดสอบ {n},แพร่\n02,กลุ่มจักสานทดสอบ {n},น่าน\n"


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, monkeypatch):
    """The kind of database; PostgreSQL is a real server of its own."""
    if request.param == "sqlite":
        yield None
        return
    with postgres_server.running() as address:
        name = f"t{uuid.uuid4().hex}"
        administrator = create_engine(address, isolation_level="AUTOCOMMIT")
        with administrator.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        administrator.dispose()
        monkeypatch.setenv("KHLANG_DATABASE_URL", address.replace("/postgres?", f"/{name}?"))
        yield name


def slowly(content: bytes, seconds: float):
    """An answer that takes its time, so that a worker can be met at its work."""

    def answer(handler) -> None:
        time.sleep(seconds)
        respond(handler, 200, content, {"Content-Type": "text/csv; charset=utf-8"})

    return answer


def ten_sources(app, loopback) -> None:
    """Ten sources of which each has clusters. The registry's own tables, which workers publish too, wait for tomorrow."""
    with app.app_context():
        for number in range(SOURCES):
            loopback.routes[f"/f/{number}.csv"] = slowly(TABLE.format(n=number).encode(), 0.5)
            add_source(
                f"office-{number}", kind="spreadsheet", url=loopback.url(f"/f/{number}.csv"),
                publisher_title=f"สำนักงานทดสอบที่ {number}", options={"schedule": "monthly"},
            )  # fmt: skip
        ensure_sources()
        with transaction() as session:
            own = session.scalars(select(Source).where(Source.profile.in_(TABLES))).all()
            session.add(Run(source_id=own[0].id, number=1, status="done", started_at=now(), finished_at=now()))
        db.engine.dispose()


def test_ten_sources_by_two_workers_of_which_one_is_killed(database, home, loopback, monkeypatch):
    monkeypatch.setenv("KHLANG_FETCH_ALLOW", loopback.host)
    settings = Settings()
    prepare(settings)
    app = create_app(settings)
    ten_sources(app, loopback)
    engine = create_engine(settings.database)
    with engine.begin() as connection:
        connection.execute(text("UPDATE source SET next_due_at = '2020-01-01 00:00:00' WHERE slug LIKE 'office-%'"))

    def told(query: str) -> list:
        with engine.connect() as connection:
            return connection.execute(text(query)).fetchall()

    def done() -> int:
        return told(f"SELECT count(DISTINCT source_id) FROM run WHERE status = 'done' AND {OURS}")[0][0]

    workers = [begin("worker", "--pause", "0.2", KHLANG_LEASE_SECONDS=str(LEASE)) for _ in range(2)]
    try:
        until = time.monotonic() + 150
        before = {row[0] for row in told(RUNNING)}
        victim = None
        while victim is None:  # one that has just begun, so that it is met at its work
            assert time.monotonic() < until
            time.sleep(0.05)
            now = dict(tuple(row) for row in told(RUNNING))
            fresh = [owner for run, owner in now.items() if run not in before]
            before |= now.keys()
            if done() >= 2:
                victim = next((one for one in workers for owner in fresh if f":{one.pid}:" in owner), None)
        victim.kill()
        ended(victim)
        while done() < SOURCES:
            assert time.monotonic() < until, told("SELECT source_id, number, status FROM run")
            time.sleep(0.1)
        time.sleep(1.5)  # for the last word of the last run
        runs = told(
            f"SELECT source_id, number, status, started_at, finished_at FROM run WHERE {OURS} ORDER BY source_id, number"
        )
    finally:
        for worker in workers:
            worker.terminate()
            ended(worker)
    assert [run[2] for run in runs].count("running") == 0, [
        tuple(run) for run in runs if run[2] != "done" or run[1] > 1
    ]
    assert (
        1 <= [run[2] for run in runs].count("failed") <= 2
    )  # the lost one; the other may have been cut by our own end
    for before, after in pairwise(runs):
        assert before[0] != after[0] or before[4] <= after[3]  # no two live runs of one source
    versions = told(
        "SELECT d.name, count(*) FROM version v JOIN dataset d ON d.id = v.dataset_id WHERE d.name LIKE 'office-%' GROUP BY d.name"
    )
    assert sorted(versions) == [(f"office-{number}", 1) for number in range(SOURCES)]
    client = app.test_client()
    for number in range(SOURCES):
        assert f"กลุ่มทอผ้าทดสอบ {number}" in client.get(f"/dataset/office-{number}").text
    engine.dispose()
    with app.app_context():
        db.engine.dispose()
