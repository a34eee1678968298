"""What a page is about, for machines: schema.org for search engines, with the ORG ontology in the whole documents.

`*_block` are the small data blocks that stand in pages; `cluster_document` and `unit_document` are whole, in a context of their
own, so that nobody has to fetch one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from harvesters.licences import licence_of
from harvesters.packages.descriptor import public_url, without_empty
from harvesters.thai.places import province
from harvesters.thai.text import shorten
from portal.articles.queries import Article
from portal.catalogue.citation import PORTAL_EN, PORTAL_TH
from portal.catalogue.models import Dataset, Version
from portal.catalogue.presenting import address_of
from portal.choices import site
from portal.registry.models import Entity, Mention
from portal.registry.presenting import first, texts
from portal.registry.reasons import fixed_row
from portal.registry.subjects import subjects

SCHEMA = "https://schema.org"
CONTEXT = {
    "@vocab": f"{SCHEMA}/",
    "org": "http://www.w3.org/ns/org#",
    "prov": "http://www.w3.org/ns/prov#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "url": {"@type": "@id"},
    "mainEntityOfPage": {"@type": "@id"},
    "prov:wasDerivedFrom": {"@type": "@id"},
}
LONGEST = 300  # characters of a description in a page
MOST_FILES = 3  # tables named in a page
MOST_PLACES = 3
MOST_TEXTS = 10


# ── in pages ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def dataset_block(dataset: Dataset, version: Version) -> dict[str, Any]:
    """A dataset, as the engines that look for datasets read it."""
    page = site() + address_of(dataset)
    known = licence_of(dataset.license_id)
    certain = known.url if known.certain else ""
    return without_empty(
        {
            "@context": SCHEMA,
            "@type": "Dataset",
            "@id": page,
            "identifier": f"khlang:{dataset.name}@{version.number}",
            "name": dataset.title_th,
            "description": shorten(dataset.notes_th or dataset.title_th, LONGEST),
            "url": page,
            "version": str(version.number),
            "dateModified": version.published_at.date().isoformat(),
            "isAccessibleForFree": True,
            "inLanguage": "th",
            "license": certain,
            "spatialCoverage": [province(link.province_code).name_th for link in dataset.provinces][:MOST_PLACES],
            "creator": {
                "@type": "Organization",
                "name": dataset.publisher.title_th,
                "url": f"{site()}/publisher/{dataset.publisher.slug}",
            },
            "distribution": [
                {
                    "@type": "DataDownload",
                    "name": table.title,
                    "encodingFormat": "text/csv",
                    "contentUrl": f"{page}/resource/{table.name}.csv",
                }
                for table in version.resources[:MOST_FILES]
            ],
        }
    )


def entity_block(entity: Entity) -> dict[str, Any]:
    """A cluster or a research unit, in short."""
    return without_empty(
        {
            "@context": SCHEMA,
            "@type": "ResearchOrganization" if entity.kind == "unit" else "Organization",
            "@id": page_of(entity),
            "name": entity.name_th,
            "alternateName": entity.name_en,
            "url": page_of(entity),
            "identifier": entity.external_id,
            "address": address(entity),
            "knowsAbout": knows(entity),
            "parentOrganization": university(entity),
        }
    )


def article_block(article: Article) -> dict[str, Any]:
    """An article."""
    page = f"{site()}/article/{article.slug}"
    known = licence_of(article.licence)
    return without_empty(
        {
            "@context": SCHEMA,
            "@type": "Article",
            "@id": page,
            "headline": article.title,
            "description": shorten(article.summary, LONGEST),
            "url": page,
            "inLanguage": article.language,
            "datePublished": article.published.isoformat(),
            "dateModified": article.updated.isoformat(),
            "author": {"@type": "Organization", "name": article.author},
            "publisher": {"@type": "Organization", "name": PORTAL_TH, "alternateName": PORTAL_EN, "url": f"{site()}/"},
            "license": known.url if known.certain else "",
        }
    )


# ── whole documents ──────────────────────────────────────────────────────────────────────────────────────────────────
def cluster_document(cluster: Entity) -> dict[str, Any]:
    """A cluster with what it makes and needs, and the rows that say so."""
    return without_empty(
        document(cluster, "Organization", "org:Organization")
        | {
            "makesOffer": [offer("Product", text) for text in texts(cluster, "products")],
            "seeks": [{"@type": "Demand", "description": text} for text in texts(cluster, "needs")],
        }
    )


def unit_document(unit: Entity, outputs: Sequence[Mention]) -> dict[str, Any]:
    """A research unit with what it offers, how it is reached, its outputs, and the rows that say so."""
    parent = university(unit)
    return without_empty(
        document(unit, "ResearchOrganization", "org:OrganizationalUnit")
        | {
            "parentOrganization": parent,
            "org:unitOf": parent and {"@type": "org:FormalOrganization", "skos:prefLabel": thai(parent["name"])},
            "makesOffer": [offer("Service", text) for text in texts(unit, "services")],
            "owns": [{"@type": "Product", "name": text} for text in texts(unit, "instruments")],
            "contactPoint": contact(unit),
            "subjectOf": [work(mention) for mention in outputs],
        }
    )


def document(entity: Entity, *types: str) -> dict[str, Any]:
    """What both kinds have."""
    names = [thai(entity.name_th), *([{"@value": entity.name_en, "@language": "en"}] if entity.name_en else [])]
    point = {"@type": "GeoCoordinates", "latitude": entity.latitude, "longitude": entity.longitude}
    return {
        "@context": CONTEXT,
        "@id": page_of(entity),
        "@type": list(types),
        "name": names,
        "skos:prefLabel": names,
        "mainEntityOfPage": page_of(entity),
        "url": public_url(first(entity, "website")) or page_of(entity),
        "identifier": entity.external_id,
        "org:identifier": entity.external_id,
        "address": address(entity),
        "location": {"@type": "Place", "geo": point} if entity.latitude is not None else None,
        "knowsAbout": knows(entity),
        "org:classification": [
            {"@type": "skos:Concept", "skos:notation": one["code"], "skos:prefLabel": both(one["code"])}
            for one in entity.subjects
        ],
        "prov:wasDerivedFrom": [row_of(mention) for mention in entity.mentions],
    }


def work(mention: Mention) -> dict[str, Any]:
    """A research output; its researchers are named at its source only."""
    return without_empty(
        {
            "@type": "CreativeWork",
            "name": mention.name,
            "datePublished": str(mention.facts.get("year") or ""),
            "identifier": str(mention.facts.get("doi") or ""),
            "url": public_url(str(mention.facts.get("url") or "")) or row_of(mention),
        }
    )


# ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def page_of(entity: Entity) -> str:
    """The address that an entity is called by."""
    return f"{site()}/{entity.kind}/{entity.slug}"


def row_of(mention: Mention) -> str:
    """The row of the very version that a fact rests on."""
    return site() + fixed_row(mention.dataset.name, mention.version, mention.resource, mention.row)


def address(entity: Entity) -> dict[str, str]:
    """District and province."""
    region = province(entity.province_code).name_th if entity.province_code else ""
    told = {"addressLocality": entity.district, "addressRegion": region}
    return {"@type": "PostalAddress", **without_empty(told), "addressCountry": "TH"}


def knows(entity: Entity) -> list[str]:
    """What an entity is about: a unit's own words, else its subjects."""
    own = texts(entity, "expertise_th") or texts(entity, "expertise_en") if entity.kind == "unit" else []
    return own[:MOST_TEXTS] or [subjects()[one["code"]].name_th for one in entity.subjects]


def university(entity: Entity) -> dict[str, Any]:
    """Where a unit belongs, {} where no row says it."""
    name = first(entity, "university") if entity.kind == "unit" else ""
    return {"@type": "CollegeOrUniversity", "name": name} if name else {}


def contact(unit: Entity) -> dict[str, Any]:
    """How a unit is reached, {} where no row says it."""
    told = without_empty({"telephone": first(unit, "contact_phone"), "email": first(unit, "contact_email")})
    return {"@type": "ContactPoint", **told} if told else {}


def offer(kind: str, text: str) -> dict[str, Any]:
    """Something that is offered."""
    return {"@type": "Offer", "itemOffered": {"@type": kind, "name": text}}


def thai(text: str) -> dict[str, str]:
    """A text in Thai."""
    return {"@value": text, "@language": "th"}


def both(code: str) -> list[Mapping[str, str]]:
    """The names of a subject."""
    found = subjects()[code]
    return [thai(found.name_th), {"@value": found.name_en, "@language": "en"}]
