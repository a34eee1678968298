"""Pages of introductions: asking for one, the unit's links, and the numbers. Opening a link changes nothing: programs open links too."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Blueprint, Response, current_app, jsonify, make_response, redirect, render_template, request
from flask_babel import gettext as _  # type: ignore[import-untyped]
from werkzeug.wrappers import Response as BaseResponse

from portal.catalogue.presenting import province_name
from portal.choices import here
from portal.errors import PortalError
from portal.feedback.forms import TRAP
from portal.introductions import presenting as show
from portal.introductions.actions import answer, ask
from portal.introductions.delivering import deliver_beside
from portal.introductions.forms import LONGEST, Answered, Asked, read_answered, read_asked
from portal.introductions.mailing import address_of_unit
from portal.introductions.queries import Tally, find_introduction, open_link, public_rows, tallies, together
from portal.introductions.tokens import Token, address_of, read_token
from portal.registry.models import Entity
from portal.registry.presenting import called, contact
from portal.registry.queries import find_entity, joined_to
from portal.registry.views import province_choices
from portal.senders import refuse_other_sites
from portal.tabular import csv_answer

blueprint = Blueprint("introductions", __name__)

MONTHS = 24  # that the page shows; the data has them all


@blueprint.get("/unit/<slug>/introduction")
def ask_form(slug: str) -> Response:
    """The form for asking to be introduced to a unit. Who comes from the need box finds the need in it already."""
    told = {"message": need_before(request.referrer), **request.args}
    return ask_page(present_unit(slug), read_asked(told)[0], {})


def need_before(referrer: str | None) -> str:
    """The need that was typed on the page which somebody comes from, or "": carried in each link it would make that page heavy."""
    before = urlsplit(referrer or "")
    if before.netloc != request.host or before.path != "/match":
        return ""
    return parse_qs(before.query).get("need", [""])[0]


@blueprint.post("/unit/<slug>/introduction")
def send_ask(slug: str) -> BaseResponse:
    """Keep what was asked, write to the unit, and lead to the asker's own page; or show the form again with what is wrong."""
    refuse_other_sites()
    unit = present_unit(slug)
    asked, faults = read_asked(request.form)
    if request.form.get(TRAP):
        faults = {"message": _("ส่งไม่สำเร็จ โปรดเว้นช่องสุดท้ายให้ว่าง")}
    if faults:
        return ask_page(unit, asked, faults)
    cluster = asking_cluster(asked)
    number, link = ask(
        asked,
        unit_id=unit.id,
        cluster_id=cluster.id if cluster else None,
        address=request.remote_addr or "",
        key=str(current_app.secret_key),
    )
    deliver_beside(link)
    return redirect(here(address_of(Token(number, "asked", ""))), HTTPStatus.SEE_OTHER)


def ask_page(unit: Entity, asked: Asked, faults: Mapping[str, str]) -> Response:
    """The form of asking, filled with what is known. Raises PortalError for a cluster that there is none of."""
    cluster = asking_cluster(asked)
    response = render_private(
        "introductions/ask.html",
        unit=unit,
        unit_name=called(unit),
        mail=bool(address_of_unit(unit)) and bool(current_app.config["KHLANG"].smtp_host),
        contact=contact(unit),
        asked=asked,
        cluster=cluster,
        group=asked.group or (cluster.name_th if cluster else ""),
        chosen=asked.province or (cluster.province_code if cluster else "") or "",
        provinces=province_choices(),
        longest=LONGEST,
        faults=faults,
        trap=TRAP,
    )
    if faults:
        response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    return response


def present_unit(slug: str) -> Entity:
    """The unit at an address that is in a published table today. Raises PortalError("not-found")."""
    unit = joined_to(find_entity("unit", slug))
    if unit.state != "present":
        raise PortalError("not-found", what=f"/unit/{slug}")
    return unit


def asking_cluster(asked: Asked) -> Entity | None:
    """The cluster that asks, where it is one of the registry. Raises PortalError("not-found")."""
    return joined_to(find_entity("cluster", asked.cluster)) if asked.cluster else None


@blueprint.get("/introduction/<token>")
def link_page(token: str) -> Response:
    """What a link leads to: the asker's page, or the form of a unit. Nothing is changed by opening it."""
    told = read_token(token)
    if told.step == "asked":
        return render_private("introductions/asked.html", one=show.asked_view(found_by(told)))
    return answer_page(told, Answered("", ""), {})


@blueprint.post("/introduction/<token>")
def use_link(token: str) -> Response:
    """Keep what a unit answers. The link is used up by it."""
    refuse_other_sites()
    told = read_token(token)
    answered, faults = read_answered(told.step, request.form)
    if faults:
        return answer_page(told, answered, faults)
    link = answer(told, answered)
    if link is not None:
        deliver_beside(link)
    return render_private("introductions/done.html", step=told.step, number=told.number, next=next_address(told))


def found_by(told: Token) -> Any:
    """The introduction of an asker's link. Raises PortalError("link-wrong")."""
    try:
        return find_introduction(told.number)
    except PortalError as error:
        raise PortalError("link-wrong") from error


def next_address(told: Token) -> str | None:
    """The link for the outcome, once a unit has said that it can help."""
    link = find_introduction(told.number).link_of("outcome") if told.step == "answer" else None
    return address_of(Token(told.number, "outcome", link.nonce)) if link else None


def answer_page(told: Token, answered: Answered, faults: Mapping[str, str]) -> Response:
    """The form by which a unit answers. Raises PortalError for a link that was used or leads nowhere."""
    one = open_link(told)
    response = render_private(
        "introductions/answer.html",
        one=show.answer_view(one, told.step),
        answered=answered,
        faults=faults,
        longest=LONGEST["words"],
    )
    if faults:
        response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    return response


def render_private(template: str, **values: Any) -> Response:
    """A page that no cache keeps and whose address no other site is told."""
    response = make_response(render_template(template, **values))
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────────
@blueprint.get("/introductions")
def index() -> str:
    """How many asked, how many were answered, how fast, and what came of it: by province, and by month. Nobody is named."""
    counted = tallies()
    provinces = together(counted, 0)
    months = list(together(counted, 1).items())[-MONTHS:]
    return render_template(
        "introductions/list.html",
        total=together(counted).get((), Tally()).line(),
        provinces=[
            show.tally_view(province_name(code), tally, f"/province/{code}") for (code,), tally in provinces.items()
        ],
        months=[show.tally_view(month, tally) for (month,), tally in reversed(months)],
    )


@blueprint.get("/introductions.json")
def index_data() -> Response:
    """The same as data, a row a province and month."""
    counted = tallies()
    return jsonify(
        {
            "total": together(counted).get((), Tally()).line(),
            "introductions": public_rows(counted),
        }
    )


@blueprint.get("/introductions.csv")
def index_csv() -> Response:
    """The same as a table."""
    names = ["province_code", "province_th", "province_en", "month", *Tally().line()]
    return csv_answer(public_rows(tallies()), "khlang-introductions", names)
