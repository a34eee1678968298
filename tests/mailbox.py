"""A real mail server on loopback, as willing as a test wants it. What it took is in `letters`.

`tls`: it speaks encrypted, after STARTTLS or (`at_once`) from the first byte; `login`: the one name and password that it takes.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import subprocess
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


class Mailbox:
    """A server that can be stopped and started again at the same port. `refuses`: its word to every receiver; `open`: cleared, it answers nobody until it is set."""

    def __init__(
        self, *, tls: ssl.SSLContext | None = None, at_once: bool = False, login: tuple[str, str] | None = None
    ) -> None:
        self.letters: list[EmailMessage] = []
        self.envelopes: list[Envelope] = []
        self.logins: list[str] = []
        self.refuses = ""
        self.open = threading.Event()
        self.open.set()
        self.port = 0
        self.tls, self.at_once, self.login = tls, at_once, login
        self.controller: Controller | None = None

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, _options: Any) -> str:
        while not self.open.is_set():
            await asyncio.sleep(0.05)
        if self.refuses:
            return self.refuses
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.envelopes.append(envelope)
        letter = message_from_bytes(envelope.content or b"", policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        return "250 OK"

    def knows(self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append(data.login.decode())
        return AuthResult(success=(data.login.decode(), data.password.decode()) == self.login, handled=False)

    def start(self) -> Mailbox:
        """Listen: at any port the first time, at the same one again later."""
        options: dict[str, Any] = {}
        if self.tls and self.at_once:
            options["ssl_context"] = self.tls
        elif self.tls:
            options |= {"tls_context": self.tls, "require_starttls": True}
        if self.login:
            options |= {"authenticator": self.knows, "auth_required": True}
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port or free_port(), **options)
        self.port = self.controller.port
        self.controller.start()
        return self

    def stop(self) -> None:
        """Listen no more."""
        if self.controller is not None:
            self.controller.stop()
            self.controller = None


def words_of(letter: EmailMessage) -> str:
    """The text of a letter, with the line ends of Python."""
    return str(letter.get_content()).replace("\r\n", "\n")


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate of its own making for localhost, and a server's context with it."""
    key, made = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", made,
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    return made, context
