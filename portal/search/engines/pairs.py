"""Neighbouring common words as tokens of their own, so that a phrase of them is looked up instead of searched for in thousands of texts.

Which words are common is told once, by a sample, and kept with the index: texts and questions must agree on it. A word that
becomes common later only makes its phrases slower, until the index is built anew. (Common grams, as search engines have had
them since Lucene's CommonGramsFilter.)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice, pairwise

from portal.search.analysis import BREAK
from portal.search.engines import Entry

SAMPLE = 2_000  # entries by which common words are told
FEWEST = 500  # entries of a sample that tells anything: in a small index every phrase is quick
SHARE = 0.06  # of the sample's entries that hold a common word


def sampled(entries: Iterable[Entry]) -> tuple[frozenset[str], Iterator[Entry]]:
    """The common words by the first entries, and all of the entries, to be read once."""
    rest = iter(entries)
    first = list(islice(rest, SAMPLE))
    return common_words(first), chain(first, rest)


def common_words(sample: Sequence[Entry]) -> frozenset[str]:
    """The words that many entries of a sample hold where words stand in order; none where the sample is small."""
    if len(sample) < FEWEST:
        return frozenset()
    holding = Counter(word for entry in sample for word in {*entry.title.split(), *entry.text.split()} if word != BREAK)
    return frozenset(word for word, number in holding.items() if number > SHARE * len(sample))


def pairs_of(text: str, common: frozenset[str]) -> Iterator[str]:
    """The pairs of common words that stand side by side in a field's tokens, in their order, as often as they stand there."""
    if not common:
        return
    for first, second in pairwise(text.split()):
        if first in common and second in common:
            yield pair(first, second)


def pair(first: str, second: str) -> str:
    """Two words as one token, which no text holds by itself: BREAK is part of no word."""
    return f"{first}{BREAK}{second}"


def pairs_within(words: Sequence[str], common: frozenset[str]) -> list[str]:
    """The pairs that whatever holds these words side by side must hold; all of the question where the words are two."""
    return [pair(first, second) for first, second in pairwise(words) if first in common and second in common]
