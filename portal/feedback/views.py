"""Pages by which readers tell us something, and on which everybody sees what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, make_response, redirect, render_template, request
from flask_babel import gettext as _  # type: ignore[import-untyped]
from werkzeug.wrappers import Response as BaseResponse

from portal.catalogue.places import regions_view
from portal.catalogue.presenting import province_name, title_of
from portal.catalogue.queries import PUBLIC_STATES, find_dataset
from portal.choices import here
from portal.feedback.actions import take_in
from portal.feedback.forms import TRAP, Told, read_form
from portal.feedback.models import Feedback
from portal.feedback.queries import PAGE, count_feedback, find_feedback, list_feedback, public_json
from portal.senders import refuse_other_sites

blueprint = Blueprint("feedback", __name__)


@blueprint.get("/report")
def report() -> Response:
    """The form for saying that something is wrong in a dataset or a row."""
    return form_page("wrong", read_form("wrong", request.args)[0], {})


@blueprint.post("/report")
def send_report() -> BaseResponse:
    """Take in a report of wrong data."""
    return sent("wrong")


@blueprint.get("/request")
def wish() -> Response:
    """The form for asking for data that is missing."""
    return form_page("missing", read_form("missing", request.args)[0], {})


@blueprint.post("/request")
def send_wish() -> BaseResponse:
    """Take in a request for data."""
    return sent("missing")


def sent(kind: str) -> BaseResponse:
    """Keep what was sent and lead to its page; or show the form again with what is wrong."""
    refuse_other_sites()
    told, faults = read_form(kind, request.form)
    if request.form.get(TRAP):
        faults = {"message": _("ส่งไม่สำเร็จ โปรดเว้นช่องสุดท้ายให้ว่าง")}
    if faults:
        response = form_page(kind, told, faults)
        response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return response
    number = take_in(told, address=request.remote_addr or "", key=current_app.config["SECRET_KEY"])
    return redirect(here(f"/feedback/{number}"), HTTPStatus.SEE_OTHER)


def form_page(kind: str, told: Told, faults: Mapping[str, str]) -> Response:
    """The form of a kind, filled with what is known. Raises PortalError for a dataset that nobody may see."""
    dataset = find_dataset(told.dataset) if told.dataset else None
    response = make_response(
        render_template(
            "feedback/form.html",
            kind=kind,
            told=told,
            about=title_of(dataset) if dataset else "",
            provinces=[
                (region["name"], [(place["code"], place["name"]) for place in region["provinces"]])
                for region in regions_view({})
            ],
            faults=faults,
            trap=TRAP,
        )
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.get("/feedback")
def index() -> str:
    """What readers told, and what became of it."""
    page, count = page_number(), count_feedback()
    return render_template(
        "feedback/list.html",
        entries=[shown(entry) for entry in list_feedback(page)],
        count=count,
        page=page,
        pages=max(1, -(-count // PAGE)),
    )


@blueprint.get("/feedback.json")
def index_data() -> Response:
    """The same as data."""
    return jsonify(
        {"count": count_feedback(), "feedback": [public_json(entry) for entry in list_feedback(page_number())]}
    )


@blueprint.get("/feedback/<int:number>")
def entry_page(number: int) -> Response:
    """One report or request."""
    response = make_response(render_template("feedback/entry.html", entry=shown(find_feedback(number))))
    response.headers["Cache-Control"] = "no-store"  # its sender comes back to see whether it moved
    return response


@blueprint.get("/feedback/<int:number>.json")
def entry_data(number: int) -> Response:
    """The same as data."""
    return jsonify(public_json(find_feedback(number)))


def page_number() -> int:
    """The page asked for, 1 when it is none."""
    asked = request.args.get("page", "1")
    return min(int(asked), 100_000) if asked.isascii() and asked.isdigit() and 0 < len(asked) < 8 and int(asked) else 1


def shown(entry: Feedback) -> dict[str, Any]:
    """A report or request for templates. What its sender wrote is not among it."""
    dataset = entry.dataset if entry.dataset is not None and entry.dataset.state in PUBLIC_STATES else None
    return {
        "number": entry.id,
        "kind": {"wrong": _("แจ้งข้อมูลผิด"), "missing": _("ขอข้อมูล")}[entry.kind],
        "state": state_of(entry.state),
        "about": title_of(dataset) if dataset else "",
        "href": about_address(entry, dataset.name) if dataset else None,
        "row": entry.row if dataset else None,
        "province": province_name(entry.province_code) if entry.province_code else "",
        "sent_at": entry.sent_at,
        "answer": entry.answer,
        "answered_at": entry.answered_at,
    }


def about_address(entry: Feedback, name: str) -> str:
    """The page that it is about."""
    if entry.resource and entry.row:
        return f"/dataset/{name}/resource/{entry.resource}?row={entry.row}"
    return f"/dataset/{name}"


def state_of(state: str) -> tuple[str, str]:
    """A state as a sign for `status_word` and a word."""
    words = {
        "new": ("held", _("รอคนอ่าน")),
        "accepted": ("running", _("รับเรื่องแล้ว")),
        "done": ("ok", _("แก้หรือเพิ่มแล้ว")),
        "declined": ("none", _("ไม่เปลี่ยน")),
    }
    return words[state]
