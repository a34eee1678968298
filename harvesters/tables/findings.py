"""Collects problems while a file is read, with a cap per code so that a file of a million faults stays small."""

from __future__ import annotations

from collections import Counter

from harvesters.checks.personal import mask_text
from harvesters.checks.problems import problem
from harvesters.errors import HarvestError
from harvesters.values import Problem

MOST_PER_CODE = 100


class Findings:
    """Problems of one file in the order found, at most 100 per code and resource; the rest is counted."""

    def __init__(self) -> None:
        self._kept: list[Problem] = []
        self._counts: Counter[tuple[str, str | None]] = Counter()

    def add(
        self,
        code: str,
        *,
        resource: str | None = None,
        sheet: str | None = None,
        row: int | None = None,
        column: str | None = None,
        value: str | None = None,
        **fields: object,
    ) -> None:
        """Note the problem `code` at its place; see `checks.problems.problem`. The value is masked here."""
        self._counts[code, resource] += 1
        if self._counts[code, resource] <= MOST_PER_CODE:
            shown = None if value is None else mask_text(value)
            self._kept.append(
                problem(code, resource=resource, sheet=sheet, row=row, column=column, value=shown, **fields)
            )

    def take(self, error: HarvestError) -> None:
        """Note an expected failure as the problem of its code."""
        self.add(error.code, **error.fields)  # type: ignore[arg-type]

    def extend(self, problems: tuple[Problem, ...]) -> None:
        """Take over problems that another step made."""
        for each in problems:
            self._counts[each.code, each.resource] += 1
            self._kept.append(each)

    def count(self, code: str, resource: str | None = None) -> int:
        """Return how often `code` was noted for `resource`, those not kept included."""
        return self._counts[code, resource]

    @property
    def blocking(self) -> bool:
        """Whether any problem so far forbids publishing."""
        return any(each.blocking for each in self._kept)

    def all(self) -> tuple[Problem, ...]:
        """Return what was kept, followed by one line for each code that was cut off."""
        cut = [
            problem("problems-cut", resource=resource, code_cut=code, count=count, kept=MOST_PER_CODE)
            for (code, resource), count in self._counts.items()
            if count > MOST_PER_CODE
        ]
        return (*self._kept, *cut)
