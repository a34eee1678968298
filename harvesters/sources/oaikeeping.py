"""What the listing of a repository remembers: its records so far, where it stands, and when it was last whole.

A listing of a million records takes hours. A killed run goes on at its last token, and the next run asks only for what changed
since. All of it lies in one folder of the source: `state.json`, and `rows.jsonl`, in which a later line of a record wins.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

STATE, ROWS, PAGE = "state.json", "rows.jsonl", "page-"


@dataclass
class Place:
    """Where a listing stands."""

    key: str = ""  # what was asked of whom; another question begins anew
    window: str = ""  # when the last whole listing began, by the repository's clock; "" before the first
    full_at: str = ""  # when all records were last asked for
    began: str = ""  # of the listing that goes on; "" when none does
    full: bool = True  # whether it asks for all records
    token: str = ""  # of the next page
    last: str = ""  # the newest date seen
    ordered: bool = True  # whether the dates have come in order so far
    clock: str = ""  # of the repository, when the listing began
    came: int = 0
    size: int = 0
    length: int = 0  # bytes of the rows that belong to this place
    pages: list[str] = field(default_factory=list)  # fetched, not parsed yet


class Kept:
    """The memory of one source's listing. `rows` is identifier → row of every record that stands."""

    def __init__(self, folder: Path, key: str) -> None:
        self.folder = folder
        self.place = Place(key=key)
        self.rows: dict[str, dict[str, str]] = {}
        self._read(key)

    def _read(self, key: str) -> None:
        try:
            told: dict[str, Any] = json.loads((self.folder / STATE).read_text(encoding="utf-8"))
            place = Place(**told)
        except (OSError, ValueError, TypeError):
            return self.clear()
        if place.key != key:
            return self.clear()
        self.place = place
        rows = self.folder / ROWS
        with contextlib.suppress(FileNotFoundError), rows.open("r+b") as file:
            file.truncate(
                min(place.length, rows.stat().st_size)
            )  # what a killed run wrote after its last word does not count
            file.seek(0)
            for line in file:
                identifier, row = json.loads(line)
                self._take(identifier, row)
        return None

    def _take(self, identifier: str, row: dict[str, str] | None) -> None:
        if row is None:
            self.rows.pop(identifier, None)
        else:
            self.rows[identifier] = row

    def clear(self) -> None:
        """Forget the records and begin anew."""
        for path in self.folder.iterdir():
            path.unlink()
        self.rows = {}
        self.place = Place(key=self.place.key)

    def add_page(self, path: Path) -> None:
        """Keep a page as it came until it is parsed."""
        name = f"{PAGE}{len(self.place.pages)}-{path.name}"
        shutil.move(path, self.folder / name)
        self.place.pages.append(name)

    def pages(self) -> list[str]:
        """The files of the pages that wait."""
        return [str(self.folder / name) for name in self.place.pages]

    def add_records(self, records: list[dict[str, Any]]) -> None:
        """Take in the records of the waiting pages, which are then done with."""
        with (self.folder / ROWS).open("ab") as file:
            for record in records:
                row = None if record["deleted"] else record["row"]
                self._take(record["output_id"], row)
                file.write(json.dumps([record["output_id"], row], ensure_ascii=False).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
            self.place.length = file.tell()
        done, self.place.pages = self.pages(), []
        self.save()
        for path in done:
            Path(path).unlink(missing_ok=True)

    def save(self) -> None:
        """Write down where the listing stands, whole or not at all."""
        draft = self.folder / f"{STATE}.new"
        with draft.open("w", encoding="utf-8") as file:
            json.dump(asdict(self.place), file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.folder / STATE)

    def finish(self, window: str, full_at: str) -> None:
        """The listing is whole: write the records anew without what was overwritten."""
        draft = self.folder / f"{ROWS}.new"
        with draft.open("wb") as file:
            for identifier in sorted(self.rows):
                file.write(json.dumps([identifier, self.rows[identifier]], ensure_ascii=False).encode() + b"\n")
            length = file.tell()
        self.place = Place(key=self.place.key)  # a kill between the two writes begins the listing anew, no worse
        self.save()
        draft.replace(self.folder / ROWS)
        self.place = Place(key=self.place.key, window=window, full_at=full_at, length=length)
        self.save()
