"""A real PostgreSQL for tests: Debian's package or the PATH's, in a folder of its own, on a socket that only this machine has."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path


def binaries() -> Path:
    """Where Debian or the PATH has PostgreSQL's programs. Raises RuntimeError when there are none: no engine goes untested."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which("initdb")
    if not folders and not found:
        raise RuntimeError("PostgreSQL is needed for these tests (Debian: apt-get install postgresql)")
    return folders[0] if folders else Path(found or "").parent


def as_postgres(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root; Debian's package brings a user for it."""
    return ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else command


@contextlib.contextmanager
def running() -> Iterator[str]:
    """Start a server, yield its address for SQLAlchemy, stop it."""
    programs = binaries()
    folder = Path(tempfile.mkdtemp(prefix="khlang-postgres-"))  # pytest's own folders are closed to other users
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    data = str(folder / "data")
    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
    initdb = [str(programs / "initdb"), "-D", data, "-U", "khlang", "-A", "trust", "-E", "UTF8", "--locale=C"]
    subprocess.run(as_postgres(initdb), check=True, capture_output=True, cwd="/")
    control = [str(programs / "pg_ctl"), "-D", data, "-w", "-o", options, "-l", str(folder / "log")]
    subprocess.run(as_postgres([*control, "start"]), check=True, capture_output=True, cwd="/")
    try:
        yield f"postgresql://khlang@/postgres?host={folder}"
    finally:
        subprocess.run(as_postgres([*control, "-m", "immediate", "stop"]), check=False, capture_output=True, cwd="/")
        shutil.rmtree(folder, ignore_errors=True)
