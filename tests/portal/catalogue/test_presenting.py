"""Cells, choices and frequencies as people read them."""

from datetime import date, datetime

import pytest
from flask import Flask

from harvesters import bundled
from portal import i18n
from portal.catalogue.presenting import cell, told_value
from portal.catalogue.vocabulary import choice_word, frequency_words


@pytest.fixture
def reading():
    """`reading("en")`: a request of a reader of that language."""
    app = Flask("portal")
    i18n.init_app(app)
    return lambda language: app.test_request_context(f"/?lang={language}")


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        (None, "string", ""),
        ("0812", "string", "0812"),
        (12345, "integer", "12,345"),
        (573500.0, "number", "573,500"),
        (18.7883, "number", "18.7883"),
        (10**30, "integer", "1,000,000,000,000,000,000,000,000,000,000"),
        (2557, "year", "2557"),
        (date(2014, 12, 30), "date", date(2014, 12, 30)),
        (datetime(2014, 12, 30, 9, 5), "datetime", "2014-12-30 09:05"),  # noqa: DTZ001 - as DuckDB gives it
        ("ก" * 120, "string", "ก" * 120),
        ("ก" * 121, "string", "ก" * 119 + "…"),
        (True, "boolean", "ใช่"),
    ],
)
def test_cell(reading, value, kind, shown):
    with reading("th"):
        assert cell(value, kind) == shown


def test_a_whole_cell_is_not_cut():
    assert cell("ก" * 500, "string", whole=True) == "ก" * 500


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        ("2014-12-30", "date", date(2014, 12, 30)),
        ("573500.0", "number", "573,500"),
        ("7", "integer", "7"),
        ("สิบ", "integer", "สิบ"),
        ("30/12/2557", "date", "30/12/2557"),
        ("54", "string", "54"),
        (None, "integer", ""),
        (12, "integer", "12"),
    ],
)
def test_a_cell_that_comes_as_text(value, kind, shown):
    assert told_value(value, kind) == shown


@pytest.mark.parametrize(
    ("unit", "interval", "thai", "english"),
    [
        ("ปี", "1", "ทุกปี", "every year"),
        ("ปี", "", "ทุกปี", "every year"),
        ("เดือน", "3", "ทุก 3 เดือน", "every 3 months"),
        ("ครึ่งปี", "1", "ทุกครึ่งปี", "every half-year"),
        ("เป็นครั้งคราว", "1", "เป็นครั้งคราว", "เป็นครั้งคราว"),
        ("", "", "", ""),
    ],
)
def test_frequency(reading, unit, interval, thai, english):
    with reading("th"):
        assert frequency_words(unit, interval) == thai
    with reading("en"):
        assert frequency_words(unit, interval) == english


def test_every_choice_of_the_national_standard_has_english(reading):
    shown = ("data_type", "data_category", "geo_coverage", "objective", "update_frequency_unit")
    rows = [row for row in bundled.read_table("thai_gdc_vocabularies") if row["field_name"] in shown]
    assert len(rows) == 50
    with reading("en"):
        for row in rows:
            word = frequency_words if row["field_name"] == "update_frequency_unit" else choice_word
            told = word(row["value"], "1") if word is frequency_words else word(row["value"])
            assert told.isascii(), row


def test_a_value_of_the_publishers_own_is_shown_as_it_is(reading):
    with reading("en"):
        assert choice_word("ข้อมูลเฉพาะกิจ") == "ข้อมูลเฉพาะกิจ"
