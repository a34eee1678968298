"""Texts of other people: nothing of them runs, nothing of them takes long, and what they mean is still there."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import html5lib
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portal.articles import rendering
from portal.articles.effort import MOST_BYTES, MOST_WORK, work_of
from portal.articles.rendering import Rendering, render_article, render_text

RENDERERS = pytest.mark.parametrize("render", [render_text, render_article])

# What safety.md §7 measured in seconds, and its kin: every opener that Python-Markdown looks for the end of, again and again.
PAYLOADS = {
    "[ × 5,000": "[" * 5_000,
    "[ × 20,000": "[" * 20_000,
    "![ × 2,500": "![" * 2_500,
    "[a]( × 5,000": "[a](" * 5_000,
    "[a][ × 5,000": "[a][" * 5_000,
    "<a × 6,700": "<a " * 6_700,
    "<a × 16,600": "<a " * 16_600,
    "<![CDATA[ × 5,000": "<![CDATA[" * 5_000,
    "<!-- × 10,000": "<!--" * 10_000,
    "<? × 20,000": "<?" * 20_000,
    "<a href=' × 5,000": "<a href='" * 5_000,
    "1. × 16,000": "1. " * 16_000,
    "> × 25,000": "> " * 25_000,
    "<div> × 3,000": "<div>" * 3_000,
    "<blockquote> × 2,000": "<blockquote>" * 2_000,
    "too long": "ก" * MOST_BYTES,
}
LINES_ALLOWED = 1_000_000  # of Python executed for one text; the worst payloads would take hundreds of millions


def lines_run(work: Callable[[], object]) -> int:
    """How many lines of Python a piece of work executes: the same on every machine, unlike seconds."""
    count = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        count += event == "line"
        if count > LINES_ALLOWED:
            raise AssertionError("too much work")
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


@RENDERERS
@pytest.mark.parametrize("text", PAYLOADS.values(), ids=PAYLOADS)
def test_harmful_texts_take_little_work_and_are_shown_as_typed(render: Any, text: str) -> None:
    lines_run(lambda: render.__wrapped__(text))
    assert_safe(render(text), text)
    if text.startswith(("[", "!", "1.")):
        assert text[:200] in render(text).html


def test_the_estimate_grows_as_the_work_does() -> None:
    assert work_of("[" * 5_000) == pytest.approx(5_000**2 / 2, rel=0.01)
    assert work_of("<a " * 1_000) == 3_000 * 1_000
    assert work_of("[ก](https://a.example) " * 500) < 3_000
    assert work_of("5 < 7 และ 8 > 3") < 20
    assert work_of("[" * 500 + "\n\n" + "[" * 500) == 2 * work_of("[" * 500)  # blocks don't add up to more


def test_the_estimate_is_an_upper_bound_of_the_work() -> None:
    """So the caps hold for every text that passes them. Counted in calls, Python's and its own functions'."""
    count = 0

    def calls(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal count
        count += 1

    text = "[" * 500
    sys.setprofile(calls)
    try:
        render_text.__wrapped__(text)
    finally:
        sys.setprofile(None)
    assert count < 8 * work_of(text)  # about six for each character looked at
    assert work_of("[" * 1_400) < MOST_WORK < work_of("[" * 1_500)


def test_markdown_is_not_even_asked_about_a_text_over_a_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "_text_markdown", lambda: pytest.fail("asked"))
    for text in ("[" * 5_000, "<a " * 6_700, "ก" * MOST_BYTES):
        assert "<p>" in render_text.__wrapped__(text).html


ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt:alert(1))",
    "[a](  javascript:alert(1))",
    "[a](data:text/html;base64,PHNjcmlwdD4=)",
    "[a](vbscript:x)",
    "[a](//evil.example)",
    '<a href="/\\evil.example">a</a>',
    '<a href="jav&#x09;ascript:alert(1)">a</a>',
    "<iframe src=https://a.example></iframe>",
    "<style>body{display:none}</style>",
    '<p style="position:fixed" class="top" id="content" name="q">a</p>',
    '<form action="https://a.example"><input name="q"><button>a</button></form>',
    '<base href="https://a.example"><meta http-equiv=refresh content=0>',
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    '![a](x" onerror="alert(1))',
    "```html\n<script>alert(1)</script>\n```",
    "`<script>alert(1)</script>`",
    '<div class="region" tabindex="5" role="alert">a</div>',
]


def assert_safe(found: Rendering, text: str) -> None:
    """Only what may be there is there, as an HTML parser sees it."""
    tree = html5lib.parseFragment(str(found.html), namespaceHTMLElements=False)
    for element in tree.iter():
        if element.tag == "DOCUMENT_FRAGMENT":
            continue
        assert element.tag in rendering.TAGS, (element.tag, text)
        for name, value in element.attrib.items():
            assert name in {
                "href",
                "rel",
                "start",
                "colspan",
                "role",
                "tabindex",
                "aria-label",
                "title",
                "id",
                "class",
            }, (name, text)
            if name == "href":
                assert value.startswith(("http:", "https:", "mailto:", "tel:", "#", "/")), value
                assert not value.startswith(("//", "/\\")), value
        if element.tag == "a" and "href" in element.attrib:
            assert "noopener" in element.attrib["rel"]
        if "tabindex" in element.attrib:
            assert element.attrib["tabindex"] == "0"
    assert len(found.plain) <= 300
    assert "<" not in found.plain or "<" in text or "&" in text


@RENDERERS
@pytest.mark.parametrize("text", ATTACKS)
def test_nothing_of_an_attack_is_left(render: Any, text: str) -> None:
    assert_safe(render(text), text)


@pytest.mark.parametrize("text", ATTACKS)
def test_a_note_has_no_say_in_class_id_title_or_own_links(text: str) -> None:
    tree = html5lib.parseFragment(str(render_text(text).html), namespaceHTMLElements=False)
    for element in tree.iter():
        assert not {"id", "name", "title"} & element.attrib.keys()
        assert element.attrib.get("class", "region") == "region"
        assert element.attrib.get("role", "region") == "region"
        assert not element.attrib.get("href", "https:").startswith(("/", "#"))


MARKUP = st.text(st.sampled_from("ก่ำ a[]()<>!&*_`#-1.|\"'=/:\n\t{}^~\\x;") | st.characters(), max_size=200)


@settings(max_examples=150, deadline=None)
@given(MARKUP)
@example("\ud800 [a](b")
@example("<![")
@example("\x00<p>")
def test_any_text_renders_safely(text: str) -> None:
    for render in (render_text, render_article):
        assert_safe(render.__wrapped__(text), text)


def test_a_note_as_an_officer_types_it() -> None:
    found = render_text(
        "# ข้อมูลกลุ่มทอผ้า\nปรับปรุงทุกปี\nโทร 054-000000\n\n- ผ้าไหม\n- ผ้าฝ้าย\n\n![แผนที่](https://a.example/map.png)"
    )
    assert "<h3>ข้อมูลกลุ่มทอผ้า</h3>" in found.html
    assert "ปรับปรุงทุกปี<br>" in found.html
    assert "<li>ผ้าไหม</li>" in found.html
    assert '<a href="https://a.example/map.png" rel="noopener nofollow">แผนที่</a>' in found.html
    assert found.plain.startswith("ข้อมูลกลุ่มทอผ้า ปรับปรุงทุกปี โทร 054-000000")


def test_links_keep_where_they_lead() -> None:
    found = render_text("[ก](https://a.example/?a=1&b=2) <mailto:a@b.example> [ข](tel:+6654000000)").html
    assert 'href="https://a.example/?a=1&amp;b=2"' in found
    assert 'href="tel:+6654000000"' in found


def test_tables_and_code_stand_in_regions_that_scroll() -> None:
    found = render_text("| ก | ข |\n|---|---|\n| 1 | 2 |\n").html
    assert '<div class="region" role="region" tabindex="0" aria-label="ตาราง"><table>' in found
    assert 'aria-label="Text as typed"><pre>' in render_text("```\ncode\n```").html


def test_an_article_has_anchors_footnotes_and_own_links() -> None:
    found = render_article("# ชื่อ\n\n## เริ่มต้น ที่นี่\n\nดู[จังหวัด](/province)[^1]\n\n[^1]: ที่มา\n")
    assert found.headings == (("ชื่อ", "ชื่อ"), ("เริ่มต้น-ที่นี่", "เริ่มต้น ที่นี่"))
    assert "<h1" not in found.html
    assert '<a href="/province" rel="noopener">จังหวัด</a>' in found.html
    assert 'class="footnote-ref"' in found.html
    assert "Jump back" not in found.html


def test_a_picture_inside_a_link_is_its_words() -> None:
    assert render_text("[![ภาพ](https://a.example/x.png)](https://b.example)").html.count("<a ") == 1


def test_the_same_text_is_rendered_once() -> None:
    text = "ข้อความที่ไม่ซ้ำใคร"
    assert render_text(text) is render_text(text)
