"""Runs a source: takes its lease, drives `harvesters.run`, publishes what came of it, and writes down what happened.

The only room that calls `harvesters.run`. Publishing one item is one transaction; the run's own record is written beside it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from flask import Flask, current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from harvesters.checks.personal import mask_text
from harvesters.checks.problems import as_problem, problem
from harvesters.errors import HarvestError
from harvesters.fetch import Fetch
from harvesters.packages.store import Store
from harvesters.run import STOPPED, Ending, Outcome, harvest
from harvesters.values import Cursor, Problem, RunStatus, Source
from portal.accounts.actions import record
from portal.db import now, transaction
from portal.errors import PortalError
from portal.harvest import absence, lease
from portal.harvest.braking import ask, is_released, void
from portal.harvest.models import Run, RunItem, SourceItem
from portal.harvest.models import Source as SourceRow
from portal.harvest.notifying import notify
from portal.harvest.publishing import conclude, note_item
from portal.harvest.results import COUNTS, Progress, Result, RunState, failed, message_of, shown_id
from portal.harvest.rules import as_source, fetch_rules, reading, run_rules, store_of
from portal.harvest.schedule import next_due
from portal.harvest.standing import standings, unchanged
from portal.search import outbox
from portal.settings import Settings

log = logging.getLogger("khlang.harvest")

LOOK_SECONDS = 0.5
OLDEST_CURSOR = timedelta(days=1)  # an older listing is begun anew
LINES_AT_ONCE = 200  # of the run's record, for items that did not change


def silent(_doing: str, _seen: int) -> None:
    """Tell nobody."""


def run_source(slug: str, *, progress: Progress = silent) -> dict[str, Any]:
    """Harvest one source and return the run as JSON (architecture.md §3).

    Raises PortalError("unknown-source") and, when another live run has it, PortalError("live-run").
    """
    with transaction() as session:
        held = lease.take(session, slug)
        run_id = begin_run(session, held.source_id)
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    state = RunState()
    began = time.monotonic()
    with lease.Heartbeat(app, held) as heartbeat:
        stop = StopWatch(run_id)
        try:
            ending = drive(slug, run_id, held, state, progress, lambda: not heartbeat.lost and not stop.asked())
        except BaseException as error:
            with transaction() as session:
                finish_run(session, run_id, held, *ended_by(error), state, time.monotonic() - began)
            raise
        with transaction() as session:
            status, reason = settle(session, run_id, held, ending, state)
            finish_run(session, run_id, held, status, reason, state, time.monotonic() - began)
    outbox.drain()
    notify(run_id)
    return run_json(run_id, state)


def ended_by(error: BaseException) -> tuple[RunStatus, Problem]:
    """How a run ended that did not come to its end: told to by its machine or by a key, or by a fault of ours."""
    told = isinstance(error, KeyboardInterrupt | SystemExit)
    return ("cancelled", problem(STOPPED)) if told else ("failed", problem("run-crashed"))


def begin_run(session: Session, source_id: int) -> int:
    """Write the run's record; a run that died without a word is closed first, and its listing taken up where it was."""
    source = session.get_one(SourceRow, source_id)
    resumed = None
    for dead in session.scalars(select(Run).where(Run.source_id == source_id, Run.status == "running")):
        dead.status, dead.finished_at, dead.reason = "failed", now(), message_of(problem("run-lost"))
        count_lines(session, dead)
        if source.cursor is not None and now() - dead.started_at < OLDEST_CURSOR:
            resumed = dead.number
    if resumed is None:
        source.cursor = None
    newest = session.scalar(select(Run.number).where(Run.source_id == source_id).order_by(Run.number.desc()).limit(1))
    run = Run(source_id=source_id, number=(newest or 0) + 1, resumed_from=resumed)
    session.add(run)
    session.flush()
    return run.id


def count_lines(session: Session, run: Run) -> None:
    """Count what a lost run did by the lines that it left: it could not write its numbers any more."""
    query = select(RunItem.status, func.count()).where(RunItem.run_id == run.id).group_by(RunItem.status)
    for status, count in session.execute(query):
        setattr(run, status, count)
        run.seen += count


class StopWatch:
    """Tells whether somebody has asked the run to stop. Looks into the database twice a second at the most."""

    def __init__(self, run_id: int) -> None:
        self.run_id = run_id
        self._looked, self._asked = 0.0, False

    def asked(self) -> bool:
        """Whether the run is to stop."""
        if not self._asked and time.monotonic() - self._looked > LOOK_SECONDS:
            self._looked = time.monotonic()
            with reading() as session:
                self._asked = session.scalar(select(Run.stop_asked_at).where(Run.id == self.run_id)) is not None
        return self._asked


