"""Fixtures that every test folder shares."""

import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import hypothesis
import pytest

# Timings belong to bench/: a slow machine must not fail a correct example.
hypothesis.settings.register_profile(
    "khlang",
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.data_too_large],
)
hypothesis.settings.load_profile("khlang")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def real_files() -> Path:
    """The folder of real files of Thai offices; they may not be shipped, so tests that use them skip without it."""
    folder = Path(os.environ.get("KHLANG_REAL_FILES", ROOT.parent / "shared" / "data" / "real"))
    if not folder.is_dir():
        pytest.skip("the real files are not part of the project; set KHLANG_REAL_FILES to their folder to run this")
    return folder


class Loopback:
    """A server whose paths are functions that write the whole answer."""

    def __init__(self) -> None:
        self.routes: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {}
        self.seen: list[tuple[str, dict[str, str]]] = []
        routes, seen = self.routes, self.seen

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                seen.append((self.path, dict(self.headers)))
                answer = routes.get(self.path.partition("?")[0])
                if answer is None:
                    self.send_error(404)
                else:
                    with contextlib.suppress(ConnectionError):  # the client went away, as some tests want
                        answer(self)

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.host = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def url(self, path: str) -> str:
        return f"http://{self.host}{path}"

    def body(self, path: str, content: bytes, *, status: int = 200, **headers: str) -> None:
        """Answer `path` with these bytes."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            told = {name.replace("_", "-"): value for name, value in headers.items()}
            for name, value in {"Content-Length": str(len(content)), **told}.items():
                handler.send_header(name, value)
            handler.end_headers()
            handler.wfile.write(content)

        self.routes[path] = answer


@pytest.fixture
def loopback(socket_enabled: None) -> Iterator[Loopback]:
    served = Loopback()
    yield served
    served.server.shutdown()
    served.server.server_close()
