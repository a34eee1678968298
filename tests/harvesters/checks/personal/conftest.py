"""The generator of tables, and small tables written by hand."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType

import pytest

from harvesters.values import Table


@pytest.fixture(scope="session")
def generate() -> ModuleType:
    """The module that makes tables with and without planted values."""
    spec = importlib.util.spec_from_file_location("personal_generate", Path(__file__).with_name("generate.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["personal_generate"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def make_table(generate: ModuleType, tmp_path: Path) -> Callable[..., Table]:
    """Write rows to a working file: make_table(headings, rows, name=…, sheet=…)."""

    def make(headings: Sequence[str], rows: Sequence[Sequence[str]], name: str = "t", **more: object) -> Table:
        return generate.make_table(tmp_path, name, headings, rows, **more)

    return make
