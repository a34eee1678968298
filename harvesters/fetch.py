"""The only door to the network. Every address is checked when the connection is made, on every redirect again.

Rules: safety.md §6.1 and harvesting.md. http and https only, no proxies of the environment, no credentials carried to
another host, caps on time, on bytes as sent and on bytes as decoded, at most two requests at once and five a second per host.
"""

from __future__ import annotations

import errno
import hashlib
import itertools
import logging
import os
import random
import socket
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
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
from harvesters.guarded import WATCH, Refused, Watch, connect
from harvesters.politeness import Politeness

log = logging.getLogger("khlang.fetch")

CHUNK_BYTES = 1 << 16
RETRIED = frozenset({429, 500, 502, 503, 504})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
GOOD = frozenset({200})
CARRIED = frozenset({"accept", "accept-language", "if-none-match", "if-modified-since"})  # to another host; no keys
TOO_MANY = 429
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
MOST_NUMBER = 10**15  # in a header; more means no more
MOST_CODINGS = 1  # of a body: one packed twice is a bomb, not a courtesy


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
    turns: Path | None = None  # folder by which processes keep to the last two together


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
    status: int = 200


class NotModified(HarvestError):  # noqa: N818 - an answer, not a mistake
    """The source says that what we have is still what it has (HTTP 304)."""

    def __init__(self, url: str) -> None:
        super().__init__("fetch-same", url=url)


class _Guarded:
    """Mixed into urllib3's connections: the address is checked by the very call that connects to it."""

    rules: Rules
    host: str
    port: int
    sock: socket.socket

    def _new_conn(self) -> socket.socket:
        try:
            connection = connect(
                self.host,
                self.port,
                allow=self.rules.allow,
                ports=self.rules.ports,
                timeout=self.rules.connect_seconds,
            )
        except (OSError, UnicodeError) as error:
            raise NewConnectionError(self, str(error)) from error  # type: ignore[arg-type]
        WATCH.get().add(connection)
        return connection

    def getresponse(self) -> Any:
        WATCH.get().add(self.sock)  # one kept open from an earlier call has not been seen yet
        return super().getresponse()  # type: ignore[misc]


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
        raise Refused


_POLITENESS = Politeness()
_NUMBERS = itertools.count()


