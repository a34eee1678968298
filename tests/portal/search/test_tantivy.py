"""What tantivy does in shorter ways must come to what the plain way tells."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from portal.search.analysis import grams_of
from portal.search.engines import Entry
from portal.search.engines.tantivy import TantivyEngine
from portal.search.engines.tantivy_finding import best_of, likely_best
from portal.search.engines.tantivy_words import any_of
from portal.search.plan import make_plan

SHARES = {"ผ้าไหม": 0.95, "กล้วย": 0.7, "กาแฟ": 0.5, "น้ำผึ้ง": 0.3}


@pytest.fixture
def filled(tmp_path: Path, entry: Callable[..., Entry]) -> TantivyEngine:
    tmp_path.chmod(0o700)
    made, dice = TantivyEngine(tmp_path), random.Random(7)
    told = []
    for number in range(400):
        words = [word for word, share in SHARES.items() if dice.random() < share] * dice.choice([1, 1, 2])
        dice.shuffle(words)
        told.append(entry(f"e{number}", "".join(words[:2]) or "ว่าง", " ".join(words + ["อื่น"] * dice.randrange(9))))
    made.rebuild(told)
    return made


@pytest.mark.parametrize("text", ["ผ้าไหม", "กาแฟ", "ผ้าไหม กล้วย", "ผ้าไหม กล้วย กาแฟ"])
@pytest.mark.parametrize("offset", [0, 20])
def test_the_best_of_many_hits_are_those_of_the_whole_ranking(filled: TantivyEngine, text: str, offset: int) -> None:
    snapshot = filled._current()
    plan = make_plan(text, offset=offset)
    asking = snapshot.asking()
    told = snapshot.searcher.search(asking.strict(plan), limit=400).hits
    scores = {snapshot.searcher.doc(address)["key"][0]: score for score, address in told}
    best = likely_best(asking, plan, plan.groups, len(plan.groups), len(told))
    assert len(best) == plan.limit  # the shorter way was open
    wanted = best_of(snapshot.searcher, asking.strict(plan), plan.limit, plan.offset)
    assert [scores[key] for key in best] == pytest.approx([scores[key] for key in wanted])  # equals may change places


def test_the_shorter_way_is_closed_where_it_tells_too_little(filled: TantivyEngine) -> None:
    snapshot = filled._current()
    plan = make_plan("ผ้าไหม กล้วย น้ำผึ้ง", limit=30, offset=25)
    asking = snapshot.asking()
    total = filled.search(plan).total
    assert total * 8 > 400
    for closed in (make_plan("ผ้าไหม กล้วย", offset=60), make_plan("ผ้าไหม กล้วย จังหวัด:แพร่")):
        assert not likely_best(asking, closed, closed.groups, len(closed.groups), 300)
    assert filled.search(plan).keys == tuple(best_of(snapshot.searcher, asking.strict(plan), 30, 25))


@pytest.fixture(scope="module")
def texts() -> list[list[str]]:
    """The words of 1,200 entries: some words common, some rare."""
    dice = random.Random(11)
    shares = {"ผ้าไหม": 0.9, "กล้วย": 0.6, "กาแฟ": 0.5, "น้ำผึ้ง": 0.4, "เครื่องปั้นดินเผา": 0.3, "มะพร้าว": 0.04}
    told = []
    for _ in range(1200):
        words = [word for word, share in shares.items() if dice.random() < share]
        dice.shuffle(words)
        told.append([*words, *["อื่น"] * dice.randrange(9)])
    return told


@pytest.fixture
def of_texts(tmp_path: Path, texts: list[list[str]], entry: Callable[..., Entry]) -> TantivyEngine:
    tmp_path.chmod(0o700)
    made = TantivyEngine(tmp_path)
    made.rebuild(entry(f"e{number}", "ว่าง", "".join(words)) for number, words in enumerate(texts))
    return made


@pytest.mark.parametrize(
    "phrase",
    [("ผ้าไหม", "กล้วย"), ("กล้วย", "ผ้าไหม"), ("อื่น", "อื่น"), ("ผ้าไหม", "กล้วย", "กาแฟ"), ("กาแฟ", "มะพร้าว"), ("มะพร้าว", "ผ้าไหม", "กล้วย")],
)  # fmt: skip
def test_a_phrase_finds_what_has_its_words_side_by_side_whether_common_or_not(
    of_texts: TantivyEngine, texts: list[list[str]], phrase: tuple[str, ...], entry: Callable[..., Entry]
) -> None:
    assert {"ผ้าไหม", "กล้วย", "กาแฟ", "อื่น"} <= of_texts._current().words.common
    assert "มะพร้าว" not in of_texts._current().words.common
    length = len(phrase)

    def holding() -> set[str]:
        return {
            f"dataset:e{number}"
            for number, words in enumerate(texts)
            if any(tuple(words[at : at + length]) == phrase for at in range(len(words)))
        }

    plan = make_plan(f'"{"".join(phrase)}"', limit=1200)
    assert set(of_texts.search(plan).keys) == holding()
    excluded = make_plan(f'-"{"".join(phrase)}"', limit=1200)
    assert of_texts.search(excluded).total == len(texts) - len(holding())
    of_texts.update([entry("new", "ว่าง", "".join(phrase))], [min(holding())])
    assert set(of_texts.search(plan).keys) == (holding() - {min(holding())}) | {"dataset:new"}


@pytest.mark.parametrize(
    ("typed", "least"),
    [
        ("ผ้าไหม กล้วย เครื่องปั้นดินเผา ตะกร้อ", 2),
        ("ผ้าไหม กล้วย กาแฟ น้ำผึ้ง ตะกร้อ", 3),
        ("มะพร้าว กล้วย กาแฟ ตะกร้อ สับปะรด", 3),
        ("มะพร้าว ตะกร้อ สับปะรด จักสาน ครก", 1),  # nothing has half
    ],
)
def test_what_has_at_least_half_is_found_whole_and_its_best_are_shown(
    of_texts: TantivyEngine, texts: list[list[str]], typed: str, least: int
) -> None:
    words = typed.split()
    holding = {
        f"dataset:e{number}" for number, told in enumerate(texts) if sum(word in told for word in words) >= least
    }
    plan = make_plan(typed)
    found = of_texts.search(plan)
    assert (found.loose, found.total) == (True, len(holding))
    assert set(found.keys) <= holding
    assert len(found.keys) == min(20, len(holding))
    asking = of_texts._current().asking()
    told = asking.loosely(plan)._replace(groups=plan.groups)
    matching = any_of([told.near, asking.half(plan, told.groups) if least > 1 else asking.anyhow(told.groups)])
    ranked = asking.ranked_among(matching, told, asking.within_bounds(plan.clues), plan)
    hits = of_texts._current().searcher.search(ranked, limit=1200).hits
    scores = {of_texts._current().searcher.doc(address)["key"][0]: score for score, address in hits}
    assert set(scores) == holding
    best = sorted(scores.values(), reverse=True)[: len(found.keys)]
    assert [scores[key] for key in found.keys] == pytest.approx(best)  # equals may change places


def test_numbers_of_facet_values_keep_their_meaning_while_entries_come_and_go(
    tmp_path: Path, entry: Callable[..., Entry]
) -> None:
    tmp_path.chmod(0o700)
    dice, kept = random.Random(5), dict[str, dict[str, tuple[str, ...]]]()
    first = TantivyEngine(tmp_path)
    first.rebuild([])
    for turn in range(25):
        made = {
            f"e{dice.randrange(40)}": {
                "province": tuple(dice.sample(["10", "54", "55", "57", "90", "92"], dice.choice([0, 1, 2, 6]))),
                "publisher": (f"office-{turn}-{dice.randrange(3)}",),
                "kind": ("dataset",),
                "format": (f"f{dice.randrange(turn + 1)}",),
            }
            for _ in range(4)
        }
        gone = dice.sample(sorted(kept), min(len(kept), 3))
        kept = {key: facets for key, facets in kept.items() if key not in gone} | made
        writer = TantivyEngine(tmp_path)  # as another process: it has seen no number
        writer.update(
            [entry(key, "ผ้าไหม", **facets) for key, facets in made.items()], [f"dataset:{key}" for key in gone]
        )
        for text in ("", "ผ้าไหม"):
            found = first.search(make_plan(text))
            assert found.total == len(kept)
            for name in ("province", "publisher", "kind", "format"):
                counted = Counter(value for facets in kept.values() for value in facets[name])
                assert found.facets[name] == counted


def test_what_is_only_sorted_by_has_no_list_of_terms(filled: TantivyEngine) -> None:
    searcher = filled._current().searcher
    assert len(searcher.terms_with_prefix("key", "", limit=1_000)) == 400
    for name in ("newest", "order"):
        assert searcher.terms_with_prefix(name, "", limit=1_000) == []
    plan = make_plan("", sort="title", limit=400)
    assert len(set(filled.search(plan).keys)) == 400


def test_trigrams_are_those_of_the_analysis(filled: TantivyEngine, entry: Callable[..., Entry]) -> None:
    """By tantivy's own tokenizer, after building anew and after a change, of letters, marks, signs and other scripts."""
    dice = random.Random(11)
    wild = ["".join(dice.choices("กขไหมำ้์ๆ๐฿ aß|ຂ中", k=dice.randrange(60))) for _ in range(60)]
    entries = [entry(f"w{number}", text, text[::-1]) for number, text in enumerate(wild)]
    wanted = {gram for one in entries for gram in grams_of(one.runs)}
    filled.update(entries, [f"dataset:e{number}" for number in range(400)])
    after_a_change = filled._current().searcher
    for gram in wanted:
        assert after_a_change.doc_freq("grams", gram) == sum(gram in grams_of(one.runs) for one in entries)
    filled.rebuild(entries)
    told = filled._current().searcher.terms_with_prefix("grams", "", limit=100_000)
    assert {gram for gram, _ in told} == wanted
