"""A made-up registry of national size: groups with products and needs, units with services and outputs, in all 77 provinces.

Words are those of the bundled subjects and complaints, drawn by Zipf's law, so that some are in every third row and most are rare.
The same seed gives the same rows. No name in it is anybody's.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import accumulate
from typing import Any, TypeVar

from bench.data import VILLAGES
from harvesters import bundled
from harvesters.thai.places import Province, provinces
from portal.registry.subjects import Subject, subjects

Value = TypeVar("Value")

SEED = 2569
OUTPUTS = 4  # of one unit
WORKS = ("ทดสอบ", "วิเคราะห์", "อบรม", "ออกแบบ", "พัฒนา", "ให้คำปรึกษาเรื่อง", "ตรวจ", "ถ่ายทอดเทคโนโลยี")
TOOLS = ("เครื่องวัด", "ตู้อบ", "เครื่องวิเคราะห์", "ห้องปฏิบัติการ", "เตา", "กล้องจุลทรรศน์", "เครื่องทดสอบ")
FORMS = ("วิสาหกิจชุมชน", "กลุ่ม", "กลุ่มแม่บ้าน", "สหกรณ์")
WORLDLY = 0.15  # of the words come from any subject


@cache
def complaints() -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """(how a complaint is said, what it means) of the bundled table."""
    path = bundled.datasets_folder() / "glossary" / "needs" / "needs.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(
            (
                tuple(row["said"].split(";")),
                tuple(filter(None, row["means"].split(";"))) or tuple(row["said"].split(";")),
            )
            for row in csv.DictReader(file)
        )


@cache
def _falling(count: int) -> list[float]:
    return list(accumulate(1 / (at + 1) for at in range(count)))


def drawn(dice: random.Random, values: Sequence[Value]) -> Value:
    """One of some values, the first ones far more often."""
    return dice.choices(values, cum_weights=_falling(len(values)))[0]


def word_of(dice: random.Random, subject: Subject) -> str:
    """A word of a subject, now and then of another."""
    if dice.random() < WORLDLY:
        subject = dice.choice(list(subjects().values()))
    return drawn(dice, subject.words)[0]


def place(dice: random.Random) -> dict[str, Any]:
    """A province, as full as they come, and mostly a point."""
    found: Province = drawn(dice, provinces())
    told: dict[str, Any] = {"province": found.name_th, "province_code": found.code}
    if dice.random() < 0.7:
        told["latitude"] = round(min(20.4, max(5.7, found.latitude + dice.gauss(0, 0.2))), 5)
        told["longitude"] = round(min(105.6, max(97.4, found.longitude + dice.gauss(0, 0.2))), 5)
    return told


def clusters(count: int, seed: int = SEED) -> Iterator[dict[str, Any]]:
    """Rows of the profile entrepreneur-cluster."""
    dice = random.Random(seed)
    known = list(subjects().values())
    for number in range(1, count + 1):
        subject = drawn(dice, known)
        products = [word_of(dice, subject) for _ in range(dice.randrange(1, 5))]
        told = [dice.choice(drawn(dice, complaints())[0]) for _ in range(dice.choice((0, 1, 1, 2)))]
        yield {
            "cluster_id": f"6-{number % 90 + 10}-{number:08d}",
            "name_th": f"{dice.choice(FORMS)}{products[0]}บ้าน{dice.choice(VILLAGES)} {number}",
            "products": ";".join(products),
            "needs": ";".join(told),
            **place(dice),
        }


def units(count: int, seed: int = SEED) -> Iterator[dict[str, Any]]:
    """Rows of the profile research-unit."""
    dice = random.Random(seed + 1)
    known = list(subjects().values())
    for number in range(1, count + 1):
        subject = drawn(dice, known)
        meant = [dice.choice(drawn(dice, complaints())[1]) for _ in range(dice.randrange(1, 5))]
        works = [f"{dice.choice(WORKS)}{word_of(dice, subject)}" for _ in range(dice.randrange(2, 6))]
        yield {
            "unit_id": f"U-{number:06d}",
            "name_th": f"ศูนย์วิจัย{word_of(dice, subject)}ที่ {number}",
            "university": f"มหาวิทยาลัยสมมติ {number % 90}",
            "expertise_th": ";".join(word_of(dice, subject) for _ in range(dice.randrange(2, 7))),
            "services": ";".join(works + meant),
            "instruments": ";".join(dice.choice(TOOLS) + word_of(dice, subject) for _ in range(dice.randrange(0, 4))),
            **place(dice),
        }


def outputs(count: int, seed: int = SEED) -> Iterator[dict[str, Any]]:
    """Rows of the profile research-output, OUTPUTS for each of as many units."""
    dice = random.Random(seed + 2)
    known = list(subjects().values())
    for unit in units(count, seed):
        for at in range(OUTPUTS):
            subject = drawn(dice, known)
            yield {
                "output_id": f"O-{unit['unit_id']}-{at}",
                "title": f"{dice.choice(WORKS)}{word_of(dice, subject)}ด้วย{word_of(dice, subject)}ครั้งที่ {at} ของ {unit['unit_id']}",
                "unit": unit["name_th"],
                "university": unit["university"],
                "year": 2560 + at,
            }


def needs(count: int, seed: int = SEED) -> Iterator[tuple[str, str]]:
    """(a need in plain words, the code of a province)."""
    dice = random.Random(seed + 3)
    known = list(subjects().values())
    for _ in range(count):
        said = " ".join(dice.choice(drawn(dice, complaints())[0]) for _ in range(dice.randrange(1, 4)))
        yield f"{word_of(dice, drawn(dice, known))} {said}", drawn(dice, provinces()).code
