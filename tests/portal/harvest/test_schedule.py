"""When a source is due."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.harvest.schedule import EVERY, is_due, next_due

NOW = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize("schedule", EVERY)
def test_a_source_is_due_when_its_time_has_come_and_not_before(schedule):
    planned = next_due(schedule, "phrae", NOW)
    assert not is_due(schedule, planned, NOW)
    assert not is_due(schedule, planned, planned - timedelta(seconds=1))
    assert is_due(schedule, planned, planned)


@pytest.mark.parametrize("schedule", EVERY)
def test_a_plan_farther_ahead_than_any_was_made_before_the_clock_was_set_back(schedule):
    assert is_due(schedule, next_due(schedule, "phrae", NOW + timedelta(days=400)), NOW)


def test_by_hand_only_is_never_due():
    assert next_due("manual", "phrae", NOW) is None
    assert not is_due("manual", None, NOW)
