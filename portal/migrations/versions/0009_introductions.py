"""who asked to be introduced to a research unit, and the links by which units answer

Revision: 0009, after 0008.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portal.db import Moment

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "introduction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("cluster_id", sa.Integer(), nullable=True),
        sa.Column("province_code", sa.String(length=2), nullable=False),
        sa.Column("group_name", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("sent_at", Moment(), nullable=False),
        sa.Column("sender", sa.String(length=64), nullable=True),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("answer", sa.String(length=10), nullable=True),
        sa.Column("answer_words", sa.Text(), nullable=False),
        sa.Column("outcome_at", Moment(), nullable=True),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.Column("outcome_words", sa.Text(), nullable=False),
        sa.Column("forgotten_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["entity.id"], name=op.f("fk_introduction_unit_id_entity")),
        sa.ForeignKeyConstraint(["cluster_id"], ["entity.id"], name=op.f("fk_introduction_cluster_id_entity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_introduction")),
    )
    for column in ("unit_id", "cluster_id", "sent_at"):
        op.create_index(op.f(f"ix_introduction_{column}"), "introduction", [column])
    op.create_index("ix_introduction_sender", "introduction", ["sender", "sent_at"])
    op.create_table(
        "introduction_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("introduction_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=10), nullable=False),
        sa.Column("nonce", sa.String(length=43), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("used_at", Moment(), nullable=True),
        sa.Column("sent_at", Moment(), nullable=True),
        sa.Column("reason", sa.String(length=12), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["introduction_id"], ["introduction.id"], name=op.f("fk_introduction_link_introduction_id_introduction")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_introduction_link")),
    )
    op.create_index("uq_introduction_link_step", "introduction_link", ["introduction_id", "step"], unique=True)
    op.create_index(op.f("ix_introduction_link_next_try_at"), "introduction_link", ["next_try_at"])


def downgrade() -> None:
    op.drop_table("introduction_link")
    op.drop_table("introduction")
