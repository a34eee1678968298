"""What publishers delivered month by month: the versions of the last twelve months, as numbers and as a small line of bars."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from flask_babel import ngettext  # type: ignore[import-untyped]
from sqlalchemy import extract, func, select

from portal.catalogue.models import Dataset, Version
from portal.catalogue.queries import visible
from portal.db import db, now
from portal.writing import number

MONTHS = 12
Month = tuple[int, int]  # year, month
NONE: Mapping[Month, int] = {}


def last_months() -> list[Month]:
    """The last twelve months, this one at the end."""
    last = now().year * 12 + now().month - 1
    return [divmod(month, 12) for month in range(last - MONTHS + 1, last + 1)]


def deliveries_of(publisher_id: int | None = None) -> dict[int, dict[Month, int]]:
    """Publisher → month → versions published of datasets that are public; for one publisher, or for all."""
    year, month = last_months()[0]
    first = datetime(year, month + 1, 1, tzinfo=UTC)
    when = (extract("year", Version.published_at), extract("month", Version.published_at))
    query = visible(
        select(Dataset.publisher_id, *when, func.count(Version.id))
        .join(Version, Version.dataset_id == Dataset.id)
        .where(Version.published_at >= first)
        .group_by(Dataset.publisher_id, *when)
    )
    if publisher_id is not None:
        query = query.where(Dataset.publisher_id == publisher_id)
    found: dict[int, dict[Month, int]] = defaultdict(dict)
    for publisher, in_year, in_month, count in db.session.execute(query):
        found[publisher][(int(in_year), int(in_month) - 1)] = count
    return found


def months_json(counts: Mapping[Month, int]) -> list[dict[str, Any]]:
    """The twelve months as data."""
    return [
        {"month": f"{year}-{month + 1:02}", "versions": counts.get((year, month), 0)} for year, month in last_months()
    ]


def sparkline_view(counts: Mapping[Month, int]) -> dict[str, Any]:
    """The twelve months for the macro: heights of 0…1, the whole in words, and the first month's day."""
    values = [counts.get(month, 0) for month in last_months()]
    most, total = max(values), sum(values)
    year, month = last_months()[0]
    return {
        "heights": [value / most if most else 0 for value in values],
        "says": str(
            ngettext(
                "ส่งข้อมูล %(count)s รุ่นใน 12 เดือน",
                "ส่งข้อมูล %(count)s รุ่นใน 12 เดือน",
                total,
                count=number(total),
            )
        ),
        "since": date(year, month + 1, 1),
    }
