"""Pages of articles: the list and each one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, redirect, render_template
from flask_babel import gettext as _  # type: ignore[import-untyped]
from werkzeug.wrappers import Response as BaseResponse

from harvesters.licences import licence_of
from portal.articles.figures import figures_of
from portal.articles.queries import Article, find_article, list_articles, moved_to
from portal.articles.rendering import render_article
from portal.catalogue.citation import PORTAL_EN, PORTAL_TH
from portal.choices import here, page_address
from portal.federation.schemaorg import article_block
from portal.writing import BUDDHIST_ERA

blueprint = Blueprint("articles", __name__)


@blueprint.get("/article")
def index() -> str:
    """All articles."""
    return render_template("articles/list.html", articles=[article_card(article) for article in list_articles()])


@blueprint.get("/article.json")
def index_data() -> Response:
    """The same as data."""
    return jsonify({"articles": [summary_of(article) for article in list_articles()]})


@blueprint.get("/article/<slug>")
def page(slug: str) -> str | BaseResponse:
    """One article."""
    moved = moved_to(slug)
    if moved:
        return redirect(here(f"/article/{moved}"), 301)
    article = find_article(slug)
    licence = licence_of(article.licence)
    others = [article_card(other) for other in list_articles() if other.slug != slug]
    return render_template(
        "articles/article.html",
        article=article,
        rendered=render_article(article.body, figures_of(article.body)),
        audience=audience_word(article.audience),
        licence=licence,
        citation=citation_of(article),
        others=others[:3],
        block=article_block(article),
    )


@blueprint.get("/article/<slug>.json")
def data(slug: str) -> BaseResponse:
    """The same as data: the text as Markdown and as HTML."""
    moved = moved_to(slug)
    if moved:
        return redirect(here(f"/article/{moved}.json"), 301)
    article = find_article(slug)
    rendered = render_article(article.body, figures_of(article.body))
    return jsonify(
        summary_of(article) | {"markdown": article.body, "html": str(rendered.html), "sources": article.sources}
    )


def summary_of(article: Article) -> dict[str, Any]:
    """An article in a list, as JSON."""
    return {
        "slug": article.slug,
        "url": f"/article/{article.slug}",
        "language": article.language,
        "title": article.title,
        "summary": article.summary,
        "author": article.author,
        "published": article.published.isoformat(),
        "updated": article.updated.isoformat(),
        "audience": article.audience,
        "licence": article.licence,
        "minutes": article.minutes,
    }


def article_card(article: Article) -> dict[str, Any]:
    """An article in a list, for people."""
    return {
        "href": f"/article/{article.slug}",
        "title": article.title,
        "summary": article.summary,
        "audience": audience_word(article.audience),
        "published": article.published,
        "minutes": article.minutes,
    }


def audience_word(audience: str) -> str:
    """The person an article is for, in words."""
    words = {
        "entrepreneur": _("สำหรับผู้ประกอบการ"),
        "researcher": _("สำหรับนักวิจัย"),
        "officer": _("สำหรับเจ้าหน้าที่จังหวัด"),
    }
    return str(words.get(audience) or _("สำหรับทุกคน"))


def citation_of(article: Article) -> str:
    """How to cite an article, in its own language."""
    thai = article.language == "th"
    year = article.updated.year + (BUDDHIST_ERA if thai else 0)
    address = page_address(article.language, f"/article/{article.slug}")
    return f"{article.author}. ({year}). {article.title}. {PORTAL_TH if thai else PORTAL_EN}. {address}"
