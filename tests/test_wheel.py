"""The built distributions hold all that the portal needs where there is no checkout, and nothing that it must not ship."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The sdist of the checkout, and the wheel made from that sdist, as whoever packages it would make it."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (sdist,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    return sdist, wheel


@pytest.fixture(scope="module")
def inside_sdist(built: tuple[Path, Path]) -> set[str]:
    with tarfile.open(built[0]) as archive:
        members = archive.getmembers()
    assert not [member.name for member in members if member.issym() or member.islnk()]
    return {member.name.split("/", 1)[1] for member in members if member.isfile()}


@pytest.fixture(scope="module")
def wheel(built: tuple[Path, Path]) -> Path:
    return built[1]


@pytest.fixture(scope="module")
def inside(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def files(folder: str) -> set[str]:
    """The files of a folder of the checkout that are part of the project."""
    found = {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*") if path.is_file()}
    return {name for name in found if "__pycache__" not in name and not name.endswith(".pyc")}


def test_wheel_holds_the_templates(inside: set[str]) -> None:
    wanted = {name.replace("templates/", "portal/_templates/", 1) for name in files("templates")}
    assert "portal/_templates/base.html" in wanted
    assert sorted(wanted - inside) == []


def test_wheel_holds_the_bundled_data(inside: set[str]) -> None:
    wanted = {name.replace("datasets/", "harvesters/_datasets/", 1) for name in files("datasets")}
    for name in ("reference/places/datapackage.json", "profiles/research-unit.json", "demo/sources.json"):
        assert f"harvesters/_datasets/{name}" in wanted
    assert sorted(wanted - inside) == []


def test_wheel_holds_what_the_pages_need(inside: set[str]) -> None:
    assert sorted(files("portal") - inside) == []
    for wanted in ("portal/static/khlang.css", "portal/static/thai-font-OFL.txt", "portal/migrations/env.py"):
        assert wanted in inside
    assert len([name for name in inside if name.startswith("portal/static/") and name.endswith(".woff2")]) == 2
    assert "portal/translations/en/LC_MESSAGES/messages.mo" in inside
    assert any(name.startswith("portal/migrations/versions/0001") for name in inside)


def test_wheel_holds_the_licence_command_and_kinds_of_source(wheel: Path, inside: set[str]) -> None:
    (folder,) = {name.split("/")[0] for name in inside if ".dist-info/" in name}
    with zipfile.ZipFile(wheel) as archive:
        licence = archive.read(f"{folder}/licenses/LICENSE").decode()
        entries = archive.read(f"{folder}/entry_points.txt").decode()
        about = archive.read(f"{folder}/METADATA").decode()
    assert licence == (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "khlang = portal.cli:main" in entries
    assert "spreadsheet = harvesters.sources.spreadsheet:Spreadsheet" in entries
    assert "License-Expression: Apache-2.0" in about
    assert "Requires-Python: >=3.11" in about


def test_wheel_holds_nothing_else(inside: set[str]) -> None:
    tops = {name.split("/")[0] for name in inside}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"harvesters", "portal"}
    unwanted = (".pyc", ".sqlite", ".sqlite-wal", ".parquet", ".log", ".env")
    assert sorted(name for name in inside if name.endswith(unwanted) or "/instance/" in name) == []


def test_sdist_holds_what_pyproject_says(inside_sdist: set[str]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    said = project["tool"]["hatch"]["build"]["targets"]["sdist"]["only-include"]
    for name in said:
        assert (ROOT / name).exists(), f"pyproject.toml includes {name}, which is not there"
        wanted = files(name) if (ROOT / name).is_dir() else {name}
        assert sorted(wanted - inside_sdist) == []
    always = {"PKG-INFO", "pyproject.toml", ".gitignore"}
    assert {name.split("/")[0] for name in inside_sdist} <= {*said, *always}


def test_the_wheel_works_without_the_checkout(wheel: Path, tmp_path: Path) -> None:
    """Unpacked elsewhere, the code finds its data and templates in the wheel and its data folder in the user's home."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]);"
        "from harvesters import bundled; from portal.app import templates_folder; from portal.settings import default_home;"
        "print(bundled.datasets_folder()); print(templates_folder()); print(default_home());"
        "print(len(bundled.read_table('provinces')), len(bundled.profiles()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "site")],
        cwd=tmp_path,
        env={"XDG_DATA_HOME": str(tmp_path / "data"), "PATH": ""},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    site = tmp_path / "site"
    assert done.stdout.splitlines() == [
        str(site / "harvesters" / "_datasets"),
        str(site / "portal" / "_templates"),
        str(tmp_path / "data" / "khlang"),
        "77 4",
    ]
