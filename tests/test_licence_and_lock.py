"""Guards over what is promised to whoever installs this: one licence, pinned dependencies with hashes, no host named."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import hatchling.build
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("core", "dev", "build")
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@cache
def pins(lock: str) -> dict[str, tuple[Requirement, list[str]]]:
    """Each pinned distribution of a lock file with its hashes. A line of another form fails the test that reads it."""
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    found = {}
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    for line in re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines():
        requirement, *hashes = re.split(r"\s+--hash=", line.strip())
        parsed = Requirement(requirement)
        found[canonicalize_name(parsed.name)] = (parsed, hashes)
    return found


def declared(*extras: str) -> list[Requirement]:
    """What pyproject.toml asks for, with the named extras."""
    project = PROJECT["project"]
    asked = [*project["dependencies"], *(line for extra in extras for line in project["optional-dependencies"][extra])]
    return [Requirement(line) for line in asked]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_is_exact_and_has_hashes(lock: str) -> None:
    assert pins(lock)
    for requirement, hashes in pins(lock).values():
        assert re.fullmatch(r"==[^*,]+", str(requirement.specifier)), str(requirement)
        assert hashes, str(requirement)
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", mark) for mark in hashes), str(requirement)
        assert requirement.url is None


@pytest.mark.parametrize("lock", LOCKS)
def test_no_lock_names_a_host(lock: str) -> None:
    """Whoever installs chooses where from; an address of ours would not answer on another network."""
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*-(?:-index-url|-extra-index-url|-find-links|-trusted-host|[if]\s)", text, re.MULTILINE)


@pytest.mark.parametrize(
    ("lock", "extras"), [("core", ()), ("dev", tuple(PROJECT["project"]["optional-dependencies"]))]
)
def test_everything_asked_for_is_locked_within_its_bounds(lock: str, extras: tuple[str, ...]) -> None:
    locked = pins(lock)
    for wanted in declared(*extras):
        assert canonicalize_name(wanted.name) in locked, f"{wanted} is not in requirements/{lock}.txt: make lock"
        (pin,) = locked[canonicalize_name(wanted.name)][0].specifier
        assert wanted.specifier.contains(pin.version, prereleases=True), f"{wanted} but {pin} is locked: make lock"


def test_the_locks_agree() -> None:
    """What is tested is what is installed."""
    for name, (requirement, hashes) in pins("core").items():
        assert pins("dev")[name][0].specifier == requirement.specifier
        assert sorted(pins("dev")[name][1]) == sorted(hashes)
    assert pins("build")["hatchling"][0].specifier == pins("dev")["hatchling"][0].specifier
    assert [str(pins("build")["hatchling"][0].specifier)] == [
        str(Requirement(line).specifier) for line in PROJECT["build-system"]["requires"]
    ]


def test_the_build_lock_serves_both_ways_of_installing() -> None:
    """make installs with `--no-build-isolation`, so that pip takes what builds the project from the lock alone."""
    for wanted in map(
        Requirement,
        [*hatchling.build.get_requires_for_build_wheel(), *hatchling.build.get_requires_for_build_editable()],
    ):
        assert canonicalize_name(wanted.name) in pins("build"), f"{wanted} is not in requirements/build.txt: make lock"
        (pin,) = pins("build")[canonicalize_name(wanted.name)][0].specifier
        assert wanted.specifier.contains(pin.version)


def test_everything_imported_is_asked_for() -> None:
    """No import works only because some other package happens to bring it.

    Left out are the parts that a declared framework shows in its own interface, such as the attrs classes of frictionless.
    """
    brought_by = packages_distributions()
    asked = {canonicalize_name(wanted.name) for wanted in declared(*PROJECT["project"]["optional-dependencies"])}
    brought_along = {"werkzeug", "jinja2", "markupsafe", "click", "babel", "pydantic", "urllib3", "attrs"}
    strange = set()
    for path in [*(ROOT / "harvesters").rglob("*.py"), *(ROOT / "portal").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                modules = [node.module or ""]
            else:
                continue
            for top in (
                {module.split(".")[0] for module in modules} - sys.stdlib_module_names - {"harvesters", "portal"}
            ):
                owners = {canonicalize_name(owner) for owner in brought_by.get(top, [top])}
                if not owners & (asked | brought_along):
                    strange.add(f"{path.relative_to(ROOT)} {top}")
    assert strange == set()


def test_the_licence_is_apache() -> None:
    assert PROJECT["project"]["license"] == "Apache-2.0"
    assert PROJECT["project"]["license-files"] == ["LICENSE"]
    words = " ".join((ROOT / "LICENSE").read_text(encoding="utf-8").split())
    assert words.startswith("Apache License Version 2.0, January 2004")
    for heading in ("3. Grant of Patent License.", "7. Disclaimer of Warranty.", "END OF TERMS AND CONDITIONS"):
        assert heading in words


def test_one_place_sets_up_the_tools() -> None:
    """All settings of the tools stand in pyproject.toml, so that there is one answer to each question."""
    others = (
        "ruff.toml",
        ".ruff.toml",
        "mypy.ini",
        ".mypy.ini",
        "pytest.ini",
        "tox.ini",
        "setup.cfg",
        "setup.py",
        ".flake8",
    )
    assert [name for name in others if (ROOT / name).exists()] == []
    assert PROJECT["project"]["scripts"] == {"khlang": "portal.cli:main"}
    assert PROJECT["project"]["requires-python"] == ">=3.11"
