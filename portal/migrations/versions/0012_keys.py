"""columns by which tables can be joined, with their values; filled by the next `khlang serve`, `khlang harvest` or `khlang worker`

Revision: 0012, after 0011.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "key_column",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("resource", sa.String(length=70), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("distinct", sa.Integer(), nullable=False),
        sa.Column("noughts", sa.Integer(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], name=op.f("fk_key_column_dataset_id_dataset")),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name=op.f("fk_key_column_version_id_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_column")),
    )
    op.create_index(op.f("ix_key_column_dataset_id"), "key_column", ["dataset_id"])
    op.create_index(op.f("ix_key_column_kind"), "key_column", ["kind"])


def downgrade() -> None:
    op.drop_table("key_column")
