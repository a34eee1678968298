"""stored matches; filled by the next `khlang serve`, `khlang worker`, `khlang harvest` or `khlang registry rebuild`

Revision: 0013, after 0012.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from portal.db import Moment

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_entity_kind_updated_at": ["kind", "updated_at"],
    "ix_entity_kind_state_province_code": ["kind", "state", "province_code", "stem", "updated_at"],
    "ix_entity_kind_state_stem": ["kind", "state", "stem", "id"],
}
HELP_INDEX = ["province_code", "subject", "in_province", "in_group", "in_region", "nearest_km"]


def upgrade() -> None:
    op.drop_table("cluster_help")  # can be reckoned again at any time
    op.create_table(
        "match_frame",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.Column("applied", sa.Text(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("holders", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_frame")),
    )
    of_entity(
        "unit_words",
        sa.Column("slug", sa.String(length=70), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        *place(),
    )
    of_entity("cluster_due")
    of_entity(
        "cluster_terms",
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("whole", sa.Double(), nullable=False),
        *place(),
    )
    of_entity(
        "cluster_help",
        sa.Column("frame_id", sa.Integer(), nullable=False),
        sa.Column("province_code", sa.String(length=2), nullable=True),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("best", sa.Double(), nullable=False),
        sa.Column("last", sa.Double(), nullable=False),
        sa.Column("fits", sa.Integer(), nullable=False),
        sa.Column("in_province", sa.Integer(), nullable=False),
        sa.Column("in_group", sa.Integer(), nullable=False),
        sa.Column("in_region", sa.Integer(), nullable=False),
        sa.Column("nearest_slug", sa.Text(), nullable=False),
        sa.Column("nearest_km", sa.Double(), nullable=True),
    )
    op.create_index("ix_cluster_help_province_code", "cluster_help", HELP_INDEX)
    op.create_table(
        "cluster_match",
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("fit", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["cluster_id"], ["entity.id"], name=op.f("fk_cluster_match_cluster_id_entity")),
        sa.ForeignKeyConstraint(["unit_id"], ["entity.id"], name=op.f("fk_cluster_match_unit_id_entity")),
        sa.PrimaryKeyConstraint("cluster_id", "rank", name=op.f("pk_cluster_match")),
    )
    op.create_index("ix_cluster_match_unit_id_score", "cluster_match", ["unit_id", "score"])
    for name, columns in INDEXES.items():
        op.create_index(name, "entity", columns)
    op.execute("INSERT INTO cluster_due (entity_id) SELECT id FROM entity WHERE kind = 'cluster' AND state = 'present'")


def of_entity(name: str, *columns: sa.Column[Any]) -> None:
    """A table with at most one row of an entity."""
    op.create_table(
        name,
        sa.Column("entity_id", sa.Integer(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name=op.f(f"fk_{name}_entity_id_entity")),
        sa.PrimaryKeyConstraint("entity_id", name=op.f(f"pk_{name}")),
    )


def place() -> list[sa.Column[Any]]:
    """Subjects and place, as matching reads them."""
    return [
        sa.Column("subjects", sa.Text(), nullable=False),
        sa.Column("province_code", sa.String(length=2), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
    ]


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, table_name="entity")
    for name in ("cluster_match", "cluster_help", "cluster_terms", "cluster_due", "unit_words", "match_frame"):
        op.drop_table(name)
    of_entity(
        "cluster_help",
        sa.Column("fits", sa.Integer(), nullable=False),
        sa.Column("in_province", sa.Boolean(), nullable=False),
        sa.Column("in_group", sa.Boolean(), nullable=False),
        sa.Column("in_region", sa.Boolean(), nullable=False),
        sa.Column("nearest_slug", sa.Text(), nullable=False),
        sa.Column("nearest_km", sa.Double(), nullable=True),
        sa.Column("mark", sa.Text(), nullable=False),
    )
