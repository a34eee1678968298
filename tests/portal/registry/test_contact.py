"""A contact cell becomes a link only where it is one number, one mail or one page."""

from __future__ import annotations

import pytest

from portal.registry.presenting import contact_link


@pytest.mark.parametrize(
    ("column", "value", "link"),
    [
        ("contact_phone", "053 - 000002", "tel:053000002"),
        ("contact_phone", "+66 53 000 002", "tel:+6653000002"),
        ("contact_phone", "053-000002 ต่อ 12", None),
        ("contact_phone", "053-000002, 053-000003", None),
        ("contact_email", "info@unit.example.ac.th", "mailto:info@unit.example.ac.th"),
        ("contact_email", "info@a.example b@a.example", None),
        ("contact_email", "ไม่มี", None),
        ("website", "https://unit.example.ac.th", "https://unit.example.ac.th"),
        ("website", "javascript:alert(1)", None),
        ("products", "https://unit.example.ac.th", None),
    ],
)
def test_contact_link(column: str, value: str, link: str | None) -> None:
    assert contact_link(column, value) == link
