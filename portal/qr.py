"""The QR code of an address for sheets of paper, drawn as one path, so that a template needs no picture and no trusted HTML."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby

import segno

QUIET = 4  # empty squares around the code, without which phones do not find it


@lru_cache(maxsize=512)
def qr_code(text: str) -> tuple[int, str]:
    """The number of squares along a side and the `d` of an SVG path whose strokes, one wide, are the dark ones.

    Moves are relative and a run of dark squares is one stroke: a third of the bytes of squares, which every page would carry.
    """
    rows = segno.make(text, error="m", micro=False, boost_error=False).matrix
    strokes, x, y = [f"M{QUIET} {QUIET}.5"], 0, 0  # where the pen is
    for line, row in enumerate(rows):
        begin = 0
        for dark, squares in groupby(row):
            end = begin + len(list(squares))
            if dark:
                strokes.append(f"m{begin - x} {line - y}h{end - begin}")
                x, y = end, line
            begin = end
    return len(rows) + 2 * QUIET, "".join(strokes)
