"""Turns Markdown that other people wrote into HTML that is safe to show. The only module of the portal that trusts HTML.

Order: caps and an estimate of the work, Markdown, rewriting (headings lowered, pictures become links), nh3 last.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape, unescape
from html.parser import HTMLParser
from typing import Any

import nh3
from markdown import Markdown  # type: ignore[import-untyped]
from markupsafe import Markup

from harvesters.thai.slugs import thai_slug
from harvesters.thai.text import shorten

MOST_BYTES = 50_000
MOST_WORK = 1_000_000  # characters looked at in vain; about 0.1 s of Python-Markdown's time (measured)
MOST_DEPTH = 60  # of elements in each other; deeper ones are nobody's text and make browsers slow
PLAIN_LENGTH = 300
KEPT = 256  # rendered texts; a text is rendered once and not for each reader

_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")
_MARKER_RUN = re.compile(r"^(?:[ \t]*(?:>|[-+*]|\d{1,9}[.)]))" + f"{{{MOST_DEPTH}}}", re.MULTILINE)  # "1. 1. …" nests
_SPACES = re.compile(r"\s+")

TEXT_TAGS = {
    "p", "br", "hr", "ul", "ol", "li", "h2", "h3", "h4", "h5", "h6", "strong", "b", "em", "i", "s", "del", "sub", "sup", "code", "pre",
    "blockquote", "table", "thead", "tbody", "tr", "th", "td", "a", "dl", "dt", "dd",
}  # fmt: skip
TEXT_ATTRIBUTES: Mapping[str, set[str]] = {"a": {"href"}, "ol": {"start"}, "th": {"colspan"}, "td": {"colspan"}}
SCHEMES = {"http", "https", "mailto", "tel"}
ARTICLE_TAGS = TEXT_TAGS | {"div"}
ARTICLE_ATTRIBUTES: Mapping[str, set[str]] = {
    **TEXT_ATTRIBUTES,
    "a": {"href", "title"},
    **{tag: {"id"} for tag in ("h2", "h3", "h4", "h5", "h6", "sup", "li")},
}
ARTICLE_CLASSES = {"div": {"footnote"}, "a": {"footnote-ref", "footnote-backref"}}


@dataclass(frozen=True, slots=True)
class Rendering:
    """A text as HTML that may be shown, its beginning as plain text, and its h2 headings as (id, text) where they have ids."""

    html: Markup
    plain: str
    headings: tuple[tuple[str, str], ...] = ()


@lru_cache(maxsize=KEPT)
def render_text(text: str) -> Rendering:
    """Render what a publisher wrote about a dataset. Never raises: what can't be rendered in bounded time is shown as typed.

    Nothing in the result has a style, class, id or name; links go to http, https, mailto and tel only, with
    `rel="noopener nofollow"`; pictures become links; headings begin at h3, because the page has h1 and h2 of its own.
    """
    text = _whole(text)
    rendered = _converted(text, _text_markdown, lower=2)
    if rendered is None:
        return _as_typed(text)
    safe = nh3.clean(
        rendered,
        tags=TEXT_TAGS,
        attributes={tag: set(names) for tag, names in TEXT_ATTRIBUTES.items()},
        attribute_filter=_absolute_links,
        url_schemes=SCHEMES,
        link_rel="noopener nofollow",
    )
    return Rendering(Markup(safe), _plain(safe))  # noqa: S704 - nh3 just made it safe


@lru_cache(maxsize=KEPT)
def render_article(text: str) -> Rendering:
    """Render an article: as `render_text`, but headings keep their level below h1 and have ids, footnotes work, and links
    within the portal are allowed."""
    text = _whole(text)
    rendered = _converted(text, _article_markdown, lower=0)
    if rendered is None:
        return _as_typed(text)
    safe = nh3.clean(
        rendered,
        tags=ARTICLE_TAGS,
        attributes={tag: set(names) for tag, names in ARTICLE_ATTRIBUTES.items()},
        allowed_classes=ARTICLE_CLASSES,
        attribute_filter=_own_or_absolute_links,
        url_schemes=SCHEMES,
        link_rel="noopener",
    )
    headings = tuple(
        (unescape(mark), _plain(title)) for mark, title in re.findall(r'<h2 id="([^"]+)">(.*?)</h2>', safe, re.DOTALL)
    )
    return Rendering(Markup(safe), _plain(safe), headings)  # noqa: S704 - nh3 just made it safe


def work_of(text: str) -> int:
    """Estimate how many characters Python-Markdown will look at in vain.

    It looks for the other end of every `[` to the end of its block, and of every `<` to the end of the text, anew for each
    (safety.md §7): n openers without an end cost n² steps. This adds those ways up in one pass.
    """
    brackets = sum(_bracket_work(block) for block in _BLANK_LINE.split(text))
    return brackets + _angle_work(text)


def _bracket_work(block: str) -> int:
    """The way from every `[` to its `]`, and from every `](` to its `)`; to the end of the block where there is none."""
    work, open_at, wait = 0, [], 0
    for found in re.finditer(r"\]\(|[\[\])]", block):
        sign, at = found[0], found.start()
        if sign == "[":
            open_at.append(at)
        elif sign == ")":
            wait = 0
        elif open_at:
            work += at - open_at.pop()
        if sign == "](":
            wait += 1
            work += (len(block) - at) if wait > 1 else 0
    return work + sum(len(block) - at for at in open_at) + (len(block) if wait else 0)


def _angle_work(text: str) -> int:
    """The way from every `<` that no `>` ends before the next `<`, and of every `<!` and `<?`, to the end of the text."""
    pieces = text.split("<")[1:]
    return sum(len(text) for piece in pieces if ">" not in piece or piece[:1] in ("!", "?"))


def _whole(text: str) -> str:
    """The text without halves of surrogate pairs, which no answer could be encoded with."""
    return text.encode("utf-8", "replace").decode()


def _converted(text: str, markdown: Any, *, lower: int) -> str | None:
    """Markdown turned to HTML and rewritten, not yet safe; None when the text is over a cap."""
    if len(text.encode()) > MOST_BYTES or _MARKER_RUN.search(text) or work_of(text) > MOST_WORK:
        return None
    try:
        html = nh3.clean(markdown().convert(text), tags=nh3.ALLOWED_TAGS | {"h1", "img", "div", "dl", "dt", "dd"}, **_LOOSE)
        rewriter = Rewriter(lower)
        rewriter.feed(html)
        rewriter.close()
    except RecursionError:  # lists within lists without end
        return None
    return None if rewriter.deepest > MOST_DEPTH else "".join(rewriter.parts)


# First pass: a well-formed tree for the rewriter; the strict pass follows it.
_LOOSE: dict[str, Any] = {
    "attributes": {
        "a": {"href", "title", "class"},
        "img": {"src", "alt"},
        "div": {"class"},
        "ol": {"start"},
        "th": {"colspan"},
        "td": {"colspan"},
        **{tag: {"id"} for tag in ("h1", "h2", "h3", "h4", "h5", "h6", "sup", "li")},
    },
    "url_schemes": SCHEMES,
    "link_rel": None,
}


class Rewriter(HTMLParser):
    """Copies well-formed HTML, with headings `lower` levels down (never above h2) and pictures as links."""

    def __init__(self, lower: int) -> None:
        super().__init__(convert_charrefs=False)
        self.lower = lower
        self.parts: list[str] = []
        self.links = 0
        self.depth = self.deepest = 0

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "img":
            self.parts.append(self._picture(given))
            return
        if tag not in ("br", "hr"):
            self.depth += 1
            self.deepest = max(self.deepest, self.depth)
        self.links += tag == "a"
        told = "".join(f' {name}="{escape(value)}"' for name, value in given.items())
        self.parts.append(f"<{self._name(tag)}{told}>")

    def handle_endtag(self, tag: str) -> None:
        self.depth -= 1
        self.links -= tag == "a"
        self.parts.append(f"</{self._name(tag)}>")

    def handle_data(self, data: str) -> None:
        self.parts.append(escape(data, quote=False))

    def handle_entityref(self, name: str) -> None:
        self.parts.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.parts.append(f"&#{name};")

    def _name(self, tag: str) -> str:
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            return f"h{min(6, max(2, int(tag[1]) + self.lower))}"
        return tag

    def _picture(self, given: Mapping[str, str]) -> str:
        """Pages load nothing from other hosts, so a picture is offered as a link (inside a link: as its words)."""
        words = given.get("alt") or given.get("src", "")
        if self.links or not given.get("src"):
            return escape(words)
        return f'<a href="{escape(given["src"])}">{escape(words)}</a>'


def _absolute_links(tag: str, name: str, value: str) -> str | None:
    if (tag, name) == ("a", "href") and not _has_scheme(value):
        return None
    return value


def _own_or_absolute_links(tag: str, name: str, value: str) -> str | None:
    if (tag, name) == ("a", "href") and not _has_scheme(value):
        own = value.startswith("#") or (value.startswith("/") and value[1:2] not in ("/", "\\"))
        return value if own else None
    return value


def _has_scheme(address: str) -> bool:
    return address.strip().lower().startswith(tuple(f"{scheme}:" for scheme in SCHEMES))


def _text_markdown() -> Markdown:
    """What CKAN portals know: tables, fenced code; a line break is a line break, as officers type it."""
    return Markdown(extensions=["tables", "fenced_code", "sane_lists", "nl2br"], output_format="html")


def _article_markdown() -> Markdown:
    # Not abbr and def_list of "extra": they are quadratic too (measured), and no article needs them.
    extensions = ["tables", "fenced_code", "sane_lists", "footnotes", "toc"]
    settings = {
        "toc": {"slugify": lambda title, _separator: thai_slug(title)},
        "footnotes": {"BACKLINK_TITLE": "กลับไปที่ข้อความ {}"},
    }
    return Markdown(extensions=extensions, extension_configs=settings, output_format="html")


def _as_typed(text: str) -> Rendering:
    """The text itself, escaped; blank lines part paragraphs."""
    paragraphs = [part.strip() for part in _BLANK_LINE.split(text) if part.strip()]
    html = Markup("").join(
        Markup("<p>{}</p>").format(Markup("<br>").join(part.splitlines())) for part in paragraphs
    )
    return Rendering(html, shorten(_SPACES.sub(" ", text).strip(), PLAIN_LENGTH))


def _plain(html: str) -> str:
    """The beginning of safe HTML without its tags."""
    text = unescape(re.sub(r"<[^>]*>", " ", html))
    return shorten(_SPACES.sub(" ", text).strip(), PLAIN_LENGTH)
