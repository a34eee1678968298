"""A plan as a question to the index of rows: trigrams to look up, and the rule by which a found text is judged.

FTS5's query language is never a reader's text: it gets quoted trigrams of our own words alone. What the trigrams bring is then judged
by the words themselves (`matching.py`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from portal.search.matching import is_joined, pattern_of, standing
from portal.search.plan import Alternative, Group, SearchPlan
from portal.search.row_texts import CELL_BREAK, PROVINCE_SIGN

TRIGRAM = 3
MOST_GROUPS = 8  # are looked up; all are judged
AT_CELL = 2  # a cell that begins with the word
AS_TYPED = 4  # words that were typed as one stand as one


@dataclass(frozen=True, slots=True)
class Rule:
    """What a row must hold for one asked-for thing: one of these words in its text, or that province."""

    pattern: re.Pattern[str]
    province: str | None
    starts: re.Pattern[str]

    def holds(self, text: str, province: str | None) -> bool:
        """Whether a row fulfils it."""
        if self.province is not None and province == self.province:
            return True
        return any(True for _ in standing(self.pattern, text))

    def score(self, text: str) -> int:
        """How well a row fulfils it: a word by itself before a part of another, at the beginning of a cell before elsewhere."""
        grade = max((grade for _, grade in standing(self.pattern, text)), default=0)
        return grade + (AT_CELL if self.starts.search(text) else 0)


@dataclass(frozen=True, slots=True)
class RowQuestion:
    """A plan for rows. `match` is FTS5's expression, empty when nothing can be looked up."""

    match: str
    wanted: tuple[Rule, ...]
    excluded: tuple[Rule, ...]
    typed: tuple[str, ...]  # what was typed as one and asks for several words

    def fits(self, text: str, province: str | None) -> bool:
        """Whether a row is what was asked for."""
        return all(rule.holds(text, province) for rule in self.wanted) and not any(
            rule.holds(text, province) for rule in self.excluded
        )

    def score(self, text: str) -> int:
        """A cheap rank: words that were typed as one standing as one come first."""
        whole = sum(AS_TYPED for piece in self.typed if piece in text)
        return whole + sum(rule.score(text) for rule in self.wanted)


def row_question(plan: SearchPlan, alphabet: Sequence[str] = ()) -> RowQuestion:
    """Turn a plan into a question. `alphabet`: every sign that follows another in the index, for words of two letters."""
    looked_up = [found for group in plan.groups[:MOST_GROUPS] if (found := group_match(group, alphabet))]
    places = plan.filters.get("province", ())
    if looked_up and places:
        looked_up.append(
            any_of([quoted(PROVINCE_SIGN + code) for code in places if len(code) == 2]) or quoted(PROVINCE_SIGN)
        )
    typed: dict[str, int] = {}
    for group in plan.groups:
        typed[group.typed] = typed.get(group.typed, 0) + 1
    return RowQuestion(
        match=" AND ".join(looked_up),
        wanted=tuple(rule_of(group) for group in plan.groups),
        excluded=tuple(rule_of(group) for group in plan.excluded),
        typed=tuple(piece for piece, count in typed.items() if count > 1),
    )


def group_match(group: Group, alphabet: Sequence[str]) -> str:
    """FTS5's expression for one asked-for thing; empty when one of its alternatives can't be looked up."""
    found = [words_match(one, alphabet) for one in group.alternatives]
    if not all(found):
        return ""
    if group.province is not None:
        found.append(quoted(PROVINCE_SIGN + group.province))
    return any_of(found)


def words_match(one: Alternative, alphabet: Sequence[str]) -> str:
    """All trigrams of its words. A word of two letters begins some trigram, wherever it stands; one letter is no help."""
    found: list[str] = []
    for word in one.words:
        if len(word) >= TRIGRAM:
            found += [quoted(word[at : at + TRIGRAM]) for at in range(len(word) - TRIGRAM + 1)]
        elif len(word) == TRIGRAM - 1 and alphabet:
            found.append(any_of([quoted(word + sign) for sign in alphabet if not is_joined(sign)]))
    return " AND ".join(dict.fromkeys(found))


def any_of(expressions: Sequence[str]) -> str:
    """Expressions of which one is enough."""
    return f"({' OR '.join(f'({one})' if ' AND ' in one else one for one in expressions)})" if expressions else ""


def quoted(text: str) -> str:
    """A text as FTS5's string."""
    return '"' + text.replace('"', '""') + '"'


def rule_of(group: Group) -> Rule:
    """How a row's text is judged for one asked-for thing."""
    said = "|".join(pattern_of(one.words) for one in group.alternatives)
    starts = f"(?:^|{re.escape(CELL_BREAK)})(?:{said})"
    return Rule(re.compile(said), group.province, re.compile(starts))
