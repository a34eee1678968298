"""Sheets of paper: no navigation, all columns of a table, and at the end the source, the day and the address as a QR code."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import segno

from tests.browser.test_pages import PAGES

SHEETS = {  # page → what its source line must say
    "dataset": "/dataset/demo-clusters-upper-north@v1",
    "resource": "/dataset/demo-clusters-upper-north@v1/resource/02-clusters-upper-north",
    "row": "/dataset/demo-clusters-upper-north@v1/resource/02-clusters-upper-north?row=3",
    "report": "/dataset/demo-clusters-upper-north@v1/report",
    "article": PAGES["article"],
    "province": PAGES["province"],
    "gaps": "/gaps?km=120",
    "cluster": PAGES["cluster"],
    "unit": PAGES["unit"],
}
SQUARES = """([path, side]) => [...Array(side).keys()].map(y => [...Array(side).keys()].map(x =>
  +path.isPointInStroke(new DOMPoint(x + .5, y + .5))))"""
A4_PIXELS = round((210 - 2 * 16) / 25.4 * 96)  # what is left of a sheet's width between its margins


@pytest.mark.parametrize("name", SHEETS)
def test_sheet(portal: str, page: Callable[..., Any], name: str) -> None:
    opened = page(A4_PIXELS, base=portal)
    opened.goto(PAGES[name], wait_until="load")
    title = " ".join(opened.locator("h1").inner_text().split())
    opened.emulate_media(media="print")
    for gone in (".top", ".main-links", ".breadcrumb", "main form", "main .button", "main summary:not(.repairs *)"):
        assert not any(one.is_visible() for one in opened.locator(gone).all()), gone
    line = opened.locator(".print-source")
    words = " ".join(line.inner_text().split())
    assert portal + SHEETS[name] in words
    assert re.search(r"\d{1,2} \S+ 25\d\d \(20\d\d-\d\d-\d\d\)", words), words
    if name in ("dataset", "article", "cluster", "unit"):
        assert title.replace(" ", "") in words.replace(" ", "")
    assert opened.evaluate("document.documentElement.scrollWidth") <= A4_PIXELS + 1
    assert sheets(opened.pdf(format="A4")) <= 6


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize("name", SHEETS)
def test_qr_code_is_the_address(portal: str, page: Callable[..., Any], name: str, language: str) -> None:
    opened = page(1280, base=portal, cookies={"lang": language})
    opened.goto(PAGES[name], wait_until="load")
    opened.emulate_media(media="print")
    address = portal + SHEETS[name]
    if language == "en":
        address += ("&" if "?" in address else "?") + "lang=en"
    code = opened.locator(".print-source svg")
    assert code.bounding_box()["width"] > 90  # 24 mm and more, in pixels of 96 an inch
    assert code.get_attribute("aria-label")
    wanted = [list(row) for row in segno.make(address, error="m", micro=False, boost_error=False).matrix_iter(border=4)]
    assert opened.evaluate(SQUARES, [code.locator("path").element_handle(), len(wanted)]) == wanted


def test_a_printed_dataset_has_its_data_dictionary(portal: str, page: Callable[..., Any]) -> None:
    opened = page(1280, base=portal)
    opened.goto(PAGES["dataset"], wait_until="load")
    meaning = opened.locator("#field-cluster_id")
    assert not meaning.is_visible()
    opened.emulate_media(media="print")
    assert meaning.is_visible()


def sheets(pdf: bytes) -> int:
    """The number of sheets of a PDF as Chromium writes it."""
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))
