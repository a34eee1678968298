"""Reads one cell as its column's kind wants it: which steps change it, and what is to be said about it. Pure functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from harvesters.infer import Kind
from harvesters.thai.text import RULES as TEXT_STEPS
from harvesters.thai.text import fold_digits, has_misordered_marks
from harvesters.values import MASK

Era = Literal["be", "ce", "mixed"]


class Step(NamedTuple):
    """One rule's change to a cell."""

    rule: str
    before: str
    after: str


class Finding(NamedTuple):
    """Something to be told about a cell: a problem's code and the fields of its sentence."""

    code: str
    fields: Mapping[str, Any] = MappingProxyType({})


class Outcome(NamedTuple):
    """A cell after normalising."""

    after: str
    steps: tuple[Step, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class CellRules:
    """How the cells of one column are read. `era` is what a year of two digits is taken to be of."""

    kind: Kind
    rules: frozenset[str]
    missing: frozenset[str]
    era: Era = "be"
    percent: bool = False
    told: bool = False  # the profile says the kind; else it was inferred and every cell fits already
    decimal_ids: bool = True  # "1001.0" in a code column means 1001; not where 1.1 stands beside it


_TEXT_KINDS: frozenset[Kind] = frozenset({"text", "contact", "code", "phone"})

Convert = Callable[[str, CellRules, "Steps"], tuple[Finding, ...]]


class Steps:
    """A cell on its way through the rules: `value` is what it is now."""

    __slots__ = ("done", "rules", "value")

    def __init__(self, value: str, rules: frozenset[str]) -> None:
        self.value = value
        self.rules = rules
        self.done: list[Step] = []

    def take(self, rule: str, after: str) -> bool:
        """Put `after` in the place of the value if the rule is on. Returns whether it is on."""
        if rule not in self.rules:
            return False
        if after != self.value:
            self.done.append(Step(rule, self.value, after))
            self.value = after
        return True

    def back_to(self, length: int, value: str) -> None:
        """Forget the steps after the first `length`: they led to nothing that fits."""
        del self.done[length:]
        self.value = value


def clean_text(text: str, rules: frozenset[str]) -> Steps:
    """Take a cell through the text rules of thai.md §8 that are switched on."""
    steps = Steps(text, rules)
    for _ in range(3):  # a sign of no width may have stood between two marks
        before = steps.value
        for step in TEXT_STEPS:
            if step.name in rules and step.needed(steps.value):
                steps.take(step.name, step.apply(steps.value))
        if steps.value == before or steps.value.isascii():
            break
    return steps


def read_cell(text: str, column: CellRules, convert: Convert, *, dirty: bool = True) -> Outcome:
    """Return what a cell becomes in a column of that kind. `dirty` is False where no text rule has work in it."""
    if text == MASK and column.kind not in _TEXT_KINDS:
        return Outcome("")  # what the gate masked has no type; the gate has reported it
    steps = clean_text(text, column.rules) if dirty else Steps(text, column.rules)
    if steps.value in column.missing:
        steps.take("missing-word", "")
    if not steps.value:
        return Outcome(steps.value, tuple(steps.done))
    findings = convert(steps.value, column, steps)
    return Outcome(steps.value, tuple(steps.done), findings)


def read_text(value: str, column: CellRules, steps: Steps) -> tuple[Finding, ...]:
    """A text keeps its digits; marks in an order that nobody types are only told of (thai.md §7)."""
    return (Finding("marks-misordered"),) if has_misordered_marks(value) else ()


def read_boolean(value: str, column: CellRules, steps: Steps) -> tuple[Finding, ...]:
    """TRUE and FALSE stay as they are."""
    return ()


def fold_thai_digits(steps: Steps) -> None:
    """Write ๐-๙ as 0-9 where that is switched on."""
    if not steps.value.isascii():
        steps.take("thai-digits", fold_digits(steps.value))
