"""Makes the Flask application out of the rooms."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from flask import Flask
from flask.json.provider import DefaultJSONProvider
from werkzeug.middleware.proxy_fix import ProxyFix

import portal.models  # noqa: F401 - so that every table is known
from portal import compress, conditional, db, guards, i18n
from portal.settings import Settings, load_settings, secret_of

MAX_REQUEST_BYTES = 1 << 20  # nothing is uploaded by a page yet

HERE = Path(__file__).resolve().parent


def templates_folder() -> Path:
    """Return the packaged templates if they exist, else the checkout's."""
    packaged = HERE / "_templates"
    return packaged if packaged.is_dir() else HERE.parent / "templates"


def create_app(settings: Settings | None = None) -> Flask:
    """Return the portal for `settings` (default: those of the environment). The data folder must have been prepared."""
    settings = settings or load_settings()
    app = Flask("portal", root_path=str(HERE), template_folder=str(templates_folder()), static_folder="static")
    app.config.update(
        KHLANG=settings,
        SECRET_KEY=secret_of(settings),
        MAX_CONTENT_LENGTH=MAX_REQUEST_BYTES,
        MAX_FORM_MEMORY_SIZE=200_000,
        MAX_FORM_PARTS=100,
        TRUSTED_HOSTS=list(settings.trusted_hosts),
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.default = iso_json  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )
    db.init_app(app, settings.database)
    i18n.init_app(app)
    guards.init_app(app)
    compress.init_app(app)
    conditional.init_app(app)  # what is registered later runs earlier: the ETag is that of the plain bytes
    register_rooms(app)
    return app


def iso_json(value: object) -> Any:
    """Days and moments in JSON are ISO 8601 (Flask's own would be an HTTP date); all else as Flask does."""
    return value.isoformat() if isinstance(value, date) else DefaultJSONProvider.default(value)


def register_rooms(app: Flask) -> None:
    """Register each room's pages and the search index."""
    from portal import search
    from portal.articles import views as articles
    from portal.catalogue import columns, downloads, joins, places, publishers, resources, wholes
    from portal.catalogue import views as catalogue
    from portal.federation import apipage, feeds
    from portal.federation import views as federation
    from portal.federation.ckan import views as ckan
    from portal.feedback import views as feedback
    from portal.harvest import views as harvest
    from portal.introductions import views as introductions
    from portal.pages import views as pages
    from portal.registry import views as registry
    from portal.registry.meaning import require_extra
    from portal.search import views as search_views

    search.init_app(app)
    if app.config["KHLANG"].semantic:
        require_extra()
    for room in (
        pages,
        search_views,
        catalogue,
        resources,
        downloads,
        places,
        wholes,
        publishers,
        harvest,
        articles,
        feedback,
        columns,
        joins,
        registry,
        introductions,
        federation,
        ckan,
        apipage,
        feeds,
    ):
        app.register_blueprint(room.blueprint)
