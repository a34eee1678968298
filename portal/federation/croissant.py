"""A dataset as Croissant, MLCommons' JSON-LD for machine learning (http://mlcommons.org/croissant/1.0), always of one version."""

from __future__ import annotations

from typing import Any

from harvesters.licences import licence_of
from harvesters.packages.descriptor import without_empty
from portal.catalogue.citation import cite
from portal.catalogue.models import Dataset, Resource, Version
from portal.catalogue.presenting import address_of
from portal.catalogue.queries import find_file
from portal.choices import site

CONFORMS_TO = "http://mlcommons.org/croissant/1.0"
CONTEXT: dict[str, Any] = {  # word for word as the specification gives it
    "@language": "th",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
TYPES = {
    "integer": "sc:Integer",
    "number": "sc:Float",
    "boolean": "sc:Boolean",
    "date": "sc:Date",
    "datetime": "sc:DateTime",
}  # anything else is a text


def croissant(dataset: Dataset, version: Version) -> dict[str, Any]:
    """The document of one version: its files with their sums, and the columns of each table."""
    page = site() + address_of(dataset, version)
    known = licence_of(dataset.license_id)
    return without_empty(
        {
            "@context": CONTEXT,
            "@type": "sc:Dataset",
            "conformsTo": CONFORMS_TO,
            "name": dataset.name,
            "alternateName": [text for text in (dataset.title_th, dataset.title_en) if text],
            "description": dataset.notes_th or dataset.title_th,
            "license": (known.url if known.certain else "") or dataset.license_id or known.title.en,
            "url": page,
            "sameAs": site() + address_of(dataset),
            "version": f"{version.number}.0.0",
            "datePublished": version.published_at.date().isoformat(),
            "citeAs": cite(dataset, version, page).bibtex,
            "inLanguage": "th",
            "creator": {
                "@type": "sc:Organization",
                "name": dataset.publisher.title_th,
                "url": f"{site()}/publisher/{dataset.publisher.slug}",
            },
            "distribution": [file_object(page, version, table) for table in version.resources],
            "recordSet": [record_set(table) for table in version.resources],
        }
    )


def file_object(page: str, version: Version, table: Resource) -> dict[str, Any]:
    """The CSV of a table."""
    file = find_file(version, "data", table.name)
    return {
        "@type": "cr:FileObject",
        "@id": f"{table.name}.csv",
        "name": f"{table.name}.csv",
        "contentUrl": f"{page}/{file.path}",
        "contentSize": f"{file.bytes} B",
        "encodingFormat": "text/csv",
        "sha256": file.sha256,
    }


def record_set(table: Resource) -> dict[str, Any]:
    """The columns of a table, each with the file that it is taken from."""
    return {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": table.title,
        "field": [
            without_empty(
                {
                    "@type": "cr:Field",
                    "@id": f"{table.name}/{field['name']}",
                    "name": field["name"],
                    "description": str(field.get("description") or field.get("title") or ""),
                    "dataType": TYPES.get(field["type"], "sc:Text"),
                    "source": {"fileObject": {"@id": f"{table.name}.csv"}, "extract": {"column": field["name"]}},
                }
            )
            for field in table.schema["fields"]
        ],
    }
