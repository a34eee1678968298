"""Serving: what stops it is said in a sentence, before anything is started."""

import socket
import subprocess
import sys

import pytest
from flask import Flask, request

from portal.errors import PortalError
from portal.registry.views import LONGEST_TYPED
from portal.serving import refuse_taken, settle_in


@pytest.mark.enable_socket
def test_a_port_in_use_is_named():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortalError) as refused:
            refuse_taken("127.0.0.1", port)
    assert refused.value.code == "port-taken"
    assert str(port) in refused.value.sentence.th
    refuse_taken("127.0.0.1", port)


def test_a_host_that_is_not_ours_is_named():
    with pytest.raises(PortalError):
        refuse_taken("192.0.2.1", 8000)


def test_a_worker_has_asked_a_search_before_the_first_reader(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    asked: list[tuple[str, int]] = []
    app.after_request(lambda answer: asked.append((request.path, answer.status_code)) or answer)
    settle_in(app)
    assert asked == [("/", 200), ("/search", 200)]
    assert caplog.records == []


SMALL = """
import sys
from gunicorn.app.base import BaseApplication
from portal.refusing import LONGEST_LINE, Worker

class Small(BaseApplication):
    def load_config(self):
        for name, value in {"worker_class": Worker, "threads": 2, "limit_request_line": LONGEST_LINE, "bind": "fd://" + sys.argv[1]}.items():
            self.cfg.set(name, value)

    def load(self):
        return lambda environ, start: (start("200 OK", [("Content-Length", "6")]), [b"served"])[1]

Small().run()
"""
REQUESTS = [
    (b"GET /match?need=" + b"%E0%B8%81" * LONGEST_TYPED + b"&province=54&cluster=" + b"%E0%B8%81" * 80 + b" HTTP/1.1", 200, "served"),
    (b"GET /match?need=" + b"%E0%B8%81" * 2_000 + b" HTTP/1.1", 414, "ยาวเกินไป"),
    ("GET /search.json?q=ผ้า HTTP/1.1".encode(), 400, "ไม่ถูกต้อง"),
    (b"GET / HTTP/1.1\r\nX: " + b"x" * 9_000, 431, "ไม่ถูกต้อง"),
    (b"\x16\x03\x01 nothing of HTTP", 400, "ไม่ถูกต้อง"),
]  # fmt: skip


@pytest.mark.enable_socket
def test_what_never_reaches_the_application_is_told_in_both_languages() -> None:
    """Over a real server: its first refusal is of what our own code never sees."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        descriptor = listening.fileno()
        server = subprocess.Popen(
            [sys.executable, "-c", SMALL, str(descriptor)], pass_fds=[descriptor], stderr=subprocess.PIPE, text=True
        )
        try:
            for sent, status, said in REQUESTS:
                with socket.create_connection(listening.getsockname(), timeout=60) as asking:
                    asking.sendall(sent + b"\r\nHost: x\r\nConnection: close\r\n\r\n")
                    answer = b"".join(iter(lambda one=asking: one.recv(65_536), b"")).decode()
                head, _, body = answer.partition("\r\n\r\n")
                assert head.startswith(f"HTTP/1.1 {status} ")
                assert said in body
                assert f"Content-Length: {len(body.encode())}" in head
                if status != 200:
                    assert "nosniff" in head
        finally:
            server.terminate()
            log = server.communicate(timeout=60)[1]
    assert "127.0.0.1" not in log.replace("127.0.0.1:", "", 1)  # what it listens on, and no reader's address
