"""Cleaning, folding and cutting Thai text: every rule of thai.md §8 by example, and what holds for any text at all."""

from __future__ import annotations

import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvesters.thai.text import (
    BLANKS,
    RULES,
    ZERO_WIDTH,
    clean,
    fold,
    fold_digits,
    graphemes,
    has_misordered_marks,
    has_thai_digits,
    needed_rules,
    needs_cleaning,
    shorten,
    thai_share,
)

NIKHAHIT, SARA_AA, SARA_AM, MAI_THO, MAI_EK = "\u0e4d", "\u0e32", "\u0e33", "\u0e49", "\u0e48"
THAI = "".join(chr(code) for code in range(0x0E01, 0x0E5C) if unicodedata.name(chr(code), ""))
# Mostly the letters and signs that rules are about, so that they meet each other often.
wild = st.text(
    st.one_of(
        st.sampled_from("กนม" + "ะัาำิีึืฺุู็่้๊๋์ํเแ" + "๒" + ZERO_WIDTH[:5] + "\u00a0\n\t  "),
        st.sampled_from(THAI),
        st.characters(),
    ),
    max_size=24,
).map(lambda text: text.replace("\x1f", ""))  # the joiner of columns: readers keep it out of cells
few = settings(max_examples=200, deadline=None)


@pytest.mark.parametrize(
    ("found", "meant", "rule"),
    [
        ("เชียง\u200bใหม่", "เชียงใหม่", "zero-width"),
        ("\ufeffชื่อ", "ชื่อ", "zero-width"),
        ("ผ้า\u00adไหม", "ผ้าไหม", "zero-width"),
        ("\u202d081\u202c", "081", "zero-width"),
        ("  กล้วย ", "กล้วย", "whitespace"),
        ("กล้วย\nตาก", "กล้วย ตาก", "whitespace"),
        ("กล้วย \r\n\t ตาก", "กล้วย ตาก", "whitespace"),
        ("กล้วย\u00a0ตาก", "กล้วย ตาก", "whitespace"),
        ("ค" + NIKHAHIT + SARA_AA + "สั่ง", "คำสั่ง", "sara-am"),
        ("น" + MAI_THO + NIKHAHIT + SARA_AA, "น" + MAI_THO + SARA_AM, "sara-am"),
        ("น" + NIKHAHIT + MAI_THO + SARA_AA, "น" + MAI_THO + SARA_AM, "sara-am"),
        ("เเพร่", "แพร่", "sara-e"),
        ("น" + MAI_THO + "\u0e35", "นี้", "tone-order"),
        ("ท" + MAI_EK + "\u0e35", "ที่", "tone-order"),
        ("ผ" + MAI_THO + "\u0e39", "ผู้", "tone-order"),
        ("น" + SARA_AM + MAI_THO, "น้ำ", "tone-order"),
        ("พันธ\u0e4c\u0e38", "พันธุ์", "tone-order"),
    ],
)
def test_each_rule_mends_its_own_defect(found: str, meant: str, rule: str) -> None:
    assert clean(found) == meant
    assert [one.name for one in needed_rules(found)] == [rule]
    assert needs_cleaning(found)
    assert not needs_cleaning(meant)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "กล้วยตาก",
        "Chiang Mai",
        "น้ำ",
        "พ.ศ. ๒๕๖๖",
        "สิทธิ์",
        "ก็",
        "ฤๅษี",
        "a\x00b",
        "ยติุธรรม",
        "กํ",
        "ประชำชน",
        "ๆ ฯลฯ",
        "แก้ว",
    ],
)
def test_good_text_and_what_only_a_person_can_mend_stay(text: str) -> None:
    assert clean(text) == text
    assert not needs_cleaning(text)


def test_several_defects_in_one_cell() -> None:
    assert clean(" \ufeffน\u200b\u0e4d\u0e49\u0e32พริก\r\nเเกง  ป่า\u00a0") == "น้ำพริก แกง ป่า"


def test_every_blank_and_every_sign_without_width() -> None:
    for blank in BLANKS:
        assert clean(f"ก{blank}ข") == "ก ข", f"U+{ord(blank):04X}"
        assert clean(f"a{blank}b") == "a b", f"U+{ord(blank):04X}"
        assert needs_cleaning(f"ก{blank}ข")
    for sign in ZERO_WIDTH:
        assert clean(f"ก{sign}ข") == "กข", f"U+{ord(sign):04X}"
        assert needs_cleaning(f"ก{sign}ข")


def test_rules_keep_their_names_and_order() -> None:
    """Their names stand in reports and sources' options."""
    assert [rule.name for rule in RULES] == ["zero-width", "whitespace", "sara-am", "sara-e", "tone-order"]


