"""The only door to a mail server: one plain letter to one address. Who calls it decides what becomes of one that was not taken.

Neither the address nor the text of a letter reaches a log.
"""

from __future__ import annotations

import contextlib
import logging
import re
import smtplib
import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import localtime, make_msgid

from flask import current_app

from harvesters.thai.text import clean
from portal.settings import Settings

log = logging.getLogger("khlang.mail")

SECONDS = 10  # for each word of the server
LONGEST_SUBJECT = 200
FROM_NAME = "คลัง Khlang"
_ADDRESS = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._%+\-]{0,63}@(?:[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}"
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Delivered:
    """The mail server took the letter; from there on it is answerable for it."""

    message_id: str


@dataclass(frozen=True, slots=True)
class Undelivered:
    """The letter was not taken. `again`: whether another try may help.

    `reason`: no-server (none is set), no-address (what was given is none), refused (by the server), unreachable.
    """

    reason: str
    again: bool


def send(to: str, subject: str, text: str) -> Delivered | Undelivered:
    """Hand a letter to the mail server of the settings. Never raises for what the server, the address or the text is like."""
    settings: Settings = current_app.config["KHLANG"]
    if not settings.smtp_host:
        return Undelivered("no-server", again=True)
    if not is_address(to):
        return Undelivered("no-address", again=False)
    message = letter(settings.smtp_from, to, subject, text)
    try:
        hand_over(settings, message)
    except (smtplib.SMTPException, OSError) as error:
        failed = told_by(error)
        log.warning(
            "mail not taken", extra={"reason": failed.reason, "again": failed.again, "kind": type(error).__name__}
        )
        return failed
    return Delivered(str(message["Message-ID"]))


def is_address(text: str) -> bool:
    """Whether a text is one plain mail address and nothing else."""
    return len(text) <= 254 and _ADDRESS.fullmatch(text) is not None


def letter(sender: str, to: str, subject: str, text: str) -> EmailMessage:
    """The letter in the form of RFC 5322. Whatever the subject holds, it stays one line and one header."""
    message = EmailMessage(policy=SMTP)
    domain = sender.rpartition("@")[2]
    message["From"] = Address(FROM_NAME, addr_spec=sender)
    message["To"] = Address(addr_spec=to)
    message["Subject"] = clean(_CONTROL.sub(" ", subject)).strip()[:LONGEST_SUBJECT]
    message["Date"] = localtime()
    message["Message-ID"] = make_msgid(domain=domain)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no machine shall answer it
    message.set_content(text, charset="utf-8", cte="base64")  # Thai passes servers of seven bits too
    return message


def hand_over(settings: Settings, message: EmailMessage) -> None:
    """Bring a letter to the server. Raises SMTPException or OSError when it was not taken."""
    name = settings.smtp_from.rpartition("@")[2]
    context = ssl.create_default_context()
    server: smtplib.SMTP
    if settings.smtp_tls == "tls":
        server = smtplib.SMTP_SSL(settings.smtp_host, settings.smtp_port, name, timeout=SECONDS, context=context)
    else:
        server = smtplib.SMTP(settings.smtp_host, settings.smtp_port, name, timeout=SECONDS)
    try:
        if settings.smtp_tls == "starttls":
            server.starttls(context=context)
        if settings.smtp_user and settings.smtp_password:
            server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
        server.send_message(message)
    finally:  # a farewell that fails takes nothing back
        with contextlib.suppress(smtplib.SMTPException, OSError):
            server.quit()
        server.close()


def told_by(error: Exception) -> Undelivered:
    """What a failure means. A final word (5xx) about the receiver or the letter stands; about ourselves it may be put right."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = max((reply[0] for reply in error.recipients.values()), default=0)
        return Undelivered("refused", again=code < 500)
    if isinstance(error, smtplib.SMTPDataError):
        return Undelivered("refused", again=error.smtp_code < 500)
    if isinstance(error, smtplib.SMTPServerDisconnected | smtplib.SMTPConnectError) or not isinstance(
        error, smtplib.SMTPException
    ):
        return Undelivered("unreachable", again=True)
    return Undelivered("refused", again=True)
