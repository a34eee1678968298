"""ETags and conditional answers for public pages, and the word that lets caches keep them."""

from __future__ import annotations

from flask import Flask, Response, request

TYPES = {
    "text/html", "application/json", "application/ld+json", "application/xml", "application/atom+xml", "text/plain", "text/turtle",
}  # fmt: skip


def init_app(app: Flask) -> None:
    """Give every public GET answer an ETag; register it after `compress`, so that it runs before it and sees plain bytes."""
    app.after_request(conditional)


def conditional(response: Response) -> Response:
    """The answer with an ETag of its bytes and 304 where the reader has them already; others' answers as they are.

    "no-cache" means: keep it, but ask before each use. What was withdrawn or put right is then seen at once, and asking
    costs no bytes. Pages that read a choice say `Vary: Cookie` (`i18n`); no public page sets a cookie.
    """
    if not _may(response):
        return response
    response.headers.setdefault("Cache-Control", "public, no-cache")
    response.add_etag(weak=True)  # the same page may also be sent compressed, so its bytes are not told by it
    response.make_conditional(request)
    return response


def _may(response: Response) -> bool:
    control = response.cache_control
    return (
        request.method in ("GET", "HEAD")
        and response.status_code == 200
        and response.mimetype in TYPES
        and request.endpoint != "static"
        and not response.is_streamed
        and not response.direct_passthrough
        and not (control.private or control.no_store)
        and "Set-Cookie" not in response.headers
    )
