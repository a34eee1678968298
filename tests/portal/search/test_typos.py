"""One mistake in a word: what it may have been meant to be, offered and never taken; and years of both eras."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.search.plan import make_plan, same_years
from portal.search.typos import LETTERS, MOST, meant


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("กล้วยตากก", "กล้วยตาก"),
        ("ผ้าใหม", "ผ้าไหม"),
        ("ผาไหม", "ผ้าไหม"),
        ("สมุนไผร", "สมุนไพร"),
        ("จักศาน", "จักสาน"),
        ("โรงอบแหง", "โรงอบแห้ง"),
        ("เครื่องปั่นดินเผา", "เครื่องปั้นดินเผา"),
    ],
)
def test_the_likeliest_is_what_was_meant(typed, right):
    assert meant(typed)[0] == right


@pytest.mark.parametrize("typed", ["ผ้าไหม", "ทุเรียน", "กล้วย", "กก", "silk", "ผ้าsilk", "", "๒๕๖๗", "ก" * 30])
def test_what_is_a_word_or_none_of_ours_is_left_alone(typed):
    assert meant(typed) == []


@given(st.text(st.sampled_from(LETTERS), max_size=30))
def test_anything_is_answered(typed):
    assert len(meant(typed)) <= MOST
    assert typed not in meant(typed)


@pytest.mark.parametrize(
    ("typed", "other"), [("2567", ("2024",)), ("2024", ("2567",)), ("1234", ()), ("25670", ()), ("3000", ()), ("ปี", ())]
)
def test_a_year_is_meant_in_both_eras(typed, other):
    assert same_years(typed) == other


@pytest.mark.parametrize("typed", ["๒๕๖๗", "2567", "2024"])
def test_a_question_for_a_year_asks_for_both(typed):
    assert {one.words[0] for one in make_plan(typed).groups[0].alternatives} == {"2567", "2024"}
