"""The national metadata fields (design page on Thai data 2) and the package of a CKAN, both ways.

Values stay the literal Thai strings that they are; fields that the standard does not know are kept under their own names.
What is text goes through the masker: a catalogue's fields stand on public pages.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from harvesters.checks.personal import mask_text
from harvesters.metadata import Metadata

HOUSEKEEPING = frozenset(
    {
        *(
            "id",
            "name",
            "state",
            "private",
            "type",
            "resources",
            "tags",
            "tag_string",
            "extras",
            "groups",
            "organization",
        ),
        *(
            "num_resources",
            "num_tags",
            "isopen",
            "creator_user_id",
            "revision_id",
            "revision_timestamp",
            "tracking_summary",
        ),
        *("metadata_created", "metadata_modified", "relationships_as_subject", "relationships_as_object", "owner_org"),
        *("title_translated", "notes_translated", "license_title", "url", "title", "notes"),
    }
)  # of CKAN itself: changes by itself, or is mapped by hand
FILE_HOUSEKEEPING = frozenset(
    {
        *(
            "id",
            "package_id",
            "position",
            "state",
            "url",
            "url_type",
            "name",
            "description",
            "format",
            "datastore_active",
        ),
        *(
            "created",
            "last_modified",
            "metadata_modified",
            "cache_last_updated",
            "cache_url",
            "hash",
            "size",
            "revision_id",
        ),
        *("mimetype", "mimetype_inner", "resource_type", "tracking_summary"),
    }
)
MULTIPLE = frozenset({"objective", "data_format", "data_language", "disaggregate"})
TWO_LANGUAGES = {"title": "title", "notes": "notes"}
EXTRAS = "catalogue_extras"  # CKAN's own list of key and value, apart from the fields of its schema
NOT_TEXT = re.compile(r"(?:^|_)(?:url|uri|id|ids|date|created|modified|hash)$")


def from_package(package: Mapping[str, Any]) -> dict[str, Any]:
    """The metadata of an item from what `package_show` says of a dataset. Empty values are left out."""
    found: dict[str, Any] = {
        name: several(value) if name in MULTIPLE else value
        for name, value in package.items()
        if name not in HOUSEKEEPING
    }
    found |= languages(package)
    found["maintainer"], found["maintainer_email"] = contact(package)
    found["license_id"] = package.get("license_id") or package.get("license_title")
    found["tags"] = tags(package)
    found["groups"] = [named(group) for group in listed(package.get("groups"))]
    found["organization"] = named(package.get("organization"))
    found["url"] = package.get("url")
    found[EXTRAS] = extras(package)
    return {name: masked(name, value) for name, value in found.items() if value not in (None, "", [], {})}


def to_package(metadata: Metadata) -> dict[str, Any]:
    """The fields of a CKAN package that say what `metadata` says: national ones flat and literal, tags and extras as lists."""
    told: dict[str, Any] = {
        "title": metadata.title_th,
        "notes": metadata.notes_th,
        "maintainer": metadata.maintainer,
        "maintainer_email": metadata.maintainer_email,
        "data_type": metadata.data_type,
        "objective": list(metadata.objective),
        "update_frequency_unit": metadata.update_frequency_unit,
        "update_frequency_interval": metadata.update_frequency_interval,
        "geo_coverage": metadata.geo_coverage,
        "data_source": metadata.data_source,
        "data_format": list(metadata.data_format),
        "data_category": metadata.data_category,
        "license_id": metadata.license_id,
        "tags": [{"name": tag, "display_name": tag} for tag in metadata.tags],
        **{name: value for name, value in metadata.extras.items() if name != EXTRAS},
        "extras": [{"key": key, "value": value} for key, value in metadata.extras.get(EXTRAS, {}).items()],
    }
    for name, english in (("title", metadata.title_en), ("notes", metadata.notes_en)):
        if english:
            told[f"{name}_translated"] = {"th": told[name], "en": english}
    return {name: value for name, value in told.items() if value not in (None, "", [], {})}


def file_details(resource: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a CKAN resource beside its address, name, description and format: literal, masked, without CKAN's own."""
    found = {name: value for name, value in resource.items() if name not in FILE_HOUSEKEEPING}
    return {name: masked(name, value) for name, value in found.items() if value not in (None, "", [], {})}


