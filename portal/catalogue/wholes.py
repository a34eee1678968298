"""All of a province in one download: a table of what there is, and a ZIP with the rows."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, request
from sqlalchemy import select

from harvesters.packages.exports import export, zip_package
from harvesters.packages.rows import RowQuery, parse_filters
from portal.catalogue.downloads import dressed, sent, temporary
from portal.catalogue.models import Dataset, Resource, Version
from portal.catalogue.places import find_place
from portal.catalogue.presenting import address_of
from portal.catalogue.queries import datasets_of_province, find_file
from portal.catalogue.views import store
from portal.choices import site
from portal.db import db
from portal.registry.models import Entity
from portal.tabular import csv_answer, csv_text

blueprint = Blueprint("wholes", __name__)

COLUMNS = (
    "kind", "id", "title_th", "title_en", "url", "publisher", "licence", "version", "updated", "rows_of_province", "file", "why_not",
)  # fmt: skip
MOST_BYTES = (
    200 * 2**20
)  # of tables in one ZIP, as large as one file that is taken in; what is behind it is named, not packed
README = """คลัง: ข้อมูลทั้งหมดของ{th} (Khlang: all data of {en})

contents.csv  ชุดข้อมูล กลุ่มผู้ประกอบการ และหน่วยวิจัยทั้งหมดของจังหวัดนี้ พร้อมที่อยู่ ผู้เผยแพร่ และสัญญาอนุญาตของแต่ละชุด
              every dataset, cluster and research unit of the province, with address, publisher and licence
data/         แถวของจังหวัดนี้จากแต่ละตาราง (CSV, UTF-8) ตารางที่ไม่ได้ใส่มา บอกเหตุผลไว้ใน contents.csv
              the rows of the province from each table (CSV, UTF-8); contents.csv says why a table is not here

แต่ละชุดใช้ได้ตามสัญญาอนุญาตของชุดนั้น (each dataset may be used under its own licence)
{address}
"""


@blueprint.get("/province/<code>.csv")
def contents(code: str) -> Response:
    """Every dataset, cluster and research unit of a province, a row each."""
    find_place(code)
    return csv_answer([*dataset_rows(code), *entity_rows(code)], f"khlang-province-{code}", COLUMNS)


@blueprint.get("/province/<code>.zip")
def package(code: str) -> Response:
    """The same table, and the rows of the province from every table that says whose a row is. Same data, same bytes."""
    place = find_place(code)
    found = datasets_of_province(code)
    name = (f"khlang-province-{code}.zip", f"คลัง-{place.name_th}.zip")
    told = [f"{dataset.id}:{dataset.current.digest}" for dataset, _rows in found if dataset.current]
    entities = list(entity_rows(code))
    etag = hashlib.sha256("\n".join([site(), *told, csv_text(entities)]).encode()).hexdigest()[:32] + "-zip"
    if request.if_none_match.contains(etag):
        return dressed(Response(status=304, headers={"ETag": f'"{etag}"'}), name, fixed=False)
    with tempfile.TemporaryDirectory(dir=current_app.config["KHLANG"].home / "cache") as folder:
        files, rows = packed(found, code, Path(folder))
        readme = README.format(th=place.name_th, en=place.name_en, address=f"{site()}/province/{code}")
        table = csv_text([*rows, *entities], COLUMNS)
        for place_in_zip, text in (("README.txt", readme), ("contents.csv", table)):
            path = Path(folder) / place_in_zip
            path.write_text(text, encoding="utf-8", newline="")
            files.append((place_in_zip, path))
        out = temporary()
        zip_package(files, out)
    return sent(out, "zip", name, False, etag)


def packed(
    found: Sequence[tuple[Dataset, int]], code: str, folder: Path
) -> tuple[list[tuple[str, Path]], list[dict[str, Any]]]:
    """The tables written into `folder` by their place in the ZIP, and the rows of contents.csv about them."""
    files: list[tuple[str, Path]] = []
    lines: list[dict[str, Any]] = []
    left = MOST_BYTES
    for dataset, rows in found:
        version = dataset.current
        assert version is not None
        for table in version.resources:
            query = rows_of(table, code, alone=len(dataset.provinces) == 1)
            line = dataset_row(dataset, rows)
            if query is None:
                line["why_not"] = "ไม่มีคอลัมน์ที่บอกจังหวัดของแต่ละแถว (no column says the province of a row)"
            elif table.bytes > left:
                line["why_not"] = "ใหญ่เกินไฟล์นี้ (too large for this file)"
            else:
                line["file"] = f"data/{dataset.name}-{table.name}.csv"
                path = folder / f"{len(files)}.csv"
                write_rows(version, table, query, path)
                left -= path.stat().st_size
                files.append((line["file"], path))
            lines.append(line)
        if not version.resources:
            lines.append(dataset_row(dataset, rows))
    return files, lines


def rows_of(table: Resource, code: str, *, alone: bool) -> RowQuery | None:
    """The question for the rows of a province: by its column, all of them where the dataset speaks of no other province."""
    if any(field["name"] == "province_code" for field in table.schema["fields"]):
        return parse_filters([("f.province_code", code)], table.schema)[0]
    return RowQuery() if alone else None


def write_rows(version: Version, table: Resource, query: RowQuery, path: Path) -> None:
    """Write some rows of a table as CSV."""
    with path.open("wb") as out:
        export(store().path(find_file(version, "parquet", table.name).sha256), table.schema, query, "csv", out)


def dataset_rows(code: str) -> Iterator[dict[str, Any]]:
    """The datasets that speak of a province."""
    for dataset, rows in datasets_of_province(code):
        yield dataset_row(dataset, rows)


def dataset_row(dataset: Dataset, rows: int) -> dict[str, Any]:
    """One dataset in the table of contents, by the address of its version."""
    assert dataset.current is not None
    return {
        "kind": "dataset",
        "id": dataset.name,
        "title_th": dataset.title_th,
        "title_en": dataset.title_en,
        "url": site() + address_of(dataset, dataset.current),
        "publisher": dataset.publisher.title_th,
        "licence": dataset.license_id,
        "version": dataset.current.number,
        "updated": dataset.updated_at.date().isoformat(),
        "rows_of_province": rows,
    }


def entity_rows(code: str) -> Iterator[dict[str, Any]]:
    """The clusters and research units of a province; what is known of each is in the datasets of the registry."""
    query = select(Entity.kind, Entity.slug, Entity.name_th, Entity.name_en).where(
        Entity.province_code == code, Entity.state == "present", Entity.kind.in_(("cluster", "unit"))
    )
    for kind, slug, thai, english in db.session.execute(query.order_by(Entity.kind, Entity.stem, Entity.id)):
        yield {"kind": kind, "id": slug, "title_th": thai, "title_en": english, "url": f"{site()}/{kind}/{slug}"}
