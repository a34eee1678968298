"""Judging a draft of twelve columns beside frictionless's own validate of the same file, and finishing it: CPU and peak memory.

Run as `python bench/validate.py [--rows 100000] [--repeats 3] [--memory-rows 1000000]`. Goals: clean ≤ 0.4 × the CPU of
frictionless, dirty (11 % of the rows) ≤ 1 ×, fewer than 10,000 rows ≤ 1.2 ×; ≤ 400 MiB for 1,000,000 rows, judged and finished.
Both find the same errors before anything is timed, ours for cells that are not written plainly apart.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.data import SCHEMA, write_csv  # noqa: E402
from bench.yardstick import Figure, Spent, compile_all, in_turns, median_cpu, one_core, report, run_python  # noqa: E402

SMALL_ROWS = 9_999
MOST_MEMORY = 400  # MiB
# The register's number is no key here: no draft that the line makes has one, and a key takes the full road.
FIELDS = [
    {**field, "constraints": {name: told for name, told in field.get("constraints", {}).items() if name != "unique"}}
    for field in SCHEMA["fields"]
]
PRODUCT = """
import json, sys
from pathlib import Path
from harvesters.checks.validate import judge
from harvesters.values import Draft, Mapped, Table, Text
path, rows, fields, finish = Path(sys.argv[1]), int(sys.argv[2]), json.loads(sys.argv[3]), sys.argv[4] == "finish"
table = Table("bench", "bench", (), path, rows)
draft = Draft(table, Mapped(None, (), Text("", "")), {"fields": fields}, path, path, {}, rows)
found = judge(draft, max_bad_rows=1.0)
if finish:
    from harvesters.packages.finalise import finalise
    finalise(draft, found, workdir=path.parent)
print(json.dumps({"counts": found.counts, "judged": found.judged_rows, "affected": found.affected_rows}))
"""
YARDSTICK = """
import json, sys
from collections import Counter
from pathlib import Path
from frictionless import Resource, Schema
path, fields = Path(sys.argv[1]), json.loads(sys.argv[3])
schema = Schema.from_descriptor({"fields": [{"name": "_row", "type": "integer"}, *fields], "missingValues": [""]})
report = Resource(path=path.name, basepath=str(path.parent), encoding="utf-8", schema=schema).validate(limit_errors=0)
cells = {(error.row_number, error.field_name) for error in report.tasks[0].errors}
print(json.dumps({"cells": len(cells), "rows": len({row for row, _ in cells})}))
"""


def main() -> int:
    """Measure, print a table and one line of JSON; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--memory-rows", type=int, default=0, help="measure the memory at this size, too (0: not)")
    options = parser.parse_args()
    one_core()
    compile_all()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        figures = [
            compare("judge clean", folder, options.rows, False, options.repeats, 0.4),
            compare("judge dirty", folder, options.rows, True, options.repeats, 1.0),
            compare("judge small", folder, SMALL_ROWS, False, options.repeats, 1.2),
            finishing(folder, options.rows, options.repeats),
        ]
        if options.memory_rows:
            figures += [memory(folder, options.memory_rows, dirty) for dirty in (False, True)]
    return report("validate", figures, rows=options.rows)


def draft_file(folder: Path, rows: int, dirty: bool) -> Path:
    """A draft as the line makes it: the row number before the cells."""
    made, draft = folder / "made.csv", folder / f"draft-{rows}-{dirty}.csv"
    write_csv(made, rows, dirty=dirty)
    with made.open(encoding="utf-8") as source, draft.open("w", encoding="utf-8") as target:
        heading = next(source)
        target.write(f"_row,{heading}")
        target.writelines(f"{number},{line}" for number, line in enumerate(source, 2))
    made.unlink()
    return draft


def ours(path: Path, rows: int, finish: bool = False) -> Spent:
    """Judge (and finish) in a process of its own."""
    return run_python(PRODUCT, str(path), str(rows), json.dumps(FIELDS), "finish" if finish else "")


def theirs(path: Path, rows: int) -> Spent:
    """frictionless's validate with all errors, in a process of its own."""
    return run_python(YARDSTICK, str(path), str(rows), json.dumps(FIELDS))


def compare(name: str, folder: Path, rows: int, dirty: bool, repeats: int, budget: float) -> Figure:
    """One figure of judging; fails when the two do not find the same cells."""
    path = draft_file(folder, rows, dirty)
    yardstick, product = in_turns(partial(theirs, path, rows), partial(ours, path, rows), repeats)
    same_answer(yardstick[0].answer, product[0].answer)
    return Figure(
        name,
        f"{rows:,} × {len(FIELDS)}",
        "s",
        median_cpu(product),
        budget,
        median_cpu(yardstick),
        "frictionless",
        "ratio",
        note=f"{product[0].answer['judged']:,} rows read by frictionless, {product[0].answer['affected']:,} affected",
    )


def same_answer(yardstick: dict[str, Any], product: dict[str, Any]) -> None:
    """Raise AssertionError when the cells found wrong are not as many."""
    counts = Counter(product["counts"])
    told = sum(counts.values()) - sum(counts[code] for code in ("not-plain", "date-buddhist", "date-doubtful"))
    assert (told, product["affected"]) == (yardstick["cells"], yardstick["rows"]), (yardstick, product)


def finishing(folder: Path, rows: int, repeats: int) -> Figure:
    """What finishing (rewritten CSV, Parquet, column profiles) adds to judging a dirty table."""
    judged, finished = in_turns(
        lambda: ours(draft_file(folder, rows, True), rows),
        lambda: ours(draft_file(folder, rows, True), rows, True),
        repeats,
    )
    return Figure(
        "judge and finish dirty",
        f"{rows:,} × {len(FIELDS)}",
        "s",
        median_cpu(finished),
        None,
        median_cpu(judged),
        "judge alone",
    )


def memory(folder: Path, rows: int, dirty: bool) -> Figure:
    """The peak of judging and finishing a large table."""
    spent = ours(draft_file(folder, rows, dirty), rows, True)
    name = f"judge and finish {'dirty' if dirty else 'clean'}: memory"
    return Figure(
        name, f"{rows:,} × {len(FIELDS)}", "MiB", round(spent.peak_mib), MOST_MEMORY, note=f"{spent.cpu:.1f} s of CPU"
    )


if __name__ == "__main__":
    raise SystemExit(main())
