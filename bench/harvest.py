"""How fast a portal's metadata comes in, and how little an unchanged source costs.

Run as `python -m bench.harvest [--packages 500]`. Goals: at least 20 records a second from a CKAN on loopback; a second run on the
unchanged source takes less than a tenth of the first and writes nothing but its own record. Beside them stands what the network
and the parsing alone cost: bare `requests` for the same pages, and `json.loads`. The clock counts here, as a goal a second is one
of the clock. The portal runs in a process of its own; harvesting is `khlang harvest`, a process as anybody starts it.
"""

from __future__ import annotations

import argparse
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from bench.yardstick import ROOT, Figure, Spent, child_environment, compile_all, report, run_process, run_python

RECORDS_A_SECOND = 20.0
SECOND_RUN = 0.1
PORTAL = """
import sys, time
from tests.ckan_portal import CkanPortal
from tests.loopback import Loopback
served = Loopback()
CkanPortal(served, int(sys.argv[1]))
print(served.host, flush=True)
time.sleep(3600)
"""
BARE = """
import json, sys, time, requests
began, seen = time.monotonic(), 0
while True:
    answer = requests.get(f"http://{sys.argv[1]}/api/3/action/package_search", params={"rows": 1000, "start": seen, "sort": "id asc"}, timeout=60)
    page = json.loads(answer.content)["result"]
    seen += len(page["results"])
    if seen >= page["count"]:
        break
print(json.dumps({"seconds": time.monotonic() - began, "seen": seen}))
"""


def main() -> int:
    """Measure, print a table and one line of JSON; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packages", type=int, default=500)
    options = parser.parse_args()
    compile_all()
    command = [sys.executable, "-c", PORTAL, str(options.packages)]
    with tempfile.TemporaryDirectory() as folder:
        portal = subprocess.Popen(command, cwd=ROOT, env=child_environment(), stdout=subprocess.PIPE, text=True)
        try:
            assert portal.stdout is not None
            figures = measure(Path(folder), portal.stdout.readline().strip(), options.packages)
        finally:
            portal.kill()
            portal.wait()
    return report("harvest", figures, packages=options.packages)


def measure(folder: Path, host: str, packages: int) -> list[Figure]:
    """The first run and the second, beside the bare requests."""
    bare = run_python(BARE, host).answer["seconds"]
    environment = {"KHLANG_HOME": str(folder / "home"), "KHLANG_FETCH_ALLOW": host}
    khlang(environment, "init")
    khlang(
        environment, "source", "add", "portal", "--kind", "ckan", "--url", f"http://{host}/", "--publisher-title", "ทดสอบ",
        "--option", "files=link",
    )  # fmt: skip
    first = khlang(environment, "harvest", "portal", "--json")
    written = state(folder / "home")
    second = khlang(environment, "harvest", "portal", "--json")
    with closing(sqlite3.connect(folder / "home" / "khlang.sqlite")) as database:
        database.row_factory = sqlite3.Row
        runs = database.execute("SELECT status, new, same, seconds FROM run ORDER BY id").fetchall()
    if (runs[0]["new"], runs[1]["same"]) != (packages, packages) or state(folder / "home") != written:
        raise RuntimeError(f"the runs are not what they should be: {runs[0]['status']}, {runs[1]['status']}")
    size = f"{packages} records"
    a_second = round(packages / runs[0]["seconds"], 1)
    share = round(runs[1]["seconds"] / runs[0]["seconds"], 3)
    return [
        Figure("records a second, first run", size, "/s", a_second, RECORDS_A_SECOND, round(packages / bare, 1), "bare requests + json", at_least=True, note=f"{runs[0]['seconds']:.1f} s, of which bare requests and parsing {bare:.2f} s; CPU {first.cpu:.1f} s"),
        Figure("second run, share of the first", size, "", share, SECOND_RUN, note=f"{runs[1]['seconds']:.2f} s of {runs[0]['seconds']:.2f} s; CPU {second.cpu:.1f} s; nothing written but its record"),
    ]  # fmt: skip


def khlang(environment: dict[str, str], *arguments: str) -> Spent:
    """One command of the product."""
    return run_process([sys.executable, "-c", "from portal.cli import main; main()", *arguments], environment)


def state(home: Path) -> dict[str, int]:
    """Every file of the store with its moment of change."""
    return {str(path): path.stat().st_mtime_ns for path in (home / "objects").rglob("*") if path.is_file()}


if __name__ == "__main__":
    raise SystemExit(main())
