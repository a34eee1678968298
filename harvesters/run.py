"""Drives one source to finished packages: gather, fetch, build. Knows no database: what is known of earlier runs is handed in.

Each item ends as one `Outcome`; one bad item never stops the others. Only a failed listing ends a run early, after what
was listed so far has been yielded.
"""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from harvesters.bundle import build_bundle, content_of
from harvesters.checks.problems import as_problem, problem
from harvesters.describing import FREQUENCY, described
from harvesters.errors import HarvestError
from harvesters.fetch import Fetch, NotModified
from harvesters.limited import ChildLimits, run_limited
from harvesters.options import RULES_VERSION, BuildOptions
from harvesters.sources import kinds
from harvesters.sources.records import files_unchanged
from harvesters.tables.limits import Limits
from harvesters.values import Collected, Cursor, Item, Problem, Source

log = logging.getLogger("khlang.run")

STOPPED = "run-stopped"
MOST_ID = 500  # characters of a remote id

Stage = Literal["gather", "fetch", "check"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one item before publishing. `built` is `build`'s answer, its files in `workdir`."""

    item: Item
    status: Literal["built", "same", "failed", "skipped"]
    stage: Stage
    workdir: Path
    collected: Collected | None = None
    fingerprint: str = ""
    built: Mapping[str, Any] = field(default_factory=dict)
    problem: Problem | None = None
    seconds: float = 0.0
    stamp: str = ""


@dataclass(frozen=True, slots=True)
class Ending:
    """How the listing ended: `failed` is what stopped it, None when it came to its end. `unchanged` after a 304 for it all.

    `complete` is False where it stepped over something that may hold several items (an archive, a page): what was not seen
    then may still be there.
    """

    failed: Problem | None = None
    unchanged: bool = False
    complete: bool = True


@dataclass(frozen=True, slots=True)
class RunRules:
    """Caps of a run."""

    limits: Limits = field(default_factory=Limits)
    child: ChildLimits = field(default_factory=ChildLimits)


def harvest(
    source: Source,
    fetch: Fetch,
    *,
    known: Callable[[str], str],
    rules: RunRules,
    stamped: Callable[[str], str] = lambda _: "",
    cursor: Cursor | None = None,
    wanted: Callable[[], bool] = lambda: True,
) -> Iterator[Outcome | Cursor | Ending]:
    """Yield an outcome per item of `source`, cursors between them, and an `Ending` at last.

    `known(remote_id)` is the fingerprint that the present state was made from, or "", and `stamped(remote_id)` the stamp of
    what a catalogue said of it then. `wanted()` turns False when the run
    is to stop. Raises KeyError for an unknown kind.
    """
    harvester = kinds()[source.kind]
    options = build_options(source, rules.limits)
    ending = Ending()
    listing = harvester.items(source, fetch, cursor)
    while True:
        if not wanted():
            ending = Ending(failed=problem(STOPPED), complete=False)
            break
        try:
            step = next(listing, None)
        except NotModified:
            yield Ending(unchanged=True)
            return
        except HarvestError as error:
            ending = Ending(failed=as_problem(error), complete=False)
            break
        if step is None:
            break
        if isinstance(step, Cursor):
            yield step
            continue
        step = with_short_id(step)
        if step.error is not None and not step.alone and as_problem(step.error).severity != "info":
            ending = Ending(complete=False)
        outcome = process(step, source, fetch, options, known(step.remote_id), rules, stamped=stamped(step.remote_id))
        if outcome.problem is None or outcome.problem.code != STOPPED:  # that item was not looked at
            yield outcome
    yield ending


def with_short_id(item: Item) -> Item:
    """The item under an id that every database takes; one cut short is told from others by its digest."""
    if len(item.remote_id) <= MOST_ID:
        return item
    mark = hashlib.sha256(item.remote_id.encode()).hexdigest()[:16]
    return replace(item, remote_id=f"{item.remote_id[: MOST_ID - 17]}#{mark}")


def process(
    item: Item,
    source: Source,
    fetch: Fetch,
    options: BuildOptions,
    known: str,
    rules: RunRules,
    *,
    stamped: str = "",
) -> Outcome:
    """Fetch and build one item. The one place where a record's failure is caught.

    `known` is the fingerprint of what the item is now, `stamped` what the source said of it then.
    """
    began = time.monotonic()
    workdir = fetch.workdir / hashlib.sha256(item.remote_id.encode()).hexdigest()[:16]
    stage: Stage = "fetch"
    collected: Collected | None = None
    fingerprint = ""
    stamp = stamp_of(item, source, options)
    try:
        if item.error is not None:
            stage = "gather"
            raise item.error
        if stamp and stamp == stamped and files_unchanged(item, fetch):
            raise NotModified(item.url)
        collected = kinds()[source.kind].collect(item, source, fetch)
        fingerprint = fingerprint_of(collected, source, options, item)
        if fingerprint == known:
            done = Outcome(item, "same", "fetch", workdir, collected, fingerprint)
        else:
            stage = "check"
            built = build_item(collected, workdir, options, rules)
            done = Outcome(item, "built", "check", workdir, collected, fingerprint, built)
    except NotModified:
        done = Outcome(item, "same", stage, workdir)
    except HarvestError as error:
        found = as_problem(error)
        status: Literal["skipped", "failed"] = "skipped" if found.severity == "info" else "failed"
        done = Outcome(item, status, stage, workdir, collected, fingerprint, {}, found)
    except Exception:
        log.exception("item crashed", extra={"source": source.slug})  # a fault of ours ends this item, not the run
        done = Outcome(item, "failed", stage, workdir, collected, fingerprint, {}, problem("run-crashed"))
    return replace(done, stamp=stamp, seconds=time.monotonic() - began)


def build_item(collected: Collected, workdir: Path, options: BuildOptions, rules: RunRules) -> dict[str, Any]:
    """Build one item: a file, or a catalogue's record with its files."""
    workdir.mkdir(parents=True, exist_ok=True)
    if collected.parts is not None:
        return build_bundle(collected, workdir, options, rules.child)
    argument = {
        "path": str(collected.path),
        "filename": collected.filename,
        "workdir": str(workdir),
        "options": options.to_json(),
    }
    return run_limited("harvesters.build:build", argument, limits=rules.child)


def stamp_of(item: Item, source: Source, options: BuildOptions) -> str:
    """Digest of what the source says of an item before any of its files is fetched, dates included; "" for a plain file."""
    if not item.record:
        return ""
    told = {
        "modified": item.modified,
        "metadata": dict(item.metadata),
        "files": [asdict(file) for file in item.files],
    }
    return digest_of(told, source, options)


def fingerprint_of(collected: Collected, source: Source, options: BuildOptions, item: Item) -> str:
    """Digest of all that decides what an item becomes: its bytes, its metadata, the options and the version of our rules."""
    told = {"bytes": content_of(collected), "metadata": {**item.metadata, **collected.metadata}}
    return digest_of(told, source, options)


def digest_of(told: Mapping[str, Any], source: Source, options: BuildOptions) -> str:
    """sha256 of `told` together with the options and rules that decide what becomes of it."""
    told = {
        **told,
        "options": options.to_json(),
        "licence": source.options.get("licence", ""),
        "title": source.options.get("title", ""),
        "rules": RULES_VERSION,
    }
    description = described(source.options) | frequency_of(source)
    if description:
        told["description"] = description  # one without has the digest that it always had
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()


def frequency_of(source: Source) -> dict[str, str]:
    """The frequency that the source's options state, if any."""
    return {name: value for name, value in source.options.items() if name == FREQUENCY and value}


def build_options(source: Source, limits: Limits) -> BuildOptions:
    """The source's options, typed. They were checked when the source was added."""
    given = source.options
    repairs = given.get("repairs", "on")
    return BuildOptions(
        profile=source.profile,
        personal=given.get("personal", "hold"),  # type: ignore[arg-type]
        repairs={"on": True, "off": False}.get(repairs, frozenset(part.strip() for part in repairs.split(","))),
        max_bad_rows=float(given.get("max_bad_rows", "0.1")),
        encoding=given.get("encoding") or None,
        headings=parse_headings(given.get("headings", "")),
        limits=limits,
    )


def parse_headings(text: str) -> dict[str, str]:
    """Read "heading=column;heading=column" as a mapping."""
    pairs = (part.partition("=") for part in text.split(";") if "=" in part)
    return {heading.strip(): column.strip() for heading, _, column in pairs}


def with_personal(source: Source, decision: str) -> Source:
    """The source with a person's decision about its personal data in place of its own setting."""
    return replace(source, options={**source.options, "personal": decision})
