"""What a cluster or a unit is about: subjects of datasets/reference/subjects, by codes where there are any, else by words.

The crosswalk joins divisions of TSIC, product types of OTOP and OECD's fields of research; it is Khlang's own (see the package).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from harvesters import bundled
from portal.search.analysis import index_parts, index_words

MOST_INFERRED = 3  # subjects told by words alone
CODE_COLUMNS = ("tsic_code", "tsic_divisions", "otop_type", "otop_types")
WORD_COLUMNS: Mapping[str, Sequence[str]] = {
    "cluster": ("products", "name_th", "name_en", "producer"),
    "unit": ("name_th", "name_en", "expertise_th", "expertise_en", "services", "instruments"),
    "output": ("title", "title_en", "keywords"),
}
_DIVISION = re.compile(r"[0-9]{2,5}")


@dataclass(frozen=True, slots=True)
class Subject:
    """One subject with the codes that belong to it and the words that tell it."""

    code: str
    name_th: str
    name_en: str
    tsic: tuple[str, ...]
    otop: tuple[str, ...]
    oecd: tuple[str, ...]
    words: tuple[tuple[str, tuple[str, ...]], ...]  # as written, and cut as texts are


@cache
def subjects() -> Mapping[str, Subject]:
    """All subjects by their code."""
    return {
        row["code"]: Subject(
            row["code"],
            row["name_th"],
            row["name_en"],
            codes_in(row["tsic"]),
            codes_in(row["otop"]),
            codes_in(row["oecd"]),
            tuple((word, tuple(index_words(word))) for word in (row["words_th"] + "|" + row["words_en"]).split("|")),
        )
        for row in bundled.read_table("subjects")
    }


def codes_in(cell: str) -> tuple[str, ...]:
    """The codes of a cell of the table."""
    return tuple(filter(None, cell.split("|")))


@cache
def _by_word() -> Mapping[str, Sequence[tuple[str, str]]]:
    """First piece of a word → (subject, the word as written) of those that are one piece."""
    found: dict[str, list[tuple[str, str]]] = {}
    for subject in subjects().values():
        for written, cut in subject.words:
            if len(cut) == 1:
                found.setdefault(cut[0], []).append((subject.code, written))
    return found


@cache
def _by_code() -> Mapping[tuple[str, str], Sequence[str]]:
    """("tsic", "13") or ("otop", "3") → the subjects that it belongs to."""
    found: dict[tuple[str, str], list[str]] = {}
    for subject in subjects().values():
        for division in subject.tsic:
            found.setdefault(("tsic", division), []).append(subject.code)
        for type_ in subject.otop:
            found.setdefault(("otop", type_), []).append(subject.code)
    return found


def subjects_of(kind: str, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The subjects that some rows tell of one thing: `[{"code", "words"}]`, words empty where a code told it.

    Subjects told by words alone (inferred) are left out where codes tell any.
    """
    all_rows = list(rows)
    told: dict[str, None] = {}
    for facts in all_rows:
        told |= dict.fromkeys(by_codes(facts))
    words = list(worded(kind, all_rows))
    if told:
        meant = [code for code in told if code in dict(words)] if shared_type(all_rows) else []
        return [{"code": code, "words": []} for code in meant or told]
    counts: Counter[str] = Counter()
    seen: dict[str, dict[str, None]] = {}
    for code, word in words:
        counts[code] += 1
        seen.setdefault(code, {})[word] = None
    return [{"code": code, "words": list(seen[code])} for code, _ in counts.most_common(MOST_INFERRED)]


def worded(kind: str, rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """(subject, word) for the words of some rows that tell a subject."""
    for facts in rows:
        yield from by_words(" ".join(str(facts[name]) for name in WORD_COLUMNS[kind] if facts.get(name)))


def shared_type(rows: Iterable[Mapping[str, Any]]) -> bool:
    """Whether only OTOP types tell the subjects, of which some stand for several: then words choose among those."""
    return not any(facts.get(name) for facts in rows for name in CODE_COLUMNS[:2])


def by_codes(facts: Mapping[str, Any]) -> Iterator[str]:
    """The subjects that the codes of a row name. An OTOP type that several subjects share tells nothing beside a TSIC code."""
    divisions = [
        code[:2] for name in CODE_COLUMNS[:2] for code in _DIVISION.findall(str(facts.get(name, ""))) if len(code) != 3
    ]
    for division in divisions:
        yield from _by_code().get(("tsic", division), ())
    if not divisions:
        for type_ in otop_types(facts):
            yield from _by_code().get(("otop", type_), ())


def otop_types(facts: Mapping[str, Any]) -> list[str]:
    """The product types of OTOP that a row names, as codes."""
    said = " ".join(str(facts.get(name, "")) for name in CODE_COLUMNS[2:])
    return [row["code"] for row in bundled.read_table("otop_types") if row["name_th"] in said or row["name_en"] in said]


def by_words(text: str) -> Iterator[tuple[str, str]]:
    """(subject, word) for each word of a text that tells a subject; parts of compounds where no whole word does.

    A word inside a longer one that tells a subject counts for nothing: กล้วย in กล้วยไม้.
    """
    found = _known(index_words(text)) or _known(index_parts(text))
    longest = {word for _, word in found}
    for code, word in found:
        if not any(word != other and word in other for other in longest):
            yield code, word


def _known(pieces: Iterable[str]) -> list[tuple[str, str]]:
    return [pair for piece in dict.fromkeys(pieces) for pair in _by_word().get(piece, ())]
