"""runs that take up the listing of a lost one, and runs that are told to stop

Revision: 0008, after 0007.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portal.db import Moment

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("run") as table:
        table.add_column(sa.Column("resumed_from", sa.Integer(), nullable=True))
        table.add_column(sa.Column("stop_asked_at", Moment(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("run") as table:
        table.drop_column("stop_asked_at")
        table.drop_column("resumed_from")
