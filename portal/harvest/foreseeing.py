"""What a delivery would become, without it becoming that.

The version is put together by the same code as in a run, into a store that is thrown away with the work folder, and
compared with the version that stands.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from harvesters import bundled
from harvesters.checks.personal import mask_text
from harvesters.checks.problems import BY_CODE, field_names, general, problem
from harvesters.metadata import describe_item
from harvesters.normalise import RULES
from harvesters.packages.assemble import Packaged, assemble
from harvesters.packages.descriptor import Named
from harvesters.packages.findings import by_kind
from harvesters.packages.store import Store
from harvesters.run import Outcome
from harvesters.values import ROW_COLUMN, Problem, Source, Text
from portal.catalogue.models import Dataset, Publisher, Version
from portal.catalogue.reports import first_repairs
from portal.harvest import absence
from portal.harvest.braking import is_released
from portal.harvest.changes import compare
from portal.harvest.publishing import dataset_of, is_kept, is_own, named, same, without_names
from portal.harvest.results import Result, as_found, broken_file, doubtful, failed, left_out, unreviewed
from portal.harvest.rules import reading

EXAMPLES = 5  # rows, repairs or findings of one kind
GONE_SHOWN = 50
HOW: Mapping[str, Text] = {
    "name": Text("ชื่อตรงกับคอลัมน์ของแบบ", "named like the column"),
    "title": Text("หัวตารางตรงกับชื่อในแบบ", "the same as the column's title"),
    "heading": Text("หัวตารางที่แบบรู้จัก", "a heading that the profile knows"),
    "source": Text("ตัวเลือกของแหล่งบอกไว้", "told by the source's own options"),
    "none": Text("เก็บไว้ตามหัวตารางเดิม", "kept under its own heading"),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What is published of an item now."""

    dataset: Dataset | None
    current: Version | None
    kept: bool
    tables: tuple[tuple[str, Mapping[str, Any], Sequence[str], int], ...] = ()
    parquets: Mapping[str | None, str] | None = None


def standing_of(source_id: int, remote_id: str) -> Standing:
    """Look up what an item of a source is now; `source_id` 0 is a source that is not there yet."""
    with reading() as session:
        dataset = dataset_of(session, source_id, remote_id)
        current = dataset.current if dataset else None
        kept = is_kept(session, source_id, remote_id)
        if current is None:
            return Standing(dataset, None, kept)
        if current.withdrawn:  # its files are gone, so there is nothing to compare with
            return Standing(dataset, current, kept)
        tables = tuple((table.name, table.schema, table.key, table.rows) for table in current.resources)
        parquets = {file.resource: file.sha256 for file in current.files if file.role == "parquet"}
        return Standing(dataset, current, kept, tables, parquets)


def foresee(
    store: Store, source: Source, details: Mapping[str, Any], source_id: int, outcome: Outcome
) -> tuple[Result, dict[str, Any] | None]:
    """What a run would do with an item, and the preview of it; None where nothing was read of it."""
    stands = standing_of(source_id, outcome.item.remote_id)
    dataset, current = stands.dataset, stands.current
    name = dataset.name if dataset else None
    if outcome.status in ("failed", "skipped"):
        return left_out(outcome), None
    if dataset is not None and dataset.state == "withdrawn" and not is_own(source):
        return Result("skipped", "compare", problem("dataset-withdrawn", name=dataset.name), name), None
    if outcome.status == "same":
        return same(dataset, current, kept=stands.kept), None
    told = read_of(outcome.built)
    if outcome.built["blocking"]:
        return Result("failed", "check", as_found(outcome.built["blocking"][0]), name), told
    broken = broken_file(outcome.built)
    if broken is not None and len(stands.tables) > len(outcome.built["resources"]):
        return failed(outcome, broken, "fetch"), told
    outcome = without_names(named(outcome))
    metadata = describe_item(source, details, outcome.item, single=not outcome.item.title)
    number = (current.number if current else 0) + 1
    assert outcome.collected is not None
    forgotten = Store(outcome.workdir / "forgotten")
    packaged = assemble(
        forgotten,
        built=outcome.built,
        collected=outcome.collected,
        metadata=metadata,
        named=publisher_of(source, name or source.slug, number),
        workdir=outcome.workdir,
    )
    changes = compare(store, stands.tables, stands.parquets or {}, packaged, new_store=forgotten)
    told |= {"title": metadata.title_th, "rows": row_changes(changes, packaged, forgotten)}
    doubt = doubtful(outcome.built, metadata) or unreviewed(source)
    if doubt is not None:
        return Result("held", "check", doubt, name), told
    if current is not None and current.digest == packaged.digest:
        return same(dataset, current), told
    if current is not None and not is_own(source) and absence.brakes(changes["before"], changes["removed"]):
        return Result(
            "held", "check", problem("table-brake", before=changes["before"], removed=changes["removed"]), name
        ), told
    return Result("changed" if current else "new", "publish", None, name, version=number), told


