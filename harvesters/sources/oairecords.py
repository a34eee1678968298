"""Reads pages of OAI-PMH records in the limited child: Dublin Core, qualified Dublin Core and DataCite, told apart by their own names."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from harvesters.errors import HarvestError
from harvesters.thai.names import find_university
from harvesters.thai.text import thai_share

COLUMNS = (
    "output_id", "title", "title_en", "kind", "abstract", "abstract_en", "creators", "year", "published_on", "university",
    "keywords", "funder", "url", "doi", "language",
)  # fmt: skip
MOST_TEXT = 20_000  # characters of one cell
MOST_ID = 400
_BAD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # that XML 1.0 forbids and repositories send all the same
_YEAR = re.compile(r"(?<![0-9])(1[89]|2[0-5])[0-9]{2}(?![0-9])")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DOI = re.compile(r"10\.[0-9]{4,9}/[^\s\"<>]+")
_TAG = re.compile(r"<[^<>]{0,2000}>")
_UNIVERSITY = re.compile("มหาวิทยาลัย|สถาบันเทคโนโลยี|universit|institute of technology", re.IGNORECASE)
_BARE = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:)", re.IGNORECASE)
LANGUAGES = {"th": "th", "tha": "th", "thai": "th", "en": "en", "eng": "en", "english": "en"}
MOSTLY_THAI = 0.2  # share of Thai letters from which a text is Thai


def read_pages(argument: Mapping[str, Any]) -> dict[str, Any]:
    """The records of some pages: `{"records": [{"output_id", "deleted", "row"}]}`. Raises HarvestError("answer-broken")."""
    records: list[dict[str, Any]] = []
    for path in argument["paths"]:
        records += page_records(Path(path).read_bytes(), argument["url"])
    return {"records": records}


def page_records(body: bytes, url: str) -> list[dict[str, Any]]:
    """The records of one page. Signs that XML forbids are taken out and the page is read again; entities are never expanded."""
    try:
        try:
            root = fromstring(body, forbid_dtd=True)
        except ParseError:
            root = fromstring(_BAD.sub("", body.decode("utf-8", "replace")), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, RecursionError) as error:
        raise HarvestError("answer-broken", url=url, why=type(error).__name__) from error
    return [record for element in named(root, "record") if (record := record_of(element)) is not None]


def record_of(element: Element) -> dict[str, Any] | None:
    """One record; None for an element of that name without a header (records within records)."""
    header = next(iter(children(element, "header")), None)
    identifier = text_of(next(iter(children(header, "identifier")), None)) if header is not None else ""
    if header is None or not identifier:
        return None
    identifier = identifier[:MOST_ID]
    if header.get("status") == "deleted":
        return {"output_id": identifier, "deleted": True, "row": {}}
    metadata = next(iter(children(element, "metadata")), None)
    fields = datacite(metadata) if metadata is not None and any(named(metadata, "titles")) else dublin_core(metadata)
    row = {name: _BAD.sub("", value)[:MOST_TEXT] for name, value in fields.items() if value}
    return {"output_id": identifier, "deleted": False, "row": {"output_id": identifier, **row}}


def dublin_core(metadata: Element | None) -> dict[str, str]:
    """A record in Dublin Core, qualified or not: elements are told by their local names."""
    told: dict[str, list[tuple[str, str]]] = {}
    for element in metadata.iter() if metadata is not None else ():
        text = text_of(element)
        if text and not len(element):
            told.setdefault(local(element), []).append(
                (element.get("{http://www.w3.org/XML/1998/namespace}lang", ""), text)
            )
    title, title_en = by_language(told.get("title", []) + told.get("alternative", []))
    abstract, abstract_en = by_language(told.get("abstract", []) or told.get("description", []))
    dates = [text for name in ("issued", "date", "created", "available") for _, text in told.get(name, [])]
    places = [text for name in ("identifier", "relation", "source") for _, text in told.get(name, [])]
    return common(title, title_en, abstract, abstract_en, dates, places) | {
        "kind": first(told.get("type", [])).rpartition("/")[2],
        "creators": joined(text for _, text in told.get("creator", [])),
        "university": university(text for _, text in told.get("publisher", []) + told.get("contributor", [])),
        "keywords": joined(text for _, text in told.get("subject", [])),
        "language": language(first(told.get("language", []))),
    }


def datacite(metadata: Element) -> dict[str, str]:
    """A record in DataCite's schema, any version."""
    languages = [
        (one.get("{http://www.w3.org/XML/1998/namespace}lang", ""), text_of(one)) for one in named(metadata, "title")
    ]
    title, title_en = by_language([(said, text) for said, text in languages if text])
    abstracts = [
        (one.get("{http://www.w3.org/XML/1998/namespace}lang", ""), text_of(one))
        for one in named(metadata, "description")
        if one.get("descriptionType", "Abstract") == "Abstract"
    ]
    abstract, abstract_en = by_language([(said, text) for said, text in abstracts if text])
    issued = [
        text_of(one) for one in named(metadata, "date") if one.get("dateType") in ("Issued", "Available", "Created")
    ]
    dates = issued + [text_of(one) for one in named(metadata, "publicationYear")]
    identifiers = [text_of(one) for name in ("identifier", "alternateIdentifier") for one in named(metadata, name)]
    kind = next(iter(named(metadata, "resourceType")), None)
    return common(title, title_en, abstract, abstract_en, dates, identifiers) | {
        "kind": (text_of(kind) or kind.get("resourceTypeGeneral", "")) if kind is not None else "",
        "creators": joined(text_of(one) for one in named(metadata, "creatorName")),
        "university": university(
            text_of(one) for name in ("publisher", "affiliation", "contributorName") for one in named(metadata, name)
        ),
        "keywords": joined(text_of(one) for one in named(metadata, "subject")),
        "funder": joined(text_of(one) for one in named(metadata, "funderName")),
        "language": language(text_of(next(iter(named(metadata, "language")), None))),
    }


