"""axe-core on every kind of page, in Thai and in English: nothing that WCAG 2.2 AA forbids and a program can see.

`make test` looks at one width in light; the whole matrix of widths and schemes has the marker `full` (`make test-full`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from tests.browser.test_pages import PAGES

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDTHS = (360, 768, 1280)
RUN = "tags => axe.run({runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})"
PLANTED = {
    "image-alt": "<img src='/static/logo.svg'>",
    "label": "<input>",
    "list": "<ul><p>x</p></ul>",
    "scrollable-region-focusable": f"<pre style='overflow: auto; width: 5rem'>{'x' * 99}</pre>",
    "target-size": "<a href='/' style='display: block; font-size: 6px; line-height: 1'>x</a>" * 2,
    "color-contrast": "<p style='color: #777; background: #888'>pale words</p>",
}


def violations(opened: Any) -> list[str]:
    """What axe finds on a page whose every `<details>` is open: the rule, the element and what is wrong with it."""
    opened.evaluate("document.fonts.ready")
    opened.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    opened.evaluate(AXE_SCRIPT)
    return [
        f"{found['id']}: {node['html'][:160]} {'; '.join(why['message'] for why in node['any'] + node['all'] + node['none'])}"
        for found in opened.evaluate(RUN, TAGS)["violations"]
        for node in found["nodes"]
    ]


def in_language(opened: Any, portal: str, language: str, name: str) -> Any:
    """The page in one language, as a reader who chose it gets it."""
    opened.context.add_cookies([{"name": "lang", "value": language, "url": portal}])
    opened.goto(PAGES[name], wait_until="load")
    return opened


@pytest.mark.parametrize("name", PAGES)
def test_no_barrier(portal: str, page: Callable[..., Any], name: str) -> None:
    opened = page(360, base=portal, bypass_csp=True)
    for language in ("th", "en"):
        assert violations(in_language(opened, portal, language, name)) == [], language


@pytest.mark.full
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_no_barrier_at_any_width_or_scheme(portal: str, page: Callable[..., Any], name: str, scheme: str) -> None:
    opened = page(360, base=portal, bypass_csp=True, scheme=scheme)
    for language in ("th", "en"):
        for width in WIDTHS:
            opened.set_viewport_size({"width": width, "height": 800})
            assert violations(in_language(opened, portal, language, name)) == [], (language, width)


@pytest.mark.parametrize("rule", PLANTED)
def test_a_planted_barrier_is_found(portal: str, page: Callable[..., Any], rule: str) -> None:
    """The checker runs on our pages, with the rules that we mean."""
    opened = in_language(page(360, base=portal, bypass_csp=True), portal, "th", "about")
    opened.evaluate("html => document.querySelector('main').insertAdjacentHTML('beforeend', html)", PLANTED[rule])
    assert {found.partition(":")[0] for found in violations(opened)} == {rule}
