"""The value that every detector gives: where in a text which kind of personal data stands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

from harvesters.values import MASK

Kind = Literal[
    "citizen-id", "mobile", "email", "name", "bank-account", "passport", "line-id", "address", "birth-date", "sensitive"
]
KINDS: tuple[Kind, ...] = (
    "citizen-id",
    "mobile",
    "email",
    "name",
    "bank-account",
    "passport",
    "line-id",
    "address",
    "birth-date",
    "sensitive",
)


class Span(NamedTuple):
    """Personal data from `start` to `end` of a text."""

    start: int
    end: int
    kind: Kind


def overlaps(spans: Iterable[Span], start: int, end: int) -> bool:
    """Whether anything of `spans` touches the stretch from `start` to `end`."""
    return any(span.start < end and start < span.end for span in spans)


def cover(text: str, spans: Iterable[Span]) -> str:
    """Return `text` with every span replaced by the mask; spans that touch or overlap become one."""
    parts: list[str] = []
    done = 0
    for span in sorted(spans):
        if span.start >= done:
            if span.start > done or not parts:
                parts.append(text[done : span.start])
                parts.append(MASK)
            done = span.end
        else:
            done = max(done, span.end)
    parts.append(text[done:])
    return "".join(parts)