def stop_run(slug: str, *, actor: str) -> dict[str, Any]:
    """Ask the live run of a source to stop; it does so before its next item. Returns {"source", "run"}.

    Raises PortalError: "unknown-source", "no-live-run".
    """
    with transaction() as session:
        source = session.scalar(select(SourceRow).where(SourceRow.slug == slug))
        if source is None:
            raise PortalError("unknown-source", slug=slug)
        run = session.scalar(select(Run).where(Run.source_id == source.id, Run.status == "running"))
        if run is None or not lease.is_live(source):
            raise PortalError("no-live-run", slug=slug)
        run.stop_asked_at = now()
        record(session, actor=actor, action="source-stop", subject=slug, details={"run": run.number})
        return {"source": slug, "run": run.number}


def taken_up(session: Session, run_id: int, known: Mapping[str, SourceItem]) -> set[str]:
    """Known items that the lost run had already seen where this run takes its listing up."""
    run = session.get_one(Run, run_id)
    lost = select(Run.id).where(Run.source_id == run.source_id, Run.number == run.resumed_from)
    query = select(RunItem.remote_id).where(RunItem.run_id.in_(lost), RunItem.status != "skipped")
    seen = set(session.scalars(query)) if run.resumed_from is not None else set()
    return {remote_id for remote_id in known if mask_text(remote_id) in seen}


def drive(
    slug: str, run_id: int, held: lease.Lease, state: RunState, progress: Progress, wanted: Callable[[], bool]
) -> Ending:
    """Take every item through the line and publish it. Returns how the listing ended."""
    settings: Settings = current_app.config["KHLANG"]
    store = store_of(settings)
    with reading() as session:
        row = session.scalars(select(SourceRow).where(SourceRow.slug == slug)).one()
        source, details = as_source(row), dict(row.details)
        known = absence.known_items(session, row.id)
        now_standing = standings(session, row.id)
        cursor = Cursor(row.cursor) if row.cursor is not None else None
        state.seen_ids |= taken_up(session, run_id, known)
    ending = Ending()
    with store.staging() as workdir, written_down(state):
        fetch = Fetch(workdir, fetch_rules(settings), validators_of(source, known), wanted, store.listings(slug))
        steps = harvest(
            source,
            fetch,
            known=lambda remote_id: known[remote_id].fingerprint if remote_id in known else "",
            stamped=lambda remote_id: known[remote_id].stamp if remote_id in known else "",
            rules=run_rules(settings),
            cursor=cursor,
            wanted=wanted,
        )
        for step in steps:
            if isinstance(step, Ending):
                ending = step
            elif isinstance(step, Cursor):
                keep_cursor(held, step, state)
            else:
                progress(step.item.title or shown_id(step), state.counts["seen"] + 1)
                if step.status != "skipped":  # what its owner took back is missing, and archived in time
                    state.seen_ids.add(step.item.remote_id)
                result = unchanged(step, now_standing.get(step.item.remote_id))
                if result is not None:
                    note_unchanged(run_id, step, result, state)
                else:
                    take_item(store, source, details, run_id, held, step, state)
    if ending.unchanged:  # what was missing before is missing still
        for remote_id, item in known.items():
            if not item.missing_runs:
                state.seen_ids.add(remote_id)
                state.count("same")
    return ending


def validators_of(source: Source, known: Mapping[str, SourceItem]) -> dict[str, tuple[str | None, str | None]]:
    """What the files of a catalogue answered last time.

    Also the one address of any other source; only when nothing of it failed or was held then.
    """
    files = {url: tuple(told) for item in known.values() for url, told in item.files.items()}
    if files:
        return files
    if not known or " " in source.url or any(item.outcome not in ("new", "changed", "same") for item in known.values()):
        return {}
    first = next(iter(known.values()))
    return {source.url: (first.etag, first.last_modified)}


def keep_cursor(held: lease.Lease, cursor: Cursor, state: RunState) -> None:
    """Remember how far the listing came, once the lines of all before it stand written."""
    write_lines(state)
    with transaction() as session:
        if lease.still_held(
            session, held
        ):  # else the listing of the run that took over would be mixed up with this one
            session.get_one(SourceRow, held.source_id).cursor = cursor.value


