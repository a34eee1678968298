"""Turns at a host over several processes, as its server would see them."""

from __future__ import annotations

import itertools
import subprocess
import sys
import time
from pathlib import Path

from harvesters.politeness import Politeness, wait_among

ROOT = Path(__file__).resolve().parents[2]
VISITOR = """
import sys, time
from pathlib import Path
from harvesters.politeness import Politeness
for _ in range(4):
    with Politeness().turn("host", at_once=2, seconds_between=0.1, turns=Path(sys.argv[1])):
        print(time.monotonic(), 1, flush=True)
        time.sleep(0.25)
        print(time.monotonic(), -1, flush=True)
"""


def visitors(turns: Path, count: int) -> list[subprocess.Popen[str]]:
    command = [sys.executable, "-c", VISITOR, str(turns)]
    return [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(count)]


def test_processes_together_make_no_more_than_two_requests_at_once(tmp_path):
    moments = []
    for visitor in visitors(tmp_path / "turns", 3):
        out, _ = visitor.communicate(timeout=60)
        assert visitor.returncode == 0
        moments += [(float(when), int(change)) for when, change in (line.split() for line in out.splitlines())]
    running = list(itertools.accumulate(change for _, change in sorted(moments)))
    assert max(running) == 2
    begun = sorted(when for when, change in moments if change == 1)
    assert len(begun) == 12
    assert min(later - earlier for earlier, later in itertools.pairwise(begun)) > 0.05


def test_a_process_that_is_killed_leaves_its_turn_to_others(tmp_path):
    turns = tmp_path / "turns"
    for visitor in visitors(turns, 2):
        assert visitor.stdout is not None
        visitor.stdout.readline()
        visitor.kill()
        visitor.wait()
        visitor.stdout.close()
    began = time.monotonic()
    with Politeness().turn("host", at_once=2, seconds_between=0.0, turns=turns):
        assert time.monotonic() - began < 30


def test_a_moment_of_before_a_restart_is_not_waited_for(tmp_path):
    wait_among(tmp_path, "host", 0.1)
    file = next(tmp_path.glob("*.last"))
    file.write_text(repr(time.monotonic() + 9e6))
    began = time.monotonic()
    wait_among(tmp_path, "host", 0.1)
    assert time.monotonic() - began < 30  # not 9e6


def test_hosts_do_not_wait_for_each_other(tmp_path):
    began = time.monotonic()
    told = {"at_once": 1, "seconds_between": 90.0, "turns": tmp_path}
    with Politeness().turn("one", **told), Politeness().turn("other", **told):
        assert time.monotonic() - began < 30
