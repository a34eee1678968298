"""What Lighthouse says of seven kinds of page, from a real `khlang serve` on the demonstration, and how soon they stand on a slow phone.

Run as `python -m bench.lighthouse [--runs 5] [--only home …] [--write docs/pages-weights.md]`. Needs Node 18.20 or newer, npm and
chromium; Lighthouse itself, in one version, is installed by npm into this user's cache folder, outside the project. Each page is
loaded twice a run: with Lighthouse's own phone for the four scores (goal 99), and at 400 kbit/s, 400 ms and a quarter of the
processor, as a browser really waits, for the largest paint (2.0 s) and layout shift (0.02). The median of the runs counts; on a
busy machine times come out worse, never better.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.pages import run_demo, serving
from bench.weights import addresses, heaviest
from bench.yardstick import Figure, compile_all, report, write_section

VERSION = "12.8.2"  # the last that runs on Node 20
KINDS = ("home", "search", "dataset", "cluster", "unit", "province", "article")
COLUMNS = {
    "performance": "performance",
    "accessibility": "accessibility",
    "best-practices": "best practices",
    "seo": "SEO",
}
GOAL, PAINT, SHIFT = 99, 2.0, 0.02  # of 100; seconds; share of the screen
SLOW = (
    "--only-audits=largest-contentful-paint,cumulative-layout-shift",
    "--throttling-method=devtools",
    "--throttling.requestLatencyMs=400",
    "--throttling.downloadThroughputKbps=400",
    "--throttling.uploadThroughputKbps=400",
    "--throttling.cpuSlowdownMultiplier=4",
    "--screenEmulation.width=360",
    "--screenEmulation.height=800",
)
SECTION = "Lighthouse"
TRIES = 3  # on a busy machine a trace can lack its beginning; Lighthouse then asks to be run again


@dataclass(frozen=True, slots=True)
class Seen:
    """One page as Lighthouse saw it: scores of 100 by column, seconds to the largest paint, layout shift, what cost points."""

    scores: Mapping[str, float]
    paint: float
    shift: float
    faults: tuple[str, ...] = ()


def main() -> int:
    """Measure, print a table and one line of JSON, write the section where asked; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="loads of each page; the median counts (default: 5)")
    parser.add_argument("--only", nargs="+", choices=KINDS, default=KINDS, metavar="KIND", help=", ".join(KINDS))
    parser.add_argument(
        "--write", type=Path, metavar="PATH", help=f"also write the section “{SECTION}” of a Markdown page"
    )
    options = parser.parse_args()
    tool = installed()
    compile_all()
    with tempfile.TemporaryDirectory() as folder:
        environment = {"KHLANG_HOME": str(Path(folder) / "home"), "KHLANG_TRUSTED_HOSTS": "localhost,127.0.0.1"}
        os.environ.update(environment)
        run_demo(environment)
        with serving(environment) as (base, get):
            known = addresses(get)
            links = {kind: heaviest(get, known[kind])[0] for kind in options.only}
            runs = [{kind: look(tool, base + link) for kind, link in links.items()} for _ in range(options.runs)]
    seen = {kind: middle([run[kind] for run in runs]) for kind in options.only}
    if options.write:
        write_section(options.write, SECTION, section(links, seen, options.runs))
    return report("lighthouse", figures(links, seen), runs=options.runs, lighthouse=VERSION)


def installed() -> str:
    """The program, installed where it was not. Raises SystemExit with the reason when it cannot be had."""
    for name in ("node", "npm", "chromium"):
        if not shutil.which(name):
            raise SystemExit(f"Lighthouse was not run: {name} is not installed")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "khlang-bench" / f"lighthouse-{VERSION}"
    tool = cache / "node_modules" / ".bin" / "lighthouse"
    if not tool.exists():
        cache.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--prefix", str(cache), "--no-audit", "--no-fund", f"lighthouse@{VERSION}"]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode or not tool.exists():
            said = (done.stderr or done.stdout).strip().splitlines()
            raise SystemExit(
                f"Lighthouse was not run: npm could not install lighthouse@{VERSION}: {said[-1] if said else ''}"
            )
    return str(tool)


