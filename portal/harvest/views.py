"""Public pages of harvesting: what is taken from where, how each run went, what waits for a person. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, render_template
from flask_babel import gettext as _  # type: ignore[import-untyped]
from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import selectinload

from harvesters.errors import HarvestError
from harvesters.packages.assemble import RECORD
from portal.catalogue.models import Dataset, Version, VersionFile
from portal.catalogue.presenting import address_of, title_of
from portal.catalogue.queries import PUBLIC_STATES, visible
from portal.catalogue.reports import marked_report, marked_workbook, read_report, workbook_answer
from portal.choices import language, page_address
from portal.db import db
from portal.errors import PortalError
from portal.federation.feeds import written
from portal.harvest.models import Held, Run, RunItem, Source
from portal.harvest.presenting import (
    item_data,
    item_view,
    public_dataset,
    public_details,
    report_groups,
    run_data,
    run_numbers,
    source_facts,
    source_line,
    source_title,
    state_of,
    waiting_view,
)
from portal.harvest.queries import find_run, find_source, list_sources, newest_runs, source_runs, waiting
from portal.harvest.rules import store_of
from portal.pages.queries import last_harvest
from portal.writing import localised

blueprint = Blueprint("harvest", __name__)

ITEMS_READ, ITEMS_SHOWN, KINDS_SHOWN, FINDINGS_SHOWN = 20, 4, 5, 3  # of the newest run, on its source's page
COUNTS = ("new", "changed", "same", "failed", "held", "skipped")  # these add up to `seen`


@blueprint.get("/source")
def index() -> str:
    """Every source with the state it is in."""
    sources = list_sources()
    runs = newest_runs([source.id for source in sources])
    held = waiting_counts()
    return render_template(
        "harvest/sources.html",
        sources=[source_line(source, runs.get(source.id), held.get(source.id, 0)) for source in sources],
        last_harvest=last_harvest(),
    )


@blueprint.get("/source.json")
def index_data() -> Response:
    """The same as data."""
    sources = list_sources()
    runs = newest_runs([source.id for source in sources])
    held = waiting_counts()
    lines = []
    for source in sources:
        run = runs.get(source.id)
        lines.append(
            public_details(source)
            | {"waiting": held.get(source.id, 0), "last_run": run_data(run) if run is not None else None}
        )
    return jsonify({"sources": lines})


@blueprint.get("/source/<slug>")
def page(slug: str) -> str:
    """One source with its runs and what waits."""
    source = found_source(slug)
    runs, held = source_runs(source), waiting(source)
    datasets = datasets_of(source)
    return render_template(
        "harvest/source.html",
        source=source,
        title=source_title(source),
        state=state_of(source, runs[0] if runs else None, len(held), published=bool(datasets)),
        newest=newest_report(runs[0]) if runs else [],
        facts=source_facts(source),
        runs=runs,
        counts=COUNTS,
        datasets=[{"href": address_of(dataset), "title": title_of(dataset)} for dataset in datasets],
        waiting=[waiting_view(one, slug) for one in held],
        trouble=trouble_of(runs[0]) if runs else None,
    )


def newest_report(run: Run) -> list[dict[str, Any]]:
    """The first items of a run in which something was found, with the first findings of each kind: the page has little room."""
    shown: list[dict[str, Any]] = []
    store = store_of(current_app.config["KHLANG"])
    waits = case((RunItem.status.in_(("failed", "held")), 0), else_=1)  # what needs somebody comes first
    query = select(RunItem).where(RunItem.run_id == run.id).options(selectinload(RunItem.dataset))
    for item in db.session.scalars(query.order_by(waits, RunItem.id).limit(ITEMS_READ)):
        view = item_view(item)
        dataset = public_dataset(item)
        if not item.report and dataset is not None and dataset.current is not None:
            with suppress(HarvestError, PortalError):  # a report that is missing is told by `khlang check`, not here
                view["groups"] = report_groups(read_report(store, dataset.current))
        if view["groups"]:
            groups = [group | {"findings": group["findings"][:FINDINGS_SHOWN]} for group in view["groups"]]
            shown.append(view | {"groups": groups[:KINDS_SHOWN]})
        if len(shown) == ITEMS_SHOWN:
            break
    return shown


def trouble_of(run: Run) -> str | None:
    """Why the newest run did not bring everything, in the reader's language; None when it did."""
    return localised(run.reason) if run.reason and run.status in ("failed", "partial", "cancelled") else None


