"""Looking at a file without keeping anything: `khlang validate`, and the dry run of `khlang publish`."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from harvesters import bundled
from harvesters.checks.problems import problem
from harvesters.limited import run_limited
from harvesters.options import BuildOptions
from harvesters.packages.assemble import make_report
from harvesters.values import Collected
from portal.errors import PortalError
from portal.harvest.actions import run_rules
from portal.harvest.registry import check_options, check_place
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
        blocking.append(asdict(problem("personal-held", found=personal_words(built["personal"]))))
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


def personal_words(summary: Mapping[str, Any]) -> str:
    """The classes found and how often, for a sentence."""
    return ", ".join(f"{name} {count}" for name, count in sorted(summary.get("classes", {}).items())) or "?"


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
    check_place(province, profile)
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
    row = {"name": given.get("name"), "item": path.name, "url": None, "version": None, "status": status, "reason": told}
    return {
        "source": given.get("name"),
        "run": None,
        "dry_run": True,
        "status": status,
        "reason": told,
        "seconds": 0.0,
        **dict.fromkeys(("new", "changed", "same", "failed", "held", "skipped", "archived"), 0),
        "seen": 1,
        {"done": "new"}.get(status, status): 1,
        "datasets": [{**row, "problems": built["problems"], "resources": document["resources"]}],
    }
