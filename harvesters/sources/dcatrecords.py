"""Reads one page of a DCAT catalogue in the limited child: every dataset of its graph as a record of its own."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from rdflib import DCTERMS, FOAF, RDF, RDFS, SKOS, BNode, Dataset, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from harvesters.errors import HarvestError
from harvesters.national import lines
from harvesters.sources.dcatus import FREQUENCIES, TEMPLATE_URI, data_json, record_of_json
from harvesters.sources.records import fields_of_record, plain_format, storable

DCAT, VCARD, HYDRA = (
    Namespace("http://www.w3.org/ns/dcat#"), Namespace("http://www.w3.org/2006/vcard/ns#"), Namespace("http://www.w3.org/ns/hydra/core#"),
)  # fmt: skip
SCHEMA, ADMS, OWL = (
    Namespace("http://schema.org/"),
    Namespace("http://www.w3.org/ns/adms#"),
    Namespace("http://www.w3.org/2002/07/owl#"),
)
DATASETS = (DCAT.Dataset, DCAT.DatasetSeries)
CONTEXT = {
    "dcat": str(DCAT), "dct": str(DCTERMS), "dcterms": str(DCTERMS), "foaf": str(FOAF), "vcard": str(VCARD), "hydra": str(HYDRA),
    "rdf": str(RDF), "rdfs": str(RDFS), "skos": str(SKOS), "adms": str(ADMS), "owl": str(OWL), "schema": str(SCHEMA),
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}  # fmt: skip
BY_MEDIA = {
    "application/rdf+xml": "xml", "application/xml": "xml", "text/xml": "xml", "text/turtle": "turtle", "application/x-turtle": "turtle",
    "text/n3": "turtle", "application/n-triples": "nt", "text/plain": "", "application/trig": "trig", "application/ld+json": "json-ld",
    "application/json": "json-ld",
}  # fmt: skip
ENTITIES = re.compile(rb"<!ENTITY", re.IGNORECASE)


def read_page(argument: Mapping[str, str]) -> dict[str, Any]:
    """Read a page. Gives {"records", "next", "total"}.

    Raises HarvestError: answer-html, answer-broken, answer-strange (nothing of DCAT in it).
    """
    body, url = Path(argument["path"]).read_bytes(), argument["url"]
    form = argument["form"] or form_of(body, argument["media_type"])
    if not form:
        raise HarvestError("answer-html", url=url)
    if form == "json-ld" and (catalogue := data_json(body, url)) is not None:
        records = [record_of_json(one, url) for one in catalogue["dataset"]]
        return {"records": records, "next": "", "total": 0}
    graph = graph_of(body, form, url)
    nodes = list(dict.fromkeys(chain.from_iterable(graph.subjects(RDF.type, kind) for kind in DATASETS)))
    if not nodes and not any(graph.subjects(RDF.type, DCAT.Catalog)):
        raise HarvestError("answer-strange", url=url, wanted="dcat:Catalog, dcat:Dataset")
    following, total = paging(graph)
    records = [record_of(graph, node, url) for node in sorted(nodes, key=str)]
    return {"records": records, "next": urljoin(url, following) if following else "", "total": total}


def form_of(body: bytes, media_type: str) -> str:
    """The form of a body, by how it looks, then by what it is called; "" for a web page."""
    head = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:4000]
    lowered = head.lower()
    if head[:1] in (b"{", b"["):
        return "json-ld"
    if b"<rdf:rdf" in lowered or (head.startswith(b"<?xml") and b"rdf-syntax-ns" in head):
        return "xml"
    if lowered.startswith((b"<!doctype html", b"<html")):
        return ""
    if lowered.startswith((b"@prefix", b"@base", b"prefix", b"base", b"#")):
        return "trig" if media_type == "application/trig" else "turtle"
    named = BY_MEDIA.get(media_type, "")
    return named or ("nt" if re.match(rb"[<_][^\n]*>?\s+<[^\n]*\s\.\s*$", head.split(b"\n")[0] + b"\n") else "turtle")


def graph_of(body: bytes, form: str, url: str) -> Graph:
    """The graph of a body. Entities and contexts of elsewhere are refused or left out. Raises HarvestError("answer-broken")."""
    try:
        if form == "xml" and ENTITIES.search(body):
            raise ValueError("entity")
        graph = Dataset(default_union=True) if form in ("trig", "json-ld") else Graph()
        if form == "json-ld":
            document = without_remote(storable(json.loads(body.decode("utf-8-sig"), parse_constant=lambda _: None)))
            body = json.dumps(document).encode()
        graph.parse(data=body, format=form, publicID=url)
    except RecursionError as error:
        raise HarvestError("answer-broken", url=url, why="RecursionError") from error
    except Exception as error:  # each of rdflib's parsers has failures of its own, down to AttributeError
        raise HarvestError("answer-broken", url=url, why=type(error).__name__) from error
    return graph


def without_remote(document: Any) -> Any:
    """A JSON-LD document whose contexts all stand in it: addresses of others become the usual prefixes."""
    if isinstance(document, list):
        return [without_remote(part) for part in document]
    if not isinstance(document, dict):
        return document
    found = {name: without_remote(value) for name, value in document.items() if name != "@context"}
    given = document.get("@context")
    if given is not None:
        parts = given if isinstance(given, list) else [given]
        kept = [part for part in parts if isinstance(part, dict)]
        found["@context"] = [CONTEXT, *kept] if len(kept) < len(parts) else kept
        for part in kept:
            part.pop("@import", None)
    return found


def paging(graph: Graph) -> tuple[str, int]:
    """The next page and how many datasets there are in all, by either form of Hydra; "" and 0 where nothing is said."""
    following = next(chain(graph.objects(None, HYDRA.next), graph.objects(None, HYDRA.nextPage)), None)
    totals = [int(str(value)) for value in graph.objects(None, HYDRA.totalItems) if str(value).isdigit()]
    return (str(following) if following is not None else ""), max(totals, default=0)


# ── one dataset of a graph ───────────────────────────────────────────────────────────────────────────────────────────
def record_of(graph: Graph, node: Node, url: str) -> dict[str, Any]:
    """One dataset as a record. Whatever its writer did, it is one record that fails, not the page."""
    try:
        return mapped(graph, node, url)
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        mark = hashlib.sha256(str(node).encode("utf-8", "replace")).hexdigest()[:8]
        return fields_of_record(f"?{mark}", url, error={"code": "record-strange"})


def mapped(graph: Graph, node: Node, url: str) -> dict[str, Any]:
    """One dataset: id, title, address, metadata, files, its own text, date, and what is wrong with it."""
    titles = spoken(graph, node, DCTERMS.title)
    identity = text(graph, node, DCTERMS.identifier) or ("" if isinstance(node, BNode) else str(node))
    title = first(titles)
    address = text(graph, node, DCAT.landingPage) or (str(node) if str(node).startswith("http") else url)
    tags = [str(word) for word in graph.objects(node, DCAT.keyword)]
    distributions = list(dict.fromkeys(graph.objects(node, DCAT.distribution)))
    told = filter(None, (file_of(graph, one, url) for one in distributions))
    files = sorted(told, key=lambda file: (file["title"], file["url"]))
    record = canonical(graph, node)
    return fields_of_record(
        identity,
        address,
        title,
        metadata=metadata_of(graph, node, titles, tags, distributions),
        files=one_of_each(files),
        record=record,
        modified=text(graph, node, DCTERMS.modified),
        mark=title or hashlib.sha256(record.encode()).hexdigest()[:8],
    )


def metadata_of(
    graph: Graph, node: Node, titles: Mapping[str, str], tags: Sequence[str], distributions: Sequence[Node]
) -> dict[str, Any]:
    """The fields of a dataset under the national names; what those lack under the words of DCAT."""
    notes = spoken(graph, node, DCTERMS.description)
    licences = [label(graph, one) for part in (node, *distributions) for one in graph.objects(part, DCTERMS.license)]
    rights = [label(graph, one) for part in (node, *distributions) for one in graph.objects(part, DCTERMS.rights)]
    publisher = next(graph.objects(node, DCTERMS.publisher), None)
    spatial = sorted(filter(None, (label(graph, one) for one in graph.objects(node, DCTERMS.spatial))))
    name, mail = contact(graph, node)
    return {
        "title": titles.get("th") or first(titles),
        "title_en": titles.get("en", "") if titles.get("en") != first(titles) else "",
        "notes": notes.get("th") or first(notes),
        "notes_en": notes.get("en", "") if notes.get("en") != first(notes) else "",
        "tags": sorted(set(filter(None, (tag.strip() for tag in tags)))),
        "license_id": next(filter(None, licences), ""),
        "license_guessed_from_rights": next(filter(None, rights), "") if not any(licences) else "",
        "data_source": label(graph, publisher) if publisher is not None else "",
        "maintainer": name,
        "maintainer_email": mail,
        "update_frequency_unit": frequency(graph, node),
        "geo_coverage": ", ".join(part for part in spatial if not part.startswith(("http", "{")))[:500],
        "languages": {**titles} if set(titles) - {"", "th", "en"} else {},
        "theme": sorted(filter(None, (label(graph, one) for one in graph.objects(node, DCAT.theme)))),
        "issued": text(graph, node, DCTERMS.issued),
        "modified": text(graph, node, DCTERMS.modified),
        "language": sorted(str(one) for one in graph.objects(node, DCTERMS.language)),
        "version": text(graph, node, OWL.versionInfo) or text(graph, node, DCAT.version),
        "conforms_to": sorted(label(graph, one) for one in graph.objects(node, DCTERMS.conformsTo)),
        "in_series": sorted(str(one) for one in graph.objects(node, DCAT.inSeries)),
        "url": text(graph, node, DCAT.landingPage),
    }


def file_of(graph: Graph, node: Node, url: str) -> dict[str, Any] | None:
    """One distribution as the fields of a RemoteFile; None for one without an address. One with an access page only is a link."""
    download, access = text(graph, node, DCAT.downloadURL), text(graph, node, DCAT.accessURL)
    if not download and not access:
        return None
    form = next(graph.objects(node, DCTERMS["format"]), None) or next(graph.objects(node, DCAT.mediaType), None)
    named = label(graph, form) if form is not None else ""
    return {
        "url": urljoin(url, download or access),
        "page": access if download else "",
        "title": first(spoken(graph, node, DCTERMS.title)),
        "description": first(spoken(graph, node, DCTERMS.description)),
        "format": plain_format(named) if download else plain_format(named) or "html",
        "modified": " ".join(filter(None, (text(graph, node, one) for one in (DCTERMS.modified, DCAT.byteSize)))),
        "details": {},
    }


def one_of_each(files: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The files, of which one table in several forms is taken in once: the others are links, so that no table comes twice.

    Forms of one table share the page that leads to them (`dcat:accessURL`). The plainest form is taken.
    """
    best: dict[str, int] = {}
    for file in files:
        if file["page"] and file["format"] in FORMS:
            best[file["page"]] = min(best.get(file["page"], len(FORMS)), FORMS.index(file["format"]))
    kept = []
    for file in files:
        page = file.pop("page")
        other = bool(page) and file["format"] in FORMS and FORMS.index(file["format"]) > best[page]
        kept.append({**file, "details": {"other_form_of": page}} if other else file)
    return kept


