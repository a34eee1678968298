"""The catalogue in RDF: DCAT 3 with the terms that DCAT-AP asks for, in pages of the hydra vocabulary as CKAN has them.

Loads rdflib: import it where a request asks for RDF, so that nothing else waits for it. Nothing is claimed that is not certain:
a licence is named only where the table of licences knows its address.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF, SKOS, XSD

from harvesters.licences import licence_of
from harvesters.packages.descriptor import public_url
from harvesters.thai.places import province
from portal.catalogue.citation import PORTAL_EN, PORTAL_TH
from portal.catalogue.models import Dataset, Publisher, Resource, Version
from portal.catalogue.presenting import EXCEL_ROWS, MAIL, address_of

HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
PREFIXES = {"dcat": DCAT, "dct": DCTERMS, "foaf": FOAF, "hydra": HYDRA, "skos": SKOS, "spdx": SPDX, "vcard": VCARD, "xsd": XSD}  # fmt: skip
VERSION = URIRef(f"{DCAT}version")  # of DCAT 3, which rdflib does not know
LANGUAGE = "http://id.loc.gov/vocabulary/iso639-1/"
MEDIA = "https://www.iana.org/assignments/media-types/"
FILE_TYPE = "http://publications.europa.eu/resource/authority/file-type/"
FORMATS = (  # ending, media type, file type, what the store keeps of it
    ("csv", "text/csv", "CSV", "data"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "XLSX", None),
    ("json", "application/json", "JSON", None),
    ("parquet", "application/vnd.apache.parquet", "PARQUET", "parquet"),
)
DESCRIPTION = {
    "th": "ข้อมูลเปิดของกลุ่มผู้ประกอบการและหน่วยวิจัยทุกจังหวัด",
    "en": "Open data of entrepreneur clusters and research units, province by province",
}


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the catalogue: `number` from 1 of `pages`, `size` datasets each, `total` in all."""

    number: int
    pages: int
    size: int
    total: int


def catalogue_graph(base: str, path: str, datasets: Sequence[Dataset], page: Page) -> Graph:
    """The catalogue with some of its datasets. `base`: the portal's address; `path`: that of this document."""
    graph = new_graph()
    catalogue = URIRef(f"{base}/")
    publisher = URIRef(f"{base}/about")
    add(graph, catalogue, RDF.type, DCAT.Catalog)
    both(graph, catalogue, DCTERMS.title, PORTAL_TH, PORTAL_EN)
    both(graph, catalogue, DCTERMS.description, DESCRIPTION["th"], DESCRIPTION["en"])
    add(graph, catalogue, DCTERMS.publisher, publisher)
    add(graph, publisher, RDF.type, FOAF.Agent)
    both(graph, publisher, FOAF.name, PORTAL_TH, PORTAL_EN)
    languages(graph, catalogue, "th", "en")
    if datasets:
        newest = max(dataset.updated_at for dataset in datasets)
        add(graph, catalogue, DCTERMS.modified, Literal(newest.isoformat(), datatype=XSD.dateTime))
    for dataset in datasets:
        assert dataset.current is not None
        add(graph, catalogue, DCAT.dataset, add_dataset(graph, base, dataset, dataset.current))
    add_paging(graph, f"{base}{path}", page)
    return graph


def dataset_graph(base: str, dataset: Dataset, version: Version, *, fixed: bool) -> Graph:
    """One dataset, or with `fixed` that very version of it."""
    graph = new_graph()
    add_dataset(graph, base, dataset, version, fixed=fixed)
    return graph


def new_graph() -> Graph:
    """An empty graph with our prefixes."""
    graph = Graph(bind_namespaces="none")
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace)
    return graph


def add_paging(graph: Graph, address: str, page: Page) -> None:
    """Tell the pages: as hydra has them today, and as CKAN's harvester reads them."""
    here = URIRef(f"{address}?page={page.number}")
    add(graph, here, RDF.type, HYDRA.PartialCollectionView)
    add(graph, here, RDF.type, HYDRA.PagedCollection)
    add(graph, here, HYDRA.totalItems, Literal(page.total))
    add(graph, here, HYDRA.itemsPerPage, Literal(page.size))
    links = {"first": 1, "last": page.pages}
    if page.number < page.pages:
        links["next"] = page.number + 1
    if page.number > 1:
        links["previous"] = page.number - 1
    for name, number in links.items():
        other = URIRef(f"{address}?page={number}")
        add(graph, here, HYDRA[name], other)
        add(graph, here, HYDRA[f"{name}Page"], other)


