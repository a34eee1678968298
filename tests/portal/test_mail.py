"""Letters leave by one door: whole, in Thai, to one address, over checked encryption; whatever fails is told, never raised."""

from __future__ import annotations

import logging
import re
import shutil
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from portal import mail
from portal.app import create_app
from portal.db import db
from portal.errors import PortalError
from portal.settings import Settings, describe_settings, load_settings
from tests.mailbox import Mailbox, certificate, free_port, words_of

TO = "contact@unit.example.ac.th"
Send = Callable[..., "mail.Delivered | mail.Undelivered"]


@pytest.fixture
def mailbox(socket_enabled: None) -> Iterator[Mailbox]:
    box = Mailbox().start()
    yield box
    box.stop()


@pytest.fixture
def send(settings: Settings) -> Send:
    """Sends by the portal with these settings of mail."""

    def run(port: int, to: str = TO, subject: str = "เรื่อง", text: str = "ข้อความ", **given: object):
        told = {"smtp_host": "127.0.0.1", "smtp_tls": "none", "smtp_from": "khlang@portal.example.go.th"}
        app = create_app(
            Settings(home=settings.home, smtp_port=port, base_url="http://localhost", _env_file=None, **(told | given))
        )
        with app.app_context():
            result = mail.send(to, subject, text)
            db.engine.dispose()
        return result

    return run


def only(mailbox: Mailbox) -> EmailMessage:
    (letter,) = mailbox.letters
    return letter


def test_a_letter_in_thai_arrives_whole(mailbox: Mailbox, send: Send) -> None:
    text = "ถึงศูนย์วิจัย\n\n.บรรทัดที่ขึ้นต้นด้วยจุด\n.\n" + "ยาว" * 500 + "\n"
    result = send(mailbox.port, subject="ผ้าหม้อห้อมซักแล้วสีตก " * 4, text=text)
    assert isinstance(result, mail.Delivered)
    letter = only(mailbox)
    assert letter["Subject"] == ("ผ้าหม้อห้อมซักแล้วสีตก " * 4).strip()
    assert words_of(letter) == text
    assert letter["From"] == "คลัง Khlang <khlang@portal.example.go.th>"
    assert letter["To"] == TO
    assert letter["Message-ID"] == result.message_id
    assert letter["Message-ID"].endswith("@portal.example.go.th>")
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Date"].datetime.tzinfo is not None
    raw = mailbox.envelopes[0].content
    assert isinstance(raw, bytes)
    assert raw.isascii()
    assert max(map(len, raw.splitlines())) < 998
    assert mailbox.envelopes[0].mail_from == "khlang@portal.example.go.th"


