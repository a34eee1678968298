"""Numbers, percentages and coordinates in cells → plain digits (thai.md §11)."""

from __future__ import annotations

import re

from harvesters.infer import GROUPED, INTEGER, NUMBER, WHOLE_DECIMAL
from harvesters.normalise.cells import CellRules, Finding, Steps, fold_thai_digits

# Units that offices type behind the number in the cell. None of them is a multiple: "2 ล้านบาท" is left alone.
_UNIT = re.compile(
    r"(?P<before>฿\s*)?(?P<number>-?[0-9][0-9,]*(?:\.[0-9]+)?)\s*"
    r"(?:บาท(?:ต่อปี|/ปี|ถ้วน)?|บ\.|\.-|฿|baht|thb|คน|ราย|ท่าน|persons?|people|members?|°|องศา)?",
    re.IGNORECASE,
)


def read_number(value: str, column: CellRules, steps: Steps) -> tuple[Finding, ...]:
    """Thai digits, thousands commas, per cent signs and units go; what is no number then stays as it was found."""
    kept = len(steps.done)
    fold_thai_digits(steps)
    if column.percent and steps.value[-1:] == "%":
        steps.take("percent", steps.value[:-1].rstrip())
    _drop_unit(column, steps)
    if GROUPED.fullmatch(steps.value):
        steps.take("thousands", steps.value.replace(",", ""))
    if column.kind == "integer" and (whole := WHOLE_DECIMAL.fullmatch(steps.value)):
        steps.take("decimal-zero", whole[1])
    shape = INTEGER if column.kind == "integer" else NUMBER
    if not shape.fullmatch(steps.value):
        steps.back_to(kept, value)
    return ()


def _drop_unit(column: CellRules, steps: Steps) -> None:
    """Only where the profile says that the column is a number; an inferred one has no units in it."""
    if column.told and not NUMBER.fullmatch(steps.value) and (found := _UNIT.fullmatch(steps.value)):
        steps.take("unit-word", found["number"])


def ungrouped(cell: str) -> str | None:
    """Return a number without its thousands commas, or None where that is not all that it needs."""
    return cell.replace(",", "") if GROUPED.fullmatch(cell) else None


def ungrouped_whole(cell: str) -> str | None:
    """As `ungrouped`, for whole numbers only."""
    return ungrouped(cell) if "." not in cell else None
