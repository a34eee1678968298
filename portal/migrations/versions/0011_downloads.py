"""how often the files of each version were taken; counted by `khlang worker` from lines that downloads append

Revision: 0011, after 0010.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "download_count",
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=10), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], name=op.f("fk_download_count_dataset_id_dataset")),
        sa.PrimaryKeyConstraint("dataset_id", "version", "form", name=op.f("pk_download_count")),
    )
    op.create_table(
        "download_log",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("counted_bytes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_download_log")),
    )


def downgrade() -> None:
    op.drop_table("download_log")
    op.drop_table("download_count")
