"""Reading in the limited child, as the line does it: a parser that ends its process ends only that one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harvesters.tables import read_file
from harvesters.tables.limits import Limits


def read(argument: Mapping[str, Any]) -> dict[str, Any]:
    """{"path", "filename", "workdir"} → {"tables": how many, "blocking": codes of the problems that stop it}."""
    reading = read_file(
        Path(argument["path"]),
        filename=argument["filename"],
        workdir=Path(argument["workdir"]),
        limits=Limits(columns=50, rows=1_000),
    )
    return {
        "tables": len(reading.tables),
        "blocking": [problem.code for problem in reading.problems if problem.blocking],
    }
