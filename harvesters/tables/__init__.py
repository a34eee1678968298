"""Bytes → tables: encodings, delimited text, sheets, archives, JSON, and where in them a table begins."""

from harvesters.tables.limits import Limits
from harvesters.tables.reading import read_file

__all__ = ["Limits", "read_file"]
