"""Runs a source: takes its lease, drives `harvesters.run`, publishes what came of it, and writes down what happened.

The only room that calls `harvesters.run`. Publishing one item is one transaction; the run's own record is written beside it.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from flask import Flask, current_app
from harvesters.packages.descriptor import Named
from sqlalchemy import select
from sqlalchemy.orm import Session

from harvesters.checks.personal import mask_text
from harvesters.checks.problems import as_problem, problem
from harvesters.errors import HarvestError
from harvesters.faults import fault_point
from harvesters.fetch import Fetch, Rules
from harvesters.limited import ChildLimits
from harvesters.metadata import Metadata, describe_item
from harvesters.packages.assemble import Packaged, assemble
from harvesters.packages.store import Store
from harvesters.run import Ending, Outcome, RunRules, harvest
from harvesters.tables.limits import Limits
from harvesters.values import Cursor, ItemStatus, Problem, RunStatus, Source
from portal.catalogue.actions import free_name, publish_version
from portal.catalogue.models import Dataset, Version
from portal.db import db, now, transaction
from portal.errors import PortalError
from portal.harvest import absence, lease
from portal.harvest.changes import compare
from portal.harvest.models import Held, Run, RunItem, SourceItem
from portal.harvest.models import Source as SourceRow
from portal.harvest.schedule import next_due
from portal.search import outbox
from portal.settings import Settings

log = logging.getLogger("khlang.harvest")

Progress = Callable[[str, int], None]  # what is being done now, items seen so far


@dataclass
class RunState:
    """What a run has counted so far."""

    counts: Counter[str] = field(default_factory=Counter)
    seen_ids: set[str] = field(default_factory=set)
    rows: list[dict[str, Any]] = field(default_factory=list)  # JSON of the datasets
    reasons: list[Problem] = field(default_factory=list)

    def count(self, status: ItemStatus) -> None:
        """Add one item: seen = new + changed + same + failed + held + skipped."""
        self.counts["seen"] += 1
        self.counts[status] += 1


def store_of(settings: Settings) -> Store:
    """The store of the data folder in force."""
    return Store(settings.home)


def run_rules(settings: Settings) -> RunRules:
    """Caps of a run, from the settings."""
    limits = Limits(bytes=settings.max_file_mb * 1_000_000, rows=settings.max_rows, columns=settings.max_columns)
    child = ChildLimits(
        memory_bytes=settings.child_memory_mb << 20,
        cpu_seconds=settings.child_seconds,
        wall_seconds=settings.child_seconds,
    )
    return RunRules(limits=limits, child=child)


def fetch_rules(settings: Settings) -> Rules:
    """What the door to the network allows, from the settings."""
    ports = [int(port) for port in settings.fetch_ports.split(",") if port.strip()]
    return Rules(
        allow=frozenset(pair.strip() for pair in settings.fetch_allow.split(",") if pair.strip()),
        ports=frozenset(ports),
        contact=settings.contact or settings.base_url or "",
        bytes=settings.max_file_mb * 1_000_000,
    )


def as_source(row: SourceRow, personal: str | None = None) -> Source:
    """The row as the harvesters know it; `personal` is a person's decision in place of the source's setting."""
    options = {str(name): str(value) for name, value in row.options.items()}
    return Source(
        slug=row.slug,
        kind=row.kind,
        url=row.url,
        title=row.title_th,
        publisher=row.publisher.slug,
        province=row.province_code,
        profile=row.profile,
        options=options | ({"personal": personal} if personal else {}),
        local=row.local,
    )


def run_source(slug: str, *, dry_run: bool = False, progress: Progress = lambda text, seen: None) -> dict[str, Any]:
    """Harvest one source and return the run as JSON (architecture.md §3).

    Raises PortalError("unknown-source") and, when another live run has it, PortalError("live-run").
    """
    if dry_run:
        return try_source(slug, progress)
    with transaction() as session:
        held = lease.take(session, slug)
        run_id = begin_run(session, held.source_id)
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    state = RunState()
    began = time.monotonic()
    with lease.Heartbeat(app, held) as heartbeat:
        try:
            ending = drive(slug, run_id, held, state, progress, lambda: not heartbeat.lost)
        except Exception:
            with transaction() as session:
                finish_run(session, run_id, held, "failed", problem("run-crashed"), state, time.monotonic() - began)
            raise
        with transaction() as session:
            status, reason = settle(session, held, ending, state)
            finish_run(session, run_id, held, status, reason, state, time.monotonic() - began)
    outbox.drain()
    return run_json(run_id, state)


def begin_run(session: Session, source_id: int) -> int:
    """Write the run's record; a run that died without a word is closed first."""
    for dead in session.scalars(select(Run).where(Run.source_id == source_id, Run.status == "running")):
        dead.status, dead.finished_at, dead.reason = "failed", now(), message_of(problem("run-lost"))
    newest = session.scalar(select(Run.number).where(Run.source_id == source_id).order_by(Run.number.desc()).limit(1))
    run = Run(source_id=source_id, number=(newest or 0) + 1)
    session.add(run)
    session.flush()
    return run.id


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
    ending = Ending()
    with store.staging() as workdir:
        fetch = Fetch(workdir, fetch_rules(settings), validators_of(source, known))
        steps = harvest(
            source,
            fetch,
            known=lambda remote_id: known[remote_id].fingerprint if remote_id in known else "",
            rules=run_rules(settings),
            wanted=wanted,
        )
        for step in steps:
            if isinstance(step, Ending):
                ending = step
            elif isinstance(step, Cursor):
                keep_cursor(held, step)
            else:
                progress(step.item.title or step.item.remote_id, state.counts["seen"] + 1)
                state.seen_ids.add(step.item.remote_id)
                take_item(store, source, details, run_id, held, step, state)
    if ending.unchanged:
        for remote_id in known:
            state.seen_ids.add(remote_id)
            state.count("same")
    return ending


