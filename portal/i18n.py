"""The two languages of the pages: Thai is the language of the message ids, English a catalogue (`portal/messages.py`).

The door to `choices` (language, text size, links) and `writing` (dates, numbers): what `base.html` and the macros need.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask, Response, g
from flask_babel import Babel  # type: ignore[import-untyped]
from jinja2 import pass_context
from jinja2.runtime import Context

from portal import assets
from portal.choices import (
    here,
    keeps_language,
    known_pages,
    language,
    page_address,
    preference_url,
    preferences_response,
    safe_next,
    saves_data,
    site,
    text_size,
    url_here,
)
from portal.qr import qr_code
from portal.writing import (
    clock_time,
    file_size,
    hit_parts,
    iso,
    localised,
    number,
    percent,
    soft_breaks,
    text_language,
    thai_date,
)

__all__ = ["init_app", "language", "localised", "preferences_response", "safe_next", "thai_date"]

TRANSLATIONS = Path(__file__).resolve().parent / "translations"
FILTERS: tuple[Callable[..., Any], ...] = (
    thai_date,
    clock_time,
    iso,
    number,
    percent,
    file_size,
    localised,
    hit_parts,
    soft_breaks,
    text_language,
    qr_code,
    here,
    known_pages,
)


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
    app.jinja_env.filters.update({function.__name__: _at_request(function) for function in FILTERS})
    app.jinja_env.globals.update(
        language=language,
        text_size=text_size,
        saves_data=saves_data,
        keeps_language=keeps_language,
        page_address=page_address,
        preference_url=preference_url,
        site=site,
        url_for=url_here,
    )
    app.after_request(_vary)


def _at_request(function: Callable[..., Any]) -> Callable[..., Any]:
    """Jinja computes filters of constants once, when it compiles the template; these depend on the reader."""

    @pass_context
    def filter_of_request(_context: Context, *args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return filter_of_request


def _vary(response: Response) -> Response:
    """Caches must keep the answers of different choices apart."""
    if g.get("reads_cookie"):
        response.vary.add("Cookie")
    if g.get("reads_save_data"):
        response.vary.add("Save-Data")
    return response
