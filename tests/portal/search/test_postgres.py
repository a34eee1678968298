"""How PostgreSQL counts and looks up: whichever way it goes, it tells what a plain look at the entries tells."""

from __future__ import annotations

import contextlib
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine as Database

from portal.search.engines import FACETS, Entry, postgres_finding, postgres_pages, postgres_queries
from portal.search.engines import pairs as pairs_module
from portal.search.engines.postgres import PostgresEngine
from portal.search.engines.tantivy import TantivyEngine
from portal.search.plan import make_plan

EntryMaker = Callable[..., Entry]
WORDS = ["ผ้าไหม", "กล้วย", "กาแฟ", "น้ำผึ้ง", "กุ้ง", "สมุนไพร", "เซรามิก", "หมอน"]
PROVINCES = ["10", "30", "46", "54", "65", "50", "57"]
ASKED = [
    *WORDS, "", *(f"{one} {other}" for one in WORDS[:4] for other in WORDS[2:6] if one != other), "-ผ้าไหม", "-หมอน", "กล้วย -กาแฟ",
    "จังหวัด:แพร่", "ผ้าไหม จังหวัด:แพร่ จังหวัด:น่าน", "licence:cc-by-4.0", "-ผ้าไหม licence:cc-by-4.0", "แพร่", "ผ้าไหม แพร่", "Phrae",
    '"ผ้าไหม กล้วย"', '"กล้วย ผ้าไหม"', '"ผ้าไหม กล้วย กาแฟ"', '"ผ้าไหม หมอน"', '-"ผ้าไหม กล้วย"', "ผ้าไหม กล้วย กาแฟ น้ำผึ้ง กุ้ง สมุนไพร เซรามิก หมอน",
]  # fmt: skip


@pytest.fixture
def database(make_database: Callable[[], Database]) -> Database:
    return make_database()


