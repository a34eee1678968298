"""The frame and all pieces in a real browser: nothing too wide, our Thai font, our policy obeyed, keys, paper, choices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, Response, render_template, request

from portal import i18n
from portal.guards import CONTENT_SECURITY_POLICY

PORTAL = i18n.TRANSLATIONS.parent
PATH = "/styleguide"

TOO_WIDE = """() => [...document.querySelectorAll('body *')]
  .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.region, pre, .hidden'))
  .map(e => e.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def base(live_server: Callable[[Flask], str]) -> str:
    """The style page alone, under the portal's own content security policy."""
    app = Flask(
        "portal", root_path=str(PORTAL), template_folder=str(PORTAL.parent / "templates"), static_folder="static"
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    i18n.init_app(app)
    app.add_url_rule(PATH, "styleguide", lambda: render_template("pages/styleguide.html"))
    app.add_url_rule("/preferences", "preferences", lambda: i18n.preferences_response(request.args))

    @app.after_request
    def policy(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        return response

    return live_server(app)


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize(
    ("width", "text"), [(320, "100"), (320, "150"), (360, "125"), (768, "100"), (1280, "100"), (1280, "150")]
)
def test_nothing_is_too_wide(base: str, page: Any, width: int, text: str, language: str) -> None:
    opened = page(width, cookies={"text": text, "lang": language}, base=base)
    opened.goto(PATH)
    opened.evaluate("document.fonts.ready")  # widths are those of the Thai font, and no answer is cut short
    assert opened.evaluate("document.documentElement.scrollWidth") <= width, opened.evaluate(TOO_WIDE)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_policy_holds_and_few_things_are_asked_for(base: str, page: Any, watch: Any, scheme: str) -> None:
    page(360, scheme=scheme).goto(base + PATH, wait_until="networkidle")
    assert watch.errors == []
    assert watch.failed == []
    assert watch.foreign(base) == []
    assert len(watch.requests) <= 6


def test_thai_is_set_in_our_own_font(base: str, page: Any) -> None:
    opened = page(360)
    opened.goto(base + PATH, wait_until="networkidle")
    opened.evaluate("document.fonts.ready")
    session = opened.context.new_cdp_session(opened)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    for selector, weight in (("p.lead", "Regular"), ("h1", "Bold")):
        node = session.send("DOM.querySelector", {"nodeId": root, "selector": selector})["nodeId"]
        fonts = session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
        ours = [font for font in fonts if font["isCustomFont"]]
        assert [font["familyName"] for font in ours] == ["Noto Sans Thai Looped"], (weight, fonts)


def test_swapping_the_font_moves_nothing(base: str, page: Any) -> None:
    """The fallback is stretched to our font's widths; layout shift was what the prototype lost points by."""
    opened = page(360)
    opened.add_init_script(
        "window.moved = 0; new PerformanceObserver(list => { for (const e of list.getEntries()) window.moved += e.value })"
        ".observe({type: 'layout-shift', buffered: true})"
    )
    opened.route("**/*.woff2", lambda route: (opened.wait_for_timeout(400), route.continue_()))
    opened.goto(base + PATH, wait_until="networkidle")
    opened.evaluate("document.fonts.ready")
    assert opened.evaluate("window.moved") <= 0.02


def test_keyboard_skips_to_the_content_and_focus_is_seen(base: str, page: Any) -> None:
    opened = page(1280)
    opened.goto(base + PATH)
    opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.className") == "skip"
    assert opened.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
    opened.keyboard.press("Enter")
    assert opened.evaluate("document.activeElement.id") == "content"
    opened.keyboard.press("Tab")  # the first link of the content
    style = opened.evaluate(
        "(({outlineWidth, boxShadow}) => [outlineWidth, boxShadow])(getComputedStyle(document.activeElement))"
    )
    assert style[0] == "3px"
    assert "6px" in style[1]


def test_regions_that_scroll_can_be_reached_by_keys(base: str, page: Any) -> None:
    opened = page(320)
    opened.goto(base + PATH)
    unreachable = opened.evaluate(
        "[...document.querySelectorAll('main *')].filter(e => e.scrollWidth > e.clientWidth + 1"
        " && ['auto', 'scroll'].includes(getComputedStyle(e).overflowX) && !(e.tabIndex === 0 && e.getAttribute('aria-label')))"
        ".map(e => e.outerHTML.slice(0, 120))"
    )
    assert unreachable == []


def test_targets_are_large_enough(base: str, page: Any) -> None:
    """WCAG 2.2, 2.5.8: 24 by 24 pixels, links inside sentences excepted."""
    opened = page(360)
    opened.goto(base + PATH)
    small = opened.evaluate(
        "[...document.querySelectorAll('a, button, select, summary, input:not([type=hidden])')].filter(e => {"
        " const r = e.getBoundingClientRect(); return r.width && !e.closest('.skip, .print-only, p, dd') && (r.width < 24 || r.height < 24)"
        "}).map(e => e.outerHTML.slice(0, 120))"
    )
    assert small == []


def test_language_and_text_size_without_javascript(base: str, page: Any) -> None:
    opened = page(360, javascript=False, base=base)
    opened.goto(PATH + "?q=x")
    opened.click("a[lang=en]")
    assert opened.url == base + PATH + "?q=x"
    assert opened.locator("html").get_attribute("lang") == "en"
    opened.get_by_role("link", name="Very large text").click()
    assert opened.locator("html").get_attribute("class") == "text-150"


def test_paper_shows_the_source_and_no_buttons(base: str, page: Any) -> None:
    opened = page(1280)
    opened.goto(base + PATH)
    assert not opened.locator(".print-only").is_visible()
    opened.emulate_media(media="print")
    assert opened.locator(".print-only").is_visible()
    for hidden in (".top", ".main-links", ".downloads", ".pagination", ".filter-form"):
        assert not opened.locator(hidden).first.is_visible(), hidden
    assert opened.pdf(format="A4").startswith(b"%PDF")
