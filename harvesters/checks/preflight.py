"""Looks over the raw bytes of a text table before any table reader sees it.

The caps are here because frictionless 5.21 needed 24.7 s for two lines of 10,000 columns and 881 MB for one line of
100 MB, and calls NUL bytes, an HTML page and a quote that swallows 100,000 rows valid (measured).
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from harvesters.checks.personal import mask_text
from harvesters.checks.problems import problem
from harvesters.tables.delimiters import choose
from harvesters.tables.encoding import CHUNK, SAMPLE, chunks, decide
from harvesters.tables.limits import LIMITS, Limits
from harvesters.tables.quotes import QuoteScan
from harvesters.tables.sniff import sniff
from harvesters.values import Problem

STRAY_KEPT = 20  # examples of stray marks; more say nothing new


def preflight(
    path: Path, *, filename: str = "", limits: Limits = LIMITS, encoding: str | None = None
) -> tuple[Problem, ...]:
    """Return what is wrong with the bytes of the text table at `path`; empty when a table reader may see them.

    Looks at size, emptiness, HTML or a binary format instead of data, encoding, NUL bytes, the length of lines, the
    number of columns and the balance of quotation marks. `encoding` is the decision if it was made already.
    """
    refused = whole_file(path, filename=filename, limits=limits)
    if refused:
        return refused
    if encoding is None:
        decision = decide(path)
        if decision.encoding is None:
            return decision.problems
        encoding = decision.encoding
    return scan_text(path, encoding, limits)


def whole_file(path: Path, *, filename: str, limits: Limits) -> tuple[Problem, ...]:
    """Return the problem that forbids reading the file at all: too large, empty, HTML, encrypted or an unknown format."""
    size = path.stat().st_size
    if size > limits.bytes:
        return (problem("file-too-large", size=_megabytes(size), most=_megabytes(limits.bytes)),)
    found = sniff(path, filename)
    if found.kind == "unknown":
        return (problem("format-unknown", seems_th=found.seems.th, seems_en=found.seems.en),)
    codes = {"empty": "file-empty", "html": "html-not-data", "encrypted": "file-encrypted"}
    return (problem(codes[found.kind]),) if found.kind in codes else ()


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:,.1f}".removesuffix(".0")


def scan_text(path: Path, encoding: str, limits: Limits) -> tuple[Problem, ...]:
    """Return what is wrong with the lines of a text table: NUL bytes, caps of line and columns, quotation marks."""
    head = _head(path, encoding)
    delimiter, columns = choose(head)
    quotes = QuoteScan(delimiter.encode(), columns)
    for block, rest in line_blocks(ascii_bytes(path, encoding), limits.line_bytes):
        before = quotes.records
        if b"\0" in block:
            return (problem("nul-bytes", row=_row_of(block, b"\0", before)),)
        bare = quotes.take(block)
        if quotes.broken:
            break
        wide = _too_wide(bare, delimiter.encode(), limits.columns)
        if wide:
            row, cells = wide
            return (problem("too-many-columns", row=before + row, count=cells, most=limits.columns),)
        if rest > limits.line_bytes:
            most = limits.line_bytes // 1024 // 1024
            return (problem("line-too-long", row=quotes.records + 1, most=most),)
    quotes.finish()
    shown = [fault for fault in quotes.faults if fault.kind == "quote-unclosed" or not quotes.broken][:STRAY_KEPT]
    return tuple(
        problem(fault.kind, row=fault.row, value=mask_text(_readable(fault.sample, encoding))) for fault in shown
    )


def _head(path: Path, encoding: str) -> str:
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        return file.read(SAMPLE)


def ascii_bytes(path: Path, encoding: str) -> Iterator[bytes]:
    """Yield the file in an encoding in which a comma is one byte: as it is, or UTF-16 and UTF-32 written as UTF-8."""
    if not encoding.startswith(("utf-16", "utf-32")):
        yield from chunks(path)
        return
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        while text := file.read(CHUNK):
            yield text.encode("utf-8", errors="replace")


def line_blocks(pieces: Iterator[bytes], most: int) -> Iterator[tuple[bytes, int]]:
    """Yield (block of whole lines ending in `\\n`, bytes of the unfinished line after it).

    `\\r\\n` and a lone `\\r` become `\\n`. A line longer than `most` ends the blocks: the last one says so by its rest.
    """
    rest = b""
    for piece in pieces:
        text = rest + piece
        held = text.endswith(b"\r")  # its line feed may be in the next piece
        text = _unix(text[:-1] if held else text)
        cut = text.rfind(b"\n") + 1
        block, rest = text[:cut], text[cut:] + (b"\r" if held else b"")
        longest = max(map(len, block.split(b"\n"))) if len(block) > most else 0
        yield block, max(len(rest), longest)
        if max(len(rest), longest) > most:
            return
    yield _unix(rest), 0


def _unix(text: bytes) -> bytes:
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in text else text


def _too_wide(block: bytes, delimiter: bytes, most: int) -> tuple[int, int] | None:
    """Return (line of the block, its cells) of the first line with more than `most` cells."""
    if block.count(delimiter) < most:
        return None
    for number, line in enumerate(io.BytesIO(block), start=1):
        if len(line) > most and (cells := line.rstrip(b"\n" + delimiter).count(delimiter) + 1) > most:
            return number, cells
    return None


def _row_of(block: bytes, what: bytes, before: int) -> int:
    return before + block.count(b"\n", 0, block.find(what)) + 1


def _readable(sample: bytes, encoding: str) -> str:
    name = "utf-8" if encoding.startswith("utf") else encoding
    return " ".join(sample.decode(name, errors="ignore").split())
