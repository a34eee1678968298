"""Judges a draft table: what frictionless finds becomes our problems, cells to empty and rows to set aside (contracts.md §2)."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any, NamedTuple

from harvesters.checks.personal import mask_text
from harvesters.checks.problems import problem
from harvesters.checks.screen import screen
from harvesters.checks.verdicts import BROKEN, Finding, verdict
from harvesters.values import ROW_COLUMN, Draft, Problem

KEPT_PROBLEMS = 100
MOST_CELL = 2**31 - 1  # the csv module's own cap would refuse cells that the reader's caps let pass
KEPT_FINDINGS = 2_000  # from which the kept problems are chosen, so that no column crowds out the others
MOST_FINDINGS = 20_000  # a table that is blocked anyway is not counted further than this: an error costs 0.1 ms


class Reason(NamedTuple):
    """Why a row is set aside. `column` is a schema field, or None when it is the row as a whole."""

    code: str
    column: str | None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was found in a draft. `counts` and `columns` are exact unless `complete` is False: then reading was stopped.

    `wrong_cells`: row → fields to be emptied; `rejected`: row → why it is set aside. A row in both is set aside as it is.
    `columns`: heading → code → count. `judged_rows` are those that frictionless itself read.
    """

    problems: tuple[Problem, ...]
    counts: Mapping[str, int]
    wrong_cells: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    rejected: Mapping[int, tuple[Reason, ...]] = field(default_factory=dict)
    affected_rows: int = 0
    columns: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    judged_rows: int = 0
    complete: bool = True

    @property
    def blocking(self) -> tuple[Problem, ...]:
        """What forbids publishing."""
        return tuple(found for found in self.problems if found.blocking)


def judge(draft: Draft, *, max_bad_rows: float = 0.10) -> Judgement:
    """Judge the table of `draft` by its schema. More than `max_bad_rows` (0 to 1) of its rows affected is blocking.

    At most KEPT_PROBLEMS problems come back, blocking ones first, then by row, every column and code represented.
    """
    if draft.row_count == 0:
        return Judgement((_told(draft, "no-rows"),), {"no-rows": 1})
    csv.field_size_limit(MOST_CELL)
    tally = Tally(draft, max_bad_rows)
    with draft.path.open(encoding="utf-8", newline="") as file:
        read = Counting(csv.reader(file))
        judged = Counting(screen(read, draft.schema))
        tally.add_all(_findings(judged, draft))
    if tally.complete and read.count != draft.row_count and not tally.counts[BROKEN]:
        tally.add(Finding("row-count", None, None, "", f"{read.count} rows"))
    return tally.judgement(judged.count)


class Counting:
    """Passes rows on and counts those after the heading."""

    def __init__(self, rows: Iterable[Sequence[str]]) -> None:
        self._rows = rows
        self.count = -1

    def __iter__(self) -> Iterator[Sequence[str]]:
        for row in self._rows:
            self.count += 1
            yield row


def _findings(rows: Iterable[Sequence[str]], draft: Draft) -> Iterator[Finding]:
    """frictionless's findings. It is a weighty import (half a second), so it is not called for a bare heading that is right:
    what the screen leaves of a clean table, however small.
    """
    stream = iter(rows)
    try:
        first = [list(row) for row in islice(stream, 2)]
    except (UnicodeDecodeError, csv.Error) as error:  # later ones frictionless meets itself
        return iter([Finding("source-error", None, None, "", str(error))])
    names = [entry["name"] for entry in draft.schema["fields"] if entry["name"] != ROW_COLUMN]
    if first == [[ROW_COLUMN, *names]] and len(set(names)) == len(names):
        return iter(())
    from harvesters.checks.judging import findings

    return findings(chain(first, stream), draft.schema)


