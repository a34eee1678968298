"""One live run per source."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from harvesters.values import Cursor
from portal.db import now, transaction
from portal.errors import PortalError
from portal.harvest import lease
from portal.harvest.actions import begin_run, finish_run, keep_cursor
from portal.harvest.models import Run, Source
from portal.harvest.registry import add_source
from portal.harvest.results import RunState


@pytest.fixture
def source(app):
    with app.app_context():
        add_source("phrae", kind="spreadsheet", url="https://example.go.th/a.csv", publisher_title="สำนักงานทดสอบ")
        yield "phrae"


def take(slug="phrae"):
    with transaction() as session:
        return lease.take(session, slug)


def test_a_second_run_is_told_that_one_is_live(source):
    take()
    with pytest.raises(PortalError) as refused:
        take()
    assert refused.value.code == "live-run"


def test_the_command_line_says_so_with_exit_code_three(source, runner):
    take()
    result = runner("harvest", "phrae")
    assert result.exit_code == 3
    assert "กำลังถูกดึงอยู่แล้ว" in result.output


def test_a_lease_given_back_can_be_taken(source):
    first = take()
    with transaction() as session:
        lease.give_back(session, first)
    assert take().fence == first.fence + 1


def test_a_lease_that_ran_out_is_lost_to_the_next(source):
    first = take()
    with transaction() as session:
        session.scalars(select(Source)).one().lease_until = now() - timedelta(seconds=1)
    second = take()
    assert not lease.renew(first)
    assert lease.renew(second)
    with transaction() as session:
        assert not lease.still_held(session, first)
        assert lease.still_held(session, second)
        lease.give_back(session, first)  # the lost one can't end the other's
        assert session.scalars(select(Source)).one().lease_owner is not None


def test_an_unknown_source_is_named(app):
    with app.app_context(), pytest.raises(PortalError) as refused:
        take("nothing")
    assert refused.value.code == "unknown-source"


def test_a_run_that_died_is_closed_by_the_next(source, runner):
    with transaction() as session:
        row = session.scalars(select(Source)).one()
        session.add(Run(source_id=row.id, number=1))
    runner("harvest", "phrae")
    with transaction() as session:
        first, second = session.scalars(select(Run).order_by(Run.number)).all()
        assert (first.status, first.reason["code"]) == ("failed", "run-lost")
        assert second.status == "failed"
        assert second.reason["code"] in ("fetch-failed", "fetch-refused")


def test_a_run_that_lost_its_lease_leaves_plan_and_cursor_to_the_next(source):
    first = take()
    with transaction() as session:
        run = begin_run(session, first.source_id)
        session.scalars(select(Source)).one().lease_until = now() - timedelta(seconds=1)
    second = take()
    keep_cursor(second, Cursor("theirs"), RunState())
    keep_cursor(first, Cursor("ours"), RunState())
    with transaction() as session:
        finish_run(session, run, first, "failed", None, RunState(), 1.0)
    with transaction() as session:
        row = session.scalars(select(Source)).one()
        assert (row.cursor, row.next_due_at) == ("theirs", None)
        assert lease.still_held(session, second)


def test_a_lease_of_a_clock_that_was_set_back_holds_nothing(source):
    """Its holder was killed; the clock went back a year. A holder who lives renews by the clock of now, and is not taken from."""
    first = take()
    with transaction() as session:
        row = session.scalars(select(Source)).one()
        row.lease_until = now() + 1.9 * lease.lasting()
        assert lease.is_live(row)
    with pytest.raises(PortalError):
        take()
    with transaction() as session:
        row = session.scalars(select(Source)).one()
        row.lease_until = now() + timedelta(days=365)
        assert not lease.is_live(row)
    assert take().fence > first.fence
    assert not lease.renew(first)