@given(wild)
@few
def test_clean_is_idempotent_and_needs_nothing_afterwards(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert needed_rules(cleaned) == ()


@given(wild)
@few
def test_fold_is_idempotent_and_sees_through_clean(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    assert fold(clean(text)) == folded
    assert clean(folded) == folded


@given(wild)
@few
def test_cleaning_is_told_exactly_when_it_changes_something(text: str) -> None:
    assert needs_cleaning(text) == (clean(text) != text)


@given(st.lists(wild, max_size=8))
@few
def test_a_joined_column_needs_what_its_cells_need(cells: list[str]) -> None:
    """One pass over a column may give a false alarm, but never misses a cell."""
    names = {rule.name for rule in needed_rules("\x1f".join(cells))}
    assert {rule.name for cell in cells for rule in needed_rules(cell)} <= names


@given(wild)
@few
def test_cleaning_loses_no_letter(text: str) -> None:
    def letters(of: str) -> list[str]:
        composed = of.replace("\u0e4d", "").replace("\u0e33", "\u0e32").replace("\u0e40\u0e40", "\u0e41")
        return sorted(sign for sign in composed if sign not in BLANKS + ZERO_WIDTH + " ")

    bare = "".join(sign for sign in text if sign not in ZERO_WIDTH)
    assert letters(clean(text)) == letters(bare)


def test_fold_is_stable_for_every_character_there_is() -> None:
    for code in range(sys.maxunicode + 1):
        sign = chr(code)
        if sign.casefold() != sign or not unicodedata.is_normalized("NFC", sign):
            folded = fold(sign)
            assert fold(folded) == folded, f"U+{code:04X}"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("๒๕๖๖", "2566"),
        ("OTOP", "otop"),
        ("ปี ๒๕๖๖ OTOP", "ปี 2566 otop"),
        ("ผ้้าไหม", "ผ้าไหม"),
        ("ค\u0e4d\u0e32", "คำ"),
        ("เเพร่", "แพร่"),
        ("Cafe\u0301", "café"),
        ("  กล้วย\u200bตาก", "กล้วยตาก"),
    ],
)
def test_fold_makes_equal_what_a_reader_takes_for_equal(one: str, other: str) -> None:
    assert fold(one) == fold(other) == other


def test_fold_parts_what_differs() -> None:
    assert len({fold(word) for word in ("มา", "ม่า", "ม้า", "หมา")}) == 4


def test_digits() -> None:
    assert fold_digits("หมู่ ๑๒ OTOP") == "หมู่ 12 OTOP"
    assert fold_digits("0") == "0"
    assert has_thai_digits("หมู่ ๑")
    assert not has_thai_digits("หมู่ 1")
    assert not has_thai_digits("1")


@pytest.mark.parametrize("text", ["ยติุธรรม", "ุ่ิ", "คุณภำาพ", "เ่ชียง", "a ยติุ"])
def test_marks_that_nobody_types_are_noticed(text: str) -> None:
    assert has_misordered_marks(text)
    assert clean(text) == text or has_misordered_marks(clean(text))


def test_no_word_of_the_dictionary_is_taken_for_damage() -> None:
    from harvesters.bundled import datasets_folder

    listed = (datasets_folder() / "glossary" / "words" / "words_th.txt").read_text(encoding="utf-8").splitlines()
    assert len(listed) > 60_000
    assert not [word for word in listed if has_misordered_marks(word)]
    assert not [word for word in listed if fold(word) != word]  # it is read as it lies, without folding each word


def test_graphemes_keep_marks_with_their_letter() -> None:
    assert graphemes("ผู้ใหญ่น้ำ") == ["ผู้", "ใ", "ห", "ญ่", "น้ำ"]
    assert graphemes("abc") == ["a", "b", "c"]
    assert graphemes("") == []


@given(wild)
@few
def test_graphemes_are_the_text(text: str) -> None:
    assert "".join(graphemes(text)) == text


@pytest.mark.parametrize(
    ("text", "most", "short"),
    [
        ("กล้วยตาก", 8, "กล้วยตาก"),
        ("กล้วยตาก", 7, "กล้วยต…"),
        ("น้ำ", 3, "น้ำ"),
        ("น้ำผึ้ง", 3, "…"),
        ("น้ำผึ้ง", 4, "น้ำ…"),
        ("ผู้ใหญ่", 5, "ผู้…"),
        ("เชียงใหม่ เชียงราย", 11, "เชียงใหม่…"),
        ("abcdef", 4, "abc…"),
        ("abc", 0, ""),
        ("abc", 1, "…"),
    ],
)
def test_shorten_cuts_between_letters(text: str, most: int, short: str) -> None:
    assert shorten(text, most) == short


@given(wild, st.integers(-2, 30))
@few
def test_shorten_is_never_longer_and_never_parts_a_mark(text: str, most: int) -> None:
    short = shorten(text, most)
    assert len(short) <= max(most, 0) or short == text
    if short.endswith("…") and short != text:
        kept = short[:-1]
        assert text.startswith(kept)
        assert not kept.endswith(tuple("เแโใไ"))
        rest = text[len(kept) :].lstrip()
        assert rest[:1] not in tuple("ัิ่้ำ") or not kept or kept != text[: len(kept)].rstrip() or text[len(kept)].isspace()


def test_share_of_thai() -> None:
    assert thai_share("กข ab") == 0.5
    assert thai_share("") == 0.0


def test_the_damage_of_real_files_is_seen(real_files: Path) -> None:
    """Figures of thai.md §7: a table taken out of a PDF has its marks misordered, one typed by offices has hardly any."""
    damaged = (
        (real_files / "tabular" / "budget_2565_pdf_extract_misordered.csv").read_text(encoding="utf-8").splitlines()
    )
    assert sum(map(has_misordered_marks, damaged)) > len(damaged) / 2
    typed = (real_files / "otop" / "otop_by_local_government.json").read_text(encoding="utf-8")
    lines = typed.splitlines()
    assert sum(map(has_misordered_marks, lines)) < len(lines) / 1_000
    assert typed.count("\u0e40\u0e40") > 30
    assert not needs_cleaning(clean(typed))
