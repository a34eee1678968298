"""Codes, ids and telephone numbers in cells. They stay text, and no leading zero is ever lost (thai.md §5.2, §11)."""

from __future__ import annotations

import re

from harvesters.infer import SCIENTIFIC, WHOLE_DECIMAL
from harvesters.normalise.cells import CellRules, Finding, Steps, fold_thai_digits

# After a spreadsheet took the zero away: nine digits of a mobile number (06, 08, 09), eight of a fixed line (02 to 07).
LOST_ZERO = re.compile(r"[689][0-9]{8}|[2-57][0-9]{7}")


def read_code(value: str, column: CellRules, steps: Steps) -> tuple[Finding, ...]:
    """Thai digits become 0-9 and 1001.0 becomes 1001; all else stays."""
    fold_thai_digits(steps)
    if column.decimal_ids and (whole := WHOLE_DECIMAL.fullmatch(steps.value)):
        steps.take("decimal-zero", whole[1])
    return (Finding("digits-lost"),) if SCIENTIFIC.fullmatch(steps.value) else ()


def read_phone(value: str, column: CellRules, steps: Steps) -> tuple[Finding, ...]:
    """As a code, and a lost leading zero is told of and, where that is switched on, restored."""
    findings = read_code(value, column, steps)
    if not LOST_ZERO.fullmatch(steps.value):
        return findings
    whole = "0" + steps.value
    steps.take("leading-zero", whole)
    return (*findings, Finding("leading-zero-lost", {"whole": whole}))


def with_zero(cell: str) -> str | None:
    """Return a telephone number with its lost zero, or None where it has lost none."""
    return "0" + cell if LOST_ZERO.fullmatch(cell) else None
