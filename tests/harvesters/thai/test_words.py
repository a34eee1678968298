"""Cutting into words: nothing lost, no letter parted from its marks, goods and places whole and by their parts."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvesters.bundled import datasets_folder
from harvesters.thai.places import provinces
from harvesters.thai.remembered import Remembered
from harvesters.thai.text import fold
from harvesters.thai.wordlist import LONGEST, THAI_RUN, word_list
from harvesters.thai.words import is_word, runs, subwords, words, wrap_points

FOLDER = datasets_folder() / "glossary" / "words"
MARKS = "ะัาำิีึืฺุู็่้๊๋์ํ๎ๅ"
thai_text = st.text(
    st.one_of(st.sampled_from("กขคงนมรลวสหอเแโใไ" + MARKS + "ๆฯ ้่"), st.sampled_from("ผ้าไหมเชียงใหม่abc123 .-")),
    max_size=60,
)
few = settings(max_examples=300, deadline=None)


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("กล้วยตากอบน้ำผึ้ง", "กล้วยตาก|อบ|น้ำผึ้ง"),
        ("ผ้าไหมบ้านหนองบัว", "ผ้าไหม|บ้าน|หนองบัว"),
        ("วิสาหกิจชุมชนบ้านดอยช้าง", "วิสาหกิจชุมชน|บ้าน|ดอยช้าง"),
        ("หน่วยวิจัยเทคโนโลยีหลังการเก็บเกี่ยว", "หน่วยวิจัย|เทคโนโลยี|หลังการเก็บเกี่ยว"),
        ("โอทอปนวัตวิถี", "โอทอป|นวัตวิถี"),
        ("จังหวัดขอนแก่น", "จังหวัด|ขอนแก่น"),
        ("อำเภอเด่นชัยจังหวัดแพร่", "อำเภอ|เด่นชัย|จังหวัด|แพร่"),
        ("ต่างๆ", "ต่าง|ๆ"),
        ("ศูนย์วิจัย", "ศูนย์วิจัย"),
        ("กาแฟarabicaดอย", "กาแฟ|arabica|ดอย"),
        ("ปี2566 otop 5ดาว", "ปี|2566|otop|5|ดาว"),
        ("1,234.50 บาท", "1,234.50|บาท"),
        ("จ.เชียงใหม่", "จ|เชียงใหม่"),
        ("farmer's café 中文", "farmer's|café|中文"),
        ("", ""),
        (" .-/ ", ""),
    ],
)
def test_cuts(text: str, cut: str) -> None:
    assert "|".join(words(text)) == cut


@pytest.mark.parametrize(("text", "pieces"), [("เชียงไหม่", "เชียง|ไหม่"), ("ฟรุ๊ตตี้", None), ("แปรปรูผลไม้", None)])
def test_what_nobody_knows_stays_in_large_pieces(text: str, pieces: str | None) -> None:
    """A lone consonant is never a piece: a typo must be found again as a whole."""
    cut = words(text)
    assert pieces is None or "|".join(cut) == pieces
    assert "".join(cut) == text
    assert not [piece for piece in cut if re.fullmatch("[ก-ฮ][่-๋]?", piece)]


@given(thai_text)
@few
def test_nothing_is_lost_and_no_mark_is_parted_from_its_letter(text: str) -> None:
    folded = fold(text)
    found = words(folded)
    assert "".join(found) == "".join(runs(folded))
    assert all(found)
    assert words(folded) == found
    at = 0
    for word in found:
        at = folded.index(word, at)
        if at and "ก" <= folded[at - 1] <= "๎" and folded[at - 1] != "ๆ" and re.match("[ก-ฮ]", folded[at - 1]):
            assert word[0] not in MARKS
        at += len(word)


def longest_matches(run: str) -> list[str]:
    """The longest word at each place that ends where the run may be cut, by trying all lengths; [] where there is none."""
    found: list[str] = []
    at = 0
    while at < len(run):
        for to in range(min(len(run), at + LONGEST), at + 1, -1):
            if is_word(run[at:to]) and not re.match(f"[{MARKS}ฯ]|[ก-ฮ][ิุ]?์", run[to:]):
                found.append(run[at:to])
                at = to
                break
        else:
            return []
    return found


@given(st.lists(st.sampled_from(word_list().ordered), min_size=1, max_size=6), st.integers(0, 40), st.integers(0, 40))
@settings(max_examples=1_500, deadline=None)
def test_what_words_make_up_is_cut_by_the_longest(joined: list[str], start: int, end: int) -> None:
    """Whole words in a row, and what is left of them when the ends are torn off."""
    text = "".join(joined)
    for run in (text, text[start : max(start, len(text) - end)]):
        matches = longest_matches(run) if re.fullmatch(THAI_RUN, run) else []
        assert not matches or words(run) == matches


def test_what_is_remembered_is_forgotten_when_it_is_too_much() -> None:
    asked: list[str] = []
    remembered = Remembered(lambda text: asked.append(text) or text * 2, most=2)
    assert [remembered[text] for text in "abab"] == ["aa", "bb", "aa", "bb"]
    assert asked == ["a", "b"]
    assert remembered["c"] == "cc"
    assert dict(remembered) == {"c": "cc"}
    assert remembered["a"] == "aa"
    assert asked == ["a", "b", "c", "a"]


@given(st.text(max_size=40))
@few
def test_no_text_raises(text: str) -> None:
    words(text)
    subwords(text)
    runs(text)
    assert all(0 < point < len(text) for point in wrap_points(text))


def test_long_runs_are_cut_like_short_ones() -> None:
    assert words("ผ้าไหม" * 500) == ["ผ้าไหม"] * 500
    assert "".join(words("กขฃค" * 2000)) == "กขฃค" * 2000


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("ผ้าไหม", ("ผ้า", "ไหม")),
        ("การท่องเที่ยว", ("การ", "ท่องเที่ยว", "ท่อง", "เที่ยว")),
        ("น้ำมันมะพร้าว", ("น้ำมัน", "มะพร้าว")),
        ("กล้วยตาก", ("กล้วย", "ตาก")),
        ("มหาวิทยาลัยขอนแก่น", ("มหาวิทยาลัย", "ขอนแก่น")),
        ("หนอง", ()),
        ("ขอนแก่น", ()),
        ("เชียงใหม่", ()),
        ("วิถี", ()),
        ("ไหม", ()),
        ("otop", ()),
        ("", ()),
    ],
)
def test_compounds_give_their_parts(word: str, parts: tuple[str, ...]) -> None:
    assert subwords(word)[: len(parts)] == parts
    assert bool(subwords(word)) == bool(parts)


def test_every_province_is_one_word_and_has_no_parts() -> None:
    for province in provinces():
        assert words(f"จังหวัด{province.name_th}")[-1] == province.name_th
        assert subwords(province.name_th) == ()


def test_runs_change_with_the_script() -> None:
    assert runs("กาแฟArabicaดอย x2 – 1,000") == ["กาแฟ", "Arabica", "ดอย", "x", "2", "1,000"]


def test_lines_break_between_words_only() -> None:
    text = "รายชื่อวิสาหกิจชุมชน จังหวัดแพร่"
    points = wrap_points(text)
    assert [text[start:end] for start, end in zip([0, *points], [*points, len(text)], strict=True)] == [
        "รายชื่อ",
        "วิสาหกิจชุมชน จังหวัด",
        "แพร่",
    ]


def test_the_word_lists_are_a_package_that_names_its_source() -> None:
    package = json.loads((FOLDER / "datapackage.json").read_text(encoding="utf-8"))
    assert [licence["name"] for licence in package["licenses"]] == ["CC0-1.0"]
    assert "PyThaiNLP" in package["sources"][0]["title"]
    assert {resource["path"] for resource in package["resources"]} == {path.name for path in FOLDER.iterdir()} - {
        "datapackage.json"
    }


def test_our_own_words_are_clean_and_cut_as_one() -> None:
    with Path(FOLDER / "words_extra.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    listed = [row["word"] for row in rows]
    assert len(listed) == len(set(listed)) > 1_000
    assert [word for word in listed if fold(word) != word or not 3 <= len(word) <= 24 or words(word) != [word]] == []
    assert {row["kind"] for row in rows} == {"food", "drink", "craft", "herb", "farm", "business", "research", "place"}


def test_short_words_are_two_letters_and_sorted() -> None:
    short = (FOLDER / "short_words.txt").read_text(encoding="utf-8").split()
    assert short == sorted(set(short))
    assert {len(word) for word in short} == {2}


def test_a_run_without_an_end_takes_no_time_without_an_end() -> None:
    """Letters that nobody knows, marks alone, a book without blanks: cut in pieces, nothing lost."""
    for run in ("ฬฌ" * 30_000, "่" * 30_000, "ผ้าไหมฬฌ" * 5_000):
        assert "".join(words(run)) == run