def validators_of(source: Source, known: Mapping[str, SourceItem]) -> dict[str, tuple[str | None, str | None]]:
    """What the one address of the source answered last time; only when nothing of it failed or is held then."""
    if not known or " " in source.url or any(item.outcome not in ("new", "changed", "same") for item in known.values()):
        return {}
    first = next(iter(known.values()))
    return {source.url: (first.etag, first.last_modified)}


@contextmanager
def reading() -> Iterator[Session]:
    """A session of its own for reading, so that no snapshot outlives it."""
    with Session(db.engine, expire_on_commit=False) as session:
        yield session


def keep_cursor(held: lease.Lease, cursor: Cursor) -> None:
    """Remember how far the listing came."""
    with transaction() as session:
        row = session.get_one(SourceRow, held.source_id)
        row.cursor = cursor.value


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
    state.count(result.status)
    if result.problem is not None:
        state.reasons.append(result.problem)
    state.rows.append(result.to_json(outcome))
    with transaction() as session:
        session.add(result.as_row(run_id, outcome))
        if result.status not in ("new", "changed"):  # those noted it in their own transaction
            note_item(session, held.source_id, outcome, result)


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one item in the end."""

    status: ItemStatus
    stage: str
    problem: Problem | None = None
    dataset: str | None = None
    dataset_id: int | None = None
    version: int | None = None
    version_id: int | None = None
    report: Mapping[str, Any] | None = None
    tables: tuple[Mapping[str, Any], ...] = ()

    def as_row(self, run_id: int, outcome: Outcome) -> RunItem:
        """The item's line in the run's record."""
        return RunItem(
            run_id=run_id,
            remote_id=mask_text(outcome.item.remote_id),
            url=outcome.item.url,
            stage=self.stage,
            status=self.status,
            code=self.problem.code if self.problem else None,
            message=asdict(self.problem.message) if self.problem else None,
            dataset_id=self.dataset_id,
            version_id=self.version_id,
            report=dict(self.report) if self.report else None,
            seconds=round(outcome.seconds, 3),
        )

    def to_json(self, outcome: Outcome) -> dict[str, Any]:
        """The item in the JSON of `khlang harvest`."""
        built = outcome.built
        return {
            "name": self.dataset,
            "item": mask_text(outcome.item.remote_id),
            "url": f"/dataset/{self.dataset}" if self.dataset else None,
            "version": self.version,
            "status": self.status,
            "reason": asdict(self.problem.message) | {"code": self.problem.code} if self.problem else None,
            "problems": built.get("problems", []),
            "resources": [
                {
                    "name": table["name"],
                    "rows": table["rows"],
                    "encoding": built.get("encoding"),
                    "sha256": table.get("sha256"),
                    "profile": table["profile"],
                    "profile_reason": table["reason"],
                    "repairs": sum(table["repair_counts"].values()),
                    "problem_count": sum(table["problem_counts"].values()),
                    "problems": table["problems"],
                }
                for table in (self.tables or built.get("resources", ()))
            ],
        }


def failed(outcome: Outcome, found: Problem, stage: str, report: Mapping[str, Any] | None = None) -> Result:
    """An item that could not be published; what was published before stays."""
    return Result("failed", stage, found, report=report)


def conclude(
    store: Store, source: Source, details: Mapping[str, Any], run_id: int, held: lease.Lease, outcome: Outcome
) -> Result:
    """Decide about one item and do it."""
    if outcome.status == "failed":
        return failed(outcome, outcome.problem or problem("run-crashed"), outcome.stage)
    with reading() as session:
        dataset = dataset_of(session, held.source_id, outcome.item.remote_id)
        current = dataset.current if dataset else None
    if outcome.status == "same":
        return same(dataset, current)
    assert outcome.collected is not None
    collected, built = outcome.collected, outcome.built
    if built["blocking"]:
        store.add(collected.path, private=True)
        first = as_found(built["blocking"][0])
        return Result("failed", "check", first, dataset.name if dataset else None, dataset.id if dataset else None,
                      report=slim(built))
    metadata = describe_item(source, details, outcome.item, single=not outcome.item.title)
    doubt = doubtful(built, metadata)
    if doubt is not None:
        return hold(store, held, run_id, outcome, dataset, doubt)
    return package_and_publish(store, source, held, run_id, outcome, metadata, dataset)


def same(dataset: Dataset | None, current: Version | None) -> Result:
    """Nothing changed: no version, nothing written but the run's own record."""
    return Result(
        "same",
        "compare",
        dataset=dataset.name if dataset else None,
        dataset_id=dataset.id if dataset else None,
        version=current.number if current else None,
    )


