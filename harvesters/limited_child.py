"""The child's side of `limited`: closes itself in, calls one function, answers in JSON lines. Run as a script.

A called function may import `progress` from here.
"""

from __future__ import annotations

import ctypes
import errno
import importlib
import json
import os
import resource
import signal
import sys
import traceback
from pathlib import Path
from typing import Any, TextIO

REFUSED = frozenset(
    {
        "socket.__new__",
        "socket.connect",
        "socket.bind",
        "socket.sendto",
        "socket.sendmsg",
        "socket.getaddrinfo",
        "socket.gethostbyname",
        "socket.gethostbyaddr",
        "subprocess.Popen",
        "os.exec",
        "os.fork",
        "os.forkpty",
        "os.posix_spawn",
        "os.spawn",
        "os.system",
        "os.startfile",
        "pty.spawn",
    }
)
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
PR_SET_PDEATHSIG = 1
FULL = {errno.ENOSPC, errno.EDQUOT}
CPU_GRACE_SECONDS = 5  # between the signal that can be told apart and the one that cannot be caught

_channel: TextIO | None = None


def progress(done: int, total: int, step: str = "") -> None:
    """Tell the parent how far the work is. Does nothing outside a limited child."""
    if _channel is not None:
        _say({"progress": {"done": done, "total": total, "step": step}})


def main() -> int:
    """Read one order from standard input, carry it out, write the answer to the file descriptor named on the command line."""
    global _channel
    sys.modules["harvesters.limited_child"] = sys.modules["__main__"]  # so that `progress` finds this channel
    _channel = os.fdopen(int(sys.argv[1]), "w", encoding="ascii")
    order = json.load(sys.stdin.buffer)
    sys.path[:] = order["path"]
    close_in(order["limits"], order["parent"])
    _say(perform(order["function"], order["argument"]))
    return 0


def perform(function: str, argument: dict[str, Any]) -> dict[str, Any]:
    """Call "module:name" with `argument`; {"result"}, {"code", "fields"} of a HarvestError, or {"failed"}."""
    from harvesters.errors import HarvestError  # not before sys.path is set

    module, _, name = function.partition(":")
    try:
        result = getattr(importlib.import_module(module), name)(argument)
        return {"result": json.loads(json.dumps(result, allow_nan=False))}  # fails here, where it can still be told
    except HarvestError as error:
        return {"code": error.code, "fields": json.loads(json.dumps(error.fields, default=str))}
    except BaseException as error:  # noqa: BLE001 -- whatever happens, the parent is to be told
        kind = kind_of(error)
        if kind != "memory":
            traceback.print_exc()
        return {"failed": kind, "name": type(error).__name__}  # not its words: they may hold a cell of the file


def kind_of(error: BaseException) -> str:
    """Which of the parent's codes an unexpected exception stands for: memory, output, disk or crash."""
    text = str(error)
    number = error.errno if isinstance(error, OSError) else None
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryException":
        return "memory"
    if number == errno.EFBIG or os.strerror(errno.EFBIG) in text:
        return "output"
    if number in FULL or os.strerror(errno.ENOSPC) in text:
        return "disk"
    return "memory" if number == errno.ENOMEM else "crash"


def close_in(limits: dict[str, int], parent: int) -> None:
    """Die with the parent, leave the network, take the limits on, refuse sockets and processes. In this order."""
    libc = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "linux":
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # it died before the line above
            os._exit(1)
        leave_network(libc)
    set_limit(resource.RLIMIT_CORE, 0, 0)
    set_limit(resource.RLIMIT_AS, limits["memory_bytes"], limits["memory_bytes"])
    set_limit(resource.RLIMIT_CPU, limits["cpu_seconds"], limits["cpu_seconds"] + CPU_GRACE_SECONDS)
    set_limit(resource.RLIMIT_FSIZE, limits["file_bytes"], limits["file_bytes"])
    set_limit(resource.RLIMIT_NOFILE, limits["open_files"], limits["open_files"])
    sys.addaudithook(refuse)


def set_limit(kind: int, soft: int, hard: int) -> None:
    """Lower one limit; never above what this process was given."""
    _, most = resource.getrlimit(kind)
    if most != resource.RLIM_INFINITY:
        soft, hard = min(soft, most), min(hard, most)
    resource.setrlimit(kind, (soft, hard))


def leave_network(libc: ctypes.CDLL) -> bool:
    """Move into an empty network namespace; False where the system does not let us. The audit hook stands either way.

    A process with the right to do so needs no user namespace, and keeps its right to read files of others.
    """
    user, group = os.getuid(), os.getgid()
    if libc.unshare(CLONE_NEWNET) == 0:
        return True
    if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0:
        return False
    try:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    except OSError:
        pass  # files still open by our real id; only its name is shown wrongly
    return True


def refuse(event: str, _: object) -> None:
    """The audit hook. Raises PermissionError for what a reader of files has no business with."""
    if event in REFUSED:
        raise PermissionError(f"refused in a limited process: {event}")


def _say(message: dict[str, Any]) -> None:
    assert _channel is not None
    _channel.write(json.dumps(message) + "\n")
    _channel.flush()


if __name__ == "__main__":
    status = main()
    sys.stderr.flush()
    os._exit(status)  # nothing is left to tidy, and no library's thread may keep us
