"""The two languages of the pages, the reader's choices (language, text size), and how dates, numbers and sizes are written.

Thai is the language of the message ids, English is a catalogue (`portal/messages.py` keeps it). `?lang=` chooses for one
page, the cookie `lang` for all; only `/preferences` sets cookies.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from babel.dates import format_date
from flask import Flask, Response, current_app, g, has_request_context, redirect, request, url_for
from flask_babel import Babel, gettext  # type: ignore[import-untyped]

from harvesters.values import Text
from portal import assets

LANGUAGES = ("th", "en")
TEXT_SIZES = ("100", "125", "150")
TRANSLATIONS = Path(__file__).resolve().parent / "translations"
THAI_TIME = timezone(timedelta(hours=7))  # Thailand has had no other offset since 1920 and no summer time
BUDDHIST_ERA = 543
A_YEAR = 365 * 24 * 3600
_THAI = re.compile("[ก-๛]")
_MARK = re.compile(r"(</?mark>)")


# ── choices ──────────────────────────────────────────────────────────────────────────────────────────────────────────
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
    if "lang" in dict(parse_qsl(parts.query)):
        return address
    query = "&".join(filter(None, (parts.query, "lang=" + language())))
    return urlunsplit(("", "", parts.path, query, parts.fragment))


def page_address(language_wanted: str = "", path: str | None = None) -> str:
    """The full address of this page in one language (default: the page's own), for `canonical` and `hreflang`.

    `path` stands in place of the request's own path and query, for pages that one thing has under several addresses.
    """
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in ("lang", "text") and value]
    if path:
        kept = []
    if (language_wanted or language()) == "en":
        kept.append(("lang", "en"))
    base = str(getattr(current_app.config.get("KHLANG"), "base_url", None) or request.host_url).rstrip("/")
    return base + (path or request.path) + ("?" + urlencode(kept) if kept else "")


# ── how things are written ───────────────────────────────────────────────────────────────────────────────────────────
def localised(text: Text | Mapping[str, str] | str | None) -> str:
    """The sentence in the reader's language; the other language when that one is missing; "" for None."""
    if text is None or isinstance(text, str):
        return text or ""
    both = {"th": text.th, "en": text.en} if isinstance(text, Text) else text
    chosen = language()
    return both.get(chosen) or next((both[other] for other in LANGUAGES if both.get(other)), "")


def text_language(text: str) -> str:
    """ "th" when there is any Thai letter in it, else "en": for `lang` on titles that come from files."""
    return "th" if _THAI.search(text) else "en"


def as_day(value: date | datetime | str) -> date:
    """The day in Thailand. Takes a date, a datetime (without a zone: UTC) or ISO text; raises ValueError on other text."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if len(value) > 10 else date.fromisoformat(value)
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return aware.astimezone(THAI_TIME).date()
    return value


def thai_date(value: date | datetime | str | None) -> str:
    """A day as people read it: "24 พ.ย. 2569" in Thai, "24 Nov 2026" in English; "" for None."""
    if value is None or value == "":
        return ""
    day = as_day(value)
    if language() == "en":
        return format_date(day, "d MMM y", locale="en")
    return f"{format_date(day, 'd MMM', locale='th')} {day.year + BUDDHIST_ERA}"


def iso(value: date | datetime | str) -> str:
    """The same for machines: ISO 8601, a moment in Thailand's own offset."""
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return aware.astimezone(THAI_TIME).isoformat(timespec="minutes")
    return value if isinstance(value, str) else value.isoformat()


def clock_time(value: datetime | str) -> str:
    """The time of day in Thailand: "14.05 น." in Thai, "14:05" in English."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    local = aware.astimezone(THAI_TIME)
    return local.strftime("%H:%M") if language() == "en" else local.strftime("%H.%M น.")


def number(value: float | int | None, exact: bool = False) -> str:
    """A number for people: 1,234 · 1.25 ล้าน (English: 1.25 million). `exact` writes every digit; "–" for None."""
    if value is None:
        return "–"
    if abs(value) >= 1_000_000 and not exact:
        words = f"{value / 1_000_000:.2f}".rstrip("0").rstrip(".")
        return str(gettext("%(amount)s ล้าน", amount=words))
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def percent(share: float | None) -> str:
    """A share of 0…1 as "97 %"; never rounded up to 100 nor down to 0, because those two are statements."""
    if share is None:
        return "–"
    if 0 < share < 0.01:
        return "< 1 %"
    if 0.99 < share < 1:
        return "> 99 %"
    return f"{share * 100:.0f} %"


def file_size(count: int | None) -> str:
    """A file's size in decimal units, as download pages show it: "512 ไบต์", "48 KB", "1.2 MB"."""
    if count is None:
        return "–"
    if count < 1000:
        return str(gettext("%(amount)s ไบต์", amount=count))
    power, unit = next(((p, u) for p, u in ((1, "KB"), (2, "MB")) if count < 999.5 * 1000**p), (3, "GB"))
    size = count / 1000**power
    return f"{size:.0f} {unit}" if size >= 10 or unit == "KB" else f"{size:.1f} {unit}"


def hit_parts(snippet: str) -> Iterator[tuple[str, bool]]:
    """Cuts a snippet with `<mark>…</mark>` into (text, is it the hit), so that no template ever trusts HTML."""
    inside = False
    for part in _MARK.split(snippet):
        if part in ("<mark>", "</mark>"):
            inside = part == "<mark>"
        elif part:
            yield unescape(part), inside


def soft_breaks(text: str) -> list[str]:
    """A long name in pieces between which a line may break, so that names unknown to the browser do not tear."""
    return [text]


def url_here(endpoint: str, **values: Any) -> str:
    """`url_for` for templates: the link keeps the language of a page that was opened by `?lang=`."""
    return here(url_for(endpoint, **values))


def known_pages(links: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Of (path, label) those whose path this application serves, so that no menu leads nowhere."""
    served = {rule.rule for rule in current_app.url_map.iter_rules()}
    return [(path, label) for path, label in links if path.partition("?")[0] in served]


# ── registering ──────────────────────────────────────────────────────────────────────────────────────────────────────
def init_app(app: Flask) -> None:
    """Registers the catalogue, the filters and functions of `base.html` and the macros, and `asset()`; sets `Vary`."""
    Babel(
        app,
        default_locale="th",
        default_timezone="Asia/Bangkok",
        default_translation_directories=str(TRANSLATIONS),
        locale_selector=language,
    )
    assets.init_app(app)
    app.jinja_env.filters.update(
        thai_date=thai_date,
        clock_time=clock_time,
        iso=iso,
        number=number,
        percent=percent,
        file_size=file_size,
        localised=localised,
        hit_parts=hit_parts,
        soft_breaks=soft_breaks,
        text_language=text_language,
        here=here,
        known_pages=known_pages,
    )
    app.jinja_env.globals.update(
        language=language,
        text_size=text_size,
        saves_data=saves_data,
        keeps_language=keeps_language,
        page_address=page_address,
        preference_url=preference_url,
        url_for=url_here,
    )
    app.after_request(_vary)


def _vary(response: Response) -> Response:
    """Caches must keep the answers of different choices apart."""
    if g.get("reads_cookie"):
        response.vary.add("Cookie")
    if g.get("reads_save_data"):
        response.vary.add("Save-Data")
    return response
