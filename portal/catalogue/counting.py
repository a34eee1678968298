"""How often the files of a version were taken, without a word about by whom: no address, no browser, no cookie, no hour.

A download appends one line to this month's file, so that reading writes nothing to the database. The worker counts each file
from where it stopped; the place where it stopped moves in the transaction of the counts, so that no line counts twice.
"""

from __future__ import annotations

import logging
import os
from collections import Counter
from pathlib import Path

from flask import Response, current_app, g, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.catalogue.models import Dataset, DownloadCount, DownloadLog, Version
from portal.db import now, transaction

log = logging.getLogger("khlang.downloads")

FOLDER = "downloads"
AT_ONCE = 8 << 20  # bytes of a file counted by one transaction
Taken = tuple[str, int, str]  # dataset, version, form


def taken(dataset: Dataset, version: Version, form: str) -> None:
    """Say that this answer is a download of these files; `note_taken` writes it down when it goes out."""
    g.taken = (dataset.name, version.number, form)


def note_taken(response: Response) -> Response:
    """Write down a download that was answered: whole, or its first part; a reader who has the file already takes nothing."""
    found: Taken | None = g.pop("taken", None)
    first = response.status_code == 206 and response.headers.get("Content-Range", "").startswith("bytes 0-")
    if found is not None and request.method == "GET" and (response.status_code == 200 or first):
        try:
            append(current_app.config["KHLANG"].home, found)
        except OSError:  # a full disk must not keep anybody from the data
            log.exception("a download could not be written down")
    return response


def append(home: Path, found: Taken) -> None:
    """Append one line in one write, which no other process can tear."""
    folder = home / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    line = f"{found[0]} {found[1]} {found[2]}\n".encode()
    file = os.open(folder / f"{now():%Y-%m}.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(file, line)
    finally:
        os.close(file)


def count_downloads(home: Path) -> int:
    """Count what was appended since the last time; returns how many downloads. Files of past months go when they are counted."""
    counted = 0
    for path in sorted((home / FOLDER).glob("????-??.log")):
        while found := count_file(path):
            counted += found
        if path.stem < f"{now():%Y-%m}" and is_counted(path):
            path.unlink(missing_ok=True)
    return counted


def count_file(path: Path) -> int:
    """Count the next lines of one file; 0 when there are none."""
    with transaction() as session:
        place = session.scalar(select(DownloadLog).where(DownloadLog.name == path.name).with_for_update())
        if place is None:
            place = DownloadLog(name=path.name, counted_bytes=0)
            session.add(place)
            session.flush()
        with path.open("rb") as file:
            file.seek(place.counted_bytes)
            lines = file.read(AT_ONCE)
        lines = lines[: lines.rfind(b"\n") + 1]
        found = Counter(filter(None, map(read_line, lines.splitlines())))
        add_counts(session, found)
        place.counted_bytes += len(lines)
        return sum(found.values())


def read_line(line: bytes) -> Taken | None:
    """A line as it was appended; None for one that a crash cut."""
    parts = line.decode("ascii", "replace").split(" ")
    return (parts[0], int(parts[1]), parts[2][:10]) if len(parts) == 3 and parts[1].isdigit() else None


def add_counts(session: Session, found: Counter[Taken]) -> None:
    """Add to the counts; datasets that are not known are passed over."""
    names = {name for name, _number, _form in found}
    ids = {name: id_ for name, id_ in session.execute(select(Dataset.name, Dataset.id).where(Dataset.name.in_(names)))}  # noqa: C416 - a Row is no pair to dict()
    for (name, number, form), count in found.items():
        if name in ids:
            key = (ids[name], number, form)
            row = session.get(DownloadCount, key) or DownloadCount(
                dataset_id=key[0], version=number, form=form, count=0
            )
            row.count += count
            session.add(row)


def is_counted(path: Path) -> bool:
    """Whether nothing of a file is left to count."""
    with transaction() as session:
        place = session.get(DownloadLog, path.name)
        return place is not None and place.counted_bytes >= path.stat().st_size
