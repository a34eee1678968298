"""Every kind of page of the demonstration in a real browser: nothing too wide, nothing broken, light, readable by keys alone."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

TABLE = "/dataset/demo-clusters-upper-north/resource/02-clusters-upper-north"

# name → address. Answers other than 200 are in STATUS.
PAGES = {
    "home": "/",
    "search": f"/search?q={quote('ผ้าไหม')}",
    "search-rows": f"/search?kind=row&q={quote('ผ้า')}",
    "search-none": "/search?q=zzxqv",
    "datasets": "/search?kind=dataset",
    "dataset": "/dataset/demo-clusters-upper-north",
    "dataset-two-tables": "/dataset/demo-research-central",
    "dataset-people-dropped": "/dataset/demo-clusters-with-people",
    "dataset-old-version": "/dataset/office-chiangmai@v1",
    "dataset-of-the-registry": "/dataset/khlang-matches",
    "resource-of-the-registry": "/dataset/khlang-clusters/resource/clusters?f.province_code=50",
    "resource": TABLE,
    "resource-filtered": f"{TABLE}?f.province={quote('แพร่')}&f.registered_on.gte={quote('1 ม.ค. 2545')}&sort=-members",
    "resource-chart": f"{TABLE}?chart=district",
    "resource-chart-sums": f"{TABLE}?chart=province_code&how=sum&measure=members&f.members.gte=10",
    "joins": "/dataset/demo-research-central/joins",
    "row": f"{TABLE}?row=3",
    "report": "/dataset/demo-clusters-upper-north/report",
    "report-people-dropped": "/dataset/demo-clusters-with-people/report",
    "changes": "/dataset/office-chiangmai/changes",
    "provinces": "/province",
    "province": "/province/54",
    "province-empty": "/province/56",
    "publishers": "/publisher",
    "publisher": "/publisher/demo-university-isan",
    "sources": "/source",
    "source": "/source/demo-central-folder",
    "source-held": "/source/office-people",
    "run": "/source/demo-central-folder/run/1",
    "run-held": "/source/office-people/run/1",
    "articles": "/article",
    "article": "/article/read-a-report",
    "article-figure": "/article/guide-for-researchers",
    "problems": "/problems",
    "clusters": "/cluster",
    "units": "/unit?province=50",
    "match": f"/match?need={quote('ผ้าย้อมคราม ซักแล้วสีตก')}&province=54",
    "match-empty": "/match",
    "cluster": "/cluster/community-enterprises-kradatsa-ban-bo-demo-6229d1",
    "unit": "/unit/natural-dye-and-textile-research-centre-6d08b1",
    "introduction": "/unit/natural-dye-and-textile-research-centre-6d08b1/introduction?province=54",
    "introductions": "/introductions",
    "gaps": "/gaps",
    "columns": "/columns?q=province",
    "report-mistake": "/report",
    "request": "/request",
    "feedback": "/feedback",
    "feedback-entry": "/feedback/1",
    "about": "/about",
    "api": "/api/",
    "accessibility": "/accessibility",
    "glossary": "/glossary",
    "not-found": "/dataset/nothing-of-this-name",
    "withdrawn": "/dataset/demo-clusters-korat",
    "styleguide": "/styleguide",
}
STATUS = {"not-found": 404, "withdrawn": 410}
KILOBYTES = 45
LONG = {
    "problems": 60,
    "request": 60,
    "match-empty": 60,
    "match": 60,
    "clusters": 60,
    "units": 60,
    "introduction": 60,
    "resource-of-the-registry": 60,
    "gaps": 75,
}  # a long list or table, a map
REQUESTS = 6

TOO_WIDE = """() => [...document.querySelectorAll('body *')]
  .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.region, pre, .hidden'))
  .map(e => e.outerHTML.slice(0, 120))"""
SMALL = """() => [...document.querySelectorAll('a, button, select, summary, input:not([type=hidden])')].filter(e => {
  const r = e.getBoundingClientRect();
  return r.width && !e.closest('.skip, .print-only, p, dd, .hint, main li') && (r.width < 24 || r.height < 24)
}).map(e => e.outerHTML.slice(0, 120))"""
UNREACHABLE = """() => [...document.querySelectorAll('main *')].filter(e => e.scrollWidth > e.clientWidth + 1
  && ['auto', 'scroll'].includes(getComputedStyle(e).overflowX) && !(e.tabIndex === 0 && e.getAttribute('aria-label')))
  .map(e => e.outerHTML.slice(0, 120))"""
UNNAMED = """() => [...document.querySelectorAll('a, button, input:not([type=hidden]), select, summary')].filter(e =>
  !(e.textContent || '').trim() && !(e.labels && e.labels.length) && !e.getAttribute('aria-label'))
  .map(e => e.outerHTML.slice(0, 120))"""
LEAKED = re.compile(r"\b(None|undefined|NaN|nan|True|False|Traceback)\b|\{\{|\{%|%\(")


class Weight:
    """The bytes and requests of a page as they came over the wire."""

    def __init__(self, page: Any) -> None:
        self.bytes, self.requests = 0, 0
        session = page.context.new_cdp_session(page)
        session.on("Network.loadingFinished", self._add)
        session.send("Network.enable")

    def _add(self, event: dict[str, Any]) -> None:
        self.bytes += int(event["encodedDataLength"])
        self.requests += 1


@pytest.mark.parametrize("name", PAGES)
def test_page(portal: str, page: Callable[..., Any], watch: Any, name: str) -> None:
    opened = page(360, base=portal)
    weight = Weight(opened)
    for language, widths in (("th", (320, 360, 1280)), ("en", (320, 1280))):
        opened.context.add_cookies([{"name": "lang", "value": language, "url": portal}])
        answer = opened.goto(PAGES[name], wait_until="load")
        opened.evaluate("document.fonts.ready")
        assert answer.status == STATUS.get(name, 200)
        if language == "th":  # the first view, with nothing kept yet; the icon of the tab may come later than the page
            icon = any("logo.svg" in address for address in watch.requests)
            assert weight.requests + (not icon) <= REQUESTS, watch.requests
            assert weight.bytes <= LONG.get(name, KILOBYTES) * 1000, weight.bytes
        check_words(opened, language)
        check_layout(opened, widths)
    own = f"the server responded with a status of {STATUS.get(name)}"  # Chromium's own word about the page asked for
    assert [error for error in watch.errors if own not in error] == []
    assert [failed for failed in watch.failed if not failed.startswith(f"{STATUS.get(name)} ")] == []
    assert watch.foreign(portal) == []


def check_words(opened: Any, language: str) -> None:
    """The language is told, there is one heading and the title begins with it, and nothing of the machine shows."""
    assert opened.locator("html").get_attribute("lang") == language
    heading = opened.locator("h1")
    assert heading.count() == 1
    assert opened.title().startswith(plain(heading.text_content())), (opened.title(), heading.text_content())
    assert LEAKED.search(opened.locator("main").inner_text()) is None


def check_layout(opened: Any, widths: tuple[int, ...]) -> None:
    """Nothing sticks out at any width; what scrolls can be reached by keys; targets are large enough and have names."""
    assert opened.evaluate(UNNAMED) == []
    for width in widths:
        opened.set_viewport_size({"width": width, "height": 800})
        assert opened.evaluate("document.documentElement.scrollWidth") <= width, opened.evaluate(TOO_WIDE)
        assert opened.evaluate(UNREACHABLE) == [], width
        assert opened.evaluate(SMALL) == [], width


def tab_to(opened: Any, selector: str, most: int = 80) -> Any:
    """Press Tab until something of `selector` has the focus."""
    wanted = opened.locator(f":is({selector}):focus")
    for _ in range(most):
        opened.keyboard.press("Tab")
        if wanted.count():
            return wanted
    raise AssertionError(f"{selector} was not reached by {most} tabs on {opened.url}")


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])
def test_keys_alone_lead_from_a_word_to_the_file_and_the_file_holds_what_the_page_shows(
    portal: str, page: Callable[..., Any], watch: Any, tmp_path: Path, javascript: bool
) -> None:
    opened = page(360, base=portal, javascript=javascript)
    opened.goto("/")
    tab_to(opened, "input[name=q]")
    opened.keyboard.type("ลำปาง แพร่")
    opened.keyboard.press("Enter")
    opened.wait_for_url("**/search?**")
    tab_to(opened, "main .results a[href$='/dataset/demo-clusters-upper-north']")
    opened.keyboard.press("Enter")
    opened.wait_for_url("**/dataset/demo-clusters-upper-north")
    tab_to(opened, "a[href*='.csv'][download]")
    with opened.expect_download() as download:
        opened.keyboard.press("Enter")
    taken = download.value
    assert re.fullmatch(r"demo-clusters-upper-north_\d{4}-\d{2}-\d{2}_v1\.csv", taken.suggested_filename) or (
        taken.suggested_filename.endswith(".csv") and "ลำปาง" in taken.suggested_filename
    )
    taken.save_as(tmp_path / "taken.csv")
    with (tmp_path / "taken.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    shown = shown_rows(opened)
    assert len(shown) == 10
    for row, cells in zip(rows, shown, strict=False):
        assert [plain(value) for value in row.values()] == cells
    assert watch.errors == []


def shown_rows(opened: Any) -> list[list[str]]:
    """The cells of the first table of a page, days as ISO 8601 and numbers without commas, as a file has them."""
    found = []
    for row in opened.locator("table.rows").first.locator("tbody tr").all():
        cells = row.locator("th, td").all()
        found.append([machine_text(cell) for cell in cells])
    return found


def machine_text(cell: Any) -> str:
    day = cell.locator("time")
    if day.count():
        return str(day.get_attribute("datetime"))
    text = plain(cell.text_content())
    return text.replace(",", "") if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", text) else text


def plain(text: str) -> str:
    """Text as a page can show it: a run of blanks is one."""
    return " ".join(text.split())


def test_rows_are_filtered_by_a_form_without_javascript_and_the_file_is_what_was_filtered(
    portal: str, page: Callable[..., Any], tmp_path: Path
) -> None:
    opened = page(360, base=portal, javascript=False)
    opened.goto(TABLE)
    opened.get_by_text("กรองแถว", exact=True).click()
    opened.get_by_label("คอลัมน์", exact=True).select_option(label="รหัสจังหวัด")
    opened.get_by_label("เงื่อนไข").select_option("eq")
    opened.get_by_label("ค่า").fill("54")
    opened.get_by_role("button", name="กรอง", exact=True).click()
    narrow = opened.locator("table.rows tbody tr").count()
    assert 1 <= narrow < 11

    opened.get_by_text("กรองแถว", exact=True).click()  # a second condition joins the first
    opened.get_by_label("คอลัมน์", exact=True).select_option(label="วันที่จดทะเบียน")
    opened.get_by_label("เงื่อนไข").select_option("gte")
    opened.get_by_label("ค่า").fill("1 ม.ค. 2450")
    opened.get_by_role("button", name="กรอง", exact=True).click()
    assert opened.locator("main .chips .chip", has_text="รหัสจังหวัด").count() == 1
    assert opened.locator("main .chips .chip", has_text="1 ม.ค. 2450").count() == 1
    assert opened.locator("table.rows tbody tr").count() == narrow
    with opened.expect_download() as download:
        opened.locator("a[href*='.csv'][download]").first.click()
    download.value.save_as(tmp_path / "filtered.csv")
    with (tmp_path / "filtered.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [[plain(value) for value in row.values()] for row in rows] == shown_rows(opened)
    assert {row["province_code"] for row in rows} == {"54"}


def test_a_row_says_what_it_is_about_and_leads_back(portal: str, page: Callable[..., Any]) -> None:
    opened = page(360, base=portal)
    opened.goto(TABLE)
    first = opened.locator("table.rows tbody tr").nth(1)
    name = first.locator("td").nth(1).inner_text()
    first.locator("a").click()
    assert opened.locator("h1").inner_text().replace("\n", "") == name.replace("\n", "")
    opened.get_by_role("link", name="ดูทั้งตาราง").click()
    assert opened.url == portal + TABLE


@pytest.mark.parametrize("name", ["home", "search", "dataset", "resource", "report"])
def test_dark_pages_are_dark_and_legible(portal: str, page: Callable[..., Any], watch: Any, name: str) -> None:
    opened = page(360, base=portal, scheme="dark")
    opened.goto(PAGES[name], wait_until="load")
    paper, ink = opened.evaluate(
        "[getComputedStyle(document.documentElement).backgroundColor, getComputedStyle(document.body).color]"
    )
    assert brightness(paper) < 0.1
    assert brightness(ink) > 0.7
    assert watch.errors == []


def brightness(colour: str) -> float:
    """Relative luminance of a CSS colour as WCAG 2.2 defines it."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_text_at_double_size_still_fits(portal: str, page: Callable[..., Any]) -> None:
    opened = page(320, base=portal, cookies={"text": "150"})
    for name in ("home", "search", "dataset", "resource", "report", "province"):
        opened.goto(PAGES[name])
        assert opened.evaluate("document.documentElement.scrollWidth") <= 320, (name, opened.evaluate(TOO_WIDE))


def test_suggestions_open_below_the_box_and_are_reached_and_left_by_keys(
    portal: str, page: Callable[..., Any], watch: Any
) -> None:
    opened = page(360, base=portal)
    opened.goto("/search")
    box = opened.locator('form[role="search"] input[type="search"]')
    box.click()
    opened.keyboard.type("แพร่")
    options = opened.locator('[role="option"]')
    options.first.wait_for()
    assert box.get_attribute("aria-expanded") == "true"
    assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")
    opened.keyboard.press("Escape")
    assert (options.first.is_visible(), box.input_value()) == (False, "แพร่")
    opened.keyboard.press("Backspace")
    options.first.wait_for()
    opened.keyboard.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    target = options.first.get_attribute("href")
    opened.keyboard.press("Enter")
    opened.wait_for_url(f"**{target}")
    assert watch.errors == []
