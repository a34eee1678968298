"""Runs every command of this folder at a small size, one after the other, and prints one table and their lines of JSON.

Run as `python -m bench [NAME …] [--full] [--save PATH]` (`make bench`). A command is any module here with a `main`; it prints one
line of JSON at its end. `--full` leaves the sizes to the commands, which then take those of the promise.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from bench.yardstick import ROOT, Figure, child_environment, compile_all, last_json, machine, table

HERE = Path(__file__).resolve().parent
NO_COMMANDS = {"__main__", "__init__", "yardstick", "data", "groups"}
SMALL: Mapping[str, Sequence[str]] = {
    "personal": ("--tables", "200", "--rows", "20000"),
    "reading": ("--rows", "20000"),
    "line": ("--rows", "20000", "--repeats", "1"),
    "pages": ("--requests", "100"),
    "start": ("--repeats", "3"),
    "matchscale": ("--clusters", "2000", "--units", "400", "--requests", "20"),
}
BY_NAME = {"lighthouse"}  # needs Node and takes a quarter of an hour: run where it is named, or with --full
USUAL = ("--rows", "20000")  # for a command that takes the number of rows


def main() -> int:
    """Run the commands; 1 when one of them failed or missed a goal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="only these (default: all)")
    parser.add_argument("--full", action="store_true", help="at the sizes of the promise; takes many minutes")
    parser.add_argument("--save", type=Path, help="also write the table and the lines as a Markdown page")
    options = parser.parse_args()
    compile_all()
    known = commands()
    unknown = set(options.names) - set(known)
    if unknown:
        parser.error(f"no such command: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    figures: list[Figure] = []
    lines: list[dict[str, Any]] = []
    for name in options.names or [name for name in known if options.full or name not in BY_NAME]:
        code, line = run(name, () if options.full else small(name))
        lines.append(line)
        figures += figures_of(name, code, line)
    print(table(figures))
    for line in lines:
        print(json.dumps(line, ensure_ascii=False))
    if options.save:
        save(options.save, figures, lines)
    return 0 if all(figure.passed for figure in figures) else 1


def commands() -> list[str]:
    """The names of the commands, in order."""
    return sorted(path.stem for path in HERE.glob("*.py") if path.stem not in NO_COMMANDS)


def small(name: str) -> Sequence[str]:
    """The arguments of a short run."""
    if name in SMALL:
        return SMALL[name]
    return USUAL if '"--rows"' in (HERE / f"{name}.py").read_text(encoding="utf-8") else ()


def run(name: str, arguments: Sequence[str]) -> tuple[int, dict[str, Any]]:
    """Run one command in a process of its own; its exit code and its line, with what went wrong where there is none."""
    print(f"bench.{name} {' '.join(arguments)}", file=sys.stderr, flush=True)
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", f"bench.{name}", *arguments],
        cwd=ROOT,
        env=child_environment(),
        capture_output=True,
        text=True,
    )
    line = last_json(done.stdout)
    if not isinstance(line, dict):
        line = {"error": (done.stderr or done.stdout)[-1500:]}
    return done.returncode, {
        "bench": name,
        "code": done.returncode,
        "seconds": round(time.monotonic() - began, 1),
        **line,
    }


def figures_of(name: str, code: int, line: Mapping[str, Any]) -> list[Figure]:
    """The figures of a line; of a command that tells them in a form of its own, whether it passed."""
    if isinstance(line.get("figures"), list):
        known = {field.name for field in fields(Figure)}
        return [Figure(**{key: value for key, value in told.items() if key in known}) for told in line["figures"]]
    note = line["error"].strip().splitlines()[-1] if line.get("error", "").strip() else own_words(line)
    return [Figure(name, "", "failed" if code else "passed", code, 0, note=note)]


def own_words(line: Mapping[str, Any]) -> str:
    """The numbers of a line in another form, in one row."""
    words = []
    for key, value in line.items():
        if key in ("bench", "code", "seconds", "machine"):
            continue
        inner = value.items() if isinstance(value, Mapping) else [("", value)]
        words += [f"{key}{'.' if part else ''}{part} {got:g}" for part, got in inner if isinstance(got, int | float)]
    return ", ".join(words)


def save(path: Path, figures: Sequence[Figure], lines: Sequence[Mapping[str, Any]]) -> None:
    """Keep the figures of a release."""
    told = machine()
    head = f"Python {told['python']}, {told['cores']} cores, load {os.getloadavg()[0]:.2f}; " + ", ".join(
        f"{name} {number}" for name, number in told["versions"].items()
    )
    body = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    path.write_text(f"# Figures\n\n{head}\n\n```\n{table(figures)}\n```\n\n```json\n{body}\n```\n", encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
