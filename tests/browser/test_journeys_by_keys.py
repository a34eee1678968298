"""Journeys of a reader who has only keys, with JavaScript and without: to a unit that helps, and a mistake told to the publisher."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.test_pages import PAGES, tab_to

WAYS = pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])


@WAYS
def test_a_need_in_plain_words_leads_to_a_unit_and_to_the_row_that_says_so(
    portal: str, page: Callable[..., Any], watch: Any, javascript: bool
) -> None:
    opened = page(360, base=portal, javascript=javascript)
    opened.goto("/")
    tab_to(opened, ".main-links a[href='/match']")
    opened.keyboard.press("Enter")
    opened.wait_for_url("**/match")
    tab_to(opened, "main textarea")
    opened.keyboard.type("ผ้าย้อมคราม ซักแล้วสีตก")
    tab_to(opened, "main select")
    opened.keyboard.type("แพร่")
    tab_to(opened, "main button")
    opened.keyboard.press("Enter")
    opened.wait_for_url("**/match?**")
    reason = tab_to(opened, "main .results li li a")
    quoted = reason.locator("xpath=..").inner_text().split("“")[-1].split("”")[0]
    opened.keyboard.press("Enter")
    opened.wait_for_url("**/resource/**row=**")
    assert quoted in opened.locator("main dl").inner_text()
    opened.go_back()
    title = tab_to(opened, "main .result-title a").inner_text()
    opened.keyboard.press("Enter")
    opened.wait_for_url("**/unit/**")
    assert opened.locator("h1").inner_text().replace("\n", "") == title.replace("\n", "")
    assert opened.locator("a[href^='tel:'], a[href^='mailto:']").count() >= 1
    assert watch.errors == []
    assert watch.foreign(portal) == []


@WAYS
def test_a_mistake_in_a_row_is_told_and_has_a_page_of_its_own(
    portal: str, page: Callable[..., Any], watch: Any, javascript: bool
) -> None:
    opened = page(360, base=portal, javascript=javascript)
    opened.goto(PAGES["row"])
    tab_to(opened, "main a[href^='/report?']")
    opened.keyboard.press("Enter")
    opened.wait_for_url("**/report?**")
    tab_to(opened, "main textarea")
    opened.keyboard.type("จำนวนสมาชิกควรเป็น 18 คน")
    tab_to(opened, "main button")
    opened.keyboard.press("Enter")
    opened.wait_for_url("**/feedback/*")
    assert opened.locator("main a[href*='demo-clusters-upper-north']").count() >= 1
    assert "18 คน" not in opened.content()  # what was written is for the keeper alone
    assert watch.errors == []


@WAYS
def test_the_choices_of_the_header_work_by_keys_and_are_kept(
    portal: str, page: Callable[..., Any], javascript: bool
) -> None:
    opened = page(360, base=portal, javascript=javascript)
    opened.goto(PAGES["dataset"])
    for selector, mark, value in (
        ("header a[lang=en]", "lang", "en"),
        ("header a[href*='text=150']", "class", "text-150"),
    ):
        opened.keyboard.press("Home")
        tab_to(opened, selector)
        opened.keyboard.press("Enter")
        opened.locator(f"html[{mark}='{value}']").wait_for(state="attached")
        assert opened.url.partition("?")[0] == portal + PAGES["dataset"]
    opened.goto("/province")
    assert opened.locator("html[lang=en][class=text-150]").count() == 1
