"""The registry as tables that the portal publishes: rows of clusters, units, outputs, matches, gaps, equality and introductions.

Columns are those of `datasets/registry/<table>.json`. Rows come in the same order each time and hold nothing of the moment at
which they were made, so that a table is the same as long as the registry is. No person is named: of an output its researchers
are left out, of a unit the institution's own contact is kept, and the gate looks at every cell once more.
A new table is a generator here, its line in TABLES, and its JSON file.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from flask import current_app
from sqlalchemy import func, select

from harvesters import bundled
from harvesters.thai.places import province
from portal.catalogue.models import Dataset
from portal.db import db
from portal.introductions.queries import public_rows, tallies
from portal.registry.documents import match_document, reach_km
from portal.registry.gaps import ProvinceReach, province_line, reach_by_province, subject_name
from portal.registry.models import ClusterHelp, Entity, Mention, TypedGap
from portal.registry.presenting import first, texts
from portal.registry.queries import all_entities
from portal.registry.reasons import fixed_row
from portal.tabular import LIST_BREAK

Row = Mapping[str, Any]
MATCHES_OF_ONE = 3  # units of a cluster: as many as its page shows


def cluster_rows() -> Iterator[Row]:
    """Every cluster."""
    help_of = {
        number: (fits, slug, far)
        for number, fits, slug, far in db.session.execute(
            select(ClusterHelp.entity_id, ClusterHelp.fits, ClusterHelp.nearest_slug, ClusterHelp.nearest_km)
        )
    }
    for entity in all_entities("cluster"):
        fits, nearest, far = help_of.get(entity.id, (None, "", None))
        yield (
            named("cluster", entity)
            | place(entity.province_code)
            | point(entity)
            | about(entity)
            | listed(entity, "products", "needs", "standards")
            | said(entity, "kind", "otop_type", "website")
            | {"members": whole(first(entity, "members"))}
            | {"units_that_fit": fits, "nearest_unit": nearest, "nearest_km": None if far is None else round(far, 1)}
            | origin(entity)
        )


def unit_rows() -> Iterator[Row]:
    """Every research unit."""
    counted = select(Mention.parent, func.count()).where(Mention.kind == "output").group_by(Mention.parent)
    outputs = {parent: count for parent, count in db.session.execute(counted)}  # noqa: C416 - a Row is no pair to dict()
    for entity in all_entities("unit"):
        yield (
            named("unit", entity)
            | place(entity.province_code)
            | point(entity)
            | about(entity)
            | listed(entity, "expertise_th", "expertise_en", "services", "instruments")
            | said(entity, "university", "faculty", "kind", "contact_phone", "contact_email", "website")
            | {"outputs": outputs.get(entity.stem, 0)}
            | origin(entity)
        )


def output_rows() -> Iterator[Row]:
    """Every research output, without the names of those who made it."""
    present = select(Entity.stem, Entity.slug).where(Entity.kind == "unit", Entity.state == "present")
    units = {stem: slug for stem, slug in db.session.execute(present)}  # noqa: C416 - a Row is no pair to dict()
    for entity in all_entities("output"):
        parents = [mention.parent for mention in entity.mentions if mention.parent in units]
        yield (
            {"output": entity.slug, "title": entity.name_th, "title_en": entity.name_en}
            | {"external_id": entity.external_id, "year": whole(first(entity, "year"))}
            | {"unit_name": first(entity, "unit"), "unit": units[parents[0]] if parents else ""}
            | {"web": first(entity, "url"), "keywords": LIST_BREAK.join(texts(entity, "keywords"))}
            | said(entity, "kind", "university", "doi")
            | origin(entity)
        )


def match_rows() -> Iterator[Row]:
    """The first units of every cluster, with the reasons and the first row that they rest on."""
    licences = {name: label for name, label in db.session.execute(select(Dataset.name, Dataset.license_id))}  # noqa: C416 - a Row is no pair to dict()
    for cluster in all_entities("cluster"):
        document = match_document(cluster, limit=MATCHES_OF_ONE)
        for rank, hit in enumerate(document["hits"], 1):
            rows = [row for reason in hit["reasons"] for row in reason["evidence"]]
            others = list(dict.fromkeys(short_origin(row) for row in rows[1:]))
            yield {
                "cluster": cluster.slug,
                "cluster_name": cluster.name_th,
                **place(cluster.province_code),
                "rank": rank,
                "unit": hit["unit"],
                "unit_name": hit["title"],
                "university": hit["university"],
                "unit_province_code": hit["province"],
                "score": hit["score"],
                "distance_km": hit["distance_km"],
                "within_reach": "yes" if hit["within_reach"] else "no",
                "reason_codes": LIST_BREAK.join(dict.fromkeys(one["code"] for one in hit["reasons"])),
                "reasons_th": LIST_BREAK.join(one["text"]["th"] for one in hit["reasons"]),
                "reasons_en": LIST_BREAK.join(one["text"]["en"] for one in hit["reasons"]),
                **(row_origin(rows[0]) | {"source_licence": licences.get(rows[0]["dataset"])} if rows else {}),
                "other_sources": LIST_BREAK.join(others),
            }


def gap_rows() -> Iterator[Row]:
    """Province × subject where clusters, or readers' needs, have nobody within reach."""
    typed: dict[str, Counter[str]] = defaultdict(Counter)
    counted = select(TypedGap.province_code, TypedGap.subject, func.count()).group_by(
        TypedGap.province_code, TypedGap.subject
    )
    for code, subject, count in db.session.execute(counted):
        typed[code][subject] = count
    datasets = datasets_by_province()
    for one in in_order():
        code = one.province.code
        for subject in sorted(one.gaps.keys() | typed[code].keys()):
            yield {
                **place(code),
                "subject": subject,
                "subject_th": subject_name(subject, "th"),
                "subject_en": subject_name(subject, "en"),
                "clusters_without_help": one.gaps[subject],
                "needs_told": typed[code][subject],
                "reach_km": reach_km(),
                "source_datasets": datasets.get(code, ""),
            }


