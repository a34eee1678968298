"""Our own small query grammar: words, "phrases", `field:value`, `-word`. It gives a plan; engines see only a plan.

Caps follow safety.md §6.3: what exceeds them is cut and said so; no reader's text reaches an engine's own parser.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from harvesters.thai.places import find_province
from portal.search.analysis import Token, grams, query_words

MAX_CHARACTERS = 512
MAX_TERMS = 32
MAX_DEPTH = 10_000  # hits that can be paged through
FILTERS = ("province", "publisher", "kind", "format", "licence", "profile")
FILTER_WORDS: Mapping[str, str] = {
    "จังหวัด": "province",
    "ผู้เผยแพร่": "publisher",
    "ชนิด": "kind",
    "รูปแบบ": "format",
    "สัญญาอนุญาต": "licence",
    **{name: name for name in FILTERS},
}


@dataclass(frozen=True, slots=True)
class Group:
    """One thing that was asked for: alternatives of which one must be found, or a phrase whose words must stand together."""

    tokens: tuple[Token, ...]
    phrase: bool = False
    text: str = ""  # as typed, folded: what is marked in snippets and looked for in rows


@dataclass(frozen=True, slots=True)
class SearchPlan:
    """What an engine is to find. `grams` is asked only when the words find nothing."""

    groups: tuple[Group, ...] = ()
    excluded: tuple[Token, ...] = ()
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    grams: tuple[str, ...] = ()
    sort: str = "relevance"  # relevance, newest, title
    limit: int = 20
    offset: int = 0
    cut: bool = False  # the query was over a cap and something of it was left out

    @property
    def texts(self) -> tuple[str, ...]:
        """What was asked for, folded, for snippets and rows."""
        return tuple(group.text for group in self.groups)


def make_plan(
    text: str,
    filters: Mapping[str, tuple[str, ...]] | None = None,
    *,
    sort: str = "relevance",
    limit: int = 20,
    offset: int = 0,
) -> SearchPlan:
    """Turn a reader's text and chosen filters into a plan. Never raises: any text of any length gives one."""
    cut = len(text) > MAX_CHARACTERS
    groups: list[Group] = []
    excluded: list[Token] = []
    chosen: dict[str, tuple[str, ...]] = {name: values for name, values in (filters or {}).items() if values}
    budget = MAX_TERMS
    for kind, value in parts(text[:MAX_CHARACTERS]):
        if kind == "filter":
            name, _, wanted = value.partition(":")
            chosen[name] = (*chosen.get(name, ()), wanted)
            continue
        found = query_words(value)
        if len(found) > budget:
            found, cut = found[:budget], True
        budget -= len(found)
        if not found:
            continue
        if kind == "minus":
            excluded += found
        elif kind == "phrase":
            groups.append(Group(tuple(found), phrase=len(found) > 1, text=" ".join(token.text for token in found)))
        else:
            groups += [Group((token,), text=token.text) for token in found]
    return SearchPlan(
        groups=tuple(groups),
        excluded=tuple(excluded),
        filters=chosen,
        grams=tuple(grams(text[:MAX_CHARACTERS])[:MAX_TERMS]),
        sort=sort if sort in ("relevance", "newest", "title") else "relevance",
        limit=limit,
        offset=min(offset, MAX_DEPTH),
        cut=cut,
    )


def parts(text: str) -> Iterator[tuple[str, str]]:
    """Cut a query into ("word"|"phrase"|"minus"|"filter", text). An unclosed quote closes at the end."""
    pieces = text.replace("“", '"').replace("”", '"').split('"')
    for number, piece in enumerate(pieces):
        if number % 2:
            if piece.strip():
                yield "phrase", piece
            continue
        yield from loose_parts(piece)


def loose_parts(piece: str) -> Iterator[tuple[str, str]]:
    """The words, exclusions and filters of a piece without quotes."""
    for word in piece.split():
        name, colon, value = word.partition(":")
        known = FILTER_WORDS.get(name.casefold())
        if colon and value and known:
            yield "filter", f"{known}:{filter_value(known, value)}"
        elif word.startswith("-") and len(word) > 1:
            yield "minus", word[1:]
        else:
            yield "word", word


def filter_value(name: str, value: str) -> str:
    """A filter's value as the index has it: a province in any spelling becomes its code."""
    found = find_province(value) if name == "province" else None
    return found.code if found else value.casefold()
