"""The path of a QR code draws exactly its dark squares; nothing but the drawing is ours, the code is segno's."""

from __future__ import annotations

import re

import pytest
import segno

from portal.qr import QUIET, qr_code


def drawn(side: int, path: str) -> list[list[int]]:
    """The squares that the strokes of a path cover."""
    squares = [[0] * side for _ in range(side)]
    x, y = QUIET, QUIET
    for right, down, length in re.findall(r"m(-?\d+) (\d+)h(\d+)", path):
        x, y = x + int(right), y + int(down)
        for _ in range(int(length)):
            squares[y][x] = 1
            x += 1
    return squares


@pytest.mark.parametrize(
    "text", ["x", "https://khlang.example/dataset/th-54-silk@v3", "https://khlang.example/" + "ก" * 200]
)
def test_strokes_are_the_dark_squares(text: str) -> None:
    side, path = qr_code(text)
    matrix = segno.make(text, error="m", micro=False, boost_error=False).matrix_iter(border=QUIET)
    assert drawn(side, path) == [list(row) for row in matrix]
    assert re.fullmatch(r"M4 4\.5(m-?\d+ \d+h\d+)+", path)
