"""Turns Markdown that other people wrote into HTML that is safe to show. The only module of the portal that trusts HTML.

Order: caps and an estimate of the work, Markdown, rewriting (headings lowered, pictures become links), nh3 last.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from typing import Any

import nh3
from markdown import Markdown  # type: ignore[import-untyped]
from markupsafe import Markup

from harvesters.thai.slugs import thai_slug
from harvesters.thai.text import shorten
from portal.articles.effort import BLANK_LINE, MOST_DEPTH, is_bearable
from portal.articles.rewriting import Rewriter

PLAIN_LENGTH = 300
KEPT = 256  # rendered texts; a text is rendered once and not for each reader

FIGURE_TAG = re.compile(r"^\{\{figure ([^{}\n]{1,400})\}\}[ \t]*$", re.MULTILINE)
_MARKS = re.compile("[\ue000\ue001]")  # private letters: what stands for a figure while the text is rendered
_PLACE = re.compile("<p>\ue000([0-9]+)\ue001</p>")

_SPACES = re.compile(r"\s+")
_HEADING = re.compile(r'<h2 id="([^"]+)">(.*?)</h2>', re.DOTALL)

SCHEMES = {"http", "https", "mailto", "tel"}
HEADINGS = {"h2", "h3", "h4", "h5", "h6"}
TAGS = HEADINGS | {
    "p", "br", "hr", "ul", "ol", "li", "strong", "b", "em", "i", "s", "del", "sub", "sup", "code", "pre", "blockquote", "div",
    "table", "thead", "tbody", "tr", "th", "td", "a", "dl", "dt", "dd",
}  # fmt: skip
_CELLS = {"ol": {"start"}, "th": {"colspan"}, "td": {"colspan"}}
_TEXT_ATTRIBUTES: dict[str, set[str]] = {"*": set(), **_CELLS, "a": {"href"}, "div": {"aria-label"}}
_ARTICLE_ATTRIBUTES = {**_TEXT_ATTRIBUTES, "a": {"href", "title"}, **{tag: {"id"} for tag in (*HEADINGS, "sup", "li")}}
# Figures are drawn by our own templates, and cleaned with the text around them. No text can write these itself: the first pass
# takes them out of it.
_FIGURE_TAGS = {"figure", "figcaption", "svg", "title", "desc", "text", "rect", "details", "summary", "time"}
_FIGURE_ATTRIBUTES: dict[str, set[str]] = {
    "svg": {"viewBox", "aria-labelledby", "aria-describedby"},
    "title": {"id"},
    "desc": {"id"},
    "text": {"x", "y"},
    "rect": {"y", "width", "height"},
    "time": {"datetime"},
    "th": {"colspan", "scope"},
}
_FIGURE_CLASSES = {
    "figure": {"figure"}, "svg": {"chart"}, "text": {"end"}, "rect": {"rest"}, "th": {"num"}, "td": {"num"}, "p": {"hint"},
}  # fmt: skip
_REGION = {"div": {"role": {"region"}, "tabindex": {"0"}}}  # what the rewriter puts around tables and preformatted text

# First pass: a well-formed tree for the rewriter; a strict pass follows it.
_LOOSE: Mapping[str, Any] = {
    "tags": TAGS | {"h1", "img"},
    "attributes": {
        **_CELLS,
        "a": {"href", "title", "class"},
        "img": {"src", "alt"},
        "div": {"class"},
        **{tag: {"id"} for tag in ("h1", *HEADINGS, "sup", "li")},
    },
    "url_schemes": SCHEMES,
    "link_rel": None,
}


@dataclass(frozen=True, slots=True)
class Rendering:
    """A text as HTML that may be shown, its beginning as plain text, and its h2 headings as (id, text) where they have ids."""

    html: Markup
    plain: str
    headings: tuple[tuple[str, str], ...] = ()


@lru_cache(maxsize=KEPT)
def render_text(text: str) -> Rendering:
    """Render what a publisher wrote about a dataset. Never raises: what can't be rendered in bounded time is shown as typed.

    The text has no say in style, class, id or name; links go to http, https, mailto and tel only, with
    `rel="noopener nofollow"`; pictures become links; headings begin at h3, because the page has h1 and h2 of its own.
    """
    text = _whole(text)
    rendered = _converted(text, _text_markdown, lower=2)
    if rendered is None:
        return _as_typed(text)
    safe = nh3.clean(
        rendered,
        tags=TAGS,
        attributes=_TEXT_ATTRIBUTES,
        tag_attribute_values=_REGION,
        allowed_classes={"div": {"region"}},
        attribute_filter=_absolute_links,
        url_schemes=SCHEMES,
        link_rel="noopener nofollow",
    )
    return Rendering(Markup(safe), _plain(safe))  # noqa: S704 - nh3 just made it safe


@lru_cache(maxsize=KEPT)
def render_article(text: str, figures: tuple[str, ...] = ()) -> Rendering:
    """Render an article: as `render_text`, but headings keep their level below h1 and have ids, footnotes work, links
    within the portal are allowed, and the figure tags give way to `figures` (`figures.py`), which are cleaned too."""
    numbers = itertools.count()
    text = FIGURE_TAG.sub(lambda _tag: f"\n\ue000{next(numbers)}\ue001\n", _MARKS.sub("", _whole(text)))
    rendered = _converted(text, _article_markdown, lower=0)
    if rendered is None:
        return _as_typed(_MARKS.sub("", text))
    rendered = _MARKS.sub("", _PLACE.sub(lambda place: _figure(figures, int(place[1])), rendered))
    safe = nh3.clean(
        rendered,
        tags=TAGS | _FIGURE_TAGS,
        attributes=_ARTICLE_ATTRIBUTES | _FIGURE_ATTRIBUTES,
        tag_attribute_values=_REGION | {"svg": {"role": {"img"}}},
        allowed_classes={
            "div": {"region", "footnote"},
            "a": {"footnote-ref", "footnote-backref"},
            **_FIGURE_CLASSES,
        },
        attribute_filter=_own_or_absolute_links,
        url_schemes=SCHEMES,
        link_rel="noopener",
    )
    headings = tuple((unescape(mark), _plain(title)) for mark, title in _HEADING.findall(safe))
    return Rendering(Markup(safe), _plain(safe), headings)  # noqa: S704 - nh3 just made it safe


def _figure(figures: tuple[str, ...], number: int) -> str:
    """The figure of a place; nothing where none was drawn."""
    return figures[number] if number < len(figures) else ""


def _whole(text: str) -> str:
    """The text without halves of surrogate pairs, which no answer could be encoded with."""
    return text.encode("utf-8", "replace").decode()


def _converted(text: str, markdown: Callable[[], Any], *, lower: int) -> str | None:
    """Markdown turned to HTML and rewritten, not yet safe; None when the text is over a cap."""
    if not is_bearable(text):
        return None
    rewriter = Rewriter(text, lower)
    try:
        rewriter.feed(nh3.clean(markdown().convert(text), **_LOOSE))
    except RecursionError:  # lists within lists without end
        return None
    rewriter.close()
    return None if rewriter.deepest > MOST_DEPTH else "".join(rewriter.parts)


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


def _text_markdown() -> Any:
    """What CKAN portals know: tables, fenced code; a line break is a line break, as officers type it."""
    return Markdown(extensions=["tables", "fenced_code", "sane_lists", "nl2br"], output_format="html")


def _article_markdown() -> Any:
    # Not abbr and def_list of "extra": they are quadratic too (measured), and no article needs them.
    extensions = ["tables", "fenced_code", "sane_lists", "footnotes", "toc"]
    settings = {
        "toc": {"slugify": lambda title, _separator: thai_slug(title)},
        "footnotes": {"BACKLINK_TITLE": "กลับไปที่ข้อความ {}"},
    }
    return Markdown(extensions=extensions, extension_configs=settings, output_format="html")


def _as_typed(text: str) -> Rendering:
    """The text itself, escaped; blank lines part paragraphs."""
    paragraphs = [part.strip() for part in BLANK_LINE.split(text) if part.strip()]
    html = Markup("").join(Markup("<p>{}</p>").format(Markup("<br>").join(part.splitlines())) for part in paragraphs)
    return Rendering(html, shorten(_SPACES.sub(" ", text).strip(), PLAIN_LENGTH))


def _plain(html: str) -> str:
    """The beginning of safe HTML without its tags."""
    text = unescape(re.sub(r"<[^>]*>", " ", html))
    return shorten(_SPACES.sub(" ", text).strip(), PLAIN_LENGTH)
