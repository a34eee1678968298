"""ZIP archives, from outside and inside workbooks: what is in them is counted while it inflates and never trusted.

Refused as a whole: broken or encrypted archives, too many members, two of one name (zipfile reads the last, others the
first), absolute names and `..`, links, archives within archives, members that overlap, and more bytes than the caps
allow. Names on disk never come from the archive.
"""

from __future__ import annotations

import lzma
import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from harvesters.errors import HarvestError
from harvesters.tables.limits import LIMITS, Limits
from harvesters.tables.sniff import sniff

CHUNK = 256 * 1024
UTF8_FLAG = 0x800
ENCRYPTED_FLAG = 0x1
BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, NotImplementedError,
          RuntimeError, OverflowError)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive. `name` is for people and may hold folders; `path` is where its bytes lie now."""

    name: str
    path: Path
    bytes: int


class Budget:
    """Counts inflated bytes against the caps of one archive of `packed` bytes."""

    def __init__(self, packed: int, limits: Limits) -> None:
        self._packed, self._limits, self.inflated = packed, limits, 0

    def spend(self, count: int) -> None:
        """Count `count` bytes more. Raises HarvestError zip-too-large or zip-ratio."""
        self.inflated += count
        limits = self._limits
        if self.inflated > limits.archive_bytes:
            raise HarvestError("zip-too-large", most=limits.archive_bytes // 1024 // 1024)
        if self.inflated > limits.archive_ratio_from and self.inflated > limits.archive_ratio * self._packed:
            raise HarvestError("zip-ratio", most=limits.archive_ratio)


def unpack(path: Path, into: Path, limits: Limits = LIMITS) -> tuple[Member, ...]:
    """Unpack the ZIP at `path` into the existing folder `into`, one level, and return its files in their order.

    System files (`__MACOSX`, names beginning with a dot, Thumbs.db) are left out. Raises HarvestError with a code of its own for each
    reason to refuse; whatever was written by then is removed.
    """
    written: list[Path] = []
    try:
        with open_checked(path, limits) as archive:
            members = tuple(_unpack(archive, path, into, limits, written))
    except BaseException:
        for each in written:
            each.unlink(missing_ok=True)
        raise
    if not members:
        raise HarvestError("zip-empty")
    return members


def _unpack(archive: zipfile.ZipFile, path: Path, into: Path, limits: Limits, written: list[Path]) -> Iterator[Member]:
    budget = Budget(path.stat().st_size, limits)
    for number, info in enumerate(archive.infolist(), start=1):
        name = member_name(info)
        if info.is_dir() or _is_system_file(name):
            continue
        target = into / f"member-{number:04d}"
        written.append(target)
        size = 0
        with target.open("xb") as file:
            for piece in inflate(archive, info, budget):
                size += len(piece)
                if size > limits.bytes:
                    raise HarvestError("zip-member-too-large", member=name, most=limits.bytes // 1_000_000)
                file.write(piece)
        if size and sniff(target, name).kind == "zip":
            raise HarvestError("zip-nested", member=name)
        yield Member(name, target, size)


def open_checked(path: Path, limits: Limits) -> zipfile.ZipFile:
    """Open an archive whose directory is in order; the caller closes it. Raises HarvestError otherwise."""
    try:
        archive = zipfile.ZipFile(path)
    except BROKEN as error:
        raise HarvestError("zip-broken", member=path.suffix or "zip") from error
    try:
        check_directory(archive.infolist(), path.stat().st_size, limits)
    except BaseException:
        archive.close()
        raise
    return archive


def check_directory(infos: Sequence[zipfile.ZipInfo], packed: int, limits: Limits) -> None:
    """Raise HarvestError when the directory of an archive already forbids opening it."""
    if len(infos) > limits.archive_members:
        raise HarvestError("zip-too-many-members", count=len(infos), most=limits.archive_members)
    seen: set[str] = set()
    for info in infos:
        name = member_name(info)
        if _is_unsafe(info, name):
            raise HarvestError("zip-unsafe-name", member=_printable(name))
        if name in seen:
            raise HarvestError("zip-duplicate-name", member=name)
        seen.add(name)
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise HarvestError("zip-link", member=name)
        if info.flag_bits & ENCRYPTED_FLAG:
            raise HarvestError("zip-encrypted", member=name)
    _check_overlap(infos)
    Budget(packed, limits).spend(sum(info.file_size for info in infos))


def _check_overlap(infos: Sequence[zipfile.ZipInfo]) -> None:
    """Refuse members that share bytes: the way in which a small archive holds petabytes without nesting."""
    end = 0
    for info in sorted(infos, key=lambda each: each.header_offset):
        if info.header_offset < end:
            raise HarvestError("zip-broken", member=member_name(info))
        end = info.header_offset + 30 + info.compress_size


def inflate(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget) -> Iterator[bytes]:
    """Yield a member's bytes, each piece counted. Raises HarvestError when a cap is passed or the bytes are broken."""
    try:
        with archive.open(info) as part:
            while piece := part.read(CHUNK):
                budget.spend(len(piece))
                yield piece
    except BROKEN as error:
        raise HarvestError("zip-broken", member=_printable(member_name(info))) from error


def member_name(info: zipfile.ZipInfo) -> str:
    """Return a member's name as its maker meant it, folders parted by `/`.

    Without the UTF-8 flag zipfile reads names as code page 437; Thai Windows writes them in UTF-8 or Windows-874.
    """
    name = info.orig_filename
    if not info.flag_bits & UTF8_FLAG:
        try:
            raw = name.encode("cp437")
        except UnicodeEncodeError:
            raw = name.encode("utf-8", errors="replace")
        try:
            name = raw.decode("utf-8")
        except UnicodeDecodeError:
            name = raw.decode("cp874", errors="replace")
    return name.replace("\\", "/")


def _is_unsafe(info: zipfile.ZipInfo, name: str) -> bool:
    parts = name.split("/")
    absolute = name.startswith("/") or bool(re.match("[A-Za-z]:", name))
    hidden = any(unicodedata.category(char) in ("Cc", "Cs") for char in name)
    return absolute or ".." in parts or hidden or not name.strip("/ ") or "\0" in info.orig_filename


def _is_system_file(name: str) -> bool:
    parts = [part for part in name.split("/") if part]
    return any(part == "__MACOSX" or part.startswith(".") for part in parts) or parts[-1].lower() in (
        "thumbs.db",
        "desktop.ini",
    )


def _printable(name: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in name)[:120]
