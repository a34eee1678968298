"""A web server on loopback for tests, as good or as bad as a test wants it."""

import contextlib
import gzip
import hashlib
import json
import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit


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

    @property
    def paths(self) -> list[str]:
        """What was asked for, in its order, with the queries."""
        return [path for path, _ in self.seen]

    def body(self, path: str, content: bytes, *, status: int = 200, **headers: str) -> None:
        """Answer `path` with these bytes."""

        told = {name.replace("_", "-"): value for name, value in headers.items()}

        def answer(handler: BaseHTTPRequestHandler) -> None:
            respond(handler, status, content, told)

        self.routes[path] = answer

    def json(self, path: str, document: object, *, status: int = 200, **headers: str) -> None:
        """Answer `path` with a JSON document."""
        told = {"Content_Type": "application/json; charset=utf-8", **headers}
        self.body(path, json.dumps(document, ensure_ascii=False).encode(), status=status, **told)

    def dynamic(
        self, path: str, answer: Callable[[dict[str, str]], tuple[int, bytes] | tuple[int, bytes, str]]
    ) -> None:
        """Answer `path` with what `answer` makes of its query (a repeated key: the last one): status, body, content type."""

        def write(handler: BaseHTTPRequestHandler) -> None:
            asked = dict(parse_qsl(urlsplit(handler.path).query, keep_blank_values=True))
            status, content, *kind = answer(asked)
            respond(handler, status, content, {"Content-Type": kind[0] if kind else "application/json"})

        self.routes[path] = write

    def tagged(self, path: str, content: bytes, **headers: str) -> None:
        """Answer `path` with an ETag, and with 304 to who knows it."""
        tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
        told = {name.replace("_", "-"): value for name, value in headers.items()}

        def write(handler: BaseHTTPRequestHandler) -> None:
            same = handler.headers["If-None-Match"] == tag
            respond(handler, 304 if same else 200, b"" if same else content, {"ETag": tag, **told})

        self.routes[path] = write

    def redirect(self, path: str, target: str, *, status: int = 302, **headers: str) -> None:
        """Send who asks for `path` to `target`."""
        self.body(path, b"", status=status, Location=target, **headers)

    def in_turn(self, path: str, *statuses: int, content: bytes = b"", **headers: str) -> None:
        """Answer `path` with one status after the other, the last one for ever. Only 200 has the content."""
        left = list(statuses)
        told = {name.replace("_", "-"): value for name, value in headers.items()}

        def write(handler: BaseHTTPRequestHandler) -> None:
            status = left.pop(0) if len(left) > 1 else left[0]
            respond(handler, status, content if status == 200 else b"", told)

        self.routes[path] = write

    def drip(self, path: str, *, what: str = "body", pause: float = 0.05, pieces: int = 400) -> None:
        """Answer `path` a byte at a time: the `body`, the `headers`, or the sizes of `chunks`."""
        before = {
            "body": b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n",
            "endless": b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n",
            "headers": b"HTTP/1.1 200 OK\r\nX-Slow: ",
            "chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        }[what]

        def write(handler: BaseHTTPRequestHandler) -> None:
            handler.wfile.write(before)
            for _ in range(pieces):
                handler.wfile.write(b"0")
                handler.wfile.flush()
                time.sleep(pause)
            handler.close_connection = True

        self.routes[path] = write

    def cut(self, path: str, content: bytes, **headers: str) -> None:
        """Announce `content` in full, send half of it, and hang up."""
        told = {name.replace("_", "-"): value for name, value in headers.items()}

        def write(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(200)
            for name, value in {"Content-Length": str(len(content)), **told}.items():
                handler.send_header(name, value)
            handler.end_headers()
            handler.wfile.write(content[: len(content) // 2])
            handler.close_connection = True

        self.routes[path] = write

    def bomb(self, path: str, *, unpacked: int = 50_000_000, times: int = 1, content_type: str = "text/csv") -> None:
        """Answer `path` with a little that unpacks to `unpacked` bytes, packed `times` over."""
        packed = b"0" * unpacked
        for _ in range(times):
            packed = gzip.compress(packed)
        self.body(path, packed, Content_Encoding=", ".join(["gzip"] * times), Content_Type=content_type)

    def vast(self, path: str, *, told: int | None = None) -> None:
        """Answer `path` with more than anybody wants, with or without saying so first."""

        def write(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(200)
            if told is not None:
                handler.send_header("Content-Length", str(told))
            handler.end_headers()
            handler.close_connection = True
            for _ in range(20_000):
                handler.wfile.write(b"x" * 65_536)

        self.routes[path] = write

    def close(self) -> None:
        """Stop serving."""
        self.server.shutdown()
        self.server.server_close()


def respond(handler: BaseHTTPRequestHandler, status: int, content: bytes, headers: Mapping[str, str]) -> None:
    """Write one whole answer."""
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(content)), **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(content)
