"""The demonstration: the sources that ship with the portal, registered as any other source would be."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from harvesters import bundled
from portal.catalogue.actions import ensure_publisher
from portal.db import transaction
from portal.harvest.models import Source


def add_demo_sources() -> list[str]:
    """Register the bundled demonstration sources that are not there yet; return the slugs of all of them."""
    slugs = []
    with transaction() as session:
        for told in bundled.demo_sources():
            slugs.append(str(told["slug"]))
            if session.scalar(select(Source.id).where(Source.slug == told["slug"])) is not None:
                continue
            publisher = ensure_publisher(session, told["publisher"])
            session.add(
                Source(
                    slug=told["slug"],
                    kind=told["kind"],
                    url=told["path"],
                    local=True,
                    title_th=told["title"]["th"],
                    title_en=told["title"]["en"],
                    publisher_id=publisher.id,
                    province_code=told.get("province"),
                    profile=told.get("profile"),
                    options=told.get("options", {}),
                    details=details_of(told),
                )
            )
    return slugs


def details_of(told: Any) -> dict[str, Any]:
    """The metadata that a demonstration source gives to its datasets."""
    return {
        "title_th": told["title"]["th"],
        "title_en": told["title"]["en"],
        "notes_th": told["description"]["th"],
        "notes_en": told["description"]["en"],
        **told.get("metadata", {}),
    }
