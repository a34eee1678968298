"""Values of spreadsheet cells → text, a column at a time: 15.0 → "15", dates → ISO, TRUE and FALSE.

calamine gives every number of an .xlsx as a float; ids such as 1001.0 must become their digits before anything judges them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import repeat
from math import isfinite
from typing import Any


def texts(column: Sequence[Any]) -> Sequence[str]:
    """Return the texts of one column's cells. Clean columns (all text, all numbers) cost no Python call per cell."""
    kinds = set(map(type, column))
    if kinds == {str}:
        return column
    if kinds == {float}:
        return _numbers(column)
    if kinds <= {str, float, int}:
        return [cell if type(cell) is str else number_text(cell) for cell in column]
    return [text_of(cell) for cell in column]


def _numbers(column: Sequence[float]) -> list[str]:
    if all(map(float.is_integer, column)):
        return list(map(str, map(int, column)))
    if all(map(isfinite, column)):
        return [str(int(number)) if number.is_integer() else repr(number) for number in column]
    return list(map(number_text, column))


def number_text(number: float) -> str:
    """Return a number in plain digits: 15.0 → "15", 1.5 → "1.5", 1.2e13 → "12000000000000"."""
    if type(number) is int:
        return str(number)
    if number.is_integer():
        return str(int(number))
    return repr(number) if isfinite(number) else ""


def text_of(cell: Any) -> str:
    """Return the text of one cell of any type that calamine gives."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, (int, float)):
        return number_text(cell)
    if isinstance(cell, datetime):
        return _moment(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time):
        return cell.isoformat(timespec="seconds")
    return _duration(cell) if isinstance(cell, timedelta) else str(cell)


def _moment(cell: datetime) -> str:
    """Return "YYYY-MM-DD HH:MM:SS", or the date alone at midnight. A serial day's fraction is rounded to the second."""
    try:
        rounded = (cell + timedelta(microseconds=500_000)).replace(microsecond=0)
    except OverflowError:
        rounded = cell.replace(microsecond=0)
    if (rounded.hour, rounded.minute, rounded.second) == (0, 0, 0):
        return rounded.date().isoformat()
    return rounded.isoformat(sep=" ")


def _duration(cell: timedelta) -> str:
    seconds = round(cell.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def rows_of_texts(rows: Sequence[Sequence[Any]]) -> list[tuple[str, ...]]:
    """Return rows of cells as rows of texts; all rows have the same length."""
    if not rows or not rows[0]:
        return list(repeat((), len(rows)))
    return list(zip(*map(texts, zip(*rows, strict=True)), strict=True))
