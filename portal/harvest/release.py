"""A person's decision about what a source holds back (contracts.md §1). Every decision is written to the audit table."""

from __future__ import annotations

import shutil
from dataclasses import asdict
from itertools import combinations
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import select

from harvesters.checks.personal import mask_text, same_person
from harvesters.fetch import Fetch
from harvesters.metadata import describe_item
from harvesters.packages.store import Store
from harvesters.run import Outcome, process, with_personal
from harvesters.run import build_options as options_of_source
from harvesters.sources.upload import FILE
from harvesters.values import Collected, Item, Source
from portal.accounts.actions import record
from portal.db import now, transaction
from portal.errors import PortalError
from portal.harvest import lease
from portal.harvest.braking import BRAKE, DECISIONS, decide_loss
from portal.harvest.keeping import bring_parts
from portal.harvest.models import Held
from portal.harvest.models import Source as SourceRow
from portal.harvest.publishing import KEPT, dataset_of, item_of, named, package_and_publish, without_names
from portal.harvest.results import Result, as_found, message_of
from portal.harvest.rules import as_source, fetch_rules, reading, run_rules, store_of
from portal.search import outbox
from portal.settings import Settings

TREATMENT = {"publish": "publish", "drop": "drop", "mask": "mask"}
NEEDS_TWO = "personal-held"  # publishing personal data as it is needs two names


def release(slug: str, *, decision: str, actor: str, reason: str, item: str | None = None) -> dict[str, Any]:
    """Carry out `decision` (publish, drop, mask, keep, retry) on what waits of a source.

    `keep` leaves the published state as it is; `retry` lets the next run look again. Returns {"source", "items": [...]}.
    Where one more person must agree an item is "noted", with the reason "second-name".
    Raises PortalError: "nothing-held", "live-run".
    """
    with transaction() as session:
        held = lease.take(session, slug)
    try:
        with transaction() as session:
            query = select(Held).where(Held.source_id == held.source_id, Held.decision.is_(None))
            waiting = list(session.scalars(query if item is None else query.where(Held.remote_id == item)))
            waiting = [one for one in waiting if one.code != BRAKE or decision in DECISIONS]
            if not waiting:
                raise PortalError("nothing-held", slug=slug)
            for one in waiting:
                note_decision(one, decision, actor, reason)
                told = {"decision": decision, "reason": reason, "item": one.id, "code": one.code}
                record(session, actor=actor, action="source-release", subject=slug, details=told)
        items = [carry_out(held, one, decision) if agreed(one, decision) else noted(one, actor) for one in waiting]
    finally:
        with transaction() as session:
            lease.give_back(session, held)
    outbox.drain()
    return {"source": slug, "items": items}


def note_decision(one: Held, decision: str, actor: str, reason: str) -> None:
    """Add a decision to what waits."""
    said = {"decision": decision, "name": actor, "reason": reason, "at": now().isoformat()}
    one.decisions = [*one.decisions, said]


def agreed(one: Held, decision: str) -> bool:
    """Whether the decisions noted so far are enough."""
    if one.code != NEEDS_TWO or decision != "publish":
        return True
    names = [said["name"] for said in one.decisions if said["decision"] == "publish"]
    return any(not same_person(first, second) for first, second in combinations(names, 2))


def told_name(one: Held) -> str:
    """What a delivery that waits is called: its file's own name where it is all that its source holds, else the item's id."""
    return mask_text(one.original_name if one.remote_id == FILE and one.original_name else one.remote_id)


def noted(one: Held, actor: str) -> dict[str, Any]:
    """One word is not enough; it is kept, and the delivery waits on."""
    sentence = PortalError("second-name", name=actor).sentence
    return {"item": told_name(one), "status": "noted", "reason": {"code": "second-name", **asdict(sentence)}}


def carry_out(held: lease.Lease, one: Held, decision: str) -> dict[str, Any]:
    """Do what was decided about one thing."""
    if one.code == BRAKE:
        return decide_loss(one, decision)
    if decision in ("keep", "retry"):
        close(one, decision)
        return {"item": told_name(one), "status": decision}
    settings = current_app.config["KHLANG"]
    store = store_of(settings)
    with reading() as session:
        row = session.get_one(SourceRow, held.source_id)
        source = as_source(row)
        if one.code == NEEDS_TWO:
            source = with_personal(source, TREATMENT[decision])
        details = dict(row.details)
        dataset = dataset_of(session, held.source_id, one.remote_id)
    with store.staging() as workdir:
        outcome = rebuild(store, one, source, workdir, settings)
        if outcome.status == "failed" or outcome.built["blocking"]:
            found = outcome.problem or as_found(outcome.built["blocking"][0])
            return {"item": told_name(one), "status": "failed", "reason": message_of(found)}
        outcome = without_names(named(outcome)) if decision != "publish" else outcome
        metadata = describe_item(source, details, outcome.item, single=not outcome.item.title)
        result = package_and_publish(store, source, held, one.run_id, outcome, metadata, dataset, braked=False)
    close(one, decision, result)
    return {
        "item": told_name(one),
        "status": result.status,
        "dataset": result.dataset,
        "version": result.version,
        "personal": outcome.built["personal"]["done"],
    }


def rebuild(store: Store, one: Held, source: Source, workdir: Path, settings: Settings) -> Outcome:
    """Take the kept bytes through the line again, with the decision in force."""
    path = workdir / "original"
    shutil.copyfile(store.path(one.original_sha256, private=True), path)
    told = one.details["item"]
    collected = Collected(
        path=path,
        filename=one.original_name,
        url=one.url,
        fetched_at=one.fetched_at,
        sha256=one.original_sha256,
        bytes=path.stat().st_size,
        **bring_parts(store, told, workdir),
    )
    item = Item(one.remote_id, one.url, told["title"], told["metadata"], collected)
    rules = run_rules(settings)
    options = options_of_source(source, rules.limits)
    return process(item, source, Fetch(workdir, fetch_rules(settings)), options, "", rules)


def close(one: Held, decision: str, result: Result | None = None) -> None:
    """Nothing waits there any more. What was decided about a delivery holds until the source brings another."""
    with transaction() as session:
        session.get_one(Held, one.id).decision = decision
        if decision == "retry":
            return
        item = item_of(session, one.source_id, one.remote_id)
        item.fingerprint = one.details["fingerprint"]
        item.outcome = KEPT if result is None else result.status
        if result is not None:
            item.dataset_id = result.dataset_id
