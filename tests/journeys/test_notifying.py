"""The word of a run by e-mail, through a real mail server on loopback."""

from __future__ import annotations

import pytest

from tests.mailbox import Mailbox, words_of

pytestmark = [pytest.mark.journey, pytest.mark.enable_socket]

TABLE = "รหัส,ชื่อกลุ่ม,จังหวัด\n01,กลุ่มทอผ้าทดสอบ,แพร่\n02,กลุ่มจักสานทดสอบ,น่าน\n"
TO = "officer@phrae.go.th"


@pytest.fixture
def mailbox(monkeypatch):
    box = Mailbox().start()
    monkeypatch.setenv("KHLANG_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("KHLANG_SMTP_PORT", str(box.port))
    monkeypatch.setenv("KHLANG_SMTP_TLS", "none")
    monkeypatch.setenv("KHLANG_SMTP_FROM", "khlang@example.go.th")
    monkeypatch.setenv("KHLANG_BASE_URL", "https://khlang.example.go.th")
    yield box
    box.stop()


@pytest.fixture
def add(khlang, tmp_path):
    path = tmp_path / "กลุ่ม.csv"
    path.write_text(TABLE, encoding="utf-8")

    def add_source(when: str):
        khlang(
            "source", "add", "office", "--kind", "spreadsheet", "--url", path, "--publisher-title", "สำนักงานทดสอบ", "--title",
            "ทะเบียนกลุ่มทดสอบ", "--option", f"notify={when}", "--option", f"notify_to={TO}",
        )  # fmt: skip
        return path

    return add_source


@pytest.mark.parametrize(
    ("when", "letters"), [("never", [0, 0, 0]), ("error", [0, 0, 1]), ("change", [1, 1, 2]), ("always", [1, 2, 3])]
)
def test_word_comes_as_often_as_the_source_wants(khlang, mailbox, add, when, letters):
    path = add(when)
    seen = []
    for number in range(3):
        if number == 2:
            path.unlink()
        khlang("harvest", "office", code=1 if number == 2 else 0)
        seen.append(len(mailbox.letters))
    assert seen == letters


def test_the_letter_says_in_both_languages_what_came_of_it(khlang, mailbox, add, client):
    path = add("always")
    path.unlink()
    khlang("harvest", "office", code=1)
    letter = mailbox.letters[0]
    assert letter["To"] == TO
    assert "ทะเบียนกลุ่มทดสอบ: ไม่สำเร็จ" in letter["Subject"]
    text = words_of(letter)
    assert "ไม่พบไฟล์" in text
    assert "https://khlang.example.go.th/source/office/run/1" in text
    assert "Run 1: failed\nThere is no file" in text
    assert str(path.parent) not in text  # where it lies on the server is nobody's business
    for page in ("/source/office", "/source/office.json", "/source/office/run/1"):
        assert TO not in client.get(page).text


def test_a_mail_server_that_is_away_fails_no_run(khlang, mailbox, add):
    add("always")
    mailbox.stop()
    assert khlang("harvest", "office", "--json")["runs"][0]["status"] == "done"
