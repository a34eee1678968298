"""How figures are taken: product and yardstick in turns on one core, CPU of a process with its children, medians.

Rules: CPU seconds count, not the clock, so that other work on the machine matters little; the answer is the ratio of medians.
Every command ends with one line of JSON made by `report`. Nothing here is part of the product.
"""

from __future__ import annotations

import json
import os
import platform
import re
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TOLD = ("khlang", "frictionless", "duckdb", "python-calamine", "polars", "flask", "sqlalchemy", "whoosh3", "gunicorn")


@dataclass(frozen=True, slots=True)
class Spent:
    """What one process spent, its children that it waited for included. `peak_mib` is that of the largest of them."""

    cpu: float
    wall: float
    peak_mib: float
    answer: Any = None  # the last line of its output, read as JSON where it is that


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the promise: what the product took, what the yardstick took, and how that compares with the budget.

    `ratio` is product to yardstick. `measure` says which of `ratio` and `product` the budget is for; `at_least` turns it round.
    """

    name: str
    size: str
    unit: str
    product: float
    budget: float | None = None  # None: told for information
    yardstick: float | None = None
    yardstick_is: str = ""
    measure: str = "product"
    at_least: bool = False
    note: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ratio(self) -> float | None:
        """Product to yardstick; None without a yardstick."""
        return round(self.product / self.yardstick, 3) if self.yardstick else None

    @property
    def passed(self) -> bool:
        """Whether the budget is kept; True where there is none."""
        if self.budget is None:
            return True
        got = self.ratio if self.measure == "ratio" else self.product
        if got is None:
            return False
        return got >= self.budget if self.at_least else got <= self.budget

    def to_json(self) -> dict[str, Any]:
        """The figure as the last line of a command tells it."""
        return asdict(self) | {"ratio": self.ratio, "pass": self.passed}


def run_process(command: Sequence[str], environment: Mapping[str, str] | None = None, cwd: Path = ROOT) -> Spent:
    """Run a command to its end and return what it spent. Raises RuntimeError with its output when it fails."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        began = time.monotonic()
        actions = [(os.POSIX_SPAWN_DUP2, out.fileno(), 1), (os.POSIX_SPAWN_DUP2, err.fileno(), 2)]
        told = {**child_environment(), **(environment or {})}
        pid = os.posix_spawn("/usr/bin/env", ["env", "-C", str(cwd), *command], told, file_actions=actions)
        _, status, usage = os.wait4(pid, 0)
        wall = time.monotonic() - began
        out.seek(0)
        err.seek(0)
        printed, complained = out.read().decode(), err.read().decode()
    if os.waitstatus_to_exitcode(status) != 0:
        raise RuntimeError(
            f"{' '.join(command[:4])} … ended with {os.waitstatus_to_exitcode(status)}:\n{printed[-2000:]}{complained[-4000:]}"
        )
    return Spent(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024, last_json(printed))


def child_environment() -> dict[str, str]:
    """The environment of what is measured: as anybody has it who did not forbid Python to keep what it compiled."""
    return {
        name: value
        for name, value in os.environ.items()
        if name not in ("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX")
    }


def compile_all() -> None:
    """Let every module be compiled once, so that no figure pays for the first start on this machine."""
    folders = [sysconfig.get_paths()["purelib"], str(ROOT / "harvesters"), str(ROOT / "portal"), str(ROOT / "bench")]
    command = [sys.executable, "-m", "compileall", "-q", "-x", r"/(tests?|node_modules|playwright)/", *folders]
    subprocess.run(command, env=child_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


def run_python(code: str, *arguments: str, environment: Mapping[str, str] | None = None) -> Spent:
    """Run Python code in a process of its own."""
    return run_process([sys.executable, "-c", code, *arguments], environment)


def last_json(text: str) -> Any:
    """The last line of an output as JSON, or None where it is none."""
    lines = text.strip().splitlines()
    try:
        return json.loads(lines[-1]) if lines else None
    except ValueError:
        return None


def in_turns(
    yardstick: Callable[[], Spent], product: Callable[[], Spent], repeats: int
) -> tuple[list[Spent], list[Spent]]:
    """Measure A B A B …; a slow quarter of an hour then hits both alike."""
    ours, theirs = [], []
    for _ in range(repeats):
        theirs.append(yardstick())
        ours.append(product())
    return theirs, ours


def median_cpu(spent: Sequence[Spent]) -> float:
    """Median of the CPU seconds."""
    return round(statistics.median(one.cpu for one in spent), 3)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values lie, the higher one where it falls between two."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def one_core() -> None:
    """Keep this process and all it starts on one core, so that a yardstick with threads gains nothing by them."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def machine(**told: Any) -> dict[str, Any]:
    """What the figures were taken on: versions, cores, and how busy the machine was."""
    found = {}
    for name in TOLD:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "absent"
    return {
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load": [round(load, 2) for load in os.getloadavg()],
        "versions": found,
        **told,
    }


def table(figures: Sequence[Figure]) -> str:
    """The figures for people."""
    rows = [("figure", "size", "khlang", "yardstick", "ratio", "budget", "")]
    for figure in figures:
        sign = "≥" if figure.at_least else "≤"
        unit = "×" if figure.measure == "ratio" else f" {figure.unit}"
        budget = "–" if figure.budget is None else f"{sign} {figure.budget:g}{unit}"
        rows.append(
            (
                figure.name,
                figure.size,
                f"{figure.product:g} {figure.unit}",
                f"{figure.yardstick:g} {figure.unit} ({figure.yardstick_is})"
                if figure.yardstick is not None
                else figure.yardstick_is or "–",
                f"{figure.ratio:.2f}×" if figure.ratio is not None else "–",
                budget,
                "" if figure.budget is None else "kept" if figure.passed else "MISSED",
            )
        )
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    notes = [f"  {figure.name}: {figure.note}" for figure in figures if figure.note]
    return "\n".join(lines + notes)


def report(name: str, figures: Sequence[Figure], **told: Any) -> int:
    """Print the table on standard error and the one line of JSON on standard output; 1 when a budget is missed."""
    print(table(figures), file=sys.stderr)
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    busy = "; the machine is busy, so what the clock measured is worse than on a quiet one" if load > cores else ""
    print(f"load {load:.2f}, {cores} cores, Python {platform.python_version()}{busy}", file=sys.stderr)
    line = {"bench": name, "machine": machine(**told), "figures": [figure.to_json() for figure in figures]}
    print(json.dumps(line, ensure_ascii=False))
    return 0 if all(figure.passed for figure in figures) else 1


def write_section(path: Path, heading: str, text: str) -> None:
    """Put a text under a heading of the second level of a Markdown page; in place of what stood there, else at the end."""
    parts = re.split(r"(?m)^(?=## )", path.read_text(encoding="utf-8"))
    kept = [part for part in parts if not part.startswith(f"## {heading}\n")]
    at = next((at for at, part in enumerate(parts) if part not in kept), len(kept))
    kept.insert(at, f"## {heading}\n\n{text.strip()}\n\n")
    path.write_text("\n\n".join(part.strip() for part in kept) + "\n", encoding="utf-8")
