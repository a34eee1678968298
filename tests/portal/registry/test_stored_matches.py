"""Stored matches say what a reckoning from nothing says, whatever changed on either side and in whatever order."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.db import db
from portal.registry import changes, frames, keeping_up
from portal.registry.asking import IndexedUnits, followed, indexed
from portal.registry.documents import match_document
from portal.registry.joining import join, part
from portal.registry.keeping_up import rebuild_matches
from portal.registry.models import Entity
from portal.registry.stored import stored_ranking
from tests.matched_registry import SHOWN, Registry, frame_number


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short lists, small batches and a patient frame, so that a small registry goes every way that a large one goes."""
    for module, name, value in (
        (frames, "DRIFT", 0.08),
        (changes, "LISTED", SHOWN),
        (changes, "KEPT", SHOWN + 3),
        (keeping_up, "KEPT", SHOWN + 3),
        (changes, "AT_ONCE", 9),
        (keeping_up, "BATCH", 7),
    ):
        monkeypatch.setattr(module, name, value)


@pytest.mark.parametrize("seed", range(3))
def test_random_changes_of_both_sides_end_as_from_nothing(app: Flask, short: None, seed: int) -> None:
    registry = Registry(app, seed, clusters=40, units=60)
    assert registry.refresh(anew=True) == 40
    assert registry.check() == 40
    reckoned = taken = 0
    for _ in range(12):
        first = frame_number(app)
        for kind in registry.dice.choices(("cluster", "unit"), k=registry.dice.randrange(1, 3)):
            registry.change(kind)
        reckoned += registry.refresh(anew=registry.dice.random() < 0.5)
        taken += frame_number(app) != first
        registry.check()
    assert 1 <= taken < 9  # new frames, and changes within one
    assert reckoned < 12 * 20  # and most clusters were never reckoned again


def test_a_joined_and_a_parted_unit_change_the_matches(app: Flask, short: None) -> None:
    registry = Registry(app, 7, clusters=30, units=40)
    registry.refresh(anew=True)
    with registry.writing() as session:
        one, other = session.scalars(select(Entity).where(Entity.kind == "unit").limit(2))
        join(session, one, other, by="somebody")
        kept, gone = one.id, other.id
    registry.refresh(anew=False)
    registry.check()
    with registry.writing() as session:
        part(session, session.get_one(Entity, gone), by="somebody")
    registry.refresh(anew=True)
    registry.check()
    assert kept != gone


def test_what_changes_while_it_is_reckoned_is_reckoned_again(
    app: Flask, short: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = Registry(app, 8, clusters=30, units=40)
    write = keeping_up.write
    turns = iter(("cluster", "unit", "cluster"))

    def interrupted(*arguments: Any) -> bool:
        kind = next(turns, None)
        if kind:
            registry.change(kind)
        if kind == "unit":  # another process brings it in first
            mine = app.extensions["khlang-units"]
            app.extensions["khlang-units"] = IndexedUnits()
            keeping_up.keep_frame()
            app.extensions["khlang-units"] = mine
        return write(*arguments)

    monkeypatch.setattr(keeping_up, "write", interrupted)
    registry.refresh(anew=True)
    registry.refresh(anew=False)
    registry.check()


def test_pages_reckon_themselves_until_the_stored_matches_know_of_a_change(app: Flask, short: None) -> None:
    registry = Registry(app, 9, clusters=5, units=30)
    registry.refresh(anew=True)
    registry.change("unit")
    with app.app_context():
        followed()
        cluster = db.session.scalars(select(Entity).where(Entity.kind == "cluster").limit(1)).one()
        assert stored_ranking(cluster) is None
        reckoned = match_document(cluster, limit=SHOWN)
    registry.refresh(anew=False)
    with app.app_context():
        followed()
        cluster = db.session.scalars(select(Entity).where(Entity.kind == "cluster").limit(1)).one()
        assert stored_ranking(cluster) is not None
        stored = match_document(cluster, limit=SHOWN)
    assert stored["hits"]
    assert stored == reckoned


def test_a_rebuild_takes_a_new_frame_and_reckons_every_cluster(app: Flask, short: None) -> None:
    registry = Registry(app, 10, clusters=12, units=40)
    registry.refresh(anew=True)
    registry.change("unit")
    registry.refresh(anew=False)
    first = frame_number(app)
    with app.app_context():
        assert rebuild_matches() == 12
        units = indexed().follow(db.session)
        assert indexed().stored_stand
        assert frames.load_frame(db.session, indexed().state.id) == units.frame()
    assert frame_number(app) != first
    registry.check()
