"""The bundled data is found in a checkout and in a wheel, and its profiles are usable as they stand."""

from pathlib import Path

import pytest

from harvesters import bundled
from harvesters.mapping import map_headings

ROLES = {
    "id", "name", "province", "province_code", "district", "subdistrict", "postcode", "phone", "email", "web", "address",
    "year", "date", "latitude", "longitude", "tsic", "otop_type", "person", "text", None,
}  # fmt: skip
NAMES = ["entrepreneur-cluster", "local-product", "research-output", "research-unit"]


@pytest.fixture
def fresh():
    """Forget what was read before and after: these tests move the folder."""
    caches = (bundled.read_table, bundled._table_paths, bundled.profiles, bundled.demo_sources)
    for cache in caches:
        cache.cache_clear()
    yield
    for cache in caches:
        cache.cache_clear()


def test_a_table_is_found_by_its_name_in_whichever_package_it_lies():
    assert len(bundled.read_table("provinces")) == 77
    assert bundled.read_table("thai_months")[0]["abbr_th"] == "ม.ค."
    assert bundled.read_table("provinces") is bundled.read_table("provinces")


def test_an_unknown_name_is_a_key_error():
    with pytest.raises(KeyError):
        bundled.read_table("planets")
    with pytest.raises(KeyError):
        bundled.profile("planets")
    with pytest.raises(KeyError):
        bundled.profile("research-unit").field("planet")


def test_rows_cannot_be_changed_by_their_readers():
    with pytest.raises(TypeError):
        bundled.read_table("regions")[0]["code"] = "X"


def test_the_packaged_folder_wins_over_the_checkout(tmp_path: Path, monkeypatch, fresh):
    (tmp_path / "reference" / "places").mkdir(parents=True)
    (tmp_path / "reference" / "places" / "provinces.csv").write_text("code\n99\n", encoding="utf-8")
    assert bundled.datasets_folder().name == "datasets"
    monkeypatch.setattr(bundled, "PACKAGED", tmp_path)
    assert bundled.datasets_folder() == tmp_path
    assert [row["code"] for row in bundled.read_table("provinces")] == ["99"]


def test_the_four_profiles():
    assert list(bundled.profiles()) == NAMES


def test_the_portals_own_tables_speak_both_languages_and_are_recognised_in_nobodys_file():
    own = bundled.own_tables()
    assert own
    assert not own.keys() & bundled.profiles().keys()
    for name, table in own.items():
        assert bundled.profile(name) is table
        assert all((table.title.th, table.title.en, table.description.th, table.description.en)), name
        for field in table.fields:
            assert all((field.title.th, field.title.en, field.description.th, field.description.en)), (name, field.name)
        assert map_headings([field.name for field in table.fields]).profile not in own


@pytest.mark.parametrize("name", NAMES)
def test_every_column_speaks_both_languages_and_has_headings(name: str):
    profile = bundled.profile(name)
    assert profile.title.th
    assert profile.title.en
    assert profile.description.th
    assert profile.description.en
    for field in profile.fields:
        assert all((field.title.th, field.title.en, field.description.th, field.description.en)), field.name
        assert field.headings, field.name
        assert field.role in ROLES, field.name
    assert profile.titles["province"] == "จังหวัด"


@pytest.mark.parametrize("name", NAMES)
def test_only_the_name_is_required(name: str):
    profile = bundled.profile(name)
    named = [field.name for field in profile.fields if field.role == "name"]
    assert list(profile.required) == named
    assert len(named) == 1


@pytest.mark.parametrize("name", NAMES)
def test_only_ways_to_reach_an_institution_are_contact_columns(name: str):
    contact = {field.role for field in bundled.profile(name).fields if field.contact}
    assert contact <= {"phone", "email", "web", "address"}
    assert "email" in contact


def test_the_data_is_no_python_package():
    assert list(bundled.datasets_folder().rglob("__init__.py")) == []


def test_weak_headings_are_never_headings_too():
    for profile in bundled.profiles().values():
        strong = {heading for field in profile.fields for heading in field.headings}
        assert not strong & {heading for field in profile.fields for heading in field.weak_headings}
