"""Whether two names are one thing, on the labelled pairs: precision and recall of what is joined, and what is left to a person.

Run as `python -m bench.merging`. The yardstick is equality of the folded names within a province.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from harvesters.thai.districts import find_district
from harvesters.thai.places import find_province, provinces
from harvesters.thai.text import fold
from portal.registry.identity import Identity, identity_of, judge

PAIRS = Path(__file__).resolve().parent.parent / "tests" / "judged" / "merging" / "pairs.csv"
_UNIT = re.compile("ศูนย์|สถาบัน|คณะ|หน่วย|ห้องปฏิบัติการ|สถานวิจัย|อุทยาน|faculty|centre|center|laborator|institute|research")


def pairs(half: str) -> Iterator[Mapping[str, str]]:
    """The pairs of a half."""
    with PAIRS.open(encoding="utf-8", newline="") as file:
        yield from (row for row in csv.DictReader(file) if row["half"] == half)


def identity(name: str, place: str, number: str) -> Identity:
    """A side of a pair: its place is written in words, the province last."""
    province_code, district = None, ""
    for found in provinces():
        for said in (found.name_th, found.name_en):
            if fold(place).replace(" ", "").endswith(fold(said).replace(" ", "")):
                province_code = found.code
    if province_code is None:
        whole = find_province(place.split()[-1].replace("จ.", "").replace("เมือง", ""))
        province_code = whole.code if whole else None
    if province_code:
        said = re.split(", *" if "," in place else " +", place)
        for word in said[:-1] or [
            word for word in said if word.startswith("เมือง")
        ]:  # เมืองตราด: its province is told by it
            if (unit := find_district(word, province_code)) is not None:
                district = unit.name_th
    kind = "unit" if _UNIT.search(fold(name)) else "cluster"
    return identity_of(kind, name, external_id=number, province_code=province_code, district=district)


def numbers(told: str) -> tuple[str, str]:
    """The registration numbers of both sides, as a pair tells them."""
    found = re.split(" [=≠] ", told)
    return (found[0], found[1]) if len(found) == 2 else ("", "")


def sides(row: Mapping[str, str]) -> tuple[Identity, Identity]:
    """Both sides of a pair."""
    left, right = numbers(row["registration"])
    one, other = (
        identity(row["left_name"], row["left_place"], left),
        identity(row["right_name"], row["right_place"], right),
    )
    if other.kind != one.kind:
        other = identity_of(one.kind, row["right_name"], province_code=other.province_code)
    return one, other


def measure(half: str) -> dict[str, float]:
    """Precision and recall of joining, and the share of doubtful pairs that a person is asked about."""
    table: Counter[tuple[str, str]] = Counter()
    for row in pairs(half):
        one, other = sides(row)
        table[row["label"], judge(one, other)[0]] += 1
    joined = sum(count for (_, said), count in table.items() if said == "same")
    same = sum(count for (label, _), count in table.items() if label == "same")
    doubtful = sum(count for (label, _), count in table.items() if label == "doubtful")
    return {
        "pairs": sum(table.values()),
        "precision": round(table["same", "same"] / joined, 3) if joined else 1.0,
        "recall": round(table["same", "same"] / same, 3),
        "same_joined_or_asked": round((table["same", "same"] + table["same", "doubtful"]) / same, 3),
        "doubtful_joined": table["doubtful", "same"],
        "different_joined": table["different", "same"],
        "doubtful_asked": round(table["doubtful", "doubtful"] / doubtful, 3),
    }


def main() -> int:
    """Both halves."""
    print(json.dumps({half: measure(half) for half in ("tuning", "test")}, indent=1))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
