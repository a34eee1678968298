"""The caps on what one file may hold. They are settings with defaults; the figures come from docs of the data rules."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may be at most. Exceeding any of them is a blocking problem that names the cap.

    `archive_ratio` counts only once more than `archive_ratio_from` bytes were inflated (the rule of the Python package
    index); workbooks (XLSX, ODS) are archives too and obey the same three archive caps.
    """

    bytes: int = 200_000_000
    columns: int = 1_000
    rows: int = 5_000_000
    line_bytes: int = 4 * MIB
    cell_chars: int = 131_072  # Python's csv module refuses more, in every step after this one
    cells: int = 40_000_000  # of one sheet's rectangle: calamine keeps the whole rectangle in memory
    json_bytes: int = 64 * MIB  # a JSON file is read whole, about six times its size in memory
    archive_members: int = 1_000
    archive_bytes: int = 1024 * MIB
    archive_ratio: int = 50
    archive_ratio_from: int = 64 * MIB
    loose_chars: int = 5_000_000  # texts outside cells that are kept for the personal-data gate


LIMITS = Limits()  # the defaults
