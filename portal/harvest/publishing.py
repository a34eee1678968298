"""Decides about one built item and does it: publish a version, hold it for a person, or leave what there is.

Publishing is one transaction; what goes before it only adds to the store, what follows it only reads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from harvesters import bundled
from harvesters.checks.personal import mask_text
from harvesters.checks.problems import problem
from harvesters.errors import HarvestError
from harvesters.faults import fault_point
from harvesters.metadata import Metadata, describe_item, item_title
from harvesters.packages.assemble import Packaged, assemble
from harvesters.packages.descriptor import Named
from harvesters.packages.store import Store
from harvesters.run import Outcome
from harvesters.values import ItemStatus, Problem, Source
from portal.catalogue.actions import free_name, publish_version
from portal.catalogue.models import Dataset, Version
from portal.db import transaction
from portal.harvest import absence, lease
from portal.harvest.changes import compare
from portal.harvest.keeping import keep_parts
from portal.harvest.models import Held, SourceItem
from portal.harvest.models import Source as SourceRow
from portal.harvest.results import Result, as_found, broken_file, doubtful, failed, left_out, slim, unreviewed
from portal.harvest.rules import reading
from portal.registry import actions as registry
from portal.registry.reading import Told

LOST_SHOWN = 5  # rows that a brake shows of those gone
KEPT = "kept"  # an item's outcome where a person decided against what it brought


def conclude(
    store: Store, source: Source, details: Mapping[str, Any], run_id: int, held: lease.Lease, outcome: Outcome
) -> Result:
    """Decide about one item and do it."""
    if outcome.status in ("failed", "skipped"):
        return left_out(outcome)
    with reading() as session:
        dataset = dataset_of(session, held.source_id, outcome.item.remote_id)
        current = dataset.current if dataset else None
        tables = len(current.resources) if current else 0
        kept = is_kept(session, held.source_id, outcome.item.remote_id)
    if dataset is not None and dataset.state == "withdrawn" and not is_own(source):
        found = problem("dataset-withdrawn", name=dataset.name)
        return Result("skipped", "compare", found, dataset.name, dataset.id)
    if outcome.status == "same":
        return same(dataset, current, kept=kept)
    assert outcome.collected is not None
    collected, built = outcome.collected, outcome.built
    if built["blocking"]:
        store.add(collected.path, private=True)
        first = as_found(built["blocking"][0])
        return Result(
            "failed",
            "check",
            first,
            dataset.name if dataset else None,
            dataset.id if dataset else None,
            report=slim(built),
        )
    broken = broken_file(built)
    if broken is not None and tables > len(built["resources"]):
        return failed(outcome, broken, "fetch", report=slim(built))
    outcome = without_names(named(outcome))
    metadata = describe_item(source, details, outcome.item, single=not outcome.item.title)
    doubt = doubtful(built, metadata) or unreviewed(source)
    if doubt is not None:
        return hold(store, held, run_id, outcome, dataset, doubt)
    braked = not is_own(source)  # the registry may shrink: what was withdrawn must go
    return package_and_publish(store, source, held, run_id, outcome, metadata, dataset, braked=braked)


def is_own(source: Source) -> bool:
    """Whether a source is one of the portal's own tables: they may shrink, and `republishing` says when one comes back."""
    return source.profile in bundled.own_tables()


def named(outcome: Outcome) -> Outcome:
    """A file among others whose name says nothing is called by the title above its table."""
    if not outcome.item.title:
        return outcome
    return replace(
        outcome, item=replace(outcome.item, title=item_title(outcome.item.title, outcome.built["resources"]))
    )


def without_names(outcome: Outcome) -> Outcome:
    """Where the gate found something in a file, its name and title are masked too: both stand on public pages."""
    if outcome.collected is None or not outcome.built["personal"]["found"]:
        return outcome
    collected = replace(outcome.collected, filename=mask_text(outcome.collected.filename))
    return replace(outcome, collected=collected, item=replace(outcome.item, title=mask_text(outcome.item.title)))


def is_kept(session: Session, source_id: int, remote_id: str) -> bool:
    """Whether a person decided not to publish what the item last was."""
    query = select(SourceItem.outcome).where(SourceItem.source_id == source_id, SourceItem.remote_id == remote_id)
    return session.scalar(query) == KEPT


