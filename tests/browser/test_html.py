"""The HTML of every kind of page as the standard has it: no parse error, no double id, every name leads to what it names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import html5lib
import pytest
from flask import Flask

from tests.browser.test_pages import PAGES, STATUS

CONTENT = {  # what may stand directly in an element that holds a list or a table
    "ul": {"li"}, "ol": {"li"}, "dl": {"div", "dt", "dd"}, "select": {"option", "optgroup"}, "optgroup": {"option"},
    "table": {"caption", "thead", "tbody", "colgroup"}, "thead": {"tr"}, "tbody": {"tr"}, "tr": {"th", "td"},
}  # fmt: skip
BLOCKS = {"p", "div", "section", "ul", "ol", "dl", "table", "h1", "h2", "h3", "h4", "form", "details", "pre", "aside"}
PHRASES = ("p", "span", "a", "h1", "h2", "h3", "h4", "summary", "label", "button", "dt", "code", "time", "small")
NAMED_BY = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns")


@pytest.mark.parametrize("name", PAGES)
def test_html_is_valid(demo_app: Flask, name: str) -> None:
    client = demo_app.test_client()
    for language in ("th", "en"):
        address = PAGES[name] + ("&" if "?" in PAGES[name] else "?") + f"lang={language}"
        answer = client.get(address)
        assert answer.status_code == STATUS.get(name, 200)
        assert faults(answer.text) == [], language
        described = re.search(r'<meta name="description" content="([^"]*)">', answer.text)
        assert described is not None, language
        assert len(described[1]) > 10, described[1]


def faults(text: str) -> list[str]:
    """What is wrong with a page. Raises html5lib's ParseError at what the parser of the standard calls an error."""
    page = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
    return [
        *wrong_names(page),
        *wrong_places(page),
        *wrong_headings(page),
        *unnamed_controls(page),
        *twin_landmarks(page),
    ]


def wrong_names(page: Element) -> Iterator[str]:
    """Ids that stand twice, and references to ids that are not there."""
    ids = Counter(str(one.get("id")) for one in page.iter() if one.get("id") is not None)
    yield from (f"id {name} stands {count} times" for name, count in ids.items() if count > 1 or not name.split())
    for one in page.iter():
        for attribute in NAMED_BY:
            yield from (
                f"{attribute}={name} leads nowhere" for name in (one.get(attribute) or "").split() if name not in ids
            )


def wrong_places(page: Element) -> Iterator[str]:
    """Children that their parent may not have, and rows of a table with too many or too few cells."""
    for one in page.iter():
        tag = str(one.tag)
        for child in one:
            if tag in CONTENT and isinstance(child.tag, str) and child.tag not in CONTENT[tag]:
                yield f"<{child.tag}> directly in <{tag}>"
            if tag in PHRASES and child.tag in BLOCKS and not (tag == "summary" and str(child.tag)[0] == "h"):
                yield f"<{child.tag}> in <{tag}>"
        if tag == "table":
            widths = set(row_widths(one))
            if len(widths) > 1:
                yield f"rows of {sorted(widths)} cells in one table"


def row_widths(table: Element) -> Iterator[int]:
    """The number of columns of each row, with what spans down from the rows above."""
    down: list[int] = []  # for each cell that still spans: rows that are left of it
    for row in table.iter("tr"):
        cells = [cell for cell in row if cell.tag in ("td", "th")]
        yield len(down) + sum(int(cell.get("colspan", "1")) for cell in cells)
        spans = [int(cell.get("rowspan", "1")) - 1 for cell in cells]
        down = [left - 1 for left in down if left > 1] + [left for left in spans if left > 0]


def wrong_headings(page: Element) -> Iterator[str]:
    """A heading that skips a level."""
    level = 0
    for one in page.iter():
        if one.tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            new = int(str(one.tag)[1])
            if new > level + 1:
                yield f"h{new} after h{level}: {''.join(one.itertext()).strip()[:60]}"
            level = new


def unnamed_controls(page: Element) -> Iterator[str]:
    """Controls that neither a label nor an attribute names."""
    labelled = {str(one.get("for")) for one in page.iter("label")}
    inside = {id(one) for label in page.iter("label") for one in label.iter()}
    for one in page.iter():
        if one.tag not in ("input", "select", "textarea") or one.get("type") == "hidden":
            continue
        if one.get("id") not in labelled and id(one) not in inside and not one.get("aria-label"):
            yield f"<{one.tag} name={one.get('name')}> has no label"


def twin_landmarks(page: Element) -> Iterator[str]:
    """Landmarks of one kind and one name, which a list of landmarks can't tell apart."""
    texts = {one.get("id"): " ".join("".join(one.itertext()).split()) for one in page.iter() if one.get("id")}
    names: Counter[tuple[str, str]] = Counter()
    for one in page.iter():
        kind = one.get("role") or {"section": "region", "nav": "navigation", "aside": "complementary"}.get(
            str(one.tag), ""
        )
        if kind in ("region", "navigation", "complementary"):
            pointed = " ".join(texts.get(name, "") for name in (one.get("aria-labelledby") or "").split())
            name = one.get("aria-label") or pointed
            if name or kind != "region":
                names[kind, name] += 1
    yield from (f"{kind} “{name}” stands {count} times" for (kind, name), count in names.items() if count > 1)


@pytest.mark.parametrize(
    ("planted", "said"),
    [
        ("<p id=a></p><p id=a></p>", "id a stands 2 times"),
        ("<label for=b>x</label>", "for=b leads nowhere"),
        ("<ul><div>x</div></ul>", "<div> directly in <ul>"),
        ("<span><p>x</p></span>", "<p> in <span>"),
        ("<table><tbody><tr><td>x<tr><td>x<td>x</table>", "rows of [1, 2] cells in one table"),
        ("<h1>x</h1><h3>y</h3>", "h3 after h1: y"),
        ("<input name=c>", "<input name=c> has no label"),
        ("<section aria-label=d></section><div role=region aria-label=d></div>", "region “d” stands 2 times"),
    ],
)
def test_a_planted_fault_is_found(planted: str, said: str) -> None:
    assert faults(f"<!DOCTYPE html><html><head><title>x</title></head><body>{planted}</body></html>") == [said]


def test_a_planted_parse_error_is_found() -> None:
    with pytest.raises(html5lib.html5parser.ParseError):
        faults("<!DOCTYPE html><html><head><title>x</title></head><body><p></div></body></html>")
