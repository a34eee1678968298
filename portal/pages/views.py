"""The home page and the pages around the catalogue: about, problems, choices, health, and what machines read first."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, render_template, request
from flask_babel import gettext as _  # type: ignore[import-untyped]

from harvesters.checks.problems import catalogue, general
from portal.articles.queries import list_articles
from portal.articles.views import article_card
from portal.catalogue.places import regions_view
from portal.catalogue.presenting import card
from portal.catalogue.queries import counts_by_province, newest_datasets, totals
from portal.choices import language, page_address, preferences_response
from portal.errors import PortalError
from portal.pages.queries import engine_advice, last_harvest, problem_kinds, readiness, site_entries
from portal.pages.statement import statement
from portal.pages.terms import Term, terms
from portal.registry.tiles import tiles
from portal.writing import localised

blueprint = Blueprint("pages", __name__)

NEWEST = 5
EXAMPLES = ("ผ้าไหม", "กล้วยตาก", "สมุนไพร เชียงใหม่")  # words of the bundled demonstration; real portals have them too
MOST_ENTRIES = 50_000  # of one sitemap file (sitemaps.org)


@blueprint.get("/")
def home() -> str:
    """The opening page: search first, then provinces, then what is new and checked."""
    articles = [article_card(article) for article in list_articles()]
    counts = counts_by_province()
    return render_template(
        "pages/home.html",
        examples=EXAMPLES,
        with_data=len(counts),
        filled=[(column, row) for code, column, row in tiles() if code in counts],
        empty=[(column, row) for code, column, row in tiles() if code not in counts],
        regions=[
            (region["name"], [(place["code"], place["name"]) for place in region["provinces"]])
            for region in regions_view(counts)
        ],
        newest=[card(dataset) for dataset in newest_datasets(NEWEST)],
        articles={article["href"]: article for article in articles},
        totals=totals(),
        last_harvest=last_harvest(),
    )


@blueprint.get("/about")
def about() -> str:
    """What this is, where the data comes from, what is done with it, and how to reach somebody."""
    return render_template(
        "pages/about.html", contact=current_app.config["KHLANG"].contact, last_harvest=last_harvest()
    )


@blueprint.get("/accessibility")
def accessibility() -> str:
    """Access for all: what is aimed at, how it was tested, what is known not to work, and whom to tell."""
    facts = statement()
    return render_template(
        "pages/accessibility.html",
        tested=facts["tested"],
        known=[localised(sentence) for sentence in facts["known"]],
        version=version("khlang"),
        contact=current_app.config["KHLANG"].contact,
    )


@blueprint.get("/problems")
def problems() -> str:
    """Every kind of problem a report may name, with an anchor for its code."""
    groups = [
        {
            "name": name,
            "title": group_title(name),
            "kinds": [
                {"code": kind.code, "severity": kind.severity, "sentence": localised(general(kind))} for kind in kinds
            ],
        }
        for name, kinds in problem_kinds()
    ]
    return render_template("pages/problems.html", groups=groups, count=len(catalogue()))


@blueprint.get("/problems.json")
def problems_data() -> Response:
    """The same as data; `{names}` in the sentences stand for what is filled in."""
    return jsonify(
        {
            "problems": [
                {
                    "code": kind.code,
                    "severity": kind.severity,
                    "blocking": kind.blocking,
                    "message": {"th": kind.th, "en": kind.en},
                }
                for _name, kinds in problem_kinds()
                for kind in kinds
            ]
        }
    )


def group_title(name: str) -> str:
    """What a group of problems is called."""
    titles = {
        "blocking": _("ปัญหาที่ทำให้เผยแพร่ไม่ได้"),
        "error": _("ปัญหาที่ต้องแก้"),
        "warning": _("ข้อที่ควรตรวจ"),
        "info": _("เรื่องที่แจ้งให้ทราบ"),
    }
    return str(titles[name])


@blueprint.get("/glossary")
def glossary() -> str:
    """The words of the portal, in plain language and grouped."""
    titles = {
        "data": _("ข้อมูล"),
        "harvest": _("การรับและตรวจข้อมูล"),
        "rights": _("สิทธิและความเป็นส่วนตัว"),
        "registry": _("กลุ่มและหน่วยวิจัย"),
        "codes": _("รหัสและวันที่"),
        "files": _("ไฟล์และโปรแกรม"),
    }
    groups = [
        {"name": name, "title": title, "terms": [term_view(term) for term in terms() if term.group == name]}
        for name, title in titles.items()
    ]
    return render_template("pages/glossary.html", groups=groups)


def term_view(term: Term) -> dict[str, Any]:
    """A word in the reader's language, with the other one beside it."""
    thai = language() == "th"
    return {
        "name": term.name,
        "word": term.word.th if thai else term.word.en,
        "other": term.word.en if thai else term.word.th,
        "other_lang": "en" if thai else "th",
        "meaning": localised(term.meaning),
        "page": term.page,
    }


@blueprint.get("/glossary.json")
def glossary_data() -> Response:
    """The same as data."""
    return jsonify(
        {
            "terms": [
                {
                    "term": term.name,
                    "group": term.group,
                    "word": {"th": term.word.th, "en": term.word.en},
                    "meaning": {"th": term.meaning.th, "en": term.meaning.en},
                    "url": term.page or None,
                }
                for term in terms()
            ]
        }
    )


@blueprint.get("/preferences")
def preferences() -> Response:
    """Keeps language and text size, then goes back."""
    return preferences_response(request.args)


@blueprint.get("/styleguide")
def styleguide() -> str:
    """Every piece of the pages with sample data."""
    return render_template("pages/styleguide.html")


@blueprint.get("/healthz")
def health() -> Response:
    """Whether this process answers. Touches nothing else, so that a slow database does not get it restarted."""
    return _unkept(jsonify({"status": "ok"}))


@blueprint.get("/readyz")
def ready() -> Response:
    """Whether this process should be sent readers: 200 when all parts work, else 503; each part by name, and advice that can wait."""
    parts, advice = readiness(), engine_advice()
    told = {"advice": {"th": advice.th, "en": advice.en}} if advice else {}
    response = _unkept(jsonify({"status": "ok" if all(parts.values()) else "failing", **parts, **told}))
    response.status_code = 200 if all(parts.values()) else 503
    return response


def _unkept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Open to everybody; only the page that sets cookies is of no use to robots."""
    lines = ["User-agent: *", "Disallow: /preferences", "", f"Sitemap: {page_address('th', '/sitemap.xml')}", ""]
    return Response("\n".join(lines), mimetype="text/plain")


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    """Every public page; with more than MOST_ENTRIES of them the list of the parts."""
    entries = list(site_entries())
    if len(entries) <= MOST_ENTRIES:
        return _sitemap(entries)
    parts = [page_address("th", f"/sitemap-{number + 1}.xml") for number in range(-(-len(entries) // MOST_ENTRIES))]
    return Response(render_template("pages/sitemap_index.xml", parts=parts), mimetype="application/xml")


@blueprint.get("/sitemap-<int:number>.xml")
def sitemap_part(number: int) -> Response:
    """One part of a large map. Raises PortalError("not-found")."""
    entries = list(site_entries())[(number - 1) * MOST_ENTRIES : number * MOST_ENTRIES] if number else []
    if not entries:
        raise PortalError("not-found", what=f"sitemap-{number}.xml")
    return _sitemap(entries)


def _sitemap(entries: list[Any]) -> Response:
    told = [{"address": page_address("th", entry.path), "changed": entry.changed} for entry in entries]
    return Response(render_template("pages/sitemap.xml", entries=told), mimetype="application/xml")
