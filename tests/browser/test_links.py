"""A walk from the home page along every link inside the portal, over the demonstration: none is broken, every `#part` is there."""

from __future__ import annotations

import re
from collections import Counter, deque
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient

from tests.browser.test_pages import PAGES, STATUS

ALIKE = 3  # addresses of one kind of page or file with the same names in their query
MOST = 1_200
APART = {"styleguide", *STATUS}  # samples that lead nowhere, and failures
TYPES = {  # what an ending promises
    ".json": "application/json", ".jsonl": "application/jsonl", ".csv": "text/csv", ".atom": "application/atom+xml", ".xml": "application/xml",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".parquet": "application/vnd.apache.parquet",
}  # fmt: skip


class Read(HTMLParser):
    """The links, what the page loads, and the parts of a page that a link may lead to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.parts: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what an element leads to, and by what name it is led to."""
        told = dict(attrs)
        self.parts.add(told.get("id") or "")
        address = told.get("href") if tag in ("a", "link") else told.get("action" if tag == "form" else "src")
        if address and (tag != "form" or told.get("method") != "post"):
            self.links.append(address)


def test_no_link_is_broken(demo_app: Flask) -> None:
    found = walk(demo_app.test_client(use_cookies=False), ["/", *(PAGES[name] for name in PAGES.keys() - APART)])
    assert found.broken == []
    assert found.seen > 400
    assert found.kinds >= {
        "/dataset/*",
        "/cluster/*",
        "/unit/*",
        "/province/*",
        "/article/*",
        "/publisher/*",
        "/source/*",
    }


class Walk:
    """What a walk saw: the number of addresses, the kinds of them, and what is wrong."""

    def __init__(self) -> None:
        self.broken: list[str] = []
        self.kinds: set[str] = set()
        self.parts: dict[str, set[str]] = {}
        self.wanted: dict[str, set[tuple[str, str]]] = {}  # parts of a page that others lead to
        self.alike: Counter[str] = Counter()

    @property
    def seen(self) -> int:
        """How many addresses were asked for."""
        return len(self.parts)


def walk(client: FlaskClient, begin: list[str]) -> Walk:
    """Ask for every address that pages lead to, the nearest first, a few of each sort; note what fails."""
    found, waiting = Walk(), deque((address, "") for address in begin)
    while waiting and found.seen < MOST:
        address, by = waiting.popleft()
        if address in found.parts or not take(found, address):
            continue
        waiting.extend((link, address) for link in visit(client, found, address, by))
    for address, wanted in found.wanted.items():
        if address in found.parts:
            found.broken += [f"#{part} of {address} on {by}" for part, by in wanted if part not in found.parts[address]]
    return found


def take(found: Walk, address: str) -> bool:
    """Whether an address is worth a visit: not when enough of its sort were seen. Without a query every address is."""
    split = urlsplit(address)
    kind = re.sub(r"(?<=/)[^/.]+", "*", split.path[1:])
    found.kinds.add("/" + kind)
    names = {re.sub(r"^f\..*", "f", name) for name, _ in parse_qsl(split.query, keep_blank_values=True)} - {"lang"}
    if not names and "/resource/" not in split.path:
        return True
    sort = f"{kind}?{sorted(names) if len(names) < 3 else 'many'}"
    found.alike[sort] += 1
    return found.alike[sort] <= ALIKE


def visit(client: FlaskClient, found: Walk, address: str, by: str) -> list[str]:
    """Ask for one address; the addresses inside the portal that it leads to."""
    with client.get(address) as answer:
        page = answer.mimetype == "text/html"
        read = Read(answer.text) if page and answer.status_code == 200 else None
        location = answer.headers.get("Location", "")
        found.parts[address] = read.parts if read else set()
        promised = TYPES.get(re.sub(r".*(?=\.)", "", urlsplit(address).path))
        if answer.status_code >= 400 or (promised and promised != answer.mimetype):
            found.broken.append(f"{answer.status_code} {answer.mimetype} {address} on {by}")
    links = []
    for link in [*(read.links if read else []), *([location] if location else [])]:
        target, part = urldefrag(urljoin(address, link.removeprefix("http://localhost")))
        if not target.startswith("/"):
            if not re.match(r"https?://[^/\s]+\.|mailto:\S+@|tel:[+\d]", target):
                found.broken.append(f"{target} on {address}")
            continue
        links.append(target)
        if part and page:
            found.wanted.setdefault(target, set()).add((part, address))
    return links


def test_a_broken_link_is_found() -> None:
    app = Flask("broken")
    app.add_url_rule("/", "home", lambda: "<a href='/no'>x</a><a href='/#part'>y</a><a href='mailto:'>z</a>")
    found = walk(app.test_client(), ["/"])
    assert sorted(found.broken) == ["#part of / on /", "404 text/html /no on /", "mailto: on /"]
