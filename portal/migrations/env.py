"""Alembic's entry: runs the migrations on the engine that `portal.migrations` was given."""

from __future__ import annotations

from alembic import context

from portal.models import Base

engine = context.config.attributes["engine"]

with engine.execution_options(writes=True).connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
