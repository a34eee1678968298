"""What a dataset can be joined with: other datasets with columns of the same codes, how much they share, and the joined rows."""

from __future__ import annotations

import hashlib

from flask import Blueprint, Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from harvesters.packages.downloads import download_name
from harvesters.packages.filters import fields_of, unknown_column
from harvesters.packages.joins import Side, count_joined, write_joined
from portal.catalogue import presenting as show
from portal.catalogue.downloads import asked, sent, temporary
from portal.catalogue.models import Resource, Version
from portal.catalogue.queries import find_file, find_resource
from portal.catalogue.sharing import MOST_PER_KIND, join_views, joins_of
from portal.catalogue.views import resolve, store
from portal.choices import here
from portal.errors import PortalError
from portal.writing import as_day

blueprint = Blueprint("joins", __name__)

MOST_JOINED = 100_000  # rows of one answer
MOST_ORDERED = 2_000_000  # rows of a join of which parts are given: each part puts all of them in order


@blueprint.get("/dataset/<reference>/joins")
def page(reference: str) -> str | BaseResponse:
    """What the dataset can be joined with; it speaks of the current version alone."""
    dataset, version, _fixed = resolve(reference)
    if version.id != dataset.current_version_id:
        return redirect(here(f"{show.address_of(dataset)}/joins"))
    return render_template(
        "catalogue/joins.html",
        dataset=dataset,
        version=version,
        title=show.title_of(dataset),
        joins=join_views(joins_of(dataset), version),
        most=MOST_PER_KIND,
        most_rows=MOST_JOINED,
        base=show.address_of(dataset),
    )


@blueprint.get("/dataset/<reference>/joins.json")
def data(reference: str) -> Response:
    """The same as data."""
    dataset, _version, _fixed = resolve(reference)
    assert dataset.current is not None
    return jsonify({"dataset": dataset.name, "version": dataset.current.number, "joins": joins_of(dataset)})


@blueprint.get("/dataset/<reference>/joined.csv")
def joined(reference: str) -> Response:
    """The rows of two versions that have the same code. `f.<column>` filters the first table; at most MOST_JOINED rows: more
    are refused unless `limit` (and `offset`) ask for a part, and far more always. Raises PortalError."""
    dataset, version, fixed = resolve(reference)
    other, other_version, other_fixed = resolve(request.args.get("with", ""))
    resource = find_resource(version, request.args.get("resource", ""))
    other_resource = find_resource(other_version, request.args.get("with_resource", ""))
    left = side(version, resource, request.args.get("on", ""))
    right = side(other_version, other_resource, request.args.get("with_on", ""), f"{other.name}.")
    query = asked(resource)
    total = count_joined(left, right, query)
    limit = query.limit if request.args.get("limit") else MOST_JOINED
    if total > MOST_ORDERED:
        raise PortalError("join-far-too-large", rows=f"{total:,}", most=f"{MOST_ORDERED:,}")
    if total > MOST_JOINED and not request.args.get("limit"):
        raise PortalError("join-too-large", rows=f"{total:,}", most=f"{MOST_JOINED:,}")
    out = temporary()
    write_joined(left, right, query.paged(limit, query.offset), out)
    stem = f"{dataset.name}-with-{other.name}-v{other_version.number}"
    name = download_name(
        stem, f"{dataset.title_th} + {other.title_th}", as_day(version.published_at), version.number, "csv"
    )
    asked_for = hashlib.sha256(request.full_path.encode()).hexdigest()[:16]
    etag = f"{version.digest[:16]}{other_version.digest[:16]}-{asked_for}"
    response = sent(out, "csv", name, fixed and other_fixed, etag)
    response.headers["X-Total-Count"] = str(total)
    return response


def side(version: Version, resource: Resource, column: str, prefix: str = "") -> Side:
    """One table of a join. Raises PortalError("filter-wrong") when it has no such column."""
    fields = fields_of(resource.schema)
    if column not in fields:
        said = unknown_column(column, fields).message
        raise PortalError("filter-wrong", th=said.th, en=said.en)
    parquet = store().path(find_file(version, "parquet", resource.name).sha256)
    return Side(parquet, resource.schema, column, prefix)
