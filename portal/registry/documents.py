"""The answer of a match as one document: what `/match.json` and `khlang match --json` say and the page shows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any

from flask import current_app

from portal.registry.asking import asker_of, followed, near_in_meaning, place_of
from portal.registry.matching import Asker, Fit, asked
from portal.registry.meaning import fused
from portal.registry.models import Entity, Mention
from portal.registry.queries import entities_named, outputs_of
from portal.registry.ranking import LISTED, Ranking, rank
from portal.registry.reach import kilometres, within_reach
from portal.registry.reasons import reasons_of
from portal.registry.stored import stored_ranking
from portal.registry.subjects import subjects_of

MOST = 100
LONGEST_NEED = 2_000  # characters that are read of a need; what follows adds nothing that counts


def match_document(
    cluster: Entity | None = None, need: str = "", province_code: str | None = None, *, limit: int = 10
) -> dict[str, Any]:
    """Units that fit a cluster, a need, or both, with reasons; `gap` where none of them is within reach (contracts.md §4)."""
    most = max(1, min(limit, MOST))
    asker = asker_of(cluster, need[:LONGEST_NEED], province_code)
    terms = asked(asker.texts)
    known = followed()
    weights = {word: term.weight for word, term in terms.items()}
    question = known.question(weights, asker.subjects, asker.place)
    found = stored_ranking(cluster) if cluster and not need.strip() and not province_code and most <= LISTED else None
    if found is None:
        found = rank(known, question, most_km=reach_km(), most=most)
    near = near_in_meaning(asker)
    pieces = {one.slug: one.piece for one in near}
    fitting = {
        slug: known.fit_of(question, slug, most_km=reach_km())
        for slug in (*pieces, *(one.slug for one in found.first[:most]))
    }
    ranked = fused([Fit(one.slug, one.score, one.fit) for one in found.first[:most] if fitting[one.slug]], near)
    shown = [replace(fitting[fit.slug] or fit, score=fit.score) for fit in ranked[:most]]
    units = entities_named("unit", [fit.slug for fit in shown])
    outputs: dict[str, list[Mention]] = defaultdict(list)
    for mention in outputs_of(list(units.values())):
        outputs[mention.parent].append(mention)
    hits = [
        hit_of(fit, units[fit.slug], asker)
        | {
            "reasons": reasons_of(
                fit, terms, units[fit.slug], outputs[units[fit.slug].stem], asker.place, pieces.get(fit.slug)
            )
        }
        for fit in shown
        if fit.slug in units
    ]
    return {
        "query": {
            "cluster": cluster.slug if cluster else None,
            "need": need or None,
            "province": asker.place.province_code,
        },
        "total": found.total + sum(fitting[slug] is None for slug in pieces),
        "hits": hits,
        "gap": gap_of(asker, found, cluster, need),
    }


def hit_of(fit: Fit, unit: Entity, asker: Asker) -> dict[str, Any]:
    """One unit that fits."""
    distance = kilometres(asker.place, place_of(unit))
    facts = unit.mentions[0].facts if unit.mentions else {}
    return {
        "unit": unit.slug,
        "external_id": unit.external_id or None,
        "title": unit.name_th,
        "title_en": unit.name_en or None,
        "university": facts.get("university"),
        "url": f"/unit/{unit.slug}",
        "score": fit.score,
        "distance_km": None if distance is None else round(distance, 1),
        "within_reach": within_reach(asker.place, place_of(unit), reach_km()),
        "province": unit.province_code,
    }


def gap_of(asker: Asker, found: Ranking, cluster: Entity | None, need: str) -> dict[str, Any] | None:
    """What is missing, where no unit that helps is within reach; None where one is, or where nobody said from where to reach."""
    if found.in_reach(reach_km()) or (found.total and asker.place.province_code is None):
        return None
    told = cluster.subjects if cluster else subjects_of("cluster", [{"products": need}])
    unit = entities_named("unit", [found.nearest]).get(found.nearest) if found.nearest else None
    return {
        "province": asker.place.province_code,
        "subject": told[0]["code"] if told else None,
        "nearest": unit
        and {
            "unit": unit.slug,
            "title": unit.name_th,
            "title_en": unit.name_en,
            "distance_km": round(found.nearest_km or 0.0, 1),
        },
    }


def reach_km() -> float:
    """How far help may be, in kilometres."""
    return float(current_app.config["KHLANG"].reach_km)
