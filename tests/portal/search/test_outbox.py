"""The index follows the catalogue: by the outbox after each commit, by healing after anything else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.db import db
from portal.errors import PortalError
from portal.search import outbox
from portal.search.models import OutboxEntry
from portal.search.outbox import drain, engine, heal, put, rebuild
from portal.search.plan import make_plan

ROOT = Path(__file__).resolve().parents[3]
Publish = Callable[..., None]
InApp = Callable[..., Any]


@pytest.fixture
def waiting(app: Flask) -> Callable[[], int]:
    """How much the outbox holds."""

    def count() -> int:
        with app.app_context(), Session(db.engine) as session:
            return session.scalar(select(func.count()).select_from(OutboxEntry)) or 0

    return count


@pytest.fixture
def names(in_app: InApp) -> Callable[..., list[str]]:
    """The datasets that a search finds."""
    return lambda text="": sorted(
        key.partition(":")[2] for key in in_app(lambda: engine().search(make_plan(text))).keys
    )


def test_what_was_published_is_found_after_draining(
    publish: Publish, in_app: InApp, waiting: Callable[[], int], names: Callable[..., list[str]]
) -> None:
    publish("silk", ["ก"], [["ข"]], title_th="ผ้าไหมเมืองสมมติ", provinces=["54"])
    assert (waiting(), names()) == (1, [])
    assert in_app(drain) == 1
    assert (waiting(), names("ไหม"), names("แพร่")) == (0, ["silk"], ["silk"])
    assert in_app(drain) == 0


def test_the_entry_is_of_the_transaction_that_changed_the_catalogue(
    writing: Callable[..., Any], waiting: Callable[[], int]
) -> None:
    def changes_and_fails() -> None:
        with writing() as session:
            put(session, "dataset", "never")
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        changes_and_fails()
    assert waiting() == 0


def test_entries_stay_until_the_index_has_them(
    publish: Publish,
    in_app: InApp,
    waiting: Callable[[], int],
    names: Callable[..., list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    publish("silk", title_th="ผ้าไหม")

    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    for place, name in ((outbox, "refresh_entries"), (outbox, "refresh_rows")):
        with monkeypatch.context() as patched:
            patched.setattr(place, name, fails)
            assert in_app(drain) == 0  # told in the log; what was published stays published
        assert waiting() == 1
    assert in_app(drain) == 1
    assert (waiting(), names("ผ้าไหม")) == (0, ["silk"])


def test_many_are_drained_in_batches_and_things_told_twice_are_one(
    publish: Publish,
    writing: Callable[..., Any],
    in_app: InApp,
    waiting: Callable[[], int],
    names: Callable[..., list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for number in range(5):
        publish(f"n{number}", title_th="ผ้าไหม")
    with writing() as session:
        for number in range(5):
            put(session, "dataset", f"n{number}")
        put(session, "dataset", "nobody-knows")
    monkeypatch.setattr(outbox, "BATCH", 3)
    in_app(drain)
    assert waiting() == 0
    assert names() == [f"n{number}" for number in range(5)]


def test_withdrawn_leaves_and_restored_returns(
    publish: Publish, set_state: Callable[..., None], in_app: InApp, names: Callable[..., list[str]]
) -> None:
    publish("silk", title_th="ผ้าไหม")
    in_app(drain)
    for state, found in (("withdrawn", []), ("published", ["silk"]), ("archived", ["silk"])):
        set_state("silk", state)
        in_app(drain)
        assert names("ผ้าไหม") == found


def test_a_missing_or_broken_index_is_rebuilt_by_draining(
    publish: Publish, in_app: InApp, app: Flask, names: Callable[..., list[str]]
) -> None:
    publish("silk", ["ก"], [["กล้วยตาก"]], title_th="ผ้าไหม")
    in_app(drain)
    folder = app.config["KHLANG"].home / "index"
    for path in folder.rglob("*"):
        if path.is_file():
            path.write_bytes(b"x")
    app.extensions["khlang-search"]._close()
    in_app(drain)
    assert names("ผ้าไหม") == ["silk"]


def test_rebuilding_keeps_what_the_outbox_holds_and_then_does_it(
    publish: Publish, in_app: InApp, waiting: Callable[[], int], names: Callable[..., list[str]]
) -> None:
    publish("silk", title_th="ผ้าไหม")
    publish("gold", title_th="ทอง")
    assert in_app(rebuild) == 2
    assert (waiting(), names()) == (0, ["gold", "silk"])


# ── healing ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_healing_finds_what_is_missing_outdated_and_too_much(
    publish: Publish,
    set_state: Callable[..., None],
    in_app: InApp,
    writing: Callable[..., Any],
    names: Callable[..., list[str]],
) -> None:
    for name in ("missing", "outdated", "surplus", "right"):
        publish(name, ["ก"], [["กล้วยตาก"]], title_th="ผ้าไหม")
    in_app(drain)
    publish("outdated", ["ก"], [["น้ำผึ้ง"]])
    set_state("surplus", "withdrawn")
    with writing() as session:  # as if the outbox had been lost
        for one in session.scalars(select(OutboxEntry)):
            session.delete(one)
    in_app(lambda: engine().update([], ["dataset:missing"]))
    assert names() == ["outdated", "right", "surplus"]
    assert in_app(heal) == {"replayed": 0, "missing": 2, "surplus": 1, "rows": 1}
    assert names() == ["missing", "outdated", "right"]
    rows = in_app(lambda: outbox.row_index().search(make_plan("น้ำผึ้ง")))
    assert [(hit.dataset, hit.version) for hit in rows.hits] == [("outdated", 2)]
    assert in_app(heal) == {"replayed": 0, "missing": 0, "surplus": 0, "rows": 0}


@pytest.mark.parametrize("fault", ["index-written", "index-switched", "rows-indexed"])
def test_killed_while_draining_it_is_healed_at_the_next_start(
    publish: Publish, in_app: InApp, app: Flask, waiting: Callable[[], int], names: Callable[..., list[str]], fault: str
) -> None:
    publish("silk", ["ก"], [["กล้วยตาก"]], title_th="ผ้าไหม")
    code = "from portal.app import create_app\nfrom portal.search.outbox import drain\nwith create_app().app_context():\n    drain()"
    environment = {**os.environ, "KHLANG_HOME": str(app.config["KHLANG"].home), "KHLANG_FAULT": fault}
    killed = subprocess.run([sys.executable, "-c", code], env=environment, cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert waiting() == 1
    in_app(heal)
    assert (waiting(), names("ผ้าไหม")) == (0, ["silk"])
    assert in_app(lambda: outbox.row_index().search(make_plan("กล้วยตาก"))).total == 1


def test_a_folder_open_to_others_is_told_and_never_read(app: Flask, in_app: InApp) -> None:
    (app.config["KHLANG"].home / "index").chmod(0o777)
    with pytest.raises(PortalError) as told:
        in_app(heal)
    assert told.value.code == "settings-wrong"
    assert in_app(outbox.try_heal) is False
