"""A file handed in. The same road as any other file, under a name of its own so that pages can say where it came from."""

from __future__ import annotations

from typing import ClassVar

from harvesters.sources.spreadsheet import Spreadsheet
from harvesters.values import Text


class Upload(Spreadsheet):
    """Harvester of one file that a publisher handed in."""

    name: ClassVar[str] = "upload"
    title: ClassVar[Text] = Text("ไฟล์ที่ส่งเข้ามา", "File handed in")
