"""The data folder: what people told in confidence is closed to other users of the machine."""

import os
import stat
from pathlib import Path

import pytest

from portal.home import prepare
from portal.settings import Settings


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def open_umask():
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_a_new_folder_and_its_database_are_closed_to_others(tmp_path: Path, open_umask: None) -> None:
    settings = Settings(home=tmp_path / "home", _env_file=None)
    prepare(settings)
    assert mode(settings.home) == 0o700
    assert {mode(path) for path in settings.home.glob("khlang.sqlite*")} == {0o600}
    assert (settings.home / "khlang.sqlite").stat().st_size > 0


def test_a_database_that_lay_open_is_closed(tmp_path: Path, open_umask: None) -> None:
    settings = Settings(home=tmp_path / "home", _env_file=None)
    prepare(settings)
    database = settings.home / "khlang.sqlite"
    database.chmod(0o644)
    prepare(settings)
    assert mode(database) == 0o600
