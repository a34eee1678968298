"""What the reader chose: language and text size, by address, cookie or browser; and links that keep the choice.

`?lang=` chooses for one page, the cookie `lang` for all; only `/preferences` sets cookies.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from flask import Response, current_app, g, has_request_context, redirect, request, url_for

LANGUAGES = ("th", "en")
TEXT_SIZES = ("100", "125", "150")
A_YEAR = 365 * 24 * 3600


def language() -> str:
    """The language of this answer: `?lang=`, else the cookie, else Thai; always one of LANGUAGES."""
    if not has_request_context():
        return "th"
    asked = request.args.get("lang", "")
    if asked in LANGUAGES:
        return asked
    g.reads_cookie = True
    kept = request.cookies.get("lang", "")
    return kept if kept in LANGUAGES else "th"


def text_size() -> str:
    """The reader's text size in percent, one of TEXT_SIZES."""
    if not has_request_context():
        return "100"
    g.reads_cookie = True
    kept = request.cookies.get("text", "")
    return kept if kept in TEXT_SIZES else "100"


def saves_data() -> bool:
    """True when the browser asks for less (`Save-Data: on`): the page then goes without the Thai font."""
    if not has_request_context():
        return False
    g.reads_save_data = True
    return request.headers.get("Save-Data", "").casefold() == "on"


def safe_next(address: str) -> str:
    """A path of our own to return to, without `lang` and `text`, else `/`.

    Refuses other hosts in every form that browsers accept: `//host`, `/\\host`, control characters (ASVS 3.7.2, 15.3.2).
    """
    if not address.startswith("/") or address[1:2] in ("/", "\\") or any(ord(sign) <= 32 for sign in address):
        return "/"
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        return "/"
    kept = [
        (name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in ("lang", "text")
    ]
    return urlunsplit(("", "", parts.path, urlencode(kept), parts.fragment))


def preferences_response(args: Mapping[str, str]) -> Response:
    """The answer of `/preferences`: keeps `lang` and `text` in cookies if they are known, then returns to `next`."""
    response = current_app.make_response(redirect(safe_next(args.get("next", "/")), 303))
    for name, allowed in (("lang", LANGUAGES), ("text", TEXT_SIZES)):
        if args.get(name) in allowed:
            response.set_cookie(
                name, args[name], max_age=A_YEAR, secure=request.is_secure, httponly=True, samesite="Lax", path="/"
            )
    response.headers["Cache-Control"] = "private, no-store"
    return response


def preference_url(**choice: str) -> str:
    """The link that sets `lang` or `text` and comes back to this page."""
    here = request.full_path if request.query_string else request.path
    return "/preferences?" + urlencode({**choice, "next": safe_next(here)}, safe="/")


def keeps_language() -> bool:
    """True when the language came by the address and the cookie says otherwise: links and forms must then carry it."""
    if not has_request_context() or request.args.get("lang", "") not in LANGUAGES:
        return False
    return request.args["lang"] != request.cookies.get("lang", "th")


def here(address: str) -> str:
    """A link of our own in the language of this page. Foreign addresses, anchors and files of `static` stay as they are."""
    if not keeps_language() or not address.startswith("/") or address.startswith(("//", "/static/", "/preferences")):
        return address
    parts = urlsplit(address)
    if "lang=" in parts.query and "lang" in dict(parse_qsl(parts.query)):
        return address
    query = "&".join(filter(None, (parts.query, "lang=" + language())))
    return urlunsplit(("", "", parts.path, query, parts.fragment))


def page_address(language_wanted: str = "", path: str | None = None) -> str:
    """The full address of this page in one language (default: the page's own), for `canonical` and `hreflang`.

    `path` stands in place of the request's own path and query, may have a query itself, for pages that one thing has under several addresses.
    """
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in ("lang", "text") and value]
    if path:
        kept = []
    if (language_wanted or language()) == "en":
        kept.append(("lang", "en"))
    address = site() + (path or request.path)
    return address + ("&" if "?" in address else "?") + urlencode(kept) if kept else address


def site() -> str:
    """The portal's own address, without a slash at its end: the setting, else the one that this request came to."""
    return getattr(current_app.config.get("KHLANG"), "address", "") or request.host_url.rstrip("/")


def url_here(endpoint: str, **values: Any) -> str:
    """`url_for` for templates: the link keeps the language of a page that was opened by `?lang=`."""
    return here(url_for(endpoint, **values))


def known_pages(links: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Of (path, label) those whose path this application serves, so that no menu leads nowhere."""
    served = {rule.rule for rule in current_app.url_map.iter_rules()}
    return [(path, label) for path, label in links if path.partition("?")[0] in served]
