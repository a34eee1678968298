"""Looking without keeping anything: `khlang validate`, and the dry runs of `khlang harvest` and `khlang publish`."""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import select

from harvesters import bundled
from harvesters.checks.problems import problem
from harvesters.fetch import Fetch
from harvesters.limited import run_limited
from harvesters.metadata import describe_item
from harvesters.options import BuildOptions
from harvesters.packages.assemble import make_report
from harvesters.packages.store import Store
from harvesters.run import Ending, Outcome, harvest
from harvesters.values import Collected, RunStatus, Source
from portal.errors import PortalError
from portal.harvest import absence
from portal.harvest.actions import judge_counts
from portal.harvest.models import Source as SourceRow
from portal.harvest.publishing import dataset_of, is_kept, same
from portal.harvest.registry import check_options, checked_place
from portal.harvest.results import (
    COUNTS,
    Progress,
    Result,
    RunState,
    as_found,
    doubtful,
    failed,
    left_out,
    message_of,
    shown_id,
    unreviewed,
)
from portal.harvest.rules import as_source, fetch_rules, reading, run_rules
from portal.settings import Settings


def validate_file(path: Path, profile: str | None, settings: Settings) -> dict[str, Any]:
    """Return the report of a file as JSON (contracts.md §4). Nothing is stored; no data folder is needed.

    Raises PortalError("unknown-profile") and HarvestError when the child process could not finish.
    """
    if profile and profile not in bundled.profiles():
        raise PortalError("unknown-profile", profile=profile, known=", ".join(bundled.profiles()))
    built, collected = build_file(path, BuildOptions(profile=profile, limits=run_rules(settings).limits), settings)
    return as_document(built, collected)


def build_file(path: Path, options: BuildOptions, settings: Settings) -> tuple[dict[str, Any], Collected]:
    """Take one file of this machine through the line, into a folder that is gone afterwards."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    collected = Collected(path, path.name, "", datetime.now(UTC), digest, path.stat().st_size)
    with tempfile.TemporaryDirectory(prefix="khlang-") as workdir:
        argument = {
            "path": str(path.resolve()),
            "filename": path.name,
            "workdir": workdir,
            "options": options.to_json(),
        }
        return run_limited("harvesters.build:build", argument, limits=run_rules(settings).child), collected


def as_document(built: Mapping[str, Any], collected: Collected) -> dict[str, Any]:
    """The report of a file: what would be published, what would be changed, what stops it."""
    report = make_report(built, collected)
    blocking = list(built["blocking"])
    if built["held"]:
        words = built["personal"]["words"]
        blocking.append(asdict(problem("personal-held", found_th=words["th"], found_en=words["en"])))
    tables = report["resources"]
    listed = [*report["problems"], *(found for table in tables for found in table["problems"])]
    return {
        "file": collected.filename,
        "profile": next((table["profile"] for table in tables if table["profile"]), None),
        "encoding": built["encoding"],
        "format": built["format"],
        "rows": sum(table["rows_read"] for table in tables),
        "rejected": sum(table["rejected"] for table in tables),
        "blocking": blocking,
        "problems": listed,
        "problem_count": report["problem_count"],
        "repairs": report["repair_count"],
        "repair_counts": report["repair_counts"],
        "personal": built["personal"],
        "resources": tables,
    }


def try_file(
    path: Path,
    settings: Settings,
    *,
    options: Mapping[str, str],
    profile: str | None = None,
    province: str | None = None,
    **given: str | None,
) -> dict[str, Any]:
    """What `khlang publish` would do with a file, as the JSON of a run. Nothing is stored."""
    checked = check_options("upload", options)
    checked_place(province, profile)
    build = BuildOptions(
        profile=profile,
        personal=checked.get("personal", "hold"),  # type: ignore[arg-type]
        max_bad_rows=float(checked.get("max_bad_rows", "0.1")),
        limits=run_rules(settings).limits,
    )
    built, collected = build_file(path, build, settings)
    document = as_document(built, collected)
    status = "failed" if built["blocking"] else "held" if built["held"] else "done"
    reason = document["blocking"][0] if document["blocking"] else None
    told = None if reason is None else {"code": reason["code"], **reason["message"]}
    row = {
        "name": given.get("name"),
        "item": path.name,
        "url": None,
        "version": None,
        "status": {"done": "new"}.get(status, status),
        "reason": told,
        "personal": built["personal"]["done"],
    }
    return {
        "source": given.get("name") or path.name,
        "run": None,
        "dry_run": True,
        "status": status,
        "reason": told,
        "seconds": 0.0,
        **dict.fromkeys(COUNTS, 0),
        "seen": 1,
        {"done": "new"}.get(status, status): 1,
        "datasets": [
            {**row, "problems": built["problems"], "resources": [tried(table) for table in document["resources"]]}
        ],
    }


def tried(table: Mapping[str, Any]) -> dict[str, Any]:
    """A table of a dry run with the counts under the names that a run gives them."""
    return {**table, "rows": table["rows_read"] - table["rejected"], "repairs": sum(table["repair_counts"].values())}


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
                progress(step.item.title or shown_id(step), state.counts["seen"] + 1)
                result = foresee(source, details, source_id, step)
                state.add(result)
                state.rows.append(result.to_json(step))
    if ending.failed is not None or state.counts["seen"] == 0:
        through = state.counts["seen"] > state.counts["failed"]
        status: RunStatus = "partial" if through else "failed"
        reason = ending.failed or problem("nothing-gathered")
    else:
        status, found = judge_counts(state)
        reason = found  # type: ignore[assignment]
    counts = {name: state.counts[name] for name in COUNTS}
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
        kept = is_kept(session, source_id, outcome.item.remote_id)
    if outcome.status in ("failed", "skipped"):
        return left_out(outcome)
    if outcome.status == "same":
        return same(dataset, current, kept=kept)
    if outcome.built["blocking"]:
        return failed(outcome, as_found(outcome.built["blocking"][0]), "check")
    metadata = describe_item(source, details, outcome.item, single=not outcome.item.title)
    doubt = doubtful(outcome.built, metadata) or unreviewed(source)
    name = dataset.name if dataset else None
    if doubt is not None:
        return Result("held", "check", doubt, name)
    return Result(
        "changed" if current else "new", "publish", None, name, version=(current.number if current else 0) + 1
    )
