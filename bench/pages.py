"""What a page weighs and how long it takes, on the bundled demonstration: bytes and requests of a cold visit, and server time.

Run as `python -m bench.pages [--requests 200]`. Goals: a dataset page has at most 45 KB and 6 requests cold; pages without
search answer within 50 ms for 95 of 100 requests, the search page within 100 ms. Time is taken twice, through the WSGI
client and through a real `khlang serve` on the loopback, in turns with a page of the same server that does nothing.
"""

from __future__ import annotations

import argparse
import gzip
import http.client
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

from bench.yardstick import Figure, child_environment, compile_all, percentile, report, run_process

KILOBYTE = 1000
MOST_BYTES = 45 * KILOBYTE
MOST_REQUESTS = 6
NOTHING = "/healthz"  # the page that does nothing
MILLISECONDS = {"dataset page": 50, "resource page": 50, "home page": 50, "province page": 50, "search page": 100}
SEARCHES = ("กล้วยตาก", "ผ้าไหม", "สมุนไพร เชียงใหม่", "research", "น้ำผึ้ง", "โคราช", "coffee", "จักสาน", "มหาวิทยาลัย", "ข้าว")
HEADERS = {"Accept-Encoding": "gzip", "Accept": "text/html", "User-Agent": "bench"}

Get = Callable[[str], tuple[int, dict[str, str], bytes]]


def main() -> int:
    """Measure, print a table and one line of JSON; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=200, help="timed requests of each kind of page")
    options = parser.parse_args()
    compile_all()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        environment = {"KHLANG_HOME": str(home), "KHLANG_TRUSTED_HOSTS": "localhost,127.0.0.1"}
        os.environ.update(environment)
        run_demo(environment)
        get = wsgi_client()
        pages = addresses(get)
        figures = weights(get, pages)
        figures += times("wsgi", get, pages, options.requests)
        with served(environment) as over_network:
            figures += times("served", over_network, pages, options.requests)
    return report("pages", figures, requests=options.requests)


def run_demo(environment: dict[str, str]) -> None:
    """Harvest the demonstration. It ends with 1 when some source is held, which one of them is meant to be."""
    run_process([sys.executable, "-m", "portal.cli", "demo", "--no-serve"], environment)


def addresses(get: Get) -> dict[str, list[str]]:
    """The pages of each kind, as a reader finds them: by following links from the search page and the datasets."""
    datasets = sorted(
        set(re.findall(r'href="(/dataset/[a-z0-9_-]+)(?:\?[^"]*)?"', text_of(get, "/search?kind=dataset&limit=100")))
    )
    assert len(datasets) >= 8, f"the demonstration has only {datasets}"
    resources = sorted(
        {
            link
            for page in datasets
            for link in re.findall(r'href="(/dataset/[^"?#]+/resource/[^"?#.]+)"', text_of(get, page))
        }
    )
    assert resources, "no dataset links to a table"
    return {
        "dataset page": datasets,
        "resource page": resources,
        "home page": ["/"],
        "province page": [f"/province/{code}" for code in (50, 54, 30, 90, 10)],
        "search page": [f"/search?q={quote(words)}" for words in SEARCHES],
    }


def text_of(get: Get, link: str) -> str:
    """The text of a page."""
    _, headers, body = get(link)
    return plain(headers, body)


# ── weight ───────────────────────────────────────────────────────────────────────────────────────────────────────────
class Loaded(HTMLParser):
    """What a browser loads with a page by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what an element brings with it."""
        told = dict(attrs)
        rel = set((told.get("rel") or "").split())
        if tag == "link" and told.get("href") and rel & {"stylesheet", "icon", "preload", "modulepreload", "manifest"}:
            self.found.append(str(told["href"]))
        elif tag in {"img", "script", "source", "iframe", "embed", "audio", "video", "track"} and told.get("src"):
            self.found.append(str(told["src"]))
        elif tag == "object" and told.get("data"):
            self.found.append(str(told["data"]))


def loads(get: Get, page: str) -> dict[str, int]:
    """Bytes on the wire of a page and of all that it loads, by address; the fonts and images of its stylesheets too.

    Every file of a stylesheet counts, also those that a reader's browser would not ask for, so this is the most it can be.
    """
    weighed: dict[str, int] = {}
    waiting = [page]
    while waiting:
        address = waiting.pop()
        if address in weighed or address.startswith("data:"):
            continue
        assert not urlsplit(address).netloc, f"{page} loads {address} from elsewhere"
        status, headers, body = get(address)
        assert status == 200, f"{address} of {page} answers {status}"
        weighed[address] = len(body) + sum(len(name) + len(value) + 4 for name, value in headers.items()) + 17
        if "html" in headers.get("content-type", ""):
            parser = Loaded()
            parser.feed(plain(headers, body))
            waiting += [urljoin(address, link) for link in parser.found]
        elif "css" in headers.get("content-type", ""):
            links = re.findall(r"url\(\s*[\"']?([^\"')]+)", plain(headers, body))
            waiting += [urljoin(address, link) for link in links]
    return weighed


def plain(headers: dict[str, str], body: bytes) -> str:
    """The text of an answer."""
    return (gzip.decompress(body) if headers.get("content-encoding") == "gzip" else body).decode()


def weights(get: Get, pages: dict[str, list[str]]) -> list[Figure]:
    """The heaviest page of each kind in either language. Budgets are for the dataset page; the others are told."""
    figures = []
    for kind, links in pages.items():
        weighed = {
            link: loads(get, link) for base in links for link in (base, f"{base}{'&' if '?' in base else '?'}lang=en")
        }
        link, parts = max(weighed.items(), key=lambda found: sum(found[1].values()))
        judged = kind == "dataset page"
        note = f"{link}: the page itself {parts[link] / KILOBYTE:.1f} KB"
        figures.append(Figure(f"{kind}, bytes cold", f"{len(weighed)} pages", "KB", round(sum(parts.values()) / KILOBYTE, 1), MOST_BYTES / KILOBYTE if judged else None, note=note))  # fmt: skip
        most = max(len(parts) for parts in weighed.values())
        figures.append(
            Figure(
                f"{kind}, requests cold", f"{len(weighed)} pages", "requests", most, MOST_REQUESTS if judged else None
            )
        )
    return figures


# ── time ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
def times(how: str, get: Get, pages: dict[str, list[str]], requests: int) -> list[Figure]:
    """Milliseconds for each kind of page, 95 of 100 within; every second request is for the page that does nothing."""
    figures = []
    for kind, links in pages.items():
        ours, nothing, cpu = [], [], []
        for turn in range(requests):
            base = links[turn % len(links)]
            link = base if (turn // len(links)) % 2 == 0 else f"{base}{'&' if '?' in base else '?'}lang=en"
            nothing.append(timed(get, NOTHING)[0])
            wall, spent = timed(get, link)
            ours.append(wall)
            cpu.append(spent)
        p50, p95 = round(statistics.median(ours), 1), round(percentile(ours, 0.95), 1)
        yard = round(percentile(nothing, 0.95), 2)
        note = f"p50 {p50} ms, slowest {max(ours):.1f} ms, first {ours[0]:.1f} ms"
        if how == "wsgi":  # the CPU of a served page is spent in another process
            note += f"; CPU p50 {statistics.median(cpu):.1f} ms, p95 {percentile(cpu, 0.95):.1f} ms"
        figures.append(Figure(f"{kind}, p95 {how}", f"{requests} of {len(links)}", "ms", p95, MILLISECONDS[kind], yard, NOTHING, note=note, more={"p50": p50}))  # fmt: skip
    return figures


def timed(get: Get, link: str) -> tuple[float, float]:
    """Milliseconds of one whole answer, by the clock and of this process's CPU."""
    began, busy = time.perf_counter(), time.process_time()
    status, _, _ = get(link)
    spent = (time.perf_counter() - began) * 1000, (time.process_time() - busy) * 1000
    assert status == 200, f"{link} answers {status}"
    return spent


