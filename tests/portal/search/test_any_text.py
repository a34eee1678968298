"""Whatever is typed, into whatever filters: the search page answers or says why not, and its twins say the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, quote_from_bytes

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bench.worst import worst_texts
from portal.search.analysis import STOP_WORDS
from portal.search.filters import FILTER_WORDS
from portal.search.outbox import drain
from portal.search.plan import SORTS

WORDS = [
    "ผ้าไหม",
    "กล้วยตาก",
    "แพร่",
    "จ.แพร่",
    "Phrae",
    "silk",
    "ผ้าไหท",
    "zhkws,",
    "กล้วตาก",
    "มข.",
    "2567",
    "๒๕๖๗",
    "น้ํา",
    "ปู",
    "ก",
]
SIGNS = [
    '"', '""', "“", "(", ")", "[", "]", "{", "}", "*", "?", "~", "~9", "^2", "+", "-", "--", ":", "\\", "/", "'", ";", "%", "&", "=", "#", "<b>",
    "\x00", "\x01", "\x1b[2J", "\r\n", "\x7f", "\u200b", "\u202e", "\ufeff", "\ufffd", "\ud800", "\U0001f600", "่้๊๋", "ำำ", "ๆ", "ฯ", "เเ", "\u0e4d",
]  # fmt: skip
OPERATORS = [
    "AND",
    "OR",
    "NOT",
    "NEAR",
    "TO",
    "[a TO b]",
    "SELECT 1; --",
    "line:*",
    *(f"{word}:" for word in FILTER_WORDS),
]
PIECES = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(SIGNS),
    st.sampled_from(OPERATORS),
    st.sampled_from(sorted(STOP_WORDS)),
    st.text(max_size=6),
    st.text(alphabet="กขำเแ่ี้็์ูัะ", max_size=12),
)
TEXTS = st.lists(PIECES, max_size=8).flatmap(
    lambda some: st.sampled_from(["", " "]).map(lambda blank: blank.join(some))
)
QUERIES = st.one_of(
    TEXTS.map(lambda text: quote(text, errors="surrogatepass")),
    st.binary(max_size=12).map(quote_from_bytes),  # bytes that are no UTF-8
)
FILTERS = st.dictionaries(
    st.sampled_from(["province", "region", "sector", "publisher", "kind", "format", "licence", "profile", "updated"]),
    st.one_of(st.sampled_from(["54", "n", "dataset", "row", "office", "CC-BY-4.0", "แพร่", "", "-", "*"]), st.text(max_size=4)),
    max_size=2,
)  # fmt: skip
PLACES = st.fixed_dictionaries(
    {},
    optional={
        "page": st.sampled_from(["0", "1", "2", "500", "99999999", "-1", "๒", "x"]),
        "limit": st.sampled_from(["1", "0", "100", "1000", "a"]),
        "sort": st.sampled_from([*SORTS, "x"]),
        "lang": st.sampled_from(["th", "en"]),
    },
)
COLUMNS = ["ชื่อกลุ่ม", "ผลิตภัณฑ์", "จังหวัด"]


@pytest.fixture
def catalogue(publish: Callable[..., None], in_app: Callable[..., Any]) -> None:
    """Two datasets with rows."""
    publish("silk", COLUMNS, [["กลุ่มทอผ้า", "ผ้าไหมแพรวา", "กาฬสินธุ์"], ["กลุ่มบ้านใต้", "กล้วยตาก", "แพร่"]],
            title_th="กลุ่มทอผ้าไหมอีสาน", notes_th="รายชื่อกลุ่ม", provinces=["46", "54"])  # fmt: skip
    publish("crab", COLUMNS, [["กลุ่มชายฝั่ง", "ปูม้า", "ตรัง"]], title_th="ประมงชายฝั่ง 2567", provinces=["92"])
    in_app(drain)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=QUERIES, filters=FILTERS, places=PLACES)
@example(query=quote(" ".join(WORDS * 2)), filters={}, places={})
@example(query=quote(" ".join(sorted(STOP_WORDS))), filters={}, places={})
@example(query=quote("(" * 600 + ")" * 600), filters={"kind": "row"}, places={"page": "2"})
@example(query="%ED%A0%80%FF%00", filters={"province": "\ud800"}, places={"sort": "title"})
@example(query=quote("ผ้าไหม"), filters={"kind": "row", "province": "46"}, places={})
def test_any_text_is_answered_and_the_twins_agree(
    client: FlaskClient, catalogue: None, query: str, filters: Mapping[str, str], places: Mapping[str, str]
) -> None:
    rest = "".join(f"&{name}={quote(value, errors='surrogatepass')}" for name, value in {**filters, **places}.items())
    page, data = client.get(f"/search?q={query}{rest}"), client.get(f"/search.json?q={query}{rest}")
    assert (page.status_code, data.status_code) == (200, 200)
    document = data.get_json()
    found = [int(number.replace(",", "")) for number in re.findall(r"[0-9][0-9,]*", lead(page.text))]
    wanted = [document["total"]] if document["total"] else []
    if document["total_rows"] and document["filters"].get("kind", ["row"]) == ["row"]:
        wanted.append(document["total_rows"])
    assert found == wanted
    assert len(document["hits"]) <= document["limit"] + len([hit for hit in document["hits"] if hit.get("near")])
    for twin in ("/search.atom", "/api/suggest"):
        assert client.get(f"{twin}?q={query}{rest}").status_code == 200


def lead(page: str) -> str:
    """What a page says first about what was found; the line that tells what was meant holds a link and is another."""
    return " ".join(re.findall(r'<p class="lead">([^<]*)</p>', page)[:1])


def test_the_worst_texts_of_the_bench_can_be_made() -> None:
    assert len(worst_texts()) > 40


@pytest.mark.parametrize("text", ["ผ้าไหม " * 10_000, "(" * 20_000, "\x00" * 50_000, '"' * 9_999])
def test_ten_thousand_terms_are_answered_or_refused_in_a_sentence(
    client: FlaskClient, catalogue: None, text: str
) -> None:
    answer = client.get(f"/search?q={quote(text)}")
    assert answer.status_code in (200, 414)
    assert "ยาวเกินไป" in answer.text or "ทั้งหมด" in answer.text
