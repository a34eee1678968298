"""What of the registry stands on pages and in `.json`: every fact with the row that says it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext as _  # type: ignore[import-untyped]

from harvesters import bundled
from portal.catalogue.presenting import province_name, title_of
from portal.choices import language
from portal.registry.asking import pieces_of
from portal.registry.gaps import ProvinceReach, subject_name
from portal.registry.helping import Helped
from portal.registry.models import Entity, Mention
from portal.registry.reasons import evidence
from portal.registry.subjects import subjects
from portal.registry.tiles import tiles
from portal.writing import localised, number

SHOWN = {  # columns that are facts of a cluster or a unit, in the order of the page
    "cluster": ("products", "kind", "otop_type", "size", "members", "standards", "sales_channels", "capacity", "registered_on",
                "year_founded", "address", "contact_phone", "contact_email", "website"),
    "unit": ("kind", "faculty", "university", "year_founded", "address"),
    "output": ("kind", "year", "university", "unit", "url"),
}  # fmt: skip
CONTACT = ("contact_phone", "contact_email", "website")
PROFILE = {"cluster": "entrepreneur-cluster", "unit": "research-unit", "output": "research-output"}


def card(entity: Entity) -> dict[str, Any]:
    """An entity in a list."""
    column = "products" if entity.kind == "cluster" else "expertise_th"
    return {
        "href": f"/{entity.kind}/{entity.slug}",
        "title": called(entity),
        "summary": "; ".join(texts(entity, column)[:4]),
        "province": place_line(entity),
        "publisher": first(entity, "university"),
    }


def called(entity: Entity) -> str:
    """The name of an entity in the reader's language."""
    return (entity.name_en if language() == "en" else "") or entity.name_th


def place_line(entity: Entity) -> str:
    """District and province in words."""
    code = entity.province_code
    where = province_name(code) if code else ""
    return f"{entity.district} · {where}" if entity.district and entity.district != where else where


def first(entity: Entity, column: str) -> str:
    """The first value of a column among the rows of an entity, "" where none has one."""
    return next((str(one.facts[column]) for one in entity.mentions if one.facts.get(column)), "")


def texts(entity: Entity, column: str) -> list[str]:
    """The pieces of a column over all rows of an entity's own kind, each once."""
    own = [mention for mention in entity.mentions if mention.kind == entity.kind]
    return list(dict.fromkeys(piece for mention in own for _told, piece in pieces_of(mention.facts, {column: ""})))


def facts(entity: Entity) -> list[dict[str, Any]]:
    """The facts of an entity by column title; where rows differ, every value."""
    titles = {field.name: field.title for field in bundled.profiles()[PROFILE[entity.kind]].fields}
    told = []
    for column in SHOWN[entity.kind]:
        values = list(
            dict.fromkeys(
                str(one.facts[column]) for one in entity.mentions if one.kind == entity.kind and one.facts.get(column)
            )
        )
        if not values:
            continue
        fact: dict[str, Any] = {"term": localised(titles[column])}
        if column == "registered_on":
            fact["date"] = values[0]
        else:
            fact["href"] = contact_link(column, values[0]) if len(values) == 1 else None
            fact["text"] = " · ".join(
                number(int(value), exact=True) if value.isdigit() and column == "members" else value for value in values
            )
        told.append(fact)
    told.append({"term": _("เรื่อง"), "text": subject_line(entity), "note": inferred_line(entity)})
    told.append(
        {
            "term": _("ที่ตั้ง"),
            "text": place_line(entity),
            "href": f"/province/{entity.province_code}" if entity.province_code else None,
        }
    )
    told.append({"term": _("รหัสของผู้เผยแพร่"), "text": entity.external_id})
    return told


def subject_line(entity: Entity) -> str:
    """The subjects in words."""
    return " · ".join(
        subjects()[one["code"]].name_en if language() == "en" else subjects()[one["code"]].name_th
        for one in entity.subjects
    )


def inferred_line(entity: Entity) -> str:
    """By which words subjects were told, where no code did."""
    words = list(dict.fromkeys(word for one in entity.subjects for word in one["words"]))
    return _("ระบบอ่านจากคำว่า %(words)s", words=", ".join(words)) if words else ""


