"""Text typed with the wrong keyboard layout."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvesters.thai.layout import meant, to_english, to_thai

KEYS = "`1234567890-=qwertyuiop[]\\asdfghjkl;'zxcvbnm,./~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:\"ZXCVBNM<>? "


@pytest.mark.parametrize(
    ("typed", "thai"),
    [
        ("g=up'.s,j", "เชียงใหม่"),
        ("zhkws,", "ผ้าไหม"),
        ("d]h;p9kd", "กล้วยตาก"),
        ("-vocdjo crij", "ขอนแก่น แพร่"),
        (";blksdb0=6,=o", "วิสาหกิจชุมชน"),
        ("@TQWERTYIOP", '๑ธ๐"ฎฑธํณฯญ'),
    ],
)
def test_the_same_keys_on_the_other_keyboard(typed: str, thai: str) -> None:
    assert to_thai(typed) == thai
    assert to_english(thai) == typed


@given(st.text(KEYS, max_size=40))
@settings(max_examples=100, deadline=None)
def test_there_and_back(text: str) -> None:
    assert to_english(to_thai(text)) == text


@pytest.mark.parametrize("word", ["เชียงใหม่", "ผ้าไหม", "กล้วยตาก", "น้ำพริก", "หน่วยวิจัย", "ทุเรียน แพร่", "สมุนไพร"])
def test_what_was_meant_is_told(word: str) -> None:
    assert meant(to_english(word)) == word


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "silk",
        "otop 2566",
        "work",
        "demo",
        "decide",
        "Chiang Mai",
        "C++",
        "ผ้าไหม",
        "2566",
        "a",
        "khon kaen university",
    ],
)
def test_what_was_typed_rightly_stays(text: str) -> None:
    assert meant(text) is None


@given(st.text(max_size=30))
@settings(max_examples=100, deadline=None)
def test_no_text_raises(text: str) -> None:
    meant(text)
