"""Fixtures that every test folder shares."""

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from tests.loopback import Loopback

# Timings belong to bench/: a slow machine must not fail a correct example.
hypothesis.settings.register_profile(
    "khlang",
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.data_too_large],
)
hypothesis.settings.load_profile("khlang")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def real_files() -> Path:
    """The folder of real files of Thai offices; they may not be shipped, so tests that use them skip without it."""
    folder = Path(os.environ.get("KHLANG_REAL_FILES", ROOT.parent / "shared" / "data" / "real"))
    if not folder.is_dir():
        pytest.skip("the real files are not part of the project; set KHLANG_REAL_FILES to their folder to run this")
    return folder


@pytest.fixture
def loopback(socket_enabled: None) -> Iterator[Loopback]:
    served = Loopback()
    yield served
    served.close()