@blueprint.get("/source/<slug>.json")
def data(slug: str) -> Response:
    """The same as data."""
    source = found_source(slug)
    return jsonify(
        public_details(source)
        | {
            "runs": [run_data(run) for run in source_runs(source)],
            "datasets": [dataset.name for dataset in datasets_of(source)],
            "waiting": [
                {"code": held.code, "since": held.created_at.isoformat(), "message": held.details.get("message")}
                for held in waiting(source)
            ],
        }
    )


@blueprint.get("/source/<slug>/run/<int:number>")
def run_page(slug: str, number: int) -> str:
    """One run: what became of each item, and the report of what was not published."""
    run = found_run(slug, number)
    records = record_links(run)
    return render_template(
        "harvest/run.html",
        run=run,
        source=run.source,
        title=source_title(run.source),
        counts=COUNTS,
        items=[item_view(item) | records.get(item.version_id or 0, {}) for item in run.items],
        newest=newest_number(run.source),
    )


@blueprint.get("/source/<slug>/run/<int:number>.json")
def run_json(slug: str, number: int) -> Response:
    """The same as data."""
    run = found_run(slug, number)
    return jsonify(run_data(run) | {"source": run.source.slug, "items": [item_data(item) for item in run.items]})


@blueprint.get("/source/<slug>/run/<int:number>/report-<int:item>.xlsx")
def item_workbook(slug: str, number: int, item: int) -> Response:
    """The report of one item as a workbook. Rows are in it only where they were published: those of the very version it became."""
    found = next((one for one in found_run(slug, number).items if one.id == item), None)
    if found is None or not (found.report or found.version_id):
        raise PortalError("not-found", what=f"report-{item}.xlsx")
    version = db.session.get(Version, found.version_id) if found.version_id and public_dataset(found) else None
    if version is not None:
        body = marked_report(store_of(current_app.config["KHLANG"]), version, language())
    else:
        body = marked_workbook(found.report or {}, lambda _name: (), language())
    return workbook_answer(body, f"{slug}_run{number}_report-{item}.xlsx")


@blueprint.get("/source/<slug>.atom")
def feed(slug: str) -> Response:
    """The runs of a source as an Atom feed (RFC 4287), for those who want to hear of troubles where they read."""
    source = found_source(slug)
    path = f"/source/{slug}"
    entries = [
        {
            "title": _("การดึงครั้งที่ %(number)s", number=run.number) + ": " + state_of(source, run, 1)["word"],
            "url": f"{path}/run/{run.number}",
            "updated": (run.finished_at or run.started_at).isoformat(),
            "author": _("คลัง"),
            "summary": " · ".join(filter(None, (run_numbers(run), localised(run.reason)))),
        }
        for run in source_runs(source)
    ]
    return written(source_title(source) + ": " + _("การดึงข้อมูล"), page_address(path=path), entries)


def found_source(slug: str) -> Source:
    """The source. Raises PortalError("not-found"): on the web an unknown address is a 404."""
    try:
        return find_source(slug)
    except PortalError as error:
        raise PortalError("not-found", what=f"source/{slug}") from error


def found_run(slug: str, number: int) -> Run:
    """The run of a source. Raises PortalError("not-found")."""
    found_source(slug)
    return find_run(slug, number)


def record_links(run: Run) -> dict[int, dict[str, str]]:
    """Version id → addresses of the mapped record, and of the raw one where it may be shown, for what the run published."""
    query = (
        select(Version.id, Dataset.name, Version.number, VersionFile.path)
        .join(Dataset, Dataset.id == Version.dataset_id)
        .outerjoin(VersionFile, and_(VersionFile.version_id == Version.id, VersionFile.role == RECORD))
        .where(
            Version.id.in_(select(RunItem.version_id).where(RunItem.run_id == run.id)), Dataset.state.in_(PUBLIC_STATES)
        )
    )
    return {
        identity: {
            "mapped": f"/dataset/{name}@v{number}.json",
            "raw": f"/dataset/{name}@v{number}/{path}" if path else "",
        }
        for identity, name, number, path in db.session.execute(query)
    }


def waiting_counts() -> dict[int, int]:
    """How many things of each source wait for a person."""
    query = select(Held.source_id, func.count()).where(Held.decision.is_(None)).group_by(Held.source_id)
    return {row.source_id: row[1] for row in db.session.execute(query)}


def newest_number(source: Source) -> int:
    """The number of the newest run."""
    return db.session.scalar(select(func.max(Run.number)).where(Run.source_id == source.id)) or 0


def datasets_of(source: Source) -> Sequence[Dataset]:
    """The public datasets that a source brought."""
    query = visible(select(Dataset)).where(Dataset.source_id == source.id).options(selectinload(Dataset.publisher))
    return db.session.scalars(query.order_by(Dataset.title_th)).all()
