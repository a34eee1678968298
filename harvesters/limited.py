"""Runs one function in a child process with limits on memory, processor time, file size, open files and wall time, and without network.

Untrusted bytes are only ever parsed in here: a hostile file can end the child and nothing else. Argument and answer are JSON.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import traceback
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from harvesters.errors import HarvestError

PR_SET_PDEATHSIG = 1
CLONE_NEWNET = 0x40000000
CLONE_NEWUSER = 0x10000000
MOST_ANSWER_BYTES = 64 << 20
MOST_LOG_BYTES = 20_000

# What a parser has no business with (events of sys.addaudithook).
FORBIDDEN = frozenset(
    {
        "socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname", "subprocess.Popen",
        "os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.startfile", "pty.spawn", "ctypes.dlopen",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ChildLimits:
    """Limits of one child process."""

    memory_bytes: int = 4 << 30  # address space; DuckDB reserves more than it uses
    cpu_seconds: int = 600
    wall_seconds: int = 900
    file_bytes: int = 4 << 30
    open_files: int = 256


def run_limited(function: str, argument: dict[str, Any], *, limits: ChildLimits) -> dict[str, Any]:
    """Return what `function` ("module:name", dict → dict) gives for `argument`, run in a limited child process.

    Raises the HarvestError that the function raised, and HarvestError "child-memory", "child-time" or "child-failed" when the
    child ran into a limit or crashed.
    """
    with tempfile.TemporaryDirectory(prefix="khlang-child-") as folder:
        told = {"function": function, "argument": argument, "limits": asdict(limits), "answer": f"{folder}/answer"}
        with Path(folder, "log").open("w+b") as log:
            code = _run(json.dumps(told).encode(), log, folder, limits)
            log.seek(0)
            said = log.read(MOST_LOG_BYTES).decode("utf-8", "replace")
        return _answer(Path(folder, "answer"), code, said)


def _run(told: bytes, log: Any, folder: str, limits: ChildLimits) -> int:
    """Start the child, wait for it, end its whole group. Returns its exit code, negative for a signal."""
    child = subprocess.Popen(
        [sys.executable, "-m", "harvesters.limited"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=log,
        env=_environment(folder),
        start_new_session=True,
        close_fds=True,
    )
    try:
        child.communicate(told, timeout=limits.wall_seconds)
    except subprocess.TimeoutExpired as error:
        raise HarvestError("child-time", seconds=limits.wall_seconds) from error
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
    return child.returncode


def _environment(folder: str) -> dict[str, str]:
    """Only what Python needs: no settings, no secrets, no proxies."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "SYSTEMROOT") if name in os.environ}
    packages = os.pathsep.join(path for path in sys.path if path)
    return {**kept, "PYTHONPATH": packages, "HOME": folder, "TMPDIR": folder, "PYTHONDONTWRITEBYTECODE": "1"}


def _answer(path: Path, code: int, said: str) -> dict[str, Any]:
    """Read the child's answer, or say why there is none."""
    if code == -signal.SIGXCPU:
        raise HarvestError("child-time", seconds="CPU")
    if code == -signal.SIGKILL:
        raise HarvestError("child-memory")
    if not path.exists():
        memory = "MemoryError" in said or "Out of Memory" in said or "bad_alloc" in said
        raise HarvestError("child-memory") if memory else HarvestError("child-failed", why=_last_line(said))
    if path.stat().st_size > MOST_ANSWER_BYTES:
        raise HarvestError("child-failed", why="answer too large")
    told = json.loads(path.read_text(encoding="utf-8"))
    if "error" in told:
        raise HarvestError(told["error"]["code"], **told["error"]["fields"])
    answer: dict[str, Any] = told["result"]
    return answer


def _last_line(said: str) -> str:
    """The kind of failure, without its words: they may hold cells of the file."""
    lines = [line for line in said.strip().splitlines() if line.strip()]
    return lines[-1].partition(":")[0].strip()[:80] if lines else "?"


def main() -> None:
    """In the child: take the limits on, run the function, write the answer."""
    told = json.loads(sys.stdin.buffer.read())
    _die_with_parent()
    _limit(ChildLimits(**told["limits"]))
    module, _, name = told["function"].partition(":")
    function = getattr(importlib.import_module(module), name)
    _leave_network()
    sys.addaudithook(_refuse)
    try:
        answer = {"result": function(told["argument"])}
    except HarvestError as error:
        answer = {"error": {"code": error.code, "fields": {key: str(value) for key, value in error.fields.items()}}}
    except MemoryError:
        answer = {"error": {"code": "child-memory", "fields": {}}}
    except Exception as error:  # noqa: BLE001 - a library's own word for "no memory left"
        if "Out of Memory" not in str(error) and "bad_alloc" not in str(error):
            traceback.print_exc()
            sys.exit(1)
        answer = {"error": {"code": "child-memory", "fields": {}}}
    path = Path(told["answer"])
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(answer, ensure_ascii=False, default=str), encoding="utf-8")
    draft.replace(path)
    sys.stdout.flush()
    os._exit(0)  # nothing of the file's making runs at exit


def _die_with_parent() -> None:
    """Let the kernel end this process when its parent dies (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _limit(limits: ChildLimits) -> None:
    """Set the limits; soft below hard for time, so that the signal tells which one it was."""
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.file_bytes, limits.file_bytes))
    resource.setrlimit(resource.RLIMIT_NOFILE, (limits.open_files, limits.open_files))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _leave_network() -> None:
    """Move into a network namespace of its own, where the system lets us; the audit hook refuses sockets in any case."""
    if sys.platform == "linux":
        library = ctypes.CDLL(None)
        if library.unshare(CLONE_NEWNET) != 0:
            library.unshare(CLONE_NEWUSER | CLONE_NEWNET)


def _refuse(event: str, _arguments: tuple[Any, ...]) -> None:
    if event in FORBIDDEN:
        raise PermissionError(f"not in a child that reads files: {event}")


if __name__ == "__main__":
    main()
