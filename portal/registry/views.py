"""Pages of the registry: clusters, research units, and the box where somebody tells what help is needed. Nothing here changes anything."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, jsonify, redirect, render_template, request
from flask_babel import gettext as _  # type: ignore[import-untyped]
from werkzeug.wrappers import Response as BaseResponse

from harvesters.thai.places import find_province
from portal.catalogue.places import regions_view
from portal.catalogue.presenting import address_of, province_name, title_of
from portal.catalogue.queries import told_by_portal
from portal.choices import here
from portal.errors import PortalError
from portal.federation.schemaorg import entity_block
from portal.registry import presenting as show
from portal.registry.documents import match_document
from portal.registry.gaps import STATES, gaps_by_subject, note_gap, province_line, reach_by_province
from portal.registry.helping import helped_by
from portal.registry.models import Entity
from portal.registry.queries import PAGE, find_entity, joined_to, list_entities, neighbours_of, outputs_of
from portal.registry.subjects import subjects
from portal.senders import refuse_other_sites
from portal.tabular import csv_answer

blueprint = Blueprint("registry", __name__)

LONGEST_TYPED = 800  # letters of a need: nine bytes each in an address, of which the server reads 8,190

FIRST_MATCHES = 3  # on the page of a cluster
FIRST_OUTPUTS = 10
FIRST_CLUSTERS = 6
LIST_COLUMNS = ("slug", "external_id", "name_th", "name_en", "province", "district", "subjects", "url")
MATCH_COLUMNS = (
    "rank", "unit", "external_id", "title", "title_en", "university", "province", "url", "score", "distance_km", "within_reach",
    "reason_codes", "reasons_th", "reasons_en", "evidence",
)  # fmt: skip
DISTANCES = (30, 60, 90, 120, 180, 300)  # kilometres that a reader may choose as within reach


@blueprint.get("/cluster")
def clusters() -> str:
    """All clusters by name, of a province where one is chosen."""
    return list_page("cluster")


@blueprint.get("/unit")
def units() -> str:
    """All research units by name."""
    return list_page("unit")


@blueprint.get("/cluster.json")
def clusters_data() -> Response:
    """The same as data."""
    return list_data("cluster")


@blueprint.get("/unit.json")
def units_data() -> Response:
    """The same as data."""
    return list_data("unit")


@blueprint.get("/cluster.csv")
def clusters_csv() -> Response:
    """The same as a table."""
    return list_csv("cluster")


@blueprint.get("/unit.csv")
def units_csv() -> Response:
    """The same as a table."""
    return list_csv("unit")


def list_page(kind: str) -> str:
    """A list of entities."""
    code, page = chosen_province(), chosen_page()
    found, total = list_entities(kind, code, page)
    return render_template(
        "registry/list.html",
        kind=kind,
        total=total,
        items=[show.card(entity) for entity in found],
        province=code,
        province_title=province_name(code) if code else "",
        provinces=province_choices(),
        page=page,
        pages=max(1, -(-total // PAGE)),
        page_link=lambda number: f"/{kind}?" + (f"province={code}&" if code else "") + f"page={number}",
        twin=(f"province={code}&" if code else "") + f"page={page}",
        whole=whole_table(kind, code),
    )


def list_data(kind: str) -> Response:
    """A page of a list as data."""
    code, page = chosen_province(), chosen_page()
    found, total = list_entities(kind, code, page)
    return jsonify({"total": total, "page": page, "limit": PAGE, f"{kind}s": [show.line(entity) for entity in found]})


def list_csv(kind: str) -> Response:
    """A page of a list as a table; all of them are in the dataset that the portal makes of its registry."""
    found, _total = list_entities(kind, chosen_province(), chosen_page())
    return csv_answer([show.line(entity) for entity in found], f"khlang-{kind}s", LIST_COLUMNS)


def whole_table(kind: str, code: str | None) -> str | None:
    """Where all clusters or units stand as one table with every column, of a province where one is chosen."""
    name = f"khlang-{kind}s"
    for dataset in told_by_portal():
        if dataset.name == name and dataset.current and dataset.current.resources:
            table = f"{address_of(dataset)}/resource/{dataset.current.resources[0].name}.csv?bom=1"
            return f"{table}&f.province_code={code}" if code else table
    return None


@blueprint.get("/cluster/<slug>")
def cluster(slug: str) -> str | BaseResponse:
    """One cluster: what is known of it, who can help it, others like it, and the rows that say so."""
    entity = find_entity("cluster", slug)
    if entity.state == "joined":
        return redirect(here(f"/cluster/{joined_to(entity).slug}"), 301)
    match = match_document(entity, limit=FIRST_MATCHES)
    return render_template(
        "registry/cluster.html",
        entity=entity,
        title=entity.name_th,
        facts=show.facts(entity),
        needs=show.texts(entity, "needs"),
        products=show.products(entity),
        match=match,
        hits=[show.hit_view(hit, match["query"]) for hit in match["hits"]],
        gap=show.gap_view(match["gap"]),
        neighbours=[show.card(other) for other in neighbours_of(entity)],
        sources=show.sources(entity),
        block=entity_block(entity),
    )


@blueprint.get("/cluster/<slug>.json")
def cluster_data(slug: str) -> BaseResponse:
    """The same as data."""
    entity = find_entity("cluster", slug)
    if entity.state == "joined":
        return redirect(here(f"/cluster/{joined_to(entity).slug}.json"), 301)
    return jsonify(show.whole(entity) | {"match": match_document(entity, limit=FIRST_MATCHES)})


@blueprint.get("/unit/<slug>")
def unit(slug: str) -> str | BaseResponse:
    """One research unit: what it can do, what it has published, and the clusters it could help."""
    entity = find_entity("unit", slug)
    if entity.state == "joined":
        return redirect(here(f"/unit/{joined_to(entity).slug}"), 301)
    outputs = list(outputs_of([entity]))
    return render_template(
        "registry/unit.html",
        entity=entity,
        title=entity.name_th,
        facts=show.facts(entity),
        services=show.texts(entity, "services"),
        expertise=show.texts(entity, "expertise_th") or show.texts(entity, "expertise_en"),
        instruments=show.texts(entity, "instruments"),
        contact=show.contact(entity),
        ask=show.ask_address(entity.slug, {}),
        outputs=[show.output_view(mention) for mention in outputs[:FIRST_OUTPUTS]],
        output_count=len(outputs),
        helped=[show.helped_view(one) for one in helped_by(entity, FIRST_CLUSTERS)],
        sources=show.sources(entity),
        block=entity_block(entity),
    )


@blueprint.get("/unit/<slug>.json")
def unit_data(slug: str) -> BaseResponse:
    """The same as data."""
    entity = find_entity("unit", slug)
    if entity.state == "joined":
        return redirect(here(f"/unit/{joined_to(entity).slug}.json"), 301)
    told = show.whole(entity)
    told["outputs"] = [show.output_line(mention) for mention in outputs_of([entity])]
    told["clusters"] = [show.helped_line(one) for one in helped_by(entity, FIRST_CLUSTERS)]
    return jsonify(told)


@blueprint.get("/match")
def match() -> str:
    """Tell a need in plain words, or come from a cluster; see who can help."""
    asking = asked_cluster()
    need, code = request.args.get("need", ""), chosen_province()
    document = match_document(asking, need, code, limit=20) if asking or need.strip() else None
    return render_template(
        "registry/match.html",
        need=need,
        longest=LONGEST_TYPED,
        cluster=asking,
        province=code,
        provinces=province_choices(),
        document=document,
        hits=[show.hit_view(hit, document["query"]) for hit in document["hits"]] if document else [],
        gap=show.gap_view(document["gap"]) if document else None,
        examples=(_("น้ำพริกขึ้นราเร็ว อยากให้เก็บได้นาน"), _("ผ้าย้อมสีธรรมชาติซักแล้วสีตก")),
        twin=request.full_path.replace("/match", "/match.json", 1),
        csv_twin=request.full_path.replace("/match", "/match.csv", 1),
    )


@blueprint.get("/match.json")
def match_data() -> Response:
    """The same as data; what `khlang match --json` prints."""
    return jsonify(asked_match())


@blueprint.get("/match.csv")
def match_csv() -> Response:
    """The same as a table, a row a unit: the reasons in words, and the addresses of the rows that they rest on."""
    rows = [match_row(rank, hit) for rank, hit in enumerate(asked_match()["hits"], 1)]
    return csv_answer(rows, "khlang-match", MATCH_COLUMNS)


def match_row(rank: int, hit: dict[str, Any]) -> dict[str, Any]:
    """A hit of a match as a row of a table."""
    reasons = hit["reasons"]
    told = {"rank": rank} | {name: value for name, value in hit.items() if name != "reasons"}
    evidence = dict.fromkeys(row["url"] for reason in reasons for row in reason["evidence"])
    return told | {
        "reason_codes": [reason["code"] for reason in reasons],
        "reasons_th": [reason["text"]["th"] for reason in reasons],
        "reasons_en": [reason["text"]["en"] for reason in reasons],
        "evidence": list(evidence),
    }


def asked_match() -> dict[str, Any]:
    """The document of the match that the address asks for."""
    try:
        limit = int(request.args.get("limit", "10"))
    except ValueError:
        limit = 10
    return match_document(asked_cluster(), request.args.get("need", ""), chosen_province(), limit=limit)


def province_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """All provinces by region, for a select."""
    return [
        (region["name"], [(place["code"], place["name"]) for place in region["provinces"]])
        for region in regions_view({})
    ]


@blueprint.get("/gaps")
def gaps() -> str:
    """Which provinces have clusters and no unit within reach."""
    most_km = chosen_km()
    rows, words = reach_by_province(most_km), show.state_words()
    return render_template(
        "registry/gaps.html",
        rows=[show.reach_view(one, words) for one in rows],
        tiles=show.tile_views(rows),
        states=words,
        counts={state: sum(one.state == state for one in rows) for state in STATES},
        subjects=show.gap_views(gaps_by_subject(rows)),
        most_km=round(most_km),
        distances=[(str(km), str(km)) for km in DISTANCES],
        own_tables=[{"title": title_of(one), "href": address_of(one)} for one in told_by_portal()],
    )


@blueprint.get("/gaps.json")
def gaps_data() -> Response:
    """The same as data."""
    most_km = chosen_km()
    rows = reach_by_province(most_km)
    return jsonify(
        {
            "reach_km": most_km,
            "provinces": [province_line(one) for one in rows],
            "subjects": [
                {"subject": code or None, "clusters": count, "provinces": codes}
                for code, count, codes in gaps_by_subject(rows)
            ],
        }
    )


@blueprint.get("/gaps.csv")
def gaps_csv() -> Response:
    """The same as a table, a row a province."""
    return csv_answer([province_line(one) for one in reach_by_province(chosen_km())], "khlang-gaps")


@blueprint.post("/gaps")
def tell_gap() -> BaseResponse:
    """Count that nobody within reach helps with a subject: only when the reader presses the button that says so."""
    refuse_other_sites()
    place, subject = find_province(request.form.get("province", "")), request.form.get("subject", "")
    if place is None or subject not in subjects():
        raise PortalError("bad-request", what="province, subject")
    note_gap(place.code, subject, address=request.remote_addr or "", key=secret())
    return redirect(here("/gaps?told=1#told"), 303)


def secret() -> str:
    """The portal's own secret, for telling senders apart without keeping who they are."""
    return str(current_app.secret_key)


def chosen_km() -> float:
    """How far counts as within reach: one of DISTANCES, else the setting."""
    given = request.args.get("km", "")
    return float(given) if given in map(str, DISTANCES) else float(current_app.config["KHLANG"].reach_km)


def asked_cluster() -> Entity | None:
    """The cluster that a match is asked for. Raises PortalError("not-found")."""
    slug = request.args.get("cluster", "")
    return joined_to(find_entity("cluster", slug)) if slug else None


def chosen_province() -> str | None:
    """The province that was chosen, in any spelling."""
    found = find_province(request.args.get("province", ""))
    return found.code if found else None


def chosen_page() -> int:
    """The page of a list that was asked for."""
    given = request.args.get("page", "1")
    return min(max(1, int(given)), 10_000) if given.isascii() and given.isdigit() else 1
