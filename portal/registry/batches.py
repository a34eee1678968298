"""Pieces that fit one statement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

Value = TypeVar("Value")

BATCH = 500  # of values in one statement


def batches(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    """Pieces of BATCH values."""
    for at in range(0, len(values), BATCH):
        yield values[at : at + BATCH]
