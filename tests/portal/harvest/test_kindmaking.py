"""The skeleton of a new kind: its test is green as it is written, and once installed it is a kind like any other."""

import subprocess
import sys
from pathlib import Path

import pytest

from portal.errors import PortalError
from portal.harvest.kindmaking import write_skeleton

ROOT = Path(__file__).resolve().parents[3]


def run(folder: Path, *command: str, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env={"PYTHONPATH": f"{ROOT}:{path or folder}", "PATH": "/usr/bin:/bin", "KHLANG_HOME": str(folder / "home")},
        capture_output=True,
        text=True,
    )


def test_the_test_of_a_new_kind_passes_as_it_was_written(tmp_path):
    folder = write_skeleton("geonode", tmp_path)[0].parent
    assert sorted(path.name for path in folder.iterdir()) == [
        "khlang_source_geonode.py",
        "pyproject.toml",
        "test_khlang_source_geonode.py",
    ]
    done = run(folder, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


def test_an_installed_kind_is_registered_with_its_options(tmp_path):
    folder = write_skeleton("geonode", tmp_path)[0].parent
    installed = tmp_path / "installed"
    made = run(
        folder,
        "-m",
        "pip",
        "install",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        "--target",
        str(installed),
        ".",
    )
    assert made.returncode == 0, made.stderr
    asked = "from harvesters.sources import options_of; print([option.name for option in options_of('geonode')][-1])"
    assert run(folder, "-c", asked, path=installed).stdout.strip() == "ending"


@pytest.mark.parametrize(
    ("name", "code"), [("ckan", "kind-taken"), ("A", "kind-name-wrong"), ("../x", "kind-name-wrong")]
)
def test_a_name_that_can_not_be_used_is_told(tmp_path, name, code):
    with pytest.raises(PortalError) as wrong:
        write_skeleton(name, tmp_path)
    assert wrong.value.code == code
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_is_never_written_over(tmp_path):
    write_skeleton("geonode", tmp_path)
    with pytest.raises(PortalError) as taken:
        write_skeleton("geonode", tmp_path)
    assert taken.value.code == "kind-taken"