def note_unchanged(run_id: int, outcome: Outcome, result: Result, state: RunState) -> None:
    """Count an item that is what it was. Its line in the run's record is written with many others."""
    state.add(result)
    state.rows.append(result.to_json(outcome))
    state.unwritten.append(result.as_row(run_id, outcome))
    if len(state.unwritten) >= LINES_AT_ONCE:
        write_lines(state)


@contextmanager
def written_down(state: RunState) -> Iterator[None]:
    """However the listing ends, the lines that it left are written."""
    try:
        yield
    finally:
        write_lines(state)


def write_lines(state: RunState) -> None:
    """Write the lines that wait."""
    if state.unwritten:
        with transaction() as session:
            session.add_all(state.unwritten)
        state.unwritten = []


def take_item(
    store: Store,
    source: Source,
    details: Mapping[str, Any],
    run_id: int,
    held: lease.Lease,
    outcome: Outcome,
    state: RunState,
) -> None:
    """Publish, hold or fail one item, and write down which."""
    try:
        result = conclude(store, source, details, run_id, held, outcome)
    except HarvestError as error:  # the store would not take it
        result = failed(outcome, as_problem(error), "publish")
    state.add(result)
    state.rows.append(result.to_json(outcome))
    write_lines(state)  # so that the lines stand in the order of the items
    with transaction() as session:
        session.add(result.as_row(run_id, outcome))
        if result.status not in ("new", "changed"):  # those noted it in their own transaction
            note_item(session, held.source_id, outcome, result)


def settle(
    session: Session, run_id: int, held: lease.Lease, ending: Ending, state: RunState
) -> tuple[RunStatus, Problem | None]:
    """Judge the run as a whole and note what was missing."""
    if not lease.still_held(session, held):
        return "failed", problem("run-lost")
    if ending.failed is not None and ending.failed.code == STOPPED:
        return "cancelled", ending.failed
    if ending.failed is not None:
        return ("partial" if state.counts["seen"] > state.counts["failed"] else "failed"), ending.failed
    if not ending.complete:
        return judge_counts(state)
    known = absence.known_items(session, held.source_id)
    standing = absence.standing_items(session, held.source_id, known)
    gone = [item for remote_id, item in standing.items() if remote_id not in state.seen_ids]
    loss = absence.mass_loss(len(standing), len(gone))
    if loss is not None and not is_released(session, held.source_id, gone):
        ask(session, held.source_id, run_id, loss, gone)
        absence.ask_anew(known)
        return "held", loss
    if loss is None:
        void(session, held.source_id)
    if state.counts["seen"] == 0 and not state.seen_ids:
        return "failed", problem("nothing-gathered")
    state.counts["archived"] = absence.note_absence(session, gone)
    return judge_counts(state)


def judge_counts(state: RunState) -> tuple[RunStatus, Problem | None]:
    """The status that the items' own endings add up to (contracts.md §3)."""
    counts = state.counts
    through = counts["new"] + counts["changed"] + counts["same"]
    reason = state.reasons[0] if state.reasons else None
    if counts["failed"] + counts["held"] == 0:
        return "done", None
    if through:
        return "partial", reason
    return ("held" if counts["held"] else "failed"), reason


def finish_run(
    session: Session,
    run_id: int,
    held: lease.Lease,
    status: RunStatus,
    reason: Problem | None,
    state: RunState,
    seconds: float,
) -> None:
    """Close the run's record, plan the next one, give the lease back."""
    run = session.get_one(Run, run_id)
    run.status, run.reason = status, message_of(reason)
    run.finished_at, run.seconds = now(), round(seconds, 3)
    for name in COUNTS:
        setattr(run, name, state.counts[name])
    if not lease.still_held(session, held):  # the plan and the cursor are those of the run that took over
        return
    source = session.get_one(SourceRow, held.source_id)
    source.next_due_at = next_due(source.schedule, source.slug, run.finished_at)
    source.cursor = None  # it ended by itself: the next one begins anew
    lease.give_back(session, held)


def run_json(run_id: int, state: RunState) -> dict[str, Any]:
    """A finished run as the command line prints it."""
    with reading() as session:
        run = session.get_one(Run, run_id)
        counts = {name: getattr(run, name) for name in COUNTS}
        return {
            "source": run.source.slug,
            "run": run.number,
            "status": run.status,
            "reason": run.reason,
            "seconds": run.seconds,
            **counts,
            "datasets": state.rows,
        }