def contact(entity: Entity) -> list[dict[str, Any]]:
    """How a unit is reached: what its publisher published."""
    titles = {field.name: field.title for field in bundled.profiles()[PROFILE[entity.kind]].fields}
    found = []
    for column in CONTACT:
        value = first(entity, column)
        if value:
            found.append({"term": localised(titles[column]), "text": value, "href": contact_link(column, value)})
    return found


def contact_link(column: str, value: str) -> str | None:
    """The address that a contact cell stands for: a number to call, a mail, a page; None for every other cell."""
    if column == "contact_phone":
        digits = "".join(sign for sign in value if sign in "+0123456789")
        return f"tel:{digits}" if len(digits) >= 3 and digits == "".join(value.replace("-", " ").split()) else None
    if column == "contact_email":
        return f"mailto:{value}" if "@" in value and not value.split()[1:] else None
    return value if column == "website" and value.startswith(("https://", "http://")) else None


def products(entity: Entity) -> list[dict[str, Any]]:
    """The products that other tables say a cluster makes."""
    return [
        {"title": str(one.facts.get("name_th", "")), "href": evidence(one, "")["url"]}
        for one in entity.mentions
        if one.kind == "product" and one.facts.get("name_th")
    ]


def sources(entity: Entity) -> list[dict[str, Any]]:
    """The rows that an entity rests on, with how each was taken for it."""
    how = {
        "own": "",
        "registration": _("รหัสเดียวกัน"),
        "name": _("ชื่อและที่ตั้งเดียวกัน"),
        "person": _("ผู้ดูแลยืนยันว่าเป็นรายเดียวกัน"),
        "apart": _("ผู้ดูแลแยกออกจากรายอื่น"),
    }
    return [
        {
            "title": title_of(one.dataset),
            "href": evidence(one, "")["url"],
            "report": "/report?" + urlencode({"dataset": one.dataset.name, "resource": one.resource, "row": one.row}),
            "row": one.row,
            "version": one.version,
            "name": one.name,
            "how": how[one.joined_by],
        }
        for one in entity.mentions
    ]


def ask_address(unit: str, query: Mapping[str, Any]) -> str:
    """Where an introduction to a unit is asked for; `query` is that of the match it was found by, with cluster and province."""
    known = {name: query[name] for name in ("cluster", "province") if query.get(name)}
    return f"/unit/{unit}/introduction" + ("?" + urlencode(known) if known else "")


def hit_view(hit: Mapping[str, Any], query: Mapping[str, Any]) -> dict[str, Any]:
    """A unit that fits, for people; `query` as `match_document` tells it."""
    reasons = [
        {"text": localised(one["text"]), "evidence": one["evidence"]}
        for one in hit["reasons"]
        if one["code"] != "distance"  # stands beside the name already
    ]
    return {
        **hit,
        "ask": ask_address(hit["unit"], query),
        "title": (hit["title_en"] if language() == "en" else None) or hit["title"],
        "place": province_name(hit["province"]) if hit["province"] else "",
        "distance": number(round(hit["distance_km"]))
        if (hit["distance_km"] or 0) >= 0.5
        else None,  # "0 km" says nothing
        "reasons": reasons,
    }


