"""Where a word stands in a text: anywhere in a Thai run, but never as half a syllable or as letters of another word."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvesters.thai.text import fold, graphemes
from portal.search.matching import PART, WHOLE, pattern_of, standing
from portal.search.snippets import LENGTH, mark, snippet

THAI = st.text(st.sampled_from("กขคงผมหไเแโะาำิีึืุู่้๊๋์ ๆaA1๒&<-"), max_size=60)


def grades(word: str, text: str) -> list[int]:
    return [grade for _, grade in standing(re.compile(pattern_of([word])), fold(text))]


@pytest.mark.parametrize(
    ("word", "text", "found"),
    [
        ("ไหม", "ผ้าไหมแพรวา", [PART]),
        ("ไหม", "เส้นไหม", [PART]),
        ("แพร่", "จังหวัดแพร่", [WHOLE]),
        ("แพร่", "เผยแพร่", []),  # a province is never a part of another word
        ("ตาก", "กล้วยตาก", []),
        ("ชา", "ชาม", []),
        ("ชา", "ธรรมชาติ", []),
        ("ชา", "ศาลาประชาคม", []),
        ("ชา", "ชาอู่หลง", [PART]),
        ("ชา", "ใบชา", [PART]),
        ("ปู", "ปู่", []),  # half of a syllable
        ("ปู", "ปูนา", [PART]),
        ("น้ำ", "น้ำผึ้ง", [PART]),
        ("กล้วยตากอบ", "ซื้อกล้วยตากอบ", [WHOLE]),
        ("หลินจือ", "เห็ดหลินจืออบแห้ง", [WHOLE]),  # long enough not to be there by chance
        ("silk", "thai silk", [WHOLE]),
        ("silk", "Silks", [WHOLE]),
        ("art", "party", []),  # Latin words are found by their beginnings
        ("art", "ผ้าart", [WHOLE]),
        ("256", "12562", []),
        ("256", "๒๕๖๒", [WHOLE]),
    ],
)
def test_where_a_word_stands(word: str, text: str, found: list[int]) -> None:
    assert grades(word, text) == found


def test_words_side_by_side_may_have_blanks_between_or_not() -> None:
    pattern = re.compile(pattern_of(["ผ้าไหม", "แพรวา"]))
    assert [bool(pattern.search(text)) for text in ("ผ้าไหมแพรวา", "ผ้าไหม  แพรวา", "ผ้าไหมสวย แพรวา")] == [
        True,
        True,
        False,
    ]


# ── marks ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_mark_is_put_around_what_was_asked_for_and_the_rest_is_escaped() -> None:
    assert mark("ผ้าไหม <b> & Silk", ["ไหม", "silk"]) == "ผ้า<mark>ไหม</mark> &lt;b&gt; &amp; <mark>Silk</mark>"


def test_the_longest_word_is_marked_whole() -> None:
    assert mark("ผ้าไหมแพรวา", ["ไหม", "ผ้าไหม"]) == "<mark>ผ้าไหม</mark>แพรวา"


def test_where_a_word_stands_by_itself_its_other_places_are_not_marked() -> None:
    assert mark("หม่อนไหม ไหม", ["ไหม"]) == "หม่อนไหม <mark>ไหม</mark>"


@pytest.mark.parametrize("text", ["น้ำ ดื่ม", "น้้ำ ดื่ม"])
def test_spellings_that_folding_shortens_are_marked_too(text: str) -> None:
    assert mark(text, ["น้ำ"]) == f"<mark>{text.split()[0]}</mark> ดื่ม"


@given(THAI, st.lists(THAI.map(lambda text: fold(text).strip()), max_size=4))
def test_marks_never_split_a_vowel_from_its_letter(text: str, wanted: list[str]) -> None:
    marked = mark(text, wanted)
    pieces = re.split("</?mark>", marked)
    assert "".join(map(unescape, pieces)) == text
    whole = graphemes(text)
    assert [part for piece in pieces for part in graphemes(unescape(piece))] == whole


# ── snippets ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_snippet_is_cut_around_the_first_place_and_begins_with_a_word() -> None:
    text = "ทะเบียนวิสาหกิจชุมชนของจังหวัดซึ่งรวบรวมจากสำนักงานเกษตรอำเภอทุกแห่งแล้วจัดเป็นตารางเดียวกัน" * 2 + "มีกล้วยตากอบน้ำผึ้งด้วย"
    plain, marked = snippet([text], ["กล้วยตาก"])
    assert plain.startswith("…")
    assert plain[1] not in "ะัาำิีึืุู่้๊๋์"
    assert "<mark>กล้วยตาก</mark>" in marked
    assert len(plain) <= LENGTH + 2


def test_the_text_with_the_word_is_taken_and_markdown_goes() -> None:
    texts = ["**รายการ** [สินค้า](https://example.org/a)", "ป้าย · ผ้าไหม"]
    assert snippet(texts, ["ผ้าไหม"])[1] == "ป้าย · <mark>ผ้าไหม</mark>"
    assert snippet(texts, ["ไม่มี"])[0] == "รายการ สินค้า"
    assert snippet([], ["ผ้า"]) == ("", "")


@given(st.lists(THAI, max_size=3), st.lists(THAI.map(lambda text: fold(text).strip()), max_size=3))
def test_any_texts_give_a_snippet(texts: list[str], wanted: list[str]) -> None:
    plain, marked = snippet(texts, wanted)
    assert unescape(re.sub("</?mark>", "", marked)) == plain
