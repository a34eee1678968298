"""What the portal says of access for all: when it was tested, and what is known not to work."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import TypedDict


class Statement(TypedDict):
    """`known`: sentences in Thai and English."""

    tested: date
    known: list[dict[str, str]]


@cache
def statement() -> Statement:
    """The facts as `accessibility.toml` has them."""
    found: Statement = tomllib.loads(Path(__file__).with_name("accessibility.toml").read_text(encoding="utf-8"))  # type: ignore[assignment]
    return found