def look(tool: str, address: str) -> Seen:
    """Load one page for its scores, and once more on a slow line."""
    print(address, file=sys.stderr, flush=True)
    scored = asked(tool, address, ())
    slow = asked(tool, address, SLOW)["audits"]
    return Seen(
        {column: round(100 * scored["categories"][column]["score"], 1) for column in COLUMNS},
        round(slow["largest-contentful-paint"]["numericValue"] / 1000, 2),
        round(slow["cumulative-layout-shift"]["numericValue"], 4),
        tuple(faults(scored)),
    )


def asked(tool: str, address: str, options: Sequence[str]) -> dict[str, Any]:
    """Lighthouse's own result. Raises RuntimeError when it could not load the page."""
    chrome = shutil.which("chromium") or ""
    command = [tool, address, "--quiet", "--output=json", "--chrome-flags=--headless=new --no-sandbox", *options]
    environment, said = {**os.environ, "CHROME_PATH": chrome}, ""
    for _ in range(TRIES):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
        try:
            result: dict[str, Any] = json.loads(done.stdout)
        except ValueError:
            said = done.stderr[-500:]
            continue
        if not result.get("runtimeError"):
            return result
        said = result["runtimeError"]["message"]
    raise RuntimeError(f"Lighthouse failed on {address}: {said}")


def faults(result: Mapping[str, Any]) -> list[str]:
    """The audits that cost points: those of performance below 0.9, and any other that is not full."""
    found = []
    for column, category in result["categories"].items():
        for told in category["auditRefs"]:
            score = result["audits"][told["id"]]["score"]
            if told["weight"] and score is not None and score < (0.9 if column == "performance" else 1):
                found.append(f"{told['id']} {score:g}")
    return found


def middle(runs: Sequence[Seen]) -> Seen:
    """The median of each figure; every fault that was told in any run."""
    return Seen(
        {column: statistics.median(run.scores[column] for run in runs) for column in COLUMNS},
        statistics.median(run.paint for run in runs),
        statistics.median(run.shift for run in runs),
        tuple(sorted({fault for run in runs for fault in run.faults})),
    )


def figures(links: Mapping[str, str], seen: Mapping[str, Seen]) -> list[Figure]:
    """The figures of each kind of page beside their goals."""
    found = []
    for kind, one in seen.items():
        told = "; ".join(one.faults)
        found += [
            Figure(f"{kind}, {word}", links[kind], "of 100", one.scores[column], GOAL, at_least=True, note=told)
            for column, word in COLUMNS.items()
        ]
        found.append(Figure(f"{kind}, largest paint", links[kind], "s", one.paint, PAINT))
        found.append(Figure(f"{kind}, layout shift", links[kind], "", one.shift, SHIFT))
    return found


def section(links: Mapping[str, str], seen: Mapping[str, Seen], runs: int) -> str:
    """The table as Markdown."""
    lines = [
        f"Written by `python -m bench.lighthouse --runs {runs} --write docs/pages-weights.md`: Lighthouse {VERSION} with its own phone and line for",
        "the scores (goal 99 of 100), and the same page at 400 kbit/s, 400 ms and a quarter of the processor for the largest paint (LCP, goal",
        f"2.0 s) and the layout shift (CLS, goal 0.02). Median of {runs}, first visit, the heaviest page of each kind in Thai or English.",
        "",
        f"| page | {' | '.join(COLUMNS.values())} | LCP, s | CLS | looked at |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for kind, one in seen.items():
        shown = links[kind].partition("?")[0] + ("?…" if "?" in links[kind] else "")
        scores = " | ".join(f"{one.scores[column]:g}" for column in COLUMNS)
        lines.append(f"| {kind} | {scores} | {one.paint:.2f} | {one.shift:g} | `{shown}` |")
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
