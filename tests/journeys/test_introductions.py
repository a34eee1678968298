"""A group asks to be introduced to a research unit; the unit answers by mail and link and tells what came of it. Nothing is patched:

the letters go through a real mail server on loopback. Where time must pass, the moments in the database are moved.
"""

from __future__ import annotations

import csv
import io
import logging
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from sqlalchemy import update

from portal.app import create_app
from portal.cli import main
from portal.db import db, now, transaction
from portal.introductions.actions import KEPT, MOST_OF_ONE, MOST_OF_UNIT
from portal.introductions.delivering import BACK_OFF, GIVE_UP, PATIENCE, deliver, see_to_introductions
from portal.introductions.models import Introduction, IntroductionLink
from portal.introductions.tokens import GOOD_FOR, SALT
from portal.settings import Settings
from tests.mailbox import Mailbox, words_of

pytestmark = [pytest.mark.journey, pytest.mark.enable_socket]

CLUSTERS = """รหัสทะเบียน,ชื่อวิสาหกิจชุมชน,จังหวัด,อำเภอ,สินค้า/บริการ,ความต้องการ/ปัญหา
6-54-01-01/1-0001,วิสาหกิจชุมชนผ้าหม้อห้อมบ้านสมมติ,แพร่,เมืองแพร่,ผ้าหม้อห้อมย้อมคราม,ซักแล้วสีตก
"""
UNITS = """รหัสหน่วยวิจัย,ชื่อหน่วยวิจัย,มหาวิทยาลัย,จังหวัด,ความเชี่ยวชาญ,บริการ,โทรศัพท์,อีเมล
U-0001,ศูนย์วิจัยสิ่งทอสมมติ,มหาวิทยาลัยแม่โจ้,แพร่,สีย้อมธรรมชาติ,ทดสอบความคงทนของสี,054-000-001,contact@textile.example.ac.th
U-0002,หน่วยวิจัยสีย้อมไร้อีเมล,มหาวิทยาลัยแม่โจ้,แพร่,สีย้อมคราม,ทดสอบความคงทนของสี,054-000-002,
"""
GROUP, CONTACT, MESSAGE = "กลุ่มทอผ้าลับเฉพาะ", "081-555-0199 ป้าสมมติ", "ซักแล้วสีตก ลองเกลือแล้วไม่หาย\nอยากให้ช่วยดูสูตรย้อม"
PRIVATE = (GROUP, "081-555-0199", "ลองเกลือแล้ว", "สูตรย้อม")
TO = "contact@textile.example.ac.th"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox().start()
    yield box
    box.stop()


