"""A whole portal on a data folder of its own; nothing is patched."""

import csv
import io
import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from portal.app import create_app
from portal.cli import main
from portal.home import prepare
from portal.settings import Settings

HERE = Path(__file__).resolve().parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a journey, so that none is taken for a test of one room."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.journey)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    monkeypatch.setenv("KHLANG_HOME", str(folder))
    return folder


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder as `khlang init` makes it, to be copied: migrating anew for each test would take most of the time."""
    folder = tmp_path_factory.mktemp("prepared") / "home"
    prepare(Settings(home=folder))
    return folder


@pytest.fixture
def settings(home: Path, prepared: Path) -> Settings:
    shutil.copytree(prepared, home)
    return Settings()


class WholeAnswers(FlaskClient):
    """A client that reads every answer to its end, so that no file stays open."""

    def open(self, *arguments, **options):
        return super().open(*arguments, buffered=True, **options)


@pytest.fixture
def client(settings: Settings):
    """The portal's pages, as a browser on this machine sees them."""
    app = create_app(settings)
    app.test_client_class = WholeAnswers
    return app.test_client()


@pytest.fixture
def khlang(settings: Settings, run_khlang):
    """The command line on a prepared data folder."""
    return run_khlang


@pytest.fixture
def run_khlang(home: Path):
    """The command line: returns the JSON that it printed, or click's result without --json."""

    def run(*arguments: object, code: int | None = 0):
        result = CliRunner().invoke(main, [str(argument) for argument in arguments], catch_exceptions=False)
        if code is not None:
            assert result.exit_code == code, result.output
        if "--json" in arguments or arguments[:2] in (("source", "show"), ("dataset", "show")):
            return json.loads(result.stdout)
        return result

    return run


@pytest.fixture
def read_csv():
    """The rows of a downloaded CSV as dicts."""

    def read(body: bytes) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))

    return read
