"""Takes the pictures of `docs/images/` from a portal with the demonstration: `python tests/browser/take_pictures.py ADDRESS`.

Run it against `khlang demo` when a page has changed its looks; each picture stays below 150 KB.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Page, sync_playwright

IMAGES = Path(__file__).resolve().parent.parent.parent / "docs" / "images"
WIDTH, HEIGHT, MOST_BYTES = 360, 1000, 150_000
PICTURES = {
    "search-360": f"/search?q={quote('ผ้าไหม')}",
    "search-facets-360": f"/search?q={quote('ผ้า')}",
    "search-rows-360": f"/search?kind=row&q={quote('ผ้าไหม')}#rows",
    "search-suggestions-360": "/search",
    "search-none-360": f"/search?q={quote('กาแฟ')}&province=54",
    "dataset-360": "/dataset/demo-clusters-upper-north",
    "report-360": "/dataset/demo-clusters-upper-north/report",
}


def open_filters(page: Page) -> None:
    """Open the filters and those of region and sector."""
    page.locator("details.filters > summary").click()
    for at in (1, 2):
        page.locator("details.filters details > summary").nth(at).click()
    page.locator("details.filters").evaluate("element => element.scrollIntoView()")


def type_slowly(page: Page) -> None:
    """Type what has suggestions and wait for them."""
    page.locator('form[role="search"] input[type="search"]').first.click()
    page.keyboard.type("ผ้า", delay=60)
    page.wait_for_timeout(1_500)


BEFORE: Mapping[str, Callable[[Page], None]] = {
    "search-facets-360": open_filters,
    "search-suggestions-360": type_slowly,
}


def main(address: str) -> None:
    """Write every picture. Raises SystemExit when a page fails or a picture is too heavy for a README."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(
            viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=1.5, locale="th-TH", color_scheme="light"
        )
        for name, path in PICTURES.items():
            answer = page.goto(address.rstrip("/") + path, wait_until="networkidle")
            if answer is None or answer.status != 200:
                raise SystemExit(f"{path} answers {answer and answer.status}")
            page.evaluate("document.fonts.ready")
            BEFORE.get(name, lambda _: None)(page)
            picture = page.screenshot(path=IMAGES / f"{name}.png")
            if len(picture) > MOST_BYTES:
                raise SystemExit(f"{name}.png has {len(picture)} bytes, more than {MOST_BYTES}")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
