"""Search: one plan, engines behind it, an outbox that feeds them."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from harvesters.packages.store import Store
from portal.errors import PortalError
from portal.search.engines import Engine
from portal.search.rows import RowIndex
from portal.settings import Settings


def init_app(app: Flask) -> None:
    """Give the application its engine and its index of rows."""
    settings: Settings = app.config["KHLANG"]
    folder = settings.home / "index"
    app.extensions["khlang-search"] = chosen_engine(settings.search_engine, folder)
    app.extensions["khlang-rows"] = RowIndex(folder, Store(settings.home))


def chosen_engine(name: str, folder: Path) -> Engine:
    """The engine that the settings name. Only its own library is loaded. Raises PortalError("settings-wrong") without it."""
    if name == "tantivy":
        try:
            from portal.search.engines.tantivy import TantivyEngine
        except ImportError as error:
            raise PortalError(
                "settings-wrong", wrong="KHLANG_SEARCH_ENGINE=tantivy: pip install 'khlang[fast]'"
            ) from error
        return TantivyEngine(folder)
    from portal.search.engines.whoosh import WhooshEngine

    return WhooshEngine(folder)