def common(
    title: str, title_en: str, abstract: str, abstract_en: str, dates: Iterable[str], places: Iterable[str]
) -> dict[str, str]:
    """What all formats say in the same way. A record without a Thai title is called by its other one."""
    said, where = [date for date in dates if date], [place for place in places if place]
    day = next((found[0] for date in said if (found := _DAY.match(date))), "")
    year = next((found[0] for date in said if (found := _YEAR.search(date))), "")
    doi = next((found[0] for place in where if (found := _DOI.search(_BARE.sub("", place)))), "")
    url = next((place for place in where if place.startswith(("https://", "http://"))), "")
    return {
        "title": title or title_en,
        "title_en": title_en if title else "",
        "abstract": plain(abstract or abstract_en),
        "abstract_en": plain(abstract_en) if abstract else "",
        "published_on": day,
        "year": year,
        "url": url or (f"https://doi.org/{doi}" if doi else ""),
        "doi": doi.rstrip("."),
    }


def plain(text: str) -> str:
    """A text without the markup that some repositories put into it, escaped once more."""
    if "<" not in text and "&" not in text:
        return text
    return " ".join(_TAG.sub(" ", html.unescape(html.unescape(text))).split())


def university(texts: Iterable[str]) -> str:
    """The first of some names that is one of a university: a repository's publisher may be a journal or a data archive."""
    return next((text for text in texts if find_university(text) is not None or _UNIVERSITY.search(text)), "")


def by_language(texts: Iterable[tuple[str, str]]) -> tuple[str, str]:
    """(Thai, other) of some texts: by what they say of themselves, else by their letters; the first of each."""
    thai = other = ""
    for said, text in texts:
        is_thai = language(said) == "th" or (language(said) != "en" and thai_share(text) >= MOSTLY_THAI)
        if is_thai:
            thai = thai or text
        else:
            other = other or text
    return thai, other


def language(text: str) -> str:
    """A language's code of two letters where it is Thai or English, else as it stands."""
    return LANGUAGES.get(text.strip().lower().partition("-")[0].partition("_")[0], text.strip())


def named(element: Element, name: str) -> Iterator[Element]:
    """All elements below of a local name, whatever their namespace."""
    return (one for one in element.iter() if local(one) == name)


def children(element: Element, name: str) -> Iterator[Element]:
    """The direct children of a local name."""
    return (one for one in element if local(one) == name)


def local(element: Element) -> str:
    """An element's name without its namespace; comments have none."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def text_of(element: Element | None) -> str:
    """An element's text, blanks made one."""
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def first(texts: Iterable[tuple[str, str]]) -> str:
    """The first text."""
    return next((text for _, text in texts), "")


def joined(texts: Iterable[str]) -> str:
    """Different texts in one cell."""
    return "; ".join(dict.fromkeys(text for text in texts if text))
