"""The whole line for one CSV of 12 columns, from file to search index, beside frictionless's own `validate` of that file.

Run as `python -m bench.line [--rows 100000] [--repeats 3] [--dirty]`. Goal: at most 2.5 times the CPU of `validate`, both as
processes of their own with all they import; for 1,000,000 rows at most 600 MiB in the largest process. As agreed, the line
indexes the dataset; the index of its rows is timed by itself and told beside it. `--rows 1000000 --repeats 1` for the memory.
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

from bench import data
from bench.yardstick import Figure, Spent, compile_all, in_turns, median_cpu, one_core, report, run_process, run_python

BUDGET = 2.5  # times the CPU of frictionless
MOST_MEMORY = 600  # MiB at a million rows
VALIDATE = """
import json, os, resource, sys, time
began = time.process_time()
from frictionless import Resource, Schema
loaded = time.process_time()
os.chdir(sys.argv[1])
schema = Schema.from_descriptor(json.loads(sys.argv[3])) if sys.argv[3] else None
task = Resource(path=sys.argv[2], **({"schema": schema} if schema else {})).validate(limit_errors=10**9).tasks[0]
print(json.dumps({"rows": task.stats["rows"], "errors": task.stats["errors"], "imports": loaded - began}))
"""
# The command as people call it. Only clocks are put around what follows the publishing: the index of rows, and the registry.
PUBLISH = """
import json, resource, sys, time
import portal.cli
import portal.registry.keeping_up as registry
import portal.search.rows as rows
spent = {"rows": 0.0, "registry": 0.0}
def timed(what, do):
    def clocked(*arguments):
        began = time.process_time()
        try:
            return do(*arguments)
        finally:
            spent[what] += time.process_time() - began
    return clocked
rows.RowIndex.refresh, rows.RowIndex.rebuild = timed("rows", rows.RowIndex.refresh), timed("rows", rows.RowIndex.rebuild)
registry.keep_up = timed("registry", registry.keep_up)
out = sys.stdout
sys.stdout = sys.stderr
try:
    portal.cli.main(["publish", sys.argv[1], "--publisher", "bench", "--publisher-title", "โต๊ะวัด", *sys.argv[2:]])
except SystemExit as ended:
    code = ended.code
own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
print(json.dumps({"code": code, "rows_index": spent["rows"], "registry": spent["registry"], "own_cpu": own.ru_utime + own.ru_stime,
                  "child_cpu": children.ru_utime + children.ru_stime, "own_mib": own.ru_maxrss / 1024,
                  "child_mib": children.ru_maxrss / 1024}), file=out)
sys.exit(code)
"""


def main() -> int:
    """Measure, print a table and one line of JSON; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument(
        "--dirty", action="store_true", help="1 %% of the cells bad; frictionless then lists all errors"
    )
    parser.add_argument(
        "--schema", action="store_true", help="frictionless is given the types instead of guessing them"
    )
    parser.add_argument("--seed", type=int, default=data.SEED)
    options = parser.parse_args()
    compile_all()
    one_core()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), options)
    return report("line", figures, seed=options.seed, rows=options.rows, dirty=options.dirty)


def measure(folder: Path, options: argparse.Namespace) -> list[Figure]:
    """The figures for one file."""
    path = data.write_csv(folder / "table.csv", options.rows, dirty=options.dirty, seed=options.seed)
    prepared = prepare(folder / "prepared")
    schema = json.dumps(data.SCHEMA) if options.schema or options.dirty else ""
    homes: list[Path] = []

    def yardstick() -> Spent:
        return run_python(VALIDATE, str(folder), path.name, schema)

    def product() -> Spent:
        for old in homes[:-1]:
            shutil.rmtree(old, ignore_errors=True)
        homes.append(Path(shutil.copytree(prepared, folder / f"home{len(homes)}")))
        arguments = ["--option", "max_bad_rows=1"] if options.dirty else []
        return run_python(PUBLISH, str(path), *arguments, environment=environment(homes[-1]))

    theirs, ours = in_turns(yardstick, product, options.repeats)
    check_same_answer(path, homes[-1], theirs[-1].answer, dirty=options.dirty)
    return figures_of(theirs, ours, options.rows, options.dirty)


