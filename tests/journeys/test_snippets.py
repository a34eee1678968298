"""The lines that a dataset's page offers to other programs do what they say: they are run as copied, against a live server."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from html import unescape
from http.client import HTTPConnection
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from portal.app import create_app

pytestmark = [pytest.mark.journey, pytest.mark.enable_socket]

ROWS = 120
LABELS = ["curl", "Python: DuckDB", "Python: frictionless", "Python: pandas", "R"]


@pytest.fixture
def server(settings, khlang, tmp_path: Path) -> Iterator[int]:
    """The port of a live portal with one dataset, its codes beginning with noughts."""
    path = tmp_path / "กลุ่ม.csv"
    lines = [f"{n:05},กลุ่มทดสอบ {n},แพร่,{n}" for n in range(ROWS)]
    path.write_text("\n".join(["รหัส,ชื่อกลุ่ม,จังหวัด,จำนวนสมาชิก", *lines]), encoding="utf-8")
    khlang("publish", path, "--publisher", "office", "--publisher-title", "สำนักงานทดสอบ", "--name", "taken")
    served = make_server("127.0.0.1", 0, create_app(settings), threaded=True)
    threading.Thread(target=served.serve_forever, daemon=True).start()
    yield served.server_port
    served.shutdown()
    served.server_close()


def offered(port: int, address: str = "/dataset/taken") -> dict[str, tuple[str, bool]]:
    """What the page offers: label → (lines as copied, whether the page says that they were run)."""
    connection = HTTPConnection("127.0.0.1", port)
    connection.request("GET", address)
    page = connection.getresponse().read().decode()
    connection.close()
    blocks = re.findall(
        r'<div class="code"><p>([^<]*)</p>.*?<code>(.*?)</code></pre></section></div>(<p class="hint">)?',
        page,
        re.DOTALL,
    )
    return {unescape(label): (unescape(code), not hint) for label, code, hint in blocks}


def ran(words: list[str], folder: Path) -> str:
    """What a program prints, run in an empty folder."""
    folder.mkdir()
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, check=True, timeout=60).stdout


def test_every_line_that_says_so_runs(server: int, tmp_path: Path) -> None:
    found = offered(server)
    assert list(found) == LABELS
    tried = {label for label, (_code, tried) in found.items() if tried}
    assert tried == {"curl", "Python: DuckDB", "Python: frictionless"}
    assert all(f"http://127.0.0.1:{server}/dataset/taken@v1" in code for code, _tried in found.values())
    assert ran(["sh", "-c", found["curl"][0]], tmp_path / "curl").strip() == "taken_v1.csv: OK"
    assert len((tmp_path / "curl" / "taken_v1.csv").read_text(encoding="utf-8").splitlines()) == ROWS + 1
    assert str(ROWS) in ran([sys.executable, "-c", found["Python: DuckDB"][0]], tmp_path / "duckdb")
    assert ran([sys.executable, "-c", found["Python: frictionless"][0]], tmp_path / "frictionless").strip() == str(ROWS)


@pytest.mark.skipif(
    importlib.util.find_spec("pandas") is None, reason="pandas is not installed: the page says that it was not run"
)
def test_pandas_keeps_the_codes(server: int, tmp_path: Path) -> None:
    code, _tried = offered(server)["Python: pandas"]
    told = ran([sys.executable, "-c", f"{code}\nprint(table.iloc[7, 1])"], tmp_path / "pandas")
    assert told.split() == [str(ROWS), "00007"]


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed: the page says that it was not run")
def test_r_keeps_the_codes(server: int, tmp_path: Path) -> None:
    code, _tried = offered(server)["R"]
    assert "00007" in ran(["Rscript", "-e", f"{code}\nprint(table[8, 2])"], tmp_path / "r")


def test_every_line_of_the_page_for_programs_runs(server: int, tmp_path: Path) -> None:
    found = {label: code for label, (code, tried) in offered(server, "/api/").items() if tried}
    calls = {
        "curl: package_search",
        "curl: package_show",
        "Python: package_search",
        "Python: datastore_search",
        "curl: CSV",
    }
    assert set(found) == calls
    searched = json.loads(ran(["sh", "-c", found["curl: package_search"]], tmp_path / "search"))
    assert searched["result"]["count"] == 1
    shown = json.loads(ran(["sh", "-c", found["curl: package_show"]], tmp_path / "show"))
    assert shown["result"]["name"] == "taken"
    assert ran([sys.executable, "-c", found["Python: package_search"]], tmp_path / "all").strip() == "1"
    assert ran([sys.executable, "-c", found["Python: datastore_search"]], tmp_path / "rows").strip() == str(ROWS)
    ran(["sh", "-c", found["curl: CSV"]], tmp_path / "csv")
    assert len((tmp_path / "csv" / "table.csv").read_text(encoding="utf-8").splitlines()) == ROWS + 1
