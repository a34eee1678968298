"""The command line as a module: what benches and people without the script start."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_it_runs_as_a_module_with_the_commands_of_every_room():
    done = subprocess.run(
        [sys.executable, "-m", "portal.cli", "--help"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "feedback" in done.stdout
    assert "source-kind" in done.stdout