def equality_rows() -> Iterator[Row]:
    """All 77 provinces; one that nobody has told anything of says "no-data", not nothing."""
    groups = {row["code"]: row["name_th"] for row in bundled.read_table("provincial_groups")}
    datasets = datasets_by_province()
    for one in in_order():
        yield province_line(one) | {
            "region": one.province.region_th,
            "provincial_group": groups.get(one.province.group_code or "", ""),
            "reach_km": reach_km(),
            "source_datasets": datasets.get(one.province.code, ""),
        }


def introduction_rows() -> Iterator[Row]:
    """Introductions counted by province and month of the asking."""
    yield from public_rows(tallies())


TABLES: Mapping[str, Callable[[], Iterator[Row]]] = {  # in the order of publishing
    "registry-clusters": cluster_rows,
    "registry-units": unit_rows,
    "registry-outputs": output_rows,
    "registry-matches": match_rows,
    "registry-gaps": gap_rows,
    "registry-equality": equality_rows,
    "registry-introductions": introduction_rows,
}


def in_order() -> list[ProvinceReach]:
    """All provinces by code, so that a changed count moves no other row."""
    return sorted(reach_by_province(reach_km()), key=lambda one: one.province.code)


def datasets_by_province() -> dict[str, str]:
    """Province → the datasets and versions that tell of its clusters."""
    query = (
        select(Entity.province_code, Dataset.name, Mention.version)
        .join(Mention, Mention.entity_id == Entity.id)
        .join(Dataset, Dataset.id == Mention.dataset_id)
        .where(Entity.kind == "cluster", Entity.state == "present", Entity.province_code.is_not(None))
        .distinct()
        .order_by(Dataset.name, Mention.version)
    )
    told: dict[str, list[str]] = defaultdict(list)
    for code, name, version in db.session.execute(query):
        told[str(code)].append(f"{name}@v{version}")
    return {code: LIST_BREAK.join(names) for code, names in told.items()}


# ── parts of a row ───────────────────────────────────────────────────────────────────────────────────────────────────
def address(path: str) -> str:
    """A path of ours in full where the portal's own address is set."""
    return str(current_app.config["KHLANG"].address) + path


def named(column: str, entity: Entity) -> dict[str, Any]:
    """What an entity is called."""
    return {
        column: entity.slug,
        "url": address(f"/{entity.kind}/{entity.slug}"),
        "name_th": entity.name_th,
        "name_en": entity.name_en,
        "external_id": entity.external_id,
    }


def place(code: str | None) -> dict[str, Any]:
    """The province."""
    found = province(code) if code else None
    return {
        "province_code": code,
        "province_th": found.name_th if found else None,
        "province_en": found.name_en if found else None,
    }


def point(entity: Entity) -> dict[str, Any]:
    """The district, and the point where a row tells one."""
    return {"district": entity.district, "latitude": entity.latitude, "longitude": entity.longitude}


def about(entity: Entity) -> dict[str, Any]:
    """The subjects, and by which words they were told where no code did."""
    words = dict.fromkeys(word for one in entity.subjects for word in one["words"])
    return {
        "subjects": LIST_BREAK.join(one["code"] for one in entity.subjects),
        "subjects_th": LIST_BREAK.join(subject_name(one["code"], "th") for one in entity.subjects),
        "subject_words": LIST_BREAK.join(words),
    }


def listed(entity: Entity, *columns: str) -> dict[str, str]:
    """Columns with several things in a cell, each thing once over all rows."""
    return {column: LIST_BREAK.join(texts(entity, column)) for column in columns}


def said(entity: Entity, *columns: str) -> dict[str, str]:
    """Columns of which the first row that fills them has the word."""
    return {column: first(entity, column) for column in columns}


def whole(text: str) -> int | None:
    """A whole number; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() else None


def origin(entity: Entity) -> dict[str, Any]:
    """Where an entity comes from: its first row of its own kind in full, the others in short."""
    mentions = sorted(entity.mentions, key=lambda one: (one.kind != entity.kind, one.id))
    rows = [
        {"dataset": one.dataset.name, "version": one.version, "resource": one.resource, "row": one.row}
        for one in mentions
    ]
    told: dict[str, Any] = row_origin(rows[0]) | {"source_licence": mentions[0].dataset.license_id} if rows else {}
    return told | {"other_sources": LIST_BREAK.join(map(short_origin, rows[1:]))}


def row_origin(row: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of provenance for one row; its address is that of the very version."""
    path = fixed_row(row["dataset"], row["version"], row["resource"], row["row"])
    told = {
        "source_dataset": row["dataset"],
        "source_version": row["version"],
        "source_resource": row["resource"],
        "source_row": row["row"],
        "source_url": address(path),
    }
    return told | ({"source_text": row["text"]} if "text" in row else {})


def short_origin(row: Mapping[str, Any]) -> str:
    """A row in short: dataset@v3/table#12."""
    return f"{row['dataset']}@v{row['version']}/{row['resource']}#{row['row']}"


def in_columns(table: str, rows: Iterable[Row]) -> Iterator[dict[str, Any]]:
    """Rows with exactly the columns of their table in its order; a column that a row says nothing of is empty."""
    names = [field.name for field in bundled.profile(table).fields]
    for row in rows:
        yield {name: None if row.get(name) in (None, "") else row[name] for name in names}