def languages(package: Mapping[str, Any]) -> dict[str, Any]:
    """Title and description, in both languages where the package has both (ckanext-fluent)."""
    found = {}
    for name in TWO_LANGUAGES:
        own, both = package.get(name), package.get(f"{name}_translated")
        both = own if isinstance(own, dict) else both
        told = {code: str(text) for code, text in both.items() if text} if isinstance(both, dict) else {}
        plain = "" if isinstance(own, dict) else lines(own)
        found[name] = told.get("th") or plain or next(iter(told.values()), "")
        english = told.get("en", "")
        found[f"{name}_en"] = english if english != found[name] else ""
    return found


def lines(text: Any) -> str:
    """A text with plain line ends; "" for nothing."""
    return "" if text is None else str(text).replace("\r\n", "\n").replace("\r", "\n").strip()


def contact(package: Mapping[str, Any]) -> tuple[str, str]:
    """Name and e-mail of the contact. Some CKANs keep an object there, as JSON text."""
    who, mail = package.get("maintainer"), package.get("maintainer_email")
    told = loaded(who)
    if isinstance(told, list) and told:
        told = told[0]
    if isinstance(told, dict):
        who, mail = told.get("name") or told.get("title"), mail or told.get("email")
    return lines(who), lines(mail)


def loaded(value: Any) -> Any:
    """The list or object that a text holds as JSON; the value itself otherwise."""
    if isinstance(value, str) and value[:1] in "[{":
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def several(value: Any) -> list[str]:
    """The choices of a field that takes several: a list, or one as JSON or PostgreSQL writes it in a text."""
    told = loaded(value)
    if isinstance(told, str):
        inner = told[1:-1] if told[:1] == "{" and told[-1:] == "}" else None
        told = [part.strip(' "') for part in inner.split(",")] if inner is not None else [told]
    return [str(part) for part in (told if isinstance(told, list) else [told]) if part not in (None, "")]


def tags(package: Mapping[str, Any]) -> list[str]:
    """Tags as they are shown, in any script; a plain comma list counts too."""
    given = package.get("tags")
    if not given and isinstance(package.get("tag_string"), str):
        given = package["tag_string"].split(",")
    found = [
        str(tag.get("display_name") or tag.get("name") or "") if isinstance(tag, dict) else str(tag)
        for tag in listed(given)
    ]
    return list(dict.fromkeys(tag.strip() for tag in found if tag.strip()))


def extras(package: Mapping[str, Any]) -> dict[str, Any]:
    """CKAN's own extras by their keys, misspelt ones too."""
    return {
        str(extra["key"]): extra.get("value")
        for extra in listed(package.get("extras"))
        if isinstance(extra, dict) and extra.get("key")
    }


def named(value: Any) -> dict[str, str]:
    """An organisation or group: its name and title."""
    if not isinstance(value, dict):
        return {}
    return {key: str(value[key]) for key in ("name", "title") if value.get(key)}


def listed(value: Any) -> Sequence[Any]:
    """A list as it is; nothing for anything else."""
    return value if isinstance(value, list) else []


def object_of(value: Any) -> dict[str, Any]:
    """An object as it is; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def masked(name: str, value: Any) -> Any:
    """A value with personal data masked in its texts. Addresses, ids and dates are no texts."""
    if isinstance(value, str):
        return value if NOT_TEXT.search(name) or "://" in value[:12] else mask_text(value)
    if isinstance(value, list):
        return [masked(name, part) for part in value]
    if isinstance(value, dict):
        return {key: masked(str(key), part) for key, part in value.items()}
    return value
