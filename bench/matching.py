"""How well units are matched to clusters and needs, on the judged set, beside trigrams ranked by BM25 with a small bonus for nearness.

Run as `python -m bench.matching [--semantic]`; with `--semantic` the order by meaning is fused in (`khlang[semantic]`). The figures stand
in docs/matching.md.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from harvesters import bundled
from portal.registry.matching import Asker, Unit, Units, helpful
from portal.registry.meaning import Meanings, SmallE5, VectorFile, fused
from portal.registry.reach import Place, kilometres, within_reach
from portal.registry.subjects import subjects_of
from portal.search.analysis import grams

JUDGED = Path(__file__).resolve().parent.parent / "tests" / "judged" / "matching"
REACH_KM = 120.0
DEPTH = 5
Rank = Callable[[Mapping[str, Any], str], list[tuple[str, float]]]


def lines(name: str) -> list[dict[str, Any]]:
    """A judged file."""
    return [json.loads(line) for line in (JUDGED / f"{name}.jsonl").read_text("utf-8").splitlines()]


def place(row: Mapping[str, Any]) -> Place:
    """Where a judged thing is: its province."""
    return Place(row["province_code"])


def unit(row: Mapping[str, Any]) -> Unit:
    """A judged unit as the matcher takes it."""
    pieces = [("name", f"{row['name_th']} {row.get('name_en', '')}"), ("expertise", row["expertise_th"])]
    pieces += [("services", text) for text in row["services"].split(";")]
    pieces += [("instruments", text) for text in row.get("instruments", "").split(";")]
    pieces += [("output", output["title"]) for output in row.get("outputs", ())]
    told = {"name_th": row["name_th"], "expertise_th": row["expertise_th"], "services": row["services"]}
    subjects = frozenset(one["code"] for one in subjects_of("unit", [told]))
    return Unit(row["id"], tuple(pieces), subjects, place(row))


def asker(row: Mapping[str, Any], kind: str, clusters: Mapping[str, Mapping[str, Any]]) -> Asker:
    """Who asks: a cluster's profile, a need's words alone, or both together."""
    texts: dict[str, str] = {}
    subjects: frozenset[str] = frozenset()
    if kind != "cluster":
        texts["need"] = row["text"]
    about = row if kind == "cluster" else clusters.get(row.get("cluster") or "") if kind == "both" else None
    if about is not None:
        texts |= {"products": about["products"], "name": about["name_th"]}
        if kind == "cluster":
            texts["needs"] = about["needs"]
        told = {"products": about["products"], "name_th": about["name_th"]}
        subjects = frozenset(one["code"] for one in subjects_of("cluster", [told]))
    return Asker(texts, subjects, place(row))


class Trigrams:
    """The yardstick: trigrams of Thai runs and Latin words by BM25, with up to a tenth for nearness."""

    def __init__(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self.texts = {
            row["id"]: Counter(
                grams(
                    " ".join(
                        [row["name_th"], row["expertise_th"], row["services"], row.get("instruments", "")]
                        + [output["title"] for output in row.get("outputs", ())]
                    )
                )
            )
            for row in rows
        }
        self.places = {row["id"]: place(row) for row in rows}
        self.holders = Counter(gram for text in self.texts.values() for gram in text)
        self.mean = sum(map(len, self.texts.values())) / len(self.texts)

    def rank(self, texts: Sequence[str], where: Place) -> list[tuple[str, float]]:
        """Every unit with a trigram in common, the best first."""
        scores: dict[str, float] = defaultdict(float)
        for gram in dict.fromkeys(gram for text in texts for gram in grams(text)):
            rare = math.log(1 + (len(self.texts) - self.holders[gram] + 0.5) / (self.holders[gram] + 0.5))
            for slug, text in self.texts.items():
                if gram in text:
                    scores[slug] += rare * 2.2 / (1 + 1.2 * (0.25 + 0.75 * len(text) / self.mean))
        for slug in scores:
            distance = kilometres(where, self.places[slug]) or 0.0
            scores[slug] *= 1 + 0.1 * math.exp(-distance / 200)
        return sorted(scores.items(), key=lambda item: -item[1])


def gain(ranked: Sequence[str], grades: Mapping[str, int]) -> float:
    """NDCG@5 with gains 2^grade - 1."""
    found = sum((2 ** grades.get(slug, 0) - 1) / math.log2(at + 2) for at, slug in enumerate(ranked[:DEPTH]))
    best = sum(
        (2**grade - 1) / math.log2(at + 2) for at, grade in enumerate(sorted(grades.values(), reverse=True)[:DEPTH])
    )
    return found / best if best else 0.0


def learnt(units: Sequence[Unit], folder: Path) -> Meanings:
    """What the judged units say, by meaning."""
    model = SmallE5()
    known = Meanings(VectorFile(folder / "meanings.sqlite", model.name), model)
    known.learn(units)
    known.follow(lambda: units, 0)
    return known


def measure(half: str, known: Meanings | None = None) -> dict[str, dict[str, float]]:
    """The figures of one half: by kind of asker, ours and the yardstick's. `known` is what units say by meaning, to be fused in."""
    clusters = {row["id"]: row for row in lines("clusters")}
    rows = lines("units")
    units, trigrams = Units(unit(row) for row in rows), Trigrams(rows)
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    with (JUDGED / "judgements.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            grades[row["asker"]][row["unit"]] = int(row["grade"])
    places = {row["id"]: place(row) for row in rows}
    told: dict[str, dict[str, float]] = {}
    for kind, askers in (("cluster", list(clusters.values())), ("both", lines("needs")), ("need", lines("needs"))):
        ours, theirs, gaps = [], [], Counter[str]()
        for row in askers:
            if row["half"] != half or (kind == "both" and not row.get("cluster")):
                continue
            who = asker(row, kind, clusters)
            fits = units.fits(who, most_km=REACH_KM)
            gap = not any(within_reach(who.place, places[fit.slug], REACH_KM) for fit in helpful(fits))
            gaps["right" if gap == row["gap"] else "missed" if row["gap"] else "wrongly none"] += 1
            if row["gap"]:
                continue
            ranked = fused(fits, known.nearest(who, units, REACH_KM)) if known else fits
            ours.append(gain([fit.slug for fit in ranked], grades[row["id"]]))
            theirs.append(
                gain([slug for slug, _ in trigrams.rank(list(who.texts.values()), who.place)], grades[row["id"]])
            )
        told[kind] = {
            "askers": len(ours),
            "ndcg5": round(sum(ours) / len(ours), 3),
            "yardstick": round(sum(theirs) / len(theirs), 3),
            "gaps": sum(
                1 for row in askers if row["half"] == half and row["gap"] and (kind != "both" or row.get("cluster"))
            ),
            "gaps_missed": gaps["missed"],
            "wrongly_none": gaps["wrongly none"],
        }
    return told


def overlap(half: str) -> dict[str, dict[str, int]]:
    """How much of the tables of complaints stands word for word in the judged needs of a half: phrases in all, and those found there."""
    texts = [row["text"] for row in lines("needs") if row["half"] == half]
    told = {}
    for table in ("needs", "clues"):
        path = bundled.datasets_folder() / "glossary" / "needs" / f"{table}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            said = {phrase.strip() for row in csv.DictReader(file) for phrase in row["said"].split(";")}
        told[table] = {"phrases": len(said), "found": sum(any(phrase in text for text in texts) for phrase in said)}
    return told


def main() -> int:
    """Both halves."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--semantic", action="store_true", help="fuse in the order by meaning (khlang[semantic])")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        known = learnt([unit(row) for row in lines("units")], Path(folder)) if options.semantic else None
        for half in ("tuning", "test"):
            print(half, json.dumps(measure(half, known) | {"overlap": overlap(half)}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