FORMS = ("csv", "tsv", "xlsx", "ods", "xls", "json", "jsonl", "ndjson")  # the plainest first


def spoken(graph: Graph, node: Node, predicate: URIRef) -> dict[str, str]:
    """The texts of a property by their languages, "" where none is said; the longest of several in one."""
    found: dict[str, str] = {}
    for value in sorted(graph.objects(node, predicate), key=str):
        language = (value.language or "").partition("-")[0].lower() if isinstance(value, Literal) else ""
        if len(lines(value)) > len(found.get(language, "")):
            found[language] = lines(value)
    return found


def first(texts: Mapping[str, str]) -> str:
    """One text of several languages: Thai, else without a language, else English, else any."""
    return next(filter(None, (texts.get(code, "") for code in ("th", "", "en", *sorted(texts)))), "")


def text(graph: Graph, node: Node, predicate: URIRef) -> str:
    """The first value of a property as text, in a steady order."""
    return next(
        iter(sorted(lines(value) for value in graph.objects(node, predicate) if not isinstance(value, BNode))), ""
    )


def label(graph: Graph, node: Node | None) -> str:
    """What a thing is called: a literal itself, else its name in the graph, else its address."""
    if node is None or isinstance(node, Literal):
        return lines(node)
    for predicate in (FOAF.name, SKOS.prefLabel, RDFS.label, DCTERMS.title, VCARD.fn, SCHEMA.name, RDF.value):
        told = first(spoken(graph, node, predicate))
        if told:
            return told
    return "" if isinstance(node, BNode) else str(node)


