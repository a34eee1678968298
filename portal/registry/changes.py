"""What some changed units change in the stored matches: every stored cluster is asked about these units alone.

Where that is not enough to tell the new answer (the best or the nearest has gone, or the list has become too short), the cluster is
due, and reckoned from all units like one that has changed.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from portal.registry.batches import batches
from portal.registry.matching import Question, Told, Units, helps, parts_among, scored, weighed
from portal.registry.models import ClusterHelp, ClusterMatch, ClusterTerms, Entity
from portal.registry.ranking import KEPT, LISTED, Listed
from portal.registry.reach import Place, apart, closeness, kilometres, nearness, upright

AT_ONCE = 2_000  # clusters in memory


@dataclass(slots=True)
class Changes:
    """What is to be written: rows of ClusterHelp that differ, lists that differ, and clusters that are due."""

    helps: list[dict[str, Any]] = field(default_factory=list)
    lists: dict[int, list[Listed]] = field(default_factory=dict)
    due: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Changed:
    """How one unit stood to a cluster, or stands now."""

    fit: float
    score: float
    told: Told


def changes_of(session: Session, frame_id: int, before: Units, after: Units, units: Units, most_km: float) -> Changes:
    """What differs in the clusters of a frame when the units of `before` become those of `after`; `units` are all of now."""
    changes = Changes()
    names = before.by_slug.keys() | after.by_slug.keys()
    words = {word for some in (before, after) for told in some.by_slug.values() for word in told.words}
    told_otherwise = {word for name in names for word in differing(before.by_slug.get(name), after.by_slug.get(name))}
    for rows in clusters_of(session, frame_id):
        told: dict[int, dict[str, Any]] = {}
        lists: dict[
            int, tuple[float, list[Changed]]
        ] = {}  # clusters whose list differs too: its last score, what may come in
        for row in rows:
            question = question_of(row, after, words, told_otherwise)
            if question is None:
                continue
            was, now = standing(before, question, most_km), standing(after, question, most_km)
            if not was and not now:
                continue
            found = help_now(row, was, now, units)
            if found is None:
                changes.due.add(row.entity_id)
                continue
            told[row.entity_id] = found
            if any(one.score >= row.last for one in (*was, *now)):
                lists[row.entity_id] = row.last, now
        for number, listed in lists_of(session, lists).items():
            last, now = lists[number]
            fresh = list_now(listed, names, now, whole=last < 0)
            if fresh is None:
                changes.due.add(number)
                del told[number]
                continue
            changes.lists[number] = fresh
            told[number]["last"] = last_of(fresh, told[number]["total"])
        changes.helps += told.values()
    return changes


def differing(was: Told | None, now: Told | None) -> Iterable[str]:
    """The words of a unit that may change how it fits whoever asks for them: all of them where its place or subjects are others."""
    if was is None or now is None or (was.subjects, was.place) != (now.subjects, now.place):
        return {word for told in (was, now) if told is not None for word in told.words}
    return {word for word, _ in was.words.items() ^ now.words.items()}


def question_of(row: Any, units: Units, words: set[str], told_otherwise: set[str]) -> Question | None:
    """What a stored cluster asks for of some words; None where it asks for none of those that are told otherwise now."""
    terms: dict[str, float] = json.loads(row.terms)
    if told_otherwise.isdisjoint(terms):
        return None
    common = terms.keys() & words
    here = Place(row.province_code, row.latitude, row.longitude)
    weights = weighed({word: terms[word] * units.rarity(word) for word in common})
    return Question(weights, row.whole, frozenset(row.subjects.split()), here, parts_among(terms))


def clusters_of(session: Session, frame_id: int) -> Iterator[list[Any]]:
    """The stored clusters of a frame, some at a time."""
    columns = (
        *(ClusterTerms.entity_id, ClusterTerms.terms, ClusterTerms.whole, ClusterTerms.subjects),
        *(ClusterTerms.province_code, ClusterTerms.latitude, ClusterTerms.longitude),
        *(ClusterHelp.total, ClusterHelp.best, ClusterHelp.last, ClusterHelp.fits),
        *(ClusterHelp.in_province, ClusterHelp.in_group, ClusterHelp.in_region),
        *(ClusterHelp.nearest_slug, ClusterHelp.nearest_km),
    )
    query = (
        select(*columns)
        .join(ClusterHelp, ClusterHelp.entity_id == ClusterTerms.entity_id)
        .where(ClusterHelp.frame_id == frame_id)
        .order_by(ClusterTerms.entity_id)
        .limit(AT_ONCE)
    )
    last = 0
    while rows := session.execute(query.where(ClusterTerms.entity_id > last)).all():
        last = rows[-1].entity_id
        yield list(rows)


def standing(units: Units, question: Question, most_km: float) -> list[Changed]:
    """Those of some units that fit, with their scores."""
    return [
        Changed(round(fit, 4), scored(fit, closeness(question.place, told.place, most_km)), told)
        for fit, told in units.candidates(question)
    ]


def help_now(row: Any, was: list[Changed], now: list[Changed], units: Units) -> dict[str, Any] | None:
    """The short answer of a cluster with its changed units; None where it must be reckoned from all units."""
    here = Place(row.province_code, row.latitude, row.longitude)
    if any(one.fit >= row.best for one in was) or any(one.fit > row.best for one in now):
        return None
    gone = [one.told for one in was if helps(one.fit, row.best)]
    come = [one.told for one in now if helps(one.fit, row.best)]
    if any(told.slug == row.nearest_slug for told in gone):
        return None
    told = {name: getattr(row, name) for name in ("entity_id", "last", "nearest_slug", "nearest_km")}
    told |= {"total": row.total - len(was) + len(now), "fits": row.fits - len(gone) + len(come)}
    near = [(nearness(here, one.place), sign) for some, sign in ((gone, -1), (come, 1)) for one in some]
    for name, codes in NEAR.items():
        told[name] = getattr(row, name) + sum(sign for code, sign in near if code in codes)
    point, nearest = upright(here), units.by_slug.get(row.nearest_slug)
    if point is None:
        return told
    placed = [one for one in ((nearest, *come) if nearest else come) if one.point is not None]
    if placed:
        first = min(placed, key=lambda one: (apart(point, one.point or point), one.slug))
        told |= {"nearest_slug": first.slug, "nearest_km": kilometres(here, first.place)}
    return told


NEAR: Mapping[str, tuple[str, ...]] = {
    "in_province": ("same-province",),
    "in_group": ("same-province", "same-group"),
    "in_region": ("same-province", "same-group", "same-region"),
}


def lists_of(session: Session, numbers: Mapping[int, Any]) -> dict[int, list[Listed]]:
    """The stored lists of some clusters; an empty one where nothing is stored."""
    found: dict[int, list[Listed]] = defaultdict(list, {number: [] for number in numbers})
    for some in batches(sorted(numbers)):
        for number, slug, score, fit in session.execute(list_query().where(ClusterMatch.cluster_id.in_(some))):
            found[number].append(Listed(slug, score, fit))
    return found


def list_query() -> Any:
    """(cluster, slug of the unit, score, fit), in the order of the list. A unit keeps its slug for ever."""
    return (
        select(ClusterMatch.cluster_id, Entity.slug, ClusterMatch.score, ClusterMatch.fit)
        .join(Entity, Entity.id == ClusterMatch.unit_id)
        .order_by(ClusterMatch.cluster_id, ClusterMatch.rank)
    )


def list_now(listed: list[Listed], names: Any, now: list[Changed], *, whole: bool) -> list[Listed] | None:
    """A list with its changed units; `whole`: all that fit stood in it. None where those that follow would have to be known."""
    found = [one for one in listed if one.slug not in names]
    found += [Listed(one.told.slug, one.score, one.fit) for one in now]
    found.sort(key=order)
    if not whole:
        end = order(listed[-1])
        found = [one for one in found if order(one) <= end]
        if len(found) < LISTED:
            return None
    return found[:KEPT]


def order(one: Listed) -> tuple[float, str]:
    """What lists are sorted by."""
    return -one.score, one.slug


def last_of(listed: Sequence[Listed], total: int) -> float:
    """The score below which nothing changes a list; -1 where all that fit are in it."""
    return listed[-1].score if listed and total > len(listed) else -1.0


def write_changes(session: Session, changes: Changes) -> None:
    """Write them, but for what `due` says: that is the caller's."""
    ids = unit_ids(session, (one.slug for listed in changes.lists.values() for one in listed))
    for some in batches(changes.helps):
        session.execute(update(ClusterHelp), list(some))
    for numbers in batches(sorted(changes.lists)):
        session.execute(delete(ClusterMatch).where(ClusterMatch.cluster_id.in_(numbers)))
        rows = [row for number in numbers for row in list_rows(number, changes.lists[number], ids)]
        if rows:
            session.execute(insert(ClusterMatch), rows)


def unit_ids(session: Session, slugs: Iterable[str]) -> dict[str, int]:
    """Slug → number of some units."""
    found: dict[str, int] = {}
    for some in batches(sorted(set(slugs))):
        query = select(Entity.slug, Entity.id).where(Entity.kind == "unit", Entity.slug.in_(some))
        found |= {slug: number for slug, number in session.execute(query)}  # noqa: C416 - a Row is no pair to dict()
    return found


def list_rows(number: int, listed: Sequence[Listed], ids: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    """The rows of one list."""
    for rank, one in enumerate(listed, 1):
        yield {"cluster_id": number, "rank": rank, "unit_id": ids[one.slug], "score": one.score, "fit": one.fit}