def doubtful(built: Mapping[str, Any], metadata: Metadata) -> Problem | None:
    """What makes a person decide before this may be published."""
    if built["held"]:
        return problem("personal-held", found=personal_words(built["personal"]))
    if not metadata.may_be_published:
        return problem("category-held", category=metadata.data_category)
    return None


def package_and_publish(
    store: Store,
    source: Source,
    held: lease.Lease,
    run_id: int | None,
    outcome: Outcome,
    metadata: Metadata,
    dataset: Dataset | None,
    *,
    braked: bool = True,
) -> Result:
    """Put a version into the store, compare it with the last one, and move the pointer."""
    assert outcome.collected is not None
    with reading() as session:
        row = session.get_one(SourceRow, held.source_id)
        publisher = row.publisher
        current = session.get(Version, dataset.current_version_id) if dataset and dataset.current_version_id else None
        wanted = source.slug if not outcome.item.title else f"{source.slug}-{outcome.item.title}"
        name = dataset.name if dataset else free_name(session, wanted)
        named = Named(
            name=name,
            version=(current.number if current else 0) + 1,
            publisher_slug=publisher.slug,
            publisher_th=publisher.title_th,
            publisher_en=publisher.title_en,
        )
        previous = [(table.name, table.schema, table.key, table.rows) for table in current.resources] if current else []
        parquets = {file.resource: file.sha256 for file in current.files if file.role == "parquet"} if current else {}
    packaged = assemble(
        store,
        built=outcome.built,
        collected=outcome.collected,
        metadata=metadata,
        named=named,
        workdir=outcome.workdir,
    )
    fault_point("after-store")
    if current is not None and current.digest == packaged.digest:
        return same(dataset, current)
    changes = compare(store, previous, parquets, packaged)
    if braked and current is not None and absence.brakes(changes["before"], changes["removed"]):
        found = problem("table-brake", before=changes["before"], removed=changes["removed"])
        return hold(store, held, run_id, outcome, dataset, found)
    return move_pointer(held, run_id, outcome, metadata, packaged, name, changes)


