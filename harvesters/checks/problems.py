"""The catalogue of problems: every code once, with its severity and its sentence in Thai and English.

A code is a stable, public name. A sentence says what is wrong, names the value found and how to mend it; the place
(sheet, row, column) is put in front of it here, so no sentence repeats it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harvesters.values import Problem, Severity, Text


@dataclass(frozen=True, slots=True)
class Kind:
    """What one code means. `th` and `en` are templates; their `{names}` are the fields that `problem` must be given."""

    code: str
    severity: Severity
    th: str
    en: str
    blocking: bool = False


KINDS: tuple[Kind, ...] = (
    # --- the file as a whole (checks/preflight.py, tables/) ---
    Kind("file-empty", "error", "ไฟล์ว่างเปล่า ไม่มีข้อมูลเลย โปรดตรวจว่าบันทึกไฟล์ถูกต้องแล้วส่งใหม่",
         "The file is empty. Check that it was saved properly and send it again.", blocking=True),
    # --- headings and rows as found (tables/) ---
    # --- cells (normalise.py) ---
    # --- judged against the schema (checks/validate.py) ---
    # --- personal data (checks/personal.py) ---
    # --- fetching and runs (fetch.py, sources/, run.py) ---
)

BY_CODE: Mapping[str, Kind] = {kind.code: kind for kind in KINDS}


def problem(
    code: str,
    *,
    resource: str | None = None,
    sheet: str | None = None,
    row: int | None = None,
    column: str | None = None,
    value: str | None = None,
    **fields: object,
) -> Problem:
    """Return the problem `code` at its place, with both sentences filled in.

    `value` is what was found (already masked by the caller) and is offered to the sentence as `{value}`; `fields` are the
    sentence's other names. Raises KeyError when the code or one of the sentence's names is unknown: that is a bug.
    """
    kind = BY_CODE[code]
    shown = {"value": _shorten(value), "row": row, "column": column, "sheet": sheet, **fields}
    place_th, place_en = _place(sheet, row, column)
    return Problem(
        code=code,
        severity=kind.severity,
        message=Text(th=place_th + kind.th.format(**shown), en=place_en + kind.en.format(**shown)),
        resource=resource,
        row=row,
        column=column,
        value=_shorten(value),
        blocking=kind.blocking,
    )


def _shorten(value: str | None, most: int = 200) -> str | None:
    return value if value is None or len(value) <= most else value[: most - 1] + "…"


def _place(sheet: str | None, row: int | None, column: str | None) -> tuple[str, str]:
    """Return "แผ่นงาน ‘…’ แถว 12 คอลัมน์ ‘…’: " and its English; empty when nothing is known."""
    parts = [
        (f"แผ่นงาน ‘{sheet}’", f"sheet ‘{sheet}’", sheet),
        (f"แถว {row}", f"row {row}", row),
        (f"คอลัมน์ ‘{column}’", f"column ‘{column}’", column),
    ]
    known = [(th, en) for th, en, present in parts if present is not None]
    if not known:
        return "", ""
    th = " ".join(th for th, _ in known)
    en = ", ".join(en for _, en in known)
    return f"{th}: ", f"{en[0].upper()}{en[1:]}: "
