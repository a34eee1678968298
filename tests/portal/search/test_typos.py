"""One mistake in a word, or the other keyboard layout: what may have been meant, by the words of the index; and years of both eras."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.search.plan import make_plan, same_years
from portal.search.typos import LATIN, MOST, THAI, meant, readings

WORDS = frozenset(
    [
        "กล้วยตาก",
        "ผ้าไหม",
        "ผ้า",
        "ไหม",
        "สมุนไพร",
        "จักสาน",
        "โรงอบแห้ง",
        "โรงอบ",
        "แห้ง",
        "เครื่องปั้นดินเผา",
        "ทุเรียน",
        "กล้วย",
        "ตาก",
        "เชียงใหม่",
        "โดรน",
        "พ่น",
        "ปุ๋ย",
        "เห็ด",
        "ข้าว",
        "ปาล์ม",
        "ยางพารา",
        "ราคา",
        "silk",
        "massage",
        "coconut",
        "insect",
        "drone",
        "แอนโดร",
    ]
)


def known(words):
    return WORDS & set(words)


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
        ("เชียงไหม่", "เชียงใหม่"),  # cut into two, mended as one
        ("โดนรพ่นปุ๋ย", "โดรนพ่นปุ๋ย"),  # two neighbours swapped, across the cut
        ("ราคายางพาลา", "ราคายางพารา"),
        ("masage", "massage"),
        ("cocnout", "coconut"),
        ("slik", "silk"),
        ("insekts", "insect"),
    ],
)
def test_the_likeliest_is_what_was_meant(typed, right):
    assert meant(typed, known)[0] == right


@pytest.mark.parametrize(
    "typed", ["ผ้าไหม", "ทุเรียน", "กล้วย", "กก", "silk", "sulk", "ผ้าsilk", "", "๒๕๖๗", "ก" * 30, "ไดโนเสาร์", "sericulture"]
)
def test_what_is_a_word_or_near_none_of_the_index_is_left_alone(typed):
    assert meant(typed, known) == []


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("zhkws,", "ผ้าไหม"),
        ("gsHf", "เห็ด"),
        ("-hk;", "ข้าว"),  # begins as an exclusion does
        ("xk]N,", "ปาล์ม"),
        ("กพนืำ", "drone"),
        ("zhkws, masage", "ผ้าไหม massage"),
        ("ราคา gsHf", "ราคา เห็ด"),
    ],
)
def test_the_same_keys_of_the_other_layout_are_read(typed, right):
    assert readings(typed, known)[0] == right


@pytest.mark.parametrize("typed", ["", "silk", "ผ้าไหม", '"zhkws,"', "xyz 123", "gsHf " * 9])
def test_what_is_known_or_quoted_or_long_has_no_other_reading(typed):
    assert readings(typed, known) == []


@given(st.text(st.sampled_from(THAI + LATIN + "-;',[ ๐"), max_size=40))
def test_anything_is_answered(typed):
    assert len(meant(typed, known)) <= MOST
    assert typed not in readings(typed, known)


@pytest.mark.parametrize(
    ("typed", "other"), [("2567", ("2024",)), ("2024", ("2567",)), ("1234", ()), ("25670", ()), ("3000", ()), ("ปี", ())]
)
def test_a_year_is_meant_in_both_eras(typed, other):
    assert same_years(typed) == other


@pytest.mark.parametrize("typed", ["๒๕๖๗", "2567", "2024"])
def test_a_question_for_a_year_asks_for_both(typed):
    assert {one.words[0] for one in make_plan(typed).groups[0].alternatives} == {"2567", "2024"}
