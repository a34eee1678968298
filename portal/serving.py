"""Serves the portal with gunicorn: threads in a few processes, files by sendfile."""

from __future__ import annotations

import logging
import socket
import threading
from typing import Any

import click
from flask import Flask
from gunicorn.app.base import BaseApplication

from harvesters.packages.store import Store
from portal.app import create_app
from portal.catalogue.counting import count_downloads
from portal.db import db
from portal.errors import PortalError
from portal.refusing import LONGEST_LINE, Worker
from portal.registry.keeping_up import keep_up
from portal.search.outbox import heal
from portal.settings import Settings

log = logging.getLogger("khlang.serve")

THREADS = 4
WARMING = (
    "/",
    "/search?q=กล้วยตากก+ผ้าสีตก",
)  # the second reads the index, words, synonyms, complaints, and what is near a mistake


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn, told its options by us instead of by a file."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        super().__init__()

    def load_config(self) -> None:
        """Set gunicorn's options."""
        options: dict[str, Any] = {
            "bind": f"{self.settings.host}:{self.settings.port}",
            "workers": self.settings.workers,
            "worker_class": Worker,
            "threads": THREADS,
            "timeout": 60,
            "graceful_timeout": 20,
            "limit_request_line": LONGEST_LINE,
            "limit_request_fields": 60,
            "accesslog": None,  # readers' addresses and queries are not kept
            "errorlog": "-",
            "loglevel": "warning",
            "when_ready": lambda _: tell_address(self.settings),
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Make the application, in each worker."""
        app = create_app(self.settings)
        threading.Thread(target=settle_in, args=(app,), name="settle-in", daemon=True).start()
        return app


def settle_in(app: Flask) -> None:
    """Beside the first readers: replay the outbox, mend the index where it differs from the catalogue, warm the pages.

    Every worker does so; the index lets one write at a time, and the others then find nothing to do.
    """
    try:
        with app.app_context():
            found = heal()
            keep_up(Store(app.config["KHLANG"].home))
            count_downloads(app.config["KHLANG"].home)
            db.session.close()
        if any(found.values()):
            log.info("index healed at start", extra=found)
        reader, base = app.test_client(), f"http://{app.config['KHLANG'].trusted_hosts[0]}"
        for path in WARMING:
            reader.get(path, base_url=base)
    except Exception:  # the portal serves without it: search says that it is being rebuilt
        log.exception("settling in failed")


def tell_address(settings: Settings) -> None:
    """Print where the portal can be read."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104 - compared, not bound
    address = settings.base_url or f"http://{host}:{settings.port}/"
    click.echo(f"\nเปิดพอร์ทัลที่ / the portal is at  {address}\nหยุดด้วย / stop with  Ctrl+C", err=True)


def refuse_taken(host: str, port: int) -> None:
    """Raise PortalError("port-taken") when the address can't be listened on; gunicorn would try for a while and then die."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind((host, port))
    except OSError as error:
        raise PortalError("port-taken", host=host, port=port) from error


def run_server(settings: Settings) -> None:
    """Serve until interrupted. Raises PortalError("port-taken")."""
    refuse_taken(settings.host, settings.port)
    Server(settings).run()
