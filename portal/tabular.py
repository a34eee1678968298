"""Lists as CSV: the `.csv` twin of a page that has a `.json` one, with the same lines in the same order."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Response, request

LIST_BREAK = "; "
BOM = "\ufeff"  # by which Excel knows UTF-8; programs do without


def csv_answer(rows: Iterable[Mapping[str, Any]], name: str, columns: Iterable[str] = ()) -> Response:
    """Rows as a CSV file called `name`.csv, with the mark for Excel when the address says `bom=1`.

    A cell that is a mapping becomes a column for each of its names (`title` → `title_th`, `title_en`), a list one cell with
    "; " between. `columns` are the headings where there may be no rows, or rows that lack some.
    """
    response = Response(csv_text(rows, columns), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f"attachment; filename={name}.csv"
    return response


def csv_text(rows: Iterable[Mapping[str, Any]], columns: Iterable[str] = ()) -> str:
    """The same as text."""
    lines = [dict(flat(row)) for row in rows]
    names = list(dict.fromkeys([*columns, *(name for line in lines for name in line)]))
    written = io.StringIO()
    written.write(BOM if request.args.get("bom") == "1" else "")
    table = csv.DictWriter(written, fieldnames=names, lineterminator="\r\n")
    table.writeheader()
    table.writerows(lines)
    return written.getvalue()


def flat(row: Mapping[str, Any], before: str = "") -> Iterable[tuple[str, Any]]:
    """The cells of a row by name, mappings within it drawn out."""
    for name, value in row.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{before}{name}_")
        else:
            yield before + name, LIST_BREAK.join(map(str, value)) if isinstance(value, (list, tuple)) else value
