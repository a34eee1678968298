"""When a source is due again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta

EVERY: Mapping[str, timedelta] = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(days=7),
    "monthly": timedelta(days=30),
}
JITTER_SHARE = 0.1  # so that a hundred daily sources do not all start at one minute


def next_due(schedule: str, slug: str, after: datetime) -> datetime | None:
    """Return when a source with this schedule is due after `after`; None when it is harvested by hand only.

    The jitter is made from the slug, so that it is the same at every call.
    """
    every = EVERY.get(schedule)
    if every is None:
        return None
    share = int.from_bytes(hashlib.sha256(slug.encode()).digest()[:4]) / 2**32
    return after + every + every * JITTER_SHARE * share


def is_due(schedule: str, planned: datetime | None, moment: datetime) -> bool:
    """Whether a source is due: its time has come, or lies farther ahead than any plan does, since the clock was set back."""
    if planned is None:
        return False
    every = EVERY.get(schedule, timedelta(0))
    return planned <= moment or planned > moment + every * (1 + JITTER_SHARE)