class Tally:
    """Sorts findings as they come: counts all, keeps some to show, notes what becomes of which cell and row."""

    def __init__(self, draft: Draft, max_bad_rows: float) -> None:
        self.draft = draft
        self.max_bad_rows = max_bad_rows
        self.fields: dict[str, Mapping[str, Any]] = {entry["name"]: entry for entry in draft.schema["fields"]}
        key = draft.schema.get("primaryKey") or ()
        self.key: tuple[str, ...] = (key,) if isinstance(key, str) else tuple(key)
        self.needed = {*self.key, *(name for name, entry in self.fields.items() if _required(entry))}
        self.counts: Counter[str] = Counter()
        self.columns: dict[str, Counter[str]] = {}
        self.wrong: dict[int, tuple[str, ...]] = {}
        self.rejected: dict[int, tuple[Reason, ...]] = {}
        self.shared: dict[Any, Any] = {}  # equal tuples are kept once: there may be 100,000 of them
        self.kept: dict[tuple[str, str | None], list[tuple[Finding, dict[str, object]]]] = {}
        self.kept_count = 0
        self.found = 0
        self.affected = 0  # rows with a wrong cell or set aside
        self.complete = True

    @property
    def hopeless(self) -> bool:
        """Whether the table is blocked for certain and enough of it was told."""
        return self.found >= MOST_FINDINGS and self.affected > self.draft.row_count * self.max_bad_rows

    def add_all(self, findings: Iterable[Finding]) -> None:
        """Take findings until there is no use in more."""
        for finding in findings:
            self.add(finding)
            if self.hopeless:
                self.complete = False
                break

    def add(self, finding: Finding) -> None:
        """Take one finding. A cell with two of them has its first only: mending one thing at a time is enough to ask."""
        if finding.row is not None and finding.field in self.wrong.get(finding.row, ()):
            return
        sets_aside = finding.field is None or finding.field in self.needed
        headings = [self.heading(name) or name for name in self.key]
        code, fields = verdict(finding, self.fields.get(finding.field or "", {}), headings, sets_aside)
        self.found += 1
        self.counts[code] += 1
        if finding.field is not None:
            self.columns.setdefault(self.heading(finding.field) or finding.field, Counter())[code] += 1
        if finding.row is not None and code != BROKEN:
            self._note(finding.row, finding.field, code, sets_aside)
        self._keep(finding, code, fields)

    def heading(self, name: str | None) -> str | None:
        """What the office's file calls a column."""
        entry = self.fields.get(name or "", {})
        return entry.get("source") or entry.get("title") or name

    def judgement(self, judged_rows: int) -> Judgement:
        """All that was found, and whether it forbids publishing."""
        blocking = self._blocking()
        self.counts.update(found.code for found in blocking)
        shown = [*blocking, *self._chosen(KEPT_PROBLEMS - len(blocking))]
        return Judgement(
            problems=tuple(sorted(shown, key=lambda found: (not found.blocking, found.row or 0))),
            counts=dict(self.counts),
            wrong_cells=self.wrong,
            rejected=self.rejected,
            affected_rows=self.affected,
            columns={heading: dict(counts) for heading, counts in self.columns.items()},
            judged_rows=judged_rows,
            complete=self.complete,
        )

    def _note(self, row: int, column: str | None, code: str, sets_aside: bool) -> None:
        self.affected += row not in self.wrong and row not in self.rejected
        if column is not None and code != "required-empty":
            cells = (*self.wrong.get(row, ()), column)
            self.wrong[row] = self.shared.setdefault(cells, cells)
        if sets_aside:
            reasons = (*self.rejected.get(row, ()), Reason(code, column))
            self.rejected[row] = self.shared.setdefault(reasons, reasons)

    def _keep(self, finding: Finding, code: str, fields: dict[str, object]) -> None:
        group = self.kept.setdefault((code, finding.field), [])
        if not group or (len(group) < KEPT_PROBLEMS and self.kept_count < KEPT_FINDINGS):
            group.append((finding, fields))
            self.kept_count += 1

    def _blocking(self) -> list[Problem]:
        rows = self.draft.row_count
        if len(self.rejected) == rows:
            return [_told(self.draft, "no-rows-left", rows=f"{rows:,}")]
        if self.affected <= rows * self.max_bad_rows:
            return []
        bad = f"{self.affected:,}"
        bad_th, bad_en = (f" {bad}", bad) if self.complete else (f"อย่างน้อย {bad}", f"At least {bad}")
        told = {"bad_th": bad_th, "bad_en": bad_en, "rows": f"{rows:,}", "share": f"{self.max_bad_rows * 100:g}"}
        return [_told(self.draft, "too-many-bad-rows", **told)]

    def _chosen(self, most: int) -> list[Problem]:
        """The first of each column and code, then the second of each, and so on."""
        depth = max((len(group) for group in self.kept.values()), default=0)
        turns = (
            (code, group[turn]) for turn in range(depth) for (code, _), group in self.kept.items() if turn < len(group)
        )
        return [
            _told(
                self.draft,
                code,
                row=finding.row,
                column=self.heading(finding.field),
                value=mask_text(finding.cell) if finding.field is not None else None,
                **fields,
            )
            for (code, (finding, fields)), _ in zip(turns, range(most), strict=False)
        ]


def _required(entry: Mapping[str, Any]) -> bool:
    return bool(entry.get("constraints", {}).get("required", False))


def _told(draft: Draft, code: str, **told: Any) -> Problem:
    return problem(code, resource=draft.table.name, sheet=draft.table.sheet, **told)
