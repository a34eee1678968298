"""What the values of facets are called, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _  # type: ignore[import-untyped]
from sqlalchemy import select

from harvesters import bundled
from harvesters.licences import licence_title
from harvesters.thai.dates import BUDDHIST_ERA
from harvesters.thai.slugs import sort_key
from portal.catalogue.models import Publisher
from portal.db import db
from portal.search.filters import FORMATS, known_province
from portal.search.sectors import sector_titles

MOST_VALUES = 100  # of one facet


def facet_values(name: str, counts: Mapping[str, int], lang: str) -> list[dict[str, Any]]:
    """The values of a facet with labels, most frequent first, equals in Thai order."""
    called = labels(name, list(counts), lang)
    values: list[dict[str, Any]] = [
        {"value": value, "label": called.get(value, value), "count": count} for value, count in counts.items()
    ]
    return sorted(values, key=lambda row: (-row["count"], sort_key(row["label"])))[:MOST_VALUES]


def labels(name: str, values: Sequence[str], lang: str) -> Mapping[str, str]:
    """What the values of a facet are called; those that nobody knows are left out."""
    return LABELS[name](values, lang)


def province_labels(values: Sequence[str], lang: str) -> dict[str, str]:
    """Names of provinces by code."""
    known = {code: found for code in values if (found := known_province(code))}
    return {code: found.name_en if lang == "en" else found.name_th for code, found in known.items()}


def publisher_labels(values: Sequence[str], lang: str) -> dict[str, str]:
    """Names of publishers by slug."""
    query = select(Publisher.slug, Publisher.title_th, Publisher.title_en).where(Publisher.slug.in_(values))
    return {slug: (en if lang == "en" else "") or th for slug, th, en in db.session.execute(query)}


def kind_labels(values: Iterable[str], _lang: str) -> dict[str, str]:
    """What can be found."""
    words = {
        "dataset": _("ชุดข้อมูล"),
        "cluster": _("กลุ่มผู้ประกอบการ"),
        "unit": _("หน่วยวิจัย"),
        "output": _("ผลงานวิจัย"),
        "article": _("บทความ"),
        "row": _("แถวในตาราง"),
    }
    return {value: words[value] for value in values if value in words}


def licence_labels(values: Sequence[str], lang: str) -> dict[str, str]:
    """Names of licences by code."""
    return {code: licence_title(code, lang) for code in values}


def profile_labels(values: Sequence[str], lang: str) -> dict[str, str]:
    """Names of profiles."""
    known = bundled.all_profiles()
    return {name: getattr(known[name].title, lang) for name in values if name in known}


def format_labels(values: Sequence[str], _lang: str) -> dict[str, str]:
    """Names of formats are the same in both languages."""
    return {value: FORMATS.get(value, value.upper()) for value in values}


def region_labels(values: Sequence[str], lang: str) -> dict[str, str]:
    """Names of regions by code."""
    rows = {row["code"]: row for row in bundled.read_table("regions")}
    return {code: rows[code]["name_en" if lang == "en" else "name_th"] for code in values if code in rows}


def sector_labels(values: Sequence[str], lang: str) -> dict[str, str]:
    """Names of sectors."""
    known = {code.casefold(): titles[lang] for code, titles in sector_titles().items()}
    return {value: known[value.casefold()] for value in values if value.casefold() in known}


def year_labels(values: Sequence[str], lang: str) -> dict[str, str]:
    """Years as people count them: of the Buddhist era in Thai."""
    return {
        value: str(int(value) + (0 if lang == "en" else BUDDHIST_ERA))
        for value in values
        if value.isascii() and value.isdigit()
    }


LABELS: Mapping[str, Callable[[Sequence[str], str], Mapping[str, str]]] = {
    "province": province_labels,
    "region": region_labels,
    "sector": sector_labels,
    "updated": year_labels,
    "publisher": publisher_labels,
    "kind": kind_labels,
    "format": format_labels,
    "licence": licence_labels,
    "profile": profile_labels,
}
