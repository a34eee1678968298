"""Names in Thai and in English that say the same, those that do not, and that the registry does what its rules say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from bench.merging import numbers, pairs, sides
from harvesters.values import ROW_COLUMN
from portal.registry.bilingual import agree, english_key, may_agree, rough, sketch
from portal.registry.candidates import Candidates
from portal.registry.identity import identity_of, judge
from portal.registry.reading import Told, told_of

SAME = [
    ("ทอผ้าไหมบ้านหนองแวง", "Ban Nong Waeng Silk Weaving Group"),
    ("ทอผ้าไหมหนองแวง", "Nong Vaeng Silk Weaving Community Enterprise"),
    ("กาแฟดอยสะเก็ด", "Doi Saket Coffee"),
    ("เซรามิกเวียงเก่า", "Wiang Kao Ceramics Ltd., Part."),
    ("ศูนย์วิจัยและพัฒนาข้าว", "Rice Research and Development Center"),
    ("คณะอุตสาหกรรมเกษตร", "Faculty of Agro-Industry"),
    ("สมุนไพรบ้านโนนสะอาด", "Non Sa-at Herbs"),
]
NOT_SAME = [
    ("ทอผ้าไหมบ้านหนองบัว", "Nong Waeng Silk Weaving Group"),  # another village
    ("ศูนย์ชา", "Tea and Coffee Centre"),
    ("หน่วยวิจัยข้าว", "Rice Research Centre"),  # akin by the glossary, yet another kind of place
    ("ภาควิชาวิศวกรรม", "Department of Physics"),
    ("ทอผ้า", "Community Enterprise"),  # a name of kinds alone names nothing
]


@pytest.mark.parametrize(("thai", "english"), SAME)
def test_a_name_explained_word_by_word_is_the_same(thai: str, english: str) -> None:
    assert agree(thai, english).said == "same"
    assert may_agree(sketch(english), thai, rough(thai))


@pytest.mark.parametrize(("thai", "english"), NOT_SAME)
def test_a_word_that_nothing_explains_tells_them_apart(thai: str, english: str) -> None:
    assert agree(thai, english).said != "same"


def test_kinds_joiners_and_plurals_do_not_tell_english_names_apart() -> None:
    assert english_key("The Centre for Herbs") == english_key("Herb Center")
    assert english_key("Community Enterprise") == ""


def test_units_of_one_university_join_and_clusters_are_asked_about() -> None:
    here = {"province_code": "10"}
    thai = identity_of("unit", "ศูนย์วิจัยพลังงานทดแทน มจธ.", **here)
    assert judge(thai, identity_of("unit", "Renewable Energy Research Centre, KMUTT", **here))[0] == "same"
    assert judge(thai, identity_of("unit", "Renewable Energy Research Centre, KMUTNB", **here))[0] == "different"
    assert judge(thai, identity_of("unit", "Renewable Energy Research Centre", **here))[0] == "doubtful"
    group = identity_of("cluster", "กลุ่มทอผ้าไหมบ้านหนองแวง", province_code="40", district="ชนบท")
    english = "Ban Nong Waeng Silk Weaving Group"
    assert judge(group, identity_of("cluster", english, province_code="40"))[0] == "doubtful"
    assert judge(group, identity_of("cluster", english, province_code="40", district="พล"))[0] == "different"
    assert judge(group, identity_of("cluster", english, province_code="44"))[0] == "different"


def test_a_number_and_a_name_that_agrees_join_across_scripts() -> None:
    number = "6-40-01-01/1-0001"
    thai = identity_of("cluster", "กลุ่มทอผ้าไหมบ้านหนองแวง", external_id=number, province_code="40")
    for english, said in (("Nong Waeng Silk Weaving", "same"), ("Northern Fish Sauce Factory", "doubtful")):
        assert judge(thai, identity_of("cluster", english, external_id=number, province_code="40"))[0] == said


def row(kind: str, name: str, **cells: str) -> Told:
    told = told_of(kind, "table", {ROW_COLUMN: 2, "name_th": name, "province_code": "40", **cells}, Counter())
    assert told is not None
    return told


def outcome(session: Session, *rows: Told) -> str:
    """What the registry makes of two rows of one delivery."""
    candidates = Candidates(session, rows)
    first, second = (candidates.find(one)[0] for one in rows)
    return "same" if first is second else "doubtful" if candidates._doubts else "different"


def test_the_registry_joins_and_asks_as_its_rules_say(
    writing: Callable[[], AbstractContextManager[Session]],
) -> None:
    """Rules are measured on pairs; the registry must look up every pair that they speak of."""
    with writing() as session:
        for half in ("tuning", "test"):
            for pair in pairs(half):
                one, other = sides(pair)
                told = [
                    row(
                        identity.kind,
                        pair[f"{side}_name"],
                        district=identity.district,
                        province_code=identity.province_code or "",
                        **{"cluster": {"cluster_id": number}, "unit": {"unit_id": number}}[identity.kind],
                    )
                    for identity, side, number in zip(
                        (one, other), ("left", "right"), numbers(pair["registration"]), strict=True
                    )
                ]
                expected = judge(told[0].identity, told[1].identity)[0]
                assert outcome(session, *told) == expected, pair["id"]


def test_a_row_whose_english_name_is_the_name_of_another_is_the_same(
    writing: Callable[[], AbstractContextManager[Session]],
) -> None:
    thai = row("cluster", "กลุ่มแม่บ้านใจดี", name_en="Happy Hands Weavers")
    with writing() as session:
        assert outcome(session, thai, row("cluster", "Happy Hands Weavers Group")) == "same"
        assert outcome(session, row("cluster", "Happy Hands Weavers Group"), thai) == "same"
        assert outcome(session, thai, row("cluster", "Happy Hands Weavers", province_code="44")) == "different"
        assert outcome(session, thai, row("cluster", "กลุ่มสตรีบ้านใหม่", name_en="Happy Hands Weavers")) == "different"
        candidates = Candidates(session, [])
        two = [
            row("cluster", name, name_en="Happy Hands Weavers", cluster_id=number)
            for name, number in (("กลุ่มแม่บ้านใจดี", "640010001"), ("กลุ่มสตรีบ้านใหม่", "640010002"))
        ]
        found = {candidates.find(one)[0].slug for one in (*two, row("cluster", "Happy Hands Weavers"))}
        assert len(found) == 3  # which of the two it is, a person says
        assert len(candidates._doubts) == 2


@given(st.text(max_size=60), st.text(max_size=60))
def test_hostile_names_give_a_judgement(one: str, other: str) -> None:
    assert agree(one, other).said in ("same", "doubtful", "different")
    assert may_agree(sketch(one), other, rough(other)) in (True, False)
    assert (
        judge(identity_of("unit", one), identity_of("unit", other))[0]
        == judge(identity_of("unit", other), identity_of("unit", one))[0]
    )
