"""Brings the database to the schema of this release (Alembic, without an ini file)."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine


def configuration(engine: Engine) -> Config:
    """Alembic's configuration for the migrations of this folder and the database of `engine`."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).resolve().parent))
    config.attributes["engine"] = engine
    return config


def upgrade(engine: Engine) -> None:
    """Take the database to the newest schema; makes it when it is empty."""
    command.upgrade(configuration(engine), "head")


def is_current(engine: Engine) -> bool:
    """Whether the database has the newest schema."""
    head = ScriptDirectory.from_config(configuration(engine)).get_current_head()
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head


def revise(engine: Engine, message: str) -> None:
    """Write a new migration from the difference between the database and the models (for developers)."""
    command.revision(configuration(engine), message=message, autogenerate=True)
