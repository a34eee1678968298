"""Publishes the registry's own tables as datasets, by the line that every other file takes; a version only where content changed.

Publisher and sources are made at the first time. What the tables say is written to `cache/registry` and harvested from there.
The registry never reads them again: they follow no profile of `reading.KINDS`.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from harvesters import bundled
from portal.catalogue.actions import EMPTY, REMAKING, ensure_publisher
from portal.catalogue.models import Dataset
from portal.db import db, now, transaction
from portal.errors import PortalError
from portal.harvest.actions import run_source
from portal.harvest.models import Run, Source, SourceItem
from portal.registry.models import Entity
from portal.registry.tables import TABLES, in_columns

log = logging.getLogger("khlang.registry")

PUBLISHER = {
    "slug": "khlang",
    "title_th": "คลัง (ทะเบียนกลางของพอร์ทัลนี้)",
    "title_en": "Khlang (this portal's own registry)",
    "kind": "office",
}
EVERY = timedelta(days=1)
NOTES_TH = (
    "{description} คลังทำชุดนี้เองจากชุดข้อมูลที่หน่วยงานต่าง ๆ เผยแพร่ไว้ และทำใหม่วันละครั้งเมื่อมีอะไรเปลี่ยน "
    "{origin}กรองตามรหัสจังหวัดแล้วดาวน์โหลดเฉพาะจังหวัดของคุณได้ที่หน้าตาราง"
)
NOTES_EN = (
    "{description}. Khlang makes this from the datasets that offices publish here, anew once a day where something changed. "
    "{origin}Filter by province code on the table's page to download one province alone."
)
BY_ROW = (
    "แต่ละแถวบอกชุดข้อมูล รุ่น และแถวที่มา การใช้ต่อให้ถือตามสัญญาอนุญาตของชุดต้นทางนั้น ",
    "Each row names the dataset, version and row that it comes from; the licence of that dataset applies. ",
)
COUNTED = (
    "เป็นตัวเลขที่คลังนับ ไม่มีชื่อกลุ่มและไม่มีชื่อบุคคล ",
    "These are counts made by Khlang; no cluster and no person is named. ",
)


def publish_tables(*, progress: Callable[[str], None] = lambda _slug: None) -> list[dict[str, Any]]:
    """Publish every table that has rows. Returns the runs as JSON; a table that somebody withdrew is left withdrawn."""
    ensure_sources()
    runs = []
    for table in TABLES:
        slug, wanted = prepare_source(table)
        if not wanted or not write_table(table):
            note_empty(table)
            continue
        progress(slug)
        try:
            runs.append(run_source(slug))
        except PortalError as error:
            if error.code != "live-run":  # another worker is at it
                raise
    return runs


def note_empty(table: str) -> None:
    """Say of a table that was to be made anew that there is nothing to make it from, so that it is not tried without end."""
    with transaction() as session:
        its = select(Dataset).join(Source, Source.id == Dataset.source_id).where(Source.profile == table)
        for dataset in session.scalars(its.where(Dataset.state_reason == REMAKING)):
            dataset.state_reason = EMPTY


def publish_due() -> list[dict[str, Any]]:
    """Publish the tables once a day, or at once when a withdrawal took them away. Nothing where the registry is empty."""
    return publish_tables() if is_due() else []


def is_due() -> bool:
    """Whether it is time."""
    with Session(db.engine) as session:
        if session.scalar(select(Entity.id).where(Entity.state == "present").limit(1)) is None:
            return False
        if session.scalar(select(Dataset.id).where(Dataset.state_reason == REMAKING).limit(1)) is not None:
            return True
        newest = session.scalar(
            select(func.max(Run.started_at)).join(Source, Source.id == Run.source_id).where(Source.profile.in_(TABLES))
        )
        return newest is None or newest < now() - EVERY


def ensure_sources() -> None:
    """Make the publisher and a source for each table, where they are missing. Raises PortalError("name-taken")."""
    with transaction() as session:
        publisher = ensure_publisher(session, PUBLISHER)
        known = set(session.scalars(select(Source.profile).where(Source.publisher_id == publisher.id)))
        for table in TABLES:
            if table in known:
                continue
            if session.scalar(select(Source.id).where(Source.slug == slug_of(table))) is not None:
                raise PortalError("name-taken", name=slug_of(table))
            title = bundled.profile(table).title
            session.add(
                Source(
                    slug=slug_of(table),
                    kind="spreadsheet",
                    url=str(file_of(table)),
                    local=True,
                    title_th=title.th,
                    title_en=title.en,
                    publisher_id=publisher.id,
                    profile=table,
                    options={"personal": "mask", "repairs": "off"},  # cells were repaired on their first way
                    details=details_of(table),
                )
            )


def prepare_source(table: str) -> tuple[str, bool]:
    """The slug of a table's source, and whether it is to be published: not where a person withdrew it or stopped its source.

    One that a withdrawal took away is made anew even from equal bytes.
    """
    with transaction() as session:
        source = session.scalars(select(Source).where(Source.profile == table)).one()
        source.url, source.details = str(file_of(table)), details_of(table)  # the data folder may have moved
        dataset = session.scalar(select(Dataset).where(Dataset.source_id == source.id))
        if dataset is not None and dataset.state == "withdrawn":
            if dataset.state_reason not in (REMAKING, EMPTY):
                return source.slug, False
            session.execute(
                update(SourceItem).where(SourceItem.source_id == source.id).values(fingerprint="", stamp="")
            )
        return source.slug, source.removed_at is None


def write_table(table: str) -> bool:
    """Write what a table says now as JSON lines, whole or not at all. False where it has no row."""
    path = file_of(table)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    written = False
    try:
        with draft.open("w", encoding="utf-8", newline="\n") as file:
            for row in in_columns(table, TABLES[table]()):
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
                written = True
        if written:
            draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
        db.session.rollback()  # the next table sees what others wrote meanwhile
    return written


def file_of(table: str) -> Path:
    """Where a table is written."""
    folder: Path = current_app.config["KHLANG"].home
    return folder / "cache" / "registry" / f"{table.removeprefix('registry-')}.jsonl"


def slug_of(table: str) -> str:
    """The address of a table's dataset and source: khlang-clusters."""
    return f"khlang-{table.removeprefix('registry-')}"


def details_of(table: str) -> dict[str, Any]:
    """The national metadata of a table's dataset. No licence is claimed: the rows are others'."""
    told = bundled.profile(table)
    by_row = any(field.name == "source_row" for field in told.fields)
    origin_th, origin_en = BY_ROW if by_row else COUNTED
    return {
        "title_th": told.title.th,
        "title_en": told.title.en,
        "notes_th": NOTES_TH.format(description=told.description.th, origin=origin_th),
        "notes_en": NOTES_EN.format(description=told.description.en, origin=origin_en),
        "tags": ["ทะเบียน", "กลุ่มผู้ประกอบการ", "หน่วยวิจัย", "ทุกจังหวัด"],
        "data_type": "ข้อมูลระเบียน" if by_row else "ข้อมูลสถิติ",
        "objective": ["มติคณะรัฐมนตรี"],
        "update_frequency_unit": "วัน",
        "update_frequency_interval": "1",
        "geo_coverage": "ประเทศ",
        "data_source": "ชุดข้อมูลที่หน่วยงานต่าง ๆ เผยแพร่ในคลัง",
        "data_format": ["CSV", "XLSX", "JSON", "Parquet"],
        "data_category": "ข้อมูลสาธารณะ",
    }
