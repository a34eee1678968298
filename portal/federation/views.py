"""RDF for other catalogues and for programs: the catalogue in pages, each dataset, each cluster and research unit."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from portal.catalogue.queries import count_datasets, page_of_datasets
from portal.catalogue.views import resolve
from portal.choices import site
from portal.errors import PortalError
from portal.federation.croissant import croissant
from portal.federation.schemaorg import CONTEXT, cluster_document, unit_document
from portal.registry.models import Entity, Mention
from portal.registry.queries import PAGE, find_entity, joined_to, list_entities, outputs_of
from portal.registry.views import chosen_province

blueprint = Blueprint("federation", __name__)

PER_PAGE = 50
MOST_OUTPUTS = 50
MEDIA = {"ttl": "text/turtle", "jsonld": "application/ld+json"}


@blueprint.get("/catalog.ttl")
def catalogue_ttl() -> Response:
    """A page of the catalogue as DCAT in Turtle, `?page=`; the next page is named in it and in the `Link` header."""
    return catalogue("ttl")


@blueprint.get("/catalog.jsonld")
def catalogue_jsonld() -> Response:
    """The same as JSON-LD."""
    return catalogue("jsonld")


def catalogue(form: str) -> Response:
    """A page of the catalogue. Raises PortalError("not-found") for one that there is not."""
    from portal.federation import dcat  # loads rdflib

    total = count_datasets()
    page = dcat.Page(asked_page(), max(1, -(-total // PER_PAGE)), PER_PAGE, total)
    if page.number > page.pages:
        raise PortalError("not-found", what=f"page={page.number}")
    path = f"/catalog.{form}"
    graph = dcat.catalogue_graph(site(), path, page_of_datasets(page.number, PER_PAGE), page)
    response = sent(dcat.written(graph, form), form)
    if page.number < page.pages:
        response.headers["Link"] = f'<{site()}{path}?page={page.number + 1}>; rel="next"'
    return response


@blueprint.get("/dataset/<reference>.ttl")
def dataset_ttl(reference: str) -> Response:
    """One dataset, or one version of it, as DCAT in Turtle."""
    return dataset(reference, "ttl")


@blueprint.get("/dataset/<reference>.jsonld")
def dataset_jsonld(reference: str) -> Response:
    """The same as JSON-LD."""
    return dataset(reference, "jsonld")


def dataset(reference: str, form: str) -> Response:
    """One dataset as DCAT. Raises PortalError."""
    from portal.federation import dcat

    found, version, fixed = resolve(reference)
    return sent(dcat.written(dcat.dataset_graph(site(), found, version, fixed=fixed), form), form)


@blueprint.get("/cluster.jsonld")
def clusters() -> Response:
    """A page of all clusters, `?province=` and `?page=`; the next page is named in the `Link` header."""
    return entity_list("cluster")


@blueprint.get("/unit.jsonld")
def units() -> Response:
    """The same of research units, each with its newest outputs."""
    return entity_list("unit")


def entity_list(kind: str) -> Response:
    """A page of entities in one graph. Raises PortalError("not-found") for a page that there is not."""
    code, number = chosen_province(), asked_page()
    found, total = list_entities(kind, code, number)
    if number > max(1, -(-total // PAGE)):
        raise PortalError("not-found", what=f"page={number}")
    outputs: dict[str, list[Mention]] = defaultdict(list)
    for mention in outputs_of(found) if kind == "unit" else ():
        outputs[mention.parent].append(mention)
    graph = [
        cluster_document(entity) if kind == "cluster" else unit_document(entity, outputs[entity.stem][:MOST_OUTPUTS])
        for entity in found
    ]
    for document in graph:
        del document["@context"]
    response = entity_document({"@context": CONTEXT, "@graph": graph})
    if number * PAGE < total:
        where = f"province={code}&" if code else ""
        response.headers["Link"] = f'<{site()}/{kind}.jsonld?{where}page={number + 1}>; rel="next"'
    return response


@blueprint.get("/dataset/<reference>/croissant.jsonld")
def dataset_croissant(reference: str) -> Response:
    """One version of a dataset for programs that learn from data."""
    found, version, _fixed = resolve(reference)
    return entity_document(croissant(found, version))


@blueprint.get("/cluster/<slug>.jsonld")
def cluster(slug: str) -> BaseResponse:
    """A cluster in terms of schema.org and ORG."""
    entity = find_entity("cluster", slug)
    return moved(entity) or entity_document(cluster_document(entity))


@blueprint.get("/unit/<slug>.jsonld")
def unit(slug: str) -> BaseResponse:
    """A research unit in terms of schema.org and ORG, with its newest outputs."""
    entity = find_entity("unit", slug)
    outputs = list(outputs_of([entity]))[:MOST_OUTPUTS]
    return moved(entity) or entity_document(unit_document(entity, outputs))


def moved(entity: Entity) -> BaseResponse | None:
    """The redirect of an entity that is part of another now."""
    if entity.state != "joined":
        return None
    return redirect(f"/{entity.kind}/{joined_to(entity).slug}.jsonld", 301)


def entity_document(document: Mapping[str, Any]) -> Response:
    """A JSON-LD document that was put together by hand."""
    return sent(json.dumps(document, ensure_ascii=False, indent=1), "jsonld")


def sent(text: str, form: str) -> Response:
    """An RDF document; anybody's page may read it."""
    response = Response(text, content_type=f"{MEDIA[form]}; charset=utf-8" if form == "ttl" else MEDIA[form])
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def asked_page() -> int:
    """The page of the address, from 1."""
    given = request.args.get("page", "1")
    return max(1, int(given)) if given.isascii() and given.isdigit() and len(given) < 7 else 1
