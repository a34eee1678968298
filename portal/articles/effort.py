"""Tells beforehand whether a text can be rendered in bounded time. Python-Markdown itself has no limit (safety.md §7)."""

from __future__ import annotations

import re

MOST_BYTES = 50_000
MOST_WORK = 1_000_000  # characters looked at in vain; about 0.1 s of Python-Markdown's time (measured)
MOST_DEPTH = 60  # of elements in each other; deeper ones are nobody's text and make browsers slow

BLANK_LINE = re.compile(r"\n[ \t\r]*\n")
_MARKER_RUN = re.compile(r"^(?:[ \t]*(?:>|[-+*]|\d{1,9}[.)]))" + f"{{{MOST_DEPTH}}}", re.MULTILINE)  # "1. 1. …" nests


def is_bearable(text: str) -> bool:
    """Whether size, estimated work and nesting of a text are within the caps."""
    return len(text.encode()) <= MOST_BYTES and not _MARKER_RUN.search(text) and work_of(text) <= MOST_WORK


def work_of(text: str) -> int:
    """Estimate how many characters Python-Markdown will look at in vain.

    It looks for the other end of every `[` to the end of its block, and of every `<` to the end of the text, anew for each:
    n openers without an end cost n² steps. This adds those ways up in one pass.
    """
    brackets = sum(_bracket_work(block) for block in BLANK_LINE.split(text))
    return brackets + _angle_work(text)


def _bracket_work(block: str) -> int:
    """The way from every `[` to its `]`, and from every `](` to its `)`; to the end of the block where there is none."""
    work, open_at, links_open = 0, [], 0
    for found in re.finditer(r"\]\(|[\[\])]", block):
        sign, at = found[0], found.start()
        if sign == "[":
            open_at.append(at)
        elif sign == ")":
            links_open = 0
        elif open_at:
            work += at - open_at.pop()
        if sign == "](":
            links_open += 1
            work += len(block) - at if links_open > 1 else 0
    return work + sum(len(block) - at for at in open_at) + (len(block) if links_open else 0)


def _angle_work(text: str) -> int:
    """The way from every `<` that no `>` ends before the next `<`, and of every `<!` and `<?`, to the end of the text."""
    pieces = text.split("<")[1:]
    return sum(len(text) for piece in pieces if ">" not in piece or piece[:1] in ("!", "?"))
