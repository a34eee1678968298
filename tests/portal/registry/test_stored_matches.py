"""Stored matches say what a reckoning from nothing says, whatever changed on either side and in whatever order."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from bench import groups
from harvesters.values import ROW_COLUMN
from portal.catalogue.models import Dataset, Publisher
from portal.db import db, transaction
from portal.registry import changes, frames, keeping_up
from portal.registry.actions import drop_older, settle, take_in
from portal.registry.asking import IndexedUnits, asker_of, followed, indexed, units_of
from portal.registry.documents import match_document
from portal.registry.joining import join, part
from portal.registry.keeping_up import rebuild_matches, refresh_help
from portal.registry.matching import Unit, Units, helpful
from portal.registry.models import ClusterDue, ClusterHelp, ClusterMatch, ClusterTerms, Entity, MatchFrame, UnitWords
from portal.registry.reach import kilometres, nearness
from portal.registry.reading import told_of
from portal.registry.stored import stored_ranking

REACH_KM = 120.0
SHOWN = 5
ROWS: dict[str, Callable[[int, int], Iterator[dict[str, Any]]]] = {
    "cluster": groups.clusters,
    "unit": groups.units,
}


class Registry:
    """Two tables whose rows change, and what the portal makes of them."""

    def __init__(self, app: Flask, seed: int, clusters: int, units: int) -> None:
        self.app, self.dice = app, random.Random(seed)
        self.rows: dict[str, dict[int, dict[str, Any]]] = {}
        self.version = 0
        with self.writing() as session:
            session.add(Publisher(slug="p", title_th="สำนักงาน", title_en="", kind="office"))
            session.flush()
            session.add_all(Dataset(name=kind, title_th=kind, publisher_id=1) for kind in ROWS)
        for kind, count in (("cluster", clusters), ("unit", units)):
            self.rows[kind] = dict(enumerate(ROWS[kind](count, seed), 2))
            self.publish(kind)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        with self.app.app_context(), transaction() as session:
            yield session

    def publish(self, kind: str) -> None:
        """A new version of a table."""
        self.version += 1
        seen: Counter[str] = Counter()
        told = [told_of(kind, "t", {ROW_COLUMN: row, **cells}, seen) for row, cells in self.rows[kind].items()]
        with self.writing() as session:
            dataset = session.scalars(select(Dataset).where(Dataset.name == kind)).one()
            touched = take_in(session, dataset, self.version, [one for one in told if one is not None])
            settle(session, touched | drop_older(session, dataset, self.version))

    def change(self, kind: str) -> None:
        """Something happens to a few rows: words, subject or place change, a row comes or goes."""
        rows = self.rows[kind]
        for _ in range(self.dice.randrange(1, 3)):
            number = self.dice.choice(list(rows))
            match self.dice.randrange(5):
                case 0:
                    del rows[number]
                case 1:
                    made = next(iter(ROWS[kind](1, self.dice.randrange(10**6))))
                    made |= {
                        f"{kind}_id": f"N-{self.version:04d}-{number:04d}",
                        "name_th": f"กลุ่มใหม่ {self.version} {number}",
                    }
                    rows[max(rows) + 1] = made
                case _:
                    other = next(iter(ROWS[kind](1, self.dice.randrange(10**6))))
                    columns = (
                        ["products", "needs"] if kind == "cluster" else ["expertise_th", "services", "instruments"]
                    )
                    for column in columns:
                        rows[number][column] = self.dice.choice((other, rows[number]))[column]
        self.publish(kind)

    def refresh(self, *, anew: bool) -> int:
        """Bring the matches up; `anew`: as a process that has nothing in memory."""
        with self.app.app_context():
            if anew:
                self.app.extensions["khlang-units"] = IndexedUnits()
            return refresh_help(most=None)

    def check(self) -> int:
        """Every stored answer against one from all units by the same frame; how many clusters were compared."""
        with self.app.app_context():
            indexed().follow(db.session)
            assert indexed().stored_stand
            units = Units(all_units(), frames.load_frame(db.session, indexed().state.id))
            clusters = db.session.scalars(
                select(Entity).where(Entity.kind == "cluster", Entity.state == "present")
            ).all()
            for cluster in clusters:
                asker = asker_of(cluster)
                fits = units.fits(asker, most_km=REACH_KM)
                help_ = helpful(fits)
                stored = stored_ranking(cluster)
                assert stored is not None
                assert [tuple(one)[:2] for one in stored.first[:SHOWN]] == [
                    (one.slug, one.score) for one in fits[:SHOWN]
                ]
                places = [units.by_slug[fit.slug].place for fit in help_]
                near = Counter(nearness(asker.place, place) for place in places)
                assert (stored.total, stored.helping) == (len(fits), len(help_))
                assert stored.in_province == near["same-province"]
                assert stored.in_group == near["same-province"] + near["same-group"]
                assert stored.in_region == len(help_) - near[None]
                distances = [
                    (far, fit.slug)
                    for fit, place in zip(help_, places, strict=True)
                    if (far := kilometres(asker.place, place)) is not None
                ]
                assert (stored.nearest_km, stored.nearest) == min(distances, default=(None, ""))
            present = {cluster.id for cluster in clusters}
            for table in (ClusterHelp, ClusterTerms):
                assert set(db.session.scalars(select(table.entity_id))) == present
            assert set(db.session.scalars(select(ClusterMatch.cluster_id))) <= present
            assert db.session.scalars(select(ClusterDue)).all() == []
            assert set(db.session.scalars(select(UnitWords.slug))) == units.by_slug.keys()
            return len(clusters)


def all_units() -> Iterator[Unit]:
    """Every unit, cut from its rows and not from what is stored."""
    slugs = db.session.scalars(select(Entity.slug).where(Entity.kind == "unit", Entity.state == "present")).all()
    return units_of(db.session, slugs)


def frame_number(app: Flask) -> int | None:
    with app.app_context():
        return db.session.scalar(select(MatchFrame.id))


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
