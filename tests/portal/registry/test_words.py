"""What the pages of the registry say, in the reader's language."""

from __future__ import annotations

from typing import Any

from flask import Flask

from portal import i18n
from portal.registry.presenting import gap_view


def test_the_nearest_unit_has_its_english_name_on_an_english_page() -> None:
    app = Flask("portal", root_path=str(i18n.TRANSLATIONS.parent))
    i18n.init_app(app)
    nearest: dict[str, Any] = {"unit": "dye", "title": "ศูนย์สีย้อม", "title_en": "Dye Centre", "distance_km": 142.4}
    gap = {"province": "54", "subject": None, "nearest": nearest}
    alone = {**gap, "nearest": {**nearest, "title_en": None}}
    for address, names in (("/?lang=en", ["Dye Centre", "ศูนย์สีย้อม"]), ("/", ["ศูนย์สีย้อม", "ศูนย์สีย้อม"])):
        with app.test_request_context(address):
            shown = [gap_view(one) for one in (gap, alone)]
        assert [one and one["nearest"]["title"] for one in shown] == names
