"""A dry run of a file that changes a published one, beside frictionless's validate of the same file: seconds by the clock.

Run as `python -m bench.dryrun [--rows 5000] [--repeats 3]`. Goal: a dry run of 5,000 rows, with the start of the program, its
comparison with the published version and its page, takes at most 10 s.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench.data import write_csv
from bench.yardstick import Figure, child_environment, compile_all, report

SECONDS = 10.0
KHLANG = [str(Path(sys.executable).with_name("khlang"))]
YARDSTICK = [sys.executable, "-m", "frictionless", "validate"]
OFFICE = ("--publisher", "bench", "--publisher-title", "สำนักงานวัดผล", "--name", "bench", "--option", "personal=mask")


def main() -> int:
    """Measure, print a table and one line of JSON; 1 when the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    compile_all()
    with tempfile.TemporaryDirectory() as name:
        figures = [dry_run(Path(name), options.rows, options.repeats)]
    return report("dryrun", figures, rows=options.rows, repeats=options.repeats)


def dry_run(folder: Path, rows: int, repeats: int) -> Figure:
    """The figure: product and yardstick in turns, the median of each."""
    path = folder / "bench.csv"
    write_csv(path, rows, dirty=False)
    timed([*KHLANG, "init"], folder)
    timed([*KHLANG, "publish", str(path), *OFFICE], folder)
    write_csv(path, rows, dirty=True)
    look = [*KHLANG, "publish", str(path), *OFFICE, "--option", "max_bad_rows=0.5", "--dry-run"]
    look += ["--page", str(folder / "preview.html")]
    product, yardstick = [], []
    for _ in range(repeats):
        yardstick.append(timed([*YARDSTICK, path.name], folder, fine=(0, 1)))
        product.append(timed(look, folder))
    assert (folder / "preview.html").stat().st_size > 10_000
    return Figure(
        "dry run",
        f"{rows:,} × 12",
        "s",
        round(statistics.median(product), 2),
        SECONDS,
        round(statistics.median(yardstick), 2),
        "frictionless validate",
    )


def timed(words: Sequence[str], folder: Path, fine: tuple[int, ...] = (0,)) -> float:
    """Seconds that a command takes. Raises AssertionError when it ends otherwise than it should."""
    environment = child_environment() | {"KHLANG_HOME": str(folder / "home")}
    began = time.monotonic()
    ended = subprocess.run(list(words), cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode in fine, ended.stderr[-2000:]
    return time.monotonic() - began


if __name__ == "__main__":
    raise SystemExit(main())
