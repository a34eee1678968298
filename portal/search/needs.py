"""What plain complaints mean, from datasets/glossary/needs: สีตก is a matter of colour fastness. Asked beside what was said, never in its place.

`clues.csv` names the things that tell a trade to who knows it: a cage in the river is a matter of fish farming.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from harvesters import bundled
from portal.search.analysis import index_words

SLACK = 3  # words that may stand between those of a complaint


@cache
def _complaints(table: str) -> Mapping[str, Sequence[tuple[tuple[str, ...], str, tuple[str, ...]]]]:
    """First word of a complaint → (its words, as written, words of what it means)."""
    path = bundled.datasets_folder() / "glossary" / "needs" / f"{table}.csv"
    found: dict[str, list[tuple[tuple[str, ...], str, tuple[str, ...]]]] = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            meaning = tuple(dict.fromkeys(word for said in row["means"].split(";") for word in index_words(said)))
            for complaint in row["said"].split(";"):
                cut = tuple(index_words(complaint))
                if cut:
                    found[cut[0]].append((cut, complaint.strip(), meaning))
    return found


def meanings(said: Sequence[str], table: str = "needs") -> Iterator[tuple[str, tuple[str, ...]]]:
    """(complaint, words of what it means) for each complaint of a table that was said, its words side by side or nearly so."""
    known = _complaints(table)
    for at, word in enumerate(said):
        for cut, written, meaning in known.get(word, ()):
            if follows(said[at : at + len(cut) + SLACK], cut):
                yield written, meaning


def follows(said: Sequence[str], cut: Sequence[str]) -> bool:
    """Whether the words of `cut` stand in `said` in their order."""
    rest = iter(said)
    return all(word in rest for word in cut)


def complaints(table: str = "needs") -> Iterator[str]:
    """Every complaint of a table, as written."""
    for some in _complaints(table).values():
        for _cut, written, _meaning in some:
            yield written
