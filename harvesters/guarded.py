"""Connections that are made only where they may be made, and that end when they must (safety.md §6.1)."""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Collection
from contextlib import suppress
from contextvars import ContextVar


class Refused(Exception):  # noqa: N818 - it is an outcome, turned into HarvestError at the door
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


def connect(host: str, port: int, *, allow: Collection[str], ports: Collection[int], timeout: float) -> socket.socket:
    """Open a TCP connection to `host`, only to a public address, or to a `host:port` of `allow`.

    `ports` on public addresses; empty means any. Raises Refused, and OSError when nobody answers.
    """
    allowed = f"{host}:{port}" in allow or f"[{host}]:{port}" in allow
    if not allowed and ports and port not in ports:
        raise Refused
    found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    targets = [entry for entry in found if allowed or is_public(str(entry[4][0]))]
    if not targets:
        raise Refused
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


class Watch:
    """Ends the connections of one call at its deadline: headers, handshakes and sizes of chunks can drip for ever too."""

    def __init__(self, seconds: float) -> None:
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(max(0.0, seconds), self._end)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._token = WATCH.set(self)
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        WATCH.reset(self._token)
        self._timer.cancel()
        for connection in self._sockets:
            connection.close()

    def add(self, connection: socket.socket) -> None:
        """Watch a connection, by a handle of its own: TLS takes the first one over."""
        self._sockets.append(socket.fromfd(connection.fileno(), connection.family, connection.type))

    def _end(self) -> None:
        for connection in self._sockets:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


WATCH: ContextVar[Watch] = ContextVar("WATCH")
