"""The demonstration is whole, invented, labelled as such, and made by its script to the byte."""

import csv
import re
import subprocess
import sys
from pathlib import Path

import pytest

from harvesters import bundled

DEMO = bundled.datasets_folder() / "demo"
SCRIPTS = {".py"}
MANDATORY = {
    "data_type",
    "maintainer",
    "maintainer_email",
    "tags",
    "objective",
    "update_frequency_unit",
    "geo_coverage",
    "data_source",
    "data_format",
    "data_category",
    "license_id",
}  # fmt: skip - the 14 of the standard but title, notes (description) and owner_org (publisher)


def made_files(folder: Path) -> dict[str, bytes]:
    kept = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    written = {"oddities.csv", "sources.json"}
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in kept
        if path.suffix not in SCRIPTS and path.parent.name != "content" and path.name not in written
    }


def content(table: str) -> list[dict[str, str]]:
    with (DEMO / "content" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_script_makes_the_same_bytes(tmp_path: Path):
    subprocess.run([sys.executable, str(DEMO / "make.py"), str(tmp_path)], check=True, timeout=60)
    again, shipped = made_files(tmp_path), made_files(DEMO)
    assert sorted(again) == sorted(shipped)
    assert [name for name in again if again[name] != shipped[name]] == []


def test_it_is_small_enough_to_ship():
    assert sum(path.stat().st_size for path in DEMO.rglob("*") if path.is_file()) < 1_000_000


def test_there_is_enough_to_show():
    clusters, units = content("clusters"), content("units")
    assert len(clusters) >= 60
    assert len(units) >= 40
    assert len(content("outputs")) >= 30
    assert len({row["province_code"] for row in clusters}) >= 12
    assert len({row["province_code"] for row in units}) >= 12


@pytest.mark.parametrize("table", ["clusters", "units", "outputs"])
def test_provinces_of_the_content_are_real(table: str):
    provinces = {row["code"]: row["name_th"] for row in bundled.read_table("provinces")}
    assert all(provinces[row["province_code"]] == row["province"] for row in content(table))


def test_names_and_ids_are_one_each():
    for table, key in (
        ("clusters", "cluster_id"),
        ("clusters", "name_th"),
        ("units", "unit_id"),
        ("units", "name_th"),
        ("outputs", "output_id"),
    ):
        values = [row[key] for row in content(table)]
        assert len(values) == len(set(values)), (table, key)


def test_outputs_come_from_units_of_the_demonstration():
    units = {row["name_th"]: row["unit_id"] for row in content("units")}
    assert all(units[row["unit"]] == row["unit_id"] for row in content("outputs"))


def test_classes_are_those_of_the_reference_tables():
    types = {row["name_th"] for row in bundled.read_table("otop_types")} | {""}
    divisions = {row["code"] for row in bundled.read_table("tsic_divisions")}
    assert {row["otop_type"] for row in content("clusters")} <= types
    assert {kind for row in content("units") for kind in row["otop_types"].split("; ")} <= types
    assert {row["tsic"] for row in content("clusters")} <= divisions
    assert {code for row in content("units") for code in row["tsic_divisions"].split("; ")} <= divisions


def test_nothing_can_be_taken_for_a_real_cluster_or_university():
    real = {row["name_th"] for row in bundled.read_table("universities")}
    assert all("สาธิต" in row["name_th"] and "Sathit" in row["name_en"] for row in content("clusters"))
    assert all("สาธิต" in row["university"] and row["university"] not in real for row in content("units"))


def test_every_way_to_reach_somebody_leads_nowhere():
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted((DEMO / "content").glob("*.csv")))
    text += (DEMO / "sources.json").read_text(encoding="utf-8")
    assert set(re.findall(r"@[a-z0-9.\-]+", text)) == {
        match for match in re.findall(r"@[a-z0-9.\-]+", text) if ".example." in match
    }
    assert all(".example." in host for host in re.findall(r"https?://([^/\s,\"]+)", text))
    phones = [row["phone"] for table in ("clusters", "units") for row in content(table)]
    assert all(re.fullmatch(r"0[2-7]\d?-000-\d{3,4}", phone) for phone in phones)


def test_sources_are_labelled_in_title_and_description():
    for source in bundled.demo_sources():
        assert source["title"]["th"].startswith("ข้อมูลสาธิต")
        assert source["title"]["en"].startswith("Demonstration data")
        assert source["description"]["th"].startswith("ข้อมูลสาธิต")
        assert source["description"]["en"].startswith("Demonstration data")
        assert "สาธิต" in source["publisher"]["title_th"]


def test_sources_point_at_what_is_shipped():
    sources = bundled.demo_sources()
    assert len({source["slug"] for source in sources}) == len(sources) >= 8
    assert all(source["kind"] == "spreadsheet" and Path(source["path"]).exists() for source in sources)
    assert any(Path(source["path"]).is_dir() for source in sources)
    assert {Path(source["path"]).suffix for source in sources} >= {
        ".csv",
        ".tsv",
        ".xlsx",
        ".xls",
        ".ods",
        ".json",
        ".jsonl",
        ".zip",
    }
    used = {Path(source["path"]).relative_to(DEMO).parts[0] for source in sources}
    assert {name.split("/")[0] for name in made_files(DEMO)} - used == {"later", "held"}


def test_sources_name_known_profiles_provinces_and_licences():
    provinces = {row["code"] for row in bundled.read_table("provinces")} | {None}
    licences = {row["label"] for row in bundled.read_table("licences")}
    for source in bundled.demo_sources():
        assert source["profile"] is None or source["profile"] in bundled.profiles()
        assert source["province"] in provinces
        assert source["publisher"]["province"] in provinces
        assert source["metadata"]["license_id"] in licences


def test_sources_carry_the_mandatory_national_fields_with_values_of_the_vocabularies():
    choices: dict[str, set[str]] = {}
    for row in bundled.read_table("thai_gdc_vocabularies"):
        choices.setdefault(row["field_name"], set()).add(row["value"])
    choices["data_format"].add("XSL")  # as a third of the real catalogue writes it
    for source in bundled.demo_sources():
        metadata = source["metadata"]
        assert metadata.keys() >= MANDATORY
        assert all(metadata[name] for name in MANDATORY)
        for name in ("data_type", "update_frequency_unit", "geo_coverage", "data_category"):
            assert metadata[name] in choices[name], (source["slug"], name)
        for name in ("objective", "data_format"):
            assert set(metadata[name]) <= choices[name], (source["slug"], name)


def test_the_later_delivery_differs_in_rows_added_removed_and_changed():
    def rows(path: Path) -> dict[str, list[str]]:
        with path.open(encoding="cp874", newline="") as file:
            return {row[1]: row for row in list(csv.reader(file))[1:]}

    first, later = rows(DEMO / "01-clusters-chiangmai.csv"), rows(DEMO / "later" / "01-clusters-chiangmai.csv")
    assert (len(later.keys() - first.keys()), len(first.keys() - later.keys())) == (2, 1)
    changed = [key for key in first.keys() & later.keys() if first[key][1:] != later[key][1:]]
    assert len(changed) == 2
