"""Rewrites well-formed HTML of a text: headings lowered, pictures as links, wide things in regions that scroll."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from html.parser import HTMLParser

from portal.writing import text_language

REGION_NAMES = {"table": {"th": "ตาราง", "en": "Table"}, "pre": {"th": "ข้อความตามที่พิมพ์", "en": "Text as typed"}}
CLASSES = {"footnote", "footnote-ref", "footnote-backref"}  # what Python-Markdown gives; no other class is kept


class Rewriter(HTMLParser):
    """Copies HTML; `parts` is the result, `deepest` the deepest nesting met."""

    def __init__(self, text: str, lower: int) -> None:
        """`text` is what was rendered: the regions are named in its language. Headings go `lower` levels down, none above h2."""
        super().__init__(convert_charrefs=False)
        self.language = text_language(text)
        self.lower = lower
        self.parts: list[str] = []
        self.links = 0
        self.depth = self.deepest = 0

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs if name != "class" or value in CLASSES}
        if tag == "img":
            self.parts.append(self._picture(given))
            return
        if tag not in ("br", "hr"):
            self.depth += 1
            self.deepest = max(self.deepest, self.depth)
        self.links += tag == "a"
        if tag in REGION_NAMES:
            label = REGION_NAMES[tag][self.language]
            self.parts.append(f'<div class="region" role="region" tabindex="0" aria-label="{label}">')
        told = "".join(f' {name}="{escape(value)}"' for name, value in given.items())
        self.parts.append(f"<{self._lowered(tag)}{told}>")

    def handle_endtag(self, tag: str) -> None:
        self.depth -= 1
        self.links -= tag == "a"
        self.parts.append(f"</{self._lowered(tag)}>" + ("</div>" if tag in REGION_NAMES else ""))

    def handle_data(self, data: str) -> None:
        self.parts.append(escape(data, quote=False))

    def handle_entityref(self, name: str) -> None:
        self.parts.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.parts.append(f"&#{name};")

    def _lowered(self, tag: str) -> str:
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            return f"h{min(6, max(2, int(tag[1]) + self.lower))}"
        return tag

    def _picture(self, given: Mapping[str, str]) -> str:
        """Pages load nothing from other hosts, so a picture is offered as a link (inside a link: as its words)."""
        words = given.get("alt") or given.get("src", "")
        if self.links or not given.get("src"):
            return escape(words)
        return f'<a href="{escape(given["src"])}">{escape(words)}</a>'
