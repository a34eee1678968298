"""Search: one plan, engines behind it, an outbox that feeds them."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from sqlalchemy import Engine as Database

from harvesters.packages.store import Store
from portal.errors import PortalError
from portal.search.engines import Engine
from portal.search.rows import RowIndex
from portal.settings import Settings


def init_app(app: Flask) -> None:
    """Give the application its engine and its index of rows."""
    settings: Settings = app.config["KHLANG"]
    folder = settings.home / "index"
    app.extensions["khlang-search"] = chosen_engine(settings.search_engine, folder, app.extensions["khlang-engine"])
    app.extensions["khlang-rows"] = RowIndex(folder, Store(settings.home))


def chosen_engine(name: str, folder: Path, database: Database) -> Engine:
    """The engine that the settings name: over `folder`, or in the catalogue's own database.

    Only its own library is loaded. Raises PortalError("settings-wrong") when that, or the database, is not there.
    """
    if name == "postgres" and database.dialect.name != "postgresql":
        raise PortalError(
            "settings-wrong",
            wrong_th="KHLANG_SEARCH_ENGINE=postgres ต้องใช้กับ KHLANG_DATABASE_URL ที่เป็น PostgreSQL",
            wrong_en="KHLANG_SEARCH_ENGINE=postgres: KHLANG_DATABASE_URL must be PostgreSQL",
        )
    try:
        if name == "postgres":
            from portal.search.engines.postgres import PostgresEngine

            return PostgresEngine(database)
        if name == "tantivy":
            from portal.search.engines.tantivy import TantivyEngine

            return TantivyEngine(folder)
    except ImportError as error:
        extra = {"tantivy": "fast"}.get(name, name)
        raise PortalError(
            "settings-wrong",
            wrong_th=f"KHLANG_SEARCH_ENGINE={name} ยังไม่ได้ติดตั้ง สั่ง pip install 'khlang[{extra}]'",
            wrong_en=f"KHLANG_SEARCH_ENGINE={name}: pip install 'khlang[{extra}]'",
        ) from error
    from portal.search.engines.whoosh import WhooshEngine

    return WhooshEngine(folder)
