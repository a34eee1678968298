"""Points of a dataset: the example of docs/quality.md, the edges of each mark."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.catalogue.models import Dataset, Resource, Version
from portal.catalogue.quality import FIELDS, grade_of, quality_data, quality_of
from portal.db import now

OPEN = "Open Data Common"


@pytest.fixture(autouse=True)
def within(app):
    with app.test_request_context():
        yield


def made(*, filled: int = 12, unit: str = "ปี", interval: str = "1", licence: str = OPEN) -> Dataset:
    told = dict.fromkeys(list(FIELDS)[:filled], "ก") | dict.fromkeys(list(FIELDS)[filled:], "")
    told |= {"update_frequency_unit": unit, "update_frequency_interval": interval, "license_id": licence}
    return Dataset(name="d", **told)


def version(*, days: int = 100, rows: int = 200, tables: int = 1, links: tuple = (), **severities: int) -> Version:
    return Version(
        number=1, published_at=now() - timedelta(days=days), row_count=rows, severities=severities, links=list(links),
        resources=[Resource(name=f"t{n}", title="t", rows=rows, schema={"fields": []}) for n in range(tables)],
    )  # fmt: skip


def points(dataset: Dataset, of: Version) -> dict[str, float]:
    return {name: mark["points"] for name, mark in quality_data(dataset, of)["marks"].items()}


def test_the_example_of_the_documentation():
    dataset = made(filled=10)
    dataset.geo_coverage, dataset.objective, dataset.tags = "", [], []
    dataset.data_source = dataset.data_category = "ก"
    told = quality_of(dataset, version(links=({"problem": {"code": "fetch-status"}},), error=3, warning=10))
    assert [mark.points for mark in told["marks"]] == [15.0, 20.0, 10.0, 10.0, 24.0]
    assert (told["points"], told["grade"]) == (79.0, "B")
    assert all(mark.mend for mark in told["marks"] if mark.points < mark.of)


def test_grades_begin_where_the_office_says():
    assert [grade_of(score) for score in (100, 90, 89.9, 75, 60, 40, 39.9, 0)] == [
        "A",
        "A",
        "B",
        "B",
        "C",
        "D",
        "E",
        "E",
    ]


@pytest.mark.parametrize(
    ("unit", "interval", "days", "wanted"),
    [
        ("ปี", "1", 366, 20.0),
        ("ปี", "1", 367, 10.0),
        ("ปี", "1", 733, 0.0),
        ("เดือน", "3", 93, 20.0),
        ("เดือน", "3", 94, 10.0),
        ("ไม่มีการปรับปรุงหลังจากการจัดเก็บข้อมูล", "", 9000, 20.0),
        ("ไม่ทราบ", "", 1, 0.0),
        ("", "x", 1, 0.0),
    ],
)
def test_a_dataset_is_as_late_as_its_own_promise(unit, interval, days, wanted):
    assert points(made(unit=unit, interval=interval), version(days=days))["timeliness"] == wanted


def test_links_alone_are_not_machine_readable_nor_checked():
    told = points(made(), version(tables=0, rows=0, links=({"url": "x"},)))
    assert (told["machine"], told["validity"], told["access"]) == (0.0, 0.0, 15.0)


def test_many_findings_take_no_more_than_there_is():
    assert points(made(), version(rows=3, error=50))["validity"] == 0.0
