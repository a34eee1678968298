"""The preview of a run as one HTML file that stands by itself: to be opened from a disk, sent on, printed. It is never served."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Flask, render_template

from portal.assets import STATIC
from portal.db import now

FONT = "@font-face"


def preview_page(app: Flask, runs: Sequence[Mapping[str, Any]]) -> str:
    """The page, in Thai, with the stylesheet in it. Values were masked when the preview was made; the template escapes them."""
    with app.test_request_context("/"):
        page = render_template("harvest/preview.html", runs=runs, made=now())
    style = without_font_files((STATIC / "khlang.css").read_text(encoding="utf-8"))
    return page.replace("</head>", f"<style>\n{style}</style>\n</head>", 1)


def without_font_files(style: str) -> str:
    """The stylesheet without the fonts that lie in files: a page on a disk has no folder of fonts beside it."""
    head, *faces = style.split(FONT)
    kept = [head]
    for face in faces:
        rule, end, rest = face.partition("}")
        kept.append(rest if "url(" in rule else f"{FONT}{rule}{end}{rest}")
    return "".join(kept)