def same(dataset: Dataset | None, current: Version | None, *, kept: bool = False) -> Result:
    """Nothing changed: no version, nothing written but the run's own record. `kept`: it is what a person did not want."""
    return Result(
        "skipped" if kept else "same",
        "compare",
        problem("kept-by-decision") if kept else None,
        dataset.name if dataset else None,
        dataset.id if dataset else None,
        current.number if current else None,
    )


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
        number = (current.number if current else 0) + 1
        if current is not None and current.withdrawn:  # its files are gone, so there is nothing to compare with
            current = None
        wanted = source.slug if not outcome.item.title else f"{source.slug}-{outcome.item.title}"
        name = dataset.name if dataset else free_name(session, wanted)
        named = Named(
            name=name,
            version=number,
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
        return hold(store, held, run_id, outcome, dataset, found, lost_rows(changes))
    told = registry.read_packaged(store, packaged)
    return move_pointer(held, run_id, outcome, metadata, packaged, name, changes, told)


def lost_rows(changes: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The first rows that are gone, for the person who decides: they stand in the published version."""
    return [row for table in changes["tables"] for row in table.get("removed_rows", ())][:LOST_SHOWN]


def move_pointer(
    held: lease.Lease,
    run_id: int | None,
    outcome: Outcome,
    metadata: Metadata,
    packaged: Packaged,
    name: str,
    changes: Mapping[str, Any],
    told: Sequence[Told] | None,
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
        if told is not None:
            registry.integrate(session, dataset, version, told)
        result = Result(status, "publish", None, name, dataset.id, version.number, version.id, tables=packaged.tables)
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
    lost: Sequence[Mapping[str, Any]] = (),
) -> Result:
    """Keep the new bytes on the private side until a person decides; what is published stays."""
    assert outcome.collected is not None
    kept = keep_parts(store, outcome.collected)
    with transaction() as session:
        older = waiting_of(session, held.source_id, outcome.item.remote_id)
        told = next((one for one in older if one.details["fingerprint"] == outcome.fingerprint), None)
        if told is None:  # else it is the delivery that waits already, perhaps with one person's word
            for one in older:
                one.decision = "replaced"  # a newer delivery of the same thing takes its place
            session.add(held_row(held.source_id, run_id, outcome, dataset, found, kept, lost))
    return Result(
        "held",
        "check",
        found,
        dataset.name if dataset else None,
        dataset.id if dataset else None,
        report=slim(outcome.built),
    )


def waiting_of(session: Session, source_id: int, remote_id: str) -> list[Held]:
    """What waits of an item."""
    query = select(Held).where(Held.source_id == source_id, Held.remote_id == remote_id, Held.decision.is_(None))
    return list(session.scalars(query))


def held_row(
    source_id: int,
    run_id: int | None,
    outcome: Outcome,
    dataset: Dataset | None,
    found: Problem,
    kept: Mapping[str, Any],
    lost: Sequence[Mapping[str, Any]] = (),
) -> Held:
    """A delivery that waits, with all that is needed to take it up again."""
    assert outcome.collected is not None
    return Held(
        source_id=source_id,
        run_id=run_id,
        remote_id=outcome.item.remote_id,
        dataset_id=dataset.id if dataset else None,
        code=found.code,
        original_sha256=outcome.collected.sha256,
        original_name=outcome.collected.filename,
        url=outcome.collected.url,
        fetched_at=outcome.collected.fetched_at,
        details={
            "message": asdict(found.message),
            "personal": outcome.built["personal"],
            "fingerprint": outcome.fingerprint,
            "lost_rows": [dict(row) for row in lost],
            "item": {"title": outcome.item.title, "metadata": dict(outcome.item.metadata), **kept},
        },
    )


def item_of(session: Session, source_id: int, remote_id: str) -> SourceItem:
    """What is known of an item, begun when it is new."""
    query = select(SourceItem).where(SourceItem.source_id == source_id, SourceItem.remote_id == remote_id)
    item = session.scalar(query)
    if item is None:
        item = SourceItem(source_id=source_id, remote_id=remote_id)
        session.add(item)
    return item


def note_item(session: Session, source_id: int, outcome: Outcome, result: Result) -> None:
    """Remember what an item became, so that an unchanged one costs nothing next time."""
    item = item_of(session, source_id, outcome.item.remote_id)
    if item.missing_runs:
        absence.note_return(session, item)
    note_files(item, outcome, result)
    if result.status in ("same", "skipped"):
        return
    item.dataset_id = result.dataset_id or item.dataset_id
    item.outcome = result.status
    # A failed or held item is looked at again next time, whatever its bytes: the reason may have gone.
    item.fingerprint = outcome.fingerprint if result.status in ("new", "changed") else ""
    if outcome.collected is not None:
        item.etag, item.last_modified = outcome.collected.etag, outcome.collected.last_modified


def note_files(item: SourceItem, outcome: Outcome, result: Result) -> None:
    """Remember what a catalogue said of an item and what its files answered, unless one of them must be asked again."""
    collected = outcome.collected
    if collected is None or collected.parts is None:
        return
    settled = result.status in ("new", "changed", "same") and broken_file(outcome.built) is None
    item.stamp = outcome.stamp if settled and not any(link.problem for link in collected.links) else ""
    item.files = {
        part.file.url: [part.collected.etag, part.collected.last_modified]
        for part in collected.parts
        if part.collected.etag or part.collected.last_modified
    }
