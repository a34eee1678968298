"""What a publisher delivered in the last twelve months: public versions only, this month at the end."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import select

from portal.catalogue.deliveries import MONTHS, last_months
from portal.catalogue.models import Dataset, Version
from portal.db import now


def test_the_months_are_the_last_twelve():
    months = last_months()
    assert len(months) == len(set(months)) == MONTHS
    assert months == sorted(months)
    assert months[-1] == (now().year, now().month - 1)


def dated(writing, name, moment, *, state="published"):
    """Date the only version of a dataset."""
    with writing() as session:
        dataset = session.scalar(select(Dataset).where(Dataset.name == name))
        dataset.state = state
        session.scalar(select(Version).where(Version.dataset_id == dataset.id)).published_at = moment


def test_versions_are_counted_in_their_month_for_page_list_and_data(client, writing, add_publisher, add_dataset):
    office, other = add_publisher(), add_publisher("nan-office", title_th="สำนักงานตัวอย่างน่าน")
    for name, publisher, moment, state in (
        ("now-one", office, now(), "published"),
        ("now-two", office, now(), "archived"),
        ("past", office, now().replace(day=1) - timedelta(days=40), "published"),
        ("old", office, now() - timedelta(days=800), "published"),
        ("gone", office, now(), "withdrawn"),
        ("others", other, now() - timedelta(days=800), "published"),
    ):
        add_dataset(name, publisher)
        dated(writing, name, moment, state=state)
    data = client.get("/publisher/phrae-office.json").json["deliveries"]
    assert len(data) == MONTHS
    assert data[-1] == {"month": f"{now():%Y-%m}", "versions": 2}
    assert [month["versions"] for month in data if month["versions"]] == [1, 2]
    listed = {one["slug"]: one["deliveries"] for one in client.get("/publisher.json").json["publishers"]}
    assert listed["phrae-office"] == data
    assert not any(month["versions"] for month in listed["nan-office"])
    page = client.get("/publisher/phrae-office").text
    assert "ส่งข้อมูล 3 รุ่นใน 12 เดือน" in page
    drawn = re.search(r'<span class="sparkline">.*?</svg>', page, re.DOTALL)[0]
    assert drawn.count("<rect") == MONTHS
    assert 'height="19.0"' in drawn  # this month is the highest
    index = client.get("/publisher?lang=en").text
    assert "3 versions in 12 months" in index
    assert "0 versions in 12 months" in index
