"""Mends a missing or damaged index in the background, when a reader met it: search is back by itself (safety.md P10)."""

from __future__ import annotations

import threading
import time

from flask import Flask, current_app

from portal.db import db
from portal.search.outbox import try_heal

PAUSE_SECONDS = 10  # between two attempts of one process

_busy = threading.Lock()
_last: list[float] = []


def mend_soon() -> None:
    """Begin to mend the index of the current application, unless this process does so already or has just tried."""
    if _last and time.monotonic() - _last[0] < PAUSE_SECONDS:
        return
    if _busy.acquire(blocking=False):
        _last[:] = [time.monotonic()]
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
        threading.Thread(target=_mend, args=(app,), name="mend-search", daemon=True).start()


def _mend(app: Flask) -> None:
    try:
        with app.app_context():
            if try_heal():
                _last.clear()
            db.session.close()
    finally:
        _busy.release()
