"""How soon the portal is there: `khlang serve` to its first answer, and `make demo` of a fresh checkout to a served page.

Run as `python -m bench.start [--repeats 5] [--make-demo]`. Goals: `khlang serve` answers within 3 s of its start; `make demo`
with packages already in pip's cache serves a page within 90 s. The clock counts here, so the load of the machine is told; beside
the first stands a bare gunicorn with one page, started in turns with it. `--make-demo` copies what git knows into a folder of its
own, makes its environment from nothing twice, and tells the second time.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench.pages import answers, free_port, stop, wait_for
from bench.yardstick import ROOT, Figure, child_environment, compile_all, report, run_process

SERVE_SECONDS = 3.0
DEMO_SECONDS = 90.0
PAGE = "/"
PATIENCE = 600.0
HELLO = """
import sys
from flask import Flask
from gunicorn.app.base import BaseApplication
app = Flask(__name__)
app.add_url_rule("/", view_func=lambda: "hello")
class Server(BaseApplication):
    def load_config(self):
        for name, value in {"bind": f"127.0.0.1:{sys.argv[1]}", "worker_class": "gthread", "threads": 4, "loglevel": "error"}.items():
            self.cfg.set(name, value)
    def load(self):
        return app
sys.argv, port = sys.argv[:2], sys.argv[1]
Server().run()
"""


def main() -> int:
    """Measure, print a table and one line of JSON; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--make-demo", action="store_true", help="also time `make demo` of a copy; takes some minutes")
    options = parser.parse_args()
    compile_all()
    with tempfile.TemporaryDirectory() as folder:
        figures = serve(Path(folder), options.repeats)
        if options.make_demo:
            figures.append(make_demo(Path(folder)))
    return report("start", figures, repeats=options.repeats)


def serve(folder: Path, repeats: int) -> list[Figure]:
    """Seconds from the start of the process to the first whole page, on a data folder that holds the demonstration."""
    home = {"KHLANG_HOME": str(folder / "home")}
    run_process([sys.executable, "-m", "portal.cli", "demo", "--no-serve"], home)
    ours, theirs, stops = [], [], []
    for _ in range(repeats):
        theirs.append(until_answer([sys.executable, "-c", HELLO], {}, PAGE)[0])
        seconds, stopping = until_answer([sys.executable, "-m", "portal.cli", "serve", "--port"], home, PAGE)
        ours.append(seconds)
        stops.append(stopping)
    slowest = max(ours)
    return [
        Figure("khlang serve, first page", f"{repeats} starts", "s", round(statistics.median(ours), 2), SERVE_SECONDS, round(statistics.median(theirs), 2), "bare gunicorn", note=f"slowest {slowest:.2f} s; all: {', '.join(f'{one:.2f}' for one in ours)}; stops within {max(stops):.2f} s", more={"slowest": slowest}),
    ]  # fmt: skip


def until_answer(command: Sequence[str], environment: dict[str, str], page: str) -> tuple[float, float]:
    """Start a server on a free port, which is the last argument; seconds until its page answers, and until it has stopped."""
    port = free_port()
    began = time.monotonic()
    server = subprocess.Popen(
        [*command, str(port)], cwd=ROOT, env={**child_environment(), **environment}, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(port, page, seconds=60)
        answered = time.monotonic()
    finally:
        stop(server)
    return answered - began, time.monotonic() - answered


def make_demo(folder: Path) -> Figure:
    """`make demo` of a copy of the checkout, environment and all, until the first page is served. Told as missed when it fails."""
    try:
        (cold, _), (warm, made) = (one_demo(folder / f"copy-{turn}") for turn in ("cold", "warm"))
    except RuntimeError as error:
        return Figure("make demo, first page", "fresh copy", "s", PATIENCE, DEMO_SECONDS, note=f"failed: {error}")
    note = f"first time (whatever pip's cache then held) {cold:.0f} s; environment made after {made:.0f} s"
    return Figure("make demo, first page", "fresh copy", "s", round(warm, 1), DEMO_SECONDS, note=note, more={"cold": cold, "environment": made})  # fmt: skip


def one_demo(copy: Path) -> tuple[float, float]:
    """Seconds to the first page and to the finished environment. Raises RuntimeError when it ends without a page."""
    copy_checkout(copy)
    port = free_port()
    kept = {
        name: value
        for name, value in child_environment().items()
        if not name.startswith(("VIRTUAL_ENV", "MAKE", "MFLAGS"))
    }
    environment = {**kept, "KHLANG_HOME": str(copy / "instance"), "KHLANG_PORT": str(port)}
    began, made, answered = time.monotonic(), 0.0, 0.0
    log = copy.with_suffix(".log")
    with log.open("wb") as told:
        demo = subprocess.Popen(
            ["make", "demo"], cwd=copy, env=environment, stdout=told, stderr=told, start_new_session=True
        )
    try:
        while not answered and demo.poll() is None and time.monotonic() - began < PATIENCE:
            time.sleep(0.1)
            if not made and (copy / ".venv" / "bin" / "khlang").exists():
                made = time.monotonic() - began
            if made and answers(port, PAGE):
                answered = time.monotonic() - began
    finally:
        if demo.poll() is None:
            os.killpg(demo.pid, signal.SIGTERM)  # make and what it started, which is a session of its own
            demo.wait(60)
        shutil.rmtree(copy, ignore_errors=True)
    if not answered:
        raise RuntimeError(" ".join(log.read_text(encoding="utf-8").split())[-1500:])
    return answered, made


def copy_checkout(copy: Path) -> None:
    """What git knows of the checkout, in the state in which it lies there."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)


if __name__ == "__main__":
    raise SystemExit(main())