def move_pointer(
    held: lease.Lease,
    run_id: int | None,
    outcome: Outcome,
    metadata: Metadata,
    packaged: Packaged,
    name: str,
    changes: Mapping[str, Any],
) -> Result:
    """The one transaction that makes a version public."""
    assert outcome.collected is not None
    with transaction() as session:
        if not lease.still_held(session, held):
            raise HarvestError("run-lost")
        row = session.get_one(SourceRow, held.source_id)
        dataset = dataset_of(session, held.source_id, outcome.item.remote_id)
        status: ItemStatus = "changed" if dataset and dataset.current_version_id else "new"
        if dataset is None:
            dataset = Dataset(
                name=name,
                title_th=metadata.title_th,
                source_id=row.id,
                remote_id=outcome.item.remote_id,
                publisher_id=row.publisher_id,
            )
            dataset.publisher = row.publisher
            session.add(dataset)
            session.flush()
        version = publish_version(
            session,
            dataset,
            packaged,
            metadata=metadata,
            collected=outcome.collected,
            run_id=run_id,
            changes=changes,
            source_province=row.province_code,
        )
        result = Result(
            status, "publish", None, name, dataset.id, version.number, version.id, tables=packaged.tables
        )
        note_item(session, held.source_id, outcome, result)
        fault_point("before-commit")
    fault_point("after-commit")
    return result


def dataset_of(session: Session, source_id: int, remote_id: str) -> Dataset | None:
    """The dataset that an item of a source has become, if any."""
    return session.scalar(select(Dataset).where(Dataset.source_id == source_id, Dataset.remote_id == remote_id))


def hold(
    store: Store,
    held: lease.Lease,
    run_id: int | None,
    outcome: Outcome,
    dataset: Dataset | None,
    found: Problem,
) -> Result:
    """Keep the new bytes on the private side until a person decides; what is published stays."""
    assert outcome.collected is not None
    collected = outcome.collected
    store.add(collected.path, private=True)
    with transaction() as session:
        waiting = session.scalars(
            select(Held).where(
                Held.source_id == held.source_id, Held.remote_id == outcome.item.remote_id, Held.decision.is_(None)
            )
        )
        for older in waiting:  # a newer delivery of the same thing takes its place
            older.decision = "replaced"
        session.add(
            Held(
                source_id=held.source_id,
                run_id=run_id,
                remote_id=outcome.item.remote_id,
                dataset_id=dataset.id if dataset else None,
                code=found.code,
                original_sha256=collected.sha256,
                original_name=collected.filename,
                url=collected.url,
                fetched_at=collected.fetched_at,
                details={
                    "message": asdict(found.message),
                    "personal": outcome.built["personal"],
                    "item": {"title": outcome.item.title, "metadata": dict(outcome.item.metadata)},
                },
            )
        )
    return Result(
        "held", "check", found, dataset.name if dataset else None, dataset.id if dataset else None, report=slim(outcome.built)
    )


def as_found(given: Mapping[str, Any]) -> Problem:
    """A problem that crossed from the child process."""
    from harvesters.values import Text

    return Problem(**{**given, "message": Text(**given["message"])})


def slim(built: Mapping[str, Any]) -> dict[str, Any]:
    """The report of something that was not published, without the names of its work files."""
    files = {"csv", "parquet", "repairs", "rejected", "schema"}
    return {
        "format": built["format"],
        "encoding": built["encoding"],
        "problems": built["problems"],
        "personal": built["personal"],
        "resources": [{key: value for key, value in table.items() if key not in files} for table in built["resources"]],
    }


def note_item(session: Session, source_id: int, outcome: Outcome, result: Result) -> None:
    """Remember what an item became, so that an unchanged one costs nothing next time."""
    item = session.scalar(
        select(SourceItem).where(SourceItem.source_id == source_id, SourceItem.remote_id == outcome.item.remote_id)
    )
    if item is None:
        item = SourceItem(source_id=source_id, remote_id=outcome.item.remote_id)
        session.add(item)
    if item.missing_runs:
        absence.note_return(session, item)
    if result.status == "same":
        return
    item.dataset_id = result.dataset_id or item.dataset_id
    item.outcome = result.status
    # A failed or held item is looked at again next time, whatever its bytes: the reason may have gone.
    item.fingerprint = outcome.fingerprint if result.status in ("new", "changed") else ""
    if outcome.collected is not None:
        item.etag, item.last_modified = outcome.collected.etag, outcome.collected.last_modified