def figures_of(theirs: list[Spent], ours: list[Spent], rows: int, dirty: bool) -> list[Figure]:
    """CPU against the yardstick, with and without the index of rows, and the memory."""
    size = f"{rows:,}{' dirty' if dirty else ''}"
    without = [replace(one, cpu=one.cpu - one.answer["rows_index"] - one.answer["registry"]) for one in ours]
    last = ours[-1].answer
    yard = median_cpu(theirs)
    bare = round(yard - theirs[-1].answer["imports"], 3)
    line = Figure(
        "whole line", size, "CPU s", median_cpu(without), BUDGET, yard, "frictionless validate", "ratio",
        note=f"against validate without frictionless's own imports ({bare} s): {median_cpu(without) / bare:.2f}×; "
        f"{rows / median_cpu(without):,.0f} rows/s; own process {last['own_cpu']:.2f} s, child {last['child_cpu']:.2f} s",
        more={"own_cpu": last["own_cpu"], "child_cpu": last["child_cpu"], "wall": ours[-1].wall, "bare_yardstick": bare},
    )  # fmt: skip
    indexed = Figure(
        "index of rows", size, "CPU s", round(last["rows_index"], 3), None, yard, "frictionless validate", "ratio",
        note="no budget of its own; it follows the publishing and nothing waits for it",
    )  # fmt: skip
    registry = Figure(
        "registry", size, "CPU s", round(last["registry"], 3), None, yard, "frictionless validate", "ratio",
        note="no budget of its own; a large table is taken in by steps after its publishing",
    )  # fmt: skip
    memory = Figure(
        "peak memory", size, "MiB", round(max(one.peak_mib for one in ours), 1), MOST_MEMORY,
        round(max(one.peak_mib for one in theirs), 1), "frictionless validate",
        note=f"largest process; own {last['own_mib']:.0f} and child {last['child_mib']:.0f} MiB, together at most "
        f"{last['own_mib'] + last['child_mib']:.0f}",
    )  # fmt: skip
    return [line, indexed, registry, memory]


def prepare(home: Path) -> Path:
    """A data folder as `khlang init` makes it, made once and copied."""
    for command in ("init", "reindex"):
        run_process([sys.executable, "-m", "portal.cli", command], environment(home))
    return home


def environment(home: Path) -> dict[str, str]:
    """What the command is told by its environment."""
    return {"KHLANG_HOME": str(home), "KHLANG_MAX_FILE_MB": "4096", "PYTHONUTF8": "1"}


def check_same_answer(path: Path, home: Path, judged: Any, *, dirty: bool) -> None:
    """Before any figure is told: what was published is the file. Raises AssertionError otherwise.

    Clean: every cell of every row is what the file has. Dirty: each row is published or set aside, and where a cell differs
    from the file's, the file's was wrong or was repaired, so the count of rows is what can be compared.
    """
    published = sorted((home / "store").rglob("*"), key=lambda found: found.stat().st_size if found.is_file() else 0)
    tables = [found for found in published if found.is_file() and found.open("rb").read(5) == b"_row,"]
    assert tables, "no published table in the store"
    total = 0
    with path.open(encoding="utf-8", newline="") as file, tables[-1].open(encoding="utf-8", newline="") as kept:
        original, ours = csv.reader(file), csv.reader(kept)
        next(original)
        headings = next(ours)
        for row, got in (
            zip_longest(original, rows_by_column(ours, headings)) if not dirty else ((None, got) for got in ours)
        ):
            total += 1
            assert dirty or sorted(row or []) == sorted(got or []), f"row {total}: {row} became {got}"
    rejected = judged["rows"] - total
    assert judged["rows"] == total or (dirty and 0 <= rejected < judged["rows"] / 20), (judged, total)
    assert dirty or judged["errors"] == 0, judged


def rows_by_column(rows: Iterator[list[str]], headings: list[str]) -> Iterator[list[str]]:
    """The cells that came from the file: not our row number, not the province code that is added."""
    shown = [at for at, heading in enumerate(headings) if heading not in ("_row", "province_code")]
    for row in rows:
        yield [row[at] for at in shown]


if __name__ == "__main__":
    raise SystemExit(main())
