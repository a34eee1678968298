"""Files: those of a version as they stand in the store, and exports of a filter made on the spot."""

from __future__ import annotations

import hashlib
import io
import tempfile
from typing import IO, Any
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, jsonify, request, send_file
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from harvesters.licences import licence_of
from harvesters.packages.charts import ChartQuery, parse_chart
from harvesters.packages.exports import About, content_disposition, download_name, export, zip_package
from harvesters.packages.rows import RowQuery, parse_filters, select_rows
from portal.catalogue import presenting as show
from portal.catalogue.charts import chart_document
from portal.catalogue.counting import note_taken, taken
from portal.catalogue.models import Dataset, Resource, Version, VersionFile
from portal.catalogue.queries import find_file, find_resource
from portal.catalogue.views import A_YEAR, resolve, store
from portal.choices import page_address
from portal.errors import PortalError
from portal.guards import FILE_POLICY
from portal.writing import as_day

blueprint = Blueprint("downloads", __name__)
blueprint.after_request(note_taken)

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "jsonl": "application/jsonl; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
    "zip": "application/zip",
}
COUNTED = {"data": "csv", "parquet": "parquet", "original": "original"}  # role of a file -> what its download counts as
JSON_LIMIT = 100
JSON_MOST = 10_000


@blueprint.get("/dataset/<reference>/<path:place>")
def file(reference: str, place: str) -> Response:
    """One file of a version by its place in the package: data/x.csv, datapackage.json, original/…"""
    dataset, version, fixed = resolve(reference)
    if place == "datapackage.zip":
        return package(dataset, version, fixed)
    for entry in version.files:
        if entry.path == place:
            return stored(dataset, version, entry, fixed)
    raise PortalError("not-found", what=place)


def stored(dataset: Dataset, version: Version, entry: VersionFile, fixed: bool) -> Response:
    """A file of the store: ranges, ETag and conditional requests by Werkzeug, the bytes by sendfile."""
    ending = entry.path.rsplit(".", 1)[-1]
    if entry.role in COUNTED:
        taken(dataset, version, COUNTED[entry.role])
    response = send_file(
        store().path(entry.sha256),
        mimetype=entry.media_type,
        etag=entry.sha256,
        conditional=True,
        last_modified=version.published_at,
        max_age=31_536_000 if fixed else 0,
    )
    if entry.media_type in ("text/csv", "application/json"):
        response.headers["Content-Type"] = f"{entry.media_type}; charset=utf-8"
    name = names(dataset, version, None if entry.role in ("report", "descriptor") else entry.resource, ending)
    return dressed(response, name, fixed, inline=entry.media_type == "application/json")


def names(
    dataset: Dataset, version: Version, resource: str | None, ending: str, *, filtered: bool = False
) -> tuple[str, str]:
    """ASCII and Thai names of a download; a part of a table is told from the whole by its name."""
    several = len(version.resources) > 1 and resource
    ascii_name = f"{dataset.name}-{resource}" if several else dataset.name
    thai_name = dataset.title_th
    if filtered:
        ascii_name, thai_name = f"{ascii_name}-filtered", f"{thai_name} (กรองแล้ว)"
    return download_name(ascii_name, thai_name, as_day(version.published_at), version.number, ending)


def dressed(response: Response, name: tuple[str, str], fixed: bool, *, inline: bool = False) -> Response:
    """Headers of every file that holds publishers' bytes (safety.md §8)."""
    response.headers["Content-Disposition"] = content_disposition(*name, inline=inline)
    response.headers["Content-Security-Policy"] = FILE_POLICY
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = A_YEAR if fixed else "public, no-cache"
    return response


def package(dataset: Dataset, version: Version, fixed: bool) -> Response:
    """The whole package as a ZIP, made the same each time, so that its ETag can stand for it."""
    etag = f"{version.digest[:32]}-zip"
    taken(dataset, version, "zip")
    if request.if_none_match.contains(etag):
        return dressed(Response(status=304, headers={"ETag": f'"{etag}"'}), names(dataset, version, None, "zip"), fixed)
    out = temporary()
    zip_package([(entry.path, store().path(entry.sha256)) for entry in version.files], out)
    return sent(out, "zip", names(dataset, version, None, "zip"), fixed, etag)


def temporary() -> IO[bytes]:
    """A nameless file that is gone when it is closed."""
    return tempfile.TemporaryFile(dir=current_app.config["KHLANG"].home / "cache")


