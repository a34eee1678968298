"""Two written names that may be one person's: asked where two people must have agreed."""

import pytest

from harvesters.checks.personal import same_person


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("สมชาย", "นายสมชาย"),
        ("สมชาย ตัวอย่าง", "สมชาย"),
        ("ดร. สมหญิง ตัวอย่าง", "น.ส.สมหญิง  ตัวอย่าง"),
        ("ผศ.ดร.สมชาย ตัวอย่าง", "คุณสมชาย"),
        ("Mr. John Example", "JOHN EXAMPLE"),
        ("Dr. John Example", "john"),
        ("นาย", "ใครก็ได้"),
        ("", "ใครก็ได้"),
        ("...", "ใครก็ได้"),
    ],
)
def test_titles_case_and_a_missing_surname_make_no_second_person(one, other):
    assert same_person(one, other)
    assert same_person(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("สมชาย ตัวอย่าง", "สมหญิง ตัวอย่าง"),
        ("ก", "ข"),
        ("John Example", "Jane Example"),
        ("นายก", "นายข"),
        ("สมชาย", "สมชาติ"),
    ],
)
def test_two_people_are_two(one, other):
    assert not same_person(one, other)
