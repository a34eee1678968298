"""Reads sitemaps and pages in the limited child: schema.org datasets out of the JSON-LD that stands in the page itself."""

from __future__ import annotations

import gzip
import html
import json
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from harvesters.errors import HarvestError
from harvesters.national import lines
from harvesters.sources.records import fields_of_record, plain_format, storable

MOST_BYTES = 50_000_000  # of a sitemap, as sitemaps.org caps it
MOST_PAGE = 5_000_000
DATASET, CATALOGUE = "Dataset", "DataCatalog"
HELD = ("@graph", "dataset", "mainEntity", "mainEntityOfPage", "hasPart", "itemListElement", "item")


# ── sitemaps ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def read_sitemap(argument: Mapping[str, str]) -> dict[str, Any]:
    """Read a sitemap, an index of them, or one packed by gzip. Gives {"sitemaps", "pages", "page": it is a web page itself}.

    Raises HarvestError: answer-broken, fetch-too-large.
    """
    body = Path(argument["path"]).read_bytes()
    if body[:2] == b"\x1f\x8b":
        with gzip.open(argument["path"]) as file:
            body = file.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise HarvestError("fetch-too-large", url=argument["url"], most_mb=MOST_BYTES // 1_000_000)
    if b"<html" in body[:4000].lower() or b"<!doctype html" in body[:200].lower():
        return {"sitemaps": [], "pages": [], "page": True}
    if body.lstrip()[:1] != b"<":  # a plain list of addresses is a sitemap too (sitemaps.org)
        found = [
            line.strip() for line in body.decode("utf-8", "replace").splitlines() if line.strip().startswith("http")
        ]
        if not found:
            raise HarvestError("answer-strange", url=argument["url"], wanted="urlset, sitemapindex")
        return {"sitemaps": [], "pages": found, "page": False}
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, RecursionError) as error:
        raise HarvestError("answer-broken", url=argument["url"], why=type(error).__name__) from error
    name = root.tag.rpartition("}")[2]
    places = [lines(part.text) for entry in root for part in entry if part.tag.rpartition("}")[2] == "loc"]
    if name not in ("urlset", "sitemapindex"):
        raise HarvestError("answer-strange", url=argument["url"], wanted="urlset, sitemapindex")
    index = name == "sitemapindex"
    return {"sitemaps": places if index else [], "pages": [] if index else places, "page": False}


