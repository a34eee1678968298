"""what readers tell

Revision: 0002, after 0001.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portal.db import Moment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=True),
        sa.Column("resource", sa.String(length=70), nullable=True),
        sa.Column("row", sa.Integer(), nullable=True),
        sa.Column("province_code", sa.String(length=2), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("sent_at", Moment(), nullable=False),
        sa.Column("sender", sa.String(length=64), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], name=op.f("fk_feedback_dataset_id_dataset")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
    )
    op.create_index(op.f("ix_feedback_dataset_id"), "feedback", ["dataset_id"])
    op.create_index(op.f("ix_feedback_state"), "feedback", ["state"])
    op.create_index("ix_feedback_sender", "feedback", ["sender", "sent_at"])


def downgrade() -> None:
    op.drop_table("feedback")
