"""The descriptor: valid beside its files, equal for equal content, and claiming no more than is known."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import frictionless
import pytest

from harvesters import bundled
from harvesters.metadata import Metadata
from harvesters.packages.descriptor import Named, describe, digest_of, published_schema
from harvesters.values import Collected

CSV = "_row,cluster_id,name,members\n3,001,กลุ่มทอผ้าตัวอย่าง,12\n4,002,กลุ่มแปรรูปตัวอย่าง,\n".encode()
SCHEMA: dict[str, Any] = {
    "fields": [
        {"name": "cluster_id", "type": "string", "title": "รหัส", "source": "รหัสกลุ่ม", "role": "id", "headings": ["รหัส"]},
        {"name": "name", "type": "string", "titles": {"th": "ชื่อ", "en": "Name"}, "constraints": {"required": True}},
        {"name": "members", "type": "integer", "description": ""},
    ],
    "primaryKey": ["cluster_id"],
}
METADATA = Metadata(
    title_th="กลุ่มผู้ประกอบการตัวอย่าง",
    title_en="Example clusters",
    notes_th="ข้อมูลตัวอย่าง",
    maintainer="กลุ่มงานข้อมูล",
    maintainer_email="data@example.go.th",
    tags=("ผ้าไหม", "แพร่", "ผ้าไหม"),
    data_source="สำนักงานตัวอย่าง",
    license_id="Open Data Common",
    extras={"telephone_number": "054000001"},
)
NAMED = Named("phrae-clusters", 3, "phrae-office", "สำนักงานจังหวัดตัวอย่าง", "Example office")
COLLECTED = Collected(
    path=Path("/somewhere/private/clusters.xlsx"),
    filename="กลุ่ม.xlsx",
    url="https://user:secret@example.org/files/clusters.xlsx?x=1",
    fetched_at=datetime(2026, 11, 24, 3, 0, tzinfo=UTC),
    sha256="0" * 64,
    bytes=1234,
)
TABLE: dict[str, Any] = {
    "name": "clusters",
    "title": "ทะเบียน",
    "sheet": "ทะเบียน",
    "profile": "entrepreneur-cluster",
    "schema": SCHEMA,
    "rows": 2,
    "bytes": len(CSV),
    "sha256": hashlib.sha256(CSV).hexdigest(),
    "repair_counts": {"trim": 2},
    "problem_counts": {"cell-empty": 1},
    "rejected_rows": 0,
}


def made(**changed: Any) -> dict[str, Any]:
    given = {
        "metadata": METADATA,
        "named": NAMED,
        "collected": COLLECTED,
        "tables": [TABLE],
        "format": "xlsx",
        **changed,
    }
    return describe(**given)


def test_what_it_says() -> None:
    told = made()
    assert told["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert (told["id"], told["version"], told["created"]) == ("khlang:phrae-clusters@3", "3", "2026-11-24T03:00:00Z")
    assert told["titles"] == {"th": "กลุ่มผู้ประกอบการตัวอย่าง", "en": "Example clusters"}
    assert told["keywords"] == ["ผ้าไหม", "แพร่"]
    assert told["contributors"][0] == {"title": "สำนักงานจังหวัดตัวอย่าง", "roles": ["publisher"]}
    table = told["resources"][0]
    assert (table["path"], table["hash"]) == ("data/clusters.csv", f"sha256:{TABLE['sha256']}")
    assert [field["name"] for field in table["schema"]["fields"]] == ["_row", "cluster_id", "name", "members"]
    assert told["khlang"]["extras"] == {"telephone_number": "054000001"}, "what the standard does not know is kept"
    assert json.loads(json.dumps(told)) == told


def test_nothing_of_this_machine_and_no_login_gets_out() -> None:
    text = json.dumps(made(), ensure_ascii=False)
    assert "/somewhere" not in text
    assert "secret" not in text
    assert made()["sources"] == [{"title": "สำนักงานตัวอย่าง", "path": "https://example.org/files/clusters.xlsx?x=1"}]
    local = made(collected=replace(COLLECTED, url="/somewhere/private/clusters.xlsx"))
    assert local["sources"] == [{"title": "สำนักงานตัวอย่าง"}]


def test_reading_aids_are_not_published() -> None:
    schema = published_schema(bundled.profile("entrepreneur-cluster").schema)
    assert schema["fields"][0]["name"] == "_row"
    assert not {"headings", "weakHeadings", "role", "contact"} & set().union(*schema["fields"])
    assert published_schema(schema) == schema, "publishing it again changes nothing"


@pytest.mark.parametrize("row", bundled.read_table("licences"), ids=lambda row: row["label"] or "empty")
def test_licences_are_never_given_a_version(row: Any) -> None:
    told = made(metadata=replace(METADATA, license_id=row["label"]))
    listed = told.get("licenses", [])
    assert len(listed) <= 1
    assert all(licence["title"] == row["label"] and licence.get("name", "") in (row["id"], "ogl") for licence in listed)
    assert not listed or row["id"] or row["open"] == "yes"
    assert told["khlang"].get("license_id", "") == row["label"]


def test_an_unknown_licence_is_kept_as_a_label_and_not_claimed() -> None:
    told = made(metadata=replace(METADATA, license_id="ใช้ได้ตามสบาย"))
    assert "licenses" not in told
    assert told["khlang"]["license_id"] == "ใช้ได้ตามสบาย"


def test_equal_content_has_equal_digests() -> None:
    later = replace(COLLECTED, fetched_at=datetime(2027, 1, 1, tzinfo=UTC), sha256="1" * 64, bytes=99)
    same = made(named=replace(NAMED, version=9), collected=later)
    assert digest_of(same) == digest_of(made())
    assert len(digest_of(same)) == 64


@pytest.mark.parametrize(
    "changed",
    [
        {"metadata": replace(METADATA, notes_th="อีกอย่าง")},
        {"metadata": replace(METADATA, license_id="")},
        {"tables": [{**TABLE, "sha256": "2" * 64}]},
        {"tables": [{**TABLE, "repair_counts": {}}]},
        {"tables": [{**TABLE, "problem_counts": {}}]},
        {"tables": [TABLE, {**TABLE, "name": "more"}]},
        {"named": replace(NAMED, publisher_th="สำนักงานอื่น")},
    ],
)
def test_other_content_has_another_digest(changed: dict[str, Any]) -> None:
    assert digest_of(made(**changed)) != digest_of(made())


def test_frictionless_takes_it_beside_its_files(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    place, descriptor = tmp_path / "data" / "clusters.csv", tmp_path / "datapackage.json"
    place.write_bytes(CSV)
    descriptor.write_text(json.dumps(made(), ensure_ascii=False), encoding="utf-8")
    command = [sys.executable, "-m", "frictionless", "validate", descriptor.name, "--json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    report = json.loads(done.stdout)
    assert report["valid"], report
    assert report["stats"]["tasks"] == 1
    place.write_bytes(CSV.replace(b"12", b"13"))
    found = frictionless.validate(str(descriptor)).flatten(["type"])
    assert found == [["hash-count"]], "the hash is looked at"
