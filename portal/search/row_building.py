"""Writes the index of rows (`rows.py`). One builder at a time; a large table is written in pieces, so that nobody waits long.

A dataset that leaves the catalogue is hidden by whoever drained that, beside a builder at work: a builder that has begun its
rows can no longer make them ready.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from harvesters import bundled
from harvesters.faults import fault_point
from harvesters.packages.store import Store
from portal.catalogue.models import Dataset, Version
from portal.catalogue.queries import told_by_others, visible
from portal.errors import PortalError
from portal.search.row_file import BUILDING, DEAD, KIND, READY, SPAN_BITS, RowFile, create
from portal.search.row_texts import indexed, row_lines
from portal.search.turns import turn

BATCHES = 8  # of 5,000 rows, written in one transaction
SWEPT = 20_000  # lines taken out in one transaction


class RowBuilding(RowFile):
    """The writing half of the index of rows."""

    def __init__(self, folder: Path, store: Store) -> None:
        super().__init__(folder)
        self.store = store

    def hide(self, names: Sequence[str]) -> None:
        """Make the rows of these datasets unfindable at once, also those that a builder is just writing."""
        if not names:
            return
        try:
            with self.writing(self.path_of(self.told())) as connection:
                connection.executemany("UPDATE span SET state = ? WHERE dataset = ?", [(DEAD, name) for name in names])
        except PortalError as error:
            if error.code != "search-rebuilding":  # a missing or damaged index is built anew, without them
                raise

    def refresh(self, session: Session, name: str) -> None:
        """Make the rows of one dataset those of its current public version; none where it is not public.

        `session` leads to the catalogue; each look at it is a transaction of its own. Raises PortalError("search-rebuilding").
        """
        with self._builder():
            path = self.path_of(self.told())
            self._make(path, session, name)
            self._sweep(path)

    def rebuild(self, session: Session) -> None:
        """Build anew beside the index in force, then switch."""
        with self._builder():
            path = self.new_path()
            create(path)
            with fresh(session) as looking:
                names = list(looking.scalars(visible(select(Dataset.name)).order_by(Dataset.id)))
            for name in names:
                self._make(path, session, name)
            fault_point("rows-written")
            self.switch(path)
        for name in self.differing(session):  # withdrawn or published meanwhile
            self.refresh(session, name)

    def differing(self, session: Session) -> list[str]:
        """The datasets whose rows in the index are not those of the catalogue."""
        with fresh(session) as looking:
            query = visible(
                told_by_others(select(Dataset.name, Version.number, Version.row_count)).join(
                    Version, Dataset.current_version_id == Version.id
                )
            )
            wanted = {name: number for name, number, rows in looking.execute(query) if rows}
        present = self.versions()
        return sorted(name for name in wanted.keys() | present.keys() if wanted.get(name) != present.get(name))

    def versions(self) -> dict[str, int]:
        """Which version of each dataset has its rows in the index. Raises PortalError("search-rebuilding")."""
        with self.reading() as connection:
            found = connection.execute(
                "SELECT dataset, max(version) FROM span WHERE state = ? GROUP BY dataset", (READY,)
            )
            return {str(name): int(number) for name, number in found.fetchall()}

    def _make(self, path: Path, session: Session, name: str) -> None:
        """Write the rows of a dataset and make them ready in place of those of its older version."""
        while True:
            version, province = public_version(session, name)
            if version is None:
                with self.writing(path) as connection:
                    connection.execute("UPDATE span SET state = ? WHERE dataset = ?", (DEAD, name))
                return
            spans = self._begin(path, name, version)
            if not spans:
                return
            again, _ = public_version(session, name)  # after the spans are there, so that `hide` would have met them
            if again is None or again.number != version.number:
                self._end(path, name, spans, DEAD)
                continue
            for resource, span in spans.items():
                self._write(path, version, resource, span, province)
            fault_point("rows-indexed")
            self._end(path, name, spans, READY)
            return

    def _begin(self, path: Path, name: str, version: Version) -> dict[str, int]:
        """Make a span for each table of a version. None when they are ready already."""
        with self.writing(path) as connection:
            ready = connection.execute(
                "SELECT DISTINCT version FROM span WHERE dataset = ? AND state = ?", (name, READY)
            ).fetchall()
            filled = [resource.name for resource in version.resources if resource.rows]
            if ready == [(version.number,)] and filled:
                return {}
            spans: dict[str, int] = {}
            for resource in filled:
                told = (BUILDING, name, version.number, resource)
                made = connection.execute(
                    "INSERT INTO span (state, dataset, version, resource) VALUES (?, ?, ?, ?)", told
                )
                spans[resource] = int(made.lastrowid or 0)
            if not spans:
                connection.execute("UPDATE span SET state = ? WHERE dataset = ?", (DEAD, name))
            return spans

    def _write(self, path: Path, version: Version, resource: str, span: int, province: str | None) -> None:
        """Write the rows of one table under its span."""
        parquet = next(file.sha256 for file in version.files if file.role == "parquet" and file.resource == resource)
        schema: Mapping[str, Any] = next(one.schema for one in version.resources if one.name == resource)
        number = span << SPAN_BITS
        lines = row_lines(self.store.path(parquet), schema, province)
        while True:
            written = 0
            with self.writing(path) as connection:
                for batch in islice(lines, BATCHES):
                    texts = [indexed(line) for line in batch]
                    told = [(number + at, texts[at], row, code) for at, (row, code, _) in enumerate(batch)]
                    connection.executemany("INSERT INTO line (rowid, text, row, province) VALUES (?, ?, ?, ?)", told)
                    signs = [(sign,) for sign in set("".join(texts))]
                    connection.executemany("INSERT OR IGNORE INTO letter VALUES (?)", signs)
                    number += len(batch)
                    written += len(batch)
            if not written:
                return

    def _end(self, path: Path, name: str, spans: Mapping[str, int], state: int) -> None:
        """Make spans ready in place of those that were, unless they were hidden meanwhile; or give them up."""
        with self.writing(path) as connection:
            if state == READY:
                connection.execute("UPDATE span SET state = ? WHERE dataset = ? AND state = ?", (DEAD, name, READY))
            connection.executemany(
                "UPDATE span SET state = ? WHERE id = ? AND state = ?",
                [(state, span, BUILDING) for span in spans.values()],
            )

    def _sweep(self, path: Path) -> None:
        """Take out the lines of all spans that are not ready: the builder's own work is done, so nobody needs them."""
        with self.writing(path) as connection:
            dead = connection.execute("SELECT id FROM span WHERE state <> ?", (READY,)).fetchall()
        for (span,) in dead:
            left = True
            while left:
                with self.writing(path) as connection:
                    first, last = span << SPAN_BITS, (span + 1 << SPAN_BITS) - 1
                    some = connection.execute(
                        "SELECT rowid FROM line WHERE rowid BETWEEN ? AND ? LIMIT ?", (first, last, SWEPT)
                    ).fetchall()
                    connection.executemany("DELETE FROM line WHERE rowid = ?", some)
                    left = len(some) == SWEPT
                    if not left:
                        connection.execute("DELETE FROM span WHERE id = ?", (span,))

    @contextlib.contextmanager
    def _builder(self) -> Iterator[None]:
        """One builder at a time over all processes."""
        with turn(self.folder / f"{KIND}.lock"):
            yield


@contextlib.contextmanager
def fresh(session: Session) -> Iterator[Session]:
    """A session of its own on the same database: it sees what is committed now."""
    with Session(session.get_bind()) as looking:
        yield looking


def public_version(session: Session, name: str) -> tuple[Version | None, str | None]:
    """The current version of a dataset, if it is public, and the province when it is about one alone."""
    query = visible(select(Dataset)).where(Dataset.name == name)
    whole = selectinload(Dataset.current)
    options = (
        whole.selectinload(Version.resources),
        whole.selectinload(Version.files),
        selectinload(Dataset.provinces),
    )
    with fresh(session) as looking:
        dataset = looking.scalar(query.options(*options))
        if dataset is None or dataset.profile in bundled.own_tables():
            return None, None
        codes = [link.province_code for link in dataset.provinces]
        return dataset.current, codes[0] if len(codes) == 1 else None
