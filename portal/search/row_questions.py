"""A plan as a question to the index of rows: trigrams to look up, and the rule by which a found text is judged.

FTS5's query language is never a reader's text: it gets quoted trigrams of our own words alone. What the trigrams bring is then
judged by the words themselves (`matching.py`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from harvesters.thai.words import is_word
from portal.search.analysis import thai_runs
from portal.search.matching import WHOLE, is_joined, pattern_of, standing
from portal.search.plan import Alternative, Group, SearchPlan
from portal.search.row_texts import CELL_BREAK, PROVINCE_SIGN

TRIGRAM = 3
SHORTEST = 2  # letters of a word; one letter is none
MOST_GROUPS = 8  # are looked up; all are judged
AT_CELL = 2  # how much it counts that a cell begins with the word
AS_TYPED = 4  # and that several words stand together as they were typed


@dataclass(frozen=True, slots=True)
class Rule:
    """What a row must hold for one asked-for thing: one of these words in its text, or that province.

    Patterns are compiled when a row is first judged by them: of many things asked for, rows mostly miss the first already.
    """

    pattern: str
    starts: str
    province: str | None

    def judge(self, text: str, province: str | None) -> int:
        """How well a row fulfils it, 0 for not at all: a word by itself before a part of another, first in a cell before elsewhere."""
        best = 0
        for _, grade in standing(compiled(self.pattern), text):
            best = max(best, grade)
            if best == WHOLE:
                break
        if not best:
            return int(self.province is not None and province == self.province)
        return best + (AT_CELL if compiled(self.starts).search(text) else 0)


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed without a blank: all of its words, or itself as it stands. No rules: only as it stands."""

    rules: tuple[Rule, ...]
    run: re.Pattern[str] | None

    def judge(self, text: str, province: str | None) -> int:
        """How well a row fulfils it, 0 for not at all."""
        if self.run is not None and self.run.search(text):
            return AS_TYPED + WHOLE
        judged = 0
        for rule in self.rules:
            some = rule.judge(text, province)
            if not some:
                return 0
            judged += some
        return judged


@dataclass(frozen=True, slots=True)
class RowQuestion:
    """A plan for rows. `match` is FTS5's expression, empty when nothing can be looked up."""

    match: str
    wanted: tuple[Asked, ...]
    excluded: tuple[Rule, ...]

    def judge(self, text: str, province: str | None) -> int:
        """How well a row is what was asked for, 0 for not at all."""
        judged = 0
        for asked in self.wanted:
            some = asked.judge(text, province)
            if not some:
                return 0
            judged += some
        return 0 if any(rule.judge(text, province) for rule in self.excluded) else judged


def row_question(plan: SearchPlan, alphabet: Sequence[str] = ()) -> RowQuestion:
    """Turn a plan into a question. `alphabet`: every sign that follows another in the index, for words of two letters."""
    plan = plan.for_rows
    pieces = [tuple(groups) for _, groups in groupby(plan.groups, key=lambda group: group.typed)]
    room = MOST_GROUPS
    looked_up: list[str] = []
    for groups in pieces:
        if room > 0:
            looked_up.append(piece_match(groups[:room], alphabet))
            room -= len(groups)
    looked_up = [found for found in looked_up if found]
    places = plan.filters.get("province", ())
    if looked_up and places:
        known = [quoted(PROVINCE_SIGN + code) for code in places if len(code) == TRIGRAM - 1]
        looked_up.append(any_of(known) or quoted(PROVINCE_SIGN * TRIGRAM))
    return RowQuestion(
        match=" AND ".join(looked_up),
        wanted=tuple(asked_for(groups) for groups in pieces),
        excluded=tuple(rule_of(group) for group in plan.excluded),
    )


def asked_for(groups: Sequence[Group]) -> Asked:
    """How a row is judged for what was typed without a blank."""
    return Asked(tuple(rule_of(group) for group in groups) if may_stand_apart(groups) else (), run_of(groups))


def may_stand_apart(groups: Sequence[Group]) -> bool:
    """Whether the words of what was typed may stand in different places of a row.

    Not those of a run that the word list can't cut into words (นเดือดแ is a piece of a text, น and แ are none), nor when all are so
    short that nothing can be looked up by them.
    """
    if run_of(groups) is None:
        return True
    cut = [word for group in groups for word in group.alternatives[0].words]
    return all(len(word) >= SHORTEST and is_word(word) for word in cut) and any(len(word) >= TRIGRAM for word in cut)


def run_of(groups: Sequence[Group]) -> re.Pattern[str] | None:
    """What was typed, as it stands, where it is one run of Thai that was cut into several words."""
    typed = groups[0].typed
    return re.compile(pattern_of([typed])) if len(groups) > 1 and list(thai_runs(typed)) == [typed] else None


def piece_match(groups: Sequence[Group], alphabet: Sequence[str]) -> str:
    """FTS5's expression for what was typed without a blank. Of several words the longer ones are enough to look up."""
    if not may_stand_apart(groups):
        return trigrams(groups[0].typed)
    found = [match for group in groups if (match := group_match(group, ()))]
    if not found:
        found = [match for group in groups if (match := group_match(group, alphabet))]
    together = " AND ".join(found)
    if found and run_of(groups):
        return any_of([trigrams(groups[0].typed), together])
    return together


def group_match(group: Group, alphabet: Sequence[str]) -> str:
    """FTS5's expression for one asked-for thing; empty when one of its alternatives can't be looked up."""
    found = [words_match(one, alphabet) for one in group.alternatives]
    if not all(found):
        return ""
    if group.province is not None:
        found.append(quoted(PROVINCE_SIGN + group.province))
    return any_of(found)


def words_match(one: Alternative, alphabet: Sequence[str]) -> str:
    """All trigrams of its words. A word of two letters begins some trigram, wherever it stands; one letter is no help.

    Several that are all so short are looked up together, since they stand side by side.
    """
    found: list[str] = []
    for word in one.words:
        if len(word) >= TRIGRAM:
            found.append(trigrams(word))
        elif len(word) == TRIGRAM - 1 and alphabet:
            found.append(any_of([quoted(word + sign) for sign in alphabet if not is_joined(sign)]))
    together = [" ".join(one.words), "".join(one.words)]  # Na Di and Nadi
    if all(len(word) < TRIGRAM <= len(together[1]) for word in one.words):
        return any_of([trigrams(written) for written in together])
    return " AND ".join(dict.fromkeys(found))


def trigrams(word: str) -> str:
    """All trigrams of a word, each once."""
    return " AND ".join(dict.fromkeys(quoted(word[at : at + TRIGRAM]) for at in range(len(word) - TRIGRAM + 1)))


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
    return Rule(said, starts, group.province)


@lru_cache(maxsize=512)
def compiled(pattern: str) -> re.Pattern[str]:
    """A regular expression."""
    return re.compile(pattern)
