"""The frame and the pieces: valid HTML, nothing inline, light enough, readable in both schemes, nothing from elsewhere."""

from __future__ import annotations

import gzip
import hashlib
import re
import tomllib
from collections import Counter
from pathlib import Path

import html5lib
import pytest
from flask import Flask, render_template
from flask.testing import FlaskClient

from portal import i18n

PORTAL = i18n.TRANSLATIONS.parent
STATIC = PORTAL / "static"
TEMPLATES = PORTAL.parent / "templates"
STYLE = (STATIC / "khlang.css").read_text(encoding="utf-8")


@pytest.fixture
def client() -> FlaskClient:
    app = Flask("portal", root_path=str(PORTAL), template_folder=str(TEMPLATES), static_folder="static")
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    i18n.init_app(app)
    app.add_url_rule(
        "/styleguide", "styleguide", lambda: render_template("pages/styleguide.html", last_harvest="2026-11-24")
    )
    return app.test_client()


@pytest.fixture(params=["th", "en"])
def page(request: pytest.FixtureRequest, client: FlaskClient) -> str:
    return client.get(f"/styleguide?lang={request.param}").text


def test_page_is_valid_html(page: str) -> None:
    html5lib.HTMLParser(strict=True).parse(page)


def test_title_begins_with_the_only_heading_of_its_level(page: str) -> None:
    (heading,) = re.findall(r"<h1[^>]*>(.*?)</h1>", page)
    assert re.search(r"<title>(.*?)</title>", page)[1].startswith(heading)  # type: ignore[index]
    assert re.search(r'<html lang="(th|en)"', page)
    for landmark in ("<header", "<main", "<footer", 'role="search"', 'class="skip" href="#content"', 'rel="canonical"'):
        assert landmark in page


def test_ids_are_unique_and_anchors_and_labels_lead_somewhere(page: str) -> None:
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert [name for name, count in Counter(ids).items() if count > 1] == []
    wanted = re.findall(r'(?:href="#|\sfor="|aria-labelledby="|aria-describedby=")([^"]+)"', page)
    assert sorted(set(wanted) - set(ids)) == []


def test_text_size_and_thrift_are_classes(client: FlaskClient) -> None:
    plain = client.get("/styleguide").text
    assert '<html lang="th">' in plain
    assert 'rel="preload"' in plain
    client.set_cookie("text", "150")
    thrifty = client.get("/styleguide", headers={"Save-Data": "on"}).text
    assert '<html lang="th" class="text-150 plain-font">' in thrifty
    assert "woff2" not in thrifty


@pytest.mark.parametrize(
    "template", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES))
)
def test_nothing_inline_and_nothing_trusted(template: Path) -> None:
    """The content security policy forbids inline scripts and styles; `|safe` is forbidden by the house."""
    text = re.sub(r"\{#.*?#\}", "", template.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", text)
    assert not re.search(r"<script(?![^>]*(?:\ssrc=|application/ld\+json))", text)
    assert not re.search(r"\|\s*safe\b|autoescape", text)
    assert not re.search(r"(?:src|srcset|@import)[=\s]*[\"']?(?:https?:)?//", text)


@pytest.mark.parametrize("template", sorted((TEMPLATES / "macros").glob("*.html")), ids=lambda path: path.name)
def test_every_piece_says_what_it_takes_and_is_shown(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert text.startswith("{#")
    comment = text.split("#}")[0]
    shown = (TEMPLATES / "pages" / "styleguide.html").read_text() + (TEMPLATES / "base.html").read_text()
    for name in re.findall(r"\{% macro (\w+)\(", text):
        assert name in comment or name in ("choices", "page_href"), f"{name} is not documented"
    assert f"macros/{template.name}" in shown


def test_style_and_fonts_are_light() -> None:
    assert len(gzip.compress(STYLE.encode())) <= 8 * 1024
    assert sum(path.stat().st_size for path in STATIC.glob("*.woff2")) <= 24 * 1024
    assert (STATIC / "logo.svg").stat().st_size <= 2048


def test_style_asks_for_files_that_are_there_and_for_none_elsewhere() -> None:
    asked = re.findall(r"url\(([^)]+)\)", STYLE)
    assert asked
    assert all((STATIC / name.strip("\"'")).is_file() for name in asked)
    assert "@import" not in STYLE


def test_style_keeps_thai_whole() -> None:
    for wrong in ("break-all", "hyphens:", "letter-spacing", "italic"):
        assert wrong not in STYLE
    assert set(re.findall(r"font-weight: (\w+)", STYLE)) == {"400", "700"}


def test_classes_of_the_pieces_are_in_the_style(page: str) -> None:
    used = {name for names in re.findall(r'class="([^"]+)"', page) for name in names.split()}
    known = set(re.findall(r"\.([a-z][a-z0-9-]*)", STYLE))
    assert sorted(used - known - {"notice-info", "is-info"}) == []  # those two look as the piece does without them


def test_what_others_made_is_named_with_licence_and_unchanged() -> None:
    vendor = tomllib.loads((STATIC / "vendor.toml").read_text(encoding="utf-8"))
    named = {entry["path"] for entry in vendor["file"]}
    assert named == {path.name for path in STATIC.glob("*.woff2")}
    for entry in vendor["file"]:
        assert hashlib.sha256((STATIC / entry["path"]).read_bytes()).hexdigest() == entry["sha256"]
    for entry in vendor["file"] + vendor["inline"]:
        assert (STATIC / entry["licence_file"]).read_text(encoding="utf-8").strip()


def test_static_files_with_a_mark_are_kept_for_a_year(client: FlaskClient) -> None:
    address = re.search(r'href="(/static/khlang.css\?v=[0-9a-f]{10})"', client.get("/styleguide").text)
    assert address
    for path, kept in ((address[1], True), ("/static/khlang.css", False), ("/static/thai-5.3.0-400.woff2", True)):
        with client.get(path) as answer:
            assert ("immutable" in answer.headers.get("Cache-Control", "")) is kept


def palette(dark: bool) -> dict[str, str]:
    """The colours by name, those of the dark scheme laid over the light ones."""
    light, rest = STYLE.split("@media (prefers-color-scheme: dark)", 1)
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]+);", light))
    if dark:
        colours |= dict(re.findall(r"--([a-z-]+): (#[0-9a-f]+);", rest.split("/* ── base")[0]))
    return colours


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio, WCAG 2.2."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


READABLE = [
    *[(front, back) for front in ("text", "quiet", "link", "ok", "warning", "error") for back in ("paper", "tint")],
    ("text", "mark"), ("ok", "ok-tint"), ("warning", "warning-tint"), ("error", "error-tint"), ("link", "info-tint"),
    ("link", "ok-tint"), ("link", "warning-tint"), ("link", "error-tint"), ("button-text", "button"),
    ("button-text", "button-down"), ("gold", "indigo"),
]  # fmt: skip


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_colours_are_readable(dark: bool) -> None:
    colours = palette(dark)
    weak = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in READABLE}
    assert {pair: round(ratio, 2) for pair, ratio in weak.items() if ratio < 4.5} == {}
    assert contrast(colours["edge"], colours["paper"]) >= 3  # borders of fields
    assert max(contrast(colours["focus"], colours[back]) for back in ("paper", "ring")) >= 3
    assert contrast(colours["focus"], colours["ring"]) >= 3
