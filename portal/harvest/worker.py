"""Runs what is due, for ever. Several workers may run at once: the lease lets one of them have each source."""

from __future__ import annotations

import logging
import random
import time

from flask import current_app

from portal.catalogue.counting import count_downloads
from portal.db import db
from portal.errors import PortalError
from portal.harvest.actions import run_source
from portal.harvest.queries import chosen_slugs
from portal.harvest.rules import store_of
from portal.introductions.delivering import see_to_introductions
from portal.registry.keeping_up import keep_up
from portal.registry.republishing import publish_due
from portal.search.outbox import drain

log = logging.getLogger("khlang.worker")

PAUSE_SECONDS = 30


def work(*, once: bool = False, pause: float = PAUSE_SECONDS) -> None:
    """Harvest every due source, feed the index, send mail that waits, count downloads, rest `pause` seconds, and begin again.

    SystemExit ends it, and its run, in order.
    """
    while True:
        due = chosen_slugs([], due=True)
        random.shuffle(due)  # so that several workers do not all knock at the first one
        for slug in due:
            if slug in chosen_slugs([], due=True):  # another worker may have done it while we were at the one before
                run_quietly(slug)
        drain()
        keep_up(store_of(current_app.config["KHLANG"]), most=None)
        see_to_introductions()
        publish_quietly()
        count_quietly()
        if once:
            return
        db.session.rollback()  # so that the next round sees what others wrote
        time.sleep(pause)


def count_quietly() -> None:
    """Count downloads; when that fails, the next round does it."""
    try:
        count_downloads(current_app.config["KHLANG"].home)
    except Exception:
        log.exception("downloads could not be counted")


def run_quietly(slug: str) -> None:
    """Run one source; whatever goes wrong with it is logged and never ends the worker."""
    try:
        run = run_source(slug)
        log.info("run ended", extra={"source": slug, "status": run["status"]})
    except PortalError as error:
        log.info("run not started", extra={"source": slug, "code": error.code})
    except Exception:
        log.exception("run crashed", extra={"source": slug})


def publish_quietly() -> None:
    """Publish the registry's own tables when it is time; what goes wrong is logged, and the next round tries again."""
    try:
        for run in publish_due():
            log.info("registry published", extra={"source": run["source"], "status": run["status"]})
    except Exception:
        log.exception("the registry could not be published")
