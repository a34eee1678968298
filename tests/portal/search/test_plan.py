"""The grammar of queries: what is asked for, in any spelling, and nothing that a reader types can break it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.search.analysis import (
    BREAK,
    SEAM,
    grams,
    grams_of,
    index_parts,
    index_texts,
    index_words,
    indexed_texts,
    stamp,
)
from portal.search.plan import MAX_CHARACTERS, MAX_TERMS, Piece, SearchPlan, make_plan, pieces

# What readers and attackers type: Thai with marks anywhere, operators of other engines, controls, quotes of other keyboards.
AWKWARD = st.text(
    st.sampled_from(
        "กขาะเแ่้ำๆ๐๙ฯผหม aAé-\"'“”«»():*?~^\\[]{}|&!+.,;%_=/<>\x00\x07\u200b\ufeff\ue000\U0001f600中0９" + "จังหวัด:"
    ),
    max_size=80,
)


def words_of(plan: SearchPlan) -> list[tuple[str, ...]]:
    return [group.alternatives[0].words for group in plan.groups]


# ── analysis ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_compound_gives_its_parts_and_a_text_its_words_in_order() -> None:
    assert index_words("ผ้าไหมแพรวา OTOP ๒๕๖๗") == ["ผ้าไหมแพรวา", "otop", "2567"]
    assert {"ผ้าไหม", "แพรวา", "ไหม"} <= set(index_parts("ผ้าไหมแพรวา"))
    assert index_texts(["ผ้าไหม", "", "ผ้าฝ้าย"]) == ["ผ้าไหม", BREAK, "ผ้าฝ้าย"]


def test_trigrams_are_of_thai_runs_alone_and_each_once() -> None:
    assert grams("ไหมไหม silk ปู") == ["ไหม", "หมไ", "มไห"]


@given(
    titles=st.lists(AWKWARD | st.sampled_from(["ผ้าไหมแพรวา", "Silks of Isan", ""]), max_size=3),
    bodies=st.lists(AWKWARD | st.sampled_from(["การท่องเที่ยวเชิงเกษตร", SEAM, BREAK, "\u0301"]), max_size=5),
)
@settings(max_examples=200, deadline=None)
def test_texts_that_are_indexed_together_give_the_words_of_each(titles: list[str], bodies: list[str]) -> None:
    found = indexed_texts(titles, bodies)
    assert found.title.split() == [*index_texts(titles), BREAK, *(part for one in titles for part in index_parts(one))]
    assert found.text.split() == index_texts(bodies)
    assert found.parts.split() == [part for one in bodies for part in index_parts(one)]
    assert grams_of(found.runs) == list(dict.fromkeys(gram for one in [*titles, *bodies] for gram in grams(one)))


@pytest.mark.parametrize("typed", ["น้ํา", "นํ้า", "น้ำ", "น้ำ\u200b"])
def test_all_ways_to_type_a_word_are_one(typed: str) -> None:
    assert index_words(typed) == ["น้ำ"]


def test_the_stamp_names_version_and_word_list() -> None:
    version, _, digest = stamp().partition("-")
    assert version.isdigit()
    assert len(digest) == 12


# ── grammar ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_words_are_cut_and_those_that_tell_nothing_are_left_out() -> None:
    assert words_of(make_plan("ผ้าไหมและผ้าฝ้าย")) == [("ผ้าไหม",), ("ผ้าฝ้าย",)]
    assert words_of(make_plan("ที่ และ of")) == [("ที่",), ("และ",), ("of",)]  # nothing else is there


def test_a_word_keeps_its_parts_and_what_it_was_typed_with() -> None:
    group, other = make_plan("ผ้าไหมแพรวา อบแห้ง").groups
    assert "".join(group.parts) == "ผ้าไหมแพรวา"
    assert len(group.parts) > 1
    assert (group.typed, other.typed) == ("ผ้าไหมแพรวา", "อบแห้ง")


def test_a_phrase_keeps_all_its_words() -> None:
    plan = make_plan('"ผ้าไหมและผ้าฝ้าย" เงิน')
    assert words_of(plan) == [("ผ้าไหม", "และ", "ผ้าฝ้าย"), ("เงิน",)]


@pytest.mark.parametrize("text", ["“ผ้า ไหม”", '"ผ้า ไหม"', '"ผ้า ไหม', "«ผ้า ไหม»"])
def test_quotes_of_any_keyboard_and_unclosed_ones_make_a_phrase(text: str) -> None:
    assert words_of(make_plan(text)) == [("ผ้า", "ไหม")]


def test_exclusions_of_words_and_phrases() -> None:
    plan = make_plan('ผ้า -ไหม -"แพร วา" 2560-2565')
    assert [group.alternatives[0].words for group in plan.excluded] == [("ไหม",), ("แพร", "วา")]
    assert words_of(plan) == [("ผ้า",), ("2560",), ("2565",)]


@pytest.mark.parametrize(
    "text",
    ["แพร่", "จ.แพร่", "จังหวัดแพร่", "จังหวัด แพร่", "Phrae", "PHRAE", "phrae province", "เมืองแพร่", "จ. แพร่"],
)
def test_a_province_in_any_spelling_is_one_thing(text: str) -> None:
    (group,) = make_plan(text).groups
    assert group.province == "54"
    assert {("แพร่",), ("phrae",)} <= {one.words for one in group.alternatives}


@pytest.mark.parametrize(
    ("text", "code"), [("โคราช", "30"), ("Lopburi", "16"), ("Lop Buri", "16"), ("Phra Nakhon Si Ayutthaya", "14"), ("กทม.", "10"), ("Si Sa Ket", "33")]
)  # fmt: skip
def test_aliases_and_names_of_several_words(text: str, code: str) -> None:
    plan = make_plan(f"ผ้าไหม {text} ราคา")
    assert [group.province for group in plan.groups] == [None, code, None]


@pytest.mark.parametrize(
    ("typed", "others"),
    [
        ("Sung Men", ["สูงเม่น"]),
        ("สูงเม่น", ["sung men"]),
        ("Den Chai district", ["เด่นชัย"]),
        ("Amphoe Den Chai", ["เด่นชัย"]),
        ("อ.เด่นชัย", ["den chai"]),
        ("อ. เด่นชัย", ["den chai"]),
        ("อำเภอเด่นชัย", ["den chai"]),
        ("Mae Tha", ["แม่ทะ", "แม่ทา"]),
        ("Koh Samui", ["ko samui", "เกาะสมุย"]),
        ("Muang Khon Kaen", ["mueang khon kaen", "เมืองขอนแก่น"]),
        ("เฉลิมพระเกียรติ", ["chaloem phra kiat"]),
        ("Pa Tio", ["ป่าติ้ว"]),
        ("Raman district", ["amphoe raman", "raman district", "รามัน"]),
        ("สอง", ["amphoe song", "song district"]),  # never by "song" alone
    ],
)
def test_a_district_is_one_thing_by_its_name_in_both_languages(typed: str, others: list[str]) -> None:
    group, silk = make_plan(f"{typed} ผ้าไหม").groups
    assert sorted(" ".join(one.words) for one in group.alternatives[1:]) == sorted(others)
    assert {one.weight for one in group.alternatives} == {1}  # a name, not a synonym: rows are found by it too
    assert group.province is None
    assert silk.alternatives[0].words == ("ผ้าไหม",)


@pytest.mark.parametrize("typed", ["raman", "Fang", "Li", "patio", "Samsung", "song", "Hot"])
def test_a_name_that_is_an_ordinary_word_is_none_without_its_mark(typed: str) -> None:
    (group,) = make_plan(typed).groups
    assert len(group.alternatives) == 1


def test_what_stands_apart_or_between_quotes_names_no_district() -> None:
    assert words_of(make_plan("non-Thai")) == [("non",), ("thai",)]
    assert words_of(make_plan("สี ชมพู")) == [("สี",), ("ชมพู",)]
    (group,) = make_plan('"สูงเม่น"').groups
    assert len(group.alternatives) == 1


def test_a_district_that_is_a_fruit_keeps_its_synonyms() -> None:
    (group,) = make_plan("มะขาม").groups
    assert {("tamarind",), ("makham",)} <= {one.words for one in group.alternatives}


@pytest.mark.parametrize("typed", ["เมืองแพร่", "Mueang Phrae", "Muang Phrae"])
def test_the_district_of_a_seat_that_stands_for_its_province_does_so_in_both_languages(typed: str) -> None:
    (group,) = make_plan(typed).groups
    assert group.province == "54"
    assert ("เมืองแพร่",) in {one.words for one in group.alternatives}


def test_what_only_says_that_a_place_follows_is_left_out() -> None:
    assert words_of(make_plan("อำเภอเด่นชัยจังหวัดแพร่")) == [("เด่นชัย",), ("แพร่",)]
    assert words_of(make_plan("อำเภอ")) == [("อำเภอ",)]


def test_a_bare_number_is_no_province() -> None:
    assert [group.province for group in make_plan("โครงการ 10").groups] == [None, None]


@pytest.mark.parametrize(
    ("text", "filters"),
    [
        ("จังหวัด:แพร่", {"province": ("54",)}),
        ("จังหวัด: แพร่", {"province": ("54",)}),
        ("province:korat", {"province": ("30",)}),
        ('จังหวัด:"สุราษฎร์ ธานี"', {"province": ("84",)}),
        ("จังหวัด:แพร่ จังหวัด:น่าน", {"province": ("54", "55")}),
        ("จังหวัด:ไม่มีจริง", {"province": ("ไม่มีจริง",)}),
        ("ชนิด:แถว", {"kind": ("row",)}),
        ("ภาค:เหนือ", {"region": ("n",)}),
        ("ภาค:ภาคตะวันออกเฉียงเหนือ", {"region": ("ne",)}),
        ("ภาค:อีสาน ผ้า", {"region": ("ne",)}),
        ("region:Southern", {"region": ("s",)}),
        ("หมวด:อาหาร", {"sector": ("otop-1",)}),
        ("หมวด:OTOP-1", {"sector": ("otop-1",)}),
        ("region:north", {"region": ("n",)}),
        ("region:Northeastern", {"region": ("ne",)}),
        ("FORMAT:CSV", {"format": ("csv",)}),
        ("รูปแบบ:Excel", {"format": ("xlsx",)}),
        ("ปี:2569", {"updated": ("2026",)}),
        ("updated:2026", {"updated": ("2026",)}),
        ("เรื่อง:กลุ่มผู้ประกอบการและวิสาหกิจชุมชน", {"profile": ("entrepreneur-cluster",)}),
        ("licence:CC-BY-4.0", {"licence": ("cc-by-4.0",)}),
        ("licence:CC-BY", {"licence": ("cc-by",)}),  # as the facet's link has it: no version is stated
        ("licence:cc by", {"licence": ("cc-by", "cc-by-3.0", "cc-by-4.0")}),
        ('licence:"CC BY 4.0"', {"licence": ("cc-by-4.0",)}),
        ("สัญญาอนุญาต: cc by sa", {"licence": ("cc-by-sa", "cc-by-sa-3.0", "cc-by-sa-4.0")}),
        ('licence:"Creative Commons Attribution"', {"licence": ("cc-by", "cc-by-3.0", "cc-by-4.0")}),
        ("licence:CC0", {"licence": ("cc0-1.0",)}),
        ('licence:"Open Government License"', {"licence": ("ogl",)}),
        ("สัญญาอนุญาต:สาธารณสมบัติ", {"licence": ("cc0-1.0", "other-pd", "pddl-1.0")}),
        ("licence:ไม่มีจริง", {"licence": ("ไม่มีจริง",)}),
    ],
)
def test_filters_in_the_query(text: str, filters: dict[str, tuple[str, ...]]) -> None:
    plan = make_plan(f"ผ้า {text}")
    assert plan.filters == filters
    assert words_of(plan) == [("ผ้า",)]


def test_chosen_filters_are_read_like_typed_ones() -> None:
    assert make_plan("", {"province": ("โคราช",), "kind": ()}).filters == {"province": ("30",)}


def test_an_unknown_field_is_two_words() -> None:
    plan = make_plan("ราคา:ผ้า")
    assert plan.filters == {}
    assert words_of(plan) == [("ราคา",), ("ผ้า",)]


def test_trigrams_are_of_what_was_asked_for_alone() -> None:
    assert make_plan("จังหวัด:แพร่ ไหม -ฝ้าย").grams == ("ไหม",)


# ── caps ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "text",
    [
        " ".join(f"w{number}" for number in range(10_000)),
        "ผ้า" * 20_000,
        "(" * 2_000 + ")" * 2_000,
        '"' + "ก ข " * 5_000,
        "*" * 600,
        "ก" * 40_000,
        "-" * 10_000,
        ":" * 10_000,
        "a:" * 5_000,
        "\x00\x01\x02" * 300,
        "จังหวัด:" * 1_000,
        "เฉลิมพระเกียรติ " * 32 + "มะขาม",
        "Mae Tha " * 15,
    ],
)
def test_texts_of_any_length_give_a_bounded_plan(text: str) -> None:
    plan = make_plan(text)
    assert plan.cut == (len(text) > MAX_CHARACTERS)
    assert sum(len(words) for words in words_of(plan)) <= MAX_TERMS
    assert len(plan.grams) <= MAX_TERMS


def test_what_is_over_the_cap_is_left_out_and_said_so() -> None:
    plan = make_plan(" ".join(f"w{number}" for number in range(MAX_TERMS + 1)))
    assert len(plan.groups) == MAX_TERMS
    assert plan.cut
    assert not make_plan("ผ้า").cut


@given(AWKWARD)
@settings(max_examples=300)
def test_any_text_gives_a_plan(text: str) -> None:
    plan = make_plan(text)
    for group in (*plan.groups, *plan.excluded):
        for one in group.alternatives:
            assert one.words
            for word in one.words:
                assert word
                assert not set(word) & set(' "()*?~^|\x00\ue000¶')
    assert plan == make_plan(text)
    assert all(isinstance(piece, Piece) and piece.text.strip() for piece in pieces(text))


# ── names and abbreviations ──────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("typed", ["มข", "มข.", "KKU", "ม.ขอนแก่น", "Khon Kaen University", "มหาวิทยาลัยขอนแก่น"])
def test_a_university_is_one_thing_by_each_of_its_names(typed: str) -> None:
    group, silk = make_plan(f"{typed} ผ้าไหม").groups
    said = {" ".join(one.words): one.weight for one in group.alternatives}
    assert said["มหาวิทยาลัยขอนแก่น"] == said["khon kaen university"] == 1
    assert {"มข", "kku"} <= said.keys()
    assert group.province is None  # who asks for the university does not ask for the province
    assert silk.alternatives[0].words == ("ผ้าไหม",)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("หม้อฮ่อม", "หม้อห้อม"),
        ("ม่อห้อม", "หม้อฮ่อม"),
        ("mor hom", "ม่อฮ่อม"),
        ("รพสต", "สถานีอนามัย"),
        ("วสช.", "วิสาหกิจชุมชน"),
        ("รพ", "โรงพยาบาล"),
        ("บริษัท จำกัด", "บจก"),
        ("สวทช.", "nstda"),
    ],
)
def test_an_abbreviation_is_widened_by_its_name_and_back(typed: str, meant: str) -> None:
    said = {"".join(one.words): one.weight for group in make_plan(typed).groups for one in group.alternatives}
    assert 0 < said[meant] < 1


def test_the_parts_of_a_spelt_out_abbreviation_are_no_clues() -> None:
    plan = make_plan("รพ.สต.")
    assert plan.clues == ()  # โรง and ตำบล would bring factories and whole sub-districts
    assert make_plan("ผ้าไหมแพรวา").clues


def test_letters_before_a_place_tell_nothing_beside_its_name() -> None:
    assert words_of(make_plan("อ.ปัว จ.น่าน")) == [("ปัว",), ("น่าน",)]
    assert words_of(make_plan("จ")) == [("จ",)]


def test_a_district_whose_name_tells_nothing_as_a_word_counts_where_it_is_meant() -> None:
    assert [group.typed for group in make_plan("อ.ลอง จ.แพร่").groups] == ["ลอง", "จ.แพร่"]
    assert [group.alternatives[0].words for group in make_plan("ผ้า อำเภอลอง").groups] == [("ผ้า",), ("ลอง",)]
    assert [group.typed for group in make_plan("ลอง ผ้า").groups] == ["ผ้า"]


def test_a_place_alone_is_not_looked_for_by_its_letters() -> None:
    assert make_plan("อ่างทอง").grams == make_plan("จ.แพร่ น่าน").grams == ()
    assert make_plan("อ่างทอง ผ้าไหม").grams


@pytest.mark.parametrize("typed", ["ม.อ.", "มอ", "มหาวิทยาลัยสงขลานครินทร์"])
def test_letters_one_by_one_are_no_name_of_a_university(typed: str) -> None:
    (group,) = make_plan(typed).groups
    assert ("ม", "อ") not in [one.words for one in group.alternatives]
    assert len(group.alternatives) > 1
