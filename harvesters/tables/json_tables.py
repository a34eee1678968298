"""JSON and JSON Lines → tables: a list of objects, an object that holds such lists, or columns of values.

Python's json takes NaN, keeps the last of two equal keys and falls over deep nesting; all three are refused by name.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from math import isfinite
from pathlib import Path
from typing import Any

from harvesters.errors import HarvestError
from harvesters.tables.assemble import assemble
from harvesters.tables.desk import Desk, Place
from harvesters.tables.encoding import SAMPLE
from harvesters.tables.rows import Chunk
from harvesters.tables.working import WorkingFile, pad_rows
from harvesters.values import Table

DEPTH = 4  # how deep objects inside a record become columns of their own ("address.province")
LONG_NUMBER = 30
SEARCH_DEPTH = 3  # how deep a list of records is looked for ({"result": {"records": [...]}})


def read_json(path: Path, encoding: str, title: str, desk: Desk) -> list[Table]:
    """Return the tables of a JSON file; why there is none is noted as a blocking problem, or raised as HarvestError."""
    if path.stat().st_size > desk.limits.json_bytes:
        desk.findings.add("json-too-large", most=desk.limits.json_bytes // 1024 // 1024)
        return []
    try:
        value = _loads(path.read_text(encoding=encoding))
        if _is_rows(value):
            rows = [[_text(cell) for cell in row] for row in value]
            return assemble([Chunk(1, rows)], Place(title), desk)
        found = list(_tables_in(value))
    except HarvestError as error:
        desk.findings.take(error)
        return []
    if not found:
        desk.findings.add("json-no-table")
    return [_write(key or title, enumerate(records, start=1), desk) for key, records in found]


def read_json_lines(path: Path, encoding: str, title: str, desk: Desk) -> list[Table]:
    """Return the table of a JSON Lines file; the row of a record is its line. A broken line is named and left out."""
    table = _write(title, _records(path, encoding, desk), desk)
    return [] if desk.findings.blocking else [table]


def is_json(path: Path, encoding: str) -> bool:
    """Whether text that begins like JSON is JSON rather than a delimited table whose first cell begins with a bracket."""
    with path.open(encoding=encoding, errors="replace") as file:
        head = file.read(SAMPLE).lstrip("\ufeff")
    text = head.lstrip()
    try:
        end = json.JSONDecoder().raw_decode(text)[1]
    except RecursionError:
        return True
    except json.JSONDecodeError as error:
        return text.startswith("{") or error.pos > 0.5 * len(text)
    except ValueError:  # a number of thousands of digits
        return True
    return not text[end:].strip() or text.startswith("{")


def _loads(text: str) -> Any:
    """Parse JSON strictly. Raises HarvestError json-broken, json-constant, json-duplicate-key or json-too-deep."""
    try:
        return json.loads(
            text.removeprefix("\ufeff"),
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_float=_float,
            parse_int=_int,
        )
    except json.JSONDecodeError as error:
        raise HarvestError("json-broken", row=error.lineno, position=error.colno) from error
    except RecursionError as error:
        raise HarvestError("json-too-deep") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise HarvestError("json-duplicate-key", value=next(key for key in keys if keys.count(key) > 1))
    return found


def _constant(name: str) -> Any:
    raise HarvestError("json-constant", value=name)


class _Decimal(float):
    """A number that remembers how it was written."""

    text = ""


def _float(text: str) -> float | str:
    """Keep a number as it is written, but for the ".0" that programs add to whole numbers."""
    number = _Decimal(text)
    if not isfinite(number):
        return text  # 1e999: Python would make it infinite
    number.text = text.removesuffix(".0")
    return number


def _int(text: str) -> int | str:
    return int(text) if len(text) < LONG_NUMBER else text  # Python refuses numbers of more than 4,300 digits


def _tables_in(value: Any, depth: int = 0) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    """Yield (key, records) of every table in a parsed JSON value."""
    if isinstance(value, list):
        if value and all(isinstance(each, dict) for each in value):
            yield "", value
        return
    if not isinstance(value, dict) or depth > SEARCH_DEPTH:
        return
    if _is_columns(value):
        yield "", [dict(zip(value, row, strict=True)) for row in zip(*value.values(), strict=True)]
        return
    for key, inner in value.items():
        for deeper, records in _tables_in(inner, depth + 1):
            yield deeper or key, records


def _is_rows(value: Any) -> bool:
    """Whether a value is a list of rows, each a list of plain values; their first may be the headings."""
    if not isinstance(value, list) or not value or not all(isinstance(row, list) for row in value):
        return False
    return not any(isinstance(cell, (dict, list)) for row in value for cell in row)


def _is_columns(value: Mapping[str, Any]) -> bool:
    """Whether an object is a table by columns: lists of values, none of them nested, all of one length."""
    columns = list(value.values())
    if not columns or not all(isinstance(column, list) and column for column in columns):
        return False
    nested = any(isinstance(cell, (dict, list)) for column in columns for cell in column)
    return not nested and len(set(map(len, columns))) == 1


def _records(path: Path, encoding: str, desk: Desk) -> Iterator[tuple[int, Mapping[str, Any]]]:
    good = False
    with path.open(encoding=encoding, errors="replace", newline="\n") as file:
        for number in count(1):
            line = file.readline(desk.limits.line_bytes + 1)
            if not line:
                break
            if len(line) > desk.limits.line_bytes:
                raise HarvestError("line-too-long", row=number, most=desk.limits.line_bytes // 1024 // 1024)
            if not line.strip("\ufeff \t\r\n"):
                continue
            try:
                record = _loads(line.strip())
            except HarvestError as error:
                desk.findings.add("json-line-broken", row=number, why=error.code)
                continue
            if isinstance(record, dict):
                good = True
                yield number, record
            else:
                desk.findings.add("json-line-broken", row=number, why="json-no-table")
    if not good:
        desk.findings.add("json-no-table")


def _write(title: str, records: Iterable[tuple[int, Mapping[str, Any]]], desk: Desk) -> Table:
    """Write records as they come; columns are added as new keys appear, and earlier rows padded at the end."""
    name, columns, nested, grown = desk.name_for(title), dict[str, int](), set[str](), False
    path = desk.new_path()
    with WorkingFile(path) as file:
        for number, record in records:
            flat = _unique(_flat(record, nested))
            new = [key for key in flat if key not in columns]
            grown = grown or bool(new and file.count)
            columns.update({key: len(columns) + offset for offset, key in enumerate(new)})
            if len(columns) > desk.limits.columns:
                desk.findings.add("too-many-columns", row=number, count=len(columns), most=desk.limits.columns)
                break
            row = _placed(flat, columns)
            desk.check_cells(number, row)
            file.numbered([(number, row)])
            if file.count > desk.limits.rows:
                desk.findings.add("too-many-rows", most=f"{desk.limits.rows:,}")
                break
    if grown:
        pad_rows(path, len(columns))
    for key in sorted(nested):
        desk.findings.add("json-nested", resource=name, column=_whole(key))
    return Table(name, title, tuple(_headings(columns)), path, file.count)


def _placed(flat: Mapping[str, str], columns: Mapping[str, int]) -> list[str]:
    row = [""] * len(columns)
    for key, cell in flat.items():
        row[columns[key]] = cell
    return row


def _unique(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the flat cells of a record; {"a.b": 1, "a": {"b": 2}} keeps both."""
    flat: dict[str, str] = {}
    for key, cell in pairs:
        while key in flat:
            key += "_2"
        flat[key] = cell
    return flat


