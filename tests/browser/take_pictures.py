"""Takes the pictures of `docs/images/` from a portal with the demonstration: `python tests/browser/take_pictures.py ADDRESS`.

Run it against `khlang demo` when a page has changed its looks; each picture stays below 150 KB.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import sync_playwright

IMAGES = Path(__file__).resolve().parent.parent.parent / "docs" / "images"
WIDTH, HEIGHT, MOST_BYTES = 360, 1000, 150_000
PICTURES = {
    "search-360": f"/search?q={quote('ผ้าไหม')}",
    "dataset-360": "/dataset/demo-clusters-upper-north",
    "report-360": "/dataset/demo-clusters-upper-north/report",
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
            picture = page.screenshot(path=IMAGES / f"{name}.png")
            if len(picture) > MOST_BYTES:
                raise SystemExit(f"{name}.png has {len(picture)} bytes, more than {MOST_BYTES}")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
