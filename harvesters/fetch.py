"""The only door to the network. Every address is checked when the connection is made, on every redirect again.

Rules: safety.md §6.1 and harvesting.md. http and https only, no proxies of the environment, no credentials carried to
another host, caps on time, on bytes as sent and on bytes as decoded, at most two requests at once and five a second per host.
"""

from __future__ import annotations

import hashlib
import ipaddress
import logging
import random
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, NewConnectionError
from urllib3.poolmanager import PoolManager

from harvesters.errors import HarvestError

log = logging.getLogger("khlang.fetch")

CHUNK_BYTES = 1 << 16
RETRIED = frozenset({429, 500, 502, 503, 504})
REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Rules:
    """What the door allows. `allow` names inner `host:port` pairs that may be reached; they have no rate limit."""

    allow: frozenset[str] = frozenset()
    ports: frozenset[int] = frozenset()  # on public addresses; empty means any
    contact: str = ""
    connect_seconds: float = 10.0
    idle_seconds: float = 30.0
    total_seconds: float = 600.0
    bytes: int = 200_000_000
    redirects: int = 5
    tries: int = 4
    most_wait_seconds: float = 60.0
    at_once: int = 2
    seconds_between: float = 0.2


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer whose body stands in `path`."""

    path: Path
    url: str  # after redirects
    filename: str
    sha256: str
    bytes: int
    media_type: str
    fetched_at: datetime
    etag: str | None
    last_modified: str | None


class NotModified(HarvestError):  # noqa: N818 - an answer, not a mistake
    """The source says that what we have is still what it has (HTTP 304)."""

    def __init__(self, url: str) -> None:
        super().__init__("fetch-same", url=url)


class _Refused(Exception):  # noqa: N818 - it is an outcome, turned into HarvestError at the door
    """The address may not be reached."""


def is_public(address: str) -> bool:
    """Whether `address` is a public unicast address, with IPv4 forms embedded in IPv6 unwrapped."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None) or _nat64(ip)
        if inner is not None:
            return inner.is_global and not inner.is_multicast
    return ip.is_global and not ip.is_multicast