def add_dataset(graph: Graph, base: str, dataset: Dataset, version: Version, *, fixed: bool = False) -> URIRef:
    """Add a dataset with its publisher, places and files. Returns what it is called by."""
    pinned = version if fixed else None
    path = address_of(dataset, pinned)
    about = URIRef(base + path)
    add(graph, about, RDF.type, DCAT.Dataset)
    add(
        graph,
        about,
        DCTERMS.identifier,
        Literal(dataset.name if not fixed else f"khlang:{dataset.name}@{version.number}"),
    )
    both(graph, about, DCTERMS.title, dataset.title_th, dataset.title_en)
    both(graph, about, DCTERMS.description, dataset.notes_th or dataset.title_th, dataset.notes_en)
    add(graph, about, DCTERMS.publisher, add_publisher(graph, base, dataset.publisher))
    issued = version.published_at if fixed else dataset.created_at
    add(graph, about, DCTERMS.issued, Literal(issued.isoformat(), datatype=XSD.dateTime))
    add(graph, about, DCTERMS.modified, Literal(version.published_at.isoformat(), datatype=XSD.dateTime))
    add(graph, about, VERSION, Literal(str(version.number)))
    languages(graph, about, "th", *(["en"] if dataset.title_en else []))
    typed(graph, about, DCAT.landingPage, about, FOAF.Document)  # the page and what it tells of have one address
    for tag in dict.fromkeys(map(str, dataset.tags)):
        add(graph, about, DCAT.keyword, Literal(tag, lang="th"))
    for link in dataset.provinces:
        add(graph, about, DCTERMS.spatial, add_place(graph, base, link.province_code))
    source = public_url(version.source_url)
    if source:
        add(graph, about, DCTERMS.source, URIRef(source))
    add_contact(graph, about, dataset)
    licence = licence_address(dataset.license_id)
    if licence:
        typed(graph, about, DCTERMS.license, URIRef(licence), DCTERMS.LicenseDocument)
    for resource in version.resources:
        for distribution in add_files(graph, base + path, version, resource):
            add(graph, about, DCAT.distribution, distribution)
            both(graph, distribution, DCTERMS.title, *titles(dataset, version, resource))
            languages(graph, distribution, "th")
            if licence:
                add(graph, distribution, DCTERMS.license, URIRef(licence))
    for number, told in enumerate(version.links, 1):
        address = public_url(told["url"])
        if address:
            distribution = URIRef(f"{base}{path}#link-{number}")
            add(graph, about, DCAT.distribution, distribution)
            add(graph, distribution, RDF.type, DCAT.Distribution)
            both(graph, distribution, DCTERMS.title, told["title"] or dataset.title_th, "")
            add(graph, distribution, DCAT.accessURL, URIRef(address))
    return about


def add_files(graph: Graph, address: str, version: Version, resource: Resource) -> list[URIRef]:
    """The forms in which a table can be had; what the store keeps as it is sent carries size and checksum."""
    table = f"{address}/resource/{resource.name}"
    added = []
    for ending, media, kind, role in FORMATS:
        if ending == "xlsx" and resource.rows > EXCEL_ROWS:
            continue
        about = URIRef(f"{table}#{ending}")
        add(graph, about, RDF.type, DCAT.Distribution)
        add(graph, about, DCTERMS.identifier, Literal(f"{resource.name}.{ending}"))
        add(graph, about, DCAT.accessURL, URIRef(table))
        add(graph, about, DCAT.downloadURL, URIRef(f"{table}.{ending}" + ("?all=1" if ending == "json" else "")))
        typed(graph, about, DCAT.mediaType, URIRef(MEDIA + media), DCTERMS.MediaType)
        typed(graph, about, DCTERMS["format"], URIRef(FILE_TYPE + kind), DCTERMS.MediaTypeOrExtent)
        file = next((one for one in version.files if role and one.role == role and one.resource == resource.name), None)
        if file is not None:
            checksum = URIRef(f"{about}-checksum")
            add(graph, about, DCAT.byteSize, Literal(file.bytes, datatype=XSD.nonNegativeInteger))
            add(graph, about, SPDX.checksum, checksum)
            add(graph, checksum, RDF.type, SPDX.Checksum)
            typed(graph, checksum, SPDX.algorithm, SPDX.checksumAlgorithm_sha256, SPDX.ChecksumAlgorithm)
            add(graph, checksum, SPDX.checksumValue, Literal(file.sha256, datatype=XSD.hexBinary))
        added.append(about)
    return added


