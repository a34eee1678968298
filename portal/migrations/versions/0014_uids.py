"""ids of datasets for other catalogues: a CKAN that harvests them keeps them as its own

Revision: 0014, after 0013.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portal.catalogue.uids import new_uid
from portal.db import Moment

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dataset", sa.Column("uid", sa.String(length=36), nullable=False, server_default=""))
    table = sa.table(
        "dataset", sa.column("id", sa.Integer), sa.column("uid", sa.String), sa.column("created_at", Moment())
    )
    connection = op.get_bind()
    for row in connection.execute(sa.select(table.c.id, table.c.created_at).order_by(table.c.id)).all():
        connection.execute(sa.update(table).where(table.c.id == row.id).values(uid=new_uid(row.created_at)))
    op.create_index(op.f("ix_dataset_uid"), "dataset", ["uid"], unique=True)


def downgrade() -> None:
    op.drop_index(op.f("ix_dataset_uid"), "dataset")
    op.drop_column("dataset", "uid")
