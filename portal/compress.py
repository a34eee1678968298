"""Sends text with gzip, so that a page is light on 3G without a proxy in front. Files of publishers are left alone."""

from __future__ import annotations

import gzip
import re
from functools import lru_cache

from flask import Flask, Response, request

WORTH_IT = 600  # bytes; below, the header costs what is saved
TYPES = {
    "text/html", "text/css", "text/plain", "text/javascript", "image/svg+xml", "application/json", "application/ld+json",
    "application/geo+json", "application/atom+xml", "application/xml", "text/turtle",
}  # fmt: skip
LEVEL = 6  # 9 saves 1 % more of a page and costs twice the time


def init_app(app: Flask) -> None:
    """Compresses whole text answers after everything else; register it before whatever must see the plain bytes."""
    app.after_request(compressed)


def compressed(response: Response) -> Response:
    """The answer with gzip if the browser takes it and it is worth it; streams, ranges and private pages as they are.

    Private pages are left out because a secret beside reflected text can be measured through compression (BREACH).
    """
    if not _may(response):
        return response
    response.vary.add("Accept-Encoding")
    if not request.accept_encodings["gzip"]:
        return response
    if request.endpoint == "static":
        response.direct_passthrough = False
    plain = response.get_data()
    if len(plain) < WORTH_IT:
        return response
    response.set_data(
        _kept(plain, response.mimetype) if request.endpoint == "static" else gzip.compress(plain, LEVEL, mtime=0)
    )
    response.headers["Content-Encoding"] = "gzip"
    response.headers.pop("Accept-Ranges", None)
    etag, _ = response.get_etag()
    if etag:
        response.set_etag(etag, weak=True)  # two byte sequences may not share a strong one (RFC 9110 §8.8.1)
    return response


def _may(response: Response) -> bool:
    control = response.cache_control
    return (
        response.status_code == 200
        and response.mimetype in TYPES
        and "Content-Encoding" not in response.headers
        and "Range" not in request.headers
        and (request.endpoint == "static" or not response.is_streamed)
        and not (control.private or control.no_store)
    )


@lru_cache(maxsize=32)
def _kept(plain: bytes, mimetype: str) -> bytes:
    """Static files are few and always the same: compressed once, as small as can be."""
    return gzip.compress(without_remarks(plain) if mimetype == "text/css" else plain, 9, mtime=0)


def without_remarks(stylesheet: bytes) -> bytes:
    """A stylesheet without what only its writers read: remarks, indents and ends of lines. Texts in quotation marks stay."""
    told = re.sub(rb"/\*.*?\*/", b"", stylesheet, flags=re.DOTALL)
    return re.sub(rb"\s*\n\s*", b" ", re.sub(rb"([{};,])\s*\n\s*", rb"\1", told)).strip()