def wsgi_client() -> Get:
    """The application without a network."""
    from portal.app import create_app

    client = create_app().test_client(use_cookies=False)

    def get(link: str) -> tuple[int, dict[str, str], bytes]:
        with client.get(link, headers=HEADERS) as answer:
            return answer.status_code, {name.lower(): value for name, value in answer.headers.items()}, answer.data

    return get


@contextmanager
def served(environment: dict[str, str]) -> Iterator[Get]:
    """A real `khlang serve`; one connection is kept open, as a browser does."""
    with serving(environment) as (_, get):
        yield get


@contextmanager
def serving(environment: dict[str, str]) -> Iterator[tuple[str, Get]]:
    """A real `khlang serve`: its address without a final slash, and a connection to it that is kept open."""
    port = free_port()
    command = [sys.executable, "-m", "portal.cli", "serve", "--port", str(port)]
    server = subprocess.Popen(command, env={**child_environment(), **environment}, stderr=subprocess.DEVNULL)
    try:
        wait_for(port, NOTHING, seconds=60)
        yield f"http://127.0.0.1:{port}", network_client(port)
    finally:
        stop(server)


def network_client(port: int) -> Get:
    """Ask a server of this machine over a kept connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def get(link: str) -> tuple[int, dict[str, str], bytes]:
        try:
            connection.request("GET", link, headers=HEADERS)
            answer = connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):  # it was kept for too long
            connection.close()
            connection.request("GET", link, headers=HEADERS)
            answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()

    return get


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, link: str, seconds: float) -> float:
    """Seconds until the server answers 200. Raises TimeoutError."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if answers(port, link):
            return time.monotonic() - began
        time.sleep(0.01)
    raise TimeoutError(f"no answer from {link} within {seconds} s")


def answers(port: int, link: str) -> bool:
    """Whether a server of this machine answers 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", link, headers=HEADERS)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def stop(server: subprocess.Popen[bytes]) -> None:
    """End a server that was started here, and wait for it."""
    server.send_signal(signal.SIGTERM)
    try:
        server.wait(30)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


if __name__ == "__main__":
    raise SystemExit(main())
