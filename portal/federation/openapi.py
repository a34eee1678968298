"""The description of every address that is read as data: OpenAPI 3.1, made of the addresses that the application serves."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from portal.catalogue.citation import PORTAL_EN, PORTAL_TH
from portal.federation.ckan.actions import ACTIONS

MEDIA: Mapping[str, str] = {
    "json": "application/json", "jsonld": "application/ld+json", "ttl": "text/turtle", "csv": "text/csv", "atom": "application/atom+xml",
    "xml": "application/xml", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
WITHOUT_ENDING = ("/api/suggest", "/healthz", "/readyz")
ACTION_PATH = "/api/3/action/{action}"
WHOLE = {"type": "integer", "minimum": 0}
TEXT = {"type": "string"}
SEARCH = ("province", "region", "sector", "publisher", "profile", "format", "licence", "updated", "kind")
SEARCHED: Mapping[str, Mapping[str, Any]] = {
    **dict.fromkeys(("q", *SEARCH), TEXT),
    "sort": {"type": "string", "enum": ["relevance", "newest", "title"]},
    "page": WHOLE,
    "limit": WHOLE,
}
QUERIES: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "/search.json": SEARCHED,
    "/search.atom": SEARCHED,
    "/api/suggest": {"q": TEXT},
    "/columns.json": {"q": TEXT},
    "/match.json": {"need": TEXT, "cluster": TEXT, "province": TEXT, "limit": WHOLE},
    "/catalog.ttl": {"page": WHOLE},
    "/catalog.jsonld": {"page": WHOLE},
    "/dataset/{reference}/changes.json": {"from": WHOLE, "to": WHOLE, "page": WHOLE},
    "/dataset/{reference}/resource/{name}.{form}": {"sort": TEXT, "limit": WHOLE, "offset": WHOLE, "all": TEXT, "bom": TEXT},
}  # fmt: skip
ACTION_QUERIES: Mapping[str, tuple[str, ...]] = {
    "package_search": ("q", "fq", "rows", "start", "sort", "fl", "facet.field", "facet.limit", "facet.mincount"),
    "package_list": ("limit", "offset"),
    "current_package_list_with_resources": ("limit", "offset"),
    "package_autocomplete": ("q", "limit"),
    "organization_list": ("all_fields", "limit", "offset"),
    "group_list": ("all_fields", "limit", "offset"),
    "tag_list": ("query", "all_fields", "limit", "offset"),
    "datastore_search": ("resource_id", "filters", "q", "limit", "offset", "fields", "sort", "records_format"),
    "datastore_info": ("resource_id",),
    "help_show": ("name",),
    **dict.fromkeys(
        ("package_show", "resource_show", "resource_view_list", "organization_show", "group_show", "group_package_show", "tag_show"),
        ("id",),
    ),
}  # fmt: skip
NUMBERS = frozenset({"rows", "start", "limit", "offset", "facet.limit", "facet.mincount"})
REQUIRED = frozenset({"id", "resource_id", "name"})


def description(app: Flask, site: str) -> dict[str, Any]:
    """The document. `site` is the portal's own address."""
    paths: dict[str, Any] = {}
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: one.rule):
        path = template_of(rule)
        if "GET" in (rule.methods or ()) and is_data(path):
            paths[path] = {"get": operation(rule, path, app.view_functions[rule.endpoint])}
    for name, action in ACTIONS.items():
        paths[ACTION_PATH.format(action=name)] = {"get": action_operation(name, action)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{PORTAL_TH} / {PORTAL_EN}",
            "version": version("khlang"),
            "description": "Everything here is read without a key. Each dataset names its licence.",
        },
        "servers": [{"url": site}],
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": {"Error": ERROR, "Refusal": REFUSAL}},
    }


ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "th", "en"],
            "properties": {"code": TEXT, "th": TEXT, "en": TEXT, "request": TEXT},
        }
    },
}
REFUSAL = {
    "type": "object",
    "required": ["help", "success", "error"],
    "properties": {
        "help": TEXT,
        "success": {"const": False},
        "error": {"type": "object", "required": ["__type"], "properties": {"__type": TEXT, "message": TEXT}},
    },
}


def template_of(rule: Rule) -> str:
    """An address as OpenAPI writes it: /dataset/{reference}.json."""
    return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)


def is_data(path: str) -> bool:
    """Whether an address gives data; pages for people do not stand in the description."""
    last = path.rsplit("/", 1)[-1]
    return path in WITHOUT_ENDING or last.endswith("{form}") or last.rpartition(".")[2] in MEDIA


def operation(rule: Rule, path: str, view: Callable[..., Any]) -> dict[str, Any]:
    """One address."""
    ending = path.rpartition(".")[2]
    media = MEDIA.get(ending, "application/json" if path in WITHOUT_ENDING else "application/octet-stream")
    kept = [parameter(name, "path", WHOLE if f"int:{name}" in rule.rule else TEXT) for name in sorted(rule.arguments)]
    asked = [parameter(name, "query", schema) for name, schema in QUERIES.get(path, {}).items()]
    return {
        "operationId": rule.endpoint.replace(".", "_"),
        "summary": summary(view),
        "parameters": kept + asked,
        "responses": {
            "200": {"description": "What was asked for.", "content": {media: {"schema": {}}}},
            "default": {
                "description": "What went wrong.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
            },
        },
    }


def action_operation(name: str, action: Callable[..., Any]) -> dict[str, Any]:
    """One action of CKAN; what it asks may also be posted, as JSON or as a form."""
    answer = {
        "type": "object",
        "required": ["help", "success", "result"],
        "properties": {"help": TEXT, "success": {"const": True}, "result": {}},
    }
    asked = [
        parameter(one, "query", {"type": "integer"} if one in NUMBERS else TEXT, required=one in REQUIRED)
        for one in ACTION_QUERIES.get(name, ())
    ]
    return {
        "operationId": f"action_{name}",
        "tags": ["CKAN"],
        "summary": summary(action),
        "parameters": asked,
        "responses": {
            "200": {"description": "The result.", "content": {"application/json": {"schema": answer}}},
            "default": {
                "description": "Why there is none.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}},
            },
        },
    }


def parameter(name: str, where: str, schema: Mapping[str, Any], *, required: bool = False) -> dict[str, Any]:
    """One parameter; those of the path are always required."""
    return {"name": name, "in": where, "required": required or where == "path", "schema": dict(schema)}


def summary(view: Callable[..., Any]) -> str:
    """The first line of what a function says of itself, without what only its callers need to know."""
    return (view.__doc__ or "").strip().partition("\n")[0].partition(" Raises ")[0].replace("`", "")
