"""However much is asked for, little is done: lists read, rows judged, places looked at, links made; counted, not timed."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from whoosh import query

from portal.search import row_questions, rows, snippets
from portal.search.engines import Entry, weighing
from portal.search.engines import whoosh as whoosh_engine
from portal.search.engines.whoosh import WhooshEngine
from portal.search.engines.whoosh_postings import Postings, order_of
from portal.search.outbox import drain
from portal.search.plan import make_plan

EntryMaker = Callable[..., Entry]
WORDS = ["ผ้าไหม", "กล้วย", "น้ำผึ้ง", "เห็ด", "กาแฟ", "ข้าว", "ปลา", "มะม่วง", "สมุนไพร", "ผลไม้"]


@pytest.fixture
def whoosh(tmp_path: Path, entry: EntryMaker, monkeypatch: pytest.MonkeyPatch) -> WhooshEngine:
    """Several segments, a block's worth of documents and more in one, and some deleted."""
    monkeypatch.setattr(whoosh_engine, "SEGMENT", 260)
    (tmp_path / "index").mkdir(mode=0o700)
    made = WhooshEngine(tmp_path / "index")
    dice = random.Random(7)
    made.rebuild(
        [entry(f"n{at}", " ".join(dice.choices(WORDS, k=4)), " ".join(dice.choices(WORDS, k=9))) for at in range(600)]
    )
    made.update([entry("n5", "ผ้าไหม เห็ด"), entry("new", "กล้วย กล้วย")], [f"dataset:n{at}" for at in range(20, 300, 7)])
    return made


def test_lists_read_by_blocks_are_those_of_the_library(whoosh: WhooshEngine) -> None:
    with whoosh._reading() as snapshot:
        reader, postings = snapshot.searcher.reader(), snapshot.postings
        assert len(postings._leaves) > 1
        for field in ("title", "text", "parts", "grams"):
            for word in (*WORDS, "ผ้า", "ผ้า ไหม", "กล้"):
                told = list(reader.postings(field, word).all_ids()) if (field, word) in reader else []
                assert list(postings.holding(field, (word,))) == told


def test_phrases_are_those_of_the_library_with_and_without_candidates(whoosh: WhooshEngine) -> None:
    dice = random.Random(3)
    found = 0
    with whoosh._reading() as snapshot:
        for _ in range(80):
            field, words = (
                dice.choice(("title", "text")),
                tuple(dice.choices([*WORDS, "nowhere"], k=dice.choice((2, 3)))),
            )
            told = set(snapshot.searcher.docs_for_query(query.Phrase(order_of(field), list(words))))
            some = set(dice.sample(range(600), 200))
            fresh = Postings(snapshot.searcher)
            assert set(fresh.among(some, field, words)) == told & some
            assert set(fresh.holding(field, words)) == told
            assert set(fresh.among(some, field, words)) == told & some
            found += len(told)
    assert found > 100


def test_what_comes_near_is_read_within_bounds(whoosh: WhooshEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = make_plan(" ".join([*WORDS, "zqx"]))
    read = numbers_read(whoosh, asked)
    monkeypatch.setattr(weighing.within_bounds, "__defaults__", (200,))
    assert numbers_read(whoosh, asked) < read / 2
    assert whoosh.search(asked).keys  # something all the same


def numbers_read(engine: WhooshEngine, plan: Any) -> int:
    """How many numbers of documents an engine reads for a plan, of which it has kept nothing."""
    with engine._reading() as snapshot:
        snapshot.postings = Postings(snapshot.searcher)
        engine.search(plan)
        return sum(map(len, snapshot.postings._kept.values()))


def test_words_side_by_side_cost_more_than_one() -> None:
    phrase = make_plan(chr(34) + "กล้วย เห็ด" + chr(34)).groups[0]
    assert weighing.cost(phrase, lambda _field, _word: 10) >= 4 * weighing.commonness(phrase, lambda _field, _word: 10)


def test_rows_are_judged_until_the_time_is_up_and_patterns_made_when_needed(
    publish: Callable[..., None],
    in_app: Callable[..., Any],
    search: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    publish("many", ["ก"], [["ผ้าไหม เห็ด"]] * 400)
    in_app(drain)
    judged: list[str] = []
    kept = row_questions.RowQuestion.judge
    monkeypatch.setattr(
        row_questions.RowQuestion, "judge", lambda self, text, place: judged.append(text) or kept(self, text, place)
    )
    assert search("เห็ด")["total_rows_exact"]
    assert len(judged) == 400
    judged.clear()
    monkeypatch.setattr(rows, "SECONDS", 0)
    assert not search("เห็ด")["total_rows_exact"]
    assert len(judged) <= rows.JUDGED
    row_questions.compiled.cache_clear()
    row_questions.row_question(make_plan(" ".join(WORDS)))
    assert row_questions.compiled.cache_info().misses == 0


def test_of_a_long_text_a_few_places_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []
    monkeypatch.setattr("portal.search.matching.grade_of", lambda _text, start, _end: looked.append(start) or 0)
    assert snippets.snippet(["ปูนา" * 50_000], ["ปู"])[0]
    assert len(looked) <= 2 * snippets.MOST_PLACES  # of the text, and of the piece that is shown


def test_a_long_query_is_not_carried_in_every_link(
    publish: Callable[..., None], in_app: Callable[..., Any], client: FlaskClient
) -> None:
    publish("one", ["ก"], [["เห็ด"]], title_th="เห็ด", provinces=["54", "55"])
    in_app(drain)
    page = client.get(f"/search?q={quote('เห็ด ' * 100 + 'x' * 3000)}").text
    links: Sequence[str] = re.findall(r'href="(/search\?q=[^"]*province=[^"]*)"', page)
    assert links
    assert max(map(len, links)) < 9 * 512 + 100
    refused = client.get(f"/search?q={quote('ก' * 300_000)}")
    assert (refused.status_code, "ยาวเกินไป" in refused.text) == (414, True)
    assert len(refused.data) < 20_000