def frequency(graph: Graph, node: Node) -> str:
    """How often the dataset is brought up to date: the national word, else what is said; "" for an address that says no word."""
    said = label(graph, next(iter(sorted(graph.objects(node, DCTERMS.accrualPeriodicity), key=str)), None))
    word = said.rsplit("/freq/", 1)[-1].rsplit("/frequency/", 1)[-1]
    return FREQUENCIES.get(word.upper(), "" if "://" in word else word)


def contact(graph: Graph, node: Node) -> tuple[str, str]:
    """Name and e-mail of the contact."""
    for one in chain(graph.objects(node, DCAT.contactPoint), graph.objects(node, ADMS.contactPoint)):
        names = (
            text(graph, one, predicate) for predicate in (VCARD.fn, VCARD["organization-name"], VCARD.hasFN, FOAF.name)
        )
        mails = [text(graph, one, predicate) for predicate in (VCARD.hasEmail, VCARD.email, FOAF.mbox)]
        mails += [text(graph, inner, VCARD.hasValue) for inner in graph.objects(one, VCARD.hasEmail)]
        name, mail = next(filter(None, names), ""), next(filter(None, mails), "")
        if name or mail:
            return name, TEMPLATE_URI.sub("", mail).strip()
    return "", ""


def canonical(graph: Graph, node: Node) -> str:
    """All that the graph says of a dataset and of what hangs on it, in one order: equal whatever the serializer did."""
    return "\n".join(sorted(set(statements(graph, node, 0))))


def statements(graph: Graph, node: Node, depth: int) -> Iterator[str]:
    """Lines "property value", blank nodes and distributions spelt out, four levels deep."""
    for predicate, value in graph.predicate_objects(node):
        if isinstance(value, BNode) or predicate in (DCAT.distribution, DCTERMS.publisher, DCAT.contactPoint):
            own = "" if isinstance(value, BNode) else str(value)
            inner = sorted(set(statements(graph, value, depth + 1))) if depth < 4 else []
            yield f"{predicate} {own} [{'; '.join(inner)}]"
        else:
            yield f"{predicate} {value.n3()}"
