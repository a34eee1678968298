"""The actions of CKAN that are answered here, all of them reading. Each takes what was asked and gives CKAN's `result`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any

from harvesters.thai.places import Province, provinces
from portal.catalogue.citation import PORTAL_EN, PORTAL_TH
from portal.catalogue.queries import (
    counts_by_province,
    datasets_made_at,
    datasets_numbered,
    find_dataset_known_as,
    publishers_with_counts,
)
from portal.catalogue.uids import moment_of, named_uid
from portal.choices import site
from portal.errors import PortalError
from portal.federation.ckan import documents as told
from portal.federation.ckan.asked import Asked
from portal.federation.ckan.fields import Catalogue, group_name, publisher_uid
from portal.federation.ckan.rows import datastore_info, datastore_search
from portal.federation.ckan.search import DEFAULT_SORT, Search, search_packages

CKAN_VERSION = "2.10.4"  # the CKAN whose answers these are like
ROWS, MOST_ROWS = 10, 1_000
LISTED = 50  # datasets with all they have, where no limit is asked for
MOST_NAMES = 100_000
FACET_LIMIT = 50
MOST_FACETS = 20
SUGGESTED = 10

Action = Callable[[Asked], Any]


def status_show(asked: Asked) -> dict[str, Any]:
    """What this portal is, and which CKAN its actions are like."""
    return {
        "site_title": PORTAL_TH,
        "site_description": PORTAL_EN,
        "site_url": site(),
        "ckan_version": CKAN_VERSION,
        "khlang_version": version("khlang"),
        "error_emails_to": None,
        "locale_default": "th",
        "extensions": ["datastore", "thai_gdc"],
    }


def site_read(asked: Asked) -> bool:
    """Whether the site may be read: always."""
    return True


def help_show(asked: Asked) -> str:
    """What an action does: `name`."""
    name = asked.text("name", required=True)
    if name not in ACTIONS:
        raise PortalError("not-found", what=f"action {name[:60]}")
    return ACTIONS[name].__doc__ or ""


def package_list(asked: Asked) -> list[str]:
    """The names of all datasets: `limit`, `offset`."""
    names = sorted(Catalogue().numbers)
    offset = asked.whole("offset", 0)
    return names[offset : offset + asked.whole("limit", MOST_NAMES)]


def package_show(asked: Asked) -> dict[str, Any]:
    """One dataset with its resources: `id` is its name or id."""
    return told.package(find_dataset_known_as(asked.text("id", required=True)))


def package_search(asked: Asked) -> dict[str, Any]:
    """Datasets found by `q` and `fq`, in pages (`rows`, at most 1,000, and `start`), with `sort` and counts of `facet.field`."""
    rows, start = min(asked.whole("rows", ROWS), MOST_ROWS), asked.whole("start", 0)
    sort = asked.text("sort") or DEFAULT_SORT
    filters = [*asked.texts("fq"), *asked.texts("fq_list")] if "fq" in asked.given or "fq_list" in asked.given else []
    search, found = search_packages(" ".join(asked.texts("q")), filters, sort)
    kept = asked.texts("fl")
    results = packages(found[start : start + rows])
    facets = facets_of(asked, search, set(found))
    return {
        "count": len(found),
        "sort": sort,
        "results": [only(one, kept) for one in results] if kept and "*" not in kept else results,
        "facets": {name: {item["name"]: item["count"] for item in facet["items"]} for name, facet in facets.items()},
        "search_facets": facets,
    }


def packages(numbers: list[int]) -> list[dict[str, Any]]:
    """Datasets whole, in this order."""
    found = datasets_numbered(numbers)
    return [told.package(found[number]) for number in numbers if number in found]


def only(package: Mapping[str, Any], names: list[str]) -> dict[str, Any]:
    """Some fields of a dataset; several may stand in one text."""
    wanted = {name for text in names for name in text.replace(",", " ").split()}
    return {name: value for name, value in package.items() if name in wanted}


def facets_of(asked: Asked, search: Search, found: set[int]) -> dict[str, Any]:
    """The values of the fields that were asked for, most frequent first, with counts over all that was found."""
    if not asked.flag("facet", default=True):
        return {}
    limit = facet_limit(asked)
    least = max(1, asked.whole("facet.mincount", 1))
    facets = {}
    for name in asked.texts("facet.field")[:MOST_FACETS]:
        counts = search.counted(found, name)
        values = sorted(((value, count) for value, count in counts.items() if count >= least), key=rarest_last)
        labels = labels_of(name)
        facets[name] = {
            "title": name,
            "items": [
                {"name": value, "display_name": labels.get(value, value), "count": count}
                for value, count in values[:limit]
            ],
        }
    return facets


def facet_limit(asked: Asked) -> int | None:
    """How many values of a facet are told; a negative number means all."""
    return None if asked.text("facet.limit").startswith("-") else asked.whole("facet.limit", FACET_LIMIT)


def rarest_last(pair: tuple[str, int]) -> tuple[int, str]:
    """The order of a facet's values."""
    return -pair[1], pair[0]


