"""The QR code of an address for sheets of paper, drawn as one path, so that a template needs no picture and no trusted HTML."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby

import segno

QUIET = 4  # empty squares around the code, without which phones do not find it


@lru_cache(maxsize=512)
def qr_code(text: str) -> tuple[int, str]:
    """The number of squares along a side and the `d` of an SVG path that draws the dark ones, each run of a row at once."""
    rows = segno.make(text, error="m", micro=False, boost_error=False).matrix
    runs = []
    for y, row in enumerate(rows):
        x = 0
        for dark, squares in groupby(row):
            width = len(list(squares))
            if dark:
                runs.append(f"M{x + QUIET} {y + QUIET}h{width}v1h-{width}z")
            x += width
    return len(rows) + 2 * QUIET, "".join(runs)