@pytest.fixture(scope="module")
def published(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a cluster and two units, published once and copied for each test."""
    folder = tmp_path_factory.mktemp("published")
    shutil.copytree(prepared, folder / "home")
    for name, text, profile in (("clusters", CLUSTERS, "entrepreneur-cluster"), ("units", UNITS, "research-unit")):
        path = folder / f"{name}.csv"
        path.write_text(text, encoding="utf-8")
        words = [
            "publish", path, "--publisher", "office", "--publisher-title", "สำนักงานทดสอบ", "--name", name, "--title", name,
            "--profile", profile,
        ]  # fmt: skip
        done = CliRunner().invoke(main, list(map(str, words)), env={"KHLANG_HOME": str(folder / "home")})
        assert done.exit_code == 0, done.output
    return folder / "home"


@pytest.fixture
def settings(home: Path, published: Path, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A portal that sends its mail to `mailbox`."""
    shutil.copytree(published, home)
    for name, value in {
        "SMTP_HOST": "127.0.0.1", "SMTP_PORT": mailbox.port, "SMTP_TLS": "none", "SMTP_FROM": "khlang@portal.example.go.th",
        "BASE_URL": "http://localhost",
    }.items():  # fmt: skip
        monkeypatch.setenv(f"KHLANG_{name}", str(value))
    return Settings()


@pytest.fixture
def app(client: Any) -> Flask:
    return client.application


@pytest.fixture
def unit(client: Any) -> Callable[[str], str]:
    """The slug of the unit whose name has a word."""

    def find(word: str = "สิ่งทอ") -> str:
        units = client.get("/unit.json").get_json()["units"]
        return str(next(one["slug"] for one in units if word in one["name"]["th"]))

    return find


@pytest.fixture
def ask(client: Any, unit: Callable[..., str]) -> Callable[..., Any]:
    """Sends the form of asking."""

    def send(word: str = "สิ่งทอ", headers: dict[str, str] | None = None, address: str = "", **given: str) -> Any:
        told = {"group": GROUP, "contact": CONTACT, "message": MESSAGE, "province": "54", "agreed": "1"} | given
        environment = {"REMOTE_ADDR": address} if address else {}
        return client.post(f"/unit/{unit(word)}/introduction", data=told, headers=headers, environ_base=environment)

    return send


@pytest.fixture
def later(app: Flask) -> Callable[[timedelta], None]:
    """Lets time pass for introductions: everything that has a moment happened so much earlier."""

    def pass_by(time: timedelta) -> None:
        with app.app_context(), transaction() as session:
            for table in (Introduction, IntroductionLink):
                for one in session.query(table):
                    for name in ("sent_at", "answered_at", "outcome_at", "made_at", "next_try_at"):
                        if getattr(one, name, None) is not None:
                            setattr(one, name, getattr(one, name) - time)

    return pass_by


def link_in(mailbox: Mailbox, number: int = -1) -> str:
    """The path of the link in a letter."""
    (path,) = re.findall(r"^http://localhost(/introduction/\S+)$", words_of(mailbox.letters[number]), re.MULTILINE)
    return str(path)


def in_order(khlang: Any) -> Any:
    return khlang("introduction", "list", "--json")["introductions"]


def test_from_a_match_to_the_outcome(client: Any, khlang: Any, ask: Any, mailbox: Mailbox, later: Any) -> None:
    cluster = client.get("/cluster.json").get_json()["clusters"][0]["slug"]
    page = client.get(f"/cluster/{cluster}").text
    form = re.findall(r'href="(/unit/[^"]+/introduction\?[^"]+)"', page)[0]
    opened = client.get(form.replace("&amp;", "&")).text
    assert "วิสาหกิจชุมชนผ้าหม้อห้อมบ้านสมมติ" in opened  # the group needs not write its name again
    assert '<option value="54" selected>' in opened

    sent = ask(cluster=cluster)
    assert sent.status_code == 303
    own = client.get(sent.location)
    assert "ส่งอีเมลถึงหน่วยวิจัยแล้ว" in own.text
    assert own.headers["Cache-Control"] == "private, no-store"
    assert own.headers["Referrer-Policy"] == "no-referrer"
    assert not any(word in own.text for word in PRIVATE)

    (letter,) = mailbox.letters
    assert letter["To"] == TO
    told = words_of(letter)
    assert all(f"> {line}" in told for line in (GROUP, CONTACT, *MESSAGE.splitlines()))
    assert not any(word in str(value) for value in letter.values() for word in PRIVATE)

    later(timedelta(days=3))
    link = link_in(mailbox)
    for _ in range(3):  # programs that look through mail open links, and ask for heads
        assert client.head(link).status_code == 200
        form_of_unit = client.get(link)
    assert form_of_unit.status_code == 200
    assert all(word in form_of_unit.text for word in PRIVATE)
    assert in_order(khlang)[0]["state"] == "asked"

    assert client.post(link, data={"choice": "maybe"}).status_code == 422
    answered = client.post(link, data={"choice": "accepted", "words": "ยินดี จะโทรไปวันจันทร์"})
    assert answered.status_code == 200
    assert client.post(link, data={"choice": "declined"}).status_code == 410
    used = client.get(link)
    assert used.status_code == 410
    assert "ลิงก์นี้ใช้ไปแล้ว" in used.text
    assert not any(word in used.text for word in PRIVATE)
    assert "ยินดี จะโทรไปวันจันทร์" in client.get(sent.location).text

    later(timedelta(days=10))
    shown = re.search(r'href="(/introduction/[^"]+)"', answered.text)
    assert shown
    second = link_in(mailbox)
    assert words_of(mailbox.letters[-1]).count(GROUP) == 0
    assert client.get(shown[1]).status_code == 200  # the page and the letter lead to the same step
    assert client.post(second, data={"choice": "solved"}).status_code == 200
    assert client.post(shown[1], data={"choice": "unsolved"}).status_code == 410
    (one,) = in_order(khlang)
    assert (one["state"], one["answer"], one["outcome"], one["due"]) == ("outcome", "accepted", "solved", None)
    assert "ได้ช่วยแล้ว แก้ปัญหาได้" in client.get(sent.location).text

    (row,) = client.get("/introductions.json").get_json()["introductions"]
    assert (row["province_code"], row["asked"], row["accepted"], row["solved"]) == ("54", 1, 1, 1)
    assert (row["median_days_to_answer"], row["median_days_to_outcome"]) == (3.0, 13.0)
    (line,) = csv.DictReader(io.StringIO(client.get("/introductions.csv").text))
    assert {name: str("" if value is None else value) for name, value in row.items()} == line
    assert "แพร่" in client.get("/introductions").text


def test_who_asked_is_told_nowhere_in_public_and_in_no_log(
    client: Any, khlang: Any, ask: Any, unit: Any, mailbox: Mailbox, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        mailbox.refuses = f"450 not now, {GROUP}"
        own = ask().location
        mailbox.refuses = ""
        khlang("worker", "--once")
        for path in (
            own, "/introductions", "/introductions.json", "/introductions.csv", f"/unit/{unit()}", f"/unit/{unit()}.json",
            "/match?need=สีตก", "/match.json?need=สีตก", "/feedback", "/gaps", f"/search?q={GROUP}", f"/search.json?q={GROUP[:9]}",
        ):  # fmt: skip
            said = client.get(path)
            assert said.status_code == 200
            assert not any(word in said.text for word in PRIVATE[1:]), path
            unknown = "คำซึ่งไม่มีในที่ใด"  # a search page repeats what was searched for, whatever it is
            echo = client.get(path.replace(GROUP, unknown)).text.count(unknown) if path.startswith("/search?") else 0
            assert said.text.count(GROUP) <= echo, path
    logged = [f"{record.getMessage()} {record.__dict__}" for record in caplog.records if record.name != "mail.log"]
    assert not any(word in line for line in logged for word in (*PRIVATE, TO))
    for path in home.rglob("*"):
        if path.is_file() and not path.name.startswith("khlang.sqlite"):
            content = path.read_bytes()
            assert not any(word.encode() in content for word in PRIVATE), path
    listed = khlang("introduction", "list").output
    assert not any(word in listed for word in PRIVATE)
    shown = khlang("introduction", "show", "1", "--json")
    assert (shown["group"], shown["contact"], shown["message"]) == (GROUP, CONTACT, MESSAGE)


def test_a_mail_server_that_is_down_is_tried_again_until_it_takes_the_letter(
    client: Any, khlang: Any, ask: Any, mailbox: Mailbox, later: Any
) -> None:
    mailbox.stop()
    own = ask().location
    page = client.get(own).text
    assert "ยังส่งอีเมลถึงหน่วยวิจัยไม่ได้" in page
    assert "ระบบจะลองส่งให้อีก" in page
    assert "054-000-001" in page  # what the unit itself published
    letter = in_order(khlang)[0]["delivery"]["answer"]
    assert (letter["state"], letter["reason"], letter["tries"]) == ("undelivered", "unreachable", 1)
    later(BACK_OFF[0])
    khlang("worker", "--once")
    assert in_order(khlang)[0]["delivery"]["answer"]["tries"] == 2
    mailbox.start()
    khlang("worker", "--once")
    assert mailbox.letters == []  # not due yet: it waits longer each time
    later(BACK_OFF[1])
    khlang("worker", "--once")
    khlang("worker", "--once")
    assert len(mailbox.letters) == 1
    assert "ส่งอีเมลถึงหน่วยวิจัยแล้ว" in client.get(own).text
    assert client.post(link_in(mailbox), data={"choice": "declined"}).status_code == 200
    assert in_order(khlang)[0]["due"] is None
    assert len(mailbox.letters) == 1  # who can't help is not asked for an outcome


def test_a_contact_that_leads_to_nobody_is_asked_for_again(ask: Any, mailbox: Mailbox) -> None:
    page = ask(contact="ไม่บอก")
    assert page.status_code == 422
    assert "โปรดบอกเบอร์โทรศัพท์ อีเมล ไลน์ หรือที่อยู่" in page.text
    assert mailbox.letters == []


def test_the_numbers_are_published_as_a_dataset_that_names_nobody(
    client: Any, khlang: Any, ask: Any, mailbox: Mailbox, tmp_path: Path
) -> None:
    ask()
    runs = {run["source"]: run for run in khlang("registry", "publish", "--json")["runs"]}
    assert runs["khlang-introductions"]["datasets"][0]["status"] == "new"
    table = "/dataset/khlang-introductions/resource/introductions"
    (row,) = csv.DictReader(io.StringIO(client.get(f"{table}.csv").text))
    assert (row["province_code"], row["asked"], row["mail_delivered"], row["answered"]) == ("54", "1", "1", "0")
    package = tmp_path / "package.zip"
    package.write_bytes(client.get("/dataset/khlang-introductions/datapackage.zip").data)
    checked = subprocess.run(
        [str(Path(sys.executable).with_name("frictionless")), "validate", str(package)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout
    for address in (f"{table}.csv", table, "/dataset/khlang-introductions"):
        for private in (GROUP, CONTACT, MESSAGE):
            assert private not in client.get(address).text


def test_a_slow_mail_server_keeps_nobody_waiting(
    app: Flask, client: Any, khlang: Any, ask: Any, mailbox: Mailbox
) -> None:
    ask("ไร้อีเมล")  # what is slow the first time is not the mail
    mailbox.open.clear()
    began = time.monotonic()
    own = ask().location
    assert time.monotonic() - began < PATIENCE + 5  # not as long as the server takes, which is for ever
    page = client.get(own).text
    assert "กำลังส่ง" in page
    assert "ส่งอีเมลถึงหน่วยวิจัยแล้ว" not in page
    with app.app_context():
        see_to_introductions()  # as the worker does: the letter is in another's hands
    letter = in_order(khlang)[-1]["delivery"]["answer"]
    assert (letter["sent_at"], letter["tries"]) == (None, 0)
    mailbox.open.set()
    while "ส่งอีเมลถึงหน่วยวิจัยแล้ว" not in client.get(own).text:
        assert time.monotonic() - began < 120
        time.sleep(0.2)
    khlang("worker", "--once")
    assert len(mailbox.letters) == 1


def test_two_workers_send_a_letter_once(app: Flask, ask: Any, mailbox: Mailbox, later: Any) -> None:
    mailbox.stop()
    ask()
    mailbox.start()
    later(BACK_OFF[0])

    def work() -> None:
        with app.app_context():
            deliver(1)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(mailbox.letters) == 1


def test_tries_end(client: Any, khlang: Any, ask: Any, mailbox: Mailbox, later: Any) -> None:
    mailbox.stop()
    own = ask().location
    for wait in BACK_OFF:
        later(wait)
        khlang("worker", "--once")
    letter = in_order(khlang)[0]["delivery"]["answer"]
    assert (letter["tries"], letter["next_try_at"]) == (len(BACK_OFF) + 1, None)
    assert "ระบบเลิกส่งแล้ว" in client.get(own).text
    mailbox.start()
    later(GIVE_UP)
    khlang("worker", "--once")
    assert mailbox.letters == []
    link = khlang("introduction", "link", "1", "--by", "สมมติ").output.strip()  # a person brings it there
    assert client.post(link.removeprefix("http://localhost"), data={"choice": "referred"}).status_code == 200
    assert khlang("introduction", "link", "1", "--by", "สมมติ", code=2).exit_code == 2


def test_a_final_no_is_not_tried_again(khlang: Any, ask: Any, mailbox: Mailbox, later: Any) -> None:
    mailbox.refuses = "550 nobody of that name"
    ask()
    mailbox.refuses = ""
    later(timedelta(days=1))
    khlang("worker", "--once")
    assert mailbox.letters == []
    assert in_order(khlang)[0]["delivery"]["answer"]["reason"] == "refused"


def test_a_unit_without_an_address_of_an_institution_gets_no_letter_and_that_is_said(
    client: Any, khlang: Any, ask: Any, unit: Any, mailbox: Mailbox
) -> None:
    before = client.get(f"/unit/{unit('ไร้อีเมล')}/introduction").text
    assert "เราส่งอีเมลถึงหน่วยวิจัยนี้ไม่ได้" in before
    assert "054-000-002" in before
    page = client.get(ask("ไร้อีเมล").location).text
    assert "ไม่มีอีเมลกลาง" in page
    assert "054-000-002" in page
    assert mailbox.letters == []
    (one,) = in_order(khlang)
    assert (one["delivery"]["answer"]["state"], one["delivery"]["answer"]["reason"]) == ("undelivered", "no-address")
    assert client.get("/introductions.json").get_json()["total"]["mail_undelivered"] == 1


def test_links_that_are_not_ours_too_old_or_changed_open_nothing(
    client: Any, app: Flask, khlang: Any, ask: Any, mailbox: Mailbox
) -> None:
    ask()
    token = link_in(mailbox).removeprefix("/introduction/")
    for at in range(0, len(token) - 1, 3):
        changed = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
        for answer in (
            client.get(f"/introduction/{changed}"),
            client.post(f"/introduction/{changed}", data={"choice": "accepted"}),
        ):
            assert answer.status_code == 404
            assert not any(word in answer.text for word in PRIVATE)
    said = URLSafeTimedSerializer(app.secret_key, salt=SALT).loads(token)

    def signed(what: Any, *, key: Any = app.secret_key, salt: str = SALT, age: timedelta = timedelta()) -> str:
        class Clock(TimestampSigner):
            def get_timestamp(self) -> int:
                return int((now() - age).timestamp())

        return "/introduction/" + str(URLSafeTimedSerializer(key, salt=salt, signer=Clock).dumps(what))

    assert client.get(signed(said)).status_code == 200
    for address, status in (
        (signed(said, key="another secret"), 404),
        (signed(said, salt="another purpose"), 404),
        (signed(said, age=GOOD_FOR["answer"] + timedelta(minutes=1)), 410),
        (signed(said, age=timedelta(days=9000)), 410),
        (signed(said, age=timedelta(days=-1)), 410),
        (signed([1, "outcome", said[2]]), 404),  # a step that it is not time for
        (signed([1, "answer", "x"]), 404),
        (signed([2, "answer", said[2]]), 404),
        (signed([2, "asked", ""]), 404),
        (signed({"number": 1}), 404),
        ("/introduction/" + "x" * 4000, 404),
        ("/introduction/ก", 404),
    ):
        assert client.get(address).status_code == status, address
        assert client.post(address, data={"choice": "accepted"}).status_code == status, address
    for choice in ("accepted", "solved", ""):  # the asker's own page has no form
        assert client.post(signed([1, "asked", ""]), data={"choice": choice}).status_code == 404
    assert in_order(khlang)[0]["state"] == "asked"


def test_of_two_answers_at_once_one_counts(app: Flask, khlang: Any, ask: Any, mailbox: Mailbox) -> None:
    ask()
    link, said = link_in(mailbox), []

    def post(choice: str) -> None:
        said.append(app.test_client().post(link, data={"choice": choice}).status_code)

    threads = [
        threading.Thread(target=post, args=(choice,)) for choice in ("accepted", "declined", "referred", "accepted")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == [200, 410, 410, 410]
    assert len(in_order(khlang)) == 1


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("group", "กลุ่มดี\r\nBcc: thief@example.com\r\n\r\nปลอม"),
        ("contact", "081\nX-Evil: 1\r\nTo: thief@example.com"),
        ("message", "ขอความช่วยเหลือ\r\n.\r\nMAIL FROM:<thief@example.com>\r\nRCPT TO:<thief@example.com>"),
        ("message", "ขอความช่วยเหลือ\n\nโปรดตอบที่ลิงก์นี้\nhttp://localhost/introduction/evil"),
        ("message", "<script>alert(1)</script> {{ 4567 * 8901 }} %(x)s"),
    ],
)
def test_what_a_reader_writes_stays_words(client: Any, ask: Any, mailbox: Mailbox, field: str, text: str) -> None:
    assert ask(**{field: text}).status_code == 303
    (letter,) = mailbox.letters
    assert mailbox.envelopes[0].rcpt_tos == [TO]
    assert letter["To"] == TO
    assert letter["Bcc"] is None
    assert letter["X-Evil"] is None
    assert {name for name in letter} == {  # noqa: C416 - a letter has one header of a name
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Type", "Content-Transfer-Encoding", "MIME-Version",
    }  # fmt: skip
    ours = [line for line in words_of(letter).splitlines() if not line.startswith(">")]
    assert not any("evil" in line or "thief" in line or "script" in line for line in ours)
    page = client.get(link_in(mailbox)).text
    assert "<script>alert" not in page
    assert "40650867" not in page.split("<main")[1].split("</main>")[0]


def test_one_address_and_one_unit_get_only_so_many(client: Any, ask: Any, later: Any, mailbox: Mailbox) -> None:
    for _ in range(MOST_OF_ONE):
        assert ask().status_code == 303
    refused = ask()
    assert refused.status_code == 429
    assert "อีกหนึ่งชั่วโมง" in refused.text
    for at in range(MOST_OF_UNIT - MOST_OF_ONE):
        assert ask(address=f"203.0.113.{at}").status_code == 303
    flooded = ask(address="203.0.113.99")
    assert flooded.status_code == 429
    assert "ติดต่อหน่วยวิจัยเอง" in flooded.text
    assert len(mailbox.letters) == MOST_OF_UNIT
    assert ask("ไร้อีเมล", address="203.0.113.99").status_code == 303
    later(timedelta(days=1))
    assert ask().status_code == 303


def test_wrong_forms_keep_nothing_and_say_what_is_wrong(client: Any, khlang: Any, ask: Any, unit: Any) -> None:
    for given, said in (
        ({"group": ""}, "โปรดกรอกช่องนี้"), ({"contact": "x"}, "โปรดกรอกช่องนี้"), ({"message": "สั้น"}, "โปรดกรอกช่องนี้"),
        ({"message": "ก" * 2001}, "ยาวเกินไป"), ({"province": ""}, "จากรายการ"), ({"agreed": ""}, "หากยินยอม"),
        ({"website": "http://x"}, "เว้นช่องสุดท้าย"),
    ):  # fmt: skip
        answer = ask(**given)
        assert answer.status_code == 422, given
        assert said in answer.text
        assert given.get("group", GROUP) in answer.text
    assert ask(headers={"Sec-Fetch-Site": "cross-site"}).status_code == 400
    assert ask(cluster="no-such").status_code == 404
    assert client.get("/unit/no-such/introduction").status_code == 404
    assert in_order(khlang) == []
    khlang("dataset", "withdraw", "units", "--reason", "ทดสอบ")
    assert client.get("/unit.json").get_json()["units"] == []


def test_a_withdrawn_unit_is_neither_asked_for_nor_written_to(
    client: Any, khlang: Any, ask: Any, unit: Any, mailbox: Mailbox, later: Any
) -> None:
    slug = unit()
    mailbox.stop()
    ask()
    mailbox.start()
    khlang("dataset", "withdraw", "units", "--reason", "ทดสอบ")
    later(BACK_OFF[0])
    khlang("worker", "--once")
    assert mailbox.letters == []
    assert in_order(khlang)[0]["delivery"]["answer"]["reason"] == "no-address"
    assert client.get(f"/unit/{slug}/introduction").status_code == 404
    assert f"/unit/{slug}/introduction" not in client.get(f"/unit/{slug}").text
    khlang("dataset", "restore", "units")
    later(timedelta(hours=1))
    khlang("worker", "--once")
    assert len(mailbox.letters) == 1


def test_who_asked_is_forgotten_at_a_wish_and_after_a_year(
    client: Any, app: Flask, khlang: Any, ask: Any, mailbox: Mailbox, later: Any
) -> None:
    own = [ask().location, ask().location]
    khlang("introduction", "forget", "1", "--by", "สมมติ", "--reason", "ผู้ขอแจ้ง")
    first, second = (khlang("introduction", "show", number, "--json") for number in ("1", "2"))
    assert (first["group"], first["contact"], first["message"]) == ("", "", "")
    assert second["group"] == GROUP
    assert client.get(link_in(mailbox, 0)).status_code == 410
    assert client.post(link_in(mailbox, 0), data={"choice": "accepted", "words": GROUP}).status_code == 410
    assert client.get(link_in(mailbox, 1)).status_code == 200
    assert khlang("introduction", "link", "1", "--by", "สมมติ", code=2).exit_code == 2
    later(KEPT + timedelta(hours=1))
    khlang("worker", "--once")
    assert khlang("introduction", "show", "2", "--json")["group"] == ""
    assert client.get(own[1]).status_code == 200  # its dates stay
    assert client.get("/introductions.json").get_json()["total"]["asked"] == 2
    with app.app_context(), transaction() as session:
        kept = session.execute(Introduction.__table__.select()).all()
        assert not any(word in str(row) for row in kept for word in PRIVATE)
    assert khlang("introduction", "forget", "9", "--by", "สมมติ", "--reason", "x", code=2).exit_code == 2


def test_no_letter_goes_out_for_what_was_forgotten(khlang: Any, ask: Any, mailbox: Mailbox, later: Any) -> None:
    mailbox.stop()
    ask()
    khlang("introduction", "forget", "1", "--by", "สมมติ", "--reason", "ผู้ขอแจ้ง")
    mailbox.start()
    later(timedelta(days=1))
    khlang("worker", "--once")
    assert mailbox.letters == []


def test_without_a_mail_server_it_is_kept_said_and_sent_once_there_is_one(
    khlang: Any, ask: Any, client: Any, mailbox: Mailbox, later: Any, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KHLANG_SMTP_HOST", "")
    without = create_app(Settings())
    slug = next(one["slug"] for one in client.get("/unit.json").get_json()["units"] if "สิ่งทอ" in one["name"]["th"])
    told = {"group": GROUP, "contact": CONTACT, "message": MESSAGE, "province": "54", "agreed": "1"}
    reader = without.test_client()
    assert "เราส่งอีเมลถึงหน่วยวิจัยนี้ไม่ได้" in reader.get(f"/unit/{slug}/introduction").text
    page = reader.get(reader.post(f"/unit/{slug}/introduction", data=told).location).text
    assert "ยังไม่ได้ตั้งค่าการส่งอีเมล" in page
    khlang("worker", "--once")
    assert in_order(khlang)[0]["delivery"]["answer"] | {"next_try_at": 0} == {
        "state": "undelivered", "reason": "no-server", "sent_at": None, "next_try_at": 0, "tries": 0,
    }  # fmt: skip
    monkeypatch.setenv("KHLANG_SMTP_HOST", "127.0.0.1")
    later(timedelta(hours=1))
    khlang("worker", "--once")
    assert len(mailbox.letters) == 1
    with without.app_context():
        db.engine.dispose()


def test_a_failed_statement_names_nothing_that_was_told(app: Flask, ask: Any) -> None:
    ask()
    with app.app_context(), pytest.raises(Exception, match="NOT NULL") as told, transaction() as session:
        session.execute(update(Introduction).values(group_name=GROUP, sent_at=None))
    assert GROUP not in str(told.value)
