"""At most so many requests at once and so many a second for each host, over all threads and all processes of one data folder.

Two workers that harvest two sources of one ministry must not count as two polite visitors. What processes share are files in the
folder `turns`: a lock for each place at the counter, and one that holds the moment of the last request (`CLOCK_MONOTONIC` is one
clock for all processes of a machine). A process that is killed lets go of its locks by dying.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PAUSE = 0.05  # seconds between looks for a free place


class Politeness:
    """Gives turns. Without a folder it knows the threads of this process only."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._slots: dict[str, threading.BoundedSemaphore] = {}
        self._next: dict[str, float] = {}

    @contextmanager
    def turn(self, host: str, *, at_once: int, seconds_between: float, turns: Path | None) -> Iterator[None]:
        """Wait for a turn at `host`, and keep it until the block ends. All ports of a host are one host."""
        with self._lock:
            slot = self._slots.setdefault(host, threading.BoundedSemaphore(at_once))
        with slot:
            if turns is None:
                self._wait_here(host, seconds_between)
                yield
            else:
                with place_among(turns, host, at_once):
                    wait_among(turns, host, seconds_between)
                    yield

    def _wait_here(self, host: str, seconds_between: float) -> None:
        with self._lock:
            start = max(time.monotonic(), self._next.get(host, 0.0))
            self._next[host] = start + seconds_between
        time.sleep(max(0.0, start - time.monotonic()))


@contextmanager
def place_among(turns: Path, host: str, at_once: int) -> Iterator[None]:
    """Hold one of the places at a host that all processes share."""
    turns.mkdir(mode=0o700, parents=True, exist_ok=True)
    files = [os.open(name_of(turns, host, str(number)), os.O_RDWR | os.O_CREAT, 0o600) for number in range(at_once)]
    try:
        while not any(taken(file) for file in files):
            time.sleep(PAUSE)
        yield
    finally:
        for file in files:
            os.close(file)  # which lets go of the lock, if it was had


def taken(file: int) -> bool:
    """Whether the lock of a place was free, and is ours now."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def wait_among(turns: Path, host: str, seconds_between: float) -> None:
    """Wait until `seconds_between` after the last request that any process made of a host, and note ours."""
    with name_of(turns, host, "last").open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        told = file.read().strip()
        now = time.monotonic()
        last = float(told) if told else 0.0
        start = (
            max(now, last + seconds_between) if last <= now + seconds_between else now
        )  # a later one is of before a restart
        file.truncate(0)
        file.write(repr(start))
        file.flush()
    time.sleep(max(0.0, start - time.monotonic()))


def name_of(turns: Path, host: str, what: str) -> Path:
    """The file of a host: its name may be anything, so it goes by its digest."""
    return turns / f"{hashlib.sha256(host.encode()).hexdigest()[:24]}.{what}"