@dataclass
class Fetch:
    """An open door for one run: where bodies go, and the validators known from earlier runs by address."""

    workdir: Path
    rules: Rules = field(default_factory=Rules)
    validators: Mapping[str, tuple[str | None, str | None]] = field(
        default_factory=dict
    )  # url -> (etag, last-modified)
    wanted: Callable[[], bool] = lambda: True  # False once the run is to stop: nothing more is asked for
    keep: Path | None = None  # folder of the source that outlives the run, for kinds that take a listing up again

    def __post_init__(self) -> None:
        self._left: dict[str, float] = {}  # hosts that asked to be left alone, with the seconds that they named
        self._session = requests.Session()
        self._session.trust_env = False
        adapter = _GuardedAdapter(self.rules)
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)
        contact = f"; {self.rules.contact}" if self.rules.contact else ""
        self._session.headers.update({"User-Agent": f"Khlang/0.1 (open data harvester{contact})", "Accept": "*/*"})

    def get(
        self, url: str, headers: Mapping[str, str] | None = None, *, good: Collection[int] = GOOD, fresh: bool = False
    ) -> Fetched:
        """Return the answer of a GET of `url`, its body in a new file of the work folder.

        `good` are the statuses whose body is wanted (protocols that answer errors with a body name more than 200);
        `fresh` asks without the validators of earlier runs. `headers` reach no other host than that of `url`.
        Raises NotModified on 304, HarvestError("run-stopped") once the run is to stop, and HarvestError("fetch-…") otherwise: refused, failed, status, busy, slow, cut, too-large,
        redirects.
        """
        if not self.wanted():
            raise HarvestError("run-stopped")
        deadline = time.monotonic() + self.rules.total_seconds
        asked = dict(headers or {})
        etag, modified = (None, None) if fresh else self.validators.get(url, (None, None))
        if etag:
            asked["If-None-Match"] = etag
        if modified:
            asked["If-Modified-Since"] = modified
        current = url
        with Watch(self.rules.total_seconds):
            for _ in range(self.rules.redirects + 1):
                answer = self._answer(current, url, asked, deadline, good)
                if isinstance(answer, Fetched):
                    return answer
                if _place(answer) != _place(current):
                    asked = {name: value for name, value in asked.items() if name.lower() in CARRIED}
                    self._session.cookies.clear()
                current = answer
        raise HarvestError("fetch-redirects", url=url, most=self.rules.redirects)

    def _answer(
        self, url: str, asked: str, headers: Mapping[str, str], deadline: float, good: Collection[int]
    ) -> Fetched | str:
        """Ask until there is an answer that is worth no further try; back off with jitter, obey Retry-After.

        Returns the body, or the address that the answer leads to.
        """
        place = _checked(url)
        if place in self._left:
            raise HarvestError("fetch-busy", url=asked, seconds=round(self._left[place]))
        for attempt in range(1, self.rules.tries + 1):
            last = attempt == self.rules.tries
            try:
                with self._turn(place), self._ask(url, headers, deadline) as response:
                    if response.status_code in REDIRECTS and "Location" in response.headers:
                        return urljoin(url, response.headers["Location"])
                    if response.status_code not in RETRIED or response.status_code in good:
                        return self._keep(response, asked, url, deadline, good)
                    status, told = response.status_code, _retry_after(response.headers.get("Retry-After"))
            except HarvestError as error:
                if last or error.code != "fetch-failed":
                    raise
                status, told = 0, None
            wait = told or self._back_off(attempt)
            if status == TOO_MANY and (last or wait > self.rules.most_wait_seconds):
                self._left[place] = wait  # the rest of this run leaves the host alone
            if (
                wait > self.rules.most_wait_seconds
                or time.monotonic() + wait > deadline
                or (last and place in self._left)
            ):
                raise HarvestError("fetch-busy", url=asked, seconds=round(wait))
            if last:
                raise HarvestError("fetch-status", url=asked, status=status)
            time.sleep(wait)
        raise AssertionError("unreachable")

    def _turn(self, place: str) -> AbstractContextManager[None]:
        """A turn at `place` (host:port). Inner places that are allowed by name are not waited for."""
        rules = self.rules
        if place in rules.allow:
            return nullcontext()
        host = place.rpartition(":")[0]
        return _POLITENESS.turn(host, at_once=rules.at_once, seconds_between=rules.seconds_between, turns=rules.turns)

    def _back_off(self, attempt: int) -> float:
        return float(min(2.0**attempt, 30.0) * (0.25 + random.random() / 2)) * 0.5  # noqa: S311 - jitter, not a secret

    def _ask(self, url: str, headers: Mapping[str, str], deadline: float) -> requests.Response:
        try:
            return self._session.get(
                url,
                headers=dict(headers),
                timeout=(self.rules.connect_seconds, self.rules.idle_seconds),
                allow_redirects=False,
                stream=True,
            )
        except Refused as error:
            raise HarvestError("fetch-refused", url=url) from error
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            if isinstance(error.__cause__ or error.__context__, Refused):
                raise HarvestError("fetch-refused", url=url) from error
            if time.monotonic() > deadline:
                raise HarvestError("fetch-slow", url=url, seconds=round(self.rules.total_seconds)) from error
            raise HarvestError("fetch-failed", url=url, why=type(error).__name__) from error

    def _keep(
        self, response: requests.Response, asked: str, url: str, deadline: float, good: Collection[int]
    ) -> Fetched:
        """Write the body of `response` to a file under the caps."""
        if response.status_code == requests.codes.not_modified:
            raise NotModified(asked)
        if response.status_code not in good:
            raise HarvestError("fetch-status", url=asked, status=response.status_code)
        _check_told(response, asked, self.rules.bytes)
        path = self.workdir / f"fetched-{next(_NUMBERS)}"
        try:
            sha256, size = self._write(response, path, asked, deadline)
        except HarvestError:
            path.unlink(missing_ok=True)
            raise
        return Fetched(
            path=path,
            url=url,
            filename=_file_name(response, url),
            sha256=sha256,
            bytes=size,
            media_type=response.headers.get("Content-Type", "").partition(";")[0].strip().lower(),
            fetched_at=datetime.now(UTC),
            etag=response.headers.get("ETag"),
            last_modified=response.headers.get("Last-Modified"),
            status=response.status_code,
        )

    def _write(self, response: requests.Response, path: Path, asked: str, deadline: float) -> tuple[str, int]:
        """Write a body to `path` as it comes; return its sha256 and how many bytes it has."""
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
                    if not self.wanted():  # a body may drip for minutes
                        raise HarvestError("run-stopped")
                    digest.update(chunk)
                    file.write(chunk)
            if time.monotonic() > deadline:  # a body without a length, ended by our own watch, looks whole
                raise TimeoutError
        except (requests.RequestException, HTTPError, OSError) as error:
            if isinstance(error, OSError) and error.errno in FULL:
                raise HarvestError("store-full", error=os.strerror(error.errno)) from error
            if time.monotonic() > deadline:
                raise HarvestError("fetch-slow", url=asked, seconds=round(self.rules.total_seconds)) from error
            raise HarvestError("fetch-cut", url=asked, bytes=size) from error
        return digest.hexdigest(), size


def _check_told(response: requests.Response, url: str, most: int) -> None:
    """Refuse a body by what is said of it: too long, or packed more than once."""
    told = _whole(response.headers.get("Content-Length", ""))
    if told is not None and told > most:
        raise HarvestError("fetch-too-large", url=url, most_mb=most // 1_000_000)
    if response.headers.get("Content-Encoding", "").count(",") >= MOST_CODINGS:
        raise HarvestError("fetch-failed", url=url, why="Content-Encoding")


def _whole(text: str) -> int | None:
    """A whole number of a header, at most MOST_NUMBER; None for anything else. A server may write any sign there."""
    text = text.strip()
    if not (text.isascii() and text.isdigit()):
        return None
    return int(text) if len(text) < len(str(MOST_NUMBER)) else MOST_NUMBER


def _place(url: str) -> tuple[str, str]:
    """What a key belongs to: scheme with host and port. Another of either is another place."""
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()


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
    told = _whole(value)
    if told is not None:
        return float(told)
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
