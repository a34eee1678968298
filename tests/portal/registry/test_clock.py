"""A clock that was set back hides no change of the registry."""

from datetime import timedelta

from portal.db import now, transaction
from portal.registry.actions import settle
from portal.registry.models import Entity


def test_a_change_is_newer_than_all_changes_before_it(app):
    ahead = now() + timedelta(days=365)
    with app.app_context(), transaction() as session:
        for slug, moment in (("a", now()), ("b", ahead)):
            session.add(Entity(kind="unit", slug=slug, name_th=slug, stem=slug, updated_at=moment))
        session.flush()
        changed = session.query(Entity).filter_by(slug="a").one()
        settle(session, [changed.id])
        assert changed.updated_at > ahead