def publisher_of(source: Source, name: str, number: int) -> Named:
    """What a version would be called, and by whom; a publisher that is not there yet goes by its slug."""
    with reading() as session:
        known = session.scalar(select(Publisher).where(Publisher.slug == source.publisher))
        return Named(
            name=name,
            version=number,
            publisher_slug=source.publisher,
            publisher_th=known.title_th if known else source.publisher,
            publisher_en=known.title_en if known else "",
        )


def read_of(built: Mapping[str, Any]) -> dict[str, Any]:
    """What was read in a file: the mapping, the repairs and the problems, each with examples. All of it is masked already."""
    return {
        "title": "",
        "rows": None,
        "mapping": [mapping_of(table) for table in built["resources"]],
        "repairs": repairs_of(built["resources"]),
        "problems": problems_of(built),
        "personal": personal_of(built["personal"]),
    }


def mapping_of(table: Mapping[str, Any]) -> dict[str, Any]:
    """Which heading became which column and why."""
    profile = bundled.all_profiles().get(table["profile"] or "")
    titles = profile.titles if profile else {}
    return {
        "table": table["title"],
        "profile": table["profile"],
        "reason": table["reason"],
        "rows_read": table["rows_read"],
        "set_aside": table["rejected_rows"],
        "columns": [
            {
                "heading": column["heading"],
                "column": column["field"],
                "title": titles.get(column["field"]) if column["field"] else None,
                "how": column["how"],
                "why": asdict(HOW[column["how"]]),
            }
            for column in table["mapping"]
        ],
    }


def repairs_of(tables: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """How many cells would be put right, by rule, with the first of each."""
    groups = []
    for table in tables:
        examples = first_repairs(Path(table["repairs"])) if table["repair_counts"] else {}
        groups += [
            {
                "table": table["title"],
                "rule": rule,
                "title": asdict(RULES.get(rule, Text(rule, rule))),
                "count": count,
                "examples": [
                    {
                        "row": int(line["row"]),
                        "column": line["column"],
                        "before": line["before"],
                        "after": line["after"],
                    }
                    for line in examples.get(rule, ())
                ],
            }
            for rule, count in sorted(table["repair_counts"].items(), key=lambda pair: -pair[1])
        ]
    return {"count": sum(group["count"] for group in groups), "groups": groups}


def problems_of(built: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What was found, by kind, with what each kind is called in general."""
    return [
        {**group, "title": asdict(kind_title(group["code"], group["findings"][0]))}
        for group in by_kind(built, EXAMPLES)
    ]


def kind_title(code: str, first: Mapping[str, Any]) -> Text:
    """What a kind of problem is called; where its sentence is full of gaps, the first finding stands for it."""
    known = BY_CODE.get(code)
    return Text(**first["message"]) if known is None or field_names(known) else general(known)


def personal_of(found: Mapping[str, Any]) -> dict[str, Any]:
    """What the gate found, in which columns, and what would be done; never a value."""
    return {
        "found": found["found"],
        "mode": found["mode"],
        "words": found["words"],
        "done": found["done"],
        "columns": [
            {"table": table["name"], "heading": column["heading"], "cells": column["cells"]}
            for table in found["tables"]
            for column in table["columns"]
            if column["cells"]
        ],
    }


def row_changes(changes: Mapping[str, Any], packaged: Packaged, forgotten: Store) -> dict[str, Any]:
    """Rows before and after, how many are new, changed and gone, and the first of each kind table by table."""
    by_name = {table["name"]: table for table in packaged.tables}
    tables = []
    for table in changes["tables"]:
        told = {key: value[:EXAMPLES] if key.endswith("_rows") else value for key, value in table.items()}
        if "added_rows" not in table and table["name"] in by_name:
            told["added_rows"] = first_rows(forgotten.path(by_name[table["name"]]["sha256"]))
        new = by_name.get(table["name"], {})
        headings = {column["field"]: column["heading"] for column in new.get("mapping", ()) if column["field"]}
        tables.append(told | {"title": new.get("title", table["name"]), "headings": headings})
    after = sum(table["rows"] for table in packaged.tables)
    counts = {name: changes[name] for name in ("before", "added", "changed", "removed")}
    return {**counts, "after": after, "same": after - counts["added"] - counts["changed"], "tables": tables}


def first_rows(path: Path) -> list[dict[str, str]]:
    """The first rows of a table that is all new."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = islice(csv.DictReader(file), EXAMPLES)
        return [{name: cell for name, cell in row.items() if name != ROW_COLUMN} for row in rows]


def foresee_absence(session: Session, source_id: int, seen: set[str]) -> tuple[list[dict[str, Any]], Problem | None]:
    """What a complete listing no longer shows: each dataset and whether this run would archive it; and what would hold the run."""
    standing = absence.standing_items(session, source_id, absence.known_items(session, source_id))
    gone = [item for remote_id, item in standing.items() if remote_id not in seen]
    loss = absence.mass_loss(len(standing), len(gone))
    held = loss if loss is not None and not is_released(session, source_id, gone) else None
    missing = []
    for item in gone:
        dataset = session.get(Dataset, item.dataset_id)
        if dataset is not None:
            archived = held is None and absence.is_long_gone(item.missing_runs + 1, item.missing_since)
            missing.append({"name": dataset.name, "title": mask_text(dataset.title_th), "archived": archived})
    return missing, held