@pytest.mark.parametrize("breaker", ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\0"])
def test_nothing_in_a_subject_makes_a_header(mailbox: Mailbox, send: Send, breaker: str) -> None:
    send(mailbox.port, subject=f"ก{breaker}Bcc: thief@example.com{breaker}{breaker}เนื้อความปลอม")
    letter = only(mailbox)
    assert letter["Bcc"] is None
    assert letter["Subject"].startswith("ก Bcc: thief@example.com")
    assert words_of(letter) == "ข้อความ\n"
    assert mailbox.envelopes[0].rcpt_tos == [TO]


@pytest.mark.parametrize(
    "to",
    ["", "ไม่มี", "a@b", "a@example.ac.th\r\nRCPT TO:<thief@example.com>", "a@example.ac.th, b@example.com", "<a@example.ac.th>",
     "ก@example.ac.th", "a@-x.ac.th", "a" * 250 + "@x.ac.th", "a@example.ac.th\n"],
)  # fmt: skip
def test_what_is_no_address_gets_no_letter(mailbox: Mailbox, send: Send, to: str) -> None:
    assert send(mailbox.port, to=to) == mail.Undelivered("no-address", again=False)
    assert mailbox.letters == []


def test_without_a_server_it_is_said(settings: Settings) -> None:
    app = create_app(settings)
    with app.app_context():
        assert mail.send(TO, "เรื่อง", "ข้อความ") == mail.Undelivered("no-server", again=True)
        db.engine.dispose()


def test_a_server_that_is_down_is_tried_again(socket_enabled: None, send: Send) -> None:
    assert send(free_port()) == mail.Undelivered("unreachable", again=True)


@pytest.mark.parametrize(
    ("word", "again"), [("450 later, greylisted", True), ("550 nobody of that name", False), ("421 going down", True)]
)
def test_a_servers_word_decides_whether_to_try_again(mailbox: Mailbox, send: Send, word: str, again: bool) -> None:
    mailbox.refuses = word
    result = send(mailbox.port)
    assert isinstance(result, mail.Undelivered)
    assert result.again is again
    assert mailbox.letters == []


def test_no_log_line_tells_who_was_written_to(mailbox: Mailbox, send: Send, caplog: pytest.LogCaptureFixture) -> None:
    mailbox.refuses = f"550 {TO} is not here"
    with caplog.at_level(logging.DEBUG):
        send(mailbox.port, subject="ชื่อกลุ่มลับ", text="เบอร์ลับ 081-000-0000")
    told = " ".join(
        f"{record.getMessage()} {record.__dict__}" for record in caplog.records if record.name != "mail.log"
    )
    assert "mail not taken" in told
    assert not re.search("unit.example|ลับ", told)


needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate of this test")


@needs_openssl
def test_encryption_is_checked_and_only_then_is_the_password_told(
    tmp_path: Path, socket_enabled: None, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, context = certificate(tmp_path)
    box = Mailbox(tls=context, login=("khlang", "a-password-of-a-test")).start()
    given = {
        "smtp_host": "localhost",
        "smtp_tls": "starttls",
        "smtp_user": "khlang",
        "smtp_password": "a-password-of-a-test",
    }
    try:
        refused = send(box.port, **given)
        assert (refused, box.logins, box.letters) == (mail.Undelivered("unreachable", again=True), [], [])
        monkeypatch.setenv("SSL_CERT_FILE", str(made))
        assert isinstance(send(box.port, **given), mail.Delivered)
        assert box.logins == ["khlang"]
        assert send(box.port, **{**given, "smtp_password": "wrong"}) == mail.Undelivered("refused", again=True)
        assert len(box.letters) == 1
    finally:
        box.stop()


@needs_openssl
def test_encryption_from_the_first_byte(
    tmp_path: Path, socket_enabled: None, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, context = certificate(tmp_path)
    box = Mailbox(tls=context, at_once=True).start()
    try:
        assert send(box.port, smtp_host="localhost", smtp_tls="tls") == mail.Undelivered("unreachable", again=True)
        monkeypatch.setenv("SSL_CERT_FILE", str(made))
        assert isinstance(send(box.port, smtp_host="localhost", smtp_tls="tls"), mail.Delivered)
        assert send(box.port, smtp_tls="tls") == mail.Undelivered(
            "unreachable", again=True
        )  # a certificate of another name
        assert len(box.letters) == 1
    finally:
        box.stop()


def test_a_server_without_encryption_is_told_nothing(mailbox: Mailbox, send: Send) -> None:
    assert send(mailbox.port, smtp_tls="starttls") == mail.Undelivered("refused", again=True)
    assert mailbox.letters == []


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"smtp_from": "a@x.go.th"}, "KHLANG_BASE_URL"),
        ({"base_url": "http://localhost"}, "KHLANG_SMTP_FROM"),
        ({"base_url": "http://localhost", "smtp_from": "a@x.go.th\nBcc: b@x.com"}, "KHLANG_SMTP_FROM"),
        ({"base_url": "http://localhost", "smtp_from": "nobody"}, "KHLANG_SMTP_FROM"),
        ({"base_url": "http://localhost", "smtp_from": "a@x.go.th", "smtp_password": "p", "smtp_tls": "none"}, "KHLANG_SMTP_TLS"),
    ],
)  # fmt: skip
def test_half_of_the_settings_of_mail_stop_the_start(tmp_path: Path, given: dict[str, str], named: str) -> None:
    with pytest.raises(PortalError) as told:
        load_settings(home=tmp_path, smtp_host="mail.example.go.th", _env_file=None, **given)
    assert named in str(told.value)


def test_the_password_is_masked_where_settings_are_shown(tmp_path: Path) -> None:
    shown = describe_settings(Settings(home=tmp_path, smtp_password="a-password-of-a-test", _env_file=None))
    (row,) = [one for one in shown if one["name"] == "KHLANG_SMTP_PASSWORD"]
    assert row["value"] == "********"
    assert "a-password" not in str(shown)
