"""The reference tables are whole data packages whose codes agree with one another."""

import itertools
import json
from collections import Counter
from pathlib import Path

import pytest
from frictionless import Package

from harvesters import bundled

REFERENCE = bundled.datasets_folder() / "reference"
PACKAGES = sorted(path.parent.name for path in REFERENCE.glob("*/datapackage.json"))


def descriptor(package: str) -> dict:
    return json.loads((REFERENCE / package / "datapackage.json").read_text(encoding="utf-8"))


def by(table: str, column: str = "code") -> dict[str, dict[str, str]]:
    return {row[column]: row for row in bundled.read_table(table)}


@pytest.mark.parametrize("package", PACKAGES)
def test_the_package_is_valid(package: str):
    report = Package(str(REFERENCE / package / "datapackage.json")).validate()
    assert report.flatten(["rowNumber", "fieldName", "type", "note"]) == []


@pytest.mark.parametrize("package", PACKAGES)
def test_the_package_says_whose_it_is_and_what_one_may_do(package: str):
    told = descriptor(package)
    assert told["$schema"].startswith("https://datapackage.org/profiles/2.0/")
    assert told["sources"]
    assert {licence["name"] for licence in told["licenses"]} <= {"CC0-1.0", "CC-BY-4.0"}
    assert told["titles"].keys() == told["descriptions"].keys() == {"th", "en"}
    for resource in told["resources"]:
        assert resource["trust"]
        assert all(field["titles"]["th"] and field["titles"]["en"] for field in resource["schema"]["fields"])


def test_every_table_belongs_to_a_package_and_has_a_name_of_its_own():
    described = [
        REFERENCE / package / resource["path"] for package in PACKAGES for resource in descriptor(package)["resources"]
    ]
    found = sorted(REFERENCE.rglob("*.csv"))
    assert sorted(described) == found
    assert [name for name, count in Counter(path.stem for path in found).items() if count > 1] == []


@pytest.mark.parametrize("path", sorted(REFERENCE.rglob("*.csv")), ids=lambda path: path.stem)
def test_tables_are_plain_utf8_with_unix_lines(path: Path):
    content = path.read_bytes()
    assert not content.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in content
    assert content.decode("utf-8").endswith("\n")


def test_geonames_is_named_where_its_points_are():
    provinces = next(resource for resource in descriptor("places")["resources"] if resource["name"] == "provinces")
    assert provinces["licenses"][0]["name"] == "CC-BY-4.0"
    assert "GeoNames" in provinces["sources"][0]["title"]
    assert all(row["coordinate_source"].startswith("geonames:") for row in bundled.read_table("provinces"))


def test_77_provinces_of_which_bangkok_stands_apart():
    provinces = by("provinces")
    assert len(provinces) == 77
    assert all(row["iso_3166_2"] == f"TH-{code}" for code, row in provinces.items())
    assert [code for code, row in provinces.items() if not row["provincial_group_code"]] == ["10"]
    assert [code for code, row in provinces.items() if not row["gdcatalog_slug"]] == ["10"]


def test_regions_and_groups_add_up():
    provinces, regions, groups = by("provinces"), by("regions"), by("provincial_groups")
    per_region = Counter(row["region_code"] for row in provinces.values())
    assert per_region == {"N": 9, "NE": 20, "C": 22, "E": 7, "W": 5, "S": 14}
    assert {code: int(row["province_count"]) for code, row in regions.items()} == per_region
    assert len(groups) == 18
    members = [name for row in groups.values() for name in row["provinces_th"].split("|")]
    assert len(members) == len(set(members)) == 76
    for code, row in groups.items():
        told = {place["name_th"] for place in provinces.values() if place["provincial_group_code"] == code}
        assert told == set(row["provinces_th"].split("|"))
        assert int(row["province_count"]) == len(told)


def test_every_provincial_catalogue_belongs_to_its_province():
    provinces = by("provinces")
    sites = bundled.read_table("gdcatalog_sites")
    assert len(sites) == 76
    for site in sites:
        assert provinces[site["province_code"]]["name_th"] == site["province_th"]
        assert provinces[site["province_code"]]["gdcatalog_slug"] in site["url"]


@pytest.mark.parametrize(
    ("spelling", "code"),
    [("กทม.", "10"), ("กรุงเทพฯ", "10"), ("โคราช", "30"), ("อยุธยา", "14"), ("Lopburi", "16"), ("Loburi", "16"), ("Phangnga", "82"),
     ("Phang Nga", "82"), ("นครศรีฯ", "80"), ("เชียงไหม่", "50"), ("สุราษฏร์ธานี", "84"), ("แปดริ้ว", "24"), ("Korat", "30")],
)  # fmt: skip
def test_usual_spellings_are_aliases(spelling: str, code: str):
    assert [row["code"] for row in bundled.read_table("provinces") if spelling in row["aliases"].split("|")] == [code]


