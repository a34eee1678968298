"""What stands around every request: headers, caps, request ids, and one sentence for every failure."""

from __future__ import annotations

import json
import logging
import secrets
import time
from http import HTTPStatus

from flask import Flask, Response, current_app, g, render_template, request
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.wrappers import Response as BaseResponse

from harvesters.errors import HarvestError
from harvesters.values import Text
from portal.errors import PortalError
from portal.i18n import localised

log = logging.getLogger("khlang.web")

MAX_QUERY_BYTES = 8192
FILE_ENDINGS = (".csv", ".xlsx", ".parquet", ".zip", ".atom", ".xml", ".bib", ".ris", ".txt", ".ttl")

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
FILE_POLICY = "default-src 'none'; sandbox"  # for bytes that publishers wrote

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

SENTENCES = {
    400: Text("คำขอนี้ไม่ถูกต้อง โปรดตรวจที่อยู่แล้วลองใหม่", "This request is not right. Check the address and try again."),
    404: Text("ไม่พบหน้านี้ อาจถูกย้ายหรือพิมพ์ที่อยู่ผิด", "There is no such page. It may have moved, or the address is mistyped."),
    405: Text("หน้านี้รับเฉพาะการเปิดอ่าน", "This page can only be read."),
    410: Text("หน้านี้ถูกถอนออกแล้ว", "This page was withdrawn."),
    413: Text("ข้อมูลที่ส่งมาใหญ่เกินไป", "What was sent is too large."),
    414: Text("คำค้นหรือที่อยู่ยาวเกินไป โปรดย่อให้สั้นลง", "The query or address is too long. Please shorten it."),
    416: Text("ช่วงของไฟล์ที่ขอไม่มีอยู่", "The requested part of the file does not exist."),
    500: Text(
        "ระบบขัดข้อง เราบันทึกเหตุไว้แล้ว โปรดลองใหม่อีกครั้ง", "Something failed on our side. It was noted; please try again."
    ),
    503: Text("ระบบยังไม่พร้อม โปรดลองใหม่ในอีกสักครู่", "Not ready yet. Please try again shortly."),
}


def init_app(app: Flask) -> None:
    """Put the guards around every request of `app`."""
    app.before_request(begin)
    app.after_request(finish)
    app.register_error_handler(PortalError, answer_portal_error)
    app.register_error_handler(HarvestError, answer_harvest_error)
    app.register_error_handler(HTTPException, answer_http_error)
    app.register_error_handler(Exception, answer_bug)


def begin() -> None:
    """Give the request its id; refuse a query longer than the cap (Flask itself has none)."""
    g.request_id = secrets.token_hex(8)
    g.began = time.perf_counter()
    if len(request.query_string) > MAX_QUERY_BYTES:
        request.query_string, request.environ["QUERY_STRING"] = (
            b"",
            "",
        )  # the page that says so does not carry it in its links
        raise URITooLong


class URITooLong(HTTPException):
    """The query string is over the cap."""

    code = HTTPStatus.REQUEST_URI_TOO_LONG


def finish(response: Response) -> Response:
    """Set the headers that every answer carries (safety.md §8)."""
    response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    base = current_app.config["KHLANG"].base_url
    if base and base.startswith("https://"):
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    response.headers["X-Request-ID"] = g.get("request_id", "")
    if "began" in g:
        response.headers["Server-Timing"] = f"app;dur={(time.perf_counter() - g.began) * 1000:.1f}"
    return response


def wants_json() -> bool:
    """Whether the reader asked for data: a `.json` address, or an API path."""
    return request.path.endswith((".json", ".jsonl", ".jsonld")) or request.path.startswith("/api/")


def failure(status: int, code: str, sentence: Text) -> tuple[Response | str, int]:
    """Answer a failure in the reader's form: a page with one sentence, or the one JSON error shape."""
    if wants_json():
        body = {"error": {"code": code, "th": sentence.th, "en": sentence.en, "request": g.get("request_id", "")}}
        return Response(json.dumps(body, ensure_ascii=False), mimetype="application/json"), status
    if request.path.endswith(FILE_ENDINGS):  # a program asked for a file: no page is of use to it
        return Response(f"{sentence.th}\n{sentence.en}\n", mimetype="text/plain"), status
    page = render_template(
        "pages/failure.html", status=status, code=code, sentence=localised(sentence), request_id=g.get("request_id", "")
    )
    return page, status


def answer_portal_error(error: PortalError) -> tuple[Response | str, int]:
    """An expected failure of the portal."""
    return failure(error.status, error.code, error.sentence)


def answer_harvest_error(error: HarvestError) -> tuple[Response | str, int]:
    """An expected failure of reading the store."""
    log.warning("store failure", extra={"code": error.code, "request_id": g.get("request_id", "")})
    return failure(503, error.code, SENTENCES[503])


def answer_http_error(error: HTTPException) -> BaseResponse | tuple[Response | str, int]:
    """What Werkzeug refused: unknown address, wrong method, wrong host, bad range."""
    if error.response is not None or (error.code or 500) < HTTPStatus.BAD_REQUEST:
        return error.get_response()
    status = error.code or 500
    if isinstance(error, SecurityError):  # the host is not ours: build no page with its name in it
        return Response(SENTENCES[400].en, 400, mimetype="text/plain"), 400
    answer, status = failure(status, f"http-{status}", SENTENCES.get(status, SENTENCES[400]))
    response = current_app.make_response((answer, status))
    for name, value in error.get_headers():
        if name.lower() in ("allow", "content-range"):
            response.headers[name] = value
    return response


def logged_path() -> str:
    """The path of this request as a log may keep it: a secret link is told by its rule alone."""
    rule = request.url_rule
    return rule.rule if rule is not None and "token" in rule.arguments else request.path


def answer_bug(error: Exception) -> tuple[Response | str, int]:
    """A bug: the traceback goes to the log, an id to the reader."""
    log.error(
        "unexpected failure", exc_info=error, extra={"request_id": g.get("request_id", ""), "path": logged_path()}
    )
    return failure(500, "unexpected", SENTENCES[500])
