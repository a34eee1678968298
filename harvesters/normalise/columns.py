"""Normalises one column of a chunk. A clean column costs one scan; in others only the cells that need it are looked at."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import filterfalse
from typing import NamedTuple

from harvesters.infer import ISO_DATE, JOINER, Kind
from harvesters.normalise.cells import CellRules, Convert, Outcome, Step, read_boolean, read_cell, read_text
from harvesters.normalise.chunks import Chunk
from harvesters.normalise.codes import read_code, read_phone, with_zero
from harvesters.normalise.days import buddhist_day, read_date, read_year
from harvesters.normalise.findings import Findings, RepairFile
from harvesters.normalise.numbers import read_number, ungrouped, ungrouped_whole
from harvesters.normalise.plan import Column
from harvesters.normalise.province_cells import names_provinces, read_province, says_province
from harvesters.thai.text import BLANKS, ZERO_WIDTH, Rule, has_misordered_marks, needed_rules

_REMEMBERED = 4_000  # different cells of one column; beyond that remembering costs more than it saves
_REMEMBERED_DAYS = 50_000


class Finished(NamedTuple):
    """Recognises cells that are in the form that they will have: one cell, or a column with JOINER behind each."""

    cell: re.Pattern[str]
    column: re.Pattern[str]


def _finished(cell: str) -> Finished:
    return Finished(re.compile(f"(?:{cell})?+"), re.compile(f"(?:(?:{cell})?+{JOINER})*+"))


_WHOLE = r"-?(?:0|[1-9][0-9]{0,11}+)"
_NUMBER = _finished(rf"{_WHOLE}(?:\.[0-9]++)?+")
_FINISHED: Mapping[Kind, Finished] = {
    "integer": _finished(_WHOLE),
    "number": _NUMBER,
    "latitude": _NUMBER,
    "longitude": _NUMBER,
    "date": _finished(ISO_DATE.pattern),
    "year": _finished(r"(?:1[0-9]|20)[0-9]{2}"),
    "code": _finished(r"[A-Za-z/\-]++[0-9A-Za-z/\-]*+|[0-9]++(?:[/\-][0-9A-Za-z/\-]*+)?+"),
    "phone": _finished(r"0[0-9]{8,9}|[0-9]{2,4}+(?:[-– ][0-9]++)++"),
}
_CONVERT: Mapping[Kind, Convert] = {
    "text": read_text,
    "contact": read_text,
    "boolean": read_boolean,
    "code": read_code,
    "phone": read_phone,
    "integer": read_number,
    "number": read_number,
    "latitude": read_number,
    "longitude": read_number,
    "date": read_date,
    "year": read_year,
}
# One test of a cell for four of the text rules. Their own are made for whole columns and slower on one cell; this one says
# yes to all that they would, and to some more, which costs a look and changes nothing.
_SPOILT = re.compile(f"[{ZERO_WIDTH}{BLANKS}\u0e4d]|^ | $|  |เเ").search
_SPOILT_RULES = frozenset({"zero-width", "whitespace", "sara-am", "sara-e"})


def spoilt_tests(rules: Sequence[Rule]) -> list[Callable[[str], object]]:
    """Tests of one cell that together find every cell of which these text rules have need."""
    tests: list[Callable[[str], object]] = [rule.needed for rule in rules if rule.name not in _SPOILT_RULES]
    return [_SPOILT, *tests] if len(tests) < len(rules) else tests


class Quick(NamedTuple):
    """A rule that is all that most cells of a kind need, tried before the whole way through the rules."""

    rule: str
    make: Callable[[str], str | None]
    finding: str | None = None  # a problem's code; its sentence gets the cell's new value as `whole`


_QUICK: Mapping[Kind, Quick] = {
    "integer": Quick("thousands", ungrouped_whole),
    "number": Quick("thousands", ungrouped),
    "date": Quick("buddhist-date", buddhist_day),
    "phone": Quick("leading-zero", with_zero, "leading-zero-lost"),
}


class ColumnReader:
    """Reads one column, chunk after chunk, by rules that stay the same. `missing` gathers the words taken as empty."""

    def __init__(self, column: Column, cells: CellRules) -> None:
        self.missing: set[str] = set()
        self._column = column
        self._cells = cells
        self._provinces = "province-name" in cells.rules and names_provinces(column, cells)
        self._convert = read_province if self._provinces else _CONVERT[cells.kind]
        self._finished = _FINISHED.get(cells.kind)
        quick = _QUICK.get(cells.kind)
        self._quick = quick if quick is not None and quick.rule in cells.rules else None
        self._quickly: dict[str, str] = {}
        self._known: dict[str, Outcome] = {}

    def read(self, chunk: Chunk, index: int, findings: Findings, repairs: RepairFile) -> Sequence[str]:
        """Return the chunk's cells after normalising; problems go to `findings`, repairs to `repairs`."""
        cells = chunk.cells[index]
        suspects = self._suspects(chunk, index)
        if not suspects:
            return cells
        changed = self._change_quickly(suspects)
        noted = self._outcomes(suspects.difference(changed))
        if not changed and not noted:
            return cells
        self._record_quick(changed, chunk.numbers, cells, findings, repairs)
        self._record(noted, chunk.numbers, cells, findings, repairs)
        changed = changed | {cell: outcome.after for cell, outcome in noted.items()}
        return list(map(changed.get, cells, cells))  # each cell is its own default

    def _suspects(self, chunk: Chunk, index: int) -> set[str]:
        """The different cells that may need something."""
        if self._finished is not None:
            return self._unfinished(chunk, index, self._finished)
        different = chunk.different(index)
        suspects = set(self._cells.missing & different)
        for test in spoilt_tests(self._wanted(different)):
            suspects.update(filter(test, different))
        if has_misordered_marks(JOINER.join(different)):
            suspects.update(filter(has_misordered_marks, different))
        if self._provinces:
            suspects.update(filter(says_province, different))
        return suspects

    def _unfinished(self, chunk: Chunk, index: int, finished: Finished) -> set[str]:
        whole = finished.column.fullmatch(chunk.joined(index) + JOINER) is not None
        if whole and self._cells.kind != "code" and not self._column.missing:
            return set()
        different = chunk.different(index)
        suspects = set(self._cells.missing & different)  # "NA" looks like a code, and -99 like a number
        if not whole:
            suspects.update(filterfalse(finished.cell.fullmatch, different))
        return suspects

    def _wanted(self, cells: set[str]) -> list[Rule]:
        return [rule for rule in needed_rules(JOINER.join(cells)) if rule.name in self._cells.rules]

    def _change_quickly(self, suspects: set[str]) -> dict[str, str]:
        if self._quick is None:
            return {}
        if self._cells.kind == "date":
            return self._change_days(suspects)
        make = self._quick.make
        return {cell: after for cell in suspects if (after := make(cell)) is not None}

    def _change_days(self, suspects: set[str]) -> dict[str, str]:
        """As for the others, but a day costs more to read and comes again."""
        known, make = self._quickly, buddhist_day
        for cell in suspects.difference(known):
            after = make(cell)
            if after is not None:
                known[cell] = after
        changed = {cell: known[cell] for cell in suspects if cell in known}
        if len(known) > _REMEMBERED_DAYS:
            known.clear()
        return changed

    def _outcomes(self, suspects: set[str]) -> dict[str, Outcome]:
        """What becomes of the suspects; those that stay as they are and of which nothing is to be told are left out."""
        if not suspects:
            return {}
        remember = len(suspects) <= _REMEMBERED
        if remember and len(self._known) > _REMEMBERED:
            self._known.clear()
        tests = spoilt_tests(self._wanted(suspects))
        noted = {}
        for cell in suspects:
            outcome = self._known.get(cell) if remember else None
            if outcome is None:
                dirty = any(test(cell) for test in tests) if tests else False
                outcome = read_cell(cell, self._cells, self._convert, dirty=dirty)
                if remember:
                    self._known[cell] = outcome
            if outcome.after != cell or outcome.findings:
                noted[cell] = outcome
        return noted

    def _record_quick(
        self,
        changed: Mapping[str, str],
        numbers: Sequence[str],
        cells: Sequence[str],
        findings: Findings,
        repairs: RepairFile,
    ) -> None:
        if self._quick is None or not changed:
            return
        repairs.add_cells(self._quick.rule, self._column.heading, numbers, cells, changed)
        if self._quick.finding is not None:
            fields = {cell: {"whole": after} for cell, after in changed.items()}
            findings.add_cells(self._quick.finding, self._column.heading, numbers, cells, fields)

    def _record(
        self,
        noted: Mapping[str, Outcome],
        numbers: Sequence[str],
        cells: Sequence[str],
        findings: Findings,
        repairs: RepairFile,
    ) -> None:
        """Write a line for each step of each cell, and tell what was found; a whole column at a time."""
        steps: dict[tuple[int, str], dict[str, Step]] = {}
        told: dict[tuple[int, str], dict[str, Mapping[str, object]]] = {}
        for cell, outcome in noted.items():
            for position, step in enumerate(outcome.steps):
                steps.setdefault((position, step.rule), {})[cell] = step
                if step.rule == "missing-word":
                    self.missing.add(step.before)
            for position, (code, fields) in enumerate(outcome.findings):
                told.setdefault((position, code), {})[cell] = fields
        heading = self._column.heading
        for (_, rule), done in sorted(
            steps.items(), key=lambda item: item[0]
        ):  # by position: the steps of one cell stand in their order
            before = {cell: step.before for cell, step in done.items()}
            after = {cell: step.after for cell, step in done.items()}
            repairs.add_cells(rule, heading, numbers, cells, after, before)
        for (_, code), found in sorted(told.items(), key=lambda item: item[0]):
            findings.add_cells(code, heading, numbers, cells, found)
