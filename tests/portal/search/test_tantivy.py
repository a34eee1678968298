"""What tantivy does in shorter ways must come to what the plain way tells."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from portal.search.engines import Entry
from portal.search.engines.tantivy import TantivyEngine
from portal.search.engines.tantivy_finding import best_of, likely_best
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
    best = likely_best(asking, plan, asking.matching(plan), len(told))
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
        assert not likely_best(asking, closed, asking.matching(closed), 300)
    assert filled.search(plan).keys == tuple(best_of(snapshot.searcher, asking.strict(plan), 30, 25))
