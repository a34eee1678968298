"""The reader's choices, how things are written in both languages, and that no message is without English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from flask import Flask, render_template_string, request
from flask.testing import FlaskClient
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harvesters.values import Text
from portal import choices, i18n, messages, writing

ASK = "{{ language() }} {{ text_size() }} {{ saves_data() }}"


@pytest.fixture
def app() -> Flask:
    app = Flask("portal", root_path=str(i18n.TRANSLATIONS.parent), static_folder="static")
    i18n.init_app(app)
    app.add_url_rule("/ask", "ask", lambda: render_template_string(ASK))
    app.add_url_rule("/say", "say", lambda: render_template_string(request.args["text"], **request.args))
    app.add_url_rule("/preferences", "preferences", lambda: i18n.preferences_response(request.args))
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def english(app: Flask) -> Iterator[None]:
    with app.test_request_context("/?lang=en"):
        yield


@pytest.fixture
def thai(app: Flask) -> Iterator[None]:
    with app.test_request_context("/"):
        yield


# ── choices ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_thai_unless_chosen_and_address_before_cookie(client: FlaskClient) -> None:
    assert client.get("/ask").text == "th 100 False"
    client.set_cookie("lang", "en")
    client.set_cookie("text", "125")
    assert client.get("/ask").text == "en 125 False"
    assert client.get("/ask?lang=th").text.startswith("th")
    assert client.get("/ask?lang=klingon").text.startswith("en")


def test_unknown_cookies_count_for_nothing(client: FlaskClient) -> None:
    client.set_cookie("lang", "'><script>")
    client.set_cookie("text", "1000")
    assert client.get("/ask").text == "th 100 False"


def test_pages_that_read_choices_say_so_to_caches(client: FlaskClient) -> None:
    answer = client.get("/ask", headers={"Save-Data": "on"})
    assert answer.text.endswith("True")
    assert {"Cookie", "Save-Data"} <= set(answer.vary)
    assert "Set-Cookie" not in answer.headers


def test_preferences_keep_known_choices_and_go_back(client: FlaskClient) -> None:
    answer = client.get("/preferences?lang=en&text=150&next=/search?q=ผ้า%26lang=th")
    assert answer.status_code == 303
    assert answer.location == "/search?q=%E0%B8%9C%E0%B9%89%E0%B8%B2"
    assert answer.headers["Cache-Control"] == "private, no-store"
    for cookie in answer.headers.getlist("Set-Cookie"):
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
    assert client.get("/ask").text == "en 150 False"
    assert "Set-Cookie" not in client.get("/preferences?lang=xx&text=7").headers


@given(st.text(alphabet="/\\:@.?#abhtps\t\n\r %0", max_size=20))
@example("//evil.example")
@example("/\\evil.example")
@example("/\t/evil.example")
@example("https://evil.example")
@example("/search?next=//evil.example")
@settings(max_examples=200)
def test_next_is_always_a_path_of_our_own(address: str) -> None:
    safe = choices.safe_next(address)
    assert re.match(r"/(?![/\\])", safe) or safe == "/"
    assert not re.search(r"[\x00-\x20]", safe)


def test_links_keep_a_language_that_came_by_the_address(app: Flask) -> None:
    with app.test_request_context("/ask?lang=en"):
        assert choices.here("/search?q=a#b") == "/search?q=a&lang=en#b"
        assert choices.here("/static/khlang.css") == "/static/khlang.css"
        assert choices.here("https://example.org/") == "https://example.org/"
        assert choices.here("#top") == "#top"
        assert choices.url_here("ask") == "/ask?lang=en"
        assert choices.preference_url(text="125") == "/preferences?text=125&next=/ask"
    with app.test_request_context("/ask?lang=en", headers={"Cookie": "lang=en"}):
        assert choices.here("/search") == "/search"


def test_canonical_address_names_the_language_and_no_choice(app: Flask) -> None:
    with app.test_request_context("/ask?q=ผ้า&empty=&text=125&lang=en", base_url="https://khlang.example"):
        assert choices.page_address() == "https://khlang.example/ask?q=%E0%B8%9C%E0%B9%89%E0%B8%B2&lang=en"
        assert choices.page_address("th") == "https://khlang.example/ask?q=%E0%B8%9C%E0%B9%89%E0%B8%B2"
        assert choices.page_address("th", "/other") == "https://khlang.example/other"


def test_menus_lead_only_to_pages_that_exist(app: Flask) -> None:
    with app.test_request_context("/"):
        assert choices.known_pages([("/ask?kind=x", "a"), ("/nowhere", "b")]) == [("/ask?kind=x", "a")]


# ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.usefixtures("thai")
def test_thai_dates_are_buddhist_and_in_thai_time() -> None:
    assert writing.thai_date(date(2026, 11, 24)) == "24 พ.ย. 2569"
    assert writing.thai_date("2026-01-05") == "5 ม.ค. 2569"
    evening = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)  # already the 25th in Thailand
    assert writing.thai_date(evening) == "25 พ.ย. 2569"
    assert writing.thai_date(evening.replace(tzinfo=None)) == "25 พ.ย. 2569"
    assert writing.clock_time(evening) == "01.30 น."
    assert writing.iso(evening) == "2026-11-25T01:30+07:00"
    assert writing.thai_date(None) == ""
    with pytest.raises(ValueError):
        writing.thai_date("24/11/2569")


@pytest.mark.usefixtures("english")
def test_english_dates_are_common_era() -> None:
    assert writing.thai_date(date(2026, 11, 24)) == "24 Nov 2026"
    assert writing.number(1_250_000) == "1.25 million"
    assert writing.file_size(512) == "512 bytes"


@pytest.mark.usefixtures("thai")
@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "0"),
        (1234, "1,234"),
        (999_999, "999,999"),
        (1_250_000, "1.25 ล้าน"),
        (7_000_000, "7 ล้าน"),
        (0.5, "0.5"),
        (None, "–"),
    ],
)
def test_numbers(value: float | None, written: str) -> None:
    assert writing.number(value) == written


@pytest.mark.usefixtures("thai")
def test_exact_numbers_and_shares() -> None:
    assert writing.number(1_250_001, exact=True) == "1,250,001"
    assert [writing.percent(share) for share in (0.0, 0.001, 0.86, 0.9999, 1.0, None)] == [
        "0 %", "< 1 %", "86 %", "> 99 %", "100 %", "–",
    ]  # fmt: skip


@pytest.mark.usefixtures("thai")
@pytest.mark.parametrize(
    ("count", "written"),
    [(999, "999 ไบต์"), (1000, "1 KB"), (48_213, "48 KB"), (999_499, "999 KB"), (999_500, "1.0 MB"), (1_250_000, "1.2 MB"),
     (52_000_000, "52 MB"), (3_400_000_000, "3.4 GB"), (None, "–")],
)  # fmt: skip
def test_file_sizes(count: int | None, written: str) -> None:
    assert writing.file_size(count) == written


@pytest.mark.usefixtures("english")
def test_sentences_fall_back_to_the_language_there_is() -> None:
    assert writing.localised(Text("สวัสดี", "Hello")) == "Hello"
    assert writing.localised({"th": "สวัสดี", "en": ""}) == "สวัสดี"
    assert writing.localised("อย่างเดิม") == "อย่างเดิม"
    assert writing.localised(None) == ""


def test_long_names_break_after_joining_signs_and_lose_nothing() -> None:
    assert writing.soft_breaks("phrae_silk/clusters.xlsx") == ["phrae_", "silk/", "clusters.", "xlsx"]
    assert writing.soft_breaks("มติ ครม.วันที่ 1.25 ล้าน, ๑") == ["มติ ครม.", "วันที่ 1.25 ล้าน, ๑"]
    assert writing.soft_breaks("") == []


def test_language_of_outside_text() -> None:
    assert writing.text_language("ศูนย์ silk") == "th"
    assert writing.text_language("Silk centre 2569") == "en"


def test_only_marks_of_a_snippet_are_believed(client: FlaskClient) -> None:
    source = "{% for part, hit in s|hit_parts %}{% if hit %}<mark>{{ part }}</mark>{% else %}{{ part }}{% endif %}{% endfor %}"
    said = client.get("/say", query_string={"text": source, "s": "a &amp; <mark>ผ้า</mark><script>x</script>"}).text
    assert said == "a &amp; <mark>ผ้า</mark>&lt;script&gt;x&lt;/script&gt;"


def test_filters_of_constants_follow_the_reader(client: FlaskClient) -> None:
    """Jinja folds constants when it compiles; then the first reader's language would be everybody's."""
    text = '{{ 1250000|number }} {{ "/x"|here }}'
    assert client.get("/say", query_string={"text": text}).text == "1.25 ล้าน /x"
    assert client.get("/say", query_string={"text": text, "lang": "en"}).text == "1.25 million /x?lang=en"


# ── the catalogue ────────────────────────────────────────────────────────────────────────────────────────────────────
def test_every_message_has_english() -> None:
    known = messages.translated()
    absent = [str(m.id) for m in messages.collected() if m.id and known.get(m.id) is None]
    assert not absent, "run `python -m portal.messages` and write the English of these"
    assert not messages.missing(known), "empty or fuzzy in messages.po"


def test_no_message_hides_in_a_formatted_string() -> None:
    """What stands in `f"{_('…')}"` is seen by no collector and would stay Thai on an English page."""
    hidden = re.compile(r"""\bf(["'])(?:(?!\1).)*\{n?_?(?:gettext|_)\(""")
    assert hidden.search("""f"{name}: {_('คลัง')}" """)
    files = (messages.ROOT / "portal").rglob("*.py")
    assert not [file.name for file in files if hidden.search(file.read_text(encoding="utf-8"))]


def test_catalogue_holds_nothing_that_is_no_longer_said() -> None:
    said = {message.id for message in messages.collected()}
    assert not [message.id for message in messages.translated() if message.id not in said]


def test_compiled_catalogue_is_fresh() -> None:
    assert not messages.is_stale(), "run `python -m portal.messages`"


def test_messages_are_thai_and_translations_keep_their_names() -> None:
    for message in messages.translated():
        if not message.id:
            continue
        thai = message.id if isinstance(message.id, str) else message.id[0]
        assert writing.text_language(thai) == "th", f"a message that is not Thai: {thai}"
        for text in [message.string] if isinstance(message.string, str) else message.string:
            assert set(re.findall(r"%\(\w+\)s", text)) == set(re.findall(r"%\(\w+\)s", thai)), thai


def test_missing_notices_empty_fuzzy_and_half_plurals() -> None:
    catalog = messages.Catalog(locale="en")
    catalog.add("ครบ", "whole")
    catalog.add("ว่าง", "")
    catalog.add("ไม่แน่", "maybe", flags=["fuzzy"])
    catalog.add(("%(n)s แถว", "%(n)s แถว"), ("%(n)s row", ""))
    assert set(messages.missing(catalog)) == {"ว่าง", "ไม่แน่", "%(n)s แถว"}


def test_english_page_is_in_english(client: FlaskClient) -> None:
    text = '{{ _("ค้นหา") }} {{ ngettext("%(count)s ช่อง", "%(count)s ช่อง", 1, count=1) }}'
    assert client.get("/say", query_string={"text": text}).text == "ค้นหา 1 ช่อง"
    assert client.get("/say", query_string={"text": text, "lang": "en"}).text == "Search 1 cell"
