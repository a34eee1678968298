"""The judged sets are what they were when they were frozen, and hold together."""

from __future__ import annotations

import csv
import hashlib
import json
import math
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
PLACES = HERE.parent.parent / "datasets/reference/places/provinces.csv"
REACH_KM = 120
NEAR_KM = 300  # a unit that fits wholly but is farther than the reach counts as a part, up to here
KINDS = {"abbreviation", "english", "layout", "mixed", "need", "place", "synonym", "thai", "typo"}
FIRST = {  # the first edition of each set: how many lines each file begins with, and their hash when they were frozen
    "matching/clusters.jsonl": (35, "5a9978a695277d9ab401a41b3d9bbf29e32712a9a33893764d3544e59315e054"),
    "matching/judgements.csv": (88, "745c52321e113cd38712feffaec12cccbdbd4b9726128124ace49668415e4fb5"),
    "matching/needs.jsonl": (37, "d9786fc18e66061cc6320c3a40401ef02b8137a9a255ab2bf784f69785330851"),
    "matching/units.jsonl": (40, "929dd92d70fdd23cab6134fd2b9b19991f51f32a61d88258250204d002b763dc"),
    "merging/pairs.csv": (90, "164f1a008a3fb9ad101db7ac21e05273d45ad5670cf2c1267265fee3b4828aed"),
    "search/judgements.csv": (252, "63b83af5dc022f030b00324eb7672bb82de78d73cd8ee9908f05c55bbf820f7f"),
    "search/queries.jsonl": (83, "a37082e5a482065c5888705b72083bca239320e18a225fcc866a9dc2e290911c"),
    "search/records.jsonl": (180, "982b2514da993ef01fc73268ee760d046677285e6a02356b689ed5df7918ac47"),
}


def lines(name: str) -> list[dict[str, Any]]:
    """The objects of a JSON Lines file below this folder."""
    return [json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines()]


def table(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def kilometres(one: dict[str, str], other: dict[str, str]) -> float:
    """Great-circle distance between the town points of two provinces, in kilometres to one decimal."""
    a, b = (tuple(math.radians(float(place[key])) for key in ("latitude", "longitude")) for place in (one, other))
    h = math.sin((b[0] - a[0]) / 2) ** 2 + math.cos(a[0]) * math.cos(b[0]) * math.sin((b[1] - a[1]) / 2) ** 2
    return round(2 * 6371.0088 * math.asin(math.sqrt(h)), 1)


def within_reach(one: dict[str, str], other: dict[str, str]) -> bool:
    """Same province, same provincial group, or at most 120 km apart."""
    group = one["provincial_group_code"]
    same = one["code"] == other["code"] or bool(group and group == other["provincial_group_code"])
    return same or kilometres(one, other) <= REACH_KM


def test_files_are_those_that_were_frozen() -> None:
    listed = dict(reversed(line.split("  ")) for line in (HERE / "FROZEN.sha256").read_text().splitlines())
    found = {path.relative_to(HERE).as_posix(): path for end in ("jsonl", "csv") for path in HERE.rglob(f"*.{end}")}
    assert {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in found.items()} == listed


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("search/records.jsonl", 400),
        ("search/queries.jsonl", 150),
        ("matching/units.jsonl", 90),
        ("matching/clusters.jsonl", 60),
        ("matching/needs.jsonl", 60),
    ],
)
def test_counts_ids_and_halves(name: str, least: int) -> None:
    rows = lines(name)
    assert len(rows) >= least
    assert len({row["id"] for row in rows}) == len(rows)
    assert {row["half"] for row in rows} == {"tuning", "test"}


def test_no_subject_lies_in_both_halves() -> None:
    halves: dict[str, set[str]] = {}
    matching = [f"matching/{name}.jsonl" for name in ("units", "clusters", "needs")]
    for name in ["search/records.jsonl", "search/queries.jsonl", *matching]:
        for row in lines(name):
            halves.setdefault(row["subject"], set()).add(row["half"])
    assert all(len(half) == 1 for half in halves.values())


def test_search_judgements_point_at_what_is_there() -> None:
    queries, records = ({row["id"] for row in lines(f"search/{name}.jsonl")} for name in ("queries", "records"))
    rows = table(HERE / "search/judgements.csv")
    assert {row["query"] for row in rows} == queries
    assert {row["record"] for row in rows} <= records
    assert {row["grade"] for row in rows} == {"1", "2"}
    several = [query for query in queries if sum(row["query"] == query for row in rows) >= 2]
    assert len(several) > len(queries) * 0.75


