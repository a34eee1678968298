"""Questions in addresses: what is understood, what is refused in words, and that nothing else ever happens."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvesters.packages.filters import (
    MOST_FILTERS,
    Filter,
    RowQuery,
    argument,
    bound_value,
    filter_arguments,
    parse_filters,
)

SCHEMA: dict[str, Any] = {
    "fields": [
        {"name": "name", "type": "string"},
        {"name": "จังหวัด", "type": "string"},
        {"name": "members", "type": "integer"},
        {"name": "income", "type": "number"},
        {"name": "founded", "type": "date"},
        {"name": "year", "type": "year"},
        {"name": "active", "type": "boolean"},
        {"name": "a", "type": "string"},
        {"name": "a.contains", "type": "string"},
        {"name": "-a", "type": "string"},
    ]
}


def parsed(**args: str) -> RowQuery:
    query, wrong = parse_filters({key.replace("__", "."): value for key, value in args.items()}, SCHEMA)
    assert wrong == ()
    return query


@pytest.mark.parametrize(
    ("key", "value", "wanted"),
    [
        ("f.name", "ผ้า", Filter("name", "eq", "ผ้า")),
        ("f.จังหวัด.contains", "แพร่", Filter("จังหวัด", "contains", "แพร่")),
        ("f.members.gte", "๑,๒๐๐", Filter("members", "gte", "๑,๒๐๐")),
        ("f.founded.lte", "24 พ.ย. 2569", Filter("founded", "lte", "24 พ.ย. 2569")),
        ("f.name.empty", "1", Filter("name", "empty", "1")),
        ("f._row.gte", "10", Filter("_row", "gte", "10")),
        ("f.a.contains", "x", Filter("a", "contains", "x")),
        ("f.a.contains.eq", "x", Filter("a.contains", "eq", "x")),
        ("f.a.contains.contains", "x", Filter("a.contains", "contains", "x")),
    ],
)
def test_conditions(key: str, value: str, wanted: Filter) -> None:
    query, wrong = parse_filters([(key, value)], SCHEMA)
    assert (query.filters, wrong) == ((wanted,), ())


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("f.nothing", "x", "filter-column-unknown"),
        ("f.", "x", "filter-column-unknown"),
        ("f.contains", "x", "filter-column-unknown"),
        ("f.members", "มาก", "filter-value-wrong"),
        ("f.members.gte", "nan", "filter-value-wrong"),
        ("f.income.lte", "inf", "filter-value-wrong"),
        ("f.founded", "31/02/2569", "filter-value-wrong"),
        ("f.year", "24", "filter-value-wrong"),
        ("f.active", "maybe", "filter-value-wrong"),
        ("f.name.empty", "yes", "filter-value-wrong"),
        ("f.name", "ก" * 1001, "filter-value-wrong"),
        ("f.name", "\ud800", "filter-value-wrong"),
        ("sort", "nothing", "filter-column-unknown"),
        ("sort", "--name", "filter-column-unknown"),
        ("page", "0", "filter-number-wrong"),
        ("page", "-1", "filter-number-wrong"),
        ("page", "9" * 30, "filter-number-wrong"),
        ("limit", "all", "filter-number-wrong"),
        ("row", "1.5", "filter-number-wrong"),
    ],
)
def test_what_can_not_be_asked_is_said_in_words(key: str, value: str, code: str) -> None:
    query, wrong = parse_filters([(key, value), ("f.name", "ผ้า")], SCHEMA)
    assert [found.code for found in wrong] == [code]
    assert query.filters == (Filter("name", "eq", "ผ้า"),), "the rest is understood all the same"
    assert "{" not in wrong[0].message.th + wrong[0].message.en


def test_order_and_place() -> None:
    assert (parsed(sort="name").sort, parsed(sort="name").descending) == ("name", False)
    assert (parsed(sort="-name").sort, parsed(sort="-name").descending) == ("name", True)
    assert (parsed(sort="-a").sort, parsed(sort="-a").descending) == ("a", True)
    assert (parsed(sort="--a").sort, parsed(sort="--a").descending) == ("-a", True)
    assert (parsed(page="3").limit, parsed(page="3").offset) == (50, 100)
    assert (parsed(page="๓", limit="10").offset, parsed(offset="7").offset) == (20, 7)
    assert parsed(limit="99999").limit == 10_000
    assert parsed(row="12").row == 12
    assert parsed(lang="en", bom="1", q="x") == RowQuery()
    assert parsed(f__name="", f__members__gte="", sort="") == RowQuery(), "forms send their empty boxes too"


def test_too_many_conditions() -> None:
    query, wrong = parse_filters([("f.name", str(at)) for at in range(MOST_FILTERS + 5)], SCHEMA)
    assert len(query.filters) == MOST_FILTERS
    assert [found.code for found in wrong] == ["filter-too-many"]


def test_values_as_thai_people_write_them() -> None:
    assert bound_value("๑,๒๐๐", "integer") == 1200
    assert bound_value("1,200.50", "number") == 1200.5
    assert bound_value("2569-11-24", "date") == date(2026, 11, 24)
    assert bound_value("24 พฤศจิกายน ๒๕๖๙", "date") == date(2026, 11, 24)
    assert bound_value("2026-11-24", "date") == date(2026, 11, 24)
    assert bound_value("2569", "year") == bound_value("2026", "year") == 2026
    assert bound_value("ใช่", "boolean") is True
    assert bound_value("น\u0e4d\u0e32", "string") == "นำ"


columns = st.sampled_from([field["name"] for field in SCHEMA["fields"]])
keys = st.one_of(
    st.text(max_size=12),
    st.builds(
        lambda name, end: f"f.{name}{end}", columns, st.sampled_from(["", ".eq", ".contains", ".gte", ".empty", ".x"])
    ),
    st.sampled_from(["sort", "page", "limit", "offset", "row"]),
)
values = st.one_of(
    st.text(alphabet=st.characters(), max_size=20),
    st.from_regex(r"[-+0-9๐-๙.,/e: ]{1,12}", fullmatch=True),
    columns,
)


@given(st.lists(st.tuples(keys, values), max_size=8))
def test_no_address_ever_raises(args: list[tuple[str, str]]) -> None:
    query, wrong = parse_filters(args, SCHEMA)
    assert all(found.message.th and found.message.en for found in wrong)
    again, none = parse_filters(filter_arguments(query, [field["name"] for field in SCHEMA["fields"]]), SCHEMA)
    assert none == ()
    assert (again.filters, again.sort, again.descending) == (query.filters, query.sort, query.descending)


def test_an_ambiguous_column_is_asked_by_its_operator() -> None:
    names = ["a", "a.contains"]
    assert argument("a", "contains", names) == "f.a.contains"
    assert argument("a.contains", "eq", names) == "f.a.contains.eq"
    assert argument("a.contains", "eq", ["a.contains"]) == "f.a.contains"
