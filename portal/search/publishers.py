"""Publishers in a filter: by the value that the facet has, or by name in either language where only one is meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from harvesters.thai.names import normalise_company
from portal.catalogue.models import Publisher
from portal.db import db
from portal.search.plan import SearchPlan

LONGEST = 200  # letters of a name that is looked for
SHORTEST_PART = 3  # letters of a piece of a name


def with_publishers(plan: SearchPlan) -> SearchPlan:
    """The plan with publishers by their slugs. A name that none or several bear is left as it is, and finds nothing."""
    asked = plan.filters.get("publisher", ())
    if not asked or set(asked) <= set(db.session.scalars(select(Publisher.slug).where(Publisher.slug.in_(asked)))):
        return plan
    query = select(Publisher.slug, Publisher.title_th, Publisher.title_en)
    names = [
        (slug, [normalise_company(name) for name in (th, en) if name]) for slug, th, en in db.session.execute(query)
    ]
    meant = tuple(dict.fromkeys(publisher_meant(value, names) for value in asked))
    return replace(plan, filters={**plan.filters, "publisher": meant})


def publisher_meant(value: str, names: Sequence[tuple[str, Sequence[str]]]) -> str:
    """The slug of the one publisher that a value names, by its whole name before a piece of it; else the value."""
    name = normalise_company(value) if len(value) <= LONGEST else ""
    if any(slug == value for slug, _ in names) or not name:
        return value
    whole = {slug for slug, known in names if name in known}
    part = {slug for slug, known in names if any(name in one for one in known)} if len(name) >= SHORTEST_PART else set()
    found = whole or part
    return found.pop() if len(found) == 1 else value
