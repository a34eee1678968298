"""The command line as a module: what benches and people without the script start."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from portal.cli import DONE, FAILED, main
from portal.harvest import queries, worker

ROOT = Path(__file__).resolve().parents[2]


def test_it_runs_as_a_module_with_the_commands_of_every_room():
    done = subprocess.run(
        [sys.executable, "-m", "portal.cli", "--help"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "feedback" in done.stdout
    assert "source-kind" in done.stdout


@pytest.fixture
def told(settings, monkeypatch):
    """What a program that calls commands hears of SIGTERM by its own handler, which it has again afterwards."""
    monkeypatch.setenv("KHLANG_HOME", str(settings.home))
    heard: list[int] = []
    runner = signal.signal(signal.SIGTERM, lambda number, _: heard.append(number))
    yield heard
    signal.signal(signal.SIGTERM, runner)


@pytest.mark.parametrize(
    ("command", "place", "name", "code"),
    [("harvest --all", queries, "chosen_slugs", FAILED), ("worker --once", worker, "work", DONE)],
)
def test_sigterm_ends_a_command_in_order_and_is_its_callers_afterwards(
    told, monkeypatch, command, place, name, code
) -> None:
    monkeypatch.setattr(place, name, lambda *_, **__: signal.raise_signal(signal.SIGTERM))
    assert CliRunner().invoke(main, command.split()).exit_code == code
    assert told == []
    signal.raise_signal(signal.SIGTERM)
    assert told == [signal.SIGTERM]


@pytest.mark.parametrize("command", ["harvest", "harvest --all", "harvest nope", "worker --once", "worker --pause 0"])
def test_sigterm_is_its_callers_after_whatever_end_of_a_command(told, command) -> None:
    CliRunner().invoke(main, command.split())
    signal.raise_signal(signal.SIGTERM)
    assert told == [signal.SIGTERM]
