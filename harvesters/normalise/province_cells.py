"""Cells of a column of provinces: จ. แพร่ and จังหวัดแพร่ are written as แพร่, so that one province is one value."""

from __future__ import annotations

import re

from harvesters.normalise.cells import CellRules, Finding, Steps, read_text
from harvesters.normalise.plan import PROVINCE, Column
from harvesters.thai.places import find_province

_WORD = re.compile(
    r"(?:จังหวัด|จว ?\.|จ ?\.)(?P<name>[^0-9๐-๙A-Za-z]+)"
)  # a postcode would be lost, and a name is not translated
says_province = re.compile(r"\s*จ").match


def names_provinces(column: Column, cells: CellRules) -> bool:
    """Whether a column of texts holds provinces: mapped as such, or, where nothing is mapped, headed so."""
    mapped = column.role == PROVINCE or (column.field is None and column.hint == "province")
    return mapped and cells.kind == "text"


def read_province(value: str, column: CellRules, steps: Steps) -> tuple[Finding, ...]:
    """The province's Thai name in place of the word for province and a name of it; all else as in any text."""
    found = bare_name(steps.value)
    if found is not None:
        steps.take("province-name", found)
    return read_text(steps.value, column, steps)


def bare_name(cell: str) -> str | None:
    """แพร่ for จ. แพร่ and จังหวัดแพร่; None for what is not the word for province and a name of one, and nothing else."""
    told = _WORD.fullmatch(cell)
    found = find_province(cell) if told and told["name"].strip() else None
    return found.name_th if found else None
