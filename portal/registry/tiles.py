"""A map of the 77 provinces as equal tiles: each as near to where it lies as there is room, so that small ones can be touched too."""

from __future__ import annotations

from functools import cache

from harvesters.thai.places import provinces

COLUMNS, ROWS = 9, 19
WEST, EAST, SOUTH, NORTH = 97.9, 105.1, 6.2, 20.1  # degrees, of the towns


@cache
def tiles() -> tuple[tuple[str, int, int], ...]:
    """(province, column, row) of each tile, columns from the west and rows from the north."""
    free = {(column, row) for column in range(COLUMNS) for row in range(ROWS)}
    placed = []
    for one in sorted(provinces(), key=lambda found: (-found.latitude, found.longitude)):
        east = (one.longitude - WEST) / (EAST - WEST) * (COLUMNS - 1)
        south = (NORTH - one.latitude) / (NORTH - SOUTH) * (ROWS - 1)
        nearest = min(free, key=lambda place: ((place[0] - east) ** 2 + (place[1] - south) ** 2, place))
        free.remove(nearest)
        placed.append((one.code, *nearest))
    return tuple(placed)
