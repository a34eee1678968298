"""The words that text is cut by: PyThaiNLP's list (CC0), our own words, provinces and districts; read once, on first use."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import geothai

from harvesters import bundled
from harvesters.thai.text import fold

LONGEST = 24  # letters of the longest word used; longer entries are names of ministries, better found by their parts
THAI_RUN = "[\u0e01-\u0e3a\u0e40-\u0e45\u0e47-\u0e4e]+"  # without ๆ, which only repeats the word before it


class WordList(NamedTuple):
    """`ordered`: the same words by code point, so that those of one beginning stand together; some stand twice."""

    known: frozenset[str]
    ordered: list[str]
    names: frozenset[str]  # of provinces and districts: cut no further


@cache
def word_list() -> WordList:
    """Return all words, folded. Words of two letters count only if they are listed as such."""
    folder = bundled.datasets_folder() / "glossary" / "words"
    names = frozenset(_names())
    short = frozenset(fold(line) for line in (folder / "short_words.txt").read_text(encoding="utf-8").split())
    with (folder / "words_extra.csv").open(encoding="utf-8", newline="") as file:
        extra = "\n".join(fold(row["word"]) for row in csv.DictReader(file))
    # The long list lies folded in its file (a test holds it to that): every child process reads it anew, so it is read fast.
    text = f"{extra}\n{(folder / 'words_th.txt').read_text(encoding='utf-8')}"
    long = re.findall(rf"(?m)^{THAI_RUN[:-1]}{{3,{LONGEST}}}$", text)
    ordered = sorted([*long, *short, *names])
    return WordList(frozenset(ordered), ordered, names)


def _names() -> Iterator[str]:
    for row in bundled.read_table("provinces"):
        yield fold(row["name_th"])
        for unit in geothai.districts(row["code"]):
            name = fold(unit.name_th.removeprefix("เขต"))
            if 2 < len(name) <= LONGEST:
                yield name
