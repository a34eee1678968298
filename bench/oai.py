"""How fast a research repository comes in by OAI-PMH: from the first question to the published, indexed version.

Run as `python -m bench.oai [--records 5000]`. Goal: at least 500 records a second from a repository on loopback that pages by 100.
Beside it bare `requests` for the same pages and ElementTree over them. The clock counts, as a goal a second is one of the clock.
"""

from __future__ import annotations

import argparse
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from bench.harvest import khlang
from bench.yardstick import ROOT, Figure, child_environment, compile_all, report, run_python

RECORDS_A_SECOND = 500.0
REPOSITORY = """
import sys, time
from tests.loopback import Loopback
count, page = int(sys.argv[1]), 100
served = Loopback()
OAI = '<?xml version="1.0"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
ROW = ('<record><header><identifier>oai:bench:{0:06d}</identifier><datestamp>2026-01-01</datestamp></header><metadata>'
 '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
 '<dc:title>การพัฒนากระบวนการแปรรูปผลผลิตทางการเกษตรเรื่องที่ {0}</dc:title><dc:title xml:lang="en">Processing of crops {0}</dc:title>'
 '<dc:description>บทคัดย่อของงานวิจัยเรื่องที่ {0} ศึกษาผลของอุณหภูมิต่อคุณภาพของผลิตภัณฑ์และอายุการเก็บรักษา</dc:description>'
 '<dc:creator>หน่วยวิจัยสาธิต</dc:creator><dc:date>2024-05-01</dc:date><dc:publisher>มหาวิทยาลัยสาธิต</dc:publisher>'
 '<dc:subject>แปรรูป</dc:subject><dc:identifier>https://repo.example.ac.th/{0}</dc:identifier></oai_dc:dc></metadata></record>')
def answer(asked):
    if asked['verb'] == 'Identify':
        return 200, (OAI + '<Identify><granularity>YYYY-MM-DD</granularity></Identify></OAI-PMH>').encode(), 'text/xml'
    start = int(asked.get('resumptionToken') or 0)
    rows = ''.join(ROW.format(n) for n in range(start, min(count, start + page)))
    token = str(start + page) if start + page < count else ''
    return 200, f'{OAI}<ListRecords>{rows}<resumptionToken completeListSize="{count}">{token}</resumptionToken></ListRecords></OAI-PMH>'.encode(), 'text/xml'
served.dynamic('/oai', answer)
print(served.host, flush=True)
time.sleep(3600)
"""
BARE = """
import json, re, sys, time, requests
from xml.etree.ElementTree import fromstring
began, seen, asked = time.monotonic(), 0, {"verb": "ListRecords", "metadataPrefix": "oai_dc"}
while True:
    body = requests.get(f"http://{sys.argv[1]}/oai", params=asked, timeout=60).content
    root = fromstring(body)
    seen += sum(1 for _ in root.iter("{http://www.openarchives.org/OAI/2.0/}record"))
    token = next(root.iter("{http://www.openarchives.org/OAI/2.0/}resumptionToken")).text
    if not token:
        break
    asked = {"verb": "ListRecords", "resumptionToken": token}
print(json.dumps({"seconds": time.monotonic() - began, "seen": seen}))
"""


def main() -> int:
    """Measure, print a table and one line of JSON; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=5_000)
    options = parser.parse_args()
    compile_all()
    command = [sys.executable, "-c", REPOSITORY, str(options.records)]
    with tempfile.TemporaryDirectory() as folder:
        served = subprocess.Popen(command, cwd=ROOT, env=child_environment(), stdout=subprocess.PIPE, text=True)
        try:
            assert served.stdout is not None
            figures = measure(Path(folder), served.stdout.readline().strip(), options.records)
        finally:
            served.kill()
            served.wait()
    return report("oai", figures, records=options.records)


def measure(folder: Path, host: str, records: int) -> list[Figure]:
    """One run, beside the bare requests."""
    bare = run_python(BARE, host).answer["seconds"]
    environment = {"KHLANG_HOME": str(folder / "home"), "KHLANG_FETCH_ALLOW": host}
    khlang(environment, "init")
    khlang(
        environment, "source", "add", "repo", "--kind", "oaipmh", "--url", f"http://{host}/oai", "--publisher-title", "ทดสอบ",
        "--profile", "research-output",
    )  # fmt: skip
    khlang(environment, "harvest", "repo", "--json")
    with closing(sqlite3.connect(folder / "home" / "khlang.sqlite")) as database:
        status, seconds = database.execute("SELECT status, seconds FROM run").fetchone()
        rows = database.execute("SELECT row_count FROM version").fetchone()[0]
    if (status, rows) != ("done", records):
        raise RuntimeError(f"the run is not what it should be: {status}, {rows} rows")
    return [
        Figure("OAI records a second", f"{records} records", "/s", round(records / seconds, 1), RECORDS_A_SECOND, round(records / bare, 1), "bare requests + ElementTree", at_least=True, note=f"{seconds:.1f} s to the published version with its registry entries, of which bare requests and parsing {bare:.2f} s")
    ]  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(main())
