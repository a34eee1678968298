"""The main line on a real PostgreSQL of its own, started here on a loopback port."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.app import create_app
from portal.db import db
from portal.home import prepare, require
from portal.settings import Settings

pytestmark = [pytest.mark.journey, pytest.mark.enable_socket]


def binaries() -> Path | None:
    """Where Debian or the PATH has PostgreSQL's programs."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which("initdb")
    return folders[0] if folders else Path(found).parent if found else None


def as_postgres(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root; Debian's package brings a user for it."""
    return ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else command


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    programs = binaries()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    pytest.importorskip("psycopg")
    folder = Path(tempfile.mkdtemp(prefix="khlang-postgres-"))  # pytest's own folders are closed to other users
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = str(folder / "data")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    initdb = [str(programs / "initdb"), "-D", data, "-U", "khlang", "-A", "trust", "-E", "UTF8", "--locale=C"]
    subprocess.run(as_postgres(initdb), check=True, capture_output=True, cwd="/")
    control = [str(programs / "pg_ctl"), "-D", data, "-w", "-o", options, "-l", str(folder / "log")]
    subprocess.run(as_postgres([*control, "start"]), check=True, capture_output=True, cwd="/")
    try:
        yield f"postgresql://khlang@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run(as_postgres([*control, "-m", "immediate", "stop"]), check=False, capture_output=True, cwd="/")
        shutil.rmtree(folder, ignore_errors=True)


def test_publish_find_change_and_withdraw_on_postgresql(server, home, monkeypatch, tmp_path, run_khlang):
    monkeypatch.setenv("KHLANG_DATABASE_URL", server)
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
    assert run_khlang("search", "เซรามิก", "--json")["total_rows"] == 1
    assert run_khlang("search", "จักสาน", "--json")["total_rows"] == 0
    app = create_app(settings)
    client = app.test_client()
    assert client.get("/dataset/groups").status_code == 200
    assert client.get("/province/55").status_code == 200
    assert run_khlang("check", "--json")["ok"]
    run_khlang("dataset", "withdraw", "groups", "--reason", "ทดสอบ")
    assert client.get("/dataset/groups").status_code == 410
    with app.app_context():
        db.engine.dispose()