def settle(
    session: Session, held: lease.Lease, ending: Ending, state: RunState
) -> tuple[RunStatus, Problem | None]:
    """Judge the run as a whole and note what was missing."""
    if not lease.still_held(session, held):
        return "failed", problem("run-lost")
    if ending.failed is not None:
        return ("partial" if state.counts["seen"] > state.counts["failed"] else "failed"), ending.failed
    known = absence.known_items(session, held.source_id)
    gone = [item for remote_id, item in known.items() if remote_id not in state.seen_ids and item.dataset_id]
    loss = absence.mass_loss(sum(1 for item in known.values() if item.dataset_id), len(gone))
    if loss is not None and not (state.counts["seen"] == 0 and not known):
        return "held", loss
    if state.counts["seen"] == 0:
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
    for name in ("seen", "new", "changed", "same", "failed", "held", "skipped", "archived"):
        setattr(run, name, state.counts[name])
    source = session.get_one(SourceRow, held.source_id)
    source.next_due_at = next_due(source.schedule, source.slug, run.finished_at)
    if status == "done":
        source.cursor = None
    lease.give_back(session, held)


def message_of(found: Problem | None) -> dict[str, Any] | None:
    """A reason as JSON."""
    return None if found is None else {"code": found.code, **asdict(found.message)}


def run_json(run_id: int, state: RunState) -> dict[str, Any]:
    """A finished run as the command line prints it."""
    with reading() as session:
        run = session.get_one(Run, run_id)
        counts = {name: getattr(run, name) for name in ("seen", "new", "changed", "same", "failed", "held", "skipped", "archived")}
        return {
            "source": run.source.slug,
            "run": run.number,
            "status": run.status,
            "reason": run.reason,
            "seconds": run.seconds,
            **counts,
            "datasets": state.rows,
        }


def try_source(slug: str, progress: Progress) -> dict[str, Any]:
    """Dry run: take every item through the line and say what would come of it. Keeps nothing, not even a run."""
    settings: Settings = current_app.config["KHLANG"]
    began = time.monotonic()
    state = RunState()
    with reading() as session:
        row = session.scalar(select(SourceRow).where(SourceRow.slug == slug))
        if row is None:
            raise PortalError("unknown-source", slug=slug)
        source, source_id, details = as_source(row), row.id, dict(row.details)
        known = absence.known_items(session, row.id)
    ending = Ending()
    with Store(settings.home).staging() as workdir:
        steps = harvest(
            source,
            Fetch(workdir, fetch_rules(settings)),
            known=lambda remote_id: known[remote_id].fingerprint if remote_id in known else "",
            rules=run_rules(settings),
        )
        for step in steps:
            if isinstance(step, Ending):
                ending = step
            elif isinstance(step, Outcome):
                progress(step.item.title or step.item.remote_id, state.counts["seen"] + 1)
                result = foresee(source, details, source_id, step)
                state.count(result.status)
                if result.problem is not None:
                    state.reasons.append(result.problem)
                state.rows.append(result.to_json(step))
    if ending.failed is not None or state.counts["seen"] == 0:
        status: RunStatus = "failed"
        reason = ending.failed or problem("nothing-gathered")
    else:
        status, found = judge_counts(state)
        reason = found  # type: ignore[assignment]
    counts = {name: state.counts[name] for name in ("seen", "new", "changed", "same", "failed", "held", "skipped", "archived")}
    return {
        "source": slug,
        "run": None,
        "dry_run": True,
        "status": status,
        "reason": message_of(reason),
        "seconds": round(time.monotonic() - began, 3),
        **counts,
        "datasets": state.rows,
    }


def foresee(source: Source, details: Mapping[str, Any], source_id: int, outcome: Outcome) -> Result:
    """What `conclude` would do with an item, without doing it."""
    with reading() as session:
        dataset = dataset_of(session, source_id, outcome.item.remote_id)
        current = dataset.current if dataset else None
    if outcome.status == "failed":
        return failed(outcome, outcome.problem or problem("run-crashed"), outcome.stage)
    if outcome.status == "same":
        return same(dataset, current)
    if outcome.built["blocking"]:
        return failed(outcome, as_found(outcome.built["blocking"][0]), "check")
    metadata = describe_item(source, details, outcome.item, single=not outcome.item.title)
    doubt = doubtful(outcome.built, metadata)
    name = dataset.name if dataset else None
    if doubt is not None:
        return Result("held", "check", doubt, name)
    return Result("changed" if current else "new", "publish", None, name, version=(current.number if current else 0) + 1)
