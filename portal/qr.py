"""Codes that a phone reads off a printed sheet. segno is loaded when the first is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

BORDER = 4  # light modules around the code, as the standard asks


@dataclass(frozen=True, slots=True)
class Code:
    """A code as a picture: its side in modules, the border included, and the path of its dark lines, each one module high."""

    side: int
    path: str


@lru_cache(maxsize=256)
def qr_code(text: str) -> Code:
    """The code of an address."""
    import segno

    rows = segno.make(text, error="l", micro=False).matrix
    return Code(len(rows) + 2 * BORDER, "".join(line(number, bytes(row)) for number, row in enumerate(rows)))


def line(number: int, modules: bytes) -> str:
    """The dark runs of one row of modules as parts of a path."""
    drawn, at, moved = "", 0, False
    for dark, run in groupby(modules):
        length = len(list(run))
        if dark:
            drawn += f"h{length}" if moved else f"M{BORDER + at} {BORDER + number}.5h{length}"
            moved = True
        elif moved:
            drawn += f"m{length} 0"
        at += length
    return drawn.rsplit("m", 1)[0] if moved and not modules[-1] else drawn
