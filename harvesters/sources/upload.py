"""A file handed in. The same road as any other file, under a name of its own so that pages can say where it came from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from harvesters.fetch import Fetch
from harvesters.sources.spreadsheet import Spreadsheet
from harvesters.values import Cursor, Item, Source, Text

FILE = "file"  # what is handed in is one thing, whatever its file is called this time


class Upload(Spreadsheet):
    """Harvester of one file that a publisher handed in, or of the files of an archive handed in."""

    name: ClassVar[str] = "upload"
    title: ClassVar[Text] = Text("ไฟล์ที่ส่งเข้ามา", "File handed in")

    def items(self, source: Source, fetch: Fetch, cursor: Cursor | None) -> Iterator[Item | Cursor]:
        """List the file, or an archive's members by their own names: the next delivery may be named otherwise."""
        for item in super().items(source, fetch, cursor):
            yield replace(item, remote_id=item.remote_id.partition("/")[2] or FILE) if isinstance(item, Item) else item
