"""A registry whose rows change, and a check of every stored match against a reckoning from all units."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from bench import groups
from harvesters.values import ROW_COLUMN
from portal.catalogue.models import Dataset, Publisher
from portal.db import db, transaction
from portal.registry import frames
from portal.registry.actions import drop_older, settle, take_in
from portal.registry.asking import IndexedUnits, asker_of, indexed, units_of
from portal.registry.keeping_up import refresh_help
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
