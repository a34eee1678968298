"""Latitude and longitude together: swapped pairs, and points outside the box of the country (thai.md §11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harvesters.infer import NUMBER
from harvesters.normalise.findings import Findings, RepairFile

LATITUDES = (5.0, 21.0)
LONGITUDES = (97.0, 106.0)


@dataclass(frozen=True, slots=True)
class Pair:
    """Where a table's latitude and longitude stand. `judged`: the profile's constraints report points outside the box."""

    latitude: int
    longitude: int
    headings: tuple[str, str]
    judged: bool


def check_pairs(
    pair: Pair,
    numbers: Sequence[str],
    columns: list[Sequence[str]],
    findings: Findings,
    repairs: RepairFile | None,
) -> None:
    """Look at one chunk's points; put swapped pairs right in `columns` when there is a file for such repairs."""
    latitudes, longitudes = columns[pair.latitude], columns[pair.longitude]
    stray = _stray(latitudes, longitudes)
    if not stray:
        return
    north, east = list(latitudes), list(longitudes)
    for position in stray:
        latitude, longitude, number = latitudes[position], longitudes[position], numbers[position]
        if _within(latitude, LONGITUDES) and _within(longitude, LATITUDES):
            _tell(findings, "coordinates-swapped", number, pair, latitude, longitude)
            if repairs is not None:
                north[position], east[position] = longitude, latitude
                repairs.add("coordinates-swapped", number, pair.headings[0], latitude, longitude)
                repairs.add("coordinates-swapped", number, pair.headings[1], longitude, latitude)
        elif not pair.judged:
            _tell(findings, "coordinates-outside", number, pair, latitude, longitude)
    columns[pair.latitude], columns[pair.longitude] = north, east


def _tell(findings: Findings, code: str, number: str, pair: Pair, latitude: str, longitude: str) -> None:
    findings.add(
        code,
        row=int(number),
        column=pair.headings[0],
        value=f"{latitude}, {longitude}",
        latitude=latitude,
        longitude=longitude,
        other=pair.headings[1],
    )


def _stray(latitudes: Sequence[str], longitudes: Sequence[str]) -> list[int]:
    """Positions of the points outside the box; a cell that is empty or no number makes none."""
    north, east = _numbers(latitudes, LATITUDES[0]), _numbers(longitudes, LONGITUDES[0])
    if (
        min(north) >= LATITUDES[0]
        and max(north) <= LATITUDES[1]
        and min(east) >= LONGITUDES[0]
        and max(east) <= LONGITUDES[1]
    ):
        return []
    return [
        position
        for position, (latitude, longitude) in enumerate(zip(north, east, strict=True))
        if not (LATITUDES[0] <= latitude <= LATITUDES[1] and LONGITUDES[0] <= longitude <= LONGITUDES[1])
        and latitudes[position]
        and longitudes[position]
    ]


def _numbers(cells: Sequence[str], otherwise: float) -> list[float]:
    """The cells as numbers; `otherwise`, which is within the box, for those that are none."""
    try:
        return [float(cell) if cell else otherwise for cell in cells]
    except ValueError:
        return [float(cell) if NUMBER.fullmatch(cell) else otherwise for cell in cells]


def _within(cell: str, box: tuple[float, float]) -> bool:
    return NUMBER.fullmatch(cell) is not None and box[0] <= float(cell) <= box[1]
