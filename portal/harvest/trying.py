"""Looking without keeping anything: `khlang validate`, and the dry runs of `khlang harvest` and `khlang publish`."""

from __future__ import annotations

import hashlib
import shutil
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
from harvesters.options import BuildOptions
from harvesters.packages.assemble import make_report
from harvesters.run import Ending, Outcome, harvest
from harvesters.values import Collected, Problem, RunStatus, Source
from portal.catalogue.models import Publisher
from portal.errors import PortalError
from portal.harvest import absence
from portal.harvest.actions import judge_counts
from portal.harvest.foreseeing import foresee, foresee_absence
from portal.harvest.models import Source as SourceRow
from portal.harvest.registry import check_options, checked_place, free_slug, named_upload, titled_upload
from portal.harvest.results import COUNTS, Progress, RunState, message_of, shown_id
from portal.harvest.rules import as_source, fetch_rules, reading, run_rules, store_of
from portal.settings import Settings

FIRST = 20  # items of a source that a dry run looks at, unless asked for more


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
    progress: Progress = lambda _text, _seen: None,
    *,
    publisher: str,
    options: Mapping[str, str],
    name: str | None = None,
    title: str | None = None,
    profile: str | None = None,
    province: str | None = None,
    licence: str | None = None,
    publisher_title: str | None = None,
    first: int = FIRST,
) -> dict[str, Any]:
    """What `khlang publish` would do with a file, as the JSON of a run. Nothing is stored.

    Compared with what the publisher's own source of that name or title has published, as `hand_in` would find it.
    Raises PortalError as `hand_in` does.
    """
    given = {**options, **({"licence": licence} if licence else {}), **({"title": title} if title else {})}
    checked = check_options("upload", given)
    province = checked_place(province, profile)
    called = title or path.stem
    with reading() as session:
        if not publisher_title and session.scalar(select(Publisher.id).where(Publisher.slug == publisher)) is None:
            raise PortalError("unknown-publisher", slug=publisher)
        known = named_upload(session, name, publisher) if name else titled_upload(session, called, publisher)
        slug = known.slug if known else name or free_slug(session, called)
        source = Source(
            slug=slug,
            kind="upload",
            url=str(path.resolve()),
            title=title or (known.title_th if known else called),
            publisher=publisher,
            province=province or (known.province_code if known else None),
            profile=profile or (known.profile if known else None),
            options={**(known.options if known else {}), **checked},
            local=True,
        )
        source_id, details = (known.id, dict(known.details)) if known else (0, {})
    return look(source, details, source_id, settings, progress, first)


def try_source(slug: str, progress: Progress, *, first: int = FIRST) -> dict[str, Any]:
    """Dry run: take the first items through the line and say what would come of them. Keeps nothing, not even a run."""
    with reading() as session:
        row = session.scalar(select(SourceRow).where(SourceRow.slug == slug))
        if row is None:
            raise PortalError("unknown-source", slug=slug)
        source, source_id, details = as_source(row), row.id, dict(row.details)
    return look(source, details, source_id, current_app.config["KHLANG"], progress, first)


def look(
    source: Source,
    details: Mapping[str, Any],
    source_id: int,
    settings: Settings,
    progress: Progress,
    first: int,
) -> dict[str, Any]:
    """Take the first items of a source through the line (0: all) and say what would come of each."""
    began = time.monotonic()
    state = RunState()
    store = store_of(settings)
    with reading() as session:
        known = absence.known_items(session, source_id)
    ending, stopped = Ending(), False
    with tempfile.TemporaryDirectory(prefix="khlang-") as workdir:
        steps = harvest(
            source,
            Fetch(Path(workdir), fetch_rules(settings)),
            known=lambda remote_id: known[remote_id].fingerprint if remote_id in known else "",
            rules=run_rules(settings),
        )
        for step in steps:
            if isinstance(step, Ending):
                ending = step
            elif isinstance(step, Outcome):
                if first and state.counts["seen"] == first:
                    stopped = True  # one more is there: the preview ends here
                    break
                progress(step.item.title or shown_id(step), state.counts["seen"] + 1)
                if step.status != "skipped":
                    state.seen_ids.add(step.item.remote_id)
                result, preview = foresee(store, source, details, source_id, step)
                state.add(result)
                state.rows.append(result.to_json(step) | {"preview": preview})
                shutil.rmtree(step.workdir, ignore_errors=True)
    complete = ending.complete and ending.failed is None and not stopped
    missing: list[dict[str, Any]] = []
    loss: Problem | None = None
    if complete and state.seen_ids:
        with reading() as session:
            missing, loss = foresee_absence(session, source_id, state.seen_ids)
        state.counts["archived"] = sum(one["archived"] for one in missing)
    status, reason = judge_look(state, ending, loss)
    return {
        "source": source.slug,
        "run": None,
        "dry_run": True,
        "status": status,
        "reason": message_of(reason),
        "seconds": round(time.monotonic() - began, 3),
        **{name: state.counts[name] for name in COUNTS},
        "first": first if stopped else None,
        "missing": missing,
        "datasets": state.rows,
    }


def judge_look(state: RunState, ending: Ending, loss: Problem | None) -> tuple[RunStatus, Problem | None]:
    """How a run would end (contracts.md §3)."""
    if ending.failed is not None:
        return ("partial" if state.counts["seen"] > state.counts["failed"] else "failed"), ending.failed
    if loss is not None:
        return "held", loss
    if state.counts["seen"] == 0:
        return "failed", problem("nothing-gathered")
    return judge_counts(state)
