"""Which row is an edited one, which column has a new name: rules alone, without tables."""

from __future__ import annotations

import pytest

from harvesters.packages.alike import MOST, edited, renamed

SILK, DYE, RICE = ("ทอผ้าไหม", "แพร่", "24", "053"), ("ย้อมคราม", "แพร่", "31", "054"), ("ข้าวหอม", "น่าน", "8", "055")
NAMES = [{"ทอผ้าไหม", "ย้อมคราม", "ข้าวหอม"}, set(), set(), set()]  # a name stands in one row, a province in many


def changed(row: tuple[str | None, ...], **cells: str | None) -> tuple[str | None, ...]:
    return tuple(cells.get(f"c{at}", cell) for at, cell in enumerate(row))


def test_a_row_at_its_place_with_half_of_its_cells_equal_is_the_same() -> None:
    assert edited([(5, SILK)], [(5, changed(SILK, c0="ทอผ้าไหมใหม่", c2="25"))], NAMES) == [(0, 0)]
    assert edited([(5, SILK)], [(5, changed(SILK, c0="x", c2="y", c3="z"))], NAMES) == []


def test_a_row_elsewhere_needs_two_thirds_and_a_value_of_its_own() -> None:
    assert edited([(5, SILK)], [(9, changed(SILK, c2="25"))], NAMES) == [(0, 0)]
    assert edited([(5, SILK)], [(9, changed(SILK, c2="25", c3="x"))], NAMES) == []
    assert edited([(5, SILK)], [(9, changed(SILK, c0="อื่น"))], NAMES) == []  # equal only in what many rows share


def test_empty_cells_on_both_sides_make_no_row_alike() -> None:
    before, after = ("ก", None, None, None), ("ข", None, None, None)
    assert edited([(5, before)], [(5, after)], NAMES) == []
    assert edited([(5, SILK)], [(9, changed(SILK, c1=None))], NAMES) == [(0, 0)]


def test_each_row_finds_its_own_and_the_rest_stays_alone() -> None:
    old = [(2, SILK), (3, DYE), (4, RICE)]
    new = [(2, ("ใหม่", "ตาก", "1", "2")), (3, changed(SILK, c2="25")), (4, changed(DYE, c2="30"))]
    assert edited(old, new, NAMES) == [(0, 1), (1, 2)]


def test_of_two_that_are_equally_near_none_is_taken() -> None:
    twins = [(8, changed(SILK, c2="1")), (9, changed(SILK, c2="2"))]
    assert edited([(5, SILK)], twins, NAMES) == []
    assert edited([(8, SILK)], twins, NAMES) == [(0, 0)]  # its place decides


def test_many_rows_are_left_as_they_are() -> None:
    old = [(at, (f"n{at}", "x", "y", "z")) for at in range(MOST + 1)]
    new = [(at, (f"n{at}", "x", "y", "w")) for at in range(MOST + 1)]
    assert edited(old, new, NAMES) == []
    assert len(edited(old[:MOST], new[:MOST], NAMES)) == MOST


@pytest.mark.parametrize(
    ("shares", "same"),
    [
        ({(0, 0): 1.0, (0, 1): 0.2, (1, 1): 0.95}, [(0, 0), (1, 1)]),
        ({(0, 0): 0.89}, []),
        ({(0, 0): 1.0, (0, 1): 1.0}, []),  # two columns with the same values: nobody knows which
        ({}, []),
    ],
)
def test_a_column_with_the_same_values_has_a_new_name(
    shares: dict[tuple[int, int], float], same: list[tuple[int, int]]
) -> None:
    assert renamed(shares) == same
