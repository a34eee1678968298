"""Harvests that are killed: at every named point once, and at random moments. `bench/kills.py` does two hundred."""

from __future__ import annotations

import pytest

from tests.kills import POINTS, kill_all, prepared

pytestmark = pytest.mark.journey

KILLS = 20  # in all; each that did not meet its process alive is done again


@pytest.mark.usefixtures("socket_enabled")  # the processes are asked for by a socket of this machine
def test_kills_at_every_point_and_at_random_moments_lose_nothing(settings, tmp_path):
    killed = prepared(settings, tmp_path / "files", count=2)
    assert kill_all(killed, KILLS - len(POINTS), every=7) == ([], 0)
