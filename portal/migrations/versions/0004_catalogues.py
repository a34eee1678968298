"""datasets of several files and links: links of a version, what was last said of an item of a catalogue

Revision: 0004, after 0003.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("version", sa.Column("links", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("source_item", sa.Column("stamp", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("source_item", sa.Column("files", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    op.drop_column("source_item", "files")
    op.drop_column("source_item", "stamp")
    op.drop_column("version", "links")
