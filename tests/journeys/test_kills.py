"""Harvests that are killed: at every named point once, and at random moments. `bench/kills.py` does two hundred."""

from __future__ import annotations

import pytest

from tests.kills import kill_all, prepared

pytestmark = pytest.mark.journey


def test_kills_at_every_point_and_at_random_moments_lose_nothing(settings, tmp_path):
    killed = prepared(settings, tmp_path / "files", count=3)
    assert kill_all(killed, 7, every=5) == ([], 0)
