"""The words of the portal in plain Thai and English, from datasets/glossary/terms: one more row is one more word."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from harvesters import bundled
from harvesters.values import Text


class Term(NamedTuple):
    """One word: `name` for anchors, `group` it is listed in, `page` where the thing itself is found ("" for none)."""

    name: str
    group: str
    word: Text
    meaning: Text
    page: str


@cache
def terms() -> Sequence[Term]:
    """All words in the order of the file, those of a group together."""
    path = bundled.datasets_folder() / "glossary" / "terms" / "terms.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Term(
                row["term"],
                row["group"],
                Text(row["th"], row["en"]),
                Text(row["meaning_th"], row["meaning_en"]),
                row["page"],
            )
            for row in csv.DictReader(file)
        ]
