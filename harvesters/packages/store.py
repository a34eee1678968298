"""The store of bytes: every object under its sha256, on a public and a private side, never overwritten.

An object is there whole or not at all: written under a temporary name, fsync'd, renamed, its folder fsync'd, read back and
hashed before `add` says yes (safety.md §1). What points at objects is the catalogue's business.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import secrets
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from harvesters.errors import HarvestError
from harvesters.faults import fault_point
from harvesters.packages.failures import storing

SHA256 = re.compile(r"[0-9a-f]{64}")
CHUNK = 1 << 20
READ = (
    os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
)  # a link or a pipe in place of a file must not be followed
CREATE = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
PUBLIC_MODE, PRIVATE_MODE = 0o444, 0o400  # objects are never written again
LOCK = ".lock"


@dataclass(frozen=True, slots=True)
class Stored:
    """One object that stands in the store."""

    sha256: str
    bytes: int


class Store:
    """The store below `home`: `store/objects/<aa>/<sha256>` is public, `private/objects/…` is not, `staging` is for work."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def add(self, path: Path, *, private: bool = False) -> Stored:
        """Copy the file `path` into the store and return its name there; adding equal bytes again changes nothing.

        A damaged object of the same name is replaced by the good bytes. Raises HarvestError: store-full, store-io,
        store-read-back, or store-not-a-file when `path` is a link or no plain file.
        """
        with storing(), open_plain(path) as source, self._incoming(private) as (draft, out):
            fault_point("before-copy")
            stored = copy_hashed(source, out)
            fault_point("after-copy")
            os.fchmod(out, PRIVATE_MODE if private else PUBLIC_MODE)
            os.fsync(out)
            fault_point("after-fsync")
            place = self._place(stored.sha256, private)
            self._make_folder(place.parent, private)
            if not (place.exists() and hash_of(place) == stored.sha256):
                draft.replace(place)
                fault_point("after-rename")
            else:
                sync(place)  # its first writer may have died before the folder was safe
            sync(place.parent)
            fault_point("after-folder-fsync")
            if hash_of(place) != stored.sha256:
                raise HarvestError("store-read-back", sha256=stored.sha256)
            fault_point("after-read-back")
            return stored

    def path(self, sha256: str, private: bool = False) -> Path:
        """Return where an object stands. Raises HarvestError("object-missing")."""
        place = self._place(sha256, private)
        try:
            found = place.lstat()
        except OSError:
            raise HarvestError("object-missing", sha256=sha256) from None
        if not stat.S_ISREG(found.st_mode):
            raise HarvestError("object-missing", sha256=sha256)
        return place

    def open(self, sha256: str, private: bool = False) -> FileIO:
        """Open an object for reading. Raises HarvestError("object-missing")."""
        with storing():
            return open_plain(self.path(sha256, private))

    def verify(self, sha256: str, private: bool = False) -> bool:
        """Hash an object again: True when its bytes are those of its name. Raises HarvestError("object-missing")."""
        with storing():
            return hash_of(self.path(sha256, private)) == sha256

    def objects(self, *, private: bool = False) -> Iterator[str]:
        """The names of all objects of one side, in order."""
        for folder in sorted(self._side(private).glob("objects/[0-9a-f][0-9a-f]")):
            yield from sorted(entry.name for entry in folder.iterdir() if SHA256.fullmatch(entry.name))

    def remove(self, sha256: str, *, private: bool = False) -> bool:
        """Remove an object to which nothing points any more; the caller knows that. Returns whether it was there."""
        place = self._place(sha256, private)
        with storing():
            try:
                place.unlink()
            except FileNotFoundError:
                return False
            sync(place.parent)
            return True

    def hide(self, sha256: str) -> bool:
        """Move an object from the public to the private side. Returns whether it was public.

        Copied first, then removed: killed in between it stands on both sides, and the next call finishes.
        """
        place = self._place(sha256, private=False)
        if not place.exists():
            return False
        self.add(place, private=True)
        return self.remove(sha256)

    def unhide(self, sha256: str) -> bool:
        """Bring a hidden object back to the public side; its private copy stays. Returns False when it is public already.

        Raises HarvestError("object-missing") when it is nowhere, ("object-damaged") when its bytes are not its own.
        """
        if self._place(sha256, private=False).exists():
            return False
        hidden = self.path(sha256, private=True)
        if not self.verify(sha256, private=True):
            raise HarvestError("object-damaged", sha256=sha256)
        self.add(hidden)
        return True

    @contextlib.contextmanager
    def staging(self) -> Iterator[Path]:
        """A new empty work folder, gone at the end. What a killed process leaves there, `sweep` removes."""
        with storing():
            root = self.home / "staging"
            root.mkdir(mode=0o700, parents=True, exist_ok=True)
            name = fresh_name()
            lock = locked_file(root / f"{name}{LOCK}")  # before the folder, so that no folder is ever without its lock
            (root / name).mkdir(mode=0o700)
        try:
            yield root / name
        finally:
            shutil.rmtree(root / name, ignore_errors=True)
            (root / f"{name}{LOCK}").unlink(missing_ok=True)
            os.close(lock)

    def listings(self, source: str) -> Path:
        """The folder of what a source's listing has to remember from run to run; on the private side, made when it is asked for."""
        with storing():
            folder = self._side(True) / "listings" / source
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return folder

    def sweep(self) -> int:
        """Remove work folders and unfinished copies of dead processes; return how many. Those of living ones are locked."""
        with storing():
            root = self.home / "staging"
            swept = sum(sweep_one(lock, root / lock.name.removesuffix(LOCK)) for lock in root.glob(f"*{LOCK}"))
            for folder in root.glob("*"):
                if folder.is_dir() and not (root / f"{folder.name}{LOCK}").exists():
                    shutil.rmtree(folder, ignore_errors=True)
                    swept += 1
            drafts = [draft for private in (False, True) for draft in self._side(private).glob("incoming/*")]
            return swept + sum(sweep_one(draft) for draft in drafts)

    def _side(self, private: bool) -> Path:
        return self.home / ("private" if private else "store")

    def _place(self, sha256: str, private: bool) -> Path:
        if not SHA256.fullmatch(sha256):  # never a path made of what somebody typed
            raise HarvestError("object-missing", sha256=sha256[:80])
        return self._side(private) / "objects" / sha256[:2] / sha256

    def _make_folder(self, folder: Path, private: bool) -> None:
        """Make a folder of objects and let each parent remember it."""
        if folder.is_dir():
            return
        self._side(private).mkdir(mode=0o700 if private else 0o755, parents=True, exist_ok=True)
        for made in (folder.parent, folder):
            made.mkdir(mode=0o700 if private else 0o755, exist_ok=True)
            sync(made.parent)

    @contextlib.contextmanager
    def _incoming(self, private: bool) -> Iterator[tuple[Path, int]]:
        """A locked temporary file on the same file system; gone at the end unless it was renamed."""
        folder = self._side(private) / "incoming"
        self._make_folder(folder, private)
        draft = folder / fresh_name()
        out = locked_file(draft)
        try:
            yield draft, out
        finally:
            draft.unlink(missing_ok=True)
            os.close(out)