def test_no_spelling_means_two_provinces():
    owners: dict[str, str] = {}
    for row in bundled.read_table("provinces"):
        for name in [row["name_th"], row["name_en"], row["name_en"].replace(" ", ""), *row["aliases"].split("|")]:
            key = name.casefold().replace(" ", "").replace("-", "")
            assert owners.setdefault(key, row["code"]) == row["code"], name


def test_divisions_lie_in_their_sections():
    sections = by("tsic_sections")
    divisions = bundled.read_table("tsic_divisions")
    assert (len(sections), len(divisions)) == (21, 88)
    for row in divisions:
        section = sections[row["section"]]
        assert section["division_from"] <= row["code"] <= section["division_to"]


def test_unverified_names_say_so():
    assert Counter(row["name_th_status"] for row in bundled.read_table("tsic_divisions")) == {
        "checked": 32,
        "unverified": 56,
    }
    assert {row["status"] for row in bundled.read_table("community_enterprise_activity_types")} == {"unverified"}


def test_otop_types_producers_and_months():
    assert [
        len(bundled.read_table(name))
        for name in ("otop_types", "otop_producer_types", "community_enterprise_kinds", "thai_months")
    ] == [5, 3, 2, 12]


def test_size_classes_meet_without_gap():
    for sector in {row["sector_en"] for row in bundled.read_table("sme_size_classes")}:
        rows = [row for row in bundled.read_table("sme_size_classes") if row["sector_en"] == sector]
        assert [row["code"] for row in rows] == ["MICRO", "SMALL", "MEDIUM"]
        for smaller, larger in itertools.pairwise(rows):
            assert int(larger["employees_min"]) == int(smaller["employees_max"]) + 1
            assert larger["revenue_min_million_thb"] == smaller["revenue_max_million_thb"]


def test_the_national_fields_and_their_choices():
    fields = bundled.read_table("thai_gdc_fields")
    assert Counter(row["level"] for row in fields) == {"dataset": 57, "resource": 23}
    choices = Counter(row["field_name"] for row in bundled.read_table("thai_gdc_vocabularies"))
    assert (
        choices["objective"],
        choices["data_category"],
        choices["license_id"],
        choices["update_frequency_unit"],
    ) == (14, 4, 7, 13)
    for row in fields:
        if row["level"] == "dataset" and row["choices"] != "0":
            assert choices[row["field_name"]] == int(row["choices"]), row["field_name"]
    assert len(bundled.read_table("gdc_excel_template_columns")) == 187


# The table of the data rules, §4: label → standard id, open?
NATIONAL = {
    "Creative Commons Attributions": ("CC-BY", "yes"),
    "Creative Commons Attribution Share-Alike": ("CC-BY-SA", "yes"),
    "Creative Commons Non-Commercial (Any)": ("CC-BY-NC", "no"),
    "Open Data Common": ("ODC", "yes"),
    "GNU Free Documentation License": ("GFDL", "unknown"),
    "License not specified": ("", "no"),
    "อื่นๆ": ("", "no"),
    "ogl": ("", "yes"),
    "": ("", "no"),
}


def test_licence_labels_map_only_where_certain():
    licences = by("licences", "label")
    assert {label: (licences[label]["id"], licences[label]["open"]) for label in NATIONAL} == NATIONAL
    assert all(not licences[label]["version"] for label in NATIONAL)


def test_licence_labels_are_one_each_and_cover_the_national_vocabulary():
    labels = [row["label"].casefold() for row in bundled.read_table("licences")]
    assert len(labels) == len(set(labels))
    wanted = {
        row["value"].casefold()
        for row in bundled.read_table("thai_gdc_vocabularies")
        if row["field_name"] == "license_id"
    }
    assert wanted <= set(labels)
    assert {"cc-by-4.0", "cc0-1.0", "cc-by-sa-4.0", "odc-by-1.0", "odbl-1.0", "ogl-uk-3.0"} <= set(labels)


def test_a_standard_id_states_its_version_and_address():
    for row in bundled.read_table("licences"):
        if row["kind"] == "spdx":
            assert row["label"] == row["id"]
            assert row["version"]
            assert row["url"].startswith("https://")


def test_universities_lie_in_known_provinces_and_admit_doubt():
    provinces = by("provinces")
    rows = bundled.read_table("universities")
    assert len(rows) >= 100
    assert all(provinces[row["province_code"]]["name_th"] == row["province_th"] for row in rows)
    assert Counter(row["kind"] for row in rows)["rajabhat"] == 38
    assert Counter(row["kind"] for row in rows)["rajamangala"] == 9
    assert all(row["note"] for row in rows if row["status"] == "unsure")
    assert any(row["status"] == "unsure" for row in rows)


def test_no_university_name_or_abbreviation_means_two():
    owners: dict[str, str] = {}
    for row in bundled.read_table("universities"):
        for name in filter(
            None, [row["name_th"], row["name_en"], row["abbr_th"], row["abbr_en"], *row["aliases"].split("|")]
        ):
            assert owners.setdefault(name.casefold(), row["code"]) == row["code"], name
