"""Folders of an index: one per commit, never changed afterwards, and a small file that points at the one in force.

A commit works in a folder of its own that begins with links to the files of the one before; writing the pointer is the only
moment at which anything changes for readers, so a writer killed at any instant leaves the old index whole. The pointer
carries a hash of every file, looked at before a file is opened: an index that anything else has touched is not opened, because
opening one runs what it says (safety.md §6.4).
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import stat
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from harvesters.faults import fault_point
from portal.errors import PortalError
from portal.search.turns import turn

LOCK_FILES = ("_WRITELOCK", ".lock")  # the engines' own, of no content


@dataclass(frozen=True, slots=True)
class Generation:
    """One commit: its folder, the hash of each of its files, and the pointer's text, by which it is told from others."""

    folder: Path
    files: Mapping[str, str]
    pointer: str


class Generations:
    """The commits of one index in `folder`; `kind` names engine and layout, `stamp` the analysis."""

    def __init__(self, folder: Path, kind: str, stamp: str) -> None:
        self.folder = folder
        self.kind = kind
        self.stamp = stamp
        self.pointer = folder / f"{kind}.json"

    def told(self) -> str:
        """The pointer's text. It differs after every commit. Raises PortalError("search-rebuilding")."""
        try:
            return self.pointer.read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            raise PortalError("search-rebuilding") from error

    def current(self) -> Generation:
        """The generation in force. Raises PortalError("search-rebuilding") when there is none of this stamp."""
        text = self.told()
        try:
            pointer = json.loads(text)
            name, files = str(pointer["folder"]), {str(name): str(sha256) for name, sha256 in pointer["files"].items()}
            right = pointer["stamp"] == self.stamp and name.startswith(f"{self.kind}-") and Path(name).name == name
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise PortalError("search-rebuilding") from error
        if not right:
            raise PortalError("search-rebuilding")
        return Generation(self.folder / name, files, text)

    def check(self, generation: Generation, known: Mapping[str, str]) -> None:
        """Raise PortalError("search-rebuilding") unless exactly its files are there, unchanged; `known` were looked at before."""
        refuse_open_folder(self.folder)
        try:
            if set(names_in(generation.folder)) != set(generation.files):
                raise PortalError("search-rebuilding")
            for name, sha256 in generation.files.items():
                if known.get(name) != sha256 and hash_of(generation.folder / name) != sha256:
                    raise PortalError("search-rebuilding")
        except OSError as error:
            raise PortalError("search-rebuilding") from error

    @contextlib.contextmanager
    def writing(self, *, anew: bool, known: Mapping[str, str]) -> Iterator[Path]:
        """A new folder, with the files of the generation in force unless `anew`; what it holds at the end is put in force.

        One writer at a time. After an exception nothing has changed. Folders of older generations are taken away:
        who reads in one keeps its files open. Raises PortalError("search-rebuilding") when there is nothing to add to.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        refuse_open_folder(self.folder)
        with turn(self.folder / f"{self.kind}.lock"):
            kept = {} if anew else self._sound(known)
            draft = self.folder / f"{self.kind}-{uuid.uuid4().hex[:16]}"
            draft.mkdir(mode=0o700)
            try:
                if not anew:
                    self._copy(kept, draft)
                yield draft
                fault_point("index-written")
                self._point(draft, kept)
            except BaseException:
                shutil.rmtree(draft, ignore_errors=True)
                raise
            fault_point("index-switched")
            self._sweep(draft.name)

    def _sound(self, known: Mapping[str, str]) -> Mapping[str, str]:
        generation = self.current()
        self.check(generation, known)
        return generation.files

    def _copy(self, files: Mapping[str, str], draft: Path) -> None:
        folder = self.current().folder
        for name in files:
            link(folder / name, draft / name)

    def _point(self, draft: Path, known: Mapping[str, str]) -> None:
        """Switch to `draft`. Files shared with the generation before have kept their hashes; of one name may be another file."""
        before = self.current().folder if known else draft
        files = {
            name: known[name] if name in known and shared(before / name, draft / name) else hash_of(draft / name)
            for name in names_in(draft)
        }
        told = {"folder": draft.name, "stamp": self.stamp, "files": files}
        written = self.folder / f"{self.kind}.json.{uuid.uuid4().hex[:8]}"
        written.write_text(json.dumps(told), encoding="utf-8")
        written.replace(self.pointer)

    def _sweep(self, kept: str) -> None:
        """Take away older generations, and what writers that were killed have left."""
        for path in self.folder.glob(f"{self.kind}-*"):
            if path.name != kept:
                shutil.rmtree(path, ignore_errors=True)
        for path in self.folder.glob(f"{self.kind}.json.*"):
            path.unlink(missing_ok=True)


def names_in(folder: Path) -> list[str]:
    """The files of a generation."""
    return sorted(path.name for path in folder.iterdir() if not path.name.endswith(LOCK_FILES))


def hash_of(path: Path) -> str:
    """The sha256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def link(old: Path, new: Path) -> None:
    """Give a file a second name; copy it where the file system has no links."""
    try:
        os.link(old, new)
    except OSError:
        shutil.copyfile(old, new)


def shared(one: Path, other: Path) -> bool:
    """Whether two names are of one file."""
    try:
        return one.samefile(other)
    except OSError:
        return False


def refuse_open_folder(folder: Path) -> None:
    """Raise PortalError when others could write the index: opening it would run what they wrote."""
    try:
        told = folder.stat()
    except FileNotFoundError as error:
        raise PortalError("search-rebuilding") from error
    if told.st_uid != os.geteuid() or told.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise PortalError(
            "settings-wrong",
            wrong_th=f"โฟลเดอร์ดัชนี {folder} ต้องเป็นของผู้ใช้ที่เปิดพอร์ทัล และผู้อื่นเขียนไม่ได้",
            wrong_en=f"the index folder {folder} must belong to the service and be closed to others",
        )