def fresh_name() -> str:
    """A name that nobody else uses; the process's number is there for people."""
    return f"{os.getpid()}-{secrets.token_hex(8)}"


def locked_file(path: Path) -> int:
    """Make the file `path` and lock it; the lock ends with the process, however it ends. Returns the open file.

    A sweep that looks between making and locking takes the file for a dead one's, so it is made again.
    """
    while True:
        handle = os.open(path, CREATE, 0o600)
        fcntl.flock(handle, fcntl.LOCK_EX)
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_ino == os.fstat(handle).st_ino:
                return handle
        os.close(handle)


def sweep_one(lock: Path, folder: Path | None = None) -> bool:
    """Remove the file `lock`, and `folder` with it, when no living process holds it."""
    try:
        handle = os.open(lock, READ)
    except OSError:  # another sweep was faster, or it is a link
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        lock.unlink(missing_ok=True)
        return True
    except BlockingIOError:
        return False
    finally:
        os.close(handle)


def open_plain(path: Path) -> FileIO:
    """Open a plain file for reading. Raises HarvestError("store-not-a-file") for a link, folder, pipe or device."""
    try:
        handle = os.open(path, READ)
    except OSError as error:
        if path.is_symlink():
            raise HarvestError("store-not-a-file", name=path.name) from error
        raise
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise HarvestError("store-not-a-file", name=path.name)
    return FileIO(handle, "rb")


def copy_hashed(source: FileIO, out: int) -> Stored:
    """Copy a file to the open file `out`, hashing what is written."""
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
        left = memoryview(chunk)
        while left:
            left = left[os.write(out, left) :]
    return Stored(digest.hexdigest(), size)


def hash_of(path: Path) -> str:
    """The sha256 of a file's bytes, read from the disk where the system lets us drop its copy in memory."""
    with open_plain(path) as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync(path: Path) -> None:
    """fsync a file or a folder. A failure is raised and never tried again: the kernel may have dropped the pages (P8)."""
    handle = os.open(path, READ)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