def gap_view(gap: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What is missing, for people."""
    if gap is None:
        return None
    subject = subjects().get(gap["subject"] or "")
    nearest = gap["nearest"]
    return {
        "province": province_name(gap["province"]) if gap["province"] else "",
        "subject": (subject.name_en if language() == "en" else subject.name_th) if subject else "",
        "province_code": gap["province"],
        "subject_code": gap["subject"],
        "nearest": nearest
        and {
            **nearest,
            "title": (nearest["title_en"] if language() == "en" else None) or nearest["title"],
            "distance": number(round(nearest["distance_km"])),
        },
    }


def output_view(mention: Mention) -> dict[str, Any]:
    """An output in the list of its unit."""
    year = mention.facts.get("year")
    return {
        "title": (str(mention.facts.get("title_en") or "") if language() == "en" else "") or mention.name,
        "year": None if year is None else int(year) + (543 if language() == "th" else 0),
        "href": evidence(mention, "")["url"],
    }


def helped_view(one: Helped) -> dict[str, Any]:
    """A cluster that a unit could help, for people."""
    words = ", ".join(one.fit.terms[:3])
    return card(one.cluster) | {
        "summary": "; ".join([*texts(one.cluster, "needs"), *texts(one.cluster, "products")][:3]),
        "kind": _("คำที่ตรงกัน: %(words)s", words=words) if words else None,
    }


def state_words() -> dict[str, tuple[str, str]]:
    """The four states of a province, as kinds of status_word and words."""
    return {
        "none-in-reach": ("error", _("ไม่มีหน่วยวิจัยในระยะ")),
        "in-reach": ("warning", _("มีหน่วยวิจัยในระยะ")),
        "in-province": ("ok", _("มีหน่วยวิจัยในจังหวัด")),
        "no-data": ("none", _("ยังไม่มีข้อมูล")),
    }


def reach_view(one: ProvinceReach, words: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """A province in the table of the page of gaps; `words` are `state_words`, asked for once."""
    empty = one.state == "no-data"  # which is not nothing: nobody has told yet
    return {
        "href": f"/province/{one.province.code}",
        "name": province_name(one.province.code),
        "state": words[one.state],
        "clusters": None if empty else one.clusters,
        "helped": None if empty else one.helped,
        "units": None if empty else one.units,
        "units_in_reach": one.units_in_reach,
        "nearest": None if one.nearest_km is None else round(one.nearest_km),
        "typed": one.typed,
        "newest": one.newest,
    }


def tile_views(rows: Iterable[ProvinceReach]) -> list[dict[str, Any]]:
    """The tiles of the map, each with its state and all that it says in words."""
    by_code = {one.province.code: one for one in rows}
    short = {row["code"]: row["abbr_th"] for row in bundled.read_table("provinces")}
    words = state_words()
    latin = {row["code"]: row["abbr_en"] for row in bundled.read_table("provinces")}
    return [
        {
            "href": f"/province/{code}",
            "x": column,
            "y": row,
            "short": (latin if language() == "en" else short)[code],
            "state": by_code[code].state,
            "says": f"{province_name(code)}: {words[by_code[code].state][1]}, "
            + _("%(count)s กลุ่ม", count=number(by_code[code].clusters)),
        }
        for code, column, row in tiles()
    ]


def gap_views(found: Iterable[tuple[str, int, list[str]]]) -> list[dict[str, Any]]:
    """Subjects with clusters that nobody within reach helps."""
    return [
        {
            "name": subject_name(code, language()) or _("ยังไม่รู้ว่าเรื่องใด"),
            "count": count,
            "provinces": [{"href": f"/province/{one}", "name": province_name(one)} for one in codes],
        }
        for code, count, codes in found
    ]


# ── data ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
def line(entity: Entity) -> dict[str, Any]:
    """An entity in a list, as data."""
    return {
        "slug": entity.slug,
        "external_id": entity.external_id or None,
        "name": {"th": entity.name_th, "en": entity.name_en or None},
        "province": entity.province_code,
        "district": entity.district or None,
        "subjects": [one["code"] for one in entity.subjects],
        "url": f"/{entity.kind}/{entity.slug}",
    }


def whole(entity: Entity) -> dict[str, Any]:
    """An entity with everything that is known of it: each row's facts with where they stand."""
    return line(entity) | {
        "state": entity.state,
        "latitude": entity.latitude,
        "longitude": entity.longitude,
        "subjects": [
            {
                "code": one["code"],
                "inferred": bool(one["words"]),
                "words": one["words"],
                "oecd": list(subjects()[one["code"]].oecd),
            }
            for one in entity.subjects
        ],
        "mentions": [
            {
                "kind": one.kind,
                "name": one.name,
                "joined_by": one.joined_by,
                "source": {name: value for name, value in evidence(one, "").items() if name != "text"},
                "facts": one.facts,
            }
            for one in entity.mentions
        ],
    }


def output_line(mention: Mention) -> dict[str, Any]:
    """An output of a unit, as data."""
    return {"title": mention.name, "facts": mention.facts, "source": evidence(mention, "")["url"]}


def helped_line(one: Helped) -> dict[str, Any]:
    """A cluster that a unit could help, as data."""
    return line(one.cluster) | {
        "score": one.fit.score,
        "distance_km": None if one.distance_km is None else round(one.distance_km, 1),
        "terms": list(one.fit.terms[:5]),
    }
