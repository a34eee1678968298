"""Search: one plan, engines behind it, an outbox that feeds them."""

from __future__ import annotations

from flask import Flask

from harvesters.packages.store import Store
from portal.search.engines.whoosh import WhooshEngine
from portal.search.rows import RowIndex


def init_app(app: Flask) -> None:
    """Give the application its engine and its index of rows."""
    settings = app.config["KHLANG"]
    folder = settings.home / "index"
    app.extensions["khlang-search"] = WhooshEngine(folder)
    app.extensions["khlang-rows"] = RowIndex(folder, Store(settings.home))
