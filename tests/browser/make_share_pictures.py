"""Draws `portal/static/share-*.png`, what a chat shows of a shared link: `python tests/browser/make_share_pictures.py`.

One for each kind of page, 1200 × 630, in the portal's colours and font. Run it when the mark, the colours or a word changes.
"""

from __future__ import annotations

import base64
import re
import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

PORTAL = Path(__file__).resolve().parent.parent.parent / "portal"
STATIC = PORTAL / "static"
MACROS = PORTAL.parent / "templates" / "macros"
MOST_BYTES = 60_000
WORDS = {  # kind of page → icon of macros/icon.html, Thai, English
    "home": ("search", "คลังข้อมูลเปิดทุกจังหวัด", "Open data of every province"),
    "dataset": ("dataset", "ชุดข้อมูลเปิด", "Open dataset"),
    "cluster": ("store", "กลุ่มผู้ประกอบการ", "Entrepreneur cluster"),
    "unit": ("research", "หน่วยวิจัย", "Research unit"),
    "province": ("place", "ข้อมูลของจังหวัด", "Data of a province"),
    "article": ("article", "บทความ", "Article"),
}
PAGE = """<!doctype html><html lang="th"><meta charset="utf-8"><style>
@font-face {{ font-family: K; src: url(data:font/woff2;base64,{regular}); font-weight: 400 }}
@font-face {{ font-family: K; src: url(data:font/woff2;base64,{bold}); font-weight: 700 }}
* {{ margin: 0; box-sizing: border-box }}
body {{ width: 1200px; height: 630px; background: #0c2c57; color: #fff; font-family: K, sans-serif; padding: 80px 90px 0; position: relative }}
.mark {{ display: flex; align-items: center; gap: 28px; font-size: 56px; font-weight: 700; line-height: 1.5 }}
.mark svg {{ width: 96px; height: 96px; color: #e3b341 }}
h1 {{ font-size: 92px; line-height: 1.5; margin-top: 74px }}
p {{ font-size: 46px; line-height: 1.4; color: #e3d9bd }}
.kind {{ position: absolute; right: 90px; top: 70px; width: 200px; height: 200px; color: #e3b341; fill: none; stroke: currentColor; stroke-width: 1.4 }}
.weave {{ position: absolute; left: 0; bottom: 0; width: 1200px; height: 56px; color: #e3b341 }}
</style><div class="mark"><svg viewBox="0 0 44 44" fill="currentColor">{mark}</svg>คลัง</div><h1>{thai}</h1><p lang="en">{english}</p>
<svg class="kind" viewBox="0 0 24 24"><path d="{icon}"/></svg>
<svg class="weave" viewBox="0 0 300 14" preserveAspectRatio="none"><defs><pattern id="w" width="28" height="14" patternUnits="userSpaceOnUse">{weave}</pattern></defs><rect width="300" height="14" fill="url(#w)"/></svg></html>"""


def font(weight: int) -> str:
    """A weight of the portal's own font."""
    return base64.b64encode((STATIC / f"thai-5.3.0-{weight}.woff2").read_bytes()).decode()


def main() -> None:
    """Draw every picture. Raises SystemExit when one is too heavy."""
    logo = (MACROS / "logo.html").read_text(encoding="utf-8")
    mark = re.findall(r'viewBox="0 0 44 44".*?>(<path.*?)</svg>', logo)[0]
    weave = re.findall(r"<pattern.*?>(<path.*?)</pattern>", logo)[0]
    icons = dict(re.findall(r'"(\w+)": "(M[^"]+)"', (MACROS / "icon.html").read_text(encoding="utf-8")))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1200, "height": 630})
        for kind, (icon, thai, english) in WORDS.items():
            drawn = PAGE.format(
                regular=font(400), bold=font(700), mark=mark, weave=weave, icon=icons[icon], thai=thai, english=english
            )
            page.set_content(drawn, wait_until="load")
            page.evaluate("document.fonts.ready")
            picture = page.screenshot(path=STATIC / f"share-{kind}.png")
            if len(picture) > MOST_BYTES:
                raise SystemExit(f"share-{kind}.png has {len(picture)} bytes, more than {MOST_BYTES}")
        browser.close()


if __name__ == "__main__":
    main()
