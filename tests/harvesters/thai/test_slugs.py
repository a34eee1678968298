"""Addresses, anchors, file names and the order of a dictionary, made from Thai without losing its marks."""

from __future__ import annotations

import csv
import itertools
import random
import re
from difflib import SequenceMatcher
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvesters.bundled import datasets_folder
from harvesters.thai.places import provinces
from harvesters.thai.slugs import LONGEST, file_name, slug, sort_key, thai_slug
from harvesters.thai.sounds import transliterate
from harvesters.thai.text import fold

few = settings(max_examples=150, deadline=None)
wild = st.text(st.one_of(st.sampled_from("กขคงนมรลวสหอเแโใไะัาำิีึืุู็่้๊๋์ํ 2566OTOP-_./"), st.characters()), max_size=60)


@pytest.mark.parametrize(
    ("title", "address"),
    [
        ("รายชื่อวิสาหกิจชุมชน จังหวัดแพร่ 2566", "list-community-enterprises-phrae-2566"),
        ("ข้อมูลผลิตภัณฑ์ OTOP ประจำปี ๒๕๖๖ จังหวัดเชียงใหม่", "data-products-otop-2566-chiangmai"),
        ("ทะเบียนหน่วยวิจัย มหาวิทยาลัยขอนแก่น", "register-research-units-university-khonkaen"),
        ("กล้วยตากบางกระทุ่ม", "kluaitak-bangkrathum"),
        ("smce_63", "smce-63"),
        ("Untitled (1)", "untitled-1"),
        ("2566", "table-2566"),
        ("0033", "table-0033"),
        ("", "table"),
        ("!!! / ---", "table"),
        ("中文", "table"),
    ],
)
def test_addresses_mean_something(title: str, address: str) -> None:
    assert slug(title, "table") == address


def test_long_titles_are_cut_between_words() -> None:
    title = "รายชื่อผู้ประกอบการผ้าไหม สมุนไพร อาหาร เครื่องดื่ม หัตถกรรม และการท่องเที่ยวชุมชน จังหวัดอุบลราชธานี"
    made = slug(title, "x")
    whole = "list-entrepreneurs-silk-herbs-food-beverages-handicrafts-tourism"
    assert made.startswith(whole[:50])
    assert 50 < len(made) <= LONGEST
    assert slug("a" * 200, "x") == "a" * LONGEST


@given(wild)
@few
def test_every_address_is_plain(text: str) -> None:
    made = slug(text, "table")
    assert re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", made)
    assert len(made) <= LONGEST
    assert not made.replace("-", "").isdigit()
    assert slug(text, "table") == made


def test_provinces_sound_like_their_english_names() -> None:
    """Loosely: the official English names are older than the rules of transcription, and Bangkok is another word."""
    likeness = {
        found.name_th: SequenceMatcher(
            None, re.sub("[^a-z]", "", found.name_en.lower()), transliterate(found.name_th)
        ).ratio()
        for found in provinces()
        if found.code != "10"
    }
    assert {name: round(ratio, 2) for name, ratio in likeness.items() if ratio < 0.8} == {}
    assert sum(likeness.values()) / len(likeness) > 0.97


@pytest.mark.parametrize(
    ("word", "latin"),
    [
        ("ผ้าไหม", "phamai"), ("กล้วยตาก", "kluaitak"), ("ถนน", "thanon"), ("ขนม", "khanom"), ("ตลาด", "talat"), ("หนังสือ", "nangsue"), ("เสมอ", "samoe"),
        ("แสดง", "sadaeng"), ("เจริญ", "charoen"), ("สหกรณ์", "sahakon"), ("เศรษฐกิจ", "setthakit"), ("เกษตร", "kaset"), ("ชาติ", "chat"), ("ภูมิ", "phum"),
        ("จักร", "chak"), ("เพชร", "phet"), ("ทราย", "sai"), ("เขียว", "khiao"), ("สวย", "suai"), ("เดือน", "duean"), ("เลย", "loei"), ("น้ำ", "nam"),
        ("เชียงใหม่", "chiangmai"), ("แม่ฮ่องสอน", "maehongson"), ("ศาสตร์", "sat"), ("จันทร์", "chan"), ("ฤดู", "ruedu"), ("กก", "kok"), ("OTOP", "otop"),
    ],
)  # fmt: skip
def test_sounds(word: str, latin: str) -> None:
    assert transliterate(word) == latin


@given(wild)
@few
def test_sounds_are_plain_letters(text: str) -> None:
    assert re.fullmatch("[a-z0-9]*", transliterate(text))


