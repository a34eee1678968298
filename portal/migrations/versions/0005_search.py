"""what is suggested while somebody types; filled by the next `khlang serve` or `khlang reindex`

Revision: 0005, after 0004.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "suggestion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("later", sa.Boolean(), nullable=False),
        sa.Column("start", sa.LargeBinary(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], name=op.f("fk_suggestion_dataset_id_dataset")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion")),
    )
    op.create_index(op.f("ix_suggestion_dataset_id"), "suggestion", ["dataset_id"])
    op.create_index("ix_suggestion_kind_later_start", "suggestion", ["kind", "later", "start"])


def downgrade() -> None:
    op.drop_table("suggestion")
