"""columns across all tables, filled from the current versions

Revision: 0003, after 0002.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portal.catalogue.actions import column_entries

COLUMNS = ("dataset_id", "resource", "position", "name", "title_th", "title_en", "type", "filled", "rows", "folded")

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "column_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("resource", sa.String(length=70), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title_th", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("filled", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], name=op.f("fk_column_entry_dataset_id_dataset")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_column_entry")),
    )
    op.create_index(op.f("ix_column_entry_dataset_id"), "column_entry", ["dataset_id"])
    fill(op.get_bind())


def fill(connection: sa.Connection) -> None:
    """Write the columns of the versions that are current already."""
    entry = sa.table("column_entry", *map(sa.column, COLUMNS))
    tables = connection.execute(
        sa.text(
            "SELECT dataset.id, resource.name, resource.schema, resource.columns, resource.rows"
            " FROM resource JOIN dataset ON dataset.current_version_id = resource.version_id"
        ).columns(
            sa.column("id", sa.Integer()),
            sa.column("name", sa.String()),
            sa.column("schema", sa.JSON()),
            sa.column("columns", sa.JSON()),
            sa.column("rows", sa.Integer()),
        )
    )
    for dataset_id, resource, schema, profiles, rows in tables.all():
        entries = list(column_entries(dataset_id, resource, schema["fields"], profiles, rows))
        if entries:
            connection.execute(sa.insert(entry), entries)


def downgrade() -> None:
    op.drop_table("column_entry")