def labels_of(name: str) -> Mapping[str, str]:
    """What the values of a field are called."""
    if name == "organization":
        return {publisher.slug: publisher.title_th for publisher, _count in publishers_with_counts()}
    return {group_name(place.code): place.name_th for place in provinces()} if name == "groups" else {}


def current_package_list_with_resources(asked: Asked) -> list[dict[str, Any]]:
    """Datasets whole, the last changed first: `limit` (50, at most 1,000), `offset`."""
    limit, offset = min(asked.whole("limit", LISTED), MOST_ROWS), asked.whole("offset", 0)
    _search, found = search_packages("", (), "metadata_modified desc")
    return packages(found[offset : offset + limit])


def package_autocomplete(asked: Asked) -> list[dict[str, Any]]:
    """Datasets whose name or title holds `q`: `limit`."""
    wanted = asked.text("q", required=True).casefold()
    found = [
        {
            "name": base.name,
            "title": base.title_th,
            "match_field": field,
            "match_displayed": f"{base.title_th} ({base.name})",
        }
        for base in sorted(Catalogue().bases.values(), key=lambda one: one.name)
        for field, text in (("name", base.name), ("title", f"{base.title_th}\n{base.title_en}"))
        if wanted in text.casefold() and not (field == "title" and wanted in base.name)
    ]
    return found[: min(asked.whole("limit", SUGGESTED), MOST_ROWS)]


def resource_show(asked: Asked) -> dict[str, Any]:
    """One resource: `id`."""
    uid = asked.text("id", required=True)
    for dataset in datasets_made_at(beginning) if (beginning := moment_of(uid)) else ():
        assert dataset.current is not None
        for one in told.resources(dataset, dataset.current):
            if one["id"] == uid.lower():
                return one
    raise PortalError("not-found", what=f"resource {uid[:60]}")


def resource_view_list(asked: Asked) -> list[Any]:
    """Views of a resource: there are none, its page shows it."""
    resource_show(asked)
    return []


def organization_list(asked: Asked) -> list[Any]:
    """Publishers that have datasets: `all_fields`, `limit`, `offset`, `organizations`."""
    wanted = {one for text in asked.texts("organizations") for one in text.split(",")}
    found = sorted(publishers_with_counts(), key=lambda pair: pair[0].slug)
    shown = [(publisher, count) for publisher, count in found if not wanted or publisher.slug in wanted]
    whole = asked.flag("all_fields", default=False)
    return paged(asked, [told.organisation(*pair) if whole else pair[0].slug for pair in shown])


def organization_show(asked: Asked) -> dict[str, Any]:
    """One publisher: `id` is its name or id; with `include_datasets` its datasets."""
    wanted = asked.text("id", required=True)
    for publisher, count in publishers_with_counts():
        if wanted in (publisher.slug, publisher_uid(publisher.slug, publisher.created_at)):
            return told.organisation(publisher, count) | datasets_within(asked, f'organization:"{publisher.slug}"')
    raise PortalError("not-found", what=f"organization {wanted[:60]}")


