"""Runs one function on an untrusted file in a child process with limits on memory, time, files, and without network (safety.md P7).

The walls are in `limited_child`; here the child is started, listened to, and ended.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from harvesters.checks.personal import mask_text
from harvesters.errors import HarvestError

log = logging.getLogger("khlang.limited")

CHILD = Path(__file__).with_name("limited_child.py")
KEPT_ENVIRONMENT = ("PATH", "TMPDIR", "TZ", "KHLANG_FAULT")  # no secret, no proxy; the last is for tests of faults
MOST_ANSWER_BYTES = 64 * 2**20
MOST_STDERR_BYTES = 32 * 2**10
MOST_LOG_LINES, MOST_LOG_LINE = 60, 400
MEMORY_WORDS = ("MemoryError", "bad_alloc", "Cannot allocate memory", "Out of Memory")
MEGABYTE = 2**20


@dataclass(frozen=True, slots=True)
class ChildLimits:
    """What one child may use. `memory_bytes` is address space, of which a good part is never touched."""

    memory_bytes: int = 4 * 2**30
    cpu_seconds: int = 600
    wall_seconds: float = 900.0
    file_bytes: int = 4 * 2**30
    open_files: int = 256


@dataclass(slots=True)
class Heard:
    """What came from a child until it ended."""

    answer: Mapping[str, Any] | None = None
    stderr: bytearray = field(default_factory=bytearray)
    too_late: bool = False
    too_long: bool = False
    status: int = 0


def run_limited(
    function: str,
    argument: Mapping[str, Any],
    *,
    limits: ChildLimits | None = None,
    on_progress: Callable[[Mapping[str, Any]], None] | None = None,
) -> dict[str, Any]:
    """Call `function` ("module:name") with `argument` in a limited child and return its result; both are JSON-able dicts.

    `on_progress` gets {"done", "total", "step"} whenever the function calls `limited_child.progress`.
    Raises the HarvestError that the function raised, or one of child-memory, child-time, child-output, child-failed,
    store-full. Whatever the child wrote to standard error goes to the log, masked.
    """
    limits = limits or ChildLimits()
    heard = Heard()
    with _started(function, argument, limits) as (process, channel):
        _listen(process, channel, heard, time.monotonic() + limits.wall_seconds, on_progress)
    heard.status = process.returncode
    _log(function, heard)
    return _result(heard, limits)


@contextlib.contextmanager
def _started(
    function: str, argument: Mapping[str, Any], limits: ChildLimits
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Start the child with its order; kill it and all it started on leaving, whatever happens."""
    home = str(Path(__file__).resolve().parent.parent)
    order = {
        "function": function,
        "argument": argument,
        "limits": {name: int(value) for name, value in asdict(limits).items()},
        "path": [home, *(entry for entry in sys.path if entry)],
        "parent": os.getpid(),
    }
    reader, writer = os.pipe()
    with tempfile.TemporaryFile() as stdin:
        stdin.write(json.dumps(order).encode())
        stdin.seek(0)
        try:
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-X", "utf8", str(CHILD), str(writer)],
                stdin=stdin,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                pass_fds=(writer,),
                env={name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ},
                start_new_session=True,
            )
        except BaseException:
            os.close(reader)
            raise
        finally:
            os.close(writer)
    try:
        yield process, reader
    finally:
        if process.poll() is None:  # not yet waited for, so the number is still its own
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        os.close(reader)
        assert process.stderr is not None
        process.stderr.close()


def _listen(
    process: subprocess.Popen[bytes],
    channel: int,
    heard: Heard,
    deadline: float,
    on_progress: Callable[[Mapping[str, Any]], None] | None,
) -> None:
    """Collect the child's lines and complaints until it has answered and closed, or its time is over."""
    assert process.stderr is not None
    lines = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(channel, selectors.EVENT_READ, "answer")
        selector.register(process.stderr.fileno(), selectors.EVENT_READ, "stderr")
        while selector.get_map():
            ready = selector.select(max(0.0, deadline - time.monotonic()))
            if not ready and time.monotonic() >= deadline:
                heard.too_late = True
                return
            for key, _ in ready:
                piece = os.read(key.fd, 2**16)
                if not piece:
                    selector.unregister(key.fd)
                elif key.data == "stderr":
                    heard.stderr += piece
                    del heard.stderr[:-MOST_STDERR_BYTES]
                else:
                    lines += piece
                    if b"\n" in piece:
                        _take_lines(lines, heard, on_progress)
            if len(lines) > MOST_ANSWER_BYTES:
                heard.too_long = True
                return
    try:  # it has closed everything and is about to end
        process.wait(max(0.1, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        heard.too_late = True


def _take_lines(lines: bytearray, heard: Heard, on_progress: Callable[[Mapping[str, Any]], None] | None) -> None:
    """Take whole lines off the front of `lines`. The last one without "progress" is the answer."""
    while (end := lines.find(b"\n")) >= 0:
        try:
            message = json.loads(lines[:end])
        except ValueError:  # no word of ours: something wrote over the channel
            message = {"failed": "crash"}
        del lines[: end + 1]
        if "progress" not in message:
            heard.answer = message
        elif on_progress is not None:
            on_progress(message["progress"])


def _result(heard: Heard, limits: ChildLimits) -> dict[str, Any]:
    answer = heard.answer
    if answer is None:
        raise _failure(_silence(heard), limits, f"signal {-heard.status}" if heard.status < 0 else "no answer")
    if "code" in answer:
        raise HarvestError(answer["code"], **answer["fields"])
    if "failed" in answer:
        raise _failure(answer["failed"], limits, answer.get("name", "?"))
    result: dict[str, Any] = answer["result"]
    return result


def _silence(heard: Heard) -> str:
    """Why a child ended without a word."""
    if heard.too_late or heard.status == -signal.SIGXCPU:
        return "time"
    if heard.too_long or heard.status == -signal.SIGXFSZ:
        return "output"
    said = heard.stderr.decode("utf-8", "replace")
    if heard.status == -signal.SIGKILL or any(word in said for word in MEMORY_WORDS):
        return "memory"  # nobody but the kernel, out of memory, kills a child that was not too late
    return "crash"


def _failure(kind: str, limits: ChildLimits, why: str) -> HarvestError:
    if kind == "memory":
        return HarvestError("child-memory", most=limits.memory_bytes // MEGABYTE)
    if kind == "time":
        return HarvestError("child-time", seconds=round(min(limits.wall_seconds, limits.cpu_seconds)))
    if kind == "output":
        return HarvestError("child-output", most=limits.file_bytes // MEGABYTE)
    if kind == "disk":
        return HarvestError("store-full", error="ENOSPC")
    return HarvestError("child-failed", why=why)


def _log(function: str, heard: Heard) -> None:
    """Write the child's complaints to the log, line by line through the masker, overlong lines cut."""
    lines = heard.stderr.decode("utf-8", "replace").strip().splitlines()[-MOST_LOG_LINES:]
    said = "\n".join(mask_text(line[:MOST_LOG_LINE]) for line in lines)
    if heard.answer is None or "failed" in heard.answer:
        why = heard.answer["failed"] if heard.answer else "no answer"
        log.error("%s failed in its limited process (%s, status %s): %s", function, why, heard.status, said or "-")
    elif said:
        log.info("%s said in its limited process: %s", function, said)