def test_no_pair_is_judged_twice() -> None:
    pairs = [(row["query"], row["record"]) for row in table(HERE / "search/judgements.csv")]
    assert len(set(pairs)) == len(pairs)


def test_every_kind_of_query_is_asked_in_both_halves() -> None:
    rows = lines("search/queries.jsonl")
    assert {row["kind"] for row in rows} == KINDS
    assert {(row["kind"], row["half"]) for row in rows} == {
        (kind, half) for kind in KINDS for half in ("tuning", "test")
    }


@pytest.mark.parametrize("name", FIRST)
def test_what_was_judged_first_stands_unchanged_at_the_head(name: str) -> None:
    count, known = FIRST[name]
    head = b"".join((HERE / name).read_bytes().splitlines(keepends=True)[:count])
    assert hashlib.sha256(head).hexdigest() == known


def test_matching_labels_agree_with_the_places() -> None:
    places = {row["code"]: row for row in table(PLACES)}
    units = {row["id"]: row for row in lines("matching/units.jsonl")}
    askers = {row["id"]: row for name in ("clusters", "needs") for row in lines(f"matching/{name}.jsonl")}
    helped = set()
    for row in table(HERE / "matching/judgements.csv"):
        asker, unit = (places[item["province_code"]] for item in (askers[row["asker"]], units[row["unit"]]))
        far, near = kilometres(asker, unit), within_reach(asker, unit)
        assert (float(row["km"]), row["within_reach"]) == (far, str(near).lower()), row
        fit = int(row["fit"])
        assert int(row["grade"]) == (fit if near else fit - 1 if far <= NEAR_KM else 0), row
        if near:
            helped.add(row["asker"])
    assert {name for name, row in askers.items() if row["gap"]} == set(askers) - helped


def test_every_judgement_of_a_match_is_made_once_for_every_asker() -> None:
    pairs = [(row["asker"], row["unit"]) for row in table(HERE / "matching/judgements.csv")]
    assert len(set(pairs)) == len(pairs)
    assert {asker for asker, _ in pairs} == {row["id"] for row in lines("matching/clusters.jsonl")} | {
        row["id"] for row in lines("matching/needs.jsonl")
    }


def test_enough_needs_are_gaps_in_both_halves() -> None:
    gaps = [row for row in lines("matching/needs.jsonl") if row["gap"]]
    assert len(gaps) >= 12
    assert all(sum(row["half"] == half for row in gaps) >= 8 for half in ("tuning", "test"))


def test_right_subjects_far_away_are_judged_in_both_halves() -> None:
    half = {row["id"]: row["half"] for name in ("clusters", "needs") for row in lines(f"matching/{name}.jsonl")}
    rows = table(HERE / "matching/judgements.csv")
    far = [half[row["asker"]] for row in rows if row["fit"] == "2" and float(row["km"]) > NEAR_KM]
    assert min(far.count("tuning"), far.count("test")) >= 8


def test_a_need_names_a_cluster_of_its_own_province() -> None:
    clusters = {row["id"]: row for row in lines("matching/clusters.jsonl")}
    for need in lines("matching/needs.jsonl"):
        if need["cluster"]:
            assert clusters[need["cluster"]]["province_code"] == need["province_code"]


def test_pairs_of_names_carry_a_label_and_lie_in_both_halves() -> None:
    rows = table(HERE / "merging/pairs.csv")
    assert len(rows) >= 300
    assert len({row["id"] for row in rows}) == len(rows)
    labels = [(row["half"], row["label"]) for row in rows]
    every = {(half, label) for half in ("tuning", "test") for label in ("same", "different", "doubtful")}
    assert set(labels) == every
    assert all(labels.count(pair) >= 40 for pair in every)


def test_no_name_of_a_pair_lies_in_both_halves() -> None:
    halves: dict[str, set[str]] = {}
    for row in table(HERE / "merging/pairs.csv"):
        for side in ("left", "right"):
            halves.setdefault(row[f"{side}_name"], set()).add(row["half"])
    assert all(len(half) == 1 for half in halves.values())
