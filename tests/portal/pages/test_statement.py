"""The page on access for all says what its file says, and the file is renewed with every release."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from flask.testing import FlaskClient

from portal.pages.statement import statement

CHANGELOG = Path(__file__).resolve().parents[3] / "CHANGELOG.md"


def test_the_last_test_is_not_older_than_the_last_release() -> None:
    released = re.findall(r"(?m)^## \[?\d\S* .*?(\d{4}-\d\d-\d\d)", CHANGELOG.read_text(encoding="utf-8"))
    assert statement()["tested"] >= max(map(date.fromisoformat, released), default=date.min)


def test_the_page_tells_the_day_and_each_known_fault_in_both_languages(client: FlaskClient) -> None:
    for language in ("th", "en"):
        page = client.get(f"/accessibility?lang={language}").text
        assert f'datetime="{statement()["tested"].isoformat()}"' in page
        assert len(statement()["known"]) > 1
        for sentence in statement()["known"]:
            assert sentence[language] in page
    assert 'href="/accessibility"' in client.get("/about").text
