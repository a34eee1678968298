"""Recognises what stands under a table and is not data: totals and notes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from harvesters.tables.kinds import kind_of
from harvesters.tables.rows import BLANKS
from harvesters.tables.words import NOTE, is_total

Reason = Literal["note", "total"]
TAIL = 40  # records at the end of a table in which totals and notes are looked for
CERTAIN_TOTALS = ("ทั้ง", "grand")  # "รวมทั้งสิ้น" is a total even where "รวม" is a value of the column


def find_footers(rows: Sequence[Sequence[str]], width: int) -> dict[int, Reason]:
    """Return the positions of the total and note rows at the end of `rows`, the last records of a table.

    Looked at from below: the first row that is neither ends the search. Rows of one cell count as notes only when a
    note stands above them or a blank row parts them from the data.
    """
    found: dict[int, Reason] = {}
    waiting: list[int] = []  # rows of one text that may continue a note
    for position in range(len(rows) - 1, -1, -1):
        filled = [cell.strip() for cell in rows[position] if cell.strip(BLANKS)]
        if not filled:
            if waiting and width >= 4:
                found.update(dict.fromkeys(waiting, "note"))
                waiting = []
        elif _is_note(filled, width):
            found.update(dict.fromkeys([*waiting, position], "note"))
            waiting = []
        elif is_total_row(filled):
            found[position] = "total"
            waiting = []
        elif len(filled) == 1 and width >= 3 and not waiting_is_data(filled[0]):
            waiting.append(position)
        else:
            break
    return _without_categories(found, rows)


def waiting_is_data(cell: str) -> bool:
    """Whether the only cell of a row is a value (a number, a mark) rather than a line of a note."""
    return kind_of(cell) in "nymd"


def is_total_row(filled: Sequence[str]) -> bool:
    """Whether the filled cells of a row begin with a total's name and go on with figures."""
    return is_total(filled[0]) and sum(kind_of(cell) in "tu" for cell in filled[1:]) <= 1


def _is_note(filled: Sequence[str], width: int) -> bool:
    return len(filled) <= min(2, width - 1) and bool(NOTE.match(filled[0]))


def _without_categories(found: dict[int, Reason], rows: Sequence[Sequence[str]]) -> dict[int, Reason]:
    """Leave out totals whose name comes in other rows of the table too: there it is a value, such as ชาย, หญิง, รวม."""
    names = [next((cell.strip() for cell in row if cell.strip()), "") for row in rows]
    others = {name for position, name in enumerate(names) if position not in found}
    return {
        position: reason
        for position, reason in found.items()
        if reason != "total"
        or names[position] not in others
        or any(word in names[position].lower() for word in CERTAIN_TOTALS)
    }
