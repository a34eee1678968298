"""Fixtures for tables as a version keeps them: a Parquet with `_row` first, and its schema."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

TYPES = {"integer": "BIGINT", "number": "DOUBLE", "date": "DATE", "boolean": "BOOLEAN", "year": "INTEGER"}
MakeTable = Callable[..., tuple[Path, dict[str, Any]]]


@pytest.fixture(scope="session")
def writer() -> Iterator[duckdb.DuckDBPyConnection]:
    """The connection that test tables are written by."""
    with duckdb.connect(config={"threads": 1}) as connection:
        yield connection


@pytest.fixture
def make_table(tmp_path: Path, writer: duckdb.DuckDBPyConnection) -> MakeTable:
    """A function that writes rows as Parquet: `make_table({"name": "string"}, [["ก"], …])` → (path, schema).

    Row numbers count from 2, as under a heading row, unless `numbers` gives them.
    """
    made = itertools.count()
    folder = tmp_path / "tables"

    def make(
        fields: dict[str, str], rows: Sequence[Sequence[Any]], numbers: Sequence[int] | None = None
    ) -> tuple[Path, dict[str, Any]]:
        folder.mkdir(exist_ok=True)
        path = folder / f"{next(made)}.parquet"
        columns = ", ".join(f"c{at} {TYPES.get(kind, 'VARCHAR')}" for at, kind in enumerate(fields.values()))
        quoted = [name.replace('"', '""') for name in fields]
        names = ", ".join(f'c{at} AS "{name}"' for at, name in enumerate(quoted))
        writer.execute(f"CREATE OR REPLACE TABLE made (r BIGINT, {columns})")
        flat = [
            cell for number, row in zip(numbers or itertools.count(2), rows, strict=False) for cell in (number, *row)
        ]
        if flat:
            marks = f"({', '.join('?' * (len(fields) + 1))})"
            writer.execute(f"INSERT INTO made VALUES {', '.join([marks] * len(rows))}", flat)
        writer.execute(f"COPY (SELECT r AS _row, {names} FROM made) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
        return path, {"fields": [{"name": name, "type": kind} for name, kind in fields.items()]}

    return make


@pytest.fixture
def clusters(make_table: MakeTable) -> tuple[Path, dict[str, Any]]:
    """Six made-up clusters with everything that tells the types apart."""
    fields = {
        "cluster_id": "string",
        "name": "string",
        "จังหวัด": "string",
        "members": "integer",
        "income": "number",
        "founded": "date",
        "active": "boolean",
        "phone": "string",
    }
    return make_table(
        fields,
        [
            ["001", "กลุ่มทอผ้าบ้านตัวอย่าง", "แพร่", 12, 15000.5, "2020-01-31", True, "054000001"],
            ["002", "แปรรูปกล้วยตาก", "พิษณุโลก", 7, 9000.0, "2019-05-01", True, None],
            ["003", "=SUM(1+1)", "แพร่", None, None, None, False, "+66 54 000 002"],
            ["004", "@ผ้าย้อมคราม", "สกลนคร", 30, 120000.0, "2015-12-10", None, "054000003"],
            ["005", "- กลุ่มจักสาน", None, 7, -3.25, "2021-07-15", True, "-"],
            ["0006", 'น้ำพริก "แม่สมมติ"', "น่าน", 100, 0.1, "2022-02-28", False, "054000005"],
        ],
    )
