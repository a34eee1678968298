"""What of an article is indexed: title, summary and headings in both languages. Articles come as files, so a start of the portal looks for changes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, time

from harvesters.thai.slugs import sort_key
from portal.articles.queries import Article, all_articles
from portal.search.analysis import indexed_texts
from portal.search.engines import Entry
from portal.writing import THAI_TIME


def article_key(slug: str) -> str:
    """The key of an article in the index."""
    return f"article:{slug}"


def article_marks() -> dict[str, str]:
    """Key → mark of every article: what it says, in short."""
    return {article_key(slug): article_mark(both) for slug, both in all_articles().items()}


def article_mark(both: Mapping[str, Article]) -> str:
    """Another mark is another text."""
    return hashlib.sha256(
        repr(sorted((code, one.title, one.updated, article_texts(one)) for code, one in both.items())).encode()
    ).hexdigest()[:16]


def article_entries(slugs: Iterable[str]) -> Iterator[Entry]:
    """The entries of those of these articles that there are."""
    articles = all_articles()
    return (entry_of(articles[slug]) for slug in slugs if slug in articles)


def entry_of(both: Mapping[str, Article]) -> Entry:
    """One article as the index takes it."""
    thai = both["th"]
    titles = [article.title for article in both.values()]
    bodies = [text for article in both.values() for text in article_texts(article)]
    texts = indexed_texts(titles, bodies)
    return Entry(
        key=article_key(thai.slug),
        mark=article_mark(both),
        title=texts.title,
        text=texts.text,
        parts=texts.parts,
        runs=texts.runs,
        places="",
        facets={
            "kind": ("article",),
            "licence": (thai.licence,),
            "updated": (f"{max(article.updated for article in both.values()):%Y}",),
        },
        moment=int(updated_at(thai).timestamp()),
        order=sort_key(thai.title),
    )


def article_texts(article: Article) -> list[str]:
    """What an article is about beside its title: its summary and headings. Its whole text would answer any two common words."""
    headings = [line.lstrip("# ") for line in article.body.splitlines() if line.startswith("#")]
    return [article.summary, " · ".join(headings)] if headings else [article.summary]


def updated_at(article: Article) -> datetime:
    """The moment of an article's last change: it tells only the day."""
    return datetime.combine(article.updated, time(), THAI_TIME)
