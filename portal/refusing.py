"""Answers requests that are refused before the application sees them: too long, or not HTTP. In both languages, like every page."""

from __future__ import annotations

from http import HTTPStatus
from socket import socket
from typing import Any

from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker

from portal.guards import HEADERS, SENTENCES

LONGEST_LINE = (
    8190  # bytes of a request's first line, the most that gunicorn counts; a Thai letter in an address takes nine
)
_PAGE = (
    '<!doctype html><html lang="th"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    '<title>{th} – คลัง</title><h1>{th}</h1><p lang="en">{en}</p><p><a href="/">ไปหน้าแรก / Home</a></p></html>'
)


def refusal(error: ParseException) -> bytes:
    """The whole answer to a request that could not be read: status, headers and a small page."""
    status = HTTPStatus.BAD_REQUEST
    if isinstance(error, LimitRequestLine):
        status = HTTPStatus.REQUEST_URI_TOO_LONG
    elif isinstance(error, LimitRequestHeaders):
        status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
    said = SENTENCES.get(status, SENTENCES[HTTPStatus.BAD_REQUEST])
    page = _PAGE.format(th=said.th, en=said.en).encode()
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Length": str(len(page)),
        "Connection": "close",
        "Content-Security-Policy": "default-src 'none'",
        **HEADERS,
    }
    lines = (f"HTTP/1.1 {status.value} {status.phrase}", *(f"{name}: {value}" for name, value in headers.items()))
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii") + page


class Worker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's threads, with pages of ours for what it refuses. Nothing of the request, and no reader's address, is noted."""

    def handle_error(self, req: Any, client: socket, addr: Any, exc: BaseException) -> None:
        """Answer one request that could not be served."""
        if isinstance(exc, ParseException):
            write_nonblock(client, refusal(exc))
        else:
            super().handle_error(req, client, addr, exc)
