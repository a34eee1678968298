"""Datasets, resources, publishers, provinces, tags and licences as CKAN's clients read them, with the national fields at the top level.

Keys are always there, null where empty, except those whose null makes a client refuse the whole dataset.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from harvesters import bundled
from harvesters.licences import licence_of, table
from harvesters.metadata import Metadata
from harvesters.national import MULTIPLE, to_package
from harvesters.packages.descriptor import public_url
from harvesters.thai.places import Province, province
from portal.catalogue.models import Dataset, Publisher, Resource, Version
from portal.catalogue.presenting import MAIL, address_of
from portal.catalogue.queries import find_file
from portal.catalogue.uids import named_uid, resource_uid
from portal.choices import site
from portal.federation.ckan.fields import as_text, ckan_moment, group_name, link_format, national_fields, publisher_uid

LICENCE_MISSING = "notspecified"  # CKAN's own word: an empty one makes clients refuse the dataset
DESCRIPTOR = "datapackage.json"
NATIONAL_EMPTY: Mapping[str, Any] = {name: [] if name in MULTIPLE else None for name in (
    "data_type", "objective", "update_frequency_unit", "update_frequency_interval", "geo_coverage", "data_source", "data_format",
    "data_category", "maintainer", "maintainer_email", "notes",
)}  # fmt: skip


def package(dataset: Dataset) -> dict[str, Any]:
    """One dataset. What its publisher told in fields of its own stands where it told it, unless the name is one of CKAN's."""
    assert dataset.current is not None
    version = dataset.current
    told = to_package(metadata_of(dataset))
    known = national_fields()
    others = {name: value for name, value in told.items() if name not in CKAN_FIELDS}
    loose = [
        *told.get("extras", []),
        *({"key": name, "value": value} for name, value in others.items() if name not in known),
    ]
    organisation = dataset.extras.get("organization")
    if isinstance(organisation, dict) and organisation.get("title"):
        loose.append({"key": "source_organization", "value": organisation["title"]})
    made = own_fields(dataset, version)
    national = {name: value for name, value in others.items() if name in known}
    translated = {"notes_translated": told["notes_translated"]} if "notes_translated" in told else {}
    whole = {**NATIONAL_EMPTY} | national | made | translated | contact(dataset)
    return whole | {"extras": extras_of(loose, whole)}


def metadata_of(dataset: Dataset) -> Metadata:
    """The description of a dataset as the harvesters know it."""
    names = (
        "title_th", "title_en", "notes_th", "notes_en", "data_type", "update_frequency_unit", "update_frequency_interval",
        "geo_coverage", "data_source", "data_category", "license_id", "maintainer", "maintainer_email",
    )  # fmt: skip
    lists: dict[str, Any] = {
        name: tuple(map(str, getattr(dataset, name))) for name in ("tags", "objective", "data_format")
    }
    return Metadata(**{name: getattr(dataset, name) for name in names}, **lists, extras=dataset.extras)


def own_fields(dataset: Dataset, version: Version) -> dict[str, Any]:
    """The fields that every CKAN has."""
    licence = licence_of(dataset.license_id)
    page = site() + address_of(dataset)
    listed = resources(dataset, version)
    tags = [tag(name) for name in dict.fromkeys(map(str, dataset.tags))]
    return {
        "id": dataset.uid,
        "name": dataset.name,
        "title": dataset.title_th,
        "title_translated": {"th": dataset.title_th, "en": dataset.title_en or dataset.title_th},
        "notes": dataset.notes_th or None,
        "type": "dataset",
        "state": "active",
        "private": False,
        "isopen": licence.open == "yes",
        "url": public_url(str(dataset.extras.get("url") or "")) or page,
        "version": str(version.number),
        "license_id": dataset.license_id or LICENCE_MISSING,
        "license_title": licence.title.th,
        "license_url": licence.url or None,
        "ckan_url": page,
        "creator_user_id": None,
        "owner_org": publisher_uid(dataset.publisher.slug, dataset.publisher.created_at),
        "organization": organisation_of(dataset.publisher),
        "metadata_created": ckan_moment(dataset.created_at),
        "metadata_modified": ckan_moment(dataset.updated_at),
        "tags": tags,
        "num_tags": len(tags),
        "groups": [group(province(link.province_code)) for link in dataset.provinces],
        "resources": listed,
        "num_resources": len(listed),
        "relationships_as_subject": [],
        "relationships_as_object": [],
        "reference_url_catalog": dataset.extras.get("reference_url_catalog") or public_url(version.source_url) or None,
    }


CKAN_FIELDS = frozenset(
    "id name title notes type state private isopen url version license_id license_title license_url ckan_url "  # noqa: SIM905
    "creator_user_id owner_org organization metadata_created metadata_modified tags num_tags groups resources num_resources "
    "relationships_as_subject relationships_as_object extras reference_url_catalog author author_email".split()
)


def contact(dataset: Dataset) -> dict[str, Any]:
    """Whom to ask; an address that is none makes some clients refuse the whole dataset."""
    publisher = dataset.publisher
    return {
        "author": publisher.title_th,
        "author_email": mail(publisher.email),
        "maintainer": dataset.maintainer or None,
        "maintainer_email": mail(dataset.maintainer_email),
    }


def mail(address: str) -> str | None:
    """An e-mail address; None for what is none."""
    return address if MAIL.fullmatch(address or "") else None


