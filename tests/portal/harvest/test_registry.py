"""Adding sources: what is unknown is named, with what would be known."""

import pytest
from sqlalchemy import select

from portal.db import db, now
from portal.errors import PortalError
from portal.harvest.models import Source
from portal.harvest.registry import add_source, remove_source
from portal.harvest.schedule import next_due

GOOD = {"kind": "spreadsheet", "url": "https://example.go.th/a.csv", "publisher_title": "สำนักงานทดสอบ"}


@pytest.mark.parametrize(
    ("wrong", "code", "named"),
    [
        ({"kind": "fax"}, "unknown-kind", "spreadsheet"),
        ({"profile": "people"}, "unknown-profile", "entrepreneur-cluster"),
        ({"province": "00"}, "unknown-province", "00"),
        ({"options": {"colour": "red"}}, "unknown-option", "personal"),
        ({"options": {"personal": "show"}}, "option-wrong", "hold"),
        ({"options": {"max_bad_rows": "7"}}, "option-wrong", "0 … 1"),
        ({"publisher": "nobody", "publisher_title": None}, "unknown-publisher", "nobody"),
    ],
)
def test_what_is_wrong_is_named_in_both_languages(app, wrong, code, named):
    with app.app_context(), pytest.raises(PortalError) as refused:
        add_source("phrae", **{**GOOD, **wrong})
    assert refused.value.code == code
    assert named in refused.value.sentence.th
    assert named in refused.value.sentence.en


@pytest.mark.parametrize("slug", ["", "a", "Phrae", "แพร่", "a b", "x" * 71, "a/b"])
def test_a_slug_must_be_an_address(app, slug):
    with app.app_context(), pytest.raises(PortalError) as refused:
        add_source(slug, **GOOD)
    assert refused.value.code == "name-wrong"


def test_a_slug_is_taken_once(app):
    with app.app_context():
        add_source("phrae", **GOOD)
        with pytest.raises(PortalError) as refused:
            add_source("phrae", **GOOD)
    assert refused.value.code == "name-taken"


def test_a_web_address_is_never_taken_for_a_path(app):
    with app.app_context():
        add_source("phrae", **GOOD, local=True)
        assert db.session.scalars(select(Source)).one().local is False


def test_a_removed_source_is_never_due_and_its_history_stays(app, runner):
    with app.app_context():
        add_source("phrae", **GOOD, options={"schedule": "daily"})
        assert db.session.scalars(select(Source)).one().next_due_at is not None
        remove_source("phrae", reason="ย้ายที่", actor="ทดสอบ")
        db.session.rollback()
        row = db.session.scalars(select(Source)).one()
        assert (row.next_due_at, row.schedule) == (None, "manual")
    assert runner("source", "show", "phrae").exit_code == 0


def test_the_next_time_is_spread_but_the_same_at_every_call():
    moment = now()
    due = next_due("daily", "phrae", moment)
    assert due == next_due("daily", "phrae", moment)
    assert 24 <= (due - moment).total_seconds() / 3600 <= 26.4
    assert next_due("daily", "nan", moment) != due
    assert next_due("manual", "phrae", moment) is None


def test_a_path_of_this_machine_is_shown_to_nobody(app, runner, tmp_path):
    (tmp_path / "a.csv").write_text("x")
    with app.app_context():
        add_source("phrae", **{**GOOD, "url": str(tmp_path / "a.csv")}, local=True)
    shown = runner("source", "show", "phrae").output
    assert '"url": "a.csv"' in shown
    assert str(tmp_path) not in shown
