"""the registry: entities, the rows that speak of them, pairs in doubt; filled by the next `khlang serve` or `khlang check`

Revision: 0006, after 0005.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portal.db import Moment

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "entity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("slug", sa.String(length=70), nullable=False),
        sa.Column("name_th", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("stem", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("province_code", sa.String(length=2), nullable=True),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("joined_id", sa.Integer(), nullable=True),
        sa.Column("subjects", sa.JSON(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["joined_id"], ["entity.id"], name=op.f("fk_entity_joined_id_entity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entity")),
        sa.UniqueConstraint("kind", "slug", name=op.f("uq_entity_kind")),
    )
    op.create_index(op.f("ix_entity_external_id"), "entity", ["external_id"])
    op.create_index(op.f("ix_entity_joined_id"), "entity", ["joined_id"])
    op.create_index("ix_entity_kind_province_code_stem", "entity", ["kind", "province_code", "stem"])
    op.create_index(op.f("ix_entity_province_code"), "entity", ["province_code"])
    op.create_index(op.f("ix_entity_state"), "entity", ["state"])

    op.create_table(
        "doubt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("one_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["one_id"], ["entity.id"], name=op.f("fk_doubt_one_id_entity")),
        sa.ForeignKeyConstraint(["other_id"], ["entity.id"], name=op.f("fk_doubt_other_id_entity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_doubt")),
        sa.UniqueConstraint("one_id", "other_id", name=op.f("uq_doubt_one_id")),
    )
    op.create_index(op.f("ix_doubt_decision"), "doubt", ["decision"])
    op.create_index(op.f("ix_doubt_one_id"), "doubt", ["one_id"])
    op.create_index(op.f("ix_doubt_other_id"), "doubt", ["other_id"])

    op.create_table(
        "integrated",
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], name=op.f("fk_integrated_dataset_id_dataset")),
        sa.PrimaryKeyConstraint("dataset_id", name=op.f("pk_integrated")),
    )
    op.create_table(
        "mention",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entity_id", sa.Integer(), nullable=False),
        sa.Column("before_id", sa.Integer(), nullable=True),
        sa.Column("joined_by", sa.String(length=15), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("resource", sa.String(length=70), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["before_id"], ["entity.id"], name=op.f("fk_mention_before_id_entity")),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], name=op.f("fk_mention_dataset_id_dataset")),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name=op.f("fk_mention_entity_id_entity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mention")),
        sa.UniqueConstraint("dataset_id", "key", name=op.f("uq_mention_dataset_id")),
    )
    op.create_index(op.f("ix_mention_before_id"), "mention", ["before_id"])
    op.create_index(op.f("ix_mention_dataset_id"), "mention", ["dataset_id"])
    op.create_index(op.f("ix_mention_entity_id"), "mention", ["entity_id"])
    op.create_index(op.f("ix_mention_parent"), "mention", ["parent"])


def downgrade() -> None:
    for table in ("mention", "integrated", "doubt", "entity"):
        op.drop_table(table)