def _headings(keys: Iterable[str]) -> Iterator[str]:
    """Yield the keys trimmed and unique: keys that differ only in blanks, and the empty key, get a number."""
    taken: set[str] = set()
    for position, key in enumerate(keys, start=1):
        base = " ".join(_whole(key).split()) or f"คอลัมน์ {position}"
        name, number = base, 2
        while name in taken:
            name, number = f"{base}_{number}", number + 1
        taken.add(name)
        yield name


def _flat(record: Mapping[str, Any], nested: set[str], prefix: str = "", depth: int = 1) -> Iterator[tuple[str, str]]:
    for key, value in record.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict) and value and depth < DEPTH:
            yield from _flat(value, nested, f"{name}.", depth + 1)
        else:
            if isinstance(value, (dict, list)):
                nested.add(name)
            yield name, _text(value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, _Decimal):
        return value.text
    if isinstance(value, list) and not any(isinstance(each, (list, dict)) for each in value):
        return ", ".join(map(_text, value))
    if isinstance(value, (dict, list)):
        value = json.dumps(value, ensure_ascii=False)
    return str(value).replace("\0", "")


def _whole(text: str) -> str:
    """Return the text with lone surrogates, which no file can hold, as "?"."""
    return text.encode("utf-8", errors="replace").decode()
