"""The store under kill -9, failing writes and a full disk (safety.md P1, P7, P8)."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

PUBLISHER = Path(__file__).with_name("publisher.py")
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Run the small publisher in a mode; its victims die, it does not."""

    def runner(mode: str, *more: str) -> dict[str, Any]:
        command = [sys.executable, str(PUBLISHER), mode, str(tmp_path / "home"), *more]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=60, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}
        )
        assert done.returncode == 0, done.stderr
        result: dict[str, Any] = json.loads(done.stdout)
        return result

    return runner


def test_killed_at_random_moments_the_last_good_version_stays_whole(run: Callable[..., dict[str, Any]]) -> None:
    result = run("kills", "20")
    assert result["deaths"] >= 5, "too few were hit while working for the test to say anything"
    assert (result["broken"], result["went_back"]) == (0, 0)
    assert result["end"] == {"number": 21, "whole": True}
    assert result["damaged"] == []
    assert result["left"] == []


def test_killed_at_each_fault_point_the_next_run_finishes(run: Callable[..., dict[str, Any]]) -> None:
    result = run("faults")
    assert set(result["codes"].values()) == {-9}
    assert result["broken"] == 0
    assert result["went_on"] == len(result["codes"])
    assert result["damaged"] == []
    assert result["left"] == []


@pytest.mark.parametrize("failure", ["ENOSPC", "EIO"])
def test_a_failing_disk_ends_in_a_named_error(run: Callable[..., dict[str, Any]], failure: str) -> None:
    result = run("errors", failure)
    assert set(result["codes"].values()) == {7}, "HarvestError and nothing else"
    assert result["broken"] == 0
    assert result["went_on"] == len(result["codes"])
    assert result["damaged"] == []
    assert result["left"] == []


def test_a_full_disk_in_the_middle_of_a_write(run: Callable[..., dict[str, Any]]) -> None:
    result = run("full")
    assert result["code"] == 3
    assert result["served"] == {"number": 1, "whole": True}
    assert result["damaged"] == []
    assert result["left"] == []


def test_a_sweep_leaves_living_work_alone(run: Callable[..., dict[str, Any]]) -> None:
    assert run("living") == {"while_alive": 0, "kept": 1, "when_dead": 1, "left": []}
