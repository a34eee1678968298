"""An address is a promise: every one stands in `tests/routes.txt`, and none goes without somebody having taken it out there."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

LIST = Path(__file__).resolve().parent.parent / "routes.txt"


def served(app: Flask) -> list[str]:
    """Every address with its methods, sorted."""
    return sorted(
        f"{','.join(sorted((rule.methods or set()) - {'HEAD', 'OPTIONS'}))} {rule.rule}"
        for rule in app.url_map.iter_rules()
    )


def test_addresses_are_those_that_were_promised(app: Flask) -> None:
    promised = LIST.read_text(encoding="utf-8").splitlines()
    now = served(app)
    assert sorted(set(promised) - set(now)) == [], "these were promised and are gone: let the old address redirect"
    assert sorted(set(now) - set(promised)) == [], f"new addresses: add these lines to {LIST.name}"
    assert promised == sorted(promised)


def test_every_page_has_its_data(app: Flask) -> None:
    """pages.md 2: a `.json` suffix is the same thing as data."""
    paths = {rule.rule for rule in app.url_map.iter_rules()}
    without = {
        "/",
        "/about",
        "/preferences",
        "/styleguide",
        "/healthz",
        "/readyz",
        "/robots.txt",
        "/static/<path:filename>",
    }
    for path in sorted(paths - without):
        if "." not in path.rsplit("/", 1)[-1] and "/source/" in path + "/" and "<" in path:
            assert f"{path}.json" in paths, path
    for path in (
        "/province",
        "/province/<code>",
        "/publisher",
        "/publisher/<slug>",
        "/source",
        "/article",
        "/problems",
        "/search",
    ):
        assert f"{path}.json" in paths