def sent(out: IO[bytes], form: str, name: tuple[str, str], fixed: bool, etag: str) -> Response:
    """Send a temporary file that was just made, or the part of it that was asked for; it is closed at the end."""
    size = out.seek(0, io.SEEK_END)
    out.seek(0)
    response = send_file(out, mimetype=FORMATS[form].partition(";")[0], etag=etag, conditional=False)
    response.content_length = size
    response.headers["Content-Type"] = FORMATS[form]
    response.call_on_close(out.close)
    try:  # a nameless file tells no size itself
        response.make_conditional(request, accept_ranges=True, complete_length=size)
    except RequestedRangeNotSatisfiable:
        out.close()
        raise
    return dressed(response, name, fixed)


@blueprint.get("/dataset/<reference>/resource/<name>.<form>")
def table(reference: str, name: str, form: str) -> Response:
    """A table, whole or filtered by the address, in one of the formats."""
    dataset, version, fixed = resolve(reference)
    resource = find_resource(version, name)
    if form == "json" and request.args.get("chart"):
        return chart_data(dataset, version, resource)
    if form == "json" and request.args.get("all") != "1":
        return page_of_rows(version, resource)
    if form not in FORMATS or form == "zip":
        raise PortalError("not-found", what=f"{name}.{form}")
    query = asked(resource)
    if form in ("csv", "parquet") and is_whole(query) and "bom" not in request.args:
        role = "data" if form == "csv" else "parquet"
        return stored(dataset, version, find_file(version, role, resource.name), fixed)
    taken(dataset, version, form)
    parquet = store().path(find_file(version, "parquet", resource.name).sha256)
    out = temporary()
    export(
        parquet,
        resource.schema,
        query,
        form,
        out,
        bom=request.args.get("bom") == "1",
        about=about(dataset, version),
    )
    asked_for = hashlib.sha256(request.full_path.encode()).hexdigest()[:16]
    etag = f"{version.digest[:24]}-{asked_for}"
    return sent(out, form, names(dataset, version, resource.name, form, filtered=bool(query.filters)), fixed, etag)


def asked(resource: Resource) -> RowQuery:
    """The filter of the address. Raises PortalError("filter-wrong") naming what is wrong with it."""
    query, wrong = parse_filters(list(request.args.items(multi=True)), resource.schema)
    if wrong:
        said = [found.message for found in wrong]
        raise PortalError("filter-wrong", th="; ".join(one.th for one in said), en="; ".join(one.en for one in said))
    return query


def is_whole(query: RowQuery) -> bool:
    """Whether the query leaves nothing out and keeps the order of the file."""
    return not query.filters and not query.sort and query.row is None


def about(dataset: Dataset, version: Version) -> About:
    """What the second sheet of a workbook says."""
    licence = licence_of(dataset.license_id)
    return About(
        title=dataset.title_th,
        publisher=dataset.publisher.title_th,
        version=version.number,
        published=as_day(version.published_at),
        licence=dataset.license_id or licence.title.th,
        licence_sentence=licence.sentence.th,
        address=page_address("th", show.address_of(dataset, version)),
        source=version.source_url or dataset.data_source,
    )


def page_of_rows(version: Version, resource: Resource) -> Response:
    """Rows as JSON, in pages by `limit` and `offset`."""
    query = asked(resource)
    limit = bounded(request.args.get("limit"), JSON_LIMIT)
    if limit > JSON_MOST:
        raise PortalError("limit-too-large", most=f"{JSON_MOST:,}")
    offset = bounded(request.args.get("offset"), 0)
    names_ = [field["name"] for field in resource.schema["fields"]]
    parquet = store().path(find_file(version, "parquet", resource.name).sha256)
    found = select_rows(parquet, resource.schema, query.paged(limit, offset))
    response = jsonify(
        {
            "total": found.total,
            "limit": limit,
            "offset": offset,
            "next": next_page(limit, offset) if limit and offset + limit < found.total else None,
            "fields": resource.schema["fields"],
            "rows": [dict(zip(found.columns or names_, map(plain, row), strict=True)) for row in found.rows],
        }
    )
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def chart_data(dataset: Dataset, version: Version, resource: Resource) -> Response:
    """The numbers of the chart that the page draws at the same address. Raises PortalError("filter-wrong")."""
    query = asked(resource)
    charted = parse_chart(request.args, resource.schema, resource.columns)
    if not isinstance(charted, ChartQuery):
        raise PortalError("filter-wrong", th=charted.th if charted else "", en=charted.en if charted else "")
    response = jsonify(chart_document(dataset, version, resource, charted, query))
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def next_page(limit: int, offset: int) -> str:
    """The address of the rows after these, with everything else as it was asked."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in ("limit", "offset")]
    return f"{request.path}?{urlencode([*kept, ('limit', limit), ('offset', offset + limit)])}"


def plain(value: Any) -> Any:
    """A cell as JSON takes it; dates as ISO text."""
    return value.isoformat() if hasattr(value, "isoformat") else value


def bounded(text: str | None, default: int) -> int:
    """A whole number of an address, or the default."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else default
