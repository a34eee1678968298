"""Citizen ids, telephones, accounts and passports in single texts."""

from __future__ import annotations

import pytest

from harvesters.checks.personal import mask_text
from harvesters.checks.personal.numbers import ids, passes_check
from harvesters.values import MASK

VALID = "1103700000011"  # an invented number with the right check digit


def test_the_invented_number_is_what_the_tests_take_it_for() -> None:
    assert passes_check(VALID)
    assert not passes_check(VALID[:-1] + "2")


@pytest.mark.parametrize(
    "text",
    [
        VALID,
        "1-1037-00000-01-1",
        "1 1037 00000 01 1",
        "1.1037.00000.01.1",
        "1–1037–00000–01–1",
        "๑-๑๐๓๗-๐๐๐๐๐-๐๑-๑",
        "110370\u200b0000011",
        VALID + ".0",
        "１１０３７０００００0１１",
        f"เลขประจำตัวประชาชน {VALID}",
        f"จดทะเบียนโดย {VALID} เมื่อปีก่อน",
        "เลขบัตรประชาชน 1-2345-67890-12-3",  # mistyped, yet called a citizen id
    ],
)
def test_citizen_ids_in_every_spelling(text: str) -> None:
    masked = mask_text(text)
    assert MASK in masked
    assert not any(character.isdigit() for character in masked)


@pytest.mark.parametrize(
    "text",
    [
        "0105500000011",  # first digit 0: a juristic person's
        "0-1055-00000-01-1",
        "10-1-03700-0-0011",  # serial number of a food
        "8.1103700000011",  # a fraction
        "SKU1103700000011",
        "110370000001199",
        "1,103,700,000,011.50",
    ],
)
def test_other_long_numbers_pass(text: str) -> None:
    assert mask_text(text) == text


def test_grouping_and_words_make_an_id_sure() -> None:
    assert [found.sure for found in ids(VALID)] == [False]
    assert [found.sure for found in ids("1-1037-00000-01-1")] == [True]
    assert [found.sure for found in ids(f"เลขบัตรประชาชน {VALID}")] == [True]


@pytest.mark.parametrize(
    "text",
    [
        "0812345678", "081-234-5678", "081-2345678", "080-048 9899", "087 - 8955063", "(081) 234-5678", "081.234.5678", "0 81 234 5678",
        "0-8123-4567-8", "08 1234 5678", "+66812345678", "+66 81 234 5678", "(+66)81-234-5678", "+66(0)812345678", "66812345678",
        "0066 81 234 5678", "๐๘๑-๒๓๔-๕๖๗๘", "0612345678", "0912345678", "081\u00a0234\u00a05678", "0812345678.0", "Tel0812345678",
    ],
)  # fmt: skip
def test_mobile_numbers_in_every_spelling(text: str) -> None:
    assert mask_text(text) in (MASK, "Tel" + MASK)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("0812345678, 0898765432", MASK),
        ("0812345678/0898765432", MASK),
        ("10110 0812345678", f"10110 {MASK}"),
        ("โทร 812345678", f"โทร {MASK}"),
        ("081-234-5678 ต่อ 12", MASK),
        ("02-123-4567 หรือ 081-234-5678", f"02-123-4567 หรือ {MASK}"),
        ("812345678", MASK),  # alone: the masker takes no risk
    ],
)
def test_mobiles_among_other_text(text: str, masked: str) -> None:
    assert mask_text(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "02-123-4567 ต่อ 12", "0-2816-9315-6", "053-123456", "0-4332-7888", "1,812,345,678.00", "0.812345678", "2567-08-09 08:12:34",
        "09-08-2567 09:12", "65087654321", "978-616-08-1234-5", "https://x.example/a/09592299-47d0-4e32-b6", "item_ad087826-8400-4384-997d",
        "8.0646817808108, 98.9152691513299", "0-8355-46001-23-4", "47 0665432 1512345",
    ],
)  # fmt: skip
def test_other_numbers_are_no_mobiles(text: str) -> None:
    assert mask_text(text) == text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("123-4-56789-0", MASK),
        ("โอนเข้าเลขที่บัญชี ธ.กรุงไทย 1234567890", f"โอนเข้าเลขที่บัญชี ธ.กรุงไทย {MASK}"),
        ("account no. 123456789012", f"account no. {MASK}"),
        ("หนังสือเดินทางเลขที่ AA1234567", f"หนังสือเดินทางเลขที่ {MASK}"),
        ("Passport No. AB 123456", f"Passport No. {MASK}"),
        ("รหัสบัญชี 1101010101", "รหัสบัญชี 1101010101"),
        ("รุ่น AB1234567", "รุ่น AB1234567"),
    ],
)
def test_accounts_and_passports(text: str, masked: str) -> None:
    assert mask_text(text) == masked
