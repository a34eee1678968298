"""The audit table can't be edited silently."""

from sqlalchemy import select, update

from portal.accounts.actions import broken_entries, record
from portal.accounts.models import AuditEntry
from portal.db import transaction


def test_a_changed_entry_and_a_removed_one_show(app):
    with app.app_context():
        for number in range(4):
            with transaction() as session:
                record(session, actor="ก", action="test", subject=str(number), details={"n": number})
        with transaction() as session:
            assert broken_entries(session) == []
            session.execute(update(AuditEntry).where(AuditEntry.id == 2).values(actor="ข"))
        with transaction() as session:
            assert broken_entries(session) == [2]
            session.delete(session.scalars(select(AuditEntry).where(AuditEntry.id == 3)).one())
            session.flush()
            assert broken_entries(session) == [2, 4]
