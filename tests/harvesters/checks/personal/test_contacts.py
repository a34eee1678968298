"""E-mail addresses and LINE ids: whose they are decides."""

from __future__ import annotations

import pytest

from harvesters.checks.personal import mask_text
from harvesters.values import MASK


@pytest.mark.parametrize(
    "text",
    [
        "somebody@gmail.com", "SOMEBODY@HOTMAIL.COM", "info@gmail.com", "somebody@yahoo.co.th", "some.body@firm.co.th", "somebody(at)gmail.com",
        "somebody [at] gmail [dot] com", "somebody at gmail.com", "somebody @ gmail.com", "somebody@gmail", "somebody＠gmail.com", "a+b@outlook.com",
    ],
)  # fmt: skip
def test_personal_addresses_are_found(text: str) -> None:
    assert mask_text(text) == MASK


@pytest.mark.parametrize(
    "text",
    ["somebody@uni.ac.th", "x@office.go.th", "x@assoc.or.th", "info@firm.com", "contact@firm.co.th", "sales_bkk@firm.com",
     "krabibakery@krabibakery.com", "office1@dept.mail.go.th", "x@me.uni.ac.th", "ราคา 5 @ 100", "5@100"],
)  # fmt: skip
def test_institutions_addresses_pass(text: str) -> None:
    assert mask_text(text) == text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Line ID: somebody99", f"Line ID: {MASK}"),
        ("ไลน์ไอดี somebody99", f"ไลน์ไอดี {MASK}"),
        ("ไลน์: somebody", f"ไลน์: {MASK}"),
        ("LINE:@shop123", f"LINE:{MASK}"),
        ("id line some_body9", f"id line {MASK}"),
        ("https://line.me/ti/p/~somebody9", MASK),
        ("https://lin.ee/AbC123x", MASK),
        ("ร้านนี้ @shop123", f"ร้านนี้ {MASK}"),
    ],
)
def test_line_ids(text: str, masked: str) -> None:
    assert mask_text(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "online: shop99",
        "ช่องทางออนไลน์ shop99",
        "pipeline: abc12345",
        "Production line 12345",
        "IG: @shopname",
        "สายไลน์ผลิต",
        "Facebook: @shopname",
    ],
)
def test_other_lines_pass(text: str) -> None:
    assert mask_text(text) == text
