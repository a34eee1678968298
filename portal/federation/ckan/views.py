"""The action API of CKAN: its addresses, envelope and errors. Reading only, and without a key.

Answered for good: when a portal's actions go, every client of it breaks. Nothing here redirects: clients post and don't follow.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, jsonify, request

from harvesters.checks.problems import as_problem
from harvesters.errors import HarvestError
from portal.choices import site
from portal.errors import PortalError
from portal.federation.ckan.actions import ACTIONS
from portal.federation.ckan.asked import read_request

blueprint = Blueprint("ckan", __name__)

CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, X-CKAN-API-Key",
}
TYPES = {  # status, type, and the words before the first ": ", which ckanapi cuts off
    "not-found": (404, "Not Found Error", "Not found"),
    "no-sql": (403, "Authorization Error", "Access denied"),
    "query-wrong": (400, "Search Query Error", "Search Query Error"),
    "search-rebuilding": (409, "Search Error", "Search Error"),
}


@blueprint.after_request
def open_to_all(response: Response) -> Response:
    """Pages of anybody may read these answers."""
    response.headers.update(CORS)
    return response


@blueprint.route("/api/3/action/<name>", methods=["GET", "POST"], strict_slashes=False)
@blueprint.route("/api/action/<name>", methods=["GET", "POST"], strict_slashes=False)
def action(name: str) -> Response:
    """One action of CKAN, with its parameters in the address, in a form or in a JSON body."""
    if name not in ACTIONS:
        return answer(f"Bad request: Action name not known: {name}", 400)
    try:
        result = ACTIONS[name](read_request())
    except PortalError as error:
        return told_failure(name, error)
    except HarvestError as error:
        words = as_problem(error).message.en
        return failed(name, 409, {"__type": "Search Error", "message": f"Search Error: {words}"})
    return answer({"help": help_address(name), "success": True, "result": result}, 200)


def told_failure(name: str, error: PortalError) -> Response:
    """An expected failure as CKAN tells it."""
    if error.code == "bad-request":
        return answer(f"Bad request: {error}", 400)
    if error.code == "parameter-wrong":
        wrong = {str(error.fields["name"]): [str(error.fields["message"])]}
        return failed(name, 409, {"__type": "Validation Error", **wrong})
    status, kind, words = TYPES.get(error.code, (error.status, "Search Error", "Search Error"))
    return failed(name, status, {"__type": kind, "message": f"{words}: {error}"})


def failed(name: str, status: int, error: dict[str, Any]) -> Response:
    """The envelope of a failure."""
    return answer({"help": help_address(name), "success": False, "error": error}, status)


def help_address(name: str) -> str:
    """Where an action is explained."""
    return f"{site()}/api/3/action/help_show?name={quote(name)}"


def answer(document: Any, status: int) -> Response:
    """A JSON answer. What was posted is never kept by a cache."""
    response = jsonify(document)
    response.status_code = status
    if request.method == "POST":
        response.headers["Cache-Control"] = "no-store"
    return response
