"""Absence is never an order to delete."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.catalogue.models import Dataset, Publisher
from portal.db import now, transaction
from portal.harvest import absence
from portal.harvest.models import Source, SourceItem
from portal.search.models import OutboxEntry


@pytest.mark.parametrize(
    ("before", "gone", "held"),
    [(100, 20, False), (100, 21, True), (10, 9, False), (10, 10, True), (40, 10, False), (40, 11, True), (0, 0, False)],
)
def test_a_mass_loss_or_an_empty_list_waits_for_a_person(before, gone, held):
    assert (absence.mass_loss(before, gone) is not None) is held


@pytest.fixture
def item(app):
    with app.app_context():
        with transaction() as session:
            publisher = Publisher(slug="office", title_th="สำนักงานทดสอบ")
            session.add(publisher)
            session.flush()
            source = Source(slug="s", kind="spreadsheet", url="x", publisher_id=publisher.id)
            dataset = Dataset(name="d", title_th="ทดสอบ", publisher_id=publisher.id)
            session.add_all([source, dataset])
            session.flush()
            session.add(SourceItem(source_id=source.id, remote_id="a.csv", dataset_id=dataset.id))
        yield


def one_complete_run_without_it() -> str:
    with transaction() as session:
        absence.note_absence(session, [session.scalars(select(SourceItem)).one()])
        return session.scalars(select(Dataset)).one().state


def test_what_is_missing_three_times_is_archived_and_comes_back_by_itself(item):
    assert [one_complete_run_without_it() for _ in range(3)] == ["published", "published", "archived"]
    with transaction() as session:
        assert session.scalars(select(OutboxEntry.key)).all() == ["d"]
        known = session.scalars(select(SourceItem)).one()
        absence.note_return(session, known)
        assert (known.missing_runs, known.missing_since) == (0, None)
        assert session.scalars(select(Dataset)).one().state == "published"


def test_what_is_missing_for_a_week_is_archived(item):
    with transaction() as session:
        session.scalars(select(SourceItem)).one().missing_since = now() - timedelta(days=7)
    assert one_complete_run_without_it() == "archived"


def test_what_a_person_withdrew_does_not_come_back_by_itself(item):
    with transaction() as session:
        dataset = session.scalars(select(Dataset)).one()
        dataset.state, dataset.state_reason = "withdrawn", "เจ้าของขอถอน"
        absence.note_return(session, session.scalars(select(SourceItem)).one())
        assert dataset.state == "withdrawn"
