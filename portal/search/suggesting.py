"""What is suggested while somebody types: titles, products, places and units that begin with it, grouped.

Written when a dataset enters the index, each text under what it begins with, so that an answer is a short walk along an index
however many there are. Only what everybody may see is told: names in published tables of datasets that were not withdrawn.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext as _  # type: ignore[import-untyped]
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from harvesters.packages.rows import group_rows
from harvesters.packages.store import Store
from harvesters.thai.places import Province, find_districts, provinces
from harvesters.thai.text import fold
from harvesters.thai.words import words
from portal.catalogue.models import Dataset, Publisher
from portal.catalogue.queries import WHOLE, find_file, visible
from portal.db import db, transaction
from portal.search.models import Suggestion

BATCH = 200  # datasets written together
SHOWN = 5  # of each group
LOOKED_AT = 40  # texts of each group, of which the same may stand in many tables
MOST_NAMES = 500  # of one column
STARTS = 6  # words of a title that it is found by
LONGEST = 60  # letters by which texts are told apart
NAMED: Mapping[str, Mapping[str, str]] = {  # columns of a table of each profile → what they name
    "local-product": {"name_th": "product", "district": "district"},
    "entrepreneur-cluster": {"name_th": "group", "products": "product", "district": "district"},
    "research-unit": {"name_th": "unit", "district": "district"},
}
_SEVERAL = re.compile(r"\s*[;,\n]\s*")  # stands between the products of one cell


def group_words() -> Mapping[str, str]:
    """What the groups are called, in the order in which they are shown."""
    return {
        "place": _("จังหวัดและอำเภอ"),
        "product": _("สินค้า"),
        "group": _("กลุ่มผู้ประกอบการ"),
        "unit": _("หน่วยวิจัย"),
        "publisher": _("ผู้เผยแพร่"),
        "title": _("ชุดข้อมูล"),
    }


# ── asking ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def suggestions(text: str, lang: str) -> list[dict[str, Any]]:
    """The groups that have something beginning with `text`: {"kind", "label", "items": [{"text", "url"}]}. Any text is answered."""
    start = fold(text).strip()[:LONGEST]
    if not start:
        return []
    found = {"place": [*places(start, lang), *written("district", start)][:SHOWN], "publisher": publishers(start, lang)}
    found |= {kind: written(kind, start) for kind in ("product", "group", "unit", "title")}
    return [
        {"kind": kind, "label": label, "items": found[kind]} for kind, label in group_words().items() if found[kind]
    ]


def places(start: str, lang: str) -> list[dict[str, str]]:
    """Provinces any of whose names begins so."""
    found = [one for one, names in folded_places() if any(name.startswith(start) for name in names)]
    return [
        {"text": one.name_en if lang == "en" else one.name_th, "url": f"/province/{one.code}"} for one in found[:SHOWN]
    ]


@cache
def folded_places() -> Sequence[tuple[Province, Sequence[str]]]:
    """Every province with its names as they are compared."""
    return [(one, [fold(name) for name in (one.name_th, one.name_en, *one.aliases)]) for one in provinces()]


def publishers(start: str, lang: str) -> list[dict[str, str]]:
    """Publishers whose names begin so."""
    of_something = visible(select(Dataset.id).where(Dataset.publisher_id == Publisher.id)).exists()
    query = select(Publisher.slug, Publisher.title_th, Publisher.title_en).where(of_something)
    found = []
    for slug, title_th, title_en in db.session.execute(query):
        if any(fold(title).startswith(start) for title in (title_th, title_en) if title):
            found.append({"text": (title_en if lang == "en" else "") or title_th, "url": f"/publisher/{slug}"})
    return found[:SHOWN]


def written(kind: str, start: str) -> list[dict[str, str]]:
    """Texts of the catalogue that begin so; of titles then those in which a later word does."""
    found: dict[str, str] = {}
    for later in (False, True) if kind == "title" else (False,):
        query = (
            visible(select(Suggestion.text, Dataset.name).join(Dataset, Dataset.id == Suggestion.dataset_id))
            .where(
                Suggestion.kind == kind,
                Suggestion.later == later,
                Suggestion.start >= start.encode(),
                Suggestion.start < start.encode() + b"\xff",
            )
            .order_by(Suggestion.start)
            .limit(LOOKED_AT)
        )
        for text, name in db.session.execute(query):
            found.setdefault(text, f"/dataset/{name}" if kind == "title" else f"/search?{urlencode({'q': text})}")
        if len(found) >= SHOWN:
            break
    return [{"text": text, "url": url} for text, url in list(found.items())[:SHOWN]]


# ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def refresh_suggestions(names: Iterable[str], store: Store) -> None:
    """Write what these datasets suggest, as they are now, in place of what they did."""
    remaining = list(names)
    while remaining:
        some, remaining = remaining[:BATCH], remaining[BATCH:]
        with Session(db.engine) as session:
            numbers = list(session.scalars(select(Dataset.id).where(Dataset.name.in_(some))))
            public = session.scalars(visible(select(Dataset)).where(Dataset.id.in_(numbers)).options(*WHOLE))
            told = [{"dataset_id": one.id, **entry} for one in public for entry in suggested(one, store)]
        with transaction() as session:
            session.execute(delete(Suggestion).where(Suggestion.dataset_id.in_(numbers)))
            if told:
                session.execute(insert(Suggestion), told)


def without_suggestions(session: Session) -> list[str]:
    """Public datasets that suggest nothing yet, though each has a title."""
    query = visible(select(Dataset.name)).where(Dataset.id.not_in(select(Suggestion.dataset_id)))
    return list(session.scalars(query))


def suggested(dataset: Dataset, store: Store) -> Iterator[dict[str, Any]]:
    """What one dataset suggests: its titles by their words, and the names in its tables."""
    for title in filter(None, (dataset.title_th, dataset.title_en)):
        for at, start in enumerate(starts(title)):
            yield {"kind": "title", "start": start.encode(), "later": at > 0, "text": title}
    assert dataset.current is not None
    for resource in dataset.current.resources:
        held = {field["name"] for field in resource.schema["fields"]} if resource.rows else set()
        for column, kind in NAMED.get(resource.profile or "", {}).items():
            if column in held:
                parquet = store.path(find_file(dataset.current, "parquet", resource.name).sha256)
                cells = [cell for cell, _count in group_rows(parquet, resource.schema, column, limit=MOST_NAMES)]
                for text in district_names_in(cells) if kind == "district" else names_in(cells, kind):
                    yield {"kind": kind, "start": fold(text)[:LONGEST].encode(), "later": False, "text": text[:200]}


def names_in(cells: Sequence[str], kind: str) -> list[str]:
    """The names that cells hold, each once, at most MOST_NAMES; a cell may name several products."""
    named = [text for cell in cells for text in (_SEVERAL.split(cell) if kind == "product" else [cell])]
    return [text for text in dict.fromkeys(named) if fold(text).strip()][:MOST_NAMES]


def district_names_in(cells: Sequence[str]) -> list[str]:
    """The districts that cells name, each once in both languages, without อำเภอ or อ. before them; what names none is left out."""
    found = [one for cell in cells if (named := find_districts(cell)) for one in named.districts]
    return list(dict.fromkeys([*(one.name_th for one in found), *(one.name_en for one in found)]))


def starts(title: str) -> list[str]:
    """What a title is found by: itself, and its rest from each of its first words on."""
    whole = fold(title)
    found = [whole[:LONGEST]]
    at = 0
    for word in words(whole):
        place = whole.find(word, at)
        if place > 0 and any(sign.isalnum() for sign in word):
            found.append(whole[place : place + LONGEST])
        at = place + len(word) if place >= 0 else at
        if len(found) == STARTS:
            break
    return list(dict.fromkeys(found))
