"""Two hundred harvests of twenty datasets, each killed at a random moment, and one killed at every named point.

Run as `python -m bench.kills [--kills 200]`. Goals: nothing broken and nothing older is ever served, no row is lost, the next run
completes. There is no yardstick beside it: the goal is none at all.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from bench.yardstick import Figure, compile_all, report
from portal.home import prepare
from portal.settings import Settings
from tests.kills import POINTS, kill_all, prepared

COMPLETED_EVERY = 10  # kills after which a run is let go to its end


def main() -> int:
    """Kill, look, and count what was wrong; 1 when anything was."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    options = parser.parse_args()
    compile_all()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder) / "home")
        prepare(settings)
        killed = prepared(settings, Path(folder) / "files")
        wrong, incomplete = kill_all(killed, options.kills, every=COMPLETED_EVERY)
    size = f"{options.kills} kills, {len(POINTS)} points, 20 datasets"
    figures = [
        Figure("broken, older or lost after a kill", size, "", len(wrong), 0, note="; ".join(wrong[:3])),
        Figure("next runs that did not complete", size, "", incomplete, 0),
    ]
    return report("kills", figures, kills=options.kills)


if __name__ == "__main__":
    raise SystemExit(main())