# ── pages ────────────────────────────────────────────────────────────────────────────────────────────────────────────
class Scripts(HTMLParser):
    """Gathers the JSON-LD scripts of a page and its canonical address."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.canonical = ""
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "script" and told.get("type", "").strip().lower() == "application/ld+json":
            self._inside = True
            self.found.append("")
        elif tag == "link" and "canonical" in told.get("rel", "").lower().split() and not self.canonical:
            self.canonical = told.get("href", "").strip()

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.found[-1] += data


def read_html(argument: Mapping[str, Any]) -> dict[str, Any]:
    """Read pages. Takes {"pages": [(file, address)]}; gives {"records", "unread": [{"code", "url", …}]}."""
    records: list[dict[str, Any]] = []
    unread: list[dict[str, Any]] = []
    for path, url in argument["pages"]:
        try:
            records += page_records(Path(path).read_bytes(), url)
        except HarvestError as error:
            unread.append({"code": error.code, **error.fields})
    return {"records": records, "unread": unread}


def page_records(body: bytes, url: str) -> list[dict[str, Any]]:
    """The datasets of one page. Raises HarvestError: fetch-too-large, page-no-data, page-data-broken."""
    if len(body) > MOST_PAGE:
        raise HarvestError("fetch-too-large", url=url, most_mb=MOST_PAGE // 1_000_000)
    scripts = Scripts()
    scripts.feed(body.decode("utf-8", "replace"))
    scripts.close()
    documents, broken = [], ""
    for script in scripts.found:
        try:
            documents.append(loaded(script))
        except (ValueError, RecursionError) as error:
            broken = type(error).__name__
    datasets = [one for document in documents for one in found_in(document)]
    if not datasets:
        if broken:
            raise HarvestError("page-data-broken", url=url, why=broken)
        raise HarvestError("page-no-data", url=url)
    canonical = urljoin(url, scripts.canonical) if scripts.canonical else url
    return [record_of(one, canonical, alone=len(datasets) == 1) for one in datasets]


def loaded(script: str) -> Any:
    """The document of a script. One whose quotes were written as HTML entities is read as it was meant."""
    try:
        return storable(json.loads(script, parse_constant=lambda _: None, strict=False))
    except ValueError:
        return storable(json.loads(html.unescape(script), parse_constant=lambda _: None, strict=False))


def found_in(document: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """Every dataset of a document: in lists, in graphs, in a catalogue. A context is never looked at: the names are enough."""
    if depth > 8:
        return
    if isinstance(document, list):
        for part in document:
            yield from found_in(part, depth + 1)
    elif isinstance(document, dict):
        if DATASET in types_of(document):
            if (
                document.get("name") or document.get("identifier") or document.get("description")
            ):  # else it is a mere reference
                yield document
            return
        for name in HELD:
            if name in document:
                yield from found_in(document[name], depth + 1)


def types_of(document: Mapping[str, Any]) -> set[str]:
    """The types of a thing, by their last word: `Dataset`, `schema:Dataset`, `http://schema.org/Dataset` are one."""
    given = document.get("@type")
    return {str(one).rsplit("/", 1)[-1].rsplit(":", 1)[-1] for one in (given if isinstance(given, list) else [given])}


def record_of(given: Mapping[str, Any], page: str, *, alone: bool) -> dict[str, Any]:
    """One dataset as a record. Its id is its own, else the address of a page that describes it alone."""
    try:
        return mapped(given, page, alone=alone)
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return fields_of_record(f"?{page}", page, error={"code": "record-strange"})


def mapped(given: Mapping[str, Any], page: str, *, alone: bool) -> dict[str, Any]:
    """One dataset, as `record_of` gives it."""
    title = told(given.get("name"), "th")
    address = urljoin(page, word(given.get("url"))) if word(given.get("url")) else page
    own = word(given.get("@id")) or word(given.get("url")) or word(given.get("identifier"))
    identity = page if alone else urljoin(page, own) if own else ""
    tags = [part.strip() for one in several(given.get("keywords")) for part in word(one).split(",") if part.strip()]
    parts = [part for part in several(given.get("distribution")) if isinstance(part, dict)]
    return fields_of_record(
        identity,
        address,
        title,
        metadata=metadata_of(given, tags, page),
        files=[file for part in parts if (file := file_of(part, page)) is not None],
        record=json.dumps(given, ensure_ascii=False, sort_keys=True),
        modified=word(given.get("dateModified")),
        mark=f"{page}#{title}",
    )


def metadata_of(given: Mapping[str, Any], tags: list[str], page: str) -> dict[str, Any]:
    """The fields of a dataset under the national names; what those lack under schema.org's own."""
    owner = next((one for name in ("publisher", "creator", "provider") for one in several(given.get(name))), None)
    person = next((one for name in ("contactPoint", "maintainer") for one in several(given.get(name))), owner)
    mail = word(person.get("email")).removeprefix("mailto:") if isinstance(person, dict) else ""
    return {
        "title": told(given.get("name"), "th"),
        "title_en": told(given.get("name"), "en", only=True) or told(given.get("alternateName"), "en", only=True),
        "notes": told(given.get("description"), "th"),
        "notes_en": told(given.get("description"), "en", only=True),
        "tags": list(dict.fromkeys(tags)),
        "license_id": word(given.get("license")),
        "data_source": word(owner),
        "maintainer": word(person) if person is not owner else "",
        "maintainer_email": mail,
        "geo_coverage": ", ".join(filter(None, map(word, several(given.get("spatialCoverage")))))[:500],
        "temporal_coverage": word(given.get("temporalCoverage")),
        "variables": [word(one) for one in several(given.get("variableMeasured"))],
        "free": given.get("isAccessibleForFree"),
        "issued": word(given.get("datePublished")),
        "modified": word(given.get("dateModified")),
        "version": word(given.get("version")),
        "language": [word(one) for one in several(given.get("inLanguage"))],
        "url": page,
    }


def file_of(given: Mapping[str, Any], page: str) -> dict[str, Any] | None:
    """One `DataDownload`; None for one without an address."""
    content = word(given.get("contentUrl"))
    address = content or word(given.get("url"))
    if not address:
        return None
    form = word(given.get("encodingFormat")) or word(given.get("fileFormat"))
    return {
        "url": urljoin(page, address),
        "title": told(given.get("name"), "th"),
        "description": told(given.get("description"), "th"),
        "format": plain_format(form) if content else "html",
        "modified": " ".join(filter(None, (word(given.get("dateModified")), word(given.get("contentSize"))))),
        "details": {},
    }


def several(value: Any) -> list[Any]:
    """A list as it is, one thing as a list of one, nothing as none."""
    return value if isinstance(value, list) else [] if value in (None, "") else [value]


def word(value: Any) -> str:
    """What a value says in one text: a thing by its name, value, address or id."""
    if isinstance(value, list):
        return next(filter(None, map(word, value)), "")
    if isinstance(value, dict):
        return next(filter(None, (word(value.get(name)) for name in ("@value", "name", "value", "url", "@id"))), "")
    return lines(value) if not isinstance(value, bool) else ""


def told(value: Any, language: str, *, only: bool = False) -> str:
    """A text in a language, of values with `@language`; any other where `only` is not set."""
    values = several(value)
    spoken = [
        one
        for one in values
        if isinstance(one, dict) and lines(one.get("@language")).partition("-")[0].lower() == language
    ]
    if spoken or only:
        return word(spoken)
    return word(values)
