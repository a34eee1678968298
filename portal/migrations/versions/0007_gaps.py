"""where help for each cluster is, and gaps that readers tell; filled by the next `khlang serve`, `khlang harvest` or `khlang check`

Revision: 0007, after 0006.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portal.db import Moment

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cluster_help",
        sa.Column("entity_id", sa.Integer(), nullable=False),
        sa.Column("fits", sa.Integer(), nullable=False),
        sa.Column("in_province", sa.Boolean(), nullable=False),
        sa.Column("in_group", sa.Boolean(), nullable=False),
        sa.Column("in_region", sa.Boolean(), nullable=False),
        sa.Column("nearest_slug", sa.Text(), nullable=False),
        sa.Column("nearest_km", sa.Double(), nullable=True),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name=op.f("fk_cluster_help_entity_id_entity")),
        sa.PrimaryKeyConstraint("entity_id", name=op.f("pk_cluster_help")),
    )
    op.create_table(
        "typed_gap",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("province_code", sa.String(length=2), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("sent_at", Moment(), nullable=False),
        sa.Column("sender", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_typed_gap")),
        sa.UniqueConstraint("sender", name=op.f("uq_typed_gap_sender")),
    )
    op.create_index(op.f("ix_typed_gap_sent_at"), "typed_gap", ["sent_at"])


def downgrade() -> None:
    op.drop_table("typed_gap")
    op.drop_table("cluster_help")