@pytest.fixture
def small_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pairs of common words are told by few entries."""
    monkeypatch.setattr(pairs_module, "FEWEST", 50)
    monkeypatch.setattr(pairs_module, "SHARE", 0.3)


def some_entries(entry: EntryMaker, count: int, seed: int = 4) -> list[Entry]:
    """Entries with words of all degrees of commonness, of none to seven provinces and none to two publishers."""
    dice = random.Random(seed)
    made = []
    for number in range(count):
        words = [word for at, word in enumerate(WORDS) if dice.random() < 0.95 / (1 + at * at / 4)]
        dice.shuffle(words)
        texts = [" ".join(words), "เผยแพร่แล้ว" if number % 3 else "ใกล้แพร่"]
        facets = {
            "province": dice.sample(PROVINCES, dice.choice([0, 1, 1, 2, 7])),
            "publisher": dice.sample(["a", "b", "c"], dice.choice([0, 1, 1, 2])),
            "licence": dice.sample(["CC-BY-4.0", "CC0-1.0"], dice.choice([0, 1])),
            "format": ["csv"] * dice.choice([0, 1]),
        }
        made.append(entry(f"n{number}", " ".join(words[:2]) or "ว่าง", *texts, moment=dice.randrange(50), **facets))
    return made


def counted(entries: Sequence[Entry]) -> dict[str, dict[str, int]]:
    """The facets of entries, counted one by one."""
    return {name: dict(Counter(value for entry in entries for value in entry.facets.get(name, ()))) for name in FACETS}


def kept_counts(database: Database) -> dict[int, int]:
    """What the table of counts has."""
    with database.connect() as connection:
        return dict(connection.exec_driver_sql("SELECT code, many FROM search_value").fetchall())


def test_counts_of_all_are_those_of_the_entries_whatever_was_written(database: Database, entry: EntryMaker) -> None:
    engine, dice = PostgresEngine(database), random.Random(7)
    there: dict[str, Entry] = {}
    engine.rebuild([])
    for seed in range(12):
        drawn = some_entries(entry, 12, seed)
        new = {one.key: one for one in dice.sample(drawn, dice.randrange(12))}
        gone = dice.sample(sorted({*there, "dataset:never-there"}), min(len(there), dice.randrange(5)))
        fate = ["update", "within", "rolled back", "failed"][seed % 4]
        if fate == "update":
            engine.update(new.values(), gone)
        elif fate == "failed":
            with pytest.raises(ZeroDivisionError):
                engine.update(breaking_off(new.values()), gone)
        else:
            with contextlib.suppress(ZeroDivisionError), database.begin() as connection:
                engine.update_within(connection, new.values(), gone)
                if fate == "rolled back":
                    raise ZeroDivisionError
        if fate in ("update", "within"):
            there = {key: one for key, one in there.items() if key not in gone} | new
        found = engine.search(make_plan(""))
        assert (found.total, found.facets) == (len(there), counted(list(there.values())))
        assert found.total == len(engine.marks())
        assert all(kept_counts(database).values())  # what no entry has is not kept
    engine.update([], there)
    assert kept_counts(database) == {}
    assert engine.search(make_plan("")).total == 0


def breaking_off(entries: Any) -> Iterator[Entry]:
    yield from entries
    raise ZeroDivisionError


@pytest.mark.usefixtures("small_sample")
@pytest.mark.parametrize("planned", [False, True], ids=["counted", "as the planner thinks"])
def test_every_way_to_count_tells_the_same_as_another_engine(
    database: Database, entry: EntryMaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, planned: bool
) -> None:
    if planned:
        monkeypatch.setattr(postgres_finding, "SMALL", 0)
    entries = some_entries(entry, 120)
    tmp_path.chmod(0o700)
    engine, other = PostgresEngine(database), TantivyEngine(tmp_path)
    for one in (engine, other):
        one.rebuild(entries[:100])
        one.update(entries[90:], ["dataset:n3"])
    for text in ASKED:
        found, expected = engine.search(make_plan(text)), other.search(make_plan(text))
        assert (found.loose, found.total) == (expected.loose, expected.total), text
        assert found.facets == expected.facets, text
    assert engine.search(make_plan('"ผ้าไหม กล้วย"')).total > 10


@pytest.mark.usefixtures("small_sample")
def test_phrases_of_common_words_are_looked_up_as_pairs(database: Database, entry: EntryMaker) -> None:
    engine = PostgresEngine(database)
    engine.rebuild(some_entries(entry, 100))
    engine.update([entry("over", "ผ้าไหม", "กล้วย"), entry("beside", "ผ้าไหม กล้วย")], [])
    with engine._reading() as cursor:
        assert {"ผ้าไหม", "กล้วย"} <= postgres_finding.common_words_of(cursor)
        looking = postgres_finding.Looking(cursor, make_plan('"ผ้าไหม กล้วย"'))
        assert looking.asking.strict().seen  # nothing is read in the entries
    found = engine.search(make_plan('"ผ้าไหม กล้วย"', limit=200)).keys
    assert "dataset:beside" in found
    assert "dataset:over" not in found


@pytest.mark.parametrize("sort", ["relevance", "newest", "title"])
def test_pages_are_the_same_however_the_newest_are_looked_up(
    database: Database, entry: EntryMaker, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    engine = PostgresEngine(database)
    engine.rebuild(some_entries(entry, 150))
    texts = ["ผ้าไหม", "กล้วย กาแฟ", "", "licence:cc-by-4.0", '"ผ้าไหม กล้วย"']

    def pages() -> list[tuple[str, ...]]:
        plans = [make_plan(text, sort=sort, limit=15, offset=at) for text in texts for at in range(0, 150, 15)]
        return [engine.search(plan).keys for plan in plans]

    looked_up = pages()
    for share, through in ((10**9, 2_000), (10**9, 20), (0, 2_000)):  # all newest looked through; a few; none
        monkeypatch.setattr(postgres_pages, "COMMON_SHARE", share)
        monkeypatch.setattr(postgres_pages, "LOOKED_THROUGH", through)
        assert pages() == looked_up


@pytest.mark.parametrize("most", [7, 2], ids=["every half", "counted"])
def test_half_of_the_words_is_half_however_they_are_asked_for(
    database: Database, entry: EntryMaker, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(postgres_queries, "MOST_WORDS", most)
    engine, entries = PostgresEngine(database), some_entries(entry, 80)
    engine.rebuild(entries)
    asked = ["ผ้าไหม", "กล้วย", "สมุนไพร", "เซรามิก", "ไดโนเสาร์"]
    having = [one for one in entries if sum(word in one.text.split() for word in asked) * 2 >= len(asked)]
    found = engine.search(make_plan(" ".join(asked)))
    assert found.loose
    assert found.total == len(having) > 0
    assert found.facets == counted(having)