def group_list(asked: Asked) -> list[Any]:
    """Provinces: `all_fields`, `limit`, `offset`, `groups`."""
    wanted = {one for text in asked.texts("groups") for one in text.split(",")}
    counts = counts_by_province()
    shown = [
        place
        for place in sorted(provinces(), key=lambda one: one.iso)
        if not wanted or group_name(place.code) in wanted
    ]
    whole = asked.flag("all_fields", default=False)
    lines = [told.group_alone(one, counts.get(one.code, 0)) if whole else group_name(one.code) for one in shown]
    return paged(asked, lines)


def group_show(asked: Asked) -> dict[str, Any]:
    """One province: `id` is its name (th-54) or id; with `include_datasets` its datasets."""
    place = find_group(asked)
    within = datasets_within(asked, f"groups:{group_name(place.code)}")
    return told.group_alone(place, counts_by_province().get(place.code, 0)) | within


def group_package_show(asked: Asked) -> list[dict[str, Any]]:
    """The datasets of one province: `id`, `limit`."""
    _search, found = search_packages("", [f"groups:{group_name(find_group(asked).code)}"], "name asc")
    return packages(found[: min(asked.whole("limit", MOST_ROWS), MOST_ROWS)])


def find_group(asked: Asked) -> Province:
    """The province that `id` names. Raises PortalError("not-found")."""
    wanted = asked.text("id", required=True).casefold()
    for place in provinces():
        if wanted in (group_name(place.code), named_uid("province", place.iso)):
            return place
    raise PortalError("not-found", what=f"group {wanted[:60]}")


def datasets_within(asked: Asked, condition: str) -> dict[str, Any]:
    """The datasets of a publisher or a province, where they are asked for."""
    if not asked.flag("include_datasets", default=False):
        return {}
    _search, found = search_packages("", [condition], "name asc")
    return {"packages": packages(found[:MOST_ROWS])}


def tag_list(asked: Asked) -> list[Any]:
    """Tags: `query` that they hold, `all_fields`."""
    wanted = (asked.text("query") or asked.text("q")).casefold()
    if asked.text("vocabulary_id"):
        raise PortalError("not-found", what="vocabulary")
    names = sorted({name for _number, name in Catalogue().values("tags") if wanted in name.casefold()})
    return paged(asked, [told.tag(name) for name in names] if asked.flag("all_fields", default=False) else list(names))


def tag_show(asked: Asked) -> dict[str, Any]:
    """One tag: `id` is its name or id; with `include_datasets` its datasets."""
    wanted = asked.text("id", required=True)
    for name in {name for _number, name in Catalogue().values("tags")}:
        if wanted in (name, named_uid("tag", name)):
            return told.tag(name) | datasets_within(asked, f"tags:{json.dumps(name, ensure_ascii=False)}")
    raise PortalError("not-found", what=f"tag {wanted[:60]}")


def paged(asked: Asked, lines: list[Any]) -> list[Any]:
    """The part of a list that was asked for."""
    offset = asked.whole("offset", 0)
    return lines[offset : offset + asked.whole("limit", MOST_NAMES)]


def license_list(asked: Asked) -> list[dict[str, Any]]:
    """The labels of licences that are known, with what they mean."""
    return told.licences()


def nothing(asked: Asked) -> list[Any]:
    """An empty list: this portal has none of these."""
    return []


def datastore_search_sql(asked: Asked) -> Any:
    """Refused: readers get no SQL."""
    raise PortalError("no-sql")


ACTIONS: Mapping[str, Action] = {
    **{
        action.__name__: action
        for action in (
            status_show, site_read, help_show, package_list, package_show, package_search, current_package_list_with_resources,
            package_autocomplete, resource_show, resource_view_list, organization_list, organization_show, group_list, group_show,
            group_package_show, tag_list, tag_show, license_list, datastore_search, datastore_info, datastore_search_sql,
        )
    },
    **dict.fromkeys(
        ("vocabulary_list", "user_list", "organization_list_for_user", "package_relationships_list",
         "recently_changed_packages_activity_list"), nothing,
    ),
}  # fmt: skip