def test_words_of_addresses_are_plain_and_listed_once() -> None:
    folder = datasets_folder() / "glossary" / "words"
    for name, column in (("slug_words.csv", "word"), ("sounds.csv", "written")):
        with Path(folder / name).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert len({row[column] for row in rows}) == len(rows)
        assert all(fold(row[column]) == row[column] for row in rows)
        if "latin" in rows[0]:
            assert [row["latin"] for row in rows if not re.fullmatch("([a-z0-9]+(-[a-z0-9]+)*)?", row["latin"])] == []


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("ผ้าไหม และ ผ้าฝ้าย", "ผ้าไหม-และ-ผ้าฝ้าย"),
        ("ข้อ ๑. วิธีทำ!", "ข้อ-1-วิธีทำ"),
        ("How to", "how-to"),
        ("น\u0e4d\u0e49\u0e32", "น้ำ"),
        ("***", "section"),
    ],
)
def test_anchors_keep_thai_letters_and_marks(heading: str, anchor: str) -> None:
    assert thai_slug(heading) == anchor


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("รายชื่อ/วิสาหกิจ:ชุมชน", "รายชื่อ วิสาหกิจ ชุมชน"),
        ("  ข้อมูล\nจังหวัด  ", "ข้อมูล จังหวัด"),
        ("../../etc/passwd", "etc passwd"),
        ("con", "_con"),
        ("CON.csv", "_CON.csv"),
        ("\u202egpj.exe", "gpj.exe"),
        ("a\x00b", "a b"),
        ('"<>|?*', "data"),
        ("", "data"),
        ("...", "data"),
    ],
)
def test_file_names_suit_every_system(title: str, name: str) -> None:
    assert file_name(title) == name


@given(st.text(max_size=200))
@few
def test_file_names_are_short_and_safe(text: str) -> None:
    name = file_name(text)
    assert 0 < len(name) <= 81
    assert not re.search(r'[\x00-\x1f<>:"/\\|?*]', name)
    assert name == name.strip(" .")
    name.encode("utf-8")


def test_long_file_names_end_between_letters() -> None:
    assert file_name("น้ำ" * 60) == "น้ำ" * 26
    assert len(file_name("น้ำ" * 60).encode()) <= 240


# The provinces as every official list orders them.
IN_ORDER = (
    "กระบี่ กรุงเทพมหานคร กาญจนบุรี กาฬสินธุ์ กำแพงเพชร ขอนแก่น จันทบุรี ฉะเชิงเทรา ชลบุรี ชัยนาท ชัยภูมิ ชุมพร เชียงราย เชียงใหม่ ตรัง ตราด ตาก "
    "นครนายก นครปฐม นครพนม นครราชสีมา นครศรีธรรมราช นครสวรรค์ นนทบุรี นราธิวาส น่าน บึงกาฬ บุรีรัมย์ ปทุมธานี ประจวบคีรีขันธ์ ปราจีนบุรี ปัตตานี "
    "พระนครศรีอยุธยา พะเยา พังงา พัทลุง พิจิตร พิษณุโลก เพชรบุรี เพชรบูรณ์ แพร่ ภูเก็ต มหาสารคาม มุกดาหาร แม่ฮ่องสอน ยโสธร ยะลา ร้อยเอ็ด ระนอง ระยอง "
    "ราชบุรี ลพบุรี ลำปาง ลำพูน เลย ศรีสะเกษ สกลนคร สงขลา สตูล สมุทรปราการ สมุทรสงคราม สมุทรสาคร สระแก้ว สระบุรี สิงห์บุรี สุโขทัย สุพรรณบุรี "
    "สุราษฎร์ธานี สุรินทร์ หนองคาย หนองบัวลำภู อ่างทอง อำนาจเจริญ อุดรธานี อุตรดิตถ์ อุทัยธานี อุบลราชธานี"
)


def test_provinces_stand_in_the_order_of_every_official_list() -> None:
    official = IN_ORDER.split()
    assert len(official) == 77
    shuffled = official.copy()
    random.Random(4).shuffle(shuffled)
    assert sorted(shuffled, key=sort_key) == official


@pytest.mark.parametrize(
    "order",
    [
        "กก กง กา ก่า ก้า ก๊า ก๋า กาก กำ กิ เก เก็ง เก่ง เก้ง แก โก ใก ไก ขา",
        "จริง จรุง จ้อง จาน เจ้า เจาะ แจก โจทย์ ใจ ไจ",
        "ค้น คนึง ค้อ คา ค่า ค้า คาง ค้าง",
        "ร ฤ ฤๅ ล ฦ ว",
        "OTOP กลุ่ม ฮา",
    ],
)
def test_words_stand_as_in_the_royal_institutes_dictionary(order: str) -> None:
    words = order.split()
    for one, other in itertools.pairwise(words):
        assert sort_key(one) < sort_key(other), f"{one} {other}"


def test_signs_do_not_disturb_the_order() -> None:
    assert sort_key("กล้วย-ตาก") == sort_key("กล้วย ตาก")
    assert sort_key("(ก) ข") == sort_key("ก ข")