def extras_of(told: Sequence[Mapping[str, Any]], whole: Mapping[str, Any]) -> list[dict[str, str]]:
    """Fields that no schema knows, as text; a key that stands at the top level too makes a CKAN refuse the dataset."""
    taken: dict[str, str] = {}
    for extra in told:
        if extra["key"] not in whole and extra["key"] not in CKAN_FIELDS:
            taken.setdefault(str(extra["key"]), as_text(extra["value"]))
    return [{"key": key, "value": value} for key, value in taken.items()]


def resources(dataset: Dataset, version: Version) -> list[dict[str, Any]]:
    """What a dataset lists: its tables, files that are only named, and its descriptor, by which frictionless gets the schemas."""
    base = site() + address_of(dataset)
    listed = [table_fields(dataset, version, one, base) for one in version.resources]
    listed += [
        {
            "id": resource_uid(dataset.uid, link_key(link)),
            "name": str(link["title"] or link["url"]),
            "description": str(link["description"] or ""),
            "format": link_format(link),
            "url": address,
        }
        for link in version.links
        if (address := link_address(link))
    ]
    if version.resources:
        listed.append(
            {
                "id": resource_uid(dataset.uid, DESCRIPTOR),
                "name": "คำอธิบายชุดข้อมูล (Data Package)",
                "description": "Data Package (JSON)",
                "format": "Data Package",
                "mimetype": "application/json",
                "url": f"{base}/{DESCRIPTOR}",
            }
        )
    return [whole_resource(dataset, version, position, one) for position, one in enumerate(listed)]


def link_key(link: Mapping[str, Any]) -> str:
    """What tells a link from the tables and other links of its dataset."""
    return f"link {link['url']} {link['title']}"


def link_address(link: Mapping[str, Any]) -> str:
    """The address of a file that is only named; "" for none, and for another's descriptor, which frictionless would read in place of ours."""
    address = public_url(str(link["url"]))
    return "" if urlsplit(address).path.endswith(f"/{DESCRIPTOR}") else address


def table_fields(dataset: Dataset, version: Version, resource: Resource, base: str) -> dict[str, Any]:
    """What is known of a table: its CSV, as it is downloaded."""
    file = find_file(version, "data", resource.name) if any(one.role == "data" for one in version.files) else None
    several = len(version.resources) > 1
    return {
        "id": resource_uid(dataset.uid, resource.name),
        "name": resource.title if several else dataset.title_th,
        "description": "",
        "format": "CSV",
        "mimetype": "text/csv",
        "size": file.bytes if file else resource.bytes,
        "hash": file.sha256 if file else "",
        "url": f"{base}/resource/{resource.name}.csv",
        "url_type": "upload",
        "datastore_active": True,
    }


def whole_resource(dataset: Dataset, version: Version, position: int, told: Mapping[str, Any]) -> dict[str, Any]:
    """A resource with all its keys."""
    moved = ckan_moment(version.published_at)
    empty = ("mimetype_inner", "mimetype", "size", "url_type", "cache_url", "cache_last_updated")
    return {
        **dict.fromkeys(empty),
        "hash": "",
        "datastore_active": False,
        **told,
        "package_id": dataset.uid,
        "position": position,
        "resource_type": "file",
        "state": "active",
        "created": ckan_moment(dataset.created_at),
        "last_modified": moved,
        "metadata_modified": moved,
    }


def organisation_of(publisher: Publisher) -> dict[str, Any]:
    """A publisher as an organisation."""
    return {
        "id": publisher_uid(publisher.slug, publisher.created_at),
        "name": publisher.slug,
        "title": publisher.title_th,
        "type": "organization",
        "description": publisher.title_en,
        "image_url": "",
        "created": ckan_moment(publisher.created_at),
        "is_organization": True,
        "approval_status": "approved",
        "state": "active",
    }


def organisation(publisher: Publisher, count: int) -> dict[str, Any]:
    """A publisher in a list, and alone."""
    return (
        organisation_of(publisher)
        | {
            "display_name": publisher.title_th,
            "image_display_url": "",
            "package_count": count,
        }
        | followed_by_none()
    )


def followed_by_none() -> dict[str, Any]:
    """What a CKAN tells of organisations and groups, and we have none of."""
    return {"num_followers": 0, "extras": [], "groups": [], "tags": [], "users": []}


def group(place: Province) -> dict[str, Any]:
    """A province as a group."""
    return {
        "id": named_uid("province", place.iso),
        "name": group_name(place.code),
        "title": place.name_th,
        "display_name": place.name_th,
        "description": place.name_en,
        "image_display_url": "",
    }


def group_alone(place: Province, count: int) -> dict[str, Any]:
    """A province in a list, and alone."""
    return (
        group(place)
        | {
            "type": "group",
            "is_organization": False,
            "approval_status": "approved",
            "state": "active",
            "image_url": "",
            "package_count": count,
        }
        | followed_by_none()
    )


def tag(name: str) -> dict[str, Any]:
    """A tag."""
    return {
        "id": named_uid("tag", name),
        "name": name,
        "display_name": name,
        "state": "active",
        "vocabulary_id": None,
    }


def licences() -> list[dict[str, Any]]:
    """Every label of a licence that we know, with what it means."""
    return [
        {
            "id": label,
            "title": licence.title.th,
            "url": licence.url,
            "status": "active",
            "is_okd_compliant": licence.open == "yes",
            "od_conformance": "approved" if licence.open == "yes" else "not reviewed",
            "family": licence.id,
        }
        for label, licence in labelled()
    ]


def labelled() -> list[tuple[str, Any]]:
    """The labels as publishers write them, each once."""
    written = {row["label"].casefold(): row["label"] for row in bundled.read_table("licences")}
    return [(written[label], licence) for label, licence in table().items() if label]
