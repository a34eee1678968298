"""Reads articles: Markdown files with front matter, one file a language (`slug.md` in Thai, `slug.en.md` in English)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import ceil
from pathlib import Path
from typing import Any

import yaml

from harvesters import bundled
from harvesters.thai.words import words
from portal.choices import language
from portal.errors import PortalError

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{1,69}")
FRONT = re.compile(r"\A---\n(?P<front>.*?)\n---\n(?P<body>.*)\Z", re.DOTALL)
WORDS_A_MINUTE = 180  # unhurried reading of plain Thai; an assumption, only ever shown as whole minutes
REQUIRED = ("title", "summary", "author", "published", "licence")


@dataclass(frozen=True, slots=True)
class Article:
    """One article in one language. `audience` is the person it is for: entrepreneur, researcher, officer or everybody."""

    slug: str
    language: str
    title: str
    summary: str
    author: str
    published: date
    updated: date
    audience: str
    licence: str
    sources: tuple[Mapping[str, str], ...]  # {"title", "url"}
    body: str
    minutes: int
    formerly: tuple[str, ...] = ()  # names that it had before; their addresses lead here for ever


def articles_folder() -> Path:
    """Where the bundled articles stand."""
    return bundled.datasets_folder() / "articles"


def find_article(slug: str) -> Article:
    """The article in the reader's language, else in Thai. Raises PortalError("not-found")."""
    both = all_articles().get(slug)
    if both is None:
        raise PortalError("not-found", what=slug)
    return both.get(language()) or both["th"]


def moved_to(slug: str) -> str | None:
    """The name that an article has now which was once called `slug`; None where no article was, or one is still."""
    if slug in all_articles():
        return None
    return next((name for name, both in all_articles().items() if slug in both["th"].formerly), None)


def list_articles() -> Sequence[Article]:
    """Every article in the reader's language, else in Thai; newest first, then by title."""
    chosen = [both.get(language()) or both["th"] for both in all_articles().values()]
    return sorted(chosen, key=lambda article: (-article.published.toordinal(), article.title))


def all_articles() -> Mapping[str, Mapping[str, Article]]:
    """Slug → language → article, in every language that it has; Thai is one of them."""
    return _articles(articles_folder())


@lru_cache(maxsize=4)
def _articles(folder: Path) -> Mapping[str, Mapping[str, Article]]:
    """Slug → language → article. Read once: the files come with the release."""
    found: dict[str, dict[str, Article]] = {}
    for path in sorted(folder.glob("*.md")):
        article = read_article(path)
        found.setdefault(article.slug, {})[article.language] = article
    return {slug: both for slug, both in found.items() if "th" in both}


def read_article(path: Path) -> Article:
    """Read one file. Raises ValueError, which names the file, when its name or front matter is not as it must be."""
    slug, _, code = path.stem.partition(".")
    parts = FRONT.match(path.read_text(encoding="utf-8").replace("\r\n", "\n"))
    if not SLUG.fullmatch(slug) or code not in ("", "en") or parts is None:
        raise ValueError(f"{path.name}: no article name, or no front matter")
    front = yaml.safe_load(parts["front"])
    missing = [name for name in REQUIRED if not isinstance(front, dict) or not front.get(name)]
    if missing:
        raise ValueError(f"{path.name}: the front matter lacks {', '.join(missing)}")
    return _made(path.name, slug, code or "th", front, parts["body"].strip())


def _made(name: str, slug: str, code: str, front: Mapping[str, Any], body: str) -> Article:
    updated = front.get("updated") or front["published"]
    if not isinstance(front["published"], date) or not isinstance(updated, date):
        raise ValueError(f"{name}: dates are written 2026-11-24")
    return Article(
        slug=slug,
        language=code,
        title=str(front["title"]),
        summary=str(front["summary"]),
        author=str(front["author"]),
        published=front["published"],
        updated=updated,
        audience=str(front.get("audience", "everybody")),
        licence=str(front["licence"]),
        sources=tuple(
            {"title": str(source["title"]), "url": str(source["url"])} for source in front.get("sources", ())
        ),
        body=body,
        minutes=max(1, ceil(count_words(body) / WORDS_A_MINUTE)),
        formerly=tuple(str(name) for name in front.get("formerly") or ()),
    )


def count_words(text: str) -> int:
    """Words of a text, Thai ones cut by the segmenter; signs and blanks don't count."""
    return sum(1 for word in words(text) if any(character.isalnum() for character in word))
