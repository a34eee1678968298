"""What two columns share, exactly and by a sample."""

from __future__ import annotations

from typing import Any

from harvesters.packages.joins import MOST_VALUES, Values, distinct_values, overlap


def test_values_are_those_of_the_csv_without_empty_ones(make_table: Any) -> None:
    parquet, schema = make_table(
        {"code": "string", "n": "number"}, [["54", 1.0], ["054", 2.5], ["54", 1.0], ["", None]]
    )
    assert distinct_values(parquet, schema, "code") == Values(2, 0, ("054", "54"))
    assert distinct_values(parquet, schema, "n").values == ("1", "2.5")


def test_a_sample_of_one_table_is_that_of_every_other(make_table: Any) -> None:
    many = make_table({"code": "string"}, [[f"{n:05}"] for n in range(MOST_VALUES + 1)])
    few = make_table({"code": "string"}, [[f"{n:05}"] for n in range(500)])
    large, small = distinct_values(*many, "code"), distinct_values(*few, "code")
    assert (large.noughts, small.noughts) == (1, 0)
    assert 0 < len(large.values) < MOST_VALUES
    shared, approximate = overlap(large, small)
    assert approximate
    assert 300 <= shared <= 500
    assert overlap(small, large) == (shared, True)
    assert overlap(small, small) == (500, False)
