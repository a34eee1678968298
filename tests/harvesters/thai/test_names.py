"""Firms, groups and universities under the many ways in which they are written. All firms here are invented."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvesters.thai.names import find_university, normalise_company, universities
from harvesters.thai.places import province


@pytest.mark.parametrize(
    "spellings",
    [
        ["บริษัท สีครามสาธิต จำกัด", "บจก.สีครามสาธิต", "บจก. สีคราม สาธิต", "สีครามสาธิต บจก.", "บริษัทสีครามสาธิต จำกัด (มหาชน)", "บมจ. สีครามสาธิต", "สีครามสาธิต"],
        ["หจก. ทดลองไม้", "ห้างหุ้นส่วนจำกัด ทดลองไม้", "หจก.ทดลอง-ไม้", "ห้างหุ้นส่วน ทดลองไม้ (สำนักงานใหญ่)"],
        ["วิสาหกิจชุมชนกลุ่มทอผ้าบ้านสาธิต", "กลุ่มทอผ้าบ้านสาธิต", "วสช.กลุ่มทอผ้าบ้านสาธิต", "วิสาหกิจชุมชน ทอผ้า บ้านสาธิต", "เครือข่ายวิสาหกิจชุมชนทอผ้าบ้านสาธิต"],
        ["Demo Weaving Co., Ltd.", "DEMO WEAVING CO.,LTD", "Demo Weaving Company Limited", "Demo-Weaving Public Company Limited", "Demo Weaving"],
    ],
)  # fmt: skip
def test_one_firm_written_in_many_ways(spellings: list[str]) -> None:
    assert len({normalise_company(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("กลุ่มทอผ้าบ้านเหนือ", "กลุ่มทอผ้าบ้านใต้"),
        ("บริษัท ก จำกัด", "บริษัท ข จำกัด"),
        ("บ้านกลุ่มไม้", "บ้านไม้"),
        ("จำกัดความ", "ความ"),
    ],
)
def test_different_firms_stay_different(one: str, other: str) -> None:
    assert normalise_company(one) != normalise_company(other)


@pytest.mark.parametrize("text", ["บริษัท จำกัด", "กลุ่ม", "Co., Ltd.", "โอทอป"])
def test_kind_words_alone_are_kept(text: str) -> None:
    assert normalise_company(text)


@given(st.text(st.one_of(st.sampled_from("บจก. กลุ่มจำกัด()ltd"), st.characters()), max_size=40))
@settings(max_examples=150, deadline=None)
def test_no_text_raises(text: str) -> None:
    normalise_company(text)
    find_university(text)


def test_every_university_is_found_by_its_names() -> None:
    assert len(universities()) > 100
    for found in universities():
        assert find_university(found.name_th) == found
        assert find_university(found.name_en) == found
        province(found.province_code)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("มข.", "มหาวิทยาลัยขอนแก่น"),
        ("มข", "มหาวิทยาลัยขอนแก่น"),
        ("KKU", "มหาวิทยาลัยขอนแก่น"),
        ("kku", "มหาวิทยาลัยขอนแก่น"),
        ("ม.ขอนแก่น", "มหาวิทยาลัยขอนแก่น"),
        ("Khon Kaen University", "มหาวิทยาลัยขอนแก่น"),
        ("ม.อ.", "มหาวิทยาลัยสงขลานครินทร์"),
        ("UP", "มหาวิทยาลัยพะเยา"),
    ],
)
def test_universities_by_abbreviation_and_alias(text: str, name: str) -> None:
    found = find_university(text)
    assert found is not None
    assert found.name_th == name


@pytest.mark.parametrize("text", ["", "up", "มหาวิทยาลัย", "ขอนแก่น", "University"])
def test_what_names_no_university(text: str) -> None:
    assert find_university(text) is None
