"""Named points at which a test can make the process die or an operation fail (safety.md P1, P7, P8).

`KHLANG_FAULT` is a comma-separated list of orders; without it a point costs one look at the environment:

- `after-rename`: die there, as by `kill -9`, the first time
- `after-rename:3`: the third time
- `before-copy=ENOSPC`: raise OSError with that error number instead of dying
"""

from __future__ import annotations

import errno
import os
import signal
from collections import Counter

VARIABLE = "KHLANG_FAULT"
STORE_POINTS = ("before-copy", "after-copy", "after-fsync", "after-rename", "after-folder-fsync", "after-read-back")

_passed: Counter[str] = Counter()


def fault_point(name: str) -> None:
    """Do what `KHLANG_FAULT` orders for the point `name`; nothing without an order. Raises OSError when so ordered."""
    orders = os.environ.get(VARIABLE)
    if not orders:
        return
    _passed[name] += 1
    for order in orders.split(","):
        place, _, failure = order.strip().partition("=")
        point, _, time = place.partition(":")
        if point == name and int(time or 1) == _passed[name]:
            _strike(name, failure)


def _strike(name: str, failure: str) -> None:
    if failure:
        number: int = getattr(errno, failure)
        raise OSError(number, os.strerror(number), f"fault point {name}")
    os.kill(os.getpid(), signal.SIGKILL)
