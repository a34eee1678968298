"""Tables grouped for a chart: every row is in one of the largest groups, in the others or among the empty ones."""

from __future__ import annotations

from typing import Any

import pytest

from harvesters.packages.charts import MOST_GROUPS, ChartQuery, Group, draw_chart, parse_chart
from harvesters.packages.filters import parse_filters
from harvesters.values import Text

FIELDS = {"จังหวัด": "string", "members": "integer", "income": "number", "kept": "number"}


@pytest.fixture
def provinces(make_table: Any) -> Any:
    """25 provinces with one to 25 rows each, two rows without one, a measure with gaps."""
    rows = [[f"จ{place:02}", place, place * 0.1, None] for place in range(1, 26) for _ in range(place)]
    rows += [[None, 7, None, None], ["", 9, 1.0, None]]
    return make_table(FIELDS, rows)


def test_the_twenty_largest_the_others_and_the_empty_ones_are_all_rows(provinces: Any) -> None:
    parquet, schema = provinces
    chart = draw_chart(parquet, schema, ChartQuery("จังหวัด"))
    assert [group.value for group in chart.largest[:3]] == ["จ25", "จ24", "จ23"]
    assert (chart.groups, len(chart.largest)) == (25, MOST_GROUPS)
    assert chart.other == Group("", 1 + 2 + 3 + 4 + 5, 15)
    assert chart.empty == Group("", 2, 2)
    assert sum(group.rows for group in (*chart.largest, chart.other, chart.empty)) == chart.rows == 327


def test_sums_and_means_of_the_others_are_of_their_rows(provinces: Any) -> None:
    parquet, schema = provinces
    total = draw_chart(parquet, schema, ChartQuery("จังหวัด", "sum", "members"))
    assert total.largest[0] == Group("จ25", 25, 625)
    assert total.other == Group("", 15, 1 + 4 + 9 + 16 + 25)
    assert total.empty == Group("", 2, 16)
    mean = draw_chart(parquet, schema, ChartQuery("จังหวัด", "mean", "income"))
    assert mean.largest[0] == Group("จ25", 25, 2.5)
    assert mean.other is not None
    assert mean.other.figure == pytest.approx((1 + 4 + 9 + 16 + 25) * 0.1 / 15)
    assert mean.empty == Group("", 2, 1)


def test_a_measure_without_any_number_has_no_figure(provinces: Any) -> None:
    parquet, schema = provinces
    chart = draw_chart(parquet, schema, ChartQuery("จังหวัด", "mean", "kept"))
    assert {group.figure for group in chart.largest} == {None}


def test_a_measure_kept_as_text_counts_what_is_a_number(make_table: Any) -> None:
    parquet, schema = make_table({"a": "string", "n": "string"}, [["x", "1.5"], ["x", "สิบ"], ["x", "nan"], ["y", ""]])
    schema["fields"][1]["type"] = "number"
    chart = draw_chart(parquet, schema, ChartQuery("a", "mean", "n"))
    assert chart.largest == (Group("x", 3, 1.5), Group("y", 1, None))


def test_filters_decide_which_rows_are_grouped(provinces: Any) -> None:
    parquet, schema = provinces
    query, wrong = parse_filters({"f.members.gte": "24"}, schema)
    assert not wrong
    chart = draw_chart(parquet, schema, ChartQuery("จังหวัด"), query)
    assert [(group.value, group.figure) for group in chart.largest] == [("จ25", 25), ("จ24", 24)]
    assert (chart.other, chart.empty, chart.rows) == (None, None, 49)
    nothing, _ = parse_filters({"f.members.gte": "999"}, schema)
    empty = draw_chart(parquet, schema, ChartQuery("จังหวัด", "sum", "members"), nothing)
    assert (empty.largest, empty.other, empty.rows) == ((), None, 0)


def test_days_and_yes_and_no_are_written_as_the_csv_does(clusters: Any) -> None:
    parquet, schema = clusters
    assert {group.value for group in draw_chart(parquet, schema, ChartQuery("active")).largest} == {"true", "false"}
    assert "2020-01-31" in {group.value for group in draw_chart(parquet, schema, ChartQuery("founded")).largest}


SCHEMA = {"fields": [{"name": "_row", "type": "integer"}, *({"name": n, "type": t} for n, t in FIELDS.items())]}


@pytest.mark.parametrize(
    ("args", "asked"),
    [
        ({}, None),
        ({"chart": "จังหวัด"}, ChartQuery("จังหวัด")),
        ({"chart": "จังหวัด", "how": "count", "measure": "members"}, ChartQuery("จังหวัด")),
        ({"chart": "จังหวัด", "measure": "members"}, ChartQuery("จังหวัด", "sum", "members")),
        ({"chart": "จังหวัด", "measure": "income", "how": "mean"}, ChartQuery("จังหวัด", "mean", "income")),
        ({"chart": "จังหวัด", "measure": "income", "how": "'; DROP"}, ChartQuery("จังหวัด", "sum", "income")),
    ],
)
def test_what_is_asked_is_understood(args: dict[str, str], asked: ChartQuery | None) -> None:
    assert parse_chart(args, SCHEMA, ()) == asked


@pytest.mark.parametrize(
    "args",
    [
        {"chart": "ไม่มีช่องนี้"},
        {"chart": "_row"},
        {"chart": "members"},
        {"chart": "จังหวัด", "how": "sum"},
        {"chart": "จังหวัด", "how": "mean", "measure": "จังหวัด"},
        {"chart": "จังหวัด", "how": "mean", "measure": "_row"},
    ],
)
def test_what_can_not_be_drawn_is_said_in_both_languages(args: dict[str, str]) -> None:
    told = parse_chart(args, SCHEMA, [{"name": "members", "approximate": True}])
    assert isinstance(told, Text)
    assert told.th != told.en