def titles(dataset: Dataset, version: Version, resource: Resource) -> tuple[str, str]:
    """What a table is called in Thai and English: its own title among several, else the dataset's."""
    return (resource.title, "") if len(version.resources) > 1 else (dataset.title_th, dataset.title_en)


def add_publisher(graph: Graph, base: str, publisher: Publisher) -> URIRef:
    """Who answers for a dataset."""
    about = URIRef(f"{base}/publisher/{publisher.slug}")
    add(graph, about, RDF.type, FOAF.Agent)
    add(graph, about, RDF.type, FOAF.Organization)
    add(graph, about, DCTERMS.identifier, Literal(publisher.slug))
    both(graph, about, FOAF.name, publisher.title_th, publisher.title_en)
    homepage = public_url(publisher.url)
    if homepage:
        typed(graph, about, FOAF.homepage, URIRef(homepage), FOAF.Document)
    return about


def add_place(graph: Graph, base: str, code: str) -> URIRef:
    """A province."""
    found = province(code)
    about = URIRef(f"{base}/province/{code}")
    add(graph, about, RDF.type, DCTERMS.Location)
    add(graph, about, DCTERMS.identifier, Literal(found.iso))
    both(graph, about, SKOS.prefLabel, found.name_th, found.name_en)
    return about


def add_contact(graph: Graph, about: URIRef, dataset: Dataset) -> None:
    """Whom to ask, where the publisher says it."""
    if not dataset.maintainer and not MAIL.fullmatch(dataset.maintainer_email):
        return
    contact = URIRef(f"{about}#contact")
    add(graph, about, DCAT.contactPoint, contact)
    add(graph, contact, RDF.type, VCARD.Kind)
    add(graph, contact, RDF.type, VCARD.Organization)
    add(graph, contact, VCARD.fn, Literal(dataset.maintainer or dataset.maintainer_email, lang="th"))
    if MAIL.fullmatch(dataset.maintainer_email):
        add(graph, contact, VCARD.hasEmail, URIRef(f"mailto:{dataset.maintainer_email}"))


def licence_address(label: str) -> str:
    """The address of a licence that is certain; "" for any other."""
    known = licence_of(label)
    return "" if not label.strip() or not known.certain else known.url


def languages(graph: Graph, about: URIRef, *codes: str) -> None:
    """In which languages something is."""
    for code in codes:
        typed(graph, about, DCTERMS.language, URIRef(LANGUAGE + code), DCTERMS.LinguisticSystem)


def both(graph: Graph, about: URIRef, says: URIRef, th: str, en: str) -> None:
    """A text in the languages that it exists in."""
    for text, code in ((th, "th"), (en, "en")):
        if text:
            add(graph, about, says, Literal(text, lang=code))


def typed(graph: Graph, about: URIRef, says: URIRef, what: URIRef, kind: URIRef) -> None:
    """One statement about something of a known kind: DCAT-AP wants the kind told too."""
    add(graph, about, says, what)
    add(graph, what, RDF.type, kind)


def add(graph: Graph, about: URIRef, says: URIRef, what: URIRef | Literal) -> None:
    """One statement."""
    graph.add((about, says, what))


def written(graph: Graph, form: str) -> str:
    """The graph as Turtle (`ttl`) or JSON-LD (`jsonld`)."""
    if form == "ttl":
        return graph.serialize(format="turtle")
    context = {prefix: str(namespace) for prefix, namespace in PREFIXES.items()}
    return graph.serialize(format="json-ld", context=context, indent=1, ensure_ascii=False)
