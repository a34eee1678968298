"""The certificate of a version says what was checked, by which rules and with what outcome, and never changes afterwards."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from harvesters.options import RULES_VERSION

pytestmark = pytest.mark.journey

HEAD = "รหัส,ชื่อกลุ่ม,จังหวัด,จำนวนสมาชิก\n"
FIRST = HEAD + "".join(f"{n},กลุ่มทดสอบ {n},แพร่,{n}\n" for n in range(1, 31))
SECOND = FIRST.replace("1,กลุ่มทดสอบ 1,แพร่,1\n", "1,กลุ่มทดสอบ 1,แพร่,สิบสอง\n")


def box(client, reference: str) -> str:
    """The certificate of a version, as text."""
    page = client.get(f"/dataset/{reference}/report").text
    return re.search(r'<section class="panel" aria-labelledby="certificate">.*?</section>', page, re.DOTALL)[0]


def test_each_version_has_its_own_certificate(khlang, client, tmp_path: Path):
    path = tmp_path / "กลุ่ม.csv"
    publish = ("publish", path, "--publisher", "office", "--publisher-title", "สำนักงานทดสอบ", "--name", "certified")
    path.write_text(FIRST, encoding="utf-8")
    khlang(*publish)
    first = box(client, "certified@v1")
    path.write_text(SECOND, encoding="utf-8")
    khlang(*publish, code=None)
    second = box(client, "certified@v2")
    assert box(client, "certified@v1") == first
    assert box(client, "certified") == second
    for told, number, text in ((first, 1, FIRST), (second, 2, SECOND)):
        document = client.get(f"/dataset/certified@v{number}.json").json
        data = next(
            file for file in document["files"] if file["path"].startswith("data/") and file["path"].endswith("csv")
        )
        assert f"khlang:certified@{number}" in told
        assert hashlib.sha256(text.encode()).hexdigest() in told
        assert data["sha256"] in told
        assert hashlib.sha256(client.get(f"/dataset/certified@v{number}/{data['path']}").data).hexdigest() in told
        assert f"/dataset/certified@v{number}/report" in told
        assert f"<dd>{RULES_VERSION}</dd>" in told
        assert f"{document['published_at'][:4]}" in told
    assert "ตรวจผ่าน" in first
    assert "จุดต้องแก้" in second


def test_the_certificate_is_linked_from_its_version_and_says_the_rules_as_data(khlang, client, tmp_path: Path):
    path = tmp_path / "กลุ่ม.csv"
    path.write_text(FIRST, encoding="utf-8")
    khlang("publish", path, "--publisher", "office", "--publisher-title", "สำนักงานทดสอบ", "--name", "certified")
    assert 'href="/dataset/certified@v1/report"' in client.get("/dataset/certified").text
    assert client.get("/dataset/certified@v1/report.json").json["rules"] == RULES_VERSION