def _nat64(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address inside the well-known NAT64 prefix (RFC 6052) or the deprecated IPv4-compatible form."""
    if ip in ipaddress.ip_network("64:ff9b::/96") or (int(ip) >> 32 == 0 and int(ip) > 1):
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return None


def _connect(host: str, port: int, rules: Rules, timeout: float) -> socket.socket:
    """Open a TCP connection to `host`, only to an address that the rules allow."""
    allowed = f"{host}:{port}" in rules.allow or f"[{host}]:{port}" in rules.allow
    if not allowed and rules.ports and port not in rules.ports:
        raise _Refused
    found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    targets = [entry for entry in found if allowed or is_public(str(entry[4][0]))]
    if not targets:
        raise _Refused
    failure: OSError | None = None
    for family, kind, protocol, _, target in targets:
        connection = socket.socket(family, kind, protocol)
        connection.settimeout(timeout)
        try:
            connection.connect(target)
        except OSError as error:
            connection.close()
            failure = error
            continue
        return connection
    raise failure or OSError("no address")


class _Guarded:
    """Mixed into urllib3's connections: the address is checked by the very call that connects to it."""

    rules: Rules
    host: str
    port: int

    def _new_conn(self) -> socket.socket:
        try:
            return _connect(self.host, self.port, self.rules, self.rules.connect_seconds)
        except (OSError, UnicodeError) as error:
            raise NewConnectionError(self, str(error)) from error  # type: ignore[arg-type]


class _GuardedAdapter(HTTPAdapter):
    """Sends every request through guarded connections, never through a proxy."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        plain = type("Plain", (_Guarded, HTTPConnection), {"rules": self.rules})
        secure = type("Secure", (_Guarded, HTTPSConnection), {"rules": self.rules})
        pools = {
            "http": type("PlainPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
            "https": type("SecurePool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
        }
        manager: PoolManager = self.poolmanager
        manager.pool_classes_by_scheme = pools

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        raise _Refused


class _Politeness:
    """At most `at_once` requests and one per `seconds_between` for each host, over all threads of the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._slots: dict[str, threading.BoundedSemaphore] = {}
        self._next: dict[str, float] = {}

    @contextmanager
    def turn(self, host: str, rules: Rules) -> Iterator[None]:
        if host in rules.allow:
            yield
            return
        with self._lock:
            slot = self._slots.setdefault(host, threading.BoundedSemaphore(rules.at_once))
        with slot:
            with self._lock:
                start = max(time.monotonic(), self._next.get(host, 0.0))
                self._next[host] = start + rules.seconds_between
            time.sleep(max(0.0, start - time.monotonic()))
            yield


_POLITENESS = _Politeness()


@dataclass
class Fetch:
    """An open door for one run: where bodies go, and the validators known from earlier runs by address."""

    workdir: Path
    rules: Rules = field(default_factory=Rules)
    validators: Mapping[str, tuple[str | None, str | None]] = field(
        default_factory=dict
    )  # url -> (etag, last-modified)

    def __post_init__(self) -> None:
        self._session = requests.Session()
        self._session.trust_env = False
        adapter = _GuardedAdapter(self.rules)
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)
        contact = f"; {self.rules.contact}" if self.rules.contact else ""
        self._session.headers.update({"User-Agent": f"Khlang/0.1 (open data harvester{contact})", "Accept": "*/*"})

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Fetched:
        """Return the answer of a GET of `url`, its body in a new file of the work folder.

        Raises NotModified on 304 and HarvestError("fetch-…") otherwise: refused, failed, status, slow, too-large, redirects.
        """
        deadline = time.monotonic() + self.rules.total_seconds
        asked = dict(headers or {})
        etag, modified = self.validators.get(url, (None, None))
        if etag:
            asked["If-None-Match"] = etag
        if modified:
            asked["If-Modified-Since"] = modified
        current = url
        for _ in range(self.rules.redirects + 1):
            response = self._answer(current, asked, deadline)
            if response.status_code not in REDIRECTS:
                return self._keep(response, url, current, deadline)
            response.close()
            target = urljoin(current, response.headers.get("Location", ""))
            if urlsplit(target).netloc != urlsplit(current).netloc:
                asked = {
                    name: value for name, value in asked.items() if name.lower() not in ("authorization", "cookie")
                }
                self._session.cookies.clear()
            current = target
        raise HarvestError("fetch-redirects", url=url, most=self.rules.redirects)

    def _answer(self, url: str, headers: Mapping[str, str], deadline: float) -> requests.Response:
        """Ask until there is an answer that is worth no further try; back off with jitter, obey Retry-After."""
        for attempt in range(1, self.rules.tries + 1):
            last = attempt == self.rules.tries
            try:
                response = self._ask(url, headers)
            except HarvestError as error:
                if last or error.code != "fetch-failed":
                    raise
                wait = self._back_off(attempt)
            else:
                if response.status_code not in RETRIED or last:
                    return response
                response.close()
                wait = _retry_after(response.headers.get("Retry-After")) or self._back_off(attempt)
            if wait > self.rules.most_wait_seconds or time.monotonic() + wait > deadline:
                raise HarvestError("fetch-busy", url=url, seconds=round(wait))
            time.sleep(wait)
        raise AssertionError("unreachable")

    def _back_off(self, attempt: int) -> float:
        return float(min(2.0**attempt, 30.0) * (0.25 + random.random() / 2)) * 0.5  # noqa: S311 - jitter, not a secret

    def _ask(self, url: str, headers: Mapping[str, str]) -> requests.Response:
        parts = _checked(url)
        try:
            with _POLITENESS.turn(parts, self.rules):
                return self._session.get(
                    url,
                    headers=dict(headers),
                    timeout=(self.rules.connect_seconds, self.rules.idle_seconds),
                    allow_redirects=False,
                    stream=True,
                )
        except _Refused as error:
            raise HarvestError("fetch-refused", url=url) from error
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            if isinstance(error.__cause__ or error.__context__, _Refused):
                raise HarvestError("fetch-refused", url=url) from error
            raise HarvestError("fetch-failed", url=url, why=type(error).__name__) from error

    def _keep(self, response: requests.Response, asked: str, url: str, deadline: float) -> Fetched:
        """Write the body of `response` to a file under the caps."""
        with response:
            if response.status_code == requests.codes.not_modified:
                raise NotModified(asked)
            if response.status_code != requests.codes.ok:
                raise HarvestError("fetch-status", url=asked, status=response.status_code)
            length = response.headers.get("Content-Length", "")
            if length.isdigit() and int(length) > self.rules.bytes:
                raise HarvestError("fetch-too-large", url=asked, most_mb=self.rules.bytes // 1_000_000)
            path = self.workdir / f"fetched-{time.monotonic_ns()}"
            digest, size = hashlib.sha256(), 0
            try:
                with path.open("xb") as file:
                    # read1 gives what has come, so that a dripping body meets the deadline; decoded bytes are counted,
                    # so that a bomb counts as what it becomes
                    while chunk := response.raw.read1(CHUNK_BYTES, decode_content=True):
                        size += len(chunk)
                        if size > self.rules.bytes:
                            raise HarvestError("fetch-too-large", url=asked, most_mb=self.rules.bytes // 1_000_000)
                        if time.monotonic() > deadline:
                            raise HarvestError("fetch-slow", url=asked, seconds=round(self.rules.total_seconds))
                        digest.update(chunk)
                        file.write(chunk)
            except (requests.RequestException, HTTPError) as error:
                raise HarvestError("fetch-cut", url=asked, bytes=size) from error
            return Fetched(
                path=path,
                url=url,
                filename=_file_name(response, url),
                sha256=digest.hexdigest(),
                bytes=size,
                media_type=response.headers.get("Content-Type", "").partition(";")[0].strip().lower(),
                fetched_at=datetime.now(UTC),
                etag=response.headers.get("ETag"),
                last_modified=response.headers.get("Last-Modified"),
            )


def _checked(url: str) -> str:
    """Return `host:port` of a fetchable address. Raises HarvestError("fetch-address") for any other."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}[parts.scheme]
    except (ValueError, KeyError) as error:
        raise HarvestError("fetch-address", url=url) from error
    if not parts.hostname or parts.username is not None or parts.password is not None:
        raise HarvestError("fetch-address", url=url)
    return f"{parts.hostname}:{port}"


def _retry_after(value: str | None) -> float | None:
    """Seconds of a Retry-After header, in either of its forms (RFC 9110 §10.2.3)."""
    if not value:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def _file_name(response: requests.Response, url: str) -> str:
    """The file's own name: of Content-Disposition (RFC 6266), else the last part of the address."""
    header = Message()
    header["Content-Disposition"] = response.headers.get("Content-Disposition", "")
    named = header.get_filename()
    if named:
        with suppress(UnicodeError):
            named = named.encode("latin-1").decode("utf-8")  # many servers send raw UTF-8, which arrives as latin-1
    return (named or unquote(urlsplit(url).path)).replace("\\", "/").rsplit("/", 1)[-1] or "data"
