"""Matching at national size: everything from nothing, one changed cluster, one changed unit, and the pages that read it.

The registry is that of `bench.groups`, integrated as rows of published versions are. Matching from nothing runs in a process of its
own, CPU and peak memory counted; the yardstick is SQLite's FTS5 over the same words, asked for the first 20 units of each cluster
by BM25 in the same run, without place, subject, synonyms or anything stored. Pages are asked through the application's own client.

Run as `python -m bench.matchscale [--clusters N] [--units N] [--requests N] [--home PATH]`; small by `--clusters 2000 --units 400`.
With `--semantic`, the need box alone, with the order by meaning (`khlang[semantic]`) and without it, on the same units.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bench import groups
from bench.yardstick import Figure, compile_all, percentile, report, run_process

STEP = 5_000
MINUTES, MIB = 10.0, 1024.0  # from nothing
CLUSTER_MS, UNIT_SECONDS, NEED_MS, PAGE_MS = 50.0, 5.0, 150.0, 50.0
SAMPLE = 1_000  # clusters that the yardstick is asked for
FIRST = 20
HEADERS = {"Accept-Encoding": "gzip", "Accept": "text/html", "User-Agent": "bench"}


def main() -> int:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clusters", type=int, default=50_000)
    parser.add_argument("--units", type=int, default=5_000)
    parser.add_argument("--requests", type=int, default=100)
    parser.add_argument("--home", type=Path, help="keep the registry here, and take what stands there already")
    parser.add_argument("--semantic", action="store_true", help="the need box alone, with the order by meaning")
    parser.add_argument("--step", choices=sorted(STEPS), help="one step in this process, on KHLANG_HOME")
    options = parser.parse_args()
    if options.step:
        with application():
            print(json.dumps(STEPS[options.step](options)))
        return 0
    compile_all()
    with tempfile.TemporaryDirectory() as folder:
        home = options.home or Path(folder) / "home"
        environment = {"KHLANG_HOME": str(home), "KHLANG_TRUSTED_HOSTS": "localhost"}
        sizes = [
            "--clusters",
            str(options.clusters),
            "--units",
            str(options.units),
            "--requests",
            str(options.requests),
        ]

        def step(name: str) -> Any:
            return run_process([sys.executable, "-m", "bench.matchscale", "--step", name, *sizes], environment)

        if not home.exists():
            step("make")
        if options.semantic:
            figures = [*need_box(step, environment)]
        else:
            figures = [*from_nothing(step, options), *changed(step, options), *pages(step, options)]
    return report("matchscale", figures, clusters=options.clusters, units=options.units)


def from_nothing(step: Callable[[str], Any], options: argparse.Namespace) -> Iterator[Figure]:
    """All matches reckoned, none stored before."""
    spent, yard = step("reckon"), step("yardstick")
    size = f"{options.clusters:,} × {options.units:,}"
    note = f"{spent.answer['clusters']} clusters; by the clock {spent.wall / 60:.2f} min; database {spent.answer['mib']} MiB"
    yield Figure("all matches from nothing, CPU", size, "min", round(spent.cpu / 60, 2), MINUTES, round(yard.answer["seconds"] / 60, 2), f"FTS5, {yard.answer['asked']} asked", note=note)  # fmt: skip
    yield Figure("the same, peak of the largest process", size, "MiB", round(spent.peak_mib), MIB)


def changed(step: Callable[[str], Any], options: argparse.Namespace) -> Iterator[Figure]:
    """One row of either side changed, the matches brought up to it, in a process that has its units in memory."""
    told = step("change").answer
    size = f"{options.clusters:,} × {options.units:,}"
    for name, unit, budget, factor in (
        ("cluster", "ms", CLUSTER_MS, 1000.0), ("unit", "s", UNIT_SECONDS, 1.0), ("unit that leaves or comes back", "s", UNIT_SECONDS, 1.0)
    ):  # fmt: skip
        first, *times = told[name]  # the first pays for what a process reads once
        note = f"{len(times)} changes; median {statistics.median(times) * factor:.3g} {unit}, slowest {max(times) * factor:.3g}; the first of the process {first * factor:.3g} {unit}"
        yield Figure(
            f"one changed {name}, p95 of CPU", size, unit, round(percentile(times, 0.95) * factor, 2), budget, note=note
        )
    yield Figure("units in memory", size, "MiB", told["memory"], note=f"loaded in {told['loaded']} s CPU")


def pages(step: Callable[[str], Any], options: argparse.Namespace) -> Iterator[Figure]:
    """p95 of each page by the CPU of this process; the clock is told."""
    yield from of_pages(step("read").answer)


def of_pages(told: Mapping[str, Any]) -> Iterator[Figure]:
    """A figure for each kind of page."""
    for name, times in told.items():
        cpu, clock = ([pair[at] for pair in times] for at in (0, 1))
        note = f"p50 {statistics.median(cpu):.1f} ms, slowest {max(cpu):.1f}; by the clock p50 {statistics.median(clock):.1f}, p95 {percentile(clock, 0.95):.1f} ms"
        budget = NEED_MS if name.startswith("need") else PAGE_MS
        yield Figure(f"{name}, p95", f"{len(times)} requests", "ms", round(percentile(cpu, 0.95), 1), budget, note=note)


def need_box(step: Callable[[str], Any], environment: dict[str, str]) -> Iterator[Figure]:
    """The need box by words alone, and with the order by meaning: what units say is learnt first, the time of it told."""
    yield from of_pages(step("needs").answer)
    environment["KHLANG_SEMANTIC"] = "1"
    spent = step("learn")
    texts = spent.answer["texts"]
    yield Figure("learning what units say, CPU", f"{texts:,} texts", "min", round(spent.cpu / 60, 2), note=f"peak {spent.peak_mib:.0f} MiB")  # fmt: skip
    asked = step("needs")
    for figure in of_pages({f"{name}, with meaning": times for name, times in asked.answer.items()}):
        yield replace(figure, note=f"{figure.note}; peak of the process {asked.peak_mib:.0f} MiB")


# ── steps, each in a process of its own ──────────────────────────────────────────────────────────────────────────────
@contextmanager
def application() -> Iterator[None]:
    """The portal on KHLANG_HOME, its folder prepared."""
    from portal.app import create_app
    from portal.home import prepare
    from portal.settings import Settings

    prepare(Settings())
    with create_app().app_context():
        yield


def make(options: argparse.Namespace) -> Any:
    """Integrate the rows as those of three published datasets, and some introductions."""
    from portal.catalogue.models import Publisher
    from portal.db import now, transaction
    from portal.introductions.models import Introduction
    from portal.registry.models import Entity

    with transaction() as session:
        session.add(Publisher(slug="bench", title_th="สำนักงานสมมติ", title_en="Bench", kind="office"))
    sizes = {"cluster": options.clusters, "unit": options.units, "output": options.units}
    rows = {"cluster": groups.clusters, "unit": groups.units, "output": groups.outputs}
    for kind, made in rows.items():
        take(kind, made(sizes[kind]))
    dice = random.Random(groups.SEED)
    with transaction() as session:
        from sqlalchemy import select

        units = session.scalars(select(Entity).where(Entity.kind == "unit").limit(200)).all()
        for _ in range(options.clusters // 5):
            unit = dice.choice(units)
            session.add(
                Introduction(unit_id=unit.id, province_code=unit.province_code or "10", group_name="กลุ่ม", contact="-",
                             message="-", sent_at=now(), answered_at=now(), answer="accepted")
            )  # fmt: skip
    return {}


def take(kind: str, facts: Iterator[Mapping[str, Any]]) -> None:
    """Integrate rows of one kind, in steps as a large table is."""
    from collections import Counter

    from sqlalchemy import select

    from harvesters.values import ROW_COLUMN
    from portal.catalogue.models import Dataset, Publisher
    from portal.db import transaction
    from portal.registry.actions import settle, take_in
    from portal.registry.reading import told_of

    with transaction() as session:
        publisher = session.scalars(select(Publisher)).one()
        dataset = session.scalar(select(Dataset).where(Dataset.name == f"bench-{kind}"))
        if dataset is None:
            dataset = Dataset(name=f"bench-{kind}", title_th=kind, publisher_id=publisher.id, license_id="cc-by")
            session.add(dataset)
        session.flush()
        number = dataset.id
    seen: Counter[str] = Counter()
    told = [
        one
        for row, cells in enumerate(facts, 2)
        if (one := told_of(kind, "table", {ROW_COLUMN: row, **cells}, seen)) is not None
    ]
    for at in range(0, len(told), STEP):
        with transaction() as session:
            settle(session, take_in(session, session.get_one(Dataset, number), 1, told[at : at + STEP]))


def reckon(options: argparse.Namespace) -> Any:
    """Everything from nothing."""
    from sqlalchemy import delete

    from portal.db import transaction
    from portal.registry import frames, models
    from portal.registry.keeping_up import refresh_help

    with transaction() as session:  # where --home was reckoned before
        for table in (
            models.ClusterMatch,
            models.ClusterHelp,
            models.ClusterTerms,
            models.MatchFrame,
            models.UnitWords,
        ):
            session.execute(delete(table))
        frames.make_due(session)
    done = refresh_help(most=None)
    home = Path(os.environ["KHLANG_HOME"])
    return {
        "clusters": done,
        "mib": round((home / "khlang.sqlite").stat().st_size / 2**20) if (home / "khlang.sqlite").exists() else 0,
    }


def yardstick(options: argparse.Namespace) -> Any:
    """The first units of some clusters by BM25 over the same words; the time is told for all of them."""
    from portal.db import db
    from portal.registry.asking import followed
    from portal.registry.models import ClusterTerms

    sample = min(SAMPLE, options.clusters)
    units = followed()
    bare = sqlite3.connect(":memory:")
    names = {
        word: f"w{number}"
        for number, word in enumerate({word for told in units.by_slug.values() for word in told.words})
    }
    bare.execute("CREATE VIRTUAL TABLE unit USING fts5(slug UNINDEXED, words)")
    bare.executemany("INSERT INTO unit VALUES (?, ?)", [(slug, " ".join(names[word] for word in told.words)) for slug, told in units.by_slug.items()])  # fmt: skip
    from sqlalchemy import select

    terms = [json.loads(text) for text in db.session.scalars(select(ClusterTerms.terms).limit(sample))]
    began = time.process_time()
    for asked in terms:
        words = " OR ".join(names[word] for word in asked if word in names)
        if words:
            bare.execute("SELECT slug FROM unit WHERE unit MATCH ? ORDER BY rank LIMIT ?", (words, FIRST)).fetchall()
    return {"seconds": (time.process_time() - began) * options.clusters / sample, "asked": sample}


def change(options: argparse.Namespace) -> Any:
    """Change one row at a time, of clusters and of units, and bring the matches up to it."""
    from portal.db import db
    from portal.registry.asking import indexed
    from portal.registry.keeping_up import refresh_help

    before, began = peak(), time.process_time()
    indexed().follow(db.session)
    db.session.rollback()
    told: dict[str, Any] = {"memory": round(peak() - before), "loaded": round(time.process_time() - began, 2)}
    refresh_help()
    dice = random.Random(groups.SEED)
    for kind, made, column, turns in (
        ("cluster", groups.clusters, "products", 60),
        ("unit", groups.units, "services", 8),
    ):
        rows = list(made(min(200, getattr(options, f"{kind}s"))))
        told[kind] = []
        for _ in range(turns):
            row = dice.choice(rows)
            row[column] = f"{row[column]};ผ้าไหม;ทดสอบความคงทนของสี;{time.time_ns()}"
            took = settle_one(kind, rows.index(row) + 2, row)
            began = time.process_time()
            refresh_help()
            told[kind].append(time.process_time() - began + took)
    told["unit that leaves or comes back"] = []
    for turn in range(6):
        took = settle_one("unit", turn // 2 + 2, rows[turn // 2], gone=turn % 2 == 0)
        began = time.process_time()
        refresh_help()
        told["unit that leaves or comes back"].append(time.process_time() - began + took)
    return told


def settle_one(kind: str, number: int, row: Mapping[str, Any], *, gone: bool = False) -> float:
    """Write one changed row, or that it is gone, as the transaction of its version does. CPU seconds."""
    from collections import Counter

    from sqlalchemy import select

    from harvesters.values import ROW_COLUMN
    from portal.catalogue.models import Dataset
    from portal.db import transaction
    from portal.registry.actions import settle, take_in
    from portal.registry.models import Mention
    from portal.registry.reading import told_of

    told = told_of(kind, "table", {ROW_COLUMN: number, **row}, Counter())
    assert told is not None
    began = time.process_time()
    with transaction() as session:
        dataset = session.scalars(select(Dataset).where(Dataset.name == f"bench-{kind}")).one()
        if gone:
            mention = session.scalars(
                select(Mention).where(Mention.dataset_id == dataset.id, Mention.key == told.key)
            ).one()
            touched = {mention.entity_id}
            session.delete(mention)
            session.flush()
        else:
            touched = take_in(session, dataset, 1, [told])
        assert touched, "nothing changed"
        settle(session, touched)
    return time.process_time() - began


def read(options: argparse.Namespace) -> Any:
    """Milliseconds of CPU and clock of each page, the first answer of each kind not counted (units are indexed by it)."""
    from flask import current_app
    from sqlalchemy import select

    from portal.db import db
    from portal.registry.models import Entity

    client = current_app.test_client(use_cookies=False)
    dice = random.Random(groups.SEED)
    slugs = {
        kind: list(db.session.scalars(select(Entity.slug).where(Entity.kind == kind))) for kind in ("cluster", "unit")
    }
    db.session.rollback()
    needs = list(groups.needs(options.requests + 1))
    chosen = {kind: dice.choices(some, k=options.requests + 1) for kind, some in slugs.items()}
    links: dict[str, list[str]] = {
        "need box": [f"/match?need={quote(need)}&province={code}" for need, code in needs],
        "cluster page": [f"/cluster/{slug}" for slug in chosen["cluster"]],
        "matches of a cluster": [f"/match?cluster={slug}" for slug in chosen["cluster"]],
        "unit page": [f"/unit/{slug}" for slug in chosen["unit"]],
        "cluster list": [f"/cluster?page={dice.randrange(1, 20)}" for _ in range(options.requests // 4 + 1)],
        "cluster list, last page": [
            f"/cluster?page={options.clusters // 50}" for _ in range(options.requests // 4 + 1)
        ],
        "cluster list of a province": [f"/cluster?province={code}" for _, code in needs[: options.requests // 4 + 1]],
        "unit list": [f"/unit?page={dice.randrange(1, 20)}" for _ in range(options.requests // 4 + 1)],
        "province page": [f"/province/{code}" for _, code in needs[: options.requests // 4 + 1]],
        "gaps": ["/gaps"] * (options.requests // 4 + 1),
        "introductions": ["/introductions"] * (options.requests // 4 + 1),
    }
    return {name: [timed(client, link) for link in some][1:] for name, some in links.items()}


def needs(options: argparse.Namespace) -> Any:
    """Milliseconds of CPU and clock of the need box, the first answer not counted."""
    from flask import current_app

    client = current_app.test_client(use_cookies=False)
    links = [f"/match?need={quote(need)}&province={code}" for need, code in groups.needs(options.requests + 1)]
    return {"need box": [timed(client, link) for link in links][1:]}


def learn(options: argparse.Namespace) -> Any:
    """Turn all that units say into vectors, as the harvest does."""
    from portal.db import db
    from portal.registry.asking import all_units
    from portal.registry.keeping_up import learn_meanings
    from portal.registry.meaning import said_by

    learn_meanings(None)
    return {"texts": len({text for unit in all_units(db.session) for text in said_by(unit)})}


def timed(client: Any, link: str) -> tuple[float, float]:
    """CPU and clock of one answer."""
    clock, cpu = time.perf_counter(), time.process_time()
    with client.get(link, headers=HEADERS) as answer:
        size = len(answer.data)
        assert answer.status_code == 200, f"{link}: {answer.status_code}"
        assert size
    return (time.process_time() - cpu) * 1000, (time.perf_counter() - clock) * 1000


def peak() -> float:
    """The most memory that this process had so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


STEPS: Mapping[str, Callable[[argparse.Namespace], Any]] = {
    "make": make, "reckon": reckon, "yardstick": yardstick, "change": change, "read": read, "needs": needs,
    "learn": learn,
}  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(main())
